# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker read, decoded: the profile values that count, and every answer that is none."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from unit.builders import encode, host, read, refused, text

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    Connection,
    decode,
)

MERGE = "AllowLocalPolicyMerge"
GOOD: dict[str, Any] = host().reading()
PACKED = gzip.compress(json.dumps(GOOD).encode())


def packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content)).decode()


BAD_REPLIES = {
    "nothing": (None, "holds no reading"),
    "empty": ("", "holds no reading"),
    "number": (5, "holds no reading"),
    "list": ([], "holds no reading"),
    "not base64": ("%%%", "damaged"),
    "not ASCII": ("Größe", "damaged"),
    "half a surrogate": ("\ud800", "damaged"),
    "padding lost": (base64.b64encode(PACKED).decode()[:-3], "damaged"),
    "not gzip": (base64.b64encode(b"reply").decode(), "damaged"),
    "plain JSON": (base64.b64encode(json.dumps(GOOD).encode()).decode(), "damaged"),
    "truncated": (base64.b64encode(PACKED[: len(PACKED) // 2]).decode(), "damaged"),
    "checksum lost": (base64.b64encode(PACKED[:-4]).decode(), "damaged"),
    "one byte wrong": (
        base64.b64encode(PACKED[:40] + b"\xff\xff" + PACKED[42:]).decode(),
        "damaged",
    ),
    "nothing in it": (packed(b""), "not JSON"),
    "a message in it": (packed(b"reply"), "not JSON"),
    "not UTF-8": (packed(b'{"schema": "\xff"}'), "not JSON"),
    "deeply nested": (packed(b"[" * 200_000 + b"]" * 200_000), "not JSON"),
    "a number without end": (packed(b"9" * 10_000), "not JSON"),
    "larger than any store": (packed(b" " * (64 * 1024 * 1024 + 1)), "damaged"),
    "a list in it": (packed(b"[]"), "schema 1 or 2"),
    "no schema": (packed(b"{}"), "schema 1"),
    "a newer schema": (encode({**GOOD, "schema": 3}), "schema 1 or 2"),
}


@pytest.mark.parametrize(("reply", "words"), BAD_REPLIES.values(), ids=BAD_REPLIES)
def test_no_reading(reply: Any, words: str) -> None:
    refused(lambda: decode(reply), "", "The worker", words)


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    reading = json.loads(json.dumps(GOOD))
    change(reading)
    return encode(reading)


OLD: dict[str, Any] = {
    name: GOOD[name] for name in ("services", "network_categories", "variables", "stores")
} | {"schema": 1}
EXCEPTIONS = [
    ["DomainProfile", "GloballyOpenPorts", {"AllowUserPrefMerge": 0}, [["25:TCP", "25:TCP:*"]]],
    ["PublicProfile", "AuthorizedApplications", None, None],
]


def store(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda reading: reading["stores"]["gpo"].update(changes)


def interface(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda reading: reading["interfaces"][0].update(changes)


BAD_SHAPES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no services": (lambda r: r.pop("services"), "'services'"),
    "services a list": (lambda r: r.update(services=[]), "'services'"),
    "no variables": (lambda r: r.pop("variables"), "'variables'"),
    "no stores": (lambda r: r.pop("stores"), "'stores'"),
    "a store missing": (lambda r: r["stores"].pop("mdm"), "'mdm'"),
    "no rules": (lambda r: r["stores"]["local"].pop("rules"), "'stores.local.rules'"),
    "rules null": (lambda r: r["stores"]["gpo"].update(rules=None), "'stores.gpo.rules'"),
    "rules a number": (lambda r: r["stores"]["gpo"].update(rules=5), "'stores.gpo.rules'"),
    "rules a dictionary": (
        lambda r: r["stores"]["gpo"].update(rules={"id": "text"}),
        "'stores.gpo.rules'",
    ),
    "one rule unwrapped": (
        lambda r: r["stores"]["local"].update(rules=["id", "text"]),
        "'stores.local.rules'",
    ),
    "a rule of three": (
        lambda r: r["stores"]["local"].update(rules=[["a", "b", "c"]]),
        "'stores.local.rules'",
    ),
    "a rule without text": (
        lambda r: r["stores"]["local"].update(rules=[["a", None]]),
        "'stores.local.rules'",
    ),
    "no profiles": (lambda r: r["stores"]["mdm"].pop("profiles"), "'profiles'"),
    "a profile null": (
        lambda r: r["stores"]["mdm"].update(profiles={"DomainProfile": None}),
        "'stores.mdm.profiles'",
    ),
    "no fingerprint": (lambda r: r.pop("fingerprint"), "'fingerprint'"),
    "an empty fingerprint": (lambda r: r.update(fingerprint=""), "'fingerprint'"),
    "a fingerprint too short": (lambda r: r.update(fingerprint="0f"), "'fingerprint'"),
    "several fingerprints": (lambda r: r.update(fingerprint={"": "0" * 64}), "'fingerprint'"),
    "policy a list": (lambda r: r.update(policy=[]), "'policy'"),
    "a policy value as text": (lambda r: r.update(policy={"PolicyVersion": "1"}), "'policy'"),
    "windows a number": (lambda r: r.update(windows=10), "'windows'"),
    "connections a text": (lambda r: r.update(connections="2"), "'connections'"),
    "a connection of two": (lambda r: r.update(connections=[[12, "a"]]), "'connections'"),
    "a category that is true": (
        lambda r: r.update(connections=[[12, "a", True]]),
        "'connections'",
    ),
    "interfaces a dictionary": (lambda r: r.update(interfaces={}), "'interfaces'"),
    "an interface as text": (lambda r: r.update(interfaces=["a"]), "'interfaces[0]'"),
    "an interface without a name": (interface(name=None), "'interfaces[0]'"),
    "servers a text": (interface(dns="192.0.2.53"), "'interfaces[0]'"),
    "an address without a length": (
        interface(addresses=["192.0.2.10"]),
        "'interfaces[0].addresses'",
    ),
    "no exceptions": (lambda r: r["stores"]["gpo"].pop("exceptions"), "'stores.gpo.exceptions'"),
    "an exception of three": (
        store(exceptions=[EXCEPTIONS[0][:3]]),
        "'stores.gpo.exceptions'",
    ),
    "an exception without a profile": (
        store(exceptions=[[None, *EXCEPTIONS[0][1:]]]),
        "'stores.gpo.exceptions'",
    ),
    "a merge as text": (
        store(exceptions=[[*EXCEPTIONS[0][:2], {"AllowUserPrefMerge": "0"}, None]]),
        "'stores.gpo.exceptions'",
    ),
    "an entry alone": (
        store(exceptions=[[*EXCEPTIONS[0][:3], ["25:TCP"]]]),
        "'stores.gpo.exceptions'",
    ),
    "DisabledInterfaces as a number": (
        store(profiles={"DomainProfile": {"EnableFirewall": 1, "DisabledInterfaces": ["a"]}}),
        "'stores.gpo.profiles'",
    ),
    "a value as text": (
        lambda r: r["stores"]["mdm"].update(profiles={"DomainProfile": {"EnableFirewall": "1"}}),
        "'stores.mdm.profiles'",
    ),
}


@pytest.mark.parametrize(("change", "words"), BAD_SHAPES.values(), ids=BAD_SHAPES)
def test_a_reading_of_another_shape(change: Callable[[dict[str, Any]], object], words: str) -> None:
    refused(lambda: decode(changed(change)), "", "unexpected", words, "from different versions")


def test_a_reading() -> None:
    target = host(network_categories=[2, 0, 2])
    target.rules["A"] = text()
    target.stores["gpo"]["rules"]["B"] = "garbage"
    reading = read(target)
    assert [(rule.store, rule.id, rule.rule is not None) for rule in reading.rules] == [
        ("local", "A", True),
        ("gpo", "B", False),
    ]
    assert reading.services == {"mpssvc": "Running", "BFE": "Running"}
    assert reading.variables["programfiles(x86)"] == "C:\\Program Files (x86)"
    assert (reading.active_profiles, reading.profiles_known) == (("domain", "public"), True)


def test_what_exact_evaluation_needs() -> None:
    guid = "{6B29FC40-CA47-1067-B31D-00DD010662DA}"
    found = decode(
        changed(
            lambda r: (
                store(
                    exceptions=EXCEPTIONS,
                    profiles={
                        "DomainProfile": {"DisableStealthMode": 1, "DisabledInterfaces": guid}
                    },
                )(r),
                r.update(policy={"PolicyVersion": 538, "IPsecExempt": 9}),
            )
        )
    )
    assert (found.disabled_interfaces or {})["gpo"] == {"DomainProfile": guid}
    assert found.profile_values["gpo"] == {"DomainProfile": {"DisableStealthMode": 1}}
    assert found.policy_values == {"PolicyVersion": 538, "IPsecExempt": 9}
    first, second = found.exceptions or ()
    assert (first.user_merge, first.entries) == (
        {"AllowUserPrefMerge": 0},
        (("25:TCP", "25:TCP:*"),),
    )
    assert (second.store, second.user_merge, second.entries) == ("gpo", None, None)
    assert found.connections == (Connection(12, "Ethernet", 2),) and found.windows == "10.0.20348"
    (card,) = found.interfaces or ()
    assert (card.id, card.type, card.gateways) == (guid, "Ethernet", ("192.0.2.1",))
    assert card.addresses == (("192.0.2.10", 24), ("fe80::1%12", 64))
    assert found.fingerprint == GOOD["fingerprint"]


@pytest.mark.parametrize(
    "reply",
    [OLD, GOOD | dict.fromkeys(("policy", "windows", "connections", "interfaces"))],
    ids=["schema 1", "nulls"],
)
def test_what_is_not_known_is_none(reply: dict[str, Any]) -> None:
    found = decode(encode(reply))
    assert [found.policy_values, found.windows, found.connections, found.interfaces] == [None] * 4
    assert (found.exceptions is None) == (found.disabled_interfaces is None) == (reply is OLD)
    assert found.fingerprint == ("" if reply is OLD else GOOD["fingerprint"])


@pytest.mark.parametrize("categories", [None, [], [7], ["0"], "0", {}])
def test_without_known_categories_every_profile_counts_as_in_use(categories: Any) -> None:
    reading = decode(encode({**GOOD, "network_categories": categories}))
    assert (reading.active_profiles, reading.profiles_known) == (
        ("domain", "private", "public"),
        False,
    )


# (profiles by store, profile asked, value asked, answer). Defaults: [MS-FASP] <13>; GPO
# StandardProfile: [MS-GPFAS] 2.2.3.
POLICIES: list[tuple[dict[str, Any], str, str, tuple[int, str]]] = [
    ({}, "domain", "EnableFirewall", (1, "default")),
    ({}, "domain", "DefaultInboundAction", (1, "default")),
    ({}, "domain", "DefaultOutboundAction", (0, "default")),
    ({}, "domain", "DoNotAllowExceptions", (0, "default")),
    ({}, "domain", "AllowLocalPolicyMerge", (1, "default")),
    (
        {"local": {"StandardProfile": {"EnableFirewall": 0}}},
        "private",
        "EnableFirewall",
        (0, "local"),
    ),
    (
        {"local": {"StandardProfile": {"EnableFirewall": 0}}},
        "public",
        "EnableFirewall",
        (1, "default"),
    ),
    ({"mdm": {"StandardProfile": {"EnableFirewall": 0}}}, "private", "EnableFirewall", (0, "mdm")),
    (
        {
            "local": {"DomainProfile": {"EnableFirewall": 0}},
            "gpo": {"DomainProfile": {"EnableFirewall": 1}},
        },
        "domain",
        "EnableFirewall",
        (1, "gpo"),
    ),
    (
        {
            "local": {"DomainProfile": {"EnableFirewall": 0}},
            "mdm": {"DomainProfile": {"EnableFirewall": 1}},
        },
        "domain",
        "EnableFirewall",
        (1, "mdm"),
    ),
    ({"gpo": {"StandardProfile": {"EnableFirewall": 0}}}, "private", "EnableFirewall", (0, "gpo")),
    ({"gpo": {"StandardProfile": {"EnableFirewall": 0}}}, "public", "EnableFirewall", (0, "gpo")),
    (
        {"gpo": {"StandardProfile": {"EnableFirewall": 0}}},
        "domain",
        "EnableFirewall",
        (1, "default"),
    ),
    (
        {"gpo": {"StandardProfile": {"EnableFirewall": 0}, "PublicProfile": {}}},
        "private",
        "EnableFirewall",
        (1, "default"),
    ),
    (
        {"gpo": {"StandardProfile": {"EnableFirewall": 0}, "PrivateProfile": {}}},
        "public",
        "EnableFirewall",
        (1, "default"),
    ),
    (
        {"gpo": {"StandardProfile": {"DefaultInboundAction": 0}}},
        "public",
        "DefaultInboundAction",
        (1, "default"),
    ),
    (
        {"gpo": {"PrivateProfile": {"DefaultInboundAction": 0}}},
        "private",
        "DefaultInboundAction",
        (0, "gpo"),
    ),
    (
        {"local": {"DomainProfile": {"AllowLocalPolicyMerge": 0}}},
        "domain",
        "AllowLocalPolicyMerge",
        (1, "default"),
    ),
    (
        {"gpo": {"DomainProfile": {"AllowLocalPolicyMerge": 0}}},
        "domain",
        "AllowLocalPolicyMerge",
        (0, "gpo"),
    ),
    (
        {
            "gpo": {"DomainProfile": {"AllowLocalPolicyMerge": 1}},
            "mdm": {"DomainProfile": {"AllowLocalPolicyMerge": 0}},
        },
        "domain",
        "AllowLocalPolicyMerge",
        (0, "mdm"),
    ),
    (
        {
            "gpo": {"DomainProfile": {"DoNotAllowExceptions": 0}},
            "local": {"DomainProfile": {"DoNotAllowExceptions": 1}},
        },
        "domain",
        "DoNotAllowExceptions",
        (1, "local"),
    ),
]


CONTESTED: list[tuple[dict[str, int], dict[str, int], bool]] = [
    ({}, {}, False),
    ({MERGE: 0}, {}, False),
    ({MERGE: 0}, {MERGE: 0}, False),
    ({MERGE: 0}, {MERGE: 1}, True),
    ({MERGE: 1}, {MERGE: 0}, True),
]


@pytest.mark.parametrize(("gpo", "mdm", "answer"), CONTESTED)
def test_policies_that_contradict_each_other(
    gpo: dict[str, int], mdm: dict[str, int], answer: bool
) -> None:
    target = host()
    target.stores["gpo"]["profiles"] = {"DomainProfile": gpo}
    target.stores["mdm"]["profiles"] = {"DomainProfile": mdm}
    target.stores["local"]["profiles"] = {"DomainProfile": {MERGE: 2}}
    assert read(target).is_contested("domain", MERGE) is answer


@pytest.mark.parametrize(("profiles", "profile", "name", "answer"), POLICIES)
def test_the_effective_value(
    profiles: dict[str, Any], profile: str, name: str, answer: tuple[int, str]
) -> None:
    reading = json.loads(json.dumps(GOOD))
    for store in reading["stores"]:
        reading["stores"][store]["profiles"] = profiles.get(store, {})
    assert decode(encode(reading)).policy(profile, name) == answer


def test_a_value_that_no_document_describes_may_be_either() -> None:
    target = host()
    target.stores["gpo"]["profiles"]["DomainProfile"] = {"EnableFirewall": 7, MERGE: 0}
    reading = read(target)
    assert reading.possible("domain", "EnableFirewall") == {0, 1}
    assert reading.possible("domain", MERGE) == {0}
