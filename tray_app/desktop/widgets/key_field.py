"""The field for an API key, which assistive programs hear of as a row of bullets."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleTextCursorEvent,
    QAccessibleTextInsertEvent,
    QAccessibleTextRemoveEvent,
    QAccessibleTextSelectionEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QWindow,
)
from PySide6.QtWidgets import QLineEdit, QMenu

from tray_app.i18n import tr

_CHANGES = (QEvent.Type.InputMethod, QEvent.Type.MouseButtonRelease, QEvent.Type.Drop)
"""What changes the text, beside keys: an input method, the middle button's paste, and a drop."""
_KEY_EVENTS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_SCREEN_READER_KEYS = (Qt.Key.Key_Insert, Qt.Key.Key_CapsLock)
"""Held down, they make every other key a command to the screen reader (Orca's documentation)."""
_MODIFIER_KEYS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)


class KeyField(QLineEdit):
    """A masked field. Its text leaves it by ``text()`` and in no other way.

    WORKAROUND: on Linux, Qt reports each change of a masked text in plain text on the
    accessibility bus, a pasted key in one piece, where every program of the user can listen and
    screen readers read it out: https://github.com/keepassxreboot/keepassxc/issues/1920. So Qt is
    silenced while the text changes, and the change is then told in bullets.

    Qt also reports each key that is pressed, with its character, before any widget gets the key.
    Qt's filter that reports them watches the whole application, so only another such filter can
    take the keys first. This field is that filter while it has the focus. A screen reader gets its
    commands by the same report, so keys that may be commands are still reported. No other key is,
    with a character or without: Qt holds a reported key back until the report is answered, and an
    unreported one would overtake it.
    """

    pasted = Signal()
    """More than a character has come at once, as by a paste or a drop."""

    def __init__(self) -> None:
        super().__init__()
        self._application = cast("QCoreApplication", QCoreApplication.instance())
        self._screen_reader_key_held = False
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def forget(self) -> None:
        """Become empty, without a way back."""
        with self._masked():
            self.setText("")  # unlike clear(), this empties the undo history too

    @contextmanager
    def _masked(self) -> Iterator[None]:
        """Let the text change unheard, and then tell of the bullets that have come or gone."""
        text, shown = self.text(), self.displayText()
        cursor, selected = self.cursorPosition(), self.selectedText()
        is_heard = sys.platform == "linux" and QAccessible.isActive()
        # The slots of the field's signals may change other texts, which are to be heard: so the
        # signal waits until Qt is heard again.
        with QSignalBlocker(self):
            if is_heard:
                QAccessible.setActive(False)
            try:
                yield
            finally:
                if is_heard:
                    QAccessible.setActive(True)
        if is_heard:
            self._tell(shown, cursor, selected)
        if self.text() != text:
            self.textChanged.emit(self.text())
            if len(self.text()) - len(text) + len(selected) > 1:
                self.pasted.emit()

    def _tell(self, shown: str, cursor: int, selected: str) -> None:
        now, at = self.displayText(), self.cursorPosition()
        added = len(now) - len(shown)
        if added > 0:
            QAccessible.updateAccessibility(
                QAccessibleTextInsertEvent(self, at - added, now[:added])
            )
        elif added < 0:
            QAccessible.updateAccessibility(QAccessibleTextRemoveEvent(self, at, shown[:-added]))
        if at != cursor:
            QAccessible.updateAccessibility(QAccessibleTextCursorEvent(self, at))
        if self.selectedText() != selected:
            start, end = self.selectionStart(), self.selectionEnd()
            QAccessible.updateAccessibility(QAccessibleTextSelectionEvent(self, start, end))

    @Slot()
    def _paste(self) -> None:
        with self._masked():
            self.paste()

    # All ways in which the user changes the text

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Type, paste or delete."""
        with self._masked():
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Mask what else changes the text."""
        with self._masked() if event.type() in _CHANGES else nullcontext():
            return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Show a menu of what a masked field can do; Qt's own would change the text aloud."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("&Paste"), self._paste)
        menu.addAction(tr("Select &all"), self.selectAll)
        menu.popup(event.globalPos())

    # What is typed

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Take the keys from now on."""
        if sys.platform == "linux":
            self._application.installEventFilter(self)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Leave what is typed elsewhere alone."""
        self._application.removeEventFilter(self)
        self._screen_reader_key_held = False
        super().focusOutEvent(event)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:  # noqa: N802
        """Deliver a key as if the program had made it up; Qt reports only the user's."""
        if event.type() is QEvent.Type.ShortcutOverride:
            # This event precedes each press. Qt asks the newest filter first, and installs its own
            # anew when a program begins to listen.
            self._application.installEventFilter(self)
        if not (isinstance(event, QKeyEvent) and event.type() in _KEY_EVENTS):
            return False
        if not (event.spontaneous() and isinstance(target, QWindow)) or self._is_command(event):
            return False
        QCoreApplication.sendEvent(target, event)
        return True

    def _is_command(self, event: QKeyEvent) -> bool:
        """Tell whether a key may be meant for the screen reader."""
        key, modifiers = event.key(), event.modifiers()
        pastes = modifiers & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        )
        if key in _SCREEN_READER_KEYS and not pastes:
            self._screen_reader_key_held = event.type() is QEvent.Type.KeyPress
            return True
        on_keypad = bool(modifiers & Qt.KeyboardModifier.KeypadModifier) and not event.text()
        return self._screen_reader_key_held or on_keypad or key in _MODIFIER_KEYS
