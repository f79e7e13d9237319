# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall worker read on a host, decoded and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..payload import malformed, unpack
from .stored import StoredRule, stored_rule
from .values import PROFILES

SCHEMAS = (1, 2)
# Without them no rule is stored or enforced.
SERVICES = {"mpssvc": "Windows Defender Firewall", "BFE": "Base Filtering Engine"}
_FINGERPRINT = re.compile("[0-9a-f]{64}")
STORES = ("local", "mdm", "gpo")
# NLM_NETWORK_CATEGORY (netlistmgr.h); that MSFT_NetConnectionProfile uses the same numbers is
# reported, not documented.
_CATEGORIES = {0: "public", 1: "private", 2: "domain"}
# The private profile is called StandardProfile in the local and the MDM store ([MS-GPFAS] 2.2.3;
# exports).
_LOCAL_KEYS = {"domain": "DomainProfile", "private": "StandardProfile", "public": "PublicProfile"}
_GPO_KEYS = {"domain": "DomainProfile", "private": "PrivateProfile", "public": "PublicProfile"}
_SWITCH = frozenset({0, 1})
# Effective value where nothing is configured: [MS-FASP] <13>.
# Values that must not be there under StandardProfile of a group policy ([MS-GPFAS] 2.2.3.13 to
# 2.2.3.17).
MISPLACED = (
    "AllowLocalPolicyMerge",
    "AllowLocalIPsecPolicyMerge",
    "DisabledInterfaces",
    "DefaultOutboundAction",
    "DefaultInboundAction",
)
_DEFAULTS = {
    "EnableFirewall": 1,
    "DefaultInboundAction": 1,
    "DefaultOutboundAction": 0,
    "DoNotAllowExceptions": 0,
    "AllowLocalPolicyMerge": 1,
}


@dataclass(frozen=True)
class Connection:
    """A network in use. alias: the name of its interface. category: the number that Windows gives,
    as in network_categories.
    """

    index: int
    alias: str
    category: int


@dataclass(frozen=True)
class Interface:
    """A network interface, as NetworkInterface of .NET shows it. id: its GUID. type: the name of
    its NetworkInterfaceType. addresses: with the lengths of their prefixes. dns, dhcp, gateways:
    addresses of servers.
    """

    id: str
    name: str
    type: str
    addresses: tuple[tuple[str, int], ...]
    dns: tuple[str, ...]
    dhcp: tuple[str, ...]
    gateways: tuple[str, ...]


@dataclass(frozen=True)
class ExceptionList:
    """A list of exceptions from before Windows Vista. profile: its registry key. kind:
    AuthorizedApplications or GloballyOpenPorts.
    user_merge: AllowUserPrefMerge as {name: number}, empty where it is not set; None: not known.
    entries: names and texts; None: not known.
    """

    store: str
    profile: str
    kind: str
    user_merge: Mapping[str, int] | None
    entries: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True)
