"""What programs do while nothing happens."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.bench.process import (
    cpu_of,
    let_pass,
    sleeps_of,
    wait_until_pool_is_empty,
    wait_until_quiet,
)
from tests.bench.programs import Program
from tests.bench.running import Running, desktop_and_sandbox

PART = 60.0
"""Seconds: as long as the longest time between two wake-ups of the product."""
MOST_PARTS = 3
"""They end before the next poll, which is five minutes after the first."""
TOTAL = 12_430


class Idle(NamedTuple):
    """A program's rest, by the minute."""

    wake_ups: float
    cpu: float
    """Seconds."""


def measure_idle(programs: Sequence[Program], *, parts: int) -> dict[Program, list[Idle]]:
    """Let all programs rest next to each other on one desktop, and count what they do meanwhile."""
    measured: dict[Program, list[Idle]] = defaultdict(list)
    with desktop_and_sandbox() as (desktop, sandbox), ExitStack() as stack:
        sandbox.set_total(TOTAL)
        running = [stack.enter_context(Running(desktop, each, sandbox)) for each in programs]
        for each in running:
            if each.program.is_product:
                each.until_tooltip(f"{TOTAL:,} credits")
        for each in running:
            wait_until_quiet(each.pid)
            wait_until_pool_is_empty(each.pid)
        asked = len(sandbox.requests)
        for _ in range(min(parts, MOST_PARTS)):
            before = {each: _count(each) for each in running}
            let_pass(PART)
            for each in running:
                measured[each.program].append(_rest(before[each], _count(each)))
        if len(sandbox.requests) != asked:
            raise AssertionError("a poll came in between")
    return measured


class _Count(NamedTuple):
    at: float
    sleeps: dict[Path, int]
    cpu: float


def _count(running: Running) -> _Count:
    return _Count(time.monotonic(), sleeps_of(running.pid), cpu_of(running.pid))


def _rest(before: _Count, after: _Count) -> Idle:
    minutes = (after.at - before.at) / 60
    sleeps = sum(count - before.sleeps.get(task, 0) for task, count in after.sleeps.items())
    return Idle(sleeps / minutes, (after.cpu - before.cpu) / minutes)
