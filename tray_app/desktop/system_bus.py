"""The system bus, on which Linux tells of the network and of sleep."""

import logging
import threading
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

NETWORK = "org.freedesktop.NetworkManager"
CONNECTED = 70
"""``NM_STATE_CONNECTED_GLOBAL`` (NetworkManager's D-Bus reference, NMState)."""

LOGIN = "org.freedesktop.login1"


class SystemBus(QObject):
    """Hears that the computer is online again, or has woken up.

    It only listens, in a thread of its own that sleeps until there is something to hear.
    QNetworkInformation asks NetworkManager and waits for the answer, so that a service that
    hangs would hold up the GUI thread.
    """

    changed = Signal()

    def watch(self) -> None:
        """Listen from now on, if there is a bus."""
        threading.Thread(target=self._listen, name="system bus", daemon=True).start()

    def _listen(self) -> None:
        try:
            for member, value in _signals():
                # The one comes with each change of state, the other also before a sleep.
                if (member, value) in (("StateChanged", CONNECTED), ("PrepareForSleep", False)):
                    self.changed.emit()
        except Exception as error:
            log.info("the system bus is not heard: %s", type(error).__name__)


def _signals() -> Iterator[tuple[str, object]]:
    """Yield name and value of the signals that matter, for as long as there is the bus."""
    from jeepney import HeaderFields, MatchRule, MessageType
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    wanted = {"StateChanged": NETWORK, "PrepareForSleep": f"{LOGIN}.Manager"}
    with open_dbus_connection(bus="SYSTEM") as connection:
        bus = Proxy(message_bus, connection)
        for member, interface in wanted.items():
            sender = NETWORK if interface == NETWORK else LOGIN
            bus.AddMatch(
                MatchRule(type="signal", sender=sender, interface=interface, member=member)
            )
        while True:
            message = connection.receive()
            fields = message.header.fields
            member = fields.get(HeaderFields.member)
            if (
                message.header.message_type is MessageType.signal
                and member in wanted
                and fields.get(HeaderFields.interface) == wanted[member]
            ):
                yield member, message.body[0]
