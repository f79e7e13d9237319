# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the variables of the servers to their inputs, with all mistakes at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..catalog.query import all_ports
from ..errors import InputError
from ..net.hosts import optional_port
from ..proxy.wanted import wanted_proxy
from .ends import far_ends
from .inputs import INPUTS, PREFIX, SCENARIOS, Inputs
from .playbook import OF_PLAYBOOKS

_ALL = {**INPUTS, **OF_PLAYBOOKS}
_NEAR = 0.75  # how much an unknown name must resemble an input to be called misspelt


@dataclass(frozen=True)
class Server:
    """What the inventory says of one server.

    Args:
        name: its name in the inventory.
        groups: the inventory groups that it is in.
        variables: its variables mailessentials_*, filled in, each as Ansible hands it over.
        unfilled: variables that could not be filled in, with the reason.
        referenced: variables that templates of other ones name.
        ansible_host: what Ansible connects to, None without.
    """

    name: str
    groups: frozenset[str] = frozenset()
    variables: Mapping[str, Any] = field(default_factory=dict)
    unfilled: Mapping[str, str] = field(default_factory=dict)
    referenced: frozenset[str] = frozenset()
    ansible_host: str | None = None


@dataclass(frozen=True)
class InputReading:
    """What a server's variables come to. mistakes: they stop the run. notices: they do not. given:
    the inputs that the inventory sets.
    """

    inputs: Inputs
    mistakes: tuple[InputError, ...]
    notices: tuple[InputError, ...]
    given: frozenset[str] = frozenset()


def read_inputs(server: Server) -> InputReading:
    """Every variable of a server, read or named as a mistake. Never raises."""
    values: dict[str, Any] = {}
    mistakes = [InputError(name, reason) for name, reason in server.unfilled.items()]
    for name, known in _ALL.items():
        if name not in server.variables:
            continue
        try:
            value = server.variables[name]
            if value is None:
                raise InputError(name, "is null; give a value, or remove the variable")
            read = known.read(value, name)
            if name in INPUTS:
                values[name.removeprefix(PREFIX)] = read
        except InputError as error:
            mistakes.append(error)
    inputs = Inputs(**values)
    wrong = {error.field.partition("[")[0].removeprefix(PREFIX) for error in mistakes}
    for check, names in _TOGETHER.items():
        mistakes += [] if wrong.intersection(names) else check(inputs)
    unknown = list(_unknown(server, inputs.ignored_variables))
    mistakes += [error for error, near in unknown if near]
    notices = [error for error, near in unknown if not near]
    return InputReading(inputs, tuple(mistakes), tuple(notices), frozenset(values))


def _unknown(server: Server, ignored: Iterable[str]) -> Iterator[tuple[InputError, bool]]:
    """Variables with our prefix that nobody reads, and whether each resembles an input."""
    passed = {*ignored, *server.referenced, *_ALL}
    for name in (*server.variables, *server.unfilled):
        if name in passed:
            continue
        known = [one.removeprefix(PREFIX) for one in _ALL]
        bare = name.removeprefix(PREFIX)
        of_role = [one for one in known if bare.endswith(f"_{one}")]
        near = difflib.get_close_matches(bare, known, 2, _NEAR) or of_role[:1]
        if near:
            meant = " or ".join(f"{PREFIX}{one}" for one in near)
            yield InputError(name, f"is not a known input; did you mean {meant}?"), True
        else:
            sentence = (
                "is not an input of this collection, so it is not used; if it is yours, list it in "
                "mailessentials_ignored_variables"
            )
            yield InputError(name, sentence), False


def _pairs(inputs: Inputs) -> Iterator[InputError]:
    """A proxy has a host and a port, and one for HTTPS stands beside one for HTTP."""
    for host, port in (("proxy_host", "proxy_port"), ("proxy_https_host", "proxy_https_port")):
        given = {name: bool(getattr(inputs, name)) for name in (host, port)}
        if given[host] != given[port]:
            missing, there = (port, host) if given[host] else (host, port)
            yield InputError(f"{PREFIX}{missing}", f"is missing; {PREFIX}{there} requires it")
    if inputs.proxy_https_host and not inputs.proxy_host:
        yield InputError(
            f"{PREFIX}proxy_host",
            f"is missing; {PREFIX}proxy_https_host is only for a second proxy, for HTTPS",
        )


def _remoting(inputs: Inputs) -> Iterator[InputError]:
    for port in sorted(set(inputs.remoting_ports) & all_ports("multi_server")):
        yield InputError(
            f"{PREFIX}remoting_ports",
            f"{port} is a Multi-Server port; give the remoting ports only",
        )


def _directory(inputs: Inputs) -> Iterator[InputError]:
    scenario = inputs.directory_scenario
    servers = inputs.ldap_servers or (
        scenario == "gfi_directory" and inputs.gfi_directory != "none"
    )
    if scenario != "none" and not servers:
        more = f" or {PREFIX}gfi_directory" if scenario == "gfi_directory" else ""
        yield InputError(
            f"{PREFIX}ldap_servers",
            f"is missing; {PREFIX}directory_scenario '{scenario}' requires it{more}",
        )
    if scenario == "none" and inputs.ldap_servers:
        yield InputError(
            f"{PREFIX}directory_scenario",
            f"is missing; {PREFIX}ldap_servers requires it: one of {', '.join(SCENARIOS[1:])}",
        )
    if far_ends(inputs)["gfi_directory"] and not inputs.gfi_directory_port:
        yield InputError(
            f"{PREFIX}gfi_directory_port", f"is missing; {PREFIX}gfi_directory requires it"
        )


def _reporting(inputs: Inputs) -> Iterator[InputError]:
    """No document names the port of the SQL Server, so there is none to fall back on."""
    if inputs.sql_server and not inputs.sql_port:
        yield InputError(
            f"{PREFIX}sql_port",
            f"is missing; {PREFIX}sql_server requires it, as no document of GFI names a port",
        )
    if inputs.sql_port and not inputs.sql_server:
        yield InputError(f"{PREFIX}sql_server", f"is missing; {PREFIX}sql_port requires it")


def _proxy(inputs: Inputs) -> Iterator[InputError]:
    """What proxy_info would say, of a proxy whose host and port are both there."""
    if any(_pairs(inputs)):
        return
    asked = {
        "host": inputs.proxy_host,
        "port": optional_port(inputs.proxy_port, ""),
        "https_host": inputs.proxy_https_host,
        "https_port": optional_port(inputs.proxy_https_port, ""),
        "pac_url": inputs.proxy_pac_url,
        "auto_detect": inputs.proxy_auto_detect,
    }
    if not any(asked.values()):
        return
    more = {
        "state": "present",
        "bypass": list(inputs.proxy_bypass) if inputs.proxy_host else [],
        "stores": list(inputs.proxy_stores),
    }
    try:
        wanted_proxy({**asked, **more})
    except InputError as error:
        yield InputError(f"{PREFIX}proxy_{error.field}", error.sentence)


# What only several inputs together show, where each of them is right by itself.
_PROXY = ("proxy_host", "proxy_port", "proxy_https_host", "proxy_https_port")
_TOGETHER: dict[Callable[[Inputs], Iterator[InputError]], tuple[str, ...]] = {
    _pairs: _PROXY,
    _remoting: ("remoting_ports",),
    _directory: ("directory_scenario", "ldap_servers", "gfi_directory", "gfi_directory_port"),
    _reporting: ("sql_server", "sql_port"),
    _proxy: (*_PROXY, "proxy_pac_url", "proxy_auto_detect", "proxy_bypass", "proxy_stores"),
}
