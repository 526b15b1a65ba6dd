"""One poll: key, fetch, record, rules, and one Snapshot at its end."""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tray_app.credentials import Credentials, KeySource
from tray_app.errors import NEEDS_ANOTHER_KEY, Kind, Problem
from tray_app.lemlist.address import api_url
from tray_app.lemlist.balance import Balance, Team
from tray_app.lemlist.key import clean_key
from tray_app.patience import Api, PatientApi, Paused, Pauses
from tray_app.rules.alerts import (
    Alert,
    AlertState,
    Outlook,
    Snooze,
    SnoozeChoice,
    acknowledged,
    decide,
    snoozed,
)
from tray_app.rules.insight import Insight
from tray_app.rules.levels import Level, level_of
from tray_app.rules.schedule import next_wait
from tray_app.store.alerts import AlertsFile
from tray_app.store.settings import Settings
from tray_app.store.teams import TeamsFile

if TYPE_CHECKING:  # it brings the database with it, which the icon does not wait for
    from tray_app.analyst import Analyst

log = logging.getLogger(__name__)

POLL_DEADLINE = 15.0
"""Seconds for all that one poll asks of the API."""

TEAM_DEADLINE = 5.0
"""Seconds for the team's name, which nothing depends on."""

TEAM_RETRY = 3600.0
"""Seconds after which a team without a name is asked for it again."""


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
    insight: Insight | None = None
    """What the history tells of the reading."""
    to_study: bool = False
    """Whether the history has not been asked yet, which takes longer than a poll should."""
    alert: Alert | None = None
    snooze: Snooze | None = None
    key_source: KeySource | None = None
    can_remember: bool = True
    """Whether what the user is told now will still be known after a restart."""
    complaint: str = ""
    """What is wrong with the history, as a sentence for the user."""
    wait: float = 0.0
    """Seconds from the end of the poll to the next."""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a key turned out to open."""

    team: str | None
    balance: Balance


def connector(
    environ: Mapping[str, str], teams: TeamsFile | None = None
) -> Callable[[str], PatientApi]:
    """Return what turns a key into the API at the address that the environment names.

    ``teams`` keeps what is learned of the keys from one run to the next.
    """
    # What it brings takes 0.1 s to import, in which the keychain is being asked.
    from tray_app.lemlist.client import Client

    pauses = Pauses(teams)

    def connect(key: str) -> PatientApi:
        return PatientApi(Client(api_url(environ), key), key, pauses, teams)

    return connect


class Watch:
    """One team, watched with one key. Used by one worker thread; every call may block."""

    def __init__(
        self,
        credentials: Credentials,
        connect: Callable[[str], Api],
        alerts_file: AlertsFile | None,
        settings: Settings,
        analyst: "Analyst | None" = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``connect`` turns a key into the API as that key sees it."""
        self._credentials = credentials
        self._connect = connect
        self._alerts_file = alerts_file
        self._settings = settings
        self._analyst = analyst
        self._now = now
        self._chance = chance
        self._alerts, self._team_id = alerts_file.load() if alerts_file else (AlertState(), None)
        self._api: Api | None = None
        self._key_hash: int | None = None  # of the key that opened all that is known here
        self._team: Team | None = None
        self._team_wanted_at = 0.0
        self._failures = 0
        self._snapshot = Snapshot()
        self._can_remember = True

    def poll(self, *, prompt: bool = False, by_user: bool = False) -> Snapshot:
        """Ask once, and tell what is known now. With ``prompt`` the keychain may ask the user.

        A failure of a poll ``by_user`` does not make the next wait longer.
        """
        started = time.monotonic()
        try:
            api = self._api_of_key(prompt=prompt)
            balance = api.balance()
        except Paused as problem:
            return self._failed(problem)
        except Problem as problem:
            if not by_user or self._failures == 0:
                self._failures += 1
            snapshot = self._failed(problem)
            if problem.kind in NEEDS_ANOTHER_KEY and snapshot.key_source is KeySource.KEYCHAIN:
                self._credentials.forget()  # the keychain may have another one by the next try
            return snapshot
        self._name_team(api, POLL_DEADLINE - (time.monotonic() - started))
        return self._succeeded(balance)

    def check(self, key: str) -> Checked:
        """Find out what a key opens; nothing is stored.

        Raises:
            Problem: ``bad_key``, or as the API's client does.
        """
        api = self._connect(clean_key(key))
        balance = api.balance()
        try:
            return Checked(api.team(TEAM_DEADLINE).name, balance)
        except Problem:
            return Checked(None, balance)

    def use_key(self, key: str, *, store: bool) -> None:
        """Use another key from now on, stored or for this run only.

        Raises:
            Problem: ``keychain_locked`` or ``keychain_unavailable``; the old key stays.
        """
        if store:
            self._credentials.keep(clean_key(key))
        else:
            self._credentials.use(clean_key(key))
        self._api = None
        self._failures = 0

    def forget_key(self) -> None:
        """Find the key anew at the next poll, as another program has changed it."""
        self._credentials.forget()
        self._api = None
        self._failures = 0

    def study(self) -> Snapshot:
        """Ask the history what the last reading means, after a snapshot that wants it."""
        reading, level = self._snapshot.reading, self._snapshot.level
        if reading is None or level is None or not self._snapshot.to_study:
            return self._snapshot
        insight = self._ask_history(reading)
        alert = self._decide(level, reading.balance.credits, reading.balance.credits, insight)
        self._snapshot = replace(
            self._snapshot,
            insight=insight,
            to_study=False,
            complaint=self._analyst.complaint if self._analyst else "",
        )
        return self._say(alert)

    def apply(self, settings: Settings) -> Snapshot:
        """Judge the last reading by other settings. The user knows, so nothing is alerted."""
        is_judged_anew = settings.thresholds != self._settings.thresholds
        self._settings = settings
        reading = self._snapshot.reading
        if reading is not None and is_judged_anew:
            level = level_of(reading.balance.credits, settings.thresholds)
            self._remember(acknowledged(self._alerts, level))
            self._snapshot = replace(self._snapshot, level=level)
        if reading is not None and self._analyst is not None and self._snapshot.insight is not None:
            insight = self._analyst.judge(reading.balance, self._now(), settings.renewal_day)
            self._snapshot = replace(self._snapshot, insight=insight)
        return self._schedule(None)

    def snooze(self, choice: SnoozeChoice) -> Snapshot:
        """Hold alerts back for a while."""
        self._remember(snoozed(self._alerts, choice, self._now().astimezone()))
        self._snapshot = replace(self._snapshot, alert=None, snooze=self._alerts.snooze)
        return self._snapshot

    def _api_of_key(self, *, prompt: bool) -> Api:
        """Return the API as the key opens it that is to be used now.

        Raises:
            Problem: there is no key to be had, or ``bad_address``.
        """
        try:
            key = self._credentials.get(prompt=prompt).text
        except Problem as problem:
            if problem.kind in (Kind.NO_KEY, Kind.BAD_KEY):
                self._begin_with(None)
            raise
        self._begin_with(hash(key))
        if self._api is None:
            self._api = self._connect(key)
        return self._api

    def _begin_with(self, key_hash: int | None) -> None:
        """Let go of all that another key has opened; the next one may open another team."""
        if key_hash == self._key_hash:
            return
        self._key_hash = key_hash
        self._api = self._team = None
        self._team_wanted_at = 0.0
        self._failures = 0
        self._snapshot = Snapshot()
        if self._analyst is not None:
            self._analyst.forget()

    def _succeeded(self, balance: Balance) -> Snapshot:
        before = self._snapshot.reading
        reading = Reading(balance, self._now())
        analyst = self._analyst
        to_study = analyst is not None and not analyst.is_ready
        insight = None if to_study else self._ask_history(reading)
        level = level_of(balance.credits, self._settings.thresholds, self._alerts.level)
        previous = before.balance.credits if before else None
        alert = self._decide(level, balance.credits, previous, insight)
        self._failures = 0
        self._snapshot = Snapshot(
            reading=reading,
            level=level,
            insight=insight,
            to_study=to_study,
            key_source=self._credentials.source,
            complaint=analyst.complaint if analyst else "",
        )
        return self._schedule(alert)

    def _ask_history(self, reading: Reading) -> Insight | None:
        if self._analyst is None:
            return None
        team_id = self._team.id if self._team else None
        return self._analyst.take(team_id, reading.balance, reading.at, self._settings.renewal_day)

    def _decide(
        self, level: Level, credits: int, previous: int | None, insight: Insight | None
    ) -> Alert | None:
        outlook = insight.outlook(self._settings.warn_within) if insight else Outlook()
        state, alert = decide(self._alerts, level, credits, previous, self._now(), outlook)
        self._remember(state)
        return alert if self._settings.notifications else None

    def _failed(self, problem: Problem) -> Snapshot:
        # It is kept, and with it everything that it was raised from would be.
        problem.__traceback__ = problem.__context__ = None
        log.info("poll failed: %s %s", problem.kind, problem.detail)
        self._snapshot = replace(
            self._snapshot, problem=problem, key_source=self._credentials.source
        )
        return self._schedule(None)

    def _schedule(self, alert: Alert | None) -> Snapshot:
        """Complete the snapshot after a poll: the next one is reckoned from now."""
        wait = next_wait(
            self._settings.interval, self._failures, self._snapshot.problem, self._chance()
        )
        next_at = self._now() + timedelta(seconds=wait)
        self._snapshot = replace(self._snapshot, wait=wait, next_at=next_at)
        return self._say(alert)

    def _say(self, alert: Alert | None) -> Snapshot:
        """Complete the snapshot with what does not come from the poll itself."""
        self._snapshot = replace(
            self._snapshot,
            team=self._team.name if self._team else None,
            team_id=self._team.id if self._team else None,
            alert=alert,
            snooze=self._alerts.snooze,
            can_remember=self._can_remember,
        )
        return self._snapshot

    def _name_team(self, api: Api, time_left: float) -> None:
        """Learn whose balance it is, once; that it can't be had fails nothing."""
        if self._team is None and time.monotonic() >= self._team_wanted_at and time_left > 0:
            try:
                self._team = api.team(min(time_left, TEAM_DEADLINE))
            except Problem as problem:
                log.info("no team name: %s %s", problem.kind, problem.detail)
                self._team_wanted_at = time.monotonic() + TEAM_RETRY
        team_id = self._team.id if self._team is not None else None
        if self._team_id not in (None, team_id):
            self._alerts = AlertState()  # what was said was said of another team
        self._team_id = team_id

    def _remember(self, state: AlertState) -> None:
        if state == self._alerts and self._can_remember:
            return
        self._alerts = state
        if self._alerts_file is None:
            return
        try:
            self._alerts_file.save(state, self._team_id)
            self._can_remember = True
        except OSError as error:
            self._can_remember = False
            log.warning("what was said can't be kept: %s", error.strerror)
