# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a server that an input names: each port counts, and a failure names the input."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.named_servers import (
    named_server,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.table import (
    proof_table,
)

DC = (88, 464, 3268, 3269, 445, 135)


def entry(port: int, outcome: str = "ok", severity: str = "conflict") -> dict[str, Any]:
    return {
        "port": port,
        "ok": outcome == "ok",
        "outcome": outcome,
        "severity": severity,
        "reason": {"no_answer": "does not answer"}.get(outcome, f"is {outcome}"),
    }


def entries(*ports: int, **outcomes: str) -> list[dict[str, Any]]:
    """outcomes: p443="no_answer" for a port that fails."""
    return [entry(port, outcomes.get(f"p{port}", "ok")) for port in ports]


def test_each_port_counts() -> None:
    proof = named_server("me1", "exchange_servers", "ex1", entries(80, 443))
    assert (proof.subject, proof.state, proof.cell, proof.message) == (
        "Exchange server ex1",
        "ok",
        "ok",
        "",
    )
    proof = named_server("me1", "exchange_servers", "ex1", entries(80, 443, p443="no_answer"))
    assert (proof.state, proof.cell) == ("broken", "NO ANSWER")
    assert proof.notice.sentence == (
        "me1: Exchange server ex1 is not reached on TCP 443: it does not answer. Check "
        "mailessentials_exchange_servers and mailessentials_exchange_ports, and outbound firewalls."
    )


def test_ports_that_failed_alike_share_a_reason() -> None:
    failing = entries(25, 587, 465, p25="no_answer", p587="refused", p465="no_answer")
    proof = named_server("me1", "smtp_servers", "x", failing)
    assert "not reached on TCP 25, 465: it does not answer; on TCP 587: it is refused." in (
        proof.message
    )
    assert proof.cell == "FAILED"


@pytest.mark.parametrize(
    ("purpose", "subject", "inputs"),
    [
        ("smtp_servers", "mail server x", "mailessentials_smtp_servers and mailessentials_smtp_p"),
        ("pop3_servers", "POP3 server x", "mailessentials_pop3_servers and mailessentials_pop3_p"),
        ("sql_server", "SQL Server x", "mailessentials_sql_server and mailessentials_sql_port"),
        ("ldap_servers", "domain controller x", "Check mailessentials_ldap_servers, and outbound"),
    ],
)
def test_a_failure_names_the_input(purpose: str, subject: str, inputs: str) -> None:
    proof = named_server("me1", purpose, "x", [entry(7, "refused")])
    assert (proof.subject, proof.state) == (subject, "broken")
    assert inputs in proof.message


def test_one_port_of_a_global_catalog_is_enough() -> None:
    """Only a domain controller with a certificate listens on 3269."""
    proof = named_server("me1", "ldap_servers", "dc1", entries(*DC, p3269="refused"))
    assert proof.state == "ok"


@pytest.mark.parametrize(("outcome", "state"), [("refused", "warning"), ("no_answer", "broken")])
def test_a_domain_controller_may_hold_no_global_catalog(outcome: str, state: str) -> None:
    failing = entries(*DC, p3268=outcome, p3269=outcome)
    proof = named_server("me1", "ldap_servers", "dc1", failing)
    assert proof.state == state
    assert ("It may hold no global catalog." in proof.message) == (state == "warning")


def test_what_else_fails_beside_it_is_broken() -> None:
    failing = entries(*DC, p3268="refused", p3269="refused", p445="refused")
    assert named_server("me1", "ldap_servers", "dc1", failing).state == "broken"


def test_all_of_them_share_a_column() -> None:
    proofs = [
        named_server("me1", "sql_server", "sql1", entries(50001)),
        named_server("me1", "pop3_servers", "pop1", entries(110, p110="no_answer")),
    ]
    lines = proof_table(proofs, {"me1": "standalone"}, "")
    assert lines[1].split("  ")[-1] == "other servers" and lines[2].endswith("1 of 2 !")
