# SPDX-License-Identifier: GPL-3.0-or-later
"""What the readings of one host come to: findings by their kind."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import refused
from unit.readings import port, product

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.preflight import (
    report,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.availability import (
    is_doubtful,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    PortWant,
)


def kinds(made: dict[str, Any]) -> list[str]:
    return [finding["kind"] for finding in made["findings"]]


DOUBTFUL = {"want": {"status": "contradicted"}}
ADVISORY = {"id": "CVE-1", "title": "T", "applies": "yes", "what_to_do": "Upgrade."}


@pytest.mark.parametrize(
    ("changes", "ports", "version", "expected"),
    [
        ({}, [port(9091)], "21", []),
        ({}, [port(9091, status="taken", severity="conflict")], "21", ["conflict"]),
        ({}, [port(8015, status="taken", severity="warning", **DOUBTFUL)], "21", ["note"]),
        ({}, [port(9091, dynamic_unprotected=True)], "21", ["dynamic_unprotected"]),
        ({}, [port(8015, dynamic_unprotected=True, **DOUBTFUL)], "21", []),
        ({"advisories": [ADVISORY]}, [], "21", ["advisory"]),
        ({"advisories": [{**ADVISORY, "applies": "possible"}]}, [], "21", ["note"]),
        ({"clock": {"offset_seconds": 400.0, "beyond": True}}, [], "21", ["clock"]),
        ({}, [], "2015", ["version_mismatch"]),
        ({}, [], "21.4", ["version_mismatch"]),
        ({}, [], "21.8", []),
        ({"catalog_version": "", "version": "23.1"}, [], "21", ["version_mismatch"]),
        ({"catalog_version": "", "version": "", "state": "not_installed"}, [], "21", []),
        ({}, [], "latest", []),
        ({"catalog_version": "", "version": ""}, [], "2015", []),
        (
            {
                "findings": [
                    {"kind": "x", "severity": "warning", "message": "M."},
                    {"kind": "x", "severity": "info", "message": "N."},
                ]
            },
            [],
            "21",
            ["note"],
        ),
    ],
)
def test_what_a_host_comes_to(
    changes: dict[str, Any], ports: list[dict[str, Any]], version: str, expected: list[str]
) -> None:
    assert kinds(report("me1", product(**changes), ports, version=version)) == expected


def test_the_table_says_who_and_what() -> None:
    holder = {"services": [], "name": "relay.exe", "process_id": 7}
    kept = port(9096, exclusions=[{"administered": True}])
    first, heading, row, other = report(
        "me1", product(), [port(9095, status="taken", severity="conflict", holders=[holder]), kept]
    )["table"]
    assert first == "me1: MailEssentials 21.8, build 20250415, in C:\\ME; clock +0.0 s (± 1.0 s)"
    assert (heading.index("status"), heading.index("range"), heading.index("held")) == (
        row.index("taken"),
        other.index("reserved"),
        row.index("relay"),
    )
    assert row.split() == ["tcp", "9095", "taken", "conflict", "ipc", "relay.exe", "(7)"]


def test_an_unknown_version_is_refused() -> None:
    refused(lambda: report("a", product(), [], version="2013"), "version", "2013")


CLAIM = {"kind": "ipc", "status": "contradicted", "configured": False}


@pytest.mark.parametrize(
    ("wants", "doubtful"),
    [
        ([CLAIM], True),
        ([{**CLAIM, "configured": True}], False),
        ([CLAIM, {**CLAIM, "status": "documented"}], False),
    ],
)
def test_a_claim_is_doubtful_while_nothing_else_wants_the_port(
    wants: list[dict[str, object]], doubtful: bool
) -> None:
    entry = port(8015, dynamic_unprotected=True, wanted_by=wants)
    found = report("me1", product(), [entry], version="21")
    assert is_doubtful(entry) == doubtful
    assert kinds(found) == ([] if doubtful else ["dynamic_unprotected"])


def test_a_want_that_the_host_is_configured_for_is_not_doubtful() -> None:
    assert PortWant(8015, status="contradicted").doubtful
    assert not PortWant(8015, status="contradicted", configured=True).doubtful


def test_a_whole_number_is_the_version_that_it_looks_like() -> None:
    assert report("m", product(), [], version=21) == report("m", product(), [], version="21")
