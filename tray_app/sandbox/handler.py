"""The sandbox's HTTP: each request to the API or to the control route is answered here."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tray_app.sandbox.server import Sandbox
    from tray_app.sandbox.teams import SandboxTeam

TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"

Headers = Mapping[str, str | None]
"""A header that is ``None`` is left out."""
_NONE: Headers = {}

REFUSED_KEYS = {"blocked-key": 403, "nobody-key": 404}
"""Keys that stand for a blocked user and for a user who is gone, with their status."""

PAGE = b"<!DOCTYPE html><html><head><title>lemlist</title></head><body>lemlist</body></html>"
"""What lemlist answers, with a 200, on an unknown path."""

_MESSAGES = {
    400: b"No API key provided",
    401: b"The authentication you supplied is incorrect",
    402: b"Payment required",  # not documented
    403: b"User linked to this API key is blocked",
    404: b"No user found for this API key",
    405: b"Method not allowed",
    429: b"Too many requests",  # not documented
}
_METHODS = "GET, HEAD, OPTIONS"
_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d*)?", re.IGNORECASE)
_LARGEST_BODY = 64 * 1024

# Like the real answer this one holds what a client has no business to keep; here all is made up.
_TEAM = {
    "userIds": ["usr_sandbox0000000001", "usr_sandbox0000000002"],
    "createdBy": "usr_sandbox0000000001",
    "createdAt": "2024-02-16T09:02:42.000Z",
    "hooks": [
        {"_id": "hoo_1", "targetUrl": "https://hooks.slack.example/services/FAKE-SECRET"},
        {"_id": "hoo_2", "targetUrl": "https://hooks.zapier.example/catch/FAKE-SECRET"},
    ],
    "invitedUsers": [{"email": "fake.person@acme.example", "role": "user"}],
}


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection.

    Every method may raise ``OSError`` when the connection is ended from outside.
    """

    server: "Sandbox"
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece
    rate_headers: Headers
    """The headers of the rate limit, for the answer that is being made."""
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
        """Return the body. One that is too large or framed in another way ends the connection."""
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
        # The header may hold somebody's real key, sent here by mistake: only its hash is kept.
        authorization = self.headers.get("Authorization", "").encode(errors="surrogateescape")
        who = hashlib.sha256(authorization).hexdigest()
        within_limit, self.rate_headers = self.server.count(who)
        try:
            if not within_limit:
                self.refuse(429)
            elif path == "/api/team/credits":
                remaining = self._team().remaining()
                content = {"credits": remaining["total"], "details": {"remaining": remaining}}
                self._answer("/team/credits", content)
            elif path == "/api/team":
                team = self._team()
                self._answer("/team", {"_id": team.id, "name": team.name, **_TEAM})
            else:
                self.send(200, PAGE, HTML)
        finally:
            self.server.log(f"{self.command} {path} {self.status}")

    def _answer(self, route: str, content: object) -> None:
        good = json.dumps(content).encode()
        name, params = self._team().fault or self.server.fault or (None, {})
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
        elif (status := self._judge_key()) != 200:
            self.refuse(status)
        else:
            self.send(200, good, JSON)

    def _judge_key(self) -> int:
        """Return the status that the request's key gets.

        lemlist does not document that a login or unreadable base64 is a wrong key, and another
        scheme no key.
        """
        key = self._key()
        if key is None:
            return 401
        return 200 if key in self.server.teams else {"": 400, **REFUSED_KEYS}.get(key, 401)

    def _key(self) -> str | None:
        """Return the request's key, empty without any, or ``None`` where it can't be one."""
        scheme, _, token = self.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "basic":
            return ""
        try:
            sent = base64.b64decode(token.strip(), validate=True).decode(errors="replace")
        except binascii.Error:
            return None
        login, _, key = sent.partition(":")
        return None if login else key

    def _team(self) -> "SandboxTeam":
        """Return the team that the key opens, the first one if it opens none."""
        return self.server.teams.get(self._key() or "", self.server.team(1))

    # --- the control route, by which people and scripts change what the sandbox does ---

    def _serve_control(self, body: bytes) -> None:
        """Answer, unless a web page may have sent the request."""
        host = self.headers.get("Host", "")
        if "Origin" in self.headers or not _LOOPBACK_HOST.fullmatch(host):
            self.send(403, b"Not for web pages")
        elif self.command not in ("GET", "POST"):
            self.refuse(405, {"Allow": "GET, POST"})
        elif self.command == "POST" and self.headers.get_content_type() != "application/json":
            self.send(415, b"Content-Type must be application/json")
        else:
            try:
                wish = json.loads(body) if self.command == "POST" else {}
                if self.command == "POST":
                    self.server.change(wish)
                state = self.server.state(wish.get("team") or 1)
            except (TypeError, ValueError, RecursionError) as error:
                self.send(400, str(error).encode(errors="replace"))
            else:
                self.send(200, json.dumps(state).encode(), JSON)

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
        body = _MESSAGES.get(status, HTTPStatus(status).phrase.encode())
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
