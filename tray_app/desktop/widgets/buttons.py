"""The popup's buttons: QPushButtons that paint themselves flat, in the theme's colours."""

from collections.abc import Callable
from math import cos, pi, sin

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from tray_app.desktop.widgets.sides import draw_words, leading, mirrored
from tray_app.desktop.widgets.theme import Theme, theme_of
from tray_app.i18n import tr

KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
RADIUS = 8
TURN, TURN_MS = 30, 90
"""Degrees by which the refresh button's arrow turns, and milliseconds between two turns."""
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter
LINK_INSET = 8
"""Pixels by which a link's ground stands out from its words."""


class HeldEnter(QObject):
    """Lets Enter that is held down press only one button of a widget, and only once.

    Qt's buttons take each repeat for a click: a page would be opened many times, and the next
    question answered unread.
    """

    def __init__(self, widget: QWidget) -> None:
        """``widget`` is a button, or has all its buttons already."""
        super().__init__(widget)
        self._released = 0  # when, in milliseconds of the display; 0 before the first time
        for one in (widget, *widget.findChildren(QPushButton)):
            one.installEventFilter(self)

    def eventFilter(self, _target: QObject, event: QEvent) -> bool:  # noqa: N802
        """Drop the repeats of Enter, and let all other events pass."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not isinstance(event, QKeyEvent) or event.key() not in enter:
            return False
        if event.type() is QEvent.Type.KeyRelease:
            self._released = event.timestamp()
            return False
        # X11 reports a repeat as a release and a press at one time. Qt marks the press as a repeat
        # only if it read both together.
        return event.isAutoRepeat() or event.timestamp() == self._released != 0


class FlatButton(QPushButton):
    """A flat button; Enter presses it too, and it shows the focus that the keyboard gave it."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._action: QAction | None = None
        self.setAutoDefault(True)  # without it only Space presses
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # it looks different under the pointer
        HeldEnter(self)
        self._shows_focus = False

    def show_action(self, action: QAction) -> None:
        """Show an action's text, and trigger it when clicked; in Qt only a QToolButton can."""
        if self._action is not None:
            self._action.changed.disconnect(self._follow_action)
            self.clicked.disconnect(self._action.trigger)
        self._action = action
        action.changed.connect(self._follow_action)
        self.clicked.connect(action.trigger)
        self._follow_action()

    @Slot()
    def _follow_action(self) -> None:
        if self._action is not None:
            self.setText(self._action.iconText())
            self.setEnabled(self._action.isEnabled())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Remember how the focus came."""
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._shows_focus = event.reason() in KEYBOARD
        super().focusInEvent(event)

    def _paint_ground(
        self, painter: QPainter, idle: str | None = None, *, is_primary: bool = False
    ) -> None:
        """Paint the ground in the colour of the button's state, and the ring of the focus.

        Without a colour for ``idle`` there is a ground only under the pointer.
        """
        theme = theme_of(self.palette())
        colour: str | None
        if self.isDown():
            colour = theme.primary_pressed if is_primary else theme.button_pressed
        elif self.underMouse():
            colour = theme.primary_hover if is_primary else theme.button_hover
        else:
            colour = theme.primary if is_primary else idle
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if colour is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        if is_primary:
            self._paint_focus(painter, theme.primary_ink, inset=3)
        else:
            self._paint_focus(painter, theme.focus, inset=1)

    def _paint_focus(self, painter: QPainter, colour: str, inset: int) -> None:
        if self.hasFocus() and self._shows_focus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colour), 2))
            edge = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(edge, RADIUS - inset, RADIUS - inset)


class TextButton(FlatButton):
    """A button with words; the primary one is what most people want now."""

    def __init__(self, text: str = "", *, primary: bool = False) -> None:
        super().__init__(text)
        self.is_primary = primary

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the words, which are never cut: for Qt's buttons it is the least size too."""
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self.text()) + 2 * 14 + (16 if self.menu() else 0)
        return QSize(width, max(32, metrics.height() + 14))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint ground, words and a menu's arrow."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            self._paint_ground(painter, theme.button, is_primary=self.is_primary)
            ink = theme.primary_ink if self.is_primary else theme.ink
            words = self.rect().adjusted(14, 0, -14, 0)
            painter.setPen(QColor(ink))
            side = leading(self) if self.menu() else Qt.AlignmentFlag.AlignHCenter
            draw_words(painter, words, side | Qt.AlignmentFlag.AlignVCenter, self.text())
            if self.menu():
                x = words.left() + 4 if self.isRightToLeft() else words.right() - 4
                tip = QPointF(x + 0.5, self.height() / 2 + 2)
                painter.setPen(QPen(QColor(ink), 1.5, c=Qt.PenCapStyle.RoundCap))
                painter.drawPolyline([tip - QPointF(3.5, 3.5), tip, tip - QPointF(-3.5, 3.5)])


