"""The tray program with a disk that hangs from the second poll on, so that the poll never ends.

    python -m tests.program.hanging_program

It is in a hurry: polls are due after a second, and late after another.
"""

import sys
import threading
from datetime import timedelta

from tray_app.__main__ import main
from tray_app.report import view
from tray_app.rules import schedule
from tray_app.team import session, watch
from tray_app.team.watch import Snapshot, Watch


class HangingWatch(Watch):
    _has_polled = False

    def poll(self, *, prompt: bool = False, by_user: bool = False) -> Snapshot:
        if self._has_polled:
            threading.Event().wait()
        self._has_polled = True
        return super().poll(prompt=prompt, by_user=by_user)


if __name__ == "__main__":
    watch.wait_for_turn = lambda *_arguments: 1.0  # type: ignore[attr-defined]
    view.LATE = schedule.LATE = timedelta(seconds=1)  # type: ignore[attr-defined]
    session.Watch = HangingWatch  # type: ignore[attr-defined]
    sys.exit(main([]))
