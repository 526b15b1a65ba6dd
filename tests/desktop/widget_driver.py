"""Finding and using what windows show, as their user would: with eyes, mouse, keys and ears."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleInterface,
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QKeySequence,
)
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from tests.waiting import wait_until
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.widgets.theme import LIGHT

T = TypeVar("T")
Window = TypeVar("Window", bound=QWidget)

FORMATS = QtFormats(QLocale("en_US"))
"""American numbers and times."""


def shown(window: Window) -> Window:
    """Show a window as the active one, so that its focus is seen."""
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    return window


def wait_with_events(condition: Callable[[], T | None], what: str) -> T:
    """Wait until a condition holds, while Qt's events run, and return its answer."""

    def after_events() -> T | None:
        QApplication.processEvents()
        return condition()

    return wait_until(after_events, 20, what)


def emitted(spy: QSignalSpy) -> list[Any]:
    """Return the first argument of each signal that a spy has seen."""
    return [spy.at(number)[0] for number in range(spy.count())]


# What is seen


def texts(window: QWidget) -> list[str]:
    """Return the text of each label that is visible now."""
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def words(window: QWidget) -> str:
    """Return all the text that labels show now."""
    return "\n".join(texts(window))


def buttons(window: QWidget) -> dict[str, QAbstractButton]:
    """Return the visible buttons by their texts, without the marks of their mnemonics."""
    return {
        button.text().replace("&", ""): button
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
    }


def colours(image: QImage, top: int = 0) -> set[str]:
    """Return the colours of an image from a row of it downwards, as "#RRGGBB"."""
    return {
        image.pixelColor(x, y).name().upper()
        for x in range(image.width())
        for y in range(top, image.height())
    }


def edge_of(widget: QWidget) -> QColor:
    """Return the colour along the edge, where the ring of the focus is."""
    image = widget.grab().toImage()
    return image.pixelColor(image.width() // 2, 1)


def assert_focus_is_seen(widget: QWidget) -> None:
    """Give the focus to a widget on a light desktop, and look for its ring."""
    assert edge_of(widget) == QColor(LIGHT.surface)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    assert edge_of(widget) == QColor(LIGHT.focus)


@contextmanager
def larger_text(factor: float) -> Iterator[None]:
    """Make text so much wider than usual, as in another language or for other eyes."""
    usual = QApplication.font()
    larger = QFont(usual)
    larger.setPointSizeF(usual.pointSizeF() * factor)
    QApplication.setFont(larger)
    try:
        yield
    finally:
        QApplication.setFont(usual)


class PaintCounter(QObject):
    """Counts how often widgets are painted."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.painted = 0
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.painted += event.type() is QEvent.Type.Paint
        return False


# What is heard


def name_of(widget: QWidget | None) -> str:
    """Return what a screen reader calls a widget."""
    assert widget is not None
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def spoken(window: QWidget) -> list[str]:
    """Return what a screen reader finds on what is visible."""

    def walk(one: QAccessibleInterface) -> Iterator[str]:
        if not one.state().invisible:
            yield one.text(QAccessible.Text.Name)
            for number in range(one.childCount()):
                yield from walk(one.child(number))

    return [name for name in walk(QAccessible.queryAccessibleInterface(window)) if name]


# What is used


def key_field(dialog: QDialog) -> QLineEdit:
    """Return the only field for text."""
    (field,) = dialog.findChildren(QLineEdit)
    return field


def paste(widget: QWidget, text: str) -> None:
    """Paste a text with the keyboard, in the place of what stands there."""
    QGuiApplication.clipboard().setText(text)
    QTest.keySequence(widget, QKeySequence(QKeySequence.StandardKey.SelectAll))
    QTest.keySequence(widget, QKeySequence(QKeySequence.StandardKey.Paste))
    QGuiApplication.clipboard().clear()


def press(window: QWidget, key: Qt.Key) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(window.focusWidget() or window, key)


def press_alt(window: QWidget, key: Qt.Key) -> None:
    """Press a key with Alt, as for a mnemonic."""
    QTest.keyClick(window, key, Qt.KeyboardModifier.AltModifier)


def controls(window: QWidget) -> set[QWidget]:
    """Return all that can be used now."""
    kinds = QAbstractButton | QComboBox | QAbstractSpinBox | QLineEdit | QTabBar
    return {
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds) and widget.isVisible() and widget.isEnabled()
        # The field inside of a box is the box.
        if not isinstance(widget.parent(), QAbstractSpinBox)
    }


def reached_by_tab(window: QWidget) -> set[QWidget]:
    """Go round all controls twice with Tab, and return what had the focus."""
    reached = set()
    for _ in range(2 * len(controls(window))):
        press(window, Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    return reached


def mnemonics(window: QWidget) -> list[str]:
    """Return the letters that lead somewhere together with Alt; each tab must have one."""
    said = [
        widget.text()
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QLabel | QAbstractButton)
        if widget.isVisible() and "&" in widget.text()
    ]
    for tabs in window.findChildren(QTabBar):
        said += [tabs.tabText(number) for number in range(tabs.count())]
    return [text[text.index("&") + 1].lower() for text in said]
