# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a catalog file must look like: every key, its type, and what it may refer to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import InputError

Entry = dict[str, Any]
Subjects = dict[str, list[Entry]]

FEATURES = (
    "core",
    "proxy",
    "ldap",
    "gfi_directory",
    "ftp",
    "web_ui",
    "multi_server",
    "smtp_inbound",
    "smtp_outbound",
    "pop2exchange",
    "exchange",
    "active_directory",
    "reporting_database",
)
SERVER_ROLES = ("standalone", "master", "slave")
KINDS = (
    "dns",
    "http",
    "ftp",
    "ldap",
    "gfi_directory",
    "web_ui",
    "ipc",
    "multi_server",
    "join",
    "sync_agent",
    "smtp",
    "pop3",
    "ews",
)
REMOTES = (
    "dns_servers",
    "internet",
    "proxy",
    "ldap_servers",
    "gfi_directory",
    "web_ui_networks",
    "smtp_networks",
    "smtp_servers",
    "pop3_servers",
    "exchange_servers",
    "sql_server",
    "master_and_slaves",
    "master",
    "slaves",
)
PORT_VARIABLES = (
    "join_ports",
    "web_ui_ports",
    "gfi_directory_port",
    "proxy_port",
    "smtp_ports",
    "pop3_ports",
    "exchange_ports",
    "sql_port",
    "remoting_ports",
)
_REQUIRED = object()


@dataclass(frozen=True)
class Field:
    """One key of an entry: a test of its value, what the value must be in words, and its default
    when it may be left out.
    """

    fits: Callable[[Any], bool]
    wants: str
    default: Any = _REQUIRED


