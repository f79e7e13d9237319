# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed product, told from registry, services and files: whole, half, moved, unknown; its
remoting ports, advisories and clock.
"""

from __future__ import annotations

from typing import Any

import pytest
from unit.builders import refused
from unit.hosts import (
    BARE,
    BEHIND,
    DIRECTORY,
    GFI,
    NEIGHBOURS,
    directory,
    own_services,
    reading,
    web_config,
)

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.product import (
    agree,
    describe,
    inspect_product,
    own_directories,
)

NOW = 1795471200.5
KEY = {"Version": "21.8", "BuildLab": "21.8.0.100-20250415-1200"}
GONE = directory(exists=False)


def info(
    sent: float = NOW, received: float = NOW, clock_tolerance: float = 300, **changes: Any
) -> dict[str, Any]:
    return describe(
        reading(**changes), sent=sent, received=received, clock_tolerance=clock_tolerance
    )


def kinds(found: dict[str, Any]) -> list[str]:
    return [finding["kind"] for finding in found["findings"]]


def registry(view: str = "32", **values: str) -> dict[str, Any]:
    return {"64": None, "32": None, view: values}


def test_an_installed_product() -> None:
    found = info()
    assert {key: found[key] for key in list(found)[:8]} == {
        "state": "installed",
        "installed": True,
        "version": "21.8",
        "install_directory": DIRECTORY,
        "build": "20250415",
        "build_lab": "21.8.0.100-20250415-1200",
        "catalog_version": "21",
        "registry_view": "32",
    }
    assert len(found["services"]) == 9
    assert found["services"][1] == {
        "display_name": "GFI MailEssentials Attendant",
        "name": "gfimesattendant",
        "state": "Running",
        "start_mode": "Auto",
        "process_id": 100,
        "path": f'"{DIRECTORY}\\Attendant\\bin\\attendant.exe"',
    }
    assert found["findings"] == [
        {
            "kind": "remoting_leftover",
            "severity": "info",
            "message": "Port 8013 is named by a <client> of web.config without any endpoint; "
            "it looks left over.",
        }
    ]


def test_not_installed_is_a_result() -> None:
    found = info(**BARE)
    assert (
        found["state"],
        found["installed"],
        found["version"],
        found["catalog_version"],
        found["registry_view"],
    ) == ("not_installed", False, "", "", "")
    assert {service["state"] for service in found["services"]} == {"missing"}
    assert (found["advisories"], found["findings"], found["install_directory"]) == ([], [], "")
    assert found["remoting"] == {
        "source": "none",
        "state": "missing",
        "file": "",
        "reason": "MailEssentials is not installed.",
        "ports": [],
    }


def test_the_keys_never_change() -> None:
    assert set(info()) == set(info(**BARE))


HALVES: dict[str, tuple[dict[str, Any], str]] = {
    "registry and services, no directory": (
        {"directories": [GONE]},
        "found the registry key and services, but not the directory",
    ),
    "registry only": (
        {"directories": [GONE], "services": []},
        "found the registry key, but not services and not the directory",
    ),
    "services only": (
        {**BARE, "services": own_services()},
        "found services, but not the registry key and not the directory",
    ),
    "services and directory": (
        {"registry": BARE["registry"]},
        "found services and the directory, but not the registry key",
    ),
    "registry and directory": (
        {"services": NEIGHBOURS},
        "found the registry key and the directory, but not services",
    ),
    "directory only": (
        {**BARE, "directories": [directory()]},
        f"is not installed, but its directory {DIRECTORY} was left",
    ),
}


@pytest.mark.parametrize(("changes", "words"), HALVES.values(), ids=HALVES)
def test_a_half_removed_product(changes: dict[str, Any], words: str) -> None:
    found = info(**changes)
    assert (found["state"], found["installed"]) == ("partial", False)
    first = found["findings"][0]
    assert words in first["message"] and first["severity"] == "warning"
    assert first["kind"] == ("files_left" if "was left" in words else "half_removed")


def test_32_bit_windows_has_its_key_in_the_other_view() -> None:
    found = info(
        registry=registry("64", **KEY),
        directories=[directory(BEHIND)],
        services=own_services(BEHIND),
    )
    assert (found["registry_view"], found["version"], found["state"]) == ("64", "21.8", "installed")


@pytest.mark.parametrize(
    ("place", "view", "version"),
    [(DIRECTORY, "32", "21.8"), (BEHIND, "64", "20.0"), ("D:\\GFI\\MailEssentials", "32", "21.8")],
)
def test_of_two_views_the_one_of_the_installed_files_wins(
    place: str, view: str, version: str
) -> None:
    views = {"32": KEY, "64": {"Version": "20.0"}}
    found = info(registry=views, directories=[directory(place)], services=own_services(place))
    assert (found["registry_view"], found["version"]) == (view, version)
    assert "two_registry_views" in kinds(found)
    assert f"the one of the {view}-bit view is taken" in found["findings"][0]["message"]


def test_the_directory_of_the_services_wins_over_one_that_was_left() -> None:
    found = info(
        directories=[directory(), directory("D:\\Mail\\ME")], services=own_services("D:\\Mail\\ME")
    )
    assert found["install_directory"] == "D:\\Mail\\ME"


def test_of_two_directories_without_services_the_one_with_a_web_config_wins() -> None:
    found = info(
        directories=[directory(config=web_config("missing")), directory(BEHIND)], services=[]
    )
    assert found["install_directory"] == BEHIND


def test_a_drive_is_never_ours() -> None:
    assert (
        own_directories(reading(directories=[directory("D:")], services=own_services("D:"))) == ()
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("21.8", "21.8.0.100-20250415-1200", True),
        ("21.8", "21.08", True),
        ("21.8", "21.10", False),
        ("21", "2015", False),
        ("x", "x", True),
        ("x", "y", False),
        ("2" * 5000, "21", False),  # more digits than Python makes a number of
    ],
    ids=lambda value: str(value)[:30],
)
def test_versions_agree_as_far_as_both_say_them(one: str, other: str, same: bool) -> None:
    assert [agree(*pair) for pair in ((one, other), (other, one))] == [same, same]


def test_advisories_are_those_of_the_version_that_counts() -> None:
    found = info(registry=registry(Version="21.4", BuildLab="21.8.0.100-20250415-1200"))[
        "advisories"
    ]
    assert "CVE-2025-34489" in [entry["id"] for entry in found if entry["applies"] == "yes"]


def test_a_neighbours_directory_is_not_ours() -> None:
    found = reading(
        directories=[
            directory(f"{GFI}\\Archiver"),
            directory(f"{GFI}\\MailEssentials2"),
            directory("C:\\OldMailEssentials"),
            directory("C:\\GFI\\MailEssentials"),
        ]
    )
    assert [entry.path for entry in own_directories(found)] == ["C:\\GFI\\MailEssentials"]


@pytest.mark.parametrize(
    ("values", "version", "catalog_version", "build", "expected"),
    [
        ({"Version": "21.8", "BuildLab": "21.8.0.100-20250415-1200"}, "21.8", "21", "20250415", []),
        (
            {"Version": "20.0.4837.5918", "BuildLab": "20.0.4837.5918-20150308-1353"},
            "20.0.4837.5918",
            "2015",
            "20150308",
            [],
        ),
        ({"Version": "14", "BuildLab": "14-20081024"}, "14", "14 SR1", "20081024", []),
        ({"Version": "14"}, "14", "14", "", []),
        ({"BuildLab": "21.4.0.1-20220601-1000"}, "21.4.0.1", "21", "20220601", []),
        ({"Version": "22.1"}, "22.1", "22", "", []),
        (
            {"Version": "21.8", "BuildLab": "20.0.1.1-20150308-1353"},
            "21.8",
            "21",
            "20150308",
            ["version_contradicted"],
        ),
        (
            {"Version": "21.4", "BuildLab": "21.8.0.100-20250415-1200"},
            "21.4",
            "21",
            "20250415",
            ["version_contradicted"],
        ),
        ({"Version": "23.1"}, "23.1", "", "", ["version_unknown"]),
        ({"Version": "latest"}, "latest", "", "", ["version_unknown"]),
        ({"Version": "21.8", "BuildLab": "nonsense"}, "21.8", "21", "", []),
        ({"BuildLab": "nonsense"}, "", "", "", ["version_unknown"]),
        ({"Version": " 21.8 "}, "21.8", "21", "", []),
        ({"Version": "9" * 500}, "9" * 500, "", "", ["version_unknown"]),
        ({}, "", "", "", ["version_missing"]),
    ],
)
def test_versions(
    values: dict[str, str], version: str, catalog_version: str, build: str, expected: list[str]
) -> None:
    found = info(registry=registry(**values))
    assert (found["version"], found["catalog_version"], found["build"]) == (
        version,
        catalog_version,
        build,
    )
    assert [kind for kind in kinds(found) if kind.startswith("version")] == expected
    assert found["state"] == "installed"
    assert bool(found["advisories"]) == (catalog_version != "" and version != "22.4")


OF_21_8 = [f"CVE-2025-{number}" for number in range(34489, 34492)]
OF_22_4 = [f"CVE-2026-{number}" for number in range(23604, 23622)]


def test_advisories_say_what_to_do() -> None:
    found = info(registry=registry(Version="21.4"))["advisories"]
    assert [(entry["id"], entry["applies"]) for entry in found] == [
        (name, "yes") for name in (*OF_21_8, *OF_22_4)
    ]
    assert found[0] == {
        "id": "CVE-2025-34489",
        "title": "A local user becomes NT AUTHORITY\\SYSTEM by a serialized payload to a .NET "
        "remoting service",
        "applies": "yes",
        "fixed_in": "21.8",
        "what_to_do": "Upgrade to 21.8 or later.",
        "sources": ["NVD"],
    }


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "2014",
            {name: "yes" for name in (*OF_21_8, *OF_22_4) if name != "CVE-2025-34491"},
        ),
        ("20.1", dict.fromkeys((*OF_21_8, *OF_22_4), "yes")),
        ("21", {**dict.fromkeys(OF_21_8, "possible"), **dict.fromkeys(OF_22_4, "yes")}),
        ("21.8", dict.fromkeys(OF_22_4, "yes")),
        ("22", dict.fromkeys(OF_22_4, "possible")),
        ("22.4", {}),
        ("23.1", {}),
    ],
)
def test_which_advisories_apply(version: str, expected: dict[str, str]) -> None:
    assert {
        entry["id"]: entry["applies"]
        for entry in info(registry=registry(Version=version))["advisories"]
    } == expected


def test_a_registry_key_alone_has_no_hole() -> None:
    assert (
        info(registry=registry(Version="21.4"), services=[], directories=[GONE])["advisories"] == []
    )


def test_remoting_as_configured() -> None:
    found = info()["remoting"]
    assert (found["source"], found["state"], found["reason"], found["file"]) == (
        "web_config",
        "ok",
        "",
        f"{DIRECTORY}\\wwwconf\\web.config",
    )
    assert [(entry["port"], entry["endpoints"]) for entry in found["ports"]] == [
        (
            9091,
            [
                "ConfigurationServices",
                "RemotingHelper",
                "PatchChecker",
                "ContentSecurity/RemoteMonitor",
                "ContentSecurity/PublicFolderTraining",
                "ContentSecurity/PublicFolderTrainingEWS",
            ],
        ),
        (
            9093,
            [
                "Report",
                "ContentSecurity/QuarantineServices",
                "ContentSecurity/RemoteRSS",
                "ContentSecurity/Quar",
            ],
        ),
    ]
    assert found["ports"][1]["types"][0] == "MEC.Reporting.Base.IReporting, MEC.Reporting.Base"


BAD_FILES: dict[str, tuple[dict[str, Any], str, str]] = {
    "missing": (web_config("missing"), "missing", "web.config is missing"),
    "50 MB": (
        web_config("too_large", size=52428800),
        "too_large",
        "has 52428800 bytes, more than such a file should",
    ),
    "not XML": (web_config("not_xml", message="line 7."), "not_xml", "is not XML (line 7)"),
    "not XML, without a word": (web_config("not_xml"), "not_xml", "web.config is not XML, so"),
    "unreadable": (
        web_config("unreadable", message="Access denied\r\nhere"),
        "unreadable",
        "cannot be read (Access denied here)",
    ),
    "no section": (
        web_config("ok", [], section=False),
        "no_section",
        "has no section <system.runtime.remoting>",
    ),
    "empty section": (web_config("ok", []), "ok", "names no remoting port of this server"),
    "only a client": (
        web_config("ok", [["client", "", "tcp://localhost:8013"]]),
        "ok",
        "names no remoting port of this server",
    ),
}


@pytest.mark.parametrize(("config", "state", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_web_config_of_no_use(config: dict[str, Any], state: str, words: str) -> None:
    found = info(directories=[directory(config=config)])["remoting"]
    assert (found["source"], found["state"]) == ("catalog", state)
    assert words in found["reason"] and found["reason"].endswith(
        "so the ports are those of the catalog for version 21."
    )
    assert [entry["port"] for entry in found["ports"]] == [8015, 9090, 9091, 9093]


def test_nothing_is_known_of_an_unknown_version_without_web_config() -> None:
    found = info(
        registry=registry(Version="23.1"), directories=[directory(config=web_config("missing"))]
    )["remoting"]
    assert (found["source"], found["ports"]) == ("none", [])
    assert (
        found["reason"]
        == f"{DIRECTORY}\\wwwconf\\web.config is missing, and the catalog does not know the "
        "version."
    )


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://localhost:9091/x", "remoting_url"),
        ("ipc://localhost/x", "remoting_url"),
        ("tcp://localhost/x", "remoting_url"),
        ("tcp://localhost:9091", "remoting_url"),
        ("tcp://localhost:9091/", "remoting_url"),
        ("tcp://localhost:-1/x", "remoting_url"),
        ("tcp://localhost:0/x", "remoting_url"),
        ("tcp://localhost:99999/x", "remoting_url"),
        (f"tcp://localhost:{'9' * 5000}/x", "remoting_url"),
        ("tcp://localhost:٩٠٩١/x", "remoting_url"),
        ("", "remoting_url"),
        ("tcp://mail1.example.com:9100/x", "remoting_host"),
        ("tcp://[2001:db8::1]:9100/x", "remoting_host"),
        ("TCP://LocalHost:9100/x", ""),
        ("tcp://127.0.0.1:9100/x", ""),
    ],
)
def test_addresses_of_web_config(url: str, kind: str) -> None:
    entries = [["wellknown", "a type", "tcp://localhost:9093/Report"], ["wellknown", "a type", url]]
    found = info(directories=[directory(config=web_config("ok", entries))])
    assert kinds(found) == ([kind] if kind else [])
    assert [entry["port"] for entry in found["remoting"]["ports"]] == (
        [9093] if kind == "remoting_url" else [9093, 9100]
    )
    assert all(len(finding["message"]) < 400 for finding in found["findings"])


def test_a_client_whose_port_has_endpoints_is_no_leftover() -> None:
    entries = [
        ["client", "", "tcp://localhost:9093"],
        ["wellknown", "a type", "tcp://localhost:9093/Report"],
    ]
    assert info(directories=[directory(config=web_config("ok", entries))])["findings"] == []


@pytest.mark.parametrize(
    ("sent", "received", "tolerance", "offset", "uncertainty", "beyond"),
    [
        (NOW, NOW, 300, 0.0, 0.0, False),
        (NOW - 1, NOW + 1, 300, 0.0, 1.0, False),
        (NOW - 300, NOW - 300, 300, 300.0, 0.0, False),
        (NOW - 301, NOW - 301, 300, 301.0, 0.0, True),
        (NOW + 301, NOW + 301, 300, -301.0, 0.0, True),
        (NOW - 303, NOW - 299, 300, 301.0, 2.0, False),
        (NOW - 305, NOW - 301, 300, 303.0, 2.0, True),
        (NOW - 2, NOW - 2, 1, 2.0, 0.0, True),
        (NOW + 1, NOW - 1, 300, 0.0, 1.0, False),
    ],
)
def test_the_clock_is_judged_beyond_its_uncertainty(
    sent: float, received: float, tolerance: float, offset: float, uncertainty: float, beyond: bool
) -> None:
    clock = info(sent, received, tolerance)["clock"]
    assert clock == {
        "utc": "2026-11-23T22:00:00.5000000Z",
        "offset_seconds": offset,
        "uncertainty_seconds": uncertainty,
        "beyond": beyond,
        "tolerance_seconds": tolerance,
    }


@pytest.mark.parametrize("tolerance", [-1, True, "300", None, float("nan"), float("inf")], ids=str)
def test_no_tolerance(tolerance: Any) -> None:
    refused(
        lambda: info(clock_tolerance=tolerance),
        "clock_tolerance",
        repr(tolerance),
        "number of seconds",
    )


def test_the_summary_of_a_product() -> None:
    assert inspect_product(reading()).summary() == {
        "installed": True,
        "version": "21.8",
        "install_directory": DIRECTORY,
    }
