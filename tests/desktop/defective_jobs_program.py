"""The tray program, one of whose jobs has a defect.

    python -m tests.desktop.defective_jobs_program JOB

JOB is `prepare`, `load`, `open`, `reopen`, `poll`, `study` or `save`. It is the whole program as
`main.py` starts it, without a key in its environment's keychain but with one in LEMLIST_API_KEY.
Once that job has failed twice, or once where it is done only once, what the popup says is printed,
a line a label. With `reopen` the team's files can't be opened for the first poll.
"""

import sys
from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QApplication, QLabel

import tray_app.store.keychain
from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.settings import Settings, SettingsFile
from tray_app.team.analyst import Analyst
from tray_app.team.watch import Snapshot, Watch

JOB = sys.argv[1]
LOAD = AlertsFile.load
SETTLING = 500
"""Milliseconds."""


def fail(*_arguments: Any, **_named: Any) -> Any:
    raise ZeroDivisionError("the-secret-value")


class DefectiveApp(app.App):
    def start(self, *, demo: int) -> None:
        self._snapshots = 0
        # One timer, begun anew by each further snapshot, so that it ends once.
        self._settled = QTimer(self, singleShot=True, interval=SETTLING)
        self._settled.timeout.connect(self._tell)
        super().start(demo=demo)

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        super()._show_snapshot(snapshot)
        self._snapshots += 1
        if JOB == "save" and self._snapshots == 1:
            self._teams.apply_and_save(Settings(interval=60))
        elif JOB == "reopen" and self._snapshots == 1:
            AlertsFile.load = LOAD  # type: ignore[method-assign]
            self._teams.shown.poll()
        elif self._snapshots == 2 or JOB == "study":
            self._settled.start()
        else:
            self._teams.shown.poll()

    @Slot()
    def _tell(self) -> None:
        self._open_popup()
        assert self._popup is not None
        labels = self._popup.findChildren(QLabel)
        print("\n".join(label.text() for label in labels if label.isVisible()), flush=True)
        QApplication.quit()


if __name__ == "__main__":
    match JOB:
        case "prepare":
            tray_app.store.keychain.Keychain.__init__ = fail  # type: ignore[method-assign]
        case "load":
            SettingsFile.load = fail  # type: ignore[method-assign]
        case "open" | "reopen":
            AlertsFile.load = fail  # type: ignore[method-assign]
        case "poll":
            Watch.poll = fail  # type: ignore[method-assign]
        case "study":
            Analyst.take = fail  # type: ignore[method-assign]
        case "save":
            SettingsFile.save = fail  # type: ignore[method-assign]
    app.App = DefectiveApp  # type: ignore[misc]
    sys.exit(main([]))
