# SPDX-License-Identifier: GPL-3.0-or-later
"""Laws of the engine's parts, on cases that nobody thought of."""

from __future__ import annotations

import contextlib
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from laws import Record, hold
from unit.builders import GROUP, ID, PREFIX, encode, host, option, run, wanted
from unit.builders import read as read_host

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.exposure import (
    scope,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    decode,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.rule import (
    OPTIONS,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.ruleset import (
    sort_rules,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    read,
    stored_rule,
    write,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.wanted import (
    wanted_rules,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.worker import (
    FirewallWorker,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net import (
    addresses,
    port_ranges,
)
from simulator.rule_text import ORDER

V4 = st.integers(0, 2**32 - 1).map(lambda number: str(IPv4Address(number)))
NEAR = st.integers(0, 40).map(lambda number: f"192.0.2.{number}")
V6 = st.integers(0, 2**128 - 1).map(lambda number: str(IPv6Address(number)))
RANGE = st.tuples(NEAR, NEAR).map(lambda ends: "-".join(sorted(ends, key=IPv4Address)))
NETWORK = st.tuples(st.one_of(V4, NEAR), st.integers(0, 32)).map(
    lambda pair: f"{pair[0]}/{pair[1]}"
)
WORD = st.sampled_from([word + suffix for word in addresses.KEYWORDS for suffix in ("", "4", "6")])
ENTRY = st.one_of(V4, NEAR, V6, RANGE, NETWORK, WORD)
LIST = st.lists(ENTRY, max_size=4).map(tuple)
SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=8,
)

TOKEN = st.sampled_from([*ORDER.split(), "LPort2_99", "RA43", "New", ""])
VALUES = (
    "Allow Block In Out TRUE FALSE 6 17 1 58 256 tcp 80 0 99999 80-90 90-80 8:* 8 :* * any "
    "Domain Public Lan System %ProgramFiles%\\a.exe LocalSubnet "
    "LocalSubnet4 IntErnet RPC mDNS 192.0.2.1 192.0.2.0/255.255.255.0 192.0.2.9-192.0.2.1 ::1 "
    "fe80::1%2 10.0.0.0/33 0.0.0.0/0 App User % =x - / ² 80,,443"
).split()
VALUE = st.one_of(st.sampled_from(VALUES), st.text(max_size=6))
FIELD = st.tuples(TOKEN, VALUE).map("=".join)
SOUND = "v2.33|Action=Allow|Active=TRUE|Dir=In|Name=A|"
SOUP = st.tuples(
    st.sampled_from(
        [
            SOUND,
            f"{SOUND}EmbedCtxt={GROUP}|",
            f"{SOUND}EmbedCtxt={GROUP}|Protocol=6|",
            "v2.99|",
            "V2.0|",
            "v²|",
            "",
        ]
    ),
    st.lists(FIELD, max_size=6).map("|".join),
).map("".join)
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["any", "80", "tcp", "192.0.2.1", ID]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
OUTCOME = st.fixed_dictionaries(
    dict.fromkeys(("operation", "id", "message", "error_id", "category"), JSON)
    | {"status": st.one_of(JSON, st.just("done"))}
)
OUTCOMES = st.lists(OUTCOME, max_size=2)


def test_any_text_is_written_as_it_was_read(record_property: Record) -> None:
    def law(text: str) -> None:
        assert write(read(text)) == text
        stored_rule("local", "id", text)

    hold(law, st.one_of(st.text(), SOUP), 2000, record_property)


def test_no_stored_rule_can_break_a_run(record_property: Record) -> None:
    """Whatever lies on the host: the rules are sorted and the scope is judged; a run ends well or
    is refused with a sentence.
    """
    ours = wanted(
        protocol="tcp",
        local_ports=[9095],
        remote_addresses=["192.0.2.1"],
        local_addresses=["192.0.2.7"],
    )
    rules = [option(id=f"{PREFIX}B")]

    def law(text: str) -> None:
        target = host()
        target.rules[f"{PREFIX}Soup"] = text
        reading = read_host(target)
        assert sum(map(len, sort_rules(reading.rules, GROUP, PREFIX))) == 1
        scope(Policy(reading), [ours])
        run(target, rules, check_mode=True)
        with contextlib.suppress(InputError):
            run(
                target,
                [option(id=f"{PREFIX}Soup", protocol="tcp", local_ports=[1], service="x")],
                check_mode=True,
                diff=True,
            )

    hold(law, SOUP, 1500, record_property)


def test_the_text_of_an_address_is_its_fixed_point(record_property: Record) -> None:
    def law(text: str) -> None:
        address = addresses.parse(text)
        assert addresses.parse(address.text) == address

    hold(law, ENTRY, 1000, record_property)


def test_merging_is_idempotent_and_keeps_every_number(record_property: Record) -> None:
    def law(ranges: list[tuple[int, int]]) -> None:
        merged = addresses.merge(ranges)
        assert addresses.merge(merged) == merged == addresses.merge(reversed(ranges))
        assert {n for first, last in merged for n in range(first, last + 1)} == {
            n for first, last in ranges for n in range(first, last + 1)
        }
        assert all(one[1] + 1 < other[0] for one, other in pairwise(merged))

    hold(law, SPANS, 1000, record_property)


def test_covering_is_a_preorder(record_property: Record) -> None:
    def law(lists: tuple[tuple[str, ...], ...]) -> None:
        one, two, three = lists
        assert addresses.covered(one, one) and addresses.covered(one, ())
        assert (
            not one
            or not two
            or (addresses.covered(one, one + two) and addresses.covered(two, one + two))
        )
        if addresses.covered(one, two) and addresses.covered(two, three):
            assert addresses.covered(one, three)
        if one and two and addresses.covered(one, two) and addresses.covered(two, one):
            assert addresses.spans(one) == addresses.spans(two)

    hold(law, st.tuples(LIST, LIST, LIST), 1000, record_property)


def test_ports_that_a_person_may_give_mean_what_they_say(record_property: Record) -> None:
    def law(text: str) -> None:
        try:
            shown = port_ranges.parse_wanted(text)
        except ValueError as error:
            assert "\n" not in str(error)
            return
        assert port_ranges.parse_wanted(shown) == shown and port_ranges.spans(
            (shown,)
        ) == port_ranges.spans((text,))

    number = st.integers(-1, 65537).map(str)
    hold(
        law,
        st.one_of(st.text(max_size=8), number, st.tuples(number, number).map("-".join)),
        1000,
        record_property,
    )


def test_options_of_any_type_are_read_or_refused_with_a_sentence(record_property: Record) -> None:
    def law(given: tuple[str, Any]) -> None:
        with contextlib.suppress(InputError):
            wanted_rules([option(protocol="tcp") | dict([given])], GROUP, PREFIX)

    hold(law, st.tuples(st.sampled_from(tuple(OPTIONS)), JSON), 1500, record_property)


def test_a_worker_may_answer_anything(record_property: Record) -> None:
    """Any raw result ends in a reading and outcomes, or in a sentence."""
    answers = st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(JSON, OUTCOMES)
            for name in ("failed", "msg", "rc", "outcomes", "reading", "module_stdout")
        },
    )

    def law(answer: Any) -> None:
        for ask in (
            FirewallWorker.read,
            lambda worker: worker.apply([{"operation": "remove", "id": "A"}]),
        ):
            try:
                ask(FirewallWorker(lambda _arguments: answer))
            except InputError as error:
                assert len(error.sentence.splitlines()) == 1

    hold(law, st.one_of(JSON, answers), 1000, record_property)


def test_a_reading_of_any_shape_is_read_or_refused_with_a_sentence(record_property: Record) -> None:
    good = host().reading()
    paths = [(key,) for key in good] + [
        ("stores", "gpo"),
        ("stores", "gpo", "rules"),
        ("stores", "gpo", "profiles"),
        ("services", "BFE"),
    ]

    def law(change: tuple[tuple[str, ...], Any]) -> None:
        reading = host().reading()
        inner = reading
        for key in change[0][:-1]:
            inner = inner[key]
        inner[change[0][-1]] = change[1]
        with contextlib.suppress(InputError):
            decode(encode(reading)).policy("public", "EnableFirewall")

    hold(law, st.tuples(st.sampled_from(paths), JSON), 1000, record_property)
