"""The text of a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import LONGEST, clean_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("fake-key", "fake-key"),
        ("  fake-key\r\n", "fake-key"),
        ("\u00a0fake-key\u2003", "fake-key"),
        ("k" * LONGEST, "k" * LONGEST),
        (" " * 5000 + "fake-key", "fake-key"),
        ("!\"#$%&':;<>@[]~", "!\"#$%&':;<>@[]~"),
    ],
    ids=["plain", "line end", "wide spaces", "longest", "much space", "punctuation"],
)
def test_usable(text: str, key: str) -> None:
    assert clean_key(text) == key


@pytest.mark.parametrize(
    "text",
    ["", " \t\r\n", "fake\nkey", "fake\x00key", "fake\x7fkey", "clé", "fake-key\u200b", "k\udcff"],
    ids=["empty", "blank", "line end", "nul", "delete", "accent", "zero width", "surrogate"],
)
def test_unusable(text: str) -> None:
    with pytest.raises(Problem) as caught:
        clean_key(text)
    assert caught.value.kind is Kind.BAD_KEY
    assert not text.strip() or text.strip() not in repr(caught.value)


def test_too_long() -> None:
    with pytest.raises(Problem) as caught:
        clean_key("k" * (LONGEST + 1))
    assert caught.value.kind is Kind.BAD_KEY


@given(st.text(max_size=LONGEST))
def test_whatever_is_usable_travels_in_a_header(text: str) -> None:
    try:
        key = clean_key(text)
    except Problem:
        assert not text.strip() or not text.strip().isascii() or not text.strip().isprintable()
    else:
        assert key == text.strip()
        assert 0 < len(key) <= LONGEST
        assert all(32 <= byte < 127 for byte in key.encode("ascii"))
