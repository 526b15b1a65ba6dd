"""Notifications of the desktop.

On Linux they go over the session bus to the service of the Desktop Notifications Specification
(https://specifications.freedesktop.org/notification-spec/). Qt's own way lets only critical ones be
clicked, reports the clicks on other programs' notifications as well, and is silent while the icon
is not in a panel. QtDBus can't send from Python the unsigned number that ``Notify`` takes.
"""

import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate
from tray_app.i18n import tr

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_CLICKS = ("ActivationToken", "ActionInvoked")  # GNOME and Plasma send both, in this order
_CLOSED = "NotificationClosed"
_BY_USER = 2  # why it was closed
_ABSENT = "org.freedesktop.DBus.Error.ServiceUnknown"
_UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"
_OF_PLASMA = "x-kde-display-appname"
"""A capability that tells Plasma from other desktops."""
_TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""As those of the module ``html``, which holds half a megabyte of names of characters."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0
"""Seconds until a service that has refused is asked again; the wait doubles each time. GNOME's
service has its name a moment before it can answer; others refuse programs that notify too often."""


@dataclass(frozen=True, eq=False)
class Notice:
    """What is to be told. Title and body are plain text."""

    id: int
    """The same for the same news in other words."""
    news: object
    """What counts as heard as soon as the desktop shows the notice."""
    title: str
    body: str
    picture: QImage
    urgent: bool
    about: str = ""
    """The account of the team that the notice is about; empty for several teams."""
    shortens: frozenset[int] = frozenset()
    """The ids of the longer lists that this shorter list may replace. If the list that was told
    last is among them, this list replaces it quietly. If that list is no longer on the screen, this
    list is not shown."""


class Notifier(QObject):
    """Tells the user something that can't wait until the next look at the icon."""

    clicked = Signal(str)
    """The user wants to see more of what a notice is about; to be answered at once, while the token
    of the click holds."""
    accepted = Signal(object)
    """The desktop shows this news."""
    dismissed = Signal(str, int)
    """The user has closed the notice about this, with this id."""
    _invoked = Signal(str, str)

    def __init__(self, fallback: Callable[[str, str], None], bus: Bus, gate: Gate) -> None:
        """``fallback`` shows title and body where there is no freedesktop.org service."""
        super().__init__()
        self._fallback = fallback
        self._told_by_qt: dict[str, int] = {}
        self._last_by_qt: str | None = None
        """What the last notice that Qt has shown is about."""
        self._bus = bus
        self._display = Display(
            told=lambda news: gate.emit(self.accepted, news),
            clicked=lambda about, token: gate.emit(self._invoked, about, token),
            dismissed=lambda about, number: gate.emit(self.dismissed, about, number),
        )
        self._invoked.connect(self._click)
        bus.serve(self._display)

    def notify(self, notice: Notice) -> None:
        """Show this notice in place of the last one about the same, as soon as there is a service.

        A notice whose id was shown is not shown again. Returns at once. ``accepted`` tells that the
        desktop has taken the news, unless a newer notice or :meth:`withdraw` came first.
        """
        if sys.platform == "linux":
            self._want({**self._display.wanted, notice.about: notice})
        elif self._told_by_qt.get(notice.about) not in {notice.id, *notice.shortens}:
            self._told_by_qt[notice.about], self._last_by_qt = notice.id, notice.about
            self._fallback(notice.title, notice.body)
            self.accepted.emit(notice.news)

    @Slot()
    def hear_click(self) -> None:
        """Take a click on what Qt has shown; Qt does not tell on which, so it is the last."""
        if self._last_by_qt is not None:
            self.clicked.emit(self._last_by_qt)

    def withdraw(self, about: str) -> None:
        """Close what was told last about a team, and drop what still waits; Linux only."""
        if about in self._display.wanted:
            wanted = {each: one for each, one in self._display.wanted.items() if each != about}
            self._want(wanted)

    @Slot()
    def withdraw_all(self) -> None:
        """Close all that was told, and drop what still waits; Linux only."""
        self._want({})

    def finish(self, seconds: float) -> None:
        """Wait at most this long for the answer to the last notice, which may be shown already."""
        self._display.is_answered.wait(seconds)

    def _want(self, notices: Mapping[str, Notice]) -> None:
        self._display.wanted = notices
        self._bus.watch()
        self._bus.wake()

    @Slot(str, str)
    def _click(self, about: str, token: str) -> None:
        # Wayland gives the focus to a window that is shown or activated with the token of a click.
        # Python has no call to give Qt the token, but Qt looks for it in the environment
        # (qwaylandxdgshell.cpp, requestActivate).
        if token:
            os.putenv(_TOKEN, token)
        self.clicked.emit(about)
        if token:
            os.unsetenv(_TOKEN)


class Shown(NamedTuple):
    """A notification on the screen."""

    notice_id: int
    service: str
    """The unique name, on the bus, of the service that shows the notification."""
    number: int
    """The service's own number of the notification."""
    is_closed: bool = False
    """Whether the user has closed it, or its time was over. Some desktops list it even then."""


