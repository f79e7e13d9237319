# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wanted proxy: validates the options, converts them for each store, and compares them with a
host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..net.hosts import CREDENTIALS, HIDDEN, check_host, check_port, optional_port
from .reading import VARIABLES, ProxyReading, ProxySettings

STORES = ("winhttp", "wininet", "environment")
TITLES = {"winhttp": "WinHTTP", "wininet": "WinINet", "environment": "the machine's environment"}
_PAC = re.compile(r"https?://[^\s/@]+(?:/[^\s@]*)?", re.IGNORECASE)
_BYPASS = re.compile(r"<local>|[a-z0-9*._-]+", re.IGNORECASE)
_POINTLESS = {"*", "*.*", ".", "-"}


@dataclass(frozen=True)
class WantedProxy:
    """http, https: "host:port" or "". bypass: in the order of the option, without duplicates.
    present False: direct access.
    """

    present: bool
    http: str = ""
    https: str = ""
    bypass: tuple[str, ...] = ()
    pac_url: str = ""
    auto_detect: bool = False

    def settings(self) -> ProxySettings:
        """As WinHTTP and WinINet shall have it."""
        proxies = (
            {"all": self.http}
            if self.http == self.https
            else {"http": self.http, "https": self.https}
        )
        proxies = {scheme: proxy for scheme, proxy in proxies.items() if proxy}
        bypass = frozenset(entry.lower() for entry in self.bypass) if proxies else frozenset()
        return ProxySettings(proxies, bypass, self.pac_url, self.auto_detect)


def wanted_proxy(options: Mapping[str, Any]) -> WantedProxy | None:
    """Returns the proxy in the options of proxy_info; None if the options name none, and the
    settings are only read.

    Raises InputError for the first mistake. Its message never repeats a user name or password.
    """
    check_stores(options["stores"])
    server, port = options["host"] or "", optional_port(options["port"], "port")
    secure, secure_port = (
        options["https_host"] or "",
        optional_port(options["https_port"], "https_port"),
    )
    numbers = {"port": port, "https_port": secure_port}
    given = [
        name
        for name in ("host", "port", "https_host", "https_port", "bypass", "pac_url", "auto_detect")
        if numbers.get(name, options[name])
    ]
    if options["state"] == "absent":
        if given:
            raise InputError(
                given[0],
                "is given together with state absent, which means direct access; leave it out",
            )
        return WantedProxy(False)
    if not given and options["state"] is None:
        return None
    http = _server(server, port, "host", "port")
    https = _server(secure, secure_port, "https_host", "https_port") or http
    wanted = WantedProxy(
        True,
        http,
        https,
        check_bypass(options["bypass"]),
        _pac_url(options["pac_url"]),
        bool(options["auto_detect"]),
    )
    _check_together(wanted, options["stores"])
    return wanted


def _check_together(wanted: WantedProxy, stores: Sequence[str]) -> None:
    """Raises InputError for options that are invalid together."""
    http, pac_url = wanted.http, wanted.pac_url
    if wanted.https and not http:
        raise InputError(
            "host", "is missing; https_host names another proxy for HTTPS, beside the one for HTTP"
        )
    if http and pac_url:
        raise InputError(
            "pac_url",
            "is given together with host; a PAC file names the proxy itself, "
            "so give one of the two",
        )
    if not (http or pac_url or wanted.auto_detect):
        raise InputError(
            "host",
            "is missing; give host and port of the proxy, pac_url or auto_detect, "
            "or state absent for direct access",
        )
    if wanted.bypass and not http:
        raise InputError(
            "bypass",
            "is given without host; with a PAC file or detection, the file says what goes direct",
        )
    for index, store in enumerate(stores):
        if store != "wininet" and not http:
            raise InputError(
                f"stores[{index}]",
                f"{store} knows neither PAC files nor detection; give host and port, "
                "or take wininet alone",
            )


def check_stores(stores: Sequence[str]) -> None:
    """Raises InputError for a list that is empty or names a store twice."""
    if not stores:
        raise InputError("stores", f"is an empty list; name at least one of {', '.join(STORES)}")
    for index, store in enumerate(stores):
        if store in stores[:index]:
            raise InputError(f"stores[{index}]", f"{store} is there already; list it once")


