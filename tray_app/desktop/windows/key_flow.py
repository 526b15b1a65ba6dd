"""Has the user enter a key, and has it checked, stored and used."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import Kind, Problem
from tray_app.store.keychain import Keychain
from tray_app.team.api import Checked, check_key
from tray_app.team.watch import Snapshot
from tray_app.words.formats import Formats

if TYPE_CHECKING:
    from tray_app.desktop.windows.key_dialog import KeyDialog
    from tray_app.desktop.windows.welcome_dialog import WelcomeDialog
    from tray_app.team.session import Session


class KeyFlow(QObject):
    """Asks for the key if there is none, and has another one used when the user wants it."""

    key_changed = Signal()
    """The key may be another one now: its team is to be polled."""
    key_stored = Signal()
    """The user has entered a key, which is in the keychain now."""
    demo_requested = Signal()
    start_at_login_chosen = Signal(bool)

    def __init__(
        self, keychain: Keychain, worker: Worker, formats: Formats, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._keychain = keychain
        self._worker = worker
        self._formats = formats
        self.session: Session | None = None
        """The user's own team; ``None`` until its files are open."""
        self._has_asked = False
        self._lacks_key = False
        self.dialog = SingleWindow(self._make_dialog, self)
        self.welcome = SingleWindow(self._make_welcome, self)

    def show(self, snapshot: Snapshot) -> None:
        """Ask for the first key if there is none, and no longer once there is one."""
        kind = snapshot.problem.kind if snapshot.problem is not None else None
        self._lacks_key = kind in (Kind.NO_KEY, Kind.KEYCHAIN_UNAVAILABLE)
        if self._lacks_key and not self._has_asked:
            self._has_asked = True
            self.welcome.open()
        if snapshot.key_source is not None:  # another program may have stored the key
            if self.welcome.window is not None:
                self.welcome.window.reject()
            if self.dialog.window is not None and self.dialog.window.is_first_run:
                self.dialog.window.reject()

    @Slot()
    def use_changed_key(self) -> None:
        """Use the key that the keychain has now: a terminal or another session has changed it."""
        self._has_asked = True  # the user manages the key elsewhere, and needs no dialog
        if (session := self.session) is not None:
            self._worker.submit(
                lambda: session.watch.forget_key(), lambda _: self.key_changed.emit()
            )

    def _make_dialog(self) -> "KeyDialog":
        from tray_app.desktop.windows.key_dialog import KeyDialog

        dialog = KeyDialog(self._formats, first_run=self._lacks_key)
        dialog.check_requested.connect(self._check)
        dialog.key_accepted.connect(self._accept)
        return dialog

    def _make_welcome(self) -> "WelcomeDialog":
        from tray_app.desktop.windows.welcome_dialog import WelcomeDialog

        welcome = WelcomeDialog()
        welcome.connect_requested.connect(self.dialog.open)
        welcome.start_at_login_chosen.connect(self.start_at_login_chosen)
        welcome.demo_requested.connect(self.demo_requested)
        return welcome

    @Slot(str)
    def _check(self, key: str) -> None:
        session, keychain, dialog = self.session, self._keychain, self.dialog.window
        if session is None or dialog is None:
            return

        def check() -> tuple[Checked, Problem | None]:
            checked = check_key(session.watch.connect, key)
            try:
                keychain.name()
            except Problem as problem:
                return checked, problem
            return checked, None

        # A dialog that is closed by then ignores the answer.
        self._worker.submit(
            check, lambda checked: dialog.check_succeeded(*checked), dialog.check_failed
        )

    @Slot(str, bool)
    def _accept(self, key: str, store: bool) -> None:
        session, dialog = self.session, self.dialog.window
        if session is None or dialog is None:
            return

        def done(_nothing: None) -> None:
            self.key_changed.emit()
            if store:
                self.key_stored.emit()
            dialog.saved()

        self._worker.submit(
            lambda: session.watch.use_key(key, store=store), done, dialog.save_failed
        )
