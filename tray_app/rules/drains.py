"""Spending that is far outside a team's own habit. ``docs/forecast.md`` has the reasoning."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import NamedTuple

from tray_app.rules.history import Drop, Record, Refill, each_change
from tray_app.rules.local_time import DAY

SHORT_WINDOW = 11 * 60
DRAIN_WINDOW = 61 * 60
"""The seconds in which spending is measured: ten minutes and an hour, each with a minute for a late
poll."""

RECENT = 4 * 3600
"""Seconds of changes to look back on, so that a drain of three hours is one drain."""

HABIT_DAYS = 30
"""Days from which a habit is learned."""
DAYS_NEEDED = 5
"""Days on which the balance must have been seen."""

SMALLEST_DRAIN = 250
"""Credits; less is never worth an alert."""

_OTHER_DAY = 16 * 3600
"""Seconds from what is spent on one day to what is spent on another, in whatever time zone."""

_MOST_DROPS = 10
_HOUR = 3600
_SAME_EVENT = 0.5
"""The part of a drop's pace with which it goes on."""
_BEYOND = 2.0
_BEYOND_AT_FIRST = 10.0
"""The limit of a habit is a busy day's peak times ``_BEYOND + _BEYOND_AT_FIRST / days seen``, as a
week does not show a month's busiest day: 4 peaks after 5 days, 2.3 after 30."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How a team usually spends. Amounts are in credits."""

    usual_per_hour: int
    """In the hours in which anything was spent at all, the median."""
    short_limit: int
    """The most spending within :data:`SHORT_WINDOW` that is no drain."""
    long_limit: int
    """The most spending within :data:`DRAIN_WINDOW` that is no drain."""


@dataclass(frozen=True, slots=True)
class Drain:
    """Sudden spending between two sightings (seconds since the epoch), in credits."""

    begin: int
    end: int
    amount: int
    usual_per_hour: int


