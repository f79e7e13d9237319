# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text of a version means: one table, and what the lookup answers for each row of it."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from unit.lookups import ask, refusal

from ansible_collections.mailops.mailessentials.plugins.lookup import catalog as plugin
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    load,
    resolve_version,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)

LATEST = load()["versions"][-1]


class Means(NamedTuple):
    """name: of the catalog. product, build: what the text says, or the catalog of the name."""

    text: str
    name: str
    product: str = ""
    build: str = ""


class Refused(NamedTuple):
    """sentence: what follows the text in the refusal."""

    text: str
    sentence: str


NEAREST = "is not known; the nearest is '{}'"
EARLY = (
    "has a build date before {}, the first known one; give a build from then on, or the name of "
    "the version"
)
NO_DATE = "has '{}' where a build date belongs; write year, month and day, such as '20150308'"
LATE = (
    "is later than the last known build, 20150308, and may be any of 2015, 21, 22; give one of "
    "these names instead"
)

MEANT = [
    # names
    Means("14", "14", "14"),
    Means("14 SR1", "14 SR1", "14"),
    Means("MailEssentials 14 sr1", "14 SR1", "14"),
    Means("14.1", "14.1", "14.1"),
    Means("2010", "2010"),
    Means("2012", "2012"),
    Means("2014", "2014"),
    Means("2014 R2", "2014 R2"),
    Means("2014R2", "2014 R2"),
    Means(" 2014  r2 ", "2014 R2"),
    Means("GFI MailEssentials 2015", "2015", "20"),
    Means("AI", "22", "22"),
    Means("latest", LATEST["name"], LATEST["product"]),
    Means("Latest", LATEST["name"], LATEST["product"]),
    # product versions
    Means("20", "2015", "20"),
    Means("20.0", "2015", "20"),
    Means("20.1", "2015", "20.1"),
    Means("20.0.4837.5918", "2015", "20.0.4837.5918"),
    Means("v21", "21", "21"),
    Means("Version 21.4", "21", "21.4"),
    Means("21.8", "21", "21.8"),
    Means("21.10", "21", "21.10"),
    Means("22", "22", "22"),
    Means("22.4", "22", "22.4"),
    Means("22.4.0.1", "22", "22.4.0.1"),
    Means("14.0", "14", "14.0"),
    Means("14.1.5", "14.1", "14.1.5"),
    # builds: S1 note 2, and the last known build before it
    Means("20080915", "14", "14", "20080915"),
    Means("20080915-1200", "14", "14", "20080915"),
    Means("20081023", "14", "14", "20081023"),
    Means("20081024", "14 SR1", "14", "20081024"),
    Means("20081101", "14 SR1", "14", "20081101"),
    Means("20090211", "14 SR1", "14", "20090211"),
    Means("20090301", "14 SR1", "14", "20090301"),
    Means("20150307", "14 SR1", "14", "20150307"),
    Means("20150308", "2015", "20", "20150308"),
    Means("14.0.20080915", "14", "14.0.20080915"),
    Means("14.0.20081023", "14", "14.0.20081023"),
    Means("14.0.20081024", "14 SR1", "14.0.20081024"),
    Means("14.0.20090211", "14 SR1", "14.0.20090211"),
    Means("V14.0.20090301", "14 SR1", "14.0.20090301"),
    Means("14-20081023", "14", "14", "20081023"),
    Means("14-20081025", "14 SR1", "14", "20081025"),
    Means("14-20260101", "14 SR1", "14", "20260101"),
    Means("14.1-20081024", "14.1", "14.1", "20081024"),
    Means("14.1.20080101", "14.1", "14.1.20080101"),
    # values of BuildLab in the registry
    Means("14.0.4811.1-20081023-1200", "14", "14.0.4811.1", "20081023"),
    Means("14.0.4811.1-20090301-1200", "14 SR1", "14.0.4811.1", "20090301"),
    Means("20.0.4837.5918-20150308-1353", "2015", "20.0.4837.5918", "20150308"),
    Means("20.0.1.1-20160229-1200", "2015", "20.0.1.1", "20160229"),
    Means("21.8-20250401-1200", "21", "21.8", "20250401"),
    Means("21.8-19990101", "21", "21.8", "19990101"),
]
REFUSED = [
    # the nearest by number, of two as near the later
    Refused("17.0", NEAREST.format("20")),
    Refused("17", NEAREST.format("20")),
    Refused("GFI MailEssentials 17", NEAREST.format("20")),
    Refused("15", NEAREST.format("14.1")),
    Refused("15.2", NEAREST.format("14.1")),
    Refused("18.5", NEAREST.format("20")),
    Refused("19", NEAREST.format("20")),
    Refused("9", NEAREST.format("14")),
    Refused("12", NEAREST.format("14")),
    Refused("5.6", NEAREST.format("14")),
    Refused("23.1", NEAREST.format("22")),
    Refused("99", NEAREST.format("22")),
    Refused("99.1", NEAREST.format("22")),
    Refused("99-20090301", NEAREST.format("22")),
    Refused("1000", NEAREST.format("2010")),
    Refused("2009", NEAREST.format("2010")),
    Refused("2011", NEAREST.format("2012")),
    Refused("2013", NEAREST.format("2014")),
    Refused("2016", NEAREST.format("2015")),
    Refused("2019 R2", NEAREST.format("2015")),
    # the same first number: by letters
    Refused("14 SR2", NEAREST.format("14 SR1")),
    Refused("2014R3", NEAREST.format("2014 R2")),
    Refused("2015 R2", NEAREST.format("2015")),
    Refused("2015.1", NEAREST.format("2015")),
    Refused("21.", NEAREST.format("21")),
    Refused("21.8.0.1.2", NEAREST.format("21")),
    # no number of a version: by letters
    Refused("lastest", NEAREST.format("latest")),
    Refused("2008091", NEAREST.format("20080915")),
    # build dates
    Refused("20080914", EARLY.format("20080915")),
    Refused("14-20080914", EARLY.format("20080915")),
    Refused("14.0.20080101", EARLY.format("20080915")),
    Refused("20.0.1.1-20150307-1200", EARLY.format("20150308")),
    Refused("20-20081024", EARLY.format("20150308")),
    Refused("20081399", NO_DATE.format("20081399")),
    Refused("14-20090229", NO_DATE.format("20090229")),
    Refused("14.0.00000000", NO_DATE.format("00000000")),
    Refused("21.8-20250431-1200", NO_DATE.format("20250431")),
    Refused("20150309", LATE),
    Refused("20220601", LATE),
]


