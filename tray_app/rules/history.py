"""What the balance has done: records of it, and what their differences mean.

The one idea: **a fall of a bucket is a dip, which stays open for 15 minutes; a rise pays open dips
back, the latest first.** What is not paid back of a dip was spent. A rise that is more than all
open dips is a refill, and pays none back. For instance, with one bucket:

===== ======= ============================================ ====================
time  credits what the record says                         open dips after it
===== ======= ============================================ ====================
10:00     500
10:05     400 a dip                                        100
10:10     380 another                                      100, 20
10:15     450 a rise of 70: pays back 20, and 50 of 100    50
10:20   5,450 a rise of 5,000, more than 50: a refill      50
===== ======= ============================================ ====================

So 50 credits were spent between 10:00 and 10:05, and 5,000 came at 10:20.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from itertools import pairwise
from operator import attrgetter, sub
from typing import NamedTuple

from tray_app.rules.buckets import BUCKETS
from tray_app.rules.local_time import date_at, midnight

RESERVATION = 15 * 60
"""Seconds within which credits that come back were only reserved.

lemlist is said to reserve credits when a job is submitted and to charge them on its result.
"""


class Record(NamedTuple):
    """Amounts that were seen unchanged from ``first`` to ``last``.

    Times are whole seconds since the epoch (UTC), amounts credits; ``None`` is unknown. A tuple,
    since thousands of records are read at once.
    """

    first: int
    last: int
    credits: int
    subscription: int | None = None
    paid: int | None = None
    gifted: int | None = None
    freemium: int | None = None

    @property
    def amounts(self) -> tuple[int | None, ...]:
        """The total and the buckets, which is all that a later record may change."""
        return self[2:]

    @property
    def buckets(self) -> tuple[int | None, ...]:
        """The buckets, in the order of :data:`BUCKETS`."""
        return self[3:]


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
    """The amounts last known on that day; those of an earlier day when nothing was seen."""
    spent: float
    """Credits; what was spent while nobody looked is shared out over the days in question."""
    refills: tuple[Refill, ...] = ()
    is_seen: bool = True
    """Whether the balance was seen on that day at all."""


def changes(records: Sequence[Record]) -> list[Refill | Drop]:
    """Return what came and what was spent, in time order; a drop before a refill seen with it.

    The records are in time order and do not overlap. Credits that were only reserved, and those
    that move from one bucket to another, are neither.
    """
    found: list[Refill | Drop] = []
    steps = _steps_at_rises(records)
    for index, (before, after) in enumerate(pairwise(records), 1):
        step = steps.get(index) or _Step(index, before, after)
        if lost := step.lost:
            found.append(Drop(before.last, after.first, sum(lost.values()), _known(lost)))
        if step.came:
            found.append(_refill(after, step.came))
    return found


def refills(records: Sequence[Record]) -> list[Refill]:
    """Return what came, as :func:`changes` does, in a third of its time."""
    steps = _steps_at_rises(records)
    return [_refill(records[index], step.came) for index, step in steps.items() if step.came]


def days_of(records: Sequence[Record], today: date, zone: tzinfo | None = None) -> list[Day]:
    """Return each local day from the first that was seen to ``today``, without a gap.

    What was spent while nobody looked is shared out over the weekdays of that time by the second,
    and over a weekend only if there was nothing else: a computer that was off from Friday to
    Monday must not make Monday look like the busiest day of the week.
    """
    if not records:
        return []
    starts = _day_starts(records, zone, today)
    first_date = date_at(records[0].first, zone)
    weekends = [(first_date + timedelta(day)).weekday() >= _SATURDAY for day in range(len(starts))]
    spent = [0.0] * len(starts)
    refills: dict[int, list[Refill]] = {}
    steps = _steps_at_rises(records)
    day = 0
    for index, (before, after) in enumerate(pairwise(records), 1):
        while after.first >= starts[day + 1]:
            day += 1
        step = steps.get(index)
        lost = sum(step.lost.values()) if step else before.credits - after.credits
        if before.last >= starts[day]:
            spent[day] += lost
        elif lost:
            for each, share in _shares(before.last, after.first, starts, weekends):
                spent[each] += lost * share
        if step and step.came:
            refills.setdefault(day, []).append(_refill(after, step.came))
    days = []
    for day in range((today - first_date).days + 1):
        close = records[bisect_left(records, (starts[day + 1],)) - 1]
        is_seen = close.last >= starts[day]
        came = tuple(refills.get(day, ()))
        days.append(Day(first_date + timedelta(day), close, spent[day], came, is_seen))
    return days


def thinned(records: Sequence[Record], before: int, zone: tzinfo | None = None) -> list[Record]:
    """Leave out, of the records that ended before a time, those that :func:`days_of` can miss.

    The closes, the spending and the refills of each day stay what they were, as long as ``zone``
    does. What stays for that: the first and the last record of each local day; each rise that is
    more than a return, from the oldest dip that it could have paid back; and a return, from the
    dip that it has paid back, where something between the two has to stay.

    For instance, on a day that ends before ``before``:

    ===== ======= =============================================
    09:00     500 stays: the first
    09:05     480 goes: the next record that stays tells of both
    09:10     400 goes: a dip, paid back within the day
    09:20     480 goes: its return
    09:25     470 stays: the record before the dip of 09:30
    09:30     460 stays: a dip that the rise could have paid back
    09:41   5,460 stays: a refill
    18:00   5,000 stays: the last
    ===== ======= =============================================
    """
    if not records:
        return []
    stay = set(range(bisect_left(records, before, key=_last), len(records)))
    for start, end in pairwise(_day_starts(records, zone)):
        first = bisect_left(records, start, key=_last)
        last = bisect_left(records, (end,)) - 1
        if first <= last:
            stay.update((first, last))
    returns: list[tuple[int, int]] = []
    for index, step in _steps_at_rises(records).items():
        if step.is_return:
            begin = step.oldest_paid - 1
            while returns and begin < returns[-1][1]:  # those that overlap stay or go together
                begin = min(begin, returns.pop()[0])
            returns.append((begin, index))
        elif step.is_rise:
            stay.update(range(max(_oldest_open(records, index) - 1, 0), index + 1))
    for begin, end in returns:
        # A dip that stayed without all of its return would make the return look like a refill.
        if not stay.isdisjoint(range(begin + 1, end)):
            stay.update(range(begin, end + 1))
    return [records[index] for index in sorted(stay)]


_UNKNOWN = ""  # the bucket of a change of which only the total is known
_SATURDAY = 5

_last = attrgetter("last")


@dataclass(slots=True)
class _Dip:
    """A fall of a bucket."""

    index: int
    """That of the record that shows it."""
    bucket: str
    amount: int
    """Credits that have not come back."""


class _Step:
    """What a record tells beside the one before it; ``index`` is the record's."""

    def __init__(self, index: int, before: Record, after: Record) -> None:
        self._before, self._after = before, after
        by_bucket = _changes_by_bucket(before, after).items()
        self.dips = [_Dip(index, bucket, -change) for bucket, change in by_bucket if change < 0]
        self.risen = {bucket: change for bucket, change in by_bucket if change > 0}
        self.came: dict[str, int] = {}
        """What has risen and is more than came back."""
        self.oldest_paid = index
        """The index of the oldest dip that was paid back."""

    @property
    def lost(self) -> dict[str, int]:
        """Credits by bucket that have not come back."""
        return {dip.bucket: dip.amount for dip in self.dips if dip.amount}

    @property
    def is_rise(self) -> bool:
        """Whether this is more than a plain fall."""
        return not _only_fell(self._before, self._after)

    @property
    def is_return(self) -> bool:
        """Whether all that has risen are credits that came back."""
        is_alike = _is_known(self._before) is _is_known(self._after)
        return is_alike and bool(self.risen) and not self.came

    def pay_back(self, open_dips: Sequence[_Dip]) -> None:
        """Let what has risen pay back open dips, of which the latest come first."""
        for bucket, amount in self.risen.items():
            dips = [dip for dip in open_dips if bucket in (dip.bucket, _UNKNOWN)]
            if amount > sum(dip.amount for dip in dips):
                self.came[bucket] = amount
                continue
            for dip in dips:
                back = min(amount, dip.amount)
                dip.amount -= back
                amount -= back
                if back:
                    self.oldest_paid = min(self.oldest_paid, dip.index)


