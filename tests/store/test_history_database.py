"""The file of the history: what it keeps, what it refuses, and what it survives."""

import itertools
import json
import logging
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import PROJECT
from tests.at_once import answers, programs
from tests.program.failing_disk import FailingDisk, Full, ReadOnly
from tests.rules.history_report import fill, readings, size_of
from tray_app.rules.history import Day, Record, changes, days_of, thinned
from tray_app.rules.local_time import DAY
from tray_app.store.file_fault import FaultKind, FileFault, unusable
from tray_app.store.folders import NOWHERE, history_file
from tray_app.store.history_database import EARLIEST, KEPT_WHOLE, LATEST, History, migrate

TEAM = "tea_1"
HOUR = 3600
MINUTE = 60
NOBODY = 65534
BEGIN = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    history = History(path)
    yield history
    history.close()


def at(seconds: int, credits: int, *buckets: int | None) -> Record:
    """Return what one reading shows, so many seconds after the begin."""
    return Record(BEGIN + seconds, BEGIN + seconds, credits, *buckets)


def span(first: int, last: int, credits: int) -> Record:
    return Record(BEGIN + first, BEGIN + last, credits)


def record(history: History, *readings: Record) -> list[bool]:
    return [history.record(TEAM, each) for each in readings]


# --- what it keeps ------------------------------------------------------------------------------


def test_changes_make_rows_and_the_rest_extends_them(history: History) -> None:
    seen = [
        at(0, 500, 400, 100, 0, 0),
        at(300, 500, 400, 100, 0, 0),
        at(600, 500, 400, 100, 0, 0),
        at(900, 500, 300, 200, 0, 0),  # the total alone does not show it
        at(1200, 490, 300, 190, 0, None),
        at(1500, 490, 300, 190, 0, 0),  # unknown is not 0
    ]
    assert record(history, *seen) == [True] * 6
    assert history.read(TEAM) == [
        Record(BEGIN, BEGIN + 600, 500, 400, 100, 0, 0),
        *seen[3:],
    ]
    assert all(type(each) is Record for each in history.read(TEAM))
    assert history.fault is None


def test_it_is_there_after_a_restart(history: History, path: Path) -> None:
    record(history, at(0, 500), at(300, 490))
    history.close()
    history.close()
    assert [each.name for each in path.parent.iterdir()] == ["history.sqlite"]
    again = History(path)
    record(again, at(600, 490))
    assert again.read(TEAM) == [at(0, 500), span(300, 600, 490)]
    again.close()


def test_it_goes_on_after_being_closed(history: History) -> None:
    record(history, at(0, 500))
    history.close()
    assert history.read(TEAM) == [at(0, 500)]


def test_teams_never_mix(history: History) -> None:
    history.record("tea_1", at(0, 500))
    history.record("tea_2", at(100, 7))
    history.record("tea_1", at(200, 500))
    history.record("tea_2", at(300, 8))
    assert history.read("tea_1") == [span(0, 200, 500)]
    assert history.read("tea_2") == [at(100, 7), at(300, 8)]
    assert history.read("tea_3") == []
    history.thin("tea_3", BEGIN)
    assert history.fault is None


def test_a_team_is_removed_alone(history: History, path: Path) -> None:
    history.remove("tea_1")
    assert not path.exists()
    history.record("tea_1", at(0, 500))
    history.record("tea_2", at(100, 7))
    history.remove("tea_1")
    history.remove("tea_3")
    assert (history.read("tea_1"), history.fault) == ([], None)
    assert history.teams() == {"tea_2": at(100, 7).last}
    assert history.record("tea_1", at(0, 600))
    assert (history.read("tea_1"), history.read("tea_2")) == ([at(0, 600)], [at(100, 7)])


def test_reading_since_a_time(history: History) -> None:
    rows = [span(0, 300, 5), span(600, 900, 4), span(1200, 1500, 3)]
    record(history, *rows)
    for since, expected in {
        -1: rows,
        300: rows,
        301: rows[1:],
        600: rows[1:],
        700: rows[1:],
        900: rows[1:],
        901: rows[2:],
        1500: rows[2:],
        1501: [],
    }.items():
        assert history.read(TEAM, BEGIN + since) == expected, since


def test_reading_makes_no_file(history: History, path: Path) -> None:
    assert history.read(TEAM) == []
    assert not path.parent.exists()
    assert history.fault is None


def test_of_two_readings_in_one_second_the_later_one_counts(history: History) -> None:
    assert record(history, at(0, 500), at(300, 490), at(300, 480), at(600, 480)) == [True] * 4
    assert history.read(TEAM) == [at(0, 500), span(300, 600, 480)]


def test_the_file_is_private(history: History, path: Path) -> None:
    old = os.umask(0)
    try:
        record(history, at(0, 500))
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert files == dict.fromkeys(
        ["history.sqlite", "history.sqlite-shm", "history.sqlite-wal"], 0o600
    )


