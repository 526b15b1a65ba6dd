"""A clock that is set at will."""

from pathlib import Path

TICK = 0.02
"""Seconds from one look to the next."""


class FakeClock:
    """Goes as fast as it is looked at, and jumps when it is told."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        now = self.now
        self.now += TICK
        return now


def library_of_faketime() -> str:
    """Return what shows a program another time of day, when it is loaded before all else.

    https://github.com/wolfcw/libfaketime
    """
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    assert library, "libfaketime is not installed; `make setup` installs it"
    return str(library)