def habit_of(records: Sequence[Record], now: int) -> Habit | None:
    """Learn a team's habit from its last month; ``None`` if it was seen on too few days.

    The limit goes by the peak of the second busiest day, so that a campaign every other week is
    a habit, and one drain a month is none. Credits that were only reserved count too, as daily
    reservations are usual.
    """
    begin = now - HABIT_DAYS * DAY
    first = max(bisect_left(records, (begin,)) - 1, 0)
    recent = records[first : bisect_left(records, (now + 1,))]
    seen: set[int] = set()
    for record in recent:
        seen.update(range(max(record.first, begin) // DAY, min(record.last, now) // DAY + 1))
    if len(seen) < DAYS_NEEDED:
        return None
    falls = [
        Drop(before.last, after.first, before.credits - after.credits)
        for before, after in pairwise(recent)
        if after.credits < before.credits and begin <= before.last
    ]
    beyond = _BEYOND + _BEYOND_AT_FIRST / len(seen)
    return Habit(
        _usual_per_hour(each_change(recent), begin),
        max(SMALLEST_DRAIN, round(beyond * _busy_peak(falls, SHORT_WINDOW))),
        max(SMALLEST_DRAIN, round(beyond * _busy_peak(falls, DRAIN_WINDOW))),
    )


def sudden_drain(recent: Iterable[Refill | Drop], habit: Habit, now: int) -> Drain | None:
    """Return the drain that goes on, or ended within :data:`DRAIN_WINDOW` before now.

    A drop that took longer is no drain, as its pace is not known. What follows a pause of more than
    :data:`DRAIN_WINDOW` is another drain. For instance, with limits of 500 in ten minutes and of
    800 in an hour, and what was spent in the five minutes before each time:

    ===== === ====================================================
    10:00  20 usual
    10:30 300 usual
    10:50 300 usual
    11:10 300 a drain of 900 since 10:25
    11:15 600 more than 500 at once, and part of a drain of 1,500
    ===== === ====================================================
    """
    drains = _drains([one for one in _drops(recent) if one.end <= now], habit)
    if not drains or drains[-1].end <= now - DRAIN_WINDOW:
        return None
    last = drains[-1]
    return Drain(last.begin, last.end, last.amount, habit.usual_per_hour)


def largest_drops(
    found: Iterable[Refill | Drop], habit: Habit | None
) -> tuple[list[Drop], list[Drop]]:
    """Return the ten largest drops, the largest first, and those of them that were sudden drains.

    What belongs to one event is one drop: a sudden drain is what an alert would tell of, and any
    other goes on as long as half of its pace does.
    """
    drops = _drops(found)
    drains = _drains(drops, habit) if habit else []
    steady = [drop for drop in drops if not any(_covers(drain, drop) for drain in drains)]
    largest = sorted((*drains, *_largest(steady)), key=_amount, reverse=True)[:_MOST_DROPS]
    return largest, [drop for drop in largest if drop in drains]


def _drops(found: Iterable[Refill | Drop]) -> list[Drop]:
    return [one for one in found if isinstance(one, Drop)]


def _drains(drops: Sequence[Drop], habit: Habit) -> list[Drop]:
    """Return the sudden drains, as :func:`sudden_drain` explains them."""
    sudden = _excesses(drops, SHORT_WINDOW, habit.short_limit)
    # With a burst in it, an hour of usual spending would look sudden.
    steady = [drop for drop in drops if not any(_covers(span, drop) for span in sudden)]
    spans = sorted(sudden + _excesses(steady, DRAIN_WINDOW, habit.long_limit))
    return [
        _sum([drop for drop in drops if _covers(span, drop)])
        for span in _joined(spans, DRAIN_WINDOW)
    ]


def _largest(drops: Sequence[Drop]) -> list[Drop]:
    largest: list[Drop] = []
    parts = [_parted(drops)] if drops else []
    while parts and len(largest) < _MOST_DROPS:
        part = max(parts, key=lambda part: part[0].amount)
        parts.remove(part)
        drop, *rests = part
        largest.append(drop)
        parts += [_parted(rest) for rest in rests if rest]
    return largest


def _parted(drops: Sequence[Drop]) -> tuple[Drop, Sequence[Drop], Sequence[Drop]]:
    """Return the most that was spent at once, and the drops before and after that.

    At once is within ten minutes, and before and after that as long as half of that pace goes on.
    For instance, with what was spent in the five minutes before each time:

    ===== === =======================================================
    10:05  20 before
    10:10 100 half of the pace
    10:15 200
    10:20 200 400 within ten minutes, the most: a drop of 500 in all
    10:25  90 after, as that is less than half of the pace
    ===== === =======================================================
    """
    spent = (
        (amount, first, last) if first <= last else (drops[last].amount, last, last)
        for last, (first, amount) in enumerate(_windows(drops, SHORT_WINDOW))
    )
    amount, first, last = max(spent, key=itemgetter(0))
    begin, end = drops[first].begin, drops[last].end
    is_pace_known = end - begin <= SHORT_WINDOW

    def goes_on(drop: Drop, seconds: int) -> bool:
        pace = _SAME_EVENT * amount / max(end - begin, 1)
        return is_pace_known and seconds <= SHORT_WINDOW and drop.amount >= pace * seconds

    before, after = first, last + 1
    while before > 0 and goes_on(drops[before - 1], drops[before].begin - drops[before - 1].begin):
        before -= 1
    while after < len(drops) and goes_on(drops[after], drops[after].end - drops[after - 1].end):
        after += 1
    return _sum(drops[before:after]), drops[:before], drops[after:]


def _sum(drops: Sequence[Drop]) -> Drop:
    """Return drops, which follow each other, as one."""
    buckets: Counter[str] = Counter()
    for drop in drops:
        buckets.update(drop.buckets)
    return Drop(drops[0].begin, drops[-1].end, sum(map(_amount, drops)), dict(buckets))


def _usual_per_hour(found: Iterable[Refill | Drop], begin: int) -> int:
    hours: Counter[int] = Counter()
    for one in found:
        if isinstance(one, Drop) and begin <= one.begin and one.end - one.begin <= DRAIN_WINDOW:
            hours[one.end // _HOUR] += one.amount
    amounts = sorted(hours.values())
    return amounts[len(amounts) // 2] if amounts else 0


def _busy_peak(drops: Sequence[Drop], window: int) -> int:
    """Return the most that was spent within a window on the second busiest day."""
    peaks = [(one[1], drop.end) for drop, one in zip(drops, _windows(drops, window), strict=True)]
    _, busiest = max(peaks, default=(0, 0))
    return max((amount for amount, end in peaks if abs(end - busiest) >= _OTHER_DAY), default=0)


_amount = attrgetter("amount")


class _Span(NamedTuple):
    """A time, in seconds since the epoch."""

    begin: int
    end: int


def _excesses(drops: Sequence[Drop], window: int, limit: int) -> list[_Span]:
    """Return the windows above the limit, as narrow as can be; those close together are one."""
    found: list[_Span] = []
    for last, (first, amount) in enumerate(_windows(drops, window)):
        if amount <= limit:
            continue
        while amount - drops[first].amount > limit:
            amount -= drops[first].amount
            first += 1
        if amount - drops[last].amount <= limit:
            found.append(_Span(drops[first].begin, drops[last].end))
    return _joined(found, window)


def _joined(spans: Iterable[_Span], pause: int) -> list[_Span]:
    """Join the spans, which are in order, that overlap or follow each other within a pause."""
    joined: list[_Span] = []
    for span in spans:
        if joined and span.begin - joined[-1].end <= pause:
            joined[-1] = _Span(joined[-1].begin, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _covers(span: _Span | Drop, drop: Drop) -> bool:
    return span.begin <= drop.begin and drop.end <= span.end


def _windows(drops: Sequence[Drop], window: int) -> Iterator[tuple[int, int]]:
    """Yield, for each drop, the first drop's index and the sum of the window that it ends.

    The window of a drop that took longer is empty: the index is the next drop's, the sum 0.
    """
    first = amount = 0
    for last, drop in enumerate(drops):
        amount += drop.amount
        while first <= last and drop.end - drops[first].begin > window:
            amount -= drops[first].amount
            first += 1
        yield first, amount
