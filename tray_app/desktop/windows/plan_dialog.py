"""The dialog that reckons a plan: are the credits enough, and how many are to be bought."""

from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt, Slot
from PySide6.QtGui import QAction, QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.actions import Actions
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    ROW_GAP,
    SPACE,
    MessageLine,
    heading,
    padded_column,
    paragraph,
)
from tray_app.desktop.widgets.labels import sized
from tray_app.desktop.widgets.theme import theme_of
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.rules.analysis import ADVISED_DAYS
from tray_app.rules.forecast import HORIZON
from tray_app.rules.local_time import ONE_DAY
from tray_app.rules.prices import Action
from tray_app.words.amounts import credits_words
from tray_app.words.formats import Formats
from tray_app.words.plan_words import (
    Answer,
    Figures,
    action_names,
    buys_line,
    lead_answer,
    top_up_answer,
)

_WIDTH = 460  # pixels of the content; longer words or a larger font widen it
_RADIUS = 6
_USUAL_LEADS = 500
_MOST_LEADS = 9_999_999


class _AnswerCard(MessageLine):
    """An answer, on the colour of what it means."""

    def __init__(self, name: str) -> None:
        super().__init__(name, lines=2)
        self._shape = IconShape.UNKNOWN
        self.setContentsMargins(ROW_GAP, GAP, ROW_GAP, GAP)
        self.setMinimumHeight(self.minimumHeight() + 2 * GAP)

    def answer(self, answer: Answer) -> None:
        """Show an answer, and have it read out if it is another than before."""
        if f"{answer.verdict} {answer.reason}" == self.words:
            return
        self._shape = IconShape.UNKNOWN
        if answer.missing is not None:
            self._shape = IconShape.LOW if answer.missing else IconShape.HEALTHY
        self.say(self._shape, answer.verdict, answer.reason)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the ground."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme_of(self.palette()).levels[self._shape].ground))
            painter.drawRoundedRect(self.rect(), _RADIUS, _RADIUS)


class PlanDialog(QDialog):
    """Can I enrich so many leads, and what must I top up? Answered while the user types.

    Figures may come before and while the dialog is shown; what was typed stays.
    """

    def __init__(self, formats: Formats, actions: Actions) -> None:
        super().__init__()
        self.setWindowTitle(tr("Plan"))
        self._formats = formats
        self._figures: Figures | None = None
        self._suggested = QDate()

        self._balance = heading("")
        self._balance.setMinimumWidth(_WIDTH)
        self._buys = paragraph("")
        self._questions = QWidget()
        self._questions.setLayout(_column(SPACE + GAP, self._build_leads(), self._build_top_up()))
        layout = padded_column(self, SPACE + GAP)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        layout.addLayout(_column(GAP // 2, self._balance, self._buys))
        layout.addWidget(self._questions)
        layout.addWidget(self._build_buttons(actions.buy))
        self._leads.valueChanged.connect(self._answer)
        self._action.currentIndexChanged.connect(self._answer)
        self._until.dateChanged.connect(self._answer)
        self._answer()

    def show_figures(self, figures: Figures) -> None:
        """Answer by these figures from now on.

        Until the user chooses a date, it is the renewal's, or some weeks ahead without one.
        """
        self._figures, today, renewal = figures, figures.today, figures.renewal
        is_untouched = self._until.date() == self._suggested or self._suggested.isNull()
        self._until.setDateRange(_qdate(today + ONE_DAY), _qdate(today + timedelta(days=HORIZON)))
        if is_untouched:
            if renewal is None or renewal < today:
                renewal = today + timedelta(days=ADVISED_DAYS)
            self._until.setDate(_qdate(renewal))
            self._suggested = self._until.date()
        self._answer()

    def _build_leads(self) -> QLayout:
        self._leads = QSpinBox()
        self._leads.setRange(1, _MOST_LEADS)
        self._leads.setGroupSeparatorShown(True)
        self._leads.setValue(_USUAL_LEADS)
        self._leads.setAccessibleName(tr("Leads to enrich"))
        self._action = QComboBox()
        self._action.setAccessibleName(tr("What each lead gets"))
        for action, name in action_names():
            self._action.addItem(name, action)
        self._enough = _AnswerCard(tr("Is it enough?"))
        controls = {tr("&Leads"): self._leads, tr("&with"): self._action}
        return _question(tr("Can I enrich my leads?"), controls, self._enough)

    def _build_top_up(self) -> QLayout:
        self._until = QDateEdit()
        self._until.setCalendarPopup(True)
        self._until.setAccessibleName(tr("The day until which the credits are to last"))
        self._top_up = _AnswerCard(tr("What must be topped up?"))
        controls = {tr("To last &until"): self._until}
        return _question(tr("How much must I top up?"), controls, self._top_up)

    def _build_buttons(self, buy: QAction) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        box = QDialogButtonBox()
        self._buy = box.addButton(tr("&Buy credits"), role.ActionRole)
        self._buy.clicked.connect(buy.trigger)
        close = box.addButton(tr("Close"), role.RejectRole)
        close.clicked.connect(self.reject)
        for button in (self._buy, close):
            button.setAutoDefault(False)  # Enter ends a number, not the dialog
        return box

    @Slot()
    def _answer(self) -> None:
        """Answer both questions by what is chosen and known now."""
        if (figures := self._figures) is None:
            self._balance.setText(tr("The balance is not known yet"))
            self._buys.setText(tr("The answers come with the first figures."))
            self._questions.hide()
            self._buy.hide()
            return
        balance = credits_words(figures.credits, self._formats)
        if figures.stale:
            balance = tr("{balance}, out of date", balance=balance)
        self._balance.setText(balance)
        buys = buys_line(figures.credits, figures.prices, self._formats)
        self._buys.setText(buys)
        self._buys.setVisible(bool(buys))
        action = Action(self._action.currentData())
        enough = lead_answer(self._leads.value(), action, figures, self._formats)
        self._enough.answer(enough)
        day = self._until.date()
        until = date(day.year(), day.month(), day.day())
        top_up = top_up_answer(figures, until, self._formats)
        self._top_up.answer(top_up)
        self._buy.setVisible(bool(enough.missing or top_up.missing))
        if self._questions.isHidden():
            self._questions.show()
            self._leads.setFocus()
            self._leads.selectAll()


def _question(text: str, controls: Mapping[str, QWidget], line: MessageLine) -> QLayout:
    question = paragraph(text)
    question.setFont(sized(question.font(), 1, QFont.Weight.Bold))
    row = QHBoxLayout()
    row.setSpacing(GAP)
    for name, control in controls.items():
        label = QLabel(name)
        label.setBuddy(control)
        row.addWidget(label)
        row.addWidget(control)
    row.addStretch()
    return _column(GAP, question, row, line)


def _column(gap: int, *items: QWidget | QLayout) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap)
    for item in items:
        if isinstance(item, QWidget):
            column.addWidget(item)
        else:
            column.addLayout(item)
    return column


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
