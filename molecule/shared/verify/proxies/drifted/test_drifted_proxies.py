# SPDX-License-Identifier: GPL-3.0-or-later
"""After every place was changed and a run in check mode: all are named, and nothing was
repaired.
"""

from __future__ import annotations

from proxies import STORES, ProxyServer


def test_the_check_names_every_place(proxied: ProxyServer) -> None:
    run = proxied.runs[-1]
    assert run.check and run.calls == ["server_info"]
    assert run.last("preflight_server")["proxy"] == proxied.different(run) == STORES
    assert proxied.stores["winhttp"]["direct"] and proxied.stores["wininet"]["proxies"] == {
        "all": "other.example.com:3128"
    }
    assert all("wanted: " in found["message"] for found in proxied.stores.values())


def test_check_mode_repairs_nothing(proxied: ProxyServer) -> None:
    answer = proxied.ask("proxy_info", stores=STORES)
    assert [entry["direct"] for entry in answer["stores"]] == [True, False, False]
    if proxied.simulated:
        assert len(proxied.called()) == 4 + 3
