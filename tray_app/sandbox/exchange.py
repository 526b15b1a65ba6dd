"""One answer of the sandbox on the wire, well formed or not."""

import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping
from email.utils import formatdate
from http import HTTPStatus

TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"

_WITHOUT_BODY = (204, 304)


class Exchange:
    """The answering side of one HTTP request.

    Every method may raise ``OSError`` when the client, or the sandbox's stop, ends the
    connection.
    """

    def __init__(
        self,
        connection: socket.socket,
        method: str,
        rate_headers: Mapping[str, str],
        before_end: Callable[[], None] = lambda: None,
    ):
        """``before_end`` is called when the answer is about to be whole."""
        self._connection = connection
        self._before_end = before_end
        self._is_head = method == "HEAD"
        self.rate_headers = rate_headers
        self.keep_alive = True
        """Whether the connection can carry another request after this one."""
        self.status: int | None = None
        """The status that was sent, if one was."""

    def send(
        self,
        status: int,
        body: bytes = b"",
        content_type: str = TEXT,
        headers: Mapping[str, str | None] | None = None,
    ) -> None:
        """Answer correctly framed."""
        framing: dict[str, str | None] = {}
        if status in _WITHOUT_BODY:
            body = b""
        else:
            framing = {"Content-Type": content_type, "Content-Length": str(len(body))}
        head = self.head(status, {**framing, **(headers or {})})
        self._before_end()
        self.write(head if self._is_head else head + body)

    def begin(self, body: bytes, headers: Mapping[str, str | None] | None = None) -> None:
        """Answer 200 with a start of JSON; the end of the connection is the end of the body."""
        self.keep_alive = False
        self.write(self.head(200, {"Content-Type": JSON, **(headers or {})}) + body)

    def head(self, status: int, headers: Mapping[str, str | None]) -> bytes:
        """Compose status line and headers; a header that is ``None`` is left out."""
        self.status = status
        every: dict[str, str | None] = {
            "Date": formatdate(usegmt=True),
            **self.rate_headers,
            **headers,
        }
        if not self.keep_alive:
            every["Connection"] = "close"
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in every.items() if value is not None]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def write(self, data: bytes) -> None:
        """Put bytes on the wire as they are."""
        self._connection.sendall(data)

    def drip(self, data: bytes, seconds: float) -> None:
        """Write a byte, wait for the seconds, write the next."""
        self.keep_alive = False
        for byte in data:
            self.write(bytes([byte]))
            self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the connection lives."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._connection.settimeout(left)
            try:
                if not self._connection.recv(4096):
                    raise ConnectionAbortedError
            except TimeoutError:
                break
        self._connection.settimeout(None)

    def hang(self) -> None:
        """Say nothing more, for as long as the connection lives."""
        self.keep_alive = False
        while self._connection.recv(4096):
            pass

    def reset(self) -> None:
        """End the connection with a TCP reset instead of a proper end."""
        self.keep_alive = False
        linger_no_time = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_time)
        # close() would wait for the request's reader, which still holds the socket.
        socket.close(self._connection.detach())
