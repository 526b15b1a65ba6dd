"""The sandbox's HTTP server: hands every request to one function, and stops at once."""

import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

LOOPBACK = "127.0.0.1"

_LARGEST_BODY = 64 * 1024
_STOPPED_WITHIN = 1.0  # seconds


class Incoming(NamedTuple):
    """A request as it came in."""

    method: str
    path: str
    """Without the query."""
    headers: Message
    body: bytes
    """Empty when it was over 64 KiB."""


Serve = Callable[[Incoming, socket.socket], bool]
"""Answers on the socket; returns whether the connection can carry another request."""


class Server(socketserver.ThreadingTCPServer):
    """An HTTP/1.1 server on 127.0.0.1 with a thread for each connection; listens from the start.

    Raises:
        OSError: the port is taken.
    """

    allow_reuse_address = sys.platform != "win32"  # where it would let two servers share a port
    request_queue_size = 128
    timeout = None

    def __init__(self, port: int, serve: Serve):
        self.serve = serve
        self._connections: list[tuple[threading.Thread, socket.socket]] = []
        self._stopping = False
        super().__init__((LOOPBACK, port), _Handler)
        self._acceptor = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        self._acceptor.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def stop(self) -> None:
        """Stop listening and end every connection; takes a second at most."""
        self._stopping = True
        # Waiting for connections without a timeout costs no wake-ups, but needs a last one.
        with suppress(OSError):
            socket.create_connection((LOOPBACK, self.port), timeout=_STOPPED_WITHIN).close()
        self._acceptor.join(_STOPPED_WITHIN)
        self.server_close()
        for _thread, connection in self._connections:
            with suppress(OSError):  # it may have ended by itself
                connection.shutdown(socket.SHUT_RDWR)
        end = time.monotonic() + _STOPPED_WITHIN
        for thread, _connection in self._connections:
            thread.join(max(0.0, end - time.monotonic()))

    def _accept(self) -> None:
        while not self._stopping:
            self.handle_request()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        """Take no more requests once stopping."""
        return not self._stopping

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, and remember both for ``stop()``."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="sandbox-connection",
            daemon=True,
        )
        thread.start()
        alive = [pair for pair in self._connections if pair[0].is_alive()]
        self._connections = [*alive, (thread, request)]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that ended early; faults, clients and ``stop()`` do that."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        # A transfer encoding is not understood, so what follows can't be the next request.
        whole, body = "Transfer-Encoding" not in self.headers, b""
        length = self.headers.get("Content-Length", "0")
        if whole and length.isascii() and length.isdigit() and int(length) <= _LARGEST_BODY:
            body = self.rfile.read(int(length))
        else:
            whole = False
        incoming = Incoming(self.command, self.path.partition("?")[0], self.headers, body)
        keep_alive = self.server.serve(incoming, self.connection)
        if not (whole and keep_alive):
            self.close_connection = True

    do_GET = do_HEAD = do_OPTIONS = _answer  # noqa: N815
    do_POST = do_PUT = do_PATCH = do_DELETE = do_TRACE = do_CONNECT = do_QUERY = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Print nothing: the request line could hold a key."""
