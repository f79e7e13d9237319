# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lookup answers, version by version, for every host and every port of the two articles.

What is expected stands in tests/data/articles/sentences.yml, written from the articles and the
policy of the contradictions D3 and D8.
"""

from __future__ import annotations

from typing import Any

import pytest
from unit.catalog.test_articles import FILES, NOT_A_FACT, TABLE, article, hosts_in, numbers_in
from unit.lookups import ask

from ansible_collections.mailops.mailessentials.plugins.lookup import catalog as plugin
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    load,
)

VERSIONS = ("14", "14 SR1", "14.1", "2010", "2012", "2014", "2014 R2", "2015", "21", "22")
Spans = dict[tuple[str, str], str]  # first and last version -> status; elsewhere not listed


def table(subject: str) -> dict[str, Spans]:
    """The answers of tests/data/articles/sentences.yml about hosts or ports, by their names."""
    named = {name.partition("/")[::2]: answers for name, answers in TABLE["answers"].items()}
    return {
        name: {tuple(span.split(" to ")): status for span, status in answers.items()}
        for (of, name), answers in named.items()
        if of == subject
    }


# What the articles are about: mail, the user interface and joining are not in them.
KINDS = ("dns", "http", "ftp", "ldap", "gfi_directory", "ipc", "multi_server")
HOSTS = table("hosts")
PORTS = {(int(name.split()[0]), name.split()[1]): spans for name, spans in table("ports").items()}


def answers(term: str, version: str) -> list[dict[str, Any]]:
    (entries,) = ask(plugin, [term], version=version)
    return list(entries)


def expected(answers: dict[Any, Spans], version: str) -> dict[Any, str]:
    """What a table says of one version."""
    place = VERSIONS.index(version)
    return {
        thing: status
        for thing, spans in answers.items()
        for (first, last), status in spans.items()
        if VERSIONS.index(first) <= place <= VERSIONS.index(last)
    }


def test_the_tables_are_about_every_host_and_port_of_both_texts() -> None:
    texts = {key: article(key) for key in FILES}
    assert set(HOSTS) == {host for text in texts.values() for host in hosts_in(text)}
    versions = {
        part
        for row in load()["versions"]
        for name in (row["name"], *row["builds"])
        for part in name.split()
    } - {str(port) for port, _kind in PORTS}
    numbers = {
        number for key, text in texts.items() for number in numbers_in(text) - set(NOT_A_FACT[key])
    }
    assert numbers - versions == {str(port) for port, _kind in PORTS}
    assert tuple(row["name"] for row in load()["versions"]) == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
class TestVersion:
    def test_its_hosts(self, version: str) -> None:
        found = {entry["host"]: entry["status"] for entry in answers("hosts", version)}
        assert found == expected(HOSTS, version)

    def test_its_ports(self, version: str) -> None:
        found = {
            (entry["port"], entry["kind"]): entry["status"]
            for entry in answers("ports", version)
            if entry["kind"] in KINDS
        }
        assert found == expected(PORTS, version)

    def test_what_is_contradicted_names_the_contradiction(self, version: str) -> None:
        entries = [*answers("hosts", version), *answers("ports", version)]
        assert [
            entry
            for entry in entries
            if entry["status"] == "contradicted" and not entry["contradictions"]
        ] == []


def test_one_policy_for_what_one_source_lists_and_another_does_not() -> None:
    """D8: the same status, however the source came to be alone."""
    alike = {
        entry["host"]: entry["status"]
        for entry in answers("hosts", "21")
        if entry["host"] in ("update.gfi.com", "sn92.mailshell.net", "db11.spamcatcher.net")
    }
    assert set(alike.values()) == {"contradicted"} and len(alike) == 3
    (policy,) = (entry for entry in answers("contradictions", "21") if entry["id"] == "D8")
    assert {"D1", "D9", "D10"} <= set(policy["choice"].replace(".", "").replace(",", "").split())
