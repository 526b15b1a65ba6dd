"""The sandbox with the faults that only tests want: answers that no good server gives.

Bombs, drips, broken encodings, half answers, amounts that are none. They stand beside the faults
that the product's sandbox has.
"""

import json
import socket
import ssl
import struct
import sys
import time
import zlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from io import BytesIO
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.servers.local_servers import LocalServer
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM, faults, server
from tray_app.sandbox.faults import Fault, Params, header_value, seconds, status_fault
from tray_app.sandbox.handler import HTML, JSON, PAGE, TEXT, Handler

SECONDS = MappingProxyType({"seconds": seconds})
_MANY = 256  # MiB; more than a careless client can want in memory


def _redirect(status: int) -> Fault:
    def play(handler: Handler, _good: bytes, params: Params) -> None:
        location = params.get("location", "/api/moved")
        handler.send(status, b"", HTML, {"Location": location})

    return Fault(f"{status} to `location`, any address or path", play, {"location": header_value})


def _without_body(status: int) -> Fault:
    def play(handler: Handler, _good: bytes, _params: Params) -> None:
        handler.send(status, None)

    return Fault(f"{status} {HTTPStatus(status).phrase}", play)


def _content(description: str, body: bytes | None = None, content_type: str = JSON) -> Fault:
    """Answer 200 with another body or another type."""

    def play(handler: Handler, good: bytes, _params: Params) -> None:
        handler.send(200, good if body is None else body, content_type)

    return Fault(description, play)


def _spoilt(description: str, spoil: Callable[[dict[str, Any]], object]) -> Fault:
    """Change the JSON of a balance that is given, and nothing else.

    ``spoil`` gets it as a dict and returns text, bytes or JSON.
    """

    def play(handler: Handler, good: bytes, _params: Params) -> None:
        content = json.loads(good)
        changed = spoil(content) if "credits" in content else content
        if not isinstance(changed, str | bytes):
            changed = json.dumps(changed)
        handler.answer_well(changed.encode() if isinstance(changed, str) else changed)

    return Fault(description, play)


def _amounts(description: str, convert: Callable[[int], object]) -> Fault:
    """Change every amount in the balance's JSON."""

    def spoil(good: dict[str, Any]) -> object:
        remaining = good["details"]["remaining"]
        changed = {name: convert(amount) for name, amount in remaining.items()}
        return {"credits": convert(good["credits"]), "details": {"remaining": changed}}

    return _spoilt(description, spoil)


def _without(description: str, *names: str) -> Fault:
    """Leave fields out of the balance's JSON."""

    def spoil(good: dict[str, Any]) -> object:
        for name in names:
            for holder in (good, good["details"]["remaining"]):
                holder.pop(name, None)
        return good

    return _spoilt(description, spoil)


def _with(description: str, **remaining: object) -> Fault:
    """Set fields among the balance's buckets."""

    def spoil(good: dict[str, Any]) -> object:
        good["details"]["remaining"].update(remaining)
        return good

    return _spoilt(description, spoil)


def _extra_fields(good: dict[str, Any]) -> object:
    good["details"]["remaining"]["promotional"] = 7
    good["details"]["used"] = {"total": "many"}
    return {"object": "credits", "plan": None, **good, "tags": ["a", "b"]}


def _duplicate_keys(good: dict[str, Any]) -> str:
    return json.dumps(good).replace('"total":', '"total": 999999, "total":')


