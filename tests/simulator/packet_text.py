# SPDX-License-Identifier: GPL-3.0-or-later
"""A rule's text read by its grammar (GPFAS 2.2.2.19), and what makes a readable rule one in error
(FASP 2.2.24, 2.2.37).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

Check = Callable[[str], bool]
VERSION = re.compile(r"v(\d{1,3})\.(\d{1,3})", re.IGNORECASE)
ADDRESS_WORDS = {
    "": {"localsubnet", "dns", "dhcp", "wins", "defaultgateway"},
    "2": {"intranet", "internet", "ply2renders", "rmtintranet", "captiveportal"},
}
# Token of a port keyword -> the keywords. Keyword -> direction and protocol it is limited to.
PORT_WORDS = {
    "lport": {"rpc", "rpc-epmap", "teredo"},
    "lport2_10": {"iptlsin", "iphttpsin"},
    "lport2_20": {"ply2disc", "dhcp"},
    "lport2_24": {"mdns"},
    "lport2_25": {"mdns"},
    "lport2_29": {"tcpcdpsvc"},
    "rport2_10": {"iptlsout", "iphttpsout"},
    "rport2_25": {"cortanaout"},
    "rport2_28": {"cortanaout"},
}
WORD_PROTOCOLS = {
    **dict.fromkeys(("rpc", "rpc-epmap", "iptlsin", "iphttpsin", "iptlsout", "iphttpsout"), 6),
    **dict.fromkeys(("teredo", "ply2disc"), 17),
}
LOCAL_PORTS = tuple(name for name in PORT_WORDS if name.startswith("l"))
REMOTE_PORTS = ("rport", *(name for name in PORT_WORDS if name.startswith("r")))
LOCAL_ADDRESSES = {"la4": 4, "la6": 6}
REMOTE_ADDRESSES = {"ra4": 4, "ra6": 6, "ra42": 4, "ra62": 6, "ra43": 4, "ra63": 6}
TRUST = ("ttk", "ttk2_22", "ttk2_27", "ttk2_28")
SECURITY = ("security", "security2_9", "security2")
REPEATED = {"profile", "platform", "if", "iftype", "iftype2_23", "icmp4", "icmp6", "radynkey"}
# The minor version that brought a token; others: the suffix of their name, or 0.
SINCE = {
    "defer": 10,
    "authbypassout": 10,
    "security2": 10,
    "skipver": 10,
    **dict.fromkeys(("platform2", "lom", "pcross", "luauth", "luown", "apppkgid", "ttk"), 20),
    **dict.fromkeys(("ra42", "ra62"), 20),
    **dict.fromkeys(("nnm", "securityrealmid"), 24),
    **dict.fromkeys(("ra43", "ra63"), 30),
}


@dataclass(frozen=True)
class PacketRule:
    """tokens: by name in small letters. A text that is not readable may still have some."""

    readable: bool
    minor: int
    tokens: dict[str, tuple[str, ...]]

    def values(self, *names: str) -> list[str]:
        return [value for name in names for value in self.tokens.get(name, ())]

    def words(self, *names: str) -> list[str]:
        return [value.lower() for value in self.values(*names)]

    def word(self, name: str) -> str:
        return next(iter(self.words(name)), "")

    @property
    def protocol(self) -> int | None:
        return int(self.word("protocol")) if self.word("protocol") else None


@lru_cache(maxsize=20000)
def read_rule(text: str) -> PacketRule:
    """Without tokens where the text does not begin as one of major version 2; what stands behind
    the last bar may have been cut off, so it is none.
    """
    version, *parts = text.split("|")
    matched = VERSION.fullmatch(version)
    if not matched or int(matched[1]) != 2:
        return PacketRule(False, 0, {})
    tokens: dict[str, tuple[str, ...]] = {}
    for part in parts[:-1]:
        name, separator, value = part.partition("=")
        if separator:
            tokens[name.lower()] = (*tokens.get(name.lower(), ()), value)
    readable = (
        len(parts) > 1
        and parts[-1] == ""
        and all(part.find("=") > 0 for part in parts[:-1])
        and int(matched[2]) <= 255
        and {"action", "dir"} <= set(tokens)
        and all(_fits(name, values) for name, values in tokens.items())
    )
    return PacketRule(readable, int(matched[2]), tokens)


def _fits(name: str, values: tuple[str, ...]) -> bool:
    if name not in VALUES:
        return True
    adds_up = {*REPEATED, *PORT_WORDS, "rport", *TRUST, *REMOTE_ADDRESSES, *LOCAL_ADDRESSES}
    # Security: Authenticate beside AuthenticateEncrypt is an error of its own (FASP 2.2.37).
    once = name not in adds_up and name != "security"
    return (len(values) == 1 or not once) and all(VALUES[name](value) for value in values)


def _one_of(*words: str) -> Check:
    return lambda value: value.lower() in words


def _shape(pattern: str, largest: int) -> Check:
    """Numbers in a pattern, none above the largest."""
    expression = re.compile(pattern, re.ASCII | re.IGNORECASE)
    return lambda value: (
        expression.fullmatch(value) is not None
        and all(int(number) <= largest for number in re.findall(r"\d+", value))
    )


def span(value: str) -> tuple[int, int, int] | None:
    """Family, first and last address of a literal; None for what is none."""
    try:
        if not re.fullmatch(r"[0-9a-f:.]+([-/][0-9a-f:.]+)?", value, re.IGNORECASE):
            return None
        if "/" in value:
            network = ip_network(value, strict=False)
            mask = value.partition("/")[2]
            if mask in ("0.0.0.0", "") or "." in mask and mask != str(network.netmask):
                return None
            return (
                network.version,
                int(network.network_address),
                int(network.broadcast_address),
            )
        first, last = (ip_address(end) for end in (value.split("-") * 2)[:2])
    except ValueError:
        return None
    ordered = first.version == last.version and int(first) <= int(last)
    return (first.version, int(first), int(last)) if ordered else None


def ports(value: str) -> list[tuple[int, int]] | None:
    """First and last port of each part; None for a keyword."""
    if not value[:1].isdecimal():
        return None
    ends = [part.partition("-") for part in value.split(",")]
    return [(int(first), int(last or first)) for first, _dash, last in ends]


def _addresses(name: str) -> Check:
    """INF: keywords of local addresses are read, as the SDK has them."""
    family = (LOCAL_ADDRESSES | REMOTE_ADDRESSES)[name]
    added = name[3:]
    words = ADDRESS_WORDS["2" if added else ""]

    def check(value: str) -> bool:
        held = None if added else span(value)
        return value.lower() in words or (held is not None and held[0] == family)

    return check


def _ports(name: str) -> Check:
    """LPort and RPort hold one port; lists and ranges there are of Windows' own static rules."""
    many, both = r"(\d{1,5}(-\d{1,5})?)(,\d{1,5}(-\d{1,5})?)*", r"\d{1,5}-\d{1,5}"
    shaped = _shape(many if name in ("lport", "rport") else both, 65535)
    numbers = name in ("lport", "rport", "lport2_10", "rport2_10")

    def check(value: str) -> bool:
        if value.lower() in PORT_WORDS.get(name, ()):
            return True
        return numbers and shaped(value) and all(a <= b for a, b in ports(value) or ())

    return check


