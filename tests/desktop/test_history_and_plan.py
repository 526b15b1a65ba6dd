"""What is read for one team is shown for no other."""

import csv
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from tests.desktop.widget_driver import FORMATS, wait_with_events, words
from tests.examples import rhythm
from tests.fakes import FakeApi, FakeKeychain, NoHistory
from tray_app.desktop.actions import Actions
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.history_and_plan import HistoryAndPlan
from tray_app.desktop.windows.history_window import HistoryWindow
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.report.history_view import HistoryView
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import forecast
from tray_app.rules.history import Record
from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.store.history_database import History
from tray_app.store.settings import FIRST_ACCOUNT, Settings, TeamEntry
from tray_app.team.credentials import Credentials
from tray_app.team.session import Session
from tray_app.team.watch import Reading, Snapshot, Watch


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[Worker]:
    worker = Worker("test", Gate())
    yield worker
    worker.finish(20)
    # An answer that nobody has taken would keep worker and windows alive in a circle, until another
    # test's thread collects them as garbage, and so destroys Qt's objects from there.
    QApplication.sendPostedEvents(worker)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "history.sqlite"
    history = History(path)
    now = int(datetime.now(UTC).timestamp())  # noqa: TID251  (the last days, on any day)
    for number, team_id in enumerate(("tea_1", "tea_2"), start=1):
        for day in (3, 2, 1):
            at = now - day * 86_400
            history.record(team_id, Record(at, at, 1000 * number + day))
    history.close()
    return path


def session_of(
    team_id: str | None, path: Path, team: str | None = None, account: str = "default"
) -> Session:
    """A session that knows no more than whose it is."""
    credentials = Credentials({}, FakeKeychain())
    watch = Watch(credentials, lambda _key: FakeApi(), None, Settings(), NoHistory())
    snapshot = Snapshot(team_id=team_id, team=team)
    entry = TeamEntry(account)
    return Session(lambda _settings: watch, partial(History, path), Settings(), snapshot, entry)


def busy_until(worker: Worker, released: threading.Event) -> None:
    """Keep the worker from what it is asked next."""
    worker.submit(lambda: released.wait(20), lambda _: None)


def close(window: QWidget) -> None:
    """Close a window for good, before a collection of garbage in the worker's thread can."""
    window.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("next_team", ["tea_2", None], ids=["another team", "nobody known yet"])
