# SPDX-License-Identifier: GPL-3.0-or-later
"""Laws of the judgement of ports, on hosts that nobody thought of."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from laws import Record, hold
from unit.builders import encode
from unit.hosts import (
    ARCHIVER,
    ATTENDANT,
    DIRECTORY,
    EXCHANGE,
    HIDDEN,
    INETINFO,
    JAVA,
    SVCHOST,
    W3WP,
    excluded_text,
    raw,
    reading,
)
from unit.hosts import ports as ports_of

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.netsh import (
    Span,
    parse_dynamic,
    parse_excluded,
    parse_http,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.product import (
    describe,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.host.reading import (
    Exclusion,
    HostReading,
    PortReading,
    Socket,
    decode_host,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.reservation import (
    Operation,
    make_reservation,
    next_operations,
    unfinished,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.status import (
    judge_ports,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.wanted import (
    PortWant,
    given_wants,
)

HOST = reading()
FAMILIES, PROTOCOLS = ("ipv4", "ipv6"), ("tcp", "udp")
NEAR = (25, 80, 443, 9090, 9091, 9095)
GONE = (1, 11, 12)
RANK = {"free": 0, "ours": 0, "excluded": 1, "taken": 2}
SEVERITY = {"none": 0, "warning": 1, "conflict": 2}
OWNERS = (0, 4, ATTENDANT, JAVA, ARCHIVER, W3WP, INETINFO, EXCHANGE, HIDDEN, SVCHOST, 4711)
STRANGERS = (JAVA, ARCHIVER, HIDDEN, SVCHOST, 4711)

ADDRESS = st.sampled_from(
    [
        ("ipv4", "0.0.0.0"),
        ("ipv4", "127.0.0.1"),
        ("ipv4", "192.0.2.7"),
        ("ipv6", "::"),
        ("ipv6", "::1"),
        ("ipv6", "fe80::1%12"),
    ]
)


def sockets(owners: tuple[int, ...]) -> st.SearchStrategy[Socket]:
    def make(protocol: str, address: tuple[str, str], port: int, state: int, owner: int) -> Socket:
        return Socket(protocol, *address, port, state if protocol == "tcp" else 0, owner)

    states = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 77, 100])
    return st.builds(
        make,
        st.sampled_from(PROTOCOLS),
        ADDRESS,
        st.sampled_from(NEAR),
        states,
        st.sampled_from(owners),
    )


SPAN = (
    st.tuples(st.sampled_from(NEAR), st.integers(0, 9), st.integers(0, 9))
    .map(lambda one: (max(1, one[0] - one[1]), one[0] + one[2] - 5))
    .filter(lambda span: span[0] <= span[1])
)
EXCLUSION = st.builds(
    lambda protocol, family, store, span, administered: Exclusion(
        protocol, family, store, *span, administered
    ),
    st.sampled_from(PROTOCOLS),
    st.sampled_from(FAMILIES),
    st.sampled_from(["active", "persistent"]),
    SPAN,
    st.booleans(),
)
DYNAMIC = st.sampled_from([(49152, 65535), (6005, 65534), (1025, 9090), (9091, 9345)])
WANT = st.builds(
    PortWant,
    port=st.sampled_from(NEAR),
    protocol=st.sampled_from(PROTOCOLS),
    families=st.sampled_from([("ipv4",), ("ipv6",), FAMILIES]),
    kind=st.sampled_from(["ipc", "web_ui", "smtp", "given"]),
    status=st.sampled_from(["documented", "contradicted", "given"]),
    configured=st.booleans(),
)


def with_ports(**changes: Any) -> HostReading:
    assert HOST.ports is not None
    return replace(HOST, ports=replace(HOST.ports, **changes))


MACHINE = st.builds(
    lambda rows, exclusions, ranges: with_ports(
        sockets=tuple(rows),
        exclusions=tuple(exclusions),
        dynamic=dict(
            zip(
                [(family, protocol) for family in FAMILIES for protocol in PROTOCOLS],
                ranges,
                strict=True,
            )
        ),
    ),
    st.lists(sockets(OWNERS), max_size=6),
    st.lists(EXCLUSION, max_size=5),
    st.lists(DYNAMIC, min_size=4, max_size=4),
)


def ports(machine: HostReading) -> PortReading:
    assert machine.ports is not None
    return machine.ports


def concerns(socket: Socket, want: PortWant) -> bool:
    here = socket.family in want.families or socket.address == "::"
    return (
        here
        and (socket.protocol, socket.port) == (want.protocol, want.port)
        and (socket.protocol == "udp" or socket.state not in GONE)
    )


def test_a_port_with_a_stranger_is_taken(record_property: Record) -> None:
    def law(case: tuple[HostReading, PortWant]) -> None:
        machine, want = case
        (status,) = judge_ports([want], machine)
        rows = [socket for socket in ports(machine).sockets if concerns(socket, want)]
        assert (status.status == "taken") == any(socket.process_id != ATTENDANT for socket in rows)
        assert (status.status == "ours") == (
            bool(rows) and all(socket.process_id == ATTENDANT for socket in rows)
        )
        assert {holder.process_id for holder in status.holders} == {
            socket.process_id for socket in rows
        }

    hold(law, st.tuples(MACHINE, WANT), 1500, record_property)


def test_ours_needs_evidence(record_property: Record) -> None:
    """Whatever the names: without a path below the directory and without a service of
    MailEssentials nobody is ours.
    """
    paths = st.sampled_from(
        [
            "",
            f"{DIRECTORY}2\\a.exe",
            "C:\\GFI\\MailEssentials\\a.exe",
            "D:\\a.exe",
            f"X{DIRECTORY}\\a.exe",
            DIRECTORY.replace("\\", ""),
        ]
    )
    names = st.sampled_from(["", "attendant.exe", "GFIScanM.exe", "w3wp.exe", "System"])

    def law(case: tuple[Socket, str, str]) -> None:
        socket, name, path = case
        machine = with_ports(
            sockets=(socket,),
            processes={4711: replace(ports(HOST).processes[JAVA], id=4711, name=name, path=path)},
        )
        (status,) = judge_ports([PortWant(socket.port, socket.protocol)], machine)
        assert status.status in ("taken", "free") and all(
            holder.kind != "ours" for holder in status.holders
        )

    hold(law, st.tuples(sockets((4711,)), names, paths), 500, record_property)


def test_a_stranger_never_improves_anything(record_property: Record) -> None:
    def law(case: tuple[HostReading, PortWant, Socket]) -> None:
        machine, want, socket = case
        (before,) = judge_ports([want], machine)
        (after,) = judge_ports([want], with_ports_of(machine, socket))
        assert RANK[after.status] >= RANK[before.status]
        if socket.process_id in STRANGERS:
            assert SEVERITY[after.severity] >= SEVERITY[before.severity]
        assert after.dynamic_unprotected == before.dynamic_unprotected

    def with_ports_of(machine: HostReading, socket: Socket) -> HostReading:
        return replace(
            machine, ports=replace(ports(machine), sockets=(*ports(machine).sockets, socket))
        )

    strangers = sockets(tuple(owner for owner in OWNERS if owner != ATTENDANT))
    hold(law, st.tuples(MACHINE, WANT, strangers), 1500, record_property)


def test_unprotected_and_excluded_are_what_the_lists_say(record_property: Record) -> None:
    def law(case: tuple[HostReading, PortWant]) -> None:
        machine, want = case
        (status,) = judge_ports([want], machine)
        lists = [
            one
            for one in ports(machine).exclusions
            if one.protocol == want.protocol and one.first <= want.port <= one.last
        ]
        loose = [
            family
            for family in want.families
            if ports(machine).dynamic[family, want.protocol][0]
            <= want.port
            <= ports(machine).dynamic[family, want.protocol][1]
            and not any(one.administered and one.family == family for one in lists)
        ]
        assert status.dynamic_unprotected == bool(loose)
        assert set(status.exclusions) == {one for one in lists if one.family in want.families}
        if status.status == "excluded":
            assert not status.holders and any(not one.administered for one in status.exclusions)
        if status.status == "free":
            assert all(
                any(
                    (one.first, one.last, one.family, True)
                    == (e.first, e.last, e.family, e.administered)
                    for e in lists
                )
                for one in status.exclusions
            )

    hold(law, st.tuples(MACHINE, WANT), 1500, record_property)


def test_every_judgement_can_be_told(record_property: Record) -> None:
    def law(case: tuple[HostReading, list[PortWant]]) -> None:
        machine, wants = case
        found = judge_ports(wants, machine)
        assert [(status.port, status.protocol) for status in found] == list(
            dict.fromkeys((want.port, want.protocol) for want in wants)
        )
        for status in found:
            json.dumps(status.to_dict())
            assert status.message.endswith(".") and "\n" not in status.message
            assert bool(status.advice) or status.severity == "none"

    hold(law, st.tuples(MACHINE, st.lists(WANT, max_size=8)), 500, record_property)


def test_reservations_converge_in_three_calls(record_property: Record) -> None:
    """Whether the families share their lists or not; and only ports that nobody holds and Windows
    does not keep are ever touched.
    """

    def law(case: tuple[HostReading, list[int], str, bool]) -> None:
        machine, wanted, state, shared = case
        plan = make_reservation(wanted, state, machine)
        due, tried, calls = plan.operations, list[Operation](), 1
        for operation in due:
            (status,) = judge_ports([PortWant(operation.port)], machine)
            assert state == "absent" or status.status == "free"
        while due:
            tried += due
            machine = done(machine, due, shared)
            calls += 1
            due = next_operations(plan, machine, tried)
        assert calls <= 3 and unfinished(plan, machine, []) == ()
        again = make_reservation(wanted, state, machine)
        assert again.operations == ()
        assert [entry["port"] for entry in again.conflicts] == [
            entry["port"] for entry in plan.conflicts
        ]

    def done(machine: HostReading, operations: tuple[Operation, ...], shared: bool) -> HostReading:
        rows = list(ports(machine).exclusions)
        for operation in operations:
            families = FAMILIES if shared else (operation.family,)
            span = (operation.port, operation.port)
            if operation.operation == "add":
                rows += [
                    Exclusion(operation.protocol, family, "persistent", *span, True)
                    for family in families
                ]
            else:
                rows = [
                    one
                    for one in rows
                    if not (
                        one.administered
                        and one.family in families
                        and (one.first, one.last) == span
                    )
                ]
        return replace(machine, ports=replace(ports(machine), exclusions=tuple(rows)))

    wishes = st.lists(st.sampled_from(NEAR), min_size=1, unique=True)
    hold(
        law,
        st.tuples(MACHINE, wishes, st.sampled_from(["present", "absent"]), st.booleans()),
        1000,
        record_property,
    )


def test_lists_of_netsh_read_as_they_were_printed(record_property: Record) -> None:
    spans = st.lists(
        st.tuples(st.integers(1, 65535), st.integers(0, 300), st.booleans()), max_size=8
    )

    def law(rows: list[tuple[int, int, bool]]) -> None:
        wanted = tuple(
            Span(first, min(first + more, 65535), administered)
            for first, more, administered in rows
        )
        text = excluded_text(
            *(f"{span.first}-{span.last}{'*' * span.administered}" for span in wanted)
        )
        assert parse_excluded(text) == wanted

    hold(law, spans, 500, record_property)


def test_any_text_is_read_or_refused_in_a_sentence(record_property: Record) -> None:
    piece = st.sampled_from(
        [
            "",
            "-----",
            "Port",
            ": 5",
            "80",
            "443",
            "*",
            "65536",
            "HTTP://+:80/",
            "Version: 2.0",
            "ID: 4, image: C:\\a",
            "FE00000040000001",
            "\t",
            "²",
        ]
    )
    texts = st.lists(st.lists(piece, max_size=4).map(" ".join), max_size=8).map("\n".join)

    def law(text: str) -> None:
        for parse in (parse_excluded, parse_dynamic, parse_http):
            with contextlib.suppress(InputError):
                parse(text)

    hold(
        law,
        st.one_of(texts, st.text(), texts.map(lambda text: f"-----\n{text}")),
        1500,
        record_property,
    )


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 70000),
        st.floats(),
        st.sampled_from(["", "tcp", "80", "2026-11-23T22:00:00Z"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["32", "text", "exit_code", "state"]), inner, max_size=2),
    ),
    max_leaves=4,
)


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every place in a reading: what holds it, and its key there."""
    found: list[tuple[Any, Any]] = []
    for key, value in (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    ):
        found += [(data, key), *places(value)]
    return found


def test_a_reading_with_anything_anywhere_is_read_or_refused(record_property: Record) -> None:
    whole = json.dumps(
        raw(
            ports=ports_of(
                tcp=[["0.0.0.0", 9095, 2, 4]], udp=[["::", 53, 7]], excluded={"": ["80-80"]}
            )
        )
    )

    def law(case: tuple[int, Any, Any]) -> None:
        number, value, entries = case
        data = json.loads(whole)
        spots = places(data)
        holder, key = spots[number % len(spots)]
        holder[key] = value
        with contextlib.suppress(InputError):
            found = decode_host(encode(data))
            json.dumps(describe(found, sent=0.0, received=1.0))
            if found.ports:
                judge_ports([PortWant(9095), PortWant(53, "udp")], found)
        with contextlib.suppress(InputError):
            given_wants(entries)

    hold(law, st.tuples(st.integers(0, 10_000), JSON, JSON), 700, record_property)
