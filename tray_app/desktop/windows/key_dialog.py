"""The dialog that takes an API key, and accepts it only if it works."""

from enum import Enum, auto

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton

from tray_app.desktop.widgets.buttons import HeldEnter
from tray_app.desktop.widgets.controls import in_text, with_role
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    AnswerCard,
    Dialog,
    Role,
    field,
)
from tray_app.desktop.widgets.key_field import KeyField
from tray_app.desktop.widgets.labels import sized
from tray_app.desktop.widgets.style import set_state
from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.lemlist.address import KEYS_PAGE
from tray_app.lemlist.key import KeyFault, clean_key
from tray_app.team.api import Checked
from tray_app.words.amounts import credits_words
from tray_app.words.formats import Formats
from tray_app.words.notice_words import shortened
from tray_app.words.problem_words import problem_words, store_name

_WIDTH = 400  # pixels of text of the usual size
_TITLE_WIDTH = 350  # of the answer's line with the team's name, which may be one long word


_LONG_NAME = 30  # characters of a team's name in a sentence; of a longer name, so many are left


class _Step(Enum):
    """Where the user is."""

    ENTER = auto()
    CHECKING = auto()
    SAVE = auto()
    """The key works and can be stored."""
    KEEP = auto()
    """The key works, but there is nothing to store it in: for this run only."""
    SAVING = auto()
    NOT_SAVED = auto()
    """Storing failed: again, or for this run only."""


