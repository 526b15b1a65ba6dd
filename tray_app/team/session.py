"""A team as the program has it: the one place for all that belongs to it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, teams_file
from tray_app.store.history_database import History
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.settings import Settings
from tray_app.store.teams import TeamsFile
from tray_app.team.analyst import Analyst
from tray_app.team.credentials import Credentials
from tray_app.team.patience import Api
from tray_app.team.watch import Snapshot, Watch, connector


class Session:
    """One team: its account, its settings, its watch, its history and what was seen of it last.

    Settings and snapshot belong to the thread that shows the team. The calls of ``watch`` block,
    and belong to one worker thread.
    """

    def __init__(
        self,
        credentials: Credentials,
        connect: Callable[[str], Api],
        alerts_file: AlertsFile | None,
        settings: Settings,
        history: Path,
    ) -> None:
        """``connect`` turns a key into the API as that key sees it."""
        self.settings = settings
        """What the team is judged by, or is going to be as soon as the worker comes to it."""
        self.history = history
        """The file in which the balances are recorded."""
        self.snapshot = Snapshot()
        """What is known now."""
        self._records = History(history)
        self.watch = Watch(
            credentials,
            connect,
            alerts_file,
            settings,
            Analyst(self._records),
            confirms_alerts=True,
        )

    def choose(self, settings: Settings) -> None:
        """Take other settings, which ``watch.apply`` has to be told of."""
        self.settings = settings

    def close(self) -> None:
        """Close the history, in the thread of ``watch``, which may go on and open it anew."""
        self._records.close()


def open_session(environ: Mapping[str, str], keychain: Keychain, settings: Settings) -> Session:
    """Open what is kept of the user's own team; blocks as the disk does."""
    return Session(
        Credentials(environ, keychain),
        connector(environ, TeamsFile(teams_file())),
        AlertsFile(alerts_file(), ACCOUNT),
        settings,
        history_file(),
    )
