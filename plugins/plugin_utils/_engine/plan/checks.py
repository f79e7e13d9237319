# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of each kind of input. It returns the value in the form that the plan uses, or raises
InputError with one sentence. A value that may hold a password is not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..catalog.query import resolve_version
from ..errors import InputError, unknown_name
from ..firewall.evaluation.flow import Flow
from ..firewall.explanation import wanted_flows
from ..net import addresses
from ..net.hosts import HIDDEN, check_host, check_port, optional_port
from ..ports.holders import read_owners
from ..ports.wanted import PortWant, given_wants
from .policy import refuse_everybody

Check = Callable[[Any, str], object]
GFI_DIRECTORY = ("none", "local")
_DOMAIN = re.compile(r"(\*?\.)?[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
_MOST = 1000  # entries of a field of a rule, as firewall_ruleset takes them


def as_list(value: Any) -> list[Any]:
    """A list as it may come: a list, comma text, or one value."""
    if isinstance(value, str):
        return [entry.strip() for entry in value.split(",") if entry.strip()]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _plain_text(value: Any) -> str:
    """A value as a message may repeat it: short, and without what a list or dictionary holds."""
    return str(value)[:60] if isinstance(value, (str, int, float)) else "[...]"


def _few(entries: list[Any], name: str) -> list[Any]:
    if len(entries) > _MOST:
        raise InputError(name, f"has {len(entries)} entries; a rule takes {_MOST}")
    return entries


def version(value: Any, name: str) -> str:
    if not isinstance(value, (str, int, float)) or len(str(value)) > 60:
        raise InputError(name, "must be a string, such as '21'")
    try:
        resolve_version(value)  # type: ignore[arg-type]  # a float is refused there
    except InputError as error:
        raise InputError(name, error.sentence) from None
    return str(value).strip()


def host(value: Any, name: str) -> str:
    """One host name or address, or nothing."""
    if value == "":
        return ""
    if not isinstance(value, str):
        raise InputError(name, f"must be a string; give one host name or IP address ({HIDDEN})")
    if "@" in value:
        raise InputError(
            name,
            "contains an @; give the host name or IP address alone, without user name and password",
        )
    if set(value) & set("/, %"):
        raise InputError(
            name,
            "is not one host name or IP address; write it without scheme, path, network and zone "
            f"index ({HIDDEN})",
        )
    try:
        return check_host(value.strip(), name, "the variable for its port", "the host")
    except InputError:
        raise InputError(
            name,
            f"is not a host name or an IP address; write it without brackets and port ({HIDDEN})",
        ) from None


def hosts(value: Any, name: str) -> tuple[str, ...]:
    """Host names, addresses, ranges, networks and keywords of Windows Firewall."""
    found = []
    for index, entry in enumerate(_few(as_list(value), name)):
        where = f"{name}[{index}]" if isinstance(value, (list, tuple)) else name
        if not isinstance(entry, str) or not entry.strip():
            raise InputError(
                where, f"must be a string; give an IP address or a host name ({HIDDEN})"
            )
        if "@" in entry or "://" in entry:
            raise InputError(
                where,
                "contains an @ or a scheme; give the host name or IP address alone",
            )
        text = entry.strip()
        if text.lower() == "any" or text.endswith("/0"):
            raise InputError(where, f"'{text}' is every address; give addresses or networks")
        try:
            addresses.parse(text)
        except ValueError:
            found.append(host(entry, where))
            continue
        try:
            addresses.parse_wanted(text)
        except ValueError as error:
            raise InputError(where, f"'{text}' {error}") from None
        found.append(text)
    return tuple(dict.fromkeys(found))


def hosts_or_any(value: Any, name: str) -> tuple[str, ...]:
    """Everybody only where the word any stands alone."""
    entries = [entry.strip().lower() for entry in as_list(value) if isinstance(entry, str)]
    if "any" not in entries:
        return hosts(value, name)
    if len(as_list(value)) > 1:
        raise InputError(
            name, "contains any and others; any includes all of them, so give it alone"
        )
    return ("any",)


def networks(value: Any, name: str) -> tuple[str, ...]:
    """Hosts and networks that are not everybody."""
    found = hosts(value, name)
    refuse_everybody(found, name)
    return found


def gfi_directory(value: Any, name: str) -> str:
    """none, local, or the host of GFI Directory."""
    return value if value in GFI_DIRECTORY else host(value, name)


def port(value: Any, name: str) -> int:
    """A port, 0 for none."""
    return optional_port(value, name)


def ports(value: Any, name: str) -> tuple[int, ...]:
    entries = enumerate(_few(as_list(value), name))
    found = [check_port(entry, f"{name}[{index}]", shown=False) for index, entry in entries]
    return tuple(dict.fromkeys(found))


def choice(*known: str) -> Check:
    def check(value: Any, name: str) -> str:
        if value not in known:
            raise unknown_name(name, "value", _plain_text(value), known)
        return str(value)

    return check


def choices(*known: str) -> Callable[[Any, str], tuple[str, ...]]:
    def check(value: Any, name: str) -> tuple[str, ...]:
        for index, entry in enumerate(as_list(value)):
            if str(entry).lower() not in known:
                raise unknown_name(f"{name}[{index}]", "value", _plain_text(entry), known)
        return tuple(dict.fromkeys(str(entry).lower() for entry in as_list(value)))

    return check


def some_choices(*known: str) -> Check:
    def check(value: Any, name: str) -> tuple[str, ...]:
        if not as_list(value):
            raise InputError(name, f"is empty; give one or more of {', '.join(known)}")
        found = choices(*known)(value, name)
        if "any" in found and len(found) > 1:
            raise InputError(
                name, "contains any and others; any includes all of them, so give it alone"
            )
        return found

    return check


def is_on(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "on", "1")


def flag(value: Any, name: str) -> bool:
    if not is_on(value) and str(value).lower() not in ("false", "no", "off", "0"):
        raise InputError(name, "must be true or false")
    return is_on(value)


def seconds(lowest: int, highest: int) -> Check:
    return _number("seconds", lowest, highest)


def count(value: Any, name: str) -> int:
    """Of servers."""
    return _number("servers", 1, 999)(value, name)


def _number(unit: str, lowest: int, highest: int) -> Callable[[Any, str], int]:
    def check(value: Any, name: str) -> int:
        text = str(value)
        right = f"give a whole number of {unit} from {lowest} to {highest}"
        if isinstance(value, bool) or not re.fullmatch("-?[0-9]+", text, re.ASCII):
            raise InputError(name, f"'{text[:40]}' is not a number of {unit}; {right}")
        if len(text) > 11 or not lowest <= int(text) <= highest:
            raise InputError(name, f"'{text[:40]}' is out of range; {right}")
        return int(text)

    return check


def folder(value: Any, name: str) -> str:
    """On the controller."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(name, "must be the path of a folder")
    return value


def flows(value: Any, name: str) -> list[Flow]:
    """Connections as firewall_explain takes them, or comma text of them."""
    return wanted_flows(as_list(value), name)


def texts(value: Any, name: str) -> tuple[str, ...]:
    for index, entry in enumerate(as_list(value)):
        if not isinstance(entry, str) or not entry.strip():
            raise InputError(f"{name}[{index}]", "must be a string that is not empty")
        if "@" in entry:
            raise InputError(
                f"{name}[{index}]",
                "contains an @; give the name alone, without user name and password",
            )
    return tuple(dict.fromkeys(entry.strip() for entry in as_list(value)))


def domains(value: Any, name: str) -> tuple[str, ...]:
    """Domains, with or without a leading dot or asterisk."""
    found = texts(value, name)
    for index, entry in enumerate(found):
        if len(entry) > 253 or not _DOMAIN.fullmatch(entry):
            raise InputError(
                f"{name}[{index}]", f"is not a domain; give one such as ad.example.com ({HIDDEN})"
            )
    return found


def text(value: Any, name: str) -> str:
    """A text that wanted_proxy() checks with the others."""
    if not isinstance(value, str):
        raise InputError(name, f"must be a string ({HIDDEN})")
    return value


def name_of_farm(value: Any, name: str) -> str:
    """Numbers are names too; true and false are not."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise InputError(name, "must be a name; write it in quotes")
    if len(str(value)) > 60:
        raise InputError(name, "is longer than 60 characters")
    return str(value)


def name_of_server(value: Any, name: str) -> str:
    """Of the inventory; whether the farm has it is said with the farm."""
    if not isinstance(value, str) or len(value) > 253 or "@" in value:
        raise InputError(name, "must be the name of a server, as the inventory has it")
    return value.strip()


def group_name(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(name, "must be the name of an inventory group")
    return value


def wants(value: Any, name: str) -> tuple[PortWant, ...]:
    """Ports, or dictionaries of port, protocol and families."""
    entries = as_list(value)
    for index, entry in enumerate(entries):
        try:
            given_wants([entry], name)
        except InputError:
            if re.fullmatch("[0-9 ,.-]*", str(entry)):
                raise
            raise InputError(
                f"{name}[{index}]",
                "must be a port, or a dictionary of port, protocol (tcp or udp) and families "
                f"(ipv4, ipv6) ({HIDDEN})",
            ) from None
    return given_wants(entries, name) if entries else ()


def owners(value: Any, name: str) -> tuple[str, ...]:
    """Directories, or short names of services."""
    for index, entry in enumerate(as_list(value)):
        try:
            read_owners([entry], name)
        except InputError:
            raise InputError(
                f"{name}[{index}]",
                "must be a directory such as D:\\Tools\\GfiDirectory, or the short name of a "
                f"service ({HIDDEN})",
            ) from None
    return tuple(as_list(value))


def server_role(value: Any, name: str) -> str:
    """Text; which roles there are is said with the name of the host."""
    if not isinstance(value, str):
        raise InputError(name, "must be one of master, slave, standalone")
    return value[:60]


def addresses_of_server(value: Any, name: str) -> object:
    """Text with commas as a list; another part of the engine reads the addresses."""
    found = as_list(value) if isinstance(value, str) and "," in value else value
    if not all(isinstance(entry, str) for entry in as_list(found)):
        raise InputError(name, f"must be an address or a list of addresses, as strings ({HIDDEN})")
    return found


def serial(value: Any, name: str) -> object:
    """Hosts at a time, as Ansible's keyword takes them."""
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        where = f"{name}[{index}]" if isinstance(value, list) else name
        text = str(entry).removesuffix("%")
        if (
            isinstance(entry, bool)
            or not re.fullmatch("[0-9]{1,6}", text)
            or not int(text)
            or (text != str(entry) and int(text) > 100)
        ):
            raise InputError(
                where,
                f"must be a number of hosts from 1 up, or a percentage such as 50% ({HIDDEN})",
            )
    return value
