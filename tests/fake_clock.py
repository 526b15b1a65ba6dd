"""A clock that is set at will."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.fakes import NOON

TICK = 0.02
"""Seconds from one look to the next, of who looks at a clock again and again."""


class FakeClock:
    """A time that moves only when it is told to, or by a tick with each look at its seconds."""

    def __init__(self, now: datetime = NOON, tick: float = 0.0) -> None:
        self.now = now
        self.looks = 0
        self._tick = tick

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Return the time in seconds."""
        self.looks += 1
        seconds = self.now.timestamp()
        self.forward(seconds=self._tick)
        return seconds

    def forward(self, **delta: float) -> None:
        """Let time pass, as much as a timedelta of these arguments."""
        self.now += timedelta(**delta)


def library_of_faketime() -> str:
    """Return what shows a program another time of day, when it is loaded before all else.

    https://github.com/wolfcw/libfaketime
    """
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    assert library, "libfaketime is not installed; `make setup` installs it"
    return str(library)
