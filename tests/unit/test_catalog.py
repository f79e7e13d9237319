# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalog answers: every version, every term, bad questions, and its own consistency."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils.catalog import load, query, resolve_version
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.catalog_schema import FEATURES
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.errors import InputError

TERMS = ("ports", "hosts", "flows", "versions", "advisories", "sources", "contradictions", "components", "services", "notes")
VERSIONS = ("14", "14 SR1", "14.1", "2010", "2012", "2014", "2014 R2", "2015", "21", "22")
OLD = {8013: "documented", 8015: "documented", 8021: "documented"}
UNION = {8015: "contradicted", 9090: "contradicted", 9091: "documented", 9093: "observed"}
REMOTING = {
    **dict.fromkeys(("14", "14 SR1", "14.1", "2010", "2012", "2014"), OLD),
    "2014 R2": {8015: "documented", 9090: "documented", 9091: "documented"},
    "2015": {8015: "documented", 9091: "documented", 9093: "documented"},
    "21": UNION,
    "22": UNION,
}
OLD_FLOWS = ["dns-udp", "dns-tcp", "http", "https", "proxy", "ldap", "ldaps", "gfi-directory", "ftp-control", "ftp-data", "web-ui"]
PEER_FLOWS = ["multi-server-in", "multi-server-out", "join-in", "join-out"]


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]


def of_kind(kind: str, version: str) -> list[dict[str, Any]]:
    return [entry for entry in query("ports", version=version) if entry["kind"] == kind]


@pytest.mark.parametrize("version", VERSIONS)
class TestVersion:
    def test_its_remoting_ports(self, version: str) -> None:
        assert {entry["port"]: entry["standing"] for entry in of_kind("ipc", version)} == REMOTING[version]

    def test_multi_server_from_2015(self, version: str) -> None:
        expected = [9095, 9096] if version in ("2015", "21", "22") else []
        assert [entry["port"] for entry in of_kind("multi_server", version)] == expected
        assert resolve_version(version).multi_server is bool(expected)

    def test_its_flows(self, version: str) -> None:
        assert ids(query("flows", version=version)) == OLD_FLOWS + (PEER_FLOWS if version in ("2015", "21", "22") else [])

    def test_its_spamrazer_host(self, version: str) -> None:
        found = {entry["host"] for entry in query("hosts", version=version)} & {"db11.spamcatcher.net", "sn92.mailshell.net"}
        assert found == {"db11.spamcatcher.net" if version == "14" else "sn92.mailshell.net"}

    def test_22_is_inferred_throughout(self, version: str) -> None:
        marks = {entry["mark"] for term in ("ports", "hosts", "flows") for entry in query(term, version=version)}
        assert marks == ({"inferred"} if version == "22" else {"verified", "inferred"})

    def test_each_port_says_for_which_versions_it_holds(self, version: str) -> None:
        assert [entry for entry in query("ports", version=version) if version not in entry["versions"]] == []


def test_the_versions_in_order() -> None:
    rows = query("versions")
    assert tuple(row["name"] for row in rows) == VERSIONS
    assert [row["name"] for row in rows if row["latest"]] == ["22"]
    assert [row["name"] for row in rows if row["mark"] == "inferred"] == ["2010", "22"]


@pytest.mark.parametrize(
    ("text", "name", "product", "build"),
    [
        ("2014 R2", "2014 R2", "", ""),
        (" 2014  r2 ", "2014 R2", "", ""),
        ("GFI MailEssentials 2015", "2015", "20", ""),
        ("MailEssentials 14 sr1", "14 SR1", "14", ""),
        ("v21", "21", "21", ""),
        ("latest", "22", "22", ""),
        ("Latest", "22", "22", ""),
        ("20", "2015", "20", ""),
        ("20.0.4837.5918", "2015", "20.0.4837.5918", ""),
        ("20.0.4837.5918-20150308-1353", "2015", "20.0.4837.5918", "20150308"),
        ("20150308", "2015", "20", "20150308"),
        ("21.8", "21", "21.8", ""),
        ("21.8-20250401-1200", "21", "21.8", "20250401"),
        ("22.4", "22", "22.4", ""),
        ("20080915", "14", "14", "20080915"),
        ("20081024", "14 SR1", "14", "20081024"),
        ("14.0.20090211", "14 SR1", "14.0.20090211", ""),
        ("14.0", "14", "14.0", ""),
        ("14.1.5", "14.1", "14.1.5", ""),
    ],
)
def test_what_a_version_text_means(text: str, name: str, product: str, build: str) -> None:
    version = resolve_version(text)
    assert (version.name, version.product, version.build) == (name, product, build)
    assert VERSIONS[version.rank] == name


@pytest.mark.parametrize("text", ["", " ", "2013", "15", "19.1", "23", "2015 R2", "20220601", "2015.1", "21.", "21.8.0.1.2", "۲۱", "2014 R2\n|"])
def test_an_unknown_version_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(InputError, match=r"is not known; the nearest is '.+', the known ones are latest, 14, 14 SR1,.* 20080915") as caught:
        resolve_version(text)
    assert caught.value.field == "version"


@pytest.mark.parametrize(("text", "nearest"), [("2014R3", "2014 R2"), ("14 SR2", "14 SR1"), ("lastest", "latest"), ("20080916", "20080915")])
def test_the_nearest_version_is_named(text: str, nearest: str) -> None:
    with pytest.raises(InputError, match=f"the nearest is '{nearest}'"):
        query("ports", version=text)


