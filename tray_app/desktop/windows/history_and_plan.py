"""The windows of the history, of a team or of all, and of the plan, and the popup's chart."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tray_app.desktop.actions import Actions
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import Problem
from tray_app.i18n import tr
from tray_app.report.points import Trend, trend_of
from tray_app.report.view import is_stale
from tray_app.rules.history import Record, days_of
from tray_app.rules.local_time import DAY, date_at, share_over
from tray_app.team.watch import Snapshot
from tray_app.words.balance_words import team_name
from tray_app.words.formats import Formats
from tray_app.words.plan_words import Figures
from tray_app.words.problem_words import history_fault_words, problem_words

if TYPE_CHECKING:
    from tray_app.desktop.windows.history_window import HistoryWindow
    from tray_app.desktop.windows.plan_dialog import PlanDialog
    from tray_app.report.history_view import HistoryView
    from tray_app.store.file_fault import FileFault
    from tray_app.store.history_database import History
    from tray_app.team.session import Session

TREND_DAYS = 30
"""Days that the popup's chart shows."""

ALL_TEAMS = ""
"""Stands for no single team, where an account would."""

SUMMED_UP_AFTER = 60_000
"""Milliseconds after a team's news in which all teams are summed up anew. With many teams there is
news all the time, and each sum reads all histories."""


@dataclass(frozen=True)
class _Past:
    """One team's history. Everything but its fields is for the worker's thread."""

    open: "Callable[[], History]"
    team_id: str

    @cached_property
    def file(self) -> "History":
        return self.open()

    def read(self, since: int = 0) -> Sequence[Record]:
        return self.file.read(self.team_id, since)

    def read_once(self) -> "tuple[Sequence[Record], FileFault | None]":
        """Read all, leave no file open, and tell what is wrong with the file, if anything is."""
        with closing(self.open()) as file:
            return file.read(self.team_id), file.fault

    def close(self) -> None:
        self.file.close()


@dataclass(frozen=True)
class _Chosen:
    """What a history is read of: one team, or with :data:`ALL_TEAMS` all of them."""

    account: str
    pasts: tuple[tuple[str, _Past], ...]
    """Each team's name and history; teams of which no identity is known are left out."""
    uncounted: int = 0
    """How many teams are left out of all."""

    def read(self) -> "tuple[list[tuple[str, Sequence[Record]]], FileFault | None]":
        """Read the histories, which is for the worker's thread; and why one can't be read."""
        told, faults = [], []
        for name, past in self.pasts:
            records, fault = past.read_once()
            told.append((name, records))
            if fault is not None and not records:
                faults.append(fault)
        return told, faults[0] if faults else None


