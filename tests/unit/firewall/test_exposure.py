# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a port that is meant for some addresses is open to more by another rule."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from unit.builders import host, read, text, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.exposure import (
    MOST_FOR_A_PORT,
    MOST_IN_ALL,
    MOST_WARNINGS,
    scope,
    warnings_of_exposure,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    ExceptionList,
    FirewallReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    StoredRule,
)
from simulator import farm
from simulator.host import SimulatedHost

PEERS = {
    "protocol": "tcp",
    "local_ports": [443],
    "remote_addresses": ["192.0.2.1", "192.0.2.2"],
    "profiles": ["domain"],
}


def answer(target: SimulatedHost, **changes: Any) -> dict[str, Any]:
    (entry,) = scopes(read(target), [wanted(**{**PEERS, **changes})])
    return entry


def scopes(
    reading: FirewallReading,
    rules: Sequence[Rule],
    leaving: Iterable[StoredRule] = (),
    trusted_groups: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """As a rule set asks: without its own rules and those that leave."""
    others = Policy(reading).without(
        [*(rule.id for rule in rules), *(stored.id for stored in leaving)]
    )
    return scope(others, rules, trusted_groups)


def beside(
    *tokens: str, rule_id: str = "Other", store: str = "local", **words: str
) -> SimulatedHost:
    target = host()
    target.stores[store]["rules"][rule_id] = text(*tokens, name="Other", group="", **words)
    return target


HTTPS = ("Protocol=6", "LPort=443")
# (the other rule, what of ours is otherwise). Every one of them admits addresses that ours does
# not.
WIDER: list[tuple[SimulatedHost, dict[str, Any]]] = [
    (beside(*HTTPS), {}),
    (beside(), {}),
    (beside("Protocol=6"), {}),
    (beside("Protocol=6", "LPort2_10=400-500"), {}),
    (beside("Protocol=6", "LPort=80", "LPort=443"), {}),
    (beside(*HTTPS, "RA4=192.0.2.0/255.255.255.0"), {}),
    (beside(*HTTPS, "RA4=192.0.2.1-192.0.2.3"), {}),
    (beside(*HTTPS, "RA6=2001:db8::1"), {}),
    (beside(*HTTPS, "RA4=LocalSubnet", "RA6=LocalSubnet"), {}),
    (beside(*HTTPS, "RA4=LocalSubnet", "RA6=LocalSubnet"), {"remote_addresses": ["LocalSubnet4"]}),
    (beside(*HTTPS, store="gpo"), {}),
    (beside(*HTTPS, store="mdm"), {}),
    (beside(*HTTPS, rule_id="Example-A", store="gpo"), {}),
    (beside(*HTTPS, "Profile=Domain", "Profile=Public"), {}),
    (beside(*HTTPS, action="ByPass"), {}),
    (beside(*HTTPS, "App=C:\\other.exe"), {}),
    (beside("Protocol=6", "App=System"), {}),
    (beside("Protocol=6", "App=C:\\Program Files\\a.exe"), {"program": "%ProgramFiles%\\A.exe"}),
    (beside(*HTTPS, "LA4=192.0.2.7"), {}),
    (beside(*HTTPS, "LA4=192.0.2.0/24"), {"local_addresses": ["192.0.2.7"]}),
    (beside("Protocol=6", "LPort=RPC"), {"local_ports": ["RPC"]}),
    (beside(*HTTPS, "LA6=2001:db8::/64"), {"local_addresses": ["192.0.2.7", "2001:db8::7"]}),
    (beside("Protocol=6", "LUOwn=S-1-5-18"), {}),
]
NOT_WIDER: list[tuple[SimulatedHost, dict[str, Any]]] = [
    (host(), {}),
    (beside(*HTTPS, "RA4=192.0.2.1"), {}),
    (beside(*HTTPS, "RA4=192.0.2.0/24"), {"remote_addresses": ["192.0.0.0/16"]}),
    (beside(*HTTPS, "RA4=LocalSubnet"), {"remote_addresses": ["LocalSubnet"]}),
    (beside("Protocol=6", "LPort=80"), {}),
    (beside("Protocol=17", "LPort=443"), {}),
    (beside(*HTTPS, "Profile=Private"), {}),
    (beside(*HTTPS, active="FALSE"), {}),
    (beside(*HTTPS, action="Block"), {}),
    (beside(*HTTPS, direction="Out"), {}),
    (beside("Protocol=6", "AppPkgId=S-1-15-2-1"), {}),
    (beside("Protocol=6", "PFN=example_1"), {}),
    (beside(*HTTPS, rule_id="EXAMPLE-a"), {}),
    (beside(*HTTPS, "LA4=192.0.2.8"), {"local_addresses": ["192.0.2.7"]}),
    (beside(*HTTPS, "LA6=2001:db8::8"), {"local_addresses": ["192.0.2.7", "2001:db8::7"]}),
    (beside("Protocol=6", "LPort=RPC"), {}),
]


@pytest.mark.parametrize(("target", "changes"), WIDER)
def test_wider(target: SimulatedHost, changes: dict[str, Any]) -> None:
    entry = answer(target, **changes)
    assert not entry["scoped"] and entry["conditional"] == []
    assert [(rule["display_name"]) for rule in entry["wider"]] == ["Other"]


@pytest.mark.parametrize("first", ["App=%Unknown%\\x.exe", "Svc=*"])
def test_a_rule_is_not_judged_by_one_that_applies_to_as_much_at_most(first: str) -> None:
    target = beside("Protocol=6", first, rule_id="First")
    target.stores["local"]["rules"]["Plain"] = text("Protocol=6", name="Plain", group="")
    entry = answer(target)
    assert [rule["id"] for rule in entry["wider"]] == ["Plain"]
    assert entry["conditional"] == ["First"]


def test_a_token_that_is_not_described_may_add_addresses_and_ports() -> None:
    addresses = beside(*HTTPS, "RA4=192.0.2.1", "RA4_40=198.51.100.7")
    assert not answer(addresses)["scoped"]
    ports = answer(beside("Protocol=6", "LPort=80", "LPort2_40=443"))
    assert (ports["scoped"], ports["conditional"]) == (True, ["Other"])
    assert answer(beside("Protocol=6", "LPort=80", "New9_9=443"))["conditional"] == []


def test_what_a_rule_admits_does_not_depend_on_the_rule_before_it() -> None:
    reading = read(beside("Protocol=6", "RA4=192.0.2.0/24"))
    ours = {"protocol": "tcp", "remote_addresses": ["LocalSubnet"]}
    rules = [
        wanted(**ours, id="Example-B", local_ports=["RPC"]),
        wanted(**ours, id="Example-C", local_ports=[443]),
    ]
    for order in (rules, rules[::-1]):
        assert all(entry["scoped"] for entry in scopes(reading, order))


@pytest.mark.parametrize(("target", "changes"), NOT_WIDER)
def test_not_wider(target: SimulatedHost, changes: dict[str, Any]) -> None:
    entry = answer(target, **changes)
    assert (entry["scoped"], entry["wider"], entry["conditional"]) == (True, [], [])


@pytest.mark.parametrize(
    "limit",
    [
        "App=C:\\other.exe",
        "Svc=other",
        "Svc=*",
        "App=System|TTK2_27=WFDKmDriver",
        "LUAuth=O:LSD:(A;;CC;;;NS)",
    ],
)
def test_a_rule_with_a_condition_may_or_may_not_open_the_port(limit: str) -> None:
    entry = answer(beside("Protocol=6", *limit.split("|")))
    assert (entry["scoped"], entry["wider"], entry["conditional"]) == (True, [], ["Other"])


def test_a_rule_of_ours_with_a_token_that_nobody_describes_is_not_called_scoped() -> None:
    target = host()
    target.rules["EXAMPLE-A"] = text(*HTTPS, "RADynKey=x")
    entry = answer(target)
    assert (entry["scoped"], entry["wider"], entry["conditional"]) == (False, [], ["Example-A"])
    assert answer(target, id="Example-B")["conditional"] == []
    target.rules["EXAMPLE-A"] = text(*HTTPS).replace("v2.26", "v2.99")
    target.stores["gpo"]["rules"]["Example-A"] = text("Protocol=6", "LPort=1", "RADynKey=x")
    assert answer(target)["scoped"]


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        ("v3.0|Dir=Out|", ["Other"]),
        ("garbage", ["Other"]),
        ("v2.26|Dir=Out|Protocol=256|Name=A|", []),
    ],
)
def test_a_rule_that_cannot_be_read_may_or_may_not_open_the_port(
    content: str, ids: list[str]
) -> None:
    target = host()
    target.rules["Other"] = content
    assert answer(target)["conditional"] == ids


