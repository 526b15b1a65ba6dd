"""Moments at which the figures are to be asked for anew: after a sleep, with the network back."""

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from tray_app.desktop.system_bus import SystemBus

TICK = 60.0
"""Seconds between two looks at the clock: late enough to let the processor sleep."""

SETTLING_TIME = 5000
"""Milliseconds from a resume to the poll, for the network to come up."""

_SURPRISE = 60.0  # seconds that the clock may be off after a tick, which is coarse


class Resume(QObject):
    """Notices that the computer has slept, that its clock was set, or that it is online again.

    A sleep and a clock that was set look the same to the clock: the time of day is not where the
    tick should have found it. Both make what is known of the figures' age worthless. Linux also
    tells of a sleep's end at once.
    """

    ticked = Signal()
    """For what is said of the time of day."""
    resumed = Signal()

    def __init__(
        self,
        parent: QObject,
        *,
        tick: float = TICK,
        settling_time: int = SETTLING_TIME,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._tick_seconds = tick
        self._clock = clock
        self._expected = clock() + tick
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(round(tick * 1000))
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(settling_time)
        self._settling.timeout.connect(self.resumed)
        if sys.platform == "linux":
            self._system_bus = SystemBus(self)
            self._system_bus.changed.connect(self._settle)
            self._system_bus.watch()
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
        self.ticked.emit()

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
