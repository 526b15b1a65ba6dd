"""How fast credits are spent, and when they run out. ``docs/forecast.md`` has the reasoning."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import exp, inf, sqrt
from operator import mul, sub
from typing import NamedTuple

from tray_app.rules.history import Day
from tray_app.rules.local_time import share_over
from tray_app.rules.prices import DEAREST_RESULT

HORIZON = 365
"""Days; the longest forecast, and the longest past that one is made from."""

DAYS_NEEDED = 7
SPENDING_DAYS_NEEDED = 5
"""Days that must have been seen whole, and how many of them with spending."""

# The numbers below were chosen by back-tests; docs/forecast.md says what they are for.
_DECIMALS = 3  # decimals of a credit that count; less is a rest of sharing out
_DRY = 0.05  # a balance of less, in usual days' spendings, counts as run out
_HABIT_DAYS = 14  # days that must be known before a day can be cut as out of habit
_OUT_OF_HABIT = 2.0  # a day is cut to so many times the second largest day
_WEEKS = 8  # the team's own week is learned from so many weeks
_EVEN_WEEKS = 0.25  # weight, in weeks, of a week with all working days alike
_MEMORIES = {2: 1.0, 8: 2.0, inf: 16.0}  # days until half is forgotten: weight before any trial
_TRIAL = 6  # days ahead for which the memories are tried
_FIRST_TRIAL = 5  # days that must be known before the first trial
_REMEMBERED = 0.97  # the part of a trial's weight that is left a day later
_SEVERITY = 1.5  # how fast a memory loses weight, by the usual squares that it is behind the best
_STRETCHES = (7, 14, 28, 56)  # days ahead for which past forecasts are compared with what came
_LEFT_OUT = (0.05, 0.1)  # the part of the misses left out below and above, once there are many
_FEW = 3.0  # with misses of so many stretches, half of _LEFT_OUT is left out
_GUESS = (0.25, 0.65)  # the largest miss before any: a share, and one of how uneven days are
_GUESS_STRETCHES = 5.0  # the guess weighs as much as misses of so many stretches
_LARGEST_MISS = 1.65  # the largest miss upwards; a larger one is wrong oftener than right
_CAP = 1.5  # no forecast is above so many times the busiest stretch of the past
_LONGEST_BUSY = 14  # days of the longest busiest stretch; longer times repeat it


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Too few days were seen for a forecast."""

    ready_on: date | None
    """The day of the first forecast if the balance is seen each day; ``None`` as long as too
    little is spent, or there is too little to spend."""


class Range(NamedTuple):
    """Credits: the likely amount, and the limits within which it is 4 times in 5."""

    low: float
    likely: float
    high: float


class Curve(NamedTuple):
    """What is spent in so many working days: a few points, to be joined by straight lines."""

    working_days: tuple[float, ...]
    low: tuple[float, ...]
    likely: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was learned from a team's days."""

    per_working_day: float
    """Credits."""
    working_days: frozenset[int]
    """The weekdays on which the team usually spends; Monday is 0."""
    week: tuple[float, ...]
    """The spending of each weekday, as a multiple of a usual working day's."""
    curve: Curve
    busiest: tuple[float, ...]
    """The most credits that were spent within 0, 1, 2 ... days, up to two weeks."""


@dataclass(frozen=True, slots=True)
class RunsOut:
    """The day on which the balance runs out; ``None`` is beyond the horizon."""

    earliest: date
    likely: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of a balance."""

    per_working_day: float
    """Credits."""
    runs_out: RunsOut | None
    """``None`` when not even the early end of the range is within the horizon."""


def fit(days: Sequence[Day], today: date) -> Rhythm | TooEarly:
    """Learn a team's rhythm from its complete days, those between the first and today."""
    complete = [day for day in days[1:] if day.date < today]
    whole = _spendable(complete)[-HORIZON:]
    missing = DAYS_NEEDED - sum(day.is_seen for day in whole)
    if missing > 0 and whole[-1:] != complete[-1:]:
        return TooEarly(None)  # as long as there is nothing to spend, no day counts
    if missing > 0:
        has_begun = bool(days) and days[0].date < today
        return TooEarly(today + timedelta(days=missing if has_begun else missing + 1))
    spent = [round(day.spent, _DECIMALS) for day in whole]
    if sum(amount > 0 for amount in spent) < SPENDING_DAYS_NEEDED:
        return TooEarly(None)
    spent = _in_habit(spent)
    week = _usual_week(whole, spent)
    effort = [week[day.date.weekday()] for day in whole]
    paces = _paces(effort, spent)
    working, curve = _working_days(week), _curve(effort, spent, paces)
    return Rhythm(paces[-1], working, week, curve, _busiest(spent))


