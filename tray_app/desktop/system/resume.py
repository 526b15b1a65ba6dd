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
"""Seconds from one look at the clock to the next, where the system tells of no sleep."""

SURPRISE = 60.0
"""Seconds by which the clock may differ from what was expected; a coarse timer is not on time."""

SETTLING_TIME = 5000
"""Milliseconds from a surprise to the poll, for the network to come up."""

LOGIN = "org.freedesktop.login1"

IS_ONLINE = ("org.freedesktop.NetworkManager", "StateChanged", 70)
"""Interface, member and value of NetworkManager's signal that the computer is online: the value is
``NM_STATE_CONNECTED_GLOBAL`` (its D-Bus reference, NMState)."""

IS_AWAKE = (f"{LOGIN}.Manager", "PrepareForSleep", False)
"""The same of logind's signal that a sleep has ended; before a sleep the value is ``True``."""


class Resume(QObject):
    """Notices that the computer has slept, that its clock was set, or that it is online again.

    On Linux logind tells of a sleep's end. Where nobody does, a timer looks at the clock: if the
    clock does not show the time that was expected at the last look, the computer has slept or the
    clock was set.
    """

    noticed = Signal()
    """Emitted at once: from now on nobody knows how old the figures are."""
    resumed = Signal()
    """Emitted once the network has had time to come up."""
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
        self._tick = tick
        self._clock = clock
        self._expected: float
        self._timer = QTimer(
            self, interval=round(tick * 1000), timerType=Qt.TimerType.VeryCoarseTimer
        )
        self._timer.timeout.connect(self._look_at_clock)
        self._begin_to_look()
        self._settling = QTimer(self, interval=settling_time, singleShot=True)
        self._settling.timeout.connect(self.resumed)
        if sys.platform == "linux":
            self._told.connect(self._settle)
            self._hears_of_sleep.connect(self._timer.stop)
            self._bus = Bus("SYSTEM", self, gate)
            self._bus.lost.connect(self._begin_to_look)
            self._bus.serve(
                SystemNews(lambda: gate.emit(self._told), lambda: gate.emit(self._hears_of_sleep))
            )
            self._bus.watch()
        else:
            self._watch_network()

    @Slot()
    def _begin_to_look(self) -> None:
        if not self._timer.isActive():  # else a jump since the last look would not be noticed
            self._expected = self._clock() + self._tick
            self._timer.start()

    @Slot()
    def _look_at_clock(self) -> None:
        now = self._clock()
        if abs(now - self._expected) > SURPRISE:
            self._settle()
        self._expected = now + self._tick

    def _watch_network(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation as Network

        if Network.loadBackendByFeatures(Network.Feature.Reachability):
            self._network = Network.instance()
            self._network.reachabilityChanged.connect(self._note_network)

    @Slot()
    def _note_network(self) -> None:
        if self._network.reachability() is self._network.Reachability.Online:
            self._settle()

    @Slot()
    def _settle(self) -> None:
        # A network that comes and goes does not put the poll off for ever.
        if not self._settling.isActive():
            self._settling.start()
            self.noticed.emit()


class SystemNews:
    """Hears of the network and of sleep; a client of the system bus.

    QNetworkInformation would ask NetworkManager in the GUI thread, and wait even if it hangs.
    """

    def __init__(self, told: Callable[[], None], hears_of_sleep: Callable[[], None]) -> None:
        """``told`` is called at each news, ``hears_of_sleep`` once logind is known to be there."""
        self._told = told
        self._hears_of_sleep = hears_of_sleep

    def join(self, connection: "DBusConnection") -> None:
        """Subscribe to the news, and ask whether logind is there to tell of a sleep."""
        from jeepney import MatchRule, message_bus

        for interface, member, _ in (IS_ONLINE, IS_AWAKE):
            sender = interface.removesuffix(".Manager")
            rule = MatchRule(type="signal", sender=sender, interface=interface, member=member)
            connection.send(message_bus.AddMatch(rule))
        connection.send(message_bus.NameHasOwner(LOGIN))

    def hear(self, message: "Message") -> None:
        """Pass on news, or that logind is there."""
        from jeepney import HeaderFields, MessageType

        fields, kind = message.header.fields, message.header.message_type
        if kind is MessageType.method_return and message.body == (True,):
            self._hears_of_sleep()
        elif kind is MessageType.signal:
            names = fields.get(HeaderFields.interface), fields.get(HeaderFields.member)
            if (*names, *message.body[:1]) in (IS_ONLINE, IS_AWAKE):
                self._told()

    def act(self) -> None:
        """Do nothing: news is only heard."""
