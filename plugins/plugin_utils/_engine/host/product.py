# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed product, from the registry, the services and the files of a host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..catalog.query import load, query, resolve_version
from ..errors import InputError
from .reading import Directory, HostReading, Service
from .remoting import NOTHING, Oddity, Remoting, read_remoting

_BUILD_LAB = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6}){0,3}-([0-9]{8})(?:-[0-9]{4})?")
_NUMBERS = re.compile(r"[0-9][0-9.]{0,30}(?:-[0-9-]{8,13})?")
_KEYS = {
    "32": r"HKLM\SOFTWARE\Wow6432Node\GFI\MailEssentials",
    "64": r"HKLM\SOFTWARE\GFI\MailEssentials",
}


@dataclass(frozen=True)
class Product:
    """state: installed, not_installed or partial. asked: the version that the catalog was queried
    for, "" if the catalog does not know it. view: registry view. directory: the installation
    directory. services: display name -> service, None if it does not exist.
    """

    state: str
    version: str
    build: str
    build_lab: str
    asked: str
    view: str
    directory: Directory | None
    services: Mapping[str, Service | None]
    remoting: Remoting
    oddities: tuple[Oddity, ...]

    @property
    def catalog_version(self) -> str:
        """The name of the version in the catalog, "" if the catalog does not know it."""
        return resolve_version(self.asked).name if self.asked else ""

    def summary(self) -> dict[str, Any]:
        """The product in short."""
        return {
            "installed": self.state == "installed",
            "version": self.version,
            "install_directory": self.directory.path if self.directory else "",
        }


def service_names() -> tuple[str, ...]:
    """The display names of MailEssentials' services (SVC)."""
    return tuple(entry["display_name"] for entry in load()["services"])


def own_services(reading: HostReading) -> tuple[Service, ...]:
    """The services of MailEssentials, found by display name."""
    names = {name.lower() for name in service_names()}
    return tuple(service for service in reading.services if service.display_name.lower() in names)


def own_directories(reading: HostReading) -> tuple[Directory, ...]:
    """Directories of MailEssentials on the host: their name matches, or one of its services runs
    from there.

    Other products of GFI are in neighbouring directories; only the last part of the path differs.
    """
    paths = [service.path.lstrip('"').lower() for service in own_services(reading)]
    return tuple(
        entry
        for entry in reading.directories
        if entry.exists
        and "\\" in entry.path  # a whole drive would make everything there ours
        and (
            entry.path.lower().endswith("\\gfi\\mailessentials")
            or any(path.startswith(f"{entry.path.lower()}\\") for path in paths)
        )
    )


def inspect_product(reading: HostReading) -> Product:
    """Returns the product of a reading; state not_installed if there is none."""
    views = [view for view, values in reading.registry.items() if values is not None]
    services = own_services(reading)
    directory = _main_directory(reading, services)
    view = _view(views, directory)
    values = reading.registry[view] if view else None
    build_lab = (values or {}).get("BuildLab", "").strip()
    version = (values or {}).get("Version", "").strip()
    asked = _asked(version, build_lab)
    parts = {
        "the registry key": bool(views),
        "services": bool(services),
        "the directory": directory is not None,
    }
    state = (
        "installed"
        if all(parts.values())
        else "partial"
        if any(parts.values())
        else "not_installed"
    )
    oddities = _state_oddities(state, parts, directory) + _registry_oddities(
        views, view, version or build_lab, asked
    )
    if version and _BUILD_LAB.fullmatch(build_lab) and not agree(version, build_lab):
        message = (
            f"The registry contradicts itself: Version is '{version[:60]}', BuildLab "
            f"'{build_lab[:60]}'; Version counts, so look which is installed."
        )
        oddities += (Oddity("version_contradicted", "warning", message),)
    remoting = NOTHING if state == "not_installed" else read_remoting(directory, asked)
    by_name = {service.display_name.lower(): service for service in services}
    found = _BUILD_LAB.fullmatch(build_lab)
    return Product(
        state=state,
        version=version or (build_lab.partition("-")[0] if found else ""),
        build=found[1] if found else "",
        build_lab=build_lab,
        asked=asked,
        view=view,
        directory=directory,
        services={name: by_name.get(name.lower()) for name in service_names()},
        remoting=remoting,
        oddities=oddities + remoting.oddities,
    )


def check_tolerance(clock_tolerance: float) -> None:
    """Raises InputError for an invalid tolerance."""
    if (
        isinstance(clock_tolerance, bool)
        or not isinstance(clock_tolerance, (int, float))
        or not 1 <= clock_tolerance < float("inf")
    ):
        raise InputError(
            "clock_tolerance", f"{clock_tolerance!r} is not a number of seconds from 1"
        )


