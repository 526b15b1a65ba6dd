"""What the commands print, to standard output only the answer, and with which code they end."""

import json
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.report.exports import problem_json
from tray_app.words.command_words import problem_in_terminal

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
    Kind.DEFECT: 6,
}

# Without a handler Python would print the log's warnings beside what the commands say.
logging.getLogger("tray_app").addHandler(logging.NullHandler())


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
        sys.stdout.write(f"{text}{end}".encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # At exit Python would try to write the rest once more, and print an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        complain(tr("The output can't be written: {reason}.", reason=error.strerror))
        raise SystemExit(FAILED) from None


def print_table(rows: Sequence[Sequence[str]], indent: str = "") -> None:
    """Write a line for each row, the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        amounts = (f"{text:>{width}}" for text, width in zip(rest, widths[1:], strict=True))
        print_text(indent + "  ".join((f"{first:<{widths[0]}}", *amounts)).rstrip())


def print_json(content: dict[str, Any]) -> None:
    """Write an object in a line, in ASCII, which every encoding can carry."""
    print_text(json.dumps(content))


def complain(text: str) -> None:
    """Write a line to standard error."""
    if sys.stderr is None:  # closed
        return
    with suppress(OSError):  # there is nowhere left to say it
        sys.stderr.write(f"{text}\n")


def fail(problem: Problem, *, as_json: bool = False, has_variable: bool = False) -> int:
    """Tell of a problem, also as JSON if that is wanted, and return the exit code.

    ``has_variable`` tells that the key is that of the environment.
    """
    if as_json:
        print_json(problem_json(problem, has_variable=has_variable))
    complain(problem_in_terminal(problem, has_variable=has_variable).text)
    if problem.detail and problem.kind not in (Kind.BAD_KEY, Kind.SERVER_ERROR):  # which tell it
        complain(f"({problem.detail})")
    return EXIT_CODES[problem.kind]
