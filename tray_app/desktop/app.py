"""The one place that makes the parts of the tray program and joins them."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication

from tray_app.desktop.poller import Poller
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.system.quit_signals import QuitSignals
from tray_app.desktop.system.resume import Resume
from tray_app.desktop.system.single_instance import SingleInstance
from tray_app.desktop.system.uncaught import UncaughtErrors
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.tray.notifier import Notifier
from tray_app.desktop.tray.tray import Tray
from tray_app.desktop.widgets.icon import app_icon, paint_icon
from tray_app.desktop.windows.about import About
from tray_app.desktop.windows.history_and_plan import HistoryAndPlan
from tray_app.desktop.windows.key_flow import KeyFlow
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.lemlist.address import BILLING_PAGE
from tray_app.report.view import View, view_of
from tray_app.rules.alerts import Alert, AlertKind, SnoozeChoice
from tray_app.rules.schedule import LATE
from tray_app.store.folders import settings_file
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings, SettingsFile
from tray_app.team.watch import Snapshot
from tray_app.words.balance_words import snooze_choices
from tray_app.words.notice_words import notice
from tray_app.words.problem_words import Remedy, problem_words
from tray_app.words.settings_words import settings_fault_words

if TYPE_CHECKING:
    from tray_app.desktop.demo import Demo
    from tray_app.desktop.popup.popup import Popup
    from tray_app.desktop.windows.settings_dialog import SettingsDialog
    from tray_app.team.session import Session

log = logging.getLogger(__name__)

NOTICE_PICTURE = 64
"""Pixels of the icon in a notification."""

QUIT_TIME = 0.5
"""Seconds that quitting waits for the desktop to answer, and for each worker to write."""


class App(QObject):
    """Owns the parts, and passes what one of them says to those whom it concerns."""

    def __init__(
        self,
        environ: Mapping[str, str],
        instance: SingleInstance,
        keychain: Keychain,
        tray: Tray,
        bus: Bus,
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
        self._complaints: dict[str, str] = {}
        self._disk = disk
        self._network = Worker("network", gate)

        self._team: Poller | None = None
        """The user's own team, as soon as its files are open."""
        self._shown: Poller | None = None
        """The team on the screen: the user's own, or the demo's."""
        self._starts_with_demo = False
        self._is_opening = False
        self._unopened = Snapshot()
        """What is to be seen while no team is shown."""
        # Runs out only when a poll does not come, which leaves the figures out of date.
        self._overdue = QTimer(self, singleShot=True, timerType=Qt.TimerType.VeryCoarseTimer)

        self._tray = tray
        self._actions = tray.actions
        self._notifier = Notifier(self._tray.message, bus, gate)
        self._signals = QuitSignals(self)
        self._uncaught = uncaught
        self._resume: Resume | None = None
        self._popup: Popup | None = None  # built on first use, like all other windows
        self._history_and_plan = HistoryAndPlan(disk, self._formats, self._actions, self)
        self._key = KeyFlow(keychain, self._network, self._formats, self)
        self._settings_dialog = SingleWindow(self._make_settings_dialog, self)
        self._about = About(keychain, uncaught, lambda: self._settings, tray.kind, gate, self)
        self._join()

    def _join(self) -> None:
        self._overdue.timeout.connect(self._look_again)
        self._tray.clicked.connect(self._toggle_popup)
        self._actions.refresh.triggered.connect(self._refresh)
        self._actions.open.triggered.connect(self._open_popup)
        self._actions.history.triggered.connect(self._history_and_plan.history.open)
        self._actions.plan.triggered.connect(self._history_and_plan.plan.open)
        self._actions.buy.triggered.connect(lambda: self._open_link(BILLING_PAGE))
        self._actions.snooze.triggered.connect(self._snooze)
        self._actions.settings.triggered.connect(self._settings_dialog.open)
        self._actions.change_key.triggered.connect(self._key.dialog.open)
        self._actions.remedy.triggered.connect(self._remedy)
        self._actions.about.triggered.connect(self._about.dialog.open)
        self._actions.quit.triggered.connect(QApplication.quit)
        self._tray.no_panel.connect(self._use_window)
        self._tray.shown.connect(self._use_panel)
        self._history_and_plan.trend_changed.connect(self._show_trend)
        self._key.key_changed.connect(self._show_team)
        self._key.demo_requested.connect(self._open_demo)
        self._key.link_requested.connect(self._open_link)
        self._notifier.clicked.connect(self._open_popup)
        self._notifier.accepted.connect(self._note_heard)
        self._instance.opened_again.connect(self._open_popup)
        self._instance.key_changed.connect(self._key.find)
        self._signals.quit_asked.connect(QApplication.exit)
        self._uncaught.first_raised.connect(self._admit_defect)
        if self._uncaught.places:
            self._admit_defect()

    def start(self, *, demo: bool) -> None:
        """Read what the first poll needs, and poll."""
        self._actions.offer_snooze(snooze_choices())
        self._tray.offer_snooze()
        QApplication.setWindowIcon(app_icon())
        self._starts_with_demo = demo
        self._open_team()

    def _listen(self) -> None:
        """Begin to hear of what comes from outside."""
        if self._resume is not None:
            return
        self._instance.listen()
        self._tray.hear_of_loss()
        self._resume = Resume(self, self._gate)
        self._resume.noticed.connect(self._look_again)
        self._resume.resumed.connect(self._poll)

    @Slot()
    def stop(self) -> None:
        """End what was started. What takes longer than a moment is left to itself."""
        if self._resume is not None:
            self._resume.stop()
        self._overdue.stop()
        if self._shown is not None:
            self._shown.stop()
        self._tray.hide()
        self._notifier.finish(QUIT_TIME)
        # Qt delivers nothing more by itself, and what was shown a moment ago is to be kept as said.
        QApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        self._network.finish(QUIT_TIME)
        self._disk.finish(QUIT_TIME)
        self._signals.close()

    # The teams

    def _open_team(self) -> None:
        """Open the files of the user's own team, and begin to poll."""
        self._is_opening = True

        def open_team() -> "tuple[Session, list[str]]":
            from tray_app.team.session import open_session

            settings, faults = self._settings_file.load()
            complaints = [settings_fault_words(fault) for fault in faults]
            return open_session(self._environ, self._keychain, settings), complaints

        def go_on(opened: "tuple[Session, list[str]]") -> None:
            self._is_opening = False
            self._listen()
            session, complaints = opened
            self._complain("settings", " ".join(complaints))
            self._team = self._poller_of(session)
            self._key.session = session
            if self._starts_with_demo:
                self._open_demo()
            else:
                self._show_team()

        self._disk.submit(open_team, go_on, self._fail_to_open)

    def _poller_of(self, session: "Session") -> Poller:
        poller = Poller(session, self._network)
        poller.snapshot_made.connect(self._show_snapshot)
        poller.busy_changed.connect(self._show_busy)
        return poller

    @Slot()
    def _show_team(self) -> None:
        """Poll the user's own team from now on, with the key that it has now."""
        if self._team is not None:
            self._begin_to_poll(self._team)

    @Slot()
    def _open_demo(self) -> None:
        self._is_opening = True
        keychain, settings = self._keychain, self._settings

        def open_demo() -> "Demo":
            from tray_app.desktop.demo import Demo

            return Demo(keychain, settings)

        def go_on(demo: "Demo") -> None:
            self._is_opening = False
            poller = self._poller_of(demo)
            self._begin_to_poll(poller)
            if self._settings is not settings:  # others were saved meanwhile
                poller.apply(self._settings)

        self._disk.submit(open_demo, go_on, self._fail_to_open)

    def _fail_to_open(self, defect: Problem) -> None:
        self._is_opening = False
        self._listen()
        if self._shown is None:
            self._unopened = Snapshot(problem=defect)
            self._show_snapshot(self._unopened)

    def _begin_to_poll(self, poller: Poller) -> None:
        if self._shown is not None and self._shown is not poller:
            self._shown.stop()
            self._notifier.withdraw()  # which is of another team
        self._shown = poller
        poller.start()
        self._show_busy()

    def _pollers(self) -> set[Poller]:
        return {each for each in (self._team, self._shown) if each is not None}

    @property
    def _settings(self) -> Settings:
        return self._team.session.settings if self._team is not None else Settings()

    @property
    def _snapshot(self) -> Snapshot:
        return self._shown.session.snapshot if self._shown is not None else self._unopened

    # What the user wants of the team that is shown

    @Slot()
    def _refresh(self) -> None:
        if self._shown is not None:
            self._shown.refresh()
        elif not self._is_opening:
            self._open_team()

    @Slot()
    def _poll(self) -> None:
        if self._shown is not None:
            self._shown.poll()

    @Slot(QAction)
    def _snooze(self, chosen: QAction) -> None:
        if self._shown is not None:
            self._shown.snooze(SnoozeChoice(chosen.data()))

    @Slot(object)
    def _note_heard(self, news: tuple[int, Alert]) -> None:
        for poller in self._pollers():  # an answer may come after a switch between them
            poller.note_heard(*news)

    @Slot()
    def _remedy(self) -> None:
        if self._actions.remedy.data() == Remedy.UNLOCK and self._shown is not None:
            self._shown.poll(prompt=True, by_user=True)
        else:
            self._key.dialog.open()

    # What there is to see

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self._look_again()
        self._overdue.start(round((snapshot.wait + LATE.total_seconds() + 1) * 1000))
        if self._shown is not None:
            self._history_and_plan.show(self._shown.session)
        if self._popup is not None and self._popup.isVisible():
            self._history_and_plan.read_trend()
        if snapshot.problem is not None:
            self._about.note(snapshot.problem)
        if snapshot.alert is not None:
            self._notify(snapshot, snapshot.alert)
        elif snapshot.withdraws:
            self._notifier.withdraw()
        self._key.show(snapshot)

    def _notify(self, snapshot: Snapshot, alert: Alert) -> None:
        title, body = notice(
            snapshot, alert, self._settings.prices, self._formats, datetime.now(UTC)
        )
        picture = paint_icon(self._view().icon, NOTICE_PICTURE)
        urgent = alert.kind in (AlertKind.CRITICAL, AlertKind.EMPTY)
        news = snapshot.alert_id, alert
        self._notifier.notify(snapshot.alert_id, news, title, body, picture, urgent=urgent)

    @Slot()
    def _look_again(self) -> None:
        """Show what is known as of now."""
        view = self._view()
        self._actions.show_view(view)
        self._tray.show_view(view)
        if self._popup is not None:
            self._popup.show_view(view)
            self._popup.say(self._all_complaints())
        self._history_and_plan.look_again()

    def _view(self) -> View:
        return view_of(self._snapshot, self._settings, self._formats, datetime.now(UTC))

    @Slot()
    def _show_trend(self) -> None:
        if self._popup is not None:
            low = self._settings.thresholds.low
            self._popup.show_trend(self._history_and_plan.trend, low=low)

    @Slot()
    def _show_busy(self) -> None:
        if self._popup is not None:
            self._popup.set_busy(self._shown is not None and self._shown.busy)

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

            self._popup = popup = Popup(self._formats, self._actions)
            popup.trend_ranges.chosen.connect(self._history_and_plan.choose_trend)
            popup.closed_as_window.connect(QApplication.quit)
            self._look_again()
            self._show_busy()
            self._show_trend()
        return self._popup

    @Slot()
    def _toggle_popup(self) -> None:
        self._look_again()
        self._the_popup().toggle(self._tray.geometry())
        self._history_and_plan.read_trend()

    @Slot()
    def _open_popup(self) -> None:
        self._look_again()
        self._the_popup().open(self._tray.geometry())
        self._history_and_plan.read_trend()

    @Slot()
    def _use_window(self) -> None:
        """Show the popup as a window, on a desktop without a panel for icons."""
        text = tr("This desktop has no tray. Closing this window ends the program.")
        self._complain("tray", text)
        popup = self._the_popup()
        popup.as_window()
        popup.open(None)

    @Slot()
    def _use_panel(self) -> None:
        if self._popup is not None:
            self._popup.as_popup()
            self._complain("tray", "")

    # The other windows

    def _make_settings_dialog(self) -> "SettingsDialog":
        from tray_app.desktop.windows.settings_dialog import SettingsDialog

        complaint = self._complaints.get("settings", "")
        dialog = SettingsDialog(self._settings, self._formats, complaint=complaint)
        dialog.saved.connect(self._save_settings)
        return dialog

    @Slot(object)
    def _save_settings(self, settings: Settings) -> None:
        """Use the settings from now on, and keep them if that can be done."""
        for poller in self._pollers():
            poller.apply(settings)

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
    def _admit_defect(self) -> None:
        self._complain("defect", problem_words(Kind.DEFECT).text)

    @Slot(str)
    def _open_link(self, address: str) -> None:
        QDesktopServices.openUrl(QUrl(address))
