"""The field of the key: what it takes, and what others hear of it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QWindow,
)
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QVBoxLayout, QWidget

from tray_app.desktop.widgets.key_field import KeyField

KEY = "fake-key-0123456789"


class Eavesdropper(QObject):
    """Hears the user's keys where Qt hears them for its reports to screen readers."""

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self.application = application
        self.heard: list[Qt.Key] = []
        self.listen()

    def listen(self) -> None:
        self.application.installEventFilter(self)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.KeyPress and event.spontaneous():
            assert isinstance(event, QKeyEvent)
            if isinstance(target, QWindow):  # which gives it to the widget, for a second hearing
                self.heard.append(Qt.Key(event.key()))
        return False


@pytest.fixture
def field(qapp: QApplication) -> Iterator[KeyField]:
    window = QWidget()
    layout = QVBoxLayout(window)
    field = KeyField()
    layout.addWidget(field)
    layout.addWidget(QPushButton("Next"))
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    field.setFocus()
    yield field
    window.close()


@pytest.fixture
def eavesdropper(qapp: QApplication, field: KeyField) -> Iterator[Eavesdropper]:
    eavesdropper = Eavesdropper(qapp)
    yield eavesdropper
    qapp.removeEventFilter(eavesdropper)


def press(
    field: KeyField, keys: str | Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press keys as the user does: on the window, whatever has the focus in it."""
    for key in [keys] if isinstance(keys, Qt.Key) else [Qt.Key(ord(each)) for each in keys.upper()]:
        QTest.keyClick(field.window().windowHandle(), key, held)


def test_what_is_typed_is_not_heard(field: KeyField, eavesdropper: Eavesdropper) -> None:
    changes = QSignalSpy(field.textChanged)
    press(field, KEY)
    assert field.text() == KEY
    assert changes.count() == len(KEY)
    press(field, Qt.Key.Key_Backspace)
    press(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(field, Qt.Key.Key_Delete)
    assert field.text() == ""
    assert set(eavesdropper.heard) == {Qt.Key.Key_Control}


def test_who_begins_to_listen_later_hears_nothing(
    field: KeyField, eavesdropper: Eavesdropper
) -> None:
    for each in KEY:
        eavesdropper.listen()
        press(field, each)
    assert field.text() == KEY
    assert eavesdropper.heard == []


@pytest.mark.parametrize("modifier", [Qt.Key.Key_Insert, Qt.Key.Key_CapsLock])
def test_commands_to_a_screen_reader_are_heard(
    field: KeyField, eavesdropper: Eavesdropper, modifier: Qt.Key
) -> None:
    window = field.window().windowHandle()
    QTest.keyPress(window, modifier)
    QTest.keyClick(window, Qt.Key.Key_T)
    QTest.keyRelease(window, modifier)
    QTest.keyClick(window, Qt.Key.Key_X)
    QTest.keyClick(window, Qt.Key.Key_Control)
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.KeypadModifier)
    assert eavesdropper.heard == [modifier, Qt.Key.Key_T, Qt.Key.Key_Control, Qt.Key.Key_Left]


def test_other_fields_are_heard(field: KeyField, eavesdropper: Eavesdropper) -> None:
    press(field, Qt.Key.Key_Tab)
    assert not field.hasFocus()
    press(field, "x")
    assert eavesdropper.heard == [Qt.Key.Key_X]
    assert field.text() == ""


def test_forgets_without_a_way_back(field: KeyField) -> None:
    press(field, KEY)
    changes = QSignalSpy(field.textChanged)
    field.forget()
    assert field.text() == ""
    assert changes.count() == 1
    field.setEchoMode(KeyField.EchoMode.Normal)  # a masked field does not undo anyway
    field.undo()
    assert field.text() == ""


def test_pasted_from_the_menu(field: KeyField) -> None:
    QGuiApplication.clipboard().setText(KEY)
    where = QPoint(5, 5)
    asks = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, field.mapToGlobal(where))
    QApplication.sendEvent(field, asks)
    (menu,) = field.findChildren(QMenu)
    paste, select_all = menu.actions()
    paste.trigger()
    assert field.text() == KEY
    select_all.trigger()
    assert field.selectionLength() == len(KEY)
    menu.close()
    QGuiApplication.clipboard().clear()


def test_dropped(field: KeyField) -> None:
    data = QMimeData()
    data.setText(KEY)
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    held = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(field, QDragEnterEvent(QPoint(5, 5), action, data, button, held))
    drop = QDropEvent(QPointF(5, 5), action, data, button, held)
    QApplication.sendEvent(field, drop)
    assert field.text() == KEY
