"""What a history tells of a balance, put together."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rules.simulated_teams import busiest
from tray_app.rules.analysis import (
    ADVISED_DAYS,
    DAYS_BEFORE_WARNING,
    Analysis,
    conclude,
    learn,
)
from tray_app.rules.forecast import HORIZON, Forecast, TooEarly
from tray_app.rules.history import Record, changes

NOW = datetime(2026, 11, 19, 8, tzinfo=UTC)
"""A Thursday, before work."""
A_DAY = 800


def worked(days: int, left: int, *, a_day: int = A_DAY, renewed_on: int = 0) -> list[Record]:
    """Return what was seen of a team that spends as much in each hour from 9 to 16 on weekdays.

    It ends with ``left``; its subscription was renewed on a day of each month, if one is given.
    """
    begin = (NOW - timedelta(days)).replace(hour=0)
    hours = [begin + timedelta(hours=hour) for hour in range(days * 24 + NOW.hour)]
    records = []
    balance = left
    for hour in reversed(hours):
        at = int(hour.timestamp())
        records.append(Record(at, at + 3000, balance, balance, 0, 0, 0))
        if hour.weekday() < 5 and 9 <= hour.hour <= 16:
            balance += a_day // 8
        if hour.day == renewed_on and hour.hour == 3:
            balance -= 15_000
    return records[::-1]


def concluded(
    records: list[Record], now: datetime = NOW, renewal_day: int | None = None
) -> Analysis:
    lesson = learn(records, now, UTC)
    recent = changes(records[-20:])
    left = records[-1].credits
    return conclude(lesson, recent, left, records[-1].subscription, now, renewal_day, UTC)


def test_too_little_is_known() -> None:
    analysis = concluded(worked(3, 9_000))
    assert isinstance(analysis.rhythm, TooEarly)
    assert (analysis.forecast, analysis.working_days, analysis.warns) == (None, None, False)
    assert (analysis.missing, analysis.lapsing, analysis.lasts_until) == (0, 0, None)


def test_the_highest_balance_since_the_last_increase() -> None:
    """A gauge of the balance is full there; of a history of hours it would always be."""
    begin, day = int(NOW.timestamp()) - 4 * 86_400, 86_400
    balances = (9_000, 2_000, 7_000, 6_500)  # of which 5,000 came
    seen = [Record(begin + n * day, begin + n * day, each) for n, each in enumerate(balances)]
    lesson = learn(seen, NOW, UTC)
    assert conclude(lesson, (), 6_500, 0, NOW, None, UTC).peak == 7_000
    assert conclude(lesson, (), 7_400, 0, NOW, None, UTC).peak == 7_400
    assert concluded(worked(3, 9_000)).peak == worked(3, 9_000)[0].credits
    assert concluded(worked(3, 9_000)[-20:]).peak is None
    assert learn([], NOW, UTC).peak is None


def test_what_is_given_back_is_no_increase_to_a_gauge() -> None:
    """Five credits that came back made 1,005 of 10,000 nearly full, and a purchase was advised."""
    records = worked(80, 900, a_day=400, renewed_on=20)
    before = concluded(records)
    *_, last = records
    later = last.last + 20 * 60
    records.append(
        Record(later, later, last.credits + 5, last.credits + 5, paid=0, gifted=0, freemium=0)
    )
    after = concluded(records, NOW + timedelta(minutes=20))
    assert after.peak == before.peak
    assert after.peak is not None
    assert after.peak > 8_000
    assert after.renewal == before.renewal == date(2026, 11, 20)
    assert (after.missing, before.missing) == (0, 0)


def test_a_steady_team() -> None:
    analysis = concluded(worked(40, 4_000))
    assert isinstance(analysis.forecast, Forecast)
    assert analysis.forecast.per_working_day == pytest.approx(A_DAY, rel=0.05)
    assert analysis.working_days in (4, 5)
    assert analysis.forecast.runs_out is not None
    assert analysis.forecast.runs_out.likely in (date(2026, 11, 25), date(2026, 11, 26))
    assert analysis.lasts_until == NOW.date() + timedelta(ADVISED_DAYS)
    # Twenty-two working days, of which five are there.
    assert 13_000 <= analysis.missing <= 18_000
    assert analysis.drain is None


def test_a_balance_that_lasts_has_nothing_missing() -> None:
    analysis = concluded(worked(40, 10_000_000))
    assert analysis.missing == 0
    assert analysis.working_days == HORIZON
    assert analysis.evidence(3).is_long


def test_the_renewal_is_learned_and_the_advice_is_until_then() -> None:
    analysis = concluded(worked(80, 9_000, renewed_on=1))
    assert analysis.renewal == analysis.lasts_until == date(2026, 12, 1)
    assert analysis.missing == 0
    # Eight working days of 800 until then.
    assert analysis.lapsing == pytest.approx(9_000 - 8 * A_DAY, abs=A_DAY)


def test_the_renewal_that_the_user_has_set() -> None:
    analysis = concluded(worked(40, 900), renewal_day=24)
    assert analysis.renewal == analysis.lasts_until == date(2026, 11, 24)
    assert analysis.missing > 0
    assert analysis.lapsing == 0


@pytest.mark.parametrize(("days", "warns"), [(9, False), (DAYS_BEFORE_WARNING, True)])
def test_the_date_is_warned_of_after_ten_days(days: int, warns: bool) -> None:
    analysis = concluded(worked(days - 1, 800))
    assert isinstance(analysis.forecast, Forecast)
    assert analysis.warns is warns
    assert analysis.evidence(3).is_short is warns
    assert not analysis.evidence(0).is_short


def test_a_drain() -> None:
    records = worked(40, 9_000)
    last = records[-1]
    records.append(last._replace(first=last.last + 600, last=last.last + 600, credits=6_000))
    analysis = concluded(records, NOW + timedelta(minutes=10))
    assert analysis.drain is not None
    assert analysis.drain.amount == 3_000
    assert analysis.evidence(3).drain == analysis.drain


def test_a_team_nobody_has_seen() -> None:
    assert learn([], NOW, UTC).refills == []


def spent_on(amounts: list[int], left: int) -> list[Record]:
    """Return what was seen of a team that spends at noon, so much on each day before today."""
    records, balance = [], left + sum(amounts)
    begin = (NOW - timedelta(len(amounts))).replace(hour=0)
    for day, amount in enumerate([*amounts, 0]):
        at = int((begin + timedelta(day)).timestamp())
        records.append(Record(at, at + 7 * 3600, balance))
        if day < len(amounts):
            balance -= amount
            records.append(Record(at + 12 * 3600, at + 23 * 3600, balance))
    return records


def test_the_roll_out_after_a_trial_has_sane_advice() -> None:
    """2,248,800 credits were to be bought where about 11,000 are spent."""
    weekdays = [(NOW - timedelta(81 - day)).weekday() < 5 for day in range(81)]
    amounts = [5 * (day % 7 == 0) for day in range(21)] + [500 * each for each in weekdays[21:]]
    analysis = concluded(spent_on(amounts, 400))
    assert 9_000 <= analysis.missing <= 17_000
    assert not analysis.is_uncertain


@pytest.mark.parametrize("left_over", [0, 3], ids=["nothing", "too little to buy anything"])
@pytest.mark.parametrize("empty", [7, 14, 21])
def test_days_without_credits_are_no_sign_of_a_lower_pace(empty: int, left_over: int) -> None:
    """Who ran dry and bought 5,000, ten working days, was told they last for 254."""
    weekdays = [(NOW - timedelta(84 + empty - day)).weekday() < 5 for day in range(84 + empty)]
    amounts = [500 * (each and day < 84) for day, each in enumerate(weekdays)]
    dry = spent_on(amounts, left_over)
    assert 9_000 <= concluded(dry).missing <= 14_000
    last = dry[-1]
    bought = last._replace(first=last.last + 60, last=last.last + 60, credits=left_over + 5_000)
    analysis = concluded([*dry, bought])
    assert analysis.working_days is not None
    assert 9 <= analysis.working_days <= 11


@pytest.mark.parametrize("left_over", [15, 19])
def test_less_than_a_phone_number_costs_is_nothing_to_spend(left_over: int) -> None:
    """Ten numbers a day at 20 credits; 2,000 were told to last for months after three weeks dry."""
    weekdays = [(NOW - timedelta(77 - day)).weekday() < 5 for day in range(77)]
    amounts = [200 * (each and day < 56) for day, each in enumerate(weekdays)]
    dry = spent_on(amounts, left_over)
    last = dry[-1]
    bought = last._replace(first=last.last + 60, last=last.last + 60, credits=left_over + 2_000)
    analysis = concluded([*dry, bought])
    assert analysis.working_days is not None
    assert 9 <= analysis.working_days <= 11


def test_a_few_credits_are_enough_for_a_team_that_spends_a_few() -> None:
    """Of 3 credits on every tenth day, 12 last for forty days."""
    analysis = concluded(spent_on([3 * (day % 10 == 0) for day in range(80)], 12))
    assert analysis.forecast is not None
    assert analysis.forecast.runs_out is not None
    assert analysis.forecast.runs_out.likely is not None
    assert 30 <= (analysis.forecast.runs_out.likely - NOW.date()).days <= 50


@given(
    st.lists(st.integers(0, 2_000), min_size=20, max_size=60),
    st.integers(-500, 20_000),
    st.integers(0, 23),
    st.integers(1, 28),
)
@example(amounts=[0] * 15 + [1] * 5, left=-1, hour=0, renewal_day=NOW.day)
def test_no_purchase_is_advised_that_the_forecast_does_not_ask_for(
    amounts: list[int], left: int, hour: int, renewal_day: int
) -> None:
    """At 19 h nothing more is spent today, and so nothing more is to be bought for it."""
    records = spent_on(amounts, left)
    analysis = concluded(records, NOW.replace(hour=hour), renewal_day)
    if analysis.forecast is None or analysis.renewal is None:
        return
    runs_out = analysis.forecast.runs_out
    if runs_out is None or runs_out.earliest >= analysis.renewal:
        assert (analysis.missing, analysis.is_uncertain) == (0, False)


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 3_000) | st.sampled_from([0, 0, 5, 500, 80_000]), max_size=14),
            st.integers(1, 12),
        ).map(lambda stretch: stretch[0] * stretch[1]),
        max_size=5,
    ).map(lambda parts: list(chain.from_iterable(parts))[-400:]),
    st.integers(4_001, 20_000),
    st.integers(0, 23),
    st.none() | st.integers(1, 28),
)
@example(amounts=[5] * 21 + [500] * 60, left=400, hour=9, renewal_day=24)
def test_no_more_is_advised_than_busy_times_have_taken(
    amounts: list[int], left: int, hour: int, renewal_day: int | None
) -> None:
    """2,248,800 credits were to be bought where about 11,000 are spent.

    No day is left out as one on which there was nothing to spend.
    """
    analysis = concluded(spent_on(amounts, left), NOW.replace(hour=hour), renewal_day)
    assert analysis.missing == 0 or not analysis.is_uncertain
    if analysis.missing:
        assert analysis.lasts_until is not None
        days = (analysis.lasts_until - NOW.date()).days
        # The first day, seen in part, is not learned from. What is bought is whole hundreds.
        assert analysis.missing <= 1.5 * busiest(amounts[1:], days) - left + 100


def test_in_the_evening_nothing_is_to_be_bought_for_the_day() -> None:
    """500 credits were, until a renewal on the day up to which the balance lasts."""
    evening = concluded(worked(40, 300), NOW.replace(hour=23), renewal_day=20)
    assert (evening.missing, evening.is_uncertain) == (0, False)


def test_a_day_that_is_over_is_no_working_day_left() -> None:
    evening = NOW.replace(hour=23)
    analysis = concluded(worked(40, 300), evening)
    assert analysis.forecast is not None
    assert analysis.forecast.runs_out is not None
    assert analysis.forecast.runs_out.likely == (NOW + timedelta(1)).date()
    assert analysis.working_days == 0


def campaigns(mondays: int) -> list[int]:
    """3,000 every other Monday and 20 a weekday, until the day before a campaign."""
    fortnight = [3_000, 20, 20, 20, 20, 0, 0, 20, 20, 20, 20, 20, 0, 0]
    return [0, *fortnight * mondays]


MONDAY_MORNING = NOW + timedelta(4)


def seen_by(morning: datetime, records: list[Record]) -> list[Record]:
    shift = int((morning - NOW).total_seconds())
    return [one._replace(first=one.first + shift, last=one.last + shift) for one in records]


def test_a_campaign_every_other_monday_lasts_some_weeks() -> None:
    """More than a year was said of 12,000 credits, which last seven and a half weeks."""
    records = seen_by(MONDAY_MORNING, spent_on(campaigns(6), 12_000))
    analysis = concluded(records, MONDAY_MORNING)
    assert analysis.working_days is not None
    assert 30 <= analysis.working_days <= 45
    assert analysis.forecast is not None
    assert analysis.forecast.runs_out is not None
    assert analysis.forecast.runs_out.likely is not None
    assert 42 <= (analysis.forecast.runs_out.likely - MONDAY_MORNING.date()).days <= 63
    assert not analysis.evidence(3).is_short


def test_the_morning_of_a_campaign_is_warned_of() -> None:
    """It takes 3,000 of 3,010 credits; 79 working days were said, and there was no warning."""
    records = seen_by(MONDAY_MORNING, spent_on(campaigns(6), 3_010))
    analysis = concluded(records, MONDAY_MORNING)
    assert analysis.working_days is not None
    assert analysis.working_days <= 10
    assert analysis.evidence(3).is_at_risk
    assert not analysis.evidence(0).is_at_risk
    assert analysis.evidence(3).working_days == analysis.working_days


def test_a_little_more_than_a_busy_day_takes_is_nearly_that_little() -> None:
    """So that a balance that moves around it is warned of once."""
    evidence = [
        concluded(
            seen_by(MONDAY_MORNING, spent_on(campaigns(5), left)), now=MONDAY_MORNING
        ).evidence(0)
        for left in (4_490, 4_700, 5_800)
    ]
    told = [(each.is_one_busy_day, each.is_nearly_one_busy_day) for each in evidence]
    assert told == [(True, True), (False, True), (False, False)]


def test_a_busy_day_of_long_ago_is_not_warned_of() -> None:
    analysis = concluded(spent_on([0, *[2_000] * 5, *[20] * 200], 1_500))
    assert analysis.working_days is not None
    assert analysis.evidence(3).is_safe
    assert not analysis.evidence(3).is_short


@pytest.mark.parametrize("busy", [4, 6, 8])
def test_no_number_where_the_range_is_too_wide(busy: int) -> None:
    """Little for two months, then some busy days: they may be the new pace, or one campaign."""
    spent = [0, *[5] * 60, *[400] * busy]
    analysis = concluded(spent_on(spent, 100))
    assert analysis.is_uncertain
    assert analysis.missing == 0
    assert not concluded(spent_on(spent, 1_000_000)).is_uncertain


@pytest.mark.parametrize("renewal_day", [21, 22, 24])
def test_an_amount_and_none_do_not_alternate_within_a_day(renewal_day: int) -> None:
    """In the morning 3,100 credits were missing, and at ten nobody could say how many."""
    records = spent_on(campaigns(3), 100)
    day = [concluded(records, NOW.replace(hour=hour), renewal_day) for hour in range(8, 19)]
    assert not any(one.is_uncertain for one in day)
    assert day[0].missing > day[-1].missing
