# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated network: who is let in, who stays silent, and what can be out of order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import farm
from simulator.farm import main as command
from simulator.host import SimulatedHost
from simulator.network import KEYS, disturb, name_servers, observe_endpoints

PLAIN = {"query": "", "transport": "udp", "path": "/", "through_proxy": False}
RULE = "v2.31|Action=%s|Active=%s|Dir=In|Protocol=6|%sLPort2_10=9090-9096|RA4=%s|Name=Test|"


def allow(
    action: str = "Allow", active: str = "TRUE", profile: str = "", remote: str = "192.0.2.10"
) -> str:
    return RULE % (action, active, f"Profile={profile}|" if profile else "", remote)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two hosts; "there" runs MailEssentials and lets "here" in."""
    for name, addresses in (
        ("here", "192.0.2.10,2001:db8::10"),
        ("there", "192.0.2.11,2001:db8::11"),
    ):
        host = farm.create(tmp_path / name, "empty")
        farm.addresses(host, addresses)
        farm.install(host)
        host.rules["Test"] = allow()
        host.save(tmp_path / name)
    return tmp_path


def change(place: Path, *changes: Callable[[SimulatedHost], Any]) -> None:
    host = SimulatedHost.load(place / "there")
    for one in changes:
        one(host)
    host.save(place / "there")


def ask(place: Path, caller: str = "here", **endpoint: Any) -> dict[str, Any]:
    asked = {**PLAIN, "kind": "tcp", "port": 9095, **endpoint}
    options = {
        "endpoints": [asked],
        "timeout_milliseconds": 5000,
        "proxy_host": "proxy.example.com",
        "proxy_port": 8080,
    }
    (found,) = observe_endpoints(place / caller, options)
    return found


def met(place: Path, host: str = "192.0.2.11", **endpoint: Any) -> str:
    found = ask(place, host=host, **endpoint)
    assert found["done"] == (not found["error"]) and (found["milliseconds"] == 5000) == (
        found["error"] == "Timeout"
    )
    return found["error"] or "connected"


def rule(text: str, name: str = "Test", store: str = "local") -> Callable[[SimulatedHost], None]:
    return lambda host: host.stores[store]["rules"].update({name: text})


def profile(**values: int) -> Callable[[SimulatedHost], None]:
    return lambda host: host.stores["local"]["profiles"]["DomainProfile"].update(values)


def narrow(token: str) -> str:
    return allow().replace("|Name=", f"|{token}|Name=")


def other(host: SimulatedHost) -> None:
    """Another program, as a service, listens in the place of MailEssentials."""
    farm.stop_product(host)
    farm.listen(host, 9095, program="C:\\Other\\other.exe", service="Other")


def policy(**values: int) -> Callable[[SimulatedHost], None]:
    return lambda host: host.stores["gpo"]["profiles"].update(DomainProfile=values)


ADMITTED: list[tuple[list[Callable[[SimulatedHost], Any]], str]] = [
    ([], "connected"),
    ([farm.stop_product], "Timeout"),
    ([rule(allow(active="FALSE"))], "Timeout"),
    ([rule(allow(remote="192.0.2.99"))], "Timeout"),
    ([rule(allow(remote="192.0.2.0/255.255.255.0"))], "connected"),
    ([rule(allow(remote="192.0.2.1-192.0.2.10"))], "connected"),
    ([rule(allow(remote="LocalSubnet"))], "connected"),
    ([rule(allow(remote="WINS"))], "connected"),
    ([rule(allow(remote="WINS")), rule(allow("Block"), "Other")], "Timeout"),
    ([rule(narrow("App=C:\\Other\\other.exe"))], "Timeout"),
    ([other, rule(narrow("App=C:\\Other\\other.exe"))], "connected"),
    ([other, rule(narrow("Svc=Other"))], "connected"),
    ([other, rule(narrow("Svc=Dnscache"))], "Timeout"),
    ([rule(allow(profile="Domain"))], "connected"),
    ([rule(allow(profile="Public"))], "Timeout"),
    ([rule(allow("Block"), "Other")], "Timeout"),
    ([rule(allow("Block"), "Other", "gpo")], "Timeout"),
    ([policy(AllowLocalPolicyMerge=0)], "Timeout"),
    ([policy(AllowLocalPolicyMerge=0), rule(allow(), "Other", "gpo")], "connected"),
    ([profile(DoNotAllowExceptions=1)], "Timeout"),
    ([rule(allow(active="FALSE")), profile(DefaultInboundAction=0)], "connected"),
    ([profile(EnableFirewall=0), rule(allow(active="FALSE"))], "connected"),
    ([profile(EnableFirewall=0), farm.stop_product], "ConnectionRefused"),
    ([farm.stop, farm.stop_product], "ConnectionRefused"),
    ([policy(EnableFirewall=0), farm.stop_product], "ConnectionRefused"),
]


@pytest.mark.parametrize(("changes", "error"), ADMITTED)
def test_a_host_lets_in_whom_its_rules_name(
    place: Path, changes: list[Callable[[SimulatedHost], Any]], error: str
) -> None:
    change(place, *changes)
    assert met(place) == error


def test_a_host_that_its_own_rules_stop(place: Path) -> None:
    host = SimulatedHost.load(place / "here")
    block = "v2.31|Action=Block|Active=TRUE|Dir=Out|Protocol=6|RPort=9095|Name=Test|"
    host.rules["Out"] = block
    host.save(place / "here")
    assert met(place) == "AccessDenied" and met(place, port=9092) == "Timeout"
    host.rules["Out"] = block.replace("|RPort", "|App=C:\\Other\\other.exe|RPort")
    host.save(place / "here")
    assert met(place) == "connected"
    host.stores["gpo"]["profiles"]["DomainProfile"] = {"DefaultOutboundAction": 1}
    host.save(place / "here")
    assert met(place) == "AccessDenied"


def test_a_fault_of_the_worker_changes_nothing_in_the_network(place: Path) -> None:
    change(place, lambda host: host.set_faults(unreadable=True))
    assert met(place) == "connected"


def test_a_listener_on_localhost_is_not_reached(place: Path) -> None:
    assert met(place, port=9091) == "Timeout"
    change(place, profile(EnableFirewall=0))
    assert met(place, port=9091) == "ConnectionRefused"


def test_families_are_kept_apart(place: Path) -> None:
    """0.0.0.0 hears no IPv6; a host without an address of the family has no way."""
    assert met(place, "2001:db8::11") == "Timeout"
    change(place, lambda host: farm.addresses(host, "192.0.2.11"))
    assert ask(place, caller="there", host="2001:db8::10")["error"] == "NetworkUnreachable"


def test_the_web_site_is_reached_where_a_rule_admits_it(place: Path) -> None:
    change(place, farm.web_site)
    assert met(place, port=443) == "Timeout"
    change(place, farm.iis)
    assert met(place, port=443) == "connected"


def test_names_and_what_is_out_of_order(place: Path) -> None:
    assert (
        met(place, "there") == "connected"
        and met(place, "www.example.com", port=443) == "connected"
    )
    disturb(
        place / "here",
        {
            "unknown": ["www.example.com"],
            "silent": ["there:9095", "192.0.2.53:389"],
            "refused": ["192.0.2.53:636"],
        },
    )
    assert [
        met(place, "www.example.com"),
        met(place, "there"),
        met(place),
        met(place, "192.0.2.53", port=389),
        met(place, "192.0.2.53", port=636),
    ] == [
        "HostNotFound",
        "Timeout",
        "connected",
        "Timeout",
        "ConnectionRefused",
    ]
    disturb(place / "here", {})
    assert (
        met(place, "there") == "connected" and name_servers(place / "here") == KEYS["name_servers"]
    )


@pytest.mark.parametrize(
    ("mode", "error", "status"),
    [
        ("good", "", 200),
        ("dead", "Timeout", None),
        ("password", "ProxyStatus", 407),
        ("forbidden", "ProxyStatus", 403),
        ("bad_gateway", "ProxyStatus", 502),
    ],
)
def test_the_proxy(place: Path, mode: str, error: str, status: int | None) -> None:
    disturb(place / "here", {"proxy": mode})
    found = ask(place, kind="https", host="www.example.com", port=443, through_proxy=True)
    assert (found["error"], found["proxy_status"]) == (error, status)
    plain = ask(place, kind="http", host="www.example.com", port=80, through_proxy=True)
    assert (plain["proxy_status"], plain["status"]) == (None, status)
    assert met(place, "www.example.com", kind="https", port=443) == "connected"


def test_name_servers(place: Path) -> None:
    query = {"kind": "dns", "host": "", "port": 53, "query": "www.example.com"}
    assert ask(place, **query)["dns_addresses"] == 1
    disturb(place / "here", {"dns": "refuses"})
    assert ask(place, **query)["dns_code"] == 5
    disturb(place / "here", {"dns": "dead"})
    assert (ask(place, **query)["error"], met(place, "www.example.com"), met(place)) == (
        "Timeout",
        "TryAgain",
        "connected",
    )
    disturb(place / "here", {"unknown": ["www.example.com"]})
    assert ask(place, **query)["dns_code"] == 3
    disturb(place / "here", {"name_servers": []})
    assert ask(place, **query)["error"] == "NoServer"


@pytest.mark.parametrize("kind", ["expired", "name", "untrusted"])
def test_certificates(place: Path, kind: str) -> None:
    disturb(place / "here", {"certificate": {"www.example.com": kind}})
    found = ask(place, kind="https", host="www.example.com", port=443)
    assert (found["stage"], found["error"], bool(found["certificate"]["policy"])) == (
        "tls",
        "Certificate",
        True,
    )
    assert ask(place, kind="https", host="www.example.net", port=443)["status"] == 200


def test_the_command_line(place: Path) -> None:
    assert (
        command(["network", str(place / "here"), '{"proxy": "dead"}']) == 0
        and met(place, "www.example.com", through_proxy=True) == "Timeout"
    )
    assert command(["network", str(place / "here"), '{"porxy": "dead"}']) == 2
    assert (
        command(["network", str(place / "here")]) == 0
        and met(place, "www.example.com", through_proxy=True) == "connected"
    )
