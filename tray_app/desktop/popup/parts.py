"""What the popup is made of: number, level, kinds of credits, and what needs attention."""

from collections.abc import Sequence
from itertools import chain

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tray_app.desktop.actions import Actions
from tray_app.desktop.widgets.buttons import RADIUS, LinkButton, TextButton
from tray_app.desktop.widgets.labels import block, set_muted, sized, text_label
from tray_app.desktop.widgets.marks import MARK, SWATCH, clock_mark, level_mark
from tray_app.desktop.widgets.sides import draw_words, mirrored
from tray_app.desktop.widgets.theme import Theme, theme_of
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.report.view import Attention, Deed, Row, View
from tray_app.words.amounts import UNKNOWN

SEGMENT_GAP = 2
SMALLEST_SEGMENT = 3
BAR_HEIGHT, TICK_RISE = 8, 2
"""Pixels of the gauge, and by how many its tick stands out."""
GAUGE_ROOM = BAR_HEIGHT + 2 * TICK_RISE + 8
ROW_HEIGHT = 24
STALE_OPACITY = 0.6
LARGEST, SMALLEST = 2.5, 1.25
"""The size of the total's number, as a multiple of the text's."""
UNIT_GAP = 6
PILL_PADDING, PILL_GAP = 10, 6
SLOT_PADDING = 12


def set_weight(label: QLabel, weight: QFont.Weight) -> None:
    """Make a label's text bolder; its size goes on following the parent's."""
    font = QFont()
    font.setWeight(weight)
    label.setFont(font)


