"""The labels at a chart's flags: whatever the flags, no label misleads."""

from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desktop.widget_driver import FORMATS
from tray_app.desktop.widgets.flags import (
    APART,
    GROUPED_WITHIN,
    HALF,
    SIDE,
    Flag,
    Label,
    groups,
    labels,
)
from tray_app.words.history_words import flags_words

WIDTH = 660
GLYPH = 6.5
"""The pixels of a character."""

marks = st.lists(
    st.tuples(st.integers(0, WIDTH * 3 // 4), st.integers(-(10**7), 10**7).filter(bool)),
    max_size=60,
)


def width_of(text: str) -> float:
    return GLYPH * len(text)


def placed(amounts: Sequence[tuple[int, int]]) -> tuple[list[Flag], list[Label]]:
    """Place the labels of flags, which are pixels and amounts."""
    flags = [Flag(x, amount > 0) for x, amount in amounts]

    def words(group: range) -> Sequence[str]:
        named = [(amounts[flag][1], f"{amounts[flag][1]:+,} purchased") for flag in group]
        return flags_words(named, FORMATS)

    return flags, labels(flags, words, width_of, WIDTH)


@given(marks)
def test_each_label_stands_beside_its_own_flags_and_no_other(
    amounts: list[tuple[int, int]],
) -> None:
    flags, found = placed(sorted(amounts))
    for label in found:
        begin, end = label.left, label.left + width_of(label.text)
        own = [flags[flag].x for flag in label.flags]
        assert begin >= 0
        assert end <= WIDTH
        assert begin == own[-1] + SIDE or end == pytest.approx(own[0] - SIDE)
        for index, flag in enumerate(flags):
            if index not in label.flags:
                assert end + APART <= flag.x - HALF or flag.x + HALF <= begin - APART
    for one, other in combinations(sorted(found), 2):
        assert one.left + width_of(one.text) + APART <= other.left


@given(marks)
def test_near_flags_of_a_kind_have_one_label(amounts: list[tuple[int, int]]) -> None:
    flags, found = placed(sorted(amounts))
    together = groups(flags)
    assert [flag for group in together for flag in group] == list(range(len(flags)))
    assert {label.flags for label in found} <= set(together)
    for group in together:
        assert len({flags[flag].is_increase for flag in group}) == 1
    for one, other in pairwise(flags):
        is_one = any(
            flags.index(one) in group and flags.index(other) in group for group in together
        )
        if one.is_increase is other.is_increase and other.x - one.x >= GROUPED_WITHIN:
            assert not is_one


@pytest.mark.parametrize(
    ("amounts", "texts"),
    [
        ([(100, 5_000)], ["+5,000 purchased"]),
        ([(100, 5_000), (130, 8_000)], ["+5,000 purchased, +8,000 purchased"]),
        ([(10 * n, 5_000) for n in range(40)], ["+200,000, 40 times"]),
        ([(20, 5_000), (81, 5_000)], ["+5,000 purchased"]),
        ([(100, 5_000), (185, 5_000)], ["+5,000", "+5,000 purchased"]),
        ([(300, -2_250), (330, 5_000)], ["-2,250 purchased", "+5,000 purchased"]),
        ([(300, 5_000), (330, -2_250), (360, 5_000)], ["+5,000 purchased"] * 2),
        ([(5, -2_250)], ["-2,250 purchased"]),
    ],
)
def test_labels(amounts: list[tuple[int, int]], texts: list[str]) -> None:
    _, found = placed(amounts)
    assert [label.text for label in sorted(found)] == texts


def test_decreases_choose_first_and_stand_before_their_flag() -> None:
    _, found = placed([(20, 5_000), (150, -2_250)])
    (label,) = found
    assert (label.text, label.flags) == ("-2,250 purchased", range(1, 2))
    assert label.left < 150
