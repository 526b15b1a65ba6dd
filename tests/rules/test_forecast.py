"""The forecast: what it learns, what it says, and that it is better than plain ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import chain
from math import inf
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.forecast_report import (
    AHEAD,
    ALL,
    ORIGINS_OF_PEOPLE,
    OURS,
    PLAIN,
    THE_DAY,
    Score,
    Scores,
    by_kind,
    judge,
    mean,
    of,
    over_all,
)
from tests.rules.simulated_teams import HELD_OUT_SEEDS, TUNING_SEEDS, busiest, people_at_work
from tray_app.rules.forecast import (
    HORIZON,
    Forecast,
    Range,
    Rhythm,
    RunsOut,
    TooEarly,
    balances_ahead,
    fit,
    forecast,
    most_spent,
    spending,
    working_days_until,
)
from tray_app.rules.history import Day, Record, Refill

MONDAY = date(2024, 1, 1)
WORKING_WEEK = (100.0,) * 5 + (0.0,) * 2
PLENTY = Record(0, 0, 2**63)


def days(spent: Sequence[float], unseen: Sequence[int] = ()) -> list[Day]:
    """Make days from a Monday on, after a first one that was seen in part, with today the last."""
    begin = MONDAY - timedelta(days=1)
    return [
        Day(begin + timedelta(days=index), PLENTY, amount, is_seen=index - 1 not in unseen)
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


def test_after_one_week_the_working_days_are_taken_as_a_fifth_alike() -> None:
    week = learned((300.0, 50.0, 50.0, 50.0, 50.0, 0.0, 0.0)).week
    assert week[:5] == pytest.approx((2.6, 0.6, 0.6, 0.6, 0.6))
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


@pytest.mark.parametrize("known", [15, 20, 27, 40])
def test_a_huge_mistake_hardly_moves_the_pace(known: int) -> None:
    """80,000 on the last day, at 800 on others; 28 days had to be known for this."""
    spent = [8 * amount for amount in WORKING_WEEK * 6][:known]
    spent[-1] = 80_000.0
    assert learned(spent).per_working_day == pytest.approx(800, rel=0.3)


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
    today = Day(MONDAY, PLENTY, 0.0)
    assert fit([today], MONDAY) == TooEarly(MONDAY + timedelta(days=8))


def test_days_that_nobody_saw_do_not_make_it_ready() -> None:
    each = days((100.0,) * 9, unseen=(2, 3, 4))
    today = each[-1].date
    assert fit(each, today) == TooEarly(today + timedelta(days=1))
    each = days((100.0,) * 9, unseen=(2, 3))
    assert isinstance(fit(each, today), Rhythm)


def test_no_day_is_promised_while_there_is_too_little_to_spend() -> None:
    """It moved on by a day each day."""
    each = days((100.0,) * 4 + (0.0,) * 4)
    empty = [replace(day, close=Record(0, 0, 4)) for day in each[-5:]]
    for known in (2, 5):  # the days on which nothing could be spent, with today
        seen = [*each[:-5], *empty[:known]]
        assert fit(seen, seen[-1].date) == TooEarly(None)
    today = each[5].date
    assert fit([*each[:-5], empty[0]], today) == TooEarly(today + timedelta(days=3))
    enough = replace(each[-2], close=PLENTY)
    assert fit([*each[:-5], *empty[:3], enough, each[-1]], each[-1].date) == TooEarly(
        each[-1].date + timedelta(days=2)
    )


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
    assert ends.earliest <= ends.likely <= ends.latest
    assert timedelta(1) <= ends.latest - ends.earliest < timedelta(7)


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

amounts = (
    st.floats(0, 2_000)
    | st.sampled_from([0.0, 2e-309, 5e-324, 1e-3, 0.5, 20.0, 3_000.0, 2.0**53])
    | st.floats(0, 2.0**53)
)
histories = st.lists(amounts, min_size=7, max_size=90) | st.lists(
    st.lists(amounts, min_size=1, max_size=14).flatmap(
        lambda week: st.integers(1, 26).map(lambda count: week * count)
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: list(chain.from_iterable(parts)))
"""Days of any amounts, and stretches that repeat, as campaigns and pauses do."""
rhythms = histories.map(lambda spent: learned([*spent, 1.0, 20.0, 300.0, 7.0, 5.0, 0.0, 0.0]))
"""Those of histories that are long enough by their last week."""

balances = st.integers(-1_000, 50_000)
times = st.datetimes(at(MONDAY, 0), at(MONDAY + timedelta(days=800), 0))


@given(rhythms, balances, times)
def test_the_range_is_in_order(rhythm: Rhythm, credits: int, now: datetime) -> None:
    ends = forecast(rhythm, credits, now).runs_out
    if ends is None:
        return
    far = date.max
    assert now.date() <= ends.earliest <= (ends.likely or far) <= (ends.latest or far)
    assert (ends.latest or now.date()) <= now.date() + timedelta(days=HORIZON)


@given(rhythms, balances, times, st.integers(0, HORIZON))
def test_what_is_left_comes_to_nothing_on_the_day_of_the_forecast(
    rhythm: Rhythm, credits: int, now: datetime, days: int
) -> None:
    ends = forecast(rhythm, credits, now).runs_out
    course = balances_ahead(rhythm, credits, now, days)
    assert len(course) == days + 1
    for way, day in enumerate(
        (ends.earliest, ends.likely, ends.latest) if ends else (None, None, None)
    ):
        gone = [index for index, amounts in enumerate(course) if amounts[way] <= 0]
        if day is None or (day - now.date()).days > days:
            assert gone == []
        else:
            assert gone[0] == (day - now.date()).days


def test_nothing_is_told_beyond_the_horizon() -> None:
    course = balances_ahead(EIGHT_WEEKS, 1_000, at(MONDAY, 8), 2 * HORIZON)
    assert len(course) == HORIZON + 1


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
    slack = 1 + 1e-9
    assert shorter.low <= longer.low * slack
    assert shorter.likely <= longer.likely * slack
    assert shorter.high <= longer.high * slack
    assert longer.high < inf


@given(histories, st.integers(0, 365))
def test_the_high_end_never_exceeds_what_was_spent_in_busy_times(
    spent: list[float], length: int
) -> None:
    each = days(spent)
    today = each[-1].date
    rhythm = fit(each, today)
    if isinstance(rhythm, TooEarly):
        return
    most_in_that_time = 1.5 * busiest(spent[-HORIZON:], length)
    ahead = spending(rhythm, today, today + timedelta(days=length))
    rounding = 1.5 * length * 0.0005  # each day is rounded to a thousandth
    assert ahead.high <= most_in_that_time * (1 + 1e-9) + rounding


def test_days_ago_or_none_have_no_most() -> None:
    assert most_spent(EIGHT_WEEKS, 0) == most_spent(EIGHT_WEEKS, -3) == 0
    assert most_spent(EIGHT_WEEKS, 1) == 150
    assert most_spent(EIGHT_WEEKS, 30) == 1.5 * (2 * 1_000 + 200)


# What was said once, and what is true

QUIET = (5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
ROLLED_OUT = (500.0,) * 5 + (0.0,) * 2
EVERY_OTHER_MONDAY = (3_000.0, 20.0, 20.0, 20.0, 20.0, 0.0, 0.0) + (20.0,) * 5 + (0.0,) * 2


def ends_after(spent: Sequence[float], credits: int) -> tuple[RunsOut, date]:
    today = days(spent)[-1].date
    return runs_out(credits, at(today, 8), learned(spent)), today


def next_month(spent: Sequence[float]) -> Range:
    today = days(spent)[-1].date
    return spending(learned(spent), today, today + timedelta(days=30))


def test_the_roll_out_after_a_trial() -> None:
    """About 11,000 will be spent in 30 days; 2,249,200 were said to be possible."""
    spent = QUIET * 3 + (ROLLED_OUT * 9)[:60]
    month = next_month(spent)
    assert 9_000 <= month.likely <= 12_000
    assert month.high <= 17_000
    ends, today = ends_after(spent, 100_000)  # 200 working days; 33 were said
    assert ends.likely is not None
    assert 250 <= (ends.likely - today).days <= 310
    assert (ends.earliest - today).days >= 180  # 4 days were said


@pytest.mark.parametrize("quiet_weeks", [1, 2, 3, 8])
@pytest.mark.parametrize("weeks", [1, 2, 3, 4, 8, 16])
def test_a_roll_out_is_sane_from_its_first_week_on(quiet_weeks: int, weeks: int) -> None:
    """After 14 days at 5 a day, 589,200 credits were to be bought."""
    spent = ((5.0,) * 5 + (0.0,) * 2) * quiet_weeks + ROLLED_OUT * weeks
    month = next_month(spent)
    assert 4_000 <= month.high <= 18_000
    if weeks >= 3:
        assert month.likely == pytest.approx(11_000, rel=0.2)


def test_a_campaign_every_other_monday() -> None:
    """12,000 last 7.5 weeks; more than a year was said."""
    ends, today = ends_after(EVERY_OTHER_MONDAY * 6, 12_000)
    assert ends.likely is not None
    assert 40 <= (ends.likely - today).days <= 65
    assert learned(EVERY_OTHER_MONDAY * 6).working_days == {0, 1, 2, 3, 4}


def test_the_morning_of_a_campaign() -> None:
    """3,010 credits end tomorrow; 79 working days were said."""
    spent = EVERY_OTHER_MONDAY * 6
    ends, today = ends_after(spent, 3_010)
    rhythm = learned(spent)
    assert ends.likely is not None
    assert working_days_until(rhythm, today, ends.likely) <= 10
    assert most_spent(rhythm, 1) >= 3_010


@pytest.mark.parametrize("weeks", [2, 3, 4])
def test_campaigns_every_few_weeks(weeks: int) -> None:
    """Misses of 70 % were made where an average misses 20 to 40."""
    spent = ((3_000.0, 20.0, 20.0, 20.0, 20.0, 0.0, 0.0) + (20.0,) * 7 * (weeks - 1)) * 6
    today = days(spent)[-1].date
    ahead = spending(learned(spent), today, today + timedelta(weeks=12))
    came = sum(spent[: 7 * 12])
    assert ahead.likely == pytest.approx(came, rel=0.25)
    assert ahead.high <= 2 * came


@pytest.mark.parametrize("known", range(56, 141, 14))
def test_after_a_tenfold_ramp(known: int) -> None:
    """High ends were 5 to 8 times what came."""
    ramp = [10 ** (min(max(day - 14, 0), 14) / 14) * WORKING_WEEK[day % 7] for day in range(168)]
    today = MONDAY + timedelta(days=known)
    ahead = spending(learned(ramp[:known]), today, today + timedelta(days=28))
    assert ahead.high <= 1.6 * sum(ramp[known : known + 28])


def test_next_to_nothing_is_nothing() -> None:
    """The high end of such a team was no number."""
    each = days((2e-309,) * 30)
    assert fit(each, each[-1].date) == TooEarly(None)


# How good it is


def test_teams_of_the_test_were_not_used_for_tuning() -> None:
    assert not set(HELD_OUT_SEEDS) & set(TUNING_SEEDS)


@pytest.fixture(scope="module")
def scores() -> dict[str, Scores]:
    return by_kind(HELD_OUT_SEEDS)


ABRUPT = {"idle, then active", "holidays", "first campaign", "campaign every 4 weeks"}
"""Kinds whose changes can't be foreseen, which the page says; errors may be larger there."""
RARE = {"bursts by campaign", "holidays", "first campaign"}
"""Kinds whose changes are so seldom that the range may hold less often."""


