# SPDX-License-Identifier: GPL-3.0-or-later
"""After the next run: every place is what it was, by the same calls."""

from __future__ import annotations

from proxies import STORES, ProxyServer


def test_every_place_is_repaired(proxied: ProxyServer) -> None:
    assert proxied.different(proxied.runs[-1]) == STORES
    assert {found["status"] for found in proxied.stores.values()} == {"equal"}
    if proxied.simulated:
        assert proxied.called()[-4:] == proxied.expected_calls()
