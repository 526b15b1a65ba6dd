"""The four levels and how they are left."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tray_app.rules.levels import LARGEST_THRESHOLD, Level, Thresholds, level_of

HEALTHY, LOW, CRITICAL, EMPTY = Level
DEFAULT = Thresholds()


@pytest.mark.parametrize(
    ("credits", "previous", "level"),
    [
        (12_430, None, HEALTHY),
        (501, None, HEALTHY),
        (500, None, LOW),
        (101, None, LOW),
        (100, None, CRITICAL),
        (1, None, CRITICAL),
        (0, None, EMPTY),
        # downwards at once
        (500, HEALTHY, LOW),
        (100, HEALTHY, CRITICAL),
        (0, HEALTHY, EMPTY),
        # upwards with 5 % more
        (501, LOW, LOW),
        (524, LOW, LOW),
        (525, LOW, HEALTHY),
        (501, HEALTHY, HEALTHY),
        (104, CRITICAL, CRITICAL),
        (105, CRITICAL, LOW),
        (524, CRITICAL, LOW),
        (525, CRITICAL, HEALTHY),
        (104, LOW, LOW),
        (1, EMPTY, CRITICAL),
        (104, EMPTY, CRITICAL),
        (105, EMPTY, LOW),
        (525, EMPTY, HEALTHY),
    ],
)
def test_level(credits: int, previous: Level | None, level: Level) -> None:
    assert level_of(credits, DEFAULT, previous) is level


def test_bands_that_overlap() -> None:
    assert level_of(510, Thresholds(low=500, critical=499), CRITICAL) is CRITICAL


def test_severity() -> None:
    assert [level.severity for level in Level] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("low", "critical", "fault"),
    [
        (500, 100, None),
        (2, 1, None),
        (LARGEST_THRESHOLD, LARGEST_THRESHOLD - 1, None),
        (100, 100, "low"),
        (100, 500, "low"),
        (LARGEST_THRESHOLD + 1, 1, "low"),
        (500, 0, "critical"),
        (500, -1, "critical"),
        (LARGEST_THRESHOLD + 2, LARGEST_THRESHOLD + 1, "critical"),
    ],
)
def test_fault(low: int, critical: int, fault: str | None) -> None:
    assert Thresholds(low, critical).fault() == fault


thresholds = st.tuples(st.integers(1, 2000), st.integers(1, 2000)).map(
    lambda pair: Thresholds(low=pair[0] + pair[1], critical=pair[0])
)
amounts = st.integers(-500, 6000)
levels = st.sampled_from(Level)


def naive(credits: int, limits: Thresholds, previous: Level | None) -> Level:
    """Step out of the previous level as far as 5 % allow, or fall to where the amount is."""
    at = {HEALTHY: None, LOW: limits.low, CRITICAL: limits.critical, EMPTY: 0}
    by_amount = max(
        (each for each in Level if (limit := at[each]) is None or credits <= limit),
        key=lambda each: each.severity,
    )
    if previous is None:
        return by_amount
    level = previous
    while (limit := at[level]) is not None and credits >= Fraction(105, 100) * limit and credits:
        level = list(Level)[level.severity - 1]
    return max(level, by_amount, key=lambda each: each.severity)


@given(amounts, thresholds, st.none() | levels)
def test_as_a_naive_reading_of_the_rule(
    credits: int, limits: Thresholds, previous: Level | None
) -> None:
    assert level_of(credits, limits, previous) is naive(credits, limits, previous)


@given(amounts, amounts, thresholds, st.none() | levels)
def test_more_credits_are_never_worse(
    one: int, other: int, limits: Thresholds, previous: Level | None
) -> None:
    fewer, more = sorted((one, other))
    worse = level_of(fewer, limits, previous).severity
    assert level_of(more, limits, previous).severity <= worse


@given(amounts, thresholds, st.none() | levels)
def test_the_same_balance_stays_where_it_is(
    credits: int, limits: Thresholds, previous: Level | None
) -> None:
    level = level_of(credits, limits, previous)
    assert level_of(credits, limits, level) is level


@given(st.lists(st.integers(476, 524), min_size=2))
def test_no_flicker_around_a_threshold(balances: list[int]) -> None:
    level, changes = level_of(balances[0], DEFAULT), 0
    for credits in balances:
        before, level = level, level_of(credits, DEFAULT, level)
        changes += before is not level
    assert changes <= 1