def describe(
    reading: HostReading, *, sent: float, received: float, clock_tolerance: float = 300
) -> dict[str, Any]:
    """The product of a reading, as server_info returns it. sent and received: time of the
    controller before and after the call, in seconds since 1970.

    The default tolerance is that of Kerberos and of Windows Communication Foundation; that joining
    a farm has the same is inferred from the name MaxClockSkewBinding alone (FRY).
    """
    check_tolerance(clock_tolerance)
    product = inspect_product(reading)
    return {
        "state": product.state,
        **product.summary(),
        "build": product.build,
        "build_lab": product.build_lab,
        "catalog_version": product.catalog_version,
        "registry_view": product.view,
        "services": [_service(name, service) for name, service in product.services.items()],
        "remoting": product.remoting.to_dict(),
        "advisories": _advisories(product),
        "clock": _clock(reading, sent, received, clock_tolerance),
        "findings": [oddity._asdict() for oddity in product.oddities],
    }


def _main_directory(reading: HostReading, services: tuple[Service, ...]) -> Directory | None:
    """The directory with most of the services, or else one with a web.config."""

    def weight(entry: Directory) -> tuple[int, bool]:
        inside = sum(
            service.path.lstrip('"').lower().startswith(f"{entry.path.lower()}\\")
            for service in services
        )
        return inside, entry.web_config.state != "missing"

    return max(own_directories(reading), key=weight, default=None)


def _view(views: list[str], directory: Directory | None) -> str:
    """The registry view of the directory: 32-bit programs are in "Program Files (x86)" of 64-bit
    Windows.
    """
    if len(views) < 2:
        return "".join(views)
    path = directory.path.lower() if directory else ""
    return "64" if "\\program files\\" in path else "32"


def agree(one: str, other: str) -> bool:
    """Whether two versions may be the same: all numbers that both have are equal. A text without
    numbers is equal only to itself.
    """
    first, second = (text.partition("-")[0].split(".") for text in (one, other))
    if not all(number.isascii() and number.isdigit() for number in (*first, *second)):
        return one == other
    return all(
        left.lstrip("0") == right.lstrip("0") for left, right in zip(first, second, strict=False)
    )


def _asked(version: str, build_lab: str) -> str:
    """The version text for the catalog. BuildLab is more precise, but is only used if it does not
    contradict Version.
    """
    for text in ([build_lab] if not version or agree(version, build_lab) else []) + [version]:
        try:
            if _NUMBERS.fullmatch(text):
                resolve_version(text)
                return text
        except InputError:
            continue
    return ""


def _state_oddities(
    state: str, parts: Mapping[str, bool], directory: Directory | None
) -> tuple[Oddity, ...]:
    if state != "partial":
        return ()
    there = [name for name, found in parts.items() if found]
    if directory and len(there) == 1:
        message = (
            "MailEssentials is not installed, "
            f"but its directory {directory.path} was left; look into it, then remove it."
        )
        return (Oddity("files_left", "warning", message),)
    gone = [name for name, found in parts.items() if not found]
    message = (
        f"MailEssentials is there in part: found {' and '.join(there)}, but "
        f"not {' and not '.join(gone)}; repair the installation or remove the rest."
    )
    return (Oddity("half_removed", "warning", message),)


def _registry_oddities(views: list[str], view: str, told: str, asked: str) -> tuple[Oddity, ...]:
    found = []
    if len(views) > 1:
        message = (
            f"Both {_KEYS['32']} and {_KEYS['64']} exist; the one of the {view}-bit view "
            "is taken, as the installed files belong to it."
        )
        found.append(Oddity("two_registry_views", "warning", message))
    if view and not told:
        found.append(
            Oddity(
                "version_missing",
                "warning",
                f"{_KEYS[view]} names no version, so ports and advisories of the version are "
                "not known.",
            )
        )
    if told and not asked:
        latest = resolve_version("latest").name
        message = (
            f"Version '{told[:60]}' is not known to the catalog (the latest there "
            f"is {latest}), so its ports and advisories are not known."
        )
        found.append(Oddity("version_unknown", "warning", message))
    return tuple(found)


def _service(display_name: str, service: Service | None) -> dict[str, Any]:
    return {
        "display_name": display_name,
        "name": service.name if service else "",
        "state": service.state if service else "missing",
        "start_mode": service.start_mode if service else "",
        "process_id": service.process_id if service else 0,
        "path": service.path if service else "",
    }


def _advisories(product: Product) -> list[dict[str, Any]]:
    """The advisories that apply, if more than a registry key exists."""
    if not product.asked or not (product.directory or any(product.services.values())):
        return []
    keys = ("id", "title", "applies", "fixed_in")
    return [
        {
            **{key: entry[key] for key in keys},
            "what_to_do": f"Upgrade to {entry['fixed_in']} or later.",
            "sources": entry["sources"],
        }
        for entry in query("advisories", version=product.asked)
    ]


def _clock(reading: HostReading, sent: float, received: float, tolerance: float) -> dict[str, Any]:
    offset = reading.time - (sent + received) / 2
    uncertainty = abs(received - sent) / 2
    return {
        "utc": reading.utc,
        "offset_seconds": round(offset, 3),
        "uncertainty_seconds": round(uncertainty, 3),
        "beyond": abs(offset) - uncertainty > tolerance,
        "tolerance_seconds": tolerance,
    }
