"""How fast credits are spent, and when they run out. ``docs/forecast.md`` has the reasoning."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import exp, inf, sqrt

from tray_app.rules.history import Day

HORIZON = 365
"""Days; the longest forecast, and the longest past that one is made from."""

DAYS_NEEDED = 7
SPENDING_DAYS_NEEDED = 5
"""Days that must have been seen whole, and how many of them with spending."""

# The numbers below were chosen by back-tests; docs/forecast.md says what they are for.
_WINDOWS = {7: 1.0, 28: 4.0, HORIZON: 16.0}  # days of an average: trust in it before any trial
_TRIAL = 14  # days ahead for which the averages are tried
_FIRST_TRIAL = 5  # days known before the first
_REMEMBERED = 0.99  # of what a trial told, a day later
_SEVERITY = 3.0  # with which worse averages are set aside
_LEAST_ERROR = 0.03  # of the spending in a trial; what is less is luck
_OUTLIER = 2.0  # times the third largest day of the time before; what is above is cut
_OUTLIER_DAYS = 28
_WEEKS = 12  # that the team's own week is learned from
_EVEN_WEEKS = 4.0  # that the even week, with all working days alike, counts for in it
_HORIZONS = (7, 14, 28, 56)  # days ahead at which past forecasts are held against what came
_SHARES = (0.1, 0.5, 0.9)  # of their errors that are below the low end, the likely, the high end
_FIRST_GUESS = (-0.5, 0.0, 0.9)  # of these errors, in multiples of the pace
_GUESS_CASES = (3.0, 20.0, 3.0)  # that the guess counts for
_WORKING_HOURS = (8.0, 18.0)  # local time; nobody tells when a day's credits are spent


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Too few days were seen for a forecast."""

    ready_on: date | None
    """From when there will be one if the balance is seen each day; ``None`` as long as too
    little is spent."""


