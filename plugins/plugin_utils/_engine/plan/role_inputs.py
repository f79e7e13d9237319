# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the roles: which there are, where they come from, and what is wrong with a
value, without repeating what may hold a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..catalog.schema import FEATURES
from ..errors import InputError
from ..farm.preflight import FAIL_ON
from ..firewall.values import PROFILES
from ..net.hosts import optional_port
from ..proxy.wanted import STORES, wanted_proxy
from . import checks
from .checks import Check
from .inputs import SCENARIOS


@dataclass(frozen=True)
class RoleInput:
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
            f"one of {', '.join(SCENARIOS[1:])}",
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
    asked["auto_detect"] = checks.is_on(values["proxy_auto_detect"])
    bypass = checks.as_list(values["proxy_bypass"])
    if not any(asked.values()):
        return
    try:
        wanted_proxy(
            {
                **asked,
                "state": "present",
                "bypass": bypass if values["proxy_host"] else [],
                "stores": checks.as_list(values["proxy_stores"]),
            }
        )
    except InputError as error:
        field, bracket, rest = error.field.partition("[")
        yield InputError(f"{names.get(f'proxy_{field}', field)}{bracket}{rest}", error.sentence)


_STATE, _EFFECT = checks.choice("present", "absent"), checks.choice("fail", "warn")
_PROFILES = checks.some_choices("any", *PROFILES)
_GROUPS = ("group", "master_group", "slaves_group")
_FEATURES = tuple(name for name in FEATURES if name != "core")


def _inputs(
    role: str,
    shared: Mapping[str, Check],
    own: Mapping[str, Check],
    renamed: Mapping[str, str] | None = None,
) -> tuple[RoleInput, ...]:
    """shared: inputs with a collection-wide variable. renamed: those of them whose collection-wide
    name is another one.
    """
    named = {name: f"mailessentials_{(renamed or {}).get(name, name)}" for name in shared}
    return tuple(
        RoleInput(f"{role}_{name}", named.get(name, ""), check)
        for name, check in {**shared, **own}.items()
    )


_PROXY: dict[str, Check] = {"proxy_host": checks.host, "proxy_port": checks.port}
_PROXIES: dict[str, Check] = {
    **_PROXY,
    "proxy_https_host": checks.host,
    "proxy_https_port": checks.port,
}
_GFI_DIRECTORY: dict[str, Check] = {
    "gfi_directory_host": checks.host,
    "gfi_directory_port": checks.port,
}
_FARM: dict[str, Check] = {"version": checks.version, **dict.fromkeys(_GROUPS, checks.group_name)}
INPUTS: dict[str, tuple[RoleInput, ...]] = {
    "firewall": _inputs(
        "firewall",
        {
            "version": checks.version,
            "dns_servers": checks.hosts,
            **_PROXIES,
            "directory_scenario": checks.choice(*SCENARIOS),
            "ldap_servers": checks.hosts,
            **_GFI_DIRECTORY,
            "ftp": checks.flag,
            "web_ui_networks": checks.networks,
            "web_ui_ports": checks.ports,
            "remoting_ports": checks.ports,
            "profiles": _PROFILES,
        },
        {"state": _STATE, "on_no_effect": _EFFECT},
        {"profiles": "firewall_profiles"},
    ),
    "multi_server": _inputs(
        "multi_server",
        {
            **_FARM,
            "join_ports": checks.ports,
            "remoting_ports": checks.ports,
            "profiles": _PROFILES,
        },
        {"state": _STATE, "on_no_effect": _EFFECT},
        {"profiles": "firewall_profiles"},
    ),
    "preflight": _inputs(
        "preflight",
        {**_FARM, "remoting_ports": checks.ports},
        {
            "features": checks.choices(*_FEATURES),
            "ports": checks.wants,
            "extra_owners": checks.owners,
            "clock_tolerance": checks.seconds(1, 10**8),
            "fail_on": checks.choices(*FAIL_ON),
            "reserve_ports": checks.flag,
            "reserve_state": _STATE,
        },
    ),
    "proxy": _inputs(
        "proxy",
        {
            **_FARM,
            "host": checks.host,
            "port": checks.port,
            "https_host": checks.host,
            "https_port": checks.port,
        },
        {
            "pac_url": checks.text,
            "auto_detect": checks.flag,
            "bypass": checks.texts,
            "domains": checks.texts,
            "stores": checks.some_choices(*STORES),
            "state": _STATE,
        },
        {name: f"proxy_{name}" for name in ("host", "port", "https_host", "https_port")},
    ),
    "verify": _inputs(
        "verify",
        {
            **_FARM,
            "join_ports": checks.ports,
            **_PROXY,
            "ldap_servers": checks.hosts,
            **_GFI_DIRECTORY,
            "ftp": checks.flag,
            "on_failure": _EFFECT,
        },
        {
            "skip_hosts": checks.texts,
            "extra_owners": checks.owners,
            "clock_tolerance": checks.seconds(1, 10**8),
            "timeout": checks.seconds(1, 60),
        },
        {"on_failure": "verify_on_failure"},
    ),
    "site": (RoleInput("mailessentials_serial", "", checks.serial),),
}
