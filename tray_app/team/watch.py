"""One poll: key, fetch, record, rules, and one Snapshot at its end."""

import itertools
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tray_app.errors import NEEDS_ANOTHER_KEY, Kind, Problem
from tray_app.lemlist.address import api_url
from tray_app.lemlist.balance import Balance, Team
from tray_app.lemlist.key import clean_key
from tray_app.rules.alerts import (
    Alert,
    AlertState,
    Evidence,
    Snooze,
    SnoozeChoice,
    acknowledged,
    decide,
    heard,
    is_same_news,
    is_untrue,
    snoozed,
)
from tray_app.rules.analysis import Analysis
from tray_app.rules.levels import Level, level_of
from tray_app.rules.schedule import next_wait
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.file_fault import FileFault
from tray_app.store.settings import Settings
from tray_app.store.teams import TeamsFile
from tray_app.team.credentials import Credentials, KeySource
from tray_app.team.patience import Api, PatientApi, Paused, Pauses

if TYPE_CHECKING:  # it brings the database with it, which the icon does not wait for
    from tray_app.team.analyst import Analyst

log = logging.getLogger(__name__)

POLL_DEADLINE = 15.0
"""Seconds for all that one poll asks of the API."""

TEAM_DEADLINE = 5.0
"""Seconds for the team's name, which nothing depends on."""

TEAM_RETRY = 3600.0
"""Seconds after which a team without a name is asked for it again."""

