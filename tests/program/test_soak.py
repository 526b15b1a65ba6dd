"""A short soak: what leaks much with each poll shows within some hundred polls.

The limits are slopes, which a single measurement that is off hardly moves. They are wider than
those of the long soak (`make soak`), which finds what leaks little.
"""

from itertools import combinations
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
    """Of all pairs the one in the middle tells: what comes or goes once makes no growth.

    A fall is as bad as a rise: who gives back a reference too often brings the program down.
    """
    amounts = [(each.polls, getattr(each, name)) for each in measured]
    pairs = combinations(amounts, 2)
    slope = median((after - before) / (end - begin) for (begin, before), (end, after) in pairs)
    assert abs(slope) < STEEPEST[name], amounts


def test_nothing_is_left_open(measured: list[Held]) -> None:
    assert left_over(measured[0], measured[-1]) == []