def test_rules_that_leave_do_not_count() -> None:
    target = beside(*HTTPS)
    target.stores["gpo"]["rules"]["Other"] = target.rules["Other"]
    reading = read(target)
    local, policy = (stored for stored in reading.rules if stored.id == "Other")
    (entry,) = scopes(reading, [wanted(**PEERS)], [local])
    assert [rule["store"] for rule in entry["wider"]] == ["gpo"] and policy.store == "gpo"


def test_the_version_of_windows_is_no_condition_of_the_traffic() -> None:
    assert not answer(beside("Protocol=6", "App=System", "Platform=2:6:2", "Platform2=GTEQ"))[
        "scoped"
    ]


def test_the_rules_of_the_web_server_role_are_named() -> None:
    target = farm.host("server2016", gpo=True)
    before = answer(target)
    farm.iis(target)
    entry = answer(target)
    name = "World Wide Web Services (HTTPS Traffic-In)"
    added = [rule for rule in entry["wider"] if rule not in before["wider"]]
    assert added == [
        {
            "store": "local",
            "group": "",
            "id": "IIS-WebServerRole-HTTPS-In-TCP",
            "display_name": name,
            "remote_addresses": ["any"],
        }
    ]
    assert (entry["rule"], entry["protocol"], entry["port"], entry["scoped"]) == (
        "Example-A",
        "tcp",
        "443",
        False,
    )
    (line,) = warnings_of_exposure([{**entry, "wider": added}])
    assert line.startswith(
        "Port 443/tcp of 'Example-A' is not limited to its remote addresses; "
        f"others are allowed by '{name}'"
    )


