"""The tray program, which tells what its first windows cost.

    python -m tests.program.first_click_program

It is the whole program as `main.py demo` starts it. Once the popup is imported, popup and history
are opened. Printed is a line of JSON: the classes of QtWidgets that PySide6 has made by the time
each window is painted.
"""

import json
import sys

from PySide6 import QtWidgets
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QApplication

from tray_app.__main__ import main
from tray_app.desktop import app

POPUP = "tray_app.desktop.popup.popup"
PAINTED = 300
"""Milliseconds."""


class TellingApp(app.App):
    def start(self, *, demo: int) -> None:
        self._made: dict[str, list[str]] = {}
        self._look_again = QTimer(self, interval=20)
        self._look_again.timeout.connect(self._open_when_imported)
        self._look_again.start()
        super().start(demo=demo)

    @Slot()
    def _use_window(self) -> None:
        """Open nothing, as if there was a panel."""

    @Slot()
    def _open_when_imported(self) -> None:
        if POPUP not in sys.modules:
            return
        self._look_again.stop()
        self._open_popup()
        QTimer.singleShot(PAINTED, self, self._open_history)

    @Slot()
    def _open_history(self) -> None:
        self._made["popup"] = sorted(vars(QtWidgets))
        self._history_and_plan.history.open()
        QTimer.singleShot(PAINTED, self, self._tell)

    @Slot()
    def _tell(self) -> None:
        self._made["history"] = sorted(vars(QtWidgets))
        print(json.dumps(self._made), flush=True)
        QApplication.quit()


if __name__ == "__main__":
    app.App = TellingApp  # type: ignore[misc]
    sys.exit(main(["demo"]))
