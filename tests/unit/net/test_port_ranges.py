# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports: numbers, ranges, keywords."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.net import port_ranges

SPANS = {
    "80": (80, 80),
    "0": (0, 0),
    "65535": (65535, 65535),
    "1024-65535": (1024, 65535),
    "80-80": (80, 80),
    "00080": (80, 80),
    "65536": None,
    "90-80": None,
    "80-": None,
    "-80": None,
    "80-90-100": None,
    "": None,
    " 80": None,
    "80\n": None,
    "8o": None,
    "٨٠": None,
    "²": None,
    "9" * 5000: None,
    "RPC": None,
}
WANTED = {
    "80": "80",
    "080": "80",
    "80-80": "80",
    "1024-65535": "1024-65535",
    "rpcepmap": "RPCEPMap",
    "teredo": "Teredo",
}
REFUSED = {
    "0": "contains port 0",
    "0-80": "contains port 0",
    "65536": "1 to 65535",
    "90-80": "start first",
    "9095, 9096": "several ports in one text",
    "9095,9096": "several ports in one text",
    "9095 9096": "several ports in one text",
    "9095.0": "is not a port",
    "": "is not a port",
    "https": "is not a port",
    "-1": "is not a port",
}


@pytest.mark.parametrize(("text", "span"), SPANS.items())
def test_spans_of_one_entry(text: str, span: tuple[int, int] | None) -> None:
    assert port_ranges.parse_span(text) == span


@pytest.mark.parametrize(("given", "shown"), WANTED.items())
def test_what_a_person_gives(given: str, shown: str) -> None:
    assert port_ranges.parse_wanted(given) == shown


@pytest.mark.parametrize(("given", "words"), REFUSED.items())
def test_what_a_person_may_not_give(given: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        port_ranges.parse_wanted(given)


def test_lists_merge_and_keywords_know_no_case() -> None:
    assert port_ranges.spans(("9096", "9095", "RPC")) == port_ranges.spans(("rpc", "9095-9096"))
    assert port_ranges.spans(("9095",)) != port_ranges.spans(("9096",))
    assert port_ranges.spans(()) == ((), frozenset())
