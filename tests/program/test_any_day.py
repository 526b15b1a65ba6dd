"""The demo's team tells the same story on each day, at five times of it, wherever its user lives.

The tests and the pictures that take its past as it is today rely on what is held here against
every day of more than a year.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests import PROJECT
from tests.examples import LASTS
from tests.fake_clock import library_of_faketime
from tests.fakes import FakeFormats
from tests.servers.faulty_sandbox import Sandbox
from tray_app.lemlist.balance import Balance
from tray_app.report.history_view import history_of
from tray_app.report.points import has_trend, trend_of
from tray_app.report.view import view_of
from tray_app.rules.analysis import conclude, learn
from tray_app.rules.history import Drop, Record, days_of
from tray_app.rules.levels import Level
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM_ID
from tray_app.sandbox.demo_teams import demo_teams
from tray_app.sandbox.past import BOUGHT, DAYS, past_of_demo
from tray_app.sandbox.stories import FULL, split
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.forecast_words import run_out_day

FORMATS = FakeFormats()
DAY = 86_400  # seconds
POLL = 300

FIRST_DAY = date(2027, 2, 1)
"""Of 400 days that hold two Februaries, one of them with a 29th, and a turn of the year."""
TIMES = ((0, 1), (2, 30), (9, 40), (14, 40), (23, 59))
"""One a day, in turn; their number is such that each weekday comes at each of them."""

ZONES = {
    "UTC": FIRST_DAY,
    "Africa/Cairo": FIRST_DAY,  # the clocks change at midnight, which then is no time of the day
    "Africa/Casablanca": FIRST_DAY,  # four changes a year, of which two go with the moon
    "America/St_Johns": FIRST_DAY,  # half an hour off
    "Antarctica/Troll": FIRST_DAY,  # a change of two hours
    "Australia/Lord_Howe": FIRST_DAY,  # a change of half an hour
    "Europe/Dublin": FIRST_DAY,  # its standard time is the summer's
    "Pacific/Chatham": FIRST_DAY,  # three quarters of an hour off
    "Pacific/Apia": date(2011, 2, 1),  # there was no 30 December in 2011
}


@pytest.fixture(params=ZONES)
def first_day(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[date]:
    """Put the computer into a time zone; return the first day to look at there."""
    ZoneInfo(request.param)  # the C library takes a zone that it does not know for UTC
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield ZONES[request.param]
    time.tzset()


def test_the_past_is_whole_on_each_day(first_day: date) -> None:
    for now in days_from(first_day):
        assert_is_whole(past_of_demo(now), int(now.timestamp()), str(now.astimezone()))


def assert_is_whole(records: list[Record], now: int, when: str) -> None:
    for before, after in pairwise(records):
        assert before.first <= before.last < after.first, when
    assert records[0].first <= now - DAYS * DAY + POLL, when
    assert records[-1].last == now, when
    assert records[-1][2:] == (FULL.total, *FULL), when
    assert all(amount is None or amount >= 0 for one in records for amount in one[2:]), when

    falls = [(before.credits - after.credits, after.first) for before, after in pairwise(records)]
    drained = [number for number, (amount, _) in enumerate(falls) if amount == 1_000]
    assert len(drained) == 2, when
    earlier, first, last, later = (at for _, at in falls[drained[0] - 1 : drained[1] + 2])
    assert last - first == POLL, when
    assert first - earlier > 15 * 60, when
    assert later - last > 15 * 60, when
    (bought,) = (at for amount, at in falls if amount == -4_000)
    assert now - (BOUGHT + 2) * DAY < bought < now - (BOUGHT - 2) * DAY, when


def test_the_other_teams_pasts_are_whole_on_each_day(first_day: date) -> None:
    """Each zone sees days of its own; together they see them all."""
    number = list(ZONES).index(os.environ["TZ"])
    for now in days_from(first_day, number, step=len(ZONES)):
        local = now.astimezone()
        for team in demo_teams(14, local.date())[1:]:
            records, left = team.past(now), team.balance_at(0)
            for before, after in pairwise(records):
                assert before.first <= before.last < after.first, (team.name, local)
            assert (records[-1].last, *records[-1][2:]) == (
                int(now.timestamp()),
                left.total,
                *left,
            ), (team.name, local)
            amounts = [amount for one in records for amount in one[2:]]
            assert all(amount is not None and amount >= 0 for amount in amounts), team.name


@pytest.mark.parametrize("first_day", ["UTC"], indirect=True)
def test_a_team_of_the_demo_ends_on_a_monday(first_day: date) -> None:
    for now in days_from(first_day, step=11):
        local = now.astimezone()
        low, left = demo_teams(4, local.date())[3], split(480)
        analysis = conclude(
            learn(low.past(now), local), (), left.total, left.subscription, local, None
        )
        ends = run_out_day(analysis)
        assert ends is not None, local
        monday = local.date() + timedelta(7 - local.weekday())
        working_days = [monday - timedelta(3), monday, monday + timedelta(1)]
        assert ends in working_days, (local, ends)


def test_what_is_said_of_it_on_each_day(first_day: date) -> None:
    for now in days_from(first_day):
        assert_is_said(past_of_demo(now), now, str(now.astimezone()))


def assert_is_said(records: list[Record], now: datetime, when: str) -> None:
    """See what the tests of the tray, of the terminal and of the pictures look for."""
    local, seconds = now.astimezone(), int(now.timestamp())
    days = days_of(records, local.date())
    dates = [day.date for day in days]
    assert dates == [dates[0] + timedelta(number) for number in range(len(dates))], when
    assert dates[-1] == local.date(), when
    assert sum(day.spent > 0 for day in days[-30:]) >= 20, when
    assert sum(refill.amount for day in days[-30:] for refill in day.refills) > 20_000, when

    shown = history_of(records, 30, "Acme", FORMATS, seconds)
    assert shown.title.startswith("12,430 credits left · "), when
    assert shown.decreases.texts[1][1:3] == ("−2,000", "10 min"), when
    assert [mark.label for mark in shown.marks if mark.amount < 0] == ["−2,000 in 10 min"], when
    assert has_trend(trend_of(records, 7, seconds)), when

    lesson = learn(records, local)
    analysis = conclude(lesson, (), FULL.total, FULL.subscription, local, None)
    reading = Reading(Balance(FULL.total, FULL.total, **FULL._asdict()), now)
    snapshot = Snapshot(reading=reading, level=Level.HEALTHY, analysis=analysis)
    view = view_of(snapshot, Settings(), FORMATS, now)
    assert re.fullmatch(LASTS, view.forecast), (when, view.forecast)
    assert "working days left" in view.tooltip(), when
    assert view.buys == "Enough to find 2,486 emails or 621 phone numbers", when
    rich = conclude(lesson, (), 9_000_000, 0, local, None)
    assert rich.forecast is not None, when
    assert rich.forecast.runs_out is None, when

    fall = Drop(seconds - 60, seconds, FULL.total - 2_000)
    fallen = conclude(lesson, (fall,), 2_000, 0, local, None)
    assert fallen.drain is not None, when
    assert fallen.drain.amount == fall.amount, when
    warn_within = Settings().warn_within
    evidence = fallen.evidence(warn_within)
    assert evidence.working_days is not None, when
    assert evidence.working_days <= evidence.warn_within == warn_within, when


def days_from(first_day: date, begin: int = 0, *, step: int = 1) -> Iterator[datetime]:
    """Yield a time of each day, or of some; as near as can be where the clocks leave it out."""
    for number in range(begin, 400, step):
        day, (hour, minute) = first_day + timedelta(number), TIMES[number // step % len(TIMES)]
        yield datetime(day.year, day.month, day.day, hour, minute).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", "2027-03-02 15:00:00"),  # a Tuesday
        ("UTC", "2028-02-29 09:00:00"),
        ("Europe/Paris", "2027-12-31 23:58:00"),
        ("Europe/Paris", "2028-01-01 00:00:30"),
        ("Europe/Paris", "2027-03-28 03:30:00"),  # the clocks have gone forward
        ("Europe/Paris", "2027-10-31 02:30:00"),  # and back
        ("Africa/Cairo", "2027-04-30 01:10:00"),
        ("Australia/Lord_Howe", "2027-04-04 01:45:00"),
    ],
)
def test_a_terminal_on_that_day(home: Path, zone: str, moment: str) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LEMLIST_API_KEY": DEMO_KEY,
        "TZ": zone,
        "LD_PRELOAD": library_of_faketime(),
        "FAKETIME": f"@{moment}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    code = "import time; print(time.time())"
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    now = datetime.fromtimestamp(float(told.stdout), UTC)
    history = History(home / ".local" / "share" / "lemlist-credits" / "history.sqlite")
    assert all(history.record(DEMO_TEAM_ID, record) for record in past_of_demo(now, ZoneInfo(zone)))
    history.close()

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(PROJECT / "main.py"), *arguments],
            env=env | {"LEMLIST_API_URL": sandbox.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    with Sandbox(story="fixed") as sandbox:
        status = run("status")
    assert re.search(rf"^{LASTS}$", status, re.MULTILINE), status
    rows = run("history", "--days", "7").splitlines()
    assert len(rows) == 3 + 7
    assert "12,430" in rows[-1]
