"""What a history tells of a balance, by the rules on drains, forecast, prices and renewal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from tray_app.rules.alerts import CLEARLY_ABOVE, Evidence
from tray_app.rules.drains import Drain, Habit, habit_of, sudden_drain
from tray_app.rules.forecast import (
    HORIZON,
    Forecast,
    Range,
    Rhythm,
    TooEarly,
    fit,
    forecast,
    most_spent,
    spending,
    working_days_until,
)
from tray_app.rules.history import Drop, Record, Refill, days_of
from tray_app.rules.local_time import DAY, ONE_DAY, share_over
from tray_app.rules.prices import top_up
from tray_app.rules.renewal import large_gains, learned_day, likely_to_lapse, next_renewal

DAYS_BEFORE_WARNING = 10
"""Days of history that an alert on the end of the balance needs."""

FORECAST_HOLDS = timedelta(days=1)
"""How long a forecast is still said after its figures were read."""

ADVISED_DAYS = 30
"""Days that a top-up is to last when no renewal is known."""

BUSY_DAY_WITHIN = 14
"""One busy day is worth an alert only if the balance may end within so many days."""

TOO_WIDE = 2.25
"""No amount is advised if a spending's high end is more than so many times the likely spending."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned from a history, which takes its time. It holds for a day."""

    rhythm: Rhythm | TooEarly
    habit: Habit | None
    refills: Sequence[Refill]
    renewal_day: int | None
    """The day of the month on which the plan seems to be renewed."""
    days_known: int
    peak: int | None = None
    """The highest balance since the last large gain; ``None`` while less than a day is known."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known beyond the balance itself. Amounts are in credits, dates local."""

    rhythm: Rhythm | TooEarly
    forecast: Forecast | None = None
    working_days: int | None = None
    """Until the balance runs out, likely; ``None`` is unknown."""
    renewal: date | None = None
    lapsing: int = 0
    """Credits that are likely to lapse at the renewal."""
    lasts_until: date | None = None
    """The day that ``missing`` was reckoned for: the renewal, or some weeks ahead."""
    missing: int = 0
    """What has to be bought for the balance to last until then, on the safe side."""
    is_uncertain: bool = False
    """Whether something may be missing by then, but nobody can say how much."""
    is_one_busy_day: bool = False
    """Whether a single day, as busy as this team's can be, takes all that is left."""
    is_nearly_one_busy_day: bool = False
    """Whether the balance, and the days to its end, exceed the limits of that by
    :data:`~tray_app.rules.alerts.CLEARLY_ABOVE` at most. With 800 on the busiest day the balance is
    up to 1,000, and may end within 17 days."""
    drain: Drain | None = None
    warns: bool = False
    """Whether enough is known for an alert on the date."""
    peak: int | None = None
    """The highest balance since the last large gain; ``None`` while less than a day is known."""
    empty_since: int | None = None
    """When the credits were first seen to have ended, in seconds since the epoch; ``None`` if there
    are some, if there were none from the first reading on, or if nobody looked when they ended."""

    def evidence(self, warn_within: int) -> Evidence:
        """Return what alerts are decided by; ``warn_within`` is in working days."""
        return Evidence(
            self.working_days,
            warn_within if self.warns else 0,
            self.drain,
            is_one_busy_day=self.is_one_busy_day,
            is_nearly_one_busy_day=self.is_nearly_one_busy_day,
        )


def learn(records: Sequence[Record], now: datetime, zone: tzinfo | None = None) -> Lesson:
    """Learn from all that was seen. ``now`` is local time, in ``zone`` or that of the system."""
    days = days_of(records, now.date(), zone)
    habit = habit_of(records, int(now.timestamp()))
    came = [refill for day in days for refill in day.refills]
    renewal_day = learned_day(came, now.date(), zone)
    peak = _peak(records, max((at for at, _, _ in large_gains(came)), default=0))
    return Lesson(fit(days, now.date()), habit, came, renewal_day, len(days), peak)


def _peak(records: Sequence[Record], since: int) -> int | None:
    if not records or records[-1].last - records[0].first < DAY:
        return None
    return max(each.credits for each in records if each.last >= since)


def is_too_wide(needed: Range) -> bool:
    """Tell whether nobody can say how much has to be bought for such a spending in whole days."""
    return needed.high > TOO_WIDE * needed.likely


def conclude(
    lesson: Lesson,
    recent: Iterable[Refill | Drop],
    credits: int,
    subscription: int | None,
    now: datetime,
    renewal_day: int | None,
    zone: tzinfo | None = None,
) -> Analysis:
    """Tell what a balance means; ``renewal_day`` is the day of the month that the user has set.

    ``recent`` are the changes of the last :data:`~tray_app.rules.drains.RECENT` seconds.
    """
    today, rhythm, habit = now.date(), lesson.rhythm, lesson.habit
    drain = sudden_drain(recent, habit, int(now.timestamp())) if habit else None
    day = renewal_day or lesson.renewal_day
    renewal = next_renewal(lesson.refills, day, today, zone) if day else None
    peak = None if lesson.peak is None else max(lesson.peak, credits)
    if isinstance(rhythm, TooEarly):
        return Analysis(rhythm, renewal=renewal, drain=drain, peak=peak)
    outcome = forecast(rhythm, credits, now)
    end = outcome.runs_out.likely if outcome.runs_out else None
    days_left = (outcome.runs_out.earliest - today).days if outcome.runs_out else HORIZON
    is_near = bool(end) and days_left <= BUSY_DAY_WITHIN
    busiest, more = most_spent(rhythm, 1), 1 + CLEARLY_ABOVE
    until = renewal or today + timedelta(ADVISED_DAYS)
    over = share_over(now)
    needed = spending(rhythm, today, until, over)
    # Before a renewal that is due today nothing is bought, not even for a balance below 0.
    missing = top_up(credits, needed.high) if needed.high > 0 else 0
    # What is over of today would change the width, and with it the advice, several times a day.
    is_uncertain = missing > 0 and is_too_wide(spending(rhythm, today, until))
    begin = today if over < 1 else today + ONE_DAY
    return Analysis(
        rhythm,
        forecast=outcome,
        working_days=working_days_until(rhythm, begin, end) if end else HORIZON,
        renewal=renewal,
        lapsing=likely_to_lapse(subscription or 0, needed.likely) if renewal else 0,
        lasts_until=until,
        missing=0 if is_uncertain else missing,
        is_uncertain=is_uncertain,
        is_one_busy_day=is_near and credits <= busiest,
        is_nearly_one_busy_day=days_left <= more * BUSY_DAY_WITHIN and credits <= more * busiest,
        drain=drain,
        warns=lesson.days_known >= DAYS_BEFORE_WARNING,
        peak=peak,
    )
