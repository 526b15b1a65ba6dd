"""What can go wrong with lemlist on an ordinary day: its documented errors, and slowness.

A fault either takes the place of the whole answer, whatever key came with the request, or it
spoils only the JSON of a balance that would have been given.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

from tray_app.sandbox.exchange import JSON, TEXT, Exchange

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

Params = Mapping[str, Any]
Play = Callable[[Exchange, bytes, Params], None]


class Fault(NamedTuple):
    """One way to go wrong."""

    description: str
    play: Play
    """Takes the exchange, the body of the good answer, and the parameters."""
    params: Mapping[str, Callable[[object], Any]] = MappingProxyType({})
    """The parameters it understands, beside ``path``: what makes them fit for its handler."""
    spoils_balance: bool = False
    """Whether it takes the place of a good balance only, not of any answer."""


# --- parameters ---------------------------------------------------------------------------------


def header_value(value: object) -> str | None:
    """Return the text of a header; ``None`` leaves it out.

    Raises:
        ValueError: no header can have this.
    """
    if value is None:
        return None
    text = str(value)
    text.encode("latin-1")  # a UnicodeEncodeError is a ValueError
    if "\r" in text or "\n" in text:
        raise ValueError("a header has one line")
    return text


def seconds(value: object) -> float:
    """Return a time to wait.

    Raises:
        ValueError: it is none, or longer than an hour.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise ValueError("seconds must be a number from 0 to 3600")
    return value


def _path(value: object) -> str:
    if not isinstance(value, str) or value not in ("/team", "/team/credits"):
        raise ValueError("path must be /team or /team/credits")
    return value


def check_params(fault: Fault, params: Mapping[str, object]) -> dict[str, Any]:
    """Return a fault's parameters as its handler wants them.

    Raises:
        ValueError: the fault doesn't take such a parameter, or its value is bad.
    """
    known = {"path": _path, **fault.params}
    if foreign := params.keys() - known:
        raise ValueError(f"this fault takes no {', '.join(sorted(foreign))}")
    return {key: known[key](value) for key, value in params.items()}


# --- handlers -----------------------------------------------------------------------------------


def status_fault(status: int) -> Fault:
    """Answer with a status, in the words of lemlist's documentation where it has some."""
    phrase = HTTPStatus(status).phrase
    body = MESSAGES.get(status, phrase).encode()

    def play(exchange: Exchange, _good: bytes, params: Params) -> None:
        if status >= 500:
            # Such an answer comes from what stands in front of the API, which counts nothing.
            exchange.rate_headers = {}
        headers = {"Retry-After": params["retry_after"]} if "retry_after" in params else {}
        exchange.send(status, body, TEXT, headers)

    return Fault(f"{status} {phrase}", play, {"retry_after": header_value})


def _slow(exchange: Exchange, good: bytes, params: Params) -> None:
    exchange.wait(params.get("seconds", 1.0))
    exchange.send(200, good, JSON)


def _silent(exchange: Exchange, _good: bytes, _params: Params) -> None:
    exchange.hang()


# --- the table ----------------------------------------------------------------------------------

_STATUSES = (400, 401, 402, 403, 404, 405, 429, 500, 502, 503)

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        **{str(status): status_fault(status) for status in _STATUSES},
        "slow": Fault("a good answer after `seconds` (1)", _slow, {"seconds": seconds}),
        "silent": Fault("accepts and says nothing", _silent),
    }
)
"""Every fault by name. Each also takes `path`: /team or /team/credits, to leave the other well."""
