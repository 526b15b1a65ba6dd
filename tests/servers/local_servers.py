"""Servers on this computer's loopback, and what they answer and prove themselves with."""

import datetime as dt
import hashlib
import ipaddress
import select
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:  # the demo has no pytest
    import pytest


class LocalServer(socketserver.ThreadingTCPServer):
    """Serves each connection in a thread, inside a `with` block; at its end all have ended.

    A subclass says in `finish_request` how, or gives a handler.
    """

    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int] = ("127.0.0.1", 0),
        handler: type[socketserver.BaseRequestHandler] = socketserver.BaseRequestHandler,
    ) -> None:
        super().__init__(address, handler)
        self.port: int = self.server_address[1]
        self._acceptor: threading.Thread | None = None
        self._handles: dict[Any, socket.socket] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, after `stop` on the same port again."""
        if self._acceptor is not None:
            return
        if self.fileno() == -1:
            self.socket = socket.socket(self.address_family, self.socket_type)
            self.server_bind()
            self.server_activate()
        self._acceptor = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._acceptor.start()

    def stop(self) -> None:
        """Stop listening, and end every connection, whatever it is doing. May be called again."""
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is not None:
            self.shutdown()
            acceptor.join()
            for handle in list(self._handles.values()):
                with suppress(OSError):  # it has ended by itself
                    handle.shutdown(socket.SHUT_RDWR)
            self.server_close()

    @property
    def open_connections(self) -> int:
        """How many connections are being served."""
        return len(self._handles)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        # A handle of its own, to end it by: TLS takes the socket's away.
        self._handles[connection] = connection.dup()
        return connection, address

    def close_request(self, request: Any) -> None:
        super().close_request(request)
        self._handles[request].close()  # it would keep the connection open
        del self._handles[request]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that have gone, as many tests want them to."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def read_head(connection: socket.socket) -> bytes:
    """Read a request until its empty line."""
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


class RawServer(LocalServer):
    """Sends the same bytes to whoever asks, and remembers what it was asked.

    With `tls` it speaks TLS; `afterwards` then gets sent in the clear, below TLS.
    """

    def __init__(
        self, reply: bytes, tls: ssl.SSLContext | None = None, afterwards: bytes = b""
    ) -> None:
        super().__init__()
        self.requests: list[bytes] = []
        self.connections = 0
        self._reply, self._tls, self._afterwards = reply, tls, afterwards

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        top = request
        with request.dup() as below:
            if self._tls:
                top = self._tls.wrap_socket(request, server_side=True)
            with top:
                self.requests.append(read_head(top))
                top.sendall(self._reply)
                below.sendall(self._afterwards)
                below.shutdown(socket.SHUT_WR)
                below.recv(1)  # until the client has read it all


class ConnectProxy(LocalServer):
    """An HTTPS proxy that takes every CONNECT to one port of this computer.

    It answers with `status`; only "200 OK" connects.
    """

    def __init__(self, target_port: int, status: str = "200 OK", host: str = "127.0.0.1") -> None:
        super().__init__((host, 0))
        self.requests: list[bytes] = []
        self._target_port, self._status = target_port, status

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.requests.append(read_head(request))
        request.sendall(f"HTTP/1.1 {self._status}\r\n\r\n".encode())
        if self._status == "200 OK":
            with socket.create_connection(("127.0.0.1", self._target_port)) as target:
                _pump(request, target)


class SecureProxy(ConnectProxy):
    """A proxy that speaks TLS itself."""

    def __init__(self, target_port: int, tls: ssl.SSLContext) -> None:
        super().__init__(target_port)
        self._tls = tls

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self._tls.wrap_socket(request, server_side=True) as top:
            super().finish_request(top, client_address)


class SocksProxy(LocalServer):
    """A SOCKS 5 proxy (RFC 1928) that takes everybody to one port of this computer.

    It answers with the code `reply`; only 0 connects. With a `password` it wants a user's too
    (RFC 1929).
    """

    def __init__(
        self,
        target_port: int,
        reply: int = 0,
        password: str = "",
        place: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        super().__init__(place)
        self.asked: list[str] = []
        self._target_port, self._reply, self._password = target_port, reply, password.encode()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        def read(count: int) -> bytes:
            return bytes(request.recv(count, socket.MSG_WAITALL))

        if not (greeting := read(2)):
            return  # whoever only wanted to know whether the port is open
        methods = read(greeting[1])
        method = 2 if self._password else 0
        request.sendall(bytes((5, method if method in methods else 255)))
        if method not in methods:
            return
        if self._password:
            read(read(2)[1])
            is_right = read(read(1)[0]) == self._password
            request.sendall(bytes((1, not is_right)))
            if not is_right:
                return
        kind = read(4)[3]
        name = read(read(1)[0] if kind == 3 else {1: 4, 4: 16}[kind])
        self.asked.append(
            name.decode() if kind == 3 else socket.inet_ntop({1: 2, 4: 10}[kind], name)
        )
        read(2)
        request.sendall(bytes((5, self._reply, 0, 1, 0, 0, 0, 0, 0, 0)))
        if self._reply == 0:
            with socket.create_connection(("127.0.0.1", self._target_port)) as target:
                _pump(request, target)


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    while True:
        for source in select.select([one, other], [], [])[0]:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)


@cache
def _deaf_socket() -> socket.socket:
    """Return a socket that has a port and never listens, so that no server can get its port."""
    deaf = socket.socket()
    deaf.bind(("127.0.0.1", 0))
    return deaf


def closed_port() -> int:
    """Return a port of this computer that nobody listens on, as long as this process lives."""
    port: int = _deaf_socket().getsockname()[1]
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


def hashed(folder: Path, certificate: Path, name: str) -> Path:
    """Put the certificate of :func:`certificate` for a host's name into a folder; return that.

    It is called as OpenSSL looks for it (``openssl rehash``, X509_NAME_hash): by the SHA-1 of its
    name in DER, as UTF-8 and in lower case.
    """

    def der(tag: int, content: bytes) -> bytes:
        return bytes((tag, len(content))) + content

    common_name = der(6, bytes((0x55, 4, 3))) + der(0x0C, name.lower().encode())
    digest = hashlib.sha1(der(0x31, der(0x30, common_name)), usedforsecurity=False).digest()
    folder.mkdir(exist_ok=True)
    (folder / f"{int.from_bytes(digest[:4], 'little'):08x}.0").symlink_to(certificate)
    return folder


@contextmanager
def swallowing_address() -> Iterator[tuple[str, int]]:
    """Yield an address to which packets get lost without a word: its backlog is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            plug = stack.enter_context(socket.socket())
            plug.setblocking(False)
            plug.connect_ex(listener.getsockname())
        yield listener.getsockname()


def resolve(monkeypatch: "pytest.MonkeyPatch", name: str, *addresses: tuple[str, int]) -> None:
    """Stand in for the name server where it is asked for one name."""
    ask = socket.getaddrinfo
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    def answer_for(host: str, *arguments: Any, **options: Any) -> Any:
        return found if host == name else ask(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answer_for)
