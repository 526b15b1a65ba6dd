"""The lines of several teams in the icon's menu."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from tray_app.desktop.tray.tray import say
from tray_app.i18n import tr
from tray_app.report.team_views import TeamView

DIRECT = 3
"""Lines in the menu itself, so that it never has more than 12."""
ROWS = 12
"""Rows of each menu that is opened from a line."""


class TeamMenu(QObject):
    """A line for each team: the first ones in the menu, and all in one that opens from its last."""

    chosen = Signal(str)
    """The account of the team whose line was chosen."""

    def __init__(self, menu: QMenu, before: QAction) -> None:
        """The lines stand before an action of the menu."""
        super().__init__(menu)
        self._menu = menu
        self._before = before
        self._direct: list[QAction] = []
        self._all: list[QAction] = []
        self._submenu: QMenu | None = None

    def show_teams(self, teams: Sequence[TeamView]) -> None:
        """Show the teams in this order."""
        if len(teams) != len(self._all or self._direct):
            self._build(len(teams))
        for lines in (self._direct, self._all):
            for line, team in zip(lines, teams, strict=False):
                say(line, team.line)
                line.setData(team.account)

    def remove(self) -> None:
        """Take the lines out of the menu."""
        self._build(0)
        self.deleteLater()

    def _build(self, count: int) -> None:
        for line in self._direct:
            self._menu.removeAction(line)
            line.deleteLater()
        if self._submenu is not None:
            self._menu.removeAction(self._submenu.menuAction())
            self._submenu.deleteLater()  # with its action, its lines and the menus below it
        self._submenu, self._all = None, []
        self._direct = [
            self._line(self._menu) for _ in range(count if count <= DIRECT else DIRECT - 1)
        ]
        self._menu.insertActions(self._before, self._direct)
        if count > DIRECT:
            self._submenu = QMenu(tr("All &{n} team", "All &{n} teams", count, n=count), self._menu)
            self._menu.insertMenu(self._before, self._submenu)
            self._fill(self._submenu, count)

    def _fill(self, menu: QMenu, count: int) -> None:
        """Add so many lines; those that don't fit stand in a menu that opens from the last row."""
        here = count if count <= ROWS else ROWS - 1
        lines = [self._line(menu) for _ in range(here)]
        menu.addActions(lines)
        self._all += lines
        if here < count:
            self._fill(menu.addMenu(tr("&More teams")), count - here)

    def _line(self, menu: QMenu) -> QAction:
        line = QAction(menu)
        line.triggered.connect(lambda: self.chosen.emit(line.data()))
        return line