class LinkButton(FlatButton):
    """Words that can be clicked, in the ink of links, and a chevron if they lead somewhere."""

    def __init__(self, text: str = "", *, leads_on: bool = False) -> None:
        super().__init__(text)
        self._leads_on = leads_on
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the words and the chevron, and around them for a finger."""
        metrics = QFontMetrics(self.font())
        words = metrics.horizontalAdvance(self.text()) + 2  # with less some fonts wrap the words
        width = words + 2 * LINK_INSET + self._chevron_room
        return QSize(width, max(28, metrics.height() + 8))

    @property
    def _chevron_room(self) -> int:
        return 12 if self._leads_on else 0

    def _ink(self, theme: Theme) -> str:
        return theme.ink if self.underMouse() else theme.focus

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Room for all lines of the words."""
        room = QRect(0, 0, width - 2 * LINK_INSET - self._chevron_room, 10_000)
        lines = QFontMetrics(self.font()).boundingRect(room, _WRAPPED, self.text())
        return max(28, lines.height() + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint words and chevron, and a ground while the pointer is on them."""
        with QPainter(self) as painter:
            self._paint_ground(painter)
            ink = QColor(self._ink(theme_of(self.palette())))
            painter.setPen(ink)
            words = self.rect().adjusted(LINK_INSET, 0, -LINK_INSET - self._chevron_room, 0)
            draw_words(painter, mirrored(self, words), leading(self) | _WRAPPED, self.text())
            if self._leads_on:
                way = -1 if self.isRightToLeft() else 1
                x = LINK_INSET if self.isRightToLeft() else self.width() - LINK_INSET
                tip = QPointF(x - 1.5 * way, self.height() / 2 + 0.5)
                back = QPointF(-4 * way, 4)
                painter.setPen(QPen(ink, 1.6, c=Qt.PenCapStyle.RoundCap))
                painter.drawPolyline([tip + QPointF(-4 * way, -4), tip, tip + back])


class QuietLink(LinkButton):
    """The same in the ink of text, as wide as there is room, in as many lines as it takes."""

    def __init__(self, explanation: str) -> None:
        super().__init__(leads_on=True)
        self.setAccessibleDescription(explanation)
        self.setToolTip(explanation)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _ink(self, theme: Theme) -> str:
        return theme.ink if self.underMouse() else theme.muted


class GlyphButton(FlatButton):
    """A square button with a painted glyph; its name is a tooltip, and said by screen readers."""

    def __init__(self, action: QAction, glyph: Callable[[QPainter, QColor], None]) -> None:
        """``glyph`` paints around the origin, inside a square of 16 pixels."""
        super().__init__()
        self._glyph = glyph
        self._is_lit = False
        self._angle = 0
        self.setAccessibleName(action.iconText())
        self.setToolTip(action.iconText())
        self.clicked.connect(action.trigger)
        self.setFixedSize(28, 28)  # a square that a finger finds

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the glyph, and a ground while the pointer is on it."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            self._paint_ground(painter)
            painter.translate(QRectF(self.rect()).center())
            painter.rotate(self._angle)
            idle = theme.focus if self._is_lit else theme.muted
            self._glyph(painter, QColor(theme.ink if self.underMouse() else idle))


class EyeButton(GlyphButton):
    """Hides the figures, and is struck through and in the ink of links while they are hidden."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action, paint_eye)
        self._hides = action
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        name, self._is_lit = self._hides.iconText(), self._hides.isChecked()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._glyph = paint_struck_eye if self._is_lit else paint_eye
        self.update()


class RefreshButton(GlyphButton):
    """The refresh button. Its arrow turns while a refresh is under way and somebody can see it."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action, paint_refresh)
        self._name = action.iconText()
        self._is_busy = False
        self._next = ""
        self._turning = QTimer(self, interval=TURN_MS)
        self._turning.timeout.connect(self._turn)

    def set_busy(self, busy: bool) -> None:
        """Say whether a refresh is under way."""
        if busy != self._is_busy:
            self._is_busy = busy
            self._explain()
            self._set_turning(busy and self.isVisible())

    def set_next(self, words: str) -> None:
        """Say when a refresh comes by itself."""
        if words != self._next:
            self._next = words
            self._explain()

    def _explain(self) -> None:
        more = tr("Refreshing…") if self._is_busy else self._next
        self.setAccessibleDescription(more)
        self.setToolTip(more if self._is_busy else "\n".join(filter(None, (self._name, more))))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Turn only while visible."""
        super().showEvent(event)
        self._set_turning(self._is_busy)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Turn only while visible."""
        super().hideEvent(event)
        self._set_turning(False)

    def _set_turning(self, turning: bool) -> None:
        if turning:
            self._turning.start()
        else:
            self._turning.stop()
            self._angle = 0
            self.update()

    def _turn(self) -> None:
        self._angle = (self._angle + TURN) % 360
        self.update()


def paint_refresh(painter: QPainter, colour: QColor) -> None:
    """Paint an arrow that runs around."""
    painter.setPen(QPen(colour, 1.75, c=Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(-5.6, -5.6, 11.2, 11.2), 50 * 16, 290 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(1.6, -2.0), QPointF(7.0, -2.0), QPointF(7.0, -7.4)])


def paint_gear(painter: QPainter, colour: QColor) -> None:
    """Paint a gear of eight teeth."""
    tooth = ((-0.29, 5.2), (-0.17, 7.2), (0.17, 7.2), (0.29, 5.2))
    corners = [((number + turn) * pi / 4, radius) for number in range(8) for turn, radius in tooth]
    gear = QPainterPath()
    gear.addPolygon([QPointF(radius * cos(turn), radius * sin(turn)) for turn, radius in corners])
    gear.closeSubpath()
    gear.addEllipse(QPointF(0, 0), 2.5, 2.5)
    painter.setPen(QPen(colour, 0.6, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(colour)
    painter.drawPath(gear)


def paint_eye(painter: QPainter, colour: QColor) -> None:
    """Paint an eye."""
    lids = QPainterPath(QPointF(-7, 0))
    lids.cubicTo(QPointF(-4, -6), QPointF(4, -6), QPointF(7, 0))
    lids.cubicTo(QPointF(4, 6), QPointF(-4, 6), QPointF(-7, 0))
    painter.setPen(QPen(colour, 1.6, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(lids)
    painter.drawEllipse(QPointF(0, 0), 2, 2)


def paint_struck_eye(painter: QPainter, colour: QColor) -> None:
    """Paint an eye that sees nothing."""
    paint_eye(painter, colour)
    painter.setPen(QPen(colour, 1.6, c=Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(-5.5, 6), QPointF(5.5, -6))
