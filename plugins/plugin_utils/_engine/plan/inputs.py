# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the roles: which there are, where they come from, and what is wrong with a
value, without repeating what may hold a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..catalog.query import resolve_version
from ..catalog.schema import FEATURES
from ..errors import InputError, unknown_name
from ..farm.preflight import FAIL_ON
from ..firewall.rule import PROFILES
from ..net import addresses
from ..net.hosts import HIDDEN, check_host, check_port, optional_port
from ..ports.holders import read_owners
from ..ports.wanted import given_wants
from ..proxy.wanted import STORES, wanted_proxy
from .policy import refuse_everybody

Check = Callable[[Any, str], object]
_SCENARIOS = (
    "none",
    "remote_ad",
    "gfi_directory",
    "exchange_without_ad",
    "lotus_domino",
    "other_smtp",
)


@dataclass(frozen=True)
class Input:
    """One variable of a role. source: the collection-wide variable that it comes from, "" for none.
    check: raises InputError for a bad value.
    """

    variable: str
    source: str
    check: Check


def check_inputs(role: str, values: Mapping[str, Any], sources: Mapping[str, Any]) -> None:
    """Check what a role was given.

    values: the role's variables, filled in. sources: the collection-wide variables that are set,
    filled in. Raises InputError with a sentence for each mistake; each begins with the variable
    that the user wrote.
    """
    mistakes = []
    for entry in INPUTS[role]:
        name = entry.variable
        if entry.source in sources and (
            name not in values or _same(values[name], sources[entry.source])
        ):
            name = entry.source
        value = sources[name] if name == entry.source else values.get(name, _MISSING)
        try:
            if value is None:
                raise InputError(name, "is null; give a value or leave the variable out")
            if value is not _MISSING:
                entry.check(value, name)
        except InputError as error:
            mistakes.append(error)
    if not mistakes and all(entry.variable in values for entry in INPUTS[role]):
        mistakes += _together(role, values, sources)
    if mistakes:
        raise InputError("", "; ".join(dict.fromkeys(str(error) for error in mistakes)))


def as_list(value: Any) -> list[Any]:
    """A list as it may come: a list, comma text, or one value."""
    if isinstance(value, str):
        return [entry.strip() for entry in value.split(",") if entry.strip()]
    return list(value) if isinstance(value, (list, tuple)) else [value]


_MISSING = object()


def _same(value: Any, source: Any) -> bool:
    """Whether the role's variable has its value from the collection-wide one; ansible-core before
    2.19 makes texts of numbers and of null.
    """
    return value == source or str(value) == str(source) or (source is None and value in (None, ""))


def _together(
    role: str, values: Mapping[str, Any], sources: Mapping[str, Any]
) -> Iterator[InputError]:
    """What only several variables together show."""
    names = {
        entry.variable: entry.source if entry.source in sources else entry.variable
        for entry in INPUTS[role]
    }
    shared = {entry.variable: entry.source for entry in INPUTS[role]}
    for host, port in (
        (f"{role}_proxy_host", f"{role}_proxy_port"),
        (f"{role}_proxy_https_host", f"{role}_proxy_https_port"),
    ):
        if host in names and bool(values[host]) != bool(optional_port(values[port], port)):
            missing, there = (port, host) if values[host] else (host, port)
            yield InputError(
                shared[missing] if names[there] == shared[there] else missing,
                f"is missing; {names[there]} needs it",
            )
    https = f"{role}_proxy_https_host"
    if https in names and values[https] and not values[f"{role}_proxy_host"]:
        yield InputError(
            names[f"{role}_proxy_host"],
            f"is missing; {names[https]} names another proxy for HTTPS, beside the one for HTTP",
        )
    if role == "firewall":
        yield from _directory(values, names)
    if role == "proxy" and values["proxy_state"] == "present":
        yield from _proxy(values, names)