def test_it_lives_with_the_users_data(home: Path) -> None:
    assert history_file() == home / "data" / "lemlist-credits" / "history.sqlite"


amounts = st.none() | st.integers(0, 3) | st.just(2**53)


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(0, 2), amounts, amounts, amounts, amounts),
        max_size=20,
    )
)
def test_any_readings_come_back(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[tuple[int, int, int | None, int | None, int | None, int | None]],
) -> None:
    path = tmp_path_factory.mktemp("any") / "history.sqlite"
    history = History(path)
    expected: list[Record] = []
    now = BEGIN
    for wait, *seen in drawn:
        now += wait
        reading = Record(now, now, *seen)  # type: ignore[arg-type]
        assert history.record(TEAM, reading)
        if expected and expected[-1][2:] == reading[2:]:
            expected[-1] = expected[-1]._replace(last=now)
        else:
            expected.append(reading)
    assert history.read(TEAM) == expected
    history.close()


# --- what it refuses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "impossible",
    [
        Record(0, 0, 5),
        Record(-5, -5, 5),
        Record(EARLIEST - 1, EARLIEST - 1, 5),
        Record(LATEST + 1, LATEST + 1, 5),
        Record(2**70, 2**70, 5),
        Record(BEGIN + 700, BEGIN + 600, 5),
        at(600, -(2**53) - 1),
        at(600, 2**53 + 1),
        at(600, 2**70),
    ],
    ids=[
        "the epoch",
        "before it",
        "before this program",
        "next century",
        "beyond the file's numbers",
        "ends before it begins",
        "not exact, below 0",
        "not exact",
        "too large for the file",
    ],
)
def test_the_impossible_is_refused(history: History, impossible: Record) -> None:
    assert record(history, at(0, 500), impossible, at(900, 490)) == [True, False, True]
    assert history.read(TEAM) == [at(0, 500), at(900, 490)]
    assert history.fault is None


def test_amounts_below_0_are_kept(history: History) -> None:
    owed = [at(0, 500, 510, -10, 0, 0), at(300, -12, -12, 0, 0, 0)]
    assert record(history, *owed) == [True, True]
    assert history.read(TEAM) == owed


def test_an_identity_that_is_no_text(history: History) -> None:
    assert not history.record("tea_\ud800", at(0, 500))
    assert history.read("tea_\ud800") == []
    assert history.record(TEAM, at(0, 500))
    assert history.fault is None


# --- clocks -------------------------------------------------------------------------------------


def test_a_clock_that_is_behind_for_a_short_while_costs_nothing(history: History) -> None:
    """As after a start with local time taken for UTC, until a time service sets it."""
    seen = [at(0, 500), at(9 * HOUR, 400)]
    record(history, *seen)
    behind = [at(HOUR, 400), at(HOUR + 300, 390)]
    assert record(history, *behind) == [False, False]
    assert history.read(TEAM) == seen
    assert record(history, at(9 * HOUR + 600, 390))
    assert history.read(TEAM) == [*seen, at(9 * HOUR + 600, 390)]


def test_a_clock_that_was_ahead_for_a_short_while(history: History) -> None:
    """What it wrote goes once the corrected clock has stood by it."""
    record(history, at(0, 500), at(2 * HOUR, 480), at(2 * HOUR + 300, 470))
    assert record(history, at(600, 470)) == [False]
    assert record(history, at(900, 470)) == [True]
    assert history.read(TEAM) == [at(0, 500), at(900, 470)]


def test_a_row_that_reaches_into_the_wrong_time_is_cut(history: History) -> None:
    record(history, at(0, 500), at(10 * HOUR, 500))
    assert record(history, at(HOUR, 500), at(2 * HOUR, 450)) == [False, True]
    assert history.read(TEAM) == [span(0, HOUR, 500), at(2 * HOUR, 450)]


def test_a_clock_that_once_was_a_year_ahead(history: History, path: Path) -> None:
    """The history is stuck for a day only, over restarts too, and what was spent stays so."""
    year = 365 * DAY
    record(history, at(0, 500), at(300, 490))
    record(history, at(600 + year, 480), at(900 + year, 470))
    for number in range(24):
        again = History(path)
        assert not again.record(TEAM, at(1200 + number * HOUR, 470 - number))
        again.close()
    kept = [at(1200 + DAY + number * 300, 446 - number) for number in range(3)]
    assert record(history, *kept) == [True] * 3
    assert history.read(TEAM) == [at(0, 500), at(300, 490), *kept]
    spent = sum(each.spent for each in days_of(history.read(TEAM), date(2026, 3, 3), UTC))
    assert spent == 500 - 444


