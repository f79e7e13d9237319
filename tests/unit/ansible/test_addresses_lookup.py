# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup addresses: literals stay, names are resolved and said."""

from __future__ import annotations

from typing import Any

import pytest
from unit.lookups import ask, refusal

from ansible_collections.mailops.mailessentials.plugins.lookup import addresses


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    def resolve(name: str) -> list[str]:
        known = {
            "proxy.example.com": ["2001:db8::80", "192.0.2.80"],
            "lo.example.com": ["127.0.0.1", "::1"],
        }
        if name not in known:
            raise OSError("unknown")
        return known[name]

    spoken: list[str] = []
    monkeypatch.setattr(addresses, "resolve", resolve)
    monkeypatch.setattr(addresses.display, "display", spoken.append)
    return spoken


def test_literals_stay_as_they_are(said: list[str]) -> None:
    terms = [
        "192.0.2.1",
        "192.0.2.0/255.255.255.0",
        "192.0.2.1-192.0.2.9",
        "2001:DB8::1",
        "192.0.2.1/32",
    ]
    assert ask(addresses, terms) == [
        "192.0.2.1",
        "192.0.2.0/24",
        "192.0.2.1-192.0.2.9",
        "2001:db8::1",
    ]
    assert said == []


def test_lists_of_addresses(said: list[str]) -> None:
    assert ask(addresses, [["192.0.2.1", "192.0.2.2"], "192.0.2.3", []]) == [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
    ]
    assert ask(addresses, [[]]) == []


def test_names_are_resolved_and_said(said: list[str]) -> None:
    assert ask(addresses, ["proxy.example.com", "192.0.2.80"]) == ["192.0.2.80", "2001:db8::80"]
    assert said == [
        "'proxy.example.com' was resolved on the controller to 192.0.2.80, 2001:db8::80"
    ]


REFUSED: list[tuple[Any, str]] = [
    ("nowhere.example.com", "'nowhere.example.com' is not resolved on the controller"),
    ("lo.example.com", "loopback address (it resolves to"),
    ("::1", "loopback address"),
    ("127.0.0.1", "loopback address"),
    ("192.0.2.012", "'192.0.2.012' is not a host name and not an IPv4 address in full"),
    ("192.0.2.1,192.0.2.2", "'192.0.2.1,192.0.2.2' is not the address"),
    ("255.255.255.255", "reserved address"),
    ("10.0.0.0/33", "'10.0.0.0/33' is not the address"),
    ("10.1.2.3/8", "is not the address"),
    ("", "is not the address"),
    (5, "5 is not the address"),
    (None, "None is not the address"),
]


@pytest.mark.parametrize(("term", "words"), REFUSED)
@pytest.mark.usefixtures("said")
def test_refused(term: Any, words: str) -> None:
    sentence = refusal(addresses, ["192.0.2.1", term])
    assert sentence.startswith("addresses[1]: ") and words in sentence
