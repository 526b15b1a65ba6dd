"""The dialog that reckons a plan, used by real widgets and real keys."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateEdit,
    QSpinBox,
)

from tests.desktop.widget_driver import (
    FORMATS,
    buttons,
    controls,
    mnemonics,
    name_of,
    press,
    press_alt,
    reached_by_tab,
    shown,
    words,
)
from tests.examples import NOW, TODAY, rhythm
from tray_app.desktop.actions import Actions
from tray_app.desktop.widgets.dialog_parts import AnswerCard
from tray_app.desktop.windows.plan_dialog import PlanDialog
from tray_app.rules.forecast import HORIZON, TooEarly
from tray_app.rules.prices import Prices
from tray_app.words.plan_words import Figures

pytestmark = pytest.mark.usefixtures("qapp", "american_numbers")

RENEWAL = date(2026, 11, 30)
"""Five working days ahead."""
STEADY = rhythm(80, 100, 120)
EARLY = TooEarly(date(2026, 12, 4))


@pytest.fixture
def actions(qapp: QApplication) -> Actions:
    return Actions()


@pytest.fixture
def dialog(actions: Actions) -> Iterator[PlanDialog]:
    """The dialog of a steady team with 12,430 credits."""
    dialog = PlanDialog(FORMATS, actions)
    dialog.show_figures(Figures(12_430, STEADY, Prices(), RENEWAL, TODAY))
    yield shown(dialog)
    dialog.reject()


def leads(dialog: PlanDialog) -> QSpinBox:
    return dialog.findChildren(QSpinBox)[0]


def until(dialog: PlanDialog) -> QDateEdit:
    (field,) = dialog.findChildren(QDateEdit)
    return field


def answers(dialog: PlanDialog) -> list[str]:
    return [line.words for line in dialog.findChildren(AnswerCard) if line.isVisible()]


def type_over(dialog: PlanDialog, text: str) -> None:
    """Type in the place of what is selected, as it is after a mnemonic or Tab."""
    QTest.keyClicks(dialog.focusWidget(), text)


def test_the_number_of_leads_is_answered_while_it_is_typed(dialog: PlanDialog) -> None:
    assert "12,430 credits" in words(dialog)
    assert "Enough to find 2,486 emails or 621 phone numbers" in words(dialog)
    assert answers(dialog)[0] == "Yes Cost: 2,500. Left afterwards: 9,930 of 12,430."
    type_over(dialog, "2486")
    assert answers(dialog)[0] == "Yes Cost: 12,430. Left afterwards: 0 of 12,430."
    press(dialog, Qt.Key.Key_Up)
    assert answers(dialog)[0] == "Not enough credits 5 more credits needed, about $0.05."


def test_what_the_leads_get_is_chosen_by_keys(dialog: PlanDialog) -> None:
    press_alt(dialog, Qt.Key.Key_E)
    press(dialog, Qt.Key.Key_Down)
    press(dialog, Qt.Key.Key_Down)
    assert (
        next(box for box in dialog.findChildren(QComboBox) if box.isVisible()).currentText()
        == "Phone number found"
    )
    assert answers(dialog)[0] == "Yes Cost: 10,000. Left afterwards: 2,430 of 12,430."


def test_the_renewal_is_the_first_suggestion_for_the_top_up(dialog: PlanDialog) -> None:
    assert until(dialog).date() == QDate(2026, 11, 30)
    about = "Expected spending by Nov 30: about 500, up to 600. Your balance:"
    assert answers(dialog)[1] == f"None {about} 12,430."
    dialog.show_figures(Figures(130, STEADY, Prices(), RENEWAL, TODAY))
    assert answers(dialog)[1] == f"500 credits, about $5 {about} 130."


def test_another_day_is_answered_at_once(dialog: PlanDialog) -> None:
    press_alt(dialog, Qt.Key.Key_U)
    type_over(dialog, "TueDec30")
    assert until(dialog).date() == QDate(2026, 12, 30)
    assert "by Dec 30: about 2,700" in answers(dialog)[1]


def test_the_renewal_and_the_end_of_the_month_take_a_click(dialog: PlanDialog) -> None:
    dialog.show_figures(Figures(12_430, STEADY, Prices(), date(2026, 12, 9), TODAY))
    buttons(dialog)["Month end"].click()
    assert until(dialog).date() == QDate(2026, 11, 30)
    buttons(dialog)["Renewal"].click()
    assert until(dialog).date() == QDate(2026, 12, 9)
    for renewal in (None, TODAY):
        dialog.show_figures(Figures(12_430, STEADY, Prices(), renewal, TODAY))
        assert not buttons(dialog)["Renewal"].isEnabled()


def test_the_end_of_the_month_is_ahead_on_its_last_day(dialog: PlanDialog) -> None:
    dialog.show_figures(Figures(12_430, STEADY, Prices(), None, date(2026, 11, 30)))
    buttons(dialog)["Month end"].click()
    assert until(dialog).date() == QDate(2026, 12, 31)


def test_a_day_is_written_as_the_locale_has_it_with_its_weekday(dialog: PlanDialog) -> None:
    assert until(dialog).text() == "Mon, Nov 30, 2026"


def test_without_a_renewal_it_is_a_month_ahead(dialog: PlanDialog) -> None:
    dialog.show_figures(Figures(12_430, STEADY, Prices(), None, TODAY))
    assert until(dialog).date() == QDate(2026, 12, 22)


def test_what_was_typed_stays_when_the_figures_change(dialog: PlanDialog) -> None:
    type_over(dialog, "1000")
    until(dialog).setDate(QDate(2026, 12, 30))
    until(dialog).setFocus()
    dialog.show_figures(Figures(4_000, STEADY, Prices(email_found=6), date(2026, 12, 1), TODAY))
    assert leads(dialog).value() == 1000
    assert until(dialog).date() == QDate(2026, 12, 30)
    assert dialog.focusWidget() is until(dialog)
    assert answers(dialog)[0] == "Not enough credits 2,000 more credits needed, about $20."


def test_a_suggestion_follows_the_renewal_until_it_is_changed(dialog: PlanDialog) -> None:
    dialog.show_figures(Figures(12_430, STEADY, Prices(), date(2026, 12, 31), date(2026, 12, 1)))
    assert until(dialog).date() == QDate(2026, 12, 31)


def test_figures_that_are_out_of_date_are_called_so_and_advise_nothing(dialog: PlanDialog) -> None:
    figures = Figures(12_430, STEADY, Prices(), TODAY - timedelta(3), TODAY, NOW - timedelta(3))
    dialog.show_figures(figures)
    assert "12,430 credits, out of date" in words(dialog)
    assert answers(dialog)[0].startswith("Not known now The balance from 11/19/26")
    no_forecast = "Not known now No current forecast, because the balance is out of date."
    assert answers(dialog)[1] == no_forecast
    assert until(dialog).date() == QDate(2026, 11, 22).addDays(30)


def test_days_are_ahead_and_within_the_forecast(dialog: PlanDialog) -> None:
    assert until(dialog).minimumDate() == QDate(2026, 11, 23)
    assert until(dialog).maximumDate() == QDate(2026, 11, 22).addDays(HORIZON)
    dialog.show_figures(Figures(12_430, STEADY, Prices(), TODAY, TODAY))
    assert until(dialog).date() == QDate(2026, 11, 23)
    dialog.show_figures(Figures(12_430, STEADY, Prices(), RENEWAL, TODAY))
    assert until(dialog).date() == QDate(2026, 11, 30)


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [(EARLY, "around Dec 4"), (TooEarly(None), "more days"), (None, "no history")],
)
def test_without_a_forecast_it_says_so(
    dialog: PlanDialog, rhythm: TooEarly | None, said: str
) -> None:
    dialog.show_figures(Figures(12_430, rhythm, Prices(), None, TODAY))
    assert answers(dialog)[1].startswith("Not known yet")
    assert said in answers(dialog)[1]
    assert answers(dialog)[0].startswith("Yes")
    assert "Buy credits" not in buttons(dialog)


def test_without_figures_it_asks_nothing_and_says_so() -> None:
    dialog = shown(PlanDialog(FORMATS, Actions()))
    assert "The answers come with the first balance." in words(dialog)
    assert answers(dialog) == []
    assert set(buttons(dialog)) == {"Close"}
    dialog.show_figures(Figures(12_430, STEADY, Prices(), RENEWAL, TODAY))
    assert "The answers come" not in words(dialog)
    assert len(answers(dialog)) == 2
    assert dialog.focusWidget() is leads(dialog)
    type_over(dialog, "3")
    assert leads(dialog).value() == 3
    dialog.reject()


def test_credits_can_be_bought_when_something_is_short(
    dialog: PlanDialog, actions: Actions
) -> None:
    bought = QSignalSpy(actions.buy.triggered)
    assert "Buy credits" not in buttons(dialog)
    type_over(dialog, "5000")
    press_alt(dialog, Qt.Key.Key_B)
    assert bought.wait(20_000)
    assert bought.count() == 1
    assert dialog.isVisible()
    leads(dialog).selectAll()
    type_over(dialog, "1")
    assert "Buy credits" not in buttons(dialog)
    dialog.show_figures(Figures(590, STEADY, Prices(), RENEWAL, TODAY))
    assert answers(dialog)[0].startswith("Yes")
    assert "Buy credits" in buttons(dialog)


def test_enter_closes_nothing_and_escape_does(dialog: PlanDialog, actions: Actions) -> None:
    type_over(dialog, "5000")
    bought = QSignalSpy(actions.buy.triggered)
    press(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert bought.count() == 0
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_empty_balance_is_enough_for_nothing(dialog: PlanDialog) -> None:
    dialog.show_figures(Figures(0, EARLY, Prices(), None, TODAY))
    assert "0 credits" in words(dialog).splitlines()
    assert "Enough" not in words(dialog)
    dialog.show_figures(Figures(1, EARLY, Prices(), None, TODAY))
    assert "1 credit" in words(dialog).splitlines()


def test_a_screen_reader_finds_the_answers(dialog: PlanDialog) -> None:
    type_over(dialog, "2")
    described = {
        line.accessibleName(): line.accessibleDescription()
        for line in dialog.findChildren(AnswerCard)
    }
    enough, top_up = answers(dialog)
    assert described == {"Is it enough?": enough, "How many credits to buy?": top_up}
    assert enough == "Yes Cost: 10. Left afterwards: 12,420 of 12,430."


def test_every_control_has_a_name_and_is_reached_by_tab(dialog: PlanDialog) -> None:
    type_over(dialog, "9999999")
    assert len(controls(dialog)) == 7
    assert reached_by_tab(dialog) == controls(dialog)
    assert [control for control in controls(dialog) if not name_of(control)] == []
    letters = mnemonics(dialog)
    assert len(letters) == len(set(letters)), letters


def test_with_several_teams_one_is_chosen(dialog: PlanDialog) -> None:
    assert not dialog.teams.isVisible()
    dialog.show_teams([("Acme", "default"), ("Borealis", "team-2")], "default")
    chosen = QSignalSpy(dialog.team_chosen)
    assert dialog.teams.isVisible()
    assert dialog.teams.accessibleName() == "Team"
    assert dialog.teams in reached_by_tab(dialog)
    dialog.teams.setFocus()
    press(dialog, Qt.Key.Key_Down)
    assert [chosen.at(i) for i in range(chosen.count())] == [["team-2"]]
    dialog.show_figures(None)
    assert "12,430 credits" not in words(dialog)
    assert "The answers come with the first balance." in words(dialog)
    dialog.show_figures(Figures(3_150, STEADY, Prices(), RENEWAL, TODAY))
    assert "3,150 credits" in words(dialog)
    assert dialog.teams.hasFocus()
