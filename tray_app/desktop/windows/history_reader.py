"""Reads the history for what shows it, away from the GUI thread."""

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tray_app.desktop.system.worker import Worker
from tray_app.errors import Problem
from tray_app.i18n import tr
from tray_app.words.formats import Formats
from tray_app.words.problem_words import problem_words

if TYPE_CHECKING:
    from tray_app.report.history_view import HistoryView
    from tray_app.report.trend import Trend
    from tray_app.rules.history import Record
    from tray_app.store.history_database import History

DAY = 86_400
"""Seconds."""


class HistoryReader(QObject):
    """What is asked for is read by the worker, and comes back as a signal."""

    trend_read = Signal(object, object)
    """The identity of a team, or ``None``, and its :class:`Trend`."""
    history_read = Signal(object, object)
    """The identity of a team, or ``None``, and its :class:`HistoryView`."""
    exported = Signal(str)
    """What became of an export, or why there is no history to show, in a sentence or two."""

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._shelf: _Shelf | None = None
        self._team_id: str | None = None

    def use(self, path: Path | None, team_id: str | None) -> None:
        """Read this team's history from now on; of nobody without one of the two."""
        before = self._shelf
        if path is None or team_id is None:
            self._shelf = None
        elif self._shelf is None or (path, team_id) != (self._shelf.path, self._team_id):
            self._shelf = _Shelf(path)
        self._team_id = team_id
        if before is not None and before is not self._shelf:
            self._worker.submit(before.close, lambda _: None)

    def read_trend(self, days: int) -> None:
        """Read the course of the balance, for the popup."""
        shelf, team_id = self._shelf, self._team_id
        if shelf is None or team_id is None:
            return

        def read() -> "Trend":
            from tray_app.report.trend import trend_of

            now = int(time.time())
            return trend_of(shelf.read(team_id, now - (days + 1) * DAY), days, now)

        self._worker.submit(read, lambda trend: self.trend_read.emit(team_id, trend))

    def read_history(self, team: str, days: int, formats: Formats) -> None:
        """Read what the history window shows."""
        shelf, team_id = self._shelf, self._team_id

        def read() -> "HistoryView":
            from tray_app.report.history_view import history_of
            from tray_app.rules.history import days_of

            now = int(time.time())
            records = shelf.read(team_id) if shelf and team_id else []
            every_day = days_of(records, _today())
            return history_of(records, every_day, days, team, formats, now)

        self._worker.submit(read, lambda view: self.history_read.emit(team_id, view), self._tell)

    def export(self, path: str, *, by_day: bool) -> None:
        """Write all of the team's history to a CSV file."""
        shelf, team_id = self._shelf, self._team_id

        def write() -> str:
            from tray_app.report.history_csv import days_csv, readings_csv
            from tray_app.rules.history import days_of

            records = shelf.read(team_id) if shelf and team_id else []
            try:
                # The line ends are those of RFC 4180, which the writer sets itself.
                with Path(path).open("w", encoding="utf-8", newline="") as file:
                    if by_day:
                        days_csv(days_of(records, _today()), file)
                    else:
                        readings_csv(records, file)
            except OSError as error:
                return tr("{path} can't be written: {reason}.", path=path, reason=error.strerror)
            return tr("Saved as {path}.", path=path)

        self._worker.submit(write, self.exported.emit, self._tell)

    def _tell(self, problem: Problem) -> None:
        self.exported.emit(problem_words(problem.kind).text)


class _Shelf:
    """The history as the worker's thread has it open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._history: History | None = None

    def read(self, team_id: str, since: int = 0) -> "list[Record]":
        if self._history is None:
            from tray_app.store.history_database import History

            self._history = History(self.path)
        return self._history.read(team_id, since)

    def close(self) -> None:
        if self._history is not None:
            self._history.close()


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
