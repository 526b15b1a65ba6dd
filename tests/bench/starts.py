"""From the start to the icon and to the first balance, and the memory after it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.process import Memory, cpu_of, memory_of, wait_until_quiet
from tests.bench.programs import Program
from tests.bench.running import Running, desktop_and_sandbox

FULL = 12_430


@dataclass
class Starts:
    """What was measured of one program, a value a round."""

    until_icon: list[float] = field(default_factory=list)
    """Seconds."""
    until_balance: list[float] = field(default_factory=list)
    """Seconds; empty for others than the product."""
    cpu: list[float] = field(default_factory=list)
    """Seconds of processor time until the memory was looked at."""
    memory: list[Memory] = field(default_factory=list)


def measure_starts(programs: Sequence[Program], *, rounds: int) -> dict[Program, Starts]:
    """Start each program once a round, and let it settle.

    One round before the first brings files into memory and is not counted.
    """
    measured: dict[Program, Starts] = defaultdict(Starts)
    figures = itertools.count(FULL, -1)  # another one each time, so that no old one can pass for it
    with desktop_and_sandbox() as (desktop, sandbox):
        for number in range(rounds + 1):
            for program in programs if number % 2 else reversed(programs):
                figure = next(figures)
                sandbox.set_total(figure)
                with Running(desktop, program, sandbox) as running:
                    until_balance = (
                        [running.until_tooltip(f"{figure:,} credits")] if program.is_product else []
                    )
                    wait_until_quiet(running.pid)
                    if number:
                        measured[program].until_icon.append(running.until_icon)
                        measured[program].until_balance += until_balance
                        measured[program].cpu.append(cpu_of(running.pid))
                        measured[program].memory.append(memory_of(running.pid))
    return measured
