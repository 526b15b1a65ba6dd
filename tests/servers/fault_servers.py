"""A lemlist that breaks and is mended while it is used: what the sandbox can't play by itself.

The sandbox answers over plain HTTP and knows nothing of what stands between it and a client. A
`Front` is that: it carries TLS, and passes everything on to the sandbox until it is told to play
a fault on the bare socket. A `World` is a sandbox with what stands before it, behind one address,
and with strangers beside it who must never hear of the key.
"""

import select
import socket
import ssl
import struct
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from email.utils import formatdate
from pathlib import Path
from typing import Any, Self

from tests.servers.faulty_sandbox import Sandbox
from tests.servers.local_servers import (
    ConnectProxy,
    LocalServer,
    RawServer,
    answer,
    certificate,
    read_head,
)
from tests.waiting import wait_until

REMOTE = "api.lemlist.invalid"
"""A host that no name server knows (RFC 6761, 6.4): only a proxy finds it."""
UNREACHABLE = "255.255.255.255"
"""A host to which Linux refuses every TCP connection at once (ENETUNREACH), and sends nothing."""

CREDITS = b"GET /api/team/credits "

Switch = Callable[[bool], None]
"""Breaks the world when it is given `True`, and mends it when it is given `False`."""
Fault = Callable[["World"], Switch]
"""Puts something before a world's sandbox, and says how the world breaks there."""
Play = Callable[[socket.socket, Callable[[], None]], None]
"""Answers a request on its socket; the other argument passes it on to the sandbox after all."""


