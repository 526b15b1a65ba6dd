"""The sandbox's stories: how a team's balance moves, in accelerated time.

A story is a pure function of the seconds since it began. A month of work passes in minutes.
lemlist doesn't say in which order credits are spent; here the gifted ones go before the
subscription's, and the paid ones last.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

DAY = 10.0
"""The seconds that stand for one working day."""

_DAYS_A_MONTH = 20
_FOUND_EMAIL = 5  # credits; a balance seldom moves in smaller steps


class Buckets(NamedTuple):
    """The four kinds of credits that a team has left; whole numbers, never negative."""

    subscription: int
    paid: int
    gifted: int
    freemium: int

    @property
    def total(self) -> int:
        """All credits left."""
        return sum(self)


FULL = Buckets(subscription=8_000, paid=4_100, gifted=330, freemium=0)


class Story(NamedTuple):
    """A named course of a balance."""

    description: str
    balance_at: Callable[[float], Buckets]
    """Takes the seconds since the story began."""


def split(total: int) -> Buckets:
    """Spread a total over the buckets in a healthy team's proportions."""
    subscription = total * FULL.subscription // FULL.total
    gifted = total * FULL.gifted // FULL.total
    return Buckets(subscription, total - subscription - gifted, gifted, 0)


def _spend(start: Buckets, amount: float) -> Buckets:
    if amount >= start.total:
        return Buckets(0, 0, 0, 0)
    owed = max(0, int(amount)) // _FOUND_EMAIL * _FOUND_EMAIL
    left = start._asdict()
    for name in ("freemium", "gifted", "subscription", "paid"):
        taken = min(left[name], owed)
        left[name] -= taken
        owed -= taken
    return Buckets(**left)


def _steady(seconds: float) -> Buckets:
    month, day = divmod(max(0.0, seconds) / DAY, _DAYS_A_MONTH)
    return _spend(FULL if month == 0 else FULL._replace(gifted=0), 380 * day)


def _drain(seconds: float) -> Buckets:
    day = seconds / DAY
    sudden = 11_300 * min(1.0, max(0.0, day - 2))
    return _spend(FULL, 380 * min(day, 2) + sudden + 60 * max(0.0, day - 3))


def _refill(seconds: float) -> Buckets:
    day = seconds / DAY
    low = Buckets(subscription=80, paid=390, gifted=10, freemium=0)
    if day < 3:
        return _spend(low, 60 * day)
    refilled = _spend(low, 60 * 3)._replace(subscription=FULL.subscription)
    return _spend(refilled, 380 * ((day - 3) % _DAYS_A_MONTH))


def _dry(seconds: float) -> Buckets:
    return _spend(Buckets(subscription=200, paid=390, gifted=30, freemium=0), 100 * seconds / DAY)


# Seconds, and the total then. Each level lasts 35 s or more: a poll every 30 s sees all of them.
_DEMO = ((0.0, FULL.total), (40.0, 500), (75.0, 100), (110.0, 0), (150.0, 0))


def _demo(seconds: float) -> Buckets:
    at = max(0.0, seconds) % _DEMO[-1][0]
    (begin, before), (end, after) = next(two for two in pairwise(_DEMO) if at < two[1][0])
    total = before + (after - before) * (at - begin) / (end - begin)
    return _spend(FULL, FULL.total - total)


STORIES: Mapping[str, Story] = {
    "steady": Story("about 380 credits a day; the plan renews every 20 days", _steady),
    "drain": Story("two quiet days, then nearly all credits are spent in one", _drain),
    "refill": Story("low for three days, then the plan renews", _refill),
    "dry": Story("620 credits that run out within a week and stay out", _dry),
    "demo": Story("healthy, low, critical, empty and healthy, in 150 s, again and again", _demo),
    "fixed": Story("the balance stays the same", lambda _seconds: FULL),
}
