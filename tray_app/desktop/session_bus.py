"""The session bus, over which most Linux panels show an icon."""

import logging
import sys
import threading

from PySide6.QtCore import QObject, Signal

from tray_app.desktop.gate import Gate

log = logging.getLogger(__name__)


class SessionBus(QObject):
    """Hears when the session bus goes away.

    With a thread of its own that sleeps until then: Qt has no signal for it that Python can
    connect to, and QtDBus waits for its thread while it holds Python's lock.
    """

    lost = Signal()

    def __init__(self, parent: QObject, gate: Gate) -> None:
        super().__init__(parent)
        self._gate = gate

    def watch(self) -> None:
        """Listen from now on, to the bus that there is now, if there is one."""
        if sys.platform == "linux":
            threading.Thread(target=self._listen, name="session bus", daemon=True).start()

    def _listen(self) -> None:
        from jeepney.io.blocking import open_dbus_connection

        try:
            connection = open_dbus_connection(bus="SESSION")
        except Exception as error:
            log.info("no session bus: %s", type(error).__name__)
            return
        with connection:
            try:
                while True:
                    connection.receive()
            except OSError:
                self._gate.emit(self.lost)
