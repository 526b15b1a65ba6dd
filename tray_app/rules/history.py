"""What the balance has done: records of it, and what their differences mean."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from operator import attrgetter, sub
from typing import NamedTuple

from tray_app.rules.local_time import moment

RESERVATION = 15 * 60
"""Seconds within which credits that come back were only reserved.

lemlist is said to reserve credits when a job is submitted and to charge them on its result.
"""


class Record(NamedTuple):
    """Amounts that were seen unchanged from ``first`` to ``last``.

    Times are whole seconds since the epoch (UTC), amounts credits; ``None`` is unknown. A tuple
    of numbers, since thousands of them are read at once.
    """

    first: int
    last: int
    credits: int
    subscription: int | None = None
    paid: int | None = None
    gifted: int | None = None
    freemium: int | None = None


@dataclass(frozen=True, slots=True)
class Refill:
    """Credits that came, seen at ``at`` (seconds since the epoch)."""

    at: int
    amount: int
    buckets: Mapping[str, int] = field(default_factory=dict)
    """What each bucket gained, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Credits that were spent between two sightings (seconds since the epoch)."""

    begin: int
    end: int
    amount: int
    """Above 0."""
    buckets: Mapping[str, int] = field(default_factory=dict)
    """What each bucket lost, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of the balance."""

    date: date
    close: Record
    """The amounts last known on that day; those of an earlier one when nothing was seen on it."""
    spent: float
    """Credits; what was spent while nobody looked is shared out over the days in question."""
    refills: tuple[Refill, ...] = ()
    is_seen: bool = True
    """Whether the balance was seen on that day at all."""


def changes(records: Sequence[Record]) -> list[Refill | Drop]:
    """Return what came and what was spent, in time order; a drop before a refill seen with it.

    The records are in time order and do not overlap. Credits that come back into a bucket within
    :data:`RESERVATION` of the sighting of a dip in it, and are no more than that dip, were only
    reserved: they are taken off the dip, and are no refill. More than the dip is a refill, all of
    it. Credits that move from one bucket to another are neither.
    """
    found: list[Refill | Drop] = []
    steps = _odd_steps(records)
    for position, (before, after) in enumerate(pairwise(records), 1):
        lost = steps.lost.get(position)
        if lost is None:
            lost, _ = _difference(before, after)
        spent = sum(lost.values())
        if spent:
            found.append(Drop(before.last, after.first, spent, _known(lost)))
        if position in steps.came:
            found.append(_refill(after, steps.came[position]))
    return found


def refills(records: Sequence[Record]) -> list[Refill]:
    """Return what came, as :func:`changes` does, in a third of its time."""
    came = _odd_steps(records).came
    return [_refill(records[position], amounts) for position, amounts in came.items()]


def days_of(records: Sequence[Record], today: date, zone: tzinfo | None = None) -> list[Day]:
    """Return each local day from the first that was seen to ``today``, without a gap.

    What was spent while nobody looked is shared out over the weekdays of that time by the second,
    and over a weekend only if there was nothing else: a computer that was off from Friday to
    Monday must not make Monday look like the busiest day of the week.
    """
    if not records:
        return []
    starts = _day_starts(records, zone, today)
    first_date = _date(records[0].first, zone)
    weekends = [(first_date + timedelta(day)).weekday() >= _SATURDAY for day in range(len(starts))]
    spent = [0.0] * len(starts)
    refills: dict[int, list[Refill]] = {}
    steps = _odd_steps(records)
    day = 0
    for position, (before, after) in enumerate(pairwise(records), 1):
        while after.first >= starts[day + 1]:
            day += 1
        odd = steps.lost.get(position)
        lost = before.credits - after.credits if odd is None else sum(odd.values())
        if before.last >= starts[day]:
            spent[day] += lost
        elif lost:
            for one, share in _shares(before.last, after.first, starts, weekends):
                spent[one] += lost * share
        if position in steps.came:
            refills.setdefault(day, []).append(_refill(after, steps.came[position]))
    days = []
    for day in range((today - first_date).days + 1):
        close = records[bisect_left(records, (starts[day + 1],)) - 1]
        is_seen = close.last >= starts[day]
        came = tuple(refills.get(day, ()))
        days.append(Day(first_date + timedelta(day), close, spent[day], came, is_seen))
    return days


def thinned(records: Sequence[Record], before: int, zone: tzinfo | None = None) -> list[Record]:
    """Leave out, of the records that ended before a time, those that :func:`days_of` can miss.

    The first and the last of each local day stay, and what leads to a rise of the total or of a
    bucket, unless it was a reservation that came back on the same day. So the closes, the spending
    and the refills of each day stay what they were, as long as ``zone`` does. The single drops of
    a day become one.
    """
    if not records:
        return []
    keep = set(range(bisect_left(records, before, key=_last), len(records)))
    for start, end in pairwise(_day_starts(records, zone)):
        first = bisect_left(records, start, key=_last)
        last = bisect_left(records, (end,)) - 1
        if first <= last:
            keep.update((first, last))
    reserved = []
    for position, dip in _odd_steps(records).dips.items():
        if dip is not None:
            reserved.append((dip, position))
        else:
            # A rise is judged by the dips shortly before it, which must stay as they were.
            oldest = bisect_left(records, (records[position].first - RESERVATION,))
            keep.update(range(max(min(oldest, position) - 1, 0), position + 1))
    for dip, comeback in _joined(reserved):
        # A record that stays inside a dip would make its end look like a refill.
        if not keep.isdisjoint(range(dip, comeback)):
            keep.update(range(dip - 1, comeback + 1))
    return [records[index] for index in sorted(keep)]


_BUCKETS = Record._fields[3:]
_UNKNOWN = ""  # the bucket of a change of which only the total is known
_SATURDAY = 5

_last = attrgetter("last")


class _OddSteps(NamedTuple):
    """Steps from one record to the next that are not just spending, by the later one's index."""

    lost: dict[int, dict[str, int]]
    """Credits by bucket, less what came back later; also of plain steps to which some did."""
    came: dict[int, dict[str, int]]
    """Credits by bucket, without those that only came back."""
    dips: dict[int, int | None]
    """For each odd step the oldest dip that it has ended, if it did no more than that."""


