"""The history window's chart: the balance by kind above, the spending below, on one time axis."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
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
from tray_app.desktop.widgets.flags import Flag, labels
from tray_app.desktop.widgets.labels import sized
from tray_app.desktop.widgets.marks import DOT, SWATCH, triangle
from tray_app.desktop.widgets.sides import draw_words, leading, mirrored
from tray_app.desktop.widgets.theme import Theme, blended, faint, theme_of
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.report.history_view import HistoryView, Tick, point_near, span_at, tiles_at
from tray_app.report.points import Point
from tray_app.words.amounts import UNDIVIDED, bucket_label
from tray_app.words.formats import Formats
from tray_app.words.history_words import flags_words, tiles_words

INSET = 8
"""Pixels around everything: room for the focus."""
GAP = 8
TICK_GAP = 4
"""Pixels from a time's line to its label."""
MARK = 7
"""The height of a mark's triangle, in pixels."""
DASH = 20
"""The length of the line that stands for the forecast, in pixels."""
WIDEST_BAR = 44
LAYER_STRENGTH = 0.9
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

    def y(self, amount: float) -> float:
        return self.box.top() + self.box.height() * (1 - amount / self.ticks[-1].value)

    def place(self, at: int, amount: float) -> QPointF:
        return QPointF(self.x(at), self.y(amount))


