"""What the popup shows its figures with: labels that paint themselves, the bar, the rows."""

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tray_app.desktop.widgets.buttons import TextButton
from tray_app.desktop.widgets.labels import muted_label, set_muted, sized, strip
from tray_app.desktop.widgets.marks import SWATCH
from tray_app.desktop.widgets.theme import Tint, theme_of
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.report.view import Row, Trouble
from tray_app.words.amounts import UNKNOWN

SEGMENT_GAP = 2
SMALLEST_SEGMENT = 3
BAR_HEIGHT = 8
ROW_HEIGHT = 28
STALE_OPACITY = 0.6
MARK = 10
"""The side of a level's mark, in pixels."""


class TotalLabel(QLabel):
    """The one strong number with its unit; the number shrinks before it is cut."""

    SIZE = 2.5
    SMALLEST = 1.25
    GAP = 6

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._number = ""
        self._unit = ""

    def show_total(self, number: str, unit: str, *, is_quiet: bool) -> None:
        """Show a number of credits; quiet when it is unknown or out of date."""
        self._number, self._unit = number, unit
        self.setText(f"{number} {unit}")
        set_muted(self, is_quiet)
        self._explain()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """See whether the number fits now."""
        super().resizeEvent(event)
        self._explain()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as the number at its full size."""
        capitals = QFontMetrics(self._number_font(self.SIZE)).capHeight()
        return QSize(0, max(40, capitals + 16))

    minimumSizeHint = sizeHint  # noqa: N815

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint number and unit on one base line."""
        font, metrics, number = self._fitting()
        width = metrics.horizontalAdvance(number)
        base = (self.height() + metrics.capHeight()) // 2
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        with QPainter(self) as painter:
            painter.setFont(font)
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.width() - width if rtl else 0, base, number)
            painter.setFont(self.font())
            unit_width = painter.fontMetrics().horizontalAdvance(self._unit)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            x = self.width() - width - self.GAP - unit_width if rtl else width + self.GAP
            painter.drawText(x, base, self._unit)

    def _explain(self) -> None:
        *_, number = self._fitting()
        self.setToolTip(self.text() if number != self._number else "")

    def _fitting(self) -> tuple[QFont, QFontMetrics, str]:
        """Find the font in which the number fits, and what of it fits into the smallest."""
        unit_width = QFontMetrics(self.font()).horizontalAdvance(self._unit)
        room = max(0, self.width() - self.GAP - unit_width)
        factor = self.SIZE
        while True:
            font = self._number_font(factor)
            metrics = QFontMetrics(font)
            if factor <= self.SMALLEST or metrics.horizontalAdvance(self._number) <= room:
                elided = metrics.elidedText(self._number, Qt.TextElideMode.ElideRight, room)
                return font, metrics, elided
            factor -= 0.125

    def _number_font(self, factor: float) -> QFont:
        font = sized(self.font(), factor, QFont.Weight.Bold)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 98)
        return font


class LevelBadge(QLabel):
    """A level in words on a pill, with a mark of its own; hollow when it is out of date."""

    PADDING = 10
    GAP = 6

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._shape = IconShape.UNKNOWN
        self._is_hollow = False

    def show_level(self, shape: IconShape, words: str, *, is_stale: bool) -> None:
        """Show a level."""
        if (shape, is_stale) != (self._shape, self._is_hollow):
            self._shape, self._is_hollow = shape, is_stale
            self.update()
        self.setText(words)
        self.setAccessibleName(tr("{level}, out of date", level=words) if is_stale else words)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for mark and words."""
        metrics = QFontMetrics(self.font())
        width = 2 * self.PADDING + MARK + self.GAP + metrics.horizontalAdvance(self.text())
        return QSize(width, max(24, metrics.height() + 6))

    minimumSizeHint = sizeHint  # noqa: N815

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint pill, mark and words."""
        tint = theme_of(self.palette()).levels[self._shape]
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pill = QRectF(self.rect())
            if self._is_hollow:
                pill.adjust(0.5, 0.5, -0.5, -0.5)
                painter.setPen(QPen(QColor(tint.ink), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tint.ground))
            painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
            mark = QRect(self.PADDING, (self.height() - MARK) // 2, MARK, MARK)
            words = self.rect().adjusted(self.PADDING + MARK + self.GAP, 0, -self.PADDING, 0)
            place = self.style().visualRect
            painter.setPen(QColor(tint.ink))
            painter.drawText(
                place(self.layoutDirection(), self.rect(), words),
                Qt.AlignmentFlag.AlignCenter,
                self.text(),
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tint.ink))
            box = place(self.layoutDirection(), self.rect(), mark)
            painter.drawPath(level_mark(self._shape).translated(QRectF(box).center()))


