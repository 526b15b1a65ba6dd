"""The benchmark of the benchmark: a program that is slow and fat must miss every budget."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import (
    Effort,
    Field,
    click_rows,
    idle_rows,
    poll_rows,
    stall_rows,
    start_rows,
)
from tests.bench.programs import BARE, Program
from tests.bench.rows import Row

SCRIPT = Path(__file__).with_name("handicapped.py")
HANDICAPPED = Program("handicapped", "source", (sys.executable, str(SCRIPT)), is_product=True)
FIELD = Field(bare=(BARE,), products=(HANDICAPPED,), peers={}, judged=HANDICAPPED)
EFFORT = Effort(rounds=1, clicks=3, faults=("500",), passes=1, polls=0)
GROUPS = (start_rows, idle_rows, poll_rows, click_rows, stall_rows)
"""Growth and sizes are figures that nothing can blur; tests/bench/test_bench.py has their rows."""


def handicapped_rows() -> Iterator[Row]:
    """Yield the rows that have a budget."""
    for group in GROUPS:
        yield from (row for row in group(FIELD, EFFORT) if row.is_judged)


def budgets_kept() -> list[Row]:
    """Return what should have been missed, and was not."""
    return [row for row in handicapped_rows() if not row.missed]
