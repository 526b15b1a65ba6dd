"""What the balance has done: records of it, and what their differences mean.

A fall of a bucket is a **dip**, which is open for 15 minutes. A rise that is no more than the open
dips pays them back, the latest first. A larger rise is a refill, and pays nothing back. The
part of a dip that is never paid back was spent. For instance, with one bucket:

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

With several buckets a rise pays back dips of its own bucket. A larger one is still no refill if the
total falls within 15 minutes: then its credits have moved, and it pays back the dips that were
seen with it. So where 5,000 credits of one bucket become 4,990 of another, 10 were spent.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from itertools import pairwise
from operator import attrgetter, le, sub
from typing import NamedTuple, overload

from tray_app.rules.local_time import date_at, midnight

RESERVATION = 15 * 60
"""Seconds within which credits that come back were only reserved.

lemlist is said to reserve credits when a job is submitted and to charge them on its result.
"""


class Record(NamedTuple):
    """Credits that were seen unchanged from ``first`` to ``last``; ``None`` is unknown.

    Times are whole seconds since the epoch. A tuple, since thousands of records are read at once.
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
        """The total and the buckets."""
        return self[2:]

    @property
    def buckets(self) -> tuple[int | None, ...]:
        """The buckets, in the order of :data:`BUCKETS`."""
        return self[3:]


class Records(Sequence[Record]):
    """Records in time order, as they are read by the thousand.

    Each takes 56 bytes here and 300 as a tuple with its numbers, and the room for all is given
    back to the system, which that of many small objects is not.
    """

    def __init__(self, rows: Iterable[Sequence[int | None]] = ()) -> None:
        self._numbers = array("q")
        for row in rows:
            self._numbers.extend(map(_number, row))

    def __len__(self) -> int:
        return len(self._numbers) // _WIDTH

    def __iter__(self) -> Iterator[Record]:
        return map(self._record, range(0, len(self._numbers), _WIDTH))

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> "Records": ...

    def __getitem__(self, index: int | slice) -> "Record | Records":
        """Return a record, or those of a slice without a step."""
        if isinstance(index, slice):
            start, stop, _ = index.indices(len(self))
            part = Records()
            part._numbers = self._numbers[start * _WIDTH : stop * _WIDTH]
            return part
        return self._record(range(0, len(self._numbers), _WIDTH)[index])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _record(self, at: int) -> Record:
        numbers = self._numbers[at : at + _WIDTH]
        if _NONE not in numbers:
            return Record._make(numbers)
        return Record._make(None if one == _NONE else one for one in numbers)


_WIDTH = len(Record._fields)
_NONE = -(2**63)
"""What stands for ``None``; no amount is as small (``lemlist/balance.py``)."""


def _number(amount: int | None) -> int:
    return _NONE if amount is None else amount


BUCKETS = Record._fields[3:]
"""The kinds of credits that lemlist tells apart."""


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
    """Return what :func:`each_change` yields."""
    return list(each_change(records))


def each_change(records: Sequence[Record]) -> Iterator[Refill | Drop]:
    """Yield what came and what was spent, in time order; a drop before a refill seen with it.

    The records are in time order and do not overlap. Credits that were only reserved, and those
    that move from one bucket to another, are neither. Of a year's changes one at a time is in
    memory, which would keep the room that all of them take.
    """
    steps = _steps_at_rises(records)
    for index, (before, after) in enumerate(pairwise(records), 1):
        step = steps.get(index)
        if lost := step.lost if step else _fallen(before, after):
            yield Drop(before.last, after.first, *_summed(lost))
        if step and step.came:
            yield Refill(after.first, *_summed(step.came))


