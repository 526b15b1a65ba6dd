"""The forecast: what it learns, what it says, and that it is better than plain ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast_report import ALL, OURS, by_kind, judge, shares
from tests.simulated_teams import HELD_OUT_SEEDS, KINDS, TUNING_SEEDS
from tray_app.rules.forecast import (
    HORIZON,
    Forecast,
    Range,
    Rhythm,
    RunsOut,
    TooEarly,
    fit,
    forecast,
    spending,
    working_days_until,
)
from tray_app.rules.history import Day, Record, Refill

MONDAY = date(2024, 1, 1)
WORKING_WEEK = (100.0,) * 5 + (0.0,) * 2
NOTHING = Record(0, 0, 0)


def days(spent: Sequence[float], unseen: Sequence[int] = ()) -> list[Day]:
    """Make days from a Monday on, after a first one that was seen in part, with today the last."""
    begin = MONDAY - timedelta(days=1)
    return [
        Day(begin + timedelta(days=index), NOTHING, amount, is_seen=index - 1 not in unseen)
        for index, amount in enumerate([0.0, *spent, 0.0])
    ]


def learned(spent: Sequence[float]) -> Rhythm:
    each = days(spent)
    rhythm = fit(each, each[-1].date)
    assert isinstance(rhythm, Rhythm)
    return rhythm


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


EIGHT_WEEKS = learned(WORKING_WEEK * 8)
NEXT_MONDAY = MONDAY + timedelta(weeks=8)


def runs_out(credits: int, now: datetime, rhythm: Rhythm = EIGHT_WEEKS) -> RunsOut:
    ends = forecast(rhythm, credits, now).runs_out
    assert ends is not None
    return ends


# What is learned


def test_a_working_week() -> None:
    assert EIGHT_WEEKS.per_working_day == pytest.approx(100)
    assert EIGHT_WEEKS.working_days == {0, 1, 2, 3, 4}


def test_a_week_of_its_own() -> None:
    rhythm = learned((0.0, 100.0, 100.0, 20.0, 100.0, 100.0, 0.0) * 12)
    assert rhythm.working_days == {1, 2, 4, 5}
    assert rhythm.week[3] < 0.5 < 0.8 < rhythm.week[2]
    assert spending(rhythm, NEXT_MONDAY, NEXT_MONDAY + timedelta(days=7)).likely == pytest.approx(
        420, rel=0.01
    )


def test_after_one_week_the_working_days_are_taken_as_alike() -> None:
    week = learned((300.0, 50.0, 50.0, 50.0, 50.0, 0.0, 0.0)).week
    assert max(week[:5]) < 2 * min(week[:5])
    assert week[5:] == (0, 0)


def test_the_first_day_and_today_do_not_count() -> None:
    each = days(WORKING_WEEK * 8)
    each[0] = replace(each[0], spent=9_000.0)
    each[-1] = replace(each[-1], spent=9_000.0)
    assert fit(each, each[-1].date) == EIGHT_WEEKS


def test_days_after_today_do_not_count() -> None:
    """They are there after the clock was set back."""
    each = days(WORKING_WEEK * 9)
    assert fit(each, NEXT_MONDAY) == EIGHT_WEEKS


def test_refills_and_balances_change_nothing() -> None:
    each = [
        replace(day, close=Record(1, 2, 5_000), refills=(Refill(1, 4_000),))
        for day in days(WORKING_WEEK * 8)
    ]
    assert fit(each, each[-1].date) == EIGHT_WEEKS


def test_what_is_older_than_a_year_does_not_count() -> None:
    assert learned((500.0,) * 70 + WORKING_WEEK * 53) == learned((20.0,) * 70 + WORKING_WEEK * 53)


def test_a_single_mistake_hardly_moves_the_pace() -> None:
    spent = [*WORKING_WEEK * 8]
    spent[50] = 2_000.0
    assert learned(spent).per_working_day == pytest.approx(100, rel=0.1)


def test_a_new_level_is_taken_over() -> None:
    rhythm = learned(WORKING_WEEK * 8 + (300.0, 300.0, 300.0, 300.0, 300.0, 0.0, 0.0) * 4)
    assert rhythm.per_working_day == pytest.approx(300, rel=0.1)


def test_a_long_pause_is_taken_over() -> None:
    rhythm = learned(WORKING_WEEK * 8 + (0.0,) * 100)
    assert rhythm.per_working_day == pytest.approx(0, abs=5)
    assert rhythm.working_days == {0, 1, 2, 3, 4}


def test_uneven_days_make_a_wider_range() -> None:
    even = spending(EIGHT_WEEKS, NEXT_MONDAY, NEXT_MONDAY + timedelta(days=14))
    uneven = learned(((200.0,) * 5 + (0.0,) * 9) * 4)
    wide = spending(uneven, NEXT_MONDAY, NEXT_MONDAY + timedelta(days=14))
    assert wide.high - wide.low > 1.5 * (even.high - even.low)


# When it is too early


@pytest.mark.parametrize("count", range(7))
def test_too_few_days(count: int) -> None:
    each = days((100.0,) * count)
    ready_on = MONDAY + timedelta(days=7)
    assert fit(each, each[-1].date) == TooEarly(ready_on)
    each = days((100.0,) * 7)
    assert isinstance(fit(each, ready_on), Rhythm)


def test_nothing_known() -> None:
    assert fit([], MONDAY) == TooEarly(MONDAY + timedelta(days=8))


def test_only_today_known() -> None:
    today = Day(MONDAY, NOTHING, 0.0)
    assert fit([today], MONDAY) == TooEarly(MONDAY + timedelta(days=8))


def test_days_that_nobody_saw_do_not_make_it_ready() -> None:
    each = days((100.0,) * 9, unseen=(2, 3, 4))
    today = each[-1].date
    assert fit(each, today) == TooEarly(today + timedelta(days=1))
    each = days((100.0,) * 9, unseen=(2, 3))
    assert isinstance(fit(each, today), Rhythm)


@pytest.mark.parametrize(
    ("spent", "is_enough"),
    [((100.0,) * 4 + (0.0,) * 30, False), ((100.0,) * 5 + (0.0,) * 30, True)],
)
def test_too_few_days_with_spending(spent: tuple[float, ...], is_enough: bool) -> None:
    each = days(spent)
    rhythm = fit(each, each[-1].date)
    assert isinstance(rhythm, Rhythm) if is_enough else rhythm == TooEarly(None)


# When the balance runs out


@pytest.mark.parametrize(
    ("credits", "now", "likely"),
    [
        (0, at(NEXT_MONDAY, 12), 0),
        (1, at(NEXT_MONDAY, 8), 0),
        (99, at(NEXT_MONDAY, 8), 0),
        (101, at(NEXT_MONDAY, 8), 1),
        (451, at(NEXT_MONDAY, 8), 4),
        (501, at(NEXT_MONDAY, 8), 7),  # over the weekend
        (999, at(NEXT_MONDAY, 8), 11),
        # part of today is over
        (99, at(NEXT_MONDAY, 0), 0),
        (49, at(NEXT_MONDAY, 12, 50), 0),
        (49, at(NEXT_MONDAY, 13, 10), 1),
        (99, at(NEXT_MONDAY, 18), 1),
        (99, at(NEXT_MONDAY, 23, 59), 1),
        (101, at(NEXT_MONDAY, 23, 59), 2),
        # at a weekend
        (99, at(NEXT_MONDAY + timedelta(days=5), 12), 7),
    ],
)
def test_the_likely_day(credits: int, now: datetime, likely: int) -> None:
    assert runs_out(credits, now).likely == NEXT_MONDAY + timedelta(days=likely)


def test_the_range() -> None:
    ends = runs_out(1_000, at(NEXT_MONDAY, 8))
    assert ends.likely is not None
    assert ends.latest is not None
    assert timedelta(1) <= ends.likely - ends.earliest < timedelta(7)
    assert timedelta(1) <= ends.latest - ends.likely < timedelta(7)


def test_nothing_left() -> None:
    today = NEXT_MONDAY + timedelta(days=5)
    assert runs_out(0, at(today, 20)) == RunsOut(today, today, today)


def test_beyond_the_horizon() -> None:
    now = at(NEXT_MONDAY, 8)
    assert forecast(EIGHT_WEEKS, 10**7, now) == Forecast(EIGHT_WEEKS.per_working_day, None)
    year = spending(EIGHT_WEEKS, NEXT_MONDAY, NEXT_MONDAY + timedelta(days=HORIZON + 1))
    assert runs_out(round(year.likely) - 1, now).likely == NEXT_MONDAY + timedelta(days=HORIZON)
    for_long = runs_out(round(year.likely) + 1, now)
    assert (for_long.likely, for_long.latest) == (None, None)
    assert for_long.earliest < NEXT_MONDAY + timedelta(days=HORIZON)


def test_a_team_that_may_spend_nothing() -> None:
    ends = runs_out(100, at(NEXT_MONDAY, 8), learned(WORKING_WEEK * 4 + (0.0,) * 28))
    assert ends.latest is None


@pytest.mark.parametrize(
    "zone", [ZoneInfo("UTC"), ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Tokyo")]
)
def test_only_the_local_time_counts(zone: ZoneInfo) -> None:
    """Also on the days on which Paris changes its clocks."""
    for day in (date(2024, 3, 31), date(2024, 10, 27)):
        now = at(day, 9)
        assert forecast(EIGHT_WEEKS, 700, now.replace(tzinfo=zone)) == forecast(
            EIGHT_WEEKS, 700, now
        )


# Spending and working days until a date


@pytest.mark.parametrize(
    ("begin", "length", "count"),
    [(0, 0, 0), (0, 1, 1), (0, 7, 5), (3, 3, 2), (5, 2, 0), (4, 17, 11), (0, -3, 0)],
)
def test_working_days_until(begin: int, length: int, count: int) -> None:
    first = MONDAY + timedelta(days=begin)
    end = first + timedelta(days=length)
    assert working_days_until(EIGHT_WEEKS, first, end) == count
    assert spending(EIGHT_WEEKS, first, end).likely == pytest.approx(100 * count)


def test_spending_on_no_days() -> None:
    assert spending(EIGHT_WEEKS, MONDAY, MONDAY) == Range(0, 0, 0)


# What holds always

amounts = st.floats(0, 2_000) | st.just(0.0)
rhythms = (
    st.lists(amounts, min_size=7, max_size=90)
    .filter(lambda spent: sum(amount > 0 for amount in spent) >= 5)
    .map(learned)
)
balances = st.integers(0, 50_000)
times = st.datetimes(at(MONDAY, 0), at(MONDAY + timedelta(days=800), 0))


@given(rhythms, balances, times)
def test_the_range_is_in_order(rhythm: Rhythm, credits: int, now: datetime) -> None:
    ends = forecast(rhythm, credits, now).runs_out
    if ends is None:
        return
    far = date.max
    assert now.date() <= ends.earliest <= (ends.likely or far) <= (ends.latest or far)
    assert (ends.latest or now.date()) <= now.date() + timedelta(days=HORIZON)


@given(rhythms, balances, balances, times)
def test_more_credits_never_run_out_earlier(
    rhythm: Rhythm, one: int, other: int, now: datetime
) -> None:
    fewer, more = (forecast(rhythm, each, now).runs_out for each in sorted((one, other)))
    if more is None:
        return
    assert fewer is not None
    far = date.max
    assert fewer.earliest <= more.earliest
    assert (fewer.likely or far) <= (more.likely or far)
    assert (fewer.latest or far) <= (more.latest or far)


@given(rhythms, balances, times)
def test_later_on_the_day_never_runs_out_earlier(
    rhythm: Rhythm, credits: int, now: datetime
) -> None:
    morning, evening = (
        forecast(rhythm, credits, now.replace(hour=hour)).runs_out for hour in (6, 20)
    )
    if evening is not None:
        assert morning is not None
        assert morning.earliest <= evening.earliest


@given(rhythms, st.integers(0, 500), st.integers(0, 500))
def test_spending_grows_with_time(rhythm: Rhythm, one: int, other: int) -> None:
    shorter, longer = (
        spending(rhythm, MONDAY, MONDAY + timedelta(days=each)) for each in sorted((one, other))
    )
    assert 0 <= shorter.low <= shorter.likely <= shorter.high
    slack = 1e-6
    assert shorter.low <= longer.low + slack
    assert shorter.likely <= longer.likely + slack
    assert shorter.high <= longer.high + slack


# How good it is


def test_teams_of_the_test_were_not_used_for_tuning() -> None:
    assert not set(HELD_OUT_SEEDS) & set(TUNING_SEEDS)


def test_the_forecast_keeps_what_the_page_says() -> None:
    """``docs/forecast.md`` shows the same for all of the teams."""
    scores = judge(HELD_OUT_SEEDS[:20])
    for errors in (
        by_kind({kind: score.amount_errors for kind, score in scores.items()}),
        by_kind({kind: score.date_errors for kind, score in scores.items()}),
    ):
        for kind in KINDS:
            row = errors[kind]
            assert row[OURS] <= 1.05 * min(row["last value"], row["average"]), kind
        others = [error for name, error in errors[ALL].items() if name != OURS]
        assert errors[ALL][OURS] <= 0.9 * min(others)
    for held in (
        shares({kind: score.amounts_held for kind, score in scores.items()}),
        shares({kind: score.dates_held for kind, score in scores.items()}),
    ):
        assert 0.75 <= held[ALL] <= 0.90
        assert min(held.values()) >= 2 / 3
