"""From no key, or another one, to a key that works and is used."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import Kind, Problem
from tray_app.store.keychain import Keychain
from tray_app.team.watch import Checked, Snapshot
from tray_app.words.formats import Formats

if TYPE_CHECKING:
    from tray_app.desktop.windows.key_dialog import KeyDialog
    from tray_app.team.session import Session

NO_KEY_ANYWHERE = (Kind.NO_KEY, Kind.KEYCHAIN_UNAVAILABLE)


class KeyFlow(QObject):
    """Asks for the key once it turns out that there is none, and takes another when the user wants.

    The dialog is that of a first run as long as there is no key.
    """

    key_changed = Signal()
    """The team is to be polled anew, as its key may be another one."""
    demo_requested = Signal()
    link_requested = Signal(str)
    """The address of a web page to open."""

    def __init__(
        self, keychain: Keychain, worker: Worker, formats: Formats, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._keychain = keychain
        self._worker = worker
        self._formats = formats
        self._session: Session | None = None
        self._has_asked = False
        self._lacks_key = False
        self.dialog = SingleWindow(self._make_dialog, self)

    def use(self, session: "Session") -> None:
        """Take keys for this team."""
        self._session = session

    def show(self, snapshot: Snapshot) -> None:
        """Ask for the first key if there is none, and no longer once there is one."""
        problem = snapshot.problem
        self._lacks_key = problem is not None and problem.kind in NO_KEY_ANYWHERE
        if self._lacks_key and not self._has_asked:
            self._has_asked = True
            self.dialog.open()
        dialog = self.dialog.window
        if dialog is not None and dialog.is_first_run and snapshot.key_source is not None:
            dialog.reject()  # another program has stored the key

    @Slot()
    def find(self) -> None:
        """Go by the key that the keychain has now, as it was changed in a terminal."""
        self._has_asked = True  # who uses a terminal is not to be met by a dialog
        if self._session is not None:
            self._worker.submit(self._session.watch.forget_key, lambda _: self.key_changed.emit())

    def _make_dialog(self) -> "KeyDialog":
        from tray_app.desktop.windows.key_dialog import KeyDialog

        dialog = KeyDialog(self._formats, first_run=self._lacks_key)
        dialog.check_requested.connect(self._check)
        dialog.key_accepted.connect(self._accept)
        dialog.demo_requested.connect(self.demo_requested)
        dialog.link_requested.connect(self.link_requested)
        return dialog

    @Slot(str)
    def _check(self, key: str) -> None:
        session, dialog = self._session, self.dialog.window
        if session is None or dialog is None:
            return
        watch, keychain = session.watch, self._keychain

        def check() -> tuple[Checked, Problem | None]:
            checked = watch.check(key)
            try:
                keychain.check()
            except Problem as problem:
                return checked, problem
            return checked, None

        def show(result: tuple[Checked, Problem | None]) -> None:
            if self.dialog.window is dialog:
                dialog.check_succeeded(*result)

        def show_problem(problem: Problem) -> None:
            if self.dialog.window is dialog:
                dialog.check_failed(problem)

        self._worker.submit(check, show, show_problem)

    @Slot(str, bool)
    def _accept(self, key: str, store: bool) -> None:
        session, dialog = self._session, self.dialog.window
        if session is None or dialog is None:
            return
        watch = session.watch

        def saved(_nothing: None) -> None:
            self.key_changed.emit()
            if self.dialog.window is dialog:
                dialog.saved()

        def failed(problem: Problem) -> None:
            if self.dialog.window is dialog:
                dialog.save_failed(problem)

        self._worker.submit(lambda: watch.use_key(key, store=store), saved, failed)
