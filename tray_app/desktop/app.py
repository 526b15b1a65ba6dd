"""The one place that makes the parts of the tray program and joins them."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from tray_app.desktop.poller import Poller
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.system.quit_signals import QuitSignals
from tray_app.desktop.system.resume import Resume
from tray_app.desktop.system.session_bus import SessionBus
from tray_app.desktop.system.single_instance import SingleInstance
from tray_app.desktop.system.uncaught import UncaughtErrors
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.tray.notifier import Notifier
from tray_app.desktop.tray.tray import Tray
from tray_app.desktop.widgets.icon import app_icon, paint_icon
from tray_app.desktop.windows.insight_windows import InsightWindows, bring_forward
from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.lemlist.address import BILLING_PAGE
from tray_app.report.diagnostics import RecentProblems
from tray_app.rules.alerts import Alert, AlertKind
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import (
    alerts_file,
    history_file,
    settings_file,
    teams_file,
)
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.settings import Settings, SettingsFile
from tray_app.store.teams import TeamsFile
from tray_app.team.credentials import Credentials
from tray_app.team.watch import Checked, Snapshot, Watch, connector
from tray_app.words.settings_words import settings_fault_words
from tray_app.words.view import LATE, Remedy, View, notice, snooze_choices, view_of

if TYPE_CHECKING:
    from tray_app.desktop.demo import Demo
    from tray_app.desktop.popup.popup import Popup
    from tray_app.desktop.windows.about_dialog import AboutDialog
    from tray_app.desktop.windows.key_dialog import KeyDialog
    from tray_app.desktop.windows.settings_dialog import SettingsDialog

log = logging.getLogger(__name__)

NO_KEY_ANYWHERE = (Kind.NO_KEY, Kind.KEYCHAIN_UNAVAILABLE)

NOTICE_PICTURE = 64
"""Pixels of the icon in a notification."""

QUIT_TIME = 0.5
"""Seconds that quitting waits for the desktop to answer, and for each worker to write."""


Opened = tuple[Watch, Settings, list[str]]


class App(QObject):
    """Owns the parts, and passes what one of them says to those whom it concerns."""

    def __init__(
        self,
        environ: Mapping[str, str],
        instance: SingleInstance,
        keychain: Keychain,
        tray: Tray,
        bus: SessionBus,
        disk: Worker,
        gate: Gate,
        uncaught: UncaughtErrors,
    ) -> None:
        """``disk`` is the worker for files; ``tray`` shows its icon already."""
        super().__init__()
        self._gate = gate
        self._environ = environ
        self._instance = instance
        self._keychain = keychain
        self._formats = QtFormats()
        self._settings_file = SettingsFile(settings_file())
        self._settings = Settings()
        self._complaints: dict[str, str] = {}
        self._watch: Watch | None = None
        self._snapshot = Snapshot()
        # What the notifier was given last; a day later the same alert has other words.
        self._notified: tuple[Alert, str, str] | None = None
        self._asked_for_key = False
        self._demo: Demo | None = None

        self._network = Worker("network", gate)
        self._keychain_worker: Worker | None = None
        self._is_describing = False
        self._disk = disk
        self._poller = Poller(self._network)
        self._insights = InsightWindows(self._disk, self._formats, self)
        self._tray = tray
        self._notifier = Notifier(self._tray.message, bus, gate)
        self._signals = QuitSignals(self)
        self._uncaught = uncaught
        self._resume: Resume | None = None
        # Runs out only when a poll does not come, which leaves the figures out of date.
        self._overdue = QTimer(self)
        self._overdue.setSingleShot(True)
        self._overdue.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._problems = RecentProblems()
        # Built on first use, as each of them takes more memory than the icon.
        self._popup: Popup | None = None
        self._key_dialog: KeyDialog | None = None
        self._settings_dialog: SettingsDialog | None = None
        self._about_dialog: AboutDialog | None = None
        self._join()

    def _join(self) -> None:
        self._poller.snapshot_made.connect(self._show)
        self._overdue.timeout.connect(self._look_again)
        self._poller.busy_changed.connect(self._show_busy)
        self._tray.clicked.connect(self._toggle_popup)
        self._tray.open_requested.connect(self._open_popup)
        self._tray.refresh_requested.connect(self._poller.refresh)
        self._tray.buy_requested.connect(self._buy)
        self._tray.snooze_requested.connect(self._poller.snooze)
        self._tray.history_requested.connect(self._insights.open_history)
        self._tray.plan_requested.connect(self._insights.open_plan)
        self._tray.settings_requested.connect(self._open_settings)
        self._tray.key_requested.connect(self._open_key_dialog)
        self._tray.remedy_requested.connect(self._remedy)
        self._tray.about_requested.connect(self._open_about)
        self._tray.quit_requested.connect(QApplication.quit)
        self._tray.no_panel.connect(self._use_window)
        self._tray.shown.connect(self._use_panel)
        self._insights.trend_changed.connect(self._show_trend)
        self._insights.buy_requested.connect(self._buy)
        self._notifier.clicked.connect(self._open_popup)
        self._notifier.accepted.connect(self._poller.heard)
        self._instance.opened_again.connect(self._open_popup)
        self._instance.key_changed.connect(self._find_key)
        self._signals.quit_asked.connect(QApplication.exit)
        self._uncaught.first_raised.connect(self._admit_defect)
        if self._uncaught.has_raised:
            self._admit_defect()

    def start(self, *, demo: bool) -> None:
        """Read what the first poll needs, and poll."""
        self._tray.offer_snooze(snooze_choices())
        QApplication.setWindowIcon(app_icon())

        def begin(opened: Opened) -> None:
            self._listen()
            self._watch, self._settings, complaints = opened
            self._complain("settings", " ".join(complaints))
            if demo:
                self._start_demo()
            else:
                self._poller.start(self._watch)

        def fail(defect: Problem) -> None:
            self._listen()
            self._show(Snapshot(problem=defect))

        self._disk.submit(self._open_watch, begin, fail)

    def _listen(self) -> None:
        """Begin to hear of what comes from outside."""
        self._instance.listen()
        self._tray.hear_of_loss()
        self._resume = Resume(self, self._gate)
        self._resume.noticed.connect(self._look_again)
        self._resume.resumed.connect(self._poller.poll)

    @Slot()
    def stop(self) -> None:
        """End what was started. What takes longer than a moment is left to itself."""
        if self._resume is not None:
            self._resume.stop()
        self._overdue.stop()
        self._poller.stop()
        self._tray.hide()
        self._stop_demo()
        self._notifier.finish(QUIT_TIME)
        # Qt delivers nothing more by itself, and what was shown a moment ago is to be kept as said.
        QApplication.sendPostedEvents(self._poller, QEvent.Type.MetaCall.value)
        self._network.finish(QUIT_TIME)
        self._disk.finish(QUIT_TIME)

    def _open_watch(self) -> Opened:
        """Read the files and make the watch from them; for the worker thread."""
        from tray_app.store.history_database import History
        from tray_app.team.analyst import Analyst

        settings, faults = self._settings_file.load()
        complaints = [settings_fault_words(fault) for fault in faults]
        watch = Watch(
            Credentials(self._environ, self._keychain),
            connector(self._environ, TeamsFile(teams_file())),
            AlertsFile(alerts_file(), ACCOUNT),
            settings,
            Analyst(History(history_file())),
            confirms_alerts=True,
        )
        return watch, settings, complaints

    @Slot()
    def _start_demo(self) -> None:
        keychain = self._keychain

        def open_demo() -> "Demo":
            from tray_app.desktop.demo import Demo

            return Demo(keychain)

        def start(demo: "Demo") -> None:
            self._demo = demo
            self._withdraw()  # which is of another team
            self._poller.start(demo.watch)

        self._disk.submit(open_demo, start)

    def _stop_demo(self) -> None:
        if (demo := self._demo) is not None:
            self._demo = None
            self._withdraw()  # what was told of the demo
            self._disk.submit(demo.stop, _nothing)

    @property
    def _history(self) -> Path:
        return self._demo.history if self._demo is not None else history_file()

    # What there is to see

    @Slot(object)
    def _show(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._look_again()
        self._overdue.start(round((snapshot.wait + LATE.total_seconds() + 1) * 1000))
        self._insights.show(snapshot, self._settings, self._history)
        if self._popup is not None and self._popup.isVisible():
            self._insights.read_trend()
        if snapshot.problem is not None and snapshot.problem.kind is not Kind.DEFECT:
            self._problems.note(snapshot.problem, datetime.now(UTC))
        if snapshot.alert is not None:
            self._notify(snapshot, snapshot.alert)
        elif snapshot.withdraws:
            self._withdraw()
        if self._has_no_key():
            self._ask_for_first_key()

    def _notify(self, snapshot: Snapshot, alert: Alert) -> None:
        """Tell what the user has not heard, unless just that is on its way already."""
        title, body = notice(
            snapshot, alert, self._settings.prices, self._formats, datetime.now(UTC)
        )
        if (alert, title, body) == self._notified:
            return
        self._notified = alert, title, body
        picture = paint_icon(self._view().icon, NOTICE_PICTURE)
        urgent = alert.kind in (AlertKind.CRITICAL, AlertKind.EMPTY)
        self._notifier.notify(alert, title, body, picture, urgent=urgent)

    def _withdraw(self) -> None:
        """Take back what was told last, or waits to be."""
        self._notified = None
        self._notifier.withdraw()

    @Slot()
    def _look_again(self) -> None:
        """Show what is known as of now."""
        view = self._view()
        self._tray.show_view(view)
        if self._popup is not None:
            self._popup.show_view(view, self._snapshot)
            self._popup.say(self._all_complaints())
        self._insights.look_again()

    def _view(self) -> View:
        return view_of(self._snapshot, self._settings, self._formats, datetime.now(UTC))

    @Slot()
    def _show_trend(self) -> None:
        if self._popup is not None:
            low = self._settings.thresholds.low
            self._popup.show_trend(self._insights.trend, low=low)

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        if self._popup is not None:
            self._popup.set_busy(busy)

    def _complain(self, about: str, sentence: str) -> None:
        """Say something of the program itself on the popup, until something else or "" is said."""
        self._complaints[about] = sentence
        if sentence:
            log.warning("%s", sentence)
        if self._popup is not None:
            self._popup.say(self._all_complaints())

    def _all_complaints(self) -> str:
        problem, complaints = self._snapshot.problem, dict(self._complaints)
        if problem is not None and problem.kind is Kind.DEFECT:
            complaints.pop("defect", None)  # the popup tells of the defect already
        return "\n".join(filter(None, complaints.values()))

    def _the_popup(self) -> "Popup":
        if self._popup is None:
            from tray_app.desktop.popup.popup import Popup

            self._popup = popup = Popup(self._formats)
            popup.refresh_requested.connect(self._poller.refresh)
            popup.buy_requested.connect(self._buy)
            popup.settings_requested.connect(self._open_settings)
            popup.remedy_requested.connect(self._remedy)
            popup.snooze_requested.connect(self._poller.snooze)
            popup.range_wanted.connect(self._insights.choose_trend)
            popup.history_requested.connect(self._insights.open_history)
            popup.plan_requested.connect(self._insights.open_plan)
            popup.closed_as_window.connect(QApplication.quit)
            popup.say(self._all_complaints())
            popup.set_busy(self._poller.busy)
            popup.show_view(self._view(), self._snapshot)
            self._show_trend()
        return self._popup

    @Slot()
    def _toggle_popup(self) -> None:
        self._look_again()
        self._the_popup().toggle(self._tray.geometry())
        self._insights.read_trend()

    @Slot()
    def _open_popup(self) -> None:
        self._look_again()
        self._the_popup().open(self._tray.geometry())
        self._insights.read_trend()

    @Slot()
    def _use_window(self) -> None:
        """Show the popup as a window, on a desktop without a panel for icons."""
        popup = self._the_popup()
        popup.as_window()
        self._complain(
            "tray", tr("This desktop has no tray. Closing this window ends the program.")
        )
        popup.open(None)

    @Slot()
    def _use_panel(self) -> None:
        if self._popup is not None:
            self._popup.as_popup()
            self._complain("tray", "")

    # The key

    def _has_no_key(self) -> bool:
        problem = self._snapshot.problem
        return problem is not None and problem.kind in NO_KEY_ANYWHERE

    def _ask_for_first_key(self) -> None:
        if not self._asked_for_key:
            self._asked_for_key = True
            self._open_key_dialog()

    @Slot(object)
    def _remedy(self, remedy: Remedy) -> None:
        if remedy is Remedy.UNLOCK:
            self._poller.unlock()
        else:
            self._open_key_dialog()

    @Slot()
    def _open_key_dialog(self) -> None:
        from tray_app.desktop.windows.key_dialog import KeyDialog

        if self._key_dialog is None:
            first_run = self._has_no_key()
            self._key_dialog = dialog = KeyDialog(self._formats, first_run=first_run)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.check_requested.connect(self._check_key)
            dialog.key_accepted.connect(self._accept_key)
            dialog.demo_requested.connect(self._start_demo)
            dialog.link_requested.connect(self._open_link)
            dialog.destroyed.connect(self._forget_key_dialog)
        bring_forward(self._key_dialog)

    @Slot()
    def _forget_key_dialog(self) -> None:
        self._key_dialog = None

    @Slot(str)
    def _check_key(self, key: str) -> None:
        watch, dialog = self._watch, self._key_dialog
        if watch is None or dialog is None:
            return

        keychain = self._keychain

        def check() -> tuple[Checked, Problem | None]:
            checked = watch.check(key)
            try:
                keychain.check()
            except Problem as problem:
                return checked, problem
            return checked, None

        def show(result: tuple[Checked, Problem | None]) -> None:
            if self._key_dialog is dialog:
                dialog.check_succeeded(*result)

        def show_problem(problem: Problem) -> None:
            if self._key_dialog is dialog:
                dialog.check_failed(problem)

        self._network.submit(check, show, show_problem)

    @Slot(str, bool)
    def _accept_key(self, key: str, store: bool) -> None:
        watch, dialog = self._watch, self._key_dialog
        if watch is None or dialog is None:
            return

        def saved() -> None:
            self._stop_demo()
            self._withdraw()  # which is of another key
            if self._key_dialog is dialog:
                dialog.saved()

        def failed(problem: Problem) -> None:
            if self._key_dialog is dialog:
                dialog.save_failed(problem)

        self._poller.use_key(watch, key, store=store, done=saved, failed=failed)

    @Slot()
    def _find_key(self) -> None:
        """Go by the key that the keychain has now, as it was changed in a terminal."""
        if self._watch is not None:
            self._asked_for_key = True  # who uses a terminal is not to be met by a dialog
            self._poller.find_key(self._watch, self._stop_demo)

    # The other windows

    @Slot()
    def _open_settings(self) -> None:
        from tray_app.desktop.windows.settings_dialog import SettingsDialog

        if self._settings_dialog is None:
            self._settings_dialog = dialog = SettingsDialog(
                self._settings, self._formats, complaint=self._complaints.get("settings", "")
            )
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.saved.connect(self._save_settings)
            dialog.destroyed.connect(self._forget_settings_dialog)
        bring_forward(self._settings_dialog)

    @Slot()
    def _forget_settings_dialog(self) -> None:
        self._settings_dialog = None

    @Slot(object)
    def _save_settings(self, settings: Settings) -> None:
        """Use the settings from now on, and keep them if that can be done."""
        self._settings = settings
        if self._watch is not None:
            self._poller.apply(self._watch, settings)
        if (demo := self._demo) is not None:
            self._poller.apply(demo.watch, replace(settings, interval=demo.INTERVAL))

        def save() -> bool:
            try:
                self._settings_file.save(settings)
            except OSError:
                return False
            return True

        def tell(is_saved: bool) -> None:
            complaint = tr("The settings can't be saved. They are used until you quit.")
            self._complain("settings", "" if is_saved else complaint)

        self._disk.submit(save, tell, lambda _defect: tell(False))

    @Slot()
    def _open_about(self) -> None:
        from tray_app.desktop.windows.about_dialog import AboutDialog

        if self._about_dialog is None:
            self._about_dialog = AboutDialog()
            self._about_dialog.diagnostics_requested.connect(self._copy_diagnostics)
        bring_forward(self._about_dialog)

    @Slot()
    def _copy_diagnostics(self) -> None:
        if self._is_describing:
            return
        self._is_describing = True
        if self._keychain_worker is None:
            # Of its own, as a keychain may take long to say who it is: no setting waits for it.
            self._keychain_worker = Worker("keychain", self._gate)
        while self._uncaught.places:
            at, place = self._uncaught.places.popleft()
            self._problems.note(Problem(Kind.DEFECT, place), at)
        keychain, settings, problems = self._keychain, self._settings, self._problems.lines()
        tray = f"{QApplication.platformName()}, {self._tray.kind()}"

        def describe() -> str:
            from tray_app.report.diagnostics import report

            return report(settings, problems, keychain=keychain.name(), tray=tray)

        def copy(text: str) -> None:
            self._is_describing = False
            QApplication.clipboard().setText(text)
            if self._about_dialog is not None:
                self._about_dialog.show_copied()

        def give_up(_problem: Problem) -> None:
            self._is_describing = False

        self._keychain_worker.submit(describe, copy, give_up)

    @Slot()
    def _admit_defect(self) -> None:
        defect = Problem(Kind.DEFECT)
        self._complain("defect", f"{defect.title}. {defect.message}")

    @Slot()
    def _buy(self) -> None:
        self._open_link(BILLING_PAGE)

    @Slot(str)
    def _open_link(self, address: str) -> None:
        QDesktopServices.openUrl(QUrl(address))


def _nothing(_result: object) -> None:
    pass
