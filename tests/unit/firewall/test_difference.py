# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: what is added, set, replaced, removed and left alone, and whose rules are touched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from unit.builders import GROUP, ID, PREFIX, refused, stored, wanted

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.difference import (
    Plan,
    is_owned,
    make_plan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    Rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    StoredRule,
    stored_rule,
)


def plan(rules: Sequence[Rule], found: Sequence[StoredRule], *, purge: bool = True) -> Plan:
    return make_plan(rules, found, GROUP, PREFIX, purge=purge)


def test_a_missing_rule_is_added_and_an_equal_one_left() -> None:
    other = wanted(id="Example-B")
    made = plan([wanted(), other], [stored()])
    assert (made.add, made.change, made.remove, made.unchanged, made.empty) == (
        (other,),
        (),
        (),
        (ID,),
        False,
    )
    assert plan([wanted()], [stored()]).empty


def test_purge_removes_what_is_ours_and_not_wanted() -> None:
    found = [stored(rule_id="Example-Z"), stored(rule_id="example-y"), stored()]
    assert [rule.id for rule in plan([wanted()], found).remove] == ["example-y", "Example-Z"]
    assert plan([wanted()], found, purge=False).empty


NOT_OURS = [
    stored(rule_id="Other-B"),
    stored(rule_id="Example-B", group=""),
    stored(rule_id="Example-B", group=GROUP.upper()),
    stored(rule_id="Example-B", group=f"{GROUP} 2"),
    stored(rule_id="Example-B", store="gpo"),
    stored(rule_id="Example-B", store="mdm"),
    stored_rule(
        "local", "Example-B", f"v3.0|Action=Allow|Active=TRUE|Dir=In|Name=A|EmbedCtxt={GROUP}|"
    ),
    stored_rule(
        "local", "Example-B", f"v2.26|Action=Later|Active=TRUE|Dir=In|Name=A|EmbedCtxt={GROUP}|"
    ),
]


@pytest.mark.parametrize("found", NOT_OURS)
def test_what_is_not_provably_ours_is_never_removed(found: StoredRule) -> None:
    assert plan([wanted()], [stored(), found]).empty


TAKEN = [
    (stored(group="Somebody's"), ("group 'Somebody's'",)),
    (stored(group=""), ("a rule of no group",)),
    (stored(rule_id=ID.upper(), group="Somebody's"), ("group 'Somebody's'",)),
    (stored(group=GROUP.lower()), (f"group '{GROUP.lower()}'",)),
    (stored_rule("local", ID, "v3.0|Name=A|"), ("cannot be judged", "higher major version")),
    (stored_rule("local", ID, "garbage"), ("cannot be judged", "schema version")),
]


@pytest.mark.parametrize(("found", "words"), TAKEN)
def test_an_id_that_somebody_else_has_is_an_error_that_names_it(
    found: StoredRule, words: tuple[str, ...]
) -> None:
    refused(
        lambda: plan([wanted()], [found]),
        "",
        f"'{ID}'",
        f"not of '{GROUP}'",
        "rename or remove",
        *words,
    )


def test_the_same_id_in_another_store_does_not_matter_to_the_plan() -> None:
    assert plan([wanted()], [stored(), stored(group="Somebody's", store="gpo")]).empty
    assert plan([wanted()], [stored(group="Somebody's", store="gpo")]).add == (wanted(),)


TCP = {"protocol": "tcp"}
# (wanted, tokens stored, words of the stored text, field, before, after, replaced)
DIFFERENCES: list[tuple[dict[str, Any], str, dict[str, str], str, Any, Any, bool]] = [
    ({}, "", {"name": "B"}, "display_name", "B", "A", False),
    ({"description": "new"}, "Desc=old", {}, "description", "old", "new", False),
    ({"description": "new"}, "", {}, "description", "", "new", False),
    ({}, "Desc=old", {}, "description", "old", "", True),
    ({}, "", {"direction": "Out"}, "direction", "outbound", "inbound", True),
    ({}, "", {"action": "Block"}, "action", "block", "allow", False),
    ({}, "", {"action": "ByPass"}, "action", "bypass", "allow", False),
    ({}, "", {"active": "FALSE"}, "enabled", False, True, False),
    (TCP, "", {}, "protocol", "any", "tcp", True),
    ({}, "Protocol=47", {}, "protocol", "47", "any", True),
    ({**TCP, "local_ports": [80]}, "Protocol=6", {}, "local_ports", ["any"], ["80"], False),
    (TCP, "Protocol=6|RPort2_10=1-9", {}, "remote_ports", ["1-9"], ["any"], False),
    (
        {"local_addresses": ["192.0.2.0/24"]},
        "LA4=192.0.2.0/255.255.0.0",
        {},
        "local_addresses",
        ["192.0.0.0/16"],
        ["192.0.2.0/24"],
        False,
    ),
    (
        {"remote_addresses": ["192.0.2.1"]},
        "",
        {},
        "remote_addresses",
        ["any"],
        ["192.0.2.1"],
        False,
    ),
    ({"profiles": ["domain"]}, "", {}, "profiles", ["any"], ["domain"], False),
    ({"program": "System"}, "App=C:\\a.exe", {}, "program", "C:\\a.exe", "System", False),
    ({}, "App=C:\\a.exe", {}, "program", "C:\\a.exe", "any", False),
    ({"service": "w3svc"}, "Svc=other", {}, "service", "other", "w3svc", False),
    ({}, "Svc=other", {}, "service", "other", "any", True),
    ({"interface_types": ["wired"]}, "", {}, "interface_types", ["any"], ["wired"], False),
    (
        {"protocol": "icmpv4", "icmp_types": [8]},
        "Protocol=1",
        {},
        "icmp_types",
        ["any"],
        ["8"],
        False,
    ),
    ({"edge_traversal": "allow"}, "", {}, "edge_traversal", "block", "allow", False),
    ({}, "RUAuth=O:LSD:x", {}, "other_conditions", ["ruauth=O:LSD:x"], [], True),
]


@pytest.mark.parametrize(
    ("given", "tokens", "words", "field", "before", "after", "replaced"), DIFFERENCES
)
def test_the_reason_per_field(
    given: dict[str, Any],
    tokens: str,
    words: dict[str, str],
    field: str,
    before: Any,
    after: Any,
    replaced: bool,
) -> None:
    made = plan([wanted(**given)], [stored(*tokens.split("|"), **words)])
    assert (made.add, made.remove, made.unchanged) == ((), (), ())
    assert made.to_dict()["set"] == [
        {
            "id": ID,
            "display_name": "A",
            "replace": replaced,
            "fields": {field: {"before": before, "after": after}},
        }
    ]


def test_the_plan_as_the_module_returns_it() -> None:
    made = plan(
        [wanted(id="Example-N"), wanted()], [stored(), stored(rule_id="Example-Z", name="old")]
    ).to_dict()
    assert made["remove"] == [{"id": "Example-Z", "display_name": "old"}]
    assert made["unchanged"] == [ID] and made["set"] == []
    assert (
        made["add"][0]["id"] == "Example-N"
        and made["add"][0]["local_ports"] == ["any"]
        and made["add"][0]["program"] == "any"
    )
    assert "group" not in made["add"][0]


def test_only_a_rule_of_the_local_store_is_ours() -> None:
    assert is_owned(stored(), GROUP, PREFIX)
    assert not any(is_owned(stored(store=store), GROUP, PREFIX) for store in ("gpo", "mdm"))