class Refusal(NamedTuple):
    """That the service did not take a notice."""

    notice_id: int
    pause: float
    """Seconds for which it is left alone."""
    try_at: float
    """When it is asked again, by the monotonic clock; never while there is no service."""


class Call(NamedTuple):
    """A question to the service that has no answer yet."""

    serial: int
    notice: Notice
    then: "Callable[[Notice, Message], None]"
    """Takes the notice that the question was about, and the answer."""


class Display:
    """Brings to the screen what is wanted there; a client of the session bus.

    The service may hang or be about to start, so nothing waits for its answer. Nothing is asked
    twice either: the first question may still be answered, and the alert be shown twice.
    """

    def __init__(
        self,
        told: Callable[[object], None],
        clicked: Callable[[str, str], None],
        dismissed: Callable[[str, int], None],
    ) -> None:
        """``told`` gets the news that the service has taken.

        ``clicked`` gets what a notice is about that was clicked, and the click's token;
        ``dismissed`` what a notice is about that the user has closed, as by a click, and its id.
        """
        self.wanted: Mapping[str, Notice] = {}
        """What is to be on the screen, by what it is about; replaced as a whole."""
        self.is_answered = threading.Event()
        """Whether no question to the service is open."""
        self.is_answered.set()
        # All else belongs to the thread of the bus.
        self._tell = told
        self._click = clicked
        self._dismiss = dismissed
        self._connection: DBusConnection
        self._call: Call | None = None
        self._shown: dict[str, Shown] = {}
        self._told: dict[str, int] = {}
        """The ids of the last notices that a service has taken; no service is told them again."""
        self._refused: dict[str, Refusal] = {}
        """What waits for another try, or for the next service."""
        self._token = ""

    def join(self, connection: "DBusConnection") -> None:
        """Begin anew on another bus."""
        from jeepney import MatchRule, message_bus

        self._connection = connection
        self._call = None
        self._shown.clear()
        self._refused.clear()
        self.is_answered.set()
        owner = MatchRule(type="signal", interface=message_bus.interface, member="NameOwnerChanged")
        owner.add_arg_condition(0, _NAME)
        members = (*_CLICKS, _CLOSED)
        own = (MatchRule(type="signal", interface=_NAME, member=member) for member in members)
        for rule in (owner, *own):
            connection.send(message_bus.AddMatch(rule))

    def act(self) -> float | None:
        """Close what is no longer wanted, show what is, and return the seconds to another try."""
        if self._call is not None:
            return None
        wanted = self.wanted
        for about, notice in wanted.items():
            is_gone = about not in self._shown or self._shown[about].is_closed
            if is_gone and self._is_shorter(notice):
                self._take(notice)
        for about, shown in list(self._shown.items()):
            if about in wanted and self._is_shorter(wanted[about]):
                continue  # how this one is replaced depends on the service
            if about not in wanted or wanted[about].id != shown.notice_id:
                self._close(about)  # not replaced, as some desktops don't show the replacement
        pauses = []
        for notice in sorted(wanted.values(), key=lambda notice: not notice.urgent):
            if notice.id == self._told.get(notice.about):
                continue
            if (pause := self._pause_before(notice)) <= 0:
                self._ask(notice, self._hear_capabilities, "GetCapabilities")
                return None
            pauses.append(pause)
        soonest = min(pauses, default=math.inf)
        return None if math.isinf(soonest) else soonest

    def _pause_before(self, notice: Notice) -> float:
        """Return the seconds to the next try to show a notice."""
        refusal = self._refused.get(notice.about)
        if refusal is None or refusal.notice_id != notice.id:
            return 0
        return refusal.try_at - time.monotonic()

    def hear(self, message: "Message") -> None:
        """Take note of an answer, a click, or another service."""
        from jeepney import HeaderFields, MessageType

        fields = message.header.fields
        if (serial := fields.get(HeaderFields.reply_serial)) is not None:
            if self._call is not None and self._call.serial == serial:
                call, self._call = self._call, None
                if message.header.message_type is MessageType.error:
                    self._hear_error(call, fields[HeaderFields.error_name])
                else:
                    call.then(call.notice, message)
                if self._call is None:
                    self.is_answered.set()
        elif (member := fields.get(HeaderFields.member)) == "NameOwnerChanged":
            self._change_service(*message.body)
        elif member in (*_CLICKS, _CLOSED):
            origin = (fields[HeaderFields.sender], *message.body[:1])
            for about, shown in self._shown.items():
                if origin == (shown.service, shown.number):
                    self._hear_signal(about, member, message.body[1])
                    break

    def _hear_error(self, call: Call, name: str) -> None:
        """Let a notice wait, unless the service just can't tell what it is capable of.

        Some small services lack that method. GNOME's lacks it for a moment, as all others.
        """
        refusal = self._refused.get(call.notice.about)
        is_again = refusal is not None and refusal.notice_id == call.notice.id
        if call.then == self._hear_capabilities and name == _UNKNOWN_METHOD and is_again:
            self._notify(call.notice, ())
        else:
            self._refuse(call.notice, name)

    def _hear_capabilities(self, notice: Notice, reply: "Message") -> None:
        (capabilities,) = reply.body
        self._notify(notice, capabilities)

    def _notify(self, notice: Notice, capabilities: Sequence[str]) -> None:
        """Show a notice by a service that is capable of so much."""
        if self.wanted.get(notice.about) is not notice:
            return
        takes_markup = "body-markup" in capabilities
        body = notice.body.translate(_ESCAPES) if takes_markup else notice.body
        urgency, replaced = 2 if notice.urgent else 1, 0
        if self._is_shorter(notice) and (shown := self._shown.get(notice.about)) is not None:
            if _OF_PLASMA in capabilities:
                # Plasma shows the replacement in the same place. It would show one of low urgency
                # anew, and soon forget it.
                replaced = shown.number
            else:
                # GNOME shows no banner of what has a low urgency, but lists it.
                self._close(notice.about)
                urgency = 0
        hints = {
            "urgency": ("y", urgency),
            "image-data": ("(iiibiiay)", _image_data(notice.picture)),
            "desktop-entry": ("s", "lemlist-credits"),
        }
        # Ubuntu's notify-osd, which can't be clicked, makes a dialog of what can be.
        actions = ["default", tr("Open")] if "actions" in capabilities else []
        values = (tr("lemlist credits"), replaced, "", notice.title, body, actions, hints, -1)
        self._ask(notice, self._keep, "Notify", "susssasa{sv}i", values)

    def _is_shorter(self, notice: Notice) -> bool:
        """Tell whether a notice says less than what was told, and nothing new."""
        return self._told.get(notice.about) in notice.shortens

    def _close(self, about: str) -> None:
        """Take a notification off the screen.

        Only the service that showed it is asked: the next service counts from 1 again, and may show
        another program's notification under this number.
        """
        shown = self._shown.pop(about)
        self._send(shown.service, "CloseNotification", "u", (shown.number,))

    def _keep(self, notice: Notice, reply: "Message") -> None:
        """Remember what is on the screen now."""
        from jeepney import HeaderFields

        (number,) = reply.body
        service = reply.header.fields[HeaderFields.sender]
        self._shown[notice.about] = Shown(notice.id, service, number)
        self._token = ""
        wanted = self.wanted.get(notice.about)
        if wanted is not None and wanted.id == notice.id:
            self._take(notice)

    def _take(self, notice: Notice) -> None:
        """Count a notice as told."""
        self._told[notice.about] = notice.id
        self._tell(notice.news)

    def _refuse(self, notice: Notice, why: str) -> None:
        """Let a notice wait for another try, or, if there is no service, for the next service."""
        log.warning("no notification: %s", why)
        last, pause = self._refused.get(notice.about), FIRST_PAUSE
        if last is not None and last.notice_id == notice.id:
            pause = min(2 * last.pause, LONGEST_PAUSE)
        try_at = math.inf if why == _ABSENT else time.monotonic() + pause
        self._refused[notice.about] = Refusal(notice.id, pause, try_at)

    def _change_service(self, _name: str, old: str, new: str) -> None:
        """Note that a service has ended, begun or been replaced."""
        if old:
            self._shown.clear()  # the next service counts anew
            if self._call is not None:
                self._refuse(self._call.notice, _ABSENT)
                self._call = None
                self.is_answered.set()
        if new:
            self._refused.clear()

    def _hear_signal(self, about: str, member: str, value: str | int) -> None:
        shown = self._shown[about]
        if member == _CLOSED:
            self._shown[about] = shown._replace(is_closed=True)
            if value == _BY_USER:
                self._dismiss(about, shown.notice_id)
        elif member == "ActivationToken":
            self._token = str(value)
        else:
            self._click(about, self._token)
            # Some desktops close what was clicked for another reason.
            self._dismiss(about, shown.notice_id)
            self._token = ""

    def _ask(
        self,
        notice: Notice,
        then: "Callable[[Notice, Message], None]",
        method: str,
        signature: str | None = None,
        values: tuple[object, ...] = (),
    ) -> None:
        self.is_answered.clear()
        self._call = Call(self._send(_NAME, method, signature, values), notice, then)

    def _send(
        self, service: str, method: str, signature: str | None, values: tuple[object, ...]
    ) -> int:
        """Call a method of a service, and return the serial that its answer will name."""
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(_PATH, bus_name=service, interface=_NAME)
        serial: int = next(self._connection.outgoing_serial)
        self._connection.send(new_method_call(address, method, signature, values), serial=serial)
        return serial


def _image_data(picture: QImage) -> tuple[object, ...]:
    """Write a picture as the specification's hint: size, bytes a row, has alpha, bits, samples."""
    rgba = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = bytes(rgba.constBits())
    return rgba.width(), rgba.height(), rgba.bytesPerLine(), True, 8, 4, pixels
