"""What the history window and the terminal show of a team's past. No Qt, no clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from tray_app.report.all_teams import all_known_from, sum_up
from tray_app.report.points import Point, fewer, first_moment, layered, points_of, since, until
from tray_app.rules.analysis import FORECAST_HOLDS, Analysis
from tray_app.rules.drains import Habit, habit_of, largest_drops
from tray_app.rules.forecast import Rhythm, balances_ahead
from tray_app.rules.history import Day, Drop, Record, Refill, changes_since, days_of
from tray_app.rules.local_time import ONE_DAY, date_at, midnight
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.forecast_words import forecast_words, run_out_day
from tray_app.words.formats import Formats, day_words
from tray_app.words.history_words import (
    Table,
    Tile,
    all_teams_day_table,
    all_teams_tiles,
    all_teams_words,
    axis_words,
    day_table,
    decrease_table,
    drain_words,
    increase_table,
    moment_tiles,
    refill_words,
    summary_tiles,
    tiles_words,
)
from tray_app.words.trend_words import course_words

STRETCHES = 100
"""Parts of the chart's time; each is painted by two to four points."""

MOST_DAYS_BY_DAY = 90
"""Where more days are shown, the balance is that at the end of each, spending is summed up by week
and only months are labelled."""

UNUSUAL = 10
"""A bar is full at so many times the usual pace, or at the largest pace if that is higher."""

AHEAD = 3
"""The past shown is so many times as long as the forecast, which takes the chart's last quarter."""


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or a week: from when until when, and what was spent and added in it."""

    begin: int
    end: int
    spent: int
    added: int
    marks: str
    """The refills and sudden drains in it, in words."""
    is_unusual: bool
    """Whether there was a sudden drain."""


class Ahead(NamedTuple):
    """What is likely to be left at a time to come; below 0 credits have run out before."""

    at: int
    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """A table, and where on the chart its rows are."""

    texts: Table
    moments: tuple[int, ...]
    bars: tuple[float, ...] = ()
    """Of each row, the length of the bar in the last column, from 0 to 1; empty without bars."""
    unusual: frozenset[int] = frozenset()
    """The rows that stand out."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A refill, or a sudden drain (whose amount is below 0), and its label."""

    at: int
    amount: int
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in its own unit, and its label."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """What the history window shows. Without any ``points`` there is no history yet."""

    team: str
    days: int
    """The days that were asked for; less is shown when less is known."""
    begin: int
    end: int
    tiles: tuple[Tile, ...]
    """What is left, what was spent and added in all, and when credits run out."""
    title: str
    """The same in a line, without the day."""
    description: str
    """What the chart shows, to whoever can't see it."""
    layers: tuple[str, ...]
    """What the balance is made of, from the lowest up: buckets, or :data:`UNDIVIDED`."""
    points: tuple[Point, ...]
    spans: tuple[Span, ...]
    by_week: bool
    """Whether the spans are weeks."""
    marks: tuple[Mark, ...]
    low: int
    """Credits from which the balance is low."""
    ahead: tuple[Ahead, ...]
    """The forecast, from the last reading on; empty when there is none."""
    run_out: Tick | None
    """When credits are likely to run out, if that is on the chart."""
    time_ticks: tuple[Tick, ...]
    credit_ticks: tuple[Tick, ...]
    spent_ticks: tuple[Tick, ...]
    decreases: HistoryTable
    """The largest, from the largest on."""
    increases: HistoryTable
    """From the latest on, like the days."""
    day_table: HistoryTable
    note: str = ""
    """What is summed up, in a sum of several teams."""
    is_sum: bool = False
    """Whether this is a sum of several teams. It is by day alone, and tells no single decreases."""


NO_TABLE = HistoryTable(((),), ())


