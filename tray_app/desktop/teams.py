"""The teams of the program: the user's own, and while the demo is played the demo's."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.poller import Poller
from tray_app.desktop.system.worker import Worker
from tray_app.errors import Kind
from tray_app.lemlist.balance import Team
from tray_app.report.team_views import team_names
from tray_app.rules.schedule import Place
from tray_app.store.file_fault import FileFault
from tray_app.store.folders import settings_file
from tray_app.store.keychain import Keychain
from tray_app.store.settings import (
    ALL_FIELDS,
    FIRST_ACCOUNT,
    Choices,
    Settings,
    SettingsFile,
    TeamEntry,
)
from tray_app.team.announcer import News
from tray_app.team.api import Checked, Connector, check_key
from tray_app.team.credentials import watched_teams
from tray_app.team.session import Session, last_teams, own_session
from tray_app.words.formats import Formats
from tray_app.words.settings_words import settings_fault_words, unsaved_settings_words

if TYPE_CHECKING:
    from tray_app.desktop.demo import Demo


_SHUT = (Kind.KEYCHAIN_LOCKED, Kind.KEYCHAIN_WAITING, Kind.KEYCHAIN_UNAVAILABLE)
"""The problems of a keychain that has given no key."""


class Teams(QObject):
    """Owns the teams' pollers and the settings file, and has the user's teams polled, or the demo.

    Of the teams that are polled, one is shown: the popup's page, the windows and the actions are
    about it.
    """

    begun = Signal()
    """The settings are known, so that the teams can be polled."""
    switched = Signal()
    """Other teams than before are polled: the user's own, or the demo's."""
    changed = Signal()
    """A team that is polled was added, removed, renamed or moved, or is chosen anew."""
    page_turned = Signal()
    """Another team is shown."""
    snapshot_made = Signal(object)
    """The :class:`Poller` of a team of which something new is known."""
    busy_changed = Signal()
    """A team's poll has begun or ended."""
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
        make_worker: Callable[[str], Worker],
    ) -> None:
        """``network`` is the first team's worker; ``make_worker`` makes each other team's."""
        super().__init__()
        self._environ = environ
        self._keychain = keychain
        self._disk = disk
        self._network = network
        self._formats = formats
        self._make_worker = make_worker
        self.file = SettingsFile(settings_file())
        """Where settings and teams are kept."""
        self._settings = Settings()
        self._connect = Connector(environ)
        self._workers: dict[str, Worker] = {}  # those that were made here, by account
        self._ending: list[Worker] = []  # workers of teams that are gone
        self._unlocking: Poller | None = None  # the team for which the user unlocks the keychain
        self.icon_team = ""
        """The account of the team that the icon shows; empty: the one that needs its user most."""
        self.own = [self._own_poller(TeamEntry())]
        """The user's own teams, in the user's order; at least one."""
        self.polled = self.own
        """The teams that are polled: the user's own, or the demo's."""
        self.shown = self.own[0]
        """The team on the screen, one of those that are polled."""

    @property
    def settings(self) -> Settings:
        """The user's choices: the default ones until the settings file is read."""
        return self._settings

    def names(self) -> list[str]:
        """Name the teams that are polled, in their order; no two of them are called the same."""
        return self.names_of(self.polled)

    @staticmethod
    def names_of(pollers: list[Poller]) -> list[str]:
        """Name these teams; no two of them are called the same."""
        return team_names([(one.session.entry, one.session.lemlists_name) for one in pollers])

    def begin(self, *, demo: int) -> None:
        """Read the settings, and show the user's own teams, or a demo of so many teams."""
        before = self._settings

        def go_on(choices: Choices) -> None:
            self._take_choices(choices, before)
            self.begun.emit()
            if demo:
                self.show_demo(demo)
            else:
                self.show_own()

        # The worker tells of a defect, after which the default settings are used.
        nothing = Choices(self._settings, (TeamEntry(),), "", [])
        self._disk.submit(self.file.load, go_on, lambda _defect: go_on(nothing))

    @Slot()
    def load_again(self) -> None:
        """Take up what another program, or another session of the user, has saved.

        Teams that are gone are polled no more, and what their workers still do is left to itself.
        """
        before = self._settings
        self._disk.submit(self.file.load, lambda choices: self._follow_file(choices, before))

    def _follow_file(self, choices: Choices, before: Settings, complaint: str = "") -> None:
        """Take up what the settings file has while the teams are polled."""
        are_polled = any(poller.is_started for poller in self.own)
        self._take_choices(choices, before, complaint)
        for poller in self.own:
            if are_polled and not poller.is_started:
                poller.start()
        self.changed.emit()

    @Slot()
    def show_own(self) -> None:
        """Poll the user's own teams from now on, with the keys that they have now."""
        self._poll_only(self.own)

    @Slot()
    def leave_demo(self) -> None:
        """Poll the user's own teams, if the demo is played."""
        if self.polled is not self.own:
            self.show_own()

    @Slot()
    def use_changed_keys(self) -> None:
        """Use the keys that the keychain has now, as another program has changed one."""
        for poller in self.own:
            poller.forget_key(partial(self.poll_anew, poller))

    def poll_anew(self, poller: Poller, _nothing: object = None) -> None:
        """Poll one of the user's teams with the key that it has now; forget what was known."""
        if self.polled is self.own and poller in self.own:
            poller.start()

    @Slot()
    def poll_all(self) -> None:
        """Poll all teams now, as after a sleep."""
        for poller in self.polled:
            poller.poll()

    @Slot()
    def unlock(self) -> None:
        """Have the user unlock the keychain for the shown team, and then read the others' keys."""
        self._unlocking = self.shown
        self.shown.poll(prompt=True, by_user=True)

    @Slot(str)
    def turn_to(self, account: str) -> None:
        """Show a team, if it is one of those that are polled."""
        for poller in self.polled:
            if poller.account == account and poller is not self.shown:
                self.shown = poller
                self.page_turned.emit()

    @Slot()
    def show_demo(self, number: int = 1) -> None:
        """Poll the demo's teams from now on, of which there are so many."""
        keychain = self._keychain

        def make_demo() -> "list[Demo]":
            from tray_app.desktop.demo import demos

            return demos(keychain, number)

        def go_on(teams: "list[Demo]") -> None:
            for team in teams:
                team.take_settings(self.settings)
            # One worker does for all: these teams are in memory, so that none can hang.
            self._poll_only([self._poller_of(team, self._network) for team in teams])

        self._disk.submit(make_demo, go_on)

    @Slot(object)
    def note_heard(self, news: News) -> None:
        """Note that the user was told an alert; its team recognises it by the id."""
        for poller in self._all():
            poller.note_heard(news)

    @Slot(object, object)
    def apply_and_save(self, chosen: Settings, names: Sequence[str] = ALL_FIELDS) -> None:
        """Judge by the choices of these names from now on, and keep them if that can be done.

        All others stay as they are, also those that another program has saved meanwhile.
        """
        self._settings = settings = self._settings.with_choices(chosen, names)
        for poller in self._all():
            poller.apply(settings.with_own(poller.session.entry.own))
        unsaved = unsaved_settings_words()
        entries = [poller.session.entry for poller in self.own]

        def save() -> tuple[FileFault | None, Choices] | None:
            try:
                fault = self.file.save(settings, entries, names)
            except OSError:
                return None
            return fault, self.file.load()

        def end(saved: tuple[FileFault | None, Choices] | None) -> None:
            if saved is None:
                self.settings_complained.emit(unsaved)
                return
            fault, choices = saved
            complaint = settings_fault_words(fault, self._formats) if fault is not None else ""
            self._follow_file(choices, settings, complaint)
            if fault is None:
                self.settings_saved.emit()

        self._disk.submit(save, end, lambda _defect: end(None))

    def check_key(self, key: str) -> Checked:
        """Find out what a key opens; blocks, and raises as :func:`check_key` does."""
        return check_key(self._connect, key)

    def finish(self, seconds: float) -> None:
        """Wait at most so many seconds for all teams' workers."""
        end = time.monotonic() + seconds
        for poller in self._all():
            poller.finish(max(end - time.monotonic(), 0.0))
        for worker in self._ending:
            worker.finish(max(end - time.monotonic(), 0.0))

    def _all(self) -> list[Poller]:
        demo = [] if self.polled is self.own else self.polled
        return [*self.own, *demo]

    def _take_choices(self, choices: Choices, before: Settings, complaint: str = "") -> None:
        """Take up what the settings file has: the common choices, and the list of teams.

        ``before`` are the settings that were used when the file was read, and ``complaint`` is
        what is to be said of the file first.
        """
        if self._settings is before:  # the user has saved no others meanwhile
            self._settings = choices.settings
        complaints = (settings_fault_words(fault, self._formats) for fault in choices.faults)
        self.settings_complained.emit(" ".join(filter(None, (complaint, *complaints))))
        self.icon_team = choices.icon_team
        teams: Iterable[TeamEntry] = choices.teams
        if not choices.is_whole:
            teams = [poller.session.entry for poller in self.own]
        entries = watched_teams(self._environ, teams)
        known = {poller.account: poller for poller in self.own}
        self.own[:] = [
            known.pop(entry.account) if entry.account in known else self._own_poller(entry)
            for entry in entries
        ]
        self._ending = [worker for worker in self._ending if not worker.has_ended]
        for gone in known.values():
            self._leave(gone)
        for poller, entry in zip(self.own, entries, strict=True):
            poller.session.entry = entry
            poller.apply(self._settings.with_own(entry.own))
        _give_places(self.own)
        self._read_last_teams()
        if self.shown not in self.polled:
            self.shown = self.polled[0]
            self.page_turned.emit()

    def _leave(self, poller: Poller) -> None:
        """Let go of a team that is gone. Its worker may hang, so nobody waits for it."""
        poller.leave()
        if (worker := self._workers.pop(poller.account, None)) is not None:
            worker.end()
            self._ending.append(worker)

    def _read_last_teams(self) -> None:
        """Learn which teams those were that have not answered yet, and how they were called."""

        def take(teams: Mapping[str, Team]) -> None:
            has_news = False
            for poller in self.own:
                session, last = poller.session, teams.get(poller.account, Team("", ""))
                has_news |= (session.last_team_id, session.last_name) != (last.id, last.name)
                session.last_team_id, session.last_name = last.id, last.name
            if has_news:
                self.changed.emit()

        accounts = [poller.account for poller in self.own]
        self._disk.submit(partial(last_teams, accounts), take)

    def _receive_snapshot(self, poller: Poller) -> None:
        self.snapshot_made.emit(poller)
        problem = poller.session.snapshot.problem
        if poller is not self._unlocking or (problem is not None and problem.kind in _SHUT):
            return
        self._unlocking = None
        for other in self.polled:
            problem = other.session.snapshot.problem
            if problem is not None and problem.kind is Kind.KEYCHAIN_LOCKED:
                other.poll()

    def _own_poller(self, entry: TeamEntry) -> Poller:
        keychain = self._keychain.of(entry.account)
        worker = self._network
        if entry.account != FIRST_ACCOUNT:
            worker = self._workers[entry.account] = self._make_worker(entry.account)
        session = own_session(self._environ, keychain, entry, self._connect)
        return self._poller_of(session, worker)

    def _poller_of(self, session: Session, worker: Worker) -> Poller:
        poller = Poller(session, worker)
        poller.snapshot_made.connect(lambda: self._receive_snapshot(poller))
        poller.busy_changed.connect(self.busy_changed)
        return poller

    def _poll_only(self, pollers: list[Poller]) -> None:
        """Poll these teams and no others."""
        if pollers is not self.polled:
            for poller in self.polled:
                poller.stop()
            self.polled = pollers
            self.shown = pollers[0]
            _give_places(pollers)
            self.switched.emit()
        for poller in pollers:
            poller.start()
        self.busy_changed.emit()  # these teams may be busy, and the last ones not


def _give_places(pollers: list[Poller]) -> None:
    """Have teams polled in turn."""
    for number, poller in enumerate(pollers):
        poller.session.place = Place(number, len(pollers))
