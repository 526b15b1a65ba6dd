"""What a team's history tells: on charts, in their tables, and to whoever can't see them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from tray_app.i18n import tr
from tray_app.rules.drains import Habit
from tray_app.rules.history import Day, Drop, Refill
from tray_app.rules.local_time import DAY, date_at
from tray_app.words.amounts import amount_words, credits_left_words, credits_words
from tray_app.words.durations import duration_words
from tray_app.words.formats import Formats, day_words, short_day

Table = tuple[tuple[str, ...], ...]
"""Rows of texts; the first one holds the headings of the columns."""

MOST_REFILLS_SAID = 4
"""More are counted instead, since a long list is hard to listen to."""


def spent_words(begin: int, end: int, days: int, spent: int, formats: Formats) -> str:
    """Say what was spent in the time of a small chart: its ``days``, or since when it is young."""
    amount = formats.number(spent)
    if end - begin < (days - 2) * DAY:
        day = formats.day(date_at(begin))
        return tr("Since {day} · {amount} spent", day=day, amount=amount)
    return tr(
        "Last {n} day · {amount} spent",
        "Last {n} days · {amount} spent",
        days,
        n=days,
        amount=amount,
    )


def point_words(at: int, credits: int, formats: Formats) -> str:
    """Say the day and the balance of one point of a small chart."""
    day = day_words(date_at(at), formats)
    return tr("{day} · {amount}", day=day, amount=formats.number(credits))


def course_words(
    points: Sequence[tuple[int, int]], refills: Sequence[tuple[int, int]], formats: Formats
) -> str:
    """Say what a chart shows, to whoever can't see it. Points and refills are times and credits."""
    if not points:
        return ""
    today = date_at(points[-1][0])

    def told(point: tuple[int, int]) -> dict[str, str]:
        day = short_day(date_at(point[0]), formats, today)
        return {"amount": formats.number(point[1]), "day": day}

    first, last = told(points[0]), told(points[-1])
    course = tr(
        "From {first} on {begin} to {last} on {end}.",
        first=first["amount"],
        begin=first["day"],
        last=last["amount"],
        end=last["day"],
    )
    lowest = tr("Lowest: {amount} on {day}.", **told(min(points, key=lambda point: point[1])))
    n = len(refills)
    if not refills:
        came = tr("No refills.")
    elif n > MOST_REFILLS_SAID:
        total = formats.number(sum(amount for _, amount in refills))
        came = tr("{n} refill, +{total}.", "{n} refills, +{total}.", n, n=n, total=total)
    else:
        said = ", ".join(tr("+{amount} on {day}", **told(refill)) for refill in refills)
        came = tr("Refill: {refills}.", "Refills: {refills}.", n, refills=said)
    return f"{course} {lowest} {came}"


def summary_words(shown: Sequence[Day], days: int, formats: Formats) -> str:
    """Say what is left, and what was spent and refilled in ``days``; empty if none is ``shown``.

    Of a young history fewer than ``days`` are shown, and their begin is named.
    """
    if not shown:
        return ""
    amount = formats.number(round(sum(day.spent for day in shown)))
    if len(shown) == days:
        spent = tr(
            "{amount} spent in {n} day", "{amount} spent in {n} days", days, n=days, amount=amount
        )
    else:
        since = day_words(shown[0].date, formats, shown[-1].date)
        spent = tr("{amount} spent since {day}", amount=amount, day=since)
    parts = [credits_left_words(shown[-1].close.credits, formats), spent]
    if refilled := sum(refill.amount for day in shown for refill in day.refills):
        parts.append(tr("{amount} refilled", amount=formats.number(refilled)))
    return " · ".join(parts)


def readout_words(
    at: int, credits: int, spent: int, marks: str, formats: Formats, *, end: int, by_week: bool
) -> str:
    """Say what a large chart shows at a moment; ``spent`` and ``marks`` are of its day or week.

    ``end`` is where the chart ends.
    """
    when = day_words(date_at(at), formats, date_at(end - 1))
    amount = formats.number(spent)
    if by_week:
        told = tr("{amount} spent that week", amount=amount)
    else:
        when = tr("{day}, {time}", day=when, time=formats.time(datetime.fromtimestamp(at, UTC)))
        told = tr("{amount} spent that day", amount=amount)
    return " · ".join(filter(None, (when, credits_words(credits, formats), told, marks)))


def refill_words(refill: Refill, formats: Formats) -> str:
    """Say how many credits came, and to which bucket if it was one."""
    amount = formats.number(refill.amount)
    words: dict[tuple[str, ...], str] = {
        ("subscription",): tr("+{amount} subscription", amount=amount),
        ("paid",): tr("+{amount} paid", amount=amount),
        ("gifted",): tr("+{amount} gifted", amount=amount),
        ("freemium",): tr("+{amount} freemium", amount=amount),
    }
    return words.get(tuple(refill.buckets), tr("+{amount}", amount=amount))


def drain_words(drop: Drop, formats: Formats) -> str:
    """Say how many credits went, and how fast."""
    time = duration_words(drop.end - drop.begin)
    return tr("−{amount} in {time}", amount=formats.number(drop.amount), time=time)


def axis_words(amount: int, step: int, formats: Formats) -> str:
    """Write an amount of an axis, in millions or thousands if the axis steps by whole ones."""
    if amount and step % 1_000_000 == 0:
        return tr("{n}M", n=formats.number(amount // 1_000_000))
    if amount and step % 1_000 == 0:
        return tr("{n}k", n=formats.number(amount // 1_000))
    return formats.number(amount)


def drop_table(drops: Iterable[Drop], habit: Habit | None, formats: Formats) -> Table:
    """Say when each drop was, how many credits it took, within what time, and at what pace."""
    per_hour = tr("Per hour")
    if habit is not None:
        usual = formats.number(habit.usual_per_hour)
        per_hour = tr("Per hour (usually {amount})", amount=usual)
    rows = [(tr("When"), tr("Credits"), tr("Within"), per_hour)]
    for drop in drops:
        seconds = max(60, drop.end - drop.begin)
        row = (
            formats.day_and_time(datetime.fromtimestamp(drop.begin, UTC)),
            tr("−{amount}", amount=formats.number(drop.amount)),
            duration_words(seconds),
            formats.number(round(drop.amount * 3600 / seconds)),
        )
        rows.append(row)
    return tuple(rows)


def day_table(days: Iterable[Day], today: date, formats: Formats) -> Table:
    """Say what was left at the end of each day, and what was spent and refilled on it."""
    rows = [(tr("Day"), tr("Balance at its end"), tr("Spent"), tr("Refilled"))]
    for day in days:
        words = day_words(day.date, formats)
        if day.date.year != today.year:
            words = tr("{day}, {year}", day=words, year=day.date.year)
        spent = formats.number(round(day.spent))
        refilled = sum(refill.amount for refill in day.refills)
        row = (
            words,
            amount_words(day.close.credits if day.is_seen else None, formats),
            spent if day.is_seen or not round(day.spent) else tr("about {amount}", amount=spent),
            tr("+{amount}", amount=formats.number(refilled)) if refilled else "",
        )
        rows.append(row)
    return tuple(rows)