@pytest.mark.parametrize("value", [{"DefaultInboundAction": 0}, {"EnableFirewall": 0}])
def test_a_profile_in_use_that_admits_everything(value: dict[str, int]) -> None:
    target = host()
    target.stores["gpo"]["profiles"]["DomainProfile"] = value
    entry = answer(target)
    profile = "the domain profile, which allows everything"
    assert entry["wider"] == [
        {
            "store": "gpo",
            "group": "",
            "id": "",
            "display_name": profile,
            "remote_addresses": ["any"],
        }
    ]
    assert f"others are allowed by '{profile}' (gpo)." in warnings_of_exposure([entry])[0]
    target.network_categories = [0]
    assert answer(target)["scoped"]


UNLIMITED: list[dict[str, Any]] = [
    {"remote_addresses": "any"},
    {"enabled": False},
    {"direction": "outbound"},
    {"action": "block"},
    {"local_ports": "any"},
]


@pytest.mark.parametrize("changes", UNLIMITED)
def test_only_ports_that_are_limited_can_be_opened_wider(changes: dict[str, Any]) -> None:
    assert scopes(read(beside(*HTTPS)), [wanted(**{**PEERS, **changes})]) == []


def test_every_port_has_an_answer() -> None:
    entries = scopes(
        read(beside("Protocol=6", "LPort=9096")),
        [wanted(**{**PEERS, "local_ports": [9095, "9096-9097"]})],
    )
    assert [(entry["port"], entry["scoped"]) for entry in entries] == [
        ("9095", True),
        ("9096-9097", False),
    ]


def test_rules_of_trusted_groups_count_and_are_not_warned_about() -> None:
    target = host()
    target.rules["Web"] = text(*HTTPS, name="Web", group="Web UI")
    entry = answer(target)
    assert (entry["scoped"], entry["wider"][0]["group"]) == (False, "Web UI")
    assert warnings_of_exposure([entry], {"Web UI": "web"}) == []
    assert (
        len(warnings_of_exposure([entry], {"web ui": "Web"}))
        == len(warnings_of_exposure([entry]))
        == 1
    )
    assert len(warnings_of_exposure([entry], {"Web UI": "Other-"})) == 1
    farm.iis(target)
    (line,) = warnings_of_exposure([answer(target)], {"Web UI": "Web"})
    assert "'World Wide Web Services (HTTPS Traffic-In)'" in line and "'Web'" not in line
    target.stores["gpo"]["rules"] = {"Web": target.rules.pop("Web")}
    (line,) = warnings_of_exposure([answer(target)], {"Web UI": "Web"})
    assert "'Web'" in line


