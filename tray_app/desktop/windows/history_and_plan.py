"""The windows of the history and of the plan, and the popup's chart, of the team that is shown."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.actions import Actions
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.history_reader import HistoryReader
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.report.view import is_stale
from tray_app.words.balance_words import team_name
from tray_app.words.formats import Formats

if TYPE_CHECKING:
    from tray_app.desktop.windows.history_window import HistoryWindow
    from tray_app.desktop.windows.plan_dialog import PlanDialog
    from tray_app.report.history_view import HistoryView
    from tray_app.report.trend import Trend
    from tray_app.team.session import Session

FIRST_TREND = 30
"""Days that the popup's chart shows until others are chosen."""


class HistoryAndPlan(QObject):
    """Opens both windows, and keeps them and the popup's chart up to date."""

    trend_changed = Signal()

    def __init__(self, worker: Worker, formats: Formats, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._formats = formats
        self._actions = actions
        self._session: Session | None = None
        self._team_id: str | None = None
        self._days = FIRST_TREND
        self.trend: Trend | None = None
        """The course of the balance as it was read last; ``None`` before that."""
        self._reader = HistoryReader(worker)
        self.history = SingleWindow(self._make_history, self)
        self.plan = SingleWindow(self._make_plan, self)

    def show(self, session: "Session") -> None:
        """Show what is known of a team now."""
        snapshot = session.snapshot
        self._session = session
        if snapshot.team_id != self._team_id:
            self._team_id = snapshot.team_id
            self._show_trend(None)
        self._reader.use(session.open_history, self._team_id)
        if self.trend is None and snapshot.analysis is not None:
            self.read_trend()
        if self.history.window is not None:
            self._read_history(self.history.window.ranges.days)
        self.look_again()

    def look_again(self) -> None:
        """Show what is known as of now."""
        if self.plan.window is not None:
            self._show_figures(self.plan.window)

    @Slot()
    def read_trend(self) -> None:
        """Bring the popup's chart up to date."""
        self._reader.read_trend(self._days, self._show_trend)

    @Slot(int)
    def choose_trend(self, days: int) -> None:
        """Show another number of days on the popup."""
        self._days = days
        self.read_trend()

    def _make_history(self) -> "HistoryWindow":
        from tray_app.desktop.windows.history_window import DAYS, HistoryWindow

        window = HistoryWindow(self._formats)
        window.range_wanted.connect(self._read_history)
        window.export_requested.connect(
            lambda path, kind: self._reader.export(path, self._tell, by_day=kind == DAYS)
        )
        self._read_history(window.ranges.days)
        return window

    def _make_plan(self) -> "PlanDialog":
        from tray_app.desktop.windows.plan_dialog import PlanDialog

        dialog = PlanDialog(self._formats, self._actions)
        self._show_figures(dialog)
        return dialog

    def _show_trend(self, trend: "Trend | None") -> None:
        self.trend = trend
        self.trend_changed.emit()

    @Slot(int)
    def _read_history(self, days: int) -> None:
        team = team_name(self._session.snapshot.team if self._session else None)
        self._reader.read_history(team, days, self._formats, self._show_history, self._tell)

    def _show_history(self, view: "HistoryView") -> None:
        if self.history.window is not None:
            self.history.window.show_history(view)

    def _tell(self, text: str) -> None:
        if self.history.window is not None:
            self.history.window.show_message(text)

    def _show_figures(self, dialog: "PlanDialog") -> None:
        if self._session is None or (reading := self._session.snapshot.reading) is None:
            return
        now, analysis = datetime.now(UTC), self._session.snapshot.analysis
        dialog.show_figures(
            reading.balance.credits,
            analysis.rhythm if analysis else None,
            self._session.settings.prices,
            analysis.renewal if analysis else None,
            now.astimezone().date(),
            stale=is_stale(self._session.snapshot, now),
        )
