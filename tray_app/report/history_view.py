"""From the balance's history to what the charts show and say. No Qt, no clock.

Times are whole seconds since the epoch (UTC), amounts credits. A ``zone`` of ``None`` is the
computer's own.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import NamedTuple

from tray_app.i18n import tr
from tray_app.rules.buckets import BUCKETS
from tray_app.rules.drains import SHORT_WINDOW, Habit, habit_of, largest_drops
from tray_app.rules.history import Day, Drop, Record, Refill, changes, refills
from tray_app.words.formats import Formats, bucket_labels, day_words, short_day

UNDIVIDED = "undivided"
"""The layer of what no bucket is known of."""
NOTHING = "–"

TREND_STRETCHES = 80
HISTORY_STRETCHES = 100
"""A chart's time is cut into so many parts, each of which is painted by two to four points."""

DAY = 86_400  # seconds
MOST_REFILLS_SAID = 4
"""More are counted instead, since a long list is hard to listen to."""
MOST_DAYS_BY_DAY = 120
"""Of more days than that the spending is shown by week."""


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


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of the balance: a bucket's name or :data:`UNDIVIDED`, and its label."""

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


def trend_of(records: Sequence[Record], days: int, now: int, zone: tzinfo | None = None) -> Trend:
    """Sum up the last ``days`` local days, today included.

    ``records`` are in time order; those before the days in question may be left out.
    """
    begin = _first_moment(days, now, zone)
    recent = _since(records, begin)
    points = fewer(list(_points(recent, begin)), TREND_STRETCHES)
    return Trend(
        points=tuple((point.at, point.credits) for point in points),
        refills=tuple((refill.at, refill.amount) for refill in refills(recent)),
        begin=points[0].at if points else now,
        end=max(now, points[-1].at) if points else now,
        days=days,
    )


def has_trend(trend: Trend | None) -> bool:
    """Tell whether there is enough to be worth a chart: a day between first and last reading."""
    return (
        trend is not None and bool(trend.points) and trend.points[-1][0] - trend.points[0][0] >= DAY
    )


def trend_title(trend: Trend, formats: Formats, zone: tzinfo | None = None) -> str:
    """Name the time that is shown, which is shorter while the history is young."""
    if trend.end - trend.begin < (trend.days - 2) * DAY:
        return tr("since {day}", day=formats.day(_date(trend.begin, zone)))
    return tr("last {n} day", "last {n} days", trend.days, n=trend.days)


def moment_words(point: tuple[int, int], formats: Formats, zone: tzinfo | None = None) -> str:
    """Say the day and the balance of one point."""
    at, amount = point
    return tr(
        "{day} · {amount}", day=day_words(_date(at, zone), formats), amount=formats.number(amount)
    )


def trend_words(trend: Trend, formats: Formats, zone: tzinfo | None = None) -> str:
    """Say what the chart shows, to whoever can't see it."""
    return _words(trend.points, trend.refills, formats, zone)


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
    begin = _first_moment(days_shown, now, zone)
    shown = days[-days_shown:]
    records = _until(records, now)
    recent = _since(records, begin)
    layers, points = _layered(fewer(list(_points(recent, begin)), HISTORY_STRETCHES))
    drops = largest_drops(changes(recent))
    habit = habit_of(records, now)
    marks = _marks(shown, drops, habit, formats)
    by_week = len(shown) > MOST_DAYS_BY_DAY
    spans = _spans(shown, marks, formats, zone, by_week=by_week)
    refills = [(refill.at, refill.amount) for day in shown for refill in day.refills]
    return HistoryView(
        team=team,
        days=days_shown,
        begin=spans[0].begin if spans else begin,
        end=spans[-1].end if spans else now,
        title=_title(days_shown, shown, formats),
        description=_words([point[:2] for point in points], refills, formats, zone),
        layers=layers,
        points=points,
        spans=spans,
        by_week=by_week,
        spans_title=tr("Spent by week") if by_week else tr("Spent by day"),
        marks=marks,
        time_ticks=_time_ticks(shown, formats, zone),
        credit_ticks=_amount_ticks(max((point.credits for point in points), default=0), 4, formats),
        spent_ticks=_amount_ticks(max((span.spent for span in spans), default=0), 2, formats),
        drop_headings=_drop_headings(habit, formats),
        drop_rows=tuple(_drop_row(drop, formats) for drop in drops),
        day_headings=(tr("Day"), tr("Balance at its end"), tr("Spent"), tr("Refilled")),
        day_rows=tuple(_day_row(day, now, formats, zone) for day in reversed(shown)),
    )


