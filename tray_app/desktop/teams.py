"""The teams of the program: the user's own, and while the demo is played the demo's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.poller import Poller
from tray_app.desktop.system.worker import Worker
from tray_app.errors import Problem
from tray_app.i18n import tr
from tray_app.rules.alerts import Alert, SnoozeChoice
from tray_app.store.folders import settings_file
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings, SettingsFile
from tray_app.team.session import Session, open_session
from tray_app.team.watch import Snapshot
from tray_app.words.settings_words import settings_fault_words

if TYPE_CHECKING:
    from tray_app.desktop.demo import Demo


class Teams(QObject):
    """Opens the teams, and has one of them polled and shown.

    What is wanted of a team before one is open comes to nothing.
    """

    opened = Signal()
    """The user's own team is open, or can't be opened."""
    switched = Signal()
    """Another team than the last is shown."""
    snapshot_made = Signal(object)
    busy_changed = Signal()
    settings_complained = Signal(str)
    """What is wrong with the settings file, in words; empty when nothing is."""

    def __init__(
        self, environ: Mapping[str, str], keychain: Keychain, disk: Worker, network: Worker
    ) -> None:
        super().__init__()
        self._environ = environ
        self._keychain = keychain
        self._disk = disk
        self._network = network
        self._settings_file = SettingsFile(settings_file())
        self._begins_with_demo = False
        self.own: Poller | None = None
        """The user's own team, as soon as its files are open."""
        self.shown: Poller | None = None
        """The team on the screen: the user's own, or the demo's."""
        self._unopened = Snapshot()
        """What is to be seen while no team is shown."""

    @property
    def settings(self) -> Settings:
        """The user's choices, as far as they are known."""
        return self.own.session.settings if self.own is not None else Settings()

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the team that is shown."""
        return self.shown.session.snapshot if self.shown is not None else self._unopened

    @property
    def busy(self) -> bool:
        """Whether a poll of the team that is shown is under way."""
        return self.shown is not None and self.shown.busy

    def open(self, *, demo: bool) -> None:
        """Read the settings, open the files of the user's own team, and show it, or the demo."""
        self._begins_with_demo = demo
        self._unopened = Snapshot()

        def load_and_open() -> tuple[Session, str]:
            settings, faults = self._settings_file.load()
            complaint = " ".join(map(settings_fault_words, faults))
            return open_session(self._environ, self._keychain, settings), complaint

        def go_on(loaded: tuple[Session, str]) -> None:
            session, complaint = loaded
            self.own = self._poller_of(session)
            self.opened.emit()
            self.settings_complained.emit(complaint)
            if demo:
                self.show_demo()
            else:
                self.show_own()

        self._disk.submit(load_and_open, go_on, self._fail_to_open)

    @Slot()
    def show_own(self) -> None:
        """Poll the user's own team from now on, with the key that it has now."""
        if self.own is not None:
            self._show(self.own)

    @Slot()
    def show_demo(self) -> None:
        """Poll the demo from now on."""
        keychain, settings = self._keychain, self.settings

        def make_demo() -> "Demo":
            from tray_app.desktop.demo import Demo

            return Demo(keychain, settings)

        def go_on(demo: "Demo") -> None:
            poller = self._poller_of(demo)
            self._show(poller)
            if self.settings is not settings:  # others were saved meanwhile
                poller.apply(self.settings)

        self._disk.submit(make_demo, go_on, self._fail_to_open)

    @Slot()
    def refresh(self) -> None:
        """Ask for newer figures, or try again to open what could not be opened."""
        if self.shown is not None:
            self.shown.refresh()
        elif self._unopened.problem is not None:
            self.open(demo=self._begins_with_demo)

    @Slot()
    def poll(self) -> None:
        """Ask for newer figures by the program's own wish."""
        if self.shown is not None:
            self.shown.poll()

    def unlock(self) -> None:
        """Ask for newer figures; the keychain may ask the user for its password."""
        if self.shown is not None:
            self.shown.poll(prompt=True, by_user=True)

    def snooze(self, choice: SnoozeChoice) -> None:
        """Hold alerts back."""
        if self.shown is not None:
            self.shown.snooze(choice)

    @Slot(object)
    def note_heard(self, news: tuple[int, Alert]) -> None:
        """Note that the user was told an alert; of which team, the teams know by its id."""
        for poller in self._pollers():
            poller.note_heard(*news)

    @Slot(object)
    def choose(self, settings: Settings) -> None:
        """Judge by other settings from now on, and keep them if that can be done."""
        for poller in self._pollers():
            poller.apply(settings)
        unsaved = tr("The settings can't be saved. They are used until you quit.")

        def save() -> str:
            try:
                self._settings_file.save(settings)
            except OSError:
                return unsaved
            return ""

        complain = self.settings_complained.emit
        self._disk.submit(save, complain, lambda _defect: complain(unsaved))

    def _fail_to_open(self, defect: Problem) -> None:
        self.opened.emit()
        if self.shown is None:
            self._unopened = Snapshot(problem=defect)
            self.snapshot_made.emit(self._unopened)

    def _poller_of(self, session: Session) -> Poller:
        poller = Poller(session, self._network)
        poller.snapshot_made.connect(self.snapshot_made)
        poller.busy_changed.connect(self.busy_changed)
        return poller

    def _show(self, poller: Poller) -> None:
        if self.shown is not None and self.shown is not poller:
            self.shown.stop()
            self.switched.emit()
        self.shown = poller
        poller.start()
        self.busy_changed.emit()  # which differs from that of the team shown before

    def _pollers(self) -> set[Poller]:
        return {each for each in (self.own, self.shown) if each is not None}