def is_date(text: str) -> bool:
    """Whether the text is a day as eight digits, "20080915"."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and value == value.strip()


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_score(value: Any) -> bool:
    return isinstance(value, float) and 0.0 <= value <= 10.0


def _is_port(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535


def _is_port_text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    ends = value.split("-")
    if len(ends) > 2 or not all(end.isdecimal() and _is_port(int(end)) for end in ends):
        return False
    return int(ends[0]) < int(ends[1]) if len(ends) == 2 else True


def _is_quotes(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_text(key) and _is_text(quote) for key, quote in value.items()
    )


def _text(default: Any = _REQUIRED) -> Field:
    return Field(
        lambda value: _is_text(value) or (value == "" and default == ""),
        "text without blanks at its ends",
        default,
    )


def _one_of(choices: tuple[str, ...], default: Any = _REQUIRED) -> Field:
    return Field(
        lambda value: (value is None and default is None) or value in choices,
        f"one of {', '.join(choices)}",
        default,
    )


def _many(item: Field, default: Any = _REQUIRED) -> Field:
    def fits(value: Any) -> bool:
        return (
            isinstance(value, list)
            and (bool(value) or default == [])
            and all(item.fits(part) for part in value)
        )

    return Field(fits, f"a list, each item {item.wants}", default)


def _mappings(fields: dict[str, Field]) -> Field:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and bool(value) and all(map(fits_one, value))

    def fits_one(part: Any) -> bool:
        return (
            isinstance(part, dict)
            and part.keys() == fields.keys()
            and all(field.fits(part[key]) for key, field in fields.items())
        )

    keys = "; ".join(f"{key}: {field.wants}" for key, field in fields.items())
    return Field(fits, f"a list of mappings with the keys {keys}")


_FLAG = Field(_is_flag, "true or false")
_PORT = Field(_is_port, "a port number from 1 to 65535")
_QUOTES = Field(_is_quotes, "a mapping from source to quoted text", {})
_EVIDENCE = _one_of(("verified", "inferred"))
_NAMES = _many(_text())
_NONE_OR_NAMES = _many(_text(), [])
_FEATURES = _many(_one_of(FEATURES), [])
_ROLES = _many(_one_of(SERVER_ROLES), list(SERVER_ROLES))
_FACT = {"evidence": _EVIDENCE, "sources": _NAMES, "note": _text("")}

SCOPE = {
    "from": _text(),
    "to": _text(""),
    "status": _one_of(("documented", "observed", "contradicted")),
    "contradictions": _NONE_OR_NAMES,
    **_FACT,
}
_SCOPES = Field(lambda value: isinstance(value, list) and bool(value), "a list of scopes")

SUBJECTS: dict[str, dict[str, Field]] = {
    "sources": {
        "key": _text(),
        "title": _text(),
        "date": _text(""),
        "address": _text(""),
        "trust": _one_of(("vendor", "observation", "third_party", "low")),
        "note": _text(""),
    },
    "versions": {
        "name": _text(),
        "product": _text(""),
        "aliases": _NONE_OR_NAMES,
        "builds": _many(
            Field(
                lambda value: isinstance(value, str) and is_date(value),
                "a build date such as '20080915' in quotes",
            ),
            [],
        ),
        "basis": _text(),
        "multi_server": _FLAG,
        "facts_of": _text(""),
        **_FACT,
    },
    "contradictions": {
        "id": _text(),
        "subject": _text(),
        "says": _mappings({"sources": _NAMES, "words": _text()}),
        "choice": _text(),
        "reason": _text(),
        "quotes": _QUOTES,
        **_FACT,
    },
    "ports": {
        "ports": _many(_PORT),
        "protocol": _one_of(("tcp", "udp")),
        "kind": _one_of(KINDS),
        "direction": _one_of(("local", "inbound", "outbound", "both")),
        "features": _FEATURES,
        "server_roles": _ROLES,
        "purpose": _text(),
        "port_variable": _one_of(PORT_VARIABLES, None),
        "advice": _text(""),
        "scopes": _SCOPES,
    },
    "hosts": {
        "host": _text(),
        "wildcard": _FLAG,
        "check_name": Field(lambda value: value is None or _is_text(value), "a host name or null"),
        "check_kind": _one_of(("tcp", "http", "https"), None),
        "ports": _many(_PORT),
        "protocols": _many(_one_of(("http", "https", "ftp"))),
        "components": _NONE_OR_NAMES,
        "features": _FEATURES,
        "purpose": _text(),
        "scopes": _SCOPES,
    },
    "flows": {
        "id": _text(),
        "direction": _one_of(("inbound", "outbound")),
        "protocol": _one_of(("tcp", "udp")),
        "ports": _many(
            Field(_is_port_text, "a port or a range such as '1024-65535' in quotes"), []
        ),
        "port_variable": _one_of(PORT_VARIABLES, None),
        "remote": _one_of(REMOTES),
        "feature": _one_of(FEATURES),
        "server_roles": _ROLES,
        "peers_only": _FLAG,
        "title": _text(),
        "purpose": _text(),
        "scopes": _SCOPES,
    },
    "advisories": {
        "id": _text(),
        "title": _text(),
        "attack": _one_of(("local", "network")),
        "cvss": Field(
            lambda value: value is None or _is_score(value), "a score from 0.0 to 10.0 or null"
        ),
        "fixed_in": _text(),
        "feature": _one_of(FEATURES, "core"),
        "consequences": _mappings({"flow": _text(""), "planned": _FLAG, "text": _text()}),
        **_FACT,
    },
    "components": {
        "name": _text(),
        "uses": _many(_one_of(("dns", "http", "ldap"))),
        "process": _text(""),
        "url": _text(""),
        "log": _text(""),
        "quotes": _QUOTES,
        **_FACT,
    },
    "services": {
        "display_name": _text(),
        "service_name": Field(
            lambda value: value is None or _is_text(value), "the short name or null"
        ),
        **_FACT,
    },
    "notes": {
        "id": _text(),
        "subject": _text(),
        "statement": _text(),
        "quotes": _QUOTES,
        **_FACT,
    },
}
IDENTITY = {
    "sources": "key",
    "versions": "name",
    "hosts": "host",
    "components": "name",
    "services": "display_name",
}


def identity(subject: str, entry: Entry) -> Any:
    """What tells an entry from its neighbours; a port's number may stand in several entries."""
    if subject == "ports":
        return tuple(entry["ports"]), entry["protocol"], entry["kind"], entry["direction"]
    return entry[IDENTITY.get(subject, "id")]


def complete(place: str, entry: Any, fields: dict[str, Field]) -> Entry:
    """The entry with its defaults filled in, or an InputError that names the place and the key."""
    if not isinstance(entry, dict):
        raise InputError(place, f"{entry!r} is not a mapping with the keys {', '.join(fields)}")
    for key in entry:
        if key not in fields:
            raise InputError(f"{place}.{key}", f"unknown key; use one of {', '.join(fields)}")
    filled = {}
    for key, field in fields.items():
        if key not in entry and field.default is _REQUIRED:
            raise InputError(f"{place}.{key}", f"missing key; it must be {field.wants}")
        filled[key] = entry.get(key, field.default)
        if not field.fits(filled[key]):
            raise InputError(
                f"{place}.{key}", f"{filled[key]!r} is not right; it must be {field.wants}"
            )
    if "scopes" in fields:
        filled["scopes"] = [
            complete(f"{place}.scopes[{i}]", scope, SCOPE)
            for i, scope in enumerate(filled["scopes"])
        ]
    return filled