def _directory(values: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[InputError]:
    scenario = values["firewall_directory_scenario"]
    servers = values["firewall_ldap_servers"] or (
        scenario == "gfi_directory" and values["firewall_gfi_directory_host"]
    )
    if scenario != "none" and not servers:
        yield InputError(
            names["firewall_ldap_servers"],
            f"is missing; {names['firewall_directory_scenario']} '{scenario}' needs it",
        )
    if scenario == "none" and servers:
        yield InputError(
            names["firewall_directory_scenario"],
            f"is missing; {names['firewall_ldap_servers']} needs it, "
            f"one of {', '.join(_SCENARIOS[1:])}",
        )


def _proxy(values: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[InputError]:
    """What proxy_info would say, before any host is called."""
    asked = {name: values[f"proxy_{name}"] for name in ("host", "https_host", "pac_url")}
    asked.update(
        {
            name: optional_port(values[f"proxy_{name}"], f"proxy_{name}")
            for name in ("port", "https_port")
        }
    )
    asked["auto_detect"] = _is_on(values["proxy_auto_detect"])
    bypass = as_list(values["proxy_bypass"])
    if not any(asked.values()):
        return
    try:
        wanted_proxy(
            {
                **asked,
                "state": "present",
                "bypass": bypass if values["proxy_host"] else [],
                "stores": as_list(values["proxy_stores"]),
            }
        )
    except InputError as error:
        field, bracket, rest = error.field.partition("[")
        yield InputError(f"{names.get(f'proxy_{field}', field)}{bracket}{rest}", error.sentence)


def _version(value: Any, name: str) -> None:
    try:
        resolve_version(value)
    except InputError as error:
        raise InputError(name, error.sentence) from None


def _host(value: Any, name: str) -> None:
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


def _hosts(value: Any, name: str, *, networks: bool = True) -> None:
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
            _host(entry, where)


def _networks(value: Any, name: str) -> None:
    """Hosts and networks that are not everybody."""
    _hosts(value, name)
    refuse_everybody([entry.strip() for entry in as_list(value)], name)


def _port(value: Any, name: str) -> None:
    optional_port(value, name)


def _ports(value: Any, name: str) -> None:
    for index, entry in enumerate(as_list(value)):
        check_port(entry, f"{name}[{index}]", shown=False)


def _choice(*choices: str) -> Check:
    def check(value: Any, name: str) -> None:
        if value not in choices:
            raise unknown_name(name, "value", str(value)[:60], choices)

    return check


def _choices(*choices: str) -> Check:
    def check(value: Any, name: str) -> None:
        for index, entry in enumerate(as_list(value)):
            if str(entry).lower() not in choices:
                raise unknown_name(f"{name}[{index}]", "value", str(entry)[:60], choices)

    return check


def _some_choices(*choices: str) -> Check:
    def check(value: Any, name: str) -> None:
        if not as_list(value):
            raise InputError(name, f"is empty; name {', '.join(choices)}")
        _choices(*choices)(value, name)

    return check


def _is_on(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "on", "1")


def _flag(value: Any, name: str) -> None:
    if not _is_on(value) and str(value).lower() not in ("false", "no", "off", "0"):
        raise InputError(name, "is neither true nor false")


def _seconds(lowest: int, highest: int) -> Check:
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


def _texts(value: Any, name: str) -> None:
    for index, entry in enumerate(as_list(value)):
        if not isinstance(entry, str) or not entry.strip():
            raise InputError(f"{name}[{index}]", "must be a string that is not empty")
        if "@" in entry:
            raise InputError(
                f"{name}[{index}]",
                "holds an @, as before a host only a user name or password does; "
                "give the name alone",
            )


def _text(value: Any, name: str) -> None:
    """A text that wanted_proxy() checks with the others."""
    if not isinstance(value, str):
        raise InputError(name, f"must be a string ({HIDDEN})")


def _name(value: Any, name: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise InputError(name, "must be the name of an inventory group")


def _wants(value: Any, name: str) -> None:
    if as_list(value):
        given_wants(as_list(value), name)


def _owners(value: Any, name: str) -> None:
    read_owners(as_list(value), name)


def _serial(value: Any, name: str) -> None:
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


_STATE, _EFFECT = _choice("present", "absent"), _choice("fail", "warn")
_PROFILES = _some_choices("any", *PROFILES)
_GROUPS = ("group", "master_group", "slaves_group")
_FEATURES = tuple(name for name in FEATURES if name != "core")


def _inputs(
    role: str,
    shared: Mapping[str, Check],
    own: Mapping[str, Check],
    renamed: Mapping[str, str] | None = None,
) -> tuple[Input, ...]:
    """shared: inputs with a collection-wide variable. renamed: those of them whose collection-wide
    name is another one.
    """
    named = {name: f"mailessentials_{(renamed or {}).get(name, name)}" for name in shared}
    return tuple(
        Input(f"{role}_{name}", named.get(name, ""), check)
        for name, check in {**shared, **own}.items()
    )


_PROXY: dict[str, Check] = {"proxy_host": _host, "proxy_port": _port}
_PROXIES: dict[str, Check] = {**_PROXY, "proxy_https_host": _host, "proxy_https_port": _port}
_GFI_DIRECTORY: dict[str, Check] = {"gfi_directory_host": _host, "gfi_directory_port": _port}
_FARM: dict[str, Check] = {"version": _version, **dict.fromkeys(_GROUPS, _name)}
INPUTS: dict[str, tuple[Input, ...]] = {
    "firewall": _inputs(
        "firewall",
        {
            "version": _version, "dns_servers": _hosts, **_PROXIES,
            "directory_scenario": _choice(*_SCENARIOS), "ldap_servers": _hosts, **_GFI_DIRECTORY,
            "ftp": _flag, "web_ui_networks": _networks, "web_ui_ports": _ports,
            "remoting_ports": _ports, "profiles": _PROFILES,
        },
        {"state": _STATE, "on_no_effect": _EFFECT},
        {"profiles": "firewall_profiles"},
    ),
    "multi_server": _inputs(
        "multi_server",
        {**_FARM, "join_ports": _ports, "remoting_ports": _ports, "profiles": _PROFILES},
        {"state": _STATE, "on_no_effect": _EFFECT},
        {"profiles": "firewall_profiles"},
    ),
    "preflight": _inputs(
        "preflight",
        {**_FARM, "remoting_ports": _ports},
        {
            "features": _choices(*_FEATURES), "ports": _wants, "extra_owners": _owners,
            "clock_tolerance": _seconds(1, 10**8),
            "fail_on": _choices(*FAIL_ON), "reserve_ports": _flag, "reserve_state": _STATE,
        },
    ),
    "proxy": _inputs(
        "proxy",
        {**_FARM, "host": _host, "port": _port, "https_host": _host, "https_port": _port},
        {
            "pac_url": _text, "auto_detect": _flag, "bypass": _texts, "domains": _texts,
            "stores": _some_choices(*STORES), "state": _STATE,
        },
        {name: f"proxy_{name}" for name in ("host", "port", "https_host", "https_port")},
    ),
    "verify": _inputs(
        "verify",
        {**_FARM, "join_ports": _ports, **_PROXY, "ldap_servers": _hosts, **_GFI_DIRECTORY,
        "ftp": _flag, "on_failure": _EFFECT},
        {"skip_hosts": _texts, "extra_owners": _owners, "clock_tolerance": _seconds(1, 10**8),
        "timeout": _seconds(1, 60)},
        {"on_failure": "verify_on_failure"},
    ),
    "site": (Input("mailessentials_serial", "", _serial),),
}  # fmt: skip
