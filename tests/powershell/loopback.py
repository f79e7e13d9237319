# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers on loopback for the endpoint_worker: good ones, broken ones and ones that stay
silent. What they receive is kept.
"""

from __future__ import annotations

import datetime
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from dnslib import QTYPE, RCODE, RR, A, DNSRecord
from proxy import Proxy

HOME = "127.0.0.1"
STALL = 0.4  # seconds
Handler = Callable[[socket.socket, "Heard"], None]


@dataclass
class Heard:
    """Everything that one server was sent, one text for each connection or datagram."""

    texts: list[bytes] = field(default_factory=list)

    def lines(self) -> list[list[str]]:
        return [text.decode("latin-1").split("\r\n") for text in self.texts]


@dataclass
class Servers:
    """name -> port, and what was heard. authority: the file of the authority that signed the good
    certificates.
    """

    stack: ExitStack
    authority: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    heard: dict[str, Heard] = field(default_factory=dict)

    def tcp(self, name: str, handler: Handler, address: str = HOME) -> None:
        """A thread for each connection; the handler's end closes it."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.bind((address, self.ports.get(name, 0)))
        listener.listen(128)
        self.stack.callback(listener.close)
        self.ports[name] = listener.getsockname()[1]
        self.heard[name] = Heard()
        threading.Thread(
            target=_accept, args=(listener, handler, self.heard[name]), daemon=True
        ).start()

    def udp(self, name: str, answer: Callable[[bytes], bytes | None], address: str = HOME) -> None:
        """On the port of the server of the same name, if there is one."""
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((address, self.ports.get(name, 0)))
        self.stack.callback(server.close)
        self.ports[name] = server.getsockname()[1]
        heard = self.heard.setdefault(name, Heard())

        def serve() -> None:
            while True:
                try:
                    query, sender = server.recvfrom(4096)
                    heard.texts.append(query)
                    reply = answer(query)
                    if reply is not None:
                        server.sendto(reply, sender)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()

    def black_hole(self, name: str) -> None:
        """Its queue is full, so that it does not answer any more."""
        listener = socket.socket()
        listener.bind((HOME, 0))
        listener.listen(0)
        self.stack.callback(listener.close)
        for _unused in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            self.stack.callback(filler.close)
        self.ports[name] = listener.getsockname()[1]

    def closed(self, name: str) -> None:
        with socket.socket() as free:
            free.bind((HOME, 0))
            self.ports[name] = free.getsockname()[1]


def _accept(listener: socket.socket, handler: Handler, heard: Heard) -> None:
    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                handler(connection, heard)
            except (OSError, ssl.SSLError):
                return

    while True:
        try:
            connection, _sender = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


# What a server does with a connection


def silent(connection: socket.socket, heard: Heard) -> None:
    """Takes whatever comes until the other side goes."""
    content = b""
    heard.texts.append(content)
    place = len(heard.texts) - 1
    while more := connection.recv(4096):
        content += more
        heard.texts[place] = content


def head(connection: socket.socket, heard: Heard) -> bytes:
    content = b""
    while not content.endswith(b"\r\n\r\n") and (more := connection.recv(1)):
        content += more
    heard.texts.append(content)
    return content


def http(status: int, *headers: str) -> Handler:
    def handler(connection: socket.socket, heard: Heard) -> None:
        head(connection, heard)
        connection.sendall("\r\n".join([f"HTTP/1.1 {status} Said", *headers, "", ""]).encode())

    return handler


def says(*parts: bytes, pause: float = 0.0) -> Handler:
    """Reads the head of a request, then sends the parts with a pause between."""

    def handler(connection: socket.socket, heard: Heard) -> None:
        head(connection, heard)
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return handler


def closes(connection: socket.socket, heard: Heard) -> None:
    head(connection, heard)


def slams(_connection: socket.socket, _heard: Heard) -> None:
    """Closes before it was told anything."""


