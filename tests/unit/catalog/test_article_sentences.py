# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of sentences beside the two articles: every sentence has a row, and what a row names is
there: entries of the catalog, and rules, checks, probes, printed words and inputs of real plans.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

import pytest
from unit.catalog.test_articles import ARTICLES, FILES, HOST, TABLE
from unit.plan.test_farms import farm, plan, server

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    load,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.schema import (
    identity,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.wanted import (
    catalog_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.farms import (
    FarmPlan,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    INPUTS,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.table import (
    plan_lines,
)

ROWS: list[dict[str, Any]] = TABLE["sentences"]
USES = ("rules", "checks", "probes", "prints", "inputs")
MOST_NOT_USED = 6
_NO_TEXT = re.compile(r"^(?:\d\. |• |NOTE: )")
_ENDS = re.compile(r"(?<=\.)\s+(?=[A-Z])")
EVERYTHING: dict[str, Any] = {
    "ftp": True,
    "ldap_servers": ["192.0.2.101"],
    "directory_scenario": "remote_ad",
    "gfi_directory": "192.0.2.61",
    "web_ui_networks": ["192.0.2.0/24"],
}
PROXY = {"proxy_host": "192.0.2.9", "proxy_port": 8080}


def sentences(key: str) -> list[str]:
    text = (ARTICLES / FILES[key]).read_text(encoding="utf-8")
    lines = [_NO_TEXT.sub("", " ".join(line.split())) for line in text.splitlines()]
    return [part for line in lines for part in _ENDS.split(line) if part]


def titled(row: dict[str, Any]) -> str:
    return f"{row['article']} {row['number']}"


@cache
def plans() -> tuple[FarmPlan, ...]:
    """Farms with every feature: by proxy and without, with GFI Directory here; and old servers."""
    here = {**EVERYTHING, "gfi_directory": "local"}
    return (
        plan(*farm(1, version="21", **EVERYTHING)),
        plan(*farm(1, version="21", **here, **PROXY)),
        *(
            plan(server("x", "standalone", version=version, **here))
            for version in ("14", "2014", "2014 R2", "2015")
        ),
    )


@cache
def there() -> dict[str, set[Any] | str]:
    """What the plans hold, by the keys of the table."""
    servers = [server for found in plans() for server in found.servers.values()]
    tried = [
        endpoint
        for version in ("14", "2015", "21", "22")
        for endpoint in catalog_endpoints(version, ["ftp"], None, False)[0]
    ]
    own = [entry for server in servers for entry in server.endpoints]
    return {
        "rules": {
            planned.flow["id"]
            for server in servers
            for planned in (*server.rules, *server.peer_rules)
        },
        "checks": {want.port for server in servers for want in server.ports},
        "probes": {endpoint.host or endpoint.kind for endpoint in tried}
        | {name for entry in own for name in (entry["purpose"], entry["endpoint"]["kind"])},
        "inputs": {*INPUTS, *(f"{name}={one}" for name in INPUTS for one in INPUTS[name].choices)},
        "prints": "\n".join(
            [
                *(line for found in plans() for line in plan_lines(found)),
                *{want.advice for server in servers for want in server.ports},
            ]
        ),
    }


def catalog_names() -> set[str]:
    names = {
        f"{subject}/{identity(subject, entry)}"
        for subject, entries in load().items()
        if subject != "ports"
        for entry in entries
    }
    return names | {
        f"ports/{port} {entry['kind']}" for entry in load()["ports"] for port in entry["ports"]
    }


@pytest.mark.parametrize("key", FILES)
def test_every_sentence_has_its_row(key: str) -> None:
    rows = [row for row in ROWS if row["article"] == key]
    found = sentences(key)
    assert [row["number"] for row in rows] == list(range(1, len(found) + 1))
    for row, text in zip(rows, found, strict=True):
        assert text.startswith(row["words"]), titled(row)
        assert hashlib.sha256(text.encode()).hexdigest()[:8] == row["hash"], titled(row)


@pytest.mark.parametrize("row", ROWS, ids=titled)
def test_what_a_row_names_is_there(row: dict[str, Any]) -> None:
    assert set(row) <= {
        "article", "number", "hash", "words", "heading", "fact", "catalog", "not_used", *USES,
    }  # fmt: skip
    if "heading" in row or "not_used" in row:
        assert len(row) == 5
        return
    assert row["fact"] and row["catalog"], "a fact is in the catalog"
    assert any(row.get(use) for use in USES), "something follows from a fact"
    assert [name for name in row["catalog"] if name not in catalog_names()] == []
    assert {
        use: [name for name in row.get(use, ()) if name not in there()[use]] for use in USES
    } == {use: [] for use in USES}


@pytest.mark.parametrize("row", ROWS, ids=titled)
def test_hosts_and_ports_of_a_row_have_an_answer_for_every_version(row: dict[str, Any]) -> None:
    """test_article_answers.py asks the lookup for each of them."""
    named = [name for name in row.get("catalog", ()) if name.startswith(("hosts/", "ports/"))]
    assert [name for name in named if name not in TABLE["answers"]] == []


@pytest.mark.parametrize("row", ROWS, ids=titled)
def test_a_row_names_the_hosts_and_ports_of_its_sentence(row: dict[str, Any]) -> None:
    text = sentences(row["article"])[row["number"] - 1]
    named = row.get("catalog", [])
    assert {f"hosts/{name}" for name in HOST.findall(text)} <= set(named)
    ports = {name.split("/")[1].split()[0] for name in named if name.startswith("ports/")}
    versions = {
        number
        for entry in load()["versions"]
        for number in re.findall(r"\d+", " ".join([entry["name"], *entry["builds"]]))
    }
    numbers = set(re.findall(r"\d+", HOST.sub("", text)))
    # 1024 is the bound of the sentence on passive FTP, 1 stands in "14 SR1".
    assert numbers - ports - versions - {"1024", "1"} == set()


def test_every_answer_belongs_to_a_sentence() -> None:
    named = {name for row in ROWS for name in row.get("catalog", ())}
    assert set(TABLE["answers"]) - named == set()


def test_few_sentences_are_not_used_and_each_says_why() -> None:
    unused = [row for row in ROWS if "not_used" in row]
    assert 0 < len(unused) <= MOST_NOT_USED
    assert all(row["not_used"].startswith("because ") for row in unused)


def test_a_heading_says_nothing() -> None:
    headings = [row["words"] for row in ROWS if "heading" in row]
    assert headings == ["Overview", "Information", "Port numbers Description"]
