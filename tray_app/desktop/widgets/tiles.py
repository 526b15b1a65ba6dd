"""A row of tiles, each with an amount or a day in large letters and what it is."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tray_app.desktop.widgets.controls import SECONDARY, label, with_role
from tray_app.words.history_words import Tile

PADDING = 12
"""Pixels around a tile's words."""
GAP = 12
"""Pixels between two tiles."""


class Tiles(QWidget):
    """Four tiles in a row, or two in each of two where large text needs that."""

    def __init__(self) -> None:
        super().__init__()
        self._tiles = [_Tile() for _ in range(4)]
        self._reserved: Sequence[Tile] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._place(4)

    def reserve(self, tiles: Sequence[Tile]) -> None:
        """Keep room for all that is going to be shown, so that nothing moves then."""
        self._reserved = tiles
        self._fit()

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show other words."""
        for widget, tile in zip(self._tiles, tiles, strict=True):
            widget.show_tile(tile)

    def accent(self, place: int, role: str) -> None:
        """Give the amount of one tile another colour."""
        amount = self._tiles[place].value
        if amount.property("role") != role:
            with_role(amount, role)
            amount.style().polish(amount)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as two tiles."""
        return QSize(2 * self._widest() + GAP, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Lay the tiles out anew."""
        super().resizeEvent(event)
        self._fit()

    def _widest(self) -> int:
        return max((self._tiles[0].width_of(tile) for tile in self._reserved), default=0)

    def _fit(self) -> None:
        columns = 4 if self.width() >= 4 * self._widest() + 3 * GAP else 2
        width = (self.width() - (columns - 1) * GAP) // columns - 2 * PADDING
        for tile in self._tiles:
            tile.reserve(self._reserved, width)
        self._place(columns)

    def _place(self, columns: int) -> None:
        for place, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, *divmod(place, columns))
        for column in range(4):
            self._grid.setColumnStretch(column, int(column < columns))


class _Tile(QWidget):
    def __init__(self) -> None:
        super().__init__()
        with_role(self, "panel")
        self.value = label("", factor=17 / 13, weight=QFont.Weight.Bold)
        self._label = label("", "muted", SECONDARY)
        self._label.setWordWrap(True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, 8, PADDING, 8)
        column.setSpacing(2)
        for each in (self.value, self._label):
            each.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            column.addWidget(each)

    def show_tile(self, tile: Tile) -> None:
        """Show other words."""
        self.value.setText(tile.value)
        self._label.setText(tile.label)

    def width_of(self, tile: Tile) -> int:
        """Return the least width in which a tile's words are whole."""
        return 2 * PADDING + max(
            _width(self.value, tile.value),
            *(_width(self._label, word) for word in tile.label.split()),
        )

    def reserve(self, tiles: Sequence[Tile], width: int) -> None:
        """Keep room for the words of each tile, which get so much width."""
        box, wrap = QRect(0, 0, width, 0), Qt.TextFlag.TextWordWrap
        metrics = self._label.fontMetrics()
        heights = (metrics.boundingRect(box, wrap, tile.label).height() for tile in tiles)
        self._label.setMinimumHeight(max(heights, default=0))


def _width(widget: QLabel, text: str) -> int:
    return widget.fontMetrics().horizontalAdvance(text) + 2
