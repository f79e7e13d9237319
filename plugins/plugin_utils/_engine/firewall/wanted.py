# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules as people want them: from module options to the canonical rule, or one sentence saying what
is wrong.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import InputError, unknown_name
from ..net import addresses, port_ranges
from .difference import WILDCARDS
from .rule import (
    ACTIONS,
    DIRECTIONS,
    EDGE_TRAVERSAL,
    INTERFACE_TYPES,
    OPTIONS,
    PROFILES,
    PROTOCOL_OF,
    PROTOCOLS,
    Rule,
)

_FORBIDDEN_IN_PROGRAM = '/*?"<>|'
_LONGEST_LIST = 1000  # entries of addresses, ports and ICMP types ([MS-FASP] 2.2.5 to 2.2.17)
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
    _text(group, "group", 9999)
    if group.startswith("@"):
        raise InputError(
            "group",
            f"'{group}' is an indirect string; give a plain name, so that the group is yours alone",
        )
    _id(id_prefix, "id_prefix")
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
        key: _READERS[key](value, f"{path}.{key}") for key, value in entry.items()
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


def _text(value: Any, path: str, longest: int, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str):
        raise InputError(path, f"{value!r} is not a text; quote it")
    if not value.strip() and not (may_be_empty and not value):
        raise InputError(path, "is empty; give a text")
    if len(value) > longest:
        raise InputError(path, f"is {len(value)} characters long; Windows takes at most {longest}")
    if "|" in value or any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in value):
        raise InputError(
            path,
            f"{value!r} contains '|', a control character or a line separator, "
            "which Windows Firewall cannot store",
        )
    if value != value.strip():
        raise InputError(path, f"{value!r} begins or ends with a blank; leave it out")
    return value


def _id(value: Any, path: str) -> str:
    text = _text(value, path, 511)
    if any(char in text for char in WILDCARDS):
        raise InputError(
            path,
            f"'{text}' contains a wildcard character ({' '.join(WILDCARDS)}); use letters, "
            "digits and hyphens",
        )
    return text


def _display_name(value: Any, path: str) -> str:
    text = _text(value, path, 9999)
    if text.lower() == "all":
        raise InputError(path, f"'{text}' is reserved by Windows; give the rule a name of its own")
    return text


def _description(value: Any, path: str) -> str:
    return _text(value, path, 9999, may_be_empty=True)


def _program(value: Any, path: str) -> str:
    text = _text(value, path, 259)
    if text.lower() == "any":
        return ""
    if text.lower() == "system":
        return "System"
    if any(char in text for char in _FORBIDDEN_IN_PROGRAM):
        raise InputError(
            path,
            f"'{text}' contains one of {' '.join(_FORBIDDEN_IN_PROGRAM)}; give a full Windows "
            "path such as C:\\Program Files\\App\\app.exe",
        )
    if not (text[1:3] == ":\\" or text.startswith(("%", "\\\\"))):
        raise InputError(
            path,
            f"'{text}' is not a full path; give one such as C:\\Program Files\\App\\app.exe, "
            "'System' or 'any'",
        )
    return text


def _service(value: Any, path: str) -> str:
    text = _text(value, path, 259)
    if text.lower() == "any":
        return ""
    if "/" in text or "\\" in text:
        raise InputError(
            path,
            f"'{text}' contains a slash; give the short name of a service, "
            "'*' for every service, or 'any'",
        )
    return text


def _choice(choices: Sequence[str]) -> Callable[[Any, str], str]:
    def read(value: Any, path: str) -> str:
        text = str(value).lower()
        if text not in choices:
            raise InputError(path, f"{value!r} is none of {', '.join(choices)}")
        return text

    return read


def _enabled(value: Any, path: str) -> bool:
    words = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if isinstance(value, bool):
        return value
    if str(value).lower() in words:
        return words[str(value).lower()]
    raise InputError(path, f"{value!r} is neither true nor false")