def forecast(rhythm: Rhythm, credits: int, now: datetime) -> Forecast:
    """Tell when the balance runs out. ``now`` is local time; what is left of today counts."""
    ahead = _ahead(rhythm, now)

    def ends(way: int) -> date | None:
        day = bisect_left(range(HORIZON + 1), float(credits), key=lambda day: ahead(day)[way])
        return now.date() + timedelta(days=day) if day <= HORIZON else None

    earliest = ends(2)
    runs_out = RunsOut(earliest, ends(1), ends(0)) if earliest else None
    return Forecast(rhythm.per_working_day, runs_out)


def balances_ahead(rhythm: Rhythm, credits: int, now: datetime, days: int) -> list[Range]:
    """Return what will be left when today ends, and each of the next ``days``.

    ``now`` is local time. An amount below 0 tells how many more would be spent if there were any:
    the day on which it gets there is that of :func:`forecast`.
    """
    spent = map(_ahead(rhythm, now), range(min(days, HORIZON) + 1))
    return [Range(credits - each.high, credits - each.likely, credits - each.low) for each in spent]


def spending(rhythm: Rhythm, begin: date, end: date, share_gone: float = 0.0) -> Range:
    """Return what will be spent from ``begin``, of which a share is over, to before ``end``."""
    effort = sum(rhythm.week[weekday] for weekday in _weekdays(begin, end))
    return _spent(rhythm, effort - share_gone * rhythm.week[begin.weekday()], (end - begin).days)


def most_spent(rhythm: Rhythm, days: int) -> float:
    """Return the credits that the team can spend within so many days at its very busiest."""
    repeated, rest = divmod(max(days, 0), len(rhythm.busiest) - 1)
    return _CAP * (repeated * rhythm.busiest[-1] + rhythm.busiest[rest])


def working_days_until(rhythm: Rhythm, begin: date, end: date) -> int:
    """Count the working days from ``begin`` to before ``end``."""
    return sum(weekday in rhythm.working_days for weekday in _weekdays(begin, end))


def _ahead(rhythm: Rhythm, now: datetime) -> Callable[[int], Range]:
    """Return what tells the spending from now to the end of today (0), of tomorrow (1) ..."""
    today = now.date()
    efforts = _sums(rhythm.week[day] for day in _weekdays(today, today + timedelta(HORIZON + 1)))
    gone = share_over(now) * efforts[1]
    return lambda day: _spent(rhythm, efforts[day + 1] - gone, day + 1)


def _weekdays(begin: date, end: date) -> Iterable[int]:
    return ((begin.weekday() + day) % 7 for day in range((end - begin).days))


def _spent(rhythm: Rhythm, effort: float, days: int) -> Range:
    """Return what will be spent in ``effort`` usual working days, which lie in ``days`` days."""
    xs, *ways = rhythm.curve
    return Range(*(min(_read(xs, way, max(effort, 0.0)), most_spent(rhythm, days)) for way in ways))


