"""What is read for one team is shown for no other."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from tests.desktop.widget_driver import FORMATS, wait_with_events
from tests.examples import rhythm
from tests.fakes import FakeApi, FakeKeychain, NoHistory
from tray_app.desktop.actions import Actions
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.history_and_plan import HistoryAndPlan
from tray_app.lemlist.balance import Balance
from tray_app.report.history_view import HistoryView
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import forecast
from tray_app.rules.history import Record
from tray_app.rules.levels import Thresholds
from tray_app.store.history_database import History
from tray_app.store.settings import FIRST_ACCOUNT, Settings
from tray_app.team.credentials import Credentials
from tray_app.team.session import Session
from tray_app.team.watch import Reading, Snapshot, Watch


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[Worker]:
    worker = Worker("test", Gate())
    yield worker
    worker.finish(20)


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


def session_of(team_id: str | None, path: Path, team: str | None = None) -> Session:
    """A session that knows no more than whose it is."""
    credentials = Credentials({}, FakeKeychain())
    watch = Watch(credentials, lambda _key: FakeApi(), None, Settings(), NoHistory())
    snapshot = Snapshot(team_id=team_id, team=team)
    return Session(lambda _settings: watch, partial(History, path), Settings(), snapshot)


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
    owner.deleteLater()


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
    owner.deleteLater()


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
    owner.deleteLater()


def test_an_export_of_a_history_that_can_not_be_read_costs_no_earlier_one(
    qapp: QApplication, worker: Worker, tmp_path: Path
) -> None:
    path, export = tmp_path / "history.sqlite", tmp_path / "export.csv"
    path.mkdir()
    export.write_text("of last month")
    parent = QObject()
    windows = HistoryAndPlan(worker, FORMATS, Actions(parent), parent)
    windows.show(session_of("tea_1", path))
    windows.open_history()
    window = windows.history.window
    assert window is not None
    window.export_requested.emit(str(export), True, FIRST_ACCOUNT)
    told = f"{path} can't be used, so no history is kept."
    wait_with_events(lambda: window.message.text() == told, "what is wrong")
    assert export.read_text() == "of last month"
    close(window)
