"""Numbers and times as the desktop's locale writes them."""

import re
from datetime import date, datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime  # noqa: F401  (made here; see imports.py)

from tray_app.words.formats import HIDDEN

_DAY_AND_MONTH = re.compile(r"(?<!d)dd?(?!d)\.?.*?M+|M+.*?(?<!d)dd?(?!d)[.日일]?")
"""The part of a date's pattern that says day and month, in either order."""
_WEEKDAY = re.compile(r",? *(?<!d)d{3,4}(?!d)")
_YEAR = re.compile(r"y+[年년]?")


class QtFormats:
    """The user's regional settings, as Qt reads them."""

    def __init__(self, locale: QLocale | None = None) -> None:
        """Without ``locale``, the system's is taken."""
        self.hidden_until: datetime | None = None
        self._locale = QLocale.system() if locale is None else QLocale(locale)
        # The plain C locale would leave the thousands together.
        options = self._locale.numberOptions()
        self._locale.setNumberOptions(options & ~QLocale.NumberOption.OmitGroupSeparator)
        # Qt has no pattern without the year, so day and month are cut out of the long one.
        whole = self._locale.dateFormat(QLocale.FormatType.LongFormat)
        bare = re.sub(r" ?'[^']*'", "", whole)
        part, year = _DAY_AND_MONTH.search(bare), _YEAR.search(bare)
        self._day = part[0].replace("MMMM", "MMM") if part else "d MMM"
        self._day_and_year = f"{self._day} yyyy"
        if part and year:
            both = bare[min(part.start(), year.start()) : max(part.end(), year.end())]
            self._day_and_year = _WEEKDAY.sub("", both).replace("MMMM", "MMM")

    def number(self, number: int) -> str:
        """Write a number with thousands and a true minus; ``HIDDEN`` while figures are hidden."""
        if self.hidden_until is not None:
            return HIDDEN
        return self._locale.toString(number).replace("-", "−")

    def time(self, moment: datetime) -> str:
        """Write the local time of day, short."""
        return self._locale.toString(_local(moment).time(), QLocale.FormatType.ShortFormat)

    def day_and_time(self, moment: datetime) -> str:
        """Write the local date and time of day, short."""
        return self._locale.toString(_local(moment), QLocale.FormatType.ShortFormat)

    def day(self, day: date) -> str:
        """Write a day without its year, short."""
        return self._locale.toString(QDate(day.year, day.month, day.day), self._day)

    def day_and_year(self, day: date) -> str:
        """Write a day with its year, short."""
        return self._locale.toString(QDate(day.year, day.month, day.day), self._day_and_year)

    def weekday(self, day: date) -> str:
        """Name a day's weekday, short."""
        return self._locale.standaloneDayName(day.isoweekday(), QLocale.FormatType.ShortFormat)

    def weekday_name(self, day: date) -> str:
        """Name a day's weekday in full."""
        return self._locale.standaloneDayName(day.isoweekday(), QLocale.FormatType.LongFormat)

    def month(self, day: date) -> str:
        """Name a day's month, short."""
        return self._locale.standaloneMonthName(day.month, QLocale.FormatType.ShortFormat)


def _local(moment: datetime) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(moment.timestamp() * 1000))
