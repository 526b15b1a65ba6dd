"""A balance as JSON, and the history as CSV."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from tray_app.lemlist.balance import Balance
from tray_app.report.exports import (
    days_csv,
    readings_csv,
    status_json,
    teams_days_csv,
    teams_readings_csv,
)
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import Forecast, RunsOut, TooEarly
from tray_app.rules.history import Day, Record, Refill
from tray_app.rules.levels import Level
from tray_app.store.settings import Settings
from tray_app.team.watch import Reading, Snapshot

SUMMER_TIME_ENDS = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp())


def test_readings() -> None:
    out = io.StringIO(newline="")
    readings_csv(
        [
            Record(SUMMER_TIME_ENDS, SUMMER_TIME_ENDS + 3600, 12_430, 8_000, 4_100, 330, 0),
            Record(SUMMER_TIME_ENDS + 7200, SUMMER_TIME_ENDS + 7200, 12_000),
        ],
        out,
    )
    assert out.getvalue() == (
        "first_utc,first_local,last_utc,last_local,credits,subscription,paid,gifted,freemium\r\n"
        "2026-10-25T00:30:00Z,2026-10-25T00:30:00+00:00,"
        "2026-10-25T01:30:00Z,2026-10-25T01:30:00+00:00,12430,8000,4100,330,0\r\n"
        "2026-10-25T02:30:00Z,2026-10-25T02:30:00+00:00,"
        "2026-10-25T02:30:00Z,2026-10-25T02:30:00+00:00,12000,,,,\r\n"
    )


def test_days() -> None:
    out = io.StringIO(newline="")
    close = Record(SUMMER_TIME_ENDS, SUMMER_TIME_ENDS, 5_480, 400, 5_080, 0)
    refills = (Refill(SUMMER_TIME_ENDS, 5_000, {"paid": 5_000}), Refill(SUMMER_TIME_ENDS, 400))
    days = [
        Day(date(2026, 10, 25), close, 1_380.0, refills),
        Day(date(2026, 10, 26), close, 1 / 3, is_seen=False),
    ]
    days_csv(days, out)
    assert out.getvalue() == (
        "date,begin_utc,begin_local,seen,"
        "credits,subscription,paid,gifted,freemium,spent,refilled\r\n"
        "2026-10-25,2026-10-25T00:00:00Z,2026-10-25T00:00:00+00:00,1,"
        "5480,400,5080,0,,1380.00,5400\r\n"
        "2026-10-26,2026-10-26T00:00:00Z,2026-10-26T00:00:00+00:00,0,"
        "5480,400,5080,0,,0.33,0\r\n"
    )


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Acme, Inc.", "Acme, Inc."),
        ("=HYPERLINK(0)", "'=HYPERLINK(0)"),
        ("+Plus", "'+Plus"),
        ("-1+1", "'-1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\tTab", "'\tTab"),
        ("\rReturn", "'\rReturn"),
        ("-12.5", "-12.5"),
        ("+49", "+49"),
        ("A=1", "A=1"),
    ],
)
def test_the_name_of_a_team_is_no_formula(name: str, cell: str) -> None:
    close = Record(SUMMER_TIME_ENDS, SUMMER_TIME_ENDS, -5)
    by_reading, by_day = io.StringIO(newline=""), io.StringIO(newline="")
    teams_readings_csv([("Borealis", [close]), (name, [close])], by_reading)
    teams_days_csv([("Borealis", []), (name, [Day(date(2026, 10, 25), close, 2)])], by_day)
    for out, teams in ((by_reading, ["Borealis", cell]), (by_day, [cell])):
        rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
        assert next(iter(rows[0])) == "team"
        assert [row["team"] for row in rows] == teams
        assert rows[-1]["credits"] == "-5"


def test_no_history_is_a_header() -> None:
    for write in (readings_csv, days_csv, teams_readings_csv, teams_days_csv):
        out = io.StringIO(newline="")
        write([], out)
        assert out.getvalue().count("\r\n") == 1


def test_the_time_of_this_computer() -> None:
    """Whatever it is, both times are the same moment."""
    readings, days = io.StringIO(newline=""), io.StringIO(newline="")
    record = Record(SUMMER_TIME_ENDS, SUMMER_TIME_ENDS + 3600, 7)
    readings_csv([record], readings)
    days_csv([Day(date(2026, 10, 25), record, 0)], days)
    (reading,) = csv.DictReader(readings.getvalue().splitlines())
    (day,) = csv.DictReader(days.getvalue().splitlines())
    for line, name in ((reading, "first"), (reading, "last"), (day, "begin")):
        local = datetime.fromisoformat(line[f"{name}_local"])
        assert local.tzinfo is not None
        assert local == datetime.fromisoformat(line[f"{name}_utc"])
    assert day["begin_local"].startswith("2026-10-25T00:00:00")


def test_the_amount_has_its_level_and_the_time_that_is_left_makes_it_urgent() -> None:
    reading = Reading(Balance(12_430), datetime(2026, 11, 22, tzinfo=UTC))
    analysis = Analysis(TooEarly(None), working_days=3, warns=True)
    for known, urgency in ((None, "healthy"), (analysis, "low")):
        told = status_json(reading, Snapshot(reading, Level.HEALTHY, analysis=known), Settings())
        assert (told["level"], told["urgency"]) == ("healthy", urgency)


@pytest.mark.parametrize("credits", [1, 0, -15])
def test_credits_that_have_run_out_run_out_on_no_day(credits: int) -> None:
    """It was "today" on each day anew."""
    reading = Reading(Balance(credits), datetime(2026, 11, 22, tzinfo=UTC))
    today = date(2026, 11, 22)
    analysis = Analysis(TooEarly(None), forecast=Forecast(42.5, RunsOut(today, today, today)))
    told = status_json(reading, Snapshot(reading, analysis=analysis), Settings())["forecast"]
    named = dict.fromkeys(("from", "likely", "to"), "2026-11-22")
    assert told == {"per_working_day": 42.5, "runs_out": named if credits > 0 else None}
