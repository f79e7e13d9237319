# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup: lists whatever the number of entries, errors in one sentence, and documentation that
is the truth.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleLookupError
from surroundings import clean_environment

from ansible_collections.mailops.mailessentials.plugins.lookup import catalog as plugin
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog import (
    query as catalog,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.catalog.schema import (
    FEATURES,
    SERVER_ROLES,
    SUBJECTS,
)

NAME = "mailops.mailessentials.catalog"
Ask = Callable[..., Any]
OPTIONS = yaml.safe_load(plugin.DOCUMENTATION)["options"]
RETURNED = yaml.safe_load(plugin.RETURN)["_raw"]["contains"]


@pytest.fixture
def ask() -> Ask:
    """The plugin with its options defined, as Ansible's plugin loader does it."""
    constants.config.initialize_plugin_configuration_definitions("lookup", NAME, OPTIONS)
    loaded = plugin.LookupModule()
    loaded._load_name = NAME
    return lambda *terms, **options: loaded.run(list(terms), variables={}, **options)


def test_one_list_for_each_term(ask: Ask) -> None:
    assert ask("flows", version="2014") == [catalog.query("flows", version="2014")]
    assert ask("hosts", "sources") == [catalog.query("hosts"), catalog.query("sources")]


@pytest.mark.parametrize(("version", "number"), [("22.4", 0), ("21.8", 18), ("21.4", 21)])
def test_no_entry_and_many_are_a_list_in_a_list(ask: Ask, version: str, number: int) -> None:
    """lookup() takes the outer list off when it holds one item, so users always get the
    inner one.
    """
    (entries,) = ask("advisories", version=version)
    assert isinstance(entries, list)
    assert len(entries) == number


def test_in_a_playbook(tmp_path: Path) -> None:
    """Under Ansible itself: lookup() always gives the list of entries, query() a list of lists, and
    an error reaches the user.
    """
    tasks = [
        {
            "ansible.builtin.assert": {
                "that": f"{call}('{NAME}', 'advisories', "
                f"version='{version}'){inner} | map(attribute='id') | length == {number}"
            }
        }
        for call, inner in (("lookup", ""), ("query", "[0]"))
        for version, number in (("22.4", 0), ("21.8", 18), ("21.4", 21))
    ]
    failing = [
        {
            "ansible.builtin.debug": {"msg": "{{ lookup('" + NAME + "', 'ports', version='99') }}"},
            "ignore_errors": True,
            "register": "failed",
        }
    ]
    proof = [
        {
            "ansible.builtin.assert": {
                "that": ["failed is failed", "\"'99' is not known; the nearest is\" in failed.msg"]
            }
        }
    ]
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(
        yaml.safe_dump(
            [{"hosts": "localhost", "gather_facts": False, "tasks": [*tasks, *failing, *proof]}]
        ),
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "ansible",
        "playbook",
        "-c",
        "local",
        "-i",
        "localhost,",
        str(playbook),
    ]
    run = subprocess.run(
        command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "ok=8" in run.stdout


@pytest.mark.parametrize("version", ["14.0.20081025", "14.0.4811.1-20090301-1200", "20090301"])
def test_later_builds_are_answered_as_14_sr1(ask: Ask, version: str) -> None:
    assert ask("hosts", "ports", "flows", version=version) == ask(
        "hosts", "ports", "flows", version="14 SR1"
    )


def test_options_reach_the_catalog(ask: Ask) -> None:
    wanted = {"version": "2015", "features": ["ldap", "multi_server"], "server_role": "slave"}
    assert ask("flows", **wanted) == [catalog.query("flows", **wanted)]
    assert ask("flows", version="2015", features="ldap,ftp") == [
        catalog.query("flows", version="2015", features=["ldap", "ftp"])
    ]
    assert ask("ports", version=21) == [catalog.query("ports", version="21")]


@pytest.mark.parametrize(
    ("terms", "options", "sentence"),
    [
        (
            ["prots"],
            {},
            r"catalog: term: 'prots' is not known; the nearest is 'ports'; "
            r"use one of ports, hosts",
        ),
        ([["ports"]], {}, r"catalog: term: .* is not known"),
        ([], {}, r"catalog: no term; name what to ask for"),
        (
            ["ports"],
            {"version": "99"},
            r"catalog: version: '99' is not known; the nearest is .* use latest, one of 14",
        ),
        (
            ["ports"],
            {"version": "20081399"},
            r"catalog: version: '20081399' has '20081399' where a build date belongs",
        ),
        (
            ["ports"],
            {"version": "14-20080914"},
            r"catalog: version: '14-20080914' has a build date before 20080915, "
            r"the first known one; give",
        ),
        (
            ["ports"],
            {"version": 20.10},
            r"catalog: version: 20.1 must be a string; write it in quotes",
        ),
        (
            ["ports"],
            {"features": ["ldpa"]},
            r"catalog: features\[0\]: 'ldpa' is not known; the nearest is 'ldap'",
        ),
        (
            ["flows"],
            {"server_role": "slaves"},
            r"catalog: server_role: 'slaves' is not known; the nearest is 'slave'",
        ),
        (
            ["ports"],
            {"versoin": "21"},
            r"catalog: 'versoin' is not an option; the options are version, features, server_role",
        ),
    ],
)
def test_a_bad_question_is_an_error_of_one_sentence(
    ask: Ask, terms: list[Any], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AnsibleLookupError, match=sentence) as caught:
        ask(*terms, **options)
    assert "\n" not in str(caught.value)


def test_the_documented_terms_and_options_are_the_real_ones() -> None:
    assert set(RETURNED) == set(SUBJECTS)
    assert [term for term in SUBJECTS if f"V({term})" not in str(OPTIONS["_terms"])] == []
    assert tuple(name for name in OPTIONS if name != "_terms") == plugin.OPTIONS
    assert [name for name in FEATURES if f"V({name})" not in str(OPTIONS["features"])] == []
    assert [name for name in SERVER_ROLES if f"V({name})" not in str(OPTIONS["server_role"])] == []


@pytest.mark.parametrize("term", SUBJECTS)
def test_the_documented_keys_and_types_are_the_real_ones(term: str) -> None:
    documented = RETURNED[term]["contains"]
    entries = [
        entry
        for row in catalog.load()["versions"]
        for entry in catalog.query(term, version=row["name"])
    ]
    for entry in entries:
        assert sorted(entry) == sorted(documented)
        for key, value in entry.items():
            assert value is None or type(value).__name__ == documented[key]["type"], key
            assert not isinstance(value, list) or all(
                type(item).__name__ == documented[key]["elements"] for item in value
            ), key
            assert value is not None or "null" in str(documented[key]["description"]), key
