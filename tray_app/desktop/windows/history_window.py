"""The window of the balance's history: a chart, and its figures as tables."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QStandardPaths,
    Qt,
    Signal,
)
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPalette, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
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
from tray_app.words.history_words import Table

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
        QShortcut(Qt.Key.Key_Escape, self, self.close)
        self._sentence = paragraph("")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_muted(self._sentence, True)
        self._history = self._build_history()
        self._history.hide()
        self._lay_out()
        self._follow_desktop()

    def show_history(self, view: HistoryView) -> None:
        """Show a history in the place of the one before."""
        self.team.setText(view.team)
        self.ranges.show_days(view.days)
        for part in (self.ranges, self._history, self.export):
            part.setVisible(bool(view.points))
        self._sentence.setHidden(bool(view.points))
        if not view.points:
            sentence = tr(
                "History begins with the first readings. "
                "Come back tomorrow to see where the credits go."
            )
            self._sentence.setText(sentence)
            return
        self.chart.show_history(view)
        self.drops.show_table(view.drop_table)
        self.days.show_table(view.day_table)

    def show_message(self, text: str) -> None:
        """Say what became of an export, also to a screen reader."""
        self.message.setText(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's colours and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._follow_desktop()

    def _choose_file(self) -> None:
        """Ask where to, without waiting for the answer."""
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
        column = QVBoxLayout(self._content)
        column.setContentsMargins(SPACE - INSET, SPACE, SPACE - INSET, SPACE)
        column.setSpacing(GAP)
        column.addLayout(_row(self.team, self.ranges))
        column.addWidget(self._sentence, 1)
        column.addWidget(self._history, 1)
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
    """Put widgets side by side, in line with the chart's content; the first one is stretched."""
    row = QHBoxLayout()
    row.setContentsMargins(INSET, 0, INSET, 0)
    row.setSpacing(SPACE)
    for widget in widgets:
        row.addWidget(widget)
    row.setStretch(0, 1)
    return row


class _Table(QTableView):
    """Texts, to be read with the arrow keys; all but the first column are amounts."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._rows = _Rows()
        self.setModel(self._rows)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self._fit()

    def show_table(self, table: Table) -> None:
        """Show another table; the place in it is kept when it has as many rows."""
        self._rows.show_table(table)
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
    """A table of texts. A model of its own, as items for a year's days would be slow."""

    def __init__(self) -> None:
        super().__init__()
        self._table: Table = ((),)

    def show_table(self, table: Table) -> None:
        """Hold another table."""
        if len(table) == len(self._table) > 1 and table[0] == self._table[0]:
            self._table = table
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.beginResetModel()
            self._table = table
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows without the headings."""
        return 0 if parent.isValid() else len(self._table) - 1

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._table[0])

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, or the side that it stands at."""
        return self._cell(index.row() + 1, index.column(), role)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading, or the side that it stands at."""
        return self._cell(0, section, role) if orientation is Qt.Orientation.Horizontal else None

    def _cell(self, row: int, column: int, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._table[row][column]
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
                return (side | Qt.AlignmentFlag.AlignVCenter).value
        return None