_alert_ids = itertools.count(1)


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
    """Whether the history has not been asked yet, which takes longer than a poll should."""
    alert: Alert | None = None
    """What the user has not heard yet; it is told with each reading, until it was."""
    alert_id: int = 0
    """Of the alert. The same news keeps it until it was heard, so that it can be shown once."""
    early_alert: Alert | None = None
    """The same, for when the history takes too long to be asked."""
    withdraws: bool = False
    """Whether what was alerted last must not be told any more, or stay on the screen."""
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
        confirms_alerts: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``connect`` turns a key into the API as that key sees it.

        With ``confirms_alerts`` an alert is made with each reading until :meth:`heard` tells that
        it was shown. Without, it counts as heard when it is made.
        """
        self._credentials = credentials
        self._connect = connect
        self._alerts_file = alerts_file
        self._settings = settings
        self._analyst = analyst
        self._confirms_alerts = confirms_alerts
        self._now = now
        self._chance = chance
        self._alerts, self._team_id = alerts_file.load() if alerts_file else (AlertState(), None)
        self._api: Api | None = None
        self._key_hash: int | None = None  # of the key that opened all that is known here
        self._team: Team | None = None
        self._team_wanted_at = 0.0
        self._failures = 0
        self._snapshot = Snapshot()
        self._unjudged_by: Settings | None = None  # which a change has replaced before a reading
        self._can_remember = True
        self._alerted: Alert | None = None  # which is on the screen, or is to be
        self._is_heard = False
        self._withdraws = False
        self._news: Alert | None = None  # which is told with each reading, until it was heard
        self._news_id = 0

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

    def broke(self, defect: Problem) -> Snapshot:
        """Tell what is known after a poll that a defect of this program has broken off."""
        return self._failed(defect)

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
        reading = self._snapshot.reading
        if reading is None or not self._snapshot.to_study:
            return self._snapshot
        analysis = self._ask_history(reading)
        self._snapshot = replace(
            self._snapshot,
            analysis=analysis,
            to_study=False,
            history_fault=self._analyst.history_fault if self._analyst else None,
        )
        # If a poll has failed since, the figures are out of date, and the next good one tells.
        return self._complete(None if self._snapshot.problem else self._decide(reading, analysis))

    def heard(self, alert: Alert) -> None:
        """Note that the user was told what a snapshot alerted."""
        early, last = self._snapshot.early_alert, self._alerted
        if not any(each is not None and is_same_news(each, alert) for each in (early, last)):
            return  # another team's, or taken back
        if alert == early and last is not None and is_same_news(last, alert):
            alert = last  # which is not told: nothing less urgent is to take its place
        self._alerted, self._is_heard = alert, True
        self._news = None
        self._remember(heard(self._alerts, alert, self._now()))

    def apply(self, settings: Settings) -> Snapshot:
        """Judge the last reading by other settings. The user knows, so nothing is alerted."""
        old, self._settings = self._settings, settings
        reading, analysis = self._snapshot.reading, self._snapshot.analysis
        if reading is not None:
            credits, thresholds = reading.balance.credits, settings.thresholds
            before = self._evidence(analysis, old)
            if self._analyst is not None and analysis is not None:
                analysis = self._analyst.judge(reading.balance, self._now(), settings.renewal_day)
            after = self._evidence(analysis, settings)
            level = level_of(credits, thresholds, self._alerts.level)
            self._snapshot = replace(self._snapshot, level=level, analysis=analysis)
            if not self._snapshot.to_study:  # or nothing has been judged by the old ones
                self._remember(acknowledged(self._alerts, credits, thresholds, before, after))
                self._review(credits, after)
        if reading is None or self._snapshot.to_study:
            self._unjudged_by = self._unjudged_by or old
        if not settings.notifications:
            self._drop_unheard()
        return self._schedule(None)

    def snooze(self, choice: SnoozeChoice) -> Snapshot:
        """Hold alerts back for a while."""
        self._remember(snoozed(self._alerts, choice, self._now()))
        self._drop_unheard()
        return self._complete(None)

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
        if self._key_hash is not None and self._team_id is None:
            self._alerts = AlertState()  # what was said of a team that nobody knows
        self._key_hash = key_hash
        self._api = self._team = None
        self._team_wanted_at = 0.0
        self._failures = 0
        self._take_back()
        self._snapshot = Snapshot()
        if self._analyst is not None:
            self._analyst.forget()

    def _succeeded(self, balance: Balance) -> Snapshot:
        reading = Reading(balance, self._now())
        analyst = self._analyst
        to_study = analyst is not None and not analyst.is_ready
        analysis = None if to_study else self._ask_history(reading)
        early = self._judge(reading, Evidence())[1] if to_study else None
        self._failures = 0
        self._snapshot = Snapshot(
            reading=reading,
            level=level_of(balance.credits, self._settings.thresholds, self._alerts.level),
            analysis=analysis,
            to_study=to_study,
            early_alert=early,
            alert_id=self._id_of(early) if early is not None else 0,
            key_source=self._credentials.source,
            history_fault=analyst.history_fault if analyst else None,
        )
        return self._schedule(None if to_study else self._decide(reading, analysis))

    def _ask_history(self, reading: Reading) -> Analysis | None:
        if self._analyst is None:
            return None
        team_id = self._team.id if self._team else None
        return self._analyst.take(team_id, reading.balance, reading.at, self._settings.renewal_day)

    def _evidence(self, analysis: Analysis | None, settings: Settings) -> Evidence:
        evidence = analysis.evidence(settings.warn_within) if analysis else Evidence()
        return replace(evidence, refills=self._analyst.refills()) if self._analyst else evidence

    def _decide(self, reading: Reading, analysis: Analysis | None) -> Alert | None:
        evidence = self._evidence(analysis, self._settings)
        state, alert = self._judge(reading, evidence)
        self._unjudged_by = None
        if alert is not None and not self._confirms_alerts:
            state = heard(state, alert, self._now())
        self._remember(state)
        self._review(reading.balance.credits, evidence)
        if alert is None:
            self._drop_unheard()
        return alert

    def _judge(self, reading: Reading, evidence: Evidence) -> tuple[AlertState, Alert | None]:
        credits, thresholds, now = reading.balance.credits, self._settings.thresholds, self._now()
        state = self._alerts
        if (old := self._unjudged_by) is not None and state.level is not None:
            # What is known from an earlier run is told by the settings of then.
            state = replace(state, level=level_of(credits, old.thresholds, state.level))
            warn_within = min(old.warn_within, evidence.warn_within)
            before = replace(evidence, warn_within=warn_within)
            state = acknowledged(state, credits, thresholds, before, evidence)
        state, alert = decide(state, credits, thresholds, now, evidence)
        while alert is not None and not self._settings.notifications:
            # Nobody wants to hear it, nor later, when notifications are wanted again.
            state, alert = decide(heard(state, alert, now), credits, thresholds, now, evidence)
        return state, alert

    def _review(self, credits: int, evidence: Evidence) -> None:
        """Take back what was alerted, if that is known to be untrue now."""
        alert = self._alerted
        if alert is not None and is_untrue(alert, self._alerts, credits, self._now(), evidence):
            self._take_back()

    def _id_of(self, alert: Alert) -> int:
        """Tell news that is being told already from other news."""
        if self._news is None or not is_same_news(self._news, alert):
            self._news_id = next(_alert_ids)
        self._news = alert
        return self._news_id

    def _drop_unheard(self) -> None:
        if not self._is_heard:
            self._take_back()

    def _take_back(self) -> None:
        self._withdraws |= self._alerted is not None
        self._alerted = self._news = None

    def _failed(self, problem: Problem) -> Snapshot:
        # It is kept, and with it everything that it was raised from would be.
        problem.__traceback__ = problem.__context__ = None
        log.info("poll failed: %s %s", problem.kind, problem.detail)
        self._snapshot = replace(
            self._snapshot,
            problem=problem,
            early_alert=None,
            key_source=self._credentials.source,
        )
        self._drop_unheard()  # which is out of date; the next good poll tells it
        return self._schedule(None)

    def _schedule(self, alert: Alert | None) -> Snapshot:
        """Complete the snapshot after a poll: the next one is reckoned from now."""
        wait = next_wait(
            self._settings.interval, self._failures, self._snapshot.problem, self._chance()
        )
        next_at = self._now() + timedelta(seconds=wait)
        self._snapshot = replace(self._snapshot, wait=wait, next_at=next_at)
        return self._complete(alert)

    def _complete(self, alert: Alert | None) -> Snapshot:
        """Complete the snapshot with what does not come from the poll itself."""
        alert_id = self._snapshot.alert_id
        if alert is not None:
            alert_id = self._id_of(alert)
            self._alerted, self._is_heard = alert, not self._confirms_alerts
        withdraws, self._withdraws = self._withdraws and alert is None, False
        self._snapshot = replace(
            self._snapshot,
            alert_id=alert_id,
            team=self._team.name if self._team else None,
            team_id=self._team.id if self._team else None,
            alert=alert,
            withdraws=withdraws,
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
            self._take_back()
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