def compared(score: Score, names: Sequence[str] = tuple(PLAIN)) -> float:
    """Return our error as a multiple of that of the best of some."""
    return mean(score.errors[OURS]) / min(mean(score.errors[name]) for name in names)


@pytest.mark.parametrize(
    ("what", "error", "width", "held"),
    [(7, 0.95, 1.25, 0.75), (14, 0.92, 1.1, 0.75), (28, 0.92, 1.0, 0.65)],
)
def test_amounts_keep_what_the_page_says(
    scores: dict[str, Scores], what: int, error: float, width: float, held: float
) -> None:
    rows = of(scores, what)
    every = rows.pop(ALL)
    assert compared(every) <= error
    assert 0.8 <= mean(every.held) <= 0.88
    assert mean(every.widths) <= width
    assert mean(every.far_too_high) <= 0.03
    for kind, score in rows.items():
        assert compared(score) <= (1.2 if kind in ABRUPT else 1.12), kind
        assert mean(score.far_too_high) <= 0.12, kind
        assert mean(score.held) >= (min(held, 0.7) if kind in RARE else held), kind


def test_the_day_keeps_what_the_page_says(scores: dict[str, Scores]) -> None:
    rows = of(scores, THE_DAY)
    every = rows.pop(ALL)
    assert compared(every) <= 0.9
    assert 0.8 <= mean(every.held) <= 0.92
    for kind, score in rows.items():
        assert compared(score) <= 1.1, kind


def test_people_at_work_are_foreseen_as_well_as_by_the_best() -> None:
    scores = [judge([team], ORIGINS_OF_PEOPLE) for team in people_at_work()]
    for ahead in AHEAD:
        score = over_all([each[ahead] for each in scores])
        assert compared(score) <= 1
        assert 0.75 <= mean(score.held) <= 0.9
    assert compared(over_all([each[THE_DAY] for each in scores])) <= 1
