# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes and checks the machine-wide proxy settings that the worker read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..payload import malformed, unpack
from ..worker import Worker

SCHEMA = 1
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
# Versions seen at the beginning of the values (tests/data/proxy); Microsoft documents neither
# layout.
_WINHTTP_VERSIONS, _WININET_VERSIONS = (0x18, 0x28), (0x3C, 0x46)
_ALWAYS, _MANUAL, _PAC, _AUTO_DETECT = 1, 2, 4, 8
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})*")


@dataclass(frozen=True)
class ProxySettings:
    """proxies: scheme or "all" -> "host:port", in lower case. bypass: in lower case, without order.

    All empty means direct access. credentials: a user name or password stands in it (masked by the
    worker).
    stored: False where nothing is stored, and what Windows does then is not known.
    """

    proxies: Mapping[str, str] = field(default_factory=dict)
    bypass: frozenset[str] = frozenset()
    pac_url: str = ""
    auto_detect: bool = False
    credentials: bool = False
    stored: bool = True

    @property
    def direct(self) -> bool:
        return self.stored and not (self.proxies or self.pac_url or self.auto_detect)

    def to_dict(self) -> dict[str, Any]:
        """As proxy_info returns it."""
        return {
            "direct": self.direct,
            "proxies": dict(self.proxies),
            "bypass": sorted(self.bypass),
            "pac_url": self.pac_url,
            "auto_detect": self.auto_detect,
            "credentials": self.credentials,
        }


@dataclass(frozen=True)
class ProxyReading:
    """winhttp, wininet: None where they are not understood. machine_wide: whether the settings of
    WinINet hold for all users.
    policy_kind: .NET's name for the type of the policy ProxySettingsPerUser where it is no number,
    else "".
    environment: the machine's variables, "" where not set.
    """

    winhttp: ProxySettings | None
    wininet: ProxySettings | None
    machine_wide: bool
    environment: Mapping[str, str]
    policy_kind: str = ""


class ProxyWorker(Worker):
    """The worker that reads proxy settings."""

    MODULE = "mailops.mailessentials.proxy_worker"
    NAME = "proxy"
    KEYS = {}
    IDENTITY = ()
    PART = "proxy"

    def read(self) -> ProxyReading:
        """The host as it is."""
        return decode_proxy(self._ask({}))


def decode_proxy(reply: Any) -> ProxyReading:
    """The worker's reading. Raises InputError for one that is not as agreed."""
    reading = unpack(reply, SCHEMA)
    per_user, environment = reading.get("per_user"), reading.get("environment")
    if isinstance(per_user, bool) or not isinstance(per_user, (int, str, type(None))):
        raise malformed("per_user")
    if not isinstance(environment, Mapping) or not all(
        environment.get(name) is None or isinstance(environment[name], str) for name in VARIABLES
    ):
        raise malformed("environment")
    return ProxyReading(
        winhttp=decode_winhttp(_bytes(reading, "winhttp")),
        wininet=decode_wininet(_bytes(reading, "wininet")),
        machine_wide=per_user == 0,
        environment={name: environment.get(name) or "" for name in VARIABLES},
        policy_kind=per_user if isinstance(per_user, str) else "",
    )


def decode_winhttp(value: bytes | None) -> ProxySettings | None:
    """The value WinHttpSettings: version, counter, flags, proxy, bypass; None where that is not
    what it holds. No value is direct access.
    """
    if value is None:
        return ProxySettings()
    found = _layout(value, _WINHTTP_VERSIONS, texts=2)
    if found is None or found[0] not in (_ALWAYS, _ALWAYS | _MANUAL):
        return None
    flags, (proxy, bypass) = found
    return _settings(proxy, bypass) if flags & _MANUAL else ProxySettings()


def decode_wininet(value: bytes | None) -> ProxySettings | None:
    """The value DefaultConnectionSettings: version, counter, flags, proxy, bypass, PAC address, and
    bytes that say how detection went.

    None where that is not what it holds. What is there and switched off counts as not there. A PAC
    file that is switched on and has no address has been seen in a published value, so that is not
    understood. No value is not direct access: Windows may look for a proxy then.
    """
    if value is None:
        return ProxySettings(stored=False)
    found = _layout(value, _WININET_VERSIONS, texts=3)
    if (
        found is None
        or not found[0] & _ALWAYS
        or found[0] > _ALWAYS | _MANUAL | _PAC | _AUTO_DETECT
    ):
        return None
    flags, (proxy, bypass, pac_url) = found
    manual = _settings(proxy, bypass) if flags & _MANUAL else ProxySettings()
    if manual is None or (flags & _PAC and not pac_url):
        return None
    used = pac_url if flags & _PAC else ""
    return ProxySettings(
        manual.proxies,
        manual.bypass,
        used,
        bool(flags & _AUTO_DETECT),
        manual.credentials or "@" in used,
    )


def split_bypass(text: str) -> frozenset[str]:
    """Entries are separated by semicolons or white space (Microsoft Learn, WINHTTP_PROXY_INFO)."""
    return frozenset(entry for entry in re.split(r"[;\s]+", text.lower()) if entry)


def _settings(proxy: str, bypass: str) -> ProxySettings | None:
    proxies = dict(_proxies(proxy))
    return (
        ProxySettings(proxies, split_bypass(bypass), credentials="@" in proxy) if proxies else None
    )


def _proxies(text: str) -> Iterator[tuple[str, str]]:
    """[scheme=][scheme://]server[:port], separated by semicolons or white space (Microsoft Learn,
    WINHTTP_PROXY_INFO).
    """
    for entry in re.split(r"[;\s]+", text.lower()):
        scheme, equals, server = entry.rpartition("=")
        if entry:
            yield (scheme if equals else "all", server.rpartition("://")[2].rstrip("/"))


def _bytes(reading: Mapping[str, Any], name: str) -> bytes | None:
    value = reading.get(name, "")
    if value is not None and not (isinstance(value, str) and _HEXADECIMAL.fullmatch(value)):
        raise malformed(name)
    return None if value is None else bytes.fromhex(value)


def _layout(value: bytes, versions: tuple[int, ...], *, texts: int) -> tuple[int, list[str]] | None:
    """Flags and texts, each text after its length; all numbers have four bytes, the lowest
    first.
    """
    numbers = [int.from_bytes(value[start : start + 4], "little") for start in (0, 8)]
    if len(value) < 12 or numbers[0] not in versions:
        return None
    found, place = [], 12
    for _unused in range(texts):
        start = place + 4
        place = start + int.from_bytes(value[start - 4 : start], "little")
        text = value[start:place]
        if place > len(value) or not all(0x20 <= byte < 0x7F for byte in text):
            return None
        found.append(text.decode("ascii"))
    return numbers[1], found
