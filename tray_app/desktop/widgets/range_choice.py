"""The choice of how many days a chart shows."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from tray_app.desktop.widgets.buttons import FlatButton
from tray_app.desktop.widgets.theme import theme_of
from tray_app.i18n import tr

GAP = 2
"""Pixels between two choices."""
PADDING = 8


class RangeChoice(QWidget):
    """Numbers of days side by side, one of them chosen. Tab stops at it, arrow keys go on."""

    chosen = Signal(int)
    """The user wants this number of days."""

    def __init__(self, choices: Sequence[tuple[int, str]]) -> None:
        """``choices`` are numbers of days and the words on their buttons."""
        super().__init__()
        self.setAccessibleName(tr("Range"))
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for days, words in choices:
            button = _Choice(words)
            button.setCheckable(True)
            button.setAccessibleName(tr("Last {n} day", "Last {n} days", days, n=days))
            self._group.addButton(button, days)
            row.addWidget(button)
        self.show_days(choices[0][0])
        self._group.idToggled.connect(self._follow)

    @property
    def days(self) -> int:
        """The number of days that is chosen."""
        return self._group.checkedId()

    def show_days(self, days: int) -> None:
        """Show what is chosen, without a signal."""
        with QSignalBlocker(self._group):
            self._group.button(days).setChecked(True)
        self._set_tab_stop()

    @Slot(int, bool)
    def _follow(self, days: int, is_checked: bool) -> None:
        if is_checked:
            self._set_tab_stop()
            self.chosen.emit(days)

    def _set_tab_stop(self) -> None:
        # Qt moves the Tab stop itself only when the user has checked a button.
        for button in self._group.buttons():
            policy = Qt.FocusPolicy
            button.setFocusPolicy(policy.StrongFocus if button.isChecked() else policy.ClickFocus)


class _Choice(FlatButton):
    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self.text()) + 2 * PADDING
        return QSize(width, max(22, metrics.height() + 6))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            self._paint_ground(painter, theme.button if self.isChecked() else None)
            painter.setPen(QColor(theme.ink if self.isChecked() else theme.muted))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text())
