"""The clock of the polls: a QTimer, one worker thread, one request at a time."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from tray_app.desktop.system.worker import Worker
from tray_app.errors import Problem
from tray_app.rules.alerts import Alert, SnoozeChoice
from tray_app.rules.schedule import LONGEST_RETRY
from tray_app.store.settings import Settings
from tray_app.team.watch import Snapshot, Watch

BREATH = 2.0
"""Seconds for which an answer serves another *Refresh* too, as when the user clicks again.

Whether lemlist may be asked at all is no matter of the poller (see ``patience.py``).
"""

PATIENCE = 1000
"""Milliseconds that the first alert of a run waits for what the history has to say of it."""


class Poller(QObject):
    """Polls a :class:`Watch` when its snapshots say so, and when the user asks."""

    snapshot_made = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._watch: Watch | None = None
        self._worker = worker
        self._polling = False
        self._last = Snapshot()
        self._not_before = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.poll)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._alert_early)

    @property
    def busy(self) -> bool:
        """Whether a poll is under way."""
        return self._polling

    def start(self, watch: Watch) -> None:
        """Poll this watch from now on."""
        self._watch = watch
        self._last = Snapshot()  # perhaps of another team
        self._not_before = 0.0
        self._patience.stop()
        self.poll()

    @Slot()
    def poll(self) -> None:
        """Ask now. Whoever asks while a request is under way gets that request's answer."""
        self._poll(prompt=False, by_user=False)

    @Slot()
    def refresh(self) -> None:
        """Ask now because the user wants it, unless that can't tell anything newer."""
        if time.monotonic() >= self._not_before:
            self._poll(prompt=False, by_user=True)

    def unlock(self) -> None:
        """Ask now, and let the keychain ask the user for its password."""
        self._poll(prompt=True, by_user=True)

    def find_key(self, watch: Watch, done: Callable[[], None]) -> None:
        """Poll this watch from now on, with the key that the keychain has now."""

        def forgotten(_nothing: None) -> None:
            done()
            self.start(watch)

        self._worker.submit(watch.forget_key, forgotten)

    def use_key(
        self,
        watch: Watch,
        key: str,
        *,
        store: bool,
        done: Callable[[], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Poll this watch from now on, with another key."""

        def changed(_nothing: None) -> None:
            done()
            self.start(watch)

        self._worker.submit(lambda: watch.use_key(key, store=store), changed, failed)

    def apply(self, watch: Watch, settings: Settings) -> None:
        """Have a watch go by other settings, whether it is polled now or later."""

        def applied(snapshot: Snapshot) -> None:
            if watch is self._watch:
                self._take(snapshot)

        self._worker.submit(lambda: watch.apply(settings), applied)

    @Slot(object)
    def snooze(self, choice: SnoozeChoice) -> None:
        """Hold alerts back."""
        if (watch := self._watch) is not None:

            def snoozed(snapshot: Snapshot) -> None:
                if watch is self._watch:
                    self._show(snapshot)

            self._worker.submit(lambda: watch.snooze(choice), snoozed)

    @Slot(object)
    def heard(self, alert: Alert) -> None:
        """Note that the user was told this."""
        if (watch := self._watch) is not None:
            self._worker.submit(lambda: watch.heard(alert), lambda _: None)

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._patience.stop()

    def _poll(self, *, prompt: bool, by_user: bool) -> None:
        watch = self._watch
        if self._polling or watch is None:
            return
        self._polling = True
        self._timer.stop()
        self.busy_changed.emit(True)

        def ended(snapshot: Snapshot) -> None:
            self._polling = False
            self.busy_changed.emit(False)
            if watch is self._watch:
                self._polled(snapshot)
            else:
                self.poll()

        def broke(defect: Problem) -> None:
            # The watch keeps in mind that its figures may be old, whatever is shown next.
            self._worker.submit(lambda: watch.broke(defect), ended, gave_up)

        def gave_up(defect: Problem) -> None:
            ended(replace(self._last, problem=defect, alert=None, wait=LONGEST_RETRY))

        self._worker.submit(lambda: watch.poll(prompt=prompt, by_user=by_user), ended, broke)

    def _polled(self, snapshot: Snapshot) -> None:
        self._not_before = time.monotonic() + BREATH
        self._take(snapshot)
        if snapshot.to_study and (watch := self._watch) is not None:
            # Nothing is alerted of figures that are out of date.
            early = snapshot.early_alert if snapshot.problem is None else None

            def studied(learned: Snapshot) -> None:
                if watch is self._watch:
                    self._studied(early, learned)

            # The figures are on the screen before the history is read, and what there is to alert
            # waits a moment for it.
            if early is not None:
                self._patience.start()
            self._worker.submit(watch.study, studied)

    @Slot()
    def _alert_early(self) -> None:
        self._show(replace(self._last, alert=self._last.early_alert))

    def _studied(self, early: Alert | None, learned: Snapshot) -> None:
        told = None if self._patience.isActive() else early
        self._patience.stop()
        if told is not None and learned.alert is not None and learned.alert.kind is told.kind:
            learned = replace(learned, alert=None)  # the same, with a date
        self._show(learned)

    def _take(self, snapshot: Snapshot) -> None:
        self._timer.start(round(snapshot.wait * 1000))
        self._show(snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        self._last = snapshot
        self.snapshot_made.emit(snapshot)
