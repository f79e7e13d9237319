# SPDX-License-Identifier: GPL-3.0-or-later
"""After the proxy was taken away: direct access everywhere."""

from __future__ import annotations

from proxies import STORES, ProxyServer


def test_the_server_goes_direct(proxied: ProxyServer) -> None:
    assert proxied.different(proxied.runs[-1]) == STORES
    assert all(found["direct"] and found["status"] == "equal" for found in proxied.stores.values())
    assert proxied.found["mailessentials"]["enabled"] is False


def test_the_calls_clear_and_nothing_else(proxied: ProxyServer) -> None:
    if proxied.simulated:
        cleared = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"), "")
        calls = proxied.called()[-4:]
        assert [calls[0], calls[2], calls[3]] == [
            ["win_http_proxy", {}],
            ["win_inet_proxy", {"auto_detect": False}],
            ["win_environment", {"level": "machine", "variables": cleared}],
        ]
