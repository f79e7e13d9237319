# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a port: socket state, family, owner, exclusion and dynamic range against status,
severity and the very sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from unit.builders import refused
from unit.hosts import (
    ARCHIVER,
    ATTENDANT,
    BARE,
    DIRECTORY,
    EXCHANGE,
    GFI,
    HIDDEN,
    INETINFO,
    JAVA,
    NEIGHBOURS,
    PROCESSES,
    SVCHOST,
    W3WP,
    WINRM,
    own_services,
    printed,
    queue_text,
    reading,
)
from unit.hosts import ports as ports_of

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    Exclusion,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.status import (
    PortStatus,
    blocking,
    judge_ports,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    PortWant,
    catalog_wants,
    given_wants,
)

LISTEN, ESTABLISHED, TIME_WAIT, BOUND = 2, 5, 11, 100
TCP = {"port": 9095}
V4 = {"port": 9095, "families": ("ipv4",)}
V6 = {"port": 9095, "families": ("ipv6",)}
UDP = {"port": 9095, "protocol": "udp"}
DOUBT: dict[str, Any] = {
    "port": 9090,
    "kind": "ipc",
    "status": "contradicted",
    "sources": ("S0", "M21de"),
    "contradictions": ("D1", "D4", "D15"),
}
OURS = (
    f"attendant.exe (process 100, {DIRECTORY}\\Attendant\\bin\\attendant.exe, "
    "service gfimesattendant)"
)
BY_JAVA = "java.exe (process 200, C:\\Java\\bin\\java.exe)"
MAYBE_NOT = "so MailEssentials may not get it at its next start"
ANY = "so Windows may give it to any program"
PASSING = "that ends by itself"
LEFT = "a closed connection remains; it clears by itself"
NOBODY = "reserved by Windows: nothing is listening and nothing can"
CONTRADICTED = (
    "This is a warning only: the host is not configured for the port, and the documents differ. "
    '"GFI MailEssentials Port Description" (S0, no date), "MailEssentials 21 administrator manual, '
    'firewall port settings" (M21de, no date): 9090 and 9091; "What ports are used by GFI '
    'MailEssentials? (KBID002184)" (S1, no date): 9093 and 9091 for 2015; "GFI MailEssentials - '
    'Yet Another .NET Target" (FRY, 2025-04-28): 9093 and 9091 in the configuration of a live 21.x.'
)


def tcp(*rows: Sequence[Any]) -> dict[str, Any]:
    return {"tcp": rows}


def udp(*rows: Sequence[Any]) -> dict[str, Any]:
    return {"udp": rows}


def sys_port(port: int, *queues: Any) -> dict[str, Any]:
    """A port of http.sys with these queues."""
    return {"tcp": [["::", port, LISTEN, 4]], "http": printed(queue_text(*queues))}


