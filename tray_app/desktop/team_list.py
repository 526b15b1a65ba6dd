"""What the user does with the list of teams: adding, removing, naming, ordering, another key."""

from contextlib import closing
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.poller import Poller
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.teams import Teams
from tray_app.desktop.windows.key_flow import Done, Failed, KeyTarget, KnownTeam
from tray_app.errors import LACKS_KEY, Kind, Problem
from tray_app.report.team_views import ListedTeam
from tray_app.store.folders import history_file
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import MOST_TEAMS, ChosenTeams
from tray_app.team.credentials import KeySource
from tray_app.team.list_changes import add_team, remove_team
from tray_app.words.problem_words import history_fault_words
from tray_app.words.team_words import kept_history_words, unsaved_teams_words


class TeamList(QObject):
    """Changes the list in the settings file, with all that belongs to a team.

    ``Teams`` then reads the list anew, as it does when another program has changed it.
    """

    complained = Signal(str)
    """What could not be done as the user wants it, in words; empty when all was."""
    only_key_removed = Signal()
    """The only team's key is gone; the team's place in the list stays."""

    def __init__(
        self,
        teams: Teams,
        keychain: Keychain,
        disk: Worker,
        worker: Worker,
    ) -> None:
        """``worker`` is for what may ask the keychain, and so may take long."""
        super().__init__()
        self._teams = teams
        self._file = teams.file
        self._keychain = keychain
        self._disk = disk
        self._worker = worker

    def known_teams(self) -> list[KnownTeam]:
        """Return the user's own teams, for whoever enters a key."""
        names = self._teams.names_of(self._teams.own)
        return [
            KnownTeam(poller.session.team_id, name, self.target_of(poller))
            for poller, name in zip(self._teams.own, names, strict=True)
        ]

    def listed_teams(self) -> list[ListedTeam]:
        """Return the user's own teams as the settings show them."""
        names = self._teams.names_of(self._teams.own)
        return [
            ListedTeam(
                one.session.entry,
                name,
                one.session.lemlists_name or "",
                can_be_removed=one.session.snapshot.key_source is not KeySource.ENVIRONMENT,
            )
            for one, name in zip(self._teams.own, names, strict=True)
        ]

    def target_of(self, poller: Poller) -> KeyTarget:
        """Return the way to give a team another key."""

        def use(key: str, store: bool, done: Done, failed: Failed) -> None:
            def go_on(_nothing: object) -> None:
                self._teams.poll_anew(poller)
                done(None)

            poller.use_key(key, go_on, failed, store=store)

        names = self._teams.names_of(self._teams.own)
        is_one_of_several = poller in self._teams.own and len(self._teams.own) > 1
        name = names[self._teams.own.index(poller)] if is_one_of_several else ""
        return KeyTarget(use, poller.account, name)

    def target_of_new_team(self) -> KeyTarget:
        """Return the way to add a team, whose key is always stored; the first needs no place."""
        return self.target_of(self._teams.own[0]) if self._is_first_run() else KeyTarget(self._add)

    @property
    def has_room(self) -> bool:
        """Whether there may be another team."""
        return len(self._teams.own) < MOST_TEAMS

    def _is_first_run(self) -> bool:
        """Tell whether there is no team yet, but its place; a key that can't be read is one."""
        first, *others = self._teams.own
        problem = first.session.snapshot.problem
        return not others and problem is not None and problem.kind in LACKS_KEY

    def _add(self, key: str, store: bool, done: Done, failed: Failed) -> None:
        if self._is_first_run():  # of which nobody knew when the dialog was opened
            self.target_of(self._teams.own[0]).use(key, store, done, failed)
            return
        settings, keychain = self._file, self._keychain

        def add() -> None:
            try:
                add_team(settings, keychain, key)
            except (OSError, ValueError) as error:
                raise Problem(Kind.LIST_UNSAVED, type(error).__name__) from None

        def go_on(_nothing: None) -> None:
            self._teams.load_again()
            self._teams.settings_saved.emit()
            done(None)

        self._worker.submit(add, go_on, failed)

    def kept_history(self, account: str) -> str:
        """Say why a team's history can't be removed with the team; empty if it can."""
        names = dict(zip(self._teams.own, self._teams.names_of(self._teams.own), strict=True))
        ids = {one: one.session.team_id for one in names}
        team = next(one for one in names if one.account == account)
        others = [one for one, team_id in ids.items() if one is not team and team_id == ids[team]]
        if ids[team] is not None and not others:
            return ""
        return kept_history_words(names[others[0]] if ids[team] is not None else None)

    def remove(self, account: str, done: Done, failed: Failed, *, with_history: bool) -> None:
        """Remove a team's key, its place in the list, and what was said of it.

        ``with_history`` removes what was recorded of it too, unless another team has the same,
        or it is not known which one it is.
        """
        poller = next((one for one in self._teams.own if one.account == account), None)
        if poller is None:  # another program was faster
            done(None)
            return
        settings, keychain = self._file, self._keychain
        team_id = poller.session.team_id
        forgets = with_history and not self.kept_history(account)

        def remove() -> None:
            try:
                remove_team(settings, keychain, account)
            except OSError as error:
                raise Problem(Kind.LIST_UNSAVED, type(error).__name__) from None

        def forget_history() -> str:
            with closing(History(history_file())) as past:
                past.remove(team_id or "")
                return history_fault_words(past.fault) if past.fault is not None else ""

        def go_on(_nothing: object) -> None:
            if forgets:
                poller.end_with(forget_history, self.complained.emit)
            if len(self._teams.own) == 1:
                self.only_key_removed.emit()
            poller.forget_key(
                partial(self._teams.poll_anew, poller)
            )  # if it is the only team's place
            self._teams.load_again()
            self._teams.settings_saved.emit()
            done(None)

        self._worker.submit(remove, go_on, failed)

    @Slot(object, object)
    def choose_teams(self, chosen: ChosenTeams, shown: ChosenTeams) -> None:
        """Keep how the teams are called and ordered, and what was chosen for each alone.

        Only what differs from what was ``shown`` is written: another program may have changed the
        rest meanwhile.
        """
        settings, unsaved = self._file, unsaved_teams_words()
        before = {team.account: team for team in shown.teams}

        def save() -> str:
            try:
                for team in chosen.teams:
                    known = before[team.account]
                    if team.name != known.name:
                        settings.rename_team(team.account, team.name)
                    if team.own != known.own:
                        settings.choose_for_team(team.account, team.own)
                if chosen.order != shown.order:
                    settings.order_teams(chosen.order)
                if chosen.on_icon != shown.on_icon:
                    settings.choose_icon_team(chosen.on_icon)
            except OSError:
                return unsaved
            return ""

        def end(complaint: str) -> None:
            self.complained.emit(complaint)
            if not complaint:
                self._teams.load_again()
                self._teams.settings_saved.emit()

        self._disk.submit(save, end, lambda _defect: end(unsaved))
