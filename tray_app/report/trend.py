"""The balance of the last days, for the popup's small chart. No Qt, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from tray_app.report.points import fewer, first_moment, points_of, since
from tray_app.rules.history import Record, days_of, refills
from tray_app.rules.local_time import DAY, date_at

STRETCHES = 80
"""The parts of the chart's time; each is painted by two to four points."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The balance of the last days, for a small chart."""

    points: tuple[tuple[int, int], ...]
    """When, and how many credits; all that is high or low is among them."""
    refills: tuple[tuple[int, int], ...]
    """When, and how many credits came."""
    begin: int
    end: int
    days: int
    """The days that were asked for; less is shown when less is known."""
    spent: int = 0
    """Credits."""


def trend_of(records: Sequence[Record], days: int, now: int) -> Trend:
    """Sum up the last ``days`` local days, today included.

    ``records`` are in time order; those before the days in question may be left out.
    """
    begin = first_moment(days, now)
    recent = since(records, begin)
    points = fewer(points_of(recent, begin), STRETCHES)
    return Trend(
        points=tuple((point.at, point.credits) for point in points),
        refills=tuple((refill.at, refill.amount) for refill in refills(recent)),
        begin=points[0].at if points else now,
        end=max(now, points[-1].at) if points else now,
        days=days,
        spent=round(sum(day.spent for day in days_of(recent, date_at(now))[-days:])),
    )


def has_trend(trend: Trend | None) -> bool:
    """Tell whether there is enough to be worth a chart: a day between first and last reading."""
    if trend is None or not trend.points:
        return False
    return trend.points[-1][0] - trend.points[0][0] >= DAY
