"""lemlist's API for one key, which asks nothing during a pause that lemlist has asked for."""

import math
import sys
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, TypeVar

from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import api_url
from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.schedule import pause_left
from tray_app.store.folders import teams_file
from tray_app.store.teams import TeamsFile, mark_of

T = TypeVar("T")

TEAM_DEADLINE = 5.0
"""Seconds for the team's name, which nothing depends on."""


class Api(Protocol):
    """What a poll needs of the lemlist API."""

    def balance(self) -> Balance:
        """Fetch the credits."""

    def team(self, deadline: float) -> Team:
        """Fetch the team's identity; ``deadline`` in seconds."""


class Checked(NamedTuple):
    """What a key turned out to open."""

    team: str | None
    balance: Balance
    team_id: str | None = None
    """lemlist's identity of the team; ``None`` if lemlist did not tell."""


def connector(environ: Mapping[str, str]) -> Callable[[str], Api]:
    """Return a function that turns a key into the API at the environment's address."""
    # Importing it takes 0.1 s, during which the keychain is being asked already.
    from tray_app.lemlist.client import Client

    pauses = Pauses(TeamsFile(teams_file()))
    return lambda key: PausingApi(Client(api_url(environ), key), key, pauses)


def check_key(connect: Callable[[str], Api], key: str) -> Checked:
    """Find out what a key (of :func:`clean_key`) opens; nothing is stored.

    Raises:
        Problem: as the API's client does.
    """
    api = connect(key)
    balance = api.balance()
    try:
        team = api.team(TEAM_DEADLINE)
        return Checked(team.name, balance, team.id)
    except Problem:
        return Checked(None, balance)


def since_boot() -> float:
    """Return the seconds of a clock that runs on in a sleep, and that nobody can set."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":  # time.monotonic() stops in a sleep
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


class Paused(Problem):
    """Nothing was asked, as lemlist has asked for a pause that is not over."""


class Pauses:
    """The pauses that lemlist has asked for, each for the mark of one key.

    A pause of this run goes by a clock that nobody can set. A pause of another program or of an
    earlier run goes by the time in the file.
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
        # By the mark: the end, the problem, and the end as it stands in the file.
        self._of_this_run: dict[str, tuple[float, Kind, int]] = {}

    def ask(self, mark: str, request: Callable[[], T]) -> T:
        """Ask with a key, and take note of a pause that the answer asks for.

        Raises:
            Paused: it is too soon; nothing was asked.
            Problem: as the request does.
        """
        end, kind, written = self._of_this_run.get(mark, (0.0, Kind.RATE_LIMITED, 0))
        left = end - self._elapsed()
        if left <= 0:
            until, name = self.teams.pause_of(mark)
            # This run's pause is over, whatever the file says after the clock was set back.
            left = pause_left(until, self._now()) if until != written else 0.0
            kind = Kind(name) if name in list(Kind) else Kind.RATE_LIMITED
        if left > 0:
            raise Paused(kind, "lemlist has asked for a pause", retry_after=left)
        try:
            return request()
        except Problem as problem:
            if problem.retry_after:
                written = math.ceil(self._now() + problem.retry_after)
                end = self._elapsed() + problem.retry_after
                self._of_this_run[mark] = end, problem.kind, written
                self.teams.pause(mark, written, problem.kind)
            raise


class PausingApi:
    """The API for one key, not asked during its pauses. Keeps which team the key opens."""

    def __init__(self, api: Api, key: str, pauses: Pauses) -> None:
        self._api = api
        self._mark = mark_of(key)
        self._pauses = pauses

    def balance(self) -> Balance:
        """Fetch the credits; raises as :meth:`Pauses.ask` does."""
        return self._pauses.ask(self._mark, self._api.balance)

    def team(self, deadline: float) -> Team:
        """Fetch the team's identity; where that fails, return it as it was known last.

        ``deadline`` is in seconds. Raises as :meth:`Pauses.ask` does if it was never known.
        """
        teams = self._pauses.teams
        try:
            team = self._pauses.ask(self._mark, lambda: self._api.team(deadline))
        except Problem:
            if (team_id := teams.team_of(self._mark)) is None:
                raise
            return Team(team_id, teams.name_of(team_id))
        teams.learn(self._mark, team.id, team.name)
        return team
