# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rule texts of the registry: [MS-GPFAS] 2.2.2.19, read without loss and interpreted as far as
rules are compared.

"v2.26|Action=Allow|Active=TRUE|Dir=In|...|": split at "|", then at the first "=". There is no
escape for "|" ([MS-FASP] 2.2.37). Tokens and keywords compare without regard to case; the original
spelling is kept in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ..net import addresses, port_ranges
from .rule import Rule
from .values import PROFILES, PROTOCOL_OF, PROTOCOLS

NEWEST_MINOR = (
    33  # Windows Server 2025 and Windows 11 ([MS-GPFAS] <1>, exports of public repositories)
)

_VERSION = re.compile(r"[vV]([0-9]{1,3})\.([0-9]{1,3})")
_DIRECTIONS = {"in": "inbound", "out": "outbound"}
_ACTIONS = {"allow": "allow", "block": "block", "bypass": "bypass"}
_INTERFACE_TYPES = {"lan": "wired", "wireless": "wireless", "remoteaccess": "remote_access"}
# Every keyword of [MS-GPFAS] 2.2.2.3 and of the tokens below, and what the cmdlets call it. IPTLSIn
# and IPHTTPSIn are one number ([MS-FASP] 2.2.14).
_PORT_WORDS = {
    "rpc": "RPC", "rpc-epmap": "RPCEPMap", "teredo": "Teredo", "ply2disc": "PlayToDiscovery",
    "dhcp": "DHCP", "mdns": "mDNS", "tcpcdpsvc": "TcpCDPSvc",
    "cortanaout": "CortanaOut", "iptlsin": "IPHTTPSIn", "iphttpsin": "IPHTTPSIn",
    "iptlsout": "IPHTTPSOut", "iphttpsout": "IPHTTPSOut",
}  # fmt: skip
_ADDRESS_WORDS = {
    "intranet": "Intranet",
    "internet": "Internet",
    "ply2renders": "PlayToDevice",
    "rmtintranet": "IntranetRemoteAccess",
    "captiveportal": "CaptivePortal",
}
# RA43 and RA63 are the form of schema 2.30 and later in Windows' own encoder; [MS-GPFAS] has RA42
# and RA62 alone.
_ADDRESS_WORD_TOKENS = ("ra42", "ra62", "ra43", "ra63")
_LOCAL_PORTS = ("lport", "lport2_10", "lport2_20", "lport2_24", "lport2_29")
_REMOTE_PORTS = ("rport", "rport2_10", "rport2_25", "rport2_28")
_MODEL = frozenset((
    "action", "active", "dir", "protocol", "profile", "icmp4", "icmp6", "la4", "la6", "ra4", "ra6",
    *_ADDRESS_WORD_TOKENS,
    "iftype", "app", "svc", "name", "desc", "embedctxt", "edge", "defer", *_LOCAL_PORTS,
    *_REMOTE_PORTS,
))  # fmt: skip
_FLAGS = frozenset(("lsm", "lom", "pcross", "authbypassout"))  # booleans whose FALSE says nothing
_BOOLEANS = _FLAGS | {"active", "edge"}
_CONDITIONS = _FLAGS | frozenset((
    "if", "iftype2_23", "pfn", "apppkgid", "luauth", "luauth2_24", "luown", "rmauth", "ruauth",
    "platform", "platform2", "security", "security2_9", "security2",
    "skipver", "ttk", "ttk2_22", "ttk2_27", "ttk2_28", "nnm", "securityrealmid",
))  # fmt: skip
# All others stand once at most ([MS-GPFAS] 2.2.2.19).
_REPEATED = frozenset((
    "profile", "icmp4", "icmp6", "la4", "la6", "ra4", "ra6", *_ADDRESS_WORD_TOKENS, *_LOCAL_PORTS,
    *_REMOTE_PORTS,
    "if", "iftype", "iftype2_23", "platform", "ttk", "ttk2_22", "ttk2_27", "ttk2_28",
))  # fmt: skip
_KNOWN = _MODEL | _CONDITIONS
_ONCE = _KNOWN - _REPEATED
# The tokens of local and of remote addresses.
_ADDRESSES = {
    prefix: frozenset(f"{prefix}{family}{suffix}" for family in "46" for suffix in ("", "2", "3"))
    for prefix in ("la", "ra")
}


class RuleText(NamedTuple):
    """A rule text taken apart: the version as written ("v2.26") and every field as (token, value),
    value None where "=" is missing.
    """

    version: str
    fields: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class StoredRule:
    """A value of a FirewallRules key. store: local, gpo or mdm. rule: None where the text cannot be
    read, and reason says why; with a rule, reason says what of it was not understood ("" = all
    was).
    """

    store: str
    id: str
    text: str
    rule: Rule | None
    reason: str = ""

    @property
    def group(self) -> str:
        """The group, of a rule that is not understood too."""
        return self.rule.group if self.rule else self._first("embedctxt")

    @property
    def display_name(self) -> str:
        """The name for people, of a rule that is not understood too."""
        return self.rule.display_name if self.rule else self._first("name")

    def _first(self, name: str) -> str:
        return next(
            (value or "" for token, value in read(self.text).fields if token.lower() == name), ""
        )


