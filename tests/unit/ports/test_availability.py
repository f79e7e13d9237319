# SPDX-License-Identifier: GPL-3.0-or-later
"""What the result of port_availability says of its ports."""

from __future__ import annotations

from unit.readings import port

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.ports.availability import (
    reservable,
)


def test_what_can_be_reserved_is_what_is_mailessentials_own() -> None:
    ports = [
        port(9091),
        port(8015, want={"status": "contradicted"}),
        port(8016, want={"status": "contradicted"}, status="taken"),
        port(25, want={"kind": "smtp"}),
        port(9095, want={"kind": "multi_server"}),
        port(4711, want={"kind": "given"}),
    ]
    assert reservable(ports) == [
        {"port": 9091, "protocol": "tcp"},
        {"port": 8015, "protocol": "tcp"},
        {"port": 9095, "protocol": "tcp"},
    ]
