"""Ctrl-C and its like, heard at once."""

import signal
import socket
import sys

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal, Slot

from tray_app.interrupts import INTERRUPTED


class QuitSignals(QObject):
    """Turns the signals that end a program into a Qt signal.

    Python handles a signal when it runs bytecode next, and while Qt waits for events there is
    none. Python's wake-up socket makes Qt run some.
    """

    quit_asked = Signal(int)
    """The exit code: shells tell a Ctrl-C from an end that was wanted otherwise."""
    _heard = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # Python runs a handler in the middle of whatever slot is running, and the program's end
        # has to wait for that slot's.
        self._heard.connect(self.quit_asked, Qt.ConnectionType.QueuedConnection)
        if sys.platform == "win32":
            # A socket that Python writes to does not wake Qt's loop there.
            self._timer = QTimer(self)
            self._timer.timeout.connect(self._wake)
            self._timer.start(500)
            self._numbers = [signal.SIGINT]
        else:
            self._reader, self._writer = socket.socketpair()
            self._reader.setblocking(False)
            self._writer.setblocking(False)
            signal.set_wakeup_fd(self._writer.fileno())
            self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._wake)
            self._numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        for number in self._numbers:
            signal.signal(number, self._ask)

    def close(self) -> None:
        """Let what asks once more be ignored, as the program is ending: Qt's objects go first.

        A Ctrl-C is heard until ``interrupts.py`` takes it over.
        """
        signal.set_wakeup_fd(-1)
        for number in self._numbers:
            if number != signal.SIGINT:
                signal.signal(number, signal.SIG_IGN)

    @Slot()
    def _wake(self) -> None:
        """Let Python run the handlers of the signals that have come."""
        if sys.platform != "win32":
            self._reader.recv(64)

    def _ask(self, number: int, _frame: object) -> None:
        self._heard.emit(INTERRUPTED if number == signal.SIGINT else 0)
