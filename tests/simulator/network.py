# SPDX-License-Identifier: GPL-3.0-or-later
"""The network between simulated hosts, and the internet behind it: who answers what, in the words
of the worker "endpoint".

Hosts whose folders lie side by side are in one network; network.json beside them says what is out
of order (KEYS), without it all is well.
Nothing waits: what would take its time says so only. A name resolves and every server beyond the
simulated hosts answers on every port, unless told otherwise. The outbound rules of the caller
decide about every call, and the inbound rules of the other host where it is simulated (packets.py);
where they leave a doubt, the call is let through.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from .host import STATE_FILE, SimulatedHost
from .machine import KERNEL, LISTEN
from .packets import Flow, may_be_off, outcomes

FILE = "network.json"
# unknown: names without an address. silent, refused: "host:port". proxy, dns: how they answer.
# certificate: host -> what is wrong with it.
KEYS: dict[str, Any] = {
    "unknown": [],
    "silent": [],
    "refused": [],
    "proxy": "good",
    "dns": "good",
    "certificate": {},
    "name_servers": ["192.0.2.53"],
}
PROXY = {"good": 200, "dead": 0, "password": 407, "forbidden": 403, "bad_gateway": 502}
DNS = {"good": 0, "dead": None, "refuses": 5}
CERTIFICATES: dict[str, dict[str, Any]] = {
    "expired": {
        "not_after": "2020-01-01T00:00:00Z",
        "policy": ["RemoteCertificateChainErrors"],
        "chain": ["NotTimeValid"],
    },
    "name": {"names": ["other.example.com"], "policy": ["RemoteCertificateNameMismatch"]},
    "untrusted": {
        "issuer": "CN=Inspection of Example",
        "policy": ["RemoteCertificateChainErrors"],
        "chain": ["UntrustedRoot"],
    },
}
CATEGORIES = {0: "public", 1: "private", 2: "domain"}
TCP, UDP = 6, 17
DNS_PORT = 53
QUICK = 4  # milliseconds that an answer takes


@dataclass(frozen=True)
class Network:
    """folder: that of the hosts' folders. caller: the folder of the host that asks. timeout: in
    milliseconds.
    """

    folder: Path
    caller: str
    timeout: int
    proxy_host: str
    proxy_port: int

    @cached_property
    def told(self) -> dict[str, Any]:
        file = self.folder / FILE
        return {**KEYS, **(json.loads(file.read_text(encoding="utf-8")) if file.exists() else {})}

    @cached_property
    def hosts(self) -> dict[str, SimulatedHost]:
        return {
            file.parent.name: SimulatedHost.load(file.parent)
            for file in sorted(self.folder.glob(f"*/{STATE_FILE}"))
        }

    def owner(self, address: str) -> str:
        return next(
            (name for name, host in self.hosts.items() if address in host.machine.addresses), ""
        )

    # The stages

    def finding(self, endpoint: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {
            "addresses": [],
            "address": "",
            "stage": "resolve",
            "done": False,
            "error": "",
            "proxy_status": None,
            "status": None,
            "headers": [],
            "dns_code": None,
            "dns_addresses": 0,
            "certificate": None,
            "tls_first_byte_milliseconds": None,
            "milliseconds": QUICK,
        }
        found["error"] = (
            self._name_query(endpoint, found)
            if endpoint["kind"] == "dns"
            else self._reach(endpoint, found)
        )
        found["done"] = not found["error"]
        if found["error"] == "Timeout":
            found["milliseconds"] = self.timeout
        return found

    def _reach(self, endpoint: dict[str, Any], found: dict[str, Any]) -> str:
        host, port, kind = endpoint["host"], endpoint["port"], endpoint["kind"]
        proxied = endpoint["through_proxy"]
        error = self._connect(
            *((self.proxy_host, self.proxy_port) if proxied else (host, port)),
            found,
            dead=proxied and self.told["proxy"] == "dead",
        )
        if error:
            return error
        status = (
            (502 if host in self.told["unknown"] else PROXY[self.told["proxy"]]) if proxied else 200
        )
        if proxied and kind != "http":
            found.update(stage="proxy", proxy_status=status)
            if status != 200:
                return "ProxyStatus"
        if kind in ("tls", "https"):
            found.update(
                stage="tls", certificate=self._certificate(host), tls_first_byte_milliseconds=QUICK
            )
            if kind == "https" and found["certificate"]["policy"]:
                return "Certificate"
        if kind in ("http", "https"):
            own = (
                {407: ["proxy-authenticate"], 403: ["x-squid-error"]}.get(status, [])
                if kind == "http"
                else []
            )
            found.update(
                stage="http",
                status=status if kind == "http" else 200,
                headers=["date", "server", *own],
            )
        return ""

    def _connect(self, host: str, port: int, found: dict[str, Any], *, dead: bool) -> str:
        found["addresses"] = self._resolve(host)
        if not found["addresses"]:
            return "TryAgain" if self.told["dns"] == "dead" else "HostNotFound"
        found.update(address=found["addresses"][0], stage="connect")
        names = {f"{name}:{port}" for name in (host, found["address"])}
        if dead or names.intersection(self.told["silent"]):
            return "Timeout"
        if names.intersection(self.told["refused"]):
            return "ConnectionRefused"
        owner = self.owner(found["address"])
        if owner:
            return self._admitted(self.hosts[owner], found["address"], port)
        return "" if self._leaves(found["address"], port, TCP) else "AccessDenied"

    def _resolve(self, host: str) -> list[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        if self.told["dns"] == "dead" or host in self.told["unknown"]:
            return []
        known = self.hosts.get(host)
        return (
            list(known.machine.addresses)
            if known
            else [f"198.51.100.{hashlib.sha256(host.encode()).digest()[0]}"]
        )

    def _name_query(self, endpoint: dict[str, Any], found: dict[str, Any]) -> str:
        servers = [endpoint["host"]] if endpoint["host"] else self.told["name_servers"]
        if not servers:
            return "NoServer"
        code = DNS[self.told["dns"]]
        found.update(addresses=servers, address=servers[0], stage="dns")
        if not self._leaves(servers[0], DNS_PORT, UDP):
            return "AccessDenied"
        if code is None:
            return "Timeout"
        found["dns_code"] = 3 if code == 0 and endpoint["query"] in self.told["unknown"] else code
        found["dns_addresses"] = 0 if found["dns_code"] else 1
        return ""

    def _certificate(self, host: str) -> dict[str, Any]:
        good = {
            "subject": f"CN={host}",
            "issuer": "CN=Example CA",
            "names": [host],
            "not_before": "2019-01-01T00:00:00Z",
            "not_after": "2099-01-01T00:00:00Z",
            "policy": [],
            "chain": [],
        }
        return {**good, **CERTIFICATES.get(self.told["certificate"].get(host, ""), {})}

    def _admitted(self, host: SimulatedHost, address: str, port: int) -> str:
        """Windows drops a call to an idle port without an answer while its firewall is on (stealth
        mode, Microsoft Learn), and refuses it otherwise.
        """
        mine = self._own(address)
        if not mine:
            return "NetworkUnreachable"
        if not self._leaves(address, port, TCP):
            return "AccessDenied"
        owners = [
            row[3]
            for row in host.machine.tcp
            if row[1] == port and row[2] == LISTEN and _hears(row[0], address)
        ]
        if not owners:
            off = may_be_off(_reading(host), _profile(host))
            return "ConnectionRefused" if off else "Timeout"
        flows = [
            Flow("inbound", TCP, port, None, address, known, None, program, service)
            for known in mine
            for owner in owners
            for program, service in _listener(host, owner)
        ]
        return "" if self._passes(host, flows) else "Timeout"

    def _own(self, address: str) -> list[str]:
        """The caller's addresses of the same family."""
        family = ipaddress.ip_address(address).version
        known = self.hosts[self.caller].machine.addresses if self.caller in self.hosts else []
        return [one for one in known if ipaddress.ip_address(one).version == family]

    def _leaves(self, address: str, port: int, protocol: int) -> bool:
        """INF: a caller that its own rules stop is told so at once. One without an address of the
        family has none that rules could be about.
        """
        flows = [
            Flow("outbound", protocol, None, port, known, address) for known in self._own(address)
        ]
        return not flows or self._passes(self.hosts[self.caller], flows)

    def _passes(self, host: SimulatedHost, flows: list[Flow]) -> bool:
        """Whether one of the flows may be allowed."""
        reading = _reading(host)
        return any("allowed" in outcomes(reading, flow, _profile(host)) for flow in flows)


