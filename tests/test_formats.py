"""Numbers and times in a terminal."""

import locale
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tray_app.formats import TerminalFormats

MOMENT = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _plain_and_in_india(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = locale.setlocale(locale.LC_ALL)
    with monkeypatch.context() as patch:
        patch.setenv("LC_ALL", "C")
        patch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
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


def test_a_locale_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "tlh_QS.UTF-8")
    assert TerminalFormats().number(12_430) == "12,430"


def test_a_locale_with_separators_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such locale is sure to be installed, so the module's own hook for tests tells of one."""
    german = {"thousands_sep": ".", "grouping": [3, 0]}
    monkeypatch.setattr(locale, "_override_localeconv", german)
    assert TerminalFormats().number(1_012_430) == "1.012.430"
