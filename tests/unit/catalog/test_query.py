# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalog answers: every version, every term, bad questions, and its own consistency."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog import (
    query as catalog,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    DATA,
    disagreement,
    load,
    plan_consequences,
    query,
    resolve_version,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.schema import (
    FEATURES,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)

TERMS = (
    "ports",
    "hosts",
    "flows",
    "versions",
    "advisories",
    "sources",
    "contradictions",
    "components",
    "services",
    "notes",
)
VERSIONS = ("14", "14 SR1", "14.1", "2010", "2012", "2014", "2014 R2", "2015", "21", "22")
LATEST = load()["versions"][-1]
FROM_2015 = VERSIONS[VERSIONS.index("2015") :]
TAKE_OVER = {row["name"]: row["facts_of"] for row in load()["versions"] if row["facts_of"]}
OLD = {8013: "documented", 8015: "documented", 8021: "documented"}
UNION = {8015: "contradicted", 9090: "contradicted", 9091: "documented", 9093: "observed"}
REMOTING = {
    **dict.fromkeys(("14", "14 SR1", "14.1", "2010", "2012", "2014"), OLD),
    "2014 R2": {8015: "documented", 9090: "documented", 9091: "documented"},
    "2015": {
        8015: "documented",
        9090: "contradicted",
        9091: "documented",
        9093: "documented",
    },
    "21": UNION,
    "22": UNION,
}
OLD_FLOWS = [
    "dns-udp",
    "dns-tcp",
    "http",
    "https",
    "proxy",
    "ldap",
    "ldaps",
    "gfi-directory",
    "ftp-control",
    "ftp-data",
    "web-ui",
]
PEER_FLOWS = ["multi-server-in", "multi-server-out", "join-in", "join-out"]
MAIL_FLOWS = ["smtp-in", "smtp-out", "pop2exchange"]
MEMBER_FLOWS = {
    "kerberos-tcp": ("tcp", ["88"]),
    "kerberos-udp": ("udp", ["88"]),
    "kerberos-password-tcp": ("tcp", ["464"]),
    "kerberos-password-udp": ("udp", ["464"]),
    "ldap-udp": ("udp", ["389"]),
    "global-catalog": ("tcp", ["3268", "3269"]),
    "smb": ("tcp", ["445"]),
    "rpc-endpoint-mapper": ("tcp", ["135"]),
    "rpc-dynamic": ("tcp", ["49152-65535"]),
    "time": ("udp", ["123"]),
}


def flows_beside(version: str) -> list[str]:
    """Of no article of GFI about ports."""
    since = VERSIONS.index(version)
    exchange = ["exchange-web-services"] * (since >= VERSIONS.index("2010"))
    database = ["reporting-database"] * (version in FROM_2015)
    return [*MAIL_FLOWS, *exchange, *MEMBER_FLOWS, *database]


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]


def of_kind(kind: str, version: str) -> list[dict[str, Any]]:
    return [entry for entry in query("ports", version=version) if entry["kind"] == kind]


@pytest.mark.parametrize("version", VERSIONS)
class TestVersion:
    def test_its_remoting_ports(self, version: str) -> None:
        assert {entry["port"]: entry["status"] for entry in of_kind("ipc", version)} == REMOTING[
            version
        ]

    def test_multi_server_from_2015(self, version: str) -> None:
        expected = [9095, 9096] if version in FROM_2015 else []
        assert [entry["port"] for entry in of_kind("multi_server", version)] == expected
        assert resolve_version(version).multi_server is bool(expected)

    def test_its_flows(self, version: str) -> None:
        peers = PEER_FLOWS if version in FROM_2015 else []
        assert ids(query("flows", version=version)) == OLD_FLOWS + peers + flows_beside(version)

    def test_what_is_taken_over_is_inferred_throughout(self, version: str) -> None:
        marks = {
            entry["evidence"]
            for term in ("ports", "hosts", "flows")
            for entry in query(term, version=version)
        }
        assert marks == ({"inferred"} if version in TAKE_OVER else {"verified", "inferred"})

    def test_each_port_says_for_which_versions_it_holds(self, version: str) -> None:
        assert [
            entry for entry in query("ports", version=version) if version not in entry["versions"]
        ] == []


