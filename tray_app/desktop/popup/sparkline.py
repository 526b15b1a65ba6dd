"""The popup's small chart: the balance of the last days, its refills, and where it stands."""

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tray_app.desktop.widgets.buttons import LINK_INSET, FlatButton, LinkButton
from tray_app.desktop.widgets.labels import SECONDARY, ElidedLabel, sized
from tray_app.desktop.widgets.marks import DOT, triangle
from tray_app.desktop.widgets.theme import faint, theme_of
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.report.points import Trend, has_trend
from tray_app.words.formats import Formats
from tray_app.words.trend_words import course_words, point_words, spent_words

HEIGHT = 44
MARK_ROOM = 9
"""Pixels above the highest point, for the mark of a refill."""
FOOT = 2
"""Pixels below an empty balance."""
DASH = 3
"""Pixels of a dash of the line at the amount that is low, and of the gap after the dash."""
LOWEST_LINE = 6
"""Pixels from the lower edge; a dashed line below would be taken for the chart's foot."""


class Sparkline(QWidget):
    """A line of the balance, what was spent, and the door to the history.

    The words below the line name the day that the pointer is at.
    """

    def __init__(self, formats: Formats, history: QAction) -> None:
        super().__init__()
        self._formats = formats
        self._shown: tuple[Trend | None, bool, int, IconShape, bool] | None = None
        self._title = ""
        self.graph = _Graph()
        self.graph.pointed_at.connect(self._say)
        self.graph.clicked.connect(history.trigger)
        self.caption = ElidedLabel()
        self.history = LinkButton(tr("History"), leads_on=True)
        self.history.clicked.connect(history.trigger)
        above, below = QHBoxLayout(), QHBoxLayout()
        above.setContentsMargins(LINK_INSET, 0, LINK_INSET, 0)
        above.addWidget(self.graph)
        below.setSpacing(0)
        below.addSpacing(LINK_INSET)  # it changes sides with the language; a margin does not
        below.addWidget(self.caption, 1)
        below.addWidget(self.history)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addLayout(below)
        self._set_fonts()
        self.hide()

    def show_trend(
        self,
        trend: Trend | None,
        *,
        is_stale: bool,
        low: int = 0,
        shape: IconShape = IconShape.HEALTHY,
    ) -> None:
        """Show a trend; nothing at all while the history is too short for one.

        ``low`` is the amount that counts as low, in credits; ``shape`` is the current level's.
        """
        self.setVisible(has_trend(trend))
        hides = self._formats.hidden_until is not None
        shown = trend, is_stale, low, shape, hides
        if trend is None or not has_trend(trend) or shown == self._shown:
            return
        self._shown = shown
        self._title = spent_words(trend.begin, trend.end, trend.days, trend.spent, self._formats)
        self.graph.setVisible(not hides)
        if hides:
            self.caption.setText(tr("Chart hidden"))
            return
        self.graph.show_trend(trend, is_stale=is_stale, low=low, shape=shape)
        self.graph.setAccessibleName(tr("Balance. {caption}", caption=self._title))
        course = course_words(trend.points, trend.refills, self._formats)
        self.graph.setAccessibleDescription(course)
        self._say(self.graph.pointed)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._set_fonts()

    def _say(self, point: tuple[int, int] | None) -> None:
        self.caption.setText(self._title if point is None else point_words(*point, self._formats))

    def _set_fonts(self) -> None:
        self.caption.setFont(sized(self.font(), SECONDARY))
        self.history.setFont(sized(self.font(), SECONDARY, QFont.Weight.Medium))


class _Graph(FlatButton):
    """The line itself, a button. Its foot is 0 credits, so that its height is what is left."""

    pointed_at = Signal(object)
    """The point that the pointer is at, as seconds and credits; None when it has left."""

    def __init__(self) -> None:
        super().__init__()
        self.pointed: tuple[int, int] | None = None
        self._trend = Trend((), (), 0, 1, 0)
        self._highest = 1
        self._is_stale = False
        self._low = 0
        self._shape = IconShape.HEALTHY
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as there is room."""
        return QSize(0, HEIGHT)

    minimumSizeHint = sizeHint  # noqa: N815

    def show_trend(self, trend: Trend, *, is_stale: bool, low: int, shape: IconShape) -> None:
        """Show a trend."""
        if trend != self._trend:
            self.pointed = None
        self._trend, self._is_stale, self._low, self._shape = trend, is_stale, low, shape
        self._highest = max(1, *(amount for _, amount in trend.points))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Point at the reading that is nearest in time."""
        super().mouseMoveEvent(event)
        if points := self._trend.points:
            share = event.position().x() / (self.width() - DOT)
            at = self._trend.begin + share * (self._trend.end - self._trend.begin)
            self._point_at(min(points, key=lambda point: abs(point[0] - at)))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Point at nothing."""
        super().leaveEvent(event)
        self._point_at(None)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the line over a light ground, the refills, and what is pointed at."""
        points = self._trend.points
        if not points:
            return
        theme = theme_of(self.palette())
        line = QColor(theme.muted if self._is_stale else theme.line)
        places = [self._place(*point) for point in points]
        with QPainter(self) as painter:
            self._paint_focus(painter, theme.focus, 1)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._paint_area(painter, places, line)
            low = round(self._place(0, self._low).y())
            if MARK_ROOM <= low <= self.height() - LOWEST_LINE:
                ink = faint(theme.levels[IconShape.LOW].ink, 0.7)
                for x in range(0, self.width(), 2 * DASH):
                    painter.fillRect(x, low, DASH, 1, ink)
            if self.pointed is not None:
                x = round(self._place(*self.pointed).x())
                painter.fillRect(x, 0, 1, self.height(), faint(theme.ink, 0.3))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(line, 1.5, j=Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(QPolygonF(places))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.muted if self._is_stale else theme.refill))
            for refilled_at, _ in self._trend.refills:
                after = next((point for point in points if point[0] >= refilled_at), points[-1])
                top = self._place(refilled_at, after[1])
                painter.drawPolygon(triangle(top - QPointF(0, 3), 5))
            edge, fill, radius = QColor(theme.surface), line, float(DOT)
            if self.pointed is None:  # the dot stands at the balance now, in the level's colour
                fill = QColor(theme.levels[self._shape].ink)
                if self._is_stale:
                    edge, fill = line, edge
                    radius -= 0.75  # so that the ring's edge does not reach beyond the graph
            painter.setPen(QPen(edge, 1.5))
            painter.setBrush(fill)
            painter.drawEllipse(self._place(*(self.pointed or points[-1])), radius, radius)

    def _paint_area(self, painter: QPainter, places: list[QPointF], line: QColor) -> None:
        foot = self.height() - FOOT
        area = QPainterPath(QPointF(places[0].x(), foot))
        for place in places:
            area.lineTo(place)
        area.lineTo(places[-1].x(), foot)
        fill = QLinearGradient(0, 0, 0, self.height())
        fill.setColorAt(0, faint(line, 0.3))
        fill.setColorAt(1, faint(line, 0.06))
        painter.fillPath(area, fill)

    def _place(self, at: int, amount: int) -> QPointF:
        """Return where a moment and an amount are, in pixels."""
        trend = self._trend
        across = (at - trend.begin) / max(1, trend.end - trend.begin)
        up = amount / self._highest
        return QPointF(
            across * (self.width() - DOT),
            self.height() - FOOT - up * (self.height() - FOOT - MARK_ROOM),
        )

    def _point_at(self, point: tuple[int, int] | None) -> None:
        if point != self.pointed:
            self.pointed = point
            self.pointed_at.emit(point)
            self.update()
