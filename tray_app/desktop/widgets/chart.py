"""The history window's chart: the balance by bucket above, the spending below, on one time axis."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from tray_app.desktop.widgets.buttons import KEYBOARD
from tray_app.desktop.widgets.labels import sized
from tray_app.desktop.widgets.marks import DOT, SWATCH, triangle
from tray_app.desktop.widgets.theme import Theme, blended, faint, theme_of
from tray_app.i18n import tr
from tray_app.report.history_view import HistoryView, Span, Tick, readout_of, span_at
from tray_app.report.points import Point
from tray_app.words.amounts import UNDIVIDED, bucket_label
from tray_app.words.formats import Formats

INSET = 8
"""Pixels around everything: room for the focus."""
GAP = 8
TICK_GAP = 4
"""Pixels from a time's line to its label."""
MARK = 6
"""The height of a mark's triangle, in pixels."""
WIDEST_BAR = 44
LAYER_STRENGTH = 0.85
MOST_LINES = 16
"""Marks that get a line down to the balance; more lines would hide the balance."""
SPENDING_SHARE = 0.24
"""The part of the plots' height that the spending gets."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """A rectangle, in pixels, with a history's time axis and an axis of amounts."""

    view: HistoryView
    box: QRect
    ticks: Sequence[Tick]
    """The amounts on the axis, from 0 to the highest that has room."""

    def x(self, at: int) -> float:
        share = (at - self.view.begin) / (self.view.end - self.view.begin)
        return self.box.left() + share * self.box.width()

    def y(self, amount: int) -> float:
        return self.box.top() + self.box.height() * (1 - amount / self.ticks[-1].value)

    def place(self, at: int, amount: int) -> QPointF:
        return QPointF(self.x(at), self.y(amount))


