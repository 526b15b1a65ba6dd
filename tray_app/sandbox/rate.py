"""The sandbox's rate limit, with the headers that lemlist tells it by."""

import time
from collections.abc import Callable, Mapping

WINDOW = 2.0
"""Seconds (lemlist's API documentation, "Rate Limit")."""


class RateLimit:
    """So many requests per key in each window; a key's window begins with its first request."""

    def __init__(self, limit: int, clock: Callable[[], float]):
        self._limit = limit
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, key: str) -> tuple[bool, Mapping[str, str]]:
        """Count a request; return whether it is within the limit, and the four headers.

        As with lemlist, ``Retry-After`` is there on every answer and so means nothing by itself.
        """
        now = self._clock()
        self._windows = {k: w for k, w in self._windows.items() if now - w[0] < WINDOW}
        begin, count = self._windows.get(key, (now, 0))
        self._windows[key] = (begin, count + 1)
        headers = {
            "Retry-After": f"{WINDOW:.0f}",
            "X-RateLimit-Limit": str(self._limit),
            "X-RateLimit-Remaining": str(max(0, self._limit - count - 1)),
            "X-RateLimit-Reset": _javascript_date(time.time() + begin + WINDOW - now),
        }
        return count < self._limit, headers


def _javascript_date(timestamp: float) -> str:
    """Write a time as JavaScript's ``Date.toString()`` does, whatever the locale."""
    weekday, month, day, clock, year = time.asctime(time.gmtime(timestamp)).split()
    return f"{weekday} {month} {day:0>2} {year} {clock} GMT+0000 (Coordinated Universal Time)"
