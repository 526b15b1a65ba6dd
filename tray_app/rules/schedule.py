"""When to ask again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from tray_app.errors import NEEDS_USER, Kind, Problem
from tray_app.rules.local_time import DAY

SHORTEST_INTERVAL = 30
LONGEST_INTERVAL = DAY
DEFAULT_INTERVAL = 300
"""Seconds between two good readings: the limits of the setting, and what it begins with."""
LONGEST_WAIT = timedelta(seconds=LONGEST_INTERVAL)
"""No wait for the next poll is longer, whatever the clock says."""

LATE = timedelta(minutes=2)
"""How late a poll, or how wrong a clock, may be before figures count as out of date."""

FIRST_RETRY = 15.0
LONGEST_RETRY = 15 * 60.0
"""Seconds; the waits after failures double from the first to the longest."""
WAIT_FOR_USER = 3600.0
"""Seconds after a failure that only the user can mend."""
WAIT_FOR_CONSENT = 1.0
"""Seconds until a keychain that is asking the user is looked at again, for some seconds."""
LONGEST_PAUSE = 3600.0
"""Seconds; a server that asks for a longer pause is asked again after this."""

_SOONEST = 0.1
"""Of the interval: how soon after a good answer a team's next turn may come."""

_JITTER = 0.2  # of a wait, either way, so that a team's computers don't knock all at once


def next_wait(interval: float, failures: int, problem: Problem | None, chance: float) -> float:
    """Return the seconds until the next poll.

    ``failures`` counts the failed polls in a row, without those that the user asked for, and those
    that asked nothing because of a pause; ``chance`` is a random number from 0 to 1. The wait is
    never shorter than a server's ``Retry-After``.
    """
    if problem is None:
        return interval
    if problem.kind is Kind.KEYCHAIN_WAITING:
        return WAIT_FOR_CONSENT
    if problem.kind in NEEDS_USER:
        return WAIT_FOR_USER
    if problem.kind is Kind.DEFECT:
        return LONGEST_RETRY
    wait = min(FIRST_RETRY * 2.0 ** min(max(failures - 1, 0), 16), LONGEST_RETRY)
    wait = min(wait * (1 - _JITTER + 2 * _JITTER * chance), LONGEST_RETRY)
    return max(wait, problem.retry_after or 0.0)


def seconds_until_late(expected: Iterable[datetime | None], now: datetime) -> float | None:
    """Return the seconds until the first of the polls expected at these times is late.

    ``None`` if none is still to come. It is never longer than a poll may be waited for: a time
    further ahead was noted before the clock was set back.
    """
    late = [(at + LATE - now).total_seconds() for at in expected if at is not None]
    ahead = [seconds for seconds in late if seconds >= 0]
    return min(*ahead, float(LONGEST_INTERVAL)) if ahead else None


class Place(NamedTuple):
    """Which of the teams that take turns in being polled a team is."""

    number: int = 0
    """From 0 on."""
    teams: int = 1


def wait_for_turn(interval: float, place: Place, now: float) -> float:
    """Return the seconds from a good answer to the team's next poll.

    Each team has its own turn in an interval, all at the same distance, so that many teams are no
    burst. ``now`` is in seconds of a clock that only goes on. With one team the wait is the
    interval, else it may differ, as after *Refresh*, from a tenth of the interval to a tenth more
    than it. For instance, with an interval of 300 the second of three teams has its turns at 100,
    400 and 700:

    === ===========================================================
    100 the answer at its turn: wait 300 seconds, until 400
    360 an answer after *Refresh*: wait 40, until 400
    390 less than 30 seconds before a turn: wait 310, until 700
    === ===========================================================
    """
    if place.teams == 1:
        return interval
    soonest = _SOONEST * interval
    turn = interval * place.number / place.teams
    return soonest + (turn - now - soonest) % interval


def pause_left(until: float, now: float) -> float:
    """Return the seconds that are left of a pause that ends ``until`` (both since the epoch).

    A pause longer than :data:`LONGEST_PAUSE` was noted while the clock ran ahead, and is over. The
    end is noted in whole seconds, so that the longest pause may look a second longer.
    """
    left = until - now
    return left if 0 < left < LONGEST_PAUSE + 1 else 0.0
