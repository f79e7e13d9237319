# SPDX-License-Identifier: GPL-3.0-or-later
"""The first run on new servers, and the next one."""

from __future__ import annotations

from sites import Site


def test_the_inventory_has_two_farms_and_a_standalone_server(site: Site) -> None:
    assert all(site.group(name) for name in ("master", "slaves", "verified", "standalone"))
    assert len(site.group("slaves")) >= 2


def test_the_first_run_makes_the_rules_of_all(site: Site) -> None:
    played = site.play("site")
    assert played.ok
    for name in site.everyone:
        run = played.on(name)
        verdict = run.last("preflight_server")
        assert (verdict["state"], verdict["finish"]) == ("to_change", [])
        assert verdict["widen"] == verdict["differs"]
        writes = ["firewall_ruleset"] * len(verdict["differs"])
        assert run.calls == ["server_info", *writes, "endpoint_check"]
        assert played.verdict(name)["ok"]


def test_the_next_run_changes_nothing(site: Site) -> None:
    before = site.rules(site.everyone)
    played = site.play("site")
    assert played.ok
    for name in site.everyone:
        run = played.on(name)
        assert (run.calls, run.changed) == (["server_info", "endpoint_check"], False)
        assert run.last("preflight_server")["state"] == "as_wanted"
    assert site.rules(site.everyone) == before
    if site.simulated:
        # MailEssentials is installed on one of the farms alone.
        assert [played.proof(name)["ok"] for name in site.group("verified")] == [True, True]
        for name in (*site.farm, *site.group("standalone")):
            (told,) = played.proof(name)["failures"]
            assert "MailEssentials is not installed yet" in told and name in told