def test_many_rules_are_counted() -> None:
    target = host()
    for number in range(7):
        target.rules[f"R{number}"] = text(*HTTPS, name=f"R{number}", group="")
    (line,) = warnings_of_exposure([answer(target)])
    assert "'R4' (R4) and 2 more." in line and "R5" not in line


def crowded(count: int, *tokens: str) -> SimulatedHost:
    """A host with so many rules of strangers; {} in a token is their number."""
    target = host()
    for number in range(count):
        target.rules[f"R{number:05}"] = text(
            *(token.format(number) for token in tokens), name=f"R{number}", group=""
        )
    return target


def test_what_is_listed_is_bounded_and_said() -> None:
    """20 rules of ours against 20,000 that admit everything: the answer stays small, and counts
    what it leaves out.
    """
    rules = [
        wanted(**{**PEERS, "id": f"Example-{number}", "local_ports": [9000 + number]})
        for number in range(20)
    ]
    entries = scopes(read(crowded(20_000)), rules)
    assert [len(entry["wider"]) for entry in entries] == [MOST_FOR_A_PORT] * 20
    assert (
        entries[0]["omitted"] == {"wider": 20_000 - MOST_FOR_A_PORT, "conditional": 0}
        and not entries[0]["scoped"]
    )
    assert len(json.dumps(entries)) < 50_000
    told = warnings_of_exposure(entries)
    assert f"'R4' (R00004) and {20_000 - 5} more." in told[0] and len(told) == 20


def test_beyond_all_that_is_listed_rules_are_counted() -> None:
    rules = [
        wanted(**{**PEERS, "id": f"Example-{number}", "local_ports": [1 + number]})
        for number in range(300)
    ]
    entries = scopes(read(crowded(50, "Protocol=6", "App=C:\\{}.exe")), rules)
    assert sum(len(entry["conditional"]) for entry in entries) == MOST_IN_ALL
    assert (entries[-1]["conditional"], entries[-1]["omitted"], entries[-1]["scoped"]) == (
        [],
        {"wider": 0, "conditional": 50},
        True,
    )
    entries = scopes(read(crowded(50, "Protocol=6")), rules)
    assert (entries[-1]["wider"], entries[-1]["omitted"]["wider"], entries[-1]["scoped"]) == (
        [],
        50,
        False,
    )
    told = warnings_of_exposure(entries)
    assert len(told) == MOST_WARNINGS + 1 and told[-1].startswith(
        f"{300 - MOST_WARNINGS} more ports are not limited"
    )
    assert warnings_of_exposure(entries[-1:]) == [
        "Port 300/tcp of 'Example-299' is not limited to its remote addresses; "
        "others are allowed by 50 more."
    ]


def test_three_thousand_rules_against_three_thousand_take_little_time() -> None:
    """Distinct ports and distinct addresses on both sides; 19 s before rules were found by their
    ports.
    """
    rules = [
        wanted(**{**PEERS, "id": f"Example-{number}", "local_ports": [1 + number]})
        for number in range(3000)
    ]
    reading = read(crowded(3000, "Protocol=6", "LPort={}", "RA6=2001:db8::{}"))
    started = time.process_time()
    entries = scopes(reading, rules)
    assert time.process_time() - started < 3
    assert sum(not entry["scoped"] for entry in entries) == 2999 and [
        rule["id"] for rule in entries[6]["wider"]
    ] == ["R00007"]


def test_rules_of_trusted_groups_are_named_last() -> None:
    target = crowded(MOST_FOR_A_PORT, *HTTPS)
    target.rules["A-ours"] = text(*HTTPS, name="Ours", group="Web UI")
    (entry,) = scopes(read(target), [wanted(**PEERS)], (), {"Web UI": "A-"})
    assert (
        "A-ours" not in [rule["id"] for rule in entry["wider"]] and entry["omitted"]["wider"] == 1
    )


AMBIGUOUS = [
    "v2.26|Action=Block|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|Name=Other|",
    "v2.26|Action=Allow|Active=TRUE|Dir=Out|Dir=In|Protocol=6|LPort=443|Name=Other|",
    "v2.26|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort= 443|Name=Other|",
    "v2.26|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|RA4=2001:db8::/64|Name=Other|",
    "v2.26|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|Edge=App|Name=Other|",
    "v2.26|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|Name=Other|Active=FALSE",
]