def check_bypass(entries: Sequence[str]) -> tuple[str, ...]:
    """Returns the entries without duplicates, ignoring case. Raises InputError for an entry that
    Windows would interpret differently.
    """
    found: dict[str, str] = {}
    for index, entry in enumerate(entries):
        where = f"bypass[{index}]"
        if "@" in entry:
            raise InputError(where, CREDENTIALS)
        if "://" in entry:
            raise InputError(where, "is a URL; give the name of the host alone")
        if "/" in entry:
            raise InputError(
                where,
                "is a network; Windows knows none in a bypass list, "
                "so write it with a wildcard, such as 192.0.2.*",
            )
        if ":" in entry:
            reason = (
                "whether Windows understands ports or IPv6 addresses in a bypass list is "
                "not documented, so name the host"
            )
            raise InputError(where, f"holds a colon; {reason} ({HIDDEN})")
        if not _BYPASS.fullmatch(entry) or entry in _POINTLESS:
            raise InputError(
                where,
                "is not an entry of a bypass list; give a host name, *.example.com, "
                f"192.0.2.* or <local>, one an entry ({HIDDEN})",
            )
        found.setdefault(entry.lower(), entry)
    return tuple(found.values())


def compare(
    reading: ProxyReading, stores: Sequence[str], wanted: WantedProxy | None
) -> list[dict[str, Any]]:
    """Returns every store as {store, status, machine_wide, ..., wanted, message}, also stores that
    are not compared.

    status: equal, different, not_understood, or not_compared. wanted: options for the module of
    ansible.windows that sets the store.
    """
    return [_compared(reading, store, wanted if store in stores else None) for store in STORES]


def mailessentials_settings(wanted: WantedProxy | None) -> dict[str, Any]:
    """The values to enter manually in the proxy settings of MailEssentials. It is not documented
    where they are stored, so the collection does not write them.
    """
    if wanted is None:
        return {"enabled": None, "server": "", "port": 0, "message": ""}
    server, _colon, port = wanted.http.rpartition(":")
    if server:
        said = (
            "Enter the proxy in MailEssentials' own configuration too, "
            f"under Proxy Settings: server {server.strip('[]')}, port {port}."
        )
    elif wanted.present:
        said = (
            "MailEssentials' own configuration requires server and port of a proxy; "
            "a PAC file or detection is not known to work for it."
        )
    else:
        said = (
            "Switch the proxy off in MailEssentials' own configuration too, under Proxy Settings."
        )
    return {
        "enabled": bool(server),
        "server": server.strip("[]"),
        "port": int(port or 0),
        "message": f"{said} No document says where it is stored.",
    }


def _server(host: str, port: int, name: str, port_name: str) -> str:
    """host:port for the stores. Raises InputError."""
    if "@" in host:
        raise InputError(name, CREDENTIALS)
    if not host and not port:
        return ""
    if not host or not port:
        missing, there = (name, port_name) if not host else (port_name, name)
        raise InputError(missing, f"is missing; {there} requires it")
    found = check_host(host, name, port_name, "the proxy")
    return (
        f"[{found}]:{check_port(port, port_name)}"
        if ":" in found
        else f"{found}:{check_port(port, port_name)}"
    )


def _pac_url(url: str | None) -> str:
    if not url:
        return ""
    if "@" in url:
        raise InputError("pac_url", CREDENTIALS)
    if not _PAC.fullmatch(url):
        raise InputError(
            "pac_url",
            "is not the address of a PAC file on a web server; give http://... or https://...",
        )
    return url


def _compared(reading: ProxyReading, store: str, wanted: WantedProxy | None) -> dict[str, Any]:
    found = _found(reading, store)
    status, why = _status(reading, store, found, wanted)
    return {
        "store": store,
        "status": status,
        "machine_wide": store != "wininet" or reading.machine_wide,
        **(found or ProxySettings()).to_dict(),
        "wanted": _said(store, wanted) if wanted else {},
        "message": f"{TITLES[store][0].upper()}{TITLES[store][1:]}: {why}",
    }


