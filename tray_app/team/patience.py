"""The API as one key may use it now: nothing is asked sooner than lemlist allows, whoever asks."""

import math
import sys
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.schedule import pause_left
from tray_app.store.teams import TeamsFile, mark_of

T = TypeVar("T")


class Api(Protocol):
    """What a poll needs of the lemlist API."""

    def balance(self) -> Balance:
        """Fetch the credits."""

    def team(self, deadline: float) -> Team:
        """Fetch the team's identity; ``deadline`` in seconds."""


class Paused(Problem):
    """Nothing was asked, as lemlist has asked for a pause that is not over."""


def since_boot() -> float:
    """Return seconds that go on in a sleep, and that no setting of the clock changes."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":  # whose time.monotonic() sleeps too
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


class Pauses:
    """The pauses that lemlist has asked for, by the mark of the key that it was asked with.

    Those of this run go by a clock that nobody sets, those of other programs and of earlier runs
    by the time that stands in the file.
    """

    def __init__(
        self,
        teams: TeamsFile,
        *,
        elapsed: Callable[[], float] = since_boot,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``now`` is in seconds since the epoch."""
        self.teams = teams
        self._elapsed = elapsed
        self._now = now
        self._ends: dict[str, tuple[float, Kind]] = {}
        self._noted: dict[str, int] = {}

    def begin(self, mark: str, problem: Problem) -> None:
        """Take note of a pause, if a problem asks for one."""
        if not problem.retry_after:
            return
        until = math.ceil(self._now() + problem.retry_after)
        self._ends[mark] = self._elapsed() + problem.retry_after, problem.kind
        self._noted[mark] = until
        self.teams.pause(mark, until, problem.kind)

    def check(self, mark: str) -> None:
        """Do nothing if lemlist may be asked.

        Raises:
            Paused: it may not.
        """
        end, kind = self._ends.get(mark, (0.0, Kind.RATE_LIMITED))
        left = end - self._elapsed()
        if left <= 0:
            until, noted = self.teams.pause_of(mark)
            # That of this run is over, whatever the clock says that it was noted by.
            left = pause_left(until, self._now()) if until != self._noted.get(mark) else 0.0
            kind = Kind(noted) if noted in list(Kind) else Kind.RATE_LIMITED
        if left > 0:
            raise Paused(kind, "lemlist has asked for a pause", retry_after=left)


class PatientApi:
    """The API of one key: asks in the pauses of that key nothing, and keeps whom the key opens."""

    def __init__(self, api: Api, key: str, pauses: Pauses) -> None:
        self._api = api
        self._mark = mark_of(key)
        self._pauses = pauses

    def balance(self) -> Balance:
        """Fetch the credits.

        Raises:
            Paused: it is too soon.
            Problem: as the API's client does.
        """
        return self._ask(self._api.balance)

    def team(self, deadline: float) -> Team:
        """Fetch the team's identity, or tell it from an earlier time if that can't be done.

        ``deadline`` is in seconds.

        Raises:
            Problem: as the API's client does, of a key whose team was never known.
        """
        teams = self._pauses.teams
        try:
            team = self._ask(lambda: self._api.team(deadline))
        except Problem:
            if (team_id := teams.team_of(self._mark)) is None:
                raise
            return Team(team_id, teams.name_of(team_id))
        teams.learn(self._mark, team.id, team.name)
        return team

    def _ask(self, request: Callable[[], T]) -> T:
        self._pauses.check(self._mark)
        try:
            return request()
        except Problem as problem:
            self._pauses.begin(self._mark, problem)
            raise
