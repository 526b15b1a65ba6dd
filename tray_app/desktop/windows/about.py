"""The window that tells what this program is, and the diagnostics that it copies."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.uncaught import UncaughtErrors
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.single_window import SingleWindow
from tray_app.errors import Kind, Problem
from tray_app.report.diagnostics import RecentProblems
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings

if TYPE_CHECKING:
    from tray_app.desktop.windows.about_dialog import AboutDialog


class About(QObject):
    """Opens the window, and remembers what went wrong for the diagnostics."""

    def __init__(
        self,
        keychain: Keychain,
        uncaught: UncaughtErrors,
        settings: Callable[[], Settings],
        tray: Callable[[], str],
        gate: Gate,
        parent: QObject,
    ) -> None:
        """``settings`` returns those in use, ``tray`` the kind of tray, for the diagnostics."""
        super().__init__(parent)
        self._keychain = keychain
        self._uncaught = uncaught
        self._settings = settings
        self._tray = tray
        self._gate = gate
        self._problems = RecentProblems()
        self._worker: Worker | None = None
        self._is_describing = False
        self.dialog = SingleWindow(self._make_dialog, self)

    def note(self, problem: Problem) -> None:
        """Note the problem that a poll has ended in."""
        if problem.kind is not Kind.DEFECT:  # UncaughtErrors has noted it, with its place
            self._problems.note(problem, datetime.now(UTC))

    def _make_dialog(self) -> "AboutDialog":
        from tray_app.desktop.windows.about_dialog import AboutDialog

        return AboutDialog(self._copy_diagnostics)

    @Slot()
    def _copy_diagnostics(self) -> None:
        if self._is_describing:
            return
        self._is_describing = True
        if self._worker is None:
            # A keychain may take long to tell its name: settings and polls don't wait behind it.
            self._worker = Worker("keychain", self._gate)
        while self._uncaught.places:
            at, place = self._uncaught.places.popleft()
            self._problems.note(Problem(Kind.DEFECT, place), at)
        keychain, settings, problems = self._keychain, self._settings(), self._problems.lines()
        tray = f"{QApplication.platformName()}, {self._tray()}"

        def describe() -> str:
            from tray_app.report.diagnostics import report

            return report(settings, problems, keychain, tray)

        def copy(text: str) -> None:
            self._is_describing = False
            QApplication.clipboard().setText(text)
            if self.dialog.window is not None:
                self.dialog.window.show_copied()

        def give_up(_problem: Problem) -> None:
            self._is_describing = False

        self._worker.submit(describe, copy, give_up)
