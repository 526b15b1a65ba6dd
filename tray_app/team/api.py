"""lemlist's API for one key: asked in turn with other keys, and never during its pauses."""

import math
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import api_url
from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.schedule import pause_left
from tray_app.store.folders import teams_file
from tray_app.store.teams import TeamsFile, mark_of
from tray_app.team.turns import Turns

if TYPE_CHECKING:
    from tray_app.lemlist.trust import Trust

T = TypeVar("T")

TEAM_DEADLINE = 5.0
"""Seconds for the team's name, which nothing depends on."""


class Requests(Protocol):
    """What lemlist can be asked with a key."""

    def balance(self) -> Balance:
        """Fetch the credits."""

    def team(self, deadline: float) -> Team:
        """Fetch the team's identity; ``deadline`` in seconds."""


class Api(Requests, Protocol):
    """What a poll needs of the lemlist API."""

    def known_team(self) -> Team | None:
        """Return the team as it was known last, without asking lemlist."""


class Checked(NamedTuple):
    """What a key turned out to open."""

    team: str | None
    balance: Balance
    team_id: str | None = None
    """lemlist's identity of the team; ``None`` if lemlist did not tell."""


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


class Connector:
    """Turns a key into the API at the environment's address.

    The teams that one program watches share it, and so take turns in asking, and read the system's
    certificates once.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._pauses = Pauses(TeamsFile(teams_file()))
        self._lock = threading.Lock()
        self._trust: Trust | None = None

    def __call__(self, key: str) -> Api:
        """Return the API for a key of :func:`clean_key`; raises as :func:`api_url` does."""
        # What is imported here is not needed by all that uses this module.
        from tray_app.lemlist.client import Client
        from tray_app.lemlist.trust import Trust

        with self._lock:
            self._trust = self._trust or Trust()
        client = Client(api_url(self._environ), key, self._trust)
        return PausingApi(client, key, self._pauses)


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
    """The pauses that lemlist has asked for, each for the mark of one key; and between, the turns.

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
        self._turns = Turns()
        # By the mark: the end, the problem, and the end as it stands in the file.
        self._of_this_run: dict[str, tuple[float, Kind, int]] = {}

    def ask(self, mark: str, request: Callable[[], T], *, can_wait: bool = False) -> T:
        """Ask with a key when it has its turn, and take note of a pause that the answer asks for.

        Raises:
            Paused: it is too soon; nothing was asked.
            Problem: as the request does.
        """
        self._keep_pause(mark)
        with self._turns.turn(mark, can_wait=can_wait) as has_waited:
            if has_waited:
                self._keep_pause(mark)
            try:
                return request()
            except Problem as problem:
                if problem.retry_after:
                    written = math.ceil(self._now() + problem.retry_after)
                    end = self._elapsed() + problem.retry_after
                    self._of_this_run[mark] = end, problem.kind, written
                    self.teams.pause(mark, written, problem.kind)
                raise

    def _keep_pause(self, mark: str) -> None:
        """Raise :class:`Paused` as long as a pause of this key is not over."""
        end, kind, written = self._of_this_run.get(mark, (0.0, Kind.RATE_LIMITED, 0))
        left = end - self._elapsed()
        if left <= 0:
            until, name = self.teams.pause_of(mark)
            # This run's pause is over, whatever the file says after the clock was set back.
            left = pause_left(until, self._now()) if until != written else 0.0
            kind = Kind(name) if name in list(Kind) else Kind.RATE_LIMITED
        if left > 0:
            raise Paused(kind, "lemlist has asked for a pause", retry_after=left)


class PausingApi:
    """The API for one key, not asked during its pauses. Keeps which team the key opens."""

    def __init__(self, api: Requests, key: str, pauses: Pauses) -> None:
        self._api = api
        self._mark = mark_of(key)
        self._pauses = pauses

    def balance(self) -> Balance:
        """Fetch the credits; raises as :meth:`Pauses.ask` does."""
        return self._pauses.ask(self._mark, self._api.balance)

    def team(self, deadline: float) -> Team:
        """Fetch the team's identity; where that fails, return it as it was known last.

        ``deadline`` is in seconds, from the moment at which the request has its turn. Raises as
        :meth:`Pauses.ask` does if the team was never known.
        """
        try:
            team = self._pauses.ask(self._mark, lambda: self._api.team(deadline), can_wait=True)
        except Problem:
            if (known := self.known_team()) is None:
                raise
            return known
        self._pauses.teams.learn(self._mark, team.id, team.name)
        return team

    def known_team(self) -> Team | None:
        """Return the team as it was known last, without asking lemlist."""
        teams = self._pauses.teams
        team_id = teams.team_of(self._mark)
        return Team(team_id, teams.name_of(team_id)) if team_id is not None else None
