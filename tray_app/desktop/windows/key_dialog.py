"""The dialog that takes an API key, and lets go of it only once it is known to work."""

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.widgets.buttons import HeldEnter
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    ROW_GAP,
    SPACE,
    MessageLine,
    heading_block,
    padded_column,
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
from tray_app.words.problem_words import detail_words, problem_words

_NAME_WIDTH = 260  # pixels at most for a team's name, which may be one long word


class _Step(Enum):
    """Where the user is on the page of the key."""

    ENTER = auto()
    CHECKING = auto()
    SAVE = auto()
    """The key works and can be stored."""
    KEEP = auto()
    """The key works, but there is no keychain: for this run only."""
    SAVING = auto()
    NOT_SAVED = auto()
    """Storing failed: again, or for this run only."""


class KeyDialog(QDialog):
    """First run and *Change key…*: paste, check, and only then accept.

    A dialog is for one use. Once it is closed it holds no key and ignores every answer.
    """

    check_requested = Signal(str)
    """The cleaned text of a key, to be checked away from the GUI thread."""
    key_accepted = Signal(str, bool)
    """A key that works, and whether to store it; else it is for this run only."""
    demo_requested = Signal()
    link_requested = Signal(str)
    """The address of a web page to open."""

    def __init__(self, formats: Formats, *, first_run: bool) -> None:
        """On a first run the demo is offered as well."""
        super().__init__()
        self._formats = formats
        self.is_first_run = first_run
        """Whether it asks for the first key."""
        self._step = _Step.ENTER
        self._key = ""
        """The key that is being checked, or was found to work."""

        self._choice = self._build_choice()
        self._entry = self._build_entry()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._choice)
        layout.addWidget(self._entry)
        # The window follows its words: no message is ever clipped.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        HeldEnter(self)
        if first_run:
            self.setWindowTitle(tr("Welcome to lemlist credits"))
            self._show_choice()
        else:
            self.setWindowTitle(tr("Change the API key"))
            self._show_entry()

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
        self._refuse(*problem_words(problem.kind))

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
        page = QWidget()
        self._enter_button = QPushButton(tr("&Enter my key"))
        self._enter_button.clicked.connect(self._show_entry)
        self._demo_button = QPushButton(tr("&Try the demo"))
        self._demo_button.clicked.connect(self._start_demo)
        choices = QGridLayout()
        choices.setHorizontalSpacing(SPACE)
        choices.setVerticalSpacing(ROW_GAP)
        choices.setColumnStretch(1, 1)
        for row, (button, explanation) in enumerate(
            (
                (self._enter_button, tr("See the credits of your own team.")),
                (self._demo_button, tr("Invented figures, no account needed.")),
            )
        ):
            button.setMinimumWidth(button.sizeHint().width() + 2 * GAP)
            button.setAccessibleDescription(explanation)
            choices.addWidget(button, row, 0)
            choices.addWidget(paragraph(explanation), row, 1, Qt.AlignmentFlag.AlignVCenter)
        buttons = QDialogButtonBox()
        later = buttons.addButton(tr("Not now"), QDialogButtonBox.ButtonRole.RejectRole)
        later.clicked.connect(self.reject)

        layout = padded_column(page)
        layout.addWidget(
            heading_block(
                tr("Your lemlist credits, at a glance"),
                tr("In the tray, with a warning before they run out."),
            )
        )
        layout.addSpacing(SPACE - GAP)
        layout.addLayout(choices)
        layout.addSpacing(SPACE)
        layout.addWidget(buttons)
        return page

    def _build_entry(self) -> QWidget:
        page = QWidget()
        label = QLabel(tr("API &key"))
        self._field = KeyField()
        label.setBuddy(self._field)
        self._field.setAccessibleName(tr("API key"))
        self._field.textChanged.connect(self._forget_check)
        self._link = QPushButton(tr("&Where do I get a key?"))
        self._link.clicked.connect(self._open_keys_page)
        self._message = MessageLine(tr("Result"), lines=4)

        layout = padded_column(page)
        layout.addWidget(
            heading_block(
                tr("Enter your lemlist API key") if self.is_first_run else tr("Enter another key"),
                tr("One key opens one team. lemlist shows a key only once, when it is made."),
            )
        )
        layout.addSpacing(SPACE - GAP)
        layout.addWidget(label)
        layout.addWidget(self._field)
        link_row = QHBoxLayout()
        link_row.addWidget(self._link)
        link_row.addStretch()
        layout.addLayout(link_row)
        layout.addSpacing(SPACE - GAP)
        layout.addWidget(self._message)
        layout.addWidget(self._build_entry_buttons())
        return page

    def _build_entry_buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        box = QDialogButtonBox()
        self._back = box.addButton(tr("&Back"), role.ResetRole)
        self._back.clicked.connect(self._show_choice)
        self._keep = box.addButton(tr("&Use until I quit"), role.AcceptRole)
        self._keep.clicked.connect(self._keep_for_this_run)
        self._check = box.addButton(tr("C&heck"), role.AcceptRole)
        self._check.clicked.connect(self._request_check)
        self._save = box.addButton(tr("&Save key"), role.AcceptRole)
        self._save.clicked.connect(self._request_save)
        self._cancel = box.addButton(tr("Cancel"), role.RejectRole)
        self._cancel.clicked.connect(self.reject)
        return box

    @Slot()
    def _show_choice(self) -> None:
        self._entry.hide()
        self._choice.show()
        self._enter_button.setDefault(True)
        self._enter_button.setFocus()

    @Slot()
    def _show_entry(self) -> None:
        self._choice.hide()
        self._entry.show()
        self._forget_check()

    @Slot()
    def _start_demo(self) -> None:
        self.demo_requested.emit()
        self.accept()

    @Slot()
    def _open_keys_page(self) -> None:
        self.link_requested.emit(KEYS_PAGE)

    @Slot()
    def _request_check(self) -> None:
        try:
            key = clean_key(self._field.text())
        except Problem as problem:
            title, message = problem_words(problem.kind)
            reason = detail_words(problem)
            self._refuse(title, f"{reason[:1].upper()}{reason[1:]}. {message}")
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
        self._key = ""
        self._go(_Step.ENTER)
        self._field.selectAll()
        self._message.say(IconShape.EMPTY, title, message)
        self._field.setAccessibleDescription(self._message.words)

    def _go(self, step: _Step) -> None:
        """Offer what a step allows, and put the focus where Enter takes the user on."""
        self._step = step
        busy = step in {_Step.CHECKING, _Step.SAVING}
        if busy:
            # Else the focus would wander to the next button, under the user's next Enter.
            self.setFocus()
        self._field.setDisabled(busy)
        self._back.setDisabled(busy)
        self._back.setVisible(self.is_first_run)
        self._check.setVisible(step in {_Step.ENTER, _Step.CHECKING})
        self._check.setDisabled(busy)
        self._save.setVisible(step in {_Step.SAVE, _Step.SAVING, _Step.NOT_SAVED})
        self._save.setDisabled(busy)
        self._keep.setVisible(step in {_Step.KEEP, _Step.NOT_SAVED})
        # What is on its way to the keychain can't be called back.
        self._cancel.setText(tr("Close") if step is _Step.SAVING else tr("Cancel"))
        match step:
            case _Step.ENTER:
                self._check.setDefault(True)
                self._field.setFocus()
            case _Step.SAVE | _Step.NOT_SAVED:
                self._save.setDefault(True)
                self._save.setFocus()
            case _Step.KEEP:
                self._keep.setDefault(True)
                self._keep.setFocus()
