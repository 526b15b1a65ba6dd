"""The text of a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import LONGEST, clean_key, key_line


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("fake-key", "fake-key"),
        ("  fake-key\r\n", "fake-key"),
        ("\u00a0fake-key\u2003", "fake-key"),
        ("k" * LONGEST, "k" * LONGEST),
        (" " * 5000 + "fake-key", "fake-key"),
        ("!\"#$%&':;<>@[]~", "!\"#$%&':;<>@[]~"),
        ("fake-key==", "fake-key=="),
        ('"fake-key', '"fake-key'),
        ('fake"key', 'fake"key'),
        ("bearerkey", "bearerkey"),
        ("monkey=", "monkey="),
    ],
)
def test_usable(text: str, key: str) -> None:
    assert clean_key(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "'fake-key'",
        '"fake-key"',
        " ' fake-key ' ",
        "“fake-key”",
        "`fake-key`",
        "LEMLIST_API_KEY=fake-key",
        "export LEMLIST_API_KEY='fake-key'",
        '"LEMLIST_API_KEY=fake-key"',
        "lemlist_api_key = fake-key",
        "API_KEY=fake-key",
        "key=fake-key",
        "Bearer fake-key",
        "Authorization: Bearer fake-key",
        "bearer 'fake-key'",
        "\ufefffake-key",
        "fake-key\u200b",
        "fake-\u200dkey",
        "\u202afake-key\u202c",
    ],
)
def test_what_surely_is_no_part_of_a_key_is_taken_off(text: str) -> None:
    assert clean_key(text) == "fake-key"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"fake-key", "fake-key"),
        (b"\n \r\nfake-key\r\nanother line\n", "fake-key"),
        (b"\xef\xbb\xbffake-key\r\n", "fake-key"),
        ("fake-key\r\n".encode("utf-16"), "fake-key"),
        (b"\xfe\xff" + "fake-key".encode("utf-16-be"), "fake-key"),
        (b"\xef\xbb\xbf\r\nfake-key\r\n", "fake-key"),
        (b"\xe2\x80\x8b\nfake-key\n", "fake-key"),
        (b"\xc2\xa0\nfake-key\n", "fake-key"),
        (b"", ""),
        (b" \n\n", ""),
    ],
)
def test_the_line_of_a_file(content: bytes, line: str) -> None:
    assert key_line(content) == line


@pytest.mark.parametrize("content", [b"fake\xff", b"\xff\xfef"])
def test_a_file_that_is_no_text(content: bytes) -> None:
    with pytest.raises(Problem) as caught:
        key_line(content)
    assert caught.value.kind is Kind.BAD_KEY


@pytest.mark.parametrize(
    "text",
    ["", " \t\r\n", "''", "fake\nkey", "fake\x00key", "fake\x7fkey", "clé", "\u200b", "k\udcff"],
    ids=["empty", "blank", "quotes", "line end", "nul", "delete", "accent", "mark", "surrogate"],
)
def test_unusable(text: str) -> None:
    with pytest.raises(Problem) as caught:
        clean_key(text)
    assert caught.value.kind is Kind.BAD_KEY
    assert "fake" not in repr(caught.value)
    assert "clé" not in repr(caught.value)


def test_too_long() -> None:
    with pytest.raises(Problem) as caught:
        clean_key("k" * (LONGEST + 1))
    assert caught.value.kind is Kind.BAD_KEY


@given(st.text(max_size=LONGEST))
def test_whatever_is_usable_travels_in_a_header(text: str) -> None:
    try:
        key = clean_key(text)
    except Problem:
        pass
    else:
        assert key == clean_key(key)
        assert 0 < len(key) <= LONGEST
        assert all(32 <= byte < 127 for byte in key.encode("ascii"))