@pytest.mark.parametrize("content", AMBIGUOUS)
def test_a_text_that_breaks_the_grammar_may_open_the_port(content: str) -> None:
    target = host()
    target.rules["Other"] = content
    assert answer(target)["conditional"] == ["Other"]


def test_a_protocol_with_zeros_in_front_is_seen() -> None:
    assert not answer(beside("Protocol=006", "LPort=443"))["scoped"]
    assert not answer(beside("Protocol=6", "LPort=00443"))["scoped"]


def with_block(*tokens: str, **words: str) -> str:
    return text(*tokens, action="Block", name="Deny", group="", **words)


# (tokens of the other rule, those of block rules, whether the port is still open wider)
BLOCKED: list[tuple[tuple[str, ...], list[str], bool]] = [
    (HTTPS, [with_block(*HTTPS)], False),
    (HTTPS, [with_block()], False),
    (HTTPS, [with_block(*HTTPS, "RA4=198.51.100.0/24")], True),
    (HTTPS, [with_block(*HTTPS, "Profile=Public")], True),
    (HTTPS, [with_block(*HTTPS, "App=C:\\other.exe")], True),
    (HTTPS, [with_block(*HTTPS, active="FALSE")], True),
    (HTTPS, [with_block(*HTTPS, "LUAuth=O:LSD:(A;;CC;;;NS)")], True),
    (HTTPS, [with_block(*HTTPS, direction="Out")], True),
    ((*HTTPS, "RA4=198.51.100.0/24"), [with_block(*HTTPS, "RA4=198.51.0.0/16")], False),
    (
        (*HTTPS, "RA4=198.51.100.0/24"),
        [with_block("RA4=198.51.100.0/25"), with_block("RA4=198.51.100.128/25")],
        False,
    ),
    ((*HTTPS, "RA4=198.51.100.0/24"), [with_block("RA4=198.51.100.0/25")], True),
    ((*HTTPS, "App=C:\\a.exe"), [with_block("App=C:\\a.exe")], False),
    ((*HTTPS, "App=C:\\a.exe"), [with_block("App=C:\\b.exe")], True),
    ((*HTTPS, "App=C:\\a.exe"), [with_block(*HTTPS)], False),
    (("Protocol=6",), [with_block(*HTTPS)], False),
    (("Protocol=6",), [with_block("Protocol=6", "LPort=80")], True),
    ((*HTTPS, "RA4=192.0.2.0/30"), [with_block("RA4=192.0.2.0"), with_block("RA4=192.0.2.3")],
     False),
]  # fmt: skip


@pytest.mark.parametrize(("tokens", "blocks", "open_wider"), BLOCKED)
def test_what_block_rules_take_is_not_admitted(
    tokens: tuple[str, ...], blocks: list[str], open_wider: bool
) -> None:
    target = beside(*tokens)
    for number, block in enumerate(blocks):
        target.stores["gpo"]["rules"][f"D{number}"] = block
    entry = answer(target)
    assert (not entry["scoped"], bool(entry["wider"])) == (open_wider, open_wider)


def test_a_rule_that_bypasses_block_rules_opens_the_port() -> None:
    target = beside(*HTTPS, action="ByPass")
    target.stores["gpo"]["rules"]["Deny"] = with_block(*HTTPS)
    assert not answer(target)["scoped"]


def test_a_block_rule_takes_one_port_of_two() -> None:
    target = beside("Protocol=6")
    target.rules["Deny"] = with_block(*HTTPS)
    entries = scopes(read(target), [wanted(**{**PEERS, "local_ports": [443, 444]})])
    assert [entry["scoped"] for entry in entries] == [True, False]


def test_rules_of_a_store_that_does_not_count_open_nothing() -> None:
    target = beside(*HTTPS)
    target.stores["gpo"]["profiles"]["DomainProfile"] = {"AllowLocalPolicyMerge": 0}
    assert answer(target)["scoped"]
    assert answer(beside(*HTTPS, "Platform=2:5:1"))["scoped"]


