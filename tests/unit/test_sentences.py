# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sentence is one line and repeats no credentials, whatever a person or a host put
into it.
"""

from __future__ import annotations

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.sentences import (
    listed,
    one_line,
    one_line_each,
)


@pytest.mark.parametrize(
    "char", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\x7f", "\n", "\r"]
)
def test_nothing_breaks_a_line(char: str) -> None:
    assert len(one_line(f"a{char}b").splitlines()) == 1
    error = InputError(f"rules[{char}]", f"'a{char}b' is wrong")
    assert len(str(error).splitlines()) == 1 and error.field.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'http://admin:secret@proxy:3128' is no host", "'http://****@proxy:3128' is no host"),
        ("ldap://cn=admin:secret@dc1", "ldap://****@dc1"),
        ("admin:secret@proxy", "****@proxy"),
        ("http://admin@proxy", "http://****@proxy"),
        (
            "'@FirewallAPI.dll,-28502' is an indirect string",
            "'@FirewallAPI.dll,-28502' is an indirect string",
        ),
        ("holds an @, as before a host", "holds an @, as before a host"),
        ("Règle\u00a0漢", "Règle\u00a0漢"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_every_sentence_of_a_result_is_one_line() -> None:
    result = {
        "msg": "a\u2028b",
        "warnings": ["c\u0085d"],
        "findings": [{"message": "e\nf", "rules": ["g\nh"]}],
        "plan": {"add": [{"reason": "i\nj"}]},
    }
    found = one_line_each(result)
    assert (found["msg"], found["warnings"]) == ("a\\u2028b", ["c\\x85d"])
    assert (
        found["findings"] == [{"message": "e f", "rules": ["g\nh"]}]
        and found["plan"]["add"][0]["reason"] == "i j"
    )


def test_names_are_cut_short() -> None:
    assert listed(["a"]) == "a"
    assert listed(list("abcdefg"), 3) == "a, b, c, d, e and 5 more"
