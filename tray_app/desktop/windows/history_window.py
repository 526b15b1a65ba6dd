"""The window of the balance's history: a chart, and its figures as tables."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QStandardPaths,
    Qt,
    Signal,
)
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.widgets.buttons import TextButton
from tray_app.desktop.widgets.chart import INSET, Chart
from tray_app.desktop.widgets.dialog_parts import GAP, SPACE, paragraph
from tray_app.desktop.widgets.labels import ElidedLabel, set_muted, sized
from tray_app.desktop.widgets.range_choice import RangeChoice
from tray_app.desktop.widgets.theme import theme_of, themed
from tray_app.i18n import tr
from tray_app.report.history_view import HistoryView
from tray_app.words.formats import Formats

RANGES = (7, 30, 90, 365)
"""The numbers of days that can be chosen."""
FIRST_RANGE = 30
SIZE = (760, 620)
TABLE_HEIGHT = 190
COLUMN_GAP = 24

_Index = QModelIndex | QPersistentModelIndex


class HistoryWindow(QWidget):
    """An ordinary window. ``ranges`` and ``export_requested`` tell what the user wants of it."""

    export_requested = Signal(str, bool)
    """A file's path, and whether it is to have the days instead of the readings."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self.setWindowTitle(tr("History"))
        self.resize(*SIZE)
        self._content = QWidget()
        self._content.setAutoFillBackground(True)
        self.team = ElidedLabel()
        set_muted(self.team, False)
        self.ranges = RangeChoice([(days, tr("{n} days", n=days)) for days in RANGES])
        self.ranges.show_days(FIRST_RANGE)
        self.chart = Chart(formats)
        self.drops = _Table(tr("Table of the largest drops"))
        self.days = _Table(tr("Table of the days"))
        self.message = ElidedLabel()
        self.export = TextButton(tr("Export CSV…"))
        self.export.clicked.connect(self._choose_file)
        self._pages = QStackedWidget()
        self._history = self._build_history()
        self._empty = _empty_page()
        self._lay_out()
        self._follow_desktop()

    def show_history(self, view: HistoryView) -> None:
        """Show a history; what was shown before stays until then."""
        self.team.set_text(view.team)
        self.ranges.show_days(view.days)
        self.ranges.setVisible(bool(view.points))
        self.export.setVisible(bool(view.points))
        if view.points:
            self.chart.show_history(view)
            self.drops.show_rows(view.drop_headings, view.drop_rows)
            self.days.show_rows(view.day_headings, view.day_rows)
        self._pages.setCurrentWidget(self._history if view.points else self._empty)

    def show_message(self, text: str) -> None:
        """Say what became of an export, also to a screen reader."""
        self.message.set_text(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close the window on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's colours and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._follow_desktop()

    def _choose_file(self) -> None:
        """Ask where to, without waiting for the answer."""
        self.message.set_text("")
        by_day = {tr("Readings (*.csv)"): False, tr("Daily summary (*.csv)"): True}
        dialog = QFileDialog(self, tr("Export CSV"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(by_day))
        dialog.setDefaultSuffix("csv")
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        dialog.setDirectory(QStandardPaths.writableLocation(documents))
        dialog.selectFile("lemlist-credits.csv")
        dialog.fileSelected.connect(
            lambda path: self.export_requested.emit(path, by_day[dialog.selectedNameFilter()])
        )
        dialog.open()

    def _build_history(self) -> QWidget:
        tables = QTabWidget()
        tables.setDocumentMode(True)
        tables.tabBar().setDrawBase(False)
        tables.addTab(self.drops, tr("Largest drops"))
        tables.addTab(self.days, tr("Days"))
        tables.setFixedHeight(TABLE_HEIGHT)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.chart, 1)
        column.addLayout(_row(tables))
        return page

    def _lay_out(self) -> None:
        for page in (QWidget(), self._empty, self._history):  # the first shows while it loads
            self._pages.addWidget(page)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(SPACE - INSET, SPACE, SPACE - INSET, SPACE)
        column.setSpacing(GAP)
        column.addLayout(_row(self.team, self.ranges))
        column.addWidget(self._pages, 1)
        column.addLayout(_row(self.message, self.export))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._content)

    def _follow_desktop(self) -> None:
        palette = themed(self.palette())
        theme = theme_of(palette)
        palette.setColor(QPalette.ColorRole.Base, QColor(theme.surface))
        palette.setColor(QPalette.ColorRole.Button, QColor(theme.button))
        self._content.setPalette(palette)
        self.team.setFont(sized(self.font(), 1.2))


def _row(*widgets: QWidget) -> QHBoxLayout:
    """Return a row, in line with the chart's content, of which the first widget is stretched."""
    row = QHBoxLayout()
    row.setContentsMargins(INSET, 0, INSET, 0)
    row.setSpacing(SPACE)
    for widget in widgets:
        row.addWidget(widget)
    row.setStretch(0, 1)
    return row


def _empty_page() -> QLabel:
    page = paragraph(
        tr(
            "History begins with the first readings. "
            "Come back tomorrow to see where the credits go."
        )
    )
    page.setAlignment(Qt.AlignmentFlag.AlignCenter)
    set_muted(page, True)
    return page


class _Table(QTableView):
    """Rows of texts, to be read with the arrow keys; all but the first column are amounts."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._rows = _Rows()
        self.setModel(self._rows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self._fit()

    def show_rows(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show other rows; when they are as many the place in them is kept."""
        self._rows.show_rows(headings, rows)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Give rows the font's height, amounts the room they need, the first column the rest."""
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + GAP)
        header = self.horizontalHeader()
        for column in range(1, header.count()):
            needed = max(header.sectionSizeHint(column), self.sizeHintForColumn(column))
            header.resizeSection(column, needed + COLUMN_GAP)
        if header.count():
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)


class _Rows(QAbstractTableModel):
    """Texts in rows and columns. A model of its own, as items for a year's days would be slow."""

    def __init__(self) -> None:
        super().__init__()
        self._headings: Sequence[str] = ()
        self._rows: Sequence[Sequence[str]] = ()

    def show_rows(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Hold other rows."""
        if rows and headings == self._headings and len(rows) == len(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(headings) - 1))
        else:
            self.beginResetModel()
            self._headings, self._rows = headings, rows
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, or the side that it stands at."""
        return _cell(self._rows[index.row()], index.column(), role)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading, or the side that it stands at."""
        if orientation is Qt.Orientation.Vertical:
            return None
        return _cell(self._headings, section, role)


def _cell(texts: Sequence[str], column: int, role: int) -> object:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return texts[column]
        case Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
            return (side | Qt.AlignmentFlag.AlignVCenter).value
    return None
