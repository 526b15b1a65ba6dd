"""The one place that makes the parts of the tray program and joins them."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication

from tray_app.desktop.hidden_figures import HiddenFigures
from tray_app.desktop.poller import Poller
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.colour_scheme import ColourScheme
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.imports import import_in_turn
from tray_app.desktop.system.login_start import (
    repair_start_at_login,
    set_start_at_login,
    starts_at_login,
)
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.system.quit_signals import QuitSignals
from tray_app.desktop.system.resume import Resume
from tray_app.desktop.system.single_instance import SingleInstance
from tray_app.desktop.system.uncaught import UncaughtErrors
from tray_app.desktop.system.worker import Crew, Worker
from tray_app.desktop.team_list import TeamList
from tray_app.desktop.teams import Teams
from tray_app.desktop.tray.news_desk import NewsDesk
from tray_app.desktop.tray.notifier import Notifier
from tray_app.desktop.tray.tray import Tray
from tray_app.desktop.widgets.icon import app_icon
from tray_app.desktop.windows.about import About
from tray_app.desktop.windows.history_and_plan import HistoryAndPlan
from tray_app.desktop.windows.key_flow import KeyFlow
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import BILLING_PAGE
from tray_app.report.team_views import TeamView, team_view
from tray_app.rules.alerts import SnoozeChoice
from tray_app.rules.schedule import seconds_until_late
from tray_app.store.keychain import Keychain
from tray_app.team.turns import AT_ONCE
from tray_app.team.watch import Snapshot
from tray_app.terminal.running_tray import KEY_CHANGED, SETTINGS_CHANGED
from tray_app.words.balance_words import snooze_choices
from tray_app.words.problem_words import (
    Remedy,
    no_panel_words,
    problem_words,
    unremoved_team_words,
)
from tray_app.words.settings_words import login_unchanged_words

if TYPE_CHECKING:
    from tray_app.desktop.popup.popup import Popup
    from tray_app.desktop.windows.remove_dialog import RemoveDialog
    from tray_app.desktop.windows.settings_dialog import SettingsDialog
    from tray_app.report.overview import Overview
    from tray_app.report.view import View

log = logging.getLogger(__name__)

PAINTED_AFTER = 100
"""Milliseconds after which an opened popup is painted, and a worker may read its chart. Python runs
one thread at a time, so the worker would delay the painting."""

IMPORTED_AFTER = 1000
"""Milliseconds after the first figures in which all comes to rest. Then the popup is imported, so
that the first click does not have to."""

POPUP_MODULES = (
    "tray_app.desktop.widgets.buttons",
    "tray_app.desktop.widgets.labels",
    "tray_app.desktop.popup.parts",
    "tray_app.desktop.popup.sparkline",
    "tray_app.desktop.popup.popup",
)
"""The popup's modules, in the order in which they are imported."""

QUIT_TIME = 0.5
"""Seconds at most that quitting waits for each of these: the notification service, the workers of
all teams together, the one of keys, and the disk's."""