class FirewallReading:
    """services: status by name, None where it does not exist. variables: machine-wide environment
    by lower-case name.
    active_profiles: the profiles in use; all three where the host did not tell (profiles_known is
    False then).
    rules: every rule of every store. profile_values: store -> registry key -> value name -> number.
    What follows is None where it is not known, as in a reading of schema 1.
    disabled_interfaces: store -> registry key -> the text of DisabledInterfaces.
    policy_values: numbers of the group policy's own key. exceptions: the lists that exist.
    connections, interfaces: the networks in use, and all interfaces. windows: "10.0.20348".
    fingerprint: of what the worker compares before it writes; "" where the reading has none.
    """

    services: Mapping[str, str | None]
    variables: Mapping[str, str]
    active_profiles: tuple[str, ...]
    profiles_known: bool
    rules: tuple[StoredRule, ...]
    profile_values: Mapping[str, Mapping[str, Mapping[str, int]]]
    disabled_interfaces: Mapping[str, Mapping[str, str]] | None = None
    policy_values: Mapping[str, int] | None = None
    exceptions: tuple[ExceptionList, ...] | None = None
    connections: tuple[Connection, ...] | None = None
    interfaces: tuple[Interface, ...] | None = None
    windows: str | None = None
    fingerprint: str = ""

    def policy(self, profile: str, name: str) -> tuple[int, str]:
        """The effective value of one profile setting and where it comes from (gpo, mdm, local or
        default).

        Group policy wins over the rest where it is configured; shields-up is on if any store has
        it; whether local rules merge is never a local setting ([MS-FASP] 2.2.38). Inferred: MDM
        before local, and that local rules merge only if neither GPO nor MDM says no (see
        is_contested()).
        """
        found = [(store, self._value(store, profile, name)) for store in ("gpo", "mdm", "local")]
        if name == "AllowLocalPolicyMerge":
            found = sorted(found[:2], key=lambda entry: entry[1] != 0)
        if name == "DoNotAllowExceptions":
            found.sort(key=lambda entry: entry[1] != 1)
        for store, value in found:
            if value is not None:
                return value, store
        return _DEFAULTS[name], "default"

    def is_contested(self, profile: str, name: str) -> bool:
        """Whether group policy and device management say different things: [MS-FASP] knows no MDM
        store, so which one wins is inferred.
        """
        return len({self._value(store, profile, name) for store in ("gpo", "mdm")} - {None}) > 1

    def possible(self, profile: str, name: str) -> frozenset[int]:
        """The values that one profile setting may have: more than one where the documents do not
        settle it. Shields up on in the local store is on, whatever the others say ([MS-FASP]
        2.2.38). A value that is neither 0 nor 1 is not described and may be either.
        """
        found = {self.policy(profile, name)[0]}
        shielded = name == "DoNotAllowExceptions" and self._value("local", profile, name) == 1
        if not shielded and self.is_contested(profile, name):
            found.update(self._value(store, profile, name) or 0 for store in ("gpo", "mdm"))
        if profile != "domain" and name in self.misplaced():
            found.add(self.misplaced()[name])
        return frozenset(found) if found <= _SWITCH else _SWITCH

    def configured(self, store: str, profile: str, name: str) -> int | None:
        """What one store says of a profile setting; None where it says nothing."""
        return self._value(store, profile, name)

    def disabled(self, profile: str) -> list[str]:
        """The texts of DisabledInterfaces that may count in a profile: that of group policy, else
        the others ([MS-FASP] 2.2.38); one under StandardProfile of a group policy may not.
        """
        texts = self.disabled_interfaces or {}
        gpo = texts.get("gpo", {})
        first = gpo.get(_GPO_KEYS[profile])
        if first is not None:
            return [first]
        others = [
            gpo.get("StandardProfile", "") if profile != "domain" else "",
            *(texts.get(store, {}).get(_LOCAL_KEYS[profile], "") for store in ("mdm", "local")),
        ]
        return [text for text in others if text]

    def misplaced(self) -> dict[str, int]:
        """What group policy sets under StandardProfile and must not: name -> number. What Windows
        does with it is documented nowhere, so it does not count.
        """
        values = (
            self.profile_values["gpo"].get("StandardProfile", {})
            if self._standard_profile_counts()
            else {}
        )
        return {name: values[name] for name in MISPLACED if name in values}

    def _standard_profile_counts(self) -> bool:
        """StandardProfile of a group policy stands for private and public where neither has a key
        of its own ([MS-GPFAS] 2.2.3).
        """
        keys = self.profile_values["gpo"]
        return "PrivateProfile" not in keys and "PublicProfile" not in keys

    def _value(self, store: str, profile: str, name: str) -> int | None:
        keys = self.profile_values[store]
        if store != "gpo":
            return keys.get(_LOCAL_KEYS[profile], {}).get(name)
        if profile != "domain" and self._standard_profile_counts():
            return None if name in MISPLACED else keys.get("StandardProfile", {}).get(name)
        return keys.get(_GPO_KEYS[profile], {}).get(name)


def decode(reply: Any) -> FirewallReading:
    """Decode the worker's `reading`: base64 of gzip of JSON, schema 1 or 2.

    Raises InputError with one sentence for anything else.
    """
    data = unpack(reply, *SCHEMAS)
    stores = _dict(data, "stores")
    rules: list[StoredRule] = []
    profiles: dict[str, Mapping[str, Mapping[str, int]]] = {}
    disabled: dict[str, Mapping[str, str]] = {}
    exceptions: list[ExceptionList] = []
    newer = data["schema"] > 1
    for name in STORES:
        store = _dict(stores, name)
        pairs = store.get("rules")
        if not isinstance(pairs, list):
            raise malformed(f"stores.{name}.rules")
        for pair in pairs:
            if not (
                isinstance(pair, list)
                and len(pair) == 2
                and all(isinstance(text, str) for text in pair)
            ):
                raise malformed(f"stores.{name}.rules")
            rules.append(stored_rule(name, pair[0], pair[1]))
        keys = _dict(store, "profiles")
        if newer:
            disabled[name], keys = _disabled_interfaces(keys, f"stores.{name}.profiles")
            exceptions += _exceptions(name, store)
        profiles[name] = _profile_values(keys, f"stores.{name}.profiles")
    known = _active(data.get("network_categories"))
    services = _dict(data, "services")
    if not all(isinstance(status, (str, type(None))) for status in services.values()):
        raise malformed("services")
    return FirewallReading(
        services=services,
        variables={str(key).lower(): str(value) for key, value in _dict(data, "variables").items()},
        active_profiles=known or tuple(PROFILES),
        profiles_known=bool(known),
        rules=tuple(rules),
        profile_values=profiles,
        disabled_interfaces=disabled if newer else None,
        exceptions=tuple(exceptions) if newer else None,
        **(_more(data) if newer else {}),
    )


