# SPDX-License-Identifier: GPL-3.0-or-later
"""What the readings of one host come to: findings by their kind."""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import refused
from unit.readings import port, server_state

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.farm.preflight import (
    server_report,
    until_upgraded,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.availability import (
    is_doubtful,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    PortWant,
)


def report(
    ports: list[dict[str, Any]] | None = None, given: str | int = "21", **changes: Any
) -> dict[str, Any]:
    """given: the version of the inventory."""
    return server_report("me1", server_state("me1", ports, **changes), given)


def kinds(made: dict[str, Any]) -> list[str]:
    return [finding["kind"] for finding in made["findings"]]


DOUBTFUL = {"want": {"status": "contradicted"}}
ADVISORY = {"id": "CVE-1", "title": "T", "applies": "yes", "fixed_in": "21.9"}


@pytest.mark.parametrize(
    ("changes", "ports", "version", "expected"),
    [
        ({}, [port(9091)], "21", []),
        ({}, [port(9091, status="taken", severity="conflict")], "21", ["conflict"]),
        ({}, [port(8015, status="taken", severity="warning", **DOUBTFUL)], "21", ["note"]),
        ({}, [port(9091, dynamic_unprotected=True)], "21", ["dynamic_unprotected"]),
        ({}, [port(8015, dynamic_unprotected=True, **DOUBTFUL)], "21", ["dynamic_unprotected"]),
        ({}, [port(8015, dynamic_unprotected=True, status="taken", **DOUBTFUL)], "21", []),
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
    assert kinds(report(ports, version, **changes)) == expected


def test_advisories_are_told_once_for_each_version_that_fixes_them() -> None:
    advisories = [
        {**ADVISORY, "id": "CVE-1"},
        {**ADVISORY, "id": "CVE-2"},
        {**ADVISORY, "id": "CVE-3", "fixed_in": "22"},
        {**ADVISORY, "id": "CVE-4", "applies": "possible"},
    ]
    found = [
        (entry["kind"], entry["message"]) for entry in report(advisories=advisories)["findings"]
    ]
    assert found == [
        ("advisory", "CVE-1, CVE-2 apply to the installed version; upgrade to 21.9 or later."),
        ("advisory", "CVE-3 applies to the installed version; upgrade to 22 or later."),
        ("note", "CVE-4 may apply to the installed version; upgrade to 21.9 or later."),
    ]


def test_advisories_numbered_one_after_the_other_are_a_span() -> None:
    many = [{**ADVISORY, "id": f"CVE-{number}"} for number in (0, 1, 2, 3, 5, 7, 9, 11, 13)]
    (only,) = report(advisories=many)["findings"]
    assert only["message"].startswith("CVE-0 to CVE-3, CVE-5, CVE-7, CVE-9, CVE-11 and 1 more app")


@pytest.mark.parametrize(
    ("flows", "told"),
    [
        ((), " The plan opens the user interface to no network. The plan opens no port of Multi-S"),
        (
            ("multi-server-in",),
            " interface to no network. The plan opens the ports of Multi-Server",
        ),
        (
            ("web-ui",),
            " The plan opens the user interface to the networks of mailessentials_web_ui",
        ),
    ],
)
def test_an_advisory_says_what_the_plan_does_about_it(flows: tuple[str, ...], told: str) -> None:
    names = ("CVE-2025-34490", "CVE-2025-34491")
    state = server_state("me1", advisories=[{**ADVISORY, "id": name} for name in names])
    (only,) = server_report("me1", state, "21")["findings"]
    assert only["message"] == (
        "CVE-2025-34490, CVE-2025-34491 apply to the installed version; upgrade to 21.9 or later."
    )
    (notice,) = until_upgraded([state], flows)
    assert notice.host == "" and notice.message.startswith("Until the upgrade: ")
    assert told in notice.message
    assert list(until_upgraded([server_state("me1")], flows)) == []


def test_an_unknown_version_is_refused() -> None:
    refused(lambda: report(given="2013"), "version", "2013")


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
    entry = port(8015, dynamic_unprotected=True, status="taken", wanted_by=wants)
    found = report([entry])
    assert is_doubtful(entry) == doubtful
    assert kinds(found) == ([] if doubtful else ["dynamic_unprotected"])


def test_a_want_that_the_host_is_configured_for_is_not_doubtful() -> None:
    assert PortWant(8015, status="contradicted").doubtful
    assert not PortWant(8015, status="contradicted", configured=True).doubtful


def test_a_whole_number_is_the_version_that_it_looks_like() -> None:
    assert report(given=21) == report(given="21")