def _hears(bound: str, address: str) -> bool:
    """:: hears IPv4 too, as http.sys and most servers bind it (INF)."""
    return bound in ("::", address) or (bound == "0.0.0.0" and ":" not in address)


def _reading(host: SimulatedHost) -> dict[str, Any]:
    """What is so on a host, whatever its worker fails to read."""
    return replace(host, faults={}).reading()


def _profile(host: SimulatedHost) -> str:
    """Of the first network in use; public where none is known (FASP)."""
    return CATEGORIES[(host.network_categories or [0])[0]]


def _listener(host: SimulatedHost, owner: int) -> list[tuple[str, str]]:
    """The program that owns a socket, with each of its services."""
    program = (
        "System"
        if owner == KERNEL
        else next((path for number, _name, path in host.machine.processes if number == owner), "")
    )
    services = [
        row["Name"]
        for row in host.machine.service_instances(host.services)
        if row["ProcessId"] == owner and row["State"] == "Running"
    ]
    return [(program, service) for service in services or [""]]


def observe_endpoints(folder: Path | str, options: dict[str, Any]) -> list[dict[str, Any]]:
    """What the worker "endpoint" meets, an entry for each endpoint of its options; folder: that of
    the host that asks.
    """
    place = Path(folder).resolve()
    network = Network(
        place.parent,
        place.name,
        options["timeout_milliseconds"],
        options["proxy_host"],
        options["proxy_port"],
    )
    return [network.finding(endpoint) for endpoint in options["endpoints"]]


def name_servers(folder: Path | str) -> list[str]:
    place = Path(folder).resolve()
    return list(Network(place.parent, place.name, 0, "", 0).told["name_servers"])


def disturb(folder: Path | str, told: dict[str, Any]) -> None:
    """What is out of order in the network of the host with this folder, and nothing else."""
    for key in told:
        if key not in KEYS:
            raise ValueError(f"{key} is none of {', '.join(KEYS)}")
    Path(folder).resolve().parent.joinpath(FILE).write_text(json.dumps(told), encoding="utf-8")
