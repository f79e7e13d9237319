# SPDX-License-Identifier: GPL-3.0-or-later
"""What netsh prints on a simulated host, in the words and the layout of published output.

INF: outside of English the words of what no capture shows (request queues, messages, some dynamic
ranges) are English ones with other letters.
"""

from __future__ import annotations

from typing import Any

from .machine import Machine

# language: title, columns ("" where a capture lost them), dashes, footer
EXCLUSIONS = {
    "en": (
        "Protocol {} Port Exclusion Ranges",
        "Start Port    End Port      ",
        "----------    --------      ",
        "* - Administered port exclusions.",
    ),
    "de": (
        'Portausschlussbereiche für das Protokoll "{}"',
        "Startport      Endport",
        "----------    --------",
        "* - Verwaltete Portausschlüsse.",
    ),
    "es": (
        "Protocolo {} Intervalos de exclusión de puertos",
        "Puerto de inicio    Puerto final",
        "----------          --------",
        "* - Exclusiones de puertos administrados.",
    ),
    "fr": (
        "Protocole {} Plages d\u2019exclusion de ports",
        "Port de début    Port de fin",
        "-------------    -----------",
        "* - Exclusions de ports administrés.",
    ),
    "ko": (
        "프로토콜 {} 포트 제외 범위",
        "시작 포트    끝 포트      ",
        "----------    --------      ",
        "* - 관리 포트 제외입니다.",
    ),
    "pt": (
        "Protocolo {} Intervalos de Exclusão de Porta",
        "Porta Inicial    Porta Final",
        "----------    --------",
        "* - Exclusões de porta administradas.",
    ),
    "ru": (
        "Протокол {} Диапазоны исключения портов",
        "Начальный порт    Конечный порт",
        "----------    --------",
        "* — управляемые исключения портов.",
    ),
    "zh": ("协议 {} 端口排除范围", "", "----------    --------", "* - 管理的端口排除。"),
}
# language: title, line, label of the first port, label of the count
DYNAMIC = {
    "en": ("Protocol {} Dynamic Port Range", 33, "Start Port      ", "Number of Ports "),
    "fr": (
        "Plage de ports dynamique du protocole {}",
        43,
        "Port de démarrage   ",
        "Nombre de ports     ",
    ),
    "zh": ("协议 {} 动态端口范围", 33, "启动端口        ", "端口数          "),
}
OTHER_LETTERS = str.maketrans("aeiouAEIOU", "äéïöüÄÉÏÖÜ")


def message(machine: Machine, text: str) -> str:
    return f"{_worded(machine, text)}\n"


def exclusions(machine: Machine, protocol: str, rows: list[dict[str, Any]]) -> str:
    title, columns, dashes, footer = EXCLUSIONS[machine.language]
    printed = [
        f"{row['first']:10}  {row['last']:10}{'     *' if row['administered'] else '      '}"
        for row in rows
    ]
    return "\n".join(
        ["", title.format(protocol), "", *filter(None, [columns]), dashes, *printed, "", footer, ""]
    )


def dynamic(machine: Machine, family: str, protocol: str) -> str:
    first, count = machine.dynamic[family][protocol]
    if machine.language in DYNAMIC:
        title, width, start, number = DYNAMIC[machine.language]
    else:
        title, width, start, number = (
            _worded(machine, part) if isinstance(part, str) else part for part in DYNAMIC["en"]
        )
    return "\n".join(
        ["", title.format(protocol), "-" * width, f"{start}: {first}", f"{number}: {count}", ""]
    )


def queues(machine: Machine) -> str:
    """view=requestq, verbose=no. The old form is captured (its first queue stands less deep than
    the others); the new one is described: in place of the ids of processes, their images, and for
    service hosts their services.
    """
    heading = "Snapshot of HTTP service state (Request Queue View):"
    lines = ["", _worded(machine, heading), "-" * (len(heading) + 1)]
    for number, queue in enumerate(machine.queues):
        indent = "    " if number and machine.http_form == "old" else ""
        lines += [
            *([""] if machine.http_form == "new" else []),
            *(
                indent + line
                for line in _queue(machine, queue, 0xFE00000040000001 - (number << 56))
            ),
        ]
    return "\n".join([*lines, ""])


def _queue(machine: Machine, queue: dict[str, Any], number: int) -> list[str]:
    processes = ["    Process IDs:", *(f"        {process}" for process in queue["processes"])]
    if machine.http_form == "new":
        processes = [
            "    Processes:",
            *(line for process in queue["processes"] for line in _process(machine, process)),
        ]
    labels = [
        "Request queue name: Request queue is unnamed.",
        "    Version: 2.0",
        "    State: Active",
        "    Request queue 503 verbosity level: Basic",
        "    Max requests: 1000",
        f"    Number of active processes attached: {len(queue['processes'])}",
        *processes,
        "    URL groups:",
        f"    URL group ID: {number:X}",
        "        State: Active",
        "        Request queue name: Request queue is unnamed.",
        f"            Number of registered URLs: {len(queue['urls'])}",
        "            Registered URLs:",
    ]
    after = [
        f"        Server session ID: {number + (1 << 56) - (1 << 29):X}",
        "            Version: 2.0",
        "                Max bandwidth: 4294967295",
    ]
    urls = [f"                {url}" for url in queue["urls"]]
    return [
        *(_label(machine, line) for line in labels),
        *urls,
        *(_label(machine, line) for line in after),
    ]


def _process(machine: Machine, number: int) -> list[str]:
    image = next((path for process, _name, path in machine.processes if process == number), "")
    services = [row[0] for row in machine.services if row[4] == number]
    return [
        f"        ID: {number}, {_worded(machine, 'image')}: {image}",
        *([f"            Services: {', '.join(services)}"] if services else []),
    ]


def _label(machine: Machine, line: str) -> str:
    """The words before the colon are translated, what follows is not."""
    label, colon, value = line.partition(":")
    return _worded(machine, label) + colon + value


def _worded(machine: Machine, text: str) -> str:
    return text if machine.language == "en" else text.translate(OTHER_LETTERS)
