# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy settings of a simulated host: the values that Windows keeps in its registry (layouts:
tests/data/proxy), and what the worker reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .failures import RefusedError
from .host import SimulatedHost
from .observation import UnreadableError

CONNECTIONS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections"
POLICY = "SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
ENVIRONMENT = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def text(value: str) -> bytes:
    return number(len(value)) + value.encode("ascii")


def texts(hexadecimal: str) -> list[str]:
    """The texts of a value as winhttp and wininet lay it out, with what stands behind them."""
    rest, found = bytes.fromhex(hexadecimal)[12:], []
    while len(rest) >= 4:
        size = int.from_bytes(rest[:4], "little")
        found.append(rest[4 : 4 + size].decode("latin-1"))
        rest = rest[4 + size :]
    return found


def put(target: SimulatedHost, key: str, name: str, value: Any) -> None:
    """None takes the value away."""
    values = target.machine.registry.setdefault(key, {})
    values.pop(name, None)
    if value is not None:
        values[name] = value


def winhttp(target: SimulatedHost, proxy: str = "", bypass: str = "") -> None:
    """Without a proxy, direct access."""
    value = number(0x28) + number(0) + number(3 if proxy else 1) + text(proxy) + text(bypass)
    put(target, CONNECTIONS, "WinHttpSettings", {"hex": value.hex().upper()})


def wininet(
    target: SimulatedHost,
    proxy: str = "",
    bypass: str = "",
    pac_url: str = "",
    *,
    auto_detect: bool = False,
    per_user: bool = False,
) -> None:
    """The settings of all users; per_user: every user has settings of their own instead, as Windows
    has it by default.
    """
    flags = 1 | (2 if proxy else 0) | (4 if pac_url else 0) | (8 if auto_detect else 0)
    value = (
        number(0x46)
        + number(0)
        + number(flags)
        + text(proxy)
        + text(bypass)
        + text(pac_url)
        + bytes(32)
    )
    put(target, CONNECTIONS, "DefaultConnectionSettings", {"hex": value.hex().upper()})
    put(target, POLICY, "ProxySettingsPerUser", None if per_user else 0)


def environment(target: SimulatedHost, name: str, value: str = "") -> None:
    """A variable of the machine; an empty one is taken away. Its name knows no case, and the one
    that is stored stays.
    """
    stored = target.machine.registry.get(ENVIRONMENT, {})
    known = next((one for one in stored if one.upper() == name.upper()), name)
    put(target, ENVIRONMENT, known, value or None)


def observe_proxy(host: SimulatedHost) -> dict[str, Any]:
    """What the worker "proxy" reads. Raises UnreadableError."""
    connections, policy, variables = (_key(host, key) for key in (CONNECTIONS, POLICY, ENVIRONMENT))
    return {
        "schema": 1,
        "winhttp": _hexadecimal(connections.get("WinHttpSettings"), texts=2),
        "wininet": _hexadecimal(connections.get("DefaultConnectionSettings"), texts=3),
        "per_user": _number_or_kind(policy.get("ProxySettingsPerUser")),
        "environment": {name: _hidden(of_any_case(variables, name)) for name in VARIABLES},
    }


def _key(host: SimulatedHost, key: str) -> Mapping[str, Any]:
    try:
        return dict(host.unshown()["keys"].get(key) or {})
    except RefusedError as failure:
        raise UnreadableError(
            f"The registry key HKLM\\{key} cannot be read: {failure.message}"
        ) from None


def of_any_case(values: Mapping[str, Any], name: str) -> Any:
    return next((value for known, value in values.items() if known.upper() == name), None)


def _number_or_kind(value: Any) -> Any:
    return (
        value
        if value is None or isinstance(value, int)
        else {str: "String", dict: "Byte[]"}[type(value)]
    )


def _hexadecimal(value: Any, *, texts: int) -> str | None:
    if value is None:
        return None
    return (
        _known(bytes.fromhex(value["hex"]), texts).hex().upper() if isinstance(value, dict) else ""
    )


def _known(value: bytes, texts: int) -> bytes:
    """The head, and the texts with what stands in front of their last @ hidden; the head alone
    where they are not laid out so.
    """
    found, rest = value[:12], value[12:]
    for _unused in range(texts):
        length, rest = rest[:4], rest[4:]
        size = int.from_bytes(length, "little")
        if len(length) < 4 or len(rest) < size:
            return value[:12]
        found += length + str(_hidden(rest[:size].decode("latin-1"))).encode("latin-1")
        rest = rest[size:]
    return found


def _hidden(value: str | None) -> str | None:
    before, at, behind = (value or "").rpartition("@")
    return "*" * len(before) + at + behind if at else value
