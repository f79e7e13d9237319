# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses the output of netsh by numbers, URLs, lines of dashes, asterisks and indentation, because
its words are in the language of Windows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import InputError

_RULE = re.compile(r"\s*-{5,}(\s+-{5,})*\s*")
_ROW = re.compile(r"\s*([0-9]{1,5})\s+([0-9]{1,5})\s*(\*)?\s*")
_LAST_NUMBER = re.compile(r"[^0-9]*(?<![0-9.,-])([0-9]{1,9})\s*")
_FEWEST = 255  # the smallest dynamic range that netsh sets (netsh interface, set dynamicport)
_VERSION = re.compile(r".*:\s*[0-9]+\.[0-9]+\s*")
_ID = re.compile(r".*:\s*[0-9A-Fa-f]{16}\s*")
_COUNT = re.compile(r".*:\s*([0-9]{1,6})\s*")
_URL = re.compile(r"\s*(https?://\S+)\s*", re.IGNORECASE)
_URL_PORT = re.compile(r"https?://(?:\[[^\]]*\]|[^:/]*):([0-9]{1,5})(?![0-9])", re.IGNORECASE)
_PROCESS_ID = re.compile(r"\s+([0-9]{1,10})\s*")
_PROCESS = re.compile(r"[^:,]*:\s*([0-9]{1,10})\s*,[^:,]*:\s*(\S.*)")
_SERVICE = re.compile(r"[^:]*:\s*(\S.*)")


class Span(NamedTuple):
    """A range of excluded ports, including both ends. administered: an administrator created it,
    not Windows.
    """

    first: int
    last: int
    administered: bool


class HttpProcess(NamedTuple):
    """A process of a request queue. Only newer versions of Windows print image and services."""

    id: int
    image: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class HttpQueue:
    """A request queue of http.sys. In the server session view nothing links processes to URLs, so
    each queue has only one of them.
    """

    urls: tuple[str, ...]
    processes: tuple[HttpProcess, ...]


def url_port(url: str) -> int:
    """The port of a URL as http.sys writes it ("HTTP://+:5985/WSMAN/", "HTTP://*:80:192.0.2.1/"); 0
    where there is none.
    """
    found = _URL_PORT.match(url)
    return int(found[1]) if found and int(found[1]) <= 65535 else 0


def parse_excluded(text: str) -> tuple[Span, ...]:
    """The rows of `show excludedportrange`, in order. Raises InputError for anything else.

    Text that was cut off inside a row is detected; text that was cut off between two rows is not.
    """
    rows = []
    for line in _body(text, "excluded port ranges"):
        if line.lstrip().startswith("*"):
            continue  # the footnote of the asterisk
        found = _ROW.fullmatch(line)
        if not found or not 0 < int(found[1]) <= int(found[2]) <= 65535:
            raise _unreadable(
                "excluded port ranges", f"'{_shown(line)}' is not a first and a last port"
            )
        rows.append(Span(int(found[1]), int(found[2]), bool(found[3])))
    return tuple(rows)


def parse_dynamic(text: str) -> tuple[int, int]:
    """First and last port of `show dynamicport`, which prints the first and a number of ports.
    Raises InputError for anything else.
    """
    lines = _body(text, "the dynamic port range")
    numbers = [int(found[1]) for line in lines if (found := _LAST_NUMBER.fullmatch(line))]
    if len(lines) != 2 or len(numbers) != 2:
        raise _unreadable(
            "the dynamic port range",
            f"{len(numbers)} of {len(lines)} lines end in a number where two of two should",
        )
    first, count = numbers
    if first < 1 or count < _FEWEST or first + count - 1 > 65535:
        raise _unreadable(
            "the dynamic port range",
            f"{count} ports from {first} on are not {_FEWEST} or more ports from 1 to 65535",
        )
    return first, first + count - 1


def parse_http(text: str) -> tuple[HttpQueue, ...]:
    """The queues of `netsh http show servicestate`, in either form of its processes. Raises
    InputError for anything else.

    A block begins with a line before one that ends in a version ("2.0"). If that line ends in an
    identifier of 16 digits it is a server
    session: a block of its own in the session view, a part of its queue in the request queue view.
    """
    lines = _body(text, "the state of http.sys")
    blocks: list[list[str]] = []
    in_queues = False
    for number, line in enumerate(lines):
        begins = number + 1 < len(lines) and bool(_VERSION.fullmatch(lines[number + 1]))
        session = begins and bool(_ID.fullmatch(line))
        if begins and not (session and in_queues):
            blocks.append([])
            in_queues = not session
        if blocks:
            blocks[-1].append(line)
    if lines and not blocks:
        raise _unreadable("the state of http.sys", f"no queue begins after '{_shown(lines[0])}'")
    return tuple(HttpQueue(_urls(block), _processes(block)) for block in blocks)


def _urls(block: list[str]) -> tuple[str, ...]:
    """The URLs of a block. The older form prints the number of URLs in a URL group; text that was
    cut off is detected by it.
    """
    urls = [found[1] for line in block if (found := _URL.fullmatch(line))]
    if any(_ID.fullmatch(line) for line in block):
        wanted = 0
        for number, line in enumerate(block[2:], 2):
            count = _COUNT.fullmatch(block[number - 2])
            if count and _URL.fullmatch(line) and not _URL.fullmatch(block[number - 1]):
                wanted += int(count[1])
        if wanted != len(urls):
            raise _unreadable(
                "the state of http.sys", f"{wanted} URLs are announced and {len(urls)} are there"
            )
    return tuple(urls)


def _processes(block: list[str]) -> tuple[HttpProcess, ...]:
    """Lines of digits alone (older), or "label: digits, label: image" and, not less indented,
    "label: services" (newer).
    """
    found: list[HttpProcess] = []
    depth = -1
    for line in block:
        plain, newer = _PROCESS_ID.fullmatch(line), _PROCESS.fullmatch(line)
        indentation = len(line) - len(line.lstrip())
        if plain:
            found.append(HttpProcess(int(plain[1]), "", ()))
            depth = -1
        elif newer:
            found.append(HttpProcess(int(newer[1]), newer[2].strip(), ()))
            depth = indentation
        elif depth < 0 or indentation < depth:
            depth = -1
        elif service := _SERVICE.fullmatch(line):
            last = found[-1]
            names = re.split(r"[,\s]+", service[1].strip())
            found[-1] = last._replace(services=tuple(dict.fromkeys([*last.services, *names])))
    return tuple(found)


def _body(text: str, subject: str) -> list[str]:
    """The lines that are not empty below the line of dashes of the title or table."""
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if _RULE.fullmatch(line):
            return lines[number + 1 :]
    raise _unreadable(
        subject, f"no line of dashes follows '{_shown(lines[0])}'" if lines else "it is empty"
    )


def _shown(line: str) -> str:
    return " ".join(line.split())[:60]


def _unreadable(subject: str, why: str) -> InputError:
    return InputError(
        "", f"netsh's list of {subject} cannot be read: {why}; run again, and report it if it stays"
    )
