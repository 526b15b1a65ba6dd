"""The teams of the program: the user's own, and while the demo is played the demo's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.poller import Poller
from tray_app.desktop.system.worker import Worker
from tray_app.i18n import tr
from tray_app.store.file_fault import FileFault
from tray_app.store.folders import settings_file
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FieldFault, Settings, SettingsFile
from tray_app.team.announcer import News
from tray_app.team.session import Session, own_session
from tray_app.words.formats import Formats
from tray_app.words.settings_words import settings_fault_words

if TYPE_CHECKING:
    from tray_app.desktop.demo import Demo


class Teams(QObject):
    """Owns the teams' pollers and the settings file, and has one of the teams polled and shown."""

    begun = Signal()
    """The settings are known, so that the first team can be polled."""
    switched = Signal()
    """Another team than the last is shown."""
    snapshot_made = Signal(object)
    busy_changed = Signal()
    settings_complained = Signal(str)
    """What is wrong with the settings file, in words; empty when nothing is."""
    settings_saved = Signal()

    def __init__(
        self,
        environ: Mapping[str, str],
        keychain: Keychain,
        disk: Worker,
        network: Worker,
        formats: Formats,
    ) -> None:
        super().__init__()
        self._keychain = keychain
        self._disk = disk
        self._network = network
        self._formats = formats
        self._settings_file = SettingsFile(settings_file())
        self.own = self._poller_of(own_session(environ, keychain))
        self.shown = self.own
        """The team on the screen: the user's own, or the demo's."""

    @property
    def settings(self) -> Settings:
        """The user's choices: the default ones until the settings file is read."""
        return self.own.session.settings

    def begin(self, *, demo: bool) -> None:
        """Read the settings, and show the user's own team, or the demo."""
        default = self.settings

        def go_on(loaded: tuple[Settings, list[FileFault | FieldFault]]) -> None:
            settings, faults = loaded
            if self.settings is default:  # the user has saved no others meanwhile
                self.own.session.choose(settings)
            self.begun.emit()
            self._complain(faults)
            if demo:
                self.show_demo()
            else:
                self.show_own()

        # The worker tells of a defect, after which the default settings are used.
        self._disk.submit(self._settings_file.load, go_on, lambda _defect: go_on((Settings(), [])))

    @Slot()
    def show_own(self) -> None:
        """Poll the user's own team from now on, with the key that it has now."""
        self._show(self.own)

    @Slot()
    def show_demo(self) -> None:
        """Poll the demo from now on."""
        keychain = self._keychain

        def make_demo() -> "Demo":
            from tray_app.desktop.demo import Demo

            return Demo(keychain)

        def go_on(demo: "Demo") -> None:
            demo.choose(self.settings)
            self._show(self._poller_of(demo))

        self._disk.submit(make_demo, go_on)

    @Slot(object)
    def note_heard(self, news: News) -> None:
        """Note that the user was told an alert; each team recognises its own by the id."""
        for poller in {self.own, self.shown}:
            poller.note_heard(news)

    @Slot(object)
    def choose(self, settings: Settings) -> None:
        """Judge by other settings from now on, and keep them if that can be done."""
        self._use(settings)
        unsaved = tr("The settings can't be saved. They are used until you quit.")

        def save() -> str:
            try:
                fault = self._settings_file.save(settings)
            except OSError:
                return unsaved
            return settings_fault_words(fault, self._formats) if fault is not None else ""

        def end(complaint: str) -> None:
            self.settings_complained.emit(complaint)
            if not complaint:
                self.settings_saved.emit()

        self._disk.submit(save, end, lambda _defect: end(unsaved))

    @Slot()
    def read_settings_again(self) -> None:
        """Judge by the settings in the file, which another session has saved."""

        def go_on(loaded: tuple[Settings, list[FileFault | FieldFault]]) -> None:
            settings, faults = loaded
            if settings != self.settings:
                self._use(settings)
            self._complain(faults)

        self._disk.submit(self._settings_file.load, go_on)

    def _use(self, settings: Settings) -> None:
        for poller in {self.own, self.shown}:
            poller.apply(settings)

    def _complain(self, faults: list[FileFault | FieldFault]) -> None:
        complaints = (settings_fault_words(fault, self._formats) for fault in faults)
        self.settings_complained.emit(" ".join(complaints))

    def _poller_of(self, session: Session) -> Poller:
        poller = Poller(session, self._network)
        poller.snapshot_made.connect(self.snapshot_made)
        poller.busy_changed.connect(self.busy_changed)
        return poller

    def _show(self, poller: Poller) -> None:
        if poller is not self.shown:
            self.shown.stop()
            self.switched.emit()
        self.shown = poller
        poller.start()
        self.busy_changed.emit()  # this team may be busy, and the last one not
