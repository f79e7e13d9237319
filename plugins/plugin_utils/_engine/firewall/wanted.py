# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules as people want them: from module options to the canonical rule, or one sentence saying what
is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InputError, unknown_name
from ..net import addresses
from .rule import OPTIONS, Rule
from .values import plain_text, rule_id

# Where Windows takes a port keyword: option ([MS-GPFAS] 2.2.2.3), direction and protocol ([MS-FASP]
# 2.2.37), "" where nothing is stated.
_PORT_WORDS = {
    "RPC": ("local_ports", "inbound", "tcp"),
    "RPCEPMap": ("local_ports", "inbound", "tcp"),
    "Teredo": ("local_ports", "inbound", "udp"),
    "IPHTTPSIn": ("local_ports", "inbound", ""),
    "PlayToDiscovery": ("local_ports", "inbound", ""),
    "IPHTTPSOut": ("remote_ports", "", ""),
}


def wanted_rules(options: Sequence[Any], group: str, id_prefix: str) -> tuple[Rule, ...]:
    """All rules of a set, in the order given.

    options: dictionaries as documented for firewall_ruleset. Raises InputError for the first thing
    wrong.
    Limits of texts: [MS-FASP] 2.2.37 (rule ID 1-511, name and description 1-9999 characters, none
    with "|").
    """
    check_ownership(group, id_prefix)
    rules: list[Rule] = []
    seen: dict[str, int] = {}
    for index, entry in enumerate(_plain(options)):
        path = f"rules[{index}]"
        rule = _wanted_rule(entry, path, _plain(group))
        if not rule.id.lower().startswith(id_prefix.lower()):
            raise InputError(
                f"{path}.id", f"'{rule.id}' must begin with the id_prefix '{id_prefix}'"
            )
        first = seen.setdefault(rule.id.lower(), index)
        if first != index:
            raise InputError(
                f"{path}.id",
                f"'{rule.id}' is the id of rules[{first}] already (upper and lower case are one "
                "to Windows); give each rule its own",
            )
        rules.append(rule)
    return tuple(rules)


def _plain(value: Any) -> Any:
    """The same with every text a plain str: ansible-core's own text types keep themselves through
    str(), and YAML cannot write some of them.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {_plain(key): _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def check_ownership(group: str, id_prefix: str) -> None:
    """Group and prefix say what is ours: neither may be empty, indirect or too short to prove
    anything. Raises InputError.
    """
    plain_text(group, "group", 9999)
    if group.startswith("@"):
        raise InputError(
            "group",
            f"'{group}' is an indirect string; give a plain name, so that the group is yours alone",
        )
    rule_id(id_prefix, "id_prefix")
    if len(id_prefix) < 3:
        raise InputError(
            "id_prefix",
            f"'{id_prefix}' is too short to prove ownership; give at least 3 characters",
        )


def _wanted_rule(entry: Any, path: str, group: str) -> Rule:
    if not isinstance(entry, Mapping):
        raise InputError(
            path, f"{entry!r} is not a rule; give a dictionary with id, display_name and direction"
        )
    for key in entry:
        if key not in OPTIONS:
            raise unknown_name(f"{path}.{key}", "option of a rule", key, OPTIONS)
        if entry[key] is None:
            raise InputError(f"{path}.{key}", "is null; give a value or leave it out")
    for key in ("id", "display_name", "direction"):
        if key not in entry:
            raise InputError(
                f"{path}.{key}", "is missing; every rule needs id, display_name and direction"
            )
    values: dict[str, Any] = {
        key: OPTIONS[key].read(value, f"{path}.{key}") for key, value in entry.items()
    }
    rule = Rule(group=group, **values)
    _check_combination(rule, path)
    return rule


def _check_combination(rule: Rule, path: str) -> None:
    """Which conditions go together: [MS-FASP] 2.2.37."""
    for name in ("local_ports", "remote_ports"):
        if getattr(rule, name) and rule.protocol not in ("tcp", "udp"):
            raise InputError(
                f"{path}.{name}",
                f"ports need protocol tcp or udp, the protocol here is {rule.protocol}",
            )
        _check_port_words(rule, name, path)
    if rule.icmp_types and rule.protocol not in ("icmpv4", "icmpv6"):
        raise InputError(
            f"{path}.icmp_types",
            f"ICMP types need protocol icmpv4 or icmpv6, the protocol here is {rule.protocol}",
        )
    if rule.edge_traversal != "block" and (rule.direction, rule.action) != ("inbound", "allow"):
        raise InputError(
            f"{path}.edge_traversal",
            f"'{rule.edge_traversal}' is for inbound allow rules only; leave it out here",
        )
    family = {"icmpv4": 6, "icmpv6": 4}.get(rule.protocol)
    for name in ("local_addresses", "remote_addresses"):
        for text in getattr(rule, name):
            if family and addresses.parse(text).family == family:
                raise InputError(
                    f"{path}.{name}",
                    f"'{text}' is IPv{family}, which {rule.protocol} never carries",
                )


def _check_port_words(rule: Rule, name: str, path: str) -> None:
    for text in getattr(rule, name):
        option, direction, protocol = _PORT_WORDS.get(text, (name, "", ""))
        if (
            option != name
            or direction not in ("", rule.direction)
            or protocol not in ("", rule.protocol)
        ):
            kind = " ".join(filter(None, (direction, protocol)))
            raise InputError(
                f"{path}.{name}",
                f"'{text}' is a keyword for {option}{f' of {kind} rules' if kind else ''} only",
            )