def _more(data: dict[str, Any]) -> dict[str, Any]:
    """What schema 2 has beside the stores; the worker writes null for what it could not read."""
    policy, windows = data.get("policy"), data.get("windows")
    if policy is not None and not _are_numbers(policy):
        raise malformed("policy")
    if not isinstance(windows, (str, type(None))):
        raise malformed("windows")
    fingerprint = data.get("fingerprint")
    if not _is_fingerprint(fingerprint):
        raise malformed("fingerprint")
    rows, interfaces = data.get("connections"), data.get("interfaces")
    return {
        "policy_values": policy,
        "windows": windows,
        "fingerprint": fingerprint,
        "connections": None
        if rows is None
        else tuple(Connection(*row) for row in _rows(rows, (int, str, int), "connections")),
        "interfaces": None if interfaces is None else _interfaces(interfaces),
    }


def _interfaces(entries: Any) -> tuple[Interface, ...]:
    if not isinstance(entries, list):
        raise malformed("interfaces")
    found = []
    for number, entry in enumerate(entries):
        path = f"interfaces[{number}]"
        if not isinstance(entry, dict):
            raise malformed(path)
        names = [entry.get(key) for key in ("id", "name", "type")]
        if not _are_texts(names):
            raise malformed(path)
        addresses = _rows(entry.get("addresses"), (str, int), f"{path}.addresses")
        found.append(
            Interface(
                id=entry["id"],
                name=entry["name"],
                type=entry["type"],
                addresses=tuple((address, length) for address, length in addresses),
                dns=_servers(entry.get("dns"), path),
                dhcp=_servers(entry.get("dhcp"), path),
                gateways=_servers(entry.get("gateways"), path),
            )
        )
    return tuple(found)


def _servers(addresses: Any, path: str) -> tuple[str, ...]:
    if not _are_texts(addresses):
        raise malformed(path)
    return tuple(addresses)


def _disabled_interfaces(keys: dict[str, Any], path: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The texts of DisabledInterfaces by registry key, and the keys without them."""
    texts: dict[str, str] = {}
    rest: dict[str, Any] = {}
    for key, values in keys.items():
        if not isinstance(values, dict):
            raise malformed(path)
        text = values.get("DisabledInterfaces")
        if isinstance(text, str):
            texts[key] = text
            values = {name: value for name, value in values.items() if name != "DisabledInterfaces"}
        rest[key] = values
    return texts, rest


def _exceptions(store: str, data: dict[str, Any]) -> list[ExceptionList]:
    path = f"stores.{store}.exceptions"
    rows = data.get("exceptions")
    if not isinstance(rows, list):
        raise malformed(path)
    found = []
    for row in rows:
        if not isinstance(row, list) or len(row) != 4 or not _are_texts(row[:2]):
            raise malformed(path)
        profile, kind, merge, entries = row
        if merge is not None and not _are_numbers(merge):
            raise malformed(path)
        pairs = None
        if entries is not None:
            pairs = tuple((name, text) for name, text in _rows(entries, (str, str), path))
        found.append(ExceptionList(store, profile, kind, merge, pairs))
    return found


def _rows(rows: Any, types: tuple[type, ...], path: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(
        isinstance(row, list) and list(map(type, row)) == list(types) for row in rows
    ):
        raise malformed(path)
    return rows


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _are_numbers(values: Any) -> bool:
    return isinstance(values, dict) and all(map(_is_number, values.values()))


def _is_fingerprint(value: Any) -> bool:
    return isinstance(value, str) and bool(_FINGERPRINT.fullmatch(value))


def _active(categories: Any) -> tuple[str, ...]:
    """Profiles in use, () where the host did not tell or told something new."""
    if not isinstance(categories, list) or not all(
        _is_number(number) and number in _CATEGORIES for number in categories
    ):
        return ()
    return tuple(
        profile for profile in PROFILES if profile in {_CATEGORIES[number] for number in categories}
    )


def _profile_values(keys: dict[str, Any], path: str) -> dict[str, dict[str, int]]:
    for values in keys.values():
        if not _are_numbers(values):
            raise malformed(path)
    return keys


def _is_number(value: Any) -> bool:
    """True is no number here."""
    return isinstance(value, int) and not isinstance(value, bool)


def _dict(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    if not isinstance(value, dict):
        raise malformed(key)
    return value
