# SPDX-License-Identifier: GPL-3.0-or-later
"""What every verification uses: the servers of the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
from blocks import BlockedServer
from ports import PortServer
from proofs import ProvenServer
from proxies import ProxyServer
from rules import RuleServer
from servers import Server
from sites import Site

S = TypeVar("S", bound=Server)


def pytest_collection_finish(session: pytest.Session) -> None:
    """pytest skips a test that has no parameters, and would be green over an empty group."""
    if not session.items or any(item.get_closest_marker("skip") for item in session.items):
        raise pytest.UsageError(
            f"The inventory has no server in the group '{session.config.option.hosts}': nothing "
            "would be verified."
        )


class Servers:
    """Each server once, so that no question is asked twice in a verification."""

    def __init__(self) -> None:
        self._known: dict[str, Server] = {}

    def get(self, kind: type[S], host: Any) -> S:
        made = kind(host)
        found = self._known.setdefault(f"{kind.__name__} {made.name}", made)
        assert isinstance(found, kind)
        return found


@pytest.fixture(scope="session")
def servers() -> Servers:
    return Servers()


@pytest.fixture
def server(host: Any, servers: Servers) -> RuleServer:
    """A server of a scenario about rules."""
    return servers.get(RuleServer, host)


@pytest.fixture
def machine(host: Any, servers: Servers) -> PortServer:
    """A server of the scenario about ports."""
    return servers.get(PortServer, host)


@pytest.fixture
def proxied(host: Any, servers: Servers) -> ProxyServer:
    """A server of the scenario about the proxy."""
    return servers.get(ProxyServer, host)


@pytest.fixture
def proven(host: Any, servers: Servers) -> ProvenServer:
    """A server of the scenario about the proof of a farm."""
    return servers.get(ProvenServer, host)


@pytest.fixture
def blocked(host: Any, servers: Servers) -> BlockedServer:
    """A server of the scenario about block rules."""
    return servers.get(BlockedServer, host)


@pytest.fixture
def any_server(host: Any) -> Server:
    """A server of any scenario; it is asked nothing."""
    return Server(host)


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Iterator[Site]:
    """All servers of the scenario about the playbook site; without rules at the end."""
    options = pytestconfig.option
    servers = Site(options.ansible_inventory, options.hosts)
    yield servers
    servers.play("remove")