@pytest.mark.parametrize("version", [21, 21.8, None, ["21"]])
def test_a_version_that_is_no_text_is_refused(version: Any) -> None:
    with pytest.raises(InputError, match="is not text; write the version in quotes"):
        resolve_version(version)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2014", {"yes": 4}),
        ("2015", {"yes": 4}),
        ("21", {"yes": 1, "possible": 3}),
        ("21.4", {"yes": 4}),
        ("21.8", {"yes": 1}),
        ("21.10", {"yes": 1}),
        ("21.8.0.1", {"yes": 1}),
        ("latest", {"possible": 1}),
        ("22.3.9", {"yes": 1}),
        ("22.4", {}),
        ("22.10", {}),
    ],
)
def test_the_advisories_of_a_version(version: str, expected: dict[str, int]) -> None:
    found = [entry["applies"] for entry in query("advisories", version=version)]
    assert {word: found.count(word) for word in set(found)} == expected


def test_the_fixes_of_the_advisories() -> None:
    fixed = {entry["id"]: entry["fixed_in"] for entry in query("advisories", version="14")}
    assert fixed == {"CVE-2025-34489": "21.8", "CVE-2025-34490": "21.8", "CVE-2025-34491": "21.8", "CVE-2026-23614": "22.4"}


@pytest.mark.parametrize(
    ("features", "server_role", "expected"),
    [
        ([], None, ["dns-udp", "dns-tcp", "http", "https"]),
        (["core"], "standalone", ["dns-udp", "dns-tcp", "http", "https"]),
        (["proxy"], None, ["dns-udp", "dns-tcp", "http", "https", "proxy"]),
        (("ldap", "gfi_directory"), None, ["dns-udp", "dns-tcp", "http", "https", "ldap", "ldaps", "gfi-directory"]),
        ({"ftp"}, None, ["dns-udp", "dns-tcp", "http", "https", "ftp-control", "ftp-data"]),
        (["web_ui"], "master", ["dns-udp", "dns-tcp", "http", "https", "web-ui"]),
        (["multi_server"], "master", ["dns-udp", "dns-tcp", "http", "https", "multi-server-in", "multi-server-out", "join-in"]),
        (["multi_server"], "slave", ["dns-udp", "dns-tcp", "http", "https", "multi-server-in", "multi-server-out", "join-out"]),
        (None, "standalone", OLD_FLOWS),
        (None, "slave", [*OLD_FLOWS, "multi-server-in", "multi-server-out", "join-out"]),
    ],
)
def test_flows_by_feature_and_role(features: Any, server_role: str | None, expected: list[str]) -> None:
    assert ids(query("flows", version="2015", features=features, server_role=server_role)) == expected


def test_ports_and_hosts_by_feature() -> None:
    assert {entry["kind"] for entry in query("ports", features=[])} == {"ipc", "dns", "http"}
    assert {entry["kind"] for entry in query("ports", features=["multi_server"])} == {"ipc", "dns", "http", "multi_server", "join"}
    assert [entry["host"] for entry in query("hosts") if entry not in query("hosts", features=[])] == ["ftp.gfisoftware.com"]


def test_remoting_and_multi_server_never_mix() -> None:
    """D16: what is remoting never becomes a flow, and what is between servers is for peers only."""
    ipc = {str(port) for entry in load()["ports"] if entry["kind"] == "ipc" for port in entry["ports"]}
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
    assert [flow["id"] for flow in query("flows") if re.search(r"[|*?\[\]]", flow["title"] + flow["purpose"]) or not flow["purpose"].endswith(".")] == []
    shown = [(flow["title"], flow["protocol"], flow["direction"]) for flow in query("flows")]
    assert len(set(shown)) == len(shown)


def test_every_source_is_used() -> None:
    used = {key for entries in load().values() for entry in entries for part in [entry, *entry.get("scopes", [])] for key in part.get("sources", [])}
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
        ({"term": "port"}, "term", r"'port' is not known; the nearest is 'ports', the known ones are ports, hosts, flows, versions"),
        ({"term": ["ports"]}, "term", r"is not known; .* the known ones are ports"),
        ({"term": None}, "term", r"'None' is not known"),
        ({"features": ["ldpa"]}, "features[0]", r"'ldpa' is not known; the nearest is 'ldap', the known ones are core, proxy, ldap"),
        ({"features": ["ftp", "multiserver"]}, "features[1]", r"the nearest is 'multi_server'"),
        ({"features": [["ftp"]]}, "features[0]", r"is not known"),
        ({"features": "ftp"}, "features", r"'ftp' is not a list; give a list of core, proxy"),
        ({"features": 5}, "features", r"5 is not a list"),
        ({"server_role": "Master"}, "server_role", r"the nearest is 'master', the known ones are standalone, master, slave"),
        ({"server_role": ["master"]}, "server_role", r"is not known"),
        ({"version": "2014 R2", "features": ["multi_server"], "server_role": "master"}, "features", r"needs MailEssentials 2015 or later; version 2014 R2 has"),
        ({"features": ["multi_server"]}, "server_role", r"needs 'master' or 'slave', not None"),
        ({"features": ["multi_server"], "server_role": "standalone"}, "server_role", r"needs 'master' or 'slave', not 'standalone'"),
    ],
)
def test_a_bad_question_gets_one_sentence(question: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        query(**{"term": "flows", **question})
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


def test_every_feature_has_a_flow() -> None:
    assert {flow["feature"] for flow in load()["flows"]} == set(FEATURES)
