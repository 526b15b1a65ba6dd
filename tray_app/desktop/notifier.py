"""Notifications of the desktop."""

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from tray_app.i18n import tr

log = logging.getLogger(__name__)

_ANSWER = 5.0  # seconds for the notification service
_LISTEN = 600.0  # seconds; a notification that nobody touched for so long is no longer looked at


ImageData = tuple[int, int, int, bool, int, int, bytes]
"""Width, height, bytes a row, has alpha, bits a sample, samples a pixel, pixels."""


class Notifier(QObject):
    """Tells the user something that can't wait until the next look at the icon."""

    clicked = Signal()

    def __init__(self, fallback: Callable[[str, str], None]) -> None:
        """``fallback`` shows title and body where there is no freedesktop.org service."""
        super().__init__()
        self._fallback = fallback
        self._shown = 0

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
        from jeepney import DBusAddress, HeaderFields, MatchRule, message_bus, new_method_call
        from jeepney.io.blocking import Proxy, open_dbus_connection
        from jeepney.wrappers import unwrap_msg

        service = DBusAddress(
            "/org/freedesktop/Notifications",
            bus_name="org.freedesktop.Notifications",
            interface="org.freedesktop.Notifications",
        )
        hints = {
            "urgency": ("y", 2 if urgent else 1),
            "image-data": ("(iiibiiay)", picture),
            "desktop-entry": ("s", "lemlist-credits"),
        }
        content = (title, body, ["default", tr("Open")], hints, -1)
        heading = (tr("lemlist credits"), 0, "")
        closing = new_method_call(service, "CloseNotification", "u", (self._shown,))
        showing = new_method_call(service, "Notify", "susssasa{sv}i", heading + content)
        signals = MatchRule(type="signal", interface=service.interface, path=service.object_path)
        try:
            with open_dbus_connection(bus="SESSION") as connection:
                Proxy(message_bus, connection).AddMatch(signals)
                if self._shown:
                    # Closed and not replaced, as some desktops replace without showing it anew.
                    connection.send_and_get_reply(closing, timeout=_ANSWER)
                with connection.filter(signals) as inbox:
                    reply = connection.send_and_get_reply(showing, timeout=_ANSWER)
                    (number,) = unwrap_msg(reply)
                    self._shown = number
                    with suppress(TimeoutError):
                        while event := connection.recv_until_filtered(inbox, timeout=_LISTEN):
                            if event.body[:1] != (number,):
                                continue
                            if event.header.fields[HeaderFields.member] == "ActionInvoked":
                                self.clicked.emit()
                            return
        except Exception as error:
            log.warning("no notification: %s", type(error).__name__)


def _image_data(picture: QImage) -> ImageData:
    """Write a picture as the notification service takes it (Desktop Notifications 1.2, hints)."""
    rgba = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = bytes(rgba.constBits())
    return rgba.width(), rgba.height(), rgba.bytesPerLine(), True, 8, 4, pixels