def history_of(
    records: Sequence[Record],
    days: int,
    team: str,
    formats: Formats,
    now: int,
    snapshot: Snapshot | None = None,
    low: int = 0,
) -> HistoryView:
    """Prepare what the history window shows of the last ``days`` days; a worker's task.

    The forecast is that of ``snapshot``. A balance of ``low`` credits or less is low.
    """
    begin, today = first_moment(days, now), date_at(now)
    shown = days_of(records, today)[-days:]
    by_week = len(shown) > MOST_DAYS_BY_DAY
    past = until(records, now)
    recent = since(past, begin)
    found = changes_since(past, begin)
    habit = habit_of(past, now)
    drops, drains = largest_drops(found, habit)
    marks = _marks(shown, drains, formats)
    if by_week:
        course = _closes(shown, now)
    else:
        every = points_of(recent, begin)
        told = {at for drop in drops for at in (drop.begin, drop.end)}
        told.update(one.at for one in found if isinstance(one, Refill))
        kept = {point for point in every if point.at in told}
        course = sorted(kept.union(fewer(every, STRETCHES)))
    layers, points = layered(course)
    spans = _spans(shown, marks, by_week=by_week)
    end = spans[-1].end if spans else now
    analysis: Analysis | None = None
    ahead: tuple[Ahead, ...] = ()
    run_out: Tick | None = None
    if spans and snapshot and snapshot.reading and _holds(snapshot, now):
        analysis = snapshot.analysis
        if analysis and isinstance(analysis.rhythm, Rhythm):
            end += (end - spans[0].begin) // AHEAD
            ahead = tuple(_ahead(snapshot.reading, analysis.rhythm, end))
            run_out = _run_out(ahead, analysis, end, formats)
    tiles = summary_tiles(shown, days, analysis, formats)
    course_said = course_words(
        [(point.at, point.credits) for point in points],
        [(refill.at, refill.amount) for day in shown for refill in day.refills],
        formats,
    )
    return HistoryView(
        team=team,
        days=days,
        begin=spans[0].begin if spans else begin,
        end=end,
        tiles=tiles,
        title=tiles_words(tiles[:3]),
        description=f"{course_said} {forecast_words(analysis, formats, today)}".strip(),
        layers=layers,
        points=points,
        spans=spans,
        by_week=by_week,
        marks=marks,
        low=low,
        ahead=ahead,
        run_out=run_out,
        time_ticks=_time_ticks(shown, end, formats, by_month=by_week),
        credit_ticks=_amount_ticks((point.credits for point in points), 4, formats),
        spent_ticks=_amount_ticks((span.spent for span in spans), 2, formats),
        decreases=_decreases(drops, drains, habit, today, formats),
        increases=_increases(shown, today, formats),
        day_table=_days(shown, today, formats),
    )


def sum_of_teams(
    pasts: Sequence[Sequence[Record]], days: int, team: str, formats: Formats, now: int
) -> HistoryView:
    """Prepare what the history window shows of several teams together; a worker's task.

    ``team`` is what they are called together. Teams without a record are counted in the words only.
    """
    today = date_at(now)
    known = [each for records in pasts if (each := days_of(records, today))]
    summed = sum_up(known)[-days:]
    shown = [each.day for each in summed]
    whole = [each.day for each in summed if each.teams == len(known)]
    by_week = len(shown) > MOST_DAYS_BY_DAY
    marks = _marks(shown, (), formats)
    layers, points = layered(_closes(whole, now))
    spans = _spans(shown, marks, by_week=by_week)
    tiles = all_teams_tiles(shown, days, formats) if shown else ()
    refills = [(refill.at, refill.amount) for day in whole for refill in day.refills]
    note = ""
    if shown:
        uncounted = len(pasts) - len(known)
        known_from = all_known_from(known)
        note = all_teams_words(len(known), uncounted, shown[0].date, known_from, formats, today)
    course = course_words([(point.at, point.credits) for point in points], refills, formats)
    end = spans[-1].end if spans else now
    latest = summed[::-1]
    return HistoryView(
        team=team,
        days=days,
        begin=spans[0].begin if spans else first_moment(days, now),
        end=end,
        tiles=tiles,
        title=tiles_words(tiles[:3]),
        description=f"{note} {course}".strip(),
        layers=layers,
        points=points,
        spans=spans,
        by_week=by_week,
        marks=marks,
        low=0,
        ahead=(),
        run_out=None,
        time_ticks=_time_ticks(shown, end, formats, by_month=by_week),
        credit_ticks=_amount_ticks((point.credits for point in points), 4, formats),
        spent_ticks=_amount_ticks((span.spent for span in spans), 2, formats),
        decreases=NO_TABLE,
        increases=NO_TABLE,
        day_table=HistoryTable(
            all_teams_day_table(latest, len(known), today, formats),
            tuple(midnight(each.day.date + ONE_DAY) - 1 for each in latest),
        ),
        note=note,
        is_sum=True,
    )


def tiles_at(view: HistoryView, point: Point, formats: Formats) -> tuple[Tile, ...]:
    """Say what a history shows at one of its points."""
    span = span_at(view, point.at)
    return moment_tiles(
        point.at,
        point.credits,
        span.spent,
        span.added,
        formats,
        end=view.spans[-1].end,
        by_week=view.by_week,
    )


def point_near(view: HistoryView, at: int) -> Point:
    """Return the point that tells what became of a moment: the next on its day, or the last."""
    span = span_at(view, at)
    place = bisect_left(view.points, at, key=lambda point: point.at)
    if place < len(view.points) and view.points[place].at < span.end:
        return view.points[place]
    before = view.points[max(0, place - 1)]
    return before._replace(at=max(before.at, span.begin))


def span_at(view: HistoryView, at: float) -> Span:
    """Return the day or week that a moment of a history is in."""
    place = bisect_right(view.spans, at, key=lambda span: span.begin)
    return view.spans[max(0, place - 1)]


def _holds(snapshot: Snapshot, now: int) -> bool:
    """Tell whether a forecast is still worth showing."""
    if snapshot.reading is None or snapshot.reading.balance.credits <= 0:
        return False
    age = datetime.fromtimestamp(now, UTC) - snapshot.reading.at
    day = run_out_day(snapshot.analysis)
    return abs(age) < FORECAST_HOLDS and (day is None or day >= date_at(now))


