# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can go wrong while writing: the run says so, and the next one does what is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from unit.builders import HostWorker, host, option, refused, run, text

from simulator.failures import KINDS
from simulator.host import SimulatedHost

RULES = [
    option(id="Example-New", remote_addresses=["192.0.2.1"]),
    option(id="Example-Same"),
    option(id="Example-Set", protocol="tcp", local_ports=[80]),
    option(id="Example-Replace"),
    option(id="Example-Turn", direction="outbound"),
]


def drifted() -> SimulatedHost:
    """A host on which a run has something of everything to do."""
    target = host()
    target.rules.update(
        {
            "Foreign": text(group="Other"),
            "Example-Foreign": text(group="Other"),
            "Example-Same": text(),
            "Example-Set": text("Protocol=6", "LPort=81", active="FALSE"),
            "Example-Replace": text("Desc=old", "LUAuth=x"),
            "Example-Turn": text("Edge=TRUE"),
            "Example-Gone": text(),
            "Example-Gone2": text(action="Block"),
        }
    )
    return target


FOREIGN = {"Foreign": text(group="Other"), "Example-Foreign": text(group="Other")}
WRITES = 8  # add, set, remove and add, remove and add, remove, remove


def converges(target: SimulatedHost) -> None:
    """One run without faults brings the host to what is wanted, the next finds nothing, and what is
    not ours is untouched.
    """
    target.set_faults()
    assert "failed" not in run(target, RULES)
    last = run(target, RULES)
    assert (last["changed"], last["round_trips"], sorted(last["plan"]["unchanged"])) == (
        False,
        1,
        sorted(rule["id"] for rule in RULES),
    )
    assert {rule: target.rules.pop(rule) for rule in FOREIGN} == FOREIGN
    assert set(target.rules) == {rule["id"] for rule in RULES}


def test_the_drifted_host_needs_every_kind_of_write() -> None:
    target = drifted()
    outcomes = run(target, RULES)["outcomes"]
    assert [entry["operation"] for entry in outcomes] == [
        "add",
        "set",
        "remove",
        "add",
        "remove",
        "add",
        "remove",
        "remove",
    ]
    assert target.writes == WRITES == len(outcomes)
    converges(target)


@pytest.mark.parametrize("cut", range(1, WRITES + 1))
def test_killed_after_every_write(cut: int) -> None:
    target = drifted()
    target.set_faults(kill_after=cut)
    result = run(target, RULES)
    assert (result["failed"], result["changed"], result["round_trips"]) == (True, True, 3)
    assert result["msg"].startswith(
        "The firewall worker failed on the host: Killed; some operations may have been done"
    )
    assert target.writes == cut
    converges(target)


@pytest.mark.parametrize("cut", range(1, WRITES + 1))
def test_killed_again_and_again(cut: int) -> None:
    """A worker that dies after its first write, every time, still gets there."""
    target = drifted()
    for _unused in range(cut):
        target.set_faults(kill_after=1)
        assert "Killed" in run(target, RULES)["msg"]
    converges(target)


@pytest.mark.parametrize("at", range(1, WRITES + 1))
def test_refused_at_every_write(at: int) -> None:
    target = drifted()
    target.set_faults(fail_at=at)
    result = run(target, RULES)
    assert result["failed"] and result["changed"] is (at > 1)
    assert [entry["status"] for entry in result["outcomes"]] == ["done"] * (at - 1) + ["failed"] + [
        "not_done"
    ] * (WRITES - at)
    assert (
        "Access is denied (Windows System Error 5," in result["msg"]
        and f"not started: {WRITES - at}." in result["msg"]
    )
    assert result["remaining"] == run(target, RULES, check_mode=True)["plan"]
    converges(target)


def refusals() -> Iterator[tuple[dict[str, Any], str]]:
    for kind, (message, error_id, _category, _number) in KINDS.items():
        if kind not in ("read_only", "service_stopped"):
            yield (
                {"fail_at": 1, "error": kind},
                f"{message.rstrip('.')} ({error_id},New-NetFirewallRule)",
            )
    yield (
        {"read_only": True},
        "The request is not supported (Windows System Error 50,New-NetFirewallRule)",
    )
    yield {"net_security": "missing"}, "The term 'New-NetFirewallRule' is not recognized"


@pytest.mark.parametrize(("faults", "words"), list(refusals()))
def test_a_host_that_refuses(faults: dict[str, Any], words: str) -> None:
    target = drifted()
    before = dict(target.rules)
    target.set_faults(**faults)
    result = run(target, RULES)
    assert (result["failed"], result["changed"], target.rules) == (True, False, before)
    assert (
        words in result["msg"]
        and "Done before: nothing" in result["msg"]
        and len(result["msg"].splitlines()) == 1
    )
    converges(target)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("garbled", "not JSON"),
        ("truncated", "damaged"),
        ("wrong_schema", "schema 1"),
        ("empty", "holds no reading"),
    ],
)
def test_a_reading_that_does_not_arrive_stops_the_run_before_it_writes(
    reply: str, words: str
) -> None:
    target = drifted()
    before = dict(target.rules)
    target.set_faults(reply=reply)
    call = HostWorker(target)
    refused(lambda: run(call, RULES), "", words)
    assert call.asked == [{}] and target.rules == before
    converges(target)


def test_strict_windows_takes_every_operation() -> None:
    """-Service Any and an empty -Description are never sent."""
    target = drifted()
    target.strict = True
    target.rules["Example-Same"] = text("Desc=old", "Svc=old")
    converges(target)
