"""What a plan takes, in words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import TODAY, rhythm
from tests.fakes import FakeFormats
from tray_app.rules.forecast import Rhythm, TooEarly
from tray_app.rules.prices import Action, Prices
from tray_app.words.amounts import dollars
from tray_app.words.plan_words import (
    Answer,
    Figures,
    action_names,
    buys_line,
    lead_answer,
    top_up_answer,
)

MONDAY_LATER = date(2026, 11, 30)


FORMATS = FakeFormats()


def top_up(
    credits: int,
    seen: Rhythm | TooEarly | None,
    until: date = MONDAY_LATER,
    prices: Prices | None = None,
) -> Answer:
    return top_up_answer(Figures(credits, seen, prices or Prices(), None, TODAY), until, FORMATS)


def test_what_was_spent_today_is_not_expected_again() -> None:
    monday, tomorrow = TODAY + timedelta(1), TODAY + timedelta(2)
    morning = Figures(30, rhythm(80, 100, 120), Prices(), None, monday)
    evening = replace(morning, over=1.0)
    assert (top_up_answer(morning, tomorrow, FORMATS).missing or 0) > 0
    assert top_up_answer(evening, tomorrow, FORMATS).missing == 0


@pytest.mark.parametrize(
    ("count", "action", "credits", "expected"),
    [
        (
            500,
            Action.EMAIL_FOUND,
            12_430,
            Answer("Yes", "Cost: 2,500. Left afterwards: 9,930 of 12,430.", 0),
        ),
        (20, Action.PHONE_FOUND, 401, Answer("Yes", "Cost: 400. Left afterwards: 1 of 401.", 0)),
        (7, Action.LINKEDIN, 7, Answer("Yes", "Cost: 7. Left afterwards: 0 of 7.", 0)),
        (
            500,
            Action.EMAIL_FOUND,
            1_300,
            Answer("Not enough credits", "1,200 more credits needed, about $12.", 1_200),
        ),
        (
            8,
            Action.LINKEDIN,
            7,
            Answer("Not enough credits", "1 more credit needed, about $0.01.", 1),
        ),
        (
            9_999_999,
            Action.PHONE_FOUND,
            0,
            Answer(
                "Not enough credits",
                "199,999,980 more credits needed, about $2,000,000.",
                199_999_980,
            ),
        ),
    ],
)
def test_enough_for_leads(count: int, action: Action, credits: int, expected: Answer) -> None:
    assert (
        lead_answer(count, action, Figures(credits, None, Prices(), None, TODAY), FORMATS)
        == expected
    )


@pytest.mark.parametrize(
    ("read_at", "time"),
    [
        (datetime(2026, 11, 19, 17, tzinfo=UTC), "19 Nov 17:00"),
        (datetime(2026, 11, 22, 9, tzinfo=UTC), "09:00"),
    ],
    ids=["three days ago", "today"],
)
def test_leads_get_no_clear_yes_from_a_balance_that_is_out_of_date(
    read_at: datetime, time: str
) -> None:
    figures = Figures(3_566, None, Prices(), None, TODAY, stale_from=read_at)
    enough = lead_answer(500, Action.EMAIL_FOUND, figures, FORMATS)
    cost = "Cost: 2,500. Left afterwards: 1,066 of 3,566."
    assert enough == Answer("Not known now", f"The balance from {time} was enough. {cost}", None)
    short = lead_answer(800, Action.EMAIL_FOUND, figures, FORMATS)
    needed = f"By the balance from {time}, 434 more credits are needed, about $4.34."
    assert short == Answer("Not enough credits", needed, 434)


def test_leads_are_reckoned_by_the_prices_of_the_settings() -> None:
    prices = Prices(email_verified=3, cents_per_1000=10_000)
    figures = Figures(20, None, prices, None, TODAY)
    answer = lead_answer(10, Action.EMAIL_VERIFIED, figures, FORMATS)
    assert answer == Answer("Not enough credits", "10 more credits needed, about $1.", 10)


def test_nothing_is_to_be_bought_when_the_high_end_is_covered() -> None:
    answer = top_up(600, rhythm(80, 100, 120))
    assert answer == Answer(
        "None", "Expected spending by 30 Nov: about 500, up to 600. Your balance: 600.", 0
    )
    assert top_up(599, rhythm(80, 100, 120)).missing == 100


def test_what_is_to_be_bought_covers_the_high_end() -> None:
    answer = top_up(5_930, rhythm(1_000, 1_623.4, 1_985.1))
    assert answer == Answer(
        "4,000 credits, about $40",
        (
            "Expected spending by 30 Nov: about 8,100, up to 9,900. Your balance: 5,930. "
            "New plan credits aren't counted."
        ),
        4_000,
    )
    dear = top_up(5_930, rhythm(1_000, 1_623.4, 1_985.1), prices=Prices(cents_per_1000=10_000))
    assert dear.verdict == "4,000 credits, about $400"


def test_no_number_where_the_high_end_is_far_above_the_likely_one() -> None:
    answer = top_up(100, rhythm(50, 100, 230))
    assert answer.verdict == "Hard to say"
    assert answer.missing is None
    assert top_up(100, rhythm(50, 100, 220)).missing
    assert top_up(100_000, rhythm(50, 100, 230)).missing == 0


def test_days_on_which_nothing_is_spent_take_nothing() -> None:
    answer = top_up(0, rhythm(80, 100, 120), date(2026, 11, 23))
    assert answer == Answer("None", "No spending is expected by 23 Nov. Your balance: 0.", 0)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (TooEarly(date(2026, 12, 4)), "A forecast will be ready around 4 Dec."),
        (TooEarly(None), "A forecast needs more days of spending."),
        (None, "There is no history of spending yet."),
    ],
    ids=["soon", "little", "none"],
)
def test_without_a_forecast_it_says_why(seen: TooEarly | None, reason: str) -> None:
    assert top_up(0, seen) == Answer("Not known yet", reason, None)


@pytest.mark.parametrize(
    ("a_day", "said"),
    [
        (1.4, "about 7,"),
        (19.4, "about 97,"),
        (20.5, "about 100,"),
        (191, "about 960,"),
        (1_999, "about 10,000,"),
        (2_471, "about 12,400,"),
        (246_913, "about 1,230,000,"),
    ],
)
def test_forecasts_are_rounded_as_they_deserve(a_day: float, said: str) -> None:
    assert said in top_up(0, rhythm(a_day, a_day, a_day)).reason


@pytest.mark.parametrize(
    ("credits", "a_day", "verdict", "expected"),
    [
        (3_016, 603.4, "100 credits, about $1", "up to 3,017"),
        (3_074, 614.2, "None", "up to 3,071"),
        (5_960, 1_990.4, "4,000 credits, about $40", "up to 9,952"),
    ],
    ids=["not enough", "enough", "enough once bought"],
)
def test_no_rounded_high_end_contradicts_the_verdict(
    credits: int, a_day: float, verdict: str, expected: str
) -> None:
    answer = top_up(credits, rhythm(a_day / 2, a_day / 1.2, a_day))
    assert answer.verdict == verdict
    assert expected in answer.reason


@pytest.mark.parametrize(
    ("credits", "renewal", "is_said"),
    [
        (130, None, True),
        (130, MONDAY_LATER - timedelta(1), True),
        (130, MONDAY_LATER, False),
        (12_430, None, False),
    ],
    ids=["renewal unknown", "renewal before", "renewal then", "enough without"],
)
def test_it_is_said_where_the_plan_may_add_credits_before(
    credits: int, renewal: date | None, is_said: bool
) -> None:
    figures = Figures(credits, rhythm(80, 100, 120), Prices(), renewal, TODAY)
    reason = top_up_answer(figures, MONDAY_LATER, FORMATS).reason
    assert reason.endswith(" New plan credits aren't counted.") == is_said


@given(st.floats(0, 20_000), st.floats(1, 3), st.integers(-1_000, 100_000))
@example(12.2, 1, 59)
def test_the_printed_figures_agree_with_the_printed_verdict(
    likely: float, wider: float, credits: int
) -> None:
    answer = top_up(credits, rhythm(likely, likely, likely * wider))
    if answer.reason.startswith("No spending"):
        assert answer.verdict == "None"
        return
    spent, _, balance = answer.reason.partition(". Your balance: ")
    about, high = (_number(words) for words in spent.split("about ")[1].split(", up to "))
    assert about <= high
    is_enough = high <= _number(balance.partition(".")[0])
    assert (answer.verdict == "None") == is_enough
    if answer.missing:
        assert high <= credits + _number(answer.verdict.split(" credits")[0])


def _number(words: str) -> int:
    return int(words.replace(",", ""))


@pytest.mark.parametrize(
    ("credits", "prices", "expected"),
    [
        (12_430, Prices(), "Enough to find 2,486 emails or 621 phone numbers"),
        (20, Prices(), "Enough to find 4 emails or 1 phone number"),
        (19, Prices(), "Enough to find 3 emails"),
        (5, Prices(), "Enough to find 1 email"),
        (4, Prices(), ""),
        (0, Prices(), ""),
        (25, Prices(email_found=30), "Enough to find 1 phone number"),
    ],
)
def test_what_a_balance_is_enough_for(credits: int, prices: Prices, expected: str) -> None:
    assert buys_line(credits, prices, FORMATS) == expected


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (0, "$0"),
        (1, "$0.01"),
        (50, "$0.50"),
        (1_200, "$12"),
        (1_205, "$12.05"),
        (9_999, "$99.99"),
        (10_000, "$100"),
        (10_001, "$101"),
        (123_450, "$1,235"),
        (123_456_700, "$1,234,567"),
    ],
)
def test_dollars(cents: int, expected: str) -> None:
    assert dollars(cents, FORMATS) == expected


def test_every_action_has_a_name() -> None:
    actions, names = zip(*action_names(), strict=True)
    assert set(actions) == set(Action)
    assert len(set(names)) == len(names)
