"""What is read for one team is shown for no other."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import FORMATS, wait_with_events
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.insight_windows import InsightWindows
from tray_app.rules.history import Record
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.watch import Snapshot


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


def busy_until(worker: Worker, released: threading.Event) -> None:
    """Keep the worker from what it is asked next."""
    worker.submit(lambda: released.wait(20), lambda _: None)


@pytest.mark.parametrize("next_team", ["tea_2", None], ids=["another team", "nobody known yet"])
def test_a_trend_that_comes_late_is_not_shown_for_another_team(
    qapp: QApplication, worker: Worker, path: Path, next_team: str | None
) -> None:
    released = threading.Event()
    owner = QObject()
    windows = InsightWindows(worker, FORMATS, owner)
    shown: list[tuple[str | None, int]] = []
    team_id: str | None = "tea_1"

    def note() -> None:
        if windows.trend is not None:
            shown.append((team_id, windows.trend.points[-1][1] // 1000))

    windows.trend_changed.connect(note)
    windows.show(Snapshot(team_id="tea_1"), Settings(), path)
    windows.read_trend()
    wait_with_events(lambda: shown, "the first team's trend")
    busy_until(worker, released)
    windows.read_trend()
    team_id = next_team
    windows.show(Snapshot(team_id=next_team), Settings(), path)
    windows.read_trend()
    released.set()
    ended: list[bool] = []
    worker.submit(lambda: True, ended.append)
    wait_with_events(lambda: ended, "all is read")
    assert shown == [("tea_1", 1), *([("tea_2", 2)] if next_team else [])]
    windows.show(Snapshot(), Settings(), None)  # which closes what was read
    owner.deleteLater()


def test_a_history_that_comes_late_is_not_shown_for_another_team(
    qapp: QApplication, worker: Worker, path: Path
) -> None:
    released = threading.Event()
    owner = QObject()
    windows = InsightWindows(worker, FORMATS, owner)
    shown: list[str] = []
    windows.show(Snapshot(team_id="tea_1", team="Acme"), Settings(), path)
    busy_until(worker, released)
    windows.open_history()
    window = windows._history
    assert window is not None
    window.show_history = lambda view: shown.append(view.team)  # type: ignore[method-assign]
    windows.show(Snapshot(team_id="tea_2", team="Other"), Settings(), path)
    released.set()
    wait_with_events(lambda: "Other" in shown, "the other team's history")
    assert shown == ["Other"]
    window.close()
    windows.show(Snapshot(), Settings(), None)  # which closes what was read
    owner.deleteLater()
