# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each kind of input must be, one sentence for what it is not. Values that may hold a password
are not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..catalog.query import resolve_version
from ..errors import InputError, unknown_name
from ..net import addresses
from ..net.hosts import HIDDEN, check_host, check_port, optional_port
from ..ports.holders import read_owners
from ..ports.wanted import given_wants
from .policy import refuse_everybody

Check = Callable[[Any, str], object]


def as_list(value: Any) -> list[Any]:
    """A list as it may come: a list, comma text, or one value."""
    if isinstance(value, str):
        return [entry.strip() for entry in value.split(",") if entry.strip()]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def version(value: Any, name: str) -> None:
    try:
        resolve_version(value)
    except InputError as error:
        raise InputError(name, error.sentence) from None


def host(value: Any, name: str) -> None:
    """One host name or address, or nothing."""
    if value == "":
        return
    if not isinstance(value, str):
        raise InputError(name, f"must be a string; give one host name or IP address ({HIDDEN})")
    if "@" in value:
        raise InputError(
            name,
            "holds an @, as before a host only a user name or password does; "
            "give the name or IP address of the host alone",
        )
    if set(value) & set("/, "):
        raise InputError(
            name,
            "holds more than a host name or an IP address; give one host, without scheme, "
            f"path or network ({HIDDEN})",
        )
    try:
        check_host(value.strip(), name, "the variable for its port", "the host")
    except InputError:
        raise InputError(
            name,
            "is neither a host name nor an IP address, and its port goes into a variable of "
            f"its own ({HIDDEN})",
        ) from None


def hosts(value: Any, name: str, *, networks: bool = True) -> None:
    """Host names, addresses, ranges and networks; keywords of Windows Firewall where networks are
    taken.
    """
    for index, entry in enumerate(as_list(value)):
        where = f"{name}[{index}]"
        if not isinstance(entry, str) or not entry.strip():
            raise InputError(
                where, f"must be a string; give an IP address or a host name ({HIDDEN})"
            )
        if "@" in entry or "://" in entry:
            raise InputError(
                where,
                "holds an @ or a scheme, as an address of a page does; "
                "give the name or IP address of the server alone",
            )
        try:
            addresses.parse(entry.strip())
        except ValueError:
            host(entry, where)


def networks(value: Any, name: str) -> None:
    """Hosts and networks that are not everybody."""
    hosts(value, name)
    refuse_everybody([entry.strip() for entry in as_list(value)], name)


def port(value: Any, name: str) -> None:
    optional_port(value, name)


def ports(value: Any, name: str) -> None:
    for index, entry in enumerate(as_list(value)):
        check_port(entry, f"{name}[{index}]", shown=False)


def choice(*known: str) -> Check:
    def check(value: Any, name: str) -> None:
        if value not in known:
            raise unknown_name(name, "value", str(value)[:60], known)

    return check


def choices(*known: str) -> Check:
    def check(value: Any, name: str) -> None:
        for index, entry in enumerate(as_list(value)):
            if str(entry).lower() not in known:
                raise unknown_name(f"{name}[{index}]", "value", str(entry)[:60], known)

    return check


def some_choices(*known: str) -> Check:
    def check(value: Any, name: str) -> None:
        if not as_list(value):
            raise InputError(name, f"is empty; name {', '.join(known)}")
        choices(*known)(value, name)

    return check


def is_on(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "on", "1")


def flag(value: Any, name: str) -> None:
    if not is_on(value) and str(value).lower() not in ("false", "no", "off", "0"):
        raise InputError(name, "is neither true nor false")


def seconds(lowest: int, highest: int) -> Check:
    def check(value: Any, name: str) -> None:
        text = str(value)
        if isinstance(value, bool) or not (
            text.isascii() and text.isdigit() and lowest <= int(text[:9]) <= highest
        ):
            raise InputError(
                name,
                f"'{text[:40]}' is out of range; give whole seconds from {lowest} to {highest}",
            )

    return check


def texts(value: Any, name: str) -> None:
    for index, entry in enumerate(as_list(value)):
        if not isinstance(entry, str) or not entry.strip():
            raise InputError(f"{name}[{index}]", "must be a string that is not empty")
        if "@" in entry:
            raise InputError(
                f"{name}[{index}]",
                "holds an @, as before a host only a user name or password does; "
                "give the name alone",
            )


def text(value: Any, name: str) -> None:
    """A text that wanted_proxy() checks with the others."""
    if not isinstance(value, str):
        raise InputError(name, f"must be a string ({HIDDEN})")


def group_name(value: Any, name: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise InputError(name, "must be the name of an inventory group")


def wants(value: Any, name: str) -> None:
    if as_list(value):
        given_wants(as_list(value), name)


def owners(value: Any, name: str) -> None:
    read_owners(as_list(value), name)


def serial(value: Any, name: str) -> None:
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
