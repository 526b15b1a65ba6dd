"""The demo: a team that is invented, with an invented past."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tray_app.lemlist.balance import Balance, Team
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM, DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo
from tray_app.sandbox.stories import STORIES
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.credentials import Credentials, KeySource
from tray_app.team.session import Session
from tray_app.team.watch import Watch

INTERVAL = 5
"""Seconds between the polls of the demo, whose days pass in seconds."""


class DemoApi:
    """Tells the demo's story in place of lemlist, from the moment in which it is made."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def balance(self) -> Balance:
        """Return the credits of this moment."""
        left = STORIES["demo"].balance_at(time.monotonic() - self._begun)
        return Balance(left.total, left.total, **left._asdict())

    def team(self, _deadline: float) -> Team:
        """Return the invented team."""
        return Team(DEMO_TEAM_ID, DEMO_TEAM)


class Demo(Session):
    """The invented team. Made and closed by workers, since both touch the disk."""

    def __init__(self, keychain: Keychain, settings: Settings) -> None:
        """Nothing is read from the keychain, nor written to it."""
        self._folder = TemporaryDirectory(
            prefix="lemlist-credits-demo-",
            ignore_cleanup_errors=True,  # Windows deletes no file that a window still reads
        )
        path = Path(self._folder.name) / "history.sqlite"
        self._past = past = History(path)
        for record in past_of_demo(datetime.now(UTC)):
            past.record(DEMO_TEAM_ID, record)
        past.close()
        credentials = Credentials({}, keychain)
        credentials.use(DEMO_KEY, KeySource.DEMO)
        api, hurried = DemoApi(), replace(settings, interval=INTERVAL)
        watch = Watch(credentials, lambda _key: api, None, hurried, Analyst(past))
        super().__init__(watch, hurried, path)

    def choose(self, settings: Settings) -> None:
        """Take other settings; the demo stays in a hurry."""
        super().choose(replace(settings, interval=INTERVAL))

    def close(self) -> None:
        """Forget the past, in the thread of ``watch``."""
        self._past.close()
        self._folder.cleanup()
