"""Notifications of the desktop."""

import logging
import sys
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from tray_app.i18n import tr

log = logging.getLogger(__name__)

_LISTEN = 600.0  # seconds; a notification that nobody touched for so long is no longer looked at


class Notifier(QObject):
    """Tells the user something that can't wait until the next look at the icon."""

    clicked = Signal()

    def __init__(self, fallback: Callable[[str, str], None]) -> None:
        """``fallback`` shows title and body where there is no freedesktop.org service."""
        super().__init__()
        self._fallback = fallback

    def notify(self, title: str, body: str, *, urgent: bool) -> None:
        """Show a notification. Returns at once; that it fails is only logged."""
        if sys.platform != "linux":
            self._fallback(title, body)
            return
        threading.Thread(
            target=self._talk, args=(title, body, urgent), name="notification", daemon=True
        ).start()

    def _talk(self, title: str, body: str, urgent: bool) -> None:
        """Send a notification and wait for a click on it.

        Qt's own way lets only critical ones be clicked, reports the clicks on other programs'
        notifications as well, and is silent while the icon is not in a panel. QtDBus can't be
        used from Python, as it has no way to send the unsigned number that ``Notify`` takes.
        """
        from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
        from jeepney.io.blocking import Proxy, open_dbus_connection

        service = DBusAddress(
            "/org/freedesktop/Notifications",
            bus_name="org.freedesktop.Notifications",
            interface="org.freedesktop.Notifications",
        )
        hints = {
            "urgency": ("y", 2 if urgent else 1),
            "desktop-entry": ("s", "lemlist-credits"),
            "category": ("s", "x-lemlist.credits"),
        }
        actions = ["default", tr("Open")]
        call = new_method_call(
            service,
            "Notify",
            "susssasa{sv}i",
            (tr("lemlist credits"), 0, "lemlist-credits", title, body, actions, hints, -1),
        )
        try:
            with open_dbus_connection(bus="SESSION") as connection:
                rule = MatchRule(
                    type="signal", interface=service.interface, path=service.object_path
                )
                Proxy(message_bus, connection).AddMatch(rule)
                reply = connection.send_and_get_reply(call, timeout=5)
                number = reply.body[0]
                with connection.filter(rule) as signals:
                    while True:
                        signal = connection.recv_until_filtered(signals, timeout=_LISTEN)
                        if signal.body[:1] != (number,):
                            continue
                        if signal.header.fields[3] == "ActionInvoked":
                            self.clicked.emit()
                        return
        except Exception as error:
            log.warning("no notification: %s", type(error).__name__)
