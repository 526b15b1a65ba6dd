"""Waiting for something to become true, instead of sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 90.0
"""Seconds to wait for what should come; generous, since build machines are slow."""

LOOK_EVERY = 0.05
"""Seconds. Looks at a desktop cost so much that more of them are no quicker."""


def wait_until(condition: Callable[[], T | None], timeout: float, what: str) -> T:
    """Ask `condition` again and again until its answer is true, and return that answer.

    `timeout` is in seconds. Raises TimeoutError naming `what` and the last answer.
    """
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout:g} s: {what} (last answer: {answer!r})")
        time.sleep(LOOK_EVERY)
