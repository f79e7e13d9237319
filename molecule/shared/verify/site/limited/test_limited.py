# SPDX-License-Identifier: GPL-3.0-or-later
"""A run over one server, and one over an inventory that lacks a server: the rules of a farm are
those of all its servers. At the end the rules are removed.
"""

from __future__ import annotations

from sites import Site


def test_a_run_over_one_slave_changes_that_slave(site: Site) -> None:
    slave, *rest = reversed(site.farm)
    site.delete(*site.farm)
    before = site.rules(rest)
    played = site.play("site", limit=slave)
    assert played.ok
    assert played.on(slave).calls == ["server_info", "firewall_ruleset", "endpoint_check"]
    assert played.on(slave).last("firewall_result")["changed"]
    assert not any(played.on(name).calls for name in site.everyone if name != slave)
    assert set(played.verdict(slave)["not_read"]) == set(rest)
    assert site.rules(rest) == before


def test_an_inventory_that_lacks_a_slave_stops_its_farm(site: Site) -> None:
    *rest, slave = site.farm
    before = site.rules(site.farm)
    played = site.play("site", inventory=site.without(slave))
    assert not played.ok
    assert site.rules(site.farm) == before
    for name in rest:
        told = played.verdict(name)["failures"]
        assert any(slave in one and "not in the farm in this inventory" in one for one in told)
        assert played.on(name).calls == ["server_info"]
    assert all(played.verdict(name)["ok"] for name in site.others)


def test_the_whole_inventory_repairs_all(site: Site) -> None:
    played = site.play("site")
    assert played.ok
    assert all(played.verdict(name)["ok"] for name in site.everyone)


def test_the_rules_can_be_removed(site: Site) -> None:
    assert site.play("remove").ok
    for name in site.everyone:
        assert site.stored(name) == site.start[name]
