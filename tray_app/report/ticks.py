"""The places on a chart's axes that are labelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from tray_app.rules.local_time import midnight
from tray_app.words import history_words
from tray_app.words.formats import Formats, day_words

MOST_DAYS_BY_DAY = 120
"""Of more days than that the spending is shown by week, and the months are labelled."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in its own unit, and its label."""

    value: int
    label: str


def time_ticks(days: Sequence[date], formats: Formats, zone: tzinfo | None) -> tuple[Tick, ...]:
    """Mark each day of a week, the Mondays of a month or a quarter, the months of a year."""
    if len(days) > MOST_DAYS_BY_DAY:
        named = [(day, formats.month(day)) for day in days if day.day == 1]
    elif len(days) > 10:
        named = [(day, formats.day(day)) for day in days if day.weekday() == 0]
    else:
        named = [(day, day_words(day, formats)) for day in days]
    return tuple(Tick(midnight(day, zone), label) for day, label in named)


def amount_ticks(highest: int, steps: int, formats: Formats) -> tuple[Tick, ...]:
    """Return round amounts from 0 to the first one that is not below ``highest``."""
    least = max(1, -(-highest // steps))
    power = 10 ** (len(str(least)) - 1)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    last = -(-max(highest, 1) // step) * step
    return tuple(
        Tick(amount, history_words.axis_amount(amount, step, formats))
        for amount in range(0, last + 1, step)
    )
