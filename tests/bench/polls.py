"""The processor time of a poll."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import mean
from typing import Literal

from tests.bench.process import cpu_of, let_pass, wait_until_quiet
from tests.bench.programs import Program
from tests.bench.running import Running, desktop_and_sandbox
from tests.servers.faulty_sandbox import Sandbox

Story = Literal["fixed", "changing"]

FULL = 12_430
STEP = 137
"""Credits that the balance falls by with each poll of the changing story, so that each time
tooltip, menu and, as a rule, the icon have something else to say."""
BREATH = 2.4
"""Seconds from click to click; within two after an answer the program asks nothing."""
POLLS = 5
"""Polls of a round."""


def measure_polls(
    programs: Sequence[Program], story: Story, *, rounds: int
) -> dict[Program, list[float]]:
    """Return the seconds of processor time that a poll takes, the mean of each round.

    Polls are asked for by *Refresh now* in the icon's menu, over D-Bus as a panel does, and all
    that the program does until the next one counts, in all its threads.
    """
    measured: dict[Program, list[float]] = defaultdict(list)
    with desktop_and_sandbox() as (desktop, sandbox), ExitStack() as stack:
        others = [
            Sandbox(story="fixed", request_limit=10**9, tls=sandbox.tls) for _ in programs[1:]
        ]
        sandboxes = [sandbox, *(stack.enter_context(other) for other in others)]
        running = []
        for program, sandbox in zip(programs, sandboxes, strict=True):
            sandbox.set_total(FULL)
            running.append(stack.enter_context(Running(desktop, program, sandbox)))
            running[-1].until_tooltip(f"{FULL:,} credits")
        refreshes = [each.menu_line("Refresh now") for each in running]
        for each in running:
            wait_until_quiet(each.pid)
        let_pass(BREATH)  # after the first answers
        total = FULL
        for _ in range(rounds):
            taken: dict[Program, list[float]] = defaultdict(list)
            for _ in range(POLLS):
                total -= STEP if story == "changing" else 0
                for each, sandbox, refresh in zip(running, sandboxes, refreshes, strict=True):
                    sandbox.set_total(total)
                    before, asked = cpu_of(each.pid), len(sandbox.requests)
                    refresh.click()
                    let_pass(BREATH / len(running))
                    taken[each.program].append(cpu_of(each.pid) - before)
                    if len(sandbox.requests) != asked + 1:
                        raise AssertionError(f"{each.program.label} has not asked once")
            for program, values in taken.items():
                measured[program].append(mean(values))
    return measured
