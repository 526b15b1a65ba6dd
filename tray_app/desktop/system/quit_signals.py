"""Ctrl-C and its like, heard while Qt waits for events."""

import signal
import socket
import sys
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from tray_app.interrupts import INTERRUPTED

WINDOWS_PAUSE = 500
"""Milliseconds between two looks for a signal on Windows."""


class QuitSignals(QObject):
    """Turns the signals that end a program into a Qt signal.

    Python runs a signal's handler only when it runs bytecode next, which may take long while Qt
    waits. But it writes the signal's number to a socket at once, and Qt waits for sockets too.
    """

    quit_asked = Signal(int)
    """The exit code, by which shells tell a Ctrl-C from another signal."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno())
        if sys.platform == "win32":
            # There Qt's loop does not notice that Python has written to the socket.
            self._timer = QTimer(self, interval=WINDOWS_PAUSE)
            self._timer.timeout.connect(self._read)
            self._timer.start()
            self._numbers = [signal.SIGINT]
        else:
            self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._read)
            self._numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        for number in self._numbers:
            signal.signal(number, lambda _number, _frame: None)  # the socket tells of the signal

    def close(self) -> None:
        """Ignore these signals from now on, as the program is ending."""
        signal.set_wakeup_fd(-1)

    @Slot()
    def _read(self) -> None:
        with suppress(BlockingIOError):  # no signal has come
            for number in self._reader.recv(64):
                if number in self._numbers:
                    self.quit_asked.emit(INTERRUPTED if number == signal.SIGINT else 0)