def fewer(points: Sequence[Point], stretches: int) -> list[Point]:
    """Leave out what is too close in time to be told apart, and keep all extremes.

    The time is cut into stretches, and of each the first, the lowest, the highest and the last
    point stay.
    """
    kept: list[Point] = []
    if points:
        begin = points[0].at
        stretch = (points[-1].at - begin) // stretches + 1
        for _, group in groupby(points, key=lambda point: (point.at - begin) // stretch):
            here = list(group)
            places = range(len(here))
            lowest = min(places, key=lambda i: here[i].credits)
            highest = max(places, key=lambda i: here[i].credits)
            kept += [here[i] for i in sorted({0, lowest, highest, len(here) - 1})]
    return kept


def reading_words(
    view: HistoryView, point: Point, formats: Formats, zone: tzinfo | None = None
) -> str:
    """Say what a history shows at one of its points."""
    span = span_at(view, point.at)
    spent = formats.number(span.spent)
    if view.by_week:
        when = day_words(_date(point.at, zone), formats, _date(view.end - 1, zone))
        spent = tr("{amount} spent that week", amount=spent)
    else:
        time = formats.time(datetime.fromtimestamp(point.at, UTC))
        when = tr("{day}, {time}", day=span.label, time=time)
        spent = tr("{amount} spent that day", amount=spent)
    amount = formats.number(point.credits)
    left = tr("{amount} credit", "{amount} credits", point.credits, amount=amount)
    return " · ".join(filter(None, (when, left, spent, span.marks)))


def span_at(view: HistoryView, at: float) -> Span:
    """Return the day or week that a moment of a history is in."""
    place = bisect_right(view.spans, at, key=lambda span: span.begin)
    return view.spans[max(0, place - 1)]


def time_words(seconds: int) -> str:
    """Say how long something took, in its two largest units."""
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return tr("{n} min", n=minutes)
    if minutes < 48 * 60:
        hours, minutes = divmod(minutes, 60)
        return tr("{h} h {m} min", h=hours, m=minutes) if minutes else tr("{h} h", h=hours)
    days = round(minutes / (24 * 60))
    return tr("{n} day", "{n} days", days, n=days)


def _words(
    points: Sequence[tuple[int, int]],
    refills: Sequence[tuple[int, int]],
    formats: Formats,
    zone: tzinfo | None,
) -> str:
    if not points:
        return ""
    first, last = points[0], points[-1]
    lowest = min(points, key=lambda point: point[1])
    today = _date(last[0], zone)
    return " ".join(
        (
            tr(
                "From {first} on {begin} to {last} on {end}.",
                first=formats.number(first[1]),
                begin=short_day(_date(first[0], zone), formats, today),
                last=formats.number(last[1]),
                end=formats.day(today),
            ),
            tr(
                "Lowest: {amount} on {day}.",
                amount=formats.number(lowest[1]),
                day=short_day(_date(lowest[0], zone), formats, today),
            ),
            _refill_words(refills, formats, zone, today),
        )
    )


def _refill_words(
    refills: Sequence[tuple[int, int]], formats: Formats, zone: tzinfo | None, today: date
) -> str:
    if not refills:
        return tr("No refills.")
    if len(refills) > MOST_REFILLS_SAID:
        total = formats.number(sum(amount for _, amount in refills))
        count = len(refills)
        return tr("{n} refill, +{total}.", "{n} refills, +{total}.", count, n=count, total=total)
    said = ", ".join(
        tr(
            "+{amount} on {day}",
            amount=formats.number(amount),
            day=short_day(_date(at, zone), formats, today),
        )
        for at, amount in refills
    )
    return tr("Refill: {refills}.", "Refills: {refills}.", len(refills), refills=said)


def _until(records: Sequence[Record], now: int) -> Sequence[Record]:
    """Return what was seen up to now; of what is later, the clock ran ahead when it was seen."""
    place = bisect_right(records, now, key=lambda record: record.first)
    if place and records[place - 1].last > now:
        return [*records[: place - 1], records[place - 1]._replace(last=now)]
    return records[:place]


def _since(records: Sequence[Record], begin: int) -> Sequence[Record]:
    """Return the records from ``begin`` on, and the one that tells what was held then."""
    place = bisect_right(records, begin, key=lambda record: record.first)
    return records[max(0, place - 1) :]


def _points(records: Iterable[Record], begin: int) -> Iterator[Point]:
    """Yield the points of the line, with the buckets' amounts as far as they are known."""
    for record in records:
        first = max(begin, record.first)
        amounts = tuple(amount or 0 for amount in record[3:])
        yield Point(first, record.credits, amounts)
        if record.last > first:
            yield Point(record.last, record.credits, amounts)


def _title(days_shown: int, shown: Sequence[Day], formats: Formats) -> str:
    """Say what is left, and what was spent and refilled in the time that is shown."""
    if not shown:
        return ""
    credits = shown[-1].close.credits
    amount = formats.number(credits)
    spent = formats.number(round(sum(day.spent for day in shown)))
    refilled = sum(refill.amount for day in shown for refill in day.refills)
    if len(shown) == days_shown:
        spent = tr("{amount} spent in {n} days", amount=spent, n=days_shown)
    else:
        day = day_words(shown[0].date, formats, shown[-1].date)
        spent = tr("{amount} spent since {day}", amount=spent, day=day)
    parts = [tr("{amount} credit left", "{amount} credits left", credits, amount=amount), spent]
    if refilled:
        parts.append(tr("{amount} refilled", amount=formats.number(refilled)))
    return " · ".join(parts)


def _layered(points: Iterable[Point]) -> tuple[tuple[Layer, ...], tuple[Point, ...]]:
    """Share the balance of each point out to layers, of which none is empty all the time."""
    divided = [point._replace(amounts=_divided(point)) for point in points]
    names = (*BUCKETS, UNDIVIDED)
    filled = [i for i in range(len(names)) if any(point.amounts[i] for point in divided)]
    labels = {**bucket_labels(), UNDIVIDED: tr("Other")}
    return (
        tuple(Layer(names[i], labels[names[i]]) for i in filled),
        tuple(point._replace(amounts=tuple(point.amounts[i] for i in filled)) for point in divided),
    )


def _divided(point: Point) -> tuple[int, ...]:
    """Return the buckets' amounts and the rest; all is rest where the buckets don't fit."""
    rest = point.credits - sum(point.amounts)
    if rest < 0 or min(point.amounts) < 0:
        return (*(0 for _ in point.amounts), point.credits)
    return (*point.amounts, rest)


def _marks(
    days: Iterable[Day], drops: Iterable[Drop], habit: Habit | None, formats: Formats
) -> tuple[Mark, ...]:
    refills = [
        Mark(refill.at, refill.amount, refill_label(refill, formats))
        for day in days
        for refill in day.refills
    ]
    drains = [
        Mark(
            drop.begin,
            -drop.amount,
            tr(
                "−{amount} in {time}",
                amount=formats.number(drop.amount),
                time=time_words(drop.end - drop.begin),
            ),
        )
        for drop in drops
        if habit is not None
        and drop.end - drop.begin <= SHORT_WINDOW
        and drop.amount > habit.short_limit
    ]
    return tuple(sorted((*refills, *drains), key=lambda mark: mark.at))


def refill_label(refill: Refill, formats: Formats) -> str:
    """Say how many credits came, and to which bucket if it was one."""
    amount = formats.number(refill.amount)
    match [*refill.buckets]:
        case ["subscription"]:
            return tr("+{amount} subscription", amount=amount)
        case ["paid"]:
            return tr("+{amount} paid", amount=amount)
        case ["gifted"]:
            return tr("+{amount} gifted", amount=amount)
        case ["freemium"]:
            return tr("+{amount} freemium", amount=amount)
        case _:
            return tr("+{amount}", amount=amount)


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
        begin = _midnight(here[0].date, zone)
        end = _midnight(here[-1].date + timedelta(days=1), zone)
        spans.append(
            Span(
                begin,
                end,
                tr("Week of {day}", day=short_day(first, formats, days[-1].date))
                if by_week
                else day_words(first, formats),
                round(sum(day.spent for day in here)),
                " · ".join(mark.label for mark in marks if begin <= mark.at < end),
            )
        )
    return tuple(spans)


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _time_ticks(days: Sequence[Day], formats: Formats, zone: tzinfo | None) -> tuple[Tick, ...]:
    """Mark each day of a week, the Mondays of a month or a quarter, the months of a year."""
    dates = [day.date for day in days]
    if len(dates) > MOST_DAYS_BY_DAY:
        named = [(day, formats.month(day)) for day in dates if day.day == 1]
    elif len(dates) > 10:
        named = [(day, formats.day(day)) for day in dates if day.weekday() == 0]
    else:
        named = [(day, day_words(day, formats)) for day in dates]
    return tuple(Tick(_midnight(day, zone), label) for day, label in named)


def _amount_ticks(highest: int, steps: int, formats: Formats) -> tuple[Tick, ...]:
    """Return round amounts from 0 to the first one that is not below ``highest``."""
    least = max(1, -(-highest // steps))
    power = 10 ** (len(str(least)) - 1)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    last = -(-max(highest, 1) // step) * step
    unit, words = next(
        (unit, words)
        for unit, words in (
            (10**12, lambda n: tr("{n}T", n=n)),
            (10**9, lambda n: tr("{n}B", n=n)),
            (10**6, lambda n: tr("{n}M", n=n)),
            (10**3, lambda n: tr("{n}k", n=n)),
            (1, str),
        )
        if step % unit == 0
    )
    return tuple(
        Tick(value, words(formats.number(value // unit)) if value else formats.number(0))
        for value in range(0, last + 1, step)
    )


def _drop_headings(habit: Habit | None, formats: Formats) -> tuple[str, ...]:
    usual = None if habit is None else formats.number(habit.usual_per_hour)
    return (
        tr("When"),
        tr("Credits"),
        tr("Within"),
        tr("Per hour") if usual is None else tr("Per hour (usually {amount})", amount=usual),
    )


def _drop_row(drop: Drop, formats: Formats) -> tuple[str, ...]:
    seconds = max(60, drop.end - drop.begin)
    return (
        formats.day_and_time(datetime.fromtimestamp(drop.begin, UTC)),
        tr("−{amount}", amount=formats.number(drop.amount)),
        time_words(seconds),
        formats.number(round(drop.amount * 3600 / seconds)),
    )


def _day_row(day: Day, now: int, formats: Formats, zone: tzinfo | None) -> tuple[str, ...]:
    words = day_words(day.date, formats)
    if day.date.year != _date(now, zone).year:
        words = tr("{day}, {year}", day=words, year=day.date.year)
    spent = formats.number(round(day.spent))
    refilled = sum(refill.amount for refill in day.refills)
    return (
        words,
        formats.number(day.close.credits) if day.is_seen else NOTHING,
        spent if day.is_seen or not round(day.spent) else tr("about {amount}", amount=spent),
        tr("+{amount}", amount=formats.number(refilled)) if refilled else "",
    )


def _first_moment(days: int, now: int, zone: tzinfo | None) -> int:
    return _midnight(_date(now, zone) - timedelta(days=days - 1), zone)


def _midnight(day: date, zone: tzinfo | None) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def _date(at: int, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(at, zone).date()