def test_all_was_seen_by_a_wrong_clock(history: History) -> None:
    record(history, at(365 * DAY, 500), at(365 * DAY + 300, 490))
    record(history, at(0, 490), at(DAY, 480))
    assert history.read(TEAM) == [at(DAY, 480)]


def test_a_clock_set_back_twice(history: History) -> None:
    record(history, at(0, 500), at(10 * DAY, 490))
    assert record(history, at(5 * DAY, 490), at(2 * DAY, 480)) == [False, False]
    assert record(history, at(2 * DAY + 6 * HOUR, 480)) == [False]
    assert record(history, at(2 * DAY + 8 * HOUR, 470)) == [True]
    assert history.read(TEAM) == [at(0, 500), at(2 * DAY + 8 * HOUR, 470)]


def test_a_clock_that_is_right_again_is_not_held_against_later_ones(history: History) -> None:
    record(history, at(10 * DAY, 500), at(5 * DAY, 490), at(10 * DAY + 300, 490))
    assert record(history, at(9 * DAY, 480)) == [False]
    assert history.read(TEAM) == [at(10 * DAY, 500), at(10 * DAY + 300, 490)]


steps = st.sampled_from([1, 60, 300, 3600, DAY, 40 * DAY, -1, -60, -3600, -DAY, -40 * DAY])


@settings(max_examples=100)
@given(st.lists(st.tuples(steps, st.sampled_from([0, 1, 5])), max_size=30))
def test_no_clock_breaks_the_order_or_invents_spending(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, int]]
) -> None:
    history = History(tmp_path_factory.mktemp("clock") / "history.sqlite")
    now, credits = BEGIN + 2 * 365 * DAY, 1000
    for wait, spent in drawn:
        now, credits = now + wait, credits - spent
        kept = history.record(TEAM, Record(now, now, credits))
        rows = history.read(TEAM)
        assert all(each.first <= each.last for each in rows)
        assert all(
            one.first < other.first and one.last <= other.first
            for one, other in itertools.pairwise(rows)
        )
        if kept:
            assert (rows[-1].last, rows[-1].credits) == (now, credits)
        assert sum(each.amount for each in changes(rows)) <= 1000 - credits
    history.close()


# --- thinning -----------------------------------------------------------------------------------


def test_old_rows_are_thinned_and_spending_stays(history: History) -> None:
    days = 200
    source = list(readings(BEGIN, HOUR, days * 24))
    record(history, *source)
    whole = list(history.read(TEAM))
    now = source[-1].last
    history.thin(TEAM, now, UTC)
    left = history.read(TEAM)
    end = (now - DAY - KEPT_WHOLE) // DAY * DAY
    assert left == thinned(whole, end, UTC)
    assert [each for each in left if each.last >= end] == [
        each for each in whole if each.last >= end
    ]
    assert len(left) - len([each for each in left if each.last >= end]) < 2.5 * (days - 90)
    today = datetime.fromtimestamp(now, UTC).date()
    assert days_of(left, today, UTC) == days_of(whole, today, UTC)


def test_thinning_day_by_day_is_the_same_as_at_once(tmp_path: Path) -> None:
    source = list(readings(BEGIN, HOUR, 150 * 24, seed=2))
    daily, at_once = (History(tmp_path / name) for name in ("daily", "at once"))
    fill(daily, iter(source))
    record(at_once, *source)
    for each in (daily, at_once):
        each.thin(TEAM, source[-1].last, UTC)
    assert daily.read(TEAM) == at_once.read(TEAM)
    for each in (daily, at_once):
        each.close()


def thinned_daily(history: History, rows: list[Record]) -> tuple[list[Record], list[Record]]:
    """Return rows and what is left of them when all have become old, one day at a time."""
    assert all(record(history, *rows))
    whole = list(history.read(TEAM))
    last = whole[-1]
    days = (last.last - whole[0].first + KEPT_WHOLE) // DAY + 4
    for number in range(1, days):
        reading = Record(last.last + number * DAY, last.last + number * DAY, number % 2)
        assert history.record(TEAM, reading)
        whole.append(reading)
        history.thin(TEAM, reading.last, UTC)
    return whole, list(history.read(TEAM))


def days_by_utc(rows: list[Record]) -> list[Day]:
    """Return the days, with their spending as exact as shares that are added up can be."""
    days = days_of(rows, datetime.fromtimestamp(rows[-1].last, UTC).date(), UTC)
    return [replace(day, spent=round(day.spent, 6)) for day in days]


