"""What the demo's teams have done before the demo begins: sixty days of work, invented.

A team works five days a week. The first one spends about 1,380 credits on each. Its plan is renewed
once a month, it has bought 4,000 more, and it lost 2,000 within ten minutes on one afternoon. At
the end it has the balance that the demo begins with. Other teams do the same on another scale,
without the loss.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from random import Random
from typing import NamedTuple

from tray_app.rules.history import Record
from tray_app.rules.local_time import ONE_DAY
from tray_app.sandbox.stories import FULL, Buckets

DAYS = 60
RENEWED = 22
BOUGHT = 40
DRAINED = 9
"""Days ago; the drain is on the Friday before if the day is of a weekend."""

SPENT_A_DAY = 1_380
"""Credits that the demo's first team spends on a working day, on average."""

_BOUGHT_AMOUNT = 4_000
_LEFT_AT_RENEWAL = 1_500
_DRAIN = (14 * 60 + 37, 14 * 60 + 42)  # minutes of the day
_DRAIN_STEP = 1_000
_DRAINED_SLOT = 14 * 60 + 20
"""Nothing else is spent then on that day, so that what is seen is the drain alone."""
_SPENT_A_DAY = (1_080, 1_240, 1_380, 1_520, 1_680)
_MINUTES = tuple(hour * 60 + 20 for hour in (9, 10, 11, 13, 14, 15, 16, 17))
_SATURDAY = 5


class _Step(NamedTuple):
    """A change of the balance: credits of the plan that are spent, and paid ones that come."""

    at: int
    """Seconds since the epoch: on the wall clock, hours come twice or not at all."""
    spent: int = 0
    bought: int = 0
    is_renewal: bool = False


def past_of_demo(now: datetime, zone: tzinfo | None = None) -> list[Record]:
    """Return the records of the first team's sixty days before ``now``, in time order."""
    return _records(sorted(_steps(now.astimezone(zone).date(), zone)), now, FULL, 1)


def past_of_team(
    now: datetime,
    left: Buckets,
    spent_a_day: float,
    idle: int = 0,
    zone: tzinfo | None = None,
) -> list[Record]:
    """Return the records of a team that has so much left at ``now``, in time order.

    It has spent nothing for the last ``idle`` days. A team that never spent has no past.
    """
    scale, today = spent_a_day / SPENT_A_DAY, now.astimezone(zone).date()
    last = _moment(today - timedelta(idle - 1), 0, zone)
    bought = min(round(_BOUGHT_AMOUNT * scale), left.paid)
    steps = [
        step._replace(spent=round(step.spent * scale), bought=min(step.bought, bought))
        for step in _steps(today, zone, with_drain=False)
        if step.at < last
    ]
    return _records(sorted(steps) if scale else [], now, left, scale)


def _records(steps: list[_Step], now: datetime, left: Buckets, scale: float) -> list[Record]:
    # Backwards, as the balance at the end is given.
    until = int(now.timestamp())
    if not steps:
        return [Record(until, until, left.total, *left)]
    records = []
    for step in reversed([step for step in steps if step.at < until]):
        records.append(Record(step.at, max(step.at, until), left.total, *left))
        at_renewal = round(_LEFT_AT_RENEWAL * scale)
        before = at_renewal if step.is_renewal else left.subscription + step.spent
        left = left._replace(subscription=before, paid=left.paid - step.bought)
        until = step.at - 300  # the poll before saw no change yet
    first = int((now - timedelta(days=DAYS)).timestamp())
    records.append(Record(min(first, until), until, left.total, *left))
    return records[::-1]


def _steps(today: date, zone: tzinfo | None, *, with_drain: bool = True) -> Iterator[_Step]:
    chance = Random(7)  # noqa: S311  (no secret)
    drained = today - timedelta(DRAINED)
    while drained.weekday() >= _SATURDAY:
        drained -= ONE_DAY
    renewed = today - timedelta(RENEWED)
    for day in (today - timedelta(ago) for ago in range(DAYS - 1, -1, -1)):
        if day == renewed or day == _month_before(renewed):
            yield _Step(_moment(day, 125, zone), is_renewal=True)
        if day == today - timedelta(BOUGHT):
            yield _Step(_moment(day, 605, zone), bought=_BOUGHT_AMOUNT)
        if day == drained and with_drain:
            for minute in _DRAIN:
                yield _Step(_moment(day, minute, zone), _DRAIN_STEP)
        if day.weekday() < _SATURDAY:
            whole = chance.choice(_SPENT_A_DAY)
            for minute in _MINUTES:
                spent = whole // len(_MINUTES) // 5 * 5 + 5 * chance.randint(-12, 12)
                late = chance.randint(0, 30)
                if (day, minute) != (drained, _DRAINED_SLOT):
                    yield _Step(_moment(day, minute + late, zone), spent)


def _moment(day: date, minute: int, zone: tzinfo | None) -> int:
    return int(datetime.combine(day, time(*divmod(minute, 60)), zone).timestamp())


def _month_before(day: date) -> date:
    last = day.replace(day=1) - ONE_DAY
    return last.replace(day=min(day.day, last.day))