def test_the_versions_in_order() -> None:
    rows = query("versions")
    assert tuple(row["name"] for row in rows[: len(VERSIONS)]) == VERSIONS
    assert [row["latest"] for row in rows] == [False] * (len(rows) - 1) + [True]
    assert [row["name"] for row in rows[: len(VERSIONS)] if row["evidence"] == "inferred"] == [
        "2010",
        "22",
    ]


@pytest.mark.parametrize(
    "text", ["14.0.20081025", "14-20090301", "14.0.4811.1-20090301-1200", "20090301"]
)
def test_later_builds_of_14_use_the_host_of_sr1(text: str) -> None:
    """S1 note 2: only build 20080915 uses db11.spamcatcher.net."""
    hosts = {entry["host"]: entry["status"] for entry in query("hosts", version=text)}
    assert hosts["sn92.mailshell.net"] == "documented"
    assert hosts["db11.spamcatcher.net"] == "contradicted"


Edit = Callable[[list[dict[str, Any]]], Any]


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Edit], None]:
    """Makes the catalog answer from a copy of its files, and edits one of them."""
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))

    def edit_file(subject: str, edit: Edit) -> None:
        file = folder / f"{subject}.yml"
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        edit(entries)
        file.write_text(yaml.safe_dump(entries), encoding="utf-8")
        load.cache_clear()
        monkeypatch.setattr(catalog, "load", lambda: load(folder))

    return edit_file


class TestBuildsOfAnEditedCatalog:
    def test_a_bare_later_build_is_the_latest(self, edited: Callable[[str, Edit], None]) -> None:
        """Nothing newer exists, so it cannot be of anything else."""
        edited("versions", lambda rows: rows[-1].update(builds=["20260101"]))
        assert resolve_version("20260301").name == LATEST["name"]
        assert resolve_version(f"{LATEST['product']}-20260301").name == LATEST["name"]

    def test_builds_count_in_the_order_of_their_dates(
        self, edited: Callable[[str, Edit], None]
    ) -> None:
        """Not in that of the file: here 14 goes on after the first build of 14 SR1."""
        edited("versions", lambda rows: rows[0].update(builds=["20090101", "20080915"]))
        dates = ("20080916", "20081101", "20090102", "20090301")
        assert [resolve_version(f"14-{date}").name for date in dates] == [
            "14",
            "14 SR1",
            "14",
            "14 SR1",
        ]


