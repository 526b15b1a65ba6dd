"""What the dialogs are made of: headings, paragraphs, pictures of the icon, lines of news."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.widgets.icon import app_icon, paint_icon
from tray_app.desktop.widgets.labels import sized
from tray_app.icon_look import IconLook, IconShape

GAP = 8
"""Pixels between things that belong together."""
ROW_GAP = 12
"""Pixels between the rows of a form."""
SPACE = 16
"""Pixels between things that don't belong together, and around a dialog's content."""

Role = QDialogButtonBox.ButtonRole

_TEXT_WIDTH = 428  # pixels of a dialog with a heading; longer words or a larger font widen it
_PRODUCT_ICON = 48
_MESSAGE_ICON = 16


class IconPicture(QWidget):
    """A picture of the tray icon, sharp on every screen. Words beside it say what it means."""

    def __init__(self, look: IconLook, size: int) -> None:
        """``size`` is in device-independent pixels."""
        super().__init__()
        self._look = look
        self.setFixedSize(size, size)

    def show_look(self, look: IconLook) -> None:
        """Show another icon."""
        self._look = look
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the icon in the screen's own pixels."""
        ratio = self.devicePixelRatioF()
        image = paint_icon(self._look, round(self.width() * ratio))
        image.setDevicePixelRatio(ratio)
        with QPainter(self) as painter:
            painter.drawImage(0, 0, image)


def paragraph(text: str) -> QLabel:
    """Return a label that wraps, and that takes no text for markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
    return label


def padded_column(dialog: QDialog, gap: int = GAP) -> QVBoxLayout:
    """Give a dialog a column with space around it; the dialog follows it, so nothing is clipped."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
    column.setSpacing(gap)
    column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
    return column


class Dialog(QDialog):
    """A column of parts, the last of which is a bar of buttons in the platform's order."""

    def __init__(self, title: str, gap: int = GAP) -> None:
        """``gap`` is the pixels between the parts."""
        super().__init__()
        self.setWindowTitle(title)
        self.column = padded_column(self, gap)
        # With its parent from the start, or the dialog forgets its default when a tab is changed.
        self.bar = QDialogButtonBox(self)

    def add_button(self, text: str, role: Role, deed: Callable[[], object]) -> QPushButton:
        """Add a button to the bar that does this when it is clicked."""
        button = self.bar.addButton(text, role)
        button.clicked.connect(deed)
        return button


def heading(text: str) -> QLabel:
    """Return a paragraph in a larger, bold font."""
    label = paragraph(text)
    label.setFont(sized(label.font(), 1.3, QFont.Weight.Bold))
    return label


def heading_block(text: str, explanation: str) -> QWidget:
    """Return the top of a dialog: the product's icon, a heading and a sentence."""
    block = QWidget()
    block.setMinimumWidth(_TEXT_WIDTH)
    icon = QLabel()
    icon.setPixmap(app_icon().pixmap(QSize(_PRODUCT_ICON, _PRODUCT_ICON)))
    layout = QGridLayout(block)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(SPACE)
    layout.setVerticalSpacing(GAP // 2)
    layout.addWidget(icon, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(heading(text), 0, 1)
    layout.addWidget(paragraph(explanation), 1, 1)
    layout.setColumnStretch(1, 1)
    layout.setRowStretch(1, 1)
    return block


class MessageLine(QWidget):
    """News inside a dialog: a shape, a few words in bold, and what to do about them."""

    def __init__(self, name: str, *, lines: int = 0) -> None:
        """``name`` is for screen readers; room for ``lines`` is kept while nothing is said."""
        super().__init__()
        self.setAccessibleName(name)
        self._icon = IconPicture(IconLook(IconShape.UNKNOWN), _MESSAGE_ICON)
        self._title = paragraph("")
        self._text = paragraph("")
        self._title.setFont(sized(self._title.font(), 1, QFont.Weight.Bold))
        words = QVBoxLayout()
        words.setSpacing(GAP // 4)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addStretch()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(GAP)
        layout.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 0, 1)
        layout.setColumnStretch(1, 1)
        self.setMinimumHeight(lines * self.fontMetrics().lineSpacing())
        self.say(None, "")

    def say(self, shape: IconShape | None, title: str, text: str = "") -> None:
        """Show this instead of what stood there, and have a screen reader read it out."""
        self._icon.setVisible(shape is not None)
        if shape is not None:
            self._icon.show_look(IconLook(shape))
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleDescription(self.words)
        if self.words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.words))

    @property
    def words(self) -> str:
        """All that is being said."""
        return " ".join(filter(None, (self._title.text(), self._text.text())))
