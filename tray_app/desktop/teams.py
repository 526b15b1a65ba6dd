"""The teams of the program: the user's own, and while the demo is played the demo's."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.poller import Poller
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.key_flow import KeyTarget, KnownTeam
from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.report.team_views import ListedTeam, team_names
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, settings_file
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import (
    FIRST_ACCOUNT,
    Choices,
    ChosenTeams,
    Settings,
    SettingsFile,
    TeamEntry,
    new_team,
)
from tray_app.team.announcer import News
from tray_app.team.credentials import KeySource
from tray_app.team.session import Session, own_session
from tray_app.words.formats import Formats
from tray_app.words.settings_words import settings_fault_words

if TYPE_CHECKING:
    from tray_app.desktop.demo import Demo


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
    added = Signal(str)
    """The account of a team that the user has added."""

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
        self._settings_file = SettingsFile(settings_file())
        self._settings = self._default = Settings()
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

    def begin(self, *, demo: int) -> None:
        """Read the settings, and show the user's own teams, or a demo of so many teams."""

        def go_on(choices: Choices) -> None:
            self._take_choices(choices)
            self.begun.emit()
            if demo:
                self.show_demo(demo)
            else:
                self.show_own()

        # The worker tells of a defect, after which the default settings are used.
        nothing = Choices(self._settings, (TeamEntry(),), "", [])
        self._disk.submit(self._settings_file.load, go_on, lambda _defect: go_on(nothing))

    @Slot()
    def read_settings_again(self) -> None:
        """Take up what another program, or another session of the user, has saved."""

        def go_on(choices: Choices) -> None:
            self._default = self._settings
            self._take_choices(choices)
            self.changed.emit()

        self._disk.submit(self._settings_file.load, go_on)

    @Slot()
    def show_own(self) -> None:
        """Poll the user's own teams from now on, with the keys that they have now."""
        self._poll_only(self.own)

    @Slot()
    def use_changed_keys(self) -> None:
        """Use the keys that the keychain has now, as another program has changed one."""
        for poller in self.own:
            poller.forget_key(partial(self._poll_anew, poller))

    def _poll_anew(self, poller: Poller, _nothing: object) -> None:
        if self.polled is self.own and poller in self.own:
            poller.start()

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
                team.choose(self.settings)
            # One worker does for all: these teams are in memory, so that none can hang.
            self._poll_only([self._poller_of(team, self._network) for team in teams])

        self._disk.submit(make_demo, go_on)

    @Slot(object)
    def note_heard(self, news: News) -> None:
        """Note that the user was told an alert; each team recognises its own by the id."""
        for poller in self._all():
            poller.note_heard(news)

    @Slot(object)
    def choose(self, settings: Settings) -> None:
        """Judge by other settings from now on, and keep them if that can be done."""
        self._settings = settings
        for poller in self._all():
            poller.apply(settings.with_own(poller.session.entry.own))
        unsaved = tr("The settings can't be saved. They are used until you quit.")

        def save() -> str:
            try:
                self._settings_file.save(settings)
            except OSError:
                return unsaved
            return ""

        def end(complaint: str) -> None:
            self.settings_complained.emit(complaint)
            if not complaint:
                self.settings_saved.emit()

        self._disk.submit(save, end, lambda _defect: end(unsaved))

    def known_teams(self) -> list[KnownTeam]:
        """Return the user's own teams, for whoever enters a key."""
        names = team_names([(one.session.entry, one.session.snapshot.team) for one in self.own])
        return [
            KnownTeam(poller.session.snapshot.team_id, name, self.target_of(poller))
            for poller, name in zip(self.own, names, strict=True)
        ]

    def listed_teams(self) -> list[ListedTeam]:
        """Return the user's own teams as the settings show them."""
        names = team_names([(one.session.entry, one.session.snapshot.team) for one in self.own])
        return [
            ListedTeam(
                one.session.entry,
                name,
                one.session.snapshot.team or "",
                can_be_removed=one.session.snapshot.key_source is not KeySource.ENVIRONMENT,
            )
            for one, name in zip(self.own, names, strict=True)
        ]

    def target_of(self, poller: Poller) -> KeyTarget:
        """Return the way to give a team another key."""

        def use(
            key: str,
            store: bool,
            done: Callable[[object], object],
            failed: Callable[[Problem], object],
        ) -> None:
            poller.use_key(key, done, failed, store=store)

        names = team_names([(one.session.entry, one.session.snapshot.team) for one in self.own])
        is_one_of_several = poller in self.own and len(self.own) > 1
        name = names[self.own.index(poller)] if is_one_of_several else ""
        return KeyTarget(use, poller.account, name)

    def new_team(self) -> KeyTarget:
        """Return the way to add a team, whose key is always stored; the first needs no place."""
        first = self.own[0]
        if len(self.own) == 1 and first.session.snapshot.key_source is None:
            return self.target_of(first)
        return KeyTarget(self._add)

    def _add(
        self,
        key: str,
        _store: bool,
        done: Callable[[object], object],
        failed: Callable[[Problem], object],
    ) -> None:
        settings, keychain = self._settings_file, self._keychain

        def add() -> str:
            # The key comes first: who does not unlock the keychain has the list as it was.
            team = new_team()
            keychain.of(team.account).write(key)
            try:
                settings.add_team(team)
            except (OSError, ValueError) as error:
                with suppress(Problem):
                    keychain.of(team.account).remove()
                raise Problem(Kind.LIST_UNSAVED, type(error).__name__) from None
            return team.account

        def go_on(account: str) -> None:
            self.read_settings_again()
            self.settings_saved.emit()
            self.added.emit(account)
            done(None)

        self._network.submit(add, go_on, failed)

    def remove(
        self,
        account: str,
        done: Callable[[object], object],
        failed: Callable[[Problem], object],
        *,
        with_history: bool,
    ) -> None:
        """Remove a team's key, its place in the list, and what was said of it.

        ``with_history`` removes what was recorded of it too, unless another team has the same.
        """
        poller = next(one for one in self.own if one.account == account)
        settings, keychain = self._settings_file, self._keychain
        team_id = poller.session.snapshot.team_id
        others = [one.session.snapshot.team_id for one in self.own if one is not poller]
        forgets = with_history and team_id is not None and team_id not in others

        def remove() -> None:
            keychain.of(account).remove()
            try:
                settings.remove_team(account)
                AlertsFile(alerts_file(), account).remove()
            except OSError as error:
                raise Problem(Kind.LIST_UNSAVED, type(error).__name__) from None
            if forgets and team_id is not None:
                past = History(history_file())
                past.remove(team_id)
                past.close()

        def go_on(_nothing: object) -> None:
            poller.forget_key(partial(self._poll_anew, poller))  # if it is the only team's place
            self.read_settings_again()
            self.settings_saved.emit()
            done(None)

        self._network.submit(remove, go_on, failed)

    @Slot(object)
    def choose_teams(self, chosen: ChosenTeams) -> None:
        """Keep how the teams are called and ordered, and what was chosen for each alone."""
        settings, unsaved = self._settings_file, tr("The list of teams can't be saved.")
        before = {one.account: one.session.entry for one in self.own}

        def save() -> str:
            try:
                for team in chosen.teams:
                    known = before.get(team.account, team)
                    if team.name != known.name:
                        settings.rename_team(team.account, team.name)
                    if team.own != known.own:
                        settings.choose_for_team(team.account, team.own)
                settings.order_teams([team.account for team in chosen.teams])
                settings.choose_icon_team(chosen.on_icon)
            except OSError:
                return unsaved
            return ""

        def end(complaint: str) -> None:
            self.settings_complained.emit(complaint)
            if not complaint:
                self.read_settings_again()
                self.settings_saved.emit()

        self._disk.submit(save, end, lambda _defect: end(unsaved))

    def finish(self, seconds: float) -> None:
        """Wait at most so many seconds for each team's worker."""
        for poller in self._all():
            poller.finish(seconds)

    def _all(self) -> list[Poller]:
        demo = [] if self.polled is self.own else self.polled
        return [*self.own, *demo]

    def _take_choices(self, choices: Choices) -> None:
        """Take up what the settings file has: the common choices, and the list of teams."""
        if self._settings is self._default:  # the user has saved no others meanwhile
            self._settings = choices.settings
        complaints = (settings_fault_words(fault, self._formats) for fault in choices.faults)
        self.settings_complained.emit(" ".join(complaints))
        self.icon_team = choices.icon_team
        known = {poller.account: poller for poller in self.own}
        self.own[:] = [
            known.pop(entry.account) if entry.account in known else self._own_poller(entry)
            for entry in choices.teams
        ]
        for gone in known.values():
            gone.stop()
        for poller, entry in zip(self.own, choices.teams, strict=True):
            poller.session.entry = entry
            poller.apply(self._settings.with_own(entry.own))
        if self.shown not in self.polled:
            self.shown = self.polled[0]
            self.page_turned.emit()

    def _own_poller(self, entry: TeamEntry) -> Poller:
        keychain = self._keychain.of(entry.account)
        is_first = entry.account == FIRST_ACCOUNT
        worker = self._network if is_first else self._make_worker(entry.account)
        return self._poller_of(own_session(self._environ, keychain, entry), worker)

    def _poller_of(self, session: Session, worker: Worker) -> Poller:
        poller = Poller(session, worker)
        poller.snapshot_made.connect(lambda: self.snapshot_made.emit(poller))
        poller.busy_changed.connect(self.busy_changed)
        return poller

    def _poll_only(self, pollers: list[Poller]) -> None:
        """Poll these teams and no others."""
        if pollers is not self.polled:
            for poller in self.polled:
                poller.stop()
            self.polled = pollers
            self.shown = pollers[0]
            self.switched.emit()
        for poller in pollers:
            poller.start()
        self.busy_changed.emit()  # these teams may be busy, and the last ones not