class TestFactsOf:
    """What a version takes over from another one, and what it has of its own (facts_of in
    versions.yml).
    """

    OWN = {
        "from": "22",
        "status": "documented",
        "evidence": "verified",
        "sources": ["CVE26"],
        "note": "Of 22 itself.",
    }
    NEW = {"ports": {"ports": [9099]}, "hosts": {"host": "new.example.com"}, "flows": {"id": "new"}}

    def of(self, version: str, position: int = 0) -> list[tuple[str, str, list[str]]]:
        """What the version answers for the host at that place of the file."""
        host = load()["hosts"][position]["host"]
        return [
            (entry["evidence"], entry["note"], entry["versions"])
            for entry in query("hosts", version=version)
            if entry["host"] == host
        ]

    @pytest.mark.parametrize("subject", ["ports", "hosts", "flows"])
    def test_an_entry_of_its_own_is_added(
        self, edited: Callable[[str, Edit], None], subject: str
    ) -> None:
        before = query(subject, version="22")
        edited(
            subject,
            lambda entries: entries.append(
                {**entries[0], **self.NEW[subject], "scopes": [self.OWN]}
            ),
        )
        after = query(subject, version="22")
        assert after[:-1] == before
        assert (after[-1]["evidence"], after[-1]["note"]) == ("verified", "Of 22 itself.")
        assert [
            entry for entry in query(subject, version="21") if entry["note"] == "Of 22 itself."
        ] == []

    def test_a_scope_of_its_own_wins_over_what_is_taken_over(
        self, edited: Callable[[str, Edit], None]
    ) -> None:
        def split(entries: list[dict[str, Any]]) -> None:
            entries[0]["scopes"] = [
                {**entries[0]["scopes"][-1], "from": "21", "to": "21"},
                self.OWN,
            ]

        edited("hosts", split)
        since_22 = [row["name"] for row in load()["versions"]][VERSIONS.index("22") :]
        assert self.of("22") == [("verified", "Of 22 itself.", since_22)]
        assert [versions for _mark, _note, versions in self.of("21")] == [["21"]]

    def test_a_scope_that_ends_with_the_older_version_is_taken_over_as_inferred(
        self, edited: Callable[[str, Edit], None]
    ) -> None:
        edited(
            "hosts",
            lambda entries: entries[0].update(scopes=[{**self.OWN, "from": "21", "to": "21"}]),
        )
        assert self.of("22") == [("inferred", "Of 22 itself.", ["21", "22"])]
        assert self.of("21") == [("verified", "Of 22 itself.", ["21"])]

    def test_a_scope_that_reaches_from_the_older_version_is_inferred(
        self, edited: Callable[[str, Edit], None]
    ) -> None:
        edited("hosts", lambda entries: entries[0].update(scopes=[{**self.OWN, "from": "21"}]))
        assert [mark for mark, _note, _versions in self.of("22")] == ["inferred"]

    def test_a_row_of_versions_takes_over_one_from_the_other(
        self, edited: Callable[[str, Edit], None]
    ) -> None:
        """A version 99 that takes over from 22 has what 22 takes over from 21 as well, and what 22
        has of its own.
        """
        row = {
            "name": "99",
            "product": "99",
            "basis": "None.",
            "multi_server": True,
            "facts_of": "22",
            "evidence": "inferred",
            "sources": ["CVE26"],
        }

        def split(entries: list[dict[str, Any]]) -> None:
            entries[0]["scopes"] = [{**self.OWN, "from": "21", "to": "21"}]
            entries[1]["scopes"] = [{**self.OWN, "to": "22"}]

        edited("hosts", split)
        edited("versions", lambda rows: rows.append(row))
        assert [
            mark for position in (0, 1) for mark, _note, _versions in self.of("99", position)
        ] == ["inferred", "inferred"]
        assert [entry["host"] for entry in query("hosts", version="99")] == [
            entry["host"] for entry in query("hosts", version="22")
        ]


@pytest.mark.parametrize("version", [21.8, True, None, ["21"]])
def test_a_version_that_is_no_text_is_refused(version: Any) -> None:
    with pytest.raises(InputError, match="must be a string; write it in quotes"):
        resolve_version(version)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2014", {"yes": 20}),
        ("2014 R2", {"yes": 20}),
        ("2015", {"yes": 21}),
        ("21", {"yes": 18, "possible": 3}),
        ("21.4", {"yes": 21}),
        ("21.8", {"yes": 18}),
        ("21.10", {"yes": 18}),
        ("21.8.0.1", {"yes": 18}),
        ("22", {"possible": 18}),
        ("22.3.9", {"yes": 18}),
        ("22.4", {}),
        ("22.10", {}),
    ],
)
def test_the_advisories_of_a_version(version: str, expected: dict[str, int]) -> None:
    found = [entry["applies"] for entry in query("advisories", version=version)]
    assert {word: found.count(word) for word in set(found)} == expected


def test_the_advisories_of_the_database() -> None:
    """All that NVD has for the product: id, score and fix (handed over with the articles)."""
    of_21_8 = {"CVE-2025-34489": 7.8, "CVE-2025-34490": 6.5, "CVE-2025-34491": 8.8}
    of_22_4 = {f"CVE-2026-{number}": 5.4 for number in range(23604, 23620)}
    of_22_4.update({"CVE-2026-23620": 4.3, "CVE-2026-23621": 4.3})
    found = query("advisories", version="2015")
    assert {entry["id"]: (entry["cvss"], entry["fixed_in"]) for entry in found} == {
        **{name: (score, "21.8") for name, score in of_21_8.items()},
        **{name: (score, "22.4") for name, score in of_22_4.items()},
    }
    assert len({entry["title"] for entry in found}) == len(found) == 21


