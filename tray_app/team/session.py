"""A team: the one place for all that belongs to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, session_of
from tray_app.store.history_database import History
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.api import connector
from tray_app.team.credentials import Credentials
from tray_app.team.watch import Snapshot, Watch


@dataclass(eq=False)
class Session:
    """One team: its account, its settings, its watch, its history and what was seen of it last.

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

    @cached_property
    def watch(self) -> Watch:
        """The team's watch, made at its first use, which opens the team's files."""
        return self.open_watch(self.settings)

    def choose(self, settings: Settings) -> None:
        """Take other settings; if the watch is open, its ``apply`` is to be called as well."""
        self.settings = settings


def own_session(environ: Mapping[str, str], keychain: Keychain) -> Session:
    """Return the user's own team."""
    open_history = partial(History, history_file())

    def open_watch(settings: Settings) -> Watch:
        credentials = Credentials(environ, keychain)
        alerts = AlertsFile(alerts_file(), ACCOUNT, session_of(environ))
        return Watch(credentials, connector(environ), alerts, settings, Analyst(open_history()))

    return Session(open_watch, open_history)
