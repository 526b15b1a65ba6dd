"""Days and local times: the one place where a zone's rules are asked for them."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = 86_400
"""Seconds. A local day is longer or shorter where its clocks change."""
ONE_DAY = timedelta(days=1)
"""From a date to the next."""

MIDNIGHT = time()

_WORKING_HOURS = (8.0, 18.0)


def moment(day: date, clock: time = MIDNIGHT, zone: tzinfo | None = None) -> datetime:
    """Return when clocks show a time on a day, in UTC. Without a zone that of the system counts.

    Of two moments at which clocks show the same the first is returned. A time that clocks leave out
    is as long after midnight as it would have been, so that a day without a midnight begins when
    the clocks are put forward.
    """
    # A day may have 23 or 25 hours, so the zone is asked for each moment. astimezone() would move a
    # time that clocks leave out back, in the system's zone.
    return datetime.fromtimestamp(datetime.combine(day, clock, zone).timestamp(), UTC)


def date_at(seconds: int, zone: tzinfo | None = None) -> date:
    """Return the local date at a time, in seconds since the epoch."""
    return datetime.fromtimestamp(seconds, zone).date()


def midnight(day: date, zone: tzinfo | None = None) -> int:
    """Return when a local day begins, in seconds since the epoch."""
    return int(moment(day, zone=zone).timestamp())


def share_over(now: datetime) -> float:
    """Return the share of a day's spending that is over, as a guess: evenly in working hours."""
    begin, end = _WORKING_HOURS
    return min(max((now.hour + now.minute / 60 - begin) / (end - begin), 0.0), 1.0)
