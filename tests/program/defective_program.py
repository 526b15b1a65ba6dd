"""The tray program with defects that have the key in their hands.

    python -m tests.program.defective_program

It is the whole program as `main.py` starts it, at its most talkative. Added are exceptions of every
descent, with the stored key in their message, their cause and their local values.
"""

import sys
import threading

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Slot

from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT
from tray_app.team.watch import Snapshot


def fail(key: str) -> None:
    try:
        raise KeyError(key)
    except KeyError as error:
        raise ValueError(f"{key} is not good") from error


class FailsWhenDropped:
    def __init__(self, key: str) -> None:
        self._key = key

    def __repr__(self) -> str:
        return f"<{self._key}>"

    def __del__(self) -> None:
        fail(self._key)


class FailsInQt(QObject):
    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def event(self, _event: QEvent) -> bool:
        fail(self._key)
        return True


class DefectiveApp(app.App):
    _has_failed = False

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        super()._show_snapshot(snapshot)
        if not self._has_failed:
            self._has_failed = True
            self._slot()

    def _slot(self) -> None:
        key = Keychain(FIRST_ACCOUNT).read(prompt=False)
        assert key is not None
        self._network.submit(lambda: fail(key), print)
        self._disk.submit(str, lambda _: fail(key))
        threading.Thread(target=fail, args=(key,), name=key).start()
        FailsWhenDropped(key)
        self._fails_in_qt = FailsInQt(key)
        QCoreApplication.postEvent(self._fails_in_qt, QEvent(QEvent.Type.User))
        fail(key)


if __name__ == "__main__":
    app.App = DefectiveApp  # type: ignore[misc]
    sys.exit(main(["--verbose"]))
