"""The popup's part about the past and the future: a small chart, and what it means."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.sparkline import Sparkline
from tray_app.desktop.widgets.buttons import FlatButton
from tray_app.desktop.widgets.labels import set_muted, sized
from tray_app.desktop.widgets.theme import theme_of
from tray_app.i18n import tr
from tray_app.report.view import View
from tray_app.words.formats import Formats

SIDE = 16
"""Pixels between the card's edge and what is on it."""
INSET = 8
"""Pixels by which a link's ground stands out from its words."""


class ForecastBlock(QWidget):
    """Shows what is known, and takes no room for what is not."""

    def __init__(self, formats: Formats, actions: Actions) -> None:
        super().__init__()
        self.sparkline = Sparkline(formats)
        self.forecast = _sentence()
        self.advice = _sentence()
        self.buys = TextLink(tr("Plan what the credits are spent on"))
        inner = QVBoxLayout()
        inner.setContentsMargins(INSET, 0, INSET, 0)
        inner.setSpacing(8)
        for part in (self.sparkline, self.forecast, self.advice):
            inner.addWidget(part)
        column = QVBoxLayout(self)
        # The link's ground stands out on both sides.
        column.setContentsMargins(SIDE - INSET, 12, SIDE - INSET, 0)
        column.setSpacing(4)
        column.addLayout(inner)
        column.addWidget(self.buys)
        self.sparkline.graph.clicked.connect(actions.history.trigger)
        self.buys.clicked.connect(actions.plan.trigger)

    def show_view(self, view: View) -> None:
        """Show what a view says of the past and the future."""
        for label, text in ((self.forecast, view.forecast), (self.advice, view.advice)):
            label.setText(text)
            label.setVisible(bool(text))
        # What is certain stands out from what is yet to be learned.
        set_muted(self.forecast, view.stale or not view.lasts)
        set_muted(self.advice, view.stale)
        self.buys.setText(view.buys)
        self.buys.setVisible(bool(view.buys))

    @property
    def has_content(self) -> bool:
        """Whether there is anything to show."""
        parts = (self.sparkline, self.forecast, self.advice, self.buys)
        return any(not part.isHidden() for part in parts)

    def set_fonts(self, font: QFont) -> None:
        """Use a font."""
        self.sparkline.setFont(font)
        self.forecast.setFont(font)
        self.advice.setFont(sized(font, 1, QFont.Weight.Medium))
        self.buys.setFont(font)


class TextLink(FlatButton):
    """A line of quiet words that can be clicked; they are cut where there is no room."""

    def __init__(self, explanation: str) -> None:
        super().__init__()
        self.setAccessibleDescription(explanation)
        self.setToolTip(explanation)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the words."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * INSET, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As high as the words; they can be cut."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the words, and a ground while the pointer is on them."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            self._paint_ground(
                painter,
                self._state_colour(None, theme.button_hover, theme.button_pressed),
                theme.focus,
            )
            painter.setPen(QColor(theme.ink if self.underMouse() else theme.muted))
            words = self.rect().adjusted(INSET, 0, -INSET, 0)
            text = self.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, words.width()
            )
            side = self.style().visualAlignment(
                self.layoutDirection(), Qt.AlignmentFlag.AlignLeading
            )
            painter.drawText(words, side | Qt.AlignmentFlag.AlignVCenter, text)


def _sentence() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
