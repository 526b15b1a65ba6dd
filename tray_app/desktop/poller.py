"""The clock of a team's polls: a QTimer, one worker thread, one request at a time."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from tray_app.desktop.system.worker import Worker
from tray_app.errors import FAILS_ON_NETWORK, Kind, Problem
from tray_app.rules.alerts import SnoozeChoice
from tray_app.rules.schedule import LONGEST_RETRY
from tray_app.store.settings import Settings
from tray_app.team.announcer import News
from tray_app.team.session import Session
from tray_app.team.watch import Snapshot, Watch

T = TypeVar("T")

BREATH = 2.0
"""Seconds after an answer in which *Refresh* asks nothing, as when the user clicks again.
``team/api.py`` decides whether lemlist may be asked at all."""

EARLY_ALERT_AFTER = 1000
"""Milliseconds for which the first alert of a run waits for what the history adds to it."""


class Poller(QObject):
    """Polls one team when its snapshots say so, and when the user asks.

    Between :meth:`start` and :meth:`stop` the team is polled, and each snapshot is emitted. A
    snapshot that comes after :meth:`stop` is only kept in the session.
    """

    snapshot_made = Signal(object)
    busy_changed = Signal()

    def __init__(self, session: Session, worker: Worker) -> None:
        super().__init__()
        self.session = session
        self._worker = worker
        self.busy = False
        """Whether a poll is under way."""
        self._unlock_wanted = False
        self._is_started = False
        self._was_started = False
        self._refresh_from = 0.0
        self._told_id = 0  # of the alert that was published last
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.poll)
        self._early_timer = QTimer(self, singleShot=True, interval=EARLY_ALERT_AFTER)
        self._early_timer.timeout.connect(self._alert_early)

    @property
    def is_started(self) -> bool:
        """Whether the team is polled."""
        return self._is_started

    @property
    def account(self) -> str:
        """The team's account, which tells it from the user's other teams."""
        return self.session.entry.account

    def start(self) -> None:
        """Poll from now on. What was known is dropped, as the key may open another team now."""
        self.stop()
        self._is_started = self._was_started = True
        self._refresh_from = 0.0
        self.session.snapshot = Snapshot()
        self.poll()

    def stop(self) -> None:
        """Ask no more, and tell nothing."""
        self._is_started = self._unlock_wanted = False
        self._timer.stop()
        self._early_timer.stop()

    def finish(self, seconds: float) -> None:
        """Wait at most so many seconds for what the worker is doing."""
        self._worker.finish(seconds)

    def leave(self) -> None:
        """Stop for good, and close the team's files when the worker comes to it."""
        self.stop()
        self._worker.submit(self.session.close)

    def end_with(self, job: Callable[[], T], done: Callable[[T], object]) -> None:
        """Stop, and do something after all that the worker is still doing with the team."""
        self.stop()
        self._worker.submit(job, done)

    @Slot()
    def poll(self, *, prompt: bool = False, by_user: bool = False) -> None:
        """Ask now, unless a request is under way, whose answer serves this call too.

        With ``prompt`` the keychain may ask the user for its password. If a poll without ``prompt``
        is under way and finds the keychain locked, a poll with ``prompt`` follows.
        """
        if self.busy or not self._is_started:
            self._unlock_wanted |= prompt and self._is_started
            return
        self._unlock_wanted = False
        self._timer.stop()
        self._set_busy(True)

        def break_off(defect: Problem) -> None:
            # The watch keeps the failure, so that its snapshots until the next poll tell it too.
            self._call_watch(lambda watch: watch.fail(defect), self._end_poll, give_up)

        def give_up(defect: Problem) -> None:
            last = self.session.snapshot
            self._end_poll(replace(last, problem=defect, news=News(), wait=LONGEST_RETRY))

        self._call_watch(
            lambda watch: watch.poll(prompt=prompt, by_user=by_user), self._end_poll, break_off
        )

    def refresh(self) -> None:
        """Ask now because the user wants it, unless the last answer is a moment old."""
        if time.monotonic() >= self._refresh_from:
            self.poll(by_user=True)

    def retry_if_network_failed(self) -> None:
        """Ask now if the last poll failed on the network: some systems don't tell of its return."""
        problem = self.session.snapshot.problem
        if problem is not None and problem.kind in FAILS_ON_NETWORK:
            self.refresh()

    def apply(self, settings: Settings) -> None:
        """Have the team judged by other settings."""
        self.session.take_settings(settings)
        chosen = self.session.settings
        self._call_watch(lambda watch: watch.apply(chosen), self._publish_and_schedule)

    def use_key(
        self,
        key: str,
        done: Callable[[object], object],
        failed: Callable[[Problem], object],
        *,
        store: bool,
    ) -> None:
        """Have another key used from the next start on, as :meth:`Watch.use_key` does."""
        session = self.session
        self._worker.submit(lambda: session.watch.use_key(key, store=store), done, failed)

    def forget_key(self, done: Callable[[object], object]) -> None:
        """Have the key found anew at the next start."""
        session = self.session
        self._worker.submit(lambda: session.watch.forget_key(), done)

    def snooze(self, choice: SnoozeChoice) -> None:
        """Hold alerts back."""
        self._call_watch(lambda watch: watch.snooze(choice), self._publish)

    def note_heard(self, news: News) -> None:
        """Note that the user was told an alert, if the alert is this team's."""
        if news.id == self._told_id:
            self._call_watch(lambda watch: watch.heard(news))

    def _end_poll(self, snapshot: Snapshot) -> None:
        self._refresh_from = time.monotonic() + BREATH
        self._set_busy(False)
        self._publish_and_schedule(snapshot)
        if snapshot.to_study and self._is_started:
            self._identify()
        problem = snapshot.problem
        if self._unlock_wanted and problem is not None and problem.kind is Kind.KEYCHAIN_LOCKED:
            self.poll(prompt=True, by_user=True)
        self._unlock_wanted = False

    def _identify(self) -> None:
        """Find out whose the figures are, and what they mean; they are told already."""
        self._call_watch(lambda watch: watch.identify(), self._study)

    def _study(self, identified: Snapshot) -> None:
        """Ask the history of the team. An alert waits a moment for the answer."""
        if identified is not self.session.snapshot:
            self._publish(identified)
        if not self._is_started:
            return
        # Figures that are out of date alert nothing.
        if identified.news.early is not None and identified.problem is None:
            self._early_timer.start()

        def publish(learned: Snapshot) -> None:
            self._early_timer.stop()
            self._publish(learned)

        self._call_watch(lambda watch: watch.study(), publish)

    @Slot()
    def _alert_early(self) -> None:
        last = self.session.snapshot
        self._publish(replace(last, news=replace(last.news, alert=last.news.early)))

    def _publish_and_schedule(self, snapshot: Snapshot) -> None:
        """Publish a snapshot, and poll again when the snapshot says so."""
        if self._is_started:
            self._timer.start(round(snapshot.wait * 1000))
        self._publish(snapshot)

    def _publish(self, snapshot: Snapshot) -> None:
        self.session.snapshot = snapshot
        if self._is_started:
            if snapshot.news.alert is not None:
                self._told_id = snapshot.news.id
            self.snapshot_made.emit(snapshot)

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()

    def _call_watch(
        self,
        question: Callable[[Watch], Any],
        done: Callable[[Snapshot], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
    ) -> None:
        """Call the watch in the worker. Before the first :meth:`start` the watch is not opened."""
        if not self._was_started:
            return
        session = self.session

        def ask() -> Any:
            watch = session.watch
            watch.place = session.place
            return question(watch)

        self._worker.submit(ask, done, failed)