def test_a_trend_that_comes_late_is_not_shown_for_another_team(
    qapp: QApplication, worker: Worker, path: Path, next_team: str | None
) -> None:
    released = threading.Event()
    owner = QObject()
    windows = HistoryAndPlan(worker, FORMATS, Actions(owner), owner)
    shown: list[tuple[str | None, int]] = []
    team_id: str | None = "tea_1"

    def note() -> None:
        if windows.trend is not None:
            shown.append((team_id, windows.trend.points[-1][1] // 1000))

    windows.trend_changed.connect(note)
    windows.show(session_of("tea_1", path))
    windows.read_trend()
    wait_with_events(lambda: shown, "the first team's trend")
    busy_until(worker, released)
    windows.read_trend()
    team_id = next_team
    windows.show(session_of(next_team, path))
    windows.read_trend()
    released.set()
    ended: list[bool] = []
    worker.submit(lambda: True, ended.append)
    wait_with_events(lambda: ended, "all is read")
    assert shown == [("tea_1", 1), *([("tea_2", 2)] if next_team else [])]
    windows.show(session_of(None, path))  # which closes what was read
    shiboken6.delete(owner)  # now, and not when a collection of garbage comes to it


def test_a_history_that_comes_late_is_not_shown_for_another_team(
    qapp: QApplication, worker: Worker, path: Path
) -> None:
    released = threading.Event()
    owner = QObject()
    windows = HistoryAndPlan(worker, FORMATS, Actions(owner), owner)
    shown: list[str] = []
    windows.show(session_of("tea_1", path, "Acme"))
    busy_until(worker, released)
    windows.history.open()
    window = windows.history.window
    assert window is not None
    window.show_history = lambda view: shown.append(view.team)  # type: ignore[method-assign]
    windows.show(session_of("tea_2", path, "Other"))
    released.set()
    wait_with_events(lambda: "Other" in shown, "the other team's history")
    assert shown == ["Other"]
    close(window)
    windows.show(session_of(None, path))  # which closes what was read
    shiboken6.delete(owner)  # now, and not when a collection of garbage comes to it


def test_the_history_has_the_forecast_of_the_team_that_is_shown(
    qapp: QApplication, worker: Worker, path: Path
) -> None:
    owner = QObject()
    windows = HistoryAndPlan(worker, FORMATS, Actions(owner), owner)
    shown: list[HistoryView] = []
    session = session_of("tea_1", path)
    now = datetime.now(UTC)  # noqa: TID251  (the last days, on any day)
    reading, steady = Reading(Balance(1_001), now), rhythm(80, 100, 120)
    analysis = Analysis(steady, forecast(steady, 1_001, now.astimezone()))
    session.snapshot = replace(session.snapshot, reading=reading, analysis=analysis)
    session.settings = replace(session.settings, thresholds=Thresholds(900, 100))
    windows.show(session)
    windows.history.open()
    window = windows.history.window
    assert window is not None
    window.show_history = lambda view: shown.append(view)  # type: ignore[method-assign]
    wait_with_events(lambda: shown, "the history")
    assert shown[0].ahead[0] == (int(now.timestamp()), 1_001, 1_001, 1_001)
    assert shown[0].tiles[3].label == "likely to run out"
    assert shown[0].low == 900
    close(window)
    windows.show(session_of(None, path))  # which closes what was read
    shiboken6.delete(owner)  # now, and not when a collection of garbage comes to it


def test_an_export_of_a_history_that_can_not_be_read_costs_no_earlier_one(
    qapp: QApplication, worker: Worker, tmp_path: Path
) -> None:
    path, export = tmp_path / "history.sqlite", tmp_path / "export.csv"
    path.mkdir()
    export.write_text("of last month")
    parent = QObject()
    windows = HistoryAndPlan(worker, FORMATS, Actions(parent), parent)
    session = session_of("tea_1", path)
    windows.show_teams([session], [""])
    windows.show(session)
    windows.open_history()
    window = windows.history.window
    assert window is not None
    window.export_requested.emit(str(export), True, FIRST_ACCOUNT)
    told = f"{path} can't be used, so no history is kept."
    wait_with_events(lambda: window.message.text() == told, "what is wrong")
    assert export.read_text() == "of last month"
    close(window)


# Several teams

NAMES = ["Acme", "=Other", "New"]


@pytest.fixture
def sessions(path: Path) -> list[Session]:
    """Two teams that have a history, and one of which nothing is known yet."""
    teams = (("tea_1", "default"), ("tea_2", "team-2"), (None, "team-3"))
    return [session_of(team_id, path, account=account) for team_id, account in teams]


@pytest.fixture
def windows(worker: Worker, sessions: list[Session]) -> Iterator[HistoryAndPlan]:
    """The first of the teams is shown."""
    owner = QObject()
    windows = HistoryAndPlan(worker, FORMATS, Actions(owner), owner)
    windows.show_teams(sessions, NAMES)
    windows.show(sessions[0])
    yield windows
    for window in (windows.history.window, windows.plan.window):
        if window is not None:
            close(window)
    windows.show(session_of(None, Path()))  # which closes what was read
    shiboken6.delete(owner)  # now, and not when a collection of garbage comes to it


def opened(windows: HistoryAndPlan) -> tuple[HistoryWindow, list[HistoryView]]:
    """Open the history, and note what it shows from then on."""
    windows.open_history()
    window = windows.history.window
    assert window is not None
    shown: list[HistoryView] = []
    window.show_history = lambda view: shown.append(view)  # type: ignore[method-assign]
    return window, shown


def balance_of(view: HistoryView) -> int:
    return view.points[-1].credits if view.points else 0


def test_the_history_is_of_the_team_that_is_chosen_in_its_window(
    windows: HistoryAndPlan, sessions: list[Session]
) -> None:
    window, shown = opened(windows)
    wait_with_events(lambda: shown, "the first team's history")
    assert (window.teams.currentText(), balance_of(shown[-1])) == ("Acme", 1_001)
    window.teams.setCurrentIndex(1)
    wait_with_events(lambda: balance_of(shown[-1]) == 2_001, "the other team's history")
    seen = len(shown)
    windows.show(sessions[2])  # as the popup's page is turned
    windows.show_teams(sessions, NAMES)
    windows.hear_of(sessions[1])
    wait_with_events(lambda: len(shown) > seen, "the other team's news")
    assert {balance_of(view) for view in shown[seen:]} == {2_001}
    windows.open_history()
    assert window.teams.currentText() == "New"
    wait_with_events(lambda: not shown[-1].points, "the history of the team that is shown")


def test_what_was_read_for_a_team_is_not_shown_once_another_is_chosen(
    windows: HistoryAndPlan, worker: Worker
) -> None:
    released = threading.Event()
    busy_until(worker, released)
    window, shown = opened(windows)
    window.teams.setCurrentIndex(1)
    window.teams.setCurrentIndex(2)
    window.teams.setCurrentIndex(1)
    released.set()
    wait_with_events(lambda: len(shown) >= 2, "what is read for the team that is chosen")
    assert {balance_of(view) for view in shown} == {2_001}


def test_all_teams_are_summed_up_without_a_forecast(windows: HistoryAndPlan) -> None:
    window, shown = opened(windows)
    window.teams.setCurrentIndex(3)
    wait_with_events(lambda: shown and shown[-1].is_sum, "the sum")
    assert shown[-1].team == "All teams"
    assert balance_of(shown[-1]) == 3_002
    assert sum(span.spent for span in shown[-1].spans) == 4
    assert shown[-1].ahead == ()
    assert "1 team without a history is not counted." in shown[-1].note


def test_two_keys_of_one_team_count_once(
    windows: HistoryAndPlan, sessions: list[Session], path: Path
) -> None:
    sessions[2] = session_of("tea_2", path, account="team-3")
    windows.show_teams(sessions, NAMES)
    window, shown = opened(windows)
    window.teams.setCurrentIndex(3)
    wait_with_events(lambda: shown and shown[-1].is_sum, "the sum")
    assert balance_of(shown[-1]) == 3_002


def test_a_team_that_is_removed_leaves_the_windows(
    windows: HistoryAndPlan, sessions: list[Session]
) -> None:
    window, shown = opened(windows)
    windows.open_plan()
    plan = windows.plan.window
    assert plan is not None
    window.teams.setCurrentIndex(1)
    plan.teams.setCurrentIndex(1)
    wait_with_events(lambda: shown and balance_of(shown[-1]) == 2_001, "the other team")
    del sessions[1]
    windows.show_teams(sessions, ["Acme", "New"])
    assert [window.teams.itemText(row) for row in range(3)] == ["Acme", "New", "All teams"]
    assert window.teams.currentText() == plan.teams.currentText() == "Acme"
    wait_with_events(lambda: balance_of(shown[-1]) == 1_001, "the team that is shown")
    windows.show_teams(sessions[:1], [""])
    assert not window.teams.isVisible()
    assert not plan.teams.isVisible()


def test_other_teams_take_the_place_of_all(
    windows: HistoryAndPlan, sessions: list[Session], path: Path
) -> None:
    window, shown = opened(windows)
    demo = session_of("tea_2", path, "Demo", account="demo")
    windows.show_teams([demo], [""])
    windows.show(demo)
    wait_with_events(lambda: shown and balance_of(shown[-1]) == 2_001, "the demo's team")
    seen = len(shown)
    windows.hear_of(demo)
    wait_with_events(lambda: len(shown) > seen, "its news")
    assert shown[-1].team == "Demo"
    assert not window.teams.isVisible()


@pytest.mark.parametrize("by_day", [False, True])
@pytest.mark.parametrize(("row", "account"), [(1, "team-2"), (3, "")], ids=["one", "all"])
def test_an_export_is_of_what_is_chosen(
    windows: HistoryAndPlan, tmp_path: Path, row: int, account: str, *, by_day: bool
) -> None:
    """Also if the window has turned to another team while the file was chosen."""
    window, _shown = opened(windows)
    window.teams.setCurrentIndex(row)
    windows.open_history()
    assert window.teams.account == FIRST_ACCOUNT
    said: list[str] = []
    window.show_message = lambda text: said.append(text)  # type: ignore[method-assign]
    window.export_requested.emit(str(tmp_path / "out.csv"), by_day, account)
    wait_with_events(lambda: said, "the export")
    assert said == ["Saved as out.csv."]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    number = 4 if by_day else 3  # the days go on until today
    teams = [each.get("team") for each in rows]
    assert teams == ([None] * number if account else ["Acme"] * number + ["'=Other"] * number)
    assert rows[-1]["credits"] == "2001"


def test_an_export_of_a_team_that_is_gone_writes_no_other_teams(
    windows: HistoryAndPlan, sessions: list[Session], tmp_path: Path
) -> None:
    window, _shown = opened(windows)
    window.teams.setCurrentIndex(1)
    said: list[str] = []
    window.show_message = lambda text: said.append(text)  # type: ignore[method-assign]
    windows.show_teams([sessions[0], sessions[2]], ["Acme", "New"])
    window.export_requested.emit(str(tmp_path / "out.csv"), False, "team-2")
    assert said == ["Nothing was saved, because the team is no longer in the list."]
    assert not (tmp_path / "out.csv").exists()


def test_the_calculator_is_of_the_team_that_is_chosen_in_it(
    windows: HistoryAndPlan, sessions: list[Session]
) -> None:
    now = datetime.now(UTC)  # noqa: TID251  (what is known now)
    for session, credits in zip(sessions[:2], (1_001, 2_001), strict=True):
        session.snapshot = replace(session.snapshot, reading=Reading(Balance(credits), now))
    sessions[1].settings = replace(Settings(), prices=Prices(email_found=1))
    windows.open_plan()
    dialog = windows.plan.window
    assert dialog is not None
    assert [dialog.teams.itemText(row) for row in range(dialog.teams.count())] == NAMES
    assert "1,001 credits" in words(dialog)
    dialog.teams.setCurrentIndex(1)
    assert "2,001 credits" in words(dialog)
    assert "2,001 emails" in words(dialog)
    windows.show(sessions[2])
    assert "2,001 credits" in words(dialog)
    dialog.teams.setCurrentIndex(2)
    assert "The answers come with the first balance." in words(dialog)
    windows.show(sessions[0])
    windows.open_plan()
    assert "1,001 credits" in words(dialog)


def test_the_calculator_knows_from_when_a_balance_is_that_is_out_of_date(
    windows: HistoryAndPlan, sessions: list[Session]
) -> None:
    at = datetime.now(UTC) - timedelta(3)  # noqa: TID251  (what was known)
    reading, offline = Reading(Balance(9_001), at), Problem(Kind.OFFLINE)
    sessions[0].snapshot = replace(sessions[0].snapshot, reading=reading, problem=offline)
    windows.open_plan()
    dialog = windows.plan.window
    assert dialog is not None
    assert f"The balance from {FORMATS.day_and_time(at)} was enough." in words(dialog)


def test_a_history_that_is_opened_before_anything_is_known_is_of_one_team(
    worker: Worker, sessions: list[Session]
) -> None:
    owner = QObject()
    windows = HistoryAndPlan(worker, FORMATS, Actions(owner), owner)
    window, shown = opened(windows)
    windows.show_teams(sessions, NAMES)
    assert window.teams.currentText() == "Acme"
    wait_with_events(lambda: shown and balance_of(shown[-1]) == 1_001, "the first team's history")
    close(window)
    shiboken6.delete(owner)  # now, and not when a collection of garbage comes to it
