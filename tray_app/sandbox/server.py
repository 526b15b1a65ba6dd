"""The sandbox itself: what its teams have, what goes wrong, and how often it may be asked."""

import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tray_app.sandbox import DEMO_KEY, DEMO_TEAM, faults
from tray_app.sandbox.faults import FAULTS, Fault, Params
from tray_app.sandbox.handler import Handler
from tray_app.sandbox.stories import STORIES, Buckets
from tray_app.sandbox.teams import MOST_TEAMS, SandboxTeam, team_name

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
    """Of the first team; ``-2`` and so on at its end makes the keys of the others."""
    team_name = DEMO_TEAM
    request_limit = 20  # per key in each window
    clock: Callable[[], float] = staticmethod(time.monotonic)
    """Seconds that never go back; moves the story and the rate limit."""

    def __init__(self, port: int = 0, story: str = "steady"):
        self.fault: tuple[str, Params] | None = None
        """The fault in force for all keys, and its parameters."""
        self._windows: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()
        names = {1: self.team_name}
        self.teams = {
            self.key_of(n): SandboxTeam(n, names.get(n, team_name(n)), story, self.clock)
            for n in range(1, MOST_TEAMS + 1)
        }
        """Each team by its key."""
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
        """The credits of the first team at this moment."""
        return self.teams[self.key].balance

    @property
    def story(self) -> str:
        """The story of the first team."""
        return self.teams[self.key].story

    def set_story(self, name: str) -> None:
        """Begin a story of the first team; a ValueError says that there is none of that name."""
        self.teams[self.key].set_story(name)

    def set_balance(self, **amounts: int) -> None:
        """Fix the balance of the first team, as :meth:`SandboxTeam.set_balance` does."""
        self.teams[self.key].set_balance(**amounts)

    def set_total(self, total: int) -> None:
        """Fix the balance of the first team at a total, or raise a ValueError."""
        self.teams[self.key].set_total(total)

    def team(self, number: int) -> SandboxTeam:
        """Return the team of a number from 1 on; a ValueError says that there is none."""
        if type(number) is not int or not 1 <= number <= MOST_TEAMS:
            raise ValueError(f"team must be a number from 1 to {MOST_TEAMS}")
        return self.teams[self.key_of(number)]

    def key_of(self, number: int) -> str:
        """Return the key that opens the team of a number."""
        return self.key if number == 1 else f"{self.key}-{number}"

    def set_fault(self, name: str | None, /, team: Any = None, **params: object) -> None:
        """Switch one of the ``faults`` on in place of the one before; ``None`` is none.

        It is for whatever key is sent, or for the ``team`` of this number alone. A ValueError says
        that there is no such fault or team, or that the fault doesn't take these parameters.
        """
        fault = self._checked(name, params)
        if team is None:
            self.fault = fault
        else:
            self.team(team).fault = fault

    def _checked(self, name: str | None, params: Mapping[str, object]) -> tuple[str, Params] | None:
        if name is None:
            if params:
                raise ValueError("no fault takes no parameters")
            return None
        if name not in self.faults:
            raise ValueError(f"no fault is called {name!r}")
        checks = {"path": faults.path, **self.faults[name].params}
        if foreign := params.keys() - checks:
            raise ValueError(f"this fault takes no {', '.join(sorted(foreign))}")
        return name, {param: checks[param](value) for param, value in params.items()}

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
            case {"story": name, **rest} if rest.keys() <= {"team"}:
                self.team(rest.get("team", 1)).set_story(name)
            case {"total": total, **rest} if rest.keys() <= {"team"}:
                self.team(rest.get("team", 1)).set_total(total)
            case {"balance": dict(buckets), **rest} if rest.keys() <= {"team"}:
                self.team(rest.get("team", 1)).set_balance(**buckets)
            case _:
                raise ValueError("give one of fault, story, total, balance")

    def state(self, number: int = 1) -> dict[str, Any]:
        """Return what a GET answers: what is in force for a team, and what there is to choose."""
        team = self.team(number)
        fault = team.fault or self.fault
        return {
            "url": self.url,
            "team": team.name,
            "story": team.story,
            "fault": None if fault is None else {"fault": fault[0], **fault[1]},
            "balance": team.remaining(),
            "stories": {name: story.description for name, story in STORIES.items()},
            "faults": {name: fault.description for name, fault in self.faults.items()},
        }


def _javascript_date(timestamp: float) -> str:
    """Write a time as JavaScript's ``Date.toString()`` does, whatever the locale."""
    weekday, month, day, clock, year = time.asctime(time.gmtime(timestamp)).split()
    return f"{weekday} {month} {day:0>2} {year} {clock} GMT+0000 (Coordinated Universal Time)"