class KeyDialog(Dialog):
    """The first key, and *Change key…*: paste, see the team, save.

    A key is checked when it is pasted, and at the latest when it is to be saved. A dialog is for
    one use. Once it is closed it holds no key and ignores every answer.
    """

    check_requested = Signal(str)
    """The cleaned text of a key, to be checked away from the GUI thread."""
    key_accepted = Signal(str, bool)
    """A key that works, and whether to store it; else it is for this run only."""

    def __init__(
        self, formats: Formats, *, first_run: bool, adds: bool = False, name: str = ""
    ) -> None:
        """On a first run there is no other key yet; ``adds`` says that a team is to be added.

        ``name`` is that of the team whose key is changed, where there are several.
        """
        self._is_new = first_run or adds
        self._adds = adds
        title = tr("Connect a team") if self._is_new else tr("Change the API key")
        explanation = tr(
            "Paste an API key of the team. The key stays in this computer's {store}.",
            store=store_name(),
        )
        if name:
            explanation = tr(
                "Paste an API key of {team}. The key stays in this computer's {store}.",
                team=shortened(name, _LONG_NAME),
                store=store_name(),
            )
        super().__init__(title, title, explanation, width=_WIDTH)
        self._formats = formats
        self.is_first_run = first_run
        """Whether it asks for the first key."""
        self._key = ""
        """The key that is being checked, or was found to work."""
        self._saves = False
        """Whether a key that works is saved without being asked again."""
        self._build_entry()
        self._build_buttons()
        HeldEnter(self)
        self._go(_Step.ENTER)

    def check_succeeded(
        self, checked: Checked, store: Problem | None, *, replaces: str = ""
    ) -> None:
        """Show what the key opens. With a problem of the store, only this run is offered.

        ``replaces`` names the team of the list whose key this one is to replace.
        """
        if self._step is not _Step.CHECKING:
            return
        if store is not None and self._adds:
            self._refuse(problem_words(store.kind).title, _not_addable())
            return
        team = tr("The key works") if checked.team is None else checked.team
        credits = f" · {credits_words(checked.balance.credits, self._formats)}"
        metrics = QFontMetrics(sized(self.font(), 1, QFont.Weight.DemiBold))
        room = in_text(_TITLE_WIDTH) - metrics.horizontalAdvance(credits)
        team = metrics.elidedText(team, Qt.TextElideMode.ElideRight, room)
        self._go(_Step.SAVE if store is None else _Step.KEEP)
        self._answer.say(
            IconShape.HEALTHY,
            f"{team}{credits}",
            _replaces(replaces)
            if replaces
            else self._works()
            if store is None
            else _for_this_run(store),
        )
        if replaces:
            self._saves = False  # that a key is replaced is for the user to see and say
            self._go(self._step)
        elif store is None and self._saves:
            self._save()

    def _works(self) -> str:
        works = tr("The key works.")
        return works if self._field.text() == self._key else f"{works} {_left_out()}"

    @Slot(object)
    def check_failed(self, problem: Problem) -> None:
        """Say why the key can't be used, and let the user try another."""
        if self._step is _Step.CHECKING:
            self._refuse(*problem_words(problem, is_retried=False))

    def refuse_team(self, name: str) -> None:
        """Say that the key is of another team of the list, so that it can't be this team's."""
        if self._step is _Step.CHECKING:
            self._refuse(tr("This key is another team's"), _anothers(name))

    @Slot()
    def saved(self) -> None:
        """Close, as the key is stored."""
        if self._step is _Step.SAVING:
            self.accept()

    def save_failed(self, problem: Problem) -> bool:
        """Say why the key was not stored, and offer it for this run as a second way.

        Returns whether the user can see that here.
        """
        if self._step is not _Step.SAVING:
            return False
        self._go(_Step.NOT_SAVED)
        title, message = problem_words(problem.kind)
        unsaved = message if problem.kind is Kind.LIST_UNSAVED else _not_saved()
        self._answer.say(IconShape.LOW, title, unsaved)
        return True

    def done(self, result: int) -> None:
        """Close, and forget the key."""
        super().done(result)
        self._field.forget()
        self._forget_check()

    def _build_entry(self) -> None:
        self._field = KeyField()
        self._field.setAccessibleName(tr("API key"))
        self._field.textChanged.connect(self._forget_check)
        self._field.pasted.connect(self._check)
        link = QPushButton(tr("Create one in &lemlist"))
        link.setAutoDefault(False)
        link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(KEYS_PAGE)))
        with_role(link, "link")
        self._answer = AnswerCard(tr("Result"))
        self._answer.keep_room(in_text(_WIDTH), self._answers())
        self.column.addLayout(field(tr("API &key"), self._field, link))
        self.column.addSpacing(GAP)
        self.column.addWidget(self._answer)

    def _answers(self) -> list[tuple[str, str]]:
        """All that may be said, so that the dialog has room for it."""
        problems = [
            *(Problem(kind) for kind in Kind),
            *(Problem(Kind.BAD_KEY, fault) for fault in KeyFault),
            Problem(Kind.TLS, "SSLCertVerificationError"),
        ]
        refusals = [problem_words(problem, is_retried=False) for problem in problems]
        return [
            *((title, self._refusal(message)) for title, message in refusals),
            ("-", _for_this_run(Problem(Kind.KEYCHAIN_UNAVAILABLE))),
            ("-", _not_saved()),
            ("-", _replaces("-" * _LONG_NAME)),
            ("-", self._refusal(_anothers("-" * _LONG_NAME))),
            ("-", _not_addable()),
            ("-", f"{tr('The key works.')} {_left_out()}"),
        ]

    def _build_buttons(self) -> None:
        self._keep = keep = self.add_button(
            tr("&Use until I quit"), Role.AcceptRole, self._keep_for_this_run
        )
        save = self.add_button(tr("&Save"), Role.AcceptRole, self._request_save, "primary")
        self._reject = self.add_button(tr("Cancel"), Role.RejectRole, self.reject)
        self._offered = {
            keep: set() if self._adds else {_Step.KEEP, _Step.NOT_SAVED},
            save: set(_Step) - {_Step.KEEP},
        }
        self._default = dict.fromkeys(_Step, save) | {_Step.KEEP: keep}

    @Slot()
    def _check(self) -> None:
        try:
            key = clean_key(self._field.text())
        except Problem as problem:
            self._refuse(*problem_words(problem))
            return
        self._key = key
        self._go(_Step.CHECKING)
        self._answer.say(IconShape.LOADING, tr("Checking…"))
        self.check_requested.emit(key)

    @Slot()
    def _request_save(self) -> None:
        """Save the key, as soon as it is known to work."""
        self._saves = True
        if self._step is _Step.CHECKING:
            self._go(_Step.CHECKING)
        elif self._key:
            self._save()
        else:
            self._check()

    def _save(self) -> None:
        self._go(_Step.SAVING)
        self._answer.say(
            IconShape.LOADING,
            tr("Saving…"),
            tr("The {store} may ask for its password.", store=store_name()),
        )
        self.key_accepted.emit(self._key, True)

    @Slot()
    def _keep_for_this_run(self) -> None:
        self.key_accepted.emit(self._key, False)
        self.accept()

    @Slot()
    def _forget_check(self) -> None:
        """Begin anew, as nothing is known of what stands in the field now."""
        self._key = ""
        self._saves = False
        self._go(_Step.ENTER)
        self._answer.say(None, "")
        self._field.setAccessibleDescription("")
        set_state(self._field, "faulty", False)

    def _refusal(self, message: str) -> str:
        return message if self._is_new else f"{message} {tr('The old key stays in use.')}"

    def _refuse(self, title: str, message: str) -> None:
        self._forget_check()
        self._field.selectAll()
        self._answer.say(IconShape.EMPTY, title, self._refusal(message))
        self._field.setAccessibleDescription(self._answer.words)
        set_state(self._field, "faulty", True)

    def _go(self, step: _Step) -> None:
        """Offer what a step allows, and put the focus where Enter takes the user on."""
        self._step = step
        is_closed = step in {_Step.CHECKING, _Step.SAVING}
        busy = is_closed and (self._saves or step is _Step.SAVING)
        if busy:
            # A disabled button gives the focus to the next one, which another Enter would press.
            self.setFocus()
        self._field.setReadOnly(is_closed)
        for button, steps in self._offered.items():
            button.setVisible(step in steps)
            button.setDisabled(busy)
        # A save that has begun can't be cancelled: the button only closes the dialog.
        self._reject.setText(tr("Close") if step is _Step.SAVING else tr("Cancel"))
        set_state(self._keep, "role", "primary" if step is _Step.KEEP else "")
        default = self._default[step]
        default.setDefault(True)
        if not busy:
            (self._field if step is _Step.ENTER else default).setFocus()


def _for_this_run(store: Problem) -> str:
    return tr(
        "{problem}, so the key can't be saved on this computer. "
        "The key is used until you quit, and then asked for again.",
        problem=problem_words(store.kind).title,
    )


def _replaces(name: str) -> str:
    return tr(
        "{team} is in your list already. Save replaces its key.", team=shortened(name, _LONG_NAME)
    )


def _anothers(name: str) -> str:
    return tr(
        "The key opens {team}, which is in your list already.", team=shortened(name, _LONG_NAME)
    )


def _not_addable() -> str:
    return tr("Without it there is no place for the key of another team.")


def _left_out() -> str:
    return tr("What came along with the key, such as quotes, was left out.")


def _not_saved() -> str:
    return tr("The key works, but was not saved. Save the key again, or use it until you quit.")
