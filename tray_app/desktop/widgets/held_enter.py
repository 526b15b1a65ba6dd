"""Enter that is held down presses one button, once."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget


class HeldEnter(QObject):
    """Keeps Enter from a widget and the buttons in it while it only repeats.

    Qt's buttons take each repeat for a click: a page would be opened many times, and the next
    question answered unread.
    """

    def __init__(self, widget: QWidget) -> None:
        """``widget`` has all its buttons already, or is one."""
        super().__init__(widget)
        self._released = 0  # when, in milliseconds of the display; 0 when that is not known
        for one in (widget, *widget.findChildren(QPushButton)):
            one.installEventFilter(self)

    def eventFilter(self, _target: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let everything else pass."""
        if not isinstance(event, QKeyEvent) or event.key() not in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            return False
        if event.type() is QEvent.Type.KeyRelease:
            self._released = event.timestamp()
            return False
        # X11 tells of a repeat by a release and a press at the same time. Qt marks it only where it
        # has got both at once.
        return event.isAutoRepeat() or event.timestamp() == self._released != 0
