"""What the commands print: the answer on standard output, all else on standard error."""

import json
import logging
import os
import sys
from contextlib import suppress
from typing import Any

from tray_app.errors import Kind, Problem
from tray_app.logs import outline
from tray_app.report.exports import problem_json
from tray_app.terminal.exit_codes import CANNOT_WRITE, EXIT_CODES
from tray_app.words.command_words import unwritable_words
from tray_app.words.formats import TerminalFormats
from tray_app.words.problem_words import detail_words, problem_words

# What a command has to say, it says itself: without a handler Python prints the log's warnings.
logging.getLogger("tray_app").addHandler(logging.NullHandler())


def print_text(text: str, end: str = "\n") -> None:
    """Write a line to standard output.

    Raises:
        SystemExit: it can't be written, as to a full disk.
    """
    if sys.stdout is None:  # closed
        return
    encoding = sys.stdout.encoding
    try:
        # A terminal that lacks a character, as "·", gets a "?" for it.
        sys.stdout.write(f"{text}{end}".encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # What could not be written would be tried again, and complained of, at Python's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        complain(unwritable_words(error.strerror))
        raise SystemExit(CANNOT_WRITE) from None


def print_json(content: dict[str, Any]) -> None:
    """Write an object in a line, in ASCII, so that it can be read whatever the encoding is."""
    print_text(json.dumps(content))


def complain(text: str) -> None:
    """Write a line to standard error."""
    if sys.stderr is None:  # closed
        return
    with suppress(OSError):  # there is nowhere left to say it
        sys.stderr.write(f"{text}\n")


def fail(problem: Problem, *, as_json: bool = False) -> int:
    """Tell of a problem, also as JSON if that is wanted, and return the exit code."""
    if as_json:
        print_json(problem_json(problem))
    complain(problem_words(problem.kind).text)
    if detail := detail_words(problem, TerminalFormats()):
        complain(f"({detail})")
    return EXIT_CODES[problem.kind]


def fail_by_defect(error: Exception, *, as_json: bool) -> int:
    """Tell that this program has a defect, and where, and return the exit code.

    A traceback would quote the error, and with it perhaps the key.
    """
    return fail(Problem(Kind.DEFECT, outline(error, error.__traceback__)), as_json=as_json)