def test_a_refill_where_one_thinning_ends_and_the_next_begins(history: History) -> None:
    """With days without a reading around it, so that the row before it is far away."""
    refill = at(5 * DAY, 600)
    rows = [
        span(0, 10, 100),
        at(HOUR, 90),
        at(5 * DAY - 2 * HOUR, 95),
        refill,
        at(5 * DAY + HOUR, 550),
        at(5 * DAY + 2 * HOUR, 540),
        at(5 * DAY + 3 * HOUR, 500),
    ]
    whole, left = thinned_daily(history, rows)
    assert refill in left
    assert rows[5] not in left
    assert days_by_utc(left) == days_by_utc(whole)


def test_a_rise_soon_after_midnight(history: History) -> None:
    """By what fell shortly before it, the next day's rise is judged."""
    midnight = 5 * DAY
    rows = [
        at(midnight - 3 * HOUR, 100),
        at(midnight - 2 * HOUR, 97),
        at(midnight - HOUR, 95),
        at(midnight - 20 * MINUTE, 60),
        at(midnight - 5 * MINUTE, 50),
        at(midnight + 5 * MINUTE, 95),
        at(midnight + HOUR, 90),
        at(midnight + 2 * HOUR, 85),
        at(midnight + 3 * HOUR, 80),
    ]
    whole, left = thinned_daily(history, rows)
    assert rows[1] not in left
    assert days_by_utc(left) == days_by_utc(whole)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 5, 10, 60, 600]), st.sampled_from([-1, -50, 50, 500, 3, -500])
        ),
        min_size=1,
        max_size=40,
    )
)
def test_daily_thinning_changes_no_day(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, int]]
) -> None:
    history = History(tmp_path_factory.mktemp("thin") / "history.sqlite")
    rows = [at(0, 1000)]
    for minutes, gained in drawn:
        last = rows[-1]
        rows.append(at(last.last - BEGIN + minutes * MINUTE, max(0, last.credits + gained)))
    whole, left = thinned_daily(history, rows)
    assert days_by_utc(left) == days_by_utc(whole)
    history.close()


def test_after_five_years_it_is_forgotten(history: History) -> None:
    begin = EARLIEST - BEGIN
    last = begin + 6 * 366 * DAY
    rows = [at(begin + day * DAY, 10_000 - day) for day in range(0, 6 * 366, 6)]
    record(history, *rows, at(last, 5))
    history.thin(TEAM, BEGIN + last + DAY, UTC)
    left = history.read(TEAM)
    assert left[0] == at(begin + 366 * DAY, 10_000 - 366)
    assert left == [*rows[61:], at(last, 5)]


def test_thinning_spares_other_teams(history: History) -> None:
    source = list(readings(BEGIN, HOUR, 100 * 24))
    for each in source:
        history.record("tea_1", each)
        history.record("tea_2", each)
    whole = history.read("tea_2")
    history.thin("tea_1", source[-1].last, UTC)
    assert len(history.read("tea_1")) < len(whole)
    assert history.read("tea_2") == whole


def test_a_wrong_clock_thins_nothing(history: History) -> None:
    source = list(readings(BEGIN, HOUR, 30 * 24))
    record(history, *source)
    whole = list(history.read(TEAM))
    year_ahead = at(395 * DAY, 5)
    record(history, year_ahead)
    history.thin(TEAM, year_ahead.last, UTC)
    assert history.read(TEAM) == [*whole, year_ahead]


def test_local_days_are_those_of_the_computer(history: History) -> None:
    source = list(readings(BEGIN, HOUR, 100 * 24))
    record(history, *source)
    whole = list(history.read(TEAM))
    history.thin(TEAM, source[-1].last)
    left = history.read(TEAM)
    today = datetime.fromtimestamp(source[-1].last).astimezone().date()
    assert len(left) < len(whole)
    assert days_of(left, today) == days_of(whole, today)


def test_two_years_stay_small(history: History, path: Path) -> None:
    """As it is after each day, not only after a clean-up; unthinned it is three times that."""
    fill(history, readings(BEGIN, HOUR, 2 * 365 * 24))
    history.close()
    assert size_of(path) < 110_000
    assert len(history.read(TEAM)) < 2_500


# --- files that are not ours --------------------------------------------------------------------


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def a_database(path: Path, *statements: str) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path.read_bytes()


def filled(path: Path) -> bytes:
    history = History(path)
    record(history, *readings(BEGIN, HOUR, 3000))
    history.close()
    return path.read_bytes()


