"""Moments at which the figures are to be asked for anew: after a sleep, with the network back."""

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.system_bus import SystemBus

TICK = 60.0
"""Seconds between two looks at the clock, where the system tells of no sleep."""

SETTLING_TIME = 5000
"""Milliseconds from a resume to the poll, for the network to come up."""

_SURPRISE = 60.0  # seconds that the clock may be off after a tick, which is coarse


class Resume(QObject):
    """Notices that the computer has slept, that its clock was set, or that it is online again.

    Linux tells of a sleep's end. Elsewhere the clock is looked at: after a sleep, as when it was
    set, the time of day is not where the tick should have found it.
    """

    noticed = Signal()
    """At once: what was known of the figures' age is worth nothing now."""
    resumed = Signal()
    """When the network has had time to come up."""

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
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.setInterval(round(tick * 1000))
        self._timer.timeout.connect(self._tick)
        self._watch_clock(True)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(settling_time)
        self._settling.timeout.connect(self.resumed)
        if sys.platform == "linux":
            self._system_bus = SystemBus(self, gate)
            self._system_bus.changed.connect(self._settle)
            self._system_bus.tells_of_sleep.connect(self._trust_system)
            self._system_bus.watch()
        else:
            self._watch_network()

    @property
    def watches_clock(self) -> bool:
        """Whether it has to look at the clock itself."""
        return self._timer.isActive()

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

    @Slot(bool)
    def _trust_system(self, it_tells: bool) -> None:
        self._watch_clock(not it_tells)

    def _watch_clock(self, is_needed: bool) -> None:
        if not is_needed:
            self._timer.stop()
        elif not self._timer.isActive():  # or a jump since the last tick would be missed
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
