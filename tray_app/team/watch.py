"""One poll: key, balance, history, rules, and one Snapshot at its end."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tray_app.errors import NEEDS_ANOTHER_KEY, Kind, Problem
from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.alerts import Alert, Evidence, Snooze, SnoozeChoice
from tray_app.rules.analysis import Analysis
from tray_app.rules.levels import Level
from tray_app.rules.schedule import Place, next_wait, wait_for_turn
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.file_fault import FileFault
from tray_app.store.settings import Settings
from tray_app.team.announcer import Announcer, News
from tray_app.team.api import TEAM_DEADLINE, Api, Paused
from tray_app.team.credentials import Credentials, KeySource

if TYPE_CHECKING:  # it imports the database, for which the icon does not wait
    from tray_app.team.analyst import Analyst

log = logging.getLogger(__name__)

SECOND_ANSWER = 5.0
"""Seconds after which lemlist is asked again whether an answer that is doubted holds."""

RISE_SETTLES = 120.0
"""Seconds after a rise for which a fall to what there was before is doubted: longer than a server
is likely to lag, and as the doubt takes 5 s only, a real fall is told hardly later."""

TEAM_RETRY = 3600.0
"""Seconds after which lemlist is asked again for a team's name that it did not tell."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A balance as it was at a time (UTC)."""

    balance: Balance
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the screen shows: the last good reading, and the problem that hides a newer one."""

    reading: Reading | None = None
    level: Level | None = None
    team: str | None = None
    team_id: str | None = None
    """As lemlist has it; the history is kept by it."""
    problem: Problem | None = None
    analysis: Analysis | None = None
    """What the history tells of the reading."""
    to_study: bool = False
    """Whether :meth:`Watch.study` is still to ask lemlist for the team, or the history what the
    reading means: either takes too long for a poll."""
    news: News = field(default_factory=News)
    snooze: Snooze | None = None
    key_source: KeySource | None = None
    can_remember: bool = True
    """Whether what the user is told now will still be known after a restart."""
    history_fault: FileFault | None = None
    """What is wrong with the history's file."""
    wait: float = 0.0
    """Seconds from the end of the poll to the next."""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Rise:
    """A rise of the balance that was taken in."""

    begin: int
    """The credits before it."""
    at: float
    """When it was taken in, in seconds that never go back."""


