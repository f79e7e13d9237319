# SPDX-License-Identifier: GPL-3.0-or-later
"""What readings come to: findings by their kind, and the verdict for a farm."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from unit.builders import refused

from ansible_collections.mailops.mailessentials.plugins.filter.preflight_report import (
    preflight_report,
)
from ansible_collections.mailops.mailessentials.plugins.filter.preflight_verdict import (
    preflight_verdict,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.preflight import (
    FAIL_ON,
    report,
    verdict,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    PortWant,
)


def product(**changes: Any) -> dict[str, Any]:
    clock = {
        "utc": "",
        "offset_seconds": 0.0,
        "uncertainty_seconds": 1.0,
        "tolerance_seconds": 300,
        "beyond": False,
    }
    told = {
        "state": "installed",
        "installed": True,
        "version": "21.8",
        "build": "20250415",
        "catalog_version": "21",
        "install_directory": "C:\\ME",
    }
    return {
        **told,
        "advisories": [],
        "findings": [],
        "clock": {**clock, **changes.pop("clock", {})},
        **changes,
    }


def port(number: int, **changes: Any) -> dict[str, Any]:
    want = {"kind": "ipc", "status": "documented", "configured": False, **changes.pop("want", {})}
    told = {
        "protocol": "tcp",
        "status": "free",
        "severity": "none",
        "dynamic_unprotected": False,
        "message": f"Port {number}.",
        "advice": "Do.",
    }
    return {"port": number, "holders": [], "exclusions": [], **told, "wanted_by": [want], **changes}


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


def test_what_can_be_reserved_is_what_is_mailessentials_own() -> None:
    ports = [
        port(9091),
        port(8015, **DOUBTFUL),
        port(25, want={"kind": "smtp"}),
        port(9095, want={"kind": "multi_server"}),
        port(4711, want={"kind": "given"}),
    ]
    assert [entry["port"] for entry in report("me1", product(), ports)["reservable"]] == [
        9091,
        9095,
    ]


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


def farm(**clocks: float) -> dict[str, dict[str, Any]]:
    return {
        name: report(name, product(clock={"offset_seconds": offset}), [])
        for name, offset in clocks.items()
    }


def test_a_farm_in_order() -> None:
    assert verdict(farm(a=0, b=1), ["a", "b", "c"], FAIL_ON) == {
        "ok": True,
        "failures": [],
        "warnings": ["c: not read in this run, so nothing is known of them."],
        "not_read": ["c"],
    }


@pytest.mark.parametrize(("apart", "told"), [(302, 0), (303, 1), (-303, 1)])
def test_two_clocks_are_apart_only_beyond_both_uncertainties(apart: float, told: int) -> None:
    assert len(verdict(farm(a=0, b=apart), ["a", "b"], ["clock"])["failures"]) == told


def test_a_clock_that_is_named_already_is_not_named_twice() -> None:
    reports = farm(a=0) | {
        "b": report("b", product(clock={"offset_seconds": 4000.0, "beyond": True}), [])
    }
    assert len(verdict(reports, ["a", "b"], ["clock"])["failures"]) == 1


def test_versions_differ_among_those_installed_only() -> None:
    reports = farm(a=0) | {
        "b": report("b", product(version="21.4"), []),
        "c": report("c", product(installed=False, version=""), []),
    }
    (told,) = verdict(reports, ["a", "b", "c"], ["version_mismatch"])["failures"]
    assert "a has 21.8, b has 21.4;" in told and "c has" not in told


def test_one_version_told_more_exactly_is_no_difference() -> None:
    reports = farm(a=0) | {
        "b": report("b", product(version="21.8.0.100"), []),
        "c": report("c", product(version="", catalog_version=""), []),
    }
    result = verdict(reports, ["a", "b", "c", "a"], FAIL_ON)
    assert (result["failures"], result["warnings"]) == (
        [],
        ["c: the version is not known, so it is not compared with the rest of the farm."],
    )


def test_all_that_were_not_read_are_named() -> None:
    assert verdict(farm(a=0), ["b", "a", "c"], FAIL_ON)["not_read"] == ["b", "c"]


def test_of_two_tolerances_the_smaller_counts() -> None:
    reports = farm(a=0) | {
        "b": report("b", product(clock={"offset_seconds": 100.0, "tolerance_seconds": 50}), [])
    }
    assert len(verdict(reports, ["a", "b"], ["clock"])["failures"]) == 1


@pytest.mark.parametrize(
    ("reports", "members", "fail_on", "words"),
    [
        ([], ["a"], ["clock"], "as a dictionary"),
        ({}, "a", ["clock"], "members: 'a' is not a list"),
        ({}, [], ["clock"], "members: is an empty list"),
        ({}, ["a"], "clock", "fail_on: 'clock' is not a list"),
        ({}, ["a"], None, "fail_on: None is not a list"),
        ({"a": {}}, ["a"], ["clock"], "is wrong there"),
    ],
)
def test_a_verdict_about_nothing_is_refused(
    reports: Any, members: Any, fail_on: Any, words: str
) -> None:
    with pytest.raises(AnsibleFilterError, match=words):
        preflight_verdict(reports, members, fail_on)


@pytest.mark.parametrize(
    ("host", "offset", "words"),
    [(None, 0.0, "host: None is not a text"), ("a", "x", "is wrong there")],
)
def test_a_report_about_nothing_is_refused(host: Any, offset: Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=words):
        preflight_report(product(clock={"offset_seconds": offset}), [], host)


@pytest.mark.parametrize("kind", FAIL_ON)
def test_what_fails_is_what_was_asked_for(kind: str) -> None:
    one = {
        **farm(a=0)["a"],
        "findings": [{"kind": name, "message": name} for name in (*FAIL_ON, "note")],
    }
    result = verdict({"a": one}, ["a"], [kind])
    assert (result["ok"], result["failures"]) == (False, [f"a: {kind}"])
    assert len(result["warnings"]) == len(FAIL_ON)


def test_an_unknown_kind_is_refused() -> None:
    refused(
        lambda: verdict({}, [], ["conflikt"]), "fail_on[0]", "conflikt", "did you mean 'conflict'?"
    )


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
    found = report(
        "me1", product(), [port(8015, dynamic_unprotected=True, wanted_by=wants)], version="21"
    )
    assert (kinds(found), len(found["reservable"])) == (
        ([], 0) if doubtful else (["dynamic_unprotected"], 1)
    )


def test_a_want_that_the_host_is_configured_for_is_not_doubtful() -> None:
    assert PortWant(8015, status="contradicted").doubtful
    assert not PortWant(8015, status="contradicted", configured=True).doubtful


def test_only_the_kinds_asked_for_fail_a_farm() -> None:
    reports = {"me1": report("me1", product(), [port(9091, status="taken", severity="conflict")])}
    assert [
        verdict(reports, ["me1"], fail_on)["ok"]
        for fail_on in ([], ["clock"], ["clock", "conflict"])
    ] == [True, True, False]


def test_a_whole_number_is_the_version_that_it_looks_like() -> None:
    assert report("m", product(), [], version=21) == report("m", product(), [], version="21")
    assert preflight_report(product(), [], "m", 21)["findings"] is not None
