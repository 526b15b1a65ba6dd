"""The demo: a team that is invented, with an invented past."""

import time
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.history import Record
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM, DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo
from tray_app.sandbox.stories import STORIES
from tray_app.store.folders import NOWHERE
from tray_app.store.history_database import History, row_after
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.credentials import Credentials, KeySource
from tray_app.team.session import Session
from tray_app.team.watch import Watch

INTERVAL = 5
"""Seconds between the polls of the demo, whose days pass in seconds."""


class DemoApi:
    """Tells the demo's story in place of lemlist. The story begins when this object is made."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def balance(self) -> Balance:
        """Return the credits of this moment."""
        left = STORIES["demo"].balance_at(time.monotonic() - self._begun)
        return Balance(left.total, left.total, **left._asdict())

    def team(self, _deadline: float) -> Team:
        """Return the invented team."""
        return self.known_team()

    def known_team(self) -> Team:
        """Return the invented team."""
        return Team(DEMO_TEAM_ID, DEMO_TEAM)


class DemoHistory(History):
    """The demo's history, in memory: it leaves nothing on the disk, however the program ends.

    One thread records while another reads.
    """

    def __init__(self) -> None:
        super().__init__(NOWHERE)
        self._records = past_of_demo(datetime.now(UTC))

    def record(self, _team_id: str, record: Record) -> bool:
        """Keep what was just seen, unless the clock has been set back since the last record."""
        last = self._records[-1]
        if record.first < last.last:
            return False
        row = row_after(last, record)
        self._records[-1:] = [row] if row.first == last.first else [last, row]
        return True

    def read(self, _team_id: str, since: int = 0) -> list[Record]:
        """Return what was seen at ``since`` (seconds since the epoch) or later, in time order."""
        return [record for record in self._records if record.last >= since]

    def thin(self, _team_id: str, _now: int, _zone: tzinfo | None = None) -> None:
        """Drop nothing."""


class Demo(Session):
    """The invented team. Nothing is read from the keychain, nor written to it or to the disk."""

    def __init__(self, keychain: Keychain) -> None:
        credentials = Credentials({}, keychain)
        credentials.use(DEMO_KEY, KeySource.DEMO)
        api, history = DemoApi(), DemoHistory()

        def open_watch(settings: Settings) -> Watch:
            return Watch(credentials, lambda _key: api, None, settings, Analyst(history))

        super().__init__(open_watch, lambda: history, Settings(interval=INTERVAL))

    def choose(self, settings: Settings) -> None:
        """Take other settings, except for the demo's own interval."""
        super().choose(replace(settings, interval=INTERVAL))
