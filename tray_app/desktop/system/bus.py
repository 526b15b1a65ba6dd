"""The message buses of Linux, for icon and notifications, and for news of network and sleep."""

import logging
import os
import select
import sys
import threading
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QObject, Signal

from tray_app.desktop.system.gate import Gate

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)


class BusClient(Protocol):
    """A user of the bus. The thread of the bus calls these methods; none may wait."""

    def join(self, connection: "DBusConnection") -> None:
        """Begin anew on another bus; what the client knew of the last bus no longer holds."""

    def hear(self, message: "Message") -> None:
        """Take note of a message."""

    def act(self) -> float | None:
        """Do what is due after joining, after each message, and when woken.

        Returns the seconds after which something is due in any case.
        """


class Bus(QObject):
    """A connection to a bus, and a thread that sleeps on it.

    QtDBus is of no use here: it does not tell Python when a bus ends, and holds Python's
    lock while it waits for its own thread.
    """

    lost = Signal()
    """The bus has gone."""

    def __init__(self, name: Literal["SESSION", "SYSTEM"], parent: QObject, gate: Gate) -> None:
        super().__init__(parent)
        self._name = name
        self._gate = gate
        self._client: BusClient
        self._thread: threading.Thread | None = None
        self._bell, self._bell_rope = os.pipe()

    def serve(self, client: BusClient) -> None:
        """Let a client talk over the bus; to be called before :meth:`watch`."""
        self._client = client

    def watch(self) -> None:
        """Listen from now on, where there is a bus. A second call while listening does nothing."""
        if sys.platform == "linux" and not self._is_listening():
            name = f"{self._name.lower()} bus"
            self._thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Let the client act soon; without a bus, as soon as it joins one."""
        if self._is_listening():
            os.write(self._bell_rope, b"!")

    def _is_listening(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        from jeepney.io.blocking import open_dbus_connection

        try:
            connection = open_dbus_connection(bus=self._name)
        except Exception as error:
            log.info("no %s bus: %s", self._name.lower(), type(error).__name__)
            return
        with connection:
            try:
                self._talk(connection)
            except OSError:
                self._gate.emit(self.lost)

    def _talk(self, connection: "DBusConnection") -> None:
        """Let the client talk until the bus ends, which raises an OSError."""
        self._client.join(connection)
        while True:
            message = self._next(connection, self._client.act())
            if message is not None:
                self._client.hear(message)

    def _next(self, connection: "DBusConnection", pause: float | None) -> "Message | None":
        """Return the next message, or sleep until one may be there or it is time to act."""
        try:
            return connection.receive(timeout=0)
        except TimeoutError:
            ready, _, _ = select.select([connection.sock, self._bell], [], [], pause)
            if self._bell in ready:
                os.read(self._bell, 1)
            return None
