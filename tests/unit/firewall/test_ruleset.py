# SPDX-License-Identifier: GPL-3.0-or-later
"""One group of rules on a simulated host: plan, apply, prove, tamper, repair."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from unit.builders import GROUP, ID, PREFIX, HostWorker, host, option, read, refused, run, text

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.ruleset import (
    sort_rules,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    stored_rule,
)
from simulator import farm
from simulator.host import SimulatedHost

RULES = [
    option(
        protocol="tcp",
        local_ports=["9095", "9096"],
        remote_addresses=["192.0.2.1", "2001:db8::1"],
        profiles=["domain", "private"],
    ),
    option(
        id="Example-Out",
        display_name="Out",
        direction="outbound",
        protocol="udp",
        remote_ports=[53],
        remote_addresses=["DNS"],
        description="Names",
    ),
    option(
        id="Example-Ping",
        display_name="Ping",
        protocol="icmpv4",
        icmp_types=[8],
        remote_addresses=["192.0.2.0/24"],
    ),
]
IDS = [rule["id"] for rule in RULES]


@pytest.fixture(params=["server2016", "windows10", "windows11"])
def captured(request: pytest.FixtureRequest) -> SimulatedHost:
    return farm.host(request.param, gpo=True)


def foreign(target: SimulatedHost) -> dict[str, str]:
    return {rule: content for rule, content in target.rules.items() if not rule.startswith(PREFIX)}


def test_apply_then_nothing_then_remove(captured: SimulatedHost) -> None:
    before = dict(captured.rules)
    first = run(captured, RULES)
    assert (
        first["changed"],
        first["round_trips"],
        [rule["id"] for rule in first["plan"]["add"]],
    ) == (True, 2, IDS)
    assert [(entry["operation"], entry["status"]) for entry in first["outcomes"]] == [
        ("add", "done")
    ] * 3
    assert "failed" not in first and "remaining" not in first
    after = dict(captured.rules)
    assert foreign(captured) == before and set(after) - set(before) == set(IDS)
    second = run(captured, RULES)
    assert (
        second["changed"],
        second["round_trips"],
        second["plan"]["unchanged"],
        second["outcomes"],
    ) == (False, 1, IDS, [])
    assert captured.rules == after
    gone = run(captured, [], state="absent", purge=False)
    assert (gone["changed"], gone["rules"], [rule["id"] for rule in gone["plan"]["remove"]]) == (
        True,
        [],
        sorted(IDS),
    )
    assert captured.rules == before
    assert run(captured, [], state="absent")["round_trips"] == 1


def test_check_mode_writes_nothing_and_foretells(captured: SimulatedHost) -> None:
    before = json.dumps(captured.rules)
    call = HostWorker(captured)
    foretold = run(call, RULES, check_mode=True)
    assert (foretold["changed"], foretold["round_trips"], call.asked) == (True, 1, [{}])
    assert json.dumps(captured.rules) == before
    assert foretold["plan"] == run(captured, RULES)["plan"]
    assert run(captured, RULES, check_mode=True)["changed"] is False


def test_what_is_read_can_be_written_and_changes_nothing(captured: SimulatedHost) -> None:
    run(captured, RULES)
    rules, others = sort_rules(read(captured).rules, GROUP, PREFIX)
    assert [rule["id"] for rule in rules] == IDS
    assert run(captured, rules)["changed"] is False
    assert len(others) == len(foreign(captured)) + 1
    assert {entry["reason"] for entry in others} == {
        "not ours: another group",
        "not ours: it lies in the gpo store",
    }


def test_every_captured_rule_in_our_group_is_written_as_it_is_read_or_called_inexpressible() -> (
    None
):
    texts = {
        rule[1]
        for file, _version in list(farm.CAPTURES.values())[:3]
        for rule in farm.captured(file)
    }
    target = host(version="v2.33")
    for number, content in enumerate(sorted(texts)):
        kept = [part for part in content.split("|") if not part.lower().startswith("embedctxt=")]
        target.rules[f"{PREFIX}{number}"] = "|".join([*kept[:-1], f"EmbedCtxt={GROUP}", ""])
    rules, others = sort_rules(read(target).rules, GROUP, PREFIX)
    assert len(rules) > 300 and len(rules) + len(others) == len(texts)
    assert run(target, rules, purge=False)["changed"] is False
    assert {entry["reason"].partition(":")[0] for entry in others} == {
        "ours, but it has conditions that the module cannot express",
        EXPRESS,
    }


EXPRESS = "ours, but the module cannot express it"
OTHERS = [
    ("local", "Other-A", text(), "not ours: its id does not begin with the id_prefix"),
    ("local", ID, text(group="Other"), "not ours: another group"),
    ("mdm", ID, text(), "not ours: it lies in the mdm store"),
    (
        "local",
        ID,
        "v3.1|Name=A|",
        "schema v3.1 has a higher major version than 2; no rule of it can be judged",
    ),
    (
        "local",
        ID,
        text("LUAuth=x"),
        "ours, but it has conditions that the module cannot express: luauth=x",
    ),
    ("local", ID, text("New=x"), "ours, but understood in part only: new is not described"),
    (
        "local",
        f"{ID}*",
        text(),
        f"{EXPRESS}: id 'Example-A*' contains a wildcard character (* ? ` [ ]); use letters, "
        "digits and hyphens",
    ),
    (
        "local",
        ID,
        text("Protocol=17", "LPort2_24=mDNS"),
        f"{EXPRESS}: local_ports[0] port 'mDNS' is not a port",
    ),
    (
        "local",
        ID,
        text("IFType=Lan", "IFType=Wireless"),
        f"{EXPRESS}: interface_types has more than one",
    ),
    ("local", ID, text(action="ByPass"), f"{EXPRESS}: action 'bypass' must be one of allow, block"),
]


@pytest.mark.parametrize(("store", "rule_id", "content", "reason"), OTHERS)
def test_why_a_rule_is_among_the_others(
    store: str, rule_id: str, content: str, reason: str
) -> None:
    rules, (other,) = sort_rules([stored_rule(store, rule_id, content)], GROUP, PREFIX)
    assert rules == [] and other["reason"].startswith(reason)
    assert (other["id"], other["store"], other["text"]) == (rule_id, store, content)


def luauth(target: SimulatedHost) -> None:
    target.rules[ID] += "LUAuth=O:LSD:(A;;CC;;;S-1-5-11)|"


TAMPERED: dict[str, tuple[Callable[[SimulatedHost], None], dict[str, Any]]] = {
    "disabled": (
        lambda target: farm.disable(target, ID),
        {"enabled": {"before": False, "after": True}},
    ),
    "widened": (
        lambda target: farm.widen(target, ID),
        {"remote_addresses": {"before": ["any"], "after": ["192.0.2.1", "2001:db8::1"]}},
    ),
    "a condition added": (
        luauth,
        {"other_conditions": {"before": ["luauth=O:LSD:(A;;CC;;;S-1-5-11)"], "after": []}},
    ),
}


@pytest.mark.parametrize(("tamper", "fields"), TAMPERED.values(), ids=TAMPERED)
def test_tampering_is_named_and_repaired(
    captured: SimulatedHost, tamper: Callable[[SimulatedHost], None], fields: dict[str, Any]
) -> None:
    run(captured, RULES)
    good = dict(captured.rules)
    tamper(captured)
    (change,) = run(captured, RULES, check_mode=True)["plan"]["set"]
    assert (change["id"], change["fields"]) == (ID, fields)
    run(captured, RULES)
    assert captured.rules == good


def test_a_deleted_rule_comes_back_and_a_foreign_one_in_our_group_stays(
    captured: SimulatedHost,
) -> None:
    run(captured, RULES)
    farm.delete(captured, ID)
    farm.foreign(captured, GROUP)
    kept = foreign(captured)
    result = run(captured, RULES)
    assert [rule["id"] for rule in result["plan"]["add"]] == [ID] and result["plan"]["remove"] == []
    assert foreign(captured) == kept and "Somebody-Elses-Rule" in kept


def test_without_purge_nothing_is_removed() -> None:
    target = host()
    run(target, RULES)
    assert run(target, RULES[:1], purge=False)["changed"] is False
    assert [rule["id"] for rule in run(target, RULES[:1])["plan"]["remove"]] == [
        "Example-Out",
        "Example-Ping",
    ]
    assert list(target.rules) == [ID]


def test_the_diff_shows_rules_and_fields() -> None:
    target = host()
    run(target, RULES[:2])
    farm.disable(target, ID)
    result = run(target, [RULES[0], RULES[2]], check_mode=True, diff=True)
    before, after = (yaml.safe_load(result["diff"][side]) for side in ("before", "after"))
    assert before[ID] == {"enabled": False} and after[ID] == {"enabled": True}
    assert before["Example-Out"]["remote_addresses"] == ["DNS"] and "Example-Out" not in after
    assert after["Example-Ping"]["icmp_types"] == ["8"] and "Example-Ping" not in before
    assert (
        result["diff"]["before_header"]
        == result["diff"]["after_header"]
        == f"firewall rules of the group {GROUP}"
    )
    run(target, RULES)
    assert run(target, RULES, diff=True)["diff"]["after"] == "" and "diff" not in run(target, RULES)


TOGETHER = [
    ({"rules": []}, "is empty"),
    ({"rules": None}, "is empty"),
    ({"rules": RULES, "state": "absent"}, "leave them out"),
]


@pytest.mark.parametrize(("options", "word"), TOGETHER)
def test_rules_and_state_that_do_not_go_together(options: dict[str, Any], word: str) -> None:
    call = HostWorker(host())
    refused(lambda: run(call, **options), "rules", word)
    assert call.asked == []


def test_a_stopped_service_is_an_error_and_nothing_is_tried() -> None:
    target = host()
    farm.stop(target)
    for options in ({}, {"on_no_effect": "warn"}, {"check_mode": True}):
        call = HostWorker(target)
        result = run(call, RULES, **options)
        assert (result["failed"], result["changed"], call.asked) == (True, False, [{}])
        assert result["msg"].startswith("Nothing was changed") and "mpssvc" in result["msg"]
    assert run(target, [], state="absent")["changed"] is False
    made = host()
    run(made, RULES)
    farm.stop(made)
    assert run(made, [], state="absent")["msg"].startswith("Nothing was changed")


def test_rules_that_would_have_no_effect() -> None:
    target = host()
    farm.no_merge(target)
    result = run(target, RULES)
    assert (result["failed"], result["changed"], target.rules) == (True, False, {})
    assert "AllowLocalPolicyMerge=0" in result["msg"] and "Nothing was changed" in result["msg"]
    warned = run(target, RULES, on_no_effect="warn")
    assert "failed" not in warned and warned["changed"] and list(target.rules) == IDS
    assert [line for line in warned["warnings"] if "AllowLocalPolicyMerge=0" in line]
    assert {finding["kind"] for finding in warned["findings"]} == {
        "local_policy_merge",
        "outbound_allowed",
    }


def test_a_worker_that_does_nothing_and_says_done_is_caught() -> None:
    target = host()
    result = run(HostWorker(target, idle=True), RULES[:1])
    assert result["failed"] and result["msg"].endswith(
        f"differ from the wanted rules: {ID} is missing"
    )
    assert [rule["id"] for rule in result["remaining"]["add"]] == [ID]
    run(target, RULES[:2])
    farm.disable(target, ID)
    result = run(HostWorker(target, idle=True), RULES[:1])
    assert f"Example-Out is still there; {ID}: enabled is False, wanted True" in result["msg"]


def test_the_scope_is_judged_by_what_was_read_last() -> None:
    target = host()
    target.rules["Example-Old"] = text("Protocol=6", "LPort=9095")
    target.set_faults(fail_at=1)
    assert not run(target, RULES)["exposure"][0]["scoped"]
    target.set_faults()
    assert not run(target, RULES, purge=False, check_mode=True)["exposure"][0]["scoped"]
    for mode in (True, False):
        result = run(target, RULES, check_mode=mode)
        assert [(entry["port"], entry["scoped"]) for entry in result["exposure"]] == [
            ("9095", True),
            ("9096", True),
        ]
        assert result["warnings"] == []


def test_what_was_not_understood_is_a_warning() -> None:
    target = host()
    run(target, RULES)
    target.rules[ID] += "RADynKey=x|"
    target.rules["Other"] = "garbage"
    result = run(target, RULES)
    assert (result["changed"], [finding["kind"] for finding in result["findings"]]) == (
        False,
        ["outbound_allowed", "partly_understood", "unreadable"],
    )
    assert [line.partition(":")[2].partition(" (")[0] for line in result["warnings"]] == [
        f" '{ID}'",
        " 'Other'",
    ]
    assert not result["exposure"][0]["scoped"]


def test_a_rule_that_was_not_understood_is_written_anew_once_it_is_gone() -> None:
    target = host()
    run(target, RULES)
    target.rules[ID] += "New2_99=x|"
    told = {one["kind"]: one["message"] for one in run(target, RULES)["findings"]}
    assert "remove them on the host and run again" in told["partly_understood"]
    del target.rules[ID]
    result = run(target, RULES)
    assert result["changed"] and "New2_99" not in target.rules[ID]
    assert "partly_understood" not in {one["kind"] for one in result["findings"]}


def test_a_slow_host_is_told() -> None:
    quick = HostWorker(host())

    def slow(arguments: dict[str, Any]) -> dict[str, Any]:
        answer = quick(arguments)
        for entry in answer["outcomes"]:
            entry["milliseconds"] = 7000
        return answer

    assert "took 21 s, 7.0 s each" in run(slow, RULES)["warnings"][-1]


def test_changed_follows_the_readings_and_not_what_the_worker_says() -> None:
    """A worker that wrote the rule and reports a failure, and one that reports success and did
    nothing.
    """
    target = host()
    honest = HostWorker(target)

    def grumbling(arguments: dict[str, Any]) -> dict[str, Any]:
        answer = honest(arguments)
        for entry in answer["outcomes"]:
            entry.update(status="failed", message="The RPC server is unavailable.", error_id="x")
        return answer

    result = run(grumbling, [option()])
    assert (result["failed"], result["changed"], list(target.rules)) == (True, True, [ID])
    idle = run(HostWorker(host(), idle=True), [option()])
    assert (idle["failed"], idle["changed"]) == (True, False)


def test_a_worker_that_dies_before_it_writes_changed_nothing() -> None:
    honest = HostWorker(host())
    result = run(
        lambda arguments: {"failed": True, "msg": "no"} if arguments else honest(arguments),
        [option()],
    )
    assert (result["failed"], result["changed"], result["round_trips"]) == (True, False, 3)
    lost = iter([honest({}), {"failed": True, "msg": "no"}, {"failed": True, "msg": "gone"}])
    result = run(lambda _arguments: next(lost), [option()])
    assert (result["failed"], result["changed"]) == (True, True)


@pytest.mark.parametrize(
    "texts",
    [
        {"display_name": "Any"},
        {"description": "Any"},
        {"display_name": "any", "description": "any"},
    ],
)
def test_texts_may_be_called_any(texts: dict[str, Any]) -> None:
    target = host()
    assert run(target, [option(**texts)])["changed"]
    result = run(target, [option(**texts)])
    assert (result["changed"], result.get("failed")) == (False, None)
    assert {key: result["rules"][0][key] for key in texts} == texts


def test_a_rule_of_somebody_else_in_our_group_is_named_and_stays() -> None:
    target = host()
    target.rules["Theirs"] = text(name="Their rule")
    target.rules["Broken"] = text("Edge=App", name="Broken rule")
    for check_mode in (True, False):
        result = run(target, [option()], check_mode=check_mode)
        (finding,) = result["findings"]
        assert (finding["kind"], finding["severity"], set(finding["rules"])) == (
            "not_ours",
            "warning",
            {"Theirs", "Broken"},
        )
        assert (
            "'Their rule' (Theirs)" in result["warnings"][0]
            and "'Broken rule' (Broken)" in result["warnings"][0]
        )
    assert {"Theirs", "Broken"} < set(target.rules)


def test_a_rule_whose_name_is_a_pattern_is_never_removed() -> None:
    """Remove-NetFirewallRule -Name Example-[AB] might take Example-A and Example-B."""
    target = host()
    target.rules.update({"Example-[AB]": text(), "Example-*": text(), ID: text()})
    result = run(target, [], state="absent")
    assert (result["changed"], set(target.rules)) == (True, {"Example-[AB]", "Example-*"})
    assert any(
        "wildcard character" in sentence and "Example-[AB]" in sentence
        for sentence in result["warnings"]
    )


@pytest.mark.parametrize(
    ("stored_tokens", "changes"),
    [
        (("Defer=App",), {"edge_traversal": "defer_to_app"}),
        (("Edge=FALSE", "Defer=App"), {"edge_traversal": "defer_to_app"}),
        (("RA43=CaptivePortal", "RA63=CaptivePortal"), {}),
    ],
)
def test_what_is_not_as_wanted_is_repaired_once(
    stored_tokens: tuple[str, ...], changes: dict[str, Any]
) -> None:
    target = host(version="v2.33")
    target.rules[ID] = text(*stored_tokens)
    assert run(target, [option(**changes)])["changed"]
    assert not run(target, [option(**changes)])["changed"]


def test_captive_portal_converges() -> None:
    target = host(version="v2.33")
    rules = [option(remote_addresses=["CaptivePortal"])]
    assert run(target, rules)["changed"] and not run(target, rules)["changed"]


@pytest.mark.parametrize("prefix", [None, "", 5, ["A"]])
def test_a_known_group_needs_its_prefix(prefix: Any) -> None:
    call = HostWorker(host())
    refused(
        lambda: run(call, [option()], trusted_groups={"Web UI": prefix}),
        "trusted_groups.Web UI",
        "id prefix",
    )
    assert call.asked == []


class TestWidenOnly:
    """What admits more is written, and what is left is told."""

    BEFORE = option(protocol="tcp", local_ports=[9095], remote_addresses=["192.0.2.1"])
    AFTER = option(protocol="tcp", local_ports=[9095], remote_addresses=["192.0.2.2"])

    def stored(self, target: SimulatedHost) -> dict[str, tuple[str, ...]]:
        rules = sort_rules(read(target).rules, GROUP, PREFIX)[0]
        return {rule["id"]: tuple(sorted(rule["remote_addresses"])) for rule in rules}

    def test_both_addresses_are_admitted_in_between(self) -> None:
        target = host()
        run(target, [self.BEFORE, option(id="Example-Old", display_name="Old")])
        found = run(target, [self.AFTER], widen_only=True)
        assert (found["changed"], found["differs"]) == (True, True)
        assert self.stored(target) == {
            ID: ("192.0.2.1", "192.0.2.2"),
            "Example-Old": ("any",),
        }
        assert run(target, [self.AFTER])["changed"]
        assert self.stored(target) == {ID: ("192.0.2.2",)}

    def test_a_second_time_nothing_is_written_and_the_rest_is_told(self) -> None:
        target = host()
        run(target, [self.BEFORE])
        run(target, [self.AFTER], widen_only=True)
        call = HostWorker(target)
        found = run(call, [self.AFTER], widen_only=True)
        assert (found["changed"], found["differs"], len(call.asked)) == (False, True, 1)

    def test_what_is_only_removed_is_not_touched(self) -> None:
        target = host()
        run(target, [self.BEFORE, option(id="Example-Old", display_name="Old")])
        before = dict(target.rules)
        found = run(target, [self.BEFORE], widen_only=True)
        assert (found["changed"], found["differs"], target.rules) == (False, True, before)

    def test_a_worker_that_does_not_widen_is_caught(self) -> None:
        target = host()
        run(target, [self.BEFORE])
        found = run(HostWorker(target, idle=True), [self.AFTER], widen_only=True)
        assert found["failed"] and not found["changed"]
        assert found["remaining"]["set"][0]["id"] == ID


class TestStale:
    """Somebody else changes the host between the reading and the write."""

    def worker(self, target: SimulatedHost, *changes: Callable[[], Any]) -> HostWorker:
        """Each change is made before one of the calls that write."""
        left = list(changes)

        class Disturbed(HostWorker):
            def __call__(self, arguments: dict[str, Any]) -> dict[str, Any]:
                if arguments.get("operations") and left:
                    left.pop(0)()
                return super().__call__(arguments)

        return Disturbed(target)

    def test_the_plan_is_made_again_by_what_was_read_then(self) -> None:
        target = host()
        others = text(group="Other")
        call = self.worker(target, lambda: target.rules.update({"Somebody": others}))
        found = run(call, RULES)
        assert (found.get("failed"), found["changed"], len(call.asked)) == (None, True, 3)
        assert set(target.rules) == {"Somebody", *IDS} and target.rules["Somebody"] == others

    def test_what_somebody_else_did_already_is_not_done_again(self) -> None:
        target, ready = host(), host()
        run(ready, RULES)
        call = self.worker(target, lambda: target.rules.update(ready.rules))
        found = run(call, RULES)
        assert (found.get("failed"), found["outcomes"], len(call.asked)) == (None, [], 2)
        assert target.rules == ready.rules

    def test_an_id_that_was_taken_meanwhile_is_refused_and_nothing_written(self) -> None:
        target = host()
        others = text(group="Other")
        call = self.worker(target, lambda: target.rules.update({ID: others}))
        refused(lambda: run(call, RULES), "", f"'{ID}' is taken", "'Other'")
        assert target.rules == {ID: others}

    def test_a_host_that_changes_each_time_is_left(self) -> None:
        target = host()
        changes = [lambda: target.rules.update({f"Other{len(target.rules)}": text(group="Other")})]
        call = self.worker(target, *changes * 2)
        refused(lambda: run(call, RULES), "", "each time before", "run again")
        assert len(call.asked) == 3 and not set(target.rules) & set(IDS)