@dataclass(frozen=True, slots=True)
class Range:
    """Credits: the likely amount, and the limits within which it is 4 times in 5."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
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
    """What is spent on each weekday, in usual working days."""
    curve: Curve


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
    whole = [day for day in days[1:] if day.date < today][-HORIZON:]
    missing = DAYS_NEEDED - sum(day.is_seen for day in whole)
    if missing > 0:
        has_begun = bool(days) and days[0].date < today
        return TooEarly(today + timedelta(days=missing if has_begun else missing + 1))
    if sum(day.spent > 0 for day in whole) < SPENDING_DAYS_NEEDED:
        return TooEarly(None)
    spent = [day.spent for day in whole]
    careful = _without_outliers(spent)
    week = _usual_week(whole, careful)
    effort = _sums(week[day.date.weekday()] for day in whole)
    totals = _sums(spent)
    levels = _levels(effort, totals, _sums(careful))
    curve = _curve(effort, totals, levels)
    usual = frozenset(weekday for weekday, part in enumerate(week) if part >= 0.5)
    return Rhythm(levels[-1], usual, week, curve)


def forecast(rhythm: Rhythm, credits: int, now: datetime) -> Forecast:
    """Tell when the balance runs out. ``now`` is local time; what is left of today counts."""
    begin, end = _WORKING_HOURS
    gone = min(max((now.hour + now.minute / 60 - begin) / (end - begin), 0.0), 1.0)
    gone *= rhythm.week[now.weekday()]
    curve = rhythm.curve
    earliest, likely, latest = (
        _day_after(rhythm.week, now.date(), gone + _read(way, curve.working_days, credits))
        for way in (curve.high, curve.likely, curve.low)
    )
    runs_out = None if earliest is None else RunsOut(earliest, likely, latest)
    return Forecast(rhythm.per_working_day, runs_out)


def spending(rhythm: Rhythm, begin: date, end: date) -> Range:
    """Return what will be spent from ``begin`` to before ``end``."""
    curve = rhythm.curve
    ahead = sum(rhythm.week[weekday] for weekday in _weekdays(begin, end))
    low, likely, high = (
        _read(curve.working_days, way, ahead) for way in (curve.low, curve.likely, curve.high)
    )
    return Range(low, likely, high)


def working_days_until(rhythm: Rhythm, begin: date, end: date) -> int:
    """Count the working days from ``begin`` to before ``end``."""
    return sum(weekday in rhythm.working_days for weekday in _weekdays(begin, end))


def _weekdays(begin: date, end: date) -> Iterable[int]:
    first = begin.weekday()
    return (day % 7 for day in range(first, first + (end - begin).days))


def _day_after(week: Sequence[float], today: date, effort: float) -> date | None:
    """Return the day on which so many working days, counted from this morning, are done."""
    first = today.weekday()
    for ahead in range(HORIZON + 1):
        effort -= week[(first + ahead) % 7]
        if effort <= 0:
            return today + timedelta(days=ahead)
    return None


def _read(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """Read a rising line off its points, both from 0 on; it goes on as it ends."""
    if x <= 0:
        return 0.0
    end = min(bisect_left(xs, x), len(xs) - 1)
    (x0, x1), (y0, y1) = xs[end - 1 : end + 1], ys[end - 1 : end + 1]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 > x0 else inf


def _sums(values: Iterable[float]) -> list[float]:
    """Return what came before each value, and at last the whole."""
    return list(accumulate(values, initial=0.0))


def _ratio(amount: float, to: float) -> float:
    return amount / to if to > 0 else 0.0


def _without_outliers(spent: Sequence[float]) -> list[float]:
    """Cut what is far above the large days of the weeks before.

    A mistake is one such day, but a campaign has several.
    """
    careful = [*spent[:4]]
    for end in range(len(careful) + 1, len(spent) + 1):
        third_largest = sorted(spent[max(end - _OUTLIER_DAYS, 0) : end])[-3]
        careful.append(min(spent[end - 1], _OUTLIER * third_largest))
    return careful


def _usual_week(days: Sequence[Day], careful: Sequence[float]) -> tuple[float, ...]:
    """Weigh the weekdays by what is spent on them; a usual working day is 1."""
    count, total = [0] * 7, [0.0] * 7
    for day, amount in list(zip(days, careful, strict=True))[-7 * _WEEKS :]:
        count[day.date.weekday()] += 1
        total[day.date.weekday()] += amount
    week: list[float] = []
    for alike in (range(5), range(5, 7)):
        even = _ratio(sum(total[day] for day in alike), sum(count[day] for day in alike))
        week += [(total[day] + _EVEN_WEEKS * even) / (count[day] + _EVEN_WEEKS) for day in alike]
    if not any(week):
        return (1.0,) * 5 + (0.0,) * 2
    working = [part for part in week if part >= sum(week) / 14]
    return tuple(part * len(working) / sum(working) for part in week)


def _levels(
    effort: Sequence[float], totals: Sequence[float], careful: Sequence[float]
) -> list[float]:
    """Return the credits a working day that were to be forecast on each day so far.

    The arguments are sums from the first day on. Averages over short and long times are weighed
    by how well each has forecast this team until then.
    """
    losses, trials = [0.0] * len(_WINDOWS), 0.0
    averages: list[list[float]] = []
    levels: list[float] = []
    for now in range(len(effort)):
        begins = [max(now - window, 0) for window in _WINDOWS]
        averages.append(
            [_ratio(careful[now] - careful[day], effort[now] - effort[day]) for day in begins]
        )
        then = now - _TRIAL
        if then >= _FIRST_TRIAL:
            ahead, came = effort[now] - effort[then], totals[now] - totals[then]
            losses = [
                loss * _REMEMBERED + abs(average * ahead - came)
                for loss, average in zip(losses, averages[then], strict=True)
            ]
            trials = trials * _REMEMBERED + 1
        least = min(losses)
        usual = max(_ratio(least, trials), _LEAST_ERROR * _TRIAL * _ratio(totals[now], now))
        weights = [
            # Trials that overlap tell the same: those of one length are worth one.
            trust * exp(-_SEVERITY * _ratio(loss - least, usual * _TRIAL))
            for trust, loss in zip(_WINDOWS.values(), losses, strict=True)
        ]
        weighed = sum(each * weight for each, weight in zip(averages[now], weights, strict=True))
        levels.append(weighed / sum(weights))
    return levels


def _curve(effort: Sequence[float], totals: Sequence[float], levels: Sequence[float]) -> Curve:
    """Draw what will be spent, by how far the forecasts made on each day so far were off.

    Errors are in multiples of the team's pace: the forecast, or the average so far if that is
    more, as a team that pauses may go on.
    """
    paces = [
        max(level, _ratio(total, so_far))
        for level, total, so_far in zip(levels, totals, effort, strict=True)
    ]
    per_day = effort[-1] / (len(effort) - 1)
    errors = list(_FIRST_GUESS)
    points = [(0.0, 0.0, 0.0, 0.0)]

    def draw(days: float, widening: float = 1.0) -> None:
        low, likely, high = (
            days * per_day * max(levels[-1] + error * widening * paces[-1], 0.0) for error in errors
        )
        points.append((days * per_day, low, likely, high))

    for horizon in _HORIZONS:
        cases = sorted(
            (totals[then + horizon] - totals[then] - levels[then] * ahead) / (paces[then] * ahead)
            for then in range(_FIRST_TRIAL, len(effort) - horizon)
            if (ahead := effort[then + horizon] - effort[then]) * paces[then] > 0
        )
        if cases:
            errors = [
                (guess * worth + cases[int(share * len(cases))] * len(cases) / horizon)
                / (worth + len(cases) / horizon)
                for guess, worth, share in zip(errors, _GUESS_CASES, _SHARES, strict=True)
            ]
            if horizon <= _TRIAL:
                errors[1] = 0.0  # the averages were tried for that
            errors = [min(errors[0], errors[1]), errors[1], max(errors[1], errors[2])]
        if horizon == _HORIZONS[0]:
            draw(horizon / 4, 2.0)  # days differ more than weeks, by the root of their number
            draw(horizon / 2, sqrt(2.0))
        draw(horizon)
    draw(HORIZON)
    working_days, low, likely, high = (
        tuple(accumulate(each, max)) for each in zip(*points, strict=True)
    )
    return Curve(working_days, low, likely, high)
