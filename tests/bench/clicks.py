"""From the click on the icon to the painted popup."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.bench.painting import Painting, WindowEvent
from tests.bench.process import wait_until_quiet
from tests.bench.programs import Program
from tests.bench.running import Running, desktop_and_sandbox

TOTAL = 12_430
QUIET = 0.4
"""Seconds without a drawing of the whole window, after which all is painted."""
TIMEOUT = 5.0


@dataclass
class Clicks:
    """Seconds from clicks to what they show."""

    first: float
    later: list[float] = field(default_factory=list)


def measure_clicks(program: Program, *, clicks: int) -> Clicks:
    """Open a program's popup again and again.

    The click is what the panel sends over D-Bus. Measured is the time until the last drawing of
    (nearly) the whole window that follows it has reached the X server, since a window's first
    drawing may be empty.

    Raises AssertionError when the popup doesn't open or close.
    """
    with (
        desktop_and_sandbox() as (desktop, sandbox),
        Painting(desktop.env["DISPLAY"]) as painting,
    ):
        sandbox.set_total(TOTAL)
        with Running(desktop, program, sandbox) as running:
            wait_until_quiet(running.pid)
            painting.forget()
            measured = Clicks(_open(running, painting))
            for _ in range(clicks):
                _close(running, painting)
                measured.later.append(_open(running, painting))
    return measured


def _open(running: Running, painting: Painting) -> float:
    began = time.monotonic()
    running.item.activate()
    if (event := painting.wait_for(_is_whole, TIMEOUT)) is None:
        raise AssertionError(f"{running.program.label} opens nothing")
    while (another := painting.wait_for(_is_whole, QUIET)) is not None:
        event = another
    return event.at - began


def _close(running: Running, painting: Painting) -> None:
    running.close_popup()
    if painting.wait_for(_is_gone, TIMEOUT) is None:
        raise AssertionError(f"{running.program.label} closes nothing")
    painting.forget()


def _is_whole(event: WindowEvent) -> bool:
    return event.is_whole


def _is_gone(event: WindowEvent) -> bool:
    return event.kind == "unmapped"
