"""What the popup is made of: number, level, buckets and problem. Each paints itself."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
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
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tray_app.desktop.widgets.buttons import TextButton
from tray_app.desktop.widgets.labels import set_muted, sized
from tray_app.desktop.widgets.marks import MARK, SWATCH, level_mark
from tray_app.desktop.widgets.theme import theme_of
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.report.view import Row, Trouble
from tray_app.words.amounts import UNKNOWN

SEGMENT_GAP = 2
SMALLEST_SEGMENT = 3
BAR_HEIGHT = 8
ROW_HEIGHT = 28
STALE_OPACITY = 0.6
LARGEST, SMALLEST = 2.5, 1.25
"""The size of the total's number, as a multiple of the text's."""
UNIT_GAP = 6
PILL_PADDING, PILL_GAP = 10, 6
TROUBLE_EDGE = 3


def sentence(*, muted: bool = False) -> QLabel:
    """Return a label that wraps, and that takes no text for markup."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    set_muted(label, muted)
    return label


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
        """Paint number and unit on one base line; what is cut is told by the tooltip."""
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
        """Find the font in which the number fits, and what of it fits into the smallest."""
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
    """A level in words on a pill, with a mark of its own; hollow when it is out of date."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._shape = IconShape.UNKNOWN
        self._is_hollow = False

    def show_level(self, shape: IconShape, words: str, *, is_stale: bool) -> None:
        """Show a level."""
        self._shape, self._is_hollow = shape, is_stale
        self.setText(words)
        self.setAccessibleName(tr("{level}, out of date", level=words) if is_stale else words)
        self.update()

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
            painter.drawText(_mirrored(self, words), Qt.AlignmentFlag.AlignCenter, self.text())
            centre = QRectF(_mirrored(self, mark)).center()
            painter.fillPath(level_mark(self._shape).translated(centre), ink)


def _mirrored(widget: QWidget, box: QRect) -> QRect:
    """Return where a box goes in a widget whose language may run from right to left."""
    return widget.style().visualRect(widget.layoutDirection(), widget.rect(), box)


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


class BucketBar(QWidget):
    """How the credits divide into buckets; an empty track when that is unknown or all are 0."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(BAR_HEIGHT)
        self._amounts: dict[str, int] = {}
        self._is_stale = False

    def show_rows(self, rows: Sequence[Row], *, is_stale: bool) -> None:
        """Show the buckets' amounts; paler when they are out of date."""
        self._amounts = {row.bucket: row.amount for row in rows if row.amount and row.amount > 0}
        self._is_stale = is_stale
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the segments, or the track."""
        theme = theme_of(self.palette())
        ends = QPainterPath()
        ends.addRoundedRect(QRectF(self.rect()), BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self._amounts:
                painter.fillPath(ends, QColor(theme.track))
                return
            painter.setOpacity(STALE_OPACITY if self._is_stale else 1)
            x = 0
            widths = segment_widths(list(self._amounts.values()), self.width())
            for bucket, width in zip(self._amounts, widths, strict=True):
                segment = QPainterPath()
                segment.addRect(QRectF(_mirrored(self, QRect(x, 0, width, BAR_HEIGHT))))
                painter.fillPath(ends.intersected(segment), QColor(theme.buckets[bucket]))
                x += width + SEGMENT_GAP


class BucketRow(QWidget):
    """A bucket's colour, name and amount; grey when there is nothing in it, or nobody knows."""

    def __init__(self) -> None:
        super().__init__()
        self._row: Row | None = None
        self._is_stale = False
        self.label = QLabel()
        self.amount = QLabel()
        columns = QFont()
        columns.setFeature(QFont.Tag("tnum"), 1)
        self.amount.setFont(columns)
        self.setMinimumHeight(ROW_HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(0)
        line.addSpacing(SWATCH + 8)
        line.addWidget(self.label)
        line.addStretch()
        line.addWidget(self.amount)

    def show_row(self, row: Row, *, is_stale: bool) -> None:
        """Show a bucket; its colour is paler when the amount is out of date."""
        self._row, self._is_stale = row, is_stale
        self.label.setText(row.label)
        self.amount.setText(row.text)
        self.amount.setAccessibleName(
            tr("{bucket}: {amount}", bucket=row.label, amount=row.text)
            if row.text != UNKNOWN
            else tr("{bucket}: unknown", bucket=row.label)
        )
        for label in (self.label, self.amount):
            set_muted(label, not row.amount)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the colour's swatch."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.track))
            if self._row is not None and self._row.amount:
                painter.setOpacity(STALE_OPACITY if self._is_stale else 1)
                painter.setBrush(QColor(theme.buckets[self._row.bucket]))
            swatch = QRect(0, (self.height() - SWATCH) // 2, SWATCH, SWATCH)
            painter.drawRoundedRect(_mirrored(self, swatch), 3, 3)


class TroubleBlock(QWidget):
    """A problem, what to do about it, and the button that does it."""

    def __init__(self, remedy: QAction) -> None:
        super().__init__()
        self.title, self.message = sentence(), sentence(muted=True)
        set_weight(self.title, QFont.Weight.DemiBold)
        self.button = TextButton(primary=True)
        self.button.show_action(remedy)
        self._is_invitation = False
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.message)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addLayout(words)
        column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeading)

    def show_trouble(self, trouble: Trouble) -> None:
        """Show a problem, or, in other colours, what is yet to be done."""
        self.title.setText(trouble.title)
        self.message.setText(trouble.message)
        self.button.setVisible(trouble.remedy is not None)
        self._is_invitation = trouble.is_invitation
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground and its coloured edge."""
        theme = theme_of(self.palette())
        tint = theme.invitation if self._is_invitation else theme.trouble
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(self.rect()), 8, 8)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillPath(ground, QColor(tint.ground))
            painter.setClipRect(_mirrored(self, QRect(0, 0, TROUBLE_EDGE, self.height())))
            painter.fillPath(ground, QColor(tint.ink))
