# SPDX-License-Identifier: GPL-3.0-or-later
"""MailEssentials on a simulated host, and a sibling of it.

Display names, folders, the registry key and its values, and the remoting section are published;
INF: short names of services (but Attendant's), program names, start modes, which service listens on
which port (but that the remoting ports are told to be on localhost), and the sibling's names.
"""

from __future__ import annotations

from pathlib import Path

from .host import SimulatedHost
from .machine import Machine

SECTION = (
    Path(__file__).resolve().parents[1]
    / "data"
    / "web_config"
    / "gfi_mailessentials_system_runtime_remoting.xml"
)
KEYS = {"32": "SOFTWARE\\Wow6432Node\\GFI\\MailEssentials", "64": "SOFTWARE\\GFI\\MailEssentials"}
DIRECTORIES = {
    "32": "C:\\Program Files (x86)\\GFI\\MailEssentials",
    "64": "C:\\Program Files\\GFI\\MailEssentials",
}
PREFIX = "GFI MailEssentials"
# display name: short name, program below the install directory, TCP listeners
SERVICES: dict[str, tuple[str, str, tuple[tuple[str, int], ...]]] = {
    "GFI List Server": ("listserv", "Antispam\\ListServ\\listserv.exe", ()),
    f"{PREFIX} Attendant": (
        "gfimesattendant",
        "Attendant\\bin\\attendant.exe",
        (("127.0.0.1", 9091), ("0.0.0.0", 9095), ("0.0.0.0", 9096)),
    ),
    f"{PREFIX} AS Scan Engine": ("gfiasscan", "Antispam\\GFIScanM.exe", ()),
    f"{PREFIX} Autoupdater": ("gfimesupdater", "AntiVirus\\updater.exe", ()),
    f"{PREFIX} AV Scan Engine": ("gfiavscan", "AntiVirus\\GFIScanM.exe", ()),
    f"{PREFIX} Backend": ("gfimesbackend", "Backend\\bin\\backend.exe", (("127.0.0.1", 9093),)),
    f"{PREFIX} Legacy Attendant": ("gfimeslegacy", "Attendant\\bin\\legacy.exe", ()),
    "GFI POP2Exchange": ("gfipop2exchange", "POP2Exchange\\pop2exchange.exe", ()),
    f"{PREFIX} Quarantine Action Services": (
        "gfimesquarantine",
        "Backend\\bin\\quarantine.exe",
        (),
    ),
}
# What must never leave the host with a reading.
SECRETS = {
    "registry": "licence-key-of-a-simulated-host",
    "web_config": "password-of-a-simulated-host",
    "arguments": "password-on-the-command-line-of-a-simulated-host",
}
OUTSIDE = (
    '<connectionStrings><add name="reports" '
    f'connectionString="Password={SECRETS["web_config"]}" '
    'url="tcp://localhost:1"/></connectionStrings>'
)
OTHER_DIRECTORY = "C:\\Program Files (x86)\\GFI\\Archiver"


def _document(section: str) -> str:
    return (
        '<?xml version="1.0" '
        f'encoding="utf-8"?>\n<configuration>\n{OUTSIDE}\n{section}\n</configuration>\n'
    )


# kind: the file, None for none
WEB_CONFIGS: dict[str, dict[str, object] | None] = {
    "missing": None,
    "not_xml": {"text": f"{_document('')[:-9]}\n"},
    "doctype": {
        "text": "<!DOCTYPE configuration [<!ENTITY secret SYSTEM "
        '"file:///c:/secret.txt">]>\n<configuration>&secret;</configuration>\n'
    },
    "too_large": {"size": 50 * 1024 * 1024},
    "no_section": {"text": _document("")},
    "unreadable": {"error": "Access to the path is denied."},
}


def home(machine: Machine) -> str:
    """The install directory: what Attendant's path says, else where the file lies."""
    attendants = [
        row[5].strip('"').rpartition("\\Attendant\\bin\\")[0]
        for row in machine.services
        if row[1] == f"{PREFIX} Attendant"
    ]
    return next(
        iter([*attendants, *(path.rpartition("\\wwwconf\\")[0] for path in machine.files)]),
        DIRECTORIES["32"],
    )


def install(
    target: SimulatedHost,
    *,
    version: str = "21.4.0.0",
    build_lab: str = "",
    view: str = "32",
    directory: str = "",
) -> None:
    """Its services run and listen. build_lab: as the monitoring script shows it, version-date-time,
    where none is given.
    """
    uninstall(target)
    machine, place = target.machine, directory or DIRECTORIES[view]
    values = {
        "Version": version,
        "BuildLab": build_lab or f"{version}-20220601-1200",
        "LicenseKey": SECRETS["registry"],
    }
    machine.registry[KEYS[view]] = values
    machine.directories.append(place)
    machine.files[f"{place}\\wwwconf\\web.config"] = {
        "text": _document(SECTION.read_text(encoding="utf-8"))
    }
    for display, (name, program, listeners) in SERVICES.items():
        number = machine.start_service(name, display, f"{place}\\{program}")
        machine.services[-1][5] += f" -key {SECRETS['arguments']}"
        for address, port in listeners:
            machine.open_socket("tcp", address, port, number)


def uninstall(target: SimulatedHost, *, keep: str = "") -> None:
    """keep: registry, services or directory, what a half-removed product leaves behind."""
    if keep not in {"", "registry", "services", "directory"}:
        raise ValueError(f"cannot keep {keep}")
    stop_product(target)
    machine, place = target.machine, home(target.machine)
    if keep != "services":
        machine.services = [row for row in machine.services if row[1] not in SERVICES]
    if keep != "directory":
        machine.files = {}
        machine.directories = [path for path in machine.directories if path != place]
    if keep != "registry":
        machine.registry = {
            key: values for key, values in machine.registry.items() if key not in KEYS.values()
        }


def stop_product(target: SimulatedHost) -> None:
    for number in [row[4] for row in target.machine.services if row[1] in SERVICES and row[4]]:
        target.machine.end_process(number)


def web_config(target: SimulatedHost, kind: str) -> None:
    """One of WEB_CONFIGS, or the name of a file whose text it becomes."""
    machine = target.machine
    path = f"{home(machine)}\\wwwconf\\web.config"
    content = (
        WEB_CONFIGS[kind]
        if kind in WEB_CONFIGS
        else {"text": Path(kind).read_text(encoding="utf-8")}
    )
    machine.files = {} if content is None else {path: dict(content)}


def other_gfi(target: SimulatedHost) -> None:
    """Another product of GFI in the sibling directory, listening where MailEssentials would."""
    machine = target.machine
    machine.directories.append(OTHER_DIRECTORY)
    number = machine.start_service(
        "gfiarchiver", "GFI Archiver Core", f"{OTHER_DIRECTORY}\\Backend\\bin\\core.exe"
    )
    machine.open_socket("tcp", "0.0.0.0", 9091, number)
