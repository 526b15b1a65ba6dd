"""A NetworkManager that has no network but says that it has, on a message bus of the tests.

Qt asks it for all its properties at once and listens to their changes:
https://networkmanager.dev/docs/api/latest/gdbus-org.freedesktop.NetworkManager.html
"""

import threading
from typing import Self

from jeepney import DBusAddress, HeaderFields, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

NAME = "org.freedesktop.NetworkManager"
PATH = "/org/freedesktop/NetworkManager"
DISCONNECTED, CONNECTED = 20, 70  # NMState
NONE, FULL = 1, 4  # NMConnectivityState


class FakeNetworkManager:
    """Owns the name inside a `with` block; begins without a network."""

    def __init__(self, address: str) -> None:
        self._connection = open_dbus_connection(address)
        self._is_connected = False
        self._closing = threading.Event()
        self.asked = threading.Event()
        Proxy(message_bus, self._connection).RequestName(NAME)
        self._thread = threading.Thread(target=self._serve, name="network manager")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._closing.set()
        self._thread.join()
        self._connection.close()

    def connect(self) -> None:
        """Say that there is a network now."""
        self._is_connected = True
        properties = DBusAddress(PATH, interface="org.freedesktop.DBus.Properties")
        self._connection.send(
            new_signal(properties, "PropertiesChanged", "sa{sv}as", (NAME, self._properties(), []))
        )

    def _properties(self) -> dict[str, tuple[str, object]]:
        return {
            "State": ("u", CONNECTED if self._is_connected else DISCONNECTED),
            "Connectivity": ("u", FULL if self._is_connected else NONE),
            "PrimaryConnectionType": ("s", "802-3-ethernet"),
            "PrimaryConnection": ("o", "/"),
            "Metered": ("u", 4),
        }

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                call = self._connection.receive(timeout=0.1)
            except TimeoutError:
                continue
            if call.header.message_type is not MessageType.method_call:
                continue
            member = call.header.fields[HeaderFields.member]
            if member == "GetAll":
                answer = new_method_return(call, "a{sv}", (self._properties(),))
                self.asked.set()
            else:
                answer = new_method_return(call)  # Qt looks at a connection, which has nothing
            self._connection.send(answer)
