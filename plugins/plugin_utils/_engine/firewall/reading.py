# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall worker read on a host, decoded and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..payload import malformed, unpack
from .stored import StoredRule, stored_rule
from .values import PROFILES

SCHEMA = 1
STORES = ("local", "mdm", "gpo")
# NLM_NETWORK_CATEGORY (netlistmgr.h); that MSFT_NetConnectionProfile uses the same numbers is
# reported, not documented.
_CATEGORIES = {0: "public", 1: "private", 2: "domain"}
# The private profile is called StandardProfile in the local and the MDM store ([MS-GPFAS] 2.2.3;
# exports).
_LOCAL_KEYS = {"domain": "DomainProfile", "private": "StandardProfile", "public": "PublicProfile"}
_GPO_KEYS = {"domain": "DomainProfile", "private": "PrivateProfile", "public": "PublicProfile"}
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
class FirewallReading:
    """services: status by name, None where it does not exist. variables: machine-wide environment
    by lower-case name.
    active_profiles: the profiles in use; all three where the host did not tell (profiles_known is
    False then).
    rules: every rule of every store. profile_values: store -> registry key -> value name -> number.
    """

    services: Mapping[str, str | None]
    variables: Mapping[str, str]
    active_profiles: tuple[str, ...]
    profiles_known: bool
    rules: tuple[StoredRule, ...]
    profile_values: Mapping[str, Mapping[str, Mapping[str, int]]]

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
    """Decode the worker's `reading`: base64 of gzip of JSON, schema 1.

    Raises InputError with one sentence for anything else.
    """
    data = unpack(reply, SCHEMA)
    stores = _dict(data, "stores")
    rules: list[StoredRule] = []
    profiles: dict[str, Mapping[str, Mapping[str, int]]] = {}
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
        profiles[name] = _profile_values(_dict(store, "profiles"), f"stores.{name}.profiles")
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
    )


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
        if not isinstance(values, dict) or not all(map(_is_number, values.values())):
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
