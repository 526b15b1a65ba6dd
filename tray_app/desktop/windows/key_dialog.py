"""The dialog that takes an API key, and lets go of it only once it is known to work."""

from enum import Enum, auto

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tray_app.desktop.widgets.buttons import HeldEnter
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    ROW_GAP,
    SPACE,
    Dialog,
    MessageLine,
    Role,
    heading_block,
    paragraph,
)
from tray_app.desktop.widgets.key_field import KeyField
from tray_app.errors import Problem
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.lemlist.address import KEYS_PAGE
from tray_app.lemlist.key import clean_key
from tray_app.team.api import Checked
from tray_app.words.amounts import credits_words
from tray_app.words.formats import Formats
from tray_app.words.problem_words import problem_words

_NAME_WIDTH = 260  # pixels at most for a team's name, which may be one long word


class _Step(Enum):
    """Where the user is."""

    CHOOSE = auto()
    """A key or the demo; only on a first run."""
    ENTER = auto()
    CHECKING = auto()
    SAVE = auto()
    """The key works and can be stored."""
    KEEP = auto()
    """The key works, but there is no keychain: for this run only."""
    SAVING = auto()
    NOT_SAVED = auto()
    """Storing failed: again, or for this run only."""


class KeyDialog(Dialog):
    """First run and *Change key…*: paste, check, and only then accept.

    A dialog is for one use. Once it is closed it holds no key and ignores every answer.
    """

    check_requested = Signal(str)
    """The cleaned text of a key, to be checked away from the GUI thread."""
    key_accepted = Signal(str, bool)
    """A key that works, and whether to store it; else it is for this run only."""
    demo_requested = Signal()

    def __init__(self, formats: Formats, *, first_run: bool) -> None:
        """On a first run the demo is offered as well."""
        super().__init__(
            tr("Welcome to lemlist credits") if first_run else tr("Change the API key")
        )
        self._formats = formats
        self.is_first_run = first_run
        """Whether it asks for the first key."""
        self._key = ""
        """The key that is being checked, or was found to work."""
        self._choice = self._build_choice()
        self._entry = self._build_entry()
        self.column.addWidget(self._choice)
        self.column.addWidget(self._entry)
        self._build_buttons()
        HeldEnter(self)
        self._go(_Step.CHOOSE if first_run else _Step.ENTER)

    @Slot(object, object)
    def check_succeeded(self, checked: Checked, keychain: Problem | None) -> None:
        """Show what the key opens. With a problem of the keychain, only this run is offered."""
        if self._step is not _Step.CHECKING:
            return
        team = tr("The key works") if checked.team is None else checked.team
        team = self.fontMetrics().elidedText(team, Qt.TextElideMode.ElideRight, _NAME_WIDTH)
        credits = credits_words(checked.balance.credits, self._formats)
        self._go(_Step.SAVE if keychain is None else _Step.KEEP)
        self._message.say(
            IconShape.HEALTHY,
            f"{team} · {credits}",
            tr("The key will be saved in this computer's keychain.")
            if keychain is None
            else tr(
                "{problem}, so the key can't be saved on this computer. "
                "It is used until you quit, and then asked for again.",
                problem=problem_words(keychain.kind).title,
            ),
        )

    @Slot(object)
    def check_failed(self, problem: Problem) -> None:
        """Say why the key can't be used, and let the user try another."""
        if self._step is not _Step.CHECKING:
            return
        self._refuse(*problem_words(problem, is_retried=False))

    @Slot()
    def saved(self) -> None:
        """Close, as the key is in the keychain."""
        if self._step is _Step.SAVING:
            self.accept()

    @Slot(object)
    def save_failed(self, problem: Problem) -> None:
        """Say why the key was not stored, and offer it for this run as a second way."""
        if self._step is not _Step.SAVING:
            return
        self._go(_Step.NOT_SAVED)
        self._message.say(
            IconShape.LOW,
            problem_words(problem.kind).title,
            tr("The key works, but it was not saved. Save it again, or use it until you quit."),
        )

    def done(self, result: int) -> None:
        """Close, and forget the key."""
        super().done(result)
        self._field.forget()
        self._forget_check()

    def _build_choice(self) -> QWidget:
        self._enter = QPushButton(tr("&Enter my key"))
        self._enter.clicked.connect(self._forget_check)
        demo = QPushButton(tr("&Try the demo"))
        demo.clicked.connect(self._start_demo)
        ways = QGridLayout()
        ways.setHorizontalSpacing(SPACE)
        ways.setVerticalSpacing(ROW_GAP)
        ways.setColumnStretch(1, 1)
        for row, (button, explanation) in enumerate(
            (
                (self._enter, tr("See the credits of your own team.")),
                (demo, tr("Invented figures, no account needed.")),
            )
        ):
            button.setMinimumWidth(button.sizeHint().width() + 2 * GAP)
            button.setAccessibleDescription(explanation)
            ways.addWidget(button, row, 0)
            ways.addWidget(paragraph(explanation), row, 1, Qt.AlignmentFlag.AlignVCenter)
        page, layout = _page(
            tr("Your lemlist credits, at a glance"),
            tr("In the tray, with a warning before they run out."),
        )
        layout.addLayout(ways)
        layout.addSpacing(SPACE)
        return page

    def _build_entry(self) -> QWidget:
        self._field = KeyField()
        self._field.setAccessibleName(tr("API key"))
        self._field.textChanged.connect(self._forget_check)
        label = QLabel(tr("API &key"))
        label.setBuddy(self._field)
        link = QPushButton(tr("&Where do I get a key?"))
        link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(KEYS_PAGE)))
        self._message = MessageLine(tr("Result"), lines=4)
        page, layout = _page(
            tr("Enter your lemlist API key") if self.is_first_run else tr("Enter another key"),
            tr("One key opens one team. lemlist shows a key only once, when it is made."),
        )
        layout.addWidget(label)
        layout.addWidget(self._field)
        layout.addWidget(link, alignment=Qt.AlignmentFlag.AlignLeading)
        layout.addSpacing(SPACE - GAP)
        layout.addWidget(self._message)
        return page

    def _build_buttons(self) -> None:
        back = self.add_button(tr("&Back"), Role.ResetRole, lambda: self._go(_Step.CHOOSE))
        keep = self.add_button(tr("&Use until I quit"), Role.AcceptRole, self._keep_for_this_run)
        check = self.add_button(tr("C&heck"), Role.AcceptRole, self._request_check)
        save = self.add_button(tr("&Save key"), Role.AcceptRole, self._request_save)
        self._reject = self.add_button(tr("Cancel"), Role.RejectRole, self.reject)
        self._offered = {
            back: set(_Step) - {_Step.CHOOSE} if self.is_first_run else set(),
            keep: {_Step.KEEP, _Step.NOT_SAVED},
            check: {_Step.ENTER, _Step.CHECKING},
            save: {_Step.SAVE, _Step.SAVING, _Step.NOT_SAVED},
        }
        self._default = {
            _Step.CHOOSE: self._enter,
            _Step.ENTER: check,
            _Step.SAVE: save,
            _Step.KEEP: keep,
            _Step.NOT_SAVED: save,
        }
        self.column.addWidget(self.bar)

    @Slot()
    def _start_demo(self) -> None:
        self.demo_requested.emit()
        self.accept()

    @Slot()
    def _request_check(self) -> None:
        try:
            key = clean_key(self._field.text())
        except Problem as problem:
            self._refuse(*problem_words(problem))
            return
        self._key = key
        self._go(_Step.CHECKING)
        self._message.say(None, "", tr("Checking…"))
        self.check_requested.emit(key)

    @Slot()
    def _request_save(self) -> None:
        self._go(_Step.SAVING)
        self._message.say(None, "", tr("Saving… The keychain may ask for its password."))
        self.key_accepted.emit(self._key, True)

    @Slot()
    def _keep_for_this_run(self) -> None:
        self.key_accepted.emit(self._key, False)
        self.accept()

    @Slot()
    def _forget_check(self) -> None:
        """Begin anew, as nothing is known of what stands in the field now."""
        self._key = ""
        self._go(_Step.ENTER)
        self._message.say(None, "")
        self._field.setAccessibleDescription("")

    def _refuse(self, title: str, message: str) -> None:
        if not self.is_first_run:
            message = f"{message} {tr('The old key stays in use.')}"
        self._forget_check()
        self._field.selectAll()
        self._message.say(IconShape.EMPTY, title, message)
        self._field.setAccessibleDescription(self._message.words)

    def _go(self, step: _Step) -> None:
        """Offer what a step allows, and put the focus where Enter takes the user on."""
        self._step = step
        busy = step in {_Step.CHECKING, _Step.SAVING}
        if busy:
            # A disabled button gives the focus to the next one, which another Enter would press.
            self.setFocus()
        self._choice.setVisible(step is _Step.CHOOSE)
        self._entry.setVisible(step is not _Step.CHOOSE)
        self._field.setDisabled(busy)
        for button, steps in self._offered.items():
            button.setVisible(step in steps)
            button.setDisabled(busy)
        # A save that has begun can't be cancelled: the button only closes the dialog.
        words = {_Step.CHOOSE: tr("Not now"), _Step.SAVING: tr("Close")}
        self._reject.setText(words.get(step, tr("Cancel")))
        if not busy:
            default = self._default[step]
            default.setDefault(True)
            (self._field if step is _Step.ENTER else default).setFocus()


def _page(heading: str, explanation: str) -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP)
    layout.addWidget(heading_block(heading, explanation))
    layout.addSpacing(SPACE - GAP)
    return page, layout
