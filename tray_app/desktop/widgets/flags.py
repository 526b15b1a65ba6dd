"""Where a chart's flags get their labels. Places are in pixels; no Qt."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

GROUPED_WITHIN = 60
"""Flags of a kind that are nearer than this to each other have one label."""
SIDE = 8
"""From the middle of a flag to where its label may begin."""
HALF = 5
"""Half of a flag's width."""
APART = 12
"""From a label to another flag or label, so that nobody takes the one for the other's."""


class Flag(NamedTuple):
    """A place on the chart that something is said of."""

    x: float
    is_increase: bool


class Label(NamedTuple):
    """The words at some flags, which are neighbours."""

    left: float
    text: str
    flags: range


def groups(flags: Sequence[Flag]) -> list[range]:
    """Put flags, which are in order, together with those of their kind beside and near them."""
    begins = [
        index
        for index, flag in enumerate(flags)
        if not index
        or flag.x - flags[index - 1].x >= GROUPED_WITHIN
        or flag.is_increase is not flags[index - 1].is_increase
    ]
    return [range(*each) for each in pairwise([*begins, len(flags)])]


def labels(
    flags: Sequence[Flag],
    words: Callable[[range], Sequence[str]],
    width_of: Callable[[str], float],
    right: float,
) -> list[Label]:
    """Put a label at the side of the flags that it is of: after increases, before decreases.

    ``words`` are what some flags may be called; the first that has room is taken, decreases
    choosing first. Flags are in order; labels go from 0 to ``right``. What has no room gets no
    label, as a label between two flags, or at another, would mislead.
    """
    placed: list[Label] = []
    taken: list[tuple[float, float]] = []

    def has_room(left: float, end: float, own: range) -> bool:
        others = [
            (flag.x - HALF, flag.x + HALF) for index, flag in enumerate(flags) if index not in own
        ]
        clear = all(end + APART <= one or left - APART >= other for one, other in others + taken)
        return left >= 0 and end <= right and clear

    for group in sorted(groups(flags), key=lambda group: flags[group[0]].is_increase):
        first, last = flags[group[0]], flags[group[-1]]
        for text in words(group):
            width = width_of(text)
            places = [first.x - SIDE - width, last.x + SIDE]
            if first.is_increase:
                places.reverse()
            left = next((each for each in places if has_room(each, each + width, group)), None)
            if left is not None:
                placed.append(Label(left, text, group))
                taken.append((left, left + width))
                break
    return placed