def _odd_steps(records: Sequence[Record]) -> _OddSteps:
    steps = _OddSteps({}, {}, {})
    for position, (before, after) in enumerate(pairwise(records), 1):
        if _only_fell(before, after):
            continue
        steps.lost[position], risen = _difference(before, after)
        came: dict[str, int] = {}
        dip = position
        for bucket, amount in risen.items():
            dips = _dips(steps, records, position, bucket)
            if amount > sum(lost[name] for _, lost, name in dips):
                came[bucket] = amount
                continue
            left = amount
            for dip_position, lost, name in dips:
                if left:
                    back = min(left, lost[name])
                    lost[name] -= back
                    left -= back
                    dip = min(dip, dip_position)
        if came:
            steps.came[position] = came
        is_plain = risen and not came and (_UNKNOWN not in risen or _is_alike(before, after))
        steps.dips[position] = dip if is_plain else None
    return steps


def _dips(
    steps: _OddSteps, records: Sequence[Record], position: int, bucket: str
) -> list[tuple[int, dict[str, int], str]]:
    """Return where a rise of a bucket may have come from, the latest first."""
    since = records[position].first - RESERVATION
    dips = []
    for earlier in range(position - 1, 0, -1):
        if records[earlier].first < since:
            break
        lost = steps.lost.get(earlier)
        if lost is None:
            lost, _ = _difference(records[earlier - 1], records[earlier])
            steps.lost[earlier] = lost
        for name, amount in lost.items():
            if amount and bucket in (name, _UNKNOWN):
                dips.append((earlier, lost, name))
    return dips


def _difference(before: Record, after: Record) -> tuple[dict[str, int], dict[str, int]]:
    """Return what was lost and what came, by bucket if the buckets explain the total's change."""
    change = after.credits - before.credits
    if change and _is_known(before) and _is_known(after):
        differences = tuple(map(sub, after[3:], before[3:]))
        if sum(differences) == change:
            by_bucket = tuple(zip(_BUCKETS, differences, strict=True))
            return (
                {bucket: -difference for bucket, difference in by_bucket if difference < 0},
                {bucket: difference for bucket, difference in by_bucket if difference > 0},
            )
    if change < 0:
        return {_UNKNOWN: -change}, {}
    return {}, {_UNKNOWN: change} if change else {}


def _only_fell(before: Record, after: Record) -> bool:
    """Tell whether neither the total nor a bucket rose, and as much is known as before."""
    if _is_known(before) and _is_known(after):
        highest_rise: int = max(map(sub, after[2:], before[2:]))
        return highest_rise <= 0
    return after.credits <= before.credits and _is_alike(before, after)


def _is_alike(before: Record, after: Record) -> bool:
    """Tell whether the buckets are known of both records or of neither."""
    return _is_known(before) is _is_known(after)


def _refill(after: Record, came: Mapping[str, int]) -> Refill:
    return Refill(after.first, sum(came.values()), _known(came))


def _known(amounts: Mapping[str, int]) -> dict[str, int]:
    return {bucket: amount for bucket, amount in amounts.items() if bucket and amount}


def _is_known(record: Record) -> bool:
    """Tell whether all buckets are known."""
    return None not in record


def _date(seconds: int, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(seconds, zone).date()


def _day_starts(
    records: Sequence[Record], zone: tzinfo | None, today: date = date.min
) -> list[int]:
    """Return when each local day begins, from the first record's to the one after the last.

    That is the last record's, or ``today`` if that is later.
    """
    first = _date(records[0].first, zone)
    last = max(_date(records[-1].last, zone), today)
    days = (first + timedelta(day) for day in range((last - first).days + 2))
    return [int(moment(day, zone=zone).timestamp()) for day in days]


def _shares(
    begin: int, end: int, starts: Sequence[int], weekends: Sequence[bool]
) -> list[tuple[int, float]]:
    """Return the share that each day has in a time nobody looked at; they add up to 1."""
    first = bisect_right(starts, begin) - 1
    last = bisect_right(starts, end) - 1
    parts = [
        (day, min(end, starts[day + 1]) - max(begin, starts[day])) for day in range(first, last + 1)
    ]
    weekdays = [(day, seconds) for day, seconds in parts if not weekends[day]]
    whole = sum(seconds for _, seconds in weekdays)
    if not whole:
        weekdays, whole = parts, end - begin
    return [(day, seconds / whole) for day, seconds in weekdays]


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the spans that touch or overlap."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