BROKEN: dict[str, Callable[[Path], bytes]] = {
    "text": lambda path: b"not a database " * 100,
    "zeros": lambda path: b"\0" * 10_000,
    "cut": lambda path: filled(path)[:9_000],
    "pages overwritten": lambda path: (
        (whole := filled(path))[:4096] + b"\xa5" * (len(whole) - 4096)
    ),
    "schema overwritten": lambda path: (
        (whole := filled(path))[:100] + b"\xa5" * 3996 + whole[4096:]
    ),
    "another program's": lambda path: a_database(path, "CREATE TABLE readings (team, first)"),
    "another program's of a high version": lambda path: a_database(
        path, "CREATE TABLE others (x)", "PRAGMA user_version = 99", "PRAGMA application_id = 7"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_set_aside_and_said(
    history: History, path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    content = BROKEN[name](path)
    put(path, content)
    assert record(history, at(0, 500), at(300, 490)) == [True, True]
    assert history.read(TEAM) == [at(0, 500), at(300, 490)]
    (aside,) = path.parent.glob("history.sqlite.broken-*[0-9]")
    assert aside.read_bytes() == content
    assert history.fault == FileFault(FaultKind.BROKEN, aside.name)
    assert [each.levelno for each in caplog.records] == [logging.WARNING]


def test_a_statement_that_fails_is_no_fault_of_the_file(
    history: History, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a defect of the program, as here after a migration that went wrong."""
    filled(path)
    content = a_database(path, "ALTER TABLE readings RENAME COLUMN credits TO total")
    assert record(history, at(3000 * HOUR, 500)) == [False]
    assert history.read(TEAM) == []
    assert history.fault == can_not_be_used(path)
    assert [each.message for each in caplog.records] == ["no history: SQLITE_ERROR"]
    history.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == content


def test_reading_a_broken_file_sets_it_aside_too(history: History, path: Path) -> None:
    put(path, b"not a database " * 100)
    assert history.read(TEAM) == []
    assert history.fault is not None
    assert history.fault.kind is FaultKind.BROKEN
    assert record(history, at(0, 500)) == [True]


def test_a_page_that_breaks_while_it_is_used(history: History, path: Path) -> None:
    """Old pages are looked at first when they are needed."""
    content = bytearray(filled(path))
    content[-4096:] = b"\xa5" * 4096
    put(path, bytes(content))
    record(history, at(3000 * HOUR, 5))
    assert history.read(TEAM) in ([], [at(3000 * HOUR, 5)])
    assert history.fault is not None
    assert history.fault.kind is FaultKind.BROKEN
    assert record(history, at(3001 * HOUR, 4)) == [True]


def test_a_broken_file_in_use_is_set_aside_with_its_log(history: History, path: Path) -> None:
    """Whoever uses it goes over to the new one, and the new one has nothing of the old one."""
    record(history, *readings(BEGIN, HOUR, 3000))
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    other = History(path)
    assert other.read(TEAM) == []
    assert other.fault is not None
    aside = path.with_name(other.fault.where)
    assert {each.name for each in path.parent.glob("*.broken-*")} >= {
        aside.name,
        f"{aside.name}-wal",
    }
    assert record(other, at(0, 500)) == [True]
    assert record(history, at(300, 490)) == [True]
    assert history.fault is None
    assert other.read(TEAM) == [at(0, 500), at(300, 490)]
    other.close()


@pytest.mark.parametrize("content", [None, b""], ids=["none", "empty"])
def test_a_new_file(history: History, path: Path, content: bytes | None) -> None:
    if content is not None:
        put(path, content)
    assert record(history, at(0, 500)) == [True]
    assert history.fault is None


def test_a_newer_file_is_left_alone_and_said(history: History, path: Path) -> None:
    record(history, at(0, 500))
    history.close()
    content = a_database(path, "PRAGMA user_version = 2", "ALTER TABLE readings ADD COLUMN more")
    assert record(history, at(300, 490)) == [False]
    assert history.read(TEAM) == []
    history.thin(TEAM, BEGIN + 1000 * DAY)
    assert history.fault == FileFault(FaultKind.NEWER)
    history.close()
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_that_is_deleted_while_it_is_used_is_made_anew(history: History, path: Path) -> None:
    record(history, at(0, 500))
    path.unlink()
    record(history, at(300, 490))
    history.close()
    assert history.read(TEAM) == [at(300, 490)]


def test_a_file_that_another_process_sets_aside(history: History, path: Path) -> None:
    record(history, at(0, 500))
    for each in list(path.parent.iterdir()):
        each.rename(each.with_name(each.name.replace("sqlite", "broken")))
    record(history, at(300, 490))
    other = History(path)
    assert other.read(TEAM) == [at(300, 490)]
    other.close()


# --- migrations ---------------------------------------------------------------------------------

OLD = (("PRAGMA application_id = 7", "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)"),)
NEW = (
    *OLD,
    ("ALTER TABLE a ADD COLUMN y DEFAULT 2",),
    ("UPDATE a SET x = x + y", "ALTER TABLE a RENAME TO b"),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(tmp_path / "migrated", isolation_level=None)
    yield database
    database.close()


def test_migrations_are_applied_in_order_and_once(database: sqlite3.Connection) -> None:
    migrate(database, 7, OLD)
    database.execute("INSERT INTO a VALUES (10)")
    for _ in range(2):
        migrate(database, 7, NEW)
        assert database.execute("SELECT * FROM b").fetchall() == [(3, 2), (12, 2)]
        assert database.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_new_database_gets_all_migrations(database: sqlite3.Connection) -> None:
    migrate(database, 7, NEW)
    assert database.execute("SELECT * FROM b").fetchall() == [(3, 2)]


def test_a_migration_that_fails_changes_nothing(database: sqlite3.Connection) -> None:
    migrate(database, 7, OLD)
    with pytest.raises(sqlite3.OperationalError):
        migrate(database, 7, (*NEW, ("DROP TABLE b", "DROP TABLE missing")))
    assert database.execute("SELECT * FROM a").fetchall() == [(1,)]
    assert database.execute("PRAGMA user_version").fetchone() == (1,)
    migrate(database, 7, NEW)
    assert database.execute("SELECT * FROM b").fetchall() == [(3, 2)]


# --- disks --------------------------------------------------------------------------------------


def can_not_be_used(path: Path) -> FileFault:
    return FileFault(FaultKind.UNUSABLE, str(path))


def test_no_place_at_all(caplog: pytest.LogCaptureFixture) -> None:
    path = NOWHERE / "history.sqlite"
    history = History(path)
    assert record(history, at(0, 500), at(300, 490)) == [False, False]
    assert history.read(TEAM) == []
    history.thin(TEAM, BEGIN)
    assert history.fault == FileFault(FaultKind.NOWHERE)
    assert [each.message for each in caplog.records] == ["no history: NotADirectoryError"]


def test_what_has_become_another_users_is_said(
    history: History, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.mkdir(parents=True)
    owner = path.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    assert record(history, at(0, 500)) == [False]
    assert history.fault == FileFault(FaultKind.ANOTHERS, str(path.parent))


def test_a_folder_in_its_place(history: History, path: Path) -> None:
    path.mkdir(parents=True)
    assert record(history, at(0, 500)) == [False]
    assert history.fault == can_not_be_used(path)
    path.rmdir()
    assert record(history, at(0, 500)) == [True]
    assert history.fault is None


def test_a_link_that_leads_nowhere(history: History, path: Path) -> None:
    """As to a disk that is not there: nothing is begun in its place."""
    target = path.parent.parent / "elsewhere.sqlite"
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    assert history.read(TEAM) == []
    assert history.fault == can_not_be_used(path)
    assert record(history, at(0, 500)) == [False]
    assert history.fault == can_not_be_used(path)
    assert not target.exists()
    target.touch()
    assert record(history, at(0, 500)) == [True]
    assert history.fault is None
    assert history.read(TEAM) == [at(0, 500)]


SHUT_FOLDER = """
import json, os, sys
from pathlib import Path
from tray_app.store.history_database import History

if os.getuid() == 0:
    os.setuid(int(sys.argv[2]))
history = History(Path(sys.argv[1]))
print(json.dumps([list(history.read("tea_1")), history.teams(), history.fault]))
"""


def test_a_folder_that_is_shut() -> None:
    """Read as somebody whom permissions stop, which they do not stop root."""
    with TemporaryDirectory() as name:
        path = Path(name) / "data" / "history.sqlite"
        filled(path)
        Path(name).chmod(0o711)
        path.parent.chmod(0)
        try:
            fault = can_not_be_used(path)
            if os.getuid() == 0:  # whose folder is not that of the reader
                fault = FileFault(FaultKind.ANOTHERS, str(path.parent))
            assert run(SHUT_FOLDER, path, NOBODY) == [[], {}, [*fault]]
        finally:
            path.parent.chmod(0o700)


def run(program: str, *arguments: object, prefix: tuple[str, ...] = ()) -> object:
    """Run a program on its own, and return what it prints as JSON."""
    done = subprocess.run(
        [*prefix, sys.executable, "-c", program, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: object = json.loads(done.stdout)
    return answer


FULL_DISK = """
import json, sqlite3, sys
from contextlib import suppress
from pathlib import Path
from tests.rules.history_report import readings
from tray_app.store.history_database import History

folder, begin = Path(sys.argv[1]), int(sys.argv[2])

def fill_up():
    with suppress(OSError), (folder / "ballast").open("ab", buffering=0) as ballast:
        while ballast.write(b"x" * 1024):
            pass

history = History(folder / "history.sqlite")
source = readings(begin, 3600, 100)

def record(count):
    return sum(history.record("tea_1", next(source)) for _ in range(count))

before = record(50)
fill_up()
record(1)  # it closes the file, which makes some room
fill_up()
meanwhile, fault = record(20), history.fault
(folder / "ballast").unlink()
after = record(20)
rows = history.read("tea_1")
in_order = all(one.last < other.first for one, other in zip(rows, rows[1:]))
spans = [rows[0].first - begin, rows[-1].last - begin]
history.close()
database = sqlite3.connect(folder / "history.sqlite")
integrity = database.execute("PRAGMA integrity_check").fetchone()
print(json.dumps(
    [before, meanwhile, fault, after, history.fault, in_order, spans, *integrity]
))
"""


def test_a_full_disk(tmp_path: Path) -> None:
    """Only what does not fit is missing, and it goes on when there is room again."""
    with FailingDisk(Full(tmp_path, 2**20)) as disk:
        told = run(FULL_DISK, tmp_path, BEGIN, prefix=disk.prefix)
    assert told == [
        50,
        0,
        [*can_not_be_used(tmp_path / "history.sqlite")],
        20,
        None,
        True,
        [0, 90 * HOUR],
        "ok",
    ]


READ_ONLY = """
import json, sys
from pathlib import Path
from tray_app.rules.history import Record
from tray_app.store.history_database import History

path, begin = Path(sys.argv[1]), int(sys.argv[2])
history = History(path)
kept = history.record("tea_1", Record(begin, begin, 500))
print(json.dumps([kept, history.fault]))
"""


@pytest.mark.parametrize("there", [False, True], ids=["no file yet", "a file"])
def test_a_read_only_folder(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "history.sqlite"
    if there:
        filled(path)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    later = BEGIN + 1000 * DAY
    with FailingDisk(ReadOnly(tmp_path)) as disk:
        told = run(READ_ONLY, path, later, prefix=disk.prefix)
    assert told == [False, [*can_not_be_used(path)]]
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


READ_WHAT_CAN_NOT_BE_WRITTEN = """
import json, sys
from pathlib import Path
from tray_app.rules.history import Record
from tray_app.store.history_database import History

path, begin = Path(sys.argv[1]), int(sys.argv[2])
history = History(path)
rows = len(history.read("tea_1")), history.fault
kept = history.record("tea_1", Record(begin, begin, 500))
again = len(history.read("tea_1")), history.fault
print(json.dumps([*rows, kept, *again, list(history.teams())]))
"""


@pytest.mark.parametrize("rule", [ReadOnly, Full])
def test_what_can_not_be_written_is_read_and_said(
    tmp_path: Path, rule: type[ReadOnly] | type[Full]
) -> None:
    """On such a disk SQLite can't make the index of its log, and so can't read by itself."""
    path = tmp_path / "history.sqlite"
    filled(path)
    with closing(History(path)) as before:
        rows = len(before.read(TEAM))
    with FailingDisk(rule(tmp_path)) as disk:
        told = run(READ_WHAT_CAN_NOT_BE_WRITTEN, path, BEGIN + 1000 * DAY, prefix=disk.prefix)
    assert told == [rows, None, False, rows, [*can_not_be_used(path)], [TEAM]]


def test_a_log_that_can_not_be_used_is_not_read_past(tmp_path: Path) -> None:
    """Without it the file may be of two times at once."""
    path = tmp_path / "history.sqlite"
    filled(path)
    path.with_name("history.sqlite-wal").write_bytes(b"\xa5" * 5000)
    with FailingDisk(ReadOnly(tmp_path)) as disk:
        told = run(READ_WHAT_CAN_NOT_BE_WRITTEN, path, BEGIN + 1000 * DAY, prefix=disk.prefix)
    fault = [*can_not_be_used(path)]
    assert told == [0, fault, False, 0, fault, []]


def test_a_record_that_is_not_kept_is_said_until_one_is(history: History, path: Path) -> None:
    """A file that is read-only can be read, which says nothing of writing."""
    record(history, at(0, 500))
    history.close()
    content = path.read_bytes()
    locked_by = sqlite3.connect(path, isolation_level=None)
    locked_by.execute("BEGIN IMMEDIATE")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tray_app.store.history_database._BUSY_TIMEOUT", 0.0)
        assert record(history, at(300, 490)) == [False]
    assert history.read(TEAM) == [at(0, 500)]
    history.thin(TEAM, BEGIN)
    assert history.fault == can_not_be_used(path)
    locked_by.close()
    assert path.read_bytes() == content
    assert record(history, at(600, 480)) == [True]
    assert history.fault is None


@pytest.mark.parametrize(("free", "is_full"), [(0, True), (4096, True), (2**20, False)])
def test_a_full_disk_is_called_one(
    history: History, path: Path, monkeypatch: pytest.MonkeyPatch, free: int, is_full: bool
) -> None:
    path.mkdir(parents=True)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    assert record(history, at(0, 500)) == [False]
    full = FileFault(FaultKind.FULL, str(path))
    assert history.fault == (full if is_full else can_not_be_used(path))


def test_a_folder_that_is_a_link_to_nowhere(history: History, path: Path) -> None:
    path.parent.symlink_to(path.parent.parent / "elsewhere")
    assert history.read(TEAM) == []
    assert history.fault == can_not_be_used(path)
    assert record(history, at(0, 500)) == [False]
    assert history.fault == can_not_be_used(path)


def test_a_log_that_has_become_another_users_is_said(history: History, path: Path) -> None:
    """As after root's run that was killed; the file itself is still its user's."""
    put(path, b"")
    path.with_name(f"{path.name}-wal").touch()
    fault = FileFault(FaultKind.ANOTHERS, str(path.parent))
    own = Path.lstat

    def lstat(each: Path) -> os.stat_result:
        found = own(each)
        if not each.name.endswith("-wal"):
            return found
        return os.stat_result((*found[:4], found.st_uid + 1, *found[5:10]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "lstat", lstat)
        assert unusable(path, ("-wal", "-shm")) == fault
        assert unusable(path) == can_not_be_used(path)


# --- several processes --------------------------------------------------------------------------

FINDER = """
import sys
from pathlib import Path
from tray_app.rules.history import Record
from tray_app.store.history_database import History

begin, offset = int(sys.argv[1]), int(sys.argv[2])
for line in sys.stdin:
    history = History(Path(line.rstrip()))
    kept = history.record(f"tea_{offset}", Record(begin, begin, offset))
    history.close()
    print(kept, history.fault.where if history.fault else "", flush=True)
"""


def test_programs_that_find_a_broken_file_at_once_lose_nothing(tmp_path: Path) -> None:
    content = b"not a database " * 100
    with programs(FINDER, str(BEGIN), count=4) as finders:
        for number in range(60):
            path = tmp_path / str(number) / "history.sqlite"
            put(path, content)
            told = answers(finders, str(path))
            (aside,) = path.parent.glob("*.broken-*")
            assert aside.read_bytes() == content
            assert sorted(told)[:3] == ["True "] * 3
            assert aside.name in max(told)
            history = History(path)
            for finder in range(4):
                assert history.read(f"tea_{finder}") == [at(0, finder)]
            history.close()


WRITER = """
import json, sys
from pathlib import Path
from tray_app.rules.history import Record
from tray_app.store.history_database import History

path, begin, offset = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
history = History(path)
sys.stdin.readline()
kept = 0
for number in range(500):
    at = begin + number * 60 + offset
    kept += history.record("tea_1", Record(at, at, 10_000 - number))
    kept += history.record(f"tea_own_{offset}", Record(at, at, 10_000 - number))
print(json.dumps([kept, history.fault]))
history.close()
"""


@pytest.mark.parametrize("content", [None, b"not a database " * 100], ids=["new", "broken"])
def test_several_processes_write_while_one_reads(
    history: History, path: Path, content: bytes | None
) -> None:
    """All make the file at once. What one of them sees late is as of a clock that was set back."""
    if content is not None:
        put(path, content)
    command = [sys.executable, "-c", WRITER, str(path), str(BEGIN)]
    writers = [
        subprocess.Popen(
            [*command, str(offset)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for offset in (0, 20, 40)
    ]
    try:
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("\n")
            writer.stdin.flush()
        while any(writer.poll() is None for writer in writers):
            rows = history.read(TEAM)
            assert all(one.last <= other.first for one, other in itertools.pairwise(rows))
        faults = [history.fault]
        for writer in writers:
            kept, fault = json.loads(writer.communicate(timeout=60)[0])
            faults.append(fault)
            assert kept >= 501
        asides = list(path.parent.glob("*.broken-*"))
        assert [each.read_bytes() for each in asides] == ([] if content is None else [content])
        # One of them has set it aside, and says so.
        assert len([each for each in faults if each]) == len(asides)
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    for offset in (0, 20, 40):
        assert history.read(f"tea_own_{offset}") == [
            at(number * 60 + offset, 10_000 - number) for number in range(500)
        ]


CLOSER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
count = database.execute("SELECT count(*) FROM readings").fetchone()
database.close()
print(*count)
"""


def test_opening_it_twice_in_a_program_ends_no_lock(history: History, path: Path) -> None:
    """Without its lock, whoever closes the file last deletes the log that is still written to."""
    record(history, at(0, 500))
    other = History(path)
    record(other, at(300, 490))
    log = path.with_name(f"{path.name}-wal").stat()
    assert run(CLOSER, path) == 2
    assert path.with_name(f"{path.name}-wal").stat().st_ino == log.st_ino
    other.close()


def test_a_file_that_is_locked_for_good(history: History, path: Path) -> None:
    record(history, at(0, 500))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert history.read(TEAM) == [at(0, 500)]
    assert record(history, at(300, 490)) == [False]
    assert history.fault == can_not_be_used(path)
    other.execute("ROLLBACK")
    other.close()
    assert record(history, at(600, 490)) == [True]
    assert history.fault is None