def level_mark(shape: IconShape) -> QPainterPath:
    """Return the mark of a level around the origin, ``MARK`` pixels wide; each has its own form."""
    path = QPainterPath()
    match shape:
        case IconShape.HEALTHY:
            path.addEllipse(QPointF(0, 0), 4.5, 4.5)
        case IconShape.LOW:
            path.addPolygon(QPolygonF([QPointF(0, -4.6), QPointF(5.4, 4.4), QPointF(-5.4, 4.4)]))
        case IconShape.CRITICAL:
            path.addPolygon(
                QPolygonF(
                    [
                        *(QPointF(0, -5.4), QPointF(4.7, -2.7), QPointF(4.7, 2.7)),
                        *(QPointF(0, 5.4), QPointF(-4.7, 2.7), QPointF(-4.7, -2.7)),
                    ]
                )
            )
        case IconShape.EMPTY:
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addRoundedRect(QRectF(-5.8, -1.2, 11.6, 2.4), 1, 1)
            path.addRoundedRect(QRectF(-1.2, -5.8, 2.4, 11.6), 1, 1)
            path = QTransform().rotate(45).map(path)
        case _:
            path.addEllipse(QPointF(0, 0), 4.5, 4.5)
            path.addEllipse(QPointF(0, 0), 3, 3)
    return path


def segment_widths(amounts: Sequence[int], width: int) -> list[int]:
    """Share a bar's pixels among amounts above 0, in proportion, with gaps left between them.

    None gets less than ``SMALLEST_SEGMENT``, so that what is there is seen.
    """
    room = width - SEGMENT_GAP * (len(amounts) - 1)
    smallest: set[int] = set()
    while True:
        rest = [i for i in range(len(amounts)) if i not in smallest]
        share = room - SMALLEST_SEGMENT * len(smallest)
        whole = sum(amounts[i] for i in rest)
        small = {i for i in rest if amounts[i] * share < SMALLEST_SEGMENT * whole}
        if not small:
            break
        smallest |= small
    widths = [SMALLEST_SEGMENT] * len(amounts)
    passed = 0
    for i in rest:
        start = share * passed // whole
        passed += amounts[i]
        widths[i] = share * passed // whole - start
    return widths


class BucketBar(QWidget):
    """How the credits divide into buckets; an empty track when that is unknown or all are 0."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(BAR_HEIGHT)
        self._amounts: dict[str, int] = {}
        self._is_stale = False

    def show_rows(self, rows: Sequence[Row], *, is_stale: bool) -> None:
        """Show the buckets' amounts; paler when they are out of date."""
        amounts = {row.bucket: row.amount for row in rows if row.amount and row.amount > 0}
        if (amounts, is_stale) != (self._amounts, self._is_stale):
            self._amounts, self._is_stale = amounts, is_stale
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the segments, or the track."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            ends = QPainterPath()
            ends.addRoundedRect(QRectF(self.rect()), BAR_HEIGHT / 2, BAR_HEIGHT / 2)
            if not self._amounts:
                painter.fillPath(ends, QColor(theme.track))
                return
            painter.setOpacity(STALE_OPACITY if self._is_stale else 1)
            x = 0
            widths = segment_widths(list(self._amounts.values()), self.width())
            for bucket, width in zip(self._amounts, widths, strict=True):
                box = self.style().visualRect(
                    self.layoutDirection(), self.rect(), QRect(x, 0, width, self.height())
                )
                segment = QPainterPath()
                segment.addRect(QRectF(box))
                painter.fillPath(ends.intersected(segment), QColor(theme.buckets[bucket]))
                x += width + SEGMENT_GAP


