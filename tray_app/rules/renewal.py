"""When the plan's credits are renewed, and what lapses then. Why: ``docs/forecast.md``."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from tray_app.rules.history import Refill

_SEEN_WITHIN = timedelta(days=3)
"""After the renewal: a computer may be off over a long weekend."""
_MONTHS = 3
"""That are looked back on; a renewal that was in none of them is over."""
_DAYS_OF_MONTH = range(1, 32)


def learned_day(refills: Iterable[Refill], today: date, zone: tzinfo | None = None) -> int | None:
    """Return the day of the month on which the subscription's credits seem to come.

    It takes two months with a refill on the same day; until then ``None``. A day that explains the
    latest month wins over one that does not, as the day may have changed.
    """
    jumps = _jumps(refills, zone)
    best: tuple[bool, int, int] | None = None
    found = None
    for day in _DAYS_OF_MONTH:
        amounts = lateness = months = 0
        is_recent = False
        for back, due in enumerate(_last_dues(day, today)):
            seen = [(jump, came) for jump, came in jumps if due <= jump <= due + _SEEN_WITHIN]
            if seen:
                jump, came = max(seen, key=lambda one: one[1])
                months += 1
                amounts += came
                lateness += (jump - due).days
                is_recent |= back == 0
        score = is_recent, amounts, -lateness
        if months > 1 and (best is None or score > best):
            best, found = score, day
    return found


def next_renewal(
    refills: Iterable[Refill], day: int, today: date, zone: tzinfo | None = None
) -> date:
    """Return the local day on which the subscription's credits are likely to be renewed next.

    ``day`` is the day of the month, 1 to 31; a month that is shorter has it on its last day. It
    is today as long as today's refill has not been seen.
    """
    due = _due(today, day)
    is_seen = any(due - timedelta(1) <= jump <= today for jump, _ in _jumps(refills, zone))
    return _due(_next_month(today), day) if due < today or is_seen else due


def likely_to_lapse(subscription: int, spending: float) -> int:
    """Return the credits of the subscription that are likely to be left at its renewal.

    They do not roll over, while bought ones do
    (https://help.lemlist.com/en/articles/8944295). That they are spent first is an assumption, as
    the order of spending is documented nowhere. ``spending`` is what is likely to be spent until
    then, in credits.
    """
    return max(0, int(subscription - spending))


def _jumps(refills: Iterable[Refill], zone: tzinfo | None) -> list[tuple[date, int]]:
    """Return when the subscription's credits rose, and by how many."""
    return [
        (datetime.fromtimestamp(refill.at, zone).date(), refill.buckets["subscription"])
        for refill in refills
        if refill.buckets.get("subscription", 0) > 0
    ]


def _last_dues(day: int, today: date) -> list[date]:
    """Return when the last renewals were due, the latest first, which should have been seen."""
    dues: list[date] = []
    month = today
    while len(dues) < _MONTHS:
        due = _due(month, day)
        if due + _SEEN_WITHIN <= today:
            dues.append(due)
        month = month.replace(day=1) - timedelta(1)
    return dues


def _due(month: date, day: int) -> date:
    last = _next_month(month).replace(day=1) - timedelta(1)
    return last.replace(day=min(day, last.day))


def _next_month(month: date) -> date:
    return month.replace(day=28) + timedelta(4)
