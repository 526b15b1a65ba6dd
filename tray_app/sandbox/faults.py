"""What can go wrong with lemlist on an ordinary day: its documented errors, and slowness."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from tray_app.sandbox.handler import JSON, Handler

Params = Mapping[str, Any]


class Fault(NamedTuple):
    """One way to go wrong: what is answered in place of anything else, whatever the key."""

    description: str
    play: Callable[[Handler, bytes, Params], None]
    """Takes the body of the good answer, and the parameters."""
    params: Mapping[str, Callable[[Any], Any]] = {}
    """The parameters beside ``path``, each with what returns it or raises a ValueError."""


def path(value: Any) -> Any:
    """Check the path that a fault is kept to."""
    if value not in ("/team", "/team/credits"):
        raise ValueError("path must be /team or /team/credits")
    return value


def header_value(value: Any) -> str | None:
    """Check the text of a header, which ``None`` leaves out."""
    if value is None:
        return None
    text = str(value)
    text.encode("latin-1")  # a UnicodeEncodeError is a ValueError
    if "\r" in text or "\n" in text:
        raise ValueError("a header has one line")
    return text


def seconds(value: Any) -> Any:
    """Check a time to wait, which is an hour at most."""
    if type(value) not in (int, float) or not 0 <= value <= 3600:
        raise ValueError("seconds must be a number from 0 to 3600")
    return value


def status_fault(status: int) -> Fault:
    """Answer with a status."""

    def play(handler: Handler, _good: bytes, params: Params) -> None:
        if status >= 500:
            # Such an answer comes from what stands in front of the API, which counts nothing.
            handler.rate_headers = {}
        headers = {"Retry-After": params["retry_after"]} if "retry_after" in params else {}
        handler.refuse(status, headers)

    return Fault(f"{status} {HTTPStatus(status).phrase}", play, {"retry_after": header_value})


def _slow(handler: Handler, good: bytes, params: Params) -> None:
    handler.wait(params.get("seconds", 1.0))
    handler.send(200, good, JSON)


_STATUSES = (400, 401, 402, 403, 404, 405, 429, 500, 502, 503)

FAULTS: Mapping[str, Fault] = {
    **{str(status): status_fault(status) for status in _STATUSES},
    "slow": Fault("a good answer after `seconds` (1)", _slow, {"seconds": seconds}),
    "silent": Fault("accepts and says nothing", lambda handler, *_: handler.wait(None)),
}
"""Every fault by name. Each also takes `path`: /team or /team/credits; the other goes on well."""