class App(QObject):
    """Owns the parts, and connects what one part tells with the parts that act on it."""

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
        self._instance = instance
        self._formats = QtFormats()
        figures = QtFormats()
        self._figures = figures
        """Writes all that may be hidden from others who look at the screen."""
        self._complaints: dict[str, str] = {}
        self._disk = disk
        crew = Crew(few=2, most=AT_ONCE)
        self._network = Worker("network", gate, crew)
        self._keys = Worker("keys", gate)  # so that no team that hangs holds them up
        self._teams = Teams(
            environ,
            keychain,
            disk,
            self._network,
            self._formats,
            lambda account: Worker(f"network of {account}", gate, crew),
        )
        self._team_list = TeamList(self._teams, keychain, disk, self._keys)
        # Each snapshot restarts this timer. If it fires, no poll came in time: the figures are old.
        self._overdue = QTimer(self, singleShot=True, timerType=Qt.TimerType.VeryCoarseTimer)
        self._has_snapshot = False
        # Kept, as PySide6 6.11 leaks what QTimer.singleShot is to call, each time.
        self._look_soon = QTimer(self, singleShot=True, interval=PAINTED_AFTER)

        self._tray = tray
        self._actions = tray.actions
        self._notifier = Notifier(self._tray.message, bus, gate)
        self._news_desk = NewsDesk(self._notifier, figures, self)
        self._signals = QuitSignals(self)
        self._uncaught = uncaught
        self._hidden = HiddenFigures(self._actions.hide_figures, figures, disk, self)
        self._popup: Popup | None = None  # built on first use, like all other windows
        self._last_views: dict[str, TeamView] = {}
        """What was shown last, by the team's account."""
        self._history_and_plan = HistoryAndPlan(disk, figures, self._actions, self)
        self._key = KeyFlow(
            keychain,
            self._keys,
            self._teams.check_key,
            self._team_list.known_teams,
            self._formats,
            self,
        )
        self._settings_dialog = SingleWindow(self._make_settings_dialog, self)
        self._remove_dialogs: dict[str, SingleWindow[RemoveDialog]] = {}
        """By the team's account."""
        self._about = About(keychain, uncaught, lambda: self._teams.settings, tray.kind, gate, self)
        self._join()

    def _join(self) -> None:
        actions = self._actions
        actions.refresh.triggered.connect(self._refresh)
        actions.open.triggered.connect(self._open_popup)
        actions.history.triggered.connect(self._history_and_plan.open_history)
        actions.plan.triggered.connect(self._history_and_plan.open_plan)
        actions.buy.triggered.connect(lambda: self._open_link(BILLING_PAGE))
        actions.snooze.triggered.connect(self._snooze)
        actions.resume.triggered.connect(lambda: self._snooze_for(SnoozeChoice.NONE))
        actions.settings.triggered.connect(self._settings_dialog.open)
        actions.change_key.triggered.connect(self._change_key)
        actions.add_team.triggered.connect(self._add_team)
        actions.remedy.triggered.connect(self._remedy)
        actions.about.triggered.connect(self._about.dialog.open)
        actions.quit.triggered.connect(QApplication.quit)

        self._teams.begun.connect(self._listen)
        self._teams.switched.connect(self._news_desk.withdraw_all)
        self._teams.changed.connect(self._show_now)
        self._teams.page_turned.connect(self._show_team)
        self._teams.snapshot_made.connect(self._receive_snapshot)
        self._teams.busy_changed.connect(self._show_busy)
        self._teams.settings_complained.connect(lambda text: self._complain("settings", text))
        self._team_list.complained.connect(lambda text: self._complain("teams", text))
        self._teams.changed.connect(self._follow_list)
        self._overdue.timeout.connect(self._show_now)
        self._overdue.timeout.connect(self._expect_next)
        self._look_soon.timeout.connect(self._look)
        self._history_and_plan.trend_changed.connect(self._show_now)
        self._hidden.changed.connect(self._hide_or_show)

        self._tray.clicked.connect(self._toggle_popup)
        self._tray.no_panel.connect(self._use_window)
        self._tray.shown.connect(self._use_panel)
        self._tray.team_chosen.connect(self._open_team)
        self._tray.message_clicked.connect(self._notifier.hear_click)
        self._notifier.clicked.connect(self._open_team)
        self._news_desk.heard.connect(self._teams.note_heard)
        self._key.complained.connect(lambda text: self._complain("key", text))
        self._key.key_changed.connect(self._teams.leave_demo)
        self._key.demo_requested.connect(self._teams.show_demo)
        self._key.start_at_login_chosen.connect(self._start_at_login)
        self._instance.opened_again.connect(self._open_popup)
        self._instance.key_changed_elsewhere.connect(self._key.ask_nobody)
        self._instance.key_changed_elsewhere.connect(self._teams.use_changed_keys)
        self._instance.settings_changed_elsewhere.connect(self._teams.load_again)
        self._key.key_stored.connect(lambda: self._tell_others(KEY_CHANGED))
        self._team_list.only_key_removed.connect(lambda: self._tell_others(KEY_CHANGED))
        self._teams.settings_saved.connect(lambda: self._tell_others(SETTINGS_CHANGED))
        self._signals.quit_asked.connect(QApplication.exit)
        self._uncaught.first_raised.connect(self._admit_defect)
        if self._uncaught.places:
            self._admit_defect()

    def start(self, *, demo: int) -> None:
        """Offer what can be done, and begin with the user's own teams, or a demo of so many."""
        self._actions.offer_snooze(snooze_choices())
        self._tray.offer_snooze()
        QApplication.setWindowIcon(app_icon())
        self._hidden.load()  # first, so that no amount is seen before
        self._colour_scheme = ColourScheme(self)
        if self._tray.has_no_panel:  # which was told when nobody could hear it yet
            self._use_window()
        self._teams.begin(demo=demo)

    @Slot()
    def _listen(self) -> None:
        """Begin to hear what comes from outside: keys, other programs, buses, sleep and network."""
        self._instance.listen()
        self._disk.submit(self._repair_start_at_login)
        self._tray.hear_of_loss()
        resume = Resume(self, self._gate)
        resume.noticed.connect(self._hidden.look_at_clock)
        resume.noticed.connect(self._show_now)
        resume.resumed.connect(self._teams.poll_all)

    @Slot()
    def stop(self) -> None:
        """End what was started. What takes longer than a moment is left to itself."""
        self._tray.hide()
        self._news_desk.finish(QUIT_TIME)
        self._teams.finish(QUIT_TIME)
        self._keys.finish(QUIT_TIME)
        self._disk.finish(QUIT_TIME)
        self._signals.close()

    @Slot(QAction)
    def _snooze(self, chosen: QAction) -> None:
        self._snooze_for(SnoozeChoice(chosen.data()))

    def _snooze_for(self, choice: SnoozeChoice) -> None:
        for poller in self._teams_meant():
            poller.snooze(choice)

    @Slot()
    def _remedy(self) -> None:
        if self._actions.remedy.data() == Remedy.UNLOCK:
            self._teams.unlock()
        else:
            self._change_key()

    @Slot()
    def _change_key(self) -> None:
        """Let the user enter another key for the team that is shown now."""
        shown = self._teams.shown if self._teams.polled is self._teams.own else self._teams.own[0]
        self._key.change_key(self._team_list.target_of(shown))

    @Slot()
    def _add_team(self) -> None:
        self._key.change_key(self._team_list.target_of_new_team())

    @Slot(str)
    def _open_link(self, address: str) -> None:
        QDesktopServices.openUrl(QUrl(address))

    def _make_settings_dialog(self) -> "SettingsDialog":
        from tray_app.desktop.windows.settings_dialog import SettingsDialog

        complaints = (self._complaints.get(about, "") for about in ("settings", "teams"))
        complaint = " ".join(filter(None, complaints))
        teams = self._team_list.listed_teams()
        dialog = SettingsDialog(
            self._teams.settings, self._formats, teams, self._teams.icon_team, complaint=complaint
        )
        dialog.saved.connect(self._teams.apply_and_save)
        dialog.teams_saved.connect(self._team_list.choose_teams)
        dialog.add_requested.connect(self._add_team)
        dialog.remove_requested.connect(self._ask_to_remove)
        dialog.start_at_login_chosen.connect(self._start_at_login)
        self._disk.submit(starts_at_login, self._show_start_at_login)
        return dialog

    @Slot(str)
    def _ask_to_remove(self, account: str) -> None:
        """Ask whether a team is to be removed, and remove it."""
        if account not in (team.entry.account for team in self._team_list.listed_teams()):
            return
        if account not in self._remove_dialogs:
            make = partial(self._make_remove_dialog, account)
            self._remove_dialogs[account] = SingleWindow(make, self)
        self._remove_dialogs[account].open()

    def _make_remove_dialog(self, account: str) -> "RemoveDialog":
        from tray_app.desktop.windows.remove_dialog import RemoveDialog

        teams = self._team_list.listed_teams()
        team = next(each for each in teams if each.entry.account == account)
        kept = self._team_list.kept_history(account)
        dialog = RemoveDialog(team.name, has_own=bool(team.entry.own), kept_history=kept)

        def fail(problem: Problem) -> None:
            if not dialog.failed(problem):  # it was closed meanwhile
                self._complain("removal", unremoved_team_words(team.name, problem.kind))

        def done(nothing: object) -> None:
            self._complain("removal", "")
            dialog.removed(nothing)

        dialog.confirmed.connect(
            lambda with_history: self._team_list.remove(
                account, done, fail, with_history=with_history
            )
        )
        return dialog

    @Slot()
    def _follow_list(self) -> None:
        """Close what is for a team that is gone, and show the teams in the settings as they are."""
        self._actions.add_team.setEnabled(self._team_list.has_room)
        self._key.keep_only(poller.account for poller in self._teams.own)
        self._news_desk.keep_only(poller.account for poller in self._teams.polled)
        own = {poller.account for poller in self._teams.own}
        for account in self._remove_dialogs.keys() - own:
            removing = self._remove_dialogs.pop(account)
            if removing.window is not None:
                removing.window.reject()
        dialog = self._settings_dialog.window
        if dialog is not None and dialog.shows_other_teams(self._team_list.listed_teams()):
            dialog.reject()
            self._settings_dialog.forget()
            self._settings_dialog.open()
            if self._settings_dialog.window is not None:
                self._settings_dialog.window.take_over(dialog)

    @staticmethod
    def _repair_start_at_login() -> None:
        with suppress(OSError):  # the settings tell that the next login starts it
            repair_start_at_login()

    def _show_start_at_login(self, is_on: bool) -> None:
        if self._settings_dialog.window is not None:
            self._settings_dialog.window.show_start_at_login(is_on)

    @Slot(bool)
    def _start_at_login(self, is_on: bool) -> None:
        def write() -> str:
            try:
                set_start_at_login(is_on)
            except OSError:
                return login_unchanged_words()
            return ""

        self._disk.submit(write, lambda sentence: self._complain("login", sentence))

    def _tell_others(self, word: bytes) -> None:
        """Tell a word to the trays in the user's other sessions."""
        self._disk.submit(self._instance.telling_others(word))

    # What there is to see

    @Slot(object)
    def _receive_snapshot(self, poller: Poller) -> None:
        snapshot = poller.session.snapshot
        self._last_views.pop(poller.account, None)
        if poller is self._teams.shown:
            self._show_snapshot(snapshot)
        else:
            self._show_known()
            self._history_and_plan.hear_of(poller.session)
        self._expect_next()
        if not self._has_snapshot:
            self._has_snapshot = True
            QTimer.singleShot(IMPORTED_AFTER, self, self._import_popup)
        if snapshot.problem is not None:
            self._about.note(snapshot.problem)
        if snapshot.news.alert is not None:
            is_only_team = len(self._teams.polled) == 1
            team = next(one for one in self._team_views() if one.account == poller.account)
            prices = poller.session.settings.prices
            self._news_desk.tell(team, prices, datetime.now(UTC), is_only_team=is_only_team)
        elif snapshot.news.withdraws:
            self._news_desk.withdraw(poller.account)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what is new of the team on the screen."""
        self._show_now()
        self._history_and_plan.show(self._teams.shown.session)
        if self._popup is not None and self._popup.isVisible():
            self._history_and_plan.read_trend()
        self._key.show(snapshot)

    @Slot()
    def _show_team(self) -> None:
        """Show another team's page."""
        self._history_and_plan.show(self._teams.shown.session)
        self._show_now()
        self._show_busy()

    @Slot()
    def _expect_next(self) -> None:
        """Look at the clock when the next of the teams is late."""
        expected = [poller.session.snapshot.next_at for poller in self._teams.polled]
        seconds = seconds_until_late(expected, datetime.now(UTC))
        if seconds is not None:
            self._overdue.start(round((seconds + 1) * 1000))

    @Slot()
    def _show_now(self) -> None:
        """Show what is known as of now; only what differs is touched."""
        self._last_views.clear()
        self._show_known()

    def _show_known(self) -> None:
        """Show what is new since the last :meth:`_show_now`."""
        teams = self._team_views()
        view = self._shown_view(teams)
        self._actions.show_view(view)
        if len(teams) == 1:
            self._tray.show_view(view)
        else:
            by_need = sorted(teams, key=lambda team: team.need)
            chosen = (one for one in teams if one.account == self._teams.icon_team)
            self._tray.show_teams(next(chosen, by_need[0]), by_need)
        sessions = [poller.session for poller in self._teams.polled]
        self._history_and_plan.show_teams(sessions, [team.name for team in teams])
        if self._popup is not None:
            self._popup.show_view(view)
            low = self._teams.shown.session.settings.thresholds.low
            self._popup.show_trend(self._history_and_plan.trend, low=low)
            self._popup.say(self._all_complaints())
            self._popup.show_overview(self._overview(teams))
            self._show_busy()

    def _team_views(self) -> list[TeamView]:
        """Return what is shown of each team, in the user's order; made anew where it is new."""
        sessions, now = [poller.session for poller in self._teams.polled], datetime.now(UTC)
        names = self._teams.names() if len(sessions) > 1 else [sessions[0].entry.name]
        last, self._last_views = self._last_views, {}
        for name, one in zip(names, sessions, strict=True):
            account = one.entry.account
            known = last.get(account)
            if known is None or known.name != name or known.snapshot is not one.snapshot:
                snapshot, settings = one.snapshot, one.settings
                known = team_view(account, name, snapshot, settings, self._figures, now)
            self._last_views[account] = known
        return list(self._last_views.values())

    def _shown_view(self, teams: list[TeamView]) -> "View":
        return next(team.view for team in teams if team.account == self._teams.shown.account)

    def _overview(self, teams: list[TeamView]) -> "Overview | None":
        """Return the overview, if there are several teams."""
        if len(teams) == 1:
            return None
        from tray_app.report.overview import overview_of

        return overview_of(teams, self._teams.shown.account, self._figures, datetime.now(UTC))

    @Slot()
    def _hide_or_show(self) -> None:
        """Write all amounts anew."""
        if self._figures.hidden_until is not None:
            self._news_desk.withdraw_all()  # a notification may tell an amount
        self._history_and_plan.show_again()
        self._show_now()

    @Slot()
    def _show_busy(self) -> None:
        if self._popup is not None:
            self._popup.set_busy(self._teams.shown.busy)
            self._popup.set_overview_busy(any(poller.busy for poller in self._teams.polled))

    def _complain(self, about: str, sentence: str) -> None:
        """Say a sentence on the popup until the next one about the same, or "", replaces it."""
        self._complaints[about] = sentence
        if sentence:
            log.warning("%s", sentence)
        if self._popup is not None:
            self._popup.say(self._all_complaints())

    def _all_complaints(self) -> str:
        problem = self._teams.shown.session.snapshot.problem
        complaints = dict(self._complaints)
        if problem is not None and problem.kind is Kind.DEFECT:
            complaints.pop("defect", None)  # the popup tells of the defect already
        return "\n".join(filter(None, complaints.values()))

    @Slot()
    def _admit_defect(self) -> None:
        self._complain("defect", problem_words(Kind.DEFECT).text)

    # The popup

    @Slot()
    def _import_popup(self) -> None:
        if self._popup is None:
            import_in_turn(POPUP_MODULES)

    def _the_popup(self) -> "Popup":
        """Return the popup, with what is known as of now."""
        if self._popup is None:
            from tray_app.desktop.popup.popup import Popup

            self._popup = popup = Popup(self._figures, self._actions)
            popup.closed_as_window.connect(QApplication.quit)
            popup.team_chosen.connect(self._turn_to)
            popup.overview_wanted.connect(self._turn_to_overview)
        self._show_now()
        return self._popup

    @Slot()
    def _toggle_popup(self) -> None:
        self._the_popup().toggle(self._tray.geometry())
        self._look_soon.start()
        self._withdraw_seen()

    @Slot()
    def _open_popup(self) -> None:
        self._the_popup().open(self._tray.geometry(), to_overview=True)
        self._look_soon.start()
        self._withdraw_seen()

    @Slot(str)
    def _open_team(self, account: str) -> None:
        """Open a team's page; without an account, what shows all teams."""
        self._teams.turn_to(account)
        self._the_popup().open(self._tray.geometry(), to_overview=not account)
        self._look_soon.start()
        self._withdraw_seen()

    def _withdraw_seen(self) -> None:
        """Take off the screen what the popup tells, as on Plasma notifications stand before it."""
        if self._popup is not None and self._popup.isVisible():
            for poller in self._teams_meant():
                self._news_desk.withdraw_seen(poller.account)

    @Slot(str)
    def _turn_to(self, account: str) -> None:
        """Turn the popup to a team's page, once the page has that team's figures."""
        self._teams.turn_to(account)
        if self._popup is not None and self._teams.shown.account == account:
            self._popup.show_page()
            self._look_soon.start()

    @Slot()
    def _turn_to_overview(self) -> None:
        self._show_now()
        if self._popup is not None:
            self._popup.turn_to_overview()

    def _teams_meant(self) -> list[Poller]:
        """Return the teams that the user looks at: one on its page, else all."""
        popup = self._popup
        has_page = popup is not None and popup.isVisible() and not popup.shows_overview
        return [self._teams.shown] if has_page else list(self._teams.polled)

    @Slot()
    def _refresh(self) -> None:
        for poller in self._teams_meant():
            poller.refresh()

    @Slot()
    def _look(self) -> None:
        """Bring up to date what the user looks at."""
        self._history_and_plan.read_trend()
        for poller in self._teams_meant():
            poller.retry_if_network_failed()

    @Slot()
    def _use_window(self) -> None:
        """Show the popup as a window, on a desktop without a panel for icons."""
        self._complain("tray", no_panel_words())
        popup = self._the_popup()
        popup.be_window(True)
        popup.open(None, to_overview=True)

    @Slot()
    def _use_panel(self) -> None:
        if self._popup is not None:
            self._popup.be_window(False)
            self._complain("tray", "")
