"""The teams of the demo: what each is called, what it has left, and how it has come to that."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tray_app.rules.history import Record
from tray_app.sandbox import DEMO_TEAM, DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo, past_of_team
from tray_app.sandbox.stories import FULL, STORIES, Buckets, split

_SATURDAY = 5
_LOST_AFTER = 12.0
"""Seconds after which the team that can't be reached is lost: there were some answers before."""


class DemoTeam(NamedTuple):
    """An invented team."""

    id: str
    name: str
    balance_at: Callable[[float], Buckets]
    """Takes the seconds since the demo began."""
    past: Callable[[datetime], list[Record]]
    """Takes the moment at which the demo begins."""
    lost_after: float | None = None
    """Seconds after which the team can't be reached any more."""


class _Situation(NamedTuple):
    name: str
    left: Buckets
    spent_a_day: float
    """Credits on a working day; 0 for a team of which nothing is known yet."""
    idle: int = 0
    """Days for which the team has spent nothing."""
    lost_after: float | None = None


def demo_teams(number: int, today: date) -> list[DemoTeam]:
    """Return so many teams. The first is the one that a demo of one team plays."""
    situations = _situations(today)
    first = DemoTeam(DEMO_TEAM_ID, DEMO_TEAM, STORIES["demo"].balance_at, past_of_demo)
    return [first, *(_team(place, situations) for place in range(2, number + 1))]


def _team(place: int, situations: Sequence[_Situation]) -> DemoTeam:
    turn, index = divmod(place - 2, len(situations))
    name, left, spent_a_day, idle, lost_after = situations[index]
    return DemoTeam(
        f"tea_demo{place:013}",
        f"{name} {turn + 1}" if turn else name,
        lambda _seconds: left,
        lambda now: past_of_team(now, left, spent_a_day, idle),
        lost_after,
    )


def _situations(today: date) -> tuple[_Situation, ...]:
    low = split(480)
    return (
        _Situation("Acme Iberia", split(0), 240, idle=2),
        _Situation("Acme UK", split(62), 90),
        _Situation("Acme DACH", low, low.total / _working_days_until_monday(today)),
        _Situation("Acme Labs", split(9_840), 410, lost_after=_LOST_AFTER),
        _Situation("Acme Nordics", split(7_150), 900),
        _Situation("International Partnerships and Customer Success, Europe", split(3_150), 520),
        _Situation("مبيعات الخليج", split(5_400), 330),
        _Situation("Borealis", split(24_800), 1_150),
        _Situation("Cobalt Sales", FULL, 0),
        _Situation("Delta Works", split(2_400_000), 98_000),
        _Situation("Ember Studio 🚀", split(1_240), 140),
        _Situation("Fjord Travel", split(18_600), 260, idle=21),
    )


def _working_days_until_monday(today: date) -> float:
    """Return how many working days there are from the noon of today to that of next Monday."""
    monday = today + timedelta(7 - today.weekday())
    ahead = (today + timedelta(days) for days in range(1, (monday - today).days))
    between = sum(day.weekday() < _SATURDAY for day in ahead)
    return between + (1.0 if today.weekday() < _SATURDAY else 0.5)