def _begin(handler: Handler, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    """Answer 200 with a start of JSON; the end of the connection is the end of the body."""
    handler.send_head(200, {"Content-Type": JSON, **(headers or {}), "Connection": "close"})
    handler.wfile.write(body)
    handler.wfile.flush()


def _drip(handler: Handler, data: bytes, seconds: float) -> None:
    """Write a byte, wait for the seconds, write the next."""
    for byte in data:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        handler.wait(seconds)


def _partial(handler: Handler, good: bytes, _params: Params) -> None:
    part = good[: len(good) // 2]
    content_range = f"bytes 0-{len(part) - 1}/{len(good)}"
    handler.send(206, part, JSON, {"Content-Range": content_range})


def _huge(handler: Handler, _good: bytes, _params: Params) -> None:
    _begin(handler, b'{"credits": 100, "padding": "')
    for _ in range(_MANY * 16):
        handler.wfile.write(b"x" * 65536)
    handler.wfile.write(b'"}')


def _gzip_bomb(handler: Handler, _good: bytes, _params: Params) -> None:
    # After a full flush a deflate block depends on nothing before it, so one block can be sent
    # again and again.
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = squeeze.compress(b" " * 2**20) + squeeze.flush(zlib.Z_FULL_FLUSH)
    _begin(handler, b"\x1f\x8b\x08\0\0\0\0\0\x02\xff", {"Content-Encoding": "gzip"})
    for _ in range(_MANY):
        handler.wfile.write(block)


def _many_headers(handler: Handler, good: bytes, _params: Params) -> None:
    handler.send(200, good, JSON, {f"X-Padding-{n}": "x" * 100 for n in range(1_000)})


def _long_header(handler: Handler, good: bytes, _params: Params) -> None:
    handler.send(200, good, JSON, {"X-Padding": "x" * 200_000})


def _dripped_headers(handler: Handler, good: bytes, params: Params) -> None:
    wire, handler.wfile = handler.wfile, BytesIO()
    handler.send(200, good, JSON, {"Connection": "close"})
    whole, handler.wfile = handler.wfile.getvalue(), wire
    _drip(handler, whole, params.get("seconds", 1.0))


def _dripped_body(handler: Handler, good: bytes, params: Params) -> None:
    _begin(handler, b"", {"Content-Length": str(len(good))})
    _drip(handler, good, params.get("seconds", 1.0))


def _stalled_body(handler: Handler, good: bytes, _params: Params) -> None:
    _begin(handler, good[: len(good) // 2], {"Content-Length": str(len(good))})
    handler.wait(None)


def _reset(handler: Handler, good: bytes, _params: Params) -> None:
    _begin(handler, good[: len(good) // 2], {"Content-Length": str(len(good))})
    # With a TCP reset instead of a proper end, which close() would wait for: the handler's files
    # still hold the socket.
    linger_no_time = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_time)
    socket.close(handler.connection.detach())


def _closed(handler: Handler, _good: bytes, _params: Params) -> None:
    handler.close_connection = True


def _wrong_length(difference: int) -> Callable[[Handler, bytes, Params], None]:
    def play(handler: Handler, good: bytes, _params: Params) -> None:
        _begin(handler, good, {"Content-Length": str(len(good) + difference)})

    return play


def _bad_chunks(handler: Handler, good: bytes, _params: Params) -> None:
    _begin(handler, b"not-a-size\r\n" + good, {"Transfer-Encoding": "chunked"})


def _not_http(handler: Handler, _good: bytes, _params: Params) -> None:
    handler.close_connection = True
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        **faults.FAULTS,
        **{str(status): _without_body(status) for status in (204, 304)},
        "418": status_fault(418),
        **{str(status): _redirect(status) for status in (301, 302, 307, 308)},
        "206": Fault("206 with half of the JSON", _partial),
        # what a 200 holds
        "html": _content("200 with an HTML page", PAGE, HTML),
        "html-as-json": _content("an HTML page said to be JSON", PAGE),
        "plain-json": _content("good JSON said to be text/plain", None, TEXT),
        "empty-body": _content("200 with no body", b""),
        "truncated-json": _spoilt("JSON cut in the middle", lambda good: json.dumps(good)[:-25]),
        "bom": _spoilt("good JSON after a byte order mark", lambda g: "\ufeff" + json.dumps(g)),
        "utf-16": _spoilt("good JSON in UTF-16", lambda good: json.dumps(good).encode("utf-16")),
        "bad-utf-8": _spoilt("bytes that are not UTF-8", lambda _: b'{"credits": "\xff\xfe"}'),
        "list": _spoilt("the balance inside a list", lambda good: [good]),
        "other-shape": _spoilt("an object that holds no balance", lambda _: {"ok": True}),
        "other-details": _spoilt("details that are a list", lambda good: {**good, "details": []}),
        "null": _spoilt("nothing but null", lambda _: None),
        "deep-nesting": _spoilt(
            "20,000 lists in each other", lambda _: "[" * 20_000 + "]" * 20_000
        ),
        "duplicate-keys": _spoilt("total is there twice", _duplicate_keys),
        "extra-fields": _spoilt("good, with fields nobody knows", _extra_fields),
        # which amounts it holds
        "nan": _amounts("every amount is NaN", lambda _: float("nan")),
        "infinity": _amounts("every amount is Infinity", lambda _: float("inf")),
        "1e300": _amounts("every amount is 1e300", lambda _: 1e300),
        "huge-integer": _spoilt(
            "5,000 digits", lambda _: '{"credits": ' + "9" * 5_000 + ', "details": {}}'
        ),
        "strings": _amounts("every amount is a string", str),
        "booleans": _amounts("every amount is true", lambda _: True),
        "negative": _amounts("every amount is below 0", lambda amount: -amount - 1),
        "float-integral": _amounts("every amount like 100.0", float),
        "float-fractional": _amounts("every amount like 100.5", lambda amount: amount + 0.5),
        "null-total": _with("total is null", total=None),
        "missing-total": _without("no total, only credits", "total"),
        "missing-credits": _without("no credits, only total", "credits"),
        "missing-both": _without("neither total nor credits", "total", "credits"),
        "missing-buckets": _without("no freemium and no gifted", "freemium", "gifted"),
        "missing-details": _spoilt("no details", lambda good: {"credits": good["credits"]}),
        "totals-disagree": _spoilt("credits is not total", lambda g: {**g, "credits": 1_000_007}),
        "sum-disagrees": _with("the buckets don't add up to the total", paid=1_000_007),
        # how it travels
        "huge-body": Fault(f"a body of {_MANY} MiB", _huge),
        "gzip-bomb": Fault(f"{_MANY} MiB as a little gzip that nobody asked for", _gzip_bomb),
        "many-headers": Fault("1,000 headers", _many_headers),
        "long-header": Fault("a header of 200,000 characters", _long_header),
        "length-too-long": Fault("Content-Length promises 100 bytes more", _wrong_length(100)),
        "length-too-short": Fault("Content-Length promises 10 bytes less", _wrong_length(-10)),
        "bad-chunks": Fault("chunks without a size", _bad_chunks),
        "not-http": Fault("another protocol's greeting", _not_http),
        "dripped-body": Fault("a byte of body every `seconds` (1)", _dripped_body, SECONDS),
        "dripped-headers": Fault("a byte every `seconds` (1)", _dripped_headers, SECONDS),
        "stalled-body": Fault("half the body, then silence", _stalled_body),
        "reset": Fault("half the body, then a TCP reset", _reset),
        "closed": Fault("the connection ends without an answer", _closed),
    }
)


class Asked(NamedTuple):
    """A request as the sandbox remembers it: without its key, query and body."""

    method: str
    path: str
    time: float
    """By the sandbox's clock."""
    accept_encoding: str | None


class _RememberingHandler(Handler):
    server: "Sandbox"

    def serve_api(self, path: str) -> None:
        """Remember the request, and that it is in flight until its answer leaves."""
        self.server.remember(
            self, Asked(self.command, path, self.server.clock(), self.headers["Accept-Encoding"])
        )
        try:
            super().serve_api(path)
        finally:
            self.server.in_flight.discard(self)


class Sandbox(server.Sandbox, LocalServer):
    """The sandbox with all of these faults, inside a `with` block, which remembers its requests.

    `clock` tells seconds, and moves the story and the rate limit. With `tls` it speaks TLS.
    """

    handler = _RememberingHandler
    faults = FAULTS

    def __init__(
        self,
        *,
        port: int = 0,
        story: str = "steady",
        key: str = DEMO_KEY,
        team_name: str = DEMO_TEAM,
        clock: Callable[[], float] = time.monotonic,
        request_limit: int = 20,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.tls = tls
        self.key, self.team_name = key, team_name
        self.clock, self.request_limit = clock, request_limit
        self.requests: list[Asked] = []
        """What was asked of the API, oldest first."""
        self.in_flight: set[Handler] = set()
        self.max_in_flight = 0
        """The most API requests that were ever answered at the same time."""
        self.answers: list[str] = []
        """Method, path and status of each answer."""
        super().__init__(port, story)

    @property
    def url(self) -> str:
        """The base address of the API, as ``LEMLIST_API_URL`` wants it."""
        return super().url if self.tls is None else super().url.replace("http:", "https:")

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        # Or the answer would wait 40 ms, until the client has acknowledged what ends the handshake.
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def remember(self, handler: Handler, asked: Asked) -> None:
        """Note a request that has come in."""
        with self._lock:
            self.requests.append(asked)
            self.in_flight.add(handler)
            self.max_in_flight = max(self.max_in_flight, len(self.in_flight))

    def log(self, line: str) -> None:
        self.answers.append(line)