def days_of(records: Sequence[Record], today: date, zone: tzinfo | None = None) -> list[Day]:
    """Return each local day from the first that was seen to ``today``, without a gap.

    What was spent while nobody looked is shared out over the weekdays of that time, in proportion
    to their seconds, and over a weekend only if there was nothing else: a computer that was off
    from Friday to Monday must not make Monday look like the busiest day of the week.
    """
    if not records:
        return []
    dates = _dates(records, zone, today)
    starts = [midnight(each, zone) for each in dates]
    spent = [0.0] * len(dates)
    refills: dict[int, list[Refill]] = defaultdict(list)
    for change in each_change(records):
        if isinstance(change, Refill):
            refills[bisect_right(starts, change.at) - 1].append(change)
            continue
        for day, share in _shares(change.begin, change.end, dates, starts):
            spent[day] += change.amount * share
    days = []
    for day, local_date in enumerate(each for each in dates if each <= today):
        close = records[bisect_left(records, (starts[day + 1],)) - 1]
        is_seen = close.last >= starts[day]
        days.append(Day(local_date, close, spent[day], tuple(refills[day]), is_seen))
    return days


def thinned(records: Sequence[Record], until: int, zone: tzinfo | None = None) -> list[Record]:
    """Leave out the records that ended before ``until`` and that :func:`days_of` can miss.

    As long as ``zone`` stays the same, so do the closes, the spending and the refills of each day;
    but where a total is not the sum of its buckets, a return can become a refill, and as much more
    be spent. On a day that ends before ``until``:

    ===== ======= =======================================================
    09:00     500 stays: the first of the day
    09:05     480 goes: 09:25 tells of its spending too
    09:10     400 goes: a dip that 09:20 pays back
    09:20     480 goes, with its dip: it only paid back, and no record between has to stay
    09:25     470 stays: the record before the dip of 09:30
    09:30     460 stays: a dip that is open at 09:41
    09:41   5,460 stays: a refill
    18:00   5,000 stays: the last of the day
    ===== ======= =======================================================
    """
    if not records:
        return []
    stay = set(range(bisect_left(records, until, key=_last), len(records)))
    for start, end in pairwise(midnight(day, zone) for day in _dates(records, zone)):
        first = bisect_left(records, start, key=_last)
        last = bisect_left(records, (end,)) - 1
        if first <= last:
            stay.update((first, last))
    returns: list[tuple[int, int]] = []
    for index, step in _steps_at_rises(records).items():
        if step.is_return:
            begin = step.oldest_paid - 1
            while returns and begin < returns[-1][1]:  # returns that overlap stay or go together
                begin = min(begin, returns.pop()[0])
            returns.append((begin, index))
        elif not _only_fell(records[index - 1], records[index]):
            # A refill, a move, or a record of which less is known, stays with all that could be
            # paid back.
            stay.update(range(max(_first_within_reservation(records, index) - 1, 0), index + 1))
    for begin, end in returns:
        # Without the whole of its dip a return would look like a refill.
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
    """The index of the record that shows the fall."""
    bucket: str
    amount: int
    """Credits that have not come back."""


class _Step:
    """The differences, by bucket, between the record at ``index`` and the record before."""

    def __init__(self, index: int, before: Record, after: Record) -> None:
        self.dips = [_Dip(index, *fall) for fall in _fallen(before, after).items()]
        self.came: dict[str, int] = {}
        """The rises that are refills."""
        self.oldest_paid = index
        """The index of the oldest dip that was paid back."""
        self._risen = _fallen(after, before)
        # In a longer time it is likelier that something was spent and something else bought.
        self._is_quick_fall = (
            after.credits < before.credits and after.first - before.last <= RESERVATION
        )
        self._has_moved = False
        self._knows_the_same = (None in before) is (None in after)

    @property
    def lost(self) -> dict[str, int]:
        """The credits of the dips that have not come back, by bucket."""
        return {dip.bucket: dip.amount for dip in self.dips if dip.amount}

    @property
    def is_return(self) -> bool:
        """Whether there are rises, and all have only paid back earlier dips."""
        return self._knows_the_same and bool(self._risen) and not self.came and not self._has_moved

    def pay_back(self, open_dips: Sequence[_Dip]) -> None:
        """Pay back open dips, of which the latest come first, with the rises; or move credits."""
        for bucket, amount in self._risen.items():
            # A rise of which only the total is known may be of any bucket.
            dips = [dip for dip in open_dips if bucket in (dip.bucket, _UNKNOWN)]
            if amount > sum(dip.amount for dip in dips):
                if not self._is_quick_fall:
                    self.came[bucket] = amount
                    continue
                dips, self._has_moved = self.dips, True
            for dip in dips:
                back = min(amount, dip.amount)
                dip.amount -= back
                amount -= back
                if back:
                    self.oldest_paid = min(self.oldest_paid, dip.index)


