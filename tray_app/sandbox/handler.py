"""The sandbox's HTTP: each request to the API or to the control route is answered here."""

import hashlib
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tray_app.sandbox.answers import MESSAGES, PAGE, credits_answer, judge, team_answer

if TYPE_CHECKING:
    from tray_app.sandbox.server import Sandbox

TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"

Headers = Mapping[str, str | None]
"""A header that is ``None`` is left out."""

_NONE: Headers = MappingProxyType({})
_METHODS = "GET, HEAD, OPTIONS"
_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d*)?", re.IGNORECASE)
_LARGEST_BODY = 64 * 1024


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection.

    Every method may raise ``OSError`` when the connection is ended from outside.
    """

    server: "Sandbox"
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece
    rate_headers: Headers
    """What lemlist tells its rate limit by, in the answer that is being made."""
    status: int | str
    """The status that was sent; "-" before."""

    # --- one request ---

    def _serve(self) -> None:
        self.wfile.flush()  # a 100, if the client waits for one
        self.rate_headers, self.status = _NONE, "-"
        body = self._read_body()
        path = self.path.partition("?")[0]
        if path == "/sandbox":
            self._serve_control(body)
        else:
            self.serve_api(path)

    do_GET = do_HEAD = do_OPTIONS = _serve  # noqa: N815
    do_POST = do_PUT = do_PATCH = do_DELETE = do_TRACE = do_CONNECT = do_QUERY = _serve  # noqa: N815

    def _read_body(self) -> bytes:
        """Return the body, or nothing of one that is too large or framed in another way.

        Then what follows can't be read as the next request.
        """
        length = self.headers.get("Content-Length", "0")
        is_readable = re.fullmatch("[0-9]{1,5}", length) and int(length) <= _LARGEST_BODY
        if not is_readable or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            return b""
        return self.rfile.read(int(length))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Print nothing: the request line could hold a key."""

    # --- the API ---

    def serve_api(self, path: str) -> None:
        """Answer a request to the API, within the rate limit."""
        # It may hold somebody's real key, sent here by mistake: keep only what can't be turned
        # back into it.
        authorization = self.headers.get("Authorization", "").encode(errors="surrogateescape")
        who = hashlib.sha256(authorization).hexdigest()
        within_limit, self.rate_headers = self.server.count(who)
        try:
            if not within_limit:
                self.refuse(429)
            elif path == "/api/team/credits":
                self._answer("/team/credits", credits_answer(self.server.balance))
            elif path == "/api/team":
                self._answer("/team", team_answer(self.server.team_name))
            else:
                self.send(200, PAGE, HTML)
        finally:
            self.server.log(f"{self.command} {path} {self.status}")

    def _answer(self, route: str, content: object) -> None:
        good = json.dumps(content).encode()
        name, params = self.server.fault or (None, {})
        if name is not None and params.get("path", route) == route:
            self.server.faults[name].play(self, good, params)
        else:
            self.answer_well(good)

    def answer_well(self, good: bytes) -> None:
        """Give a good answer, if method and key are good."""
        if self.command == "OPTIONS":
            self.send(204, None, headers={"Allow": _METHODS})
        elif self.command not in ("GET", "HEAD"):
            self.refuse(405, {"Allow": _METHODS})
        elif (status := judge(self.headers.get("Authorization", ""), self.server.key)) != 200:
            self.refuse(status)
        else:
            self.send(200, good, JSON)

    # --- the control route, by which people and scripts change what the sandbox does ---

    def _serve_control(self, body: bytes) -> None:
        """Answer, unless a web page may have sent the request."""
        host = self.headers.get("Host", "")
        if "Origin" in self.headers or not _LOOPBACK_HOST.fullmatch(host):
            self.send(403, b"Not for web pages")
        elif self.command == "GET":
            self._send_state()
        elif self.command != "POST":
            self.refuse(405, {"Allow": "GET, POST"})
        elif self.headers.get_content_type() != "application/json":
            self.send(415, b"Content-Type must be application/json")
        else:
            try:
                self.server.change(json.loads(body))
            except (TypeError, ValueError, RecursionError) as error:
                self.send(400, str(error).encode(errors="replace"))
            else:
                self._send_state()

    def _send_state(self) -> None:
        self.send(200, json.dumps(self.server.state()).encode(), JSON)

    # --- on the wire ---

    def send(
        self, status: int, body: bytes | None, content_type: str = TEXT, headers: Headers = _NONE
    ) -> None:
        """Answer correctly framed; a body of ``None`` has no framing, as with a 204."""
        framing = {"Content-Type": content_type, "Content-Length": str(len(body or b""))}
        self.send_head(status, headers if body is None else {**framing, **headers})
        if body and self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status: int, headers: Headers = _NONE) -> None:
        """Answer with an error, in the words of lemlist's documentation where it has some."""
        body = MESSAGES.get(status, HTTPStatus(status).phrase.encode())
        self.send(status, body, headers=headers)

    def send_head(self, status: int, headers: Headers) -> None:
        """Send the status line and the headers."""
        self.status = status
        self.send_response_only(status)
        every = {"Date": self.date_time_string(), **self.rate_headers, **headers}
        for name, value in every.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()

    def wait(self, seconds: float | None) -> None:
        """Let time pass, ``None`` being without end, but no longer than the connection lives."""
        self.connection.settimeout(seconds)
        try:
            while self.connection.recv(4096):
                pass
        except (TimeoutError, BlockingIOError):
            self.connection.settimeout(None)
        else:
            raise ConnectionAbortedError
