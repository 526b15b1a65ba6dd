"""Labels, and areas of one colour."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from tray_app.desktop.widgets.sides import draw_words, leading

SECONDARY = 12 / 13
"""The size of secondary text, as a multiple of the desktop's font."""


def sized(font: QFont, factor: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return a font of ``factor`` times the size."""
    result = QFont(font)
    if font.pointSizeF() > 0:
        result.setPointSizeF(font.pointSizeF() * factor)
    else:
        result.setPixelSize(round(font.pixelSize() * factor))
    result.setWeight(weight)
    return result


def set_muted(label: QLabel, is_muted: bool) -> None:
    """Give a label the muted or the usual colour."""
    roles = QPalette.ColorRole
    label.setForegroundRole(roles.PlaceholderText if is_muted else roles.WindowText)


def block(role: QPalette.ColorRole, height: int, width: int | None = None) -> QWidget:
    """Return an area in a colour of the palette, which Qt paints by itself; sizes are in pixels."""
    area = QWidget()
    area.setBackgroundRole(role)
    area.setAutoFillBackground(True)
    area.setFixedHeight(height)
    if width is not None:
        area.setFixedWidth(width)
    return area


def text_label(*, muted: bool = False, wraps: bool = True) -> QLabel:
    """Return a label that takes no text for markup."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    set_muted(label, muted)
    return label


class ElidedLabel(QLabel):
    """One line that ends in "…" where there is no room; the whole is then its tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_muted(self, True)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint as much of the text as fits, and have the tooltip tell what does not."""
        metrics, whole = self.fontMetrics(), self.text()
        shown = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(whole if shown != whole else "")
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            draw_words(painter, self.rect(), leading(self) | Qt.AlignmentFlag.AlignVCenter, shown)
