# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates host names and ports of options. Messages do not repeat values that may contain a
password.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from ..errors import InputError
from .port_ranges import parse_span

CREDENTIALS = (
    "holds a user name or password; proxy settings of Windows are readable for every user of "
    "the server, so do not store them there. "
    "Allow the servers in the proxy by their addresses, or enter user and password in "
    "MailEssentials' own configuration alone"
)
HIDDEN = "the value is not shown, as it may hold a password"
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(
    rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*(?![0-9]+\.?$){_LABEL}\.?", re.IGNORECASE
)  # the last label of a name is no number (RFC 1123)


def check_host(host: str, name: str, port_name: str, noun: str) -> str:
    """Returns a host name in lower case, or an IP address in its usual form, without brackets.

    name, port_name: the fields of host and port. noun: what the host is ("the proxy"). Raises
    InputError for anything else.
    """
    if "://" in host or "/" in host:
        raise InputError(
            name,
            f"{host[:60]!r} is a URL or a network; give the name or IP address "
            f"of {noun} alone, and its port in {port_name}",
        )
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        if re.fullmatch(r"[^:]+:[0-9]+|\[.*\]:[0-9]+", host):
            raise InputError(name, f"{host[:60]!r} holds a port; give it in {port_name}") from None
        if not _NAME.fullmatch(host):
            raise InputError(name, f"{host[:60]!r} is not a host name or an IP address") from None
        return host.lower()


def check_port(value: Any, path: str, *, shown: bool = True) -> int:
    """Returns a port from 1 to 65535, given as a whole number or as a string.

    shown: whether a message may repeat the value. Raises InputError for anything else.
    """
    text = str(value).strip() if isinstance(value, (int, str)) and value is not True else ""
    span = parse_span(text)
    if span and span[0] and "-" not in text:
        return span[0]
    if not shown:
        raise InputError(path, f"is not a port; give a whole number from 1 to 65535 ({HIDDEN})")
    told = f"'{value[:40]}'" if isinstance(value, str) else repr(value)[:40]
    if span and span[0] != span[1]:
        raise InputError(path, f"{told} is a range; give every port an entry of its own")
    if "," in text or " " in text:
        raise InputError(path, f"{told} is several ports in one text; give a list, one port each")
    raise InputError(path, f"{told} is not a port; give a whole number from 1 to 65535")


def optional_port(value: Any, path: str) -> int:
    """Returns a port, or 0 if none is given (0, "", null). Raises InputError; its message never
    repeats the value.
    """
    if value is None or str(value).strip() in ("", "0"):
        return 0
    return check_port(value, path, shown=False)
