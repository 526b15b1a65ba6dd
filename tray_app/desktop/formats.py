"""Numbers and times as the desktop's locale writes them."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale


class QtFormats:
    """The user's regional settings, as Qt reads them."""

    def __init__(self, locale: QLocale | None = None) -> None:
        """Without ``locale``, the system's is taken."""
        self._locale = QLocale.system() if locale is None else QLocale(locale)
        # The plain C locale would leave the thousands together.
        options = self._locale.numberOptions()
        self._locale.setNumberOptions(options & ~QLocale.NumberOption.OmitGroupSeparator)

    def number(self, number: int) -> str:
        """Write a whole number with its thousands separated."""
        return self._locale.toString(number)

    def time(self, moment: datetime) -> str:
        """Write the local time of day, short."""
        return self._locale.toString(_local(moment).time(), QLocale.FormatType.ShortFormat)

    def day_and_time(self, moment: datetime) -> str:
        """Write the local date and time of day, short."""
        return self._locale.toString(_local(moment), QLocale.FormatType.ShortFormat)


def _local(moment: datetime) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(moment.timestamp() * 1000))
