"""The sandbox's faults: ways to answer that a good server never or rarely shows.

The table at the end is the whole list. A fault either takes the place of the whole answer,
whatever key came with the request, or it spoils only the JSON of a balance that would have
been given.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

from tray_app.sandbox.exchange import HTML, JSON, TEXT, Exchange

MESSAGES: Mapping[int, str] = MappingProxyType(
    {
        400: "No API key provided",
        401: "The authentication you supplied is incorrect",
        402: "Payment required",
        403: "User linked to this API key is blocked",
        404: "No user found for this API key",
        405: "Method not allowed",
        429: "Too many requests",
    }
)
"""The text/plain bodies by status. Those of 402 and 429 are not documented by lemlist."""

PAGE = b"<!DOCTYPE html><html><head><title>lemlist</title></head><body>lemlist</body></html>"
"""What lemlist answers, with a 200, on an unknown path."""

_Params = Mapping[str, Any]
_Play = Callable[[Exchange, bytes, _Params], None]

_MANY = 256  # MiB; more than a careless client can want in memory


class Fault(NamedTuple):
    """One way to go wrong."""

    description: str
    play: _Play
    """Takes the exchange, the body of the good answer, and the parameters."""
    params: tuple[str, ...] = ()
    """The names of the parameters it understands."""
    spoils_balance: bool = False
    """Whether it takes the place of a good balance only, not of any answer."""


# --- parameters ---------------------------------------------------------------------------------


def _header_value(value: object) -> str | None:
    if value is None:
        return None
    text = str(value)
    text.encode("latin-1")  # a UnicodeEncodeError is a ValueError
    if "\r" in text or "\n" in text:
        raise ValueError("a header has one line")
    return text


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise ValueError("seconds must be a number from 0 to 3600")
    return value


def _path(value: object) -> str:
    if not isinstance(value, str) or value not in ("/team", "/team/credits"):
        raise ValueError("path must be /team or /team/credits")
    return value


_PARAMS: Mapping[str, Callable[[object], Any]] = {
    "retry_after": _header_value,
    "location": _header_value,
    "seconds": _seconds,
    "path": _path,
}


def check_params(name: str, params: Mapping[str, object]) -> dict[str, Any]:
    """Return a fault's parameters as its handler wants them.

    Raises:
        ValueError: the fault is unknown, doesn't take such a parameter, or its value is bad.
    """
    if name not in TABLE:
        raise ValueError(f"no fault is called {name!r}")
    if foreign := set(params) - {"path", *TABLE[name].params}:
        raise ValueError(f"the fault {name} takes no {', '.join(sorted(foreign))}")
    return {key: _PARAMS[key](value) for key, value in params.items()}


# --- handlers -----------------------------------------------------------------------------------


def _status(status: int) -> Fault:
    phrase = HTTPStatus(status).phrase
    body = MESSAGES.get(status, phrase).encode()

    def play(exchange: Exchange, _good: bytes, params: _Params) -> None:
        if status >= 500:
            # Such an answer comes from what stands in front of the API, which counts nothing.
            exchange.rate_headers = {}
        headers = {"Retry-After": params["retry_after"]} if "retry_after" in params else {}
        exchange.send(status, body, TEXT, headers)

    return Fault(f"{status} {phrase}", play, ("retry_after",))


def _redirect(status: int) -> Fault:
    def play(exchange: Exchange, _good: bytes, params: _Params) -> None:
        location = params.get("location", "/api/moved")
        exchange.send(status, b"", HTML, {"Location": location})

    return Fault(f"{status} to `location`, any address or path", play, ("location",))


def _content(description: str, body: bytes | None = None, content_type: str = JSON) -> Fault:
    """Answer 200 with another body or another type."""

    def play(exchange: Exchange, good: bytes, _params: _Params) -> None:
        exchange.send(200, good if body is None else body, content_type)

    return Fault(description, play)


def _spoilt(description: str, spoil: Callable[[dict[str, Any]], object]) -> Fault:
    """Change the balance's JSON: ``spoil`` gets it as a dict and returns text, bytes or JSON."""

    def play(exchange: Exchange, good: bytes, _params: _Params) -> None:
        changed = spoil(json.loads(good))
        if not isinstance(changed, str | bytes):
            changed = json.dumps(changed)
        exchange.send(200, changed.encode() if isinstance(changed, str) else changed, JSON)

    return Fault(description, play, spoils_balance=True)


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


