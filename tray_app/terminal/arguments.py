"""The command line's parser, in a file of its own, as the tray starts without arguments."""

import argparse
import sys
from typing import NoReturn

from tray_app.i18n import tr

BAD_ARGUMENTS = 1  # an exit code, as in output.py; argparse would say 2
MOST_DAYS = 5 * 366  # which is all that is kept


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:  # noqa: ARG002
        self.print_usage(sys.stderr)
        # argparse's own message quotes what was typed, which may be a key.
        why = tr("These arguments can't be used. Run '{command} --help'.", command=self.prog)
        self.exit(BAD_ARGUMENTS, f"{why}\n")


def argument_parser() -> argparse.ArgumentParser:
    """Return what reads the command line, and writes its help."""
    root = _Parser(
        prog="lemlist-credits",
        description=tr("Show how many lemlist credits your team has left, and how long they last."),
        epilog=tr("Without a command, the tray icon starts."),
    )
    root.add_argument("--version", action="store_true", help=tr("print the versions and exit"))
    root.add_argument(
        "--verbose", action="store_true", help=tr("log everything, to standard error too")
    )
    commands = root.add_subparsers(dest="command", metavar="command")
    commands.add_parser("demo", help=tr("start the tray icon with an invented balance"))
    status = commands.add_parser("status", help=tr("check the balance and print it"))
    status.add_argument("--json", action="store_true", help=tr("print one JSON object"))
    history = commands.add_parser("history", help=tr("print the balance of past days"))
    history.add_argument("--days", type=_days, default=30, help=tr("number of days, 30 by default"))
    history.add_argument(
        "--team",
        nargs="?",
        const="",
        help=tr("name or ID of a team, by default that of the API key; empty to list all teams"),
    )
    form = history.add_mutually_exclusive_group()
    for name, words in (
        ("csv", tr("print each change as CSV")),
        ("json", tr("print the days as one JSON object")),
    ):
        form.add_argument(f"--{name}", action="store_const", dest="form", const=name, help=words)
    key = commands.add_parser("key", help=tr("store or remove the API key"))
    key.add_argument(
        "action",
        choices=("set", "remove"),
        help=tr("set reads the API key from standard input or a hidden prompt"),
    )
    sandbox = commands.add_parser("sandbox", help=tr("run a stand-in lemlist API on this computer"))
    sandbox.add_argument("--port", type=int, default=0, help=tr("a free port by default"))
    sandbox.add_argument("--story", default="steady", help=tr("how the balance changes"))
    return root


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(text)
    return days
