"""The window of the balance's history: tiles, a chart, and its figures as tables."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.widgets.chart import INSET, Chart
from tray_app.desktop.widgets.controls import TeamBox, label, segments, tabs, with_role
from tray_app.desktop.widgets.labels import ElidedLabel, set_muted
from tray_app.desktop.widgets.screens import room_at
from tray_app.desktop.widgets.style import WindowStyle
from tray_app.desktop.widgets.tiles import Tiles
from tray_app.desktop.windows.history_table import TableView
from tray_app.i18n import tr
from tray_app.report.history_view import HistoryView, tiles_at
from tray_app.report.points import Point
from tray_app.words.formats import Formats

RANGES = (7, 30, 90, 365)
"""The numbers of days that can be chosen."""
FIRST_RANGE = 30
SIZE = QSize(760, 660)
EMPTY_SIZE = QSize(480, 320)
SPACE = 24
"""Pixels around everything."""
GAP = 12
ADDED = 2
"""The place of the tile with the credits that were added."""
DAYS = 2
"""The place of the tab with the days, which is the last."""


class HistoryWindow(QWidget):
    """An ordinary window. Its signals tell what the user wants of it."""

    days_chosen = Signal(int)
    """Another number of days is to be shown."""
    team_chosen = Signal(str)
    """The account of the team to be shown; empty for all teams."""
    export_requested = Signal(str, bool, str)
    """A file's path, whether it is to have the days instead of the readings, and whose."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self.setWindowTitle(tr("History"))
        self._formats = formats
        self._view: HistoryView | None = None
        self.team = ElidedLabel()
        set_muted(self.team, False)
        with_role(self.team, "muted")
        self.teams = TeamBox("", (), tr("Team"), last=tr("All teams"))
        self.teams.currentIndexChanged.connect(self._choose_team)
        self.teams.hide()
        self._account = ""
        names = (tr("{n} days", n=7), tr("{n} days", n=30), tr("{n} days", n=90), tr("1 year"))
        self.ranges = segments(names)
        for place, days in enumerate(RANGES):
            self.ranges.setAccessibleTabName(place, tr("Last {n} days", n=days))
        self.ranges.setCurrentIndex(RANGES.index(FIRST_RANGE))
        self.ranges.currentChanged.connect(self._choose_days)
        self.export = QPushButton(tr("Export…"))
        self.export.clicked.connect(self._choose_file)
        self.note = label("", "muted")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(INSET, GAP, INSET, 0)
        self.note.hide()
        self.tiles = Tiles()
        self.chart = Chart(formats)
        self.chart.pointed.connect(self._show_tiles)
        self.tabs = tabs((tr("Decreases"), tr("Increases"), tr("Days")))
        self.tabs.currentChanged.connect(self._show_table)
        self.table = TableView()
        self.table.moment_chosen.connect(self.chart.show_moment)
        self.message = ElidedLabel()
        self.message.setAlignment(Qt.AlignmentFlag.AlignTrailing)
        QShortcut(Qt.Key.Key_Escape, self, self.close)
        self._page = QWidget()
        self._head = _row(self.team, self.ranges, self.export, stretched=self.team)
        self._head.insertWidget(0, self.teams, 1)
        self._empty_head = QHBoxLayout()
        self._history, self._empty = self._build_history(), self._build_empty()
        self.table.focused.connect(self._show_end)
        self._pages = QStackedLayout(self)
        for page in (QWidget(), self._empty, self._history):
            self._pages.addWidget(page)
        WindowStyle(self)
        self._take_size(SIZE)

    @property
    def days(self) -> int:
        """The number of days that is chosen."""
        return RANGES[self.ranges.currentIndex()]

    def show_teams(self, teams: Sequence[tuple[str, str]], account: str) -> None:
        """Let one of several teams be chosen, by names and accounts. ``account`` is chosen."""
        self._account = account
        self.teams.show_teams(teams, account)
        self._offer_teams(len(teams) > 1)

    def show_history(self, view: HistoryView) -> None:
        """Show a history in the place of the one before."""
        page = self._history if view.points else self._empty
        if self._pages.currentWidget() is not page:
            has_focus = self.teams.hasFocus()
            self._pages.setCurrentWidget(page)
            self._offer_teams(not self.teams.isHidden())
            if has_focus:
                self.teams.setFocus()
            self._take_size(SIZE if view.points else EMPTY_SIZE)
        with QSignalBlocker(self.ranges):
            self.ranges.setCurrentIndex(RANGES.index(view.days))
        if not view.points:
            return
        self._view = view
        self.team.setText(view.team)
        self.note.setText(view.note)
        self.note.setVisible(bool(view.note))
        self.tabs.setVisible(not view.is_sum)
        self.tiles.reserve((*view.tiles, *tiles_at(view, view.points[-1], self._formats)))
        self.chart.show_history(view, hides_figures=self._hides_figures)
        self._show_tiles(self.chart.point)
        self._show_table()

    def show_message(self, text: str) -> None:
        """Say what became of an export, also to a screen reader."""
        self.message.setText(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    # The signals lead to methods: a function that holds the window would leave it to Python's
    # garbage collector, which may run in a worker's thread.

    @property
    def _hides_figures(self) -> bool:
        """Whether chart and bars are left out; formats hide the amounts."""
        return self._formats.hidden_until is not None

    def _offer_teams(self, are_several: bool) -> None:
        """Show the box of teams on the page that is shown, in the place of the team's name."""
        is_empty = self._pages.currentWidget() is self._empty
        head = self._empty_head if is_empty else self._head
        if head.indexOf(self.teams) < 0:
            head.insertWidget(0, self.teams, 1)
        self.teams.setVisible(are_several)
        self.team.setVisible(not are_several)

    @Slot()
    def _choose_team(self) -> None:
        self._account = self.teams.account
        self.message.setText("")
        self.team_chosen.emit(self._account)

    @Slot()
    def _choose_days(self) -> None:
        self.days_chosen.emit(self.days)

    @Slot()
    def _show_end(self) -> None:
        """Bring up all of the table, of which Qt brings up the first row."""
        self._history.ensureVisible(0, self._page.height())

    @Slot(object)
    def _show_tiles(self, point: Point | None) -> None:
        """Show the figures at the chart's cursor, or those of all that is shown."""
        if self._view is None:
            return
        tiles = self._view.tiles if point is None else tiles_at(self._view, point, self._formats)
        self.tiles.show_tiles(tiles)
        has_added = tiles[ADDED].value != self._formats.number(0)
        self.tiles.accent(ADDED, "added" if has_added else "")

    @Slot()
    def _show_table(self) -> None:
        if self._view is None:
            return
        table, name, nothing = (
            (
                self._view.decreases,
                tr("Table of the largest decreases"),
                tr("No credits were spent in this time."),
            ),
            (
                self._view.increases,
                tr("Table of the credits added"),
                tr("No credits were added in this time."),
            ),
            (self._view.day_table, tr("Table of the days"), ""),
        )[DAYS if self._view.is_sum else self.tabs.currentIndex()]
        if self._hides_figures:
            table = replace(table, bars=tuple(0.0 for _ in table.bars))
        self.table.show_table(table, name, nothing)

    def _choose_file(self) -> None:
        """Ask for a file to save to, in a dialog that blocks nothing."""
        self.message.setText("")
        by_day = {tr("Readings (*.csv)"): False, tr("Daily summary (*.csv)"): True}
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        dialog = QFileDialog(self, tr("Export CSV"), documents, ";;".join(by_day))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("lemlist-credits.csv")
        account = self._account  # the export is of this team, whichever is shown by then
        dialog.fileSelected.connect(
            lambda path: self.export_requested.emit(
                path, by_day[dialog.selectedNameFilter()], account
            )
        )
        dialog.open()

    def _take_size(self, size: QSize) -> None:
        """Become so large, or larger where the text is, and never larger than the screen."""
        needed = self._page.minimumSizeHint() + QSize(GAP, 0)  # with room for a scroll bar
        wanted = size.expandedTo(needed) if size == SIZE else size
        self.resize(wanted.boundedTo(room_at(self.pos())))

    def _build_history(self) -> QScrollArea:
        divider = QWidget()
        with_role(divider, "divider")
        divider.setFixedHeight(1)
        column = QVBoxLayout(self._page)
        # The chart and the table keep their own distance from the edge.
        column.setContentsMargins(SPACE - INSET, SPACE, SPACE - INSET, SPACE - INSET)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.note)
        column.addSpacing(16)
        column.addLayout(_row(self.tiles, stretched=self.tiles))
        column.addSpacing(16 - INSET)
        column.addWidget(self.chart, 3)
        column.addLayout(_row(self.tabs, self.message, stretched=self.message))
        column.addLayout(_row(divider, stretched=divider))
        column.addWidget(self.table, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._page)
        return area

    def _build_empty(self) -> QWidget:
        """Return what is shown before anything is known."""
        page = QWidget()
        sentence = label(
            tr("History begins with the first check.\nCome back tomorrow to see your spending."),
            "muted",
        )
        sentence.setWordWrap(True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        column = QVBoxLayout(page)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.addLayout(self._empty_head)
        column.addWidget(sentence, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignTrailing)
        return page


def _row(*widgets: QWidget, stretched: QWidget) -> QHBoxLayout:
    """Put widgets side by side, in line with the chart's content."""
    row = QHBoxLayout()
    row.setContentsMargins(INSET, 0, INSET, 0)
    row.setSpacing(16)
    for widget in widgets:
        row.addWidget(widget, int(widget is stretched))
    return row
