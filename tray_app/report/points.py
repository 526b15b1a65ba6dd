"""A balance's course as the points of a line, and what it is made of."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import compress, groupby
from operator import attrgetter
from typing import NamedTuple

from tray_app.rules.history import BUCKETS, RESERVATION, Record, days_of
from tray_app.rules.local_time import DAY, date_at, midnight
from tray_app.words.amounts import UNDIVIDED

TREND_STRETCHES = 80
"""The parts of a trend's time; the small chart paints each by two to four points."""


class Point(NamedTuple):
    """The balance at one moment."""

    at: int
    credits: int
    amounts: tuple[int, ...] = ()
    """What the layers of the chart hold, from the lowest to the highest."""


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


def first_moment(days: int, now: int) -> int:
    """Return when the last ``days`` local days began, of which today is one."""
    return midnight(date_at(now) - timedelta(days=days - 1))


def until(records: Sequence[Record], now: int) -> Sequence[Record]:
    """Return the records up to ``now``. Later ones were made while the clock ran ahead."""
    place = bisect_right(records, now, key=lambda record: record.first)
    if place and records[place - 1].last > now:
        return [*records[: place - 1], records[place - 1]._replace(last=now)]
    return records[:place]


def since(records: Sequence[Record], begin: int) -> Sequence[Record]:
    """Return the records from ``begin`` on, and the record before, for the balance then."""
    place = bisect_right(records, begin, key=lambda record: record.first)
    return records[max(0, place - 1) :]


def trend_of(records: Sequence[Record], days: int, now: int) -> Trend:
    """Sum up the last ``days`` local days, today included.

    ``records`` are in time order; those before the days in question may be left out.
    """
    begin = first_moment(days, now)
    points = fewer(points_of(since(records, begin), begin), TREND_STRETCHES)
    # What came back on the first day may have been reserved on the day before.
    shown = days_of(since(records, begin - RESERVATION), date_at(now))[-days:]
    return Trend(
        points=tuple((point.at, point.credits) for point in points),
        refills=tuple((refill.at, refill.amount) for day in shown for refill in day.refills),
        begin=points[0].at if points else now,
        end=max(now, points[-1].at) if points else now,
        days=days,
        spent=round(sum(day.spent for day in shown)),
    )


def has_trend(trend: Trend | None) -> bool:
    """Tell whether there is enough to be worth a chart: a day between first and last reading."""
    if trend is None or not trend.points:
        return False
    return trend.points[-1][0] - trend.points[0][0] >= DAY


def points_of(records: Iterable[Record], begin: int) -> list[Point]:
    """Return the points of the line, with the buckets' amounts as far as they are known."""
    points = []
    for record in records:
        amounts = tuple(amount or 0 for amount in record.buckets)
        first = Point(max(begin, record.first), record.credits, amounts)
        points.append(first)
        if record.last > first.at:
            points.append(first._replace(at=record.last))
    return points


def fewer(points: Sequence[Point], stretches: int) -> list[Point]:
    """Keep the first, lowest, highest and last point of each of ``stretches`` parts of the time."""
    kept: list[Point] = []
    if points:
        begin = points[0].at
        stretch = (points[-1].at - begin) // stretches + 1
        for _, group in groupby(points, key=lambda point: (point.at - begin) // stretch):
            here = list(group)
            lowest, highest = (extreme(here, key=attrgetter("credits")) for extreme in (min, max))
            kept += sorted({here[0], lowest, highest, here[-1]})
    return kept


def layered(points: Sequence[Point]) -> tuple[tuple[str, ...], tuple[Point, ...]]:
    """Divide each balance into its buckets and :data:`UNDIVIDED`, without those that stay empty.

    Returned are the names of these layers, and the points with an amount for each of them.
    """
    divided = [_divided(point) for point in points]
    filled = [any(amounts) for amounts in zip(*divided, strict=True)]
    return tuple(compress((*BUCKETS, UNDIVIDED), filled)), tuple(
        point._replace(amounts=tuple(compress(amounts, filled)))
        for point, amounts in zip(points, divided, strict=True)
    )


def _divided(point: Point) -> tuple[int, ...]:
    """Return the buckets' amounts and the rest. If these contradict the total, all is rest."""
    rest = point.credits - sum(point.amounts)
    if rest < 0 or min(point.amounts) < 0:
        return (*(0 for _ in point.amounts), point.credits)
    return (*point.amounts, rest)
