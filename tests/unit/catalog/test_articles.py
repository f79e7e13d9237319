# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog against the two articles: nothing of their text is missing in it, and what it
ascribes to them is in their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    load,
)

FILES = {"S0": "S0_111252_port_description.txt", "S1": "S1_KBID002184_what_ports_are_used.txt"}
ARTICLES = Path(__file__).resolve().parents[2] / "data" / "articles"
# What becomes of every sentence, and what the lookup is to answer.
TABLE: dict[str, Any] = yaml.safe_load((ARTICLES / "sentences.yml").read_text(encoding="utf-8"))
HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9-]+\.)+(?:com|net)\b")
NOT_A_FACT = {
    "S0": {"1024": "the bound of the sentence on passive FTP, contradiction D5"},
    "S1": {
        "1024": "the bound of the sentence on passive FTP, contradiction D5",
        "1": "number of a note, and part of the version name 14 SR1",
        "2": "number of a note, and part of the version name 2014 R2",
    },
}


def article(key: str) -> str:
    """The text with every kind of blank made one space."""
    return " ".join((ARTICLES / FILES[key]).read_text(encoding="utf-8").split())


def bullets(key: str) -> list[str]:
    lines = (ARTICLES / FILES[key]).read_text(encoding="utf-8").splitlines()
    return [" ".join(line.replace("•", "").split()) for line in lines if "•" in line]


def hosts_in(text: str) -> set[str]:
    return set(HOST.findall(text))


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"\d+", HOST.sub("", text)))


def ascribed(subject: str, key: str) -> list[dict[str, Any]]:
    """Entries of a subject that name the article, in themselves or in a scope."""
    return [
        entry
        for entry in load()[subject]
        if any(key in part.get("sources", []) for part in [entry, *entry.get("scopes", [])])
    ]


def quotes(key: str) -> Iterator[tuple[str, str]]:
    for subject, entries in load().items():
        for entry in entries:
            if key in entry.get("quotes", {}):
                yield f"{subject} {entry.get('id') or entry.get('name')}", entry["quotes"][key]


@pytest.mark.parametrize("key", FILES)
class TestArticle:
    def test_every_number_is_a_port_or_a_version_or_listed(self, key: str) -> None:
        ports = {str(port) for entry in ascribed("ports", key) for port in entry["ports"]}
        versions = {
            part
            for row in load()["versions"]
            for name in (row["name"], *row["builds"])
            for part in name.split()
        }
        numbers = numbers_in(article(key))
        assert numbers - ports - versions - set(NOT_A_FACT[key]) == set()
        assert set(NOT_A_FACT[key]) - numbers == set()

    def test_every_host_is_in_the_catalog(self, key: str) -> None:
        assert hosts_in(article(key)) - {entry["host"] for entry in load()["hosts"]} == set()
        assert len(hosts_in(article(key))) >= 10

    def test_every_bullet_is_a_host_or_quoted(self, key: str) -> None:
        hosts = {entry["host"] for entry in load()["hosts"]}
        quoted = tuple(quote for _place, quote in quotes(key))
        missing = [
            line for line in bullets(key) if line not in hosts and not line.startswith(quoted)
        ]
        assert missing == []
        assert len(bullets(key)) >= 10

    def test_every_port_of_the_article_is_in_its_text(self, key: str) -> None:
        numbers = numbers_in(article(key))
        found = {str(port) for entry in ascribed("ports", key) for port in entry["ports"]}
        assert len(found) >= 10
        assert found - numbers == set()

    def test_every_host_of_the_article_is_in_its_text(self, key: str) -> None:
        assert {entry["host"] for entry in ascribed("hosts", key)} - hosts_in(article(key)) == set()

    def test_every_flow_of_the_article_is_in_its_text(self, key: str) -> None:
        numbers = numbers_in(article(key))
        flows = ascribed("flows", key)
        assert {
            flow["id"]
            for flow in flows
            for port in flow["ports"]
            if port.split("-")[0] not in numbers
        } == set()
        assert [
            flow["id"]
            for flow in flows
            if not flow["ports"] and f"{flow['remote']} server" not in article(key)
        ] == []

    def test_every_version_of_the_article_is_in_its_text(self, key: str) -> None:
        assert [
            row["name"] for row in ascribed("versions", key) if row["name"] not in article(key)
        ] == []

    def test_every_quote_is_in_its_text(self, key: str) -> None:
        assert [
            place for place, quote in quotes(key) if " ".join(quote.split()) not in article(key)
        ] == []

    def test_every_quoted_source_is_quoted_where_it_is_the_only_one(self, key: str) -> None:
        """Components and notes that rest on an article alone and are verified say its words."""
        alone = [
            entry
            for subject in ("components", "notes")
            for entry in ascribed(subject, key)
            if entry["evidence"] == "verified"
        ]
        assert [
            entry
            for entry in alone
            if key not in entry["quotes"] and set(entry["sources"]) <= set(FILES)
        ] == []


def test_quotes_are_short() -> None:
    assert [place for key in FILES for place, quote in quotes(key) if len(quote.split()) > 25] == []