VALUES: dict[str, Check] = {
    **dict.fromkeys(("name", "desc", "embedctxt"), lambda value: True),
    **dict.fromkeys(
        "app svc luauth luauth2_24 luown pfn apppkgid rmauth ruauth nnm securityrealmid radynkey "
        "ttk ttk2_22 ttk2_27 ttk2_28".split(),
        bool,
    ),
    **dict.fromkeys(
        ("active", "edge", "lsm", "lom", "pcross", "authbypassout"), _one_of("true", "false")
    ),
    "action": _one_of("allow", "block", "bypass"),
    "dir": _one_of("in", "out"),
    "profile": _one_of("domain", "private", "public"),
    "protocol": _shape(r"\d{1,3}", 255),
    **dict.fromkeys(("icmp4", "icmp6"), _shape(r"\d{1,3}:(\d{1,3}|\*)", 255)),
    "platform": _shape(r"[0-7]:\d{1,3}:\d{1,3}", 255),
    "platform2": _one_of("gteq"),
    "skipver": _shape(r"\d{1,3}\.\d{1,3}", 255),
    "if": lambda value: re.fullmatch(r"\{[0-9A-Fa-f-]{36}\}", value) is not None,
    "iftype": _one_of("lan", "wireless", "remoteaccess"),
    "iftype2_23": _one_of("mobilebband"),
    "defer": _one_of("app", "user"),
    "security": _one_of("authenticate", "authenticateencrypt"),
    "security2_9": _one_of("an-noencap"),
    "security2": _one_of("ane-nego"),
    **{name: _addresses(name) for name in (*LOCAL_ADDRESSES, *REMOTE_ADDRESSES)},
    **{name: _ports(name) for name in (*LOCAL_PORTS, *REMOTE_PORTS)},
}


