"""Which alerts of one team are told, which were heard, and which are taken off the screen.

``tray_app/rules/alerts.py`` decides when there is something to tell. A user may have several
graphical sessions, each with a program that watches the same team. These programs share, through
the file, what one of them tells or holds back.
"""

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from tray_app.rules import alerts
from tray_app.rules.alerts import Alert, AlertState, Evidence, SnoozeChoice
from tray_app.rules.levels import Level, level_of
from tray_app.store.alerts_file import AlertsFile, Kept
from tray_app.store.settings import Settings

T = TypeVar("T")

log = logging.getLogger(__name__)

_ids = itertools.count(1)


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell the user now."""

    alert: Alert | None = None
    """It is told with each reading, until the user has heard it."""
    early: Alert | None = None
    """The alert without what the history adds to it, for when the history takes too long."""
    id: int = 0
    """The alert's number, unique among the alerts of all teams. An alert keeps its number until it
    is heard, even if its words change, so that it is shown once."""
    withdraws: bool = False
    """Whether the alert that was told last must no longer be shown."""


class Announcer:
    """Makes the news of one team, and keeps what was heard. Calls wait for the disk."""

    def __init__(self, file: AlertsFile | None, now: Callable[[], datetime]) -> None:
        self._file = file
        self._now = now
        self.state, self._team_id = file.load() if file else Kept()
        self.can_remember = True
        """Whether what is heard now will still be known after a restart."""
        self._told: Alert | None = None  # the alert that is on the screen, or is to be
        self._id = 0  # of the alert that was told last
        self._is_heard = False
        self._is_taken_back = False
        self._unjudged_by: Settings | None = None  # settings replaced before they judged a reading

    def level(self, credits: int, settings: Settings) -> Level:
        """Return the level of a balance, which also depends on the level before."""
        return level_of(credits, settings.thresholds, self.state.level)

    def decide_early(self, credits: int, settings: Settings) -> Alert | None:
        """Return what there is to tell of a reading before the history is asked about it."""

        def decide_and_claim(state: AlertState) -> tuple[AlertState, Alert | None]:
            # All else that was judged waits for the history.
            alert = self._decide(state, credits, settings, Evidence())[1]
            return self._claim(state, alert)

        alert = self._change(decide_and_claim)
        if alert is not None:
            self._tell(alert)
        return alert

    def decide(self, credits: int, settings: Settings, evidence: Evidence) -> Alert | None:
        """Return what there is to tell of a reading, and take back what it contradicts."""

        def decide_and_claim(state: AlertState) -> tuple[AlertState, Alert | None]:
            return self._claim(*self._decide(state, credits, settings, evidence))

        alert = self._change(decide_and_claim)
        self._unjudged_by = None
        self._take_back_if_untrue(credits, evidence)
        if alert is None:
            self.drop_unheard()
        else:
            self._tell(alert)
        return alert

    def news(self, alert: Alert | None, early: Alert | None) -> News:
        """Return what is to be told now; an alert is withdrawn by one News only."""
        taken_back, self._is_taken_back = self._is_taken_back, False
        return News(alert, early, self._id, withdraws=taken_back and alert is None)

    def hear(self, news: News) -> None:
        """Note that the user was told an alert, unless it is another team's or was taken back."""
        told = self._told
        if told is None or news.alert is None or news.id != self._id:
            return
        # If the early alert was shown, the fuller alert counts as heard too.
        heard = self._told = told if news.alert == news.early else news.alert
        self._is_heard = True
        self._change(lambda state: (alerts.heard(state, heard, self._now()), None))

    def acknowledge(
        self, credits: int, settings: Settings, before: Evidence, after: Evidence
    ) -> None:
        """Judge a reading by new settings. What they make true counts as heard."""
        limits = settings.thresholds
        self._change(
            lambda state: (alerts.acknowledged(state, credits, limits, before, after), None)
        )
        self._take_back_if_untrue(credits, after)

    def acknowledge_later(self, replaced: Settings) -> None:
        """Acknowledge new settings with the next reading, as there is none to judge now.

        If a level is known from before, the ``replaced`` settings judge the next reading first, and
        what only the new ones make true counts as heard.
        """
        self._unjudged_by = self._unjudged_by or replaced

    def begin_snooze(self, choice: SnoozeChoice) -> None:
        """Hold alerts back for a while."""
        self._change(lambda state: (alerts.snoozed(state, choice, self._now()), None))
        self.drop_unheard()

    def drop_unheard(self) -> None:
        """Take back an alert that was not heard; the next reading tells it if it is still true."""
        if not self._is_heard:
            self._take_back()

    def change_key(self) -> None:
        """Begin anew with a key that may be another team's."""
        if self._team_id is None:
            self.state = AlertState()
        self._take_back()

    def belong_to(self, team_id: str | None) -> None:
        """Forget what was heard of any other team; ``None`` is a team that is not known yet."""
        if self._team_id not in (None, team_id):
            self.state = AlertState()
            self._take_back()
        self._team_id = team_id

    def _decide(
        self, state: AlertState, credits: int, settings: Settings, evidence: Evidence
    ) -> tuple[AlertState, Alert | None]:
        thresholds, now = settings.thresholds, self._now()
        if (old := self._unjudged_by) is not None and state.level is not None:
            # The level from the file was judged by an earlier run's settings.
            state = replace(state, level=level_of(credits, old.thresholds, state.level))
            warn_within = min(old.warn_within, evidence.warn_within)
            before = replace(evidence, warn_within=warn_within)
            state = alerts.acknowledged(state, credits, thresholds, before, evidence)
        state, alert = alerts.decide(state, credits, thresholds, now, evidence)
        while alert is not None and not settings.notifications:
            # It counts as heard, so that it is not told when notifications are on again.
            state = alerts.heard(state, alert, now)
            state, alert = alerts.decide(state, credits, thresholds, now, evidence)
        return state, alert

    def _claim(self, state: AlertState, alert: Alert | None) -> tuple[AlertState, Alert | None]:
        """Keep the other sessions from telling an alert, unless one of them is about to."""
        if self._file is None:
            return state, alert
        return alerts.claimed(state, alert, self._file.session, self._now())

    def _tell(self, alert: Alert) -> None:
        if self._told is None or self._is_heard or not alerts.is_same_news(self._told, alert):
            self._id = next(_ids)
        self._told, self._is_heard = alert, False

    def _take_back_if_untrue(self, credits: int, evidence: Evidence) -> None:
        told = self._told
        if told is not None and alerts.is_untrue(told, self.state, credits, self._now(), evidence):
            self._take_back()

    def _take_back(self) -> None:
        self._is_taken_back |= self._told is not None
        self._told = None

    def _change(self, change: Callable[[AlertState], tuple[AlertState, T]]) -> T:
        """Change the state by what it is now, with all that other sessions have put into it.

        Returns what ``change`` returns beside the new state.
        """
        while True:
            self._catch_up()
            state, result = change(self.state)
            if state == self.state and self.can_remember:
                return result
            if self._save(state):
                self.state = state
                return result

    def _catch_up(self) -> None:
        """Take over what another session has heard or held back of this team."""
        kept = self._file.load_again() if self._file else None
        if kept is not None and kept.team_id == self._team_id:
            self.state = kept.state

    def _save(self, state: AlertState) -> bool:
        """Keep a state, and tell whether it holds: not if another session was faster."""
        if self._file is None:
            return True
        try:
            is_newest = self._file.save(state, self._team_id)
            self.can_remember = True
        except OSError as error:
            self.can_remember = False
            log.warning("what was said can't be kept: %s", error.strerror)
            return True
        return is_newest
