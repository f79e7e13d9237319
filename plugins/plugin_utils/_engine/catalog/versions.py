# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which version a text means: a name, a product version, a build, or "latest"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InputError
from .nearest import nearest_version, plain
from .schema import Entry, is_date

# "21", "20.0.4837.5918", "20.0.4837.5918-20150308-1353" (the BuildLab value of the registry),
# "20080915"
_NUMBERS = re.compile(
    r"(?P<product>\d{1,4}(?:\.\d+){0,3})?(?:(?:^|-)(?P<build>\d{8})(?:-\d{4})?)?", re.ASCII
)
_PREFIX = re.compile(r"(?:gfi)?(?:mailessentials)?(?:version|v)?")


@dataclass(frozen=True)
class Version:
    """A version that the catalog knows.

    name: the catalog's name ("2014 R2"). rank: its place from the oldest, 0. product: the numbers
    that were given ("21.8"), else those that the catalog has for the name, else "". build: the date
    that was given, else "". multi_server: it can join a Multi-Server network.
    """

    name: str
    rank: int
    product: str
    build: str
    multi_server: bool


def find_version(rows: list[Entry], text: str | int) -> Version:
    """The version of versions.yml that the text stands for; see resolve_version() of the queries.

    A whole number is the version that it looks like; raises InputError for other numbers, and for
    what nobody knows. Upper and lower case, spaces and a leading product name do not matter. A
    build belongs to the last known build before it.
    """
    if isinstance(text, (bool, float)) or not isinstance(text, (str, int)):
        raise InputError(
            "version",
            f"{text!r} must be a string; write it in quotes, such as '21.8' (as a number, "
            "20.10 would be 20.1)",
        )
    text = str(text)
    wanted = _PREFIX.sub("", plain(text), count=1)
    if wanted == "latest":
        return _version(rows, rows[-1], "", "")
    for row in rows:
        if wanted in map(plain, (row["name"], *row["aliases"])):
            return _version(rows, row, "", "")
    numbers = _NUMBERS.fullmatch(wanted)
    product, build = (numbers["product"] or "", numbers["build"] or "") if numbers else ("", "")
    found = _row_of_numbers(rows, text, product, build)
    if found is None:
        raise _unknown(rows, text, wanted)
    return _version(rows, found, product, build)


def _unknown(rows: list[Entry], text: str, wanted: str) -> InputError:
    named = names(rows)
    nearest = nearest_version(wanted, _known_versions(rows))
    also = [row["name"] for row in rows if row["product"] == nearest and nearest not in named]
    what = f" (the product version of {also[0]})" if also else ""
    hint = f"the nearest is {nearest!r}{what}; " if nearest else ""
    return InputError(
        "version",
        f"{text!r} is not known; {hint}use latest, one of {', '.join(named)}, a product version "
        "such as '21.8' or a build date such as '20150308'",
    )


def _known_versions(rows: list[Entry]) -> list[str]:
    products = [row["product"] for row in rows if row["product"]]
    return list(
        dict.fromkeys(
            [
                "latest",
                *names(rows),
                *products,
                *(build for row in rows for build in row["builds"]),
            ]
        )
    )


def names(rows: list[Entry]) -> list[str]:
    return [row["name"] for row in rows]


def _row_of_numbers(rows: list[Entry], text: str, product: str, build: str) -> Entry | None:
    """The row with the longest matching product version; the build date decides between rows of the
    same one, or alone without a product version.
    """
    given = product.split(".") if product else []
    date = build or next((part for part in given if len(part) == 8), "")
    if date and not is_date(date):
        raise InputError(
            "version",
            f"{text!r} has {date!r} where a build date belongs; write year, month and day, "
            "such as '20150308'",
        )
    fitting = _longest_fitting(rows, given) if given else rows
    known = sorted((known, rows.index(row)) for row in fitting for known in row["builds"])
    if not date or not known:
        return fitting[0] if given and fitting else None
    rank = _rank_of_build(text, date, known)
    if not given and date > known[-1][0] and rank < len(rows) - 1:
        may_be = ", ".join(names(rows[rank:]))
        raise InputError(
            "version",
            f"{text!r} is later than the last known build, {known[-1][0]}, and may be any "
            f"of {may_be}; give one of these names instead",
        )
    return rows[rank]


def _longest_fitting(rows: list[Entry], given: list[str]) -> list[Entry]:
    fitting = [row for row in rows if row["product"] and given[: len(_parts(row))] == _parts(row)]
    longest = max((len(_parts(row)) for row in fitting), default=0)
    return [row for row in fitting if len(_parts(row)) == longest]


def _parts(row: Entry) -> list[str]:
    return str(row["product"]).split(".")


def _rank_of_build(text: str, date: str, known: list[tuple[str, int]]) -> int:
    """The rank beside the last known build that is not later than the date; known is in order of
    dates.
    """
    before = [rank for build, rank in known if build <= date]
    if not before:
        raise InputError(
            "version",
            f"{text!r} has a build date before {known[0][0]}, the first known one; "
            "give a build from then on, or the name of the version",
        )
    return before[-1]


def _version(rows: list[Entry], row: Entry, product: str, build: str) -> Version:
    return Version(
        row["name"], rows.index(row), product or row["product"], build, row["multi_server"]
    )
