"""The rows of the benchmark: a figure, what it is held against, and the verdict.

The limits are the budgets of the design, and hold for the frozen build; what only a program that is
led from inside can show is measured from source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Limit:
    """The budget of a row."""

    at_most: float
    of: Literal["ratio", "figure"] = "figure"


UNTIL_ICON = Limit(1.15, "ratio")
UNTIL_BALANCE = Limit(2.5, "ratio")
IDLE_PSS = Limit(1.45, "ratio")
WAKE_UPS = Limit(2)
"""A minute."""
CPU_PER_POLL = Limit(10)
"""Milliseconds."""
CLICK = Limit(40)
"""Milliseconds, for 95 of 100 clicks."""
STALL = Limit(16)
"""Milliseconds."""
GROWTH = Limit(2_000_000)
"""Bytes."""
FILES = Limit(0)
SEVERAL_UNTIL_ICON = Limit(1.03, "ratio")
"""Of one team's."""
SEVERAL_UNTIL_ALL = Limit(2, "ratio")
"""Of the time to the first of the balances."""
A_TEAM = Limit(150_000)
"""Bytes for each team more than one."""
SEVERAL_CPU = Limit(1, "ratio")
"""Of one team's."""
BUNDLE = Limit(0.55, "ratio")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    measure: str
    unit: str
    program: str
    values: tuple[float, ...]
    """What was measured, at least once; the table shows their range."""
    baseline: float | None = None
    """The same figure of what the program is compared with."""
    limit: Limit | None = None
    to_beat: float | None = None
    """For a peer: the product's figure, which may not be larger."""
    is_conceded: bool = False
    """For a peer: whether it may be better, for reasons that docs/performance.md gives."""

    @property
    def figure(self) -> float:
        """What counts: the median."""
        return median(self.values)

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of the baseline; None without one that is above zero."""
        return self.figure / self.baseline if self.baseline else None

    @property
    def is_judged(self) -> bool:
        """Whether the row can be missed."""
        return self.limit is not None or (self.to_beat is not None and not self.is_conceded)

    @property
    def is_better(self) -> bool:
        """Whether this is a peer, and better than the product."""
        return self.to_beat is not None and self.to_beat > self.figure

    @property
    def missed(self) -> bool:
        """Whether the budget is exceeded, or the peer is better and may not be."""
        if self.to_beat is not None:
            return self.is_better and not self.is_conceded
        if self.limit is None:
            return False
        judged = self.ratio if self.limit.of == "ratio" else self.figure
        return judged is None or judged > self.limit.at_most


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that is not below `percent` of them (nearest rank)."""
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]
