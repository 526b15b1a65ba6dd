"""Enter that is held down presses one button, once, as X11 tells of it and as others do."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QWidget

from tests.desktop.widget_driver import FORMATS, emitted, key_field, paste, press, shown
from tests.examples import ACME
from tray_app.desktop.widgets.buttons import TextButton
from tray_app.desktop.windows.key_dialog import KeyDialog

pytestmark = pytest.mark.usefixtures("qapp")

KEY = "fake-key-0123456789"


def send(window: QWidget, *events: tuple[QEvent.Type, int], marked: bool) -> None:
    """Send Enter's events, each with its time, to where the focus is."""
    for kind, time in events:
        event = QKeyEvent(
            kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=marked
        )
        event.setTimestamp(time)
        QApplication.sendEvent(window.focusWidget() or window, event)


def marked(window: QWidget, time: int) -> None:
    """A repeat that says so."""
    send(window, (QEvent.Type.KeyPress, time), marked=True)


def in_two(window: QWidget, time: int) -> None:
    """A repeat that Qt did not recognise."""
    send(window, (QEvent.Type.KeyRelease, time), (QEvent.Type.KeyPress, time), marked=False)


def again(window: QWidget, time: int) -> None:
    """Not a repeat: a finger takes its time."""
    send(window, (QEvent.Type.KeyRelease, time - 60), (QEvent.Type.KeyPress, time), marked=False)


@pytest.fixture(params=[marked, in_two])
def repeat(request: pytest.FixtureRequest) -> Callable[[QWidget, int], None]:
    told: Callable[[QWidget, int], None] = request.param
    return told


@pytest.fixture
def dialog() -> Iterator[KeyDialog]:
    dialog = shown(KeyDialog(FORMATS, first_run=True))
    yield dialog
    dialog.reject()


def test_no_answer_of_the_dialog_is_passed_unread(
    dialog: KeyDialog, repeat: Callable[[QWidget, int], None]
) -> None:
    checks, accepted = QSignalSpy(dialog.check_requested), QSignalSpy(dialog.key_accepted)
    repeat(dialog, 1000)  # of the Enter that has opened the dialog
    assert key_field(dialog).accessibleDescription() == ""  # nothing is refused
    paste(key_field(dialog), KEY)
    repeat(dialog, 1040)
    assert emitted(checks) == [KEY]
    dialog.check_succeeded(ACME, None)
    repeat(dialog, 1080)
    assert accepted.count() == 0
    again(dialog, 2000)
    assert accepted.count() == 1


def test_a_button_of_the_popup_is_pressed_once(repeat: Callable[[QWidget, int], None]) -> None:
    button = shown(TextButton("Buy credits"))
    clicks = QSignalSpy(button.clicked)
    press(button, Qt.Key.Key_Return)
    repeat(button, 1000)
    repeat(button, 1040)
    assert clicks.count() == 1
    again(button, 2000)
    assert clicks.count() == 2
    button.close()
