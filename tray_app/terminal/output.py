"""What the commands print, to standard output only the answer, and with which code they end."""

import json
import logging
import os
import re
import sys
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.report.exports import error_json, problem_json
from tray_app.terminal.arguments import BAD_ARGUMENTS
from tray_app.words.command_words import (
    ONLY_TEAMS,
    KeyOrigin,
    problem_in_terminal,
    question_words,
    refused_title,
    unwritable_words,
    yes_words,
)

FAILED = 6
"""Standard output can't be written, or the history can't be read."""

# As lemlist's own command-line tool: 1 arguments, 2 key, 3 rate limit, 4 network or server, 6 else.
EXIT_CODES = {
    Kind.BAD_ADDRESS: 1,
    Kind.NO_KEY: 2,
    Kind.BAD_KEY: 2,
    Kind.BAD_REQUEST: 2,
    Kind.UNAUTHORIZED: 2,
    Kind.PAYMENT_REQUIRED: 2,
    Kind.FORBIDDEN: 2,
    Kind.NO_USER: 2,
    Kind.KEYCHAIN_WAITING: 2,
    Kind.KEYCHAIN_LOCKED: 2,
    Kind.KEYCHAIN_UNAVAILABLE: 2,
    Kind.RATE_LIMITED: 3,
    Kind.OFFLINE: 4,
    Kind.TIMEOUT: 4,
    Kind.TLS: 4,
    Kind.SERVER_ERROR: 4,
    Kind.ACCESS_BLOCKED: 4,
    Kind.NETWORK_SIGN_IN: 4,
    Kind.PROXY: 4,
    Kind.CERTIFICATES: 4,
    Kind.UNEXPECTED_RESPONSE: 6,
    Kind.LIST_UNSAVED: 6,
    Kind.DEFECT: 6,
}

_BY_SEVERITY = (FAILED, BAD_ARGUMENTS, 2, 4, 3, 0)
"""Exit codes, the worst first: what the user has to mend comes before what passes by itself."""

_LONGEST_CELL = 40
"""Columns of a terminal that a name in a table may take."""

_COMMANDS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
)
"""What a terminal may take for a command, or what turns the text after it around."""

# Without a handler Python would print the log's warnings beside what the commands say.
logging.getLogger("tray_app").addHandler(logging.NullHandler())


class Refusal(Exception):  # noqa: N818  (nothing has gone wrong)
    """A command can't be done as it was typed; the text says why."""


class KeyProblem(Problem):
    """A problem of which is known where its key comes from, and so what helps."""

    def __init__(self, problem: Problem, origin: KeyOrigin) -> None:
        super().__init__(problem.kind, problem.detail, retry_after=problem.retry_after)
        self.origin = origin


@contextmanager
def key_from(origin: KeyOrigin) -> Iterator[None]:
    """Have each problem in the block tell that its key is of this origin, if it tells no other."""
    try:
        yield
    except KeyProblem:
        raise
    except Problem as problem:
        raise KeyProblem(problem, origin) from None


def plain(text: str) -> str:
    """Return a name as it can stand in a line of a terminal."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def print_text(text: str, end: str = "\n") -> None:
    """Write a line to standard output.

    Raises:
        SystemExit: the line can't be written, as to a full disk.
    """
    if sys.stdout is None:  # closed
        return
    encoding = sys.stdout.encoding
    try:
        # A terminal that lacks a character, as "·", gets a "?" for it.
        shown = _COMMANDS.sub("", f"{text}{end}")
        sys.stdout.write(shown.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # At exit Python would try to write the rest once more, and print an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        complain(unwritable_words(error.strerror))
        raise SystemExit(FAILED) from None


def print_table(
    rows: Sequence[Sequence[str]], indent: str = "", left: Container[int] = (0,)
) -> None:
    """Write a line for each row; the columns of these numbers to the left, the others right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for number, (text, width) in enumerate(zip(row, widths, strict=True)):
            room = " " * (width - _width(text))
            cells.append(text + room if number in left else room + text)
        print_text(indent + "  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened_for_table(name: str) -> str:
    """Cut a name that is too long for a table."""
    if _width(name) <= _LONGEST_CELL:
        return name
    while _width(name) >= _LONGEST_CELL:
        name = name[:-1]
    return f"{name.rstrip()}…"


def print_json(content: dict[str, Any]) -> None:
    """Write an object in a line, in ASCII, which every encoding can carry."""
    print_text(json.dumps(content))


def complain(text: str) -> None:
    """Write a line to standard error."""
    if sys.stderr is None:  # closed
        return
    with suppress(OSError):  # there is nowhere left to say it
        sys.stderr.write(f"{_COMMANDS.sub('', text)}\n")


def confirmed(question: str) -> bool | None:
    """Ask a question that is answered with y or n; ``None``: there is nobody at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty() or sys.stderr is None:
        return None
    with suppress(OSError):
        sys.stderr.write(_COMMANDS.sub("", f"{question_words(question)} "))
        sys.stderr.flush()
    try:
        answer = sys.stdin.readline()
    except UnicodeDecodeError:  # something that is typed in another encoding
        return False
    return answer.strip().casefold() in yes_words()


def fail(problem: Problem, *, as_json: bool = False) -> int:
    """Tell of a problem, also as JSON if that is wanted, and return the exit code."""
    if as_json:
        print_json(problem_json(problem, _origin_of(problem)))
    say_problem(problem)
    return EXIT_CODES[problem.kind]


def say_problem(problem: Problem, *, whose: str = "") -> None:
    """Tell of a problem; ``whose`` is the team that has it, if that is not clear."""
    text = problem_in_terminal(problem, _origin_of(problem)).text
    complain(tr("{team}: {problem}", team=whose, problem=text) if whose else text)
    is_told = problem.kind is Kind.BAD_KEY or (
        problem.kind is Kind.SERVER_ERROR and problem.detail.startswith("status ")
    )
    if problem.detail and not is_told:
        complain(f"({problem.detail})")


def _origin_of(problem: Problem) -> KeyOrigin:
    return problem.origin if isinstance(problem, KeyProblem) else ONLY_TEAMS


def refuse(refusal: Refusal, *, as_json: bool = False) -> int:
    """Say why a command is not done, and return the exit code."""
    if as_json:
        print_json(error_json("arguments", refused_title(), str(refusal)))
    complain(str(refusal))
    return BAD_ARGUMENTS


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of a command that has done several things, which had these codes."""
    return min(codes, key=_BY_SEVERITY.index, default=0)
