"""The tray program, which is left in a moment in which the demo can't be closed any more.

    python -m tests.program.leaving_program WHEN

It is the whole program as `main.py` starts it. WHEN is `polled`, while a poll of the user's own
team hangs and the demo has come to the screen, or `opened`, while the demo is being made.
"""

import sys
import threading
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent

from tray_app.__main__ import main
from tray_app.desktop import app, demo, teams
from tray_app.desktop.poller import Poller
from tray_app.sandbox import demo_teams
from tray_app.team import session
from tray_app.team.watch import Watch

WHEN = sys.argv[1]


def leave() -> None:
    """Quit, from whatever thread."""
    application = QCoreApplication.instance()
    assert application is not None
    QCoreApplication.postEvent(application, QEvent(QEvent.Type.Quit))


def leave_and_hang(*_arguments: Any, **_named: Any) -> Any:
    leave()
    threading.Event().wait()


class HangingWatch(Watch):
    def poll(self, **_named: Any) -> Any:
        threading.Event().wait()


class LeavingTeams(teams.Teams):
    def _poll_only(self, pollers: list[Poller]) -> None:
        super()._poll_only(pollers)
        if isinstance(pollers[0].session, demo.Demo):
            leave()
        else:
            self.show_demo()


if __name__ == "__main__":
    session.Watch = HangingWatch  # type: ignore[attr-defined]
    if WHEN == "opened":
        demo_teams.past_of_demo = leave_and_hang  # type: ignore[attr-defined]
    app.Teams = LeavingTeams  # type: ignore[attr-defined]
    sys.exit(main([]))