def read(text: str) -> RuleText:
    """Take a rule text apart; write() gives the same text back, byte for byte, whatever it was."""
    version, *parts = text.split("|")
    fields = (part.partition("=") for part in parts)
    return RuleText(
        version, tuple((token, value if equals else None) for token, equals, value in fields)
    )


def write(rule: RuleText) -> str:
    """The text of a rule taken apart by read()."""
    return "|".join(
        [
            rule.version,
            *(token if value is None else f"{token}={value}" for token, value in rule.fields),
        ]
    )


def stored_rule(store: str, rule_id: str, text: str) -> StoredRule:
    """Read and interpret one value. Never raises: what cannot be understood is said in reason.

    A higher minor version may be understood in part, a higher major version not at all ([MS-FASP]
    2.2.24).
    """
    taken = read(text)
    version = _version(taken.version)
    if version is None:
        return StoredRule(
            store,
            rule_id,
            text,
            None,
            "the text does not begin with a schema version such as v2.26",
        )
    if version[0] > 2:
        return StoredRule(
            store,
            rule_id,
            text,
            None,
            f"schema {taken.version} has a higher major version than 2; "
            "no rule of it can be judged",
        )
    try:
        rule = _interpret(rule_id, _values(taken))
    except _NotUnderstoodError as error:
        return StoredRule(store, rule_id, text, None, str(error))
    reasons = (
        [f"schema {taken.version} is newer than v2.{NEWEST_MINOR}"]
        if version[1] > NEWEST_MINOR
        else []
    )
    reasons += [f"{token} is not described" for token in rule.unknown]
    return StoredRule(store, rule_id, text, rule, "; ".join(reasons))


class _NotUnderstoodError(Exception):
    """The text has a value that the model cannot hold."""


def _version(text: str) -> tuple[int, int] | None:
    found = _VERSION.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def _values(taken: RuleText) -> dict[str, list[str]]:
    """Token in lower case -> its values. A text that breaks the grammar of [MS-GPFAS] 2.2.2.19 is
    not understood: which part Windows takes is not known.
    """
    *fields, (last, rest) = taken.fields or (("", ""),)
    if last or rest:
        raise _NotUnderstoodError("the text does not end in '|', so it may have been cut off")
    values: dict[str, list[str]] = {}
    for token, value in fields:
        values.setdefault(token.lower(), []).append(value or "")
    for token, texts in values.items() if len(values) < len(fields) else ():
        if len(texts) > 1 and token in _ONCE:
            raise _NotUnderstoodError(
                f"{token} stands {len(texts)} times, which [MS-GPFAS] allows once"
            )
    for token in _BOOLEANS & values.keys():
        if values[token][0].lower() not in ("true", "false"):
            raise _NotUnderstoodError(f"{token}={values[token][0]} is neither TRUE nor FALSE")
    return values


def _interpret(rule_id: str, values: dict[str, list[str]]) -> Rule:
    def one(token: str, default: str = "") -> str:
        return values[token][-1] if token in values else default

    if "name" not in values:
        raise _NotUnderstoodError("the text has no Name")
    app = one("app")
    return Rule(
        id=rule_id,
        group=one("embedctxt"),
        display_name=one("name"),
        description=one("desc"),
        direction=_word(_DIRECTIONS, "Dir", one("dir")),
        action=_word(_ACTIONS, "Action", one("action")),
        enabled=one("active", "FALSE").lower() == "true",
        protocol=_protocol(one("protocol", "any").lower()),
        local_ports=_ports(values, _LOCAL_PORTS),
        remote_ports=_ports(values, _REMOTE_PORTS),
        local_addresses=_addresses(values, "la"),
        remote_addresses=_addresses(values, "ra"),
        profiles=_profiles(values.get("profile", ())),
        program="System" if app.lower() == "system" else app,
        service=one("svc"),
        interface_types=tuple(
            sorted({_word(_INTERFACE_TYPES, "IFType", word) for word in values.get("iftype", ())})
        ),
        icmp_types=tuple(map(_icmp_type, values.get("icmp4", []) + values.get("icmp6", []))),
        edge_traversal=_edge(values),
        conditions=_conditions(values),
        unknown=tuple(
            token
            for token, texts in values.items()
            if token not in _KNOWN and (token or any(texts))
        ),
    )


def _word(words: dict[str, str], token: str, value: str) -> str:
    found = words.get(value.lower())
    if found is None:
        raise _NotUnderstoodError(
            f"{token}={value} is not a value of [MS-GPFAS]" if value else f"the text has no {token}"
        )
    return found


