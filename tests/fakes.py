"""Hand-written stand-ins for what lies outside the program."""

import datetime as dt
import ipaddress
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tray_app.errors import Problem
from tray_app.lemlist.balance import Balance, Team
from tray_app.store.keychain import Keychain
from tray_app.words.formats import Formats

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


class FakeFormats(Formats):
    """A locale that is the same everywhere."""

    def number(self, number: int) -> str:
        return f"{number:,}"

    def time(self, moment: dt.datetime) -> str:
        return f"{moment:%H:%M}"

    def day_and_time(self, moment: dt.datetime) -> str:
        return f"{moment:%d %b %H:%M}"

    def day(self, day: dt.date) -> str:
        return f"{day.day} {day:%b}"

    def day_and_year(self, day: dt.date) -> str:
        return f"{day.day} {day:%b} {day.year}"

    def weekday(self, day: dt.date) -> str:
        return f"{day:%a}"

    def weekday_name(self, day: dt.date) -> str:
        return f"{day:%A}"

    def month(self, day: dt.date) -> str:
        return f"{day:%b}"


class FakeClock:
    """A time that moves only when it is told to."""

    def __init__(self, now: dt.datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        """Let time pass, as much as a timedelta of these arguments."""
        self.now += dt.timedelta(**delta)


@dataclass
class FakeApi:
    """An API that gives out what it was given, and counts."""

    answer: Balance | Problem = field(default_factory=lambda: Balance(1000))
    identity: Team | Problem = field(default_factory=lambda: Team("tea_1", "Acme Growth"))
    asked_balance: int = 0
    asked_team: int = 0

    def balance(self) -> Balance:
        self.asked_balance += 1
        if isinstance(self.answer, Problem):
            raise self.answer
        return self.answer

    def team(self, deadline: float = 0.0) -> Team:
        self.asked_team += 1
        if isinstance(self.identity, Problem):
            raise self.identity
        return self.identity


class FakeKeychain(Keychain):
    """A keychain in memory, which fails when it is told to."""

    def __init__(self, key: str | None = None, problem: Problem | None = None) -> None:
        super().__init__("default")
        self.key = key
        self.problem = problem
        self.prompts: list[bool] = []

    def read(self, *, prompt: bool) -> str | None:
        self.prompts.append(prompt)
        if self.problem:
            raise self.problem
        return self.key

    def write(self, key: str) -> None:
        if self.problem:
            raise self.problem
        self.key = key

    def check(self) -> None:
        if self.problem:
            raise self.problem


class _Server(socketserver.ThreadingTCPServer):
    """Serves each connection in a thread, from `with` to its end."""

    allow_reuse_address = True

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        outer = self
        self._open: list[socket.socket] = []

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer._open.append(self.request)
                with suppress(OSError):  # the client has gone, as many tests want it to
                    serve(self.request)

        super().__init__(("127.0.0.1", 0), Handler)
        self._acceptor = threading.Thread(target=lambda: self.serve_forever(0.02))
        self.port: int = self.server_address[1]

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self.server_close()


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (part := connection.recv(65536)):
        head += part
    return head


def answer(
    body: bytes = b'{"credits": 7}',
    status: str = "200 OK",
    content_type: str = "application/json",
    extra: str = "",
) -> bytes:
    """Compose an HTTP answer; `extra` is more header lines, each with its line end."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{extra}"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


class RawServer(_Server):
    """Sends the same bytes to whoever asks, and remembers what it was asked.

    With `tls` it speaks TLS; `afterwards` then gets sent in the clear, below TLS.
    """

    def __init__(
        self, reply: bytes, tls: ssl.SSLContext | None = None, afterwards: bytes = b""
    ) -> None:
        self.requests: list[bytes] = []
        self.connections = 0

        def serve(connection: socket.socket) -> None:
            self.connections += 1
            below = connection.dup()
            with below, tls.wrap_socket(connection, server_side=True) if tls else connection as top:
                self.requests.append(_read_head(top))
                top.sendall(reply)
                below.sendall(afterwards)
                below.shutdown(socket.SHUT_WR)
                below.recv(1)  # until the client has read it all

        super().__init__(serve)


class ConnectProxy(_Server):
    """An HTTPS proxy that takes every CONNECT to one port of this computer.

    It answers with `status`; only "200 OK" connects.
    """

    def __init__(self, target_port: int, status: str = "200 OK") -> None:
        self.requests: list[bytes] = []

        def serve(connection: socket.socket) -> None:
            self.requests.append(_read_head(connection))
            connection.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
            if status == "200 OK":
                with socket.create_connection(("127.0.0.1", target_port)) as target:
                    _pump(connection, target)

        super().__init__(serve)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    while True:
        for source in select.select([one, other], [], [])[0]:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)


def closed_port() -> int:
    """Return a port of this computer that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def certificate(folder: Path, *names: str, expired: bool = False) -> tuple[ssl.SSLContext, Path]:
    """Make a self-signed certificate for these host names; 127.0.0.1 can be among them.

    Returns the context of a server that has it, and the file in which it stands.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251  (valid now)
    end = now + dt.timedelta(days=-1 if expired else 1)
    alternatives = [
        x509.IPAddress(ipaddress.ip_address(each)) if each[0].isdigit() else x509.DNSName(each)
        for each in names
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=2))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = folder / "certificate.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    both = folder / "with-key.pem"
    both.write_bytes(
        public.read_bytes()
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, public
