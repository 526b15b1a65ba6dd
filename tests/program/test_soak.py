"""A short soak: what leaks much with each poll shows within some hundred polls.

The limits are slopes, which a single measurement that is off hardly moves. They are wider than
those of the long soak (`make soak`), which finds what leaks little.
"""

from collections.abc import Sequence
from itertools import accumulate, combinations, pairwise
from statistics import median

import pytest

from tests.program.soak import Held, Load, left_over, soak

LOAD = Load(polls=300, popups=15, errors=15, warm_up=0.5, stages=6)
STEEPEST = {"memory": 8.0, "allocated": 2048, "blocks": 5, "none": 2, "true": 2}
"""By how much each may grow with a poll: kilobytes, bytes, blocks and references.

Memory moves in steps of many pages, so some hundred polls tell of it only what is gross: a menu
that is made anew each time takes 11 KB.
"""


@pytest.fixture(scope="module")
def measured() -> list[Held]:
    return list(soak(LOAD))


@pytest.mark.parametrize("name", STEEPEST)
def test_nothing_grows(measured: list[Held], name: str) -> None:
    """What comes or goes once makes no growth.

    A fall is as bad as a rise: who gives back a reference too often brings the program down.
    """
    amounts = [getattr(each, name) for each in measured]
    assert abs(slope([each.polls for each in measured], amounts)) < STEEPEST[name], amounts


@pytest.mark.parametrize("step", range(1, 7))
def test_growth_is_told_from_what_comes_or_goes_once(step: int) -> None:
    polls = [150 + 50 * stage for stage in range(7)]
    once = [1_000_000 if stage < step else 0 for stage in range(7)]
    assert slope(polls, once) == 0
    assert slope(polls, [3 * each + more for each, more in zip(polls, once, strict=True)]) == 3


def slope(polls: Sequence[int], amounts: Sequence[float]) -> float:
    """Return the growth with a poll, of all pairs the one in the middle, without the largest step.

    A step in the middle would be between most pairs.
    """
    steps = [after - before for before, after in pairwise(amounts)]
    usual = median(steps)
    largest = max(range(len(steps)), key=lambda step: abs(steps[step] - usual))
    steps[largest] = usual
    pairs = combinations(zip(polls, accumulate(steps, initial=0.0), strict=True), 2)
    return median((after - before) / (end - begin) for (begin, before), (end, after) in pairs)


def test_nothing_is_left_open(measured: list[Held]) -> None:
    assert left_over(measured[0], measured[-1]) == []