EXCHANGE_RANGE = (6005, 65534)
# (what is on the host, the wish, status, severity, unprotected, sentence after "Port n/protocol ")
ROWS: dict[str, tuple[dict[str, Any], dict[str, Any], str, str, bool, str]] = {
    # states of a socket
    "nothing": ({}, TCP, "free", "none", False, "is free."),
    "a neighbour's port": (
        tcp(["0.0.0.0", 9096, LISTEN, JAVA]),
        TCP,
        "free",
        "none",
        False,
        "is free.",
    ),
    "foreign listener": (
        tcp(["0.0.0.0", 9095, LISTEN, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 0.0.0.0.",
    ),
    "foreign, bound": (
        tcp(["0.0.0.0", 9095, BOUND, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, bound on 0.0.0.0 without listening, which may be passing.",
    ),
    "foreign, connected": (
        tcp(["192.0.2.7", 9095, ESTABLISHED, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, a passing connection (established) on 192.0.2.7 {PASSING}.",
    ),
    "foreign, connecting": (
        tcp(["192.0.2.7", 9095, 3, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, a passing connection (syn_sent) on 192.0.2.7 {PASSING}.",
    ),
    "foreign, close_wait": (
        tcp(["192.0.2.7", 9095, 8, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, a passing connection (close_wait) on 192.0.2.7 {PASSING}.",
    ),
    "a state of tomorrow": (
        tcp(["192.0.2.7", 9095, 77, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, a passing connection (state 77) on 192.0.2.7 {PASSING}.",
    ),
    "time_wait": (
        tcp(["192.0.2.7", 9095, TIME_WAIT, 0]),
        TCP,
        "free",
        "none",
        False,
        f"is free; {LEFT}.",
    ),
    "closed": (tcp(["192.0.2.7", 9095, 1, JAVA]), TCP, "free", "none", False, f"is free; {LEFT}."),
    "delete_tcb": (
        tcp(["192.0.2.7", 9095, 12, JAVA]),
        TCP,
        "free",
        "none",
        False,
        f"is free; {LEFT}.",
    ),
    "listener and its connections": (
        tcp(["192.0.2.7", 9095, ESTABLISHED, JAVA], ["0.0.0.0", 9095, LISTEN, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 192.0.2.7, 0.0.0.0.",
    ),
    "bound and connected": (
        tcp(["192.0.2.7", 9095, ESTABLISHED, JAVA], ["0.0.0.0", 9095, BOUND, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, a passing connection (established) on 192.0.2.7, "
        "0.0.0.0 that ends by itself.",
    ),
    "bound, and another process connected": (
        tcp(["192.0.2.7", 9095, ESTABLISHED, ARCHIVER], ["0.0.0.0", 9095, BOUND, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, bound on 0.0.0.0 without listening, which may be passing; "
        f"archiver.exe (process 300, {GFI}\\Archiver\\archiver.exe, "
        "service gfiarchiver), a passing connection (established) on 192.0.2.7 that ends by "
        "itself.",
    ),
    # families and protocols
    "IPv6 only, IPv4 wanted": (
        tcp(["2001:db8::1", 9095, LISTEN, JAVA]),
        V4,
        "free",
        "none",
        False,
        "is free.",
    ),
    "IPv4 only, IPv6 wanted": (
        tcp(["0.0.0.0", 9095, LISTEN, JAVA]),
        V6,
        "free",
        "none",
        False,
        "is free.",
    ),
    "all of IPv6, IPv4 wanted": (
        tcp(["::", 9095, LISTEN, JAVA]),
        V4,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on ::.",
    ),
    "all of IPv6 with a zone": (
        tcp(["::%12", 9095, LISTEN, JAVA]),
        V4,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on ::%12.",
    ),
    "mapped IPv4": (
        tcp(["::ffff:192.0.2.7", 9095, LISTEN, JAVA]),
        V4,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on ::ffff:192.0.2.7.",
    ),
    "loopback only": (
        tcp(["127.0.0.1", 9095, LISTEN, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 127.0.0.1.",
    ),
    "UDP, TCP wanted": (udp(["0.0.0.0", 9095, JAVA]), TCP, "free", "none", False, "is free."),
    "UDP": (
        udp(["0.0.0.0", 9095, JAVA]),
        UDP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, open on 0.0.0.0.",
    ),
    "TCP, UDP wanted": (
        tcp(["0.0.0.0", 9095, LISTEN, JAVA]),
        UDP,
        "free",
        "none",
        False,
        "is free.",
    ),
    # owners
    "ours": (
        tcp(["127.0.0.1", 9095, LISTEN, ATTENDANT]),
        TCP,
        "ours",
        "none",
        False,
        f"is used by MailEssentials: {OURS}, listening on 127.0.0.1.",
    ),
    "ours, connected": (
        tcp(["192.0.2.7", 9095, ESTABLISHED, ATTENDANT]),
        TCP,
        "ours",
        "none",
        False,
        f"is used by MailEssentials: {OURS}, a passing connection (established) on "
        f"192.0.2.7 {PASSING}.",
    ),
    "another product of GFI": (
        tcp(["0.0.0.0", 9095, LISTEN, ARCHIVER]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by archiver.exe (process 300, {GFI}\\Archiver\\archiver.exe, "
        "service gfiarchiver), listening on 0.0.0.0.",
    ),
    "no path, no service": (
        tcp(["0.0.0.0", 9095, LISTEN, HIDDEN]),
        TCP,
        "taken",
        "conflict",
        False,
        "is used by guarded.exe (process 700), listening on 0.0.0.0.",
    ),
    "ended between two readings": (
        tcp(["0.0.0.0", 9095, LISTEN, 4711]),
        TCP,
        "taken",
        "conflict",
        False,
        "is used by an unknown program (process 4711, which has ended or is hidden), "
        "listening on 0.0.0.0.",
    ),
    "a host of several services": (
        tcp(["0.0.0.0", 9095, LISTEN, SVCHOST]),
        TCP,
        "taken",
        "conflict",
        False,
        "is used by svchost.exe (process 800, C:\\Windows\\System32\\svchost.exe, "
        "service WinRM, iphlpsvc), listening on 0.0.0.0.",
    ),
    "two strangers": (
        tcp(["0.0.0.0", 9095, LISTEN, HIDDEN], ["::1", 9095, LISTEN, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on ::1; guarded.exe (process 700), listening on 0.0.0.0.",
    ),
    "ours and a stranger": (
        tcp(["0.0.0.0", 9095, LISTEN, ATTENDANT], ["127.0.0.1", 9095, LISTEN, JAVA]),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 127.0.0.1; MailEssentials uses it too.",
    ),
    # IIS, Exchange, the kernel
    "IIS SMTP on 25": (
        tcp(["0.0.0.0", 25, LISTEN, INETINFO]),
        {"port": 25},
        "taken",
        "none",
        False,
        "is used, as expected, by inetinfo.exe (process 500, "
        "C:\\Windows\\System32\\inetsrv\\inetinfo.exe, service SMTPSVC), listening on 0.0.0.0.",
    ),
    "Exchange on 25": (
        tcp(["::", 25, LISTEN, EXCHANGE]),
        {"port": 25},
        "taken",
        "none",
        False,
        "is used, as expected, by EdgeTransport.exe (process 600, "
        "C:\\Exchange\\Bin\\EdgeTransport.exe, service MSExchangeTransport), listening on ::.",
    ),
    "Exchange on 25, by its program alone": (
        {**tcp(["::", 25, LISTEN, 900]), "processes": [[900, "EdgeTransport.exe", ""]]},
        {"port": 25},
        "taken",
        "none",
        False,
        "is used, as expected, by EdgeTransport.exe (process 900), listening on ::.",
    ),
    "a stranger on 25": (
        tcp(["0.0.0.0", 25, LISTEN, JAVA]),
        {"port": 25},
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 0.0.0.0.",
    ),
    "a stranger on 443": (
        tcp(["0.0.0.0", 443, LISTEN, JAVA]),
        {"port": 443},
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 0.0.0.0.",
    ),
    "IIS on 80": (
        sys_port(
            80, ("DefaultAppPool", [f"ID: {W3WP}, image: C:\\w3wp.exe"], ["HTTP://*:80:192.0.2.1/"])
        ),
        {"port": 80},
        "taken",
        "none",
        False,
        "is used, as expected, by w3wp.exe (process 400, "
        "C:\\Windows\\System32\\inetsrv\\w3wp.exe, by http.sys: HTTP://*:80:192.0.2.1/), "
        "listening on ::.",
    ),
    "http.sys on 443, nobody named": (
        sys_port(443, WINRM),
        {"port": 443},
        "taken",
        "none",
        False,
        "is used, as expected, by the kernel (http.sys), listening on ::.",
    ),
    "http.sys on another port": (
        sys_port(9095, WINRM),
        TCP,
        "taken",
        "conflict",
        False,
        "is used by the kernel (http.sys), listening on ::.",
    ),
    "http.sys for a service": (
        sys_port(5985, WINRM),
        {"port": 5985},
        "taken",
        "conflict",
        False,
        "is used by svchost.exe (process 800, C:\\Windows\\System32\\svchost.exe, "
        "service WinRM, iphlpsvc, by http.sys: HTTP://+:5985/WSMAN/), "
        "listening on ::.",
    ),
    "http.sys for a process that has ended": (
        sys_port(9095, ("gone", ["ID: 4711, image: C:\\Gone\\gone.exe"], ["HTTP://+:9095/a/"])),
        TCP,
        "taken",
        "conflict",
        False,
        "is used by gone.exe (process 4711, C:\\Gone\\gone.exe, by http.sys: "
        "HTTP://+:9095/a/), listening on ::.",
    ),
    "http.sys for a process with other ports": (
        sys_port(
            9095,
            ("many", [f"ID: {JAVA}, image: C:\\x.exe"], ["HTTP://+:9094/a/", "HTTP://+:9095/b/"]),
        ),
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA[:-1]}, by http.sys: HTTP://+:9095/b/), listening on ::.",
    ),
    "http.sys for nobody now": (
        sys_port(9095, ("idle", [], ["HTTP://+:9095/a/"])),
        TCP,
        "taken",
        "conflict",
        False,
        "is used by the kernel (by http.sys: HTTP://+:9095/a/), listening on ::.",
    ),
    "http.sys for ours": (
        sys_port(9095, ("ours", [f"ID: {ATTENDANT}, image: C:\\x.exe"], ["HTTP://+:9095/a/"])),
        TCP,
        "ours",
        "none",
        False,
        f"is used by MailEssentials: {OURS[:-1]}, by http.sys: HTTP://+:9095/a/), listening on ::.",
    ),
    "http.sys that cannot be read": (
        {"tcp": [["::", 9095, LISTEN, 4]], "http": printed("no", 1)},
        TCP,
        "taken",
        "conflict",
        False,
        "is used by the kernel (http.sys), listening on ::; the programs behind http.sys there "
        "could not be read.",
    ),
    "IIS where it should not be": (
        tcp(["0.0.0.0", 9095, LISTEN, W3WP]),
        TCP,
        "taken",
        "conflict",
        False,
        "is used by w3wp.exe (process 400, C:\\Windows\\System32\\inetsrv\\w3wp.exe), "
        "listening on 0.0.0.0.",
    ),
    "IIS on a moved web port": (
        tcp(["0.0.0.0", 8443, LISTEN, W3WP]),
        {"port": 8443, "kind": "web_ui"},
        "taken",
        "none",
        False,
        "is used, as expected, by w3wp.exe (process 400, "
        "C:\\Windows\\System32\\inetsrv\\w3wp.exe), listening on 0.0.0.0.",
    ),
    # exclusions and the dynamic range
    "excluded": (
        {"excluded": {"tcp active": ["60950-61049"]}},
        {"port": 61000},
        "excluded",
        "conflict",
        True,
        f"lies in the excluded range 60950-61049, {NOBODY}; it lies in the dynamic range "
        f"49152-65535, {ANY}.",
    ),
    "excluded in the persistent list": (
        {"excluded": {"tcp ipv6 persistent": ["9000-9099"]}},
        TCP,
        "excluded",
        "conflict",
        False,
        f"lies in the excluded range 9000-9099, {NOBODY}.",
    ),
    "excluded for UDP": (
        {"excluded": {"udp": ["9000-9099"]}},
        TCP,
        "free",
        "none",
        False,
        "is free.",
    ),
    "excluded for IPv6, IPv4 wanted": (
        {"excluded": {"ipv6": ["9000-9099"]}},
        V4,
        "free",
        "none",
        False,
        "is free.",
    ),
    "beside an excluded range": (
        {"excluded": {"": ["9000-9094", "9096-9099"]}},
        TCP,
        "free",
        "none",
        False,
        "is free.",
    ),
    "administered": ({"excluded": {"": ["9095-9095*"]}}, TCP, "free", "none", False, "is free."),
    "administered in one list, plain in the other": (
        {"excluded": {"active": ["9095-9095*"], "persistent": ["9095-9095"]}},
        TCP,
        "free",
        "none",
        False,
        "is free.",
    ),
    "a stranger in an administered range": (
        {**tcp(["0.0.0.0", 9095, LISTEN, JAVA]), "excluded": {"": ["9000-9099*"]}},
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 0.0.0.0.",
    ),
    "ours in an excluded range": (
        {**tcp(["0.0.0.0", 9095, LISTEN, ATTENDANT]), "excluded": {"tcp": ["9000-9099"]}},
        TCP,
        "ours",
        "warning",
        False,
        f"is used by MailEssentials: {OURS}, listening on 0.0.0.0; "
        f"it lies in the excluded range 9000-9099, {MAYBE_NOT}.",
    ),
    "a stranger in an excluded range": (
        {**tcp(["0.0.0.0", 9095, LISTEN, JAVA]), "excluded": {"tcp": ["9000-9099"]}},
        TCP,
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 0.0.0.0; it lies in the excluded range "
        f"9000-9099, {MAYBE_NOT}.",
    ),
    "http.sys excludes its own port": (
        {**sys_port(80, WINRM), "excluded": {"tcp": ["80-80"]}},
        {"port": 80},
        "taken",
        "none",
        False,
        "is used, as expected, by the kernel (http.sys), listening on ::.",
    ),
    "dynamic": (
        {"dynamic": EXCHANGE_RANGE},
        TCP,
        "free",
        "none",
        True,
        f"is free; it lies in the dynamic range 6005-65534, {ANY}.",
    ),
    "dynamic, first port": (
        {"dynamic": (9095, 9999)},
        TCP,
        "free",
        "none",
        True,
        f"is free; it lies in the dynamic range 9095-9999, {ANY}.",
    ),
    "dynamic, last port": (
        {"dynamic": (8000, 9095)},
        TCP,
        "free",
        "none",
        True,
        f"is free; it lies in the dynamic range 8000-9095, {ANY}.",
    ),
    "dynamic, one too far": ({"dynamic": (9096, 9999)}, TCP, "free", "none", False, "is free."),
    "dynamic and administered": (
        {"dynamic": EXCHANGE_RANGE, "excluded": {"active": ["9000-9099*"]}},
        TCP,
        "free",
        "none",
        False,
        "is free.",
    ),
    "dynamic and administered for IPv4 alone": (
        {"dynamic": EXCHANGE_RANGE, "excluded": {"ipv4": ["9095-9095*"]}},
        TCP,
        "free",
        "none",
        True,
        f"is free; it lies in the dynamic range 6005-65534, {ANY}.",
    ),
    "dynamic, IPv4 administered and wanted": (
        {"dynamic": EXCHANGE_RANGE, "excluded": {"ipv4": ["9095-9095*"]}},
        V4,
        "free",
        "none",
        False,
        "is free.",
    ),
    "ours in the dynamic range": (
        {**tcp(["0.0.0.0", 9095, LISTEN, ATTENDANT]), "dynamic": EXCHANGE_RANGE},
        TCP,
        "ours",
        "none",
        True,
        f"is used by MailEssentials: {OURS}, listening on 0.0.0.0; "
        f"it lies in the dynamic range 6005-65534, {ANY}.",
    ),
    # what sources contradict
    "contradicted, free": ({}, DOUBT, "free", "none", False, "is free."),
    "contradicted, taken": (
        tcp(["0.0.0.0", 9090, LISTEN, JAVA]),
        DOUBT,
        "taken",
        "warning",
        False,
        f"is used by {BY_JAVA}, listening on 0.0.0.0. {CONTRADICTED}",
    ),
    "contradicted, excluded": (
        {"excluded": {"tcp": ["9000-9099"]}},
        DOUBT,
        "excluded",
        "warning",
        False,
        f"lies in the excluded range 9000-9099, {NOBODY}. {CONTRADICTED}",
    ),
    "contradicted, but configured": (
        tcp(["0.0.0.0", 9090, LISTEN, JAVA]),
        {**DOUBT, "configured": True},
        "taken",
        "conflict",
        False,
        f"is used by {BY_JAVA}, listening on 0.0.0.0.",
    ),
}


def one(
    host: dict[str, Any], want: dict[str, Any], extra_owners: Sequence[str] = (), **changes: Any
) -> PortStatus:
    (status,) = judge_ports(
        [PortWant(**want)], reading(ports=ports_of(**host), **changes), extra_owners=extra_owners
    )
    return status


@pytest.mark.parametrize(
    ("host", "want", "status", "severity", "unprotected", "sentence"), ROWS.values(), ids=ROWS
)
def test_judgement(
    host: dict[str, Any],
    want: dict[str, Any],
    status: str,
    severity: str,
    unprotected: bool,
    sentence: str,
) -> None:
    found = one(host, want)
    assert (found.status, found.severity, found.dynamic_unprotected) == (
        status,
        severity,
        unprotected,
    )
    assert found.message == f"Port {want['port']}/{want.get('protocol', 'tcp')} {sentence}"


def test_there_are_enough_rows() -> None:
    assert len(ROWS) >= 60


CURE = (
    "The usual cure (reported, not documented): net stop winnat, "
    "reserve the port with port_reservation, net start winnat."
)
IPC = {"port": 9091, "kind": "ipc", "advice": "Move it."}
# (what is on the host, the wish, advice)
ADVICE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "free": ({}, TCP, ""),
    "ours": (tcp(["0.0.0.0", 9095, LISTEN, ATTENDANT]), TCP, ""),
    "IIS on 25": (tcp(["0.0.0.0", 25, LISTEN, INETINFO]), {"port": 25}, ""),
    "taken": (tcp(["0.0.0.0", 9095, LISTEN, JAVA]), TCP, "Stop java.exe, or give it another port."),
    "taken twice": (
        tcp(["0.0.0.0", 9095, LISTEN, JAVA], ["::1", 9095, LISTEN, 4711]),
        TCP,
        "Stop java.exe, or give it another port. Find the program on the host, "
        "as an administrator, with: netstat -abno.",
    ),
    "used by the kernel": (
        {**sys_port(9095, WINRM)},
        TCP,
        "Stop what http.sys serves there (netsh http show servicestate), or give it another port.",
    ),
    "taken, and can be moved": (
        tcp(["0.0.0.0", 9091, LISTEN, JAVA]),
        IPC,
        "Stop java.exe, or give it another port. Move it.",
    ),
    "passing": (
        tcp(["192.0.2.7", 9095, ESTABLISHED, JAVA]),
        TCP,
        "Run again in a minute, and reserve the port with port_reservation once it is free.",
    ),
    "bound alone": (
        tcp(["0.0.0.0", 9095, BOUND, JAVA]),
        TCP,
        "Run again first: a bound socket may belong to an outgoing connection that passes. "
        "If it stays, stop java.exe.",
    ),
    "excluded": ({"excluded": {"": ["9000-9099"]}}, TCP, CURE),
    "ours in an excluded range": (
        {**tcp(["0.0.0.0", 9095, LISTEN, ATTENDANT]), "excluded": {"": ["9000-9099"]}},
        TCP,
        f"Before the next start of the services: {CURE}",
    ),
    "dynamic": (
        {"dynamic": EXCHANGE_RANGE},
        TCP,
        "Reserve it with port_reservation, so that Windows does not assign it.",
    ),
    "ours, dynamic": (
        {**tcp(["0.0.0.0", 9095, LISTEN, ATTENDANT]), "dynamic": EXCHANGE_RANGE},
        TCP,
        "Reserve it with port_reservation while nothing uses it, so that Windows does not assign "
        "it.",
    ),
    "contradicted": (
        tcp(["0.0.0.0", 9090, LISTEN, JAVA]),
        DOUBT,
        "Check whether MailEssentials starts and works; if it does, change nothing.",
    ),
}


@pytest.mark.parametrize(("host", "want", "advice"), ADVICE.values(), ids=ADVICE)
def test_advice(host: dict[str, Any], want: dict[str, Any], advice: str) -> None:
    assert one(host, want).advice == advice


LISTENER = tcp(["0.0.0.0", 9095, LISTEN, 900])


def owned(path: str, extra_owners: Sequence[str] = (), **changes: Any) -> str:
    host = {**LISTENER, "processes": [*PROCESSES, [900, path.rpartition("\\")[2], path]]}
    return one(host, TCP, extra_owners, **changes).holders[0].kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"{DIRECTORY}\\Backend\\bin\\x.exe", "ours"),
        (f"{DIRECTORY}\\x.exe".upper(), "ours"),
        (f"\\\\?\\{DIRECTORY}\\x.exe", "ours"),
        (f"{DIRECTORY.replace(chr(92), '/')}/x.exe", "ours"),
        (f"{DIRECTORY}2\\x.exe", "other"),
        (f"{DIRECTORY}\\..\\Archiver\\x.exe", "other"),
        (f"{GFI}\\x.exe", "other"),
        ("C:\\Program Files (x86)\\Common Files\\GFI\\x.exe", "other"),
        ("C:\\Program Files\\GFI\\MailEssentials\\x.exe", "other"),
        ("C:\\Temp\\GFI\\MailEssentials\\x.exe", "other"),
        ("x.exe", "other"),
        ("", "unknown"),
    ],
)
def test_ours_needs_a_path_below_the_directory(path: str, kind: str) -> None:
    assert owned(path) == kind


def test_ours_by_a_service_whatever_the_path() -> None:
    assert owned("", services=own_services(process_id=900)) == "ours"
    assert owned("D:\\Elsewhere\\attendant.exe", services=own_services(process_id=900)) == "ours"
    assert (
        owned("", services=[["x", "GFI Archiver", "Running", "Auto", 900, "D:\\Archiver\\x.exe"]])
        == "other"
    )


def test_the_number_of_a_service_that_has_ended_may_be_another_programs() -> None:
    found = one(tcp(["0.0.0.0", 9095, LISTEN, JAVA]), TCP, services=own_services(process_id=JAVA))
    assert (found.status, found.severity) == ("taken", "conflict")
    assert (found.holders[0].kind, found.holders[0].services) == ("other", ())


@pytest.mark.parametrize(
    ("path", "port"),
    [
        ("C:\\Temp\\w3wp.exe", 80),
        ("C:\\Temp\\msexchange-x.exe", 25),
        ("C:\\Temp\\EdgeTransport.exe", 25),
    ],
)
def test_a_name_that_any_program_can_have_makes_no_iis_nor_exchange(path: str, port: int) -> None:
    host = {
        **tcp(["0.0.0.0", port, LISTEN, 900]),
        "processes": [[900, path.rpartition("\\")[2], path]],
    }
    assert one(host, {"port": port}, services=own_services()).severity == "conflict"


def test_of_iis_and_a_stranger_the_stranger_counts() -> None:
    found = one(tcp(["0.0.0.0", 80, LISTEN, W3WP], ["127.0.0.1", 80, LISTEN, JAVA]), {"port": 80})
    assert (found.status, found.severity) == ("taken", "conflict")


def test_a_port_that_is_wanted_for_remoting_too_is_not_for_iis() -> None:
    (found,) = judge_ports(
        [PortWant(9095, kind="web_ui"), PortWant(9095, kind="ipc")],
        reading(ports=ports_of(**tcp(["0.0.0.0", 9095, LISTEN, W3WP]))),
    )
    assert found.severity == "conflict"
    (alone,) = judge_ports(
        [PortWant(9095, kind="web_ui")],
        reading(ports=ports_of(**tcp(["0.0.0.0", 9095, LISTEN, W3WP]))),
    )
    assert alone.severity == "none"


def test_two_wishes_for_a_port_are_for_the_families_of_both() -> None:
    (found,) = judge_ports(
        [PortWant(9095, families=("ipv4",)), PortWant(9095, families=("ipv6",))],
        reading(ports=ports_of(**tcp(["::1", 9095, LISTEN, JAVA]))),
    )
    assert (found.families, found.status) == (("ipv4", "ipv6"), "taken")


def test_a_port_of_udp_has_no_queue() -> None:
    queue = ("Q", [f"ID: {JAVA}, image: C:\\Java\\bin\\java.exe"], ["HTTP://+:9095/x/"])
    host = {**sys_port(9095, queue), **udp(["0.0.0.0", 9095, 4])}
    assert [(holder.process_id, holder.urls) for holder in one(host, UDP).holders] == [(4, ())]


def test_a_program_behind_http_sys_shares_a_web_port() -> None:
    found = one(
        sys_port(80, ("Q", [f"ID: {JAVA}, image: C:\\Java\\bin\\java.exe"], ["HTTP://+:80/app/"])),
        {"port": 80},
    )
    assert (found.severity, found.holders[0].kind) == ("none", "other")
    assert "is shared through http.sys by java.exe" in found.message


def test_a_queue_that_nobody_serves_is_told_beside_one_that_is_served() -> None:
    own = (
        "A",
        [f"ID: {ATTENDANT}, image: {DIRECTORY}\\Attendant\\bin\\attendant.exe"],
        ["HTTP://+:9091/own/"],
    )
    found = one(sys_port(9091, own, ("B", [], ["HTTP://+:9091/foreign/"])), {"port": 9091})
    strangers = [(holder.kind, holder.urls) for holder in found.holders if holder.kind != "ours"]
    assert (found.status, strangers) == ("taken", [("other", ("HTTP://+:9091/foreign/",))])


def test_without_a_product_nothing_is_ours() -> None:
    assert owned(f"{DIRECTORY}\\x.exe", **BARE) == "other"


def test_a_stopped_service_does_not_own_the_idle_process_nor_the_kernel() -> None:
    host = {
        "tcp": [["0.0.0.0", 9095, LISTEN, 0], ["0.0.0.0", 9096, LISTEN, 4]],
        "processes": [[0, "System Idle Process", ""], [4, "System", ""]],
    }
    services = own_services(process_id=0) + [
        ["gfilist", "GFI List Server", "Running", "Auto", 4, ""]
    ]
    assert one(host, TCP, services=services).status == "taken"
    assert one(host, {"port": 9096}, services=services).status == "taken"


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ("D:\\Tools\\GfiDirectory", "ours"),
        ("d:/tools/gfidirectory/", "other"),
        ("D:\\TOOLS\\gfidirectory\\", "ours"),
        ("D:\\Tools\\GfiDirectory\\x.exe", "ours"),
        ("D:\\Tools", "ours"),
        ("D:\\Tools\\Gfi", "other"),
        ("gfidirsvc", "ours"),
        ("GfiDirSvc", "ours"),
        ("spooler", "other"),
    ],
)
def test_extra_owners(extra: str, kind: str) -> None:
    services = [
        *NEIGHBOURS,
        ["GfiDirSvc", "GFI Directory", "Running", "Auto", 900, "D:\\Tools\\GfiDirectory\\x.exe"],
    ]
    if "/" in extra:
        refused(lambda: owned("", [extra]), "extra_owners[0]", extra, "full path")
        return
    assert owned("D:\\Tools\\GfiDirectory\\x.exe", [extra], services=services) == kind


@pytest.mark.parametrize(
    ("extra", "field", "words"),
    [
        ("D:\\x", "extra_owners", "not a list"),
        (None, "extra_owners", "not a list"),
        ([""], "extra_owners[0]", "is not an owner"),
        (["gfi", None], "extra_owners[1]", "is not an owner"),
        ([7], "extra_owners[0]", "is not an owner"),
        (["C:\\"], "extra_owners[0]", "not a full path"),
        (["C:\\Windows\\.."], "extra_owners[0]", "not a full path"),
        (["Tools\\x"], "extra_owners[0]", "not a full path"),
        (["*"], "extra_owners[0]", "not a full path"),
        (["%ProgramFiles%"], "extra_owners[0]", "not a full path"),
        (["java.exe"], "extra_owners[0]", "any program can have"),
    ],
)
def test_no_extra_owner(extra: Any, field: str, words: str) -> None:
    refused(lambda: judge_ports([], reading(), extra_owners=extra), field, words)


def test_several_wishes_for_a_port_are_one_answer_and_the_worst_counts() -> None:
    wants = [PortWant(**DOUBT), PortWant(9091), *given_wants([9090])]
    host = reading(ports=ports_of(tcp=[["0.0.0.0", 9090, LISTEN, JAVA]]))
    first, second = judge_ports(wants, host)
    assert (first.port, first.severity, [want.kind for want in first.wants]) == (
        9090,
        "conflict",
        ["ipc", "given"],
    )
    assert (second.port, second.status) == (9091, "free")


def test_a_result_has_the_promised_keys() -> None:
    host = ports_of(
        tcp=[["::", 9091, LISTEN, JAVA]],
        excluded={"ipv4 tcp active": ["9091-9091"]},
        dynamic=EXCHANGE_RANGE,
    )
    (found,) = [
        status.to_dict()
        for status in judge_ports(catalog_wants("21"), reading(ports=host))
        if status.port == 9091
    ]
    assert found["holders"] == [
        {
            "process_id": JAVA,
            "name": "java.exe",
            "path": "C:\\Java\\bin\\java.exe",
            "services": [],
            "addresses": ["::"],
            "state": "listening",
            "kind": "other",
            "urls": [],
        }
    ]
    assert found["exclusions"] == [
        {"first": 9091, "last": 9091, "administered": False, "family": "ipv4", "store": "active"}
    ]
    assert found["wanted_by"][0]["sources"] == ["S0", "M21de", "FRY"]
    assert (found["families"], found["dynamic_unprotected"]) == (["ipv4", "ipv6"], True)
    assert list(found) == (
        "port protocol families status dynamic_unprotected severity holders exclusions "
        "wanted_by message advice".split()
    )


def test_a_reading_without_ports_is_refused() -> None:
    refused(lambda: judge_ports([PortWant(80)], reading(ports=None)), "", "holds no ports")


def test_a_list_that_could_not_be_read_is_said_and_the_rest_is_judged() -> None:
    listing = ports_of(tcp=[["0.0.0.0", 9095, LISTEN, JAVA]], excluded={"": ["61000-61000"]})
    listing["netsh"]["dynamic"]["ipv6"]["tcp"] = printed("Access is denied.", 1)
    taken, excluded, other = judge_ports(
        given_wants([9095, 61000, {"port": 53, "protocol": "udp"}]), reading(ports=listing)
    )
    assert (taken.status, excluded.status, other.status) == ("taken", "excluded", "free")
    assert (
        "it is not known whether Windows excludes it or may assign it, as a list could not be read"
        in taken.message
        and "a list could not be read" in excluded.message
    )
    assert "could not be read" not in other.message


@pytest.mark.parametrize(("marked", "plain"), [("active", "persistent"), ("persistent", "active")])
def test_the_mark_of_an_administrator_in_either_list_counts(marked: str, plain: str) -> None:
    rows = [
        Exclusion("tcp", "ipv4", plain, 9095, 9095, False),
        Exclusion("tcp", "ipv4", marked, 9095, 9095, True),
    ]
    assert blocking(rows) == ()
    assert blocking(rows[:1]) == tuple(rows[:1])
