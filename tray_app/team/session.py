"""A team as the program has it: the one place for all that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file
from tray_app.store.history_database import History
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.api import connector
from tray_app.team.credentials import Credentials
from tray_app.team.watch import Snapshot, Watch


@dataclass(eq=False)
class Session:
    """One team. The thread that shows it owns settings and snapshot, one worker uses ``watch``."""

    watch: Watch
    settings: Settings
    """What the team is judged by, or is going to be as soon as the worker comes to it."""
    history_path: Path
    """The file in which the balances are recorded."""
    snapshot: Snapshot = field(default_factory=Snapshot)
    """What is known now."""

    def choose(self, settings: Settings) -> None:
        """Take other settings, which ``watch.apply`` has to be told of."""
        self.settings = settings


def open_session(environ: Mapping[str, str], keychain: Keychain, settings: Settings) -> Session:
    """Open what is kept of the user's own team; blocks as the disk does."""
    credentials, path = Credentials(environ, keychain), history_file()
    alerts, analyst = AlertsFile(alerts_file(), ACCOUNT), Analyst(History(path))
    return Session(
        Watch(credentials, connector(environ), alerts, settings, analyst), settings, path
    )