def test_the_table_is_long_and_has_no_text_twice() -> None:
    texts = [row.text for row in (*MEANT, *REFUSED)]
    assert len(texts) == len(set(texts)) >= 70


@pytest.mark.parametrize("row", MEANT, ids=lambda row: row.text)
def test_a_version_text_is_understood(row: Means) -> None:
    version = resolve_version(row.text)
    assert Means(row.text, version.name, version.product, version.build) == row
    assert load()["versions"][version.rank]["name"] == row.name
    terms = ["ports", "hosts", "flows"]
    assert ask(plugin, terms, version=row.text) == ask(plugin, terms, version=row.name)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.text)
def test_a_version_text_is_refused_with_a_sentence(row: Refused) -> None:
    with pytest.raises(InputError, match=re.escape(f"'{row.text}' {row.sentence}")) as caught:
        resolve_version(row.text)
    assert caught.value.field == "version"
    sentence = refusal(plugin, ["ports"], version=row.text)
    assert sentence == f"mailops.mailessentials.catalog: {caught.value}"


@pytest.mark.parametrize("text", ["", " ", "۲۱", "2014 R2\n|"])
def test_a_text_without_any_version_names_the_known_ones(text: str) -> None:
    with pytest.raises(InputError, match=r"' is not known; .*use latest, one of 14, 14 SR1, "):
        resolve_version(text)
