# SPDX-License-Identifier: GPL-3.0-or-later
"""After converge, check and idempotence: set once in every place, with exactly these arguments, and
found equal afterwards.
"""

from __future__ import annotations

from proxies import STORES, ProxyServer


def test_every_place_is_set_once(proxied: ProxyServer) -> None:
    assert list(map(proxied.different, proxied.runs)) == [STORES, [], []]
    assert [run.check for run in proxied.runs] == [False, True, False]
    if proxied.simulated:
        assert proxied.called() == proxied.expected_calls()


def test_the_server_is_read_once_and_again_after_a_change(proxied: ProxyServer) -> None:
    assert [run.calls for run in proxied.runs] == [["server_info"] * 2, *[["server_info"]] * 2]


def test_every_place_is_equal(proxied: ProxyServer) -> None:
    for store, found in proxied.stores.items():
        assert (found["status"], found["machine_wide"], found["credentials"]) == (
            "equal",
            True,
            False,
        ), store
        assert found["proxies"] == proxied.scenario["expected"]["proxies"]


def test_the_manual_step_is_told(proxied: ProxyServer) -> None:
    told = proxied.found["mailessentials"]
    assert (told["enabled"], told["server"], told["port"]) == (True, "192.0.2.80", 8080)
