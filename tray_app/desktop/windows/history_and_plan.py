"""The windows of the history and of the plan, and the popup's chart, of the team that is shown."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.actions import Actions
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import Problem
from tray_app.i18n import tr
from tray_app.report.points import Trend, trend_of
from tray_app.report.view import is_stale
from tray_app.rules.history import Record, days_of
from tray_app.rules.local_time import DAY, date_at
from tray_app.team.watch import Snapshot
from tray_app.words.balance_words import team_name
from tray_app.words.formats import Formats
from tray_app.words.plan_words import Figures
from tray_app.words.problem_words import history_fault_words, problem_words

if TYPE_CHECKING:
    from tray_app.desktop.windows.history_window import HistoryWindow
    from tray_app.desktop.windows.plan_dialog import PlanDialog
    from tray_app.report.history_view import HistoryView
    from tray_app.store.history_database import History
    from tray_app.team.session import Session

TREND_DAYS = 30
"""Days that the popup's chart shows."""


@dataclass(frozen=True)
class _Past:
    """One team's history. Everything but its fields is for the worker's thread."""

    open: "Callable[[], History]"
    team_id: str

    @cached_property
    def file(self) -> "History":
        return self.open()

    def read(self, since: int = 0) -> list[Record]:
        return self.file.read(self.team_id, since)

    def close(self) -> None:
        self.file.close()


class HistoryAndPlan(QObject):
    """Opens both windows, and keeps them and the popup's chart up to date.

    The worker reads the history. If another team is shown by then, what was read is dropped.
    """

    trend_changed = Signal()

    def __init__(self, worker: Worker, formats: Formats, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._formats = formats
        self._actions = actions
        self._session: Session | None = None
        self._past: _Past | None = None
        """``None`` while the team has no identity."""
        self.trend: Trend | None = None
        """The course of the balance as it was read last; ``None`` before that."""
        self.history = SingleWindow(self._make_history, self)
        self.plan = SingleWindow(self._make_plan, self)

    def show(self, session: "Session") -> None:
        """Show what is known of a team now."""
        self._session = session
        team_id = session.snapshot.team_id
        past = _Past(session.open_history, team_id) if team_id is not None else None
        if past != self._past:
            if self._past is not None:
                self._worker.submit(self._past.close)
            self._past = past
            self._show_trend(None)
        if self.trend is None and session.snapshot.analysis is not None:
            self.read_trend()
        if self.history.window is not None:
            self._read_history(self.history.window.days)
        self.show_now()

    def show_now(self) -> None:
        """Show what is known as of now."""
        if self.plan.window is not None:
            self._show_figures(self.plan.window)

    @Slot()
    def read_trend(self) -> None:
        """Bring the popup's chart up to date."""
        if (past := self._past) is None:
            return

        def read() -> Trend:
            now = int(time.time())
            return trend_of(past.read(now - (TREND_DAYS + 1) * DAY), TREND_DAYS, now)

        def show(trend: Trend) -> None:
            if self._past is past:
                self._show_trend(trend)

        self._worker.submit(read, show)

    def show_again(self) -> None:
        """Write what is open once more, as amounts are to be hidden, or are no longer."""
        if self.history.window is not None:
            self._read_history(self.history.window.days)
        self.show_now()

    def _make_history(self) -> "HistoryWindow":
        from tray_app.desktop.windows.history_window import HistoryWindow

        window = HistoryWindow(self._formats)
        window.days_chosen.connect(self._read_history)
        window.export_requested.connect(self._export)
        self._read_history(window.days)
        return window

    def _make_plan(self) -> "PlanDialog":
        from tray_app.desktop.windows.plan_dialog import PlanDialog

        dialog = PlanDialog(self._formats, self._actions)
        self._show_figures(dialog)
        return dialog

    def _show_trend(self, trend: Trend | None) -> None:
        self.trend = trend
        self.trend_changed.emit()

    @Slot(int)
    def _read_history(self, days: int) -> None:
        past, formats = self._past, self._formats
        snapshot = self._session.snapshot if self._session else Snapshot()
        low = self._session.settings.thresholds.low if self._session else 0
        team = team_name(snapshot.team)

        def read() -> "HistoryView":
            from tray_app.report.history_view import history_of

            records = past.read() if past is not None else []
            return history_of(records, days, team, formats, int(time.time()), snapshot, low)

        def show(view: "HistoryView") -> None:
            if self._past is past and self.history.window is not None:
                self.history.window.show_history(view)

        self._worker.submit(read, show, self._tell_problem)

    @Slot(str, bool)
    def _export(self, path: str, by_day: bool) -> None:
        """Write all of the team's history to a CSV file, and tell what became of it."""
        past, name = self._past, Path(path).name

        def write() -> str:
            from tray_app.report.exports import days_csv, readings_csv

            records = past.read() if past is not None else []
            if past is not None and not records and past.file.fault is not None:
                # The file to save to may be an earlier export, which nothing is worth losing.
                return history_fault_words(past.file.fault)
            try:
                # The line ends are those of RFC 4180, which the writer sets itself.
                with Path(path).open("w", encoding="utf-8", newline="") as file:
                    if by_day:
                        days_csv(days_of(records, date_at(int(time.time()))), file)
                    else:
                        readings_csv(records, file)
            except OSError as error:
                return tr("Couldn't save {file}: {reason}.", file=name, reason=error.strerror)
            return tr("Saved as {file}.", file=name)

        self._worker.submit(write, self._tell, self._tell_problem)

    def _tell(self, text: str) -> None:
        if self.history.window is not None:
            self.history.window.show_message(text)

    def _tell_problem(self, problem: Problem) -> None:
        self._tell(problem_words(problem.kind).text)

    def _show_figures(self, dialog: "PlanDialog") -> None:
        if self._session is None or (reading := self._session.snapshot.reading) is None:
            return
        now, analysis = datetime.now(UTC), self._session.snapshot.analysis
        figures = Figures(
            reading.balance.credits,
            analysis.rhythm if analysis else None,
            self._session.settings.prices,
            analysis.renewal if analysis else None,
            now.astimezone().date(),
            is_stale(self._session.snapshot, now),
        )
        dialog.show_figures(figures)
