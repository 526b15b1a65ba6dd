"""One answer of the sandbox on the wire."""

import socket
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
        self.connection = connection
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
        self.connection.sendall(data)

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the connection lives."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.connection.settimeout(left)
            try:
                if not self.connection.recv(4096):
                    raise ConnectionAbortedError
            except TimeoutError:
                break
        self.connection.settimeout(None)

    def hang(self) -> None:
        """Say nothing more, for as long as the connection lives."""
        self.keep_alive = False
        while self.connection.recv(4096):
            pass
