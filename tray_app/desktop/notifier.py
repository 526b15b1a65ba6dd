"""Notifications of the desktop."""

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from tray_app.desktop.gate import Gate
from tray_app.i18n import tr

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_ANSWER = 5.0  # seconds for the notification service
_LISTEN = 600.0  # seconds; a notification that nobody touched for so long is no longer looked at


ImageData = tuple[int, int, int, bool, int, int, bytes]
"""Width, height, bytes a row, has alpha, bits a sample, samples a pixel, pixels."""


class Shown(NamedTuple):
    """A notification on the screen."""

    service: str
    """The unique name, on the message bus, of the service that shows it."""
    number: int
    """What that service calls it."""


class Notifier(QObject):
    """Tells the user something that can't wait until the next look at the icon."""

    clicked = Signal()

    def __init__(self, fallback: Callable[[str, str], None], gate: Gate) -> None:
        """``fallback`` shows title and body where there is no freedesktop.org service."""
        super().__init__()
        self._fallback = fallback
        self._gate = gate
        self._shown: Shown | None = None

    def notify(self, title: str, body: str, picture: QImage, *, urgent: bool) -> None:
        """Show a notification in the place of the last one.

        Returns at once; that it can't be shown is only logged.
        """
        if sys.platform != "linux":
            self._fallback(title, body)
            return
        threading.Thread(
            target=self._talk,
            args=(title, body, _image_data(picture), urgent),
            name="notification",
            daemon=True,
        ).start()

    def _talk(self, title: str, body: str, picture: ImageData, urgent: bool) -> None:
        """Send a notification and wait until it is clicked or closed.

        Qt's own way lets only critical ones be clicked, reports the clicks on other programs'
        notifications as well, and is silent while the icon is not in a panel. QtDBus can't be
        used from Python, as it has no way to send the unsigned number that ``Notify`` takes.
        """
        from jeepney import DBusErrorResponse
        from jeepney.io.blocking import open_dbus_connection

        hints = {
            "urgency": ("y", 2 if urgent else 1),
            "image-data": ("(iiibiiay)", picture),
            "desktop-entry": ("s", "lemlist-credits"),
        }
        content = (title, body, ["default", tr("Open")], hints, -1)
        try:
            with open_dbus_connection(bus="SESSION") as connection:
                self._shown = shown = _show(connection, content, self._shown)
                with suppress(OSError):  # the bus or its service ended; it was shown all the same
                    if _is_clicked(connection, shown):
                        self._gate.emit(self.clicked)
        except DBusErrorResponse as error:
            log.warning("no notification: %s", error.name)
        except Exception as error:
            log.warning("no notification: %s", type(error).__name__)


def _show(connection: "DBusConnection", content: tuple[object, ...], last: Shown | None) -> Shown:
    """Show a notification in the place of the last one."""
    from jeepney import DBusAddress, HeaderFields, new_method_call
    from jeepney.wrappers import unwrap_msg

    if last is not None:
        # Closed and not replaced, as some desktops replace without showing it anew. Asked of the
        # very service that showed it: one that was started since counts anew, and its
        # notification with this number is another program's. That it is gone is no trouble.
        service = DBusAddress(_PATH, bus_name=last.service, interface=_NAME)
        closing = new_method_call(service, "CloseNotification", "u", (last.number,))
        connection.send_and_get_reply(closing, timeout=_ANSWER)
    service = DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)
    heading = (tr("lemlist credits"), 0, "")
    showing = new_method_call(service, "Notify", "susssasa{sv}i", heading + content)
    reply = connection.send_and_get_reply(showing, timeout=_ANSWER)
    (number,) = unwrap_msg(reply)
    return Shown(reply.header.fields[HeaderFields.sender], number)


def _is_clicked(connection: "DBusConnection", shown: Shown) -> bool:
    """Wait until a notification is clicked, or closed, or its service has ended."""
    from jeepney import HeaderFields, MatchRule, message_bus
    from jeepney.io.blocking import Proxy

    events = MatchRule(type="signal", interface=_NAME, path=_PATH, sender=shown.service)
    ending = MatchRule(type="signal", interface=message_bus.interface, member="NameOwnerChanged")
    ending.add_arg_condition(0, shown.service)
    inbox: deque[Message] = deque()
    with connection.filter(events, queue=inbox), connection.filter(ending, queue=inbox):
        bus = Proxy(message_bus, connection)
        bus.AddMatch(ending)
        bus.AddMatch(events)
        while event := connection.recv_until_filtered(inbox, timeout=_LISTEN):
            member = event.header.fields[HeaderFields.member]
            if member == "NameOwnerChanged":
                return False
            if event.body[:1] == (shown.number,):
                return bool(member == "ActionInvoked")
    return False


def _image_data(picture: QImage) -> ImageData:
    """Write a picture as the notification service takes it (Desktop Notifications 1.2, hints)."""
    rgba = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = bytes(rgba.constBits())
    return rgba.width(), rgba.height(), rgba.bytesPerLine(), True, 8, 4, pixels
