"""When a request may begin, of all those that the user's teams want to make."""

import math
import threading
import time
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

AT_ONCE = 4
"""Requests that may be under way at the same time."""
MOST = 20
"""Requests that lemlist may see in any :data:`SPAN`."""
SPAN = 2.0
"""Seconds (lemlist's API documentation, "Rate Limit"; its limit is for each key)."""
HEAD_START = 0.5
"""Seconds that a request that can wait leaves to other teams' more urgent ones."""


@dataclass(order=True)
class _Place:
    """A place in the queue; whoever wants its turn sooner is the smaller."""

    can_wait: bool
    number: int
    key: str = field(compare=False)
    since: float = field(compare=False)
    called: threading.Condition = field(compare=False)


class Turns:
    """Lets requests begin in the order in which they were wanted, as soon as there is room.

    Only the first in the queue looks at the clock, so that a long queue costs no processor time.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Condition, float | None], object] = threading.Condition.wait,
    ) -> None:
        self._now = now
        self._wait = wait
        self._lock = threading.Lock()
        self._numbers = count()
        self._queue: list[_Place] = []
        self._under_way = 0
        self._ended: deque[float] = deque(maxlen=MOST)
        self._urgent_began: dict[str, float] = {}  # by key

    @contextmanager
    def turn(self, key: str, *, can_wait: bool = False) -> Iterator[bool]:
        """Wait for a turn, keep it inside the ``with`` block, and tell whether there was a wait.

        ``key`` tells the teams apart. What ``can_wait`` comes after all other requests that are
        wanted, and for a moment leaves the way to those that may be wanted next. So after a start
        each team's balance comes before any team's name. With answers after 0.2 seconds:

        === ===============================================================
        0.0 A and B want their balances, and ask at once
        0.2 A and B want their names, which can wait: until 0.5
        0.3 C wants its balance, and asks at once; the names wait until 0.8
        0.8 A, B and C ask for their names
        === ===============================================================
        """
        with self._lock:
            now = self._now()
            place = _Place(can_wait, next(self._numbers), key, now, threading.Condition(self._lock))
            insort(self._queue, place)
            try:
                waited = self._wait_for_turn(place)
            finally:
                self._queue.remove(place)
                self._call_first()
            self._under_way += 1
            if not can_wait:
                self._urgent_began[key] = self._now()
        try:
            yield waited
        finally:
            with self._lock:
                self._under_way -= 1
                self._ended.append(self._now())
                self._call_first()

    def _wait_for_turn(self, place: _Place) -> bool:
        waited = False
        while True:
            seconds = self._time_left(place) if place is self._queue[0] else None
            if seconds is not None and seconds <= 0:
                return waited
            waited = True
            self._wait(place.called, seconds)

    def _time_left(self, place: _Place) -> float | None:
        """Return the seconds until the first in the queue may begin; ``None``: until it is called.

        A request counts until :data:`SPAN` after its end, as the server may have seen it as late as
        at its end. With 2 under way, the next waits until at most 17 have ended in the last
        :data:`SPAN`.
        """
        if self._under_way >= AT_ONCE:
            return None
        free_at = -math.inf
        others = MOST - 1 - self._under_way
        if len(self._ended) > others:
            free_at = self._ended[-1 - others] + SPAN
        if place.can_wait:
            began = (at for key, at in self._urgent_began.items() if key != place.key)
            lull = max(began, default=-math.inf) + HEAD_START
            free_at = max(free_at, min(lull, place.since + SPAN))
        return free_at - self._now()

    def _call_first(self) -> None:
        if self._queue:
            self._queue[0].called.notify()