@pytest.mark.parametrize("version", VERSIONS)
def test_joining_is_a_risk_of_versions_with_multi_server_only(version: str) -> None:
    found = ids(query("advisories", version=version))
    affected = version in FROM_2015 and version != "22"
    assert ("CVE-2025-34491" in found) == affected
    assert ("CVE-2025-34489" in found) == (version != "22")


NO_NETWORK = "The plan opens the user interface to no network."
NETWORKS = (
    "The plan opens the user interface to the networks of mailessentials_web_ui_networks only."
)
NO_MULTI_SERVER = "The plan opens no port of Multi-Server."
FARM = "The plan opens the ports of Multi-Server to the servers of the farm only."
JOIN = "The plan opens the join ports, which lead to the same web site, to the slaves only."
SERVICE = (
    "The networks of mailessentials_web_ui_networks reach the service for joining too, as it is "
    "on the same web site."
)


@pytest.mark.parametrize(
    ("features", "server_role", "of_the_web_site", "of_joining"),
    [
        ([], "standalone", [NO_NETWORK], [NO_MULTI_SERVER]),
        (["web_ui"], "standalone", [NETWORKS], [NO_MULTI_SERVER, SERVICE]),
        (["multi_server"], "slave", [NO_NETWORK], [FARM]),
        (["multi_server"], "master", [NO_NETWORK, JOIN], [FARM, JOIN]),
        (["multi_server", "web_ui"], "master", [NETWORKS, JOIN], [FARM, JOIN, SERVICE]),
        (None, None, [NETWORKS, JOIN], [FARM, JOIN, SERVICE]),
    ],
)
def test_a_consequence_is_true_for_the_farm_it_is_said_of(
    features: Any, server_role: str | None, of_the_web_site: list[str], of_joining: list[str]
) -> None:
    found = {
        entry["id"]: entry["consequence"]
        for entry in query("advisories", version="21.4", features=features, server_role=server_role)
    }
    assert found["CVE-2025-34489"].startswith("The plan opens no remoting port;")
    assert found["CVE-2025-34491"] == " ".join(of_joining)
    assert {
        sentence
        for name, sentence in found.items()
        if name not in ("CVE-2025-34489", "CVE-2025-34491")
    } == {" ".join(of_the_web_site)}
    flows = ids(query("flows", version="21.4", features=features, server_role=server_role))
    both = plan_consequences(["CVE-2025-34490", "CVE-2025-34491"], flows)
    assert both == list(dict.fromkeys([*of_the_web_site, *of_joining]))


def test_what_sources_say_is_told_by_title_and_date() -> None:
    """Every contradiction; the messages of ports, endpoints and the plan print these sentences."""
    sources = {entry["key"]: entry for entry in query("sources")}
    for entry in query("contradictions"):
        assert entry["statement"] == disagreement(entry["id"])
        for part in entry["says"]:
            told = entry["statement"]
            assert f": {part['words']}" in told
            for key in part["sources"]:
                date = sources[key]["date"] or "no date"
                assert f'"{sources[key]["title"]}" ({key}, {date})' in told
    dated = {key for key, entry in sources.items() if entry["date"]}
    assert {"FRY", "NVD"} <= dated and not {"S0", "S1", "M21de"} & dated
    years = {entry["date"][:4] for entry in sources.values()} - {""}
    assert all(year.isdigit() and 1989 <= int(year) <= 2026 for year in years)