class BucketRow(QWidget):
    """A bucket's colour, name and amount."""

    def __init__(self, bucket: str) -> None:
        super().__init__()
        self._bucket = bucket
        self._is_quiet = True
        self._is_stale = False
        self.label = QLabel()
        self.amount = QLabel()
        self.setMinimumHeight(ROW_HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(0)
        line.addSpacing(SWATCH + 8)
        line.addWidget(self.label)
        line.addStretch()
        line.addWidget(self.amount)

    def show_row(self, row: Row, *, is_stale: bool) -> None:
        """Show a bucket; grey when there is nothing in it, or nobody knows."""
        is_quiet = not row.amount
        if (is_quiet, is_stale) != (self._is_quiet, self._is_stale):
            self._is_quiet, self._is_stale = is_quiet, is_stale
            self.update()
        self.label.setText(row.label)
        self.amount.setText(row.text)
        self.amount.setAccessibleName(
            tr("{bucket}: {amount}", bucket=row.label, amount=row.text)
            if row.text != UNKNOWN
            else tr("{bucket}: unknown", bucket=row.label)
        )
        set_muted(self.label, is_quiet)
        set_muted(self.amount, is_quiet)

    def set_fonts(self, font: QFont) -> None:
        """Use a font; the amounts stand in columns."""
        columns = QFont(font)
        columns.setFeature(QFont.Tag("tnum"), 1)
        self.label.setFont(font)
        self.amount.setFont(columns)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the colour's swatch."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if self._is_quiet:
                painter.setBrush(QColor(theme.track))
            else:
                painter.setOpacity(STALE_OPACITY if self._is_stale else 1)
                painter.setBrush(QColor(theme.buckets[self._bucket]))
            swatch = QRect(0, (self.height() - SWATCH) // 2, SWATCH, SWATCH)
            box = self.style().visualRect(self.layoutDirection(), self.rect(), swatch)
            painter.drawRoundedRect(box, 3, 3)


class TroubleBlock(QWidget):
    """A problem, what to do about it, and the button that does it."""

    EDGE = 3

    def __init__(self, remedy: QAction) -> None:
        super().__init__()
        self.title = QLabel()
        self.message = muted_label()
        self.button = TextButton("", primary=True)
        self.button.show_action(remedy)
        self._is_invitation = False
        for label in (self.title, self.message):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.message)
        self._action = strip(QMargins(0, 8, 0, 0), self.button, None)
        column.addWidget(self._action)

    def show_trouble(self, trouble: Trouble) -> None:
        """Show a problem."""
        self.title.setText(trouble.title)
        self.message.setText(trouble.message)
        self._action.setVisible(trouble.remedy is not None)
        if trouble.is_invitation != self._is_invitation:
            self._is_invitation = trouble.is_invitation
            self.update()

    def tint(self) -> Tint:
        """The colours of the block: a problem's, or those of something yet to be done."""
        theme = theme_of(self.palette())
        return theme.invitation if self._is_invitation else theme.trouble

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground and its coloured edge."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            tint = self.tint()
            ground = QPainterPath()
            ground.addRoundedRect(QRectF(self.rect()), 8, 8)
            painter.fillPath(ground, QColor(tint.ground))
            edge = QRect(0, 0, self.EDGE, self.height())
            painter.setClipRect(self.style().visualRect(self.layoutDirection(), self.rect(), edge))
            painter.fillPath(ground, QColor(tint.ink))
