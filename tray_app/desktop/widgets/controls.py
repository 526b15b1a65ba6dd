"""Controls that Qt's style sheets can't draw alone, and how the others get their look."""

from collections.abc import Iterable

from PySide6.QtCore import QLocale, QPoint, QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QPainter, QPaintEvent, QPen, QTextCharFormat
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QLabel,
    QTabBar,
    QWidget,
)

from tray_app.desktop.widgets.labels import SECONDARY as SECONDARY
from tray_app.desktop.widgets.labels import sized
from tray_app.desktop.widgets.style import is_high_contrast
from tray_app.desktop.widgets.theme import theme_of

USUAL_TEXT = 13
"""Pixels; what is measured in pixels of text goes by it."""
_SHORTEST_BOX = 20
"""Characters of a team's name that a box has room for."""
PADDING = 8
"""Pixels between the edge of a field and its text."""


def in_text(pixels: int) -> int:
    """Return a length that grows with the desktop's text; ``pixels`` is for its usual size."""
    return round(pixels * QFontInfo(QApplication.font()).pixelSize() / USUAL_TEXT)


def with_role(widget: QWidget, role: str) -> None:
    """Say what a new widget is for, which the window's style sheet goes by."""
    widget.setProperty("role", role)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def label(
    text: str,
    role: str = "",
    factor: float = 1,
    weight: QFont.Weight = QFont.Weight.Normal,
) -> QLabel:
    """Return a label of plain text; ``factor`` is its size, of the desktop's font."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setFont(sized(result.font(), factor, weight))
    if role:
        with_role(result, role)
    return result


def segments(titles: Iterable[str]) -> QTabBar:
    """Return a bar on which one of a few things is chosen."""
    return _bar("segments", titles)


def tabs(titles: Iterable[str]) -> QTabBar:
    """Return underlined tabs."""
    return _bar("tabs", titles)


def _bar(role: str, titles: Iterable[str]) -> QTabBar:
    bar = QTabBar()
    bar.setDrawBase(False)
    bar.setExpanding(False)
    with_role(bar, role)
    for title in titles:
        bar.addTab(title)
    return bar


def pad(box: QAbstractSpinBox) -> None:
    """Keep a number from the edge of its field: no style sheet reaches the field inside."""
    box.lineEdit().setTextMargins(PADDING, 0, PADDING, 0)


class Switch(QCheckBox):
    """Yes or no, as a switch; in high contrast as the desktop's own check box."""

    def sizeHint(self) -> QSize:  # noqa: N802
        """As large as a line of text, and without words."""
        if is_high_contrast():
            return super().sizeHint()
        return QSize(in_text(36), in_text(20))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As large as it wants to be."""
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:  # noqa: N802
        """Take a click anywhere."""
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the track and the knob, and a ring around them for the focus."""
        if is_high_contrast():
            super().paintEvent(event)
            return
        theme, is_on = theme_of(self.palette()), self.isChecked()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            track = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            edge = theme.focus if self.hasFocus() else theme.primary if is_on else theme.edge
            painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1.5))
            painter.setBrush(QColor(theme.primary if is_on else theme.surface))
            painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.primary_ink if is_on else theme.edge))
            inset = track.height() / 2
            x = track.right() - inset if is_on is not self.isRightToLeft() else track.left() + inset
            radius = inset - 3
            painter.drawEllipse(QPointF(x, track.center().y()), radius, radius)


class ListBox(QComboBox):
    """One of many, with the product's own arrow."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the arrow, which a style sheet takes from a file only."""
        super().paintEvent(event)
        _paint_arrow(self)


class TeamBox(ListBox):
    """One of the user's teams. Whatever they are called, the box keeps its width."""

    def __init__(
        self, first: str, teams: Iterable[tuple[str, str]], name: str, *, last: str = ""
    ) -> None:
        """``teams`` are names with what they stand for. ``first`` or ``last`` stands for no team.

        ``name`` is that of the box, for a screen reader.
        """
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(max(_SHORTEST_BOX, len(first)))
        self.setAccessibleName(name)
        self._first, self._last = first, last
        self.show_teams(teams)

    @property
    def account(self) -> str:
        """What the chosen team stands for; empty for no team."""
        return self.currentData() or ""

    def show_teams(self, teams: Iterable[tuple[str, str]], account: str = "") -> None:
        """Offer these teams, of which one is chosen, or no team. Nobody is told of a choice."""
        offered = list(teams)
        if self._first:
            offered.insert(0, (self._first, ""))
        if self._last:
            offered.append((self._last, ""))
        with QSignalBlocker(self):
            if offered != [(self.itemText(row), self.itemData(row)) for row in range(self.count())]:
                self.clear()
                for team, its_account in offered:
                    self.addItem(team, its_account)
            self.setCurrentIndex(self.findData(account))


class DateBox(QDateEdit):
    """A day, typed or chosen from a calendar, with its weekday and in the locale's order."""

    def __init__(self) -> None:
        super().__init__()
        self.setCalendarPopup(True)
        for day in Qt.DayOfWeek:  # Qt's red weekends can't be read on every ground
            self.calendarWidget().setWeekdayTextFormat(day, QTextCharFormat())
        pattern = QLocale().dateFormat(QLocale.FormatType.LongFormat)
        self.setDisplayFormat(pattern.replace("dddd", "ddd").replace("MMMM", "MMM"))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the style sheet's padding too, of which Qt knows nothing."""
        return super().sizeHint() + QSize(2 * PADDING, 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As large as it wants to be."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the arrow as a list's."""
        super().paintEvent(event)
        _paint_arrow(self)


def _paint_arrow(box: QWidget) -> None:
    if is_high_contrast():
        return
    with QPainter(box) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(theme_of(box.palette()).muted)
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, cap, join))
        x = 16 if box.isRightToLeft() else box.width() - 16
        tip = QPointF(x, box.height() / 2 + 2)
        painter.drawPolyline([tip - QPointF(4, 4), tip, tip + QPointF(4, -4)])
