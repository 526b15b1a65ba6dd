"""When the plan's credits are renewed, and what lapses then. Why: ``docs/forecast.md``."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta, tzinfo
from operator import itemgetter

from tray_app.rules.history import Refill
from tray_app.rules.local_time import DAY, ONE_DAY, date_at
from tray_app.rules.prices import DEAREST_RESULT

_SEEN_WITHIN = timedelta(days=3)
"""How long after its due day a renewal may be seen: computers are off over long weekends."""
_MONTHS = 3
"""Months to look back on; a renewal that was seen in none of them is over."""
_MONTHS_NEEDED = 2
_DAYS_OF_MONTH = range(1, 32)
_SMALL = 0.1
"""Share of a bucket's largest gain of late, below which a gain is likely to be given back.

A renewal may gain little as well: a plan that is reset gains what was spent of it in the month.
"""
_OF_LATE = 100 * DAY
"""Seconds before a gain that it is compared with: a little more than is looked back on."""


def large_gains(refills: Iterable[Refill]) -> list[tuple[int, str, int]]:
    """Return when a bucket gained (seconds since the epoch), which, and how many credits.

    Credits that seem to be given back are left out: a charge that is undone late looks like a
    refill. The bucket is an empty string where only the total is known.
    """
    gains = sorted(
        (refill.at, bucket, amount)
        for refill in refills
        for bucket, amount in (refill.buckets or {"": refill.amount}).items()
    )
    large = []
    larger: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, bucket, amount in gains:
        # What is left is in falling order: what came earlier and was smaller is never asked for.
        larger[bucket] = [
            each for each in larger[bucket] if each[0] >= at - _OF_LATE and each[1] > amount
        ]
        larger[bucket].append((at, amount))
        # A gain of no more may be a single result that was charged and given back.
        if amount > DEAREST_RESULT and amount >= _SMALL * larger[bucket][0][1]:
            large.append((at, bucket, amount))
    return large


def learned_day(refills: Iterable[Refill], today: date, zone: tzinfo | None = None) -> int | None:
    """Return the day of the month on which the subscription's credits seem to come.

    ``None`` until two of the last three months had a large refill on the same day, or up to three
    days later. Of several such days one with a refill in the latest month wins, as the day may have
    changed; then the day with the most credits; then the day with the shortest delays. With these
    refills it is the 12th:

    ============ ====== ===========================================
    1 August     10,000 no other month has a refill near the 1st
    12 September  5,000 0 days late for the 12th, 1 for the 11th
    13 October    5,000 1 day late for the 12th, 2 for the 11th
    ============ ====== ===========================================
    """
    jumps = _jumps(refills, zone)
    scores = {day: _score(jumps, day, today) for day in _DAYS_OF_MONTH}
    best = max(_DAYS_OF_MONTH, key=lambda day: scores[day])
    return best if scores[best] else None


def next_renewal(
    refills: Iterable[Refill], day: int, today: date, zone: tzinfo | None = None
) -> date:
    """Return the local day of the next renewal: today, until today's refill was seen.

    A refill that was seen on the day before counts as well, because of time zones. It may be small:
    where a renewal is due, a gain of what little was spent in the month is likelier than one that
    is given back.

    ``day`` is the day of the month, 1 to 31; a month that is shorter has it on its last day.
    """
    due = _due(today, day)
    if due < today:
        due = _due(_next_month(today), day)
    is_seen = any(
        refill.buckets.get("subscription", 0) > DEAREST_RESULT
        and due - ONE_DAY <= date_at(refill.at, zone) <= today
        for refill in refills
    )
    return _due(_next_month(due), day) if is_seen else due


def likely_to_lapse(subscription: int, spending: float) -> int:
    """Return the subscription's credits that a likely spending leaves at its renewal.

    They do not roll over, while bought credits do (https://help.lemlist.com/en/articles/8944295).
    That they are spent first is an assumption: no document tells the order.
    """
    return max(0, int(subscription - spending))


def _jumps(refills: Iterable[Refill], zone: tzinfo | None) -> list[tuple[date, int]]:
    """Return when the subscription's credits rose as at a renewal, and by how many."""
    return [
        (date_at(at, zone), amount)
        for at, bucket, amount in large_gains(refills)
        if bucket == "subscription"
    ]


def _score(jumps: Sequence[tuple[date, int]], day: int, today: date) -> tuple[int, ...]:
    """Score a day of the month by the jumps soon after it; an empty score is no renewal."""
    renewals = _last_renewals(jumps, day, today)
    seen = [each for each in renewals if each]
    if len(seen) < _MONTHS_NEEDED:
        return ()
    return renewals[0] is not None, sum(came for came, _ in seen), -sum(late for _, late in seen)


def _last_renewals(
    jumps: Sequence[tuple[date, int]], day: int, today: date
) -> list[tuple[int, int] | None]:
    """Return the credits that came and the days that they were late, the latest renewal first.

    ``None`` is a renewal that was not seen.
    """
    found: list[tuple[int, int] | None] = []
    month = today
    while len(found) < _MONTHS:
        due = _due(month, day)
        near = [
            (came, (jump - due).days) for jump, came in jumps if due <= jump <= due + _SEEN_WITHIN
        ]
        # A renewal counts as soon as it is seen, though its three days are not over. Else, after
        # 5,000 on 12 March and on 12 April, 10,000 on 12 May would count for the 9th, but not yet
        # for the 12th, and on that day the 9th would win.
        if near or due + _SEEN_WITHIN <= today:
            found.append(max(near, key=itemgetter(0), default=None))
        month = month.replace(day=1) - ONE_DAY
    return found


def _due(month: date, day: int) -> date:
    last = _next_month(month).replace(day=1) - ONE_DAY
    return last.replace(day=min(day, last.day))


def _next_month(month: date) -> date:
    return month.replace(day=28) + timedelta(4)
