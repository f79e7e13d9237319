# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not known of a reading or of a connection, settled one at a time, in every way in which
it can be.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from property.small_universe import EMPTY, LOCAL, OWN, PORTS, REMOTES

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    Flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    stored_rule,
)

Question = tuple[dict[str, Any], Flow]
STORES = ("gpo", "mdm", "local")  # the better one first
PROFILE_OF = {"DomainProfile": "Domain", "PublicProfile": "Public"}
MISPLACED = ("AllowLocalPolicyMerge", "DefaultInboundAction", "DefaultOutboundAction")
OFF = "AllowUserPrefMerge"
# The token holds for the connection, or the rule does not count.
EITHER_WAY = ("LUAuth=O:LSD:(A;;CC;;;AU)", "New9_9=x", "Security=Authenticate", "Svc=*",
              "Defer=User", "SkipVer=2.31")  # fmt: skip
REMOTE = re.compile(r"R(A[46]2?|Port(2_10)?)=[^|]*\|")


def settled(question: Question) -> Iterator[tuple[str, Question]]:
    """One after the other: what is settled, and the question afterwards."""
    reading, flow = question
    for why, other in _flows(flow):
        yield why, (reading, other)
    for why, changed in (
        *_parts(reading),
        *_settings(reading),
        *_exceptions(reading),
        *_ids(reading),
        *_rules(reading, flow),
    ):
        yield why, (changed, flow)


def _flows(flow: Flow) -> Iterator[tuple[str, Flow]]:
    choices: list[tuple[str, dict[str, str]]] = []
    if flow.remote_address == "any":
        choices += [
            ("remote address", {"remote_address": remote})
            for remote in REMOTES
            if flow.local_address in ("", LOCAL[":" in remote])
        ]
    elif not flow.local_address:
        version6 = ":" in flow.remote_address
        other = "2001:db8::99" if version6 else "192.0.2.99"
        choices += [("local address", {"local_address": own}) for own in (LOCAL[version6], other)]
    if flow.port == "any":
        choices += [("port", {"port": str(port)}) for port in PORTS]
    if not flow.peer_port:
        choices += [("peer port", {"peer_port": peer}) for peer in ("80", "1000", "50000")]
    if not flow.interface_type:
        kinds = ("wired", "wireless", "remote_access")
        choices += [("interface type", {"interface_type": kind}) for kind in kinds]
    for why, fields in choices:
        yield why, replace(flow, **fields)  # type: ignore[arg-type]