def resets(connection: socket.socket, _heard: Heard) -> None:
    """Waits for the first byte, then goes without a farewell."""
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def endless(connection: socket.socket, heard: Heard) -> None:
    """100 MB of header."""
    head(connection, heard)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _unused in range(1600):
        connection.sendall(b"X-Long: " + b"x" * 65526 + b"\r\n")


def secured(context: ssl.SSLContext, handler: Handler) -> Handler:
    def wrapped(connection: socket.socket, heard: Heard) -> None:
        with context.wrap_socket(connection, server_side=True) as inside:
            handler(inside, heard)

    return wrapped


def stalls(context: ssl.SSLContext) -> Handler:
    """Takes its time, sends the first 200 bytes of its side of the handshake, and then nothing
    more.
    """

    def handler(connection: socket.socket, heard: Heard) -> None:
        received, answer = ssl.MemoryBIO(), ssl.MemoryBIO()
        inside = context.wrap_bio(received, answer, server_side=True)
        while not answer.pending and (more := connection.recv(4096)):
            received.write(more)
            with suppress(ssl.SSLWantReadError):
                inside.do_handshake()
        time.sleep(STALL)
        connection.sendall(answer.read(200))
        silent(connection, heard)

    return handler


def connects(connection: socket.socket, heard: Heard) -> None:
    """A proxy that has reached a server which says nothing."""
    head(connection, heard)
    connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
    silent(connection, heard)


def dns(
    code: int, change: Callable[[bytes], bytes] = lambda reply: reply
) -> Callable[[bytes], bytes]:
    def answer(query: bytes) -> bytes:
        record = DNSRecord.parse(query)
        reply = record.reply()
        reply.header.rcode = code
        if code == RCODE.NOERROR:
            for last in (1, 2):
                reply.add_answer(RR(record.q.qname, QTYPE.A, rdata=A(f"192.0.2.{last}"), ttl=60))
        return change(bytes(reply.pack()))

    return answer


def over_tcp(answer: Callable[[bytes], bytes]) -> Handler:
    def handler(connection: socket.socket, heard: Heard) -> None:
        (length,) = struct.unpack("!H", connection.recv(2, socket.MSG_WAITALL))
        query = connection.recv(length, socket.MSG_WAITALL)
        heard.texts.append(query)
        reply = answer(query)
        connection.sendall(struct.pack("!H", len(reply)) + reply)

    return handler


def flagged(reply: bytes) -> bytes:
    """Marked as cut short, and cut between two records (RFC 1035, 4.1.1: TC)."""
    return reply[:2] + bytes([reply[2] | 2]) + reply[3:-16]


def countless(reply: bytes) -> bytes:
    """Claims 65,535 records."""
    return reply[:6] + b"\xff\xff" + reply[8:]


def another_id(reply: bytes) -> bytes:
    return bytes([reply[0] ^ 0xFF]) + reply[1:]


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def certificates(folder: Path) -> tuple[dict[str, ssl.SSLContext], str]:
    """Contexts of servers, and the file of the authority that is to be trusted."""
    authority, stranger = (
        trustme.CA(organization_name="Example CA"),
        trustme.CA(organization_name="Stranger CA"),
    )
    past, future = (
        datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        for days in (-2, 2)
    )
    made = {
        "good": authority.issue_cert("localhost", HOME, "::1"),
        "expired": authority.issue_cert("localhost", not_after=past),
        "early": authority.issue_cert("localhost", not_before=future),
        "name": authority.issue_cert("other.example.com"),
        "untrusted": stranger.issue_cert("localhost"),
    }
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)
    contexts = {name: _context(certificate) for name, certificate in made.items()}
    # An authority's own certificate is signed by itself.
    contexts["self_signed"] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = folder / "own.pem"
    own.write_bytes(stranger.cert_pem.bytes() + stranger.private_key_pem.bytes())
    contexts["self_signed"].load_cert_chain(own)
    return contexts, str(file)


