"""The demo: invented figures from a stand-in server, with an invented past."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tray_app.lemlist.address import URL_VARIABLE
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM_ID, Sandbox
from tray_app.sandbox.past import past_of_demo
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.credentials import Credentials, KeySource
from tray_app.team.watch import Watch, connector


class Demo:
    """Made and stopped by a worker, since both touch the disk."""

    INTERVAL = 5
    """Seconds between the polls of the demo, whose days pass in seconds."""

    def __init__(self, keychain: Keychain) -> None:
        """Nothing is read from the keychain, nor written to it."""
        self._folder = TemporaryDirectory(
            prefix="lemlist-credits-demo-",
            ignore_cleanup_errors=True,  # Windows deletes no file that is still open
        )
        self.history = Path(self._folder.name) / "history.sqlite"
        self._sandbox = Sandbox(story="demo")
        self._sandbox.start()
        past = History(self.history)
        for record in past_of_demo(datetime.now(UTC)):
            past.record(DEMO_TEAM_ID, record)
        past.close()
        credentials = Credentials({}, keychain)
        credentials.use(DEMO_KEY, KeySource.DEMO)
        connect = connector({URL_VARIABLE: self._sandbox.url})
        settings = Settings(interval=self.INTERVAL)
        self.watch = Watch(credentials, connect, None, settings, Analyst(History(self.history)))

    def stop(self) -> None:
        """Stop the server, and forget the past."""
        self._sandbox.stop()
        self._folder.cleanup()
