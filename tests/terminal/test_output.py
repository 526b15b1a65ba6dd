"""What the commands print, and how a table stays one whatever it holds."""

import os
import pty

import pytest

from tray_app.terminal.output import (
    complain,
    confirmed,
    plain,
    print_table,
    print_text,
    shortened_for_table,
    worst,
)


def test_columns_stay_columns(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ("Team", "Level", "Credits"),
        ("\u682a\u5f0f", "Low", "1"),  # each takes two columns
        ("e\u0301te\u0301", "Empty", "20"),  # the accents take none
        ("x" * 41, "Low", "3"),
        ("x" * 40, "Low", "4"),
        ("\u682a" * 21, "Low", "5"),
    ]
    print_table([(shortened_for_table(name), *more) for name, *more in rows], left=(0, 1))
    assert capsys.readouterr().out.splitlines() == [
        "Team" + " " * 38 + "Level  Credits",
        "\u682a\u5f0f" + " " * 38 + "Low          1",
        "e\u0301te\u0301" + " " * 39 + "Empty       20",
        "x" * 39 + "\u2026  Low          3",
        "x" * 40 + "  Low          4",
        "\u682a" * 19 + "\u2026   Low          5",
    ]


def test_no_command_reaches_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for say in (print_text, complain):
        say("a\x1b[31m\x9b\x07\x08\x00b\u202e\u2066c\ud800\rd\r\ne\tf\ng")
    shown = capsys.readouterr()
    assert shown.out == shown.err == "a[31mbcd\r\ne\tf\ng\n"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (" Acme \n UK\t", "Acme UK"),
        ("\x1b[31mred", "[31mred"),
        ("\u202eevil\u2028line", "evil line"),
        ("\x00", ""),
        ("\ud800", ""),
    ],
)
def test_a_name_in_a_line(name: str, shown: str) -> None:
    assert plain(name) == shown


@pytest.mark.parametrize(
    ("typed", "is_yes"), [(b"y\n", True), (b"n\n", False), (b"\xff\n", False), (b"\xffy\n", False)]
)
def test_only_yes_is_yes(monkeypatch: pytest.MonkeyPatch, typed: bytes, is_yes: bool) -> None:
    """A byte that is no UTF-8 is an answer as well: it is not yes."""
    master, slave = pty.openpty()
    with os.fdopen(slave, encoding="utf-8", errors="strict") as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        os.write(master, typed)
        assert confirmed("Really?") is is_yes
    os.close(master)


def test_the_worst_of_several_ends() -> None:
    assert worst([]) == 0
    ends = [0, 3, 4, 2, 1, 6]  # of several, the later one counts
    for place, end in enumerate(ends):
        assert worst(ends[: place + 1]) == worst(ends[place::-1]) == end