def _partial(exchange: Exchange, good: bytes, _params: _Params) -> None:
    part = good[: len(good) // 2]
    content_range = f"bytes 0-{len(part) - 1}/{len(good)}"
    exchange.send(206, part, JSON, {"Content-Range": content_range})


def _huge(exchange: Exchange, _good: bytes, _params: _Params) -> None:
    exchange.begin(b'{"credits": 100, "padding": "')
    for _ in range(_MANY * 16):
        exchange.write(b"x" * 65536)
    exchange.write(b'"}')


def _gzip_bomb(exchange: Exchange, _good: bytes, _params: _Params) -> None:
    # After a full flush a deflate block depends on nothing before it, so one block can be sent
    # again and again.
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = squeeze.compress(b" " * 2**20) + squeeze.flush(zlib.Z_FULL_FLUSH)
    exchange.begin(b"\x1f\x8b\x08\0\0\0\0\0\x02\xff", {"Content-Encoding": "gzip"})
    for _ in range(_MANY):
        exchange.write(block)


def _many_headers(exchange: Exchange, good: bytes, _params: _Params) -> None:
    exchange.send(200, good, JSON, {f"X-Padding-{n}": "x" * 100 for n in range(1_000)})


def _long_header(exchange: Exchange, good: bytes, _params: _Params) -> None:
    exchange.send(200, good, JSON, {"X-Padding": "x" * 200_000})


def _whole_answer(exchange: Exchange, good: bytes) -> bytes:
    exchange.keep_alive = False
    return exchange.head(200, {"Content-Type": JSON, "Content-Length": str(len(good))}) + good


def _dripped_headers(exchange: Exchange, good: bytes, params: _Params) -> None:
    exchange.drip(_whole_answer(exchange, good), params.get("seconds", 1.0))


def _dripped_body(exchange: Exchange, good: bytes, params: _Params) -> None:
    exchange.begin(b"", {"Content-Length": str(len(good))})
    exchange.drip(good, params.get("seconds", 1.0))


def _slow(exchange: Exchange, good: bytes, params: _Params) -> None:
    exchange.wait(params.get("seconds", 1.0))
    exchange.send(200, good, JSON)


def _silent(exchange: Exchange, _good: bytes, _params: _Params) -> None:
    exchange.hang()


def _stalled_body(exchange: Exchange, good: bytes, _params: _Params) -> None:
    exchange.begin(good[: len(good) // 2], {"Content-Length": str(len(good))})
    exchange.hang()


def _reset(exchange: Exchange, good: bytes, _params: _Params) -> None:
    exchange.begin(good[: len(good) // 2], {"Content-Length": str(len(good))})
    exchange.reset()


def _closed(exchange: Exchange, _good: bytes, _params: _Params) -> None:
    exchange.keep_alive = False


def _wrong_length(difference: int) -> _Play:
    def play(exchange: Exchange, good: bytes, _params: _Params) -> None:
        exchange.begin(good, {"Content-Length": str(len(good) + difference)})

    return play


def _bad_chunks(exchange: Exchange, good: bytes, _params: _Params) -> None:
    exchange.begin(b"not-a-size\r\n" + good, {"Transfer-Encoding": "chunked"})


def _not_http(exchange: Exchange, _good: bytes, _params: _Params) -> None:
    exchange.keep_alive = False
    exchange.write(b"SSH-2.0-OpenSSH_9.2\r\n")


# --- the table ----------------------------------------------------------------------------------

_STATUSES = (204, 304, 400, 401, 402, 403, 404, 405, 418, 429, 500, 502, 503)

TABLE: Mapping[str, Fault] = MappingProxyType(
    {
        **{str(status): _status(status) for status in _STATUSES},
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
        "slow": Fault("a good answer after `seconds` (1)", _slow, ("seconds",)),
        "dripped-body": Fault("a byte of body every `seconds` (1)", _dripped_body, ("seconds",)),
        "dripped-headers": Fault("a byte every `seconds` (1)", _dripped_headers, ("seconds",)),
        "stalled-body": Fault("half the body, then silence", _stalled_body),
        "silent": Fault("accepts and says nothing", _silent),
        "reset": Fault("half the body, then a TCP reset", _reset),
        "closed": Fault("the connection ends without an answer", _closed),
    }
)
"""Every fault by name. Each also takes `path`: /team or /team/credits, to leave the other well."""

FAULTS: Mapping[str, str] = MappingProxyType(
    {name: fault.description for name, fault in TABLE.items()}
)
"""Every fault's one line of description."""
