"""The sandbox itself: what its team has, what goes wrong, and how often it may be asked."""

import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tray_app.sandbox import DEMO_KEY, DEMO_TEAM, faults
from tray_app.sandbox.faults import FAULTS, Fault, Params
from tray_app.sandbox.handler import Handler
from tray_app.sandbox.stories import STORIES, Buckets, split

_LOOPBACK = "127.0.0.1"
_RATE_WINDOW = 2.0
"""Seconds (lemlist's API documentation, "Rate Limit")."""


class Sandbox(socketserver.ThreadingTCPServer):
    """A stand-in lemlist API on 127.0.0.1, which listens, and tells its story, from the start.

    Port 0 picks a free one. An OSError says that the port is taken, an OverflowError that it is no
    port's number, a ValueError that there is no such story.
    """

    allow_reuse_address = sys.platform != "win32"  # there two servers could share a port
    request_queue_size = 128

    # What the tests' sandbox has of its own
    handler: type[Handler] = Handler
    faults: Mapping[str, Fault] = FAULTS
    key = DEMO_KEY
    team_name = DEMO_TEAM
    request_limit = 20  # per key in each window
    clock: Callable[[], float] = staticmethod(time.monotonic)
    """Seconds that never go back; moves the story and the rate limit."""

    def __init__(self, port: int = 0, story: str = "steady"):
        self.fault: tuple[str, Params] | None = None
        """The fault in force and its parameters."""
        self._windows: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()
        self.set_story(story)
        super().__init__((_LOOPBACK, port), self.handler)

    @property
    def url(self) -> str:
        """The base address of the API, as ``LEMLIST_API_URL`` wants it."""
        return f"http://{_LOOPBACK}:{self.server_address[1]}/api"

    def log(self, line: str) -> None:
        """Print what was answered: method, path and status."""
        print(line, file=sys.stderr, flush=True)  # noqa: T201

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that ended early, as faults and clients let them."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    # --- what it answers ---

    @property
    def balance(self) -> Buckets:
        """The credits at this moment."""
        begun, balance_at = self._course
        return balance_at(self.clock() - begun)

    def remaining(self) -> dict[str, int]:
        """Return the balance as the API tells it."""
        balance = self.balance
        return {"total": balance.total, **balance._asdict()}

    def set_story(self, name: str) -> None:
        """Begin a story; a ValueError says that there is none of that name."""
        if name not in STORIES:
            raise ValueError(f"no story is called {name!r}")
        self.story = name
        self._course = (self.clock(), STORIES[name].balance_at)

    def set_balance(self, **amounts: int) -> None:
        """Fix the balance, which stops the story; a bucket that isn't named keeps its amount.

        A ValueError says that there is no such bucket, or that it can't have such an amount.
        """
        for amount in amounts.values():
            _check_amount(amount)
        balance = self.balance._replace(**amounts)
        self.story = "fixed"
        self._course = (self.clock(), lambda _seconds: balance)

    def set_total(self, total: int) -> None:
        """Fix the balance at a total, split as a healthy team's is, or raise a ValueError."""
        _check_amount(total)
        self.set_balance(**split(total)._asdict())

    def set_fault(self, name: str | None, /, **params: object) -> None:
        """Switch one of the ``faults`` on in place of the one before; ``None`` is none.

        A ValueError says that there is no such fault, or that it doesn't take these parameters.
        """
        if name is None:
            if params:
                raise ValueError("no fault takes no parameters")
            self.fault = None
            return
        if name not in self.faults:
            raise ValueError(f"no fault is called {name!r}")
        checks = {"path": faults.path, **self.faults[name].params}
        if foreign := params.keys() - checks:
            raise ValueError(f"this fault takes no {', '.join(sorted(foreign))}")
        self.fault = name, {param: checks[param](value) for param, value in params.items()}

    def count(self, key: str) -> tuple[bool, Mapping[str, str]]:
        """Count a request; return whether it is within the rate limit, and the four headers.

        A key's window begins with its first request. As at lemlist, every answer has a
        ``Retry-After``.
        """
        with self._lock:
            now = self.clock()
            alive = {k: w for k, w in self._windows.items() if now - w[0] < _RATE_WINDOW}
            begin, count = alive.get(key, (now, 0))
            self._windows = {**alive, key: (begin, count + 1)}
        headers = {
            "Retry-After": f"{_RATE_WINDOW:.0f}",
            "X-RateLimit-Limit": str(self.request_limit),
            "X-RateLimit-Remaining": str(max(0, self.request_limit - count - 1)),
            "X-RateLimit-Reset": _javascript_date(time.time() + begin + _RATE_WINDOW - now),
        }
        return count < self.request_limit, headers

    # --- for the control route ---

    def change(self, wish: dict[str, Any]) -> None:
        """Do what a POST asks for; a TypeError or ValueError says that nobody can."""
        match wish:
            case {"fault": name, **params}:
                self.set_fault(name, **params)
            case {"story": name, **rest} if not rest:
                self.set_story(name)
            case {"total": total, **rest} if not rest:
                self.set_total(total)
            case {"balance": dict(buckets), **rest} if not rest:
                self.set_balance(**buckets)
            case _:
                raise ValueError("give one of fault, story, total, balance")

    def state(self) -> dict[str, Any]:
        """Return what a GET answers: what is in force, and what there is to choose from."""
        fault = self.fault
        return {
            "url": self.url,
            "story": self.story,
            "fault": None if fault is None else {"fault": fault[0], **fault[1]},
            "balance": self.remaining(),
            "stories": {name: story.description for name, story in STORIES.items()},
            "faults": {name: fault.description for name, fault in self.faults.items()},
        }


def _check_amount(amount: object) -> None:
    if type(amount) is not int or amount < 0:
        raise ValueError("an amount is a whole number, 0 or more")


def _javascript_date(timestamp: float) -> str:
    """Write a time as JavaScript's ``Date.toString()`` does, whatever the locale."""
    weekday, month, day, clock, year = time.asctime(time.gmtime(timestamp)).split()
    return f"{weekday} {month} {day:0>2} {year} {clock} GMT+0000 (Coordinated Universal Time)"
