# SPDX-License-Identifier: GPL-3.0-or-later
"""Three real group policies: Windows took their rules, so none is in error, and what they do to
connections, derived by hand from their rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit.builders import host, read
from unit.firewall.registry_pol import firewall_policy, records

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    read_flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.explanation import (
    explained,
)
from simulator.host import SimulatedHost

DATA = Path(__file__).resolve().parents[2] / "data" / "registry_pol"
ADMIN, STATION, LAB = (
    "rules_54_schema220", "rules_70_and_profiles_schema220", "server2016_mixed_15_records",
)  # fmt: skip
NUMBERS = {ADMIN: (55, 54), STATION: (86, 70), LAB: (15, 1)}


def under(name: str) -> SimulatedHost:
    """A host with the policy and no local rules."""
    target = host()
    target.stores["gpo"] = firewall_policy(DATA / f"{name}.pol")
    return target


@pytest.mark.parametrize("name", NUMBERS)
def test_the_files_are_read_whole(name: str) -> None:
    found = list(records((DATA / f"{name}.pol").read_bytes()))
    assert (len(found), len(under(name).stores["gpo"]["rules"])) == NUMBERS[name]


@pytest.mark.parametrize("name", NUMBERS)
def test_no_rule_of_a_policy_is_called_erroneous(name: str) -> None:
    policy = Policy(read(under(name)))
    assert len(policy.reading.rules) == NUMBERS[name][1]
    for stored in policy.reading.rules:
        assert stored.store == "gpo" and stored.rule and not stored.reason, stored
        extent = policy.extent(stored, stored.rule)
        assert "invalid" not in extent.doubts, (stored.text, extent.doubts)


def test_the_settings_of_a_policy_count() -> None:
    reading = read(under(STATION))
    for profile in ("domain", "private", "public"):
        told = {
            name: reading.policy(profile, name)
            for name in ("AllowLocalPolicyMerge", "DefaultOutboundAction", "EnableFirewall")
        }
        assert told == {
            "AllowLocalPolicyMerge": (0, "gpo"),
            "DefaultOutboundAction": (1, "gpo"),
            "EnableFirewall": (1, "local"),
        }


SYSTEM32 = r"C:\Windows\System32"
SVCHOST = rf"{SYSTEM32}\svchost.exe"
SQL = r"C:\Program Files (x86)\Microsoft SQL Server\120\Tools\Binn\ManagementStudio\Ssms.exe"
RDP: dict[str, Any] = {
    "direction": "inbound",
    "protocol": "tcp",
    "port": 3389,
    "remote_address": "192.0.2.12",
    "program": SVCHOST,
}
# (policy, connection, verdict, code, id of a decider or words of what would settle it)
FLOWS: list[tuple[str, Any, str, str, str]] = [
    (LAB, "tcp 5985 from 192.0.2.12 for System", "allowed", "ALLOW_RULE", "WINRM-HTTP-In-TCP"),
    (LAB, "tcp 5985 from 2001:db8::12 for System", "allowed", "ALLOW_RULE", "WINRM-HTTP-In-TCP"),
    (LAB, "tcp 5985 from 192.0.2.12", "blocked", "DEFAULT_ACTION", ""),
    (LAB, "tcp 5986 from 192.0.2.12 for System", "blocked", "DEFAULT_ACTION", ""),
    (LAB, "tcp 443 to 198.51.100.7", "allowed", "DEFAULT_ACTION", ""),
    # its outbound default is Block
    (STATION, "tcp 443 to 198.51.100.7", "blocked", "DEFAULT_ACTION", ""),
    (
        STATION,
        rf"udp 53 to 192.0.2.53 for {SYSTEM32}\nslookup.exe",
        "allowed",
        "ALLOW_RULE",
        "{E2C8FC7B",
    ),
    (
        STATION,
        rf"udp 54 to 192.0.2.53 for {SYSTEM32}\nslookup.exe",
        "blocked",
        "DEFAULT_ACTION",
        "",
    ),
    (STATION, "udp 53 to 192.0.2.53", "blocked", "DEFAULT_ACTION", ""),
    # 40.74.0.0-40.125.127.255, by two rules
    (
        STATION,
        rf"tcp 443 to 40.125.127.255 for {SYSTEM32}\dmclient.exe",
        "allowed",
        "ALLOW_RULE",
        "{EBC56590",
    ),
    (
        STATION,
        rf"tcp 443 to 40.125.128.0 for {SYSTEM32}\dmclient.exe",
        "blocked",
        "DEFAULT_ACTION",
        "",
    ),
    # LocalSubnet and Intranet: what Intranet stands for no reading tells ([MS-FASP] 2.2.21)
    (
        STATION,
        {**RDP, "service": "TermService"},
        "unknown",
        "CONDITION_NOT_KNOWN",
        "SVCHOST Remote Desktop (TCP-In)",
    ),
    (STATION, RDP, "blocked", "DEFAULT_ACTION", ""),  # of no service
    (ADMIN, f"tcp 1433 to 198.51.100.7 for {SQL}", "allowed", "DEFAULT_ACTION", ""),
    (ADMIN, "tcp 3389 from 192.0.2.12", "blocked", "DEFAULT_ACTION", ""),
    (ADMIN, f"udp 1434 from 192.0.2.12 for {SQL}", "blocked", "DEFAULT_ACTION", ""),
]


@pytest.mark.parametrize(("name", "flow", "verdict", "code", "words"), FLOWS)
def test_connections_under_a_policy(
    name: str, flow: Any, verdict: str, code: str, words: str
) -> None:
    (answer,) = explained(read(under(name)), [read_flow(flow, "flows[0]")])
    assert (answer.verdict, answer.code) == (verdict, code), answer.text
    ids = [extent.stored.id for extent in answer.deciders]
    assert words in ", ".join([*ids, *answer.settle]), answer.text


def test_local_rules_do_not_count_under_a_policy_without_merge() -> None:
    target = under(STATION)
    target.rules["R"] = "v2.20|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=443|Name=A|"
    flow = read_flow("tcp 443 to 198.51.100.7", "flows[0]")
    (answer,) = explained(read(target), [flow])
    assert answer.verdict == "blocked"
    assert "Local rules do not count there: group policy sets" in answer.because
