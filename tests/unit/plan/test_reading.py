# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a server: what each may be, what several show together, and misspelt names."""

from __future__ import annotations

from typing import Any

import pytest
from unit.wrong_inputs import ELSEWHERE, SECRET, WRONG, wrong

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.inputs import (
    INPUTS,
    Inputs,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.plan.reading import (
    Server,
    read_inputs,
)

CASES = [pytest.param(name, value, id=f"{name}={value!r}"[:70]) for name, value in wrong()]


def read(**variables: Any) -> Any:
    named = {f"mailessentials_{name}": value for name, value in variables.items()}
    return read_inputs(Server("m", variables=named))


@pytest.mark.parametrize(("name", "value"), CASES)
def test_what_is_wrong_is_one_sentence_with_the_name_of_the_variable(name: str, value: Any) -> None:
    reading = read_inputs(Server("m", variables={name: value}))
    (error,) = reading.mistakes
    assert error.field.partition("[")[0] == name
    assert "\n" not in error.sentence and len(error.sentence) > 10
    assert SECRET not in str(error) and "topology" not in str(error)


def test_every_kind_of_input_has_wrong_values() -> None:
    kinds = {known.kind for name, known in INPUTS.items() if name not in ELSEWHERE}
    assert kinds == set(WRONG) and all(len(values) >= 3 for values in WRONG.values())


def test_nothing_given_is_right() -> None:
    assert read() == read_inputs(Server("m"))
    assert (read().inputs, read().mistakes, read().notices) == (Inputs(), (), ())


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("join_ports", "80, 8080", (80, 8080)),
        ("join_ports", 8080, (8080,)),
        ("join_ports", [], ()),
        ("ldap_servers", "192.0.2.1,dc1.example.com", ("192.0.2.1", "dc1.example.com")),
        ("firewall_profiles", "Domain,private", ("domain", "private")),
        ("ftp", "yes", True),
        ("ftp", "False", False),
        ("proxy_port", "0", 0),
        ("version", 21, "21"),
        ("farm", 0, "0"),
        ("verify_timeout", "7", 7),
        ("smtp_networks", "ANY", ("any",)),
        ("smtp_servers", ["any"], ("any",)),
        ("smtp_servers", "", ()),
        ("exchange_ports", 443, (443,)),
    ],
)
def test_lists_may_be_comma_text_and_numbers_text(name: str, given: Any, found: Any) -> None:
    more = {"directory_scenario": "remote_ad"} if name == "ldap_servers" else {}
    reading = read(**{name: given, **more})
    assert reading.mistakes == () and getattr(reading.inputs, name) == found


def test_all_mistakes_are_said_at_once() -> None:
    reading = read(join_ports=["x"], proxy_host="192.0.2.9", ftp="perhaps", web_ui_network="")
    assert [error.field for error in reading.mistakes] == [
        "mailessentials_join_ports[0]",
        "mailessentials_ftp",
        "mailessentials_proxy_port",
        "mailessentials_web_ui_network",
    ]


def test_a_wrong_value_is_not_called_missing_too() -> None:
    (error,) = read(proxy_host="192.0.2.9", proxy_port="x").mistakes
    assert error.field == "mailessentials_proxy_port" and "is not a port" in error.sentence


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"proxy_port": 8080}, "proxy_host", "mailessentials_proxy_port requires it"),
        ({"proxy_host": "192.0.2.9"}, "proxy_port", "mailessentials_proxy_host requires it"),
        (
            {"proxy_https_host": "192.0.2.9", "proxy_https_port": 8080},
            "proxy_host",
            "is only for a second proxy",
        ),
        ({"directory_scenario": "remote_ad"}, "ldap_servers", "'remote_ad' requires it"),
        (
            {"directory_scenario": "gfi_directory"},
            "ldap_servers",
            "or mailessentials_gfi_directory",
        ),
        ({"ldap_servers": ["192.0.2.1"]}, "directory_scenario", "one of active_directory"),
        (
            {"sql_server": "sql1.example.com"},
            "sql_port",
            "mailessentials_sql_server requires it, as no document of GFI names a port",
        ),
        ({"sql_port": 50001}, "sql_server", "is missing; mailessentials_sql_port requires it"),
        (
            {"gfi_directory": "192.0.2.1", "gfi_directory_port": 0},
            "gfi_directory_port",
            "mailessentials_gfi_directory requires it",
        ),
        (
            {"proxy_pac_url": f"http://u:{SECRET}@example.com/a", "proxy_stores": "wininet"},
            "proxy_pac_url",
            "",
        ),
        ({"proxy_auto_detect": True}, "proxy_stores[0]", ""),
    ],
)
def test_what_only_several_inputs_show(given: dict[str, Any], field: str, words: str) -> None:
    (error,) = read(**given).mistakes
    assert error.field == f"mailessentials_{field}"
    assert words in error.sentence and SECRET not in str(error)


@pytest.mark.parametrize("scenario", ["local", "192.0.2.1"])
def test_gfi_directory_may_be_the_ldap_server(scenario: str) -> None:
    assert read(gfi_directory=scenario, directory_scenario="gfi_directory").mistakes == ()


class TestUnknownNames:
    """A name that resembles an input is misspelt; another one is somebody else's."""

    def test_a_misspelt_name_is_an_error_with_the_right_one(self) -> None:
        (error,) = read(web_ui_network=["192.0.2.0/24"]).mistakes
        assert "did you mean mailessentials_web_ui_networks?" in error.sentence

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("firewall_version", "mailessentials_version"),
            ("preflight_fail_on", "mailessentials_fail_on"),
            ("proxy_hosts", "mailessentials_proxy_host"),
        ],
    )
    def test_an_older_name_leads_to_the_right_one(self, name: str, meant: str) -> None:
        (error,) = read(**{name: "x"}).mistakes
        assert f"did you mean {meant}" in error.sentence

    def test_a_name_that_resembles_none_is_a_notice(self) -> None:
        reading = read(licence_key=SECRET)
        assert reading.mistakes == () and SECRET not in str(reading.notices[0])
        assert reading.notices[0].field == "mailessentials_licence_key"

    @pytest.mark.parametrize(
        "ignored", ["mailessentials_web_ui_network", ["mailessentials_web_ui_network"]]
    )
    def test_the_inventory_may_name_exceptions(self, ignored: Any) -> None:
        reading = read(web_ui_network=1, ignored_variables=ignored)
        assert (reading.mistakes, reading.notices) == ((), ())

    def test_a_variable_that_a_template_refers_to_is_not_reported(self) -> None:
        server = Server(
            "m",
            variables={"mailessentials_web_ui_network": 1},
            referenced=frozenset(["mailessentials_web_ui_network"]),
        )
        assert read_inputs(server).mistakes == ()

    def test_variables_of_the_playbooks_are_known(self) -> None:
        reading = read(group="mailessentials", serial=1)
        assert (reading.mistakes, reading.notices) == ((), ())


def test_a_template_that_could_not_be_filled_in_is_a_mistake() -> None:
    server = Server("m", unfilled={"mailessentials_version": "could not be filled in"})
    (error,) = read_inputs(server).mistakes
    assert str(error) == "mailessentials_version: could not be filled in"