def _steps_at_rises(records: Sequence[Record]) -> dict[int, _Step]:
    """Return the rises, and the steps before them whose dips they could pay back, in their order.

    By the index of the later record. What else there is are plain falls: all is spent. There are
    thousands of them, so that none is looked at closely here.
    """
    steps: dict[int, _Step] = {}
    for index, (before, after) in enumerate(pairwise(records), 1):
        if _only_fell(before, after):
            continue
        near = range(max(_oldest_open(records, index), 1), index + 1)
        for each in near:
            if each not in steps:
                steps[each] = _Step(each, records[each - 1], records[each])
        open_dips = [dip for each in reversed(near[:-1]) for dip in steps[each].dips]
        steps[index].pay_back(open_dips)
    return steps


def _oldest_open(records: Sequence[Record], index: int) -> int:
    """Return the index of the first record whose dip is still open at a later one."""
    return bisect_left(records, (records[index].first - RESERVATION,))


def _changes_by_bucket(before: Record, after: Record) -> dict[str, int]:
    """Return what each bucket gained or lost; the total's change if they don't explain it."""
    total = after.credits - before.credits
    if total and None not in before and None not in after:
        changes = map(sub, after.buckets, before.buckets)
        by_bucket = {
            bucket: change for bucket, change in zip(BUCKETS, changes, strict=True) if change
        }
        if sum(by_bucket.values()) == total:
            return by_bucket
    return {_UNKNOWN: total} if total else {}


def _only_fell(before: Record, after: Record) -> bool:
    """Tell whether neither the total nor a bucket rose, and as much is known as before."""
    if None not in before and None not in after:
        highest_rise: int = max(map(sub, after.amounts, before.amounts))
        return highest_rise <= 0
    return after.credits <= before.credits and _is_known(before) is _is_known(after)


def _refill(after: Record, came: Mapping[str, int]) -> Refill:
    return Refill(after.first, sum(came.values()), _known(came))


def _known(amounts: Mapping[str, int]) -> dict[str, int]:
    return {bucket: amount for bucket, amount in amounts.items() if bucket}


def _is_known(record: Record) -> bool:
    """Tell whether all buckets are known."""
    return None not in record


def _day_starts(
    records: Sequence[Record], zone: tzinfo | None, today: date = date.min
) -> list[int]:
    """Return when each local day begins, from the first record's to the day after the last.

    The last is the last record's, or ``today`` if that is later.
    """
    first = date_at(records[0].first, zone)
    last = max(date_at(records[-1].last, zone), today)
    days = range((last - first).days + 2)
    return [midnight(first + timedelta(day), zone) for day in days]


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
