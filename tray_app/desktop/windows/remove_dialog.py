"""The dialog that asks before a team is removed."""

from PySide6.QtCore import Signal, Slot

from tray_app.desktop.widgets.buttons import HeldEnter
from tray_app.desktop.widgets.controls import Switch, in_text
from tray_app.desktop.widgets.dialog_parts import GAP, AnswerCard, Dialog, Group, Role, Row
from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.words.notice_words import shortened
from tray_app.words.problem_words import problem_words, store_name

_WIDTH = 400  # pixels of text of the usual size
_LONGEST_NAME_IN_TITLE = 40  # characters


class RemoveDialog(Dialog):
    """Asks whether a team goes, and whether its history goes too. For one team and one use."""

    confirmed = Signal(bool)
    """The team is to be removed; whether its history is too."""

    def __init__(self, name: str, *, has_own: bool, kept_history: str = "") -> None:
        """``has_own`` tells that choices were made for this team alone, which go with it.

        ``kept_history`` says why the history can't go with the team; empty if it can.
        """
        short = shortened(name, _LONGEST_NAME_IN_TITLE)
        explanation = tr(
            "Its API key is deleted from this computer's {store}, and nobody is warned any more "
            "when its credits run low. In lemlist nothing changes.",
            store=store_name(),
        )
        if has_own:
            explanation = f"{explanation} {tr('Its own settings are deleted too.')}"
        super().__init__(
            tr("Remove a team"), tr("Remove {team}?", team=short), explanation, width=_WIDTH
        )
        self._history = Switch()
        self._history.setAccessibleName(tr("Delete its history too"))
        row = Row(
            tr("Delete its &history too"),
            kept_history or tr("What was recorded of its balance on this computer"),
            self._history,
        )
        self._history.setDisabled(bool(kept_history))
        self.column.addWidget(Group("", [row]))
        self._answer = AnswerCard(tr("Result"))
        kept = tr("The team is not removed. Try again.")
        failures = [(problem_words(kind).title, kept) for kind in Kind]
        self._answer.keep_room(in_text(_WIDTH), [*failures, _removing()])
        self.column.addSpacing(GAP)
        self.column.addWidget(self._answer)
        self._remove = self.add_button(tr("&Remove"), Role.AcceptRole, self._confirm)
        self._keep = self.add_button(tr("Cancel"), Role.RejectRole, self.reject)
        self._keep.setDefault(True)
        self._keep.setFocus()
        self._is_removing = False
        HeldEnter(self)

    @Slot()
    def _confirm(self) -> None:
        self._is_removing = True
        self._remove.setEnabled(False)
        self._keep.setText(tr("Close"))  # what has begun can't be cancelled
        self._answer.say(IconShape.LOADING, *_removing())
        self.confirmed.emit(self._history.isChecked())

    @Slot(object)
    def removed(self, _nothing: object) -> None:
        """Close, as the team is gone."""
        if self._is_removing:
            self.accept()

    def failed(self, problem: Problem) -> bool:
        """Say why the team is still there, and return whether the user can see that here."""
        if not self._is_removing:
            return False
        self._is_removing = False
        self._remove.setEnabled(True)
        self._keep.setText(tr("Cancel"))
        told = problem_words(problem.kind)
        self._answer.say(IconShape.EMPTY, told.title, tr("The team is not removed. Try again."))
        return True

    def done(self, result: int) -> None:
        """Close. An answer that comes later is told elsewhere."""
        self._is_removing = False
        super().done(result)


def _removing() -> tuple[str, str]:
    return tr("Removing…"), tr("The {store} may ask for its password.", store=store_name())
