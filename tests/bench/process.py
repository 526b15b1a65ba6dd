"""What Linux tells of a running program, its children included (proc(5))."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.waiting import wait_until

PROC = Path("/proc")
QUIET = 1.5
"""Seconds in which a program that has settled does next to nothing."""
NEXT_TO_NOTHING = 0.004
"""Seconds of processor time in those."""
TIMEOUT = 60.0


class Memory(NamedTuple):
    """Memory in bytes."""

    pss: int
    """What it has alone, and its part of what it shares with others."""
    uss: int
    """What it has alone."""
    rss: int
    """All that is in memory, shared or not."""


def memory_of(pid: int) -> Memory:
    """Return the memory that a program has now."""
    sums = dict.fromkeys(("Pss", "Private_Clean", "Private_Dirty", "Rss"), 0)
    for process in family_of(pid):
        for line in (PROC / str(process) / "smaps_rollup").read_text().splitlines():
            name, colon, rest = line.partition(":")
            if colon and name in sums:
                sums[name] += int(rest.split()[0]) * 1024
    return Memory(sums["Pss"], sums["Private_Clean"] + sums["Private_Dirty"], sums["Rss"])


def cpu_of(pid: int) -> float:
    """Return the seconds of processor time that a program has had so far, in all its threads.

    It is read from the process's own clock, which counts nanoseconds, and counts threads that have
    ended; /proc/PID/stat is rounded to hundredths (clock_getcpuclockid(3)).
    """
    return sum(time.clock_gettime(~process << 3 | 2) for process in family_of(pid))


def wait_until_quiet(pid: int) -> None:
    """Wait until a program has settled: it has its processes and threads, and they are at rest.

    Raises TimeoutError when it doesn't come to rest.
    """
    last, since = cpu_of(pid), time.monotonic()

    def is_quiet() -> bool:
        nonlocal last, since
        now, used = time.monotonic(), cpu_of(pid)
        if used - last > NEXT_TO_NOTHING:
            last, since = used, now
        return now - since >= QUIET

    wait_until(is_quiet, TIMEOUT, f"process {pid} is quiet")


def wait_until_pool_is_empty(pid: int) -> None:
    """Wait until Qt has ended the threads of its pool, which it does after 30 s without work."""

    def is_empty() -> bool:
        names = (task / "comm" for task in (PROC / str(pid) / "task").iterdir())
        return not any(name.read_text().startswith("Thread (pooled)") for name in names)

    wait_until(is_empty, TIMEOUT, f"process {pid} has no threads to spare")


def let_pass(seconds: float) -> None:
    """Let a span of time pass that is itself what is measured, or part of a stimulus."""
    threading.Event().wait(seconds)


def sleeps_of(pid: int) -> dict[Path, int]:
    """Return, by thread, how often it has gone to sleep so far.

    Who has slept and is not asleep any more was woken, so over a time these are the wake-ups.
    """
    sleeps = {}
    for process in family_of(pid):
        for task in (PROC / str(process) / "task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended
                for line in (task / "status").read_text().splitlines():
                    if line.startswith("voluntary_ctxt_switches:"):
                        sleeps[task] = int(line.split()[1])
    return sleeps


def run_delay_of(pid: int) -> float:
    """Return the seconds that a process's first thread could have run, but had to wait so far."""
    return int((PROC / str(pid) / "schedstat").read_text().split()[1]) / 1e9


def family_of(pid: int) -> Iterator[int]:
    """Yield the process and all its descendants."""
    yield pid
    for children in (PROC / str(pid) / "task").glob("*/children"):
        with suppress(FileNotFoundError):
            for child in children.read_text().split():
                yield from family_of(int(child))