class Front(LocalServer):
    """A server before the sandbox.

    `play` takes the place of the sandbox's answers on the balance, `greet` that of the greeting
    in TLS.
    """

    def __init__(self, sandbox_port: int, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.play: Play | None = None
        self.greet: Callable[[socket.socket], None] | None = None
        self.connections = 0
        self.heads: list[bytes] = []
        """What was asked, without TLS."""
        self.max_in_flight = 0
        """The most requests that were ever answered at the same time."""
        self._answering: set[socket.socket] = set()
        self._tls = tls
        self._sandbox_port = sandbox_port
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The base address of the API behind it."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/api"

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        if self.greet is not None:
            self.greet(request)
        elif self._tls is None:
            self._answer(request)
        else:
            with self._tls.wrap_socket(request, server_side=True) as top:
                self._answer(top)

    def _answer(self, connection: socket.socket) -> None:
        head = read_head(connection)
        with self._lock:
            self.heads.append(head)
            self._answering.add(connection)
            self.max_in_flight = max(self.max_in_flight, len(self._answering))
        try:
            if self.play is not None and head.startswith(CREDITS):
                self.play(connection, lambda: self._pass_on(connection, head))
            else:
                self._pass_on(connection, head)
        finally:
            with self._lock:
                self._answering.discard(connection)

    def _pass_on(self, connection: socket.socket, head: bytes) -> None:
        whole = b""
        with socket.create_connection(("127.0.0.1", self._sandbox_port)) as behind:
            behind.sendall(head.replace(b"Connection: keep-alive", b"Connection: close"))
            while part := behind.recv(65536):
                whole += part
        with self._lock:  # before the client can have its answer, and ask for more
            self._answering.discard(connection)
        connection.sendall(whole)


class World:
    """One lemlist behind one address, well until it is broken, inside a `with` block.

    A broken world has other figures than a mended one: those of before are not those of now.
    """

    def __init__(self, key: str, fault: Fault) -> None:
        self.sandbox = Sandbox(story="fixed", key=key, request_limit=1_000_000)
        self.url = ""
        """Where the API is, as the user has configured it. It stays the same."""
        self.env: dict[str, str] = {}
        """The variables of the network as they are at present."""
        self.fronts: list[Front] = []
        self.strangers: list[RawServer | ConnectProxy] = []
        """Servers that must not hear of the key."""
        self._fault = fault
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.sandbox)
        self.url = self.sandbox.url
        self._switch = self._fault(self)
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def break_(self) -> None:
        """Let the fault begin."""
        self._settle()
        self.sandbox.set_balance(subscription=6_000, paid=3_500, gifted=300, freemium=40)
        self._switch(True)

    def mend(self) -> None:
        """Let the fault end."""
        self._settle()
        self.sandbox.set_balance(subscription=8_000, paid=4_100, gifted=330, freemium=0)
        self._switch(False)

    @property
    def asked(self) -> int:
        """How often lemlist was asked for the balance."""
        if self.fronts:
            return sum(head.startswith(CREDITS) for one in self.fronts for head in one.heads)
        return sum(one.path == "/api/team/credits" for one in self.sandbox.requests)

    @property
    def max_in_flight(self) -> int:
        """The most requests that were ever answered at the same time."""
        return max([self.sandbox.max_in_flight, *(one.max_in_flight for one in self.fronts)])

    @property
    def is_reached(self) -> bool:
        """Whether anybody has come so far."""
        return bool(self.sandbox.requests) or any(one.connections for one in self.fronts)

    @property
    def heard_by_strangers(self) -> list[bytes]:
        """The heads of all requests that strangers got."""
        return [head for stranger in self.strangers for head in stranger.requests]

    def _settle(self) -> None:
        """Wait until the servers have noticed that those who asked have gone."""

        servers = (self.sandbox, *self.fronts)
        wait_until(
            lambda: not any(one.open_connections for one in servers), 20, "no connection is served"
        )

    # What stands before the sandbox, or beside it

    def front(self, tls: ssl.SSLContext | None = None) -> Front:
        """Put a front before the sandbox."""
        front = self._stack.enter_context(Front(self.sandbox.port, tls))
        self.fronts.append(front)
        return front

    def folder(self) -> Path:
        """Make a folder of this world's own."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory()))

    def proxy(self, port: int, status: str = "200 OK") -> str:
        """Make a proxy that takes everything to one port, and return its address."""
        proxy = self._stack.enter_context(ConnectProxy(port, status))
        self.strangers.append(proxy)
        return proxy.url

    def stranger(self, tls: ssl.SSLContext | None = None) -> int:
        """Make another server, which says it has 7 credits, and return its port."""
        stranger = self._stack.enter_context(RawServer(answer(), tls))
        self.strangers.append(stranger)
        return stranger.port


# --- faults by what plays them ------------------------------------------------------------------


def by_sandbox(name: str, **params: object) -> Fault:
    """The sandbox plays one of its faults."""

    def put_up(world: World) -> Switch:
        def switch(is_broken: bool) -> None:
            world.sandbox.set_fault(name if is_broken else None, **(params if is_broken else {}))

        return switch

    return put_up


def retry_at(status: str, seconds: float) -> Fault:
    """The sandbox asks for a pause until a time so many seconds from when it breaks."""

    def put_up(world: World) -> Switch:
        def switch(is_broken: bool) -> None:
            date = formatdate(time.time() + seconds, usegmt=True)  # noqa: TID251  (from now)
            by_sandbox(status, retry_after=date)(world)(is_broken)

        return switch

    return put_up


def no_server(world: World) -> Switch:
    """Nobody listens at the address."""

    def switch(is_broken: bool) -> None:
        if is_broken:
            world.sandbox.stop()
        else:
            world.sandbox.start()

    return switch


def by_front(play: Play) -> Fault:
    """Something is played on the bare socket, over plain HTTP."""

    def put_up(world: World) -> Switch:
        front = world.front()
        world.url = front.url
        return _switch_play(front, play)

    return put_up


def by_secure_front(play: Play) -> Fault:
    """The same, inside of TLS."""

    def put_up(world: World) -> Switch:
        front = _secure_front(world)
        return _switch_play(front, play)

    return put_up


def by_greeting(greet: Callable[[socket.socket], None]) -> Fault:
    """Something is played where the server's greeting in TLS would stand."""

    def put_up(world: World) -> Switch:
        front = _secure_front(world)

        def switch(is_broken: bool) -> None:
            front.greet = greet if is_broken else None

        return switch

    return put_up


def _switch_play(front: Front, play: Play) -> Switch:
    def switch(is_broken: bool) -> None:
        front.play = play if is_broken else None

    return switch


def _secure_front(world: World) -> Front:
    tls, public = certificate(world.folder(), "127.0.0.1")
    world.env = {"SSL_CERT_FILE": str(public)}
    front = world.front(tls)
    world.url = front.url
    return front


def no_way_to(host: str) -> Fault:
    """The host is there as long as a proxy leads to it."""

    def put_up(world: World) -> Switch:
        well = _behind_proxy(world, host)

        def switch(is_broken: bool) -> None:
            world.env = well
            if is_broken:
                world.env = {"SSL_CERT_FILE": well["SSL_CERT_FILE"]}

        return switch

    return put_up


def by_proxy(status: str) -> Fault:
    """The proxy answers with this status."""

    def put_up(world: World) -> Switch:
        well = _behind_proxy(world, REMOTE)
        refusing = world.proxy(world.fronts[0].port, status)

        def switch(is_broken: bool) -> None:
            world.env = well | ({"HTTPS_PROXY": refusing} if is_broken else {})

        return switch

    return put_up


