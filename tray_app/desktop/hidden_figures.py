"""Hides amounts from others who look at the screen. Nothing else decides about that."""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction

from tray_app.desktop.system.worker import Worker
from tray_app.store.folders import screen_file
from tray_app.store.hidden_until import read_hidden_until, write_hidden_until
from tray_app.words.formats import Formats

log = logging.getLogger(__name__)

LONGEST = timedelta(hours=1)
"""How long figures are hidden at most: a longer time comes from a clock that was wrong."""


class HiddenFigures(QObject):
    """Keeps, in the formats that write all amounts, until when amounts are hidden.

    They show again by the user's click or after an hour; a restart in between changes nothing.
    """

    changed = Signal()

    def __init__(self, action: QAction, formats: Formats, disk: Worker, parent: QObject) -> None:
        """``action`` is checked while figures are hidden."""
        super().__init__(parent)
        self._action, self._formats, self._disk = action, formats, disk
        self._end = QTimer(self, singleShot=True, timerType=Qt.TimerType.VeryCoarseTimer)
        self._end.timeout.connect(self.look_at_clock)
        action.toggled.connect(self._choose)

    def load(self) -> None:
        """Hide figures if the last run did. Later jobs of the disk worker come after that."""
        self._disk.submit(lambda: read_hidden_until(screen_file()), self._hide_until)

    @Slot()
    def look_at_clock(self) -> None:
        """Show the figures if their time is over."""
        self._hide_until(self._formats.hidden_until)

    @Slot(bool)
    def _choose(self, hides: bool) -> None:
        """Hide or show figures as the user wants, unless they are so already."""
        if hides is not (self._formats.hidden_until is not None):
            until = datetime.now(UTC) + LONGEST if hides else None
            self._hide_until(until)
            self._disk.submit(lambda: _keep(until))

    def _hide_until(self, until: datetime | None) -> None:
        now = datetime.now(UTC)
        if until is not None and not now < until <= now + LONGEST:
            until = None
        self._end.stop()
        if until is not None:
            self._end.start(round((until - now).total_seconds() * 1000) + 1000)
        if until != self._formats.hidden_until:
            self._formats.hidden_until = until
            self._action.setChecked(until is not None)
            self.changed.emit()


def _keep(until: datetime | None) -> None:
    with suppress(OSError):  # then the choice holds for this run only
        write_hidden_until(screen_file(), until)
