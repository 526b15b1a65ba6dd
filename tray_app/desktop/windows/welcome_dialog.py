"""The first window of all: what the program is, and the ways on from here."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from tray_app.desktop.widgets.buttons import HeldEnter
from tray_app.desktop.widgets.controls import SECONDARY, Switch, label, with_role
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    ROW_GAP,
    SPACE,
    TITLE,
    Dialog,
    IconPicture,
    column,
    line,
    paragraph,
    product_icon,
)
from tray_app.i18n import tr
from tray_app.icon_look import IconLook, IconShape

_WIDTH = 380  # pixels of text of the usual size
_PRODUCT_ICON = 64
_ICON = 32


class WelcomeDialog(Dialog):
    """Shown on a first run, when there is no key yet."""

    connect_requested = Signal()
    """A key is to be entered."""
    start_at_login_chosen = Signal(bool)
    """Whether the program is to start at login, of those who enter a key."""
    demo_requested = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Welcome to lemlist credits"), width=_WIDTH)
        title = paragraph(
            tr("Know before your credits run out"), factor=TITLE, weight=QFont.Weight.Bold
        )
        text = paragraph(tr("At zero, lemlist stops enriching leads, and campaigns wait."), "muted")
        centre = Qt.AlignmentFlag.AlignHCenter
        for one in (title, text):
            one.setAlignment(centre)
        self.column.addWidget(product_icon(_PRODUCT_ICON), alignment=centre)
        self.column.addSpacing(GAP)
        self.column.addLayout(column(GAP // 2, title, text))
        self.column.addSpacing(GAP)
        self.column.addLayout(_levels())
        self.column.addSpacing(SPACE - GAP)
        connect = self._add(tr("&Connect lemlist"), self._connect, "primary")
        demo = self._add(tr("&Try the demo with invented figures"), self._start_demo)
        self._login = Switch()
        self._login.setChecked(True)
        login = label(tr("&Start when I log in"))
        login.setBuddy(self._login)
        self._login.setAccessibleName(tr("Start when I log in"))
        later = QPushButton(tr("&Not now"))
        later.clicked.connect(self.reject)
        with_role(later, "link")
        self.column.addSpacing(ROW_GAP - GAP)
        self.column.addLayout(line(GAP, self._login, login, None, later))
        for button in (demo, later):
            button.setAutoDefault(True)
        connect.setDefault(True)
        connect.setFocus()
        HeldEnter(self)

    def _add(self, text: str, deed: Callable[[], object], look: str = "") -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(deed)
        with_role(button, look)
        self.column.addWidget(button)
        return button

    @Slot()
    def _connect(self) -> None:
        self.accept()
        self.start_at_login_chosen.emit(self._login.isChecked())
        self.connect_requested.emit()

    @Slot()
    def _start_demo(self) -> None:
        self.accept()
        self.demo_requested.emit()


def _levels() -> QHBoxLayout:
    """Return the four icons, each above its name."""
    result = QHBoxLayout()
    for look, name in (
        (IconLook(IconShape.HEALTHY, 12_430), tr("Healthy")),
        (IconLook(IconShape.LOW, 480), tr("Low")),
        (IconLook(IconShape.CRITICAL, 62), tr("Critical")),
        (IconLook(IconShape.EMPTY, 0), tr("Empty")),
    ):
        words = label(name, "muted", SECONDARY)
        one = QVBoxLayout()
        for part in (IconPicture(look, _ICON), words):
            one.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        result.addLayout(one, 1)
    return result
