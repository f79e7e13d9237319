# SPDX-License-Identifier: GPL-3.0-or-later
"""What mutations of the code showed to be guarded by no other test; tests/mutations.yml names what each of these notices."""

from __future__ import annotations

import pytest
from unit.builders import GROUP, ID, PREFIX, host, read, refused, stored, wanted
from unit.test_preflight import kinds, port, product
from unit.test_proxy_settings import made
from unit.test_proxy_settings import read as read_proxy

from ansible_collections.mailops.mailessentials.plugins.plugin_utils.addresses import covered
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.findings import effect
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.host_reading import Exclusion
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.netsh import parse_dynamic
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.plan import is_owned
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.port_status import blocking
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.port_wants import PortWant
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.preflight import report, verdict
from ansible_collections.mailops.mailessentials.plugins.plugin_utils.proxy_settings import compare
from simulator import farm


def test_only_a_rule_of_the_local_store_is_ours() -> None:
    assert is_owned(stored(), GROUP, PREFIX)
    assert not any(is_owned(stored(store=store), GROUP, PREFIX) for store in ("gpo", "mdm"))


@pytest.mark.parametrize("profile", ["private", "public"])
def test_a_misplaced_policy_concerns_either_of_the_two_profiles(profile: str) -> None:
    target = host()
    target.network_categories = [0, 1]
    target.stores["gpo"]["profiles"]["StandardProfile"] = {"AllowLocalPolicyMerge": 0}
    found = [finding.rules for finding in effect(read(target), [wanted(profiles=[profile])]) if finding.kind == "misplaced_policy"]
    assert found == [(ID,)]


@pytest.mark.parametrize("inner", ["192.0.2.8-192.0.2.20", "192.0.1.250-192.0.2.8", "192.0.1.250-192.0.2.20"])
def test_a_range_that_reaches_beyond_another_is_not_covered(inner: str) -> None:
    assert not covered((inner,), ("192.0.2.0/28",))
    assert covered(("192.0.2.0-192.0.2.15",), ("192.0.2.0/28",))


@pytest.mark.parametrize(("marked", "plain"), [("active", "persistent"), ("persistent", "active")])
def test_the_mark_of_an_administrator_in_either_list_counts(marked: str, plain: str) -> None:
    rows = [Exclusion("tcp", "ipv4", plain, 9095, 9095, False), Exclusion("tcp", "ipv4", marked, 9095, 9095, True)]
    assert blocking(rows) == ()
    assert blocking(rows[:1]) == tuple(rows[:1])


def test_a_password_in_the_environment_is_told_and_not_shown() -> None:
    secret = "Tr0ub4dor"
    reading = read_proxy(made(farm.environment, "HTTP_PROXY", f"http://admin:{secret}@one:1"))
    (found,) = [entry for entry in compare(reading, ["environment"], None) if entry["store"] == "environment"]
    assert found["credentials"] and "readable for every user" in found["message"]
    assert secret not in repr(found)


CLAIM = {"kind": "ipc", "standing": "contradicted", "configured": False}


@pytest.mark.parametrize(
    ("wants", "doubtful"),
    [([CLAIM], True), ([{**CLAIM, "configured": True}], False), ([CLAIM, {**CLAIM, "standing": "documented"}], False)],
)
def test_a_claim_is_doubtful_while_nothing_else_wants_the_port(wants: list[dict[str, object]], doubtful: bool) -> None:
    found = report("me1", product(), [port(8015, dynamic_unprotected=True, wanted_by=wants)], version="21")
    assert (kinds(found), len(found["reservable"])) == (([], 0) if doubtful else (["dynamic_unprotected"], 1))


def test_a_want_that_the_host_is_configured_for_is_not_doubtful() -> None:
    assert PortWant(8015, standing="contradicted").doubtful
    assert not PortWant(8015, standing="contradicted", configured=True).doubtful


def test_only_the_kinds_asked_for_fail_a_farm() -> None:
    reports = {"me1": report("me1", product(), [port(9091, status="taken", severity="conflict")])}
    assert [verdict(reports, ["me1"], fail_on)["ok"] for fail_on in ([], ["clock"], ["clock", "conflict"])] == [True, True, False]


def test_a_line_more_is_no_dynamic_range() -> None:
    text = "Protocol tcp Dynamic Port Range\n-----\nStart Port : 49152\nNumber of Ports : 16384\n"
    assert parse_dynamic(text) == (49152, 65535)
    refused(lambda: parse_dynamic(f"{text}Something else\n"), "", "2 of 3 lines end in a number")
