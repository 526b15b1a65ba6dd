"""The tray program, each of whose windows is opened and closed again and again.

    python -m tests.program.reopening_program

It is the whole program as `main.py demo` starts it. Printed is a line of JSON: for each signal of
what outlives the windows, how many receivers it had after the second round, and after the last one.
"""

import json
import sys
from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import QEvent, QMetaMethod, QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.team.watch import Snapshot

ROUNDS = 6


class ReopeningApp(app.App):
    _has_played = False

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        super()._show_snapshot(snapshot)
        if not self._has_played:
            self._has_played = True
            self._play()

    def _play(self) -> None:
        self._round()
        self._round()
        before = self._receivers()
        for _ in range(ROUNDS - 2):
            self._round()
        after = self._receivers()
        counts = {name: (before[name], after.get(name)) for name in before}
        print(json.dumps(counts), flush=True)
        QApplication.quit()

    def _round(self) -> None:
        for open_window in (
            self._open_popup,
            *(self._history_and_plan.open_history, self._history_and_plan.open_plan),
            *(self._settings_dialog.open, self._key.dialog.open, self._about.dialog.open),
        ):
            open_window()
            opened = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
            assert len(opened) == 1, opened
            opened[0].close()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _receivers(self) -> dict[str, int]:
        """Count the receivers of all that is there as long as the program is."""
        counts: dict[str, int] = {}
        for name, one in sorted(_lasting(self, "app", set())):
            meta = one.metaObject()
            for number in range(meta.methodCount()):
                method = meta.method(number)
                if method.methodType() is QMetaMethod.MethodType.Signal:
                    signature = bytes(method.methodSignature().data()).decode()
                    counts[f"{name}.{signature}"] = one.receivers(f"2{signature}")
        application = QApplication.instance()
        assert application is not None
        counts["focusWindowChanged"] = application.receivers("2focusWindowChanged(QWindow*)")
        return counts


def _lasting(one: QObject, name: str, seen: set[int]) -> Iterator[tuple[str, QObject]]:
    """Yield an object of Qt and those that its attributes hold, but nothing inside of a window."""
    if id(one) in seen or not shiboken6.isValid(one):
        return
    seen.add(id(one))
    yield name, one
    if not isinstance(one, QWidget):
        for attribute, value in vars(one).items():
            if isinstance(value, QObject):
                yield from _lasting(value, f"{name}.{attribute}", seen)


if __name__ == "__main__":
    app.App = ReopeningApp  # type: ignore[misc]
    sys.exit(main(["demo"]))
