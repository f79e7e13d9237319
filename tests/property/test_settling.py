# SPDX-License-Identifier: GPL-3.0-or-later
"""A certain answer never changes when something that is not known is settled, either way."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from property.laws import TIMES, Record, hold
from property.settling import MISPLACED, OFF, PROFILE_OF, Question, settled
from property.small_universe import LOCAL, POINTS, Case, cases
from unit.builders import encode

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.answer import (
    explain,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    Flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    decode,
)

CARD = "{6B29FC40-CA47-1067-B31D-00DD010662DA}"  # of the simulated host
KINDS = ("AuthorizedApplications", "GloballyOpenPorts")
PLATFORM = tuple(
    f"v2.26|Action={action}|Active=TRUE|Dir={way}|Platform=2:6:2|{more}Name=A|"
    for action in ("Allow", "Block")
    for way in ("In", "Out")
    for more in ("", "Platform2=GTEQ|")
)
_NUMBERS = st.sampled_from((0, 1))
_SETTING = st.sampled_from(("EnableFirewall", "DoNotAllowExceptions", *MISPLACED))
_ROW = st.tuples(
    st.sampled_from(sorted(PROFILE_OF)),
    st.sampled_from(KINDS),
    st.sampled_from((None, {}, {OFF: 0})),
    st.sampled_from((None, [], [], [["25:TCP", "25:TCP:*:Enabled:x"]])),
).map(list)


UNKNOWNS = (
    "interfaces", "windows", "network_categories", "services", "contested", "standard profile",
    "disabled interfaces", "exceptions", "rules alone",
)  # fmt: skip


@st.composite
def questions(draw: Any) -> Question:
    """A policy of which something is not known, and one connection, or several that are alike."""
    case: Case = draw(cases(exact=False, most=4))
    for unknown in draw(st.lists(st.sampled_from(UNKNOWNS), min_size=1, max_size=2)):
        _forget(draw, case.reading, unknown)
    return case.reading, draw(_flows(case.direction))


def _forget(draw: Any, reading: dict[str, Any], unknown: str) -> None:
    stores = reading["stores"]
    if unknown in ("interfaces", "windows", "network_categories"):
        reading[unknown] = None
    if unknown == "windows":
        place = draw(st.integers(0, len(stores["local"]["rules"])))
        stores["local"]["rules"][place:place] = [["Platform", draw(st.sampled_from(PLATFORM))]]
    elif unknown == "services":
        reading["services"]["mpssvc"] = draw(st.sampled_from((None, "Stopped")))
    elif unknown == "contested":
        name, value = draw(_SETTING), draw(_NUMBERS)
        for store, held in (("mdm", value), ("gpo", 1 - value)):
            stores[store]["profiles"].setdefault("DomainProfile", {})[name] = held
    elif unknown == "standard profile":
        stores["gpo"]["profiles"].pop("PublicProfile", None)
        stores["gpo"]["profiles"]["StandardProfile"] = {draw(_SETTING): draw(_NUMBERS)}
    elif unknown == "disabled interfaces":
        stores["local"]["profiles"]["DomainProfile"]["DisabledInterfaces"] = CARD
    elif unknown == "exceptions":
        stores["gpo"]["exceptions"] = [draw(_ROW)]


@st.composite
def _flows(draw: Any, direction: str) -> Flow:
    point = draw(st.sampled_from(POINTS))
    remote = draw(st.sampled_from((point.remote, point.remote, "any")))
    local = "" if remote == "any" else LOCAL[":" in remote]
    return Flow(
        direction=direction,
        protocol="tcp",
        remote_address=remote,
        port=draw(st.sampled_from((str(point.port), str(point.port), "any"))),
        peer_port=draw(st.sampled_from(("", "50000"))),
        local_address=draw(st.sampled_from(("", local))),
        program=point.program,
        interface_type=draw(st.sampled_from(("", "wired"))),
    )


def verdicts(question: Question) -> set[str]:
    reading, flow = question
    return {answer.verdict for answer in explain(Policy(decode(encode(reading))), flow)}


def test_a_certain_answer_stays(record_property: Record) -> None:
    seen: Counter[str] = Counter()

    def a_certain_answer_stays(question: Question) -> None:
        before = verdicts(question)
        if before not in ({"allowed"}, {"blocked"}):
            return
        for why, after in settled(question):
            seen[why if len(why) < 40 else "rule"] += 1
            assert verdicts(after) == before, why

    hold(a_certain_answer_stays, questions(), 250, record_property, shrink=False)
    record_property("settled", sum(seen.values()))
    assert sum(seen.values()) >= 2 * int(250 * TIMES), "too little was certain"