class Chart(QWidget):
    """The chart, and above it the figures of a moment: the one pointed at, or else the latest.

    The mouse points at readings, the arrow keys at the last reading of each day or week.
    """

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self._view: HistoryView | None = None
        self._pointed: Point | None = None
        self._shows_focus = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Chart of the balance and the spending"))

    @property
    def readout(self) -> str:
        """The figures of the moment that is pointed at; else what the chart shows as a whole."""
        if self._view is None:
            return ""
        if self._pointed is None:
            return self._view.title
        return readout_of(self._view, self._pointed, self._formats)

    def show_history(self, view: HistoryView) -> None:
        """Show a history that has points. The same history is not painted again."""
        if view != self._view:
            self._view = view
            if self._pointed is not None:
                at = self._pointed.at
                self._pointed = min(view.points, key=lambda point: abs(point.at - at))
            self.setAccessibleDescription(f"{view.title}. {view.description}")
            self.update()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As small as it can still be read."""
        return QSize(480, 12 * self.fontMetrics().height())

    # The pointer and the keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Point at the reading that is nearest in time."""
        if self._view is not None:
            balance, _ = self._plots(self._view)
            x = event.position().x()
            self._point_at(min(self._view.points, key=lambda point: abs(balance.x(point.at) - x)))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Point at nothing."""
        super().leaveEvent(event)
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Point at the last reading of another day or week, and have it read out."""
        if self._view is None:
            return super().keyPressEvent(event)
        spans = self._view.spans
        here, last = len(spans), len(spans) - 1
        if self._pointed is not None:
            here = spans.index(span_at(self._view, self._pointed.at))
        goals: dict[int, int] = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if event.key() not in goals:
            return super().keyPressEvent(event)
        self._point_at(_close(self._view, spans[goals[event.key()]]))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.readout))
        return None

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus that the keyboard gave."""
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._shows_focus = event.reason() in KEYBOARD
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Point at nothing."""
        super().focusOutEvent(event)
        self._point_at(None)
        self.update()

    def _point_at(self, point: Point | None) -> None:
        if point != self._pointed:
            self._pointed = point
            self.update()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the figures, both plots, their axes, and what is pointed at."""
        if self._view is None:
            return
        theme = theme_of(self.palette())
        balance, spending = self._plots(self._view)
        with QPainter(self) as painter:
            self._paint_readout(painter, theme, self._view)
            painter.setFont(self._small)
            self._paint_axes(painter, theme, balance, spending)
            self._paint_bars(painter, theme, spending)
            _paint_layers(painter, theme, balance)
            self._paint_marks(painter, theme, balance)
            if self._pointed is not None:
                self._paint_pointed(painter, theme, self._pointed, balance, spending)
            if self.hasFocus() and self._shows_focus:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.focus), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    @property
    def _small(self) -> QFont:
        return sized(self.font(), 0.88)

    def _plots(self, view: HistoryView) -> tuple[_Plot, _Plot]:
        """Return where balance and spending are painted."""
        metrics = QFontMetrics(self._small)
        line = metrics.height()
        labels = [tick.label for tick in (*view.credit_ticks, *view.spent_ticks)]
        left = INSET + max(map(metrics.horizontalAdvance, labels)) + GAP
        width = max(1, self.width() - INSET - left)
        top = self._readout_height() + line + 2 * MARK + GAP
        bottom = self.height() - INSET - line - GAP // 2
        between = line + 2 * GAP
        low = round((bottom - top - between) * SPENDING_SHARE)
        upper = QRect(left, top, width, max(1, bottom - low - between - top))
        lower = QRect(left, bottom - low, width, max(1, low))
        return _Plot(view, upper, view.credit_ticks), _Plot(view, lower, view.spent_ticks)

    def _readout_height(self) -> int:
        return INSET + self.fontMetrics().height() + GAP // 2 + QFontMetrics(self._small).height()

    def _paint_readout(self, painter: QPainter, theme: Theme, view: HistoryView) -> None:
        """Paint a line of words, and below it the legend with the amounts."""
        font = sized(self.font(), 1, QFont.Weight.DemiBold)
        metrics = QFontMetrics(font)
        width = self.width() - 2 * INSET
        painter.setFont(font)
        painter.setPen(QColor(theme.ink))
        words = metrics.elidedText(self.readout, Qt.TextElideMode.ElideRight, width)
        side = self.style().visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        painter.drawText(QRect(INSET, INSET, width, metrics.height()), side, words)
        if view.layers != (UNDIVIDED,):
            painter.setFont(self._small)
            self._paint_legend(painter, theme, view)

    def _paint_legend(self, painter: QPainter, theme: Theme, view: HistoryView) -> None:
        metrics = painter.fontMetrics()
        top = self._readout_height() - metrics.height()
        line = QRect(INSET, top, self.width() - 2 * INSET, metrics.height())
        x = line.left()

        def next_box(width: int) -> QRect:
            nonlocal x
            box = QRect(x, top, width, line.height())
            x += width + GAP - 2
            return self.style().visualRect(self.layoutDirection(), line, box)

        amounts = (self._pointed or view.points[-1]).amounts
        for layer, amount in zip(view.layers, amounts, strict=True):
            swatch = QRect(0, 0, SWATCH, SWATCH)
            swatch.moveCenter(next_box(SWATCH).center())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_layer_colour(view, layer, theme))
            painter.drawRoundedRect(swatch, 3, 3)
            number = self._formats.number(amount)
            for text, ink in ((bucket_label(layer), theme.muted), (number, theme.ink)):
                painter.setPen(QColor(ink))
                box = next_box(metrics.horizontalAdvance(text))
                painter.drawText(box, Qt.TextFlag.TextDontClip, text)
            x += GAP + 2

    def _paint_axes(self, painter: QPainter, theme: Theme, balance: _Plot, spending: _Plot) -> None:
        metrics, view = painter.fontMetrics(), balance.view
        for plot in (balance, spending):
            has_room = plot.box.height() >= (len(plot.ticks) - 1) * metrics.height()
            for tick in plot.ticks if has_room else (plot.ticks[0], plot.ticks[-1]):
                y = round(plot.y(tick.value))
                colour = theme.border if tick.value == 0 else theme.divider
                painter.fillRect(plot.box.left(), y, plot.box.width(), 1, QColor(colour))
                painter.setPen(QColor(theme.muted))
                width = metrics.horizontalAdvance(tick.label)
                base = y + metrics.capHeight() // 2
                painter.drawText(plot.box.left() - GAP - width, base, tick.label)
        title = tr("Spent by week") if view.by_week else tr("Spent by day")
        painter.drawText(spending.box.left(), spending.box.top() - GAP + 2, title)
        free = 0
        base = self.height() - INSET - metrics.descent()
        for tick in view.time_ticks:
            x = round(spending.x(tick.value))
            width = metrics.horizontalAdvance(tick.label)
            if x < free or x + TICK_GAP + width > self.width() - INSET:
                continue
            free = x + width + 2 * GAP
            for plot in (balance, spending):
                painter.fillRect(x, plot.box.top(), 1, plot.box.height(), QColor(theme.divider))
            foot = spending.box.top() + spending.box.height()
            painter.fillRect(x, foot, 1, base + 1 - foot, QColor(theme.divider))
            painter.drawText(x + TICK_GAP, base, tick.label)

    def _paint_bars(self, painter: QPainter, theme: Theme, spending: _Plot) -> None:
        view = spending.view
        here = None if self._pointed is None else span_at(view, self._pointed.at)
        foot = round(spending.y(0))
        for span in view.spans:
            left, right = round(spending.x(span.begin)), round(spending.x(span.end))
            gap = 1 if right - left < 8 else 3
            width = max(1, min(right - left - gap, WIDEST_BAR))
            top = min(round(spending.y(span.spent)), foot - 1) if span.spent else foot
            colour = theme.ink if span == here else theme.spent
            x = left + (right - left - width + 1) // 2
            painter.fillRect(x, top, width, foot - top, QColor(colour))

    def _paint_marks(self, painter: QPainter, theme: Theme, balance: _Plot) -> None:
        """Paint the marks above the plot. Drains and large amounts get room for labels first."""
        metrics, view = painter.fontMetrics(), balance.view
        foot = balance.box.top() - GAP // 2
        right_edge = self.width() - INSET
        taken: list[tuple[float, float]] = []
        for mark in sorted(view.marks, key=lambda mark: (mark.amount > 0, -abs(mark.amount))):
            x = balance.x(mark.at)
            up = mark.amount > 0
            ink = QColor(theme.refill if up else theme.drain)
            if len(view.marks) <= MOST_LINES:
                depth = round(balance.y(_last_until(view, mark.at).credits)) - foot
                painter.fillRect(round(x), foot, 1, depth, faint(ink, 0.6))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            tip = QPointF(x + 0.5, foot - (0 if up else MARK))
            painter.drawPolygon(triangle(tip, MARK if up else -MARK))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            width = metrics.horizontalAdvance(mark.label)
            for left in (x - width / 2, x - width + MARK, x - MARK):
                is_inside = balance.box.left() <= left <= right_edge - width
                if is_inside and all(
                    left > end + GAP or left + width < begin - GAP for begin, end in taken
                ):
                    taken.append((left, left + width))
                    painter.setPen(ink)
                    painter.drawText(round(left), foot - MARK - metrics.descent() - 1, mark.label)
                    break

    def _paint_pointed(
        self, painter: QPainter, theme: Theme, point: Point, balance: _Plot, spending: _Plot
    ) -> None:
        x = balance.x(point.at)
        for plot in (balance, spending):
            painter.fillRect(round(x), plot.box.top(), 1, plot.box.height(), faint(theme.ink, 0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.surface), 1.5))
        painter.setBrush(QColor(theme.ink))
        painter.drawEllipse(QPointF(x + 0.5, balance.y(point.credits)), DOT + 1, DOT + 1)


def _paint_layers(painter: QPainter, theme: Theme, balance: _Plot) -> None:
    """Paint the layers as areas, from the whole down, each over the one above it."""
    view = balance.view
    ends = [balance.place(point.at, 0) for point in (view.points[-1], view.points[0])]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for i, layer in reversed([*enumerate(view.layers, 1)]):
        line = [balance.place(point.at, sum(point.amounts[:i])) for point in view.points]
        painter.setBrush(_layer_colour(view, layer, theme))
        painter.drawPolygon([*line, *ends])
    pen = QPen(QColor(theme.line), 1.5)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline([balance.place(point.at, point.credits) for point in view.points])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _layer_colour(view: HistoryView, layer: str, theme: Theme) -> QColor:
    """Return a layer's fill, which is paler than the line of the balance."""
    if view.layers == (UNDIVIDED,):
        return blended(theme.line, theme.surface, 0.25)
    colour = theme.undivided if layer == UNDIVIDED else theme.buckets[layer]
    return blended(colour, theme.surface, LAYER_STRENGTH)


def _last_until(view: HistoryView, at: int) -> Point:
    """Return the last reading until a moment, or the first of all."""
    place = bisect_right(view.points, at, key=lambda point: point.at)
    return view.points[max(0, place - 1)]


def _close(view: HistoryView, span: Span) -> Point:
    """Return the last reading of a day or week, or the one before if nothing was read then."""
    point = _last_until(view, span.end - 1)
    return point._replace(at=max(point.at, span.begin))
