"""Numbers, days and times as the user writes them."""

import locale
from contextlib import suppress
from datetime import date, datetime
from typing import Protocol

from tray_app.i18n import tr

HIDDEN = "••••"
"""What stands in the place of each amount while figures are hidden; its length tells nothing."""

ELEVEN_MONTHS = 334
"""Days; the shortest that 11 months can be."""


class Formats(Protocol):
    """How the user's locale writes things. The desktop has its own, from Qt."""

    hidden_until: datetime | None = None
    """Until when amounts are hidden from others who look at the screen; ``None`` shows them."""

    def number(self, number: int) -> str:
        """Write a whole number with its thousands separated, or :data:`HIDDEN` while it is."""

    def time(self, moment: datetime) -> str:
        """Write the local time of day, short."""

    def day_and_time(self, moment: datetime) -> str:
        """Write the local date and time of day, short."""

    def day(self, day: date) -> str:
        """Write a day without its year, short."""

    def day_and_year(self, day: date) -> str:
        """Write a day with its year, short."""

    def weekday(self, day: date) -> str:
        """Name a day's weekday, short."""

    def weekday_name(self, day: date) -> str:
        """Name a day's weekday in full."""

    def month(self, day: date) -> str:
        """Name a day's month, short."""


def short_day(day: date, formats: Formats, today: date) -> str:
    """Write a day, with its year if it is more than 11 months from today."""
    if abs((day - today).days) > ELEVEN_MONTHS:
        return formats.day_and_year(day)
    return formats.day(day)


def day_words(day: date, formats: Formats, today: date | None = None) -> str:
    """Write a day with its weekday, and as :func:`short_day` does where today is given."""
    return tr(
        "{weekday}, {day}", weekday=formats.weekday(day), day=short_day(day, formats, today or day)
    )


def days_words(begin: date, end: date, formats: Formats, today: date) -> str:
    """Write two days and those between: "Dec 8–14", "Nov 28 to Dec 3"."""
    first, last = short_day(begin, formats, today), short_day(end, formats, today)
    before, number, after = last.partition(str(end.day))
    if begin < end and first == f"{before}{begin.day}{after}":  # of one month
        return tr("{begin}–{end}", begin=f"{before}{begin.day}", end=f"{number}{after}")
    return first if first == last else tr("{begin} to {end}", begin=first, end=last)


def short_moment(moment: datetime, formats: Formats, now: datetime) -> str:
    """Write a time of day, with its day if that is not today."""
    if moment.astimezone().date() == now.astimezone().date():
        return formats.time(moment)
    return formats.day_and_time(moment)


class TerminalFormats:
    """The locale of the C library, for the commands without a screen."""

    hidden_until: datetime | None = None

    def __init__(self) -> None:
        # Not the encoding of characters, which Python has chosen already.
        for category in (locale.LC_NUMERIC, locale.LC_TIME):
            with suppress(locale.Error):  # a locale that is not installed leaves the plain one
                locale.setlocale(category, "")

    def number(self, number: int) -> str:
        """Write a whole number with its thousands separated, by commas in a plain locale."""
        if locale.localeconv()["thousands_sep"]:
            return locale.format_string("%d", number, grouping=True)
        return f"{number:,}"

    def time(self, moment: datetime) -> str:
        """Write the local time of day as hours and minutes."""
        return moment.astimezone().strftime("%H:%M")

    def day_and_time(self, moment: datetime) -> str:
        """Write the local date and time."""
        return moment.astimezone().strftime("%x %H:%M")

    def day(self, day: date) -> str:
        """Write day and month in the locale's order."""
        example = f"{day.replace(2000, 11, 22):%x}"
        if 0 <= example.find("22") < example.find("11"):
            return f"{day.day} {day:%b}"
        return f"{day:%b} {day.day}"

    def day_and_year(self, day: date) -> str:
        """Write day, month and year, with the year where the locale has it."""
        example = f"{day.replace(2000, 11, 22):%x}"
        if example.startswith("2000"):
            return f"{day.year} {self.day(day)}"
        if 0 <= example.find("22") < example.find("11"):
            return f"{self.day(day)} {day.year}"
        return f"{self.day(day)}, {day.year}"

    def weekday(self, day: date) -> str:
        """Name the weekday, short."""
        return f"{day:%a}"

    def weekday_name(self, day: date) -> str:
        """Name the weekday in full."""
        return f"{day:%A}"

    def month(self, day: date) -> str:
        """Name the month, short."""
        return f"{day:%b}"
