"""How much is left, in four levels."""

from dataclasses import dataclass
from enum import StrEnum

from tray_app.rules.ranges import out_of_range, within

LARGEST_THRESHOLD = 10_000_000
"""Credits; above it a threshold is a slip of the hand."""


class Level(StrEnum):
    """What a balance means. The values are part of ``status --json``."""

    HEALTHY = "healthy"
    LOW = "low"
    CRITICAL = "critical"
    EMPTY = "empty"

    @property
    def severity(self) -> int:
        """0 for healthy, growing towards empty."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The amounts, in credits, at and below which a level begins."""

    low: int = within(500, 1, LARGEST_THRESHOLD)
    critical: int = within(100, 1, LARGEST_THRESHOLD)

    @property
    def limits(self) -> dict[Level, int]:
        """The credits at and below which each level begins, the worst level first."""
        return {Level.EMPTY: 0, Level.CRITICAL: self.critical, Level.LOW: self.low}

    def fault(self) -> str | None:
        """Name the field that can't be used (``low`` or ``critical``), if there is one."""
        faults = out_of_range(self)
        if "critical" in faults:
            return "critical"
        return "low" if faults or self.low <= self.critical else None


def level_of(credits: int, thresholds: Thresholds, previous: Level | None = None) -> Level:
    """Judge a balance by its amount, and by the level that it had before.

    A level is left upwards only with 5 % more than its threshold, which keeps the icon from
    flickering: after 500 credits, which are *low*, 524 are *low* too, and 525 are *healthy*.
    """
    for level, limit in thresholds.limits.items():
        if credits <= limit:
            return level
        is_leaving = previous is not None and previous.severity >= level.severity
        if is_leaving and credits * 100 < limit * 105:
            return level
    return Level.HEALTHY
