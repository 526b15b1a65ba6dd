"""Numbers, times and days as the user writes them."""

import locale
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QLocale

from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.words.formats import Formats, TerminalFormats, days_words

MOMENT = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
DAY = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def environment() -> Iterator[pytest.MonkeyPatch]:
    """A plain locale and a zone. Whoever changes more of it does so by what this gives.

    pytest's own `monkeypatch` is undone after this, and would bring the plain locale back for all
    later tests.
    """
    before = locale.setlocale(locale.LC_ALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "C")
        patch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield patch
    time.tzset()
    locale.setlocale(locale.LC_ALL, before)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (12_430, "12,430"), (-1_000_000, "-1,000,000")]
)
def test_number(number: int, text: str) -> None:
    assert TerminalFormats().number(number) == text


def test_times_are_local() -> None:
    formats = TerminalFormats()
    assert formats.time(MOMENT) == "13:35"
    assert formats.day_and_time(MOMENT) == "11/22/26 13:35"


def test_a_locale_that_is_not_installed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LC_ALL", "tlh_QS.UTF-8")
    assert TerminalFormats().number(12_430) == "12,430"


def test_a_locale_with_separators_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such locale is sure to be installed, so the module's own hook for tests tells of one."""
    german = {"thousands_sep": ".", "grouping": [3, 0]}
    monkeypatch.setattr(locale, "_override_localeconv", german)
    assert TerminalFormats().number(1_012_430) == "1.012.430"


def test_days() -> None:
    formats = TerminalFormats()
    assert (formats.day(DAY), formats.weekday(DAY), formats.month(DAY)) == ("Nov 3", "Tue", "Nov")


def test_days_in_a_locale_that_writes_the_day_first() -> None:
    class British(date):
        """No such locale is sure to be installed, so the day itself writes as in one."""

        def __format__(self, spec: str) -> str:
            return super().__format__(spec.replace("%x", "%d/%m/%y"))

    assert TerminalFormats().day(British(2026, 11, 3)) == "3 Nov"


@pytest.mark.parametrize(
    ("name", "day", "weekday", "month"),
    [
        ("en_US", "Nov 3", "Tue", "Nov"),
        ("en_GB", "3 Nov", "Tue", "Nov"),
        ("de_DE", "3. Nov.", "Di", "Nov"),
        ("fr_FR", "3 nov.", "mar.", "nov."),
        ("ja_JP", "11月3日", "火", "11月"),
        ("ko_KR", "11월 3일", "화", "11월"),
        ("hu_HU", "nov. 3.", "K", "nov."),
    ],
)
def test_days_on_the_desktop(name: str, day: str, weekday: str, month: str) -> None:
    formats = QtFormats(QLocale(name))
    assert (formats.day(DAY), formats.weekday(DAY), formats.month(DAY)) == (day, weekday, month)


def test_no_day_is_taken_for_another_in_any_locale() -> None:
    days = [date(2026, month, day) for month in range(1, 13) for day in (1, 2, 11, 28)]
    for locale_ in QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    ):
        formats = QtFormats(locale_)
        assert len({formats.day(day) for day in days}) == len(days), locale_.name()


@pytest.mark.parametrize(
    ("name", "begin", "end", "text"),
    [
        ("en_US", date(2026, 12, 8), date(2026, 12, 14), "Dec 8–14"),
        ("en_GB", date(2026, 12, 8), date(2026, 12, 14), "8–14 Dec"),
        ("de_DE", date(2026, 12, 8), date(2026, 12, 14), "8–14. Dez."),
        ("ja_JP", date(2026, 12, 1), date(2026, 12, 10), "12月1–10日"),
        ("ja_JP", date(2026, 12, 1), date(2026, 12, 2), "12月1日 to 12月2日"),
        ("ar_EG", date(2026, 12, 8), date(2026, 12, 14), "٨ ديسمبر to ١٤ ديسمبر"),
        ("en_US", date(2026, 11, 28), date(2026, 12, 3), "Nov 28 to Dec 3"),
        ("en_US", date(2026, 12, 31), date(2028, 1, 1), "Dec 31 to Jan 1, 2028"),
        ("en_US", date(2026, 12, 8), date(2026, 12, 8), "Dec 8"),
    ],
)
def test_two_days_and_those_between(name: str, begin: date, end: date, text: str) -> None:
    formats: Formats = QtFormats(QLocale(name))
    assert days_words(begin, end, formats, DAY) == text
