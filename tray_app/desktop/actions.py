"""What the user can have done, a QAction each.

Menu, buttons and windows show the actions, and do not know what an action does: ``App`` connects
each ``triggered`` once, but for *Hide figures*, which ``HiddenFigures`` follows. The icon's menu
shows them before ``App`` is imported, so this module imports nothing that the icon does not need.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup

from tray_app.i18n import tr

if TYPE_CHECKING:
    from tray_app.report.view import View
    from tray_app.rules.alerts import SnoozeChoice


class Actions(QObject):
    """All actions. A menu shows an action's ``text``, a button its ``iconText``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.refresh = QAction(tr("&Refresh now"), self, iconText=tr("Refresh"))
        self.open = QAction(tr("&Open"), self)
        self.history = QAction(tr("&History…"), self)
        self.plan = QAction(tr("Ca&lculator…"), self)
        self.buy = QAction(tr("&Buy credits…"), self, iconText=tr("Buy credits"))
        self.settings = QAction(tr("&Settings…"), self, iconText=tr("Settings"))
        self.add_team = QAction(tr("A&dd a team…"), self, iconText=tr("Add a team…"))
        self.hide_figures = QAction(
            tr("Hide &figures"), self, checkable=True, iconText=tr("Hide figures")
        )
        self.hide_figures.toggled.connect(self._name_hiding)
        self.change_key = QAction(tr("Change &key…"), self)
        self.about = QAction(tr("&About"), self)
        self.quit = QAction(tr("&Quit"), self)
        self.remedy = QAction("", self)
        """What can be done about the problem; ``data`` is the Remedy, as text."""
        self.remedy.setVisible(False)
        self.snooze = QActionGroup(self)
        """An action for each length of silence; ``data`` is the SnoozeChoice, as text."""
        self.resume = QAction(tr("&Resume notifications"), self, iconText=tr("Resume"))
        self.resume.setVisible(False)

    def offer_snooze(self, choices: "Iterable[tuple[SnoozeChoice, str]]") -> None:
        """Offer these lengths of silence, each with its words."""
        for choice, words in choices:
            self.snooze.addAction(words).setData(str(choice))

    def show_view(self, view: "View") -> None:
        """Offer what can be done now; only what differs is touched, as each touch costs memory."""
        words = view.trouble.action if view.trouble else ""
        if words != self.remedy.text():
            self.remedy.setText(words)
            self.remedy.setIconText(words)
            self.remedy.setVisible(bool(words))
        if view.trouble is not None and view.trouble.remedy is not None:
            self.remedy.setData(str(view.trouble.remedy))
        self.resume.setVisible(bool(view.snooze))
        self.change_key.setEnabled(not view.key_is_fixed)

    @Slot(bool)
    def _name_hiding(self, hides: bool) -> None:
        self.hide_figures.setIconText(tr("Show figures") if hides else tr("Hide figures"))
