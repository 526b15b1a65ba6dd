"""The calculator: are the credits enough, and how many are to be bought."""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QDate, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from tray_app.desktop.actions import Actions
from tray_app.desktop.widgets.controls import DateBox, ListBox, TeamBox, in_text, label, pad
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    MARGIN,
    SPACE,
    AnswerCard,
    Dialog,
    Role,
    column,
    line,
    paragraph,
)
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

_WIDTH = 430  # pixels of text of the usual size
_NUMBER_WIDTH = 96
_COST_LINES = 2
_SPENDING_LINES = 3  # of large figures, where plan credits are not counted
_USUAL_LEADS = 500
_MOST_LEADS = 9_999_999


class PlanDialog(Dialog):
    """Can we enrich so many leads, and what should we buy? Answered while the user types.

    Figures may come before and while the dialog is shown; what was typed stays.
    """

    team_chosen = Signal(str)
    """The account of the team that is to be asked about."""

    def __init__(self, formats: Formats, actions: Actions) -> None:
        balance = label("", "muted")
        super().__init__(tr("Calculator"), tr("Calculator"), "", balance, width=_WIDTH)
        self._balance = balance
        self._formats = formats
        self._figures: Figures | None = None
        self._suggested = QDate()

        self.teams = TeamBox("", (), tr("Team"))
        self.teams.currentIndexChanged.connect(self._choose_team)
        self.teams.hide()
        self._buys = paragraph("", "muted")
        self._questions = QWidget()
        self._questions.setLayout(column(MARGIN, self._build_leads(), self._build_top_up()))
        self.column.addWidget(self.teams)
        self.column.addWidget(self._buys)
        self.column.addSpacing(SPACE - GAP)
        self.column.addWidget(self._questions)
        close = self.add_button(tr("Close"), Role.RejectRole, self.reject)
        self._buy = self.add_button(
            tr("&Buy credits"), Role.ActionRole, actions.buy.trigger, "primary"
        )
        for button in (self._buy, close):
            button.setAutoDefault(False)  # Enter ends a number, not the dialog
        self._leads.valueChanged.connect(self._answer)
        self._action.currentIndexChanged.connect(self._answer)
        self._until.dateChanged.connect(self._answer)
        self._answer()

    def show_teams(self, teams: Sequence[tuple[str, str]], account: str) -> None:
        """Let one of several teams be chosen, by names and accounts. ``account`` is chosen."""
        self.teams.show_teams(teams, account)
        self.teams.setVisible(len(teams) > 1)

    def show_figures(self, figures: Figures | None) -> None:
        """Answer by these figures from now on; there are none before the first balance.

        Until the user chooses a date, it is the renewal's, or some weeks ahead without one.
        """
        self._figures = figures
        if figures is not None:
            self._suggest_day(figures)
        self._answer()

    def _suggest_day(self, figures: Figures) -> None:
        today, renewal = figures.today, figures.renewal
        is_untouched = self._until.date() == self._suggested or self._suggested.isNull()
        self._until.setDateRange(_qdate(today + ONE_DAY), _qdate(today + timedelta(days=HORIZON)))
        self._renewal.setEnabled(renewal is not None and renewal > today)
        if is_untouched:
            if renewal is None or renewal < today:
                renewal = today + timedelta(days=ADVISED_DAYS)
            self._until.setDate(_qdate(renewal))
            self._suggested = self._until.date()

    @Slot()
    def _choose_team(self) -> None:
        self.team_chosen.emit(self.teams.account)

    def _build_leads(self) -> QVBoxLayout:
        self._leads = QSpinBox()
        self._leads.setRange(1, _MOST_LEADS)
        self._leads.setGroupSeparatorShown(True)
        self._leads.setValue(_USUAL_LEADS)
        self._leads.setAccessibleName(tr("Leads to enrich"))
        self._leads.setFixedWidth(in_text(_NUMBER_WIDTH))
        pad(self._leads)
        self._action = ListBox()
        self._action.setAccessibleName(tr("What each lead gets"))
        for action, name in action_names():
            self._action.addItem(name, action)
        controls = line(
            GAP,
            *(_named(tr("&Leads"), self._leads)),
            *(_named(tr("&Each gets"), self._action)),
            None,
        )
        self._enough = AnswerCard(tr("Is it enough?"))
        return _question(tr("Can we enrich these leads?"), controls, self._enough, _COST_LINES)

    def _build_top_up(self) -> QVBoxLayout:
        self._until = DateBox()
        self._until.setAccessibleName(tr("The day until which the credits are to last"))
        self._renewal = QPushButton(tr("&Renewal"))
        self._renewal.clicked.connect(self._choose_renewal)
        month_end = QPushButton(tr("&Month end"))
        month_end.clicked.connect(self._choose_month_end)
        for button in (self._renewal, month_end):
            button.setAutoDefault(False)
        controls = line(GAP, *_named(tr("&Until"), self._until), self._renewal, month_end, None)
        self._top_up = AnswerCard(tr("How many credits to buy?"))
        return _question(
            tr("How many credits should we buy?"), controls, self._top_up, _SPENDING_LINES
        )

    @Slot()
    def _choose_renewal(self) -> None:
        if self._figures is not None and self._figures.renewal is not None:
            self._until.setDate(_qdate(self._figures.renewal))

    @Slot()
    def _choose_month_end(self) -> None:
        """Choose the last day of the month that is chosen, or of the next one after that."""
        day = self._until.minimumDate()
        self._until.setDate(QDate(day.year(), day.month(), day.daysInMonth()))

    @Slot()
    def _answer(self) -> None:
        """Answer both questions by what is chosen and known now."""
        if (figures := self._figures) is None:
            self._balance.setText("")
            self._buys.setText(tr("The answers come with the first balance."))
            self._buys.show()
            self._questions.hide()
            self._buy.hide()
            return
        balance = credits_words(figures.credits, self._formats)
        if figures.stale_from is not None:
            balance = tr("{balance}, out of date", balance=balance)
        self._balance.setText(balance)
        buys = buys_line(figures.credits, figures.prices, self._formats)
        self._buys.setText(buys)
        self._buys.setVisible(bool(buys))
        action = Action(self._action.currentData())
        enough = lead_answer(self._leads.value(), action, figures, self._formats)
        _show(self._enough, enough)
        day = self._until.date()
        until = date(day.year(), day.month(), day.day())
        top_up = top_up_answer(figures, until, self._formats)
        _show(self._top_up, top_up)
        self._buy.setVisible(bool(enough.missing or top_up.missing))
        if self._questions.isHidden():
            self._questions.show()
            if not self.teams.hasFocus():
                self._leads.setFocus()
                self._leads.selectAll()


def _named(name: str, control: QWidget) -> tuple[QWidget, QWidget]:
    caption = label(name)
    caption.setBuddy(control)
    return caption, control


def _question(text: str, controls: QHBoxLayout, card: AnswerCard, lines: int) -> QVBoxLayout:
    card.keep_room(in_text(_WIDTH), [("-", "\n".join("-" * lines))])
    return column(GAP, paragraph(text, weight=QFont.Weight.DemiBold), controls, card)


def _show(card: AnswerCard, answer: Answer) -> None:
    shape = IconShape.UNKNOWN
    if answer.missing is not None:
        shape = IconShape.LOW if answer.missing else IconShape.HEALTHY
    card.say(shape, answer.verdict, answer.reason)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
