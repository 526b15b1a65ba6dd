"""The tables of the history window."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
)

from tray_app.desktop.widgets.controls import label
from tray_app.desktop.widgets.sides import draw_words
from tray_app.desktop.widgets.style import is_high_contrast
from tray_app.desktop.widgets.theme import theme_of
from tray_app.desktop.widgets.viewport import own_viewport
from tray_app.report.history_view import HistoryTable

LEAST_ROW = 28
"""Pixels; with larger text rows are higher."""
LEAST_ROWS = 4
"""Rows that there is always room for."""
COLUMN_GAP = 12
BAR = 6
"""The height of a bar, in pixels."""
BAR_GAP = 12
"""Pixels from a bar to its text."""
LONGEST_BAR = 200
CELL_PADDING = 8
"""Pixels at either side of a cell, as in the style sheet."""

NO_ROWS = HistoryTable(((),), ())

_Index = QModelIndex | QPersistentModelIndex
_BAR = Qt.ItemDataRole.UserRole
_IS_UNUSUAL = Qt.ItemDataRole.UserRole + 1


class TableView(QTableView):
    """Texts, to be read with the arrow keys; a row that is chosen tells its moment."""

    moment_chosen = Signal(int)
    """When what the row tells of was, in seconds since the epoch."""
    focused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows = _Rows()
        self._nothing = label("", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        ground = own_viewport(self)
        ground.setBackgroundRole(QPalette.ColorRole.Base)
        ground.setAutoFillBackground(True)
        QVBoxLayout(ground).addWidget(self._nothing)
        self.setModel(self._rows)
        self.setItemDelegate(_BarDelegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setStretchLastSection(True)
        self.selectionModel().currentRowChanged.connect(self._tell_moment)
        self.clicked.connect(self._tell_moment)
        self._fit()

    def show_table(self, table: HistoryTable, name: str, nothing: str) -> None:
        """Show another table, or words that say that it has no rows.

        The place in it is kept when it has as many rows.
        """
        self.setAccessibleName(name)
        self._nothing.setText("" if table.moments else nothing)
        self.setAccessibleDescription(self._nothing.text())
        self._rows.show_table(table)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Tell that the keyboard is here."""
        super().focusInEvent(event)
        self.focused.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _tell_moment(self, index: QModelIndex) -> None:
        if index.isValid():
            self.moment_chosen.emit(self._rows.table.moments[index.row()])

    def _fit(self) -> None:
        """Give rows the font's height, columns the room they need, the last the rest."""
        row = max(LEAST_ROW, self.fontMetrics().height() + 12)
        header = self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(row)
        header.setFixedHeight(row)
        self.setMinimumHeight((LEAST_ROWS + 1) * row + 4)
        whole = self.verticalScrollBar().sizeHint().width() + 4
        for column in range(header.count()):
            needed = max(header.sectionSizeHint(column), self.sizeHintForColumn(column))
            header.resizeSection(column, needed + COLUMN_GAP)
            whole += needed + COLUMN_GAP
        self.setMinimumWidth(whole)


class _Rows(QAbstractTableModel):
    """A table of texts. A model of its own, as items for a year's days would be slow."""

    def __init__(self) -> None:
        super().__init__()
        self.table = NO_ROWS

    def show_table(self, table: HistoryTable) -> None:
        """Hold another table."""
        old, self.table = self.table, table
        if len(table.texts) == len(old.texts) > 1 and table.texts[0] == old.texts[0]:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.beginResetModel()
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows without the headings."""
        return 0 if parent.isValid() else len(self.table.texts) - 1

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.table.texts[0])

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, the side that it stands at, or its bar."""
        if role == _BAR:
            is_last = index.column() == self.columnCount() - 1
            return self.table.bars[index.row()] if is_last and self.table.bars else None
        if role == _IS_UNUSUAL:
            return index.row() in self.table.unusual
        return self._cell(index.row() + 1, index.column(), role)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading, or the side that it stands at."""
        return self._cell(0, section, role) if orientation is Qt.Orientation.Horizontal else None

    def _cell(self, row: int, column: int, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.table.texts[row][column]
            case Qt.ItemDataRole.TextAlignmentRole:
                # The last column takes the rest of the room, so its texts begin at the same place.
                is_amount = 0 < column < self.columnCount() - 1
                side = (
                    Qt.AlignmentFlag.AlignTrailing if is_amount else Qt.AlignmentFlag.AlignLeading
                )
                return (side | Qt.AlignmentFlag.AlignVCenter).value
        return None


class _BarDelegate(QStyledItemDelegate):
    """Paints a bar before the texts that have one."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the track, the bar and the text."""
        share, is_unusual = index.data(_BAR), index.data(_IS_UNUSUAL)
        if share is None or is_high_contrast():
            super().paint(painter, option, index)
            return
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        theme = theme_of(whole.palette)
        text, whole.text = whole.text, ""  # the style paints all the rest
        style = whole.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, whole.widget)
        room = whole.rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        needed = whole.fontMetrics.horizontalAdvance(text) + BAR_GAP
        track = QRect(room.left(), 0, max(0, min(LONGEST_BAR, room.width() - needed)), BAR)
        track.moveTop(room.center().y() - BAR // 2)
        bar = QRect(track.topLeft(), QSize(round(track.width() * share), BAR))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for box, colour in ((track, theme.track), (bar, theme.drain if is_unusual else theme.edge)):
            painter.setBrush(QColor(colour))
            seen = style.visualRect(whole.direction, room, box)
            painter.drawRoundedRect(seen, BAR / 2, BAR / 2)
        painter.setPen(QColor(theme.drain if is_unusual else theme.muted))
        room.setLeft(track.right() + BAR_GAP)
        side = style.visualAlignment(whole.direction, Qt.AlignmentFlag.AlignLeading)
        words = style.visualRect(whole.direction, whole.rect, room)
        draw_words(painter, words, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()
