"""The six parts of a dialog: title, group, row, field, answer card, button bar.

Their colours are the style sheet's, which goes by each widget's role.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.widgets.controls import SECONDARY, in_text, label, with_role
from tray_app.desktop.widgets.icon import app_icon, paint_icon
from tray_app.desktop.widgets.marks import MARK, level_mark
from tray_app.desktop.widgets.screens import room_at
from tray_app.desktop.widgets.style import WindowStyle, set_state
from tray_app.desktop.widgets.theme import theme_of
from tray_app.icon_look import IconLook, IconShape

GAP = 8
"""Pixels between things that belong together."""
ROW_GAP = 12
"""Pixels between groups, and around what stands on a panel or a card."""
SPACE = 16
"""Pixels between things that don't belong together."""
MARGIN = 24
"""Pixels around a dialog's content, and between its sections."""

TITLE = 17 / 13
"""The size of a dialog's title, of the desktop's font."""

Role = QDialogButtonBox.ButtonRole

_ROW_HEIGHT = 48


def paragraph(
    text: str,
    role: str = "",
    factor: float = 1,
    weight: QFont.Weight = QFont.Weight.Normal,
) -> QLabel:
    """Return a label that wraps, and that takes no text for markup."""
    result = label(text, role, factor, weight)
    result.setWordWrap(True)
    result.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
    return result


def column(gap: int, *items: QWidget | QLayout | None) -> QVBoxLayout:
    """Put things below each other; None is the room that is left."""
    box = QVBoxLayout()
    _fill(box, gap, items)
    return box


def line(gap: int, *items: QWidget | QLayout | None) -> QHBoxLayout:
    """Put things side by side; None is the room that is left."""
    box = QHBoxLayout()
    _fill(box, gap, items)
    return box


def _fill(box: QBoxLayout, gap: int, items: Iterable[QWidget | QLayout | None]) -> None:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(gap)
    for item in items:
        if isinstance(item, QWidget):
            box.addWidget(item)
        elif item is None:
            box.addStretch()
        else:
            box.addLayout(item)


def product_icon(size: int) -> QLabel:
    """Return the program's own icon."""
    result = QLabel()
    result.setPixmap(app_icon().pixmap(QSize(size, size)))
    return result


class IconPicture(QWidget):
    """A picture of the tray icon, sharp on every screen. Words beside it say what it means."""

    def __init__(self, look: IconLook, size: int) -> None:
        """``size`` is in pixels of text of the usual size."""
        super().__init__()
        self._look = look
        self.setFixedSize(in_text(size), in_text(size))

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


