"""A team: the one place for all that belongs to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, session_of
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT, Settings, TeamEntry
from tray_app.team.analyst import Analyst
from tray_app.team.api import connector
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

    @cached_property
    def watch(self) -> Watch:
        """The team's watch, made at its first use, which opens the team's files."""
        return self.open_watch(self.settings)

    def choose(self, settings: Settings) -> None:
        """Take other settings; if the watch is open, its ``apply`` is to be called as well."""
        self.settings = settings


def own_session(environ: Mapping[str, str], keychain: Keychain, entry: TeamEntry) -> Session:
    """Return one of the user's own teams, whose key ``keychain`` holds.

    A key in the environment takes the place of the first team's.
    """
    open_history = partial(History, history_file())
    account = entry.account

    def open_watch(settings: Settings) -> Watch:
        credentials = Credentials(environ if account == FIRST_ACCOUNT else {}, keychain)
        alerts = AlertsFile(alerts_file(), account, session_of(environ))
        return Watch(credentials, connector(environ), alerts, settings, Analyst(open_history()))

    return Session(open_watch, open_history, entry=entry)