class Chart(QWidget):
    """The chart, with a cursor at the moment that is pointed at.

    The mouse points at readings, the arrow keys at the last reading of each day or week.
    """

    pointed = Signal(object)
    """The point at the cursor, or ``None`` when there is no cursor any more."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self._view: HistoryView | None = None
        self._pointed: Point | None = None
        self._shows_focus = False
        self._hides_figures = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Chart of the balance and the spending"))

    @property
    def point(self) -> Point | None:
        """The point at the cursor."""
        return self._pointed

    @property
    def readout(self) -> str:
        """The figures at the cursor; without one, what the chart shows as a whole."""
        if self._view is None:
            return ""
        if self._pointed is None:
            return self._view.title
        *amounts, when = tiles_at(self._view, self._pointed, self._formats)
        marks = span_at(self._view, self._pointed.at).marks
        return " · ".join(filter(None, (tiles_words((when, *amounts)), marks)))

    def show_history(self, view: HistoryView, *, hides_figures: bool = False) -> None:
        """Show a history that has points. The same history is not painted again."""
        if (view, hides_figures) == (self._view, self._hides_figures):
            return
        self._view, self._hides_figures = view, hides_figures
        if self._pointed is not None:
            at = self._pointed.at
            self._point_at(min(view.points, key=lambda point: abs(point.at - at)))
        said = tr("Chart hidden") if hides_figures else f"{view.title}. {view.description}"
        self.setAccessibleDescription(said)
        self.update()

    def show_moment(self, at: int) -> None:
        """Put the cursor at what is known of a moment, if the balance was known by then."""
        if (view := self._view) is not None:
            is_known = view.points[0].at < span_at(view, at).end
            self._point_at(point_near(view, at) if is_known else None)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As small as it can still be read."""
        line = self.fontMetrics().height()
        return QSize(28 * line, 16 * line)

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
        first, last = spans.index(span_at(self._view, self._view.points[0].at)), len(spans) - 1
        here = len(spans)
        if self._pointed is not None:
            here = spans.index(span_at(self._view, self._pointed.at))
        goals: dict[int, int] = {
            Qt.Key.Key_Left: max(first, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: first,
            Qt.Key.Key_End: last,
        }
        if event.key() not in goals:
            return super().keyPressEvent(event)
        self.show_moment(spans[goals[event.key()]].end - 1)
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
            self.pointed.emit(point)
            self.update()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint both plots, their axes, the forecast, and the cursor."""
        if self._view is None:
            return
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # as draw_words does
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._hides_figures:
                painter.setPen(QColor(theme.muted))
                draw_words(painter, self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Chart hidden"))
            else:
                self._paint_history(painter, theme, self._view)
            if self.hasFocus() and self._shows_focus:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.focus), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_history(self, painter: QPainter, theme: Theme, view: HistoryView) -> None:
        balance, spending = self._plots(view)
        self._paint_legend(painter, theme, view)
        painter.setFont(self._strong)
        painter.setPen(QColor(theme.ink))
        title = tr("Spending per week") if view.by_week else tr("Spending per day")
        foot = spending.box.top() - GAP - painter.fontMetrics().descent()
        painter.drawText(INSET, foot, title)
        painter.setFont(self._small)
        self._paint_axes(painter, theme, balance, spending)
        self._paint_bars(painter, theme, spending)
        _paint_layers(painter, theme, balance)
        if view.ahead:
            self._paint_forecast(painter, theme, balance)
        self._paint_marks(painter, theme, balance)
        if self._pointed is not None:
            _paint_cursor(painter, theme, self._pointed, balance, spending)

    @property
    def _strong(self) -> QFont:
        return sized(self.font(), 1, QFont.Weight.DemiBold)

    @property
    def _small(self) -> QFont:
        return sized(self.font(), 11 / 13)

    def _plots(self, view: HistoryView) -> tuple[_Plot, _Plot]:
        """Return where balance and spending are painted."""
        metrics = QFontMetrics(self._small)
        line, title = metrics.height(), QFontMetrics(self._strong).height()
        names = [tick.label for tick in (*view.credit_ticks, *view.spent_ticks)]
        left = INSET + max(map(metrics.horizontalAdvance, names)) + GAP
        width = max(1, self.width() - INSET - left)
        *_, (last, *_) = self._legend(view)
        top = last.bottom() + GAP + line + GAP
        bottom = self.height() - INSET - line - GAP // 2
        between = title + 3 * GAP
        low = round((bottom - top - between) * SPENDING_SHARE)
        upper = QRect(left, top, width, max(1, bottom - low - between - top))
        lower = QRect(left, bottom - low, width, max(1, low))
        return _Plot(view, upper, view.credit_ticks), _Plot(view, lower, view.spent_ticks)

    def _legend(self, view: HistoryView) -> Iterator[tuple[QRect, str, str, str]]:
        """Yield where each name stands, its layer or else nothing, the name and its amount."""
        strong, plain = QFontMetrics(self._strong), QFontMetrics(self.font())
        title = tr("Balance")
        x, y, height = INSET, INSET, strong.height()
        entries = [("", title, "", strong.horizontalAdvance(title))]
        for place, layer in enumerate(view.layers if view.layers != (UNDIVIDED,) else ()):
            amount, widest = (
                self._formats.number(point.amounts[place])
                for point in (
                    self._pointed or view.points[-1],
                    max(view.points, key=lambda point: point.amounts[place]),
                )
            )
            name = bucket_label(layer)
            room = max(plain.horizontalAdvance(f"{name} {each}") for each in (amount, widest))
            entries.append((layer, name, amount, SWATCH + GAP - 2 + room))
        if view.ahead:
            name = tr("Forecast")
            entries.append((_AHEAD, name, "", DASH + GAP - 2 + plain.horizontalAdvance(name)))
        for layer, name, amount, width in entries:
            if x > INSET and x + width > self.width() - INSET:
                x, y = INSET, y + height
            yield QRect(x, y, width, height), layer, name, amount
            x += width + 2 * GAP

    def _paint_legend(self, painter: QPainter, theme: Theme, view: HistoryView) -> None:
        side = leading(self) | Qt.AlignmentFlag.AlignVCenter
        for place, layer, name, amount in self._legend(view):
            painter.setFont(self.font() if layer else self._strong)
            shift = 0
            if layer == _AHEAD:
                shift = DASH + GAP - 2
                box = mirrored(self, QRect(place.left(), place.top(), DASH, place.height()))
                painter.setPen(_dashes(theme))
                middle = box.center().y() + 0.5
                painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))
            elif layer:
                shift = SWATCH + GAP - 2
                box = mirrored(self, QRect(place.left(), place.top(), SWATCH, place.height()))
                swatch = QRectF(0, 0, SWATCH, SWATCH)
                swatch.moveCenter(QRectF(box).center())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(_layer_colour(layer, theme))
                painter.drawRoundedRect(swatch, 3, 3)
            for text, ink in ((name, theme.muted if layer else theme.ink), (amount, theme.ink)):
                painter.setPen(QColor(ink))
                words = mirrored(self, place.adjusted(shift, 0, 0, 0))
                draw_words(painter, words, side, text)
                shift += painter.fontMetrics().horizontalAdvance(f"{text} ")

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
        base = self.height() - INSET - metrics.descent()
        foot = spending.box.top() + spending.box.height()
        for tick in _readable(view.time_ticks, spending, metrics):
            x = round(spending.x(tick.value))
            painter.fillRect(x, foot, 1, base + 1 - foot, QColor(theme.border))
            painter.drawText(x + TICK_GAP, base, tick.label)

    def _paint_bars(self, painter: QPainter, theme: Theme, spending: _Plot) -> None:
        view = spending.view
        here = None if self._pointed is None else span_at(view, self._pointed.at)
        foot = round(spending.y(0))
        painter.setPen(Qt.PenStyle.NoPen)
        for span in view.spans:
            left, right = round(spending.x(span.begin)), round(spending.x(span.end))
            gap = 1 if right - left < 8 else 3
            width = max(1, min(right - left - gap, WIDEST_BAR))
            top = min(round(spending.y(span.spent)), foot - 1) if span.spent else foot
            usual = theme.drain if span.is_unusual else theme.spent
            painter.setBrush(QColor(theme.ink if span == here else usual))
            round_off = 2 if width > 8 else 0
            bar = QRectF(left + (right - left - width + 1) // 2, top, width, foot - top)
            painter.drawRoundedRect(bar, round_off, round_off)

    def _paint_forecast(self, painter: QPainter, theme: Theme, balance: _Plot) -> None:
        """Paint what is likely to be left, the range around it, and the day of the end."""
        view, box = balance.view, balance.box
        metrics = painter.fontMetrics()
        now = round(balance.x(view.ahead[0].at))
        painter.fillRect(now, box.top(), 1, box.height(), QColor(theme.edge))
        painter.setPen(QColor(theme.muted))
        painter.drawText(now + TICK_GAP, box.top() + metrics.ascent(), tr("today"))
        low, likely, high = (
            [balance.place(each.at, each[way]) for each in view.ahead] for way in (1, 2, 3)
        )
        painter.setClipRect(box.adjusted(now - box.left(), 0, 0, 1))  # where anything is left
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint(theme.spent, 0.25))
        painter.drawPolygon([*low, *reversed(high)])
        painter.setPen(_dashes(theme))
        painter.drawPolyline(likely)
        painter.setClipping(False)
        if view.run_out is not None:
            place = balance.place(view.run_out.value, 0)
            painter.setPen(QPen(QColor(theme.surface), 1.5))
            painter.setBrush(QColor(theme.levels[IconShape.CRITICAL].ink))
            painter.drawEllipse(place, DOT + 1.5, DOT + 1.5)
            width = metrics.horizontalAdvance(view.run_out.label)
            left = min(place.x() - width / 2, box.right() - width)
            painter.setPen(QColor(theme.ink))
            painter.drawText(QPointF(left, place.y() + GAP + metrics.ascent()), view.run_out.label)

    def _paint_marks(self, painter: QPainter, theme: Theme, balance: _Plot) -> None:
        """Paint the flags above the plot, with the labels that have room."""
        metrics, view, marks = painter.fontMetrics(), balance.view, balance.view.marks
        box, foot = balance.box, balance.box.top() - GAP // 2
        flags = [Flag(balance.x(mark.at) - box.left(), mark.amount > 0) for mark in marks]

        def words(group: range) -> Sequence[str]:
            named = [(marks[flag].amount, marks[flag].label) for flag in group]
            return flags_words(named, self._formats)

        for flag, mark in zip(flags, marks, strict=True):
            x, ink = box.left() + flag.x, QColor(theme.refill if flag.is_increase else theme.drain)
            if len(marks) <= MOST_LINES:
                depth = round(balance.y(_last_until(view, mark.at).credits)) - foot
                painter.fillRect(round(x), foot, 1, depth, faint(ink, 0.8))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            tip = QPointF(x + 0.5, foot - (0 if flag.is_increase else MARK))
            painter.drawPolygon(triangle(tip, MARK if flag.is_increase else -MARK))
        for label in labels(flags, words, metrics.horizontalAdvance, box.width()):
            is_increase = flags[label.flags[0]].is_increase
            painter.setPen(QColor(theme.refill if is_increase else theme.drain))
            painter.drawText(QPointF(box.left() + label.left, foot), label.text)


_AHEAD = "ahead"
"""The forecast, in the legend among the layers."""


def _paint_cursor(
    painter: QPainter, theme: Theme, point: Point, balance: _Plot, spending: _Plot
) -> None:
    x = balance.x(point.at)
    for plot in (balance, spending):
        painter.fillRect(round(x), plot.box.top(), 1, plot.box.height(), faint(theme.ink, 0.5))
    painter.setPen(QPen(QColor(theme.surface), 1.5))
    painter.setBrush(QColor(theme.ink))
    painter.drawEllipse(QPointF(x + 0.5, balance.y(point.credits)), DOT + 1, DOT + 1)


def _paint_layers(painter: QPainter, theme: Theme, balance: _Plot) -> None:
    """Paint the areas from the highest layer down; each covers the lower part of the last."""
    view = balance.view
    ends = [balance.place(point.at, 0) for point in (view.points[-1], view.points[0])]
    painter.setPen(Qt.PenStyle.NoPen)
    for i, layer in reversed([*enumerate(view.layers, 1)]):
        line = [balance.place(point.at, sum(point.amounts[:i])) for point in view.points]
        painter.setBrush(_layer_colour(layer, theme))
        painter.drawPolygon([*line, *ends])
    low = round(balance.y(view.low))
    if balance.box.top() <= low <= balance.y(0) - TICK_GAP:
        painter.setPen(QPen(QColor(theme.drain), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(ends[1].x(), low + 0.5), QPointF(ends[0].x(), low + 0.5))
    painter.setPen(QPen(QColor(theme.ink), 1.5, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline([balance.place(point.at, point.credits) for point in view.points])


def _dashes(theme: Theme) -> QPen:
    """Return what a forecast is drawn with."""
    pen = QPen(QColor(theme.ink), 1.5)
    pen.setDashPattern([3, 2.5])
    return pen


def _layer_colour(layer: str, theme: Theme) -> QColor:
    """Return a layer's fill, which is paler than the line of the balance."""
    if layer == UNDIVIDED:
        return blended(theme.undivided, theme.surface, 0.6)
    return blended(theme.buckets[layer], theme.surface, LAYER_STRENGTH)


def _readable(ticks: Sequence[Tick], plot: _Plot, metrics: QFontMetrics) -> Sequence[Tick]:
    """Leave out each second tick, or more, until the labels have room, and what is cut at last."""
    places = [plot.x(tick.value) for tick in ticks]
    widths = [TICK_GAP + metrics.horizontalAdvance(tick.label) for tick in ticks]
    step = next(
        step
        for step in range(1, len(ticks) + 2)
        if all(
            one + width + GAP <= other
            for one, width, other in zip(
                places[::step], widths[::step], places[step::step], strict=False
            )
        )
    )
    room = plot.box.right() + 1
    return [
        tick
        for tick, place, width in zip(ticks[::step], places[::step], widths[::step], strict=True)
        if place + width <= room
    ]


def _last_until(view: HistoryView, at: int) -> Point:
    """Return the last reading until a moment, or the first of all."""
    place = bisect_right(view.points, at, key=lambda point: point.at)
    return view.points[max(0, place - 1)]
