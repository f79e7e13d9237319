# SPDX-License-Identifier: GPL-3.0-or-later
"""From the parameters of New- and Set-NetFirewallRule to the tokens that Windows stores."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from .failures import failure, not_a_value
from .rule_text import Token

Address = IPv4Address | IPv6Address

PROTOCOLS = {"tcp": "6", "udp": "17", "icmpv4": "1", "icmpv6": "58"}
ENUMERATIONS: dict[str, dict[str, tuple[Token, ...]]] = {
    "Action": {"Allow": (("Action", "Allow"),), "Block": (("Action", "Block"),)},
    "Direction": {"Inbound": (("Dir", "In"),), "Outbound": (("Dir", "Out"),)},
    "Enabled": {"True": (("Active", "TRUE"),), "False": (("Active", "FALSE"),)},
    "InterfaceType": {
        "Any": (),
        "Wired": (("IFType", "Lan"),),
        "Wireless": (("IFType", "Wireless"),),
        "RemoteAccess": (("IFType", "RemoteAccess"),),
    },
    # Captures: Edge and Defer=App stand together, Defer=User stands alone.
    "EdgeTraversalPolicy": {
        "Block": (),
        "Allow": (("Edge", "TRUE"),),
        "DeferToUser": (("Defer", "User"),),
        "DeferToApp": (("Edge", "TRUE"), ("Defer", "App")),
    },
}
PROFILES = ("Domain", "Private", "Public")
# Keyword of the cmdlet: its token's suffix after RA and the stored spelling (GPFAS 2.2.2.13;
# pairing INF, spelling in captures).
ADDRESS_KEYWORDS = {
    "localsubnet": ("", "LocalSubnet"),
    "dns": ("", "DNS"),
    "dhcp": ("", "DHCP"),
    "wins": ("", "WINS"),
    "defaultgateway": ("", "DefaultGateway"),
    "internet": ("2", "IntErnet"),
    "intranet": ("2", "IntrAnet"),
    "intranetremoteaccess": ("2", "RmtIntrAnet"),
    "playtodevice": ("2", "Ply2Renders"),
    "captiveportal": ("2", "CaptivePortal"),
}
PORT_KEYWORDS = {
    "LocalPort": {
        "rpc": ("LPort", "RPC"),
        "rpcepmap": ("LPort", "RPC-EPMap"),
        "teredo": ("LPort", "Teredo"),
        "iphttpsin": ("LPort2_10", "IPHTTPSIn"),
        "playtodiscovery": ("LPort2_20", "Ply2Disc"),
    },
    "RemotePort": {"iphttpsout": ("RPort2_10", "IPHTTPSOut")},
}


def as_list(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]


def tokens(parameter: str, value: object, protocol: str, cmdlet: str) -> list[Token]:
    """The tokens of one parameter; protocol is the number that the rule will have (ICMP types are
    written by it).
    """
    if parameter in ENUMERATIONS:
        return _enumeration(parameter, str(value), cmdlet)
    if parameter == "IcmpType":
        return _icmp_types(as_list(value), protocol, cmdlet)
    writer = _WRITERS.get(parameter)
    if writer:
        return writer(parameter, as_list(value), cmdlet)
    return _text(parameter, str(value))


def _enumeration(parameter: str, value: str, cmdlet: str) -> list[Token]:
    for name, made in ENUMERATIONS[parameter].items():
        if name.lower() == value.lower():
            return list(made)
    if parameter == "Action" and value.lower() == "notconfigured":
        raise failure("invalid", cmdlet)
    raise not_a_value(cmdlet, parameter, value)


def _profiles(parameter: str, values: list[str], cmdlet: str) -> list[Token]:
    """In Windows' order; Any writes nothing, all three by name are written by name (captures hold
    both).
    """
    names = {name.strip().lower() for value in values for name in value.split(",")}
    unknown = names - {"any", *(name.lower() for name in PROFILES)}
    if unknown:
        raise not_a_value(cmdlet, parameter, ", ".join(values))
    return [("Profile", name) for name in PROFILES if name.lower() in names]


def _protocol(_parameter: str, values: list[str], cmdlet: str) -> list[Token]:
    value = values[0].lower()
    if value == "any":
        return []
    number = PROTOCOLS.get(value, value)
    if not re.fullmatch("[0-9]{1,3}", number) or int(number) > 255:
        raise failure("invalid", cmdlet)
    return [("Protocol", str(int(number)))]


def _ports(parameter: str, values: list[str], cmdlet: str) -> list[Token]:
    """One token a port, ranges in the 2_10 token behind the single ports (captures); a list
    replaces the list.
    """
    if _is_any(values, "invalid_port", cmdlet):
        return []
    single, ranges = ("LPort", "LPort2_10") if parameter == "LocalPort" else ("RPort", "RPort2_10")
    made: list[Token] = []
    for value in values:
        keyword = PORT_KEYWORDS[parameter].get(value.lower())
        if keyword:
            made.append(keyword)
            continue
        first, last = _range(value, cmdlet)
        made.append((single, str(first)) if first == last else (ranges, f"{first}-{last}"))
    return sorted(made, key=lambda token: token[0])


def _range(value: str, cmdlet: str) -> tuple[int, int]:
    found = re.fullmatch("([0-9]{1,5})(?:-([0-9]{1,5}))?", value)
    if not found:
        raise failure("invalid_port", cmdlet)
    first, last = int(found[1]), int(found[2] or found[1])
    if first > last or last > 65535:
        raise failure("invalid_port", cmdlet)
    return first, last


def _icmp_types(values: list[str], protocol: str, cmdlet: str) -> list[Token]:
    if _is_any(values, "invalid", cmdlet):
        return []
    name = "ICMP6" if protocol == "58" else "ICMP4"
    made = []
    for value in values:
        found = re.fullmatch(r"([0-9]{1,3})(?::([0-9]{1,3}|\*))?", value)
        if not found or any(
            int(number) > 255 for number in found.groups() if number and number != "*"
        ):
            raise failure("invalid", cmdlet)
        made.append((name, f"{int(found[1])}:{found[2] or '*'}"))
    return made


def _addresses(parameter: str, values: list[str], cmdlet: str) -> list[Token]:
    """By family; in it keywords, then hosts and ranges, then subnets, as the structures of FASP
    2.2.10 hold them (INF, captures agree).
    """
    if _is_any(values, "invalid_address", cmdlet):
        return []
    side = "LA" if parameter == "LocalAddress" else "RA"
    made: list[tuple[str, int, str]] = []
    for value in values:
        keyword = _keyword(value) if side == "RA" else []
        made += keyword or [_address(value) or _refuse(cmdlet)]
    made.sort(key=lambda entry: (entry[0][1:], entry[0], entry[1]))
    return [(side + family, text) for family, _unused, text in made]


def _refuse(cmdlet: str) -> tuple[str, int, str]:
    raise failure("invalid_address", cmdlet)


@lru_cache(maxsize=256)
def _keyword(value: str) -> list[tuple[str, int, str]]:
    """A keyword stands for both families; with 4 or 6 behind it for one (PSD)."""
    base, families = (value[:-1], value[-1:]) if value[-1:] in {"4", "6"} else (value, "46")
    suffix, spelling = ADDRESS_KEYWORDS.get(base.lower(), ("", ""))
    return [(family + suffix, 0, spelling) for family in families] if spelling else []


@lru_cache(maxsize=4096)
def _address(value: str) -> tuple[str, int, str] | None:
    """(family, place, stored text) of a host, range or subnet, None for anything else; host names
    are never resolved.
    """
    try:
        if "-" in value:
            return _address_range(*(ip_address(part) for part in value.split("-")))
        if "/" in value:
            return _subnet(value)
        return _address_range(ip_address(value), ip_address(value))
    except (ValueError, TypeError):
        return None


def _address_range(first: Address, last: Address) -> tuple[str, int, str] | None:
    """FASP 2.2.22: begin before end, and in IPv6 neither unspecified nor loopback."""
    if int(first) > int(last) or first.version != last.version or "%" in f"{first}{last}":
        return None
    if first.version == 6 and any(end.is_unspecified or end.is_loopback for end in (first, last)):
        return None
    return str(first.version), 1, str(first) if first == last else f"{first}-{last}"


def _subnet(value: str) -> tuple[str, int, str] | None:
    """IPv4 as net/mask (captures), IPv6 as net/length; a whole-length prefix is a host, a length of
    0 is refused (GPFAS 2.2.2.10).
    """
    network = ip_network(value, strict=False)
    length = value.partition("/")[2]
    if network.prefixlen == 0 or length not in {str(network.prefixlen), str(network.netmask)}:
        return None
    if network.prefixlen == network.max_prefixlen:
        return _address_range(network.network_address, network.network_address)
    if isinstance(network, IPv6Network):
        return ("6", 2, str(network)) if length.isdigit() else None
    return "4", 2, f"{network.network_address}/{network.netmask}"


def _is_any(values: list[str], kind: str, cmdlet: str) -> bool:
    """Any stands alone and clears the list; an empty list cannot be given (INF)."""
    if [value.lower() for value in values] == ["any"]:
        return True
    if not values or any(value.lower() == "any" for value in values):
        raise failure(kind, cmdlet)
    return False


def _text(parameter: str, value: str) -> list[Token]:
    name = {
        "Program": "App",
        "Service": "Svc",
        "DisplayName": "Name",
        "Description": "Desc",
        "Group": "EmbedCtxt",
    }[parameter]
    cleared = value.lower() == "any" if parameter in {"Program", "Service"} else not value
    return [] if cleared else [(name, value)]


_WRITERS: dict[str, Callable[[str, list[str], str], list[Token]]] = {
    "Profile": _profiles,
    "Protocol": _protocol,
    "LocalPort": _ports,
    "RemotePort": _ports,
    "LocalAddress": _addresses,
    "RemoteAddress": _addresses,
}