@pytest.mark.parametrize(
    ("features", "server_role", "expected"),
    [
        ([], None, ["dns-udp", "dns-tcp", "http", "https"]),
        (["core"], "standalone", ["dns-udp", "dns-tcp", "http", "https"]),
        (["proxy"], None, ["dns-udp", "dns-tcp", "http", "https", "proxy"]),
        (
            ("ldap", "gfi_directory"),
            None,
            ["dns-udp", "dns-tcp", "http", "https", "ldap", "ldaps", "gfi-directory"],
        ),
        ({"ftp"}, None, ["dns-udp", "dns-tcp", "http", "https", "ftp-control", "ftp-data"]),
        (["web_ui"], "master", ["dns-udp", "dns-tcp", "http", "https", "web-ui"]),
        (
            ["multi_server"],
            "master",
            [
                "dns-udp",
                "dns-tcp",
                "http",
                "https",
                "multi-server-in",
                "multi-server-out",
                "join-in",
            ],
        ),
        (
            ["multi_server"],
            "slave",
            [
                "dns-udp",
                "dns-tcp",
                "http",
                "https",
                "multi-server-in",
                "multi-server-out",
                "join-out",
            ],
        ),
        (["smtp_inbound"], None, ["dns-udp", "dns-tcp", "http", "https", "smtp-in"]),
        (["smtp_outbound"], None, ["dns-udp", "dns-tcp", "http", "https", "smtp-out"]),
        (["pop2exchange"], None, ["dns-udp", "dns-tcp", "http", "https", "pop2exchange"]),
        (["exchange"], None, ["dns-udp", "dns-tcp", "http", "https", "exchange-web-services"]),
        (["active_directory"], None, ["dns-udp", "dns-tcp", "http", "https", *MEMBER_FLOWS]),
        (
            ["reporting_database"],
            None,
            ["dns-udp", "dns-tcp", "http", "https", "reporting-database"],
        ),
        (None, "standalone", [*OLD_FLOWS, *flows_beside("2015")]),
        (
            None,
            "slave",
            [
                *OLD_FLOWS,
                "multi-server-in",
                "multi-server-out",
                "join-out",
                *flows_beside("2015"),
            ],
        ),
    ],
)
def test_flows_by_feature_and_role(
    features: Any, server_role: str | None, expected: list[str]
) -> None:
    assert (
        ids(query("flows", version="2015", features=features, server_role=server_role)) == expected
    )


def test_the_flows_of_a_domain_member_are_those_of_microsoft() -> None:
    """MS179442, table "Windows Server 2008 and later versions", without DNS (core), LDAP and LDAPS
    by TCP (ldap), and replication between domain controllers.
    """
    found = [flow for flow in query("flows") if flow["feature"] == "active_directory"]
    assert {flow["id"]: (flow["protocol"], flow["ports"]) for flow in found} == MEMBER_FLOWS
    assert {(flow["direction"], flow["remote"], *flow["sources"]) for flow in found} == {
        ("outbound", "ldap_servers", "MS179442")
    }


def test_a_port_that_no_document_gives_is_inferred_or_an_input() -> None:
    found = {flow["id"]: flow for flow in query("flows", version="21")}
    for name in MAIL_FLOWS:
        assert found[name]["evidence"] == "inferred"
        assert {"RFC5321", "RFC1939"}.intersection(found[name]["sources"])
    assert (found["reporting-database"]["ports"], found["reporting-database"]["port_variable"]) == (
        [],
        "sql_port",
    )
    (exchange,) = query("flows", version="2010", features=["exchange"])[4:]
    assert (exchange["evidence"], exchange["sources"]) == ("verified", ["MW"])


def test_ports_and_hosts_by_feature() -> None:
    assert {entry["kind"] for entry in query("ports", features=[])} == {"ipc", "dns", "http"}
    assert {entry["kind"] for entry in query("ports", features=["multi_server"])} == {
        "ipc",
        "dns",
        "http",
        "multi_server",
        "join",
    }
    assert [
        entry["host"] for entry in query("hosts") if entry not in query("hosts", features=[])
    ] == ["ftp.gfisoftware.com"]


