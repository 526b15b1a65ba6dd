"""The demo: teams that are invented, with invented pasts."""

import time
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.history import Record
from tray_app.sandbox import DEMO_KEY
from tray_app.sandbox.demo_teams import DemoTeam, demo_teams
from tray_app.store.folders import NOWHERE
from tray_app.store.history_database import History, row_after
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings, TeamEntry
from tray_app.team.analyst import Analyst
from tray_app.team.credentials import Credentials, KeySource
from tray_app.team.session import Session
from tray_app.team.watch import Watch

INTERVAL = 5
"""Seconds between the polls of the demo, whose days pass in seconds."""


class DemoApi:
    """Tells a team's story in place of lemlist. The story begins when this object is made."""

    def __init__(self, team: DemoTeam) -> None:
        self._team = team
        self._begun = time.monotonic()

    def balance(self) -> Balance:
        """Return the credits of this moment, or raise the Problem of a team that is lost."""
        seconds, lost_after = time.monotonic() - self._begun, self._team.lost_after
        if lost_after is not None and seconds >= lost_after:
            raise Problem(Kind.OFFLINE, "the demo")
        left = self._team.balance_at(seconds)
        return Balance(left.total, left.total, **left._asdict())

    def team(self, _deadline: float) -> Team:
        """Return the invented team."""
        return self.known_team()

    def known_team(self) -> Team:
        """Return the invented team."""
        return Team(self._team.id, self._team.name)


class DemoHistory(History):
    """A team's history, in memory: it leaves nothing on the disk, however the program ends.

    One thread records while another reads.
    """

    def __init__(self, team: DemoTeam) -> None:
        super().__init__(NOWHERE)
        self._records = team.past(datetime.now(UTC))

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
    """An invented team. Nothing is read from the keychain, nor written to it or to the disk."""

    def __init__(self, keychain: Keychain, team: DemoTeam) -> None:
        credentials = Credentials({}, keychain)
        credentials.use(DEMO_KEY, KeySource.DEMO)
        api, history = DemoApi(team), DemoHistory(team)

        def open_watch(settings: Settings) -> Watch:
            return Watch(credentials, lambda _key: api, None, settings, Analyst(history))

        settings, entry = Settings(interval=INTERVAL), TeamEntry(team.id)
        super().__init__(open_watch, lambda: history, settings, entry=entry)

    def take_settings(self, settings: Settings) -> None:
        """Take other settings, except for the demo's own interval."""
        super().take_settings(replace(settings, interval=INTERVAL))


def demos(keychain: Keychain, number: int) -> list[Demo]:
    """Return the demo of so many teams, which begins now."""
    today = datetime.now(UTC).astimezone().date()
    return [Demo(keychain, team) for team in demo_teams(number, today)]
