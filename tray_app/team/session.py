"""A team: the one place for all that belongs to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from tray_app.lemlist.balance import Team
from tray_app.rules.schedule import Place
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, session_of, teams_file
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT, Settings, TeamEntry
from tray_app.store.teams import TeamsFile
from tray_app.team.analyst import Analyst
from tray_app.team.api import Api, Connector
from tray_app.team.credentials import Credentials
from tray_app.team.watch import Snapshot, Watch


@dataclass(eq=False)
class Session:
    """One team: its place in the list, its settings, watch and history, and what was seen last.

    Settings and snapshot belong to the thread that shows the team. ``watch`` and its calls block,
    and belong to one worker thread.
    """

    open_watch: Callable[[Settings], Watch]
    open_history: Callable[[], History]
    """Returns a new History: each thread that reads the recorded balances needs its own."""
    settings: Settings = field(default_factory=Settings)
    """What the team is judged by, as soon as the worker has told the watch."""
    snapshot: Snapshot = field(default_factory=Snapshot)
    """What is known now."""
    entry: TeamEntry = field(default_factory=TeamEntry)
    """The team as it stands in the user's list."""
    last_name: str = ""
    """How lemlist called the team in an earlier run, for as long as this run has no answer."""
    last_team_id: str = ""
    """lemlist's identity of the team in an earlier run."""
    place: Place = field(default_factory=Place)
    """Which of the teams that are polled in turn this one is."""

    @cached_property
    def watch(self) -> Watch:
        """The team's watch, made at its first use, which opens the team's files."""
        return self.open_watch(self.settings)

    @property
    def lemlists_name(self) -> str | None:
        """How lemlist calls the team, as far as is known."""
        if self.snapshot.reading is None:
            return self.last_name or None
        return self.snapshot.team

    @property
    def team_id(self) -> str | None:
        """Lemlist's identity of the team, as far as is known."""
        if self.snapshot.reading is None:
            return self.last_team_id or None
        return self.snapshot.team_id

    def close(self) -> None:
        """Close the team's files, in the worker's thread, until the watch needs them again."""
        if "watch" in vars(self):
            self.watch.close()

    def take_settings(self, settings: Settings) -> None:
        """Take other settings; if the watch is open, its ``apply`` is to be called as well."""
        self.settings = settings


def own_session(
    environ: Mapping[str, str],
    keychain: Keychain,
    entry: TeamEntry,
    connect: Callable[[str], Api] | None = None,
) -> Session:
    """Return one of the user's own teams, whose key ``keychain`` holds.

    A key in the environment takes the place of the first account's. Teams that are watched by one
    program share the :class:`Connector` that is ``connect``.
    """
    open_history = partial(History, history_file())
    account = entry.account

    def open_watch(settings: Settings) -> Watch:
        credentials = Credentials(environ if account == FIRST_ACCOUNT else {}, keychain)
        alerts = AlertsFile(alerts_file(), account, session_of(environ))
        # Importing it takes 0.1 s, during which the keychain is being asked already.
        import tray_app.lemlist.client  # noqa: F401

        analyst = Analyst(open_history())
        return Watch(credentials, connect or Connector(environ), alerts, settings, analyst)

    return Session(open_watch, open_history, entry=entry)


def last_teams(accounts: Iterable[str]) -> dict[str, Team]:
    """Return which teams the accounts opened last, as far as files tell; reads block."""
    teams = TeamsFile(teams_file())
    ids = {account: AlertsFile(alerts_file(), account).load().team_id for account in accounts}
    return {
        account: Team(team, teams.name_of(team))
        for account, team in ids.items()
        if isinstance(team, str)
    }