def _read(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """Interpolate a rising line from (0, 0) on; its last piece goes on without end."""
    end = bisect_left(xs, x, 1, len(xs) - 1)
    x0, x1, y0, y1 = *xs[end - 1 : end + 1], *ys[end - 1 : end + 1]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def _sums(values: Iterable[float], keep: float = 1.0) -> list[float]:
    """Return the running sums from 0 on; each step first multiplies the sum by ``keep``."""
    return list(accumulate(values, lambda before, value: keep * before + value, initial=0.0))


def _ratio(amount: float, to: float) -> float:
    return amount / to if to > 0 else 0.0


def _spendable(days: Sequence[Day]) -> list[Day]:
    """Leave out days without credits to spend: a team that ran dry would look like a quiet one."""
    amounts = [day.spent for day in days if day.spent > 0]
    usual = _ratio(sum(amounts), len(amounts))
    # What buys no single result is nothing to spend, unless a usual day takes less than that.
    too_little = max(_DRY * usual, min(DEAREST_RESULT, usual))
    return [day for day in days if day.spent > 0 or day.close.credits > too_little]


def _in_habit(spent: list[float]) -> list[float]:
    """Cut what is far above the second largest day: a mistake is one, campaigns are several."""
    limit = _OUT_OF_HABIT * sorted(spent)[-2] if len(spent) >= _HABIT_DAYS else inf
    return [min(amount, limit) for amount in spent]


def _usual_week(days: Sequence[Day], spent: Sequence[float]) -> tuple[float, ...]:
    """Weigh the weekdays by what is spent on them; a usual working day is 1."""
    count, total = [0] * 7, [0.0] * 7
    for day, amount in list(zip(days, spent, strict=True))[-7 * _WEEKS :]:
        count[day.date.weekday()] += 1
        total[day.date.weekday()] += amount
    week: list[float] = []
    for alike in (range(5), range(5, 7)):
        even = _ratio(sum(total[day] for day in alike), sum(count[day] for day in alike))
        week += [(total[day] + _EVEN_WEEKS * even) / (count[day] + _EVEN_WEEKS) for day in alike]
    if not any(week):
        return (1.0,) * 5 + (0.0,) * 2
    working = [week[day] for day in _working_days(week)]
    return tuple(part * len(working) / sum(working) for part in week)


def _working_days(week: Sequence[float]) -> frozenset[int]:
    """Return the weekdays with half the median or more; one busy weekday lifts the average."""
    limit = sorted(week)[3] / 2
    return frozenset(day for day, part in enumerate(week) if part >= limit and part > 0)


def _busiest(spent: Sequence[float]) -> tuple[float, ...]:
    totals, longest = _sums(spent), min(_LONGEST_BUSY, len(spent))
    return tuple(max(map(sub, totals[days:], totals)) for days in range(longest + 1))


def _paces(effort: Sequence[float], spent: Sequence[float]) -> list[float]:
    """Return the pace to forecast on each day, and today, in credits per working day."""
    memories = [
        list(map(_ratio, _sums(spent, keep), _sums(effort, keep)))
        for keep in (0.5 ** (1 / half_life) for half_life in _MEMORIES)
    ]
    efforts, totals = _sums(effort), _sums(spent)
    losses, trials, paces = [0.0] * len(memories), 0.0, list[float]()
    for now, averages in enumerate(zip(*memories, strict=True)):
        then = now - _TRIAL
        if then >= _FIRST_TRIAL:
            ahead, came = efforts[now] - efforts[then], totals[now] - totals[then]
            # Squares, as the week of a campaign must count as much as the many without one.
            losses = [
                loss * _REMEMBERED + (memory[then] * ahead - came) ** 2
                for loss, memory in zip(losses, memories, strict=True)
            ]
            trials = trials * _REMEMBERED + 1
        least = min(losses)
        weights = [
            trust * exp(-_SEVERITY * _ratio((loss - least) * trials, least * _TRIAL))
            for trust, loss in zip(_MEMORIES.values(), losses, strict=True)
        ]
        paces.append(sum(map(mul, averages, weights)) / sum(weights))
    return paces


def _curve(effort: Sequence[float], spent: Sequence[float], paces: Sequence[float]) -> Curve:
    """Draw what will be spent, by how far the forecasts made on each day so far were off.

    Misses are shares of the largest of three: the pace then, the average then, as a team that
    pauses may go on, and the pace at the stretch's end, so that a roll-out is a miss of 1, not 100.
    """
    efforts, totals = _sums(effort), _sums(spent)
    averages = list(map(_ratio, totals, efforts))
    per_day, pace, average = efforts[-1] / len(effort), paces[-1], averages[-1]
    usual = totals[-1] / sum(amount > 0 for amount in spent)
    uneven = sum(abs(amount - usual) for amount in spent if amount > 0)
    high = _GUESS[0] + _GUESS[1] * uneven / totals[-1]
    low = -high
    points: list[tuple[float, ...]] = [(0.0, 0.0, 0.0, 0.0)]

    def draw(days: float, widening: float = 1.0) -> None:
        ends = (pace + miss * widening * max(pace, average) for miss in (low, 0.0, high))
        points.append((days * per_day, *(days * per_day * max(end, 0.0) for end in ends)))

    for stretch in (*_STRETCHES, HORIZON):  # without misses the range stays as before
        misses = sorted(
            ((totals[then + stretch] - totals[then]) / ahead - paces[then]) / scale
            for then in range(_FIRST_TRIAL, len(spent) + 1 - stretch)
            if (ahead := efforts[then + stretch] - efforts[then])
            and (scale := max(paces[then], averages[then], paces[then + stretch]))
        )
        if misses:
            cases = len(misses) / stretch  # as stretches that overlap tell the same
            below, above = (int(part * cases / (cases + _FEW) * len(misses)) for part in _LEFT_OUT)
            weight = cases / (cases + _GUESS_STRETCHES)
            low = min(low + (misses[below] - low) * weight, 0.0)
            high = min(max(high + (misses[-1 - above] - high) * weight, 0.0), _LARGEST_MISS)
        if stretch == _STRETCHES[0]:
            draw(stretch / 4, 2.0)  # days differ more than weeks, by the root of their number
            draw(stretch / 2, sqrt(2.0))
        draw(stretch)
    return Curve(*(tuple(accumulate(each, max)) for each in zip(*points, strict=True)))
