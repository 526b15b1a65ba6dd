"""NetworkManager and logind as far as they tell of something, on a message bus of the tests.

They answer no question, as services that hang.
https://networkmanager.dev/docs/api/latest/gdbus-org.freedesktop.NetworkManager.html
https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html
"""

from typing import Self

from jeepney import DBusAddress, HeaderFields, MessageType, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

CONNECTED, DISCONNECTED = 70, 20  # NMState


class SilentService:
    """Owns a name inside a `with` block."""

    def __init__(self, address: str, name: str) -> None:
        self._connection = open_dbus_connection(address)
        Proxy(message_bus, self._connection).RequestName(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._connection.close()

    def emit(self, path: str, interface: str, member: str, signature: str, value: object) -> None:
        """Tell everybody who listens."""
        address = DBusAddress(path, interface=interface)
        self._connection.send(new_signal(address, member, signature, (value,)))

    def questions(self) -> list[str]:
        """Name the methods that were called since the last look."""
        asked: list[str] = []
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return asked
            if message.header.message_type is MessageType.method_call:
                asked.append(message.header.fields[HeaderFields.member])


class NetworkManager(SilentService):
    """Has no network."""

    def __init__(self, address: str) -> None:
        super().__init__(address, "org.freedesktop.NetworkManager")

    def tell(self, state: int) -> None:
        """Say what the network is now."""
        name = "org.freedesktop.NetworkManager"
        self.emit("/org/freedesktop/NetworkManager", name, "StateChanged", "u", state)


class Login(SilentService):
    """Has no session."""

    def __init__(self, address: str) -> None:
        super().__init__(address, "org.freedesktop.login1")

    def tell_of_sleep(self, *, begins: bool) -> None:
        """Say that the computer is about to sleep, or has woken up."""
        interface = "org.freedesktop.login1.Manager"
        self.emit("/org/freedesktop/login1", interface, "PrepareForSleep", "b", begins)