def _web(servers: Servers, contexts: dict[str, ssl.SSLContext]) -> None:
    servers.tcp("tcp", silent)
    servers.tcp("tcp6", silent, "::1")
    servers.closed("refuses")
    servers.black_hole("black_hole")
    servers.ports["beside_the_hole"] = servers.ports["black_hole"]
    servers.tcp("beside_the_hole", silent, "127.0.0.2")
    servers.tcp("http", http(404, "Server: example", "X-Secret: hidden"))
    servers.tcp("http6", http(204), "::1")
    servers.tcp("moved", http(302, "Location: /elsewhere"))
    servers.tcp("slow", says(b"HTTP/1.0 ", b"200 O", b"K\nServer: x", b"\n\n", pause=0.2))
    servers.tcp("closes", closes)
    servers.tcp("slams", slams)
    servers.tcp("resets", resets)
    servers.tcp("silent", silent)
    servers.tcp("garbage", says(b"\x00\xff\x00garbage\r\n\r\n"))
    servers.tcp("half", says(b"HTTP/1.1 200 OK\r\nServer: x\r\n"))
    servers.tcp("no_status", says(b"HTTP/1.1 two hundred\r\n\r\n"))
    servers.tcp(
        "byte_a_second", says(*(bytes([sign]) for sign in b"HTTP/1.1 200 OK\r\n\r\n"), pause=1)
    )
    servers.tcp("endless", endless)
    for name, context in contexts.items():
        servers.tcp(f"tls_{name}", secured(context, http(200, "Server: example")))
    servers.tcp("stalls", stalls(contexts["good"]))


def _proxies(servers: Servers) -> None:
    for name, options in (("proxy", []), ("proxy_password", ["--basic-auth", "user:Tr0ub4dor"])):
        always = [
            "--hostname",
            HOME,
            "--port",
            "0",
            "--num-workers",
            "1",
            "--num-acceptors",
            "1",
            "--log-level",
            "c",
        ]
        started = servers.stack.enter_context(Proxy([*always, *options]))
        servers.ports[name] = started.flags.port
    servers.tcp("proxy_forbids", http(403, "X-Squid-Error: ERR_ACCESS_DENIED 0"))
    servers.tcp("proxy_silent", silent)
    servers.tcp("proxy_connects", connects)
    servers.tcp("proxy_closes", closes)
    servers.tcp("proxy_garbage", says(b"200 OK\r\n\r\n"))


def _name_servers(servers: Servers) -> None:
    servers.tcp("dns", over_tcp(dns(RCODE.NOERROR)))
    servers.udp("dns", dns(RCODE.NOERROR))
    servers.udp("dns_unknown", dns(RCODE.NXDOMAIN))
    servers.udp("dns_refuses", dns(RCODE.REFUSED))
    servers.udp("dns_silent", lambda _query: None)
    servers.udp("dns_another_id", dns(RCODE.NOERROR, another_id))
    servers.udp("dns_flagged", dns(RCODE.NOERROR, flagged))
    servers.udp("dns_countless", dns(RCODE.NOERROR, countless))
    servers.udp("dns_short", lambda _query: b"\x00")
    servers.udp("dns_cut", dns(RCODE.NOERROR, lambda reply: reply[:30]))
    servers.tcp("dns_tcp_another_id", over_tcp(dns(RCODE.NOERROR, another_id)))
    servers.tcp("dns_garbage", over_tcp(lambda _query: b"\x00"))
    servers.ports["dns_deaf"] = servers.ports["dns"]
    for last in range(3, 7):
        servers.udp("dns_deaf", lambda _query: None, f"127.0.0.{last}")
    lost: list[bytes] = []
    # The first datagram gets lost.
    servers.udp(
        "dns_lossy", lambda query: dns(RCODE.NOERROR)(query) if lost else lost.append(query)
    )


@contextmanager
def serve(folder: Path) -> Iterator[Servers]:
    with ExitStack() as stack:
        contexts, authority = certificates(folder)
        servers = Servers(stack, authority)
        _proxies(servers)  # first: they fork
        _web(servers, contexts)
        _name_servers(servers)
        yield servers
