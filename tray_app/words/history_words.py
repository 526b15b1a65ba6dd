"""What a team's history tells: on charts, in their tables, and to whoever can't see them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from tray_app.i18n import tr
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import TooEarly
from tray_app.rules.history import Day, Drop, Refill
from tray_app.rules.local_time import date_at
from tray_app.words.amounts import UNKNOWN, amount_words, bucket_label
from tray_app.words.durations import duration_words
from tray_app.words.formats import Formats, day_words, short_day

Table = tuple[tuple[str, ...], ...]
"""Rows of texts; the first one holds the headings of the columns."""


class Tile(NamedTuple):
    """An amount or a day, in large letters, and below it what it is."""

    value: str
    label: str


def summary_tiles(
    shown: Sequence[Day], days: int, analysis: Analysis | None, formats: Formats
) -> tuple[Tile, ...]:
    """Say what is left, what was spent and added, and when credits run out; none without days.

    Of a young history fewer than ``days`` are shown, and their begin is named.
    """
    if not shown:
        return ()
    today = shown[-1].date
    if len(shown) == days:
        spent = tr("spent in {n} day", "spent in {n} days", days, n=days)
    else:
        spent = tr("spent since {day}", day=short_day(shown[0].date, formats, today))
    refills = [refill.amount for day in shown for refill in day.refills]
    added, n = tr("credits added"), len(refills)
    if refills:
        added = tr("added once", "added {n} times", n, n=n)
    return (
        _left_tile(shown[-1].close.credits, formats),
        Tile(formats.number(round(sum(day.spent for day in shown))), spent),
        Tile(_added(sum(refills), formats), added),
        _end_tile(shown[-1].close.credits, analysis, formats, today),
    )


def moment_tiles(
    at: int, credits: int, spent: int, added: int, formats: Formats, *, end: int, by_week: bool
) -> tuple[Tile, ...]:
    """Say what was left at a moment, and what was spent and added on its day, or in its week.

    ``end`` is that of what is shown.
    """
    day = day_words(date_at(at), formats, date_at(end - 1))
    time = formats.time(datetime.fromtimestamp(at, UTC))
    return (
        _left_tile(credits, formats),
        Tile(formats.number(spent), tr("spent that week") if by_week else tr("spent that day")),
        Tile(_added(added, formats), tr("added that week") if by_week else tr("added that day")),
        Tile(day, tr("closing balance") if by_week else time),
    )


def tiles_words(tiles: Iterable[Tile]) -> str:
    """Say what tiles show in one line."""
    return " · ".join(
        tile.label if tile.value == UNKNOWN else f"{tile.value} {tile.label}" for tile in tiles
    )


def _left_tile(credits: int, formats: Formats) -> Tile:
    return Tile(formats.number(credits), tr("credit left", "credits left", credits))


def _added(amount: int, formats: Formats) -> str:
    return tr("+{amount}", amount=formats.number(amount)) if amount else formats.number(0)


def _end_tile(credits: int, analysis: Analysis | None, formats: Formats, today: date) -> Tile:
    """Say on which day credits are likely to run out, or why no day can be said."""
    if credits <= 0:
        return Tile(UNKNOWN, tr("already run out"))
    if analysis is None:
        return Tile(UNKNOWN, tr("no current forecast"))
    if isinstance(analysis.rhythm, TooEarly):
        ready = analysis.rhythm.ready_on
        if ready is None or ready < today:
            return Tile(UNKNOWN, tr("no forecast yet"))
        return Tile(UNKNOWN, tr("forecast around {day}", day=short_day(ready, formats, today)))
    day = analysis.forecast and analysis.forecast.runs_out and analysis.forecast.runs_out.likely
    if day:
        return Tile(day_words(day, formats, today), tr("likely to run out"))
    if round(analysis.rhythm.per_working_day) < 1:
        return Tile(UNKNOWN, tr("almost no spending"))
    return Tile(tr("Over a year"), tr("likely to last"))


def refill_words(refill: Refill, formats: Formats) -> str:
    """Say how many credits came, and of which kind if it was one."""
    amount = formats.number(refill.amount)
    words: dict[tuple[str, ...], str] = {
        ("subscription",): tr("+{amount} plan", amount=amount),
        ("paid",): tr("+{amount} purchased", amount=amount),
        ("gifted",): tr("+{amount} gifted", amount=amount),
        ("freemium",): tr("+{amount} freemium", amount=amount),
    }
    return words.get(tuple(refill.buckets), tr("+{amount}", amount=amount))


def drain_words(drop: Drop, formats: Formats) -> str:
    """Say how many credits went, and how fast."""
    time = duration_words(drop.end - drop.begin)
    return tr("−{amount} in {time}", amount=formats.number(drop.amount), time=time)


def flags_words(flags: Sequence[tuple[int, str]], formats: Formats) -> tuple[str, ...]:
    """Say what neighbouring flags of a kind mark on a chart, the longest words first.

    Flags are amounts, all below 0 if they were spent, and their labels. The sum of several flags
    is never said without their number: it would be taken for the amount of one.
    """
    total, n = sum(amount for amount, _ in flags), len(flags)
    amount = formats.number(abs(total))
    if total > 0:
        short, counted = (
            tr("+{amount}", amount=amount),
            tr("+{amount}, {n} times", amount=amount, n=n),
        )
    else:
        short, counted = (
            tr("−{amount}", amount=amount),
            tr("−{amount}, {n} times", amount=amount, n=n),
        )
    labels = ", ".join(label for _, label in flags)
    if n == 1:
        return labels, short
    return (labels, counted) if n == 2 else (counted,)


def axis_words(amount: int, step: int, formats: Formats) -> str:
    """Write an amount of an axis, in millions or thousands where those are whole."""
    if amount and amount % 1_000_000 == 0:
        return tr("{n}M", n=formats.number(amount // 1_000_000))
    if amount and step % 1_000 == 0:
        return tr("{n}k", n=formats.number(amount // 1_000))
    return formats.number(amount)


def decrease_table(
    drops: Sequence[Drop], times_usual: Sequence[float], today: date, formats: Formats
) -> Table:
    """Say when each drop was, how many credits it took, within what time, and how unusual that is.

    ``times_usual`` are paces in times of the usual one; empty when that is not known.
    """
    headings = (tr("When"), tr("Credits"), tr("Within"))
    rows = [
        (
            _moment_words(drop.begin, formats, today),
            tr("−{amount}", amount=formats.number(drop.amount)),
            duration_words(drop.end - drop.begin),
        )
        for drop in drops
    ]
    if not times_usual:
        return headings, *rows
    paces = [
        tr("{n} × usual", n=formats.number(round(times))) if round(times) > 1 else tr("as usual")
        for times in times_usual
    ]
    compared = ((*row, pace) for row, pace in zip(rows, paces, strict=True))
    return (*headings, tr("Pace")), *compared


def increase_table(refills: Iterable[Refill], today: date, formats: Formats) -> Table:
    """Say when credits were added, how many, and of which kinds."""
    rows = [(tr("When"), tr("Credits"), tr("Kind"))]
    for refill in refills:
        row = (
            _moment_words(refill.at, formats, today),
            _added(refill.amount, formats),
            ", ".join(map(bucket_label, refill.buckets)),
        )
        rows.append(row)
    return tuple(rows)


def day_table(days: Iterable[Day], today: date, formats: Formats) -> Table:
    """Say what was left at the end of each day, and what was spent and added on it."""
    rows = [(tr("Day"), tr("Balance at the end"), tr("Spent"), tr("Added"))]
    for day in days:
        spent = formats.number(round(day.spent))
        row = (
            day_words(day.date, formats, today),
            amount_words(day.close.credits if day.is_seen else None, formats),
            spent if day.is_seen or not round(day.spent) else tr("about {amount}", amount=spent),
            ", ".join(refill_words(refill, formats) for refill in day.refills),
        )
        rows.append(row)
    return tuple(rows)


def all_teams_tiles(shown: Sequence[Day], days: int, formats: Formats) -> tuple[Tile, ...]:
    """Say what all teams together have left, spent and added. Only a single team has a forecast."""
    *amounts, _ends = summary_tiles(shown, days, None, formats)
    return (*amounts, Tile(UNKNOWN, tr("forecasts are per team")))


def all_teams_words(
    teams: int, uncounted: int, begin: date, known_from: date, formats: Formats, today: date
) -> str:
    """Say what a sum holds: how many teams, from which day on, and from when their balances.

    ``uncounted`` teams have no history.
    """
    first = short_day(begin, formats, today)
    if known_from <= begin:
        said = tr(
            "Spending and balance of {n} team since {day}.",
            "Spending and balances of {n} teams since {day}, added up.",
            teams,
            n=teams,
            day=first,
        )
    else:
        said = tr("Spending of {n} teams since {day}, added up.", n=teams, day=first)
        known = short_day(known_from, formats, today)
        balances = tr("Balances are added up since {day}, when all teams have one.", day=known)
        said = f"{said} {balances}"
    if not uncounted:
        return said
    missing = tr(
        "{n} team without a history is not counted.",
        "{n} teams without a history are not counted.",
        uncounted,
        n=uncounted,
    )
    return f"{said} {missing}"


def all_teams_day_table(
    days: Iterable[tuple[Day, int]], teams: int, today: date, formats: Formats
) -> Table:
    """Say of each day, and of how many teams, what was left, spent and added in all.

    What was left is said where every one of the ``teams`` has a balance.
    """
    counted = list(days)
    headings, *rows = day_table((day for day, _ in counted), today, formats)
    unknown = amount_words(None, formats)
    table = [(*headings[:1], tr("Teams"), *headings[1:])]
    for (day, number), (name, left, spent, _kinds) in zip(counted, rows, strict=True):
        added = _added(sum(refill.amount for refill in day.refills), formats)
        known = left if number == teams else unknown
        table.append((name, str(number), known, spent, added))
    return tuple(table)


def _moment_words(at: int, formats: Formats, today: date) -> str:
    day = day_words(date_at(at), formats, today)
    return tr("{day}, {time}", day=day, time=formats.time(datetime.fromtimestamp(at, UTC)))