def _steps_at_rises(records: Sequence[Record]) -> dict[int, _Step]:
    """Return the steps with a rise, and those whose dips are open at a rise, by their index.

    All other steps are plain falls, thousands of them, whose credits were spent.
    """
    steps: dict[int, _Step] = {}
    for index, (before, after) in enumerate(pairwise(records), 1):
        if _only_fell(before, after):
            continue
        near = range(max(_first_within_reservation(records, index), 1), index + 1)
        for each in near:
            if each not in steps:
                steps[each] = _Step(each, records[each - 1], records[each])
        open_dips = [dip for each in reversed(near[:-1]) for dip in steps[each].dips]
        steps[index].pay_back(open_dips)
    return steps


def changes_since(records: Sequence[Record], begin: int) -> list[Refill | Drop]:
    """Return the changes that were seen after ``begin`` (seconds since the epoch).

    What came back then may pay back a dip from before. So ``records`` reach back to the record
    before the :data:`RESERVATION` that ends with ``begin``, as far as they are known.
    """
    first = max(bisect_left(records, (begin - RESERVATION,)) - 1, 0)
    return [one for one in each_change(records[first:]) if _seen_at(one) > begin]


def _seen_at(change: Refill | Drop) -> int:
    return change.at if isinstance(change, Refill) else change.end


def _first_within_reservation(records: Sequence[Record], index: int) -> int:
    """Return the index of the first record whose dip can be paid back at ``index``."""
    return bisect_left(records, (records[index].first - RESERVATION,))


def _fallen(before: Record, after: Record) -> dict[str, int]:
    """Return what each bucket lost, or the total if the buckets don't explain its change."""
    total = before.credits - after.credits
    if total and None not in before and None not in after:
        falls = list(map(sub, before.buckets, after.buckets))
        if sum(falls) == total:
            return {bucket: fall for bucket, fall in zip(BUCKETS, falls, strict=True) if fall > 0}
    return {_UNKNOWN: total} if total > 0 else {}


def _only_fell(before: Record, after: Record) -> bool:
    """Tell whether neither the total nor a bucket rose, and as much is known as before."""
    if None in before or None in after:
        return after.credits <= before.credits and (None in before) is (None in after)
    # map() and not a generator: learning takes most of its time here.
    return all(map(le, after.amounts, before.amounts))  # type: ignore[arg-type]  # no None here


def _summed(by_bucket: Mapping[str, int]) -> tuple[int, dict[str, int]]:
    """Return the total of what the buckets gained or lost, and what is known of each."""
    known = {bucket: amount for bucket, amount in by_bucket.items() if bucket != _UNKNOWN}
    return sum(by_bucket.values()), known


def _dates(records: Sequence[Record], zone: tzinfo | None, today: date = date.min) -> list[date]:
    """Return the local days from the first record's to the one after the last record or today."""
    first = date_at(records[0].first, zone)
    last = max(date_at(records[-1].last, zone), today)
    return [first + timedelta(days) for days in range((last - first).days + 2)]


def _shares(
    begin: int, end: int, dates: Sequence[date], starts: Sequence[int]
) -> list[tuple[int, float]]:
    """Return each day's share of a time in which nobody looked; the shares add up to 1."""
    first, last = bisect_right(starts, begin) - 1, bisect_right(starts, end) - 1
    if first == last:
        return [(first, 1.0)]
    parts = [
        (day, min(end, starts[day + 1]) - max(begin, starts[day])) for day in range(first, last + 1)
    ]
    weekdays = [(day, part) for day, part in parts if part and dates[day].weekday() < _SATURDAY]
    parts = weekdays or parts
    whole = sum(seconds for _, seconds in parts)
    return [(day, seconds / whole) for day, seconds in parts]