def _protocol(text: str) -> str:
    """A number, or a name as the static store writes it; 256 stands for "any" in memory only
    ([MS-GPFAS] 2.2.2.19, [MS-FASP] 2.2.37).
    """
    if text in PROTOCOLS or text == "any":
        return text
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 255):
        raise _NotUnderstoodError(f"Protocol={text} is not a value of [MS-GPFAS]")
    number = str(int(text))  # 006 is 6: 1*3DIGIT ([MS-GPFAS] 2.2.2.3)
    return PROTOCOL_OF.get(number, number)


def _icmp_type(text: str) -> str:
    """type:code or type:*; 256 stands for "*" in memory only ([MS-GPFAS] 2.2.2.16)."""
    kind, _colon, code = text.partition(":")
    numbers = [kind] if code == "*" else [kind, code]
    if not all(
        number.isascii() and number.isdigit() and len(number) <= 3 and int(number) <= 255
        for number in numbers
    ):
        raise _NotUnderstoodError(f"ICMP type {text} is not a value of [MS-GPFAS]")
    return ":".join(str(int(number)) for number in numbers)


def _conditions(values: dict[str, list[str]]) -> tuple[str, ...]:
    """Described fields outside the model, as text."""
    if _CONDITIONS.isdisjoint(values) and "defer" not in values:
        return ()
    named = [
        (token, value) for token, texts in values.items() if token in _CONDITIONS for value in texts
    ]
    found = [
        f"{token}={value}"
        for token, value in named
        if not (token in _FLAGS and value.lower() == "false")
    ]
    return tuple(found + ["defer=App"] * _defers_without_edge(values))


def _defers_without_edge(values: dict[str, list[str]]) -> bool:
    """Defer=App without Edge is an error ([MS-FASP] 2.2.24); Defer=User without it is Windows' own
    form for a prompt (captures).
    """
    return (
        values.get("defer", [""])[0].lower() == "app"
        and values.get("edge", [""])[0].lower() != "true"
    )


def _ports(values: dict[str, list[str]], tokens: Iterable[str]) -> tuple[str, ...]:
    """Ports of all tokens in the order stored; the static store writes comma lists ("554,8554"),
    which are taken apart.
    """
    if values.keys().isdisjoint(tokens):
        return ()
    entries = [
        (token, entry)
        for token in tokens
        for text in values.get(token, ())
        for entry in text.split(",")
    ]
    for token, entry in entries:
        if entry.lower() not in _PORT_WORDS and port_ranges.parse_span(entry) is None:
            raise _NotUnderstoodError(f"{token}={entry} is no port, range or keyword of [MS-GPFAS]")
    return tuple(dict.fromkeys(_PORT_WORDS.get(entry.lower(), entry) for _token, entry in entries))


def _addresses(values: dict[str, list[str]], prefix: str) -> tuple[str, ...]:
    """Addresses of both families as the cmdlets write them; a keyword of both families is one
    entry, of one family it has a suffix.
    """
    if _ADDRESSES[prefix].isdisjoint(values):
        return ()
    found: dict[str, set[int]] = {}
    for family in (4, 6):
        words = [
            _ADDRESS_WORDS.get(word.lower(), word)
            for suffix in "23"
            for word in values.get(f"{prefix}{family}{suffix}", ())
        ]
        for text in values.get(f"{prefix}{family}", []) + words:
            try:
                address = addresses.parse(text)
            except ValueError as error:
                raise _NotUnderstoodError(f"{prefix.upper()}{family}={text} {error}") from None
            if not address.family and address.text[-1] in "46":
                raise _NotUnderstoodError(
                    f"{prefix.upper()}{family}={text} is a keyword of the cmdlets, "
                    "not one of [MS-GPFAS]"
                )
            if address.family not in (0, family):
                raise _NotUnderstoodError(
                    f"{prefix.upper()}{family}={text} is an address of IPv{address.family}"
                )
            found.setdefault(address.text, set()).add(0 if address.family else family)
    return tuple(
        text if families in ({0}, {4, 6}) else f"{text}{min(families)}"
        for text, families in found.items()
    )


def _profiles(texts: Iterable[str]) -> tuple[str, ...]:
    words = {text.lower() for text in texts}
    if not words <= set(PROFILES):
        raise _NotUnderstoodError(
            f"Profile={', '.join(sorted(words - set(PROFILES)))} is not a value of [MS-GPFAS]"
        )
    return (
        ()
        if len(words) == len(PROFILES)
        else tuple(profile for profile in PROFILES if profile in words)
    )


def _edge(values: dict[str, list[str]]) -> str:
    if "defer" in values and not _defers_without_edge(values):
        return _word({"app": "defer_to_app", "user": "defer_to_user"}, "Defer", values["defer"][0])
    return "allow" if values.get("edge", [""])[0].lower() == "true" else "block"
