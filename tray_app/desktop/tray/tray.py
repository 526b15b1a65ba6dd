"""The icon in the panel: its picture, its tooltip and its one menu."""

import logging
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from tray_app.desktop.actions import Actions
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.widgets.icon import tray_icon
from tray_app.i18n import tr
from tray_app.icon_look import IconLook, IconShape

if TYPE_CHECKING:  # nothing that the icon does not need is imported before it is up
    from collections.abc import Sequence

    from tray_app.desktop.tray.team_menu import TeamMenu
    from tray_app.report.team_views import TeamView
    from tray_app.report.view import View

TOOLTIP_LENGTH = 127 if sys.platform == "win32" else 1000
"""Characters of a tooltip; Windows shows no more (NOTIFYICONDATA.szTip)."""

log = logging.getLogger(__name__)

LOOK_AGAIN = 2000
"""Milliseconds between two looks for a panel, while there is none."""
PATIENCE = 10_000
"""Milliseconds without a panel after which the user gets a window instead."""


class Tray(QObject):
    """Shows a :class:`View` in the panel, with a menu of the actions."""

    clicked = Signal()
    shown = Signal()
    no_panel = Signal()
    """There is no panel, and has not been for a while; see also :attr:`has_no_panel`."""
    message_clicked = Signal()
    """The user has clicked a notification that Qt has shown."""
    team_chosen = Signal(str)
    """The account of a team whose line in the menu was chosen."""

    def __init__(self, parent: QObject, actions: Actions, bus: Bus) -> None:
        super().__init__(parent)
        self._look = IconLook(IconShape.LOADING)
        self.actions = actions
        self._menu = QMenu()
        # The headline, four buckets, how long they last, age, until when alerts are snoozed.
        self._figures = [self._menu.addAction("") for _ in range(8)]
        for figure in self._figures:
            figure.setVisible(False)
            # A line that does nothing would have to be disabled, and so be grey.
            figure.triggered.connect(actions.open.trigger)
        say(self._figures[0], tr("Loading balance…"))
        self._menu.addAction(actions.remedy)
        self._below_figures = self._menu.addSeparator()
        self._menu.addActions(
            [actions.refresh, actions.open, actions.history, actions.plan, actions.buy]
        )
        self._snooze_menu = self._menu.addMenu(tr("S&nooze"))
        self._menu.addActions([actions.resume, actions.hide_figures])
        self._menu.addSeparator()
        self._menu.addActions([actions.settings, actions.add_team])
        self._menu.addActions([actions.change_key, actions.about, actions.quit])
        self._of_one_team = [actions.history, actions.plan, actions.buy, actions.change_key]
        self._team_menu: TeamMenu | None = None

        self.has_no_panel = False
        """Whether :attr:`no_panel` was emitted, and no panel has come since."""
        self._icon: QSystemTrayIcon | None = None
        self._tooltip = ""
        self._hears_of_loss = False
        self._bus = bus
        self._bus.lost.connect(self._lose_panel)
        self._search = QTimer(self, interval=LOOK_AGAIN)
        self._search.timeout.connect(self._find_panel)

    def offer_snooze(self) -> None:
        """Put the lengths of silence into the menu, as soon as they are known."""
        self._snooze_menu.addActions(self.actions.snooze.actions())

    def show(self) -> None:
        """Appear in the panel, now or as soon as there is one."""
        self._find_panel()
        if self._icon is None:
            self._wait_for_panel()

    def hear_of_loss(self) -> None:
        """Watch for the end of the session bus. Not from the start: that would delay the icon."""
        self._hears_of_loss = True
        if self._icon is not None:
            self._bus.watch()

    def hide(self) -> None:
        """Leave the panel."""
        self._search.stop()
        if self._icon is not None:
            self._icon.hide()

    def geometry(self) -> QRect | None:
        """Return where the icon is on the screen, on platforms that tell."""
        place = self._icon.geometry() if self._icon else QRect()
        return place if place.isValid() else None

    def kind(self) -> str:
        """Name the way in which the icon is shown, for diagnostics."""
        if self._icon is None:
            return "none"
        return "with a place" if self.geometry() else "without a place"

    def message(self, title: str, body: str) -> None:
        """Show a notification by the means of Qt, which needs an icon in the panel."""
        if self._icon is not None:
            self._icon.showMessage(title, body, tray_icon(self._look))

    def show_view(self, view: "View") -> None:
        """Show the one team."""
        if self._team_menu is not None:
            self._offer_one_team()
        self._show_icon(view.icon, view.tooltip(TOOLTIP_LENGTH))
        buckets = (f"{row.label}: {row.text}" if view.shows(row) else "" for row in view.rows)
        texts = (view.headline, *buckets, view.lasts, view.figures, view.snooze)
        for figure, text in zip(self._figures, texts, strict=True):
            say(figure, text)

    def show_teams(self, on_icon: "TeamView", teams: "Sequence[TeamView]") -> None:
        """Show several teams: one on the icon, and all in the menu, in this order."""
        self._show_icon(on_icon.view.icon, on_icon.tooltip(TOOLTIP_LENGTH))
        if self._team_menu is None:
            self._team_menu = self._offer_teams()
        self._team_menu.show_teams(teams)
        # With both, and a line for what can be done about a problem, there would be 13 lines.
        self._snooze_menu.menuAction().setVisible(not self.actions.resume.isVisible())

    def _show_icon(self, look: IconLook, tooltip: str) -> None:
        """Show another icon; only what differs is touched, as each touch costs memory."""
        before, self._look, self._tooltip = self._look, look, tooltip
        if self._icon is not None:
            if tray_icon(look) is not tray_icon(before):
                self._icon.setIcon(tray_icon(look))
            if self._icon.toolTip() != tooltip:
                self._icon.setToolTip(tooltip)

    def _offer_teams(self) -> "TeamMenu":
        """Put lines of teams in the place of what is about one team."""
        from tray_app.desktop.tray.team_menu import TeamMenu

        for figure in self._figures:
            say(figure, "")
        for action in self._of_one_team:
            self._menu.removeAction(action)
        teams = TeamMenu(self._menu, self._below_figures)
        teams.chosen.connect(self.team_chosen)
        return teams

    def _offer_one_team(self) -> None:
        """Offer what is about one team again, as there is only one left."""
        teams, self._team_menu = self._team_menu, None
        if teams is not None:
            teams.remove()
        before = self._snooze_menu.menuAction()
        before.setVisible(True)
        self._menu.insertActions(before, self._of_one_team[:-1])
        self._menu.insertAction(self.actions.about, self._of_one_team[-1])

    def _wait_for_panel(self) -> None:
        self._search.start()
        QTimer.singleShot(PATIENCE, self, self._lose_patience)

    @Slot()
    def _find_panel(self) -> None:
        # WORKAROUND: on X11 an icon that is shown before there is a panel never appears in it
        # (https://github.com/hluk/CopyQ/issues/1174), so it is made when there is one.
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._search.stop()
        self.has_no_panel = False
        self._icon = QSystemTrayIcon(tray_icon(self._look), self)
        self._icon.setToolTip(self._tooltip)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.message_clicked)
        self._icon.show()
        self.shown.emit()
        if self._hears_of_loss:
            self._bus.watch()

    @Slot()
    def _lose_panel(self) -> None:
        # Qt's icon never leaves the bus it was made on. A new icon finds the next bus, or, on X11,
        # a tray that needs none.
        if self._icon is None:
            return
        log.warning("the session bus is gone, and the icon with it")
        self._icon.hide()
        self._icon.deleteLater()
        self._icon = None
        self._wait_for_panel()  # not at once: a panel that is about to end still answers

    @Slot()
    def _lose_patience(self) -> None:
        if self._icon is None:
            self.has_no_panel = True
            self.no_panel.emit()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.clicked.emit()
        elif reason is QSystemTrayIcon.ActivationReason.MiddleClick:
            self.actions.refresh.trigger()


def say(action: QAction, text: str) -> None:
    """Write text on a line of a menu; without any the line is hidden."""
    text = text.replace("&", "&&")  # a single one would underline the next letter
    if action.text() != text:
        action.setText(text)
        action.setVisible(bool(text))