class TotalLabel(QLabel):
    """The one strong number with its unit; the number shrinks before it is cut."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._number = self._unit = ""

    def show_total(self, number: str, unit: str, *, is_quiet: bool) -> None:
        """Show a number of credits; quiet when it is unknown or out of date."""
        self._number, self._unit = number, unit
        self.setText(f"{number} {unit}")
        set_muted(self, is_quiet)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as the number at its full size."""
        return QSize(0, max(40, QFontMetrics(self._number_font(LARGEST)).capHeight() + 16))

    minimumSizeHint = sizeHint  # noqa: N815

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint number and unit on one base line; the tooltip tells a number that is cut."""
        font, metrics, number = self._fitting()
        self.setToolTip(self.text() if number != self._number else "")
        width = metrics.horizontalAdvance(number)
        unit_width = self.fontMetrics().horizontalAdvance(self._unit)
        base = (self.height() + metrics.capHeight()) // 2
        x, unit_x = 0, width + UNIT_GAP
        if self.isRightToLeft():
            x, unit_x = self.width() - width, self.width() - unit_x - unit_width
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(unit_x, base, self._unit)
            painter.setFont(font)
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(x, base, number)

    def _fitting(self) -> tuple[QFont, QFontMetrics, str]:
        """Return a font in which the number fits, or the smallest and what of the number fits."""
        room = max(0, self.width() - UNIT_GAP - self.fontMetrics().horizontalAdvance(self._unit))
        factor = LARGEST
        while True:
            font = self._number_font(factor)
            metrics = QFontMetrics(font)
            if factor <= SMALLEST or metrics.horizontalAdvance(self._number) <= room:
                elided = metrics.elidedText(self._number, Qt.TextElideMode.ElideRight, room)
                return font, metrics, elided
            factor -= 0.125

    def _number_font(self, factor: float) -> QFont:
        font = sized(self.font(), factor, QFont.Weight.Bold)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98)
        return font


class LevelBadge(QLabel):
    """A level in words on a pill, with a mark of its own; hollow when it is out of date.

    Green is for what is healthy now: a healthy level that is out of date is muted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._shape = IconShape.UNKNOWN
        self._is_hollow = False

    def show_level(self, shape: IconShape, words: str, *, is_stale: bool) -> None:
        """Show a level; QLabel itself repaints if the words are new."""
        if (shape, is_stale) != (self._shape, self._is_hollow):
            self._shape, self._is_hollow = shape, is_stale
            self.update()
        self.setText(words)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for mark and words."""
        metrics = QFontMetrics(self.font())
        width = 2 * PILL_PADDING + MARK + PILL_GAP + metrics.horizontalAdvance(self.text())
        return QSize(width, max(24, metrics.height() + 6))

    minimumSizeHint = sizeHint  # noqa: N815

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint pill, mark and words."""
        tint = theme_of(self.palette()).levels[self._shape]
        ink = QColor(tint.ink)
        if self._is_hollow and self._shape is IconShape.HEALTHY:
            ink = self.palette().color(QPalette.ColorRole.PlaceholderText)
        mark = QRect(PILL_PADDING, (self.height() - MARK) // 2, MARK, MARK)
        words = self.rect().adjusted(PILL_PADDING + MARK + PILL_GAP, 0, -PILL_PADDING, 0)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pill = QRectF(self.rect())
            painter.setPen(Qt.PenStyle.NoPen)
            if self._is_hollow:
                pill.adjust(0.5, 0.5, -0.5, -0.5)
                painter.setPen(QPen(ink, 1))
            else:
                painter.setBrush(QColor(tint.ground))
            painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
            painter.setPen(ink)
            draw_words(painter, mirrored(self, words), Qt.AlignmentFlag.AlignCenter, self.text())
            centre = QRectF(mirrored(self, mark)).center()
            painter.fillPath(level_mark(self._shape).translated(centre), ink)


def segment_widths(amounts: Sequence[int], width: int) -> list[int]:
    """Share a bar's pixels among amounts above 0, in proportion, with gaps left between them.

    Each gets ``SMALLEST_SEGMENT`` at least, so that it can be seen.
    """
    room = width - SEGMENT_GAP * (len(amounts) - 1)
    widths = [SMALLEST_SEGMENT] * len(amounts)
    rest = list(range(len(amounts)))
    while True:
        share = room - SMALLEST_SEGMENT * (len(amounts) - len(rest))
        whole = sum(amounts[i] for i in rest)
        larger = [i for i in rest if amounts[i] * share >= SMALLEST_SEGMENT * whole]
        if larger == rest:
            break
        rest = larger
    passed = 0
    for i in rest:
        start = share * passed // whole
        passed += amounts[i]
        widths[i] = share * passed // whole - start
    return widths


class Kinds(QWidget):
    """What is left of which kind: a gauge of the balance above the kinds, each with its amount.

    The gauge's whole width is the highest balance since the last increase. Without a history there
    is no gauge; while figures are hidden the gauge is empty. Kinds without credits are left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self._shown_rows: list[Row] = []
        self._row_widgets: list[tuple[QLabel, QLabel]] = []  # kept, as new ones would cost memory
        self.note = text_label(muted=True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, SWATCH + 9)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.note, 1, 0, 1, 3)

    @property
    def has_gauge(self) -> bool:
        """Whether there is a gauge."""
        view = self._view
        return view is not None and (view.peak is not None or view.hides)

    def show_view(self, view: View) -> None:
        """Show the kinds of a balance; paler when it is out of date."""
        self._view = view
        self._shown_rows = [row for row in view.rows if view.shows(row)]
        while len(self._row_widgets) < len(self._shown_rows):
            self._add_row_widgets()
        for each in chain.from_iterable(self._row_widgets[len(self._shown_rows) :]):
            each.hide()
        for (label, amount), row in zip(self._row_widgets, self._shown_rows, strict=False):
            label.setText(row.label)
            amount.setText(row.text)
            amount.setAccessibleName(
                tr("{bucket}: unknown", bucket=row.label)
                if row.text == UNKNOWN
                else tr("{bucket}: {amount}", bucket=row.label, amount=row.text)
            )
            for each in (label, amount):
                set_muted(each, view.stale or row.amount is None)
                each.show()
        self.note.setText(view.no_kinds)
        self.note.setVisible(not self._shown_rows)
        self._grid.setRowMinimumHeight(0, GAUGE_ROOM if self.has_gauge else 0)
        self.setAccessibleName(view.gauge)
        self.setToolTip(view.gauge)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Explain the gauge, and not the kinds below it, to whoever points at it."""
        if isinstance(event, QHelpEvent) and event.pos().y() >= GAUGE_ROOM:
            return True
        return super().event(event)

    def _add_row_widgets(self) -> None:
        """Add a line for a kind: its name and its amount."""
        label, amount = QLabel(), QLabel()
        columns = QFont()
        columns.setFeature(QFont.Tag("tnum"), 1)
        amount.setFont(columns)
        label.setMinimumHeight(ROW_HEIGHT)
        number = len(self._row_widgets) + 2
        self._grid.addWidget(label, number, 1)
        self._grid.addWidget(amount, number, 2, Qt.AlignmentFlag.AlignTrailing)
        self._row_widgets.append((label, amount))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the gauge, and the kinds' swatches."""
        view = self._view
        if view is None:
            return
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.has_gauge:
                self._paint_gauge(painter, theme, view)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setOpacity(STALE_OPACITY if view.stale else 1)
            for (label, _amount), row in zip(self._row_widgets, self._shown_rows, strict=False):
                middle = label.geometry().center().y()
                swatch = QRect(0, middle - SWATCH // 2 + 1, SWATCH, SWATCH)
                painter.setBrush(QColor(theme.buckets[row.bucket] if row.amount else theme.track))
                painter.drawRoundedRect(mirrored(self, swatch), 3, 3)

    def _paint_gauge(self, painter: QPainter, theme: Theme, view: View) -> None:
        ends, whole = QPainterPath(), QRect(0, TICK_RISE, self.width(), BAR_HEIGHT)
        ends.addRoundedRect(QRectF(whole), BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.fillPath(ends, QColor(theme.track))
        if view.peak is None or view.credits is None or view.credits <= 0:
            return
        parts = [(row.bucket, row.amount) for row in view.rows if row.amount and row.amount > 0]
        colours = [theme.buckets[bucket] for bucket, _ in parts] or [theme.undivided]
        filled = max(SMALLEST_SEGMENT, round(self.width() * view.credits / view.peak))
        widths = segment_widths([amount for _, amount in parts] or [view.credits], filled)
        x = 0
        painter.setOpacity(STALE_OPACITY if view.stale else 1)
        for colour, width in zip(colours, widths, strict=True):
            segment = QPainterPath()
            segment.addRect(
                QRectF(mirrored(self, whole.adjusted(x, 0, x + width - whole.width(), 0)))
            )
            painter.fillPath(ends.intersected(segment), QColor(colour))
            x += width + SEGMENT_GAP
        painter.setOpacity(1)
        if view.low < view.peak:
            x = min(round(self.width() * view.low / view.peak), self.width() - 2)
            tick = mirrored(self, QRect(x, 0, 2, BAR_HEIGHT + 2 * TICK_RISE))
            painter.fillRect(tick.adjusted(-1, 0, 1, 0), QColor(theme.surface))
            painter.fillRect(tick, QColor(theme.levels[IconShape.LOW].ink))


class AttentionBlock(QWidget):
    """The one thing that matters now, and the one button for it."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._attention = Attention(None, "", "", Deed.NONE)
        self.title, self.text = text_label(), text_label()
        set_weight(self.title, QFont.Weight.DemiBold)
        self.button = TextButton(primary=True)
        self.retry = LinkButton(tr("Try now"))
        self.retry.clicked.connect(actions.refresh.trigger)
        self._actions = {Deed.REMEDY: actions.remedy, Deed.BUY: actions.buy}
        self._around_button = QWidget()
        below = QVBoxLayout(self._around_button)
        below.setContentsMargins(0, 10, 0, 0)
        below.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeading)
        # Title and link, the text, the button; on the leading side there is room for the mark.
        self._grid = QGridLayout(self)
        self._grid.setSpacing(0)
        self._grid.setColumnMinimumWidth(0, SLOT_PADDING + MARK)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.title, 0, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(self.retry, 0, 2)
        self._grid.addWidget(self.text, 1, 1, 1, 2)
        self._grid.addWidget(self._around_button, 2, 1, 1, 2)

    def show_attention(self, attention: Attention) -> None:
        """Show something else."""
        self._attention = attention
        self.title.setText(attention.title)
        self.text.setText(attention.text)
        set_muted(self.text, attention.shape is IconShape.UNKNOWN)
        action = self._actions.get(attention.deed)
        if action is not None:
            self.button.show_action(action)
        self._around_button.setVisible(action is not None)
        can_retry = attention.deed is Deed.RETRY
        self.retry.setVisible(can_retry)
        # The link is higher than the title beside it, and reaches into the edge.
        top = SLOT_PADDING - (5 if can_retry else 0)
        self._grid.setContentsMargins(SLOT_PADDING, top, SLOT_PADDING, SLOT_PADDING)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground and the mark."""
        theme, shape = theme_of(self.palette()), self._attention.shape
        tint = theme.invitation if shape is None else theme.levels[shape]
        line = self.title.fontMetrics().height()
        mark = QRectF(SLOT_PADDING, self.title.y() + (line - MARK) / 2, MARK, MARK)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tint.ground))
            painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
            form = (
                clock_mark()
                if shape is IconShape.UNKNOWN
                else level_mark(shape or IconShape.LOADING)
            )
            centre = QRectF(mirrored(self, mark.toRect())).center()
            painter.fillPath(form.translated(centre), QColor(tint.ink))


class Skeleton(QWidget):
    """Grey blocks where the figures will be."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Loading balance…"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 4)
        column.setSpacing(12)
        for height, width in ((26, 128), (14, 190), (10, 240), (8, 0), (10, 0), (10, 0), (10, 0)):
            column.addWidget(block(QPalette.ColorRole.AlternateBase, height, width or None))
