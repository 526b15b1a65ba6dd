"""What is shown and written of a history in a zone whose clocks change."""

import io
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.examples import NOW
from tests.report.test_history_view import at, history, month, trend
from tray_app.report.exports import days_csv, readings_csv
from tray_app.rules.history import Day, Record
from tray_app.rules.local_time import date_at

SUMMER_TIME_ENDS = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp())


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the computer into a time zone."""
    ZoneInfo(request.param)  # the C library takes a zone that it does not know for UTC
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


in_paris = pytest.mark.parametrize("zone", ["Europe/Paris"], indirect=True)


@in_paris
def test_a_trend_begins_at_midnight_with_what_was_held(zone: None) -> None:
    records = [Record(at(1), at(15), 900), Record(at(15, 1), at(22, 15), 700)]
    shown = trend(records, 7)
    assert shown.begin == at(16) - 3600  # midnight in Paris
    assert shown.points == ((at(16) - 3600, 700), (at(22, 15), 700))
    assert shown.end == NOW.timestamp()
    assert shown.days == 7


@in_paris
def test_days_are_as_long_as_the_clocks_make_them(zone: None) -> None:
    view = history(month(), 30)
    hours = {date_at(span.begin): (span.end - span.begin) // 3600 for span in view.spans}
    assert hours.pop(date(2026, 10, 25)) == 25
    assert set(hours.values()) == {24}
    assert all(one.end == other.begin for one, other in pairwise(view.spans))


@in_paris
def test_readings_as_csv(zone: None) -> None:
    out = io.StringIO(newline="")
    readings_csv([Record(SUMMER_TIME_ENDS, SUMMER_TIME_ENDS + 3600, 12_430)], out)
    assert out.getvalue().splitlines()[1] == (
        "2026-10-25T00:30:00Z,2026-10-25T02:30:00+02:00,"
        "2026-10-25T01:30:00Z,2026-10-25T02:30:00+01:00,12430,,,,"
    )


@in_paris
def test_days_as_csv(zone: None) -> None:
    out = io.StringIO(newline="")
    close = Record(SUMMER_TIME_ENDS, SUMMER_TIME_ENDS, 5_480)
    days_csv([Day(date(2026, 10, 25), close, 0), Day(date(2026, 10, 26), close, 0)], out)
    assert [line[:57] for line in out.getvalue().splitlines()[1:]] == [
        "2026-10-25,2026-10-24T22:00:00Z,2026-10-25T00:00:00+02:00",
        "2026-10-26,2026-10-25T23:00:00Z,2026-10-26T00:00:00+01:00",
    ]


@pytest.mark.parametrize("zone", ["Africa/Cairo"], indirect=True)
def test_a_day_without_a_midnight_begins_when_the_clocks_are_put_forward(zone: None) -> None:
    out = io.StringIO(newline="")
    days_csv([Day(date(2026, 4, 24), Record(0, 0, 5), 0)], out)
    assert (
        out.getvalue()
        .splitlines()[1]
        .startswith("2026-04-24,2026-04-23T22:00:00Z,2026-04-24T01:00:00+03:00")
    )
