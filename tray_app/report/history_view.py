"""What the history window and the terminal show of a team's past. No Qt, no clock."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tray_app.report.points import Point, fewer, first_moment, layered, points_of, since, until
from tray_app.rules.drains import SHORT_WINDOW, Habit, habit_of, largest_drops
from tray_app.rules.history import Day, Drop, Record, changes, days_of
from tray_app.rules.local_time import ONE_DAY, date_at, midnight
from tray_app.words.formats import Formats, day_words
from tray_app.words.history_words import (
    Table,
    axis_words,
    course_words,
    day_table,
    drain_words,
    drop_table,
    readout_words,
    refill_words,
    summary_words,
)

STRETCHES = 100
"""Parts of the chart's time; each is painted by two to four points."""

MOST_DAYS_BY_DAY = 120
"""Where more days are shown, spending is summed up by week and only months are labelled."""


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or a week: from when until when, and what was spent in it."""

    begin: int
    end: int
    spent: int
    marks: str
    """The refills and sudden drains in it, in words."""


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
    title: str
    """What is left, and what was spent and refilled in all."""
    description: str
    """What the chart shows, to whoever can't see it."""
    layers: tuple[str, ...]
    """What the balance is made of, from the lowest up: buckets, or :data:`UNDIVIDED`."""
    points: tuple[Point, ...]
    spans: tuple[Span, ...]
    by_week: bool
    """Whether the spans are weeks."""
    marks: tuple[Mark, ...]
    time_ticks: tuple[Tick, ...]
    credit_ticks: tuple[Tick, ...]
    spent_ticks: tuple[Tick, ...]
    drop_table: Table
    """The largest drops, from the largest on."""
    day_table: Table
    """The days, from the latest on."""


def history_of(
    records: Sequence[Record], days: int, team: str, formats: Formats, now: int
) -> HistoryView:
    """Prepare what the history window shows of the last ``days`` days; a worker's task."""
    begin = first_moment(days, now)
    shown = days_of(records, date_at(now))[-days:]
    by_week = len(shown) > MOST_DAYS_BY_DAY
    records = until(records, now)
    recent = since(records, begin)
    layers, points = layered(fewer(points_of(recent, begin), STRETCHES))
    drops, habit = largest_drops(changes(recent)), habit_of(records, now)
    marks = _marks(shown, drops, habit, formats)
    spans = _spans(shown, marks, by_week=by_week)
    return HistoryView(
        team=team,
        days=days,
        begin=spans[0].begin if spans else begin,
        end=spans[-1].end if spans else now,
        title=summary_words(shown, days, formats),
        description=course_words(
            [(point.at, point.credits) for point in points],
            [(refill.at, refill.amount) for day in shown for refill in day.refills],
            formats,
        ),
        layers=layers,
        points=points,
        spans=spans,
        by_week=by_week,
        marks=marks,
        time_ticks=_time_ticks([day.date for day in shown], formats),
        credit_ticks=_amount_ticks((point.credits for point in points), 4, formats),
        spent_ticks=_amount_ticks((span.spent for span in spans), 2, formats),
        drop_table=drop_table(drops, habit, formats),
        day_table=day_table(reversed(shown), date_at(now), formats),
    )


def readout_of(view: HistoryView, point: Point, formats: Formats) -> str:
    """Say what a history shows at one of its points."""
    span = span_at(view, point.at)
    return readout_words(
        point.at, point.credits, span.spent, span.marks, formats, end=view.end, by_week=view.by_week
    )


def span_at(view: HistoryView, at: float) -> Span:
    """Return the day or week that a moment of a history is in."""
    place = bisect_right(view.spans, at, key=lambda span: span.begin)
    return view.spans[max(0, place - 1)]


def _marks(
    days: Iterable[Day], drops: Iterable[Drop], habit: Habit | None, formats: Formats
) -> tuple[Mark, ...]:
    refills = [
        Mark(refill.at, refill.amount, refill_words(refill, formats))
        for day in days
        for refill in day.refills
    ]
    drains = [
        Mark(drop.begin, -drop.amount, drain_words(drop, formats))
        for drop in drops
        if habit and drop.end - drop.begin <= SHORT_WINDOW and drop.amount > habit.short_limit
    ]
    return tuple(sorted((*refills, *drains), key=lambda mark: mark.at))


def _spans(days: Sequence[Day], marks: Sequence[Mark], *, by_week: bool) -> tuple[Span, ...]:
    """Return the days, or the weeks from Monday on; the first and last week may be shorter."""
    spans = []
    parts = 2 if by_week else 3  # of year, week and weekday
    for _, group in groupby(days, key=lambda day: day.date.isocalendar()[:parts]):
        here = list(group)
        begin, end = midnight(here[0].date), midnight(here[-1].date + ONE_DAY)
        spent = round(sum(day.spent for day in here))
        marked = " · ".join(mark.label for mark in marks if begin <= mark.at < end)
        spans.append(Span(begin, end, spent, marked))
    return tuple(spans)


def _time_ticks(days: Sequence[date], formats: Formats) -> tuple[Tick, ...]:
    """Mark each day of a week, the Mondays of a month or a quarter, the months of a year."""
    if len(days) > MOST_DAYS_BY_DAY:
        named = [(day, formats.month(day)) for day in days if day.day == 1]
    elif len(days) > 10:
        named = [(day, formats.day(day)) for day in days if day.weekday() == 0]
    else:
        named = [(day, day_words(day, formats)) for day in days]
    return tuple(Tick(midnight(day), label) for day, label in named)


def _amount_ticks(amounts: Iterable[int], steps: int, formats: Formats) -> tuple[Tick, ...]:
    """Return round amounts from 0 on; the last is the first above or at all ``amounts``."""
    highest = max((1, *amounts))
    least = -(-highest // steps)
    power = 10 ** (len(str(least)) - 1)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    last = -(-highest // step) * step
    return tuple(
        Tick(amount, axis_words(amount, step, formats)) for amount in range(0, last + 1, step)
    )
