"""The tray program, which switches between its team and the demo while an alert is being told.

    python -m tests.program.switching_program TOLD

It is the whole program as `main.py` starts it. Each of both teams has something to alert. TOLD is
whose alert the desktop says to have shown, just after the other team has come to the screen: `team`
or `demo`. What the program's own team alerts after that is printed: the kind of the alert, or
"nothing".
"""

import sys

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication

from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.desktop.poller import Poller
from tray_app.desktop.tray.notifier import Notice, Notifier
from tray_app.rules.levels import Thresholds
from tray_app.store.settings import Choices, Settings, SettingsFile, TeamEntry
from tray_app.team.credentials import KeySource

TOLD = sys.argv[1]


class HeldNotifier(Notifier):
    """A desktop that takes news, and says so when it is told to."""

    def notify(self, notice: Notice) -> None:
        self.taken = notice.news


class SwitchingApp(app.App):
    _steps = 0
    _notifier: HeldNotifier

    @Slot(object)
    def _receive_snapshot(self, poller: Poller) -> None:
        super()._receive_snapshot(poller)
        snapshot = poller.session.snapshot
        if snapshot.reading is None or snapshot.to_study:
            return
        is_demo = snapshot.key_source is KeySource.DEMO
        self._steps += 1
        match self._steps:
            case 1:
                assert snapshot.news.alert is not None
                assert not is_demo
                self._of_team = self._notifier.taken
                self._teams.show_demo()
            case 2:
                assert snapshot.news.alert is not None
                assert is_demo
                if TOLD == "team":
                    self._notifier.accepted.emit(self._of_team)
                of_demo = self._notifier.taken
                self._teams.show_own()
                if TOLD == "demo":
                    self._notifier.accepted.emit(of_demo)
            case 3:
                assert not is_demo
                self._teams.shown.poll()
            case _:
                told = snapshot.news.alert.kind if snapshot.news.alert is not None else "nothing"
                print(told, flush=True)
                QApplication.quit()


if __name__ == "__main__":
    settings = Settings(Thresholds(low=20_000))
    choices = Choices(settings, (TeamEntry(),), "", [])
    SettingsFile.load = lambda _self: choices  # type: ignore[method-assign, assignment]
    app.Notifier = HeldNotifier  # type: ignore[attr-defined]
    app.App = SwitchingApp  # type: ignore[misc]
    sys.exit(main([]))
