"""Moments at which the figures are to be asked for anew: after a sleep, with the network back."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

TICK = 60.0
"""Seconds between two looks at the clock, where the system tells of no sleep."""

SETTLING_TIME = 5000
"""Milliseconds from a resume to the poll, for the network to come up."""

_SURPRISE = 60.0  # seconds that the clock may be off after a tick, which is coarse

LOGIN = "org.freedesktop.login1"

IS_ONLINE = ("org.freedesktop.NetworkManager", "StateChanged", 70)
"""Interface, member and value. NetworkManager signals each change of state; this one is
``NM_STATE_CONNECTED_GLOBAL`` (its D-Bus reference, NMState)."""

IS_AWAKE = (f"{LOGIN}.Manager", "PrepareForSleep", False)
"""The same signal comes with ``True`` before a sleep."""


class Resume(QObject):
    """Notices that the computer has slept, that its clock was set, or that it is online again.

    Linux tells of a sleep's end. Elsewhere the clock is looked at: after a sleep, as when it was
    set, the time of day is not where the tick should have found it.
    """

    noticed = Signal()
    """At once: what was known of the figures' age is worth nothing now."""
    resumed = Signal()
    """When the network has had time to come up."""
    _told = Signal()
    _hears_of_sleep = Signal()

    def __init__(
        self,
        parent: QObject,
        gate: Gate,
        *,
        tick: float = TICK,
        settling_time: int = SETTLING_TIME,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._tick_seconds = tick
        self._clock = clock
        self._expected: float
        self._timer = QTimer(
            self, interval=round(tick * 1000), timerType=Qt.TimerType.VeryCoarseTimer
        )
        self._timer.timeout.connect(self._tick)
        self._look_at_clock()
        self._settling = QTimer(self, interval=settling_time, singleShot=True)
        self._settling.timeout.connect(self.resumed)
        if sys.platform == "linux":
            self._told.connect(self._settle)
            self._hears_of_sleep.connect(self._timer.stop)
            self._bus = Bus("SYSTEM", self, gate)
            self._bus.lost.connect(self._look_at_clock)
            self._bus.serve(
                SystemNews(lambda: gate.emit(self._told), lambda: gate.emit(self._hears_of_sleep))
            )
            self._bus.watch()
        else:
            self._watch_network()

    def stop(self) -> None:
        """Notice nothing more."""
        self._timer.stop()
        self._settling.stop()

    @Slot()
    def _tick(self) -> None:
        now = self._clock()
        if abs(now - self._expected) > _SURPRISE:
            self._settle()
        self._expected = now + self._tick_seconds

    @Slot()
    def _look_at_clock(self) -> None:
        if not self._timer.isActive():  # or a jump since the last tick would be missed
            self._expected = self._clock() + self._tick_seconds
            self._timer.start()

    def _watch_network(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation

        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            self._network = QNetworkInformation.instance()
            self._network.reachabilityChanged.connect(self._network_changed)

    @Slot()
    def _network_changed(self) -> None:
        if self._network.reachability() is self._network.Reachability.Online:
            self._settle()

    @Slot()
    def _settle(self) -> None:
        if not self._settling.isActive():  # a network that comes and goes would put it off for ever
            self._settling.start()
            self.noticed.emit()


class SystemNews:
    """Hears of the network and of sleep; a client of the system bus.

    QNetworkInformation asks NetworkManager and waits for the answer, so that a service that hangs
    would hold up the GUI thread.
    """

    def __init__(self, told: Callable[[], None], hears_of_sleep: Callable[[], None]) -> None:
        """``told`` is called at each news, ``hears_of_sleep`` once logind is known to be there."""
        self._told = told
        self._hears_of_sleep = hears_of_sleep

    def join(self, connection: "DBusConnection") -> None:
        """Ask the bus for the news, and whether logind is there to send its own."""
        from jeepney import MatchRule, message_bus

        for interface, member, _ in (IS_ONLINE, IS_AWAKE):
            sender = interface.removesuffix(".Manager")
            rule = MatchRule(type="signal", sender=sender, interface=interface, member=member)
            connection.send(message_bus.AddMatch(rule))
        connection.send(message_bus.NameHasOwner(LOGIN))

    def hear(self, message: "Message") -> None:
        """Take note of news, or of the answer about logind."""
        from jeepney import HeaderFields, MessageType

        fields, kind = message.header.fields, message.header.message_type
        if kind is MessageType.method_return and message.body == (True,):
            self._hears_of_sleep()
        elif kind is MessageType.signal:
            names = fields.get(HeaderFields.interface), fields.get(HeaderFields.member)
            if (*names, *message.body[:1]) in (IS_ONLINE, IS_AWAKE):
                self._told()

    def act(self) -> None:
        """Do nothing: it only listens."""
