# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated host over the captured rules: what it does not change stays byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.farm import CAPTURES, DATA, captured
from simulator.host import SimulatedHost
from simulator.rule_text import RuleText

ROWS = [
    json.loads(line)
    for file in sorted(DATA.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
TEXTS = sorted({row["value"] for row in ROWS})
# The static service store is written by hand, in a dialect of its own, and no command sets its
# rules.
SETTABLE = sorted({row["value"] for row in ROWS if "RestrictedServices" not in row["key"]})
NEWEST = "v2.33"
CHANGES: list[tuple[dict[str, Any], tuple[str, ...], list[str]]] = [
    ({"Enabled": "False"}, ("active",), ["Active=FALSE"]),
    ({"Action": "Block"}, ("action",), ["Action=Block"]),
    ({"NewDisplayName": "Renamed"}, ("name",), ["Name=Renamed"]),
    ({"Description": "Says what"}, ("desc",), ["Desc=Says what"]),
    ({"Profile": "Domain"}, ("profile",), ["Profile=Domain"]),
    ({"Program": "C:\\x.exe"}, ("app",), ["App=C:\\x.exe"]),
    ({"Service": "w3svc"}, ("svc",), ["Svc=w3svc"]),
    ({"RemoteAddress": ["192.0.2.1"]}, ("ra4", "ra6", "ra42", "ra62"), ["RA4=192.0.2.1"]),
    ({"RemoteAddress": "Any"}, ("ra4", "ra6", "ra42", "ra62"), []),
    ({"InterfaceType": "Wired"}, ("iftype",), ["IFType=Lan"]),
]


def test_there_are_captures() -> None:
    assert len(ROWS) == 3490
    assert len(SETTABLE) > 1900
    assert [len(dict(captured(file))) for file, _unused in CAPTURES.values() if file] == [
        109,
        480,
        154,
    ]


def test_every_captured_text_is_read_and_written_byte_for_byte() -> None:
    assert [text for text in TEXTS if RuleText.read(text).write() != text] == []


@pytest.mark.parametrize(("parameters", "names", "expected"), CHANGES)
def test_a_change_of_one_field_leaves_every_other_token(
    parameters: dict[str, Any], names: tuple[str, ...], expected: list[str]
) -> None:
    host = SimulatedHost(version=NEWEST)
    for text in SETTABLE:
        host.rules["id"] = text
        host.set_rule(Name="id", **parameters)
        before = [
            token for token in text.split("|") if token.partition("=")[0].lower() not in names
        ]
        after = host.rules["id"].split("|")
        assert [token for token in after if token not in expected or token in before] == before
        assert [token for token in after if token in expected] == expected


def test_tokens_are_written_where_windows_writes_them() -> None:
    """Rules of Windows 8.1 to 11, rebuilt field by field from nothing, come out in the captured
    order.
    """
    for file in (
        "server2016_schema226.jsonl",
        "windows10_schema230.jsonl",
        "windows11_schema233.jsonl",
    ):
        for _unused, text in captured(file):
            rule = RuleText.read(text)
            if "IF=" in text or rule.version == "v2.10":
                continue
            rebuilt = rule
            for field in (
                "Profile",
                "LocalPort",
                "RemotePort",
                "RemoteAddress",
                "Service",
                "Description",
                "EdgeTraversalPolicy",
            ):
                tokens = [
                    token for token in rule.tokens if token not in rule.with_field(field, []).tokens
                ]
                rebuilt = rebuilt.with_field(field, []).with_field(field, tokens)
            assert rebuilt.write() == text