class Dialog(QDialog):
    """A title, parts below each other, and a bar of buttons in the platform's order.

    It is as large as its parts want to be. Where the screen is smaller, the parts scroll, and
    title and bar stay.
    """

    def __init__(
        self, name: str, title: str = "", explanation: str = "", *beside: QWidget, width: int = 0
    ) -> None:
        """``name`` is the window's; ``beside`` stands at the end of the title's line.

        ``width`` is the least of the content, in pixels of text of the usual size.
        """
        super().__init__()
        self.setWindowTitle(name)
        self._body = _Body(in_text(width))
        self.column = self._body.column
        """What the parts are added to."""
        # With its parent from the start, or the dialog forgets its default when a page is changed.
        self.bar = QDialogButtonBox(self)
        heading = label(title, factor=TITLE, weight=QFont.Weight.Bold)
        top = column(GAP // 2, line(SPACE, heading, None, *beside))
        if explanation:
            top.addWidget(paragraph(explanation, "muted", SECONDARY))
        top.setContentsMargins(MARGIN, 0, MARGIN, SPACE)
        bottom = line(0, self.bar)
        bottom.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, MARGIN, 0, MARGIN)
        whole.setSpacing(0)
        if title:
            whole.addLayout(top)
        whole.addWidget(self._body, 1)
        whole.addLayout(bottom)
        WindowStyle(self)

    def add_button(
        self, text: str, role: Role, deed: Callable[[], object], look: str = ""
    ) -> QPushButton:
        """Add a button to the bar that does this when it is clicked.

        ``look`` is "primary" for what most people want, or "link" for what few do.
        """
        button = QPushButton(text)
        button.clicked.connect(deed)
        with_role(button, look)
        self.bar.addButton(button, role)
        return button

    def reveal(self, part: QWidget) -> None:
        """Scroll to the end of a part, where the screen is too small for all of them."""
        self._body.reveal(part)

    def setVisible(self, visible: bool) -> None:  # noqa: N802
        """Open in the size that the parts want."""
        if visible:
            self._fit()
        super().setVisible(visible)

    def event(self, event: QEvent) -> bool:
        """Follow what the parts want, as when the desktop's text changes its size."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        for widget in self.findChildren(QWidget):
            widget.ensurePolished()  # a style sheet changes sizes
        wanted, most = self.sizeHint(), room_at(self.pos())
        if wanted.height() > most.height():
            wanted += QSize(self._body.verticalScrollBar().sizeHint().width(), 0)
        # WORKAROUND: no fixed size. Of a window with a largest size, Qt's Wayland plugin takes the
        # width of the shadow that it draws around it.
        size = wanted.boundedTo(most)
        if size != self.minimumSize():
            self.setMinimumSize(size)
            self.resize(size)


class _Body(QScrollArea):
    """What of a dialog scrolls where it does not fit."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._content = content = QWidget()
        self.column = column(GAP)
        self.column.setContentsMargins(MARGIN, 0, MARGIN, 0)
        whole = column(0, self.column, None)
        whole.addStrut(width + 2 * MARGIN)
        content.setLayout(whole)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def reveal(self, part: QWidget) -> None:
        """Scroll to the end of a part."""
        end = part.mapTo(self._content, QPoint(0, part.height()))
        self.ensureVisible(end.x(), end.y(), 0, 0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """All of the content, at the width that it gets."""
        wanted = self._content.sizeHint()
        height = self.column.totalHeightForWidth(wanted.width())
        return QSize(wanted.width(), height if height >= 0 else wanted.height())

    def eventFilter(self, target: QObject, event: QEvent) -> bool:  # noqa: N802
        """Pass on that the content wants another size, which Qt keeps to itself."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(target, event)


class Row(QWidget):
    """A choice on a panel: its title and an explanation, and the controls at the end."""

    def __init__(self, title: str, explanation: str, *controls: QWidget) -> None:
        """A mnemonic in the title leads to the first control."""
        super().__init__()
        name = label(title, weight=QFont.Weight.Medium)
        name.setBuddy(controls[0])
        words = column(1, name)
        if explanation:
            words.addWidget(label(explanation, "muted", SECONDARY))
            controls[0].setAccessibleDescription(explanation)
        whole = line(GAP, words, None, *controls)
        whole.setContentsMargins(ROW_GAP, GAP // 2, ROW_GAP, GAP // 2)
        self.setLayout(whole)
        self.setMinimumHeight(_ROW_HEIGHT)


class Group(QWidget):
    """Rows on a sunken panel, with a title above and a line below for what is wrong with one.

    The line is kept free, so that nothing moves when something is said.
    """

    def __init__(self, title: str, rows: Iterable[QWidget], faults: Iterable[str] = ()) -> None:
        """``faults`` are all that may be said; there is room for the longest."""
        super().__init__()
        panel = QWidget()
        with_role(panel, "panel")
        inside = QVBoxLayout(panel)
        inside.setContentsMargins(0, GAP // 2, 0, GAP // 2)
        inside.setSpacing(0)
        for number, row in enumerate(rows):
            if number:
                inside.addLayout(_divider())
            inside.addWidget(row)
        self._fault = label("", "error", SECONDARY)
        for fault in ("", *faults):
            self._fault.setText(fault)
            room = self._fault.minimumSize().expandedTo(self._fault.sizeHint())
            self._fault.setMinimumSize(room)
        self._fault.setText("")
        heading = label(title, "muted", SECONDARY, QFont.Weight.DemiBold)
        self.setLayout(column(GAP // 2, heading, panel, self._fault))

    def say(self, fault: str) -> None:
        """Say what is wrong, and have a screen reader read it out; nothing when empty."""
        if fault != self._fault.text():
            self._fault.setText(fault)
            _announce(self, fault)


def _divider() -> QLayout:
    hairline = QWidget()
    hairline.setFixedHeight(1)
    with_role(hairline, "divider")
    result = line(0, hairline)
    result.setContentsMargins(ROW_GAP, 0, 0, 0)
    return result


def field(name: str, control: QWidget, *beside: QWidget) -> QLayout:
    """Return a control below its name; ``beside`` stands at the end of the name's line.

    A mnemonic in the name leads to the control.
    """
    caption = label(name, weight=QFont.Weight.Medium)
    caption.setBuddy(control)
    return column(GAP // 2, line(GAP, caption, None, *beside), control)


class AnswerCard(QWidget):
    """An answer inside a dialog: a mark, a few words in bold, and a sentence, on its colour."""

    def __init__(self, name: str) -> None:
        """``name`` is for screen readers."""
        super().__init__()
        self.setAccessibleName(name)
        self._title = paragraph("", weight=QFont.Weight.DemiBold)
        self._text = paragraph("")
        self._mark = _Mark(self._title.fontMetrics().height())
        self._words = words = QGridLayout()
        words.setHorizontalSpacing(GAP)
        words.setVerticalSpacing(GAP // 4)
        words.addWidget(self._mark, 0, 0)
        words.addWidget(self._title, 0, 1)
        words.addWidget(self._text, 1, 1)
        words.setColumnStretch(1, 1)
        self._card = QWidget()
        with_role(self._card, "card")
        words.setContentsMargins(ROW_GAP, ROW_GAP, ROW_GAP, ROW_GAP)
        self._card.setLayout(words)
        self.setLayout(column(0, self._card, None))
        self._show(None, "", "")

    def keep_room(self, width: int, answers: Iterable[tuple[str, str]]) -> None:
        """Be as high from now on as the highest of these titles and texts, at this width."""
        shown = self._title.text(), self._text.text()
        for title, text in answers:
            self._set_words(title, text)
            height = self._words.totalHeightForWidth(width)
            self.setMinimumHeight(max(self.minimumHeight(), height))
        self._set_words(*shown)

    def say(self, shape: IconShape | None, title: str, text: str = "") -> None:
        """Show this instead of what stood there, and have a screen reader read it out.

        Without a shape nothing is shown, and the room is kept.
        """
        before = self.words
        self._show(shape, title, text)
        if self.words != before:
            _announce(self, self.words)

    @property
    def words(self) -> str:
        """All that is being said."""
        return " ".join(filter(None, (self._title.text(), self._text.text())))

    def _show(self, shape: IconShape | None, title: str, text: str) -> None:
        set_state(self._card, "level", str(shape or ""))
        self._mark.show_shape(shape)
        self._set_words(title, text)
        self.setAccessibleDescription(self.words)

    def _set_words(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)
        self._text.setVisible(bool(text))
        for outer in (self._card, self):  # which Qt tells only once they are shown
            outer.updateGeometry()


class _Mark(QWidget):
    """The mark of a level, as high as a line of text."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self._shape: IconShape | None = None
        self._scale = in_text(MARK) / MARK
        self.setFixedSize(in_text(MARK + 2), height)

    def show_shape(self, shape: IconShape | None) -> None:
        self._shape = shape
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self._shape is None:
            return
        ink = QColor(theme_of(self.palette()).levels[self._shape].ink)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(self.width() / 2, self.height() / 2)
            painter.scale(self._scale, self._scale)
            painter.fillPath(level_mark(self._shape), ink)


def _announce(widget: QWidget, words: str) -> None:
    if words:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
