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

    Of a time that comes twice, as clocks go back, the first moment is returned. A time that is
    skipped, as clocks go forward, becomes the moment at which a clock left alone would show it: a
    day whose midnight is skipped begins at the change.
    """
    # A day may have 23 or 25 hours, so the zone is asked for each moment. In the system's zone
    # astimezone() would return an earlier moment for a skipped time.
    return datetime.fromtimestamp(datetime.combine(day, clock, zone).timestamp(), UTC)


def date_at(seconds: int, zone: tzinfo | None = None) -> date:
    """Return the local date at a time, in seconds since the epoch."""
    return datetime.fromtimestamp(seconds, zone).date()


def midnight(day: date, zone: tzinfo | None = None) -> int:
    """Return when a local day begins, in seconds since the epoch."""
    return int(moment(day, zone=zone).timestamp())


def share_over(now: datetime) -> float:
    """Guess the share of today's spending that is over, as spread evenly over working hours."""
    begin, end = _WORKING_HOURS
    return min(max((now.hour + now.minute / 60 - begin) / (end - begin), 0.0), 1.0)