class Watch:
    """One team, watched with one key. Used by one worker thread; every call may block."""

    def __init__(
        self,
        credentials: Credentials,
        connect: Callable[[str], Api],
        alerts_file: AlertsFile | None,
        settings: Settings,
        analyst: "Analyst",
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        elapsed: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``connect`` turns a key into the API as that key sees it.

        ``elapsed`` tells seconds that never go back.
        """
        self.connect = connect
        self.place = Place()
        """Which of the teams that are polled in turn this one is."""
        self._credentials = credentials
        self._settings = settings
        self._analyst = analyst
        self._now = now
        self._elapsed = elapsed
        self._chance = chance
        self._announcer = Announcer(alerts_file, now)
        self._api: Api | None = None
        self._key_hash: int | None = None  # of the key that opened all that is known here
        self._team: Team | None = None
        # When lemlist is to be asked which team the key opens; None: lemlist has named the team.
        self._team_wanted_at: float | None = 0.0
        self._failures = 0
        self._doubts = False  # the last answer waits for a second one to bear it out
        self._rise: _Rise | None = None
        self._snapshot = Snapshot()

    def poll(self, *, prompt: bool = False, by_user: bool = False) -> Snapshot:
        """Ask lemlist, and return what is known now. With ``prompt`` the keychain may ask the user.

        A failure of a poll ``by_user`` does not make the next wait longer.

        A rise counts only when a second answer soon after confirms it: the first may come from a
        server that lags behind, with the balance from before some spending. So does, shortly after
        a rise, a fall to what there was before it.
        """
        try:
            api = self._find_api(prompt=prompt)
            balance = api.balance()
            if by_user and self._is_rise(balance):
                balance = api.balance()  # as whoever has just bought credits wants to see them
                self._doubts = True
        except Problem as problem:
            if not isinstance(problem, Paused) and not by_user:
                self._failures += 1
            snapshot = self.fail(problem)
            if problem.kind in NEEDS_ANOTHER_KEY and snapshot.key_source is KeySource.KEYCHAIN:
                self._credentials.doubt()  # the keychain may have another key by the next try
            return snapshot
        if not self._doubts and (self._is_rise(balance) or self._undoes_rise(balance)):
            self._doubts = True
            return self._schedule()
        self._doubts = False
        return self._take_in(api, Reading(balance, self._now()))

    def fail(self, problem: Problem) -> Snapshot:
        """Return what is known after a poll that has failed with this problem."""
        # The snapshot keeps the problem, which would keep all its frames and causes alive.
        problem.__traceback__ = problem.__context__ = None
        log.info("poll failed: %s %s", problem.kind, problem.detail)
        self._announcer.drop_unheard()  # the figures of the alert are out of date
        self._doubts = False
        source = self._credentials.source
        self._snapshot = replace(self._snapshot, problem=problem, key_source=source)
        return self._schedule()

    def identify(self) -> Snapshot:
        """Ask lemlist which team the last reading is of, if that is to be asked.

        Until then the team may be another than the key has opened last, so nothing is recorded and
        nothing is alerted. A failure does not fail the poll.
        """
        reading, api = self._snapshot.reading, self._api
        is_wanted = self._snapshot.to_study and self._is_to_identify
        if reading is None or api is None or not is_wanted:
            return self._snapshot
        self._team, self._team_wanted_at = None, None
        try:
            self._team = api.team(TEAM_DEADLINE)
        except Problem as problem:
            log.info("no team name: %s %s", problem.kind, problem.detail)
            self._team_wanted_at = self._elapsed() + TEAM_RETRY
        team_id, name = (self._team.id, self._team.name) if self._team else (None, None)
        self._announcer.belong_to(team_id)
        level = self._announcer.level(reading.balance.credits, self._settings)
        self._snapshot = replace(self._snapshot, level=level, team=name, team_id=team_id)
        return self._complete(early=self._decide_early(reading))

    def study(self) -> Snapshot:
        """Ask the history what the last reading means, if the poll has left that to be done."""
        self.identify()
        reading = self._snapshot.reading
        if reading is None or not self._snapshot.to_study:
            return self._snapshot
        self._record_and_analyse(reading)
        # If a poll has failed since, the figures are out of date, and the next good poll alerts.
        return self._complete(None if self._snapshot.problem else self._decide(reading))

    def heard(self, news: News) -> None:
        """Note that the user was told the alert of a snapshot."""
        self._announcer.hear(news)

    def snooze(self, choice: SnoozeChoice) -> Snapshot:
        """Hold alerts back for a while."""
        self._announcer.begin_snooze(choice)
        return self._complete()

    def apply(self, settings: Settings) -> Snapshot:
        """Judge the last reading by other settings. As the user chose them, nothing is alerted."""
        old, before = self._settings, self._evidence()
        self._settings = settings
        reading = self._snapshot.reading
        if reading is not None:
            # At the time of the reading: what only the passing of time makes true is still to be
            # told, and the balance of now may be another.
            analysis = self._analyst.analyse(reading.balance, reading.at, settings.renewal_day)
            level = self._announcer.level(reading.balance.credits, settings)
            self._snapshot = replace(self._snapshot, level=level, analysis=analysis)
        if reading is None or self._snapshot.to_study:
            self._announcer.acknowledge_later(old)
        else:
            after = self._evidence()
            self._announcer.acknowledge(reading.balance.credits, settings, before, after)
        if not settings.notifications:
            self._announcer.drop_unheard()
        return self._schedule()

    def use_key(self, key: str, *, store: bool) -> None:
        """Use another key (of :func:`clean_key`) from now on, stored or for this run only.

        Raises:
            Problem: ``keychain_locked`` or ``keychain_unavailable``; the old key stays.
        """
        use = self._credentials.keep if store else self._credentials.use
        use(key)
        self._failures = 0

    def forget_key(self) -> None:
        """Find the key anew at the next poll, as another program has changed it."""
        self._credentials.forget()
        self._failures = 0

    def close(self) -> None:
        """Close the team's history, until it is needed again."""
        self._analyst.close()

    def _find_api(self, *, prompt: bool) -> Api:
        """Return the API for the key to be used now, and forget what another key has opened.

        Raises:
            Problem: there is no key to be had, or ``bad_address``.
        """
        try:
            key = self._credentials.get(prompt=prompt)
        except Problem as problem:
            if problem.kind in (Kind.NO_KEY, Kind.BAD_KEY):
                self._forget_if_key_changed(None)
            raise
        self._forget_if_key_changed(hash(key))
        if self._api is None:
            self._api = self.connect(key)
        return self._api

    def _forget_if_key_changed(self, key_hash: int | None) -> None:
        """Forget all that the last key has opened, as the new key may open another team."""
        if key_hash == self._key_hash:
            return
        if self._key_hash is not None:
            self._announcer.change_key()
        self._key_hash = key_hash
        self._api = self._team = None
        self._team_wanted_at = 0.0
        self._failures = 0
        self._rise = None
        self._snapshot = Snapshot()
        self._analyst.forget()

    @property
    def _is_to_identify(self) -> bool:
        wanted_at = self._team_wanted_at
        return wanted_at is not None and self._elapsed() >= wanted_at

    def _is_rise(self, balance: Balance) -> bool:
        reading = self._snapshot.reading
        return reading is not None and balance.credits > reading.balance.credits

    def _undoes_rise(self, balance: Balance) -> bool:
        """Tell whether a balance falls to what there was before a rise of just now."""
        reading, rise = self._snapshot.reading, self._rise
        return (
            reading is not None
            and rise is not None
            and balance.credits <= rise.begin < reading.balance.credits
            and self._elapsed() < rise.at + RISE_SETTLES
        )

    def _take_in(self, api: Api, reading: Reading) -> Snapshot:
        """Judge a reading. What takes long is left to :meth:`study`: the team, and its history."""
        before = self._snapshot.reading
        if before is not None and self._is_rise(reading.balance):
            self._rise = _Rise(before.balance.credits, self._elapsed())
        self._failures = 0
        level = self._announcer.level(reading.balance.credits, self._settings)
        is_unsure = self._is_to_identify
        team = api.known_team() if is_unsure else self._team
        self._snapshot = Snapshot(
            reading,
            level,
            team.name if team else None,
            team.id if team and not is_unsure else None,
            key_source=self._credentials.source,
        )
        if self._analyst.is_ready and not is_unsure:
            self._record_and_analyse(reading)
            return self._schedule(self._decide(reading))
        self._snapshot = replace(self._snapshot, to_study=True)
        return self._schedule(early=None if is_unsure else self._decide_early(reading))

    def _decide_early(self, reading: Reading) -> Alert | None:
        """Return what there is to tell without the history. Old figures alert nothing."""
        if self._snapshot.problem is not None:
            return None
        return self._announcer.decide_early(reading.balance.credits, self._settings)

    def _record_and_analyse(self, reading: Reading) -> None:
        """Have the reading recorded, and learn what it means."""
        team_id, renewal_day = self._snapshot.team_id, self._settings.renewal_day
        analysis = self._analyst.take(team_id, reading.balance, reading.at, renewal_day)
        self._snapshot = replace(self._snapshot, analysis=analysis, to_study=False)

    def _decide(self, reading: Reading) -> Alert | None:
        return self._announcer.decide(reading.balance.credits, self._settings, self._evidence())

    def _evidence(self) -> Evidence:
        """Return what is known of the last reading, as the settings judge it."""
        analysis = self._snapshot.analysis
        evidence = analysis.evidence(self._settings.warn_within) if analysis else Evidence()
        return replace(evidence, refills=self._analyst.refills())

    def _schedule(self, alert: Alert | None = None, early: Alert | None = None) -> Snapshot:
        """Complete the snapshot after a poll: the wait for the next poll begins now."""
        problem = self._snapshot.problem
        interval = self._settings.interval
        wait = next_wait(interval, self._failures, problem, self._chance())
        if problem is None:
            wait = wait_for_turn(interval, self.place, self._elapsed())
        if self._doubts:
            wait = min(wait, SECOND_ANSWER)
        next_at = self._now() + timedelta(seconds=wait)
        self._snapshot = replace(self._snapshot, wait=wait, next_at=next_at)
        return self._complete(alert, early)

    def _complete(self, alert: Alert | None = None, early: Alert | None = None) -> Snapshot:
        """Complete the snapshot with what does not come from the poll itself."""
        self._snapshot = replace(
            self._snapshot,
            news=self._announcer.news(alert, early),
            snooze=self._announcer.state.snooze,
            can_remember=self._announcer.can_remember,
            history_fault=self._analyst.history_fault,
        )
        return self._snapshot
