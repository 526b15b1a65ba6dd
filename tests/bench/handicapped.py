"""The tray program, made slow and fat, to see whether the benchmark notices.

    python tests/bench/handicapped.py

It is the whole program as `main.py` starts it, with a handicap for each budget.
"""

import sys
import threading
import time

from PySide6.QtCore import QTimer, Slot

from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.team.watch import Snapshot

UNTIL_ICON = 1.5  # seconds, like the others
UNTIL_BALANCE = 2.0
FAT = 200 * 2**20
"""Bytes."""
WAKES_EVERY = 500
"""Milliseconds."""
PER_POLL = 0.1
IN_THE_POPUP = 0.15


def hold(seconds: float) -> None:
    """Hold up whoever calls, on purpose."""
    threading.Event().wait(seconds)


class HandicappedApp(app.App):
    def start(self, *, demo: int) -> None:
        self._fat = bytearray(b"x" * FAT)
        self._busy = QTimer(self)
        self._busy.timeout.connect(self._nothing)
        self._busy.start(WAKES_EVERY)
        self._tray.clicked.disconnect(self._toggle_popup)
        self._tray.clicked.connect(self._toggle_late)
        super().start(demo=demo)
        QTimer.singleShot(0, self, self._dawdle)  # with the icon up

    @Slot()
    def _nothing(self) -> None:
        pass

    @Slot()
    def _dawdle(self) -> None:
        hold(UNTIL_BALANCE)

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        end = time.thread_time() + PER_POLL
        while time.thread_time() < end:
            pass
        super()._show_snapshot(snapshot)

    @Slot()
    def _toggle_late(self) -> None:
        hold(IN_THE_POPUP)
        self._toggle_popup()


if __name__ == "__main__":
    hold(UNTIL_ICON)
    app.App = HandicappedApp  # type: ignore[misc]
    sys.exit(main([]))
