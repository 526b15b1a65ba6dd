"""A team as the program has it: the one place for all that belongs to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file
from tray_app.store.history_database import History
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.credentials import Credentials
from tray_app.team.watch import Snapshot, Watch, connector


@dataclass(eq=False)
class Session:
    """One team: its account, its settings, its watch, its history and what was seen of it last.

    Settings and snapshot belong to the thread that shows the team. The calls of ``watch`` block,
    and belong to one worker thread.
    """

    watch: Watch
    settings: Settings
    """What the team is judged by, or is going to be as soon as the worker comes to it."""
    open_history: Callable[[], History]
    """Gives each thread that reads the recorded balances its own access to them."""
    snapshot: Snapshot = field(default_factory=Snapshot)
    """What is known now."""

    def choose(self, settings: Settings) -> None:
        """Take other settings, which ``watch.apply`` has to be told of."""
        self.settings = settings


def open_session(environ: Mapping[str, str], keychain: Keychain, settings: Settings) -> Session:
    """Open what is kept of the user's own team; blocks as the disk does."""
    open_history = partial(History, history_file())
    watch = Watch(
        Credentials(environ, keychain),
        connector(environ),
        AlertsFile(alerts_file(), ACCOUNT),
        settings,
        Analyst(open_history()),
    )
    return Session(watch, settings, open_history)