def _ahead(reading: Reading, rhythm: Rhythm, end: int) -> Iterator[Ahead]:
    """Yield what is left now, and when each day ends until after the end of the chart."""
    credits, now = reading.balance.credits, reading.at.astimezone()
    yield Ahead(int(now.timestamp()), credits, credits, credits)
    days = (date_at(end) - now.date()).days
    for day, range_left in enumerate(balances_ahead(rhythm, credits, now, days), 1):
        yield Ahead(midnight(now.date() + timedelta(days=day)), *range_left)


def _run_out(ahead: Sequence[Ahead], analysis: Analysis, end: int, formats: Formats) -> Tick | None:
    """Return when the likely amount comes to nothing, on the day that the forecast says."""
    day = run_out_day(analysis)
    if day is None:
        return None
    after = (day - date_at(ahead[0].at)).days + 1
    if after >= len(ahead):
        return None
    one, other = ahead[after - 1], ahead[after]
    at = one.at + round((other.at - one.at) * one.likely / (one.likely - other.likely))
    return Tick(at, formats.day(day)) if at <= end else None


def _closes(days: Iterable[Day], now: int) -> list[Point]:
    """Return the balance at the end of each day."""
    ends = ((day.close, min(midnight(day.date + ONE_DAY) - 1, now)) for day in days)
    return [
        Point(end, close.credits, tuple(amount or 0 for amount in close.buckets))
        for close, end in ends
    ]


def _marks(days: Iterable[Day], drains: Iterable[Drop], formats: Formats) -> tuple[Mark, ...]:
    refills = [
        Mark(refill.at, refill.amount, refill_words(refill, formats))
        for day in days
        for refill in day.refills
    ]
    drained = [Mark(drop.begin, -drop.amount, drain_words(drop, formats)) for drop in drains]
    return tuple(sorted((*refills, *drained), key=lambda mark: mark.at))


def _spans(days: Sequence[Day], marks: Sequence[Mark], *, by_week: bool) -> tuple[Span, ...]:
    """Return the days, or the weeks from Monday on; the first and last week may be shorter."""
    spans = []
    parts = 2 if by_week else 3  # of year, week and weekday
    for _, group in groupby(days, key=lambda day: day.date.isocalendar()[:parts]):
        week = list(group)
        begin, end = midnight(week[0].date), midnight(week[-1].date + ONE_DAY)
        here = [mark for mark in marks if begin <= mark.at < end]
        span = Span(
            begin,
            end,
            spent=round(sum(day.spent for day in week)),
            added=sum(mark.amount for mark in here if mark.amount > 0),
            marks=" · ".join(mark.label for mark in here),
            is_unusual=any(mark.amount < 0 for mark in here),
        )
        spans.append(span)
    return tuple(spans)


def _decreases(
    drops: Sequence[Drop],
    drains: Sequence[Drop],
    habit: Habit | None,
    today: date,
    formats: Formats,
) -> HistoryTable:
    usual = habit.usual_per_hour if habit else 0
    paces = [drop.amount * 3600 / max(60, drop.end - drop.begin) for drop in drops]
    times = [pace / usual for pace in paces] if usual else []
    return HistoryTable(
        decrease_table(drops, times, today, formats),
        tuple(drop.end for drop in drops),
        tuple(each / max(*times, UNUSUAL) for each in times),
        frozenset(row for row, drop in enumerate(drops) if drop in drains),
    )


def _increases(days: Iterable[Day], today: date, formats: Formats) -> HistoryTable:
    refills = [refill for day in days for refill in day.refills][::-1]
    return HistoryTable(
        increase_table(refills, today, formats), tuple(refill.at for refill in refills)
    )


def _days(days: Sequence[Day], today: date, formats: Formats) -> HistoryTable:
    latest = days[::-1]
    ends = tuple(midnight(day.date + ONE_DAY) - 1 for day in latest)
    return HistoryTable(day_table(latest, today, formats), ends)


def _time_ticks(
    days: Sequence[Day], end: int, formats: Formats, *, by_month: bool
) -> tuple[Tick, ...]:
    """Mark each day of a week, the Mondays of a month or a quarter, the months of a year."""
    if not days:
        return ()
    first = days[0].date
    dates = [first + timedelta(days=day) for day in range((date_at(end - 1) - first).days + 1)]
    if by_month:
        named = [(day, formats.month(day)) for day in dates if day.day == 1]
    elif len(days) > 10:
        named = [(day, formats.day(day)) for day in dates if day.weekday() == 0]
    else:
        named = [(day, day_words(day, formats)) for day in dates]
    return tuple(Tick(midnight(day), label) for day, label in named)


def _amount_ticks(amounts: Iterable[int], steps: int, formats: Formats) -> tuple[Tick, ...]:
    """Return round amounts from 0 on; up to the first that no amount exceeds."""
    highest = max((1, *amounts))
    least = -(-highest // steps)
    power = 10 ** (len(str(least)) - 1)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    last = -(-highest // step) * step
    return tuple(
        Tick(amount, axis_words(amount, step, formats)) for amount in range(0, last + 1, step)
    )
