"""How long the GUI thread serves nobody while the server misbehaves."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from tests.bench.process import let_pass, run_delay_of, wait_until_quiet
from tests.bench.programs import Program
from tests.bench.running import MenuLine, Running, desktop_and_sandbox, plain_desktop

TOTAL = 12_430
LOOK_EVERY = 0.004
"""Seconds."""
HANGING = 17.0
"""Seconds in which a request that hangs meets its deadline."""
FAILING = 3.0
CLICK_EVERY = 0.5
"""Seconds between two clicks of the impatient user on *Refresh now*."""
FAULTS: dict[str, dict[str, float]] = {
    "silent": {},
    "dripped-body": {"seconds": 0.05},
    "dripped-headers": {"seconds": 0.05},
    "500": {},
    "reset": {},
    "html": {},
    "huge-body": {},
}
SLOW = ("silent", "dripped-body", "dripped-headers")


def measure_stalls(program: Program, *, faults: Sequence[str]) -> dict[str, float]:
    """Return the longest time, in seconds, for which the GUI thread did not answer, by the fault.

    Asked is from outside, every few milliseconds, as a panel asks for the icon's state over D-Bus,
    with the popup open, while a user keeps clicking *Refresh now*. Answers are given in the GUI
    thread. The time in which one of the three processes that take part could have run, but others
    had the processor, is taken off: it says how busy the computer is.
    """
    with desktop_and_sandbox() as (desktop, sandbox):
        sandbox.set_total(TOTAL)
        with Running(desktop, program, sandbox) as running:
            stalls = _Stalls(running)
            running.item.activate()
            wait_until_quiet(running.pid)
            refresh = running.menu_line("Refresh now")
            measured = {}
            for fault in faults:
                sandbox.set_fault(fault, **FAULTS[fault])
                seconds = HANGING if fault in SLOW else FAILING
                measured[fault] = stalls.longest(seconds, refresh=refresh)
                sandbox.set_fault(None)
    return measured


def measure_floor(program: Program) -> float:
    """Return the same of a program that has nothing to do: what the method itself takes."""
    with plain_desktop() as desktop, Running(desktop, program) as running:
        stalls = _Stalls(running)
        wait_until_quiet(running.pid)
        return stalls.longest(HANGING, refresh=None)


class _Stalls:
    def __init__(self, running: Running) -> None:
        self._item = running.item
        self._processes = (os.getpid(), running.bus_pid, running.pid)

    def longest(self, seconds: float, *, refresh: MenuLine | None) -> float:
        """Look for some seconds, and click this line of the menu meanwhile."""
        longest = 0.0
        end = next_click = time.monotonic()
        end += seconds
        while (now := time.monotonic()) < end:
            if refresh is not None and now >= next_click:
                next_click = now + CLICK_EVERY
                refresh.click()
            longest = max(longest, self._answer_time())
            let_pass(LOOK_EVERY)
        return longest

    def _answer_time(self) -> float:
        waited, began = self._run_delay(), time.monotonic()
        self._item.get("Status")
        return time.monotonic() - began - (self._run_delay() - waited)

    def _run_delay(self) -> float:
        return sum(run_delay_of(each) for each in self._processes)
