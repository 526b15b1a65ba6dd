"""The system bus, on which Linux tells of the network and of sleep."""

import logging
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tray_app.desktop.system.gate import Gate

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

NETWORK = "org.freedesktop.NetworkManager"
CONNECTED = 70
"""``NM_STATE_CONNECTED_GLOBAL`` (NetworkManager's D-Bus reference, NMState)."""

LOGIN = "org.freedesktop.login1"

_WANTED = {"StateChanged": NETWORK, "PrepareForSleep": f"{LOGIN}.Manager"}


class SystemBus(QObject):
    """Hears that the computer is online again, or has woken up.

    It only listens, in a thread of its own that sleeps until there is something to hear.
    QNetworkInformation asks NetworkManager and waits for the answer, so that a service that
    hangs would hold up the GUI thread.
    """

    changed = Signal()
    tells_of_sleep = Signal(bool)
    """Whether a sleep's end will be heard: not without logind, nor when the bus has gone."""

    def __init__(self, parent: QObject, gate: Gate) -> None:
        super().__init__(parent)
        self._gate = gate

    def watch(self) -> None:
        """Listen from now on, if there is a bus."""
        threading.Thread(target=self._listen, name="system bus", daemon=True).start()

    def _listen(self) -> None:
        from jeepney.io.blocking import open_dbus_connection

        try:
            with open_dbus_connection(bus="SYSTEM") as connection:
                self._gate.emit(self.tells_of_sleep, _subscribe(connection))
                for member, value in _signals(connection):
                    # The one comes with each change of state, the other also before a sleep.
                    if (member, value) in (("StateChanged", CONNECTED), ("PrepareForSleep", False)):
                        self._gate.emit(self.changed)
        except Exception as error:
            log.info("the system bus is not heard: %s", type(error).__name__)
            self._gate.emit(self.tells_of_sleep, False)


def _subscribe(connection: "DBusConnection") -> bool:
    """Ask the bus for the signals that matter, and tell whether logind is there to send its."""
    from jeepney import MatchRule
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy

    bus = Proxy(message_bus, connection)
    for member, interface in _WANTED.items():
        sender = NETWORK if interface == NETWORK else LOGIN
        bus.AddMatch(MatchRule(type="signal", sender=sender, interface=interface, member=member))
    (has_login,) = bus.NameHasOwner(LOGIN)
    return bool(has_login)


def _signals(connection: "DBusConnection") -> Iterator[tuple[str, object]]:
    """Yield name and value of the signals that matter, for as long as there is the bus."""
    from jeepney import HeaderFields, MessageType

    while True:
        message = connection.receive()
        fields = message.header.fields
        member = fields.get(HeaderFields.member)
        if (
            message.header.message_type is MessageType.signal
            and member in _WANTED
            and fields.get(HeaderFields.interface) == _WANTED[member]
        ):
            yield member, message.body[0]