def by_impostor(
    make: Callable[[Path], tuple[ssl.SSLContext, Path]], *, is_trusted: bool = True
) -> Fault:
    """The way to the host leads to somebody else, who has a certificate, or a kind of TLS."""

    def put_up(world: World) -> Switch:
        well = _behind_proxy(world, REMOTE)
        tls, public = make(world.folder())
        if is_trusted:
            with Path(well["SSL_CERT_FILE"]).open("ab") as trusted:
                trusted.write(public.read_bytes())
        astray = world.proxy(world.stranger(tls))

        def switch(is_broken: bool) -> None:
            world.env = well | ({"HTTPS_PROXY": astray} if is_broken else {})

        return switch

    return put_up


def _behind_proxy(world: World, host: str) -> dict[str, str]:
    """Put the sandbox at an address that is not this computer's; return the variables for that."""
    tls, public = certificate(world.folder(), host)
    world.url = f"https://{host}/api"
    proxy = world.proxy(world.front(tls).port)
    return {"SSL_CERT_FILE": str(public), "HTTPS_PROXY": proxy}


# The first name is the certificate's own, by which OpenSSL looks for it among those it trusts: each
# has another, or one that is trusted would stand in the way of the next.


def self_signed(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for the right name."""
    return certificate(folder, "impostor.example", REMOTE)


def expired(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate that was good until yesterday."""
    return certificate(folder, "expired.example", REMOTE, expired=True)


def wrong_host(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for another name."""
    return certificate(folder, "portal.example")


def old_protocol(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A good certificate, and nothing newer than TLS 1.1."""
    tls, public = certificate(folder, "old.example", REMOTE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tls.minimum_version = ssl.TLSVersion.TLSv1
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    tls.set_ciphers("DEFAULT:@SECLEVEL=0")  # or OpenSSL would not speak it at all
    return tls, public


def redirect_to(place: str, status: str = "302") -> Fault:
    """The sandbox sends the client to a stranger; `{}` in the place is the stranger's port."""

    def put_up(world: World) -> Switch:
        location = place.format(_stranger(world, place))
        return by_sandbox(status, location=location)(world)

    return put_up


def secure_redirect_to(place: str) -> Fault:
    """The same, from https."""

    def put_up(world: World) -> Switch:
        front = _secure_front(world)
        return _switch_play(front, say(_found(place.format(_stranger(world, place)))))

    return put_up


def _found(location: str) -> bytes:
    return answer(b"", "302 Found", "text/html", f"Location: {location}\r\n")


def _stranger(world: World, place: str) -> int:
    if place.startswith("http:"):
        return world.stranger()
    tls, public = certificate(world.folder(), "localhost", "127.0.0.1")
    world.env = {"SSL_CERT_FILE": str(public)}
    return world.stranger(tls)


# --- what is played on a socket -----------------------------------------------------------------


def say(reply: bytes) -> Play:
    """Send these bytes, and close the connection."""

    def play(connection: socket.socket, _pass_on: Callable[[], None]) -> None:
        connection.sendall(reply)

    return play


def say_first(reply: bytes) -> Play:
    """Send these bytes before the sandbox's answer."""

    def play(connection: socket.socket, pass_on: Callable[[], None]) -> None:
        connection.sendall(reply)
        pass_on()

    return play


def say_on_and_on(start: bytes, part: bytes, seconds: float = 0.0) -> Play:
    """Send a start, and then a part every so many seconds, as long as anybody listens."""

    def play(connection: socket.socket, _pass_on: Callable[[], None]) -> None:
        connection.sendall(start)
        # There is something to read when the client has gone: it has said all it had to say.
        while not select.select([connection], [], [], seconds)[0]:
            connection.sendall(part)

    return play


def hang(connection: socket.socket, _pass_on: Callable[[], None] | None = None) -> None:
    """Say nothing, as long as anybody listens."""
    while connection.recv(65536):
        pass


def close(connection: socket.socket, _pass_on: Callable[[], None] | None = None) -> None:
    """End the connection as it should be ended, but without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def end_greeting(connection: socket.socket) -> None:
    """Announce the end of TLS (RFC 8446, 6.1: close_notify) in place of the greeting, and end."""
    connection.recv(65536)  # what is not read makes a reset of the end
    connection.sendall(b"\x15\x03\x03\x00\x02\x01\x00")
    close(connection)


def break_off_greeting(connection: socket.socket) -> None:
    """End the connection in the middle of the greeting."""
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02\x00")
    close(connection)


def reset_greeting(connection: socket.socket) -> None:
    """End the connection with a TCP reset, once the client has begun to greet.

    A socket that is reset before, Python leaves to be closed by whoever collects its garbage
    (ssl.py, ``SSLSocket._create``), which would fail another test.
    """
    connection.recv(65536)
    reset(connection)


def reset(connection: socket.socket, _pass_on: Callable[[], None] | None = None) -> None:
    """End the connection with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