class HistoryAndPlan(QObject):
    """Opens both windows, and keeps them and the popup's chart up to date.

    The popup's chart is of the team that is shown. Each window is of the team that is chosen in it,
    which is the one that was shown when it was opened, until the user chooses another. The worker
    reads the history. If another team is chosen by then, what was read is dropped.
    """

    trend_changed = Signal()

    def __init__(self, worker: Worker, formats: Formats, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._formats = formats
        self._actions = actions
        self._session: Session | None = None
        self._teams: dict[str, tuple[Session, str]] = {}
        self._history_of = self._plan_of = ALL_TEAMS
        self._past: _Past | None = None
        """``None`` while the team has no identity."""
        self.trend: Trend | None = None
        """The course of the balance as it was read last; ``None`` before that."""
        self.history = SingleWindow(self._make_history, self)
        self.plan = SingleWindow(self._make_plan, self)
        self._sum_up_later = QTimer(self, singleShot=True, interval=SUMMED_UP_AFTER)
        self._sum_up_later.timeout.connect(self._read_history_again)

    @Slot()
    def open_history(self) -> None:
        """Open the history of the team that is shown."""
        if (session := self._session_of(ALL_TEAMS)) is not None:
            self._history_of = session.entry.account
        if self.history.window is not None:
            self._turn_history()
        self.history.open()

    @Slot()
    def open_plan(self) -> None:
        """Open the calculator for the team that is shown."""
        if (session := self._session_of(ALL_TEAMS)) is not None:
            self._plan_of = session.entry.account
        self.plan.open()
        self.show_now()

    def show_teams(self, sessions: "Sequence[Session]", names: Sequence[str]) -> None:
        """Let one of these teams be chosen in each window, in the user's order."""
        before = self._teams
        self._teams = {
            session.entry.account: (session, name)
            for session, name in zip(sessions, names, strict=True)
        }
        if not before:  # what was opened before that is of the first team, not of all
            self._history_of = self._history_of or sessions[0].entry.account
        if self.history.window is not None and before != self._teams:
            self._turn_history()
        self.show_now()

    def show(self, session: "Session") -> None:
        """Show what is known now of the team that is shown."""
        self._session = session
        past = _past_of(session)
        if past != self._past:
            if self._past is not None:
                self._worker.submit(self._past.close)
            self._past = past
            self._show_trend(None)
        if self.trend is None and session.snapshot.analysis is not None:
            self.read_trend()
        self.hear_of(session)

    def hear_of(self, session: "Session") -> None:
        """Show what is new of a team, in the windows that are of it."""
        if not self._are_several or session.entry.account == self._history_of:
            self._read_history_again()
        elif self._is_of_all and not self._sum_up_later.isActive():
            self._sum_up_later.start()
        self.show_now()

    def show_now(self) -> None:
        """Show what is known as of now."""
        if self.plan.window is not None:
            self._show_figures(self.plan.window)

    @Slot()
    def read_trend(self) -> None:
        """Bring the popup's chart up to date."""
        if (past := self._past) is None:
            return

        def read() -> Trend:
            now = int(time.time())
            return trend_of(past.read(now - (TREND_DAYS + 1) * DAY), TREND_DAYS, now)

        def show(trend: Trend) -> None:
            if self._past is past:
                self._show_trend(trend)

        self._worker.submit(read, show)

    def show_again(self) -> None:
        """Write what is open once more, as amounts are to be hidden, or are no longer."""
        self._read_history_again()
        self.show_now()

    @property
    def _are_several(self) -> bool:
        return len(self._teams) > 1

    @property
    def _is_of_all(self) -> bool:
        """Whether the history's window is of all teams."""
        return self._stands_for_all(self._history_of)

    def _stands_for_all(self, account: str) -> bool:
        return self._are_several and account == ALL_TEAMS

    @property
    def _names(self) -> list[tuple[str, str]]:
        return [(name, account) for account, (_, name) in self._teams.items()]

    def _session_of(self, account: str) -> "Session | None":
        """Return the team of an account; if it is gone, or no single team's, the one shown."""
        known = [session for session, _ in self._teams.values()]
        if account in self._teams:
            return self._teams[account][0]
        return self._session if self._session in known or not known else known[0]

    def _make_history(self) -> "HistoryWindow":
        from tray_app.desktop.windows.history_window import HistoryWindow

        window = HistoryWindow(self._formats)
        window.days_chosen.connect(self._read_history)
        window.team_chosen.connect(self._choose_for_history)
        window.export_requested.connect(self._export)
        window.show_teams(self._names, self._history_of)
        self._read_history(window.days)
        return window

    def _make_plan(self) -> "PlanDialog":
        from tray_app.desktop.windows.plan_dialog import PlanDialog

        dialog = PlanDialog(self._formats, self._actions)
        dialog.team_chosen.connect(self._choose_for_plan)
        self._show_figures(dialog)
        return dialog

    def _show_trend(self, trend: Trend | None) -> None:
        self.trend = trend
        self.trend_changed.emit()

    @Slot(str)
    def _choose_for_history(self, account: str) -> None:
        self._history_of = account
        self._read_history_again()

    @Slot(str)
    def _choose_for_plan(self, account: str) -> None:
        self._plan_of = account
        self.show_now()

    def _turn_history(self) -> None:
        """Show the chosen team in an open window; if the team is gone, the one that is shown."""
        session = self._session_of(self._history_of)
        if session is not None and not self._is_of_all:
            self._history_of = session.entry.account
        if self.history.window is not None:
            self.history.window.show_teams(self._names, self._history_of)
        self._read_history_again()

    def _chosen(self, account: str) -> _Chosen:
        """Return what a history is read of. Two keys of one team count once."""
        if self._stands_for_all(account):
            found = [(name, _past_of(session)) for session, name in self._teams.values()]
            known: dict[str, tuple[str, _Past]] = {}
            for name, past in found:
                if past is not None:
                    known.setdefault(past.team_id, (name, past))
            uncounted = sum(past is None for _, past in found)
            return _Chosen(ALL_TEAMS, tuple(known.values()), uncounted)
        session = self._session_of(account)
        past = _past_of(session) if session is not None else None
        return _Chosen(account, (("", past),) if past is not None else ())

    @Slot()
    def _read_history_again(self) -> None:
        if self.history.window is not None:
            self._read_history(self.history.window.days)

    @Slot(int)
    def _read_history(self, days: int) -> None:
        chosen, formats = self._chosen(self._history_of), self._formats
        session = self._session_of(self._history_of)
        snapshot = session.snapshot if session else Snapshot()
        low = session.settings.thresholds.low if session else 0
        team = (session.entry.name if session else "") or team_name(snapshot.team)
        is_sum = self._is_of_all

        def read() -> "HistoryView":
            from tray_app.report.history_view import history_of, sum_of_teams

            pasts, now = [records for _, records in chosen.read()[0]], int(time.time())
            if is_sum:
                pasts += [[]] * chosen.uncounted
                return sum_of_teams(pasts, days, tr("All teams"), formats, now)
            records = pasts[0] if pasts else []
            return history_of(records, days, team, formats, now, snapshot, low)

        def show(view: "HistoryView") -> None:
            if self._chosen(self._history_of) == chosen and self.history.window is not None:
                self.history.window.show_history(view)

        self._worker.submit(read, show, self._tell_problem)

    @Slot(str, bool, str)
    def _export(self, path: str, by_day: bool, account: str) -> None:
        """Write all of a team's history to a CSV file, and tell what became of it.

        The window may show another team by now.
        """
        is_sum = self._stands_for_all(account)
        if account not in self._teams and not is_sum:
            self._tell(tr("Nothing was saved, because the team is no longer in the list."))
            return
        chosen, name = self._chosen(account), Path(path).name

        def write() -> str:
            pasts, fault = chosen.read()
            if fault is not None:
                # The file to save to may be an earlier export, which nothing is worth losing.
                return history_fault_words(fault)
            try:
                # The line ends are those of RFC 4180, which the writer sets itself.
                with Path(path).open("w", encoding="utf-8", newline="") as file:
                    if is_sum:
                        _write_teams(pasts, file, by_day=by_day)
                    else:
                        _write_team(pasts[0][1] if pasts else [], file, by_day=by_day)
            except OSError as error:
                return tr("Couldn't save {file}: {reason}.", file=name, reason=error.strerror)
            return tr("Saved as {file}.", file=name)

        self._worker.submit(write, self._tell, self._tell_problem)

    def _tell(self, text: str) -> None:
        if self.history.window is not None:
            self.history.window.show_message(text)

    def _tell_problem(self, problem: Problem) -> None:
        self._tell(problem_words(problem.kind).text)

    def _show_figures(self, dialog: "PlanDialog") -> None:
        session = self._session_of(self._plan_of)
        if session is None:
            return
        dialog.show_teams(self._names, session.entry.account)
        if (reading := session.snapshot.reading) is None:
            dialog.show_figures(None)
            return
        now, analysis = datetime.now(UTC), session.snapshot.analysis
        here = now.astimezone()
        figures = Figures(
            reading.balance.credits,
            analysis.rhythm if analysis else None,
            session.settings.prices,
            analysis.renewal if analysis else None,
            here.date(),
            reading.at if is_stale(session.snapshot, now) else None,
            share_over(here),
        )
        dialog.show_figures(figures)


def _write_team(records: Sequence[Record], file: TextIO, *, by_day: bool) -> None:
    from tray_app.report.exports import days_csv, readings_csv

    if by_day:
        days_csv(days_of(records, date_at(int(time.time()))), file)
    else:
        readings_csv(records, file)


def _write_teams(
    teams: Sequence[tuple[str, Sequence[Record]]], file: TextIO, *, by_day: bool
) -> None:
    from tray_app.report.exports import teams_days_csv, teams_readings_csv

    if by_day:
        today = date_at(int(time.time()))
        teams_days_csv(((name, days_of(records, today)) for name, records in teams), file)
    else:
        teams_readings_csv(teams, file)


def _past_of(session: "Session") -> _Past | None:
    team_id = session.snapshot.team_id
    return _Past(session.open_history, team_id) if team_id is not None else None
