# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a rule's options: from what people write to what the rule holds, or one sentence saying
what is wrong; and what a value means, whatever way it is written.

A reader takes a value and its path and raises InputError. A meaning takes a value that was read and
the host's machine-wide variables by lower-case name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..errors import InputError
from ..net import addresses, port_ranges

# Our words and those of New- and Set-NetFirewallRule.
DIRECTIONS = {"inbound": "Inbound", "outbound": "Outbound"}
ACTIONS = {"allow": "Allow", "block": "Block"}
PROFILES = {"domain": "Domain", "private": "Private", "public": "Public"}
INTERFACE_TYPES = {"wired": "Wired", "wireless": "Wireless", "remote_access": "RemoteAccess"}
EDGE_TRAVERSAL = {
    "block": "Block",
    "allow": "Allow",
    "defer_to_user": "DeferToUser",
    "defer_to_app": "DeferToApp",
}
PROTOCOL_WORDS = {
    "any": "Any",
    "tcp": "TCP",
    "udp": "UDP",
    "icmpv4": "ICMPv4",
    "icmpv6": "ICMPv6",
}
PROTOCOLS = {"icmpv4": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}
PROTOCOL_OF = {number: name for name, number in PROTOCOLS.items()}
# Set- and Remove-NetFirewallRule read -Name as a pattern; how they take an escaped character is
# documented nowhere.
WILDCARDS = "*?`[]"
_FORBIDDEN_IN_PROGRAM = '/*?"<>|'
_LONGEST_LIST = 1000  # entries of addresses, ports and ICMP types ([MS-FASP] 2.2.5 to 2.2.17)
_VARIABLE = re.compile(r"%([^%]+)%")


def plain_text(value: Any, path: str, longest: int, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str):
        raise InputError(path, f"{value!r} must be a string; quote it")
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


def rule_id(value: Any, path: str) -> str:
    text = plain_text(value, path, 511)
    if any(char in text for char in WILDCARDS):
        raise InputError(
            path,
            f"'{text}' contains a wildcard character ({' '.join(WILDCARDS)}); use letters, "
            "digits and hyphens",
        )
    return text


def display_name(value: Any, path: str) -> str:
    text = plain_text(value, path, 9999)
    if text.lower() == "all":
        raise InputError(path, f"'{text}' is reserved by Windows; give the rule a name of its own")
    return text


def description(value: Any, path: str) -> str:
    return plain_text(value, path, 9999, may_be_empty=True)


def program(value: Any, path: str) -> str:
    text = plain_text(value, path, 259)
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


def service(value: Any, path: str) -> str:
    text = plain_text(value, path, 259)
    if text.lower() == "any":
        return ""
    if "/" in text or "\\" in text:
        raise InputError(
            path,
            f"'{text}' contains a slash; give the short name of a service, "
            "'*' for every service, or 'any'",
        )
    return text


def choice(choices: Collection[str]) -> Callable[[Any, str], str]:
    def read(value: Any, path: str) -> str:
        text = str(value).lower()
        if text not in choices:
            raise InputError(path, f"{value!r} must be one of {', '.join(choices)}")
        return text

    return read


def boolean(value: Any, path: str) -> bool:
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
    raise InputError(path, f"{value!r} must be true or false")


def protocol(value: Any, path: str) -> str:
    text = (
        str(value).strip().lower()
        if isinstance(value, (str, int)) and not isinstance(value, bool)
        else ""
    )
    text = PROTOCOL_OF.get(text, text)
    if text in PROTOCOLS or text == "any" or (_is_byte(text) and text == str(int(text))):
        return text
    raise InputError(
        path,
        f"{value!r} must be one of any, {', '.join(PROTOCOLS)} or a protocol number from 0 to 255",
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
            raise InputError(where, f"{item!r} must be a string or a whole number")
        text = str(item).strip()
        if not text:
            raise InputError(where, "is empty; leave the entry out")
        if text.lower() == "any":
            if len(items) > 1:
                raise InputError(
                    where, "'any' stands beside other entries; give it alone or leave it out"
                )
            return []
        found.append((where, text))
    return found


def _many(parse: Callable[[str], str], noun: str) -> Callable[[Any, str], tuple[str, ...]]:
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


def _word(choices: Collection[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"must be one of any, {', '.join(choices)}")
        return text.lower()

    return parse


def profiles(value: Any, path: str) -> tuple[str, ...]:
    given = _many(_word(PROFILES), "profile")(value, path)
    return (
        ()
        if len(given) == len(PROFILES)
        else tuple(profile for profile in PROFILES if profile in given)
    )


def interface_types(value: Any, path: str) -> tuple[str, ...]:
    given = _many(_word(INTERFACE_TYPES), "interface type")(value, path)
    if len(given) > 1:
        raise InputError(
            path,
            "has more than one interface type; New-NetFirewallRule takes one, "
            "so give a rule for each",
        )
    return given


ports = _many(port_ranges.parse_wanted, "port")
local_addresses = _many(_local_address, "address")
remote_addresses = _many(_remote_address, "address")
icmp_types = _many(_icmp_type, "ICMP type")


def itself(value: Any, _variables: Mapping[str, str]) -> Any:
    """A value that is written in one way only."""
    return value


def caseless(text: str, _variables: Mapping[str, str]) -> str:
    """A text whose upper and lower case are one to Windows."""
    return text.lower()


def unordered(texts: tuple[str, ...], _variables: Mapping[str, str]) -> frozenset[str]:
    """Entries whose order says nothing."""
    return frozenset(texts)


def ports_meant(texts: tuple[str, ...], _variables: Mapping[str, str]) -> Any:
    """Ports, however they are joined to ranges."""
    return port_ranges.spans(texts)


def addresses_meant(texts: tuple[str, ...], _variables: Mapping[str, str]) -> Any:
    """Addresses, however they are joined to ranges and networks."""
    return addresses.spans(texts)


def program_meant(path: str, variables: Mapping[str, str]) -> str:
    """The path with every %...% that the host knows expanded; others stay as they are."""
    return _VARIABLE.sub(
        lambda match: variables.get(match.group(1).lower(), match.group(0)), path
    ).lower()
