"""The windows that show more of the past and the future, and the history they show."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.history_reader import HistoryReader
from tray_app.i18n import tr
from tray_app.report.view import is_stale
from tray_app.store.settings import Settings
from tray_app.team.watch import Snapshot
from tray_app.words.formats import Formats

if TYPE_CHECKING:
    from tray_app.desktop.windows.history_window import HistoryWindow
    from tray_app.desktop.windows.plan_dialog import PlanDialog
    from tray_app.report.history_view import HistoryView
    from tray_app.report.trend import Trend

FIRST_TREND = 30
"""Days that the popup's chart shows until others are chosen."""


class InsightWindows(QObject):
    """Opens the history and the plan, and keeps them, and the popup's chart, up to date."""

    trend_changed = Signal()
    buy_requested = Signal()

    def __init__(self, worker: Worker, formats: Formats, parent: QObject) -> None:
        super().__init__(parent)
        self._formats = formats
        self._snapshot = Snapshot()
        self._settings = Settings()
        self._days = FIRST_TREND
        self.trend: Trend | None = None
        """The course of the balance as it was read last; ``None`` before that."""
        self._reader = HistoryReader(worker, self)
        self._reader.trend_read.connect(self._take_trend)
        self._reader.history_read.connect(self._show_history)
        self._reader.exported.connect(self._show_message)
        self._history: HistoryWindow | None = None
        self._plan: PlanDialog | None = None

    def show(self, snapshot: Snapshot, settings: Settings, history: Path | None) -> None:
        """Show another snapshot; ``history`` is the file that it was recorded in."""
        if snapshot.team_id != self._snapshot.team_id:
            self.trend = None  # another team's
            self.trend_changed.emit()
        self._snapshot, self._settings = snapshot, settings
        self._reader.use(history, snapshot.team_id)
        if self.trend is None and snapshot.insight is not None:
            self.read_trend()
        if self._history is not None:
            self._read_history(self._history.ranges.days)
        self._show_plan()

    def look_again(self) -> None:
        """Show what is known as of now."""
        self._show_plan()

    @Slot()
    def read_trend(self) -> None:
        """Bring the popup's chart up to date."""
        self._reader.read_trend(self._days)

    @Slot(int)
    def choose_trend(self, days: int) -> None:
        """Show another number of days on the popup."""
        self._days = days
        self.read_trend()

    @Slot()
    def open_history(self) -> None:
        """Open the history's window."""
        from tray_app.desktop.windows.history_window import DAYS, HistoryWindow

        if self._history is None:
            self._history = window = HistoryWindow(self._formats)
            window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            window.range_wanted.connect(self._read_history)
            window.export_requested.connect(
                lambda path, kind: self._reader.export(path, by_day=kind == DAYS)
            )
            window.destroyed.connect(self._forget_history)
            self._read_history(window.ranges.days)
        bring_forward(self._history)

    @Slot()
    def open_plan(self) -> None:
        """Open the calculator."""
        from tray_app.desktop.windows.plan_dialog import PlanDialog

        if self._plan is None:
            self._plan = dialog = PlanDialog(self._formats)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.buy_requested.connect(self.buy_requested)
            dialog.destroyed.connect(self._forget_plan)
            self._show_plan()
        bring_forward(self._plan)

    @Slot(object, object)
    def _take_trend(self, team_id: str | None, trend: "Trend") -> None:
        if team_id == self._snapshot.team_id:  # and not of a team that was left meanwhile
            self.trend = trend
            self.trend_changed.emit()

    @Slot(int)
    def _read_history(self, days: int) -> None:
        team = self._snapshot.team or tr("lemlist credits")
        self._reader.read_history(team, days, self._formats)

    @Slot(object, object)
    def _show_history(self, team_id: str | None, view: "HistoryView") -> None:
        if self._history is not None and team_id == self._snapshot.team_id:
            self._history.show_history(view)

    @Slot(str)
    def _show_message(self, text: str) -> None:
        if self._history is not None:
            self._history.show_message(text)

    def _show_plan(self) -> None:
        reading, insight = self._snapshot.reading, self._snapshot.insight
        now = datetime.now(UTC)
        if self._plan is None or reading is None:
            return
        self._plan.show_figures(
            reading.balance.credits,
            insight.rhythm if insight else None,
            self._settings.prices,
            insight.renewal if insight else None,
            now.astimezone().date(),
            stale=is_stale(self._snapshot, now),
        )

    @Slot()
    def _forget_history(self) -> None:
        self._history = None

    @Slot()
    def _forget_plan(self) -> None:
        self._plan = None


def bring_forward(window: QWidget) -> None:
    """Show a window above the others, with the focus."""
    window.show()
    window.raise_()
    window.activateWindow()