def test_a_rule_for_whoever_is_on_the_other_side_opens_the_port() -> None:
    assert not answer(beside(*HTTPS, "RA4=192.0.2.1", "LOM=TRUE"))["scoped"]


def test_no_port_lists_more_rules_than_are_left_in_all() -> None:
    target = host()
    rules = target.stores["local"]["rules"]
    for number in range(50):
        rules[f"W{number}"] = text("Protocol=6", "LPort2_10=9000-9999", name="W", group="")
    for number in range(3):
        rules[f"C{number}"] = text("Protocol=6", f"App=C:\\{number}.exe", name="C", group="")
    many = wanted(**{**PEERS, "local_ports": list(range(9000, 9100))})
    found = scopes(read(target), [many])
    listed = [(len(entry["wider"]), len(entry["conditional"])) for entry in found]
    assert max(listed) == (MOST_FOR_A_PORT, 3)
    assert sum(map(sum, listed)) == MOST_IN_ALL
    assert all(
        len(entry["wider"]) + entry["omitted"]["wider"] == 50
        and len(entry["conditional"]) + entry["omitted"]["conditional"] == 3
        for entry in found
    )


def test_many_block_rules_of_many_addresses_are_fast() -> None:
    target = beside("Protocol=6")
    rules = target.stores["local"]["rules"]
    for block in range(150):
        addresses = [f"RA4=10.{block}.{one // 120}.{one % 120 * 2}" for one in range(300)]
        rules[f"B{block}"] = text(*HTTPS, *addresses, name="B", group="", action="Block")
    reading = read(target)
    started = time.process_time()
    (entry,) = scopes(reading, [wanted(**PEERS)])
    assert not entry["scoped"] and time.process_time() - started < 1


def contested(name: str, policy: int, managed: int) -> SimulatedHost:
    target = host()
    for store, value in (("gpo", policy), ("mdm", managed)):
        target.stores[store]["profiles"].setdefault("DomainProfile", {})[name] = value
    return target


@pytest.mark.parametrize("name", ["EnableFirewall", "DefaultInboundAction"])
@pytest.mark.parametrize(("policy", "managed"), [(1, 0), (0, 1), (2, 2)])
def test_a_setting_that_may_open_a_profile_is_not_called_limited(
    name: str, policy: int, managed: int
) -> None:
    entry = answer(contested(name, policy, managed))
    assert not entry["scoped"]
    (place,) = entry["wider"]
    assert place["display_name"] == "the domain profile, which may allow everything"


def test_what_block_rules_take_is_not_admitted_by_default_either() -> None:
    everybody_else = ["RA4=0.0.0.0-192.0.2.0", "RA4=192.0.2.3-255.255.255.255", "RA6=::-ffff::"]
    target = contested("DefaultInboundAction", 0, 0)
    assert not answer(target)["scoped"]
    rules = target.stores["gpo"]["rules"]
    rules["B"] = text(*HTTPS, *everybody_else, action="Block", name="B", group="")
    assert not answer(target)["scoped"]  # what is above ffff::
    rules["C"] = text(*HTTPS, "RA6=ffff::/16", action="Block", name="C", group="")
    assert answer(target)["scoped"]
    off = contested("EnableFirewall", 0, 0)
    off.stores["gpo"]["rules"].update(rules)
    assert not answer(off)["scoped"]


def test_a_list_of_windows_xp_in_a_policy_may_admit_more() -> None:
    entries = (("443", "443:TCP:*:Enabled:Web"),)
    legacy = ExceptionList("gpo", "DomainProfile", "GloballyOpenPorts", {}, entries)
    (entry,) = scopes(replace(read(host()), exceptions=(legacy,)), [wanted(**PEERS)])
    assert entry["conditional"] == ["GloballyOpenPorts"]


def test_a_rule_whose_ports_are_blocked_does_not_open_the_rest_of_a_range() -> None:
    target = beside("Protocol=6", "LPort=443")
    target.stores["gpo"]["rules"]["B"] = text(*HTTPS, action="Block", name="B", group="")
    assert answer(target, local_ports=["400-500"])["scoped"]
    target = beside("Protocol=6", "LPort2_10=443-444")
    target.stores["gpo"]["rules"]["B"] = text(*HTTPS, action="Block", name="B", group="")
    assert not answer(target, local_ports=["400-500"])["scoped"]