def _protocol(value: Any, path: str) -> str:
    text = (
        str(value).strip().lower()
        if isinstance(value, (str, int)) and not isinstance(value, bool)
        else ""
    )
    text = PROTOCOL_OF.get(text, text)
    if text in PROTOCOLS or text == "any" or (_is_byte(text) and text == str(int(text))):
        return text
    raise InputError(
        path, f"{value!r} is none of any, {', '.join(PROTOCOLS)} or a protocol number from 0 to 255"
    )


def _is_byte(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 255


def _entries(value: Any, path: str) -> list[tuple[str, str]]:
    """Every entry with its path; ["any"] and "any" are no entries. A single scalar is a list of
    one.
    """
    items = value if isinstance(value, (list, tuple)) else [value]
    if not items:
        raise InputError(path, "is an empty list; leave it out, or say any")
    found = []
    for index, item in enumerate(items):
        where = f"{path}[{index}]"
        if isinstance(item, bool) or not isinstance(item, (str, int)):
            raise InputError(where, f"{item!r} is neither a text nor a whole number")
        text = str(item).strip()
        if not text:
            raise InputError(where, "is empty; leave the entry out")
        if text.lower() == "any":
            if len(items) > 1:
                raise InputError(where, "'any' stands beside other entries; give one or the other")
            return []
        found.append((where, text))
    return found


def _list(parse: Callable[[str], str], noun: str) -> Callable[[Any, str], tuple[str, ...]]:
    def read(value: Any, path: str) -> tuple[str, ...]:
        texts = []
        for where, text in _entries(value, path):
            try:
                texts.append(parse(text))
            except ValueError as error:
                raise InputError(where, f"{noun} '{text}' {error}") from None
        found = tuple(dict.fromkeys(texts))
        if len(found) > _LONGEST_LIST:
            raise InputError(
                path,
                f"has {len(found)} entries; Windows takes {_LONGEST_LIST} at most, "
                "so join them or make several rules",
            )
        return found

    return read


def _remote_address(text: str) -> str:
    return addresses.parse_wanted(text).text


def _local_address(text: str) -> str:
    address = addresses.parse_wanted(text)
    if not address.family:
        raise ValueError("is a keyword; local addresses take none ([MS-FASP] 2.2.37)")
    return address.text


def _icmp_type(text: str) -> str:
    kind, colon, code = text.partition(":")
    numbers = [kind] if code in ("*", "any") or not colon else [kind, code]
    if not all(_is_byte(number) for number in numbers):
        raise ValueError(
            "is not an ICMP type such as 8, or type and code such as 3:4, each from 0 to 255"
        )
    return ":".join(str(int(number)) for number in numbers)


def _word(choices: Sequence[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"is none of any, {', '.join(choices)}")
        return text.lower()

    return parse


def _profiles(value: Any, path: str) -> tuple[str, ...]:
    given = _list(_word(PROFILES), "profile")(value, path)
    return (
        ()
        if len(given) == len(PROFILES)
        else tuple(profile for profile in PROFILES if profile in given)
    )


def _interface_types(value: Any, path: str) -> tuple[str, ...]:
    given = _list(_word(INTERFACE_TYPES), "interface type")(value, path)
    if len(given) > 1:
        raise InputError(
            path,
            "has more than one interface type; New-NetFirewallRule takes one, "
            "so give a rule for each",
        )
    return given


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "id": _id,
    "display_name": _display_name,
    "description": _description,
    "direction": _choice(DIRECTIONS),
    "action": _choice(ACTIONS),
    "enabled": _enabled,
    "protocol": _protocol,
    "local_ports": _list(port_ranges.parse_wanted, "port"),
    "remote_ports": _list(port_ranges.parse_wanted, "port"),
    "local_addresses": _list(_local_address, "address"),
    "remote_addresses": _list(_remote_address, "address"),
    "profiles": _profiles,
    "program": _program,
    "service": _service,
    "interface_types": _interface_types,
    "icmp_types": _list(_icmp_type, "ICMP type"),
    "edge_traversal": _choice(EDGE_TRAVERSAL),
}
