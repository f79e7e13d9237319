# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup farm: the inventory as Ansible hands it over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from unit.lookups import ask, refusal

from ansible_collections.mailops.mailessentials.plugins.lookup import farm

VARIABLES = (
    "mailessentials_address",
    "mailessentials_farm",
    "mailessentials_server_role",
    "mailessentials_version",
    "ansible_host",
)


def inventory(**changes: dict[str, Any]) -> dict[str, Any]:
    """A master, two slaves, and a host that has nothing to do with them; changes are variables by
    host.
    """
    hosts = {
        name: {"mailessentials_address": [f"192.0.2.{number}"]}
        for number, name in enumerate(("m", "s1", "s2", "other"), 1)
    }
    for name, variables in changes.items():
        hosts.setdefault(name, {}).update(variables)
    return {
        "hostvars": hosts,
        "groups": {
            "all": list(hosts),
            "mailessentials_master": ["m"],
            "mailessentials_slaves": ["s2", "s1"],
        },
    }


def test_the_farm_of_a_master_and_of_a_slave() -> None:
    master, slave = ask(farm, ["m", "s1"], inventory())
    assert [peer["addresses"] for peer in master["peers"]] == [["192.0.2.2"], ["192.0.2.3"]]
    assert [peer["name"] for peer in slave["peers"]] == ["m"]
    assert (master["server_role"], slave["server_role"]) == ("master", "slave")
    assert master["notices"] == []


def test_group_names_can_be_others() -> None:
    given = {
        "hostvars": inventory()["hostvars"],
        "groups": {"bosses": ["m"], "workers": ["s1"], "mailessentials": ["s2"]},
    }
    given["hostvars"]["s2"]["mailessentials_server_role"] = "slave"
    (place,) = ask(farm, ["m"], given, master_group="bosses", slaves_group="workers")
    assert [slave["name"] for slave in place["slaves"]] == ["s1", "s2"]


def test_several_farms() -> None:
    given = inventory(
        m={"mailessentials_farm": "x"},
        s1={"mailessentials_farm": "x"},
        s2={"mailessentials_farm": 2},
        other={"mailessentials_farm": 2},
    )
    given["groups"]["mailessentials_master"].append("other")
    (place, other) = ask(farm, ["s1", "s2"], given)
    assert (place["farm"], [slave["name"] for slave in place["slaves"]]) == ("x", ["s1"])
    assert (other["farm"], other["master"]["name"]) == ("2", "other")


def test_a_role_by_hand() -> None:
    (place,) = ask(farm, ["other"], inventory(), server_role="standalone")
    assert place["server_role"] == "standalone"
    assert "'other' is the name" not in refusal(farm, ["other"], inventory(), server_role="master")
    assert "make them agree" in refusal(farm, ["m"], inventory(), server_role="slave")


def test_a_standalone_server_may_have_any_version() -> None:
    given = inventory(other={"mailessentials_server_role": "standalone"})
    assert ask(farm, ["other"], given, version="2012")[0]["peers"] == []


@dataclass(frozen=True)
class Vaulted:
    """What ansible-core until 2.18 hands over: no text, but it becomes one."""

    hidden: str
    yaml_tag: ClassVar[str] = "!vault"

    def __str__(self) -> str:
        return self.hidden


def test_vaulted_variables() -> None:
    farm_of = {"mailessentials_farm": Vaulted("x")}
    vaulted = {
        "s1": {"mailessentials_address": [Vaulted("192.0.2.8")]},
        "s2": {"mailessentials_address": Vaulted("192.0.2.9")},
    }
    (place,) = ask(
        farm,
        ["m"],
        inventory(m=farm_of, **{name: {**farm_of, **own} for name, own in vaulted.items()}),
    )
    assert (place["farm"], [peer["addresses"] for peer in place["peers"]]) == (
        "x",
        [["192.0.2.8"], ["192.0.2.9"]],
    )


def test_zero_is_the_name_of_a_farm() -> None:
    zero = {"mailessentials_farm": 0}
    (place,) = ask(farm, ["m"], inventory(m=zero, s1=zero))
    assert (place["farm"], [slave["name"] for slave in place["slaves"]]) == ("0", ["s1"])


# (changes of the inventory, host asked, options, words)
REFUSED: list[tuple[dict[str, Any], str, dict[str, Any], str]] = [
    ({}, "nobody", {}, "'nobody' is not a host of the inventory"),
    ({}, "other", {}, "Host 'other' has no role"),
    ({}, "other", {"server_role": "master"}, "2 masters (m, other)"),
    (
        {"s1": {"mailessentials_server_role": "master"}},
        "m",
        {},
        "'master' and is in the group of the slaves",
    ),
    (
        {},
        "m",
        {"version": "2014 R2"},
        "MailEssentials 2014 R2 has no Multi-Server, it came with 2015",
    ),
    ({}, "m", {"version": "2013"}, "2013"),
    (
        {"s2": {"mailessentials_version": "2012"}},
        "m",
        {},
        "mailessentials_version of host 's2': MailEssentials 2012 has no Multi-Server",
    ),
    (
        {"s2": {"mailessentials_address": "127.0.0.1"}},
        "m",
        {},
        "mailessentials_address of host 's2': '127.0.0.1' is a loopback address",
    ),
    (
        {"s2": {"mailessentials_address": ["192.0.2.1"]}},
        "s1",
        {},
        "'192.0.2.1' is the address of 'm' too",
    ),
    (
        {"s2": {"mailessentials_version": 21.8}},
        "m",
        {},
        "mailessentials_version of host 's2': 21.8 must be a string; write it in quotes",
    ),
    ({}, "m", {"version": 20.10}, "version: 20.1 must be a string; write it in quotes"),
    *(
        ({"s2": {name: None}}, "m", {}, f"{name} of host 's2': is null; give a value or leave")
        for name in VARIABLES
    ),
    *(
        (
            {"s2": {name: "{{ nope }}"}},
            "m",
            {},
            f"{name} of host 's2': '{{{{ nope }}}}' could not be filled in",
        )
        for name in VARIABLES
    ),
    *(
        (
            {"s2": {"mailessentials_farm": farm}},
            "m",
            {},
            f"{farm!r} is not a name; write it in quotes",
        )
        for farm in (False, True, 1.5, ["x"])
    ),
    ({"m": {"mailessentials_farm": "x"}}, "s1", {}, "has no master"),
]


@pytest.mark.parametrize(("changes", "name", "options", "words"), REFUSED)
def test_refused(changes: dict[str, Any], name: str, options: dict[str, Any], words: str) -> None:
    assert words in refusal(farm, [name], inventory(**changes), **options)


def test_a_host_in_both_groups() -> None:
    given = inventory()
    given["groups"]["mailessentials_slaves"].append("m")
    assert "'m' is in the group of the master and in that of the slaves" in refusal(
        farm, ["s1"], given
    )


def test_names_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(name: str) -> list[str]:
        raise OSError(name)

    monkeypatch.setattr(farm, "resolve", resolve)
    given = inventory(s1={"ansible_host": "s1.example.com"})
    del given["hostvars"]["s1"]["mailessentials_address"]
    assert refusal(farm, ["m"], given).startswith(
        "ansible_host of host 's1': 's1.example.com' is not known"
    )
