"""Reads the history for what shows it, away from the GUI thread."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tray_app.desktop.system.worker import Worker
from tray_app.i18n import tr
from tray_app.rules.local_time import DAY
from tray_app.words.formats import Formats
from tray_app.words.problem_words import problem_words

if TYPE_CHECKING:
    from tray_app.report.history_view import HistoryView
    from tray_app.report.trend import Trend
    from tray_app.rules.history import Record
    from tray_app.store.history_database import History


class HistoryReader:
    """Has the worker read one team's history. What was read of a team that was left is dropped."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._shelf: _Shelf | None = None

    def use(self, open_history: "Callable[[], History]", team_id: str | None) -> None:
        """Read this team's history from now on; of nobody without an identity."""
        shelf = self._shelf
        if shelf is not None and (open_history, team_id) != (shelf.open, shelf.team_id):
            self._worker.submit(shelf.close, lambda _: None)
            shelf = None
        if shelf is None and team_id is not None:
            shelf = _Shelf(open_history, team_id)
        self._shelf = shelf

    def read_trend(self, days: int, show: "Callable[[Trend], object]") -> None:
        """Read the course of the balance, for the popup."""
        if (shelf := self._shelf) is None:
            return

        def read() -> "Trend":
            from tray_app.report.trend import trend_of

            now = int(time.time())
            return trend_of(shelf.read(now - (days + 1) * DAY), days, now)

        self._worker.submit(read, lambda trend: self._shelf is shelf and show(trend))

    def read_history(
        self,
        team: str,
        days: int,
        formats: Formats,
        show: "Callable[[HistoryView], object]",
        tell: Callable[[str], object],
    ) -> None:
        """Read what the history window shows, or tell what keeps it from being read."""
        shelf = self._shelf

        def read() -> "HistoryView":
            from tray_app.report.history_view import history_of
            from tray_app.rules.history import days_of

            now = int(time.time())
            records = shelf.read() if shelf is not None else []
            every_day = days_of(records, _today())
            return history_of(records, every_day, days, team, formats, now)

        self._worker.submit(
            read,
            lambda view: self._shelf is shelf and show(view),
            lambda problem: tell(problem_words(problem.kind).text),
        )

    def export(self, path: str, tell: Callable[[str], object], *, by_day: bool) -> None:
        """Write all of the team's history to a CSV file, and tell what became of it."""
        shelf = self._shelf

        def write() -> str:
            from tray_app.report.exports import days_csv, readings_csv
            from tray_app.rules.history import days_of

            records = shelf.read() if shelf is not None else []
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

        self._worker.submit(write, tell, lambda problem: tell(problem_words(problem.kind).text))


class _Shelf:
    """One team's history as the worker's thread has it open."""

    def __init__(self, open_history: "Callable[[], History]", team_id: str) -> None:
        self.open = open_history
        self.team_id = team_id
        self._history: History | None = None

    def read(self, since: int = 0) -> "list[Record]":
        if self._history is None:
            self._history = self.open()
        return self._history.read(self.team_id, since)

    def close(self) -> None:
        if self._history is not None:
            self._history.close()


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