def test_remoting_and_multi_server_never_mix() -> None:
    """D16: what is remoting never becomes a flow, and what is between servers is for peers only."""
    ipc = {
        str(port) for entry in load()["ports"] if entry["kind"] == "ipc" for port in entry["ports"]
    }
    assert ipc == {"8013", "8015", "8021", "9090", "9091", "9093"}
    assert [flow["id"] for flow in load()["flows"] if ipc & set(flow["ports"])] == []
    assert [flow["id"] for flow in load()["flows"] if flow["peers_only"]] == PEER_FLOWS


def test_advice_on_moving_remoting_ports_is_the_vendors() -> None:
    for version in VERSIONS:
        for entry in of_kind("ipc", version):
            assert '"only after consulting GFI Technical Support"' in entry["advice"]
            assert entry["port_variable"] == "remoting_ports"


def test_contradictions_are_kept_with_choice_and_reason() -> None:
    assert ids(query("contradictions")) == [f"D{number}" for number in range(1, 17)]


def test_titles_and_purposes_suit_a_firewall_rule() -> None:
    assert [
        flow["id"]
        for flow in query("flows")
        if re.search(r"[|*?\[\]]", flow["title"] + flow["purpose"])
        or not flow["purpose"].endswith(".")
    ] == []
    shown = [(flow["title"], flow["protocol"], flow["direction"]) for flow in query("flows")]
    assert len(set(shown)) == len(shown)


def test_every_source_is_used() -> None:
    used = {
        key
        for entries in load().values()
        for entry in entries
        for part in [entry, *entry.get("scopes", [])]
        for key in part.get("sources", [])
    }
    assert {entry["key"] for entry in load()["sources"]} - used == set()


@pytest.mark.parametrize("term", TERMS)
class TestTerm:
    def test_keys_and_types_are_constant(self, term: str) -> None:
        entries = [entry for version in VERSIONS for entry in query(term, version=version)]
        assert entries
        assert {tuple(sorted(entry)) for entry in entries} == {tuple(sorted(entries[0]))}
        for key in entries[0]:
            assert len({type(entry[key]) for entry in entries} - {type(None)}) == 1, key

    def test_the_answer_is_json_and_fresh(self, term: str) -> None:
        first = query(term)
        assert json.loads(json.dumps(first)) == first
        before = json.dumps(first)
        for entry in first:
            for value in entry.values():
                if isinstance(value, (list, dict)):
                    value.clear()
            entry.clear()
        assert json.dumps(query(term)) == before


@pytest.mark.parametrize(
    ("question", "field", "sentence"),
    [
        (
            {"term": "port"},
            "term",
            r"'port' is not known; the nearest is 'ports'; use one of ports, hosts, "
            r"flows, versions",
        ),
        ({"term": ["ports"]}, "term", r"is not known; .* use one of ports"),
        ({"term": None}, "term", r"'None' is not known"),
        (
            {"features": ["ldpa"]},
            "features[0]",
            r"'ldpa' is not known; the nearest is 'ldap'; use one of core, proxy, ldap",
        ),
        ({"features": ["ftp", "multiserver"]}, "features[1]", r"the nearest is 'multi_server'"),
        ({"features": [["ftp"]]}, "features[0]", r"is not known"),
        ({"features": "ftp"}, "features", r"'ftp' is not a list; give a list of core, proxy"),
        ({"features": 5}, "features", r"5 is not a list"),
        (
            {"server_role": "Master"},
            "server_role",
            r"the nearest is 'master'; use one of standalone, master, slave",
        ),
        ({"server_role": ["master"]}, "server_role", r"is not known"),
        (
            {"version": "2014 R2", "features": ["multi_server"], "server_role": "master"},
            "features",
            r"needs MailEssentials 2015 or later; version 2014 R2 has",
        ),
        ({"features": ["multi_server"]}, "server_role", r"needs 'master' or 'slave', not None"),
        (
            {"features": ["multi_server"], "server_role": "standalone"},
            "server_role",
            r"needs 'master' or 'slave', not 'standalone'",
        ),
    ],
)
def test_a_bad_question_gets_one_sentence(
    question: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        query(**{"term": "flows", **question})
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


def test_every_feature_has_a_flow() -> None:
    assert {flow["feature"] for flow in load()["flows"]} == set(FEATURES)
