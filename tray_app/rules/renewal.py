"""When the plan's credits are renewed, and what lapses then. Why: ``docs/forecast.md``."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta, tzinfo
from operator import itemgetter

from tray_app.rules.history import Refill
from tray_app.rules.local_time import ONE_DAY, date_at

_SEEN_WITHIN = timedelta(days=3)
"""How long after its due day a renewal may be seen: computers are off over long weekends."""
_MONTHS = 3
"""Months to look back on; a renewal that was seen in none of them is over."""
_MONTHS_NEEDED = 2
_DAYS_OF_MONTH = range(1, 32)


def learned_day(refills: Iterable[Refill], today: date, zone: tzinfo | None = None) -> int | None:
    """Return the day of the month on which the subscription's credits seem to come.

    ``None`` until two of the last three months had a refill on the same day, or up to three days
    later. Of several such days one with a refill in the latest month wins, as the day may have
    changed; then the day with the most credits; then the day with the shortest delays. With these
    refills it is the 12th:

    ============ ====== ===========================================
    1 August     10,000 no other month has a refill near the 1st
    12 September  5,000 0 days late for the 12th, 1 for the 11th
    13 October    5,000 1 day late for the 12th, 2 for the 11th
    ============ ====== ===========================================
    """
    jumps = _jumps(refills, zone)
    scores = {day: _score(jumps, _last_dues(day, today)) for day in _DAYS_OF_MONTH}
    best = max(_DAYS_OF_MONTH, key=lambda day: scores[day])
    return best if scores[best] else None


def next_renewal(
    refills: Iterable[Refill], day: int, today: date, zone: tzinfo | None = None
) -> date:
    """Return the local day of the next renewal: today, until today's refill was seen.

    ``day`` is the day of the month, 1 to 31; a month that is shorter has it on its last day.
    """
    due = _due(today, day)
    is_seen = any(due - ONE_DAY <= jump <= today for jump, _ in _jumps(refills, zone))
    return _due(_next_month(today), day) if due < today or is_seen else due


def likely_to_lapse(subscription: int, spending: float) -> int:
    """Return the subscription's credits that a likely spending leaves at its renewal.

    They do not roll over, while bought credits do (https://help.lemlist.com/en/articles/8944295).
    That they are spent first is an assumption: no document tells the order.
    """
    return max(0, int(subscription - spending))


def _jumps(refills: Iterable[Refill], zone: tzinfo | None) -> list[tuple[date, int]]:
    """Return when the subscription's credits rose, and by how many."""
    return [
        (date_at(refill.at, zone), refill.buckets["subscription"])
        for refill in refills
        if refill.buckets.get("subscription", 0) > 0
    ]


def _score(jumps: Sequence[tuple[date, int]], dues: Sequence[date]) -> tuple[int, ...]:
    """Score a day of the month by the jumps soon after it; an empty score is no renewal."""
    seen = []
    for due in dues:
        near = [(came, jump - due) for jump, came in jumps if due <= jump <= due + _SEEN_WITHIN]
        if near:
            seen.append((due, *max(near, key=itemgetter(0))))
    if len(seen) < _MONTHS_NEEDED:
        return ()
    lateness = sum(late.days for _, _, late in seen)
    return seen[0][0] == dues[0], sum(came for _, came, _ in seen), -lateness


def _last_dues(day: int, today: date) -> list[date]:
    """Return when the last renewals were due that should have been seen, the latest first."""
    dues: list[date] = []
    month = today
    while len(dues) < _MONTHS:
        due = _due(month, day)
        if due + _SEEN_WITHIN <= today:
            dues.append(due)
        month = month.replace(day=1) - ONE_DAY
    return dues


def _due(month: date, day: int) -> date:
    last = _next_month(month).replace(day=1) - ONE_DAY
    return last.replace(day=min(day, last.day))


def _next_month(month: date) -> date:
    return month.replace(day=28) + timedelta(4)
