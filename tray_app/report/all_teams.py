"""The days of several teams, summed up."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from tray_app.rules.history import Day, Record


class SummedDay(NamedTuple):
    """One local day of several teams."""

    day: Day
    """Its spending and refills are those of the teams whose history had begun, and its close is the
    sum of their closes. It is seen if all of them were."""
    teams: int
    """How many teams that are."""


def sum_up(teams: Sequence[Sequence[Day]]) -> list[SummedDay]:
    """Return the sum of each day on which at least one team's history had begun.

    Each team's days are without a gap, and all end on the same day.
    """
    length = max(map(len, teams), default=0)
    return [
        _sum_of([days[-ago] for days in teams if ago <= len(days)]) for ago in range(length, 0, -1)
    ]


def all_known_from(teams: Iterable[Sequence[Day]]) -> date:
    """Return the first day on which every team has a close."""
    return max(days[0].date for days in teams)


def _sum_of(days: Sequence[Day]) -> SummedDay:
    closes = [day.close for day in days]
    refills = sorted((one for day in days for one in day.refills), key=lambda refill: refill.at)
    day = Day(
        days[0].date,
        Record(
            min(close.first for close in closes),
            max(close.last for close in closes),
            sum(close.credits for close in closes),
            *map(_sum_if_known, zip(*(close.buckets for close in closes), strict=True)),
        ),
        sum(day.spent for day in days),
        tuple(refills),
        all(day.is_seen for day in days),
    )
    return SummedDay(day, len(days))


def _sum_if_known(amounts: Iterable[int | None]) -> int | None:
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
