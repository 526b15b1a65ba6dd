"""When to ask again."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOW
from tray_app.errors import Kind, Problem
from tray_app.rules.schedule import (
    FIRST_RETRY,
    LATE,
    LONGEST_INTERVAL,
    LONGEST_RETRY,
    WAIT_FOR_CONSENT,
    WAIT_FOR_USER,
    Place,
    next_wait,
    seconds_until_late,
    wait_for_turn,
)

PASSING = [
    Kind.RATE_LIMITED,
    Kind.SERVER_ERROR,
    Kind.ACCESS_BLOCKED,
    Kind.NETWORK_SIGN_IN,
    Kind.PROXY,
    Kind.CERTIFICATES,
    Kind.OFFLINE,
    Kind.TIMEOUT,
    Kind.TLS,
    Kind.UNEXPECTED_RESPONSE,
]


def test_after_a_good_answer() -> None:
    assert next_wait(300, 0, None, 0.7) == 300


def test_a_defect_is_not_met_again_and_again() -> None:
    assert next_wait(30, 1, Problem(Kind.DEFECT), 0.5) == LONGEST_RETRY


def test_a_keychain_that_asks_the_user_is_looked_at_again_soon() -> None:
    assert next_wait(300, 5, Problem(Kind.KEYCHAIN_WAITING), 0.5) == WAIT_FOR_CONSENT


OTHERS = (*PASSING, Kind.DEFECT, Kind.KEYCHAIN_WAITING, Kind.LIST_UNSAVED)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in OTHERS])
def test_what_needs_the_user_waits_for_him(kind: Kind) -> None:
    assert next_wait(30, 1, Problem(kind), 0.5) == WAIT_FOR_USER == 3600


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_is_asked_again_soon_then_later(kind: Kind) -> None:
    waits = [next_wait(300, failures, Problem(kind), 0.5) for failures in range(1, 12)]
    assert waits[0] == FIRST_RETRY
    assert waits[:4] == [15, 30, 60, 120]
    assert waits[-1] == LONGEST_RETRY == 900


@pytest.mark.parametrize(("retry_after", "wait"), [(2, 15), (60, 60), (3600, 3600)])
@pytest.mark.parametrize("kind", [Kind.RATE_LIMITED, Kind.SERVER_ERROR])
def test_retry_after_is_a_floor(kind: Kind, retry_after: float, wait: float) -> None:
    assert next_wait(300, 1, Problem(kind, retry_after=retry_after), 0.5) == wait


@given(
    st.sampled_from(PASSING),
    st.integers(1, 100_000),
    st.floats(0, 1),
    st.none() | st.floats(0, 3600),
)
def test_bounds(kind: Kind, failures: int, chance: float, retry_after: float | None) -> None:
    problem = Problem(kind, retry_after=retry_after)
    wait = next_wait(300, failures, problem, chance)
    assert 0.8 * FIRST_RETRY <= wait <= max(LONGEST_RETRY, retry_after or 0)
    assert wait >= (retry_after or 0)
    assert next_wait(300, failures + 1, problem, chance) >= wait


def test_chance_spreads_the_waits() -> None:
    waits = {next_wait(300, 3, Problem(Kind.OFFLINE), chance / 10) for chance in range(11)}
    assert len(waits) == 11
    assert min(waits) == pytest.approx(48)
    assert max(waits) == pytest.approx(72)


# --- when a poll is late ------------------------------------------------------------------------

DECADES = timedelta(days=20_000)
moments_of_polls = st.timedeltas(-DECADES, DECADES).map(NOW.__add__)


def test_the_first_poll_that_can_be_late_is_looked_for() -> None:
    minutes = [NOW + timedelta(minutes=number) for number in (-30, 5, 10)]
    assert seconds_until_late([None, *minutes], NOW) == 300 + LATE.total_seconds()


def test_polls_that_are_late_already_are_not_looked_for() -> None:
    assert seconds_until_late([None, NOW - LATE - timedelta(seconds=1)], NOW) is None


@given(st.lists(st.none() | moments_of_polls), moments_of_polls)
def test_wherever_the_clock_is_set_a_timer_can_wait_for_it(
    expected: list[datetime | None], now: datetime
) -> None:
    seconds = seconds_until_late(expected, now)
    assert seconds is None or 0 <= seconds <= LONGEST_INTERVAL


# --- several teams ------------------------------------------------------------------------------

intervals = st.integers(30, 86_400)
moments = st.floats(0, 1e8)


@given(intervals, moments)
def test_one_team_waits_for_the_interval(interval: int, now: float) -> None:
    assert wait_for_turn(interval, Place(), now) == interval


@given(intervals, moments, st.integers(2, 50))
def test_the_turns_of_several_teams_are_spread_evenly(
    interval: int, now: float, teams: int
) -> None:
    waits = [wait_for_turn(interval, Place(number, teams), now) for number in range(teams)]
    turns = sorted((now + wait) % interval for wait in waits)
    gaps = [(turns[number] - turns[number - 1]) % interval for number in range(teams)]
    assert gaps == pytest.approx([interval / teams] * teams, abs=1e-4)


@given(intervals, moments, st.integers(2, 50), st.integers(0, 49), st.floats(0, 15))
def test_after_its_turn_a_team_waits_for_the_next_one(
    interval: int, now: float, teams: int, number: int, takes: float
) -> None:
    """However long the answer took, and though the timer is half a second early."""
    place = Place(number % teams, teams)
    turn = now + wait_for_turn(interval, place, now)
    takes = min(takes, interval / 2)
    for end in (turn + takes, turn - 0.5 + takes):
        assert end + wait_for_turn(interval, place, end) == pytest.approx(turn + interval, abs=1e-4)


@given(intervals, moments, st.integers(2, 50), st.integers(0, 49))
def test_no_turn_comes_at_once_or_much_too_late(
    interval: int, now: float, teams: int, number: int
) -> None:
    wait = wait_for_turn(interval, Place(number % teams, teams), now)
    assert 0.1 * interval <= wait <= 1.1 * interval