def _parts(reading: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if reading["interfaces"] is None:
        for interfaces in (EMPTY["interfaces"], []):
            yield "interfaces", {**reading, "interfaces": interfaces}
    if reading["windows"] is None:
        for windows in ("6.1.7601", "6.2.9200", "10.0.20348"):
            yield "windows", {**reading, "windows": windows}
    if reading["network_categories"] is None:
        for category in (0, 1, 2):
            yield "profile", {**reading, "network_categories": [category]}
    if set(reading["services"].values()) != {"Running"}:
        running = dict.fromkeys(reading["services"], "Running")
        yield "services", {**reading, "services": running}
    if "Unknown" not in reading["variables"]:
        for value in (OWN.rpartition("\\")[0], "D:\\Other"):
            yield "variable", {**reading, "variables": {**reading["variables"], "Unknown": value}}


def _settings(reading: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    stores = reading["stores"]
    for key, values in stores["mdm"]["profiles"].items():
        for name in values.keys() & stores["gpo"]["profiles"].get(key, {}).keys():
            for store in ("mdm", "gpo"):
                changed = copy.deepcopy(reading)
                del changed["stores"][store]["profiles"][key][name]
                yield f"{name} of {store} loses", changed
    standard = stores["gpo"]["profiles"].get("StandardProfile", {})
    if standard and "PublicProfile" not in stores["gpo"]["profiles"]:
        changed = copy.deepcopy(reading)
        for name in MISPLACED:
            changed["stores"]["gpo"]["profiles"]["StandardProfile"].pop(name, None)
        yield "StandardProfile does not count", changed
        changed = copy.deepcopy(reading)
        for key in ("PrivateProfile", "PublicProfile"):
            changed["stores"]["gpo"]["profiles"][key] = dict(standard)
        yield "StandardProfile counts", changed
    for key, values in stores["local"]["profiles"].items():
        if "DisabledInterfaces" in values:
            changed = copy.deepcopy(reading)
            del changed["stores"]["local"]["profiles"][key]["DisabledInterfaces"]
            yield "another interface", changed
            for store in STORES:
                changed["stores"][store]["profiles"].setdefault(key, {})["EnableFirewall"] = 0
            yield "an interface that is left alone", changed


def _exceptions(reading: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, (key, kind, merge, entries) in enumerate(reading["stores"]["gpo"]["exceptions"]):
        told = [({}, entries), ({OFF: 0}, entries)] if merge is None else []
        told += [(merge, []), (merge, [["25:TCP", "x"]])] if entries is None else []
        for row in told:
            changed = copy.deepcopy(reading)
            changed["stores"]["gpo"]["exceptions"][place] = [key, kind, *row]
            yield "exceptions told", changed
        if merge and merge.get(OFF) == 0:
            for off in (False, True):
                changed = copy.deepcopy(reading)
                changed["stores"]["gpo"]["exceptions"][place][2] = {}
                rules = changed["stores"]["local"]["rules"]
                if off:
                    rules[:] = [one for one in rules if not _has_form(one[1], kind)]
                yield f"the switch of exceptions counts: {off}", changed
        if entries:
            for action in ("", "Allow", "Block"):
                changed = copy.deepcopy(reading)
                changed["stores"]["gpo"]["exceptions"][place][3] = []
                rule = f"v2.26|Action={action}|Active=TRUE|Dir=In|Profile={PROFILE_OF[key]}|Name=A|"
                changed["stores"]["gpo"]["rules"] += [["Listed", rule]] if action else []
                yield f"exceptions do {action or 'nothing'}", changed


def _has_form(text: str, kind: str) -> bool:
    """As an exception of Windows XP."""
    program, ports = "|App=" in text, text.count("|LPort")
    if "|Svc=" in text or "Protocol=" not in text:
        return False
    return not ports and program if kind == "AuthorizedApplications" else ports == 1 and not program


def _ids(reading: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    above = {name for name, _text in reading["stores"]["gpo"]["rules"]}
    for place, (name, text) in enumerate(reading["stores"]["local"]["rules"]):
        if name in above:
            for row in ([], [[f"{name} too", text]]):
                changed = copy.deepcopy(reading)
                changed["stores"]["local"]["rules"][place : place + 1] = row
                yield "equal ids are both there" if row else "equal ids are one", changed


def _rules(reading: dict[str, Any], flow: Flow) -> Iterator[tuple[str, dict[str, Any]]]:
    for store in STORES:
        for place, (name, text) in enumerate(reading["stores"][store]["rules"]):
            for other in _texts(text, reading, flow):
                changed = copy.deepcopy(reading)
                row = [[name, other]] if other else []
                changed["stores"][store]["rules"][place : place + 1] = row
                yield f"{text} -> {other}", changed


def _texts(text: str, reading: dict[str, Any], flow: Flow) -> Iterator[str]:
    """What a rule may come to; "": it does not count."""
    if stored_rule("local", "R", text).rule is None:
        yield ""
        yield from _completed(text)
    for token in EITHER_WAY:
        if f"|{token}|" in text:
            yield ""
            yield text.replace(f"|{token}|", "|")
    if "|LOM=TRUE|" in text:
        plain = text.replace("|LOM=TRUE|", "|")
        yield plain
        if "Action=Allow" in text:
            yield REMOTE.sub("", plain)
    if "|LPort=RPC|" in text:
        yield ""
        for port in ("1", "9095", "50000"):
            yield text.replace("|LPort=RPC|", f"|LPort={port}|")
    yield from _keywords(text, reading, flow)


def _keywords(text: str, reading: dict[str, Any], flow: Flow) -> Iterator[str]:
    """What keywords of addresses stand for; that on the link of the host is told."""
    host = flow.remote_address
    ours = [f"|RA4={host}|"] if ":" not in host and host != "any" else []
    for token in ("RA42=Internet", "RA4=WINS", "RA4=LocalSubnet"):
        if f"|{token}|" not in text:
            continue
        known = token == "RA4=LocalSubnet" and reading["interfaces"]
        if known:
            others = ["|RA4=192.0.2.0/24|", *(f"|RA4=192.0.2.0/24{one}" for one in ours)]
        else:
            yield ""
            others = ["|RA4=203.0.113.99|", *ours]
        yield from (text.replace(f"|{token}|", other) for other in others)


def _completed(text: str) -> Iterator[str]:
    """Whole rules that a text may have been cut from, at the widest."""
    version, *fields = text.split("|")
    whole = fields[:-1] if version == "v2.26" else []
    told = dict(field.split("=", 1) for field in whole)
    actions = [told["Action"]] if "Action" in told else ["Allow", "Block"]
    ways = [told["Dir"]] if "Dir" in told else ["In", "Out"]
    active = told.get("Active", "TRUE")
    for action, way in product(actions, ways):
        yield f"v2.26|Action={action}|Active={active}|Dir={way}|Name=A|"
