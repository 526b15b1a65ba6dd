"""Has the user enter a key, and has it checked, stored and used."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import LACKS_KEY, Problem
from tray_app.store.keychain import Keychain
from tray_app.team.api import Checked
from tray_app.team.watch import Snapshot
from tray_app.words.formats import Formats
from tray_app.words.problem_words import unsaved_key_words

if TYPE_CHECKING:
    from tray_app.desktop.windows.key_dialog import KeyDialog
    from tray_app.desktop.windows.welcome_dialog import WelcomeDialog

Done = Callable[[object], object]
Failed = Callable[[Problem], object]
Use = Callable[[str, bool, Done, Failed], None]
"""Has a key used, and stored if that is wanted; then calls back with what came of it."""


@dataclass(frozen=True)
class KeyTarget:
    """The team that a key is entered for."""

    use: Use
    account: str | None = None
    """``None``: a team that is to be added."""
    name: str = ""
    """How the team is called, where there are several."""


class KnownTeam(NamedTuple):
    """A team that the user has, and the way to give it another key."""

    team_id: str | None
    """lemlist's identity of it, if that is known."""
    name: str
    target: KeyTarget


class KeyFlow(QObject):
    """Asks for the key if there is none, and has another one used when the user wants it.

    A dialog is for the team that it was opened for, whatever is shown meanwhile.
    """

    key_changed = Signal()
    """A key may be another one now, which is used already: its team is to be seen."""
    key_stored = Signal()
    """The user has entered a key, which is in the keychain now."""
    complained = Signal(str)
    """Why a key was not stored, where its dialog was closed before; empty when one was stored."""
    demo_requested = Signal()
    start_at_login_chosen = Signal(bool)

    def __init__(
        self,
        keychain: Keychain,
        worker: Worker,
        check: Callable[[str], Checked],
        teams: Callable[[], list[KnownTeam]],
        formats: Formats,
        parent: QObject,
    ) -> None:
        """``check`` finds out, in the worker, what a key opens; ``teams`` returns the user's."""
        super().__init__(parent)
        self._keychain = keychain
        self._worker = worker
        self._check_key = check
        self._teams = teams
        self._formats = formats
        self._has_asked = False
        self._lacks_key = False
        self._target: KeyTarget | None = None
        """The team that the dialog is for."""
        self._goes_to: KeyTarget | None = None
        """The team that gets the key, once the key was found to work."""
        self.dialog = SingleWindow(self._make_dialog, self)
        self.welcome = SingleWindow(self._make_welcome, self)

    def show(self, snapshot: Snapshot) -> None:
        """Ask for the first key if the only team has none, and no longer once it has one."""
        kind = snapshot.problem.kind if snapshot.problem is not None else None
        self._lacks_key = kind in LACKS_KEY and len(self._teams()) == 1
        if self._lacks_key and not self._has_asked:
            self._has_asked = True
            self.welcome.open()
        if snapshot.key_source is not None:  # another program may have stored the key
            if self.welcome.window is not None:
                self.welcome.window.reject()
            if self.dialog.window is not None and self.dialog.window.is_first_run:
                self.dialog.window.reject()

    @Slot()
    def ask_nobody(self) -> None:
        """Open no dialog by itself: the user manages the keys elsewhere, as in a terminal."""
        self._has_asked = True

    def change_key(self, target: KeyTarget) -> None:
        """Let the user enter a key for a team."""
        is_for = self._target.account if self._target else None
        if self.dialog.window is not None and is_for != target.account:
            self.dialog.window.reject()
            self.dialog.forget()
        if self.dialog.window is None:
            self._target, self._goes_to = target, None
        self.dialog.open()

    def keep_only(self, accounts: Iterable[str]) -> None:
        """Close the dialog if a team that it is for is not one of these any more."""
        targets = [each for each in (self._target, self._goes_to) if each is not None]
        are_for = {each.account for each in targets if each.account is not None}
        if self.dialog.window is not None and are_for - set(accounts):
            self.dialog.window.reject()

    def _make_dialog(self) -> "KeyDialog":
        from tray_app.desktop.windows.key_dialog import KeyDialog

        target = self._target or self._teams()[0].target
        dialog = KeyDialog(
            self._formats,
            first_run=self._lacks_key and len(self._teams()) == 1,
            adds=target.account is None,
            name=target.name,
        )
        dialog.check_requested.connect(lambda key: self._check(dialog, target, key))
        dialog.key_accepted.connect(lambda key, store: self._accept(dialog, key, store))
        return dialog

    def _make_welcome(self) -> "WelcomeDialog":
        from tray_app.desktop.windows.welcome_dialog import WelcomeDialog

        welcome = WelcomeDialog()
        welcome.connect_requested.connect(lambda: self.change_key(self._teams()[0].target))
        welcome.start_at_login_chosen.connect(self.start_at_login_chosen)
        welcome.demo_requested.connect(self.demo_requested)
        return welcome

    def _check(self, dialog: "KeyDialog", target: KeyTarget, key: str) -> None:
        check_key, keychain = self._check_key, self._keychain

        def check() -> tuple[Checked, Problem | None]:
            checked = check_key(key)
            try:
                keychain.name()
            except Problem as problem:
                return checked, problem
            return checked, None

        def answer(found: tuple[Checked, Problem | None]) -> None:
            # A dialog that is closed by then ignores the answer.
            checked, problem = found
            known = self._other_team_of(checked, target)
            if known is None:
                self._goes_to = target
                dialog.check_succeeded(checked, problem)
            elif target.account is None:
                self._goes_to = known.target
                dialog.check_succeeded(checked, problem, replaces=known.name)
            else:
                dialog.refuse_team(known.name)

        self._worker.submit(check, answer, dialog.check_failed)

    def _other_team_of(self, checked: Checked, target: KeyTarget) -> KnownTeam | None:
        """Return the team, other than the one that the key is for, that the key opens."""
        others = [team for team in self._teams() if team.target.account != target.account]
        return next((team for team in others if team.team_id == checked.team_id is not None), None)

    def _accept(self, dialog: "KeyDialog", key: str, store: bool) -> None:
        if (target := self._goes_to) is None:
            return

        def done(_nothing: object) -> None:
            self.complained.emit("")
            self.key_changed.emit()
            if store:
                self.key_stored.emit()
            dialog.saved()

        def fail(problem: Problem) -> None:
            if not dialog.save_failed(problem):  # it was closed meanwhile
                self.complained.emit(unsaved_key_words(problem.kind))

        target.use(key, store, done, fail)