def _found(reading: ProxyReading, store: str) -> ProxySettings | None:
    if store != "environment":
        return reading.winhttp if store == "winhttp" else reading.wininet
    texts = {name: reading.environment[name].strip() for name in VARIABLES}
    proxies = {
        name.partition("_")[0].lower(): texts[name].lower().rpartition("://")[2].rstrip("/")
        for name in VARIABLES[:2]
        if texts[name]
    }
    bypass = frozenset(
        entry.strip().lower() for entry in texts["NO_PROXY"].split(",") if entry.strip()
    )
    return ProxySettings(proxies, bypass, credentials="@" in "".join(texts.values()))


def _status(
    reading: ProxyReading, store: str, found: ProxySettings | None, wanted: WantedProxy | None
) -> tuple[str, str]:
    if found is None:
        return (
            "not_understood",
            "the stored value has an unknown layout, so it is not changed; check it in Windows",
        )
    if wanted is None:
        return "not_compared", _described(found)
    users = "every user has settings of their own (the policy ProxySettingsPerUser is not 0)"
    if store == "wininet" and reading.policy_kind:
        kind = {"String": "text"}.get(reading.policy_kind, "another type")
        return (
            "different",
            f"the policy ProxySettingsPerUser is stored as {kind} and not as a number "
            "(REG_DWORD); it is not known whether Windows uses it",
        )
    if store == "wininet" and not reading.machine_wide:
        return (
            ("different", f"{users}, so that none holds for all")
            if wanted.present
            else ("equal", f"{users}, and none for all")
        )
    target = _in_environment(wanted) if store == "environment" else wanted.settings()
    found_parts, wanted_parts = (
        (one.proxies, one.bypass, one.pac_url, one.auto_detect) for one in (found, target)
    )
    same = found.stored and found_parts == wanted_parts
    return (
        ("equal", _described(found))
        if same
        else ("different", f"{_described(found)}; wanted: {_described(target)}")
    )


def _described(settings: ProxySettings) -> str:
    parts = [
        f"{'' if scheme == 'all' else f'{scheme} by '}{proxy}"
        for scheme, proxy in settings.proxies.items()
    ]
    parts += [f"PAC {settings.pac_url}"] * bool(settings.pac_url) + [
        "automatic detection"
    ] * settings.auto_detect
    told = ", ".join(parts) or (
        "direct access"
        if settings.stored
        else "nothing is stored, so Windows may look for a proxy by itself"
    )
    told += f", except for {', '.join(sorted(settings.bypass))}" if settings.bypass else ""
    return (
        f"{told} (a user name or password is stored there, readable for every user)"
        if settings.credentials
        else told
    )


def _in_environment(wanted: WantedProxy) -> ProxySettings:
    names = _said("environment", wanted)["variables"]
    proxies = {
        name.partition("_")[0].lower(): names[name].rpartition("://")[2]
        for name in VARIABLES[:2]
        if names[name]
    }
    return ProxySettings(proxies, frozenset(filter(None, names["NO_PROXY"].lower().split(","))))


def _said(store: str, wanted: WantedProxy) -> dict[str, Any]:
    """Options of win_http_proxy, win_inet_proxy or win_environment; a call without options clears
    the first two.
    """
    if store == "environment":
        # In lists of this form a leading dot means all names below; they know neither <local> nor
        # other wildcards (inferred: no document of Windows).
        names = [entry.removeprefix("*") for entry in wanted.bypass]
        plain = ",".join(name for name in names if "*" not in name and name.lower() != "<local>")
        variables = {
            name: f"http://{proxy}" if proxy else ""
            for name, proxy in zip(VARIABLES, (wanted.http, wanted.https), strict=False)
        }
        return {"level": "machine", "variables": {**variables, "NO_PROXY": plain}}
    settings = wanted.settings()
    shown: dict[str, Any] = {"auto_detect": settings.auto_detect} if store == "wininet" else {}
    if settings.proxies:
        shown["proxy"] = settings.proxies.get("all") or dict(settings.proxies)
        shown["bypass"] = sorted(
            wanted.bypass, key=lambda entry: (entry.lower() == "<local>", entry.lower())
        )
        shown = (
            shown
            if shown["bypass"]
            else {name: value for name, value in shown.items() if name != "bypass"}
        )
    return {**shown, "auto_config_url": settings.pac_url} if settings.pac_url else shown