# A readable rule in error: whether Windows enforces it is not known


def in_error(rule: PacketRule) -> bool:
    return (
        _newer(rule)
        or not any(rule.values("name"))
        or _wrong_match(rule)
        or _wrong_ports(rule)
        or _wrong_security(rule)
        or _wrong_flags(rule)
    )


def _newer(rule: PacketRule) -> bool:
    """Tokens that are newer than the rule says it is."""
    suffixes = {name: re.search(r"2_(\d+)$", name) for name in rule.tokens if name in VALUES}
    needed = [SINCE.get(name, int(suffix[1]) if suffix else 0) for name, suffix in suffixes.items()]
    captive = "captiveportal" in rule.words("ra42", "ra62")
    return max([*needed, 30 if captive else 0]) > rule.minor


def _wrong_match(rule: PacketRule) -> bool:
    has = set(rule.tokens)
    addresses = has & {*LOCAL_ADDRESSES, *REMOTE_ADDRESSES, "radynkey"}
    narrow = [
        value
        for value in rule.values("la4", "la6", "ra4", "ra6")
        if re.search(r"/(0+|32|128)$", value) and not (value.endswith("/32") and ":" in value)
    ]
    return bool(
        (has & set(LOCAL_ADDRESSES) and has & {"if", "iftype", "iftype2_23"})
        or (has & {"luauth", "luauth2_24", "luown"} and "svc" in has)
        or (has & set(TRUST) and (addresses or has & {*LOCAL_PORTS, *REMOTE_PORTS}))
        or ("platform2" in has and "platform" not in has)
        or narrow
    )


def _wrong_ports(rule: PacketRule) -> bool:
    """Keywords out of place, and ports or ICMP types of another protocol (GPFAS 2.2.2.19)."""
    protocol, has = rule.protocol, set(rule.tokens)
    local = [word for word in rule.words(*LOCAL_PORTS) if ports(word) is None]
    remote = [word for word in rule.words(*REMOTE_PORTS) if ports(word) is None]
    return bool(
        (local and rule.word("dir") == "out")
        or remote
        or any(set(word) & set(",-") for word in rule.words("lport", "rport") if ports(word))
        or any(WORD_PROTOCOLS.get(word, protocol) != protocol for word in local)
        or (has & {*LOCAL_PORTS, *REMOTE_PORTS} and protocol not in (6, 17))
        or ("icmp4" in has and protocol != 1)
        or ("icmp6" in has and protocol != 58)
    )


def _wrong_security(rule: PacketRule) -> bool:
    has, kinds = set(rule.tokens), set(rule.words("security"))
    out = rule.word("dir") == "out"
    around = rule.word("authbypassout") == "true"
    return bool(
        (rule.word("action") == "block" and has & set(SECURITY))
        or (has & {"rmauth", "ruauth"} and (out or not has & set(SECURITY)))
        or (rule.word("action") == "bypass" and "rmauth" not in has)
        or len(kinds) > 1
        or ("security2_9" in has and "authenticate" not in kinds)
        or ("security2" in has and (out or "authenticateencrypt" not in kinds))
        or (around and (not out or not kinds))
    )


def _wrong_flags(rule: PacketRule) -> bool:
    has, inbound = set(rule.tokens), rule.word("dir") == "in"
    return bool(
        (rule.word("lsm") == "true" and (inbound or rule.protocol == 6 or has & set(SECURITY)))
        or ("defer" in has and rule.word("edge") != "true")
        or (not inbound and (rule.word("edge") == "true" or "defer" in has))
    )
