"""Local times of day as moments: the one place where a zone's rules are asked for them."""

from datetime import UTC, date, datetime, time, tzinfo

MIDNIGHT = time()


def moment(day: date, clock: time = MIDNIGHT, zone: tzinfo | None = None) -> datetime:
    """Return when clocks show a time on a day, in UTC. Without a zone that of the system counts.

    A day has 23 to 25 hours where clocks change, and its midnight may be missing; so the zone is
    asked for each moment anew, and no hours are added up. Of two moments at which clocks show the
    same it is the first. A time that is left out is as long after midnight as it would have been,
    so a day without a midnight begins when the clocks are put forward.
    """
    # Not astimezone(), which the system's zone moves back by what is left out.
    return datetime.fromtimestamp(datetime.combine(day, clock, zone).timestamp(), UTC)
