"""The history as it is kept and asked with each reading."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tray_app.lemlist.balance import Balance
from tray_app.rules.forecast import Forecast, TooEarly
from tray_app.rules.history import Record
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.history_database import History
from tray_app.team.analyst import Analyst, _Learning

MONDAY = datetime(2026, 10, 5, tzinfo=UTC)
A_DAY = 800


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history.sqlite")
    yield history
    history.close()


@pytest.fixture
def analyst(history: History) -> Analyst:
    return Analyst(history, UTC)


def work(analyst: Analyst, team_id: str, days: int, left: int = 100_000) -> None:
    """Read each hour of these days, with the spending of working hours."""
    for hour in range(days * 24):
        at = MONDAY + timedelta(hours=hour)
        if at.weekday() < 5 and 9 <= at.hour <= 16:
            left -= A_DAY // 8
        analyst.take(team_id, Balance(left, subscription=left), at, None)


def test_it_learns_while_it_records(analyst: Analyst, history: History) -> None:
    first = analyst.take("tea_1", Balance(100_000), MONDAY, None)
    assert first is not None
    assert isinstance(first.rhythm, TooEarly)
    work(analyst, "tea_1", 28)
    analysis = analyst.take("tea_1", Balance(4_000), MONDAY + timedelta(days=28), None)
    assert analysis is not None
    assert isinstance(analysis.forecast, Forecast)
    assert analysis.forecast.per_working_day == pytest.approx(A_DAY, rel=0.1)
    assert history.read("tea_1")[-1].credits == 4_000


def test_what_was_read_to_learn_is_not_kept_in_memory(analyst: Analyst, history: History) -> None:
    analyst.take("tea_1", Balance(100_000), MONDAY, None)
    assert history._database is None
    analyst.take("tea_1", Balance(99_000), MONDAY + timedelta(minutes=5), None)
    assert [row.credits for row in history.read("tea_1")] == [100_000, 99_000]


@pytest.mark.parametrize("restarts", [False, True])
def test_it_knows_since_when_there_are_no_credits(
    analyst: Analyst, history: History, restarts: bool
) -> None:
    """The time of the last change was told, as jobs that were running took more than there was."""
    work(analyst, "tea_1", 2)
    empty = MONDAY + timedelta(days=2)
    analyst.take("tea_1", Balance(40), empty - timedelta(minutes=15), None)
    for hours, credits in ((0, 0), (1, 0), (6, -15), (12, -20), (30, -20)):
        if restarts:
            analyst = Analyst(history, UTC)
        analysis = analyst.take("tea_1", Balance(credits), empty + timedelta(hours=hours), None)
        assert analysis is not None
        assert analysis.empty_since == empty.timestamp()
    analysis = analyst.take("tea_1", Balance(500), empty + timedelta(hours=31), None)
    assert analysis is not None
    assert analysis.empty_since is None


@pytest.mark.parametrize("restarts", [False, True])
def test_nobody_knows_since_when_a_team_was_empty_that_never_had_credits(
    analyst: Analyst, history: History, restarts: bool
) -> None:
    for hours, credits in ((0, 0), (1, 0), (6, -15)):
        if restarts:
            analyst = Analyst(history, UTC)
        analysis = analyst.take("tea_1", Balance(credits), MONDAY + timedelta(hours=hours), None)
        assert analysis is not None
        assert analysis.empty_since is None


@pytest.mark.parametrize("restarts", [False, True])
def test_nobody_knows_since_when_a_team_is_empty_that_ran_dry_unseen(
    analyst: Analyst, history: History, restarts: bool
) -> None:
    """After a weekend it was said to be empty since Monday morning, when the computer woke up."""
    friday, monday = MONDAY - timedelta(days=3), MONDAY + timedelta(hours=8)
    analyst.take("tea_1", Balance(500), friday, None)
    for minutes, credits in ((0, 0), (5, 0), (60, -15)):
        if restarts:
            analyst = Analyst(history, UTC)
        at = monday + timedelta(minutes=minutes)
        analysis = analyst.take("tea_1", Balance(credits), at, None)
        assert analysis is not None
        assert analysis.empty_since is None


def test_a_clock_that_ran_ahead_tells_no_time_of_the_future(analyst: Analyst) -> None:
    analyst.take("tea_1", Balance(500), MONDAY + timedelta(hours=1, minutes=50), None)
    for minutes, credits in ((300, 0), (120, 0), (125, 0)):
        at = MONDAY + timedelta(minutes=minutes)
        analysis = analyst.take("tea_1", Balance(credits), at, None)
    assert analysis is not None
    assert analysis.empty_since == (MONDAY + timedelta(hours=2)).timestamp()


def test_a_restart_goes_on_where_it_was(analyst: Analyst, history: History) -> None:
    work(analyst, "tea_1", 28)
    again = Analyst(history, UTC)
    assert not again.is_ready
    analysis = again.take("tea_1", Balance(4_000), MONDAY + timedelta(days=28), None)
    assert analysis is not None
    assert analysis.forecast is not None
    assert again.is_ready


def test_teams_do_not_mix(analyst: Analyst, history: History) -> None:
    work(analyst, "tea_1", 28)
    analyst.forget()
    analysis = analyst.take("tea_2", Balance(4_000), MONDAY + timedelta(days=28), None)
    assert analysis is not None
    assert isinstance(analysis.rhythm, TooEarly)
    assert len(history.read("tea_2")) == 1


def test_what_is_read_before_the_team_has_a_name_is_kept_for_it(
    analyst: Analyst, history: History
) -> None:
    minute = timedelta(minutes=1)
    for number in range(3):
        balance = Balance(500 - number)
        assert analyst.take(None, balance, MONDAY + number * minute, None) is None
    assert history.read("tea_1") == []
    analyst.take("tea_1", Balance(400), MONDAY + 3 * minute, None)
    assert [record.credits for record in history.read("tea_1")] == [500, 499, 498, 400]


def test_what_is_read_of_a_team_that_is_never_named_goes_to_no_other(
    analyst: Analyst, history: History
) -> None:
    analyst.take(None, Balance(500), MONDAY, None)
    analyst.forget()  # another key was entered
    analyst.take("tea_2", Balance(400), MONDAY + timedelta(minutes=1), None)
    assert [record.credits for record in history.read("tea_2")] == [400]


def test_buckets_are_recorded(analyst: Analyst, history: History) -> None:
    balance = Balance(500, 500, subscription=400, paid=90, gifted=None, freemium=10)
    analyst.take("tea_1", balance, MONDAY, None)
    at = int(MONDAY.timestamp())
    assert history.read("tea_1") == [Record(at, at, 500, 400, 90, None, 10)]


def test_of_two_readings_in_one_second_the_later_one_counts(
    analyst: Analyst, history: History
) -> None:
    for credits in (500, 400, 300):
        analyst.take("tea_1", Balance(credits), MONDAY, None)
    assert [record.credits for record in history.read("tea_1")] == [300]
    analysis = analyst.take("tea_1", Balance(290), MONDAY + timedelta(minutes=1), None)
    assert analysis is not None
    assert analysis.drain is None


@pytest.mark.parametrize("restarts", [False, True])
def test_a_reservation_that_came_back_never_becomes_a_refill(
    analyst: Analyst, history: History, restarts: bool
) -> None:
    """Whenever the last hours end between the dip and its return."""
    for poll in range(80):
        at = MONDAY + timedelta(minutes=5 * poll)
        credits = 300 if poll in (6, 7) else 1_000 if poll < 6 else 850
        if restarts and poll > 8:
            analyst = Analyst(history, UTC)
        analyst.take("tea_1", Balance(credits, subscription=credits), at, None)
        assert analyst.refills() == []


def test_a_drain_is_noticed_in_between(analyst: Analyst) -> None:
    work(analyst, "tea_1", 28)
    night = MONDAY + timedelta(days=27, hours=23)
    assert analyst.take("tea_1", Balance(84_000), night + timedelta(minutes=5), None) is not None
    analysis = analyst.take("tea_1", Balance(80_000), night + timedelta(minutes=10), None)
    assert analysis is not None
    assert analysis.drain is not None
    assert analysis.drain.amount == 4_000


def test_a_renewal_is_learned_as_it_is_seen(analyst: Analyst) -> None:
    left = 50_000
    seen = None
    for day in range(70):
        at = MONDAY + timedelta(days=day)
        left += 20_000 if at.day == 15 else -300
        seen = analyst.take(
            "tea_1", Balance(left, subscription=left, paid=0, gifted=0, freemium=0), at, None
        )
    assert seen is not None
    assert seen.renewal == datetime(2026, 12, 15, tzinfo=UTC).date()


def test_other_settings_are_judged_without_a_reading(analyst: Analyst, history: History) -> None:
    assert analyst.analyse(Balance(500), MONDAY, 9) is None
    analyst.take("tea_1", Balance(500), MONDAY, None)
    analysis = analyst.analyse(Balance(500), MONDAY, 9)
    assert analysis is not None
    assert analysis.renewal == datetime(2026, 10, 9, tzinfo=UTC).date()
    assert len(history.read("tea_1")) == 1


def test_a_history_that_can_not_be_kept_is_said_and_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "in the way" / "history.sqlite"
    path.parent.touch()
    analyst = Analyst(History(path), UTC)
    analysis = analyst.take("tea_1", Balance(500), MONDAY, None)
    assert analysis is not None
    assert analysis.rhythm == TooEarly(None)  # as no day that is promised would come
    assert analyst.history_fault == FileFault(FaultKind.UNUSABLE, str(path))


# --- where it learns ----------------------------------------------------------------------------


def test_teams_learn_one_after_the_other_in_one_thread() -> None:
    learning = _Learning()
    all_wait, at_work = threading.Event(), threading.Semaphore(1)
    threads: list[threading.Thread] = []

    def learn() -> None:
        assert at_work.acquire(blocking=False)
        all_wait.wait(20)
        threads.append(threading.current_thread())
        at_work.release()

    teams = [threading.Thread(target=learning.do, args=(learn,)) for _ in range(20)]
    for team in teams:
        team.start()
    wait_until(lambda: len(learning._waiting) == 19, 20, "all others wait")
    all_wait.set()
    for team in teams:
        team.join()
    assert len(threads) == 20
    assert len(set(threads)) == 1


def test_what_goes_wrong_while_a_team_learns_is_its_own() -> None:
    learning = _Learning()
    with pytest.raises(ZeroDivisionError):
        learning.do(lambda: 1 // 0)  # type: ignore[arg-type]
    learned: list[int] = []
    learning.do(lambda: learned.append(1))
    assert learned == [1]


def test_the_thread_that_learns_ends_and_another_begins() -> None:
    learning = _Learning()
    threads: list[threading.Thread] = []
    for _ in range(50):
        learning.do(lambda: threads.append(threading.current_thread()))
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
