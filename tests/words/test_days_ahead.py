"""What is said of days to come, on each of 400 days: never of a past one, nor without its year."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from PySide6.QtCore import QLocale

from tests.examples import rhythm
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.report.view import view_of
from tray_app.rules.alerts import Alert, AlertKind
from tray_app.rules.analysis import Analysis, Lesson, conclude
from tray_app.rules.forecast import RunsOut, TooEarly
from tray_app.rules.levels import Level
from tray_app.rules.prices import Prices
from tray_app.store.settings import Settings
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.formats import Formats, TerminalFormats
from tray_app.words.notice_words import notice
from tray_app.words.plan_words import Figures, top_up_answer

FIRST = date(2027, 1, 25)
DAYS = [FIRST + timedelta(day) for day in range(400)]
HOURS = (0, 9, 23)
LATER = [timedelta(hours=hours) for hours in (0, 20, 24 * 4)]
BALANCES = (0, 480, 24_000, 60_000)
A_YEAR = 335  # days; more than 11 months, whichever they are
LOCALES: dict[str, Callable[[], Formats]] = {
    name: lambda name=name: QtFormats(QLocale(name))  # type: ignore[misc]
    for name in ("en_US", "de_DE", "ja_JP", "ar_EG")
}
LOCALES["terminal"] = TerminalFormats


class HeardFormats:
    """A locale that looks at each day that is said, as of a day."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self.today = FIRST

    def __getattr__(self, name: str) -> object:
        return getattr(self._formats, name)

    def day(self, day: date) -> str:
        assert 0 <= (day - self.today).days < A_YEAR, (day, self.today)
        return self._formats.day(day)

    def day_and_year(self, day: date) -> str:
        assert day >= self.today
        return self._formats.day_and_year(day)

    def weekday(self, day: date) -> str:
        assert day >= self.today
        return self._formats.weekday(day)

    weekday_name = weekday


@cache
def analyses(now: datetime) -> list[tuple[int, Analysis]]:
    lesson = Lesson(rhythm(80, 100, 120), None, (), now.day % 28 + 1, 60)
    found = [(credits, conclude(lesson, (), credits, credits, now, None)) for credits in BALANCES]
    return [*found, (480, Analysis(TooEarly(now.date() + timedelta(3)), renewal=now.date()))]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_day_that_is_over_and_none_without_its_year(locale: str) -> None:
    formats = HeardFormats(LOCALES[locale]())
    for number, day in enumerate(DAYS):
        made = datetime.combine(day, time(HOURS[number % 3], 30)).astimezone()
        for credits, analysis in analyses(made):
            reading = Reading(Balance(credits), made.astimezone(UTC))
            level = Level.EMPTY if credits == 0 else Level.LOW
            known = Snapshot(reading=reading, level=level, analysis=analysis)
            for later in LATER:
                now = made + later
                formats.today = now.date()
                for problem in (None, Problem(Kind.OFFLINE)):
                    shown = replace(known, problem=problem)
                    view = view_of(shown, Settings(), formats, now)  # type: ignore[arg-type]
                    call = view.attention.text if view.attention is not None else ""
                    texts = (view.lasts, view.detail, view.forecast, view.advice, view.expiry, call)
                    for text in texts:
                        assert not re.search(r"(in|left|About) [-−]\d", text), text
                    if problem is not None:
                        assert (view.lasts, view.advice, view.expiry) == ("", "", "")
            formats.today = made.date()
            if analysis.forecast is not None and analysis.forecast.runs_out is not None:
                alert = Alert(AlertKind.RUNS_OUT, credits)
                notice(known, alert, Prices(), formats, made)  # type: ignore[arg-type]
            for ahead in (1, 400):
                until = made.date() + timedelta(ahead)
                figures = Figures(credits, analysis.rhythm, Prices(), None, made.date())
                top_up_answer(figures, until, formats)  # type: ignore[arg-type]


def foretold(made: datetime, now: datetime, runs_out: RunsOut | None) -> str:
    lesson = Lesson(rhythm(80, 100, 120), None, (), None, 60)
    analysis = conclude(lesson, (), 480, None, made, None)
    assert analysis.forecast is not None
    analysis = replace(analysis, forecast=replace(analysis.forecast, runs_out=runs_out))
    reading = Reading(Balance(480), made)
    shown = Snapshot(reading, Level.LOW, problem=Problem(Kind.OFFLINE), analysis=analysis)
    return view_of(shown, Settings(), QtFormats(QLocale("en_GB")), now).forecast


MADE = datetime(2026, 11, 23, 14, 5).astimezone()
TOO_OLD = "No current forecast, because the balance is out of date."


@pytest.mark.parametrize(
    ("later", "day", "words"),
    [
        (1, date(2026, 11, 23), "Forecast from 14:05: credits are likely to run out today."),
        (1, date(2026, 11, 24), "Forecast from 14:05: credits are likely to run out tomorrow."),
        (1, date(2026, 11, 26), "Forecast from 14:05: credits are likely to run out on Thursday."),
        (
            1,
            date(2026, 12, 24),
            "Forecast from 14:05: credits are likely to run out on Thu, 24 Dec.",
        ),
        (
            1,
            date(2027, 11, 22),
            "Forecast from 14:05: credits are likely to run out on Mon, 22 Nov 2027.",
        ),
        (1, None, "Forecast from 14:05: credits are likely to last more than a year."),
        (20, date(2026, 11, 23), TOO_OLD),
        (30, date(2026, 12, 24), TOO_OLD),
        (-1, date(2026, 12, 24), TOO_OLD),
    ],
)
def test_a_forecast_of_old_figures_says_from_when_it_is(
    later: int, day: date | None, words: str
) -> None:
    runs_out = None if day is None else RunsOut(day, day, day)
    assert foretold(MADE, MADE + timedelta(hours=later), runs_out) == words


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("en_US", "Nov 3, 2026"),
        ("en_GB", "3 Nov 2026"),
        ("de_DE", "3. Nov. 2026"),
        ("es_ES", "3 nov 2026"),
        ("ja_JP", "2026年11月3日"),
        ("ko_KR", "2026년 11월 3일"),
        ("hu_HU", "2026. nov. 3."),
    ],
)
def test_days_with_their_year(name: str, text: str) -> None:
    assert QtFormats(QLocale(name)).day_and_year(date(2026, 11, 3)) == text


def test_a_year_is_said_in_every_locale() -> None:
    for locale in QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    ):
        formats = QtFormats(locale)
        texts = {formats.day_and_year(date(year, 11, 3)) for year in (2026, 2027)}
        assert len(texts) == 2, locale.name()
        assert all(formats.weekday_name(date(2026, 11, 3)) not in text for text in texts)
        assert all(text == text.strip(" ,،") for text in texts), (locale.name(), texts)
