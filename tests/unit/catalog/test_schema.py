# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken catalog files are refused with the file, the entry and what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.query import (
    DATA,
    load,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)

LAST = len(load()["versions"]) - 1
Change = Callable[[list[dict[str, Any]]], Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(folder: Path, subject: str, edit: Change) -> None:
    file = folder / f"{subject}.yml"
    entries = yaml.safe_load(
        yaml.safe_dump(
            yaml.safe_load(file.read_text(encoding="utf-8")),
            default_flow_style=False,
            sort_keys=False,
        )
    )
    edit(entries)
    file.write_text(yaml.safe_dump(entries), encoding="utf-8")


def test_the_copy_is_right_before_it_is_broken(folder: Path) -> None:
    change(folder, "ports", lambda entries: None)
    assert load(folder) == load()


@pytest.mark.parametrize(
    ("subject", "edit", "field", "sentence"),
    [
        (
            "ports",
            lambda e: e[0].update(colour="red"),
            "ports.yml[0].colour",
            "unknown key; use one of ports, protocol",
        ),
        (
            "ports",
            lambda e: e[1].pop("purpose"),
            "ports.yml[1].purpose",
            "missing key; it must be text",
        ),
        (
            "ports",
            lambda e: e[0].update(ports=[0]),
            "ports.yml[0].ports",
            r"\[0\] is not right; it must be a list, each item a port number",
        ),
        (
            "ports",
            lambda e: e[0].update(ports=["80"]),
            "ports.yml[0].ports",
            "it must be a list, each item a port number",
        ),
        (
            "ports",
            lambda e: e[0].update(ports=[True]),
            "ports.yml[0].ports",
            "it must be a list, each item a port number",
        ),
        ("ports", lambda e: e[0].update(ports=[]), "ports.yml[0].ports", "it must be a list"),
        (
            "ports",
            lambda e: e[0].update(protocol="icmp"),
            "ports.yml[0].protocol",
            "'icmp' is not right; it must be one of tcp, udp",
        ),
        (
            "ports",
            lambda e: e[0].update(protocol=None),
            "ports.yml[0].protocol",
            "it must be one of tcp, udp",
        ),
        (
            "ports",
            lambda e: e[0].update(features=["mail"]),
            "ports.yml[0].features",
            "each item one of core",
        ),
        (
            "ports",
            lambda e: e[0].update(purpose=" blank "),
            "ports.yml[0].purpose",
            "text without blanks",
        ),
        (
            "ports",
            lambda e: e[0].update(scopes=[]),
            "ports.yml[0].scopes",
            "it must be a list of scopes",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"].append(7),
            "ports.yml[0].scopes[1]",
            "7 is not a mapping with the keys from, to",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update(until="21"),
            "ports.yml[0].scopes[0].until",
            "unknown key",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].pop("evidence"),
            "ports.yml[0].scopes[0].evidence",
            "missing key; it must be one of verified, inferred",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update(sources=["S9"]),
            "ports.yml[0].scopes[0].sources",
            "'S9' is not in sources: S0, S1",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update(sources=[]),
            "ports.yml[0].scopes[0].sources",
            "it must be a list",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update(contradictions=["D99"]),
            "ports.yml[0].scopes[0].contradictions",
            "'D99' is not in contradictions",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update({"from": "99"}),
            "ports.yml[0].scopes[0].from",
            "'99' is not in versions: 14, 14 SR1",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update({"from": 14}),
            "ports.yml[0].scopes[0].from",
            "14 is not right; it must be text",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update(to="99"),
            "ports.yml[0].scopes[0].to",
            "'99' is not in versions",
        ),
        (
            "ports",
            lambda e: e[1]["scopes"][1].update({"from": "2014"}),
            "ports.yml[1].scopes[1]",
            "is empty or overlaps the scope before it",
        ),
        (
            "ports",
            lambda e: e[0]["scopes"][0].update({"from": "21", "to": "14"}),
            "ports.yml[0].scopes[0]",
            "is empty or overlaps",
        ),
        ("ports", lambda e: e.insert(1, e[0]), "ports.yml[1]", "is there twice"),
        ("ports", lambda e: e.insert(0, "text"), "ports.yml[0]", "'text' is not a mapping"),
        (
            "hosts",
            lambda e: e[0].update(wildcard="no"),
            "hosts.yml[0].wildcard",
            "'no' is not right; it must be true or false",
        ),
        (
            "hosts",
            lambda e: e[0].update(check_name=5),
            "hosts.yml[0].check_name",
            "it must be a host name or null",
        ),
        (
            "hosts",
            lambda e: e[0].update(components=["Norman"]),
            "hosts.yml[0].components",
            "'Norman' is not in components",
        ),
        (
            "flows",
            lambda e: e[0].update(ports=["65536"]),
            "flows.yml[0].ports",
            "a port or a range such as",
        ),
        (
            "flows",
            lambda e: e[0].update(ports=["90-80"]),
            "flows.yml[0].ports",
            "a port or a range such as",
        ),
        (
            "flows",
            lambda e: e[0].update(ports=["1-2-3"]),
            "flows.yml[0].ports",
            "a port or a range such as",
        ),
        (
            "flows",
            lambda e: e[0].update(ports=[53]),
            "flows.yml[0].ports",
            "a port or a range such as",
        ),
        (
            "flows",
            lambda e: e[0].update(remote="moon"),
            "flows.yml[0].remote",
            "it must be one of dns_servers",
        ),
        ("flows", lambda e: e[1].update(id="dns-udp"), "flows.yml[1]", "'dns-udp' is there twice"),
        (
            "versions",
            lambda e: e[-1].update(facts_of="99"),
            f"versions.yml[{LAST}].facts_of",
            "'99' is not in the versions before it: 14, 14 SR1",
        ),
        (
            "versions",
            lambda e: e[-1].update(facts_of=e[-1]["name"]),
            f"versions.yml[{LAST}].facts_of",
            "is not in the versions before it",
        ),
        (
            "versions",
            lambda e: e[0].update(facts_of=e[-1]["name"]),
            "versions.yml[0].facts_of",
            "is not in the versions before it",
        ),
        (
            "versions",
            lambda e: e[0].update(builds=["20081399"]),
            "versions.yml[0].builds",
            "each item a build date such as '20080915' in quotes",
        ),
        (
            "versions",
            lambda e: e[0].update(builds=["2008091"]),
            "versions.yml[0].builds",
            "each item a build date",
        ),
        (
            "versions",
            lambda e: e[0].update(builds=["2008-9-1"]),
            "versions.yml[0].builds",
            "each item a build date",
        ),
        (
            "versions",
            lambda e: e[0].update(builds=[20080915]),
            "versions.yml[0].builds",
            "each item a build date",
        ),
        (
            "versions",
            lambda e: e[0].update(product=14),
            "versions.yml[0].product",
            "14 is not right; it must be text",
        ),
        (
            "advisories",
            lambda e: e[0].update(cvss=11.0),
            "advisories.yml[0].cvss",
            "it must be a score from 0.0 to 10.0 or null",
        ),
        (
            "contradictions",
            lambda e: e[0]["says"][0].update(sources=["UPD"]),
            "contradictions.yml[0].says[0].sources",
            "'UPD' is not in its own sources",
        ),
        (
            "contradictions",
            lambda e: e[0]["says"][0].update(word="9090"),
            "contradictions.yml[0].says",
            "it must be a list of mappings with the keys sources: .*; words: ",
        ),
        (
            "advisories",
            lambda e: e[1]["consequences"][0].update(flow="webui"),
            "advisories.yml[1].consequences[0].flow",
            "'webui' is not in flows: dns-udp",
        ),
        (
            "hosts",
            lambda e: e[1]["scopes"][1].update(contradictions=[]),
            "hosts.yml[1].scopes[1].contradictions",
            "is empty; name the contradiction behind the status first",
        ),
        (
            "contradictions",
            lambda e: e[0].pop("reason"),
            "contradictions.yml[0].reason",
            "missing key",
        ),
        (
            "contradictions",
            lambda e: e[0].update(quotes={"UPD": "words"}),
            "contradictions.yml[0].quotes",
            "'UPD' is not in its own sources",
        ),
        (
            "notes",
            lambda e: e[0].update(quotes=["words"]),
            "notes.yml[0].quotes",
            "it must be a mapping from source to quoted text",
        ),
        ("services", lambda e: e.clear(), "services.yml", "must be a list of at least one entry"),
    ],
)
def test_a_broken_entry_is_named(
    folder: Path, subject: str, edit: Change, field: str, sentence: str
) -> None:
    change(folder, subject, edit)
    with pytest.raises(InputError, match=sentence) as caught:
        load(folder)
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"- {", b"\xff\xfe", b"- !!python/object/apply:os.getcwd []"])
def test_a_file_that_is_no_yaml_is_named(folder: Path, content: bytes) -> None:
    (folder / "hosts.yml").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as YAML in UTF-8") as caught:
        load(folder)
    assert caught.value.field == "hosts.yml"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "{}", "text"])
def test_a_file_that_is_no_list_is_named(folder: Path, content: str) -> None:
    (folder / "hosts.yml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="must be a list of at least one entry"):
        load(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "notes.yml").unlink()
    with pytest.raises(InputError, match=r"notes\.yml: cannot be read"):
        load(folder)


def test_the_catalog_is_read_once() -> None:
    assert load() is load()
