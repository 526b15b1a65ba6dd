"""What the history window and the terminal show of a team's past. No Qt, no clock."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby

from tray_app.report.points import (
    Point,
    fewer,
    first_moment,
    layered,
    points_of,
    since,
    until,
)
from tray_app.report.ticks import MOST_DAYS_BY_DAY, Tick, amount_ticks, time_ticks
from tray_app.rules.drains import SHORT_WINDOW, Habit, habit_of, largest_drops
from tray_app.rules.history import Day, Drop, Record, changes
from tray_app.rules.local_time import ONE_DAY, date_at, midnight
from tray_app.words import history_words
from tray_app.words.formats import Formats, day_words

STRETCHES = 100
"""The chart's time is cut into so many parts, each of which is painted by two to four points."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of the balance: a bucket's name or ``undivided``, and its label."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or a week: from when until when, how it is called, and what was spent in it."""

    begin: int
    end: int
    label: str
    spent: int
    marks: str
    """The refills and sudden drains in it, in words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A refill, or below 0 a sudden drain, and its label."""

    at: int
    amount: int
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
    """What is shown, and what was spent and refilled in all."""
    description: str
    """What the chart shows, to whoever can't see it."""
    layers: tuple[Layer, ...]
    points: tuple[Point, ...]
    spans: tuple[Span, ...]
    by_week: bool
    """Whether the spans are weeks."""
    spans_title: str
    marks: tuple[Mark, ...]
    time_ticks: tuple[Tick, ...]
    credit_ticks: tuple[Tick, ...]
    spent_ticks: tuple[Tick, ...]
    drop_headings: tuple[str, ...]
    drop_rows: tuple[tuple[str, ...], ...]
    """When, how many credits, within what time, at what pace; the largest first."""
    day_headings: tuple[str, ...]
    day_rows: tuple[tuple[str, ...], ...]
    """The day, its closing balance, what was spent and refilled; the latest first."""


def history_of(
    records: Sequence[Record],
    days: Sequence[Day],
    days_shown: int,
    team: str,
    formats: Formats,
    now: int,
    zone: tzinfo | None = None,
) -> HistoryView:
    """Prepare what the history window shows of the last ``days_shown`` days; a worker's task.

    ``days`` are all that are known, up to today.
    """
    begin = first_moment(days_shown, now, zone)
    shown = days[-days_shown:]
    records = until(records, now)
    recent = since(records, begin)
    layers, points = layered(fewer(list(points_of(recent, begin)), STRETCHES))
    drops = largest_drops(changes(recent))
    habit = habit_of(records, now)
    marks = _marks(shown, drops, habit, formats)
    by_week = len(shown) > MOST_DAYS_BY_DAY
    spans = _spans(shown, marks, formats, zone, by_week=by_week)
    labels = history_words.layer_labels()
    today = date_at(now, zone)
    return HistoryView(
        team=team,
        days=days_shown,
        begin=spans[0].begin if spans else begin,
        end=spans[-1].end if spans else now,
        title=history_words.summary(shown, days_shown, formats),
        description=history_words.course(
            [(date_at(point.at, zone), point.credits) for point in points],
            [(date_at(refill.at, zone), refill.amount) for day in shown for refill in day.refills],
            formats,
        ),
        layers=tuple(Layer(name, labels[name]) for name in layers),
        points=points,
        spans=spans,
        by_week=by_week,
        spans_title=history_words.spending_title(by_week=by_week),
        marks=marks,
        time_ticks=time_ticks([day.date for day in shown], formats, zone),
        credit_ticks=amount_ticks(max((point.credits for point in points), default=0), 4, formats),
        spent_ticks=amount_ticks(max((span.spent for span in spans), default=0), 2, formats),
        drop_headings=history_words.drop_headings(habit, formats),
        drop_rows=tuple(
            history_words.drop_row(drop, datetime.fromtimestamp(drop.begin, UTC), formats)
            for drop in drops
        ),
        day_headings=history_words.day_headings(),
        day_rows=tuple(history_words.day_row(day, today, formats) for day in reversed(shown)),
    )


def readout_of(
    view: HistoryView, point: Point, formats: Formats, zone: tzinfo | None = None
) -> str:
    """Say what a history shows at one of its points."""
    span = span_at(view, point.at)
    when = (
        day_words(date_at(point.at, zone), formats, date_at(view.end - 1, zone))
        if view.by_week
        else history_words.time_of_day(span.label, datetime.fromtimestamp(point.at, UTC), formats)
    )
    return history_words.reading(
        when, point.credits, span.spent, span.marks, formats, by_week=view.by_week
    )


def span_at(view: HistoryView, at: float) -> Span:
    """Return the day or week that a moment of a history is in."""
    place = bisect_right(view.spans, at, key=lambda span: span.begin)
    return view.spans[max(0, place - 1)]


def _marks(
    days: Iterable[Day], drops: Iterable[Drop], habit: Habit | None, formats: Formats
) -> tuple[Mark, ...]:
    refills = [
        Mark(refill.at, refill.amount, history_words.refill_label(refill, formats))
        for day in days
        for refill in day.refills
    ]
    drains = [
        Mark(drop.begin, -drop.amount, history_words.drain_label(drop, formats))
        for drop in drops
        if habit is not None
        and drop.end - drop.begin <= SHORT_WINDOW
        and drop.amount > habit.short_limit
    ]
    return tuple(sorted((*refills, *drains), key=lambda mark: mark.at))


def _spans(
    days: Sequence[Day],
    marks: Sequence[Mark],
    formats: Formats,
    zone: tzinfo | None,
    *,
    by_week: bool,
) -> tuple[Span, ...]:
    """Return the days, or the weeks from Monday on of which the first and last may be shorter."""
    spans = []
    for first, group in groupby(days, key=lambda day: _week(day.date) if by_week else day.date):
        here = list(group)
        begin = midnight(here[0].date, zone)
        end = midnight(here[-1].date + ONE_DAY, zone)
        spans.append(
            Span(
                begin,
                end,
                history_words.week(first, formats, days[-1].date)
                if by_week
                else day_words(first, formats),
                round(sum(day.spent for day in here)),
                " · ".join(mark.label for mark in marks if begin <= mark.at < end),
            )
        )
    return tuple(spans)


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())
