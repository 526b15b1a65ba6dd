"""A notification service of the tests, on a message bus: as strict as the strictest desktop.

- As GNOME's it lets only the connection that sent a notification replace or close it, closes it
  when that connection ends, and sends its signals to that connection alone.
- As GNOME's and Plasma's it sends the token of a click before the click.
- As GNOME's it may own its name before it can answer.
- As Plasma's it refuses what is the same as the last one within a second.

https://specifications.freedesktop.org/notification-spec/
https://gitlab.gnome.org/GNOME/gnome-shell/-/blob/main/js/dbusServices/notifications/notificationDaemon.js
https://invent.kde.org/plasma/plasma-workspace/-/blob/master/libnotificationmanager/server_p.cpp
"""

import itertools
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import Proxy, open_dbus_connection

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
INVALID = "org.freedesktop.DBus.Error.InvalidArgs"
UNKNOWN = "org.freedesktop.DBus.Error.UnknownMethod"
EXCESS = "org.freedesktop.Notifications.Error.ExcessNotificationGeneration"
EXPIRED, DISMISSED, CLOSED_BY_CALL, UNDEFINED = 1, 2, 3, 4
SAME_TIME = 1.0  # seconds
AS_PLASMA = 1 | 2  # flags of RequestName: may be replaced, and replaces


@dataclass(frozen=True)
class Notification:
    """What is on the screen."""

    number: int
    sender: str
    title: str
    body: str
    actions: dict[str, str]  # action key to its label
    hints: dict[str, Any]


class NotificationService:
    """Shows notifications to nobody, inside a `with` block.

    The first `too_early` calls are answered as by a program without such a service. One that is not
    `frank` does not know the question for what it is capable of.
    """

    def __init__(
        self,
        address: str,
        *,
        markup: bool = True,
        clicks: bool = True,
        frank: bool = True,
        plasma: bool = False,
        too_early: int = 0,
    ) -> None:
        self.shown: dict[int, Notification] = {}
        self.refused: list[str] = []
        """The methods that were refused."""
        self.waiting = ""
        """The method whose caller waits for a service that hangs."""
        wanted = {"actions": clicks, "body": True, "body-markup": markup}
        wanted["x-kde-display-appname"] = plasma
        self._capabilities = [name for name, has in wanted.items() if has]
        self._is_frank = frank
        self._numbers = itertools.count(1)
        self._too_early = too_early
        self._last: tuple[object, ...] = ()
        self._last_at = 0.0
        self._hangs_at = ""
        self._answers = threading.Event()
        self._answers.set()
        # As a user clicks what the service has answered for, a click waits for the answer.
        self._turn = threading.RLock()
        self._connection = open_dbus_connection(address)
        bus = Proxy(message_bus, self._connection)
        bus.AddMatch(MatchRule(type="signal", interface=message_bus.interface))
        bus.RequestName(NAME, AS_PLASMA)
        self._thread = threading.Thread(target=self._serve, name="notification service")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End, as the service of a desktop that ends; also while it hangs."""
        self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._answers.set()
        self._thread.join()
        self._connection.close()

    def hang(self, *, at: str) -> None:
        """Hang when a method is called, until :meth:`go_on` or the end."""
        self._hangs_at = at
        self._answers.clear()

    def go_on(self) -> None:
        """Answer what came meanwhile, and all that comes."""
        self._hangs_at = ""
        self._answers.set()

    def titles(self) -> list[str]:
        """The titles of what is on the screen, oldest first."""
        return [one.title for one in list(self.shown.values())]

    def click(self, number: int) -> str:
        """Click a notification, which closes it, and return the token of the click."""
        with self._turn:
            notification = self.shown[number]
            token = f"token-of-{number}"
            self._tell(notification, "ActivationToken", "us", token)
            self._tell(notification, "ActionInvoked", "us", "default")
            self._end(notification, DISMISSED)
            return token

    def dismiss(self, number: int) -> None:
        """Close a notification as its user does."""
        with self._turn:
            self._end(self.shown[number], DISMISSED)

    def _serve(self) -> None:
        while True:
            try:
                message = self._connection.receive()
            except OSError:
                return
            try:
                self._take(message)
            except OSError:
                return

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        member = fields.get(HeaderFields.member)
        if member == "NameOwnerChanged":
            name, _old, new = message.body
            if not new:
                self._forget(name)
        elif message.header.message_type is MessageType.method_call:
            if member == self._hangs_at:
                self.waiting = member
                self._answers.wait()
            with self._turn:
                self._connection.send(self._answer(message, member, fields[HeaderFields.sender]))

    def _answer(self, call: Message, method: str, sender: str) -> Message:
        if self._too_early:
            self._too_early -= 1
            return self._refuse(call, UNKNOWN, method)
        match method:
            case "GetCapabilities" if self._is_frank:
                return new_method_return(call, "as", (self._capabilities,))
            case "Notify":
                return self._notify(call, sender)
            case "CloseNotification":
                (number,) = call.body
                if not self._belongs(number, sender):
                    return self._refuse(call, INVALID, "Invalid notification ID")
                self._end(self.shown[number], CLOSED_BY_CALL)
                return new_method_return(call)
        return self._refuse(call, UNKNOWN, method)

    def _notify(self, call: Message, sender: str) -> Message:
        _name, replaces, _icon, title, body, actions, hints, _expires = call.body
        if replaces and not self._belongs(replaces, sender):
            return self._refuse(call, INVALID, "Invalid notification ID")
        now = time.monotonic()
        if self._last == (title, body) and now - self._last_at < SAME_TIME:
            return self._refuse(call, EXCESS, "Created too many similar notifications")
        self._last, self._last_at = (title, body), now
        number = replaces or next(self._numbers)
        self.shown[number] = Notification(
            number,
            sender,
            title,
            body,
            dict(zip(actions[::2], actions[1::2], strict=True)),
            {name: value for name, (_signature, value) in hints.items()},
        )
        return new_method_return(call, "u", (number,))

    def _belongs(self, number: int, sender: str) -> bool:
        return number in self.shown and self.shown[number].sender == sender

    def _refuse(self, call: Message, error: str, text: str) -> Message:
        self.refused.append(call.header.fields[HeaderFields.member])
        return new_error(call, error, "s", (text,))

    def _forget(self, sender: str) -> None:
        """Close what came over a connection that has ended; nobody is left to be told."""
        for one in [one for one in self.shown.values() if one.sender == sender]:
            del self.shown[one.number]

    def _end(self, notification: Notification, reason: int) -> None:
        del self.shown[notification.number]
        self._tell(notification, "NotificationClosed", "uu", reason)

    def _tell(self, notification: Notification, member: str, signature: str, value: object) -> None:
        signal = new_signal(
            DBusAddress(PATH, interface=NAME), member, signature, (notification.number, value)
        )
        signal.header.fields[HeaderFields.destination] = notification.sender
        self._connection.send(signal)
