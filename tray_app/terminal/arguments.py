"""The command line's parser, in a file of its own, as the tray starts without arguments."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from tray_app.i18n import tr

BAD_ARGUMENTS = 1  # an exit code, as in output.py; argparse would say 2
MOST_DAYS = 5 * 366  # which is all that is kept
MOST_DEMO_TEAMS = 50


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:  # noqa: ARG002
        self.print_usage(sys.stderr)
        # argparse's own message quotes what was typed, which may be a key.
        why = tr("These arguments can't be used. Run '{command} --help'.", command=self.prog)
        self.exit(BAD_ARGUMENTS, f"{why}\n")


class _RootParser(_Parser):
    def parse_args(self, *given: Any, **more: Any) -> Any:
        """Return the options; refuse ``--team`` for commands that are not about one team."""
        options = super().parse_args(*given, **more)
        if options.command == "history" and options.all and options.form != "csv":
            self.error("--all-teams")
        if options.team is not None and (
            options.command not in ("status", "history", "key") or getattr(options, "all", False)
        ):
            self.error("--team")
        return options


def argument_parser() -> argparse.ArgumentParser:
    """Return what reads the command line, and writes its help."""
    root = _RootParser(
        prog="lemlist-credits",
        description=tr("Show how many lemlist credits your team has left, and how long they last."),
        epilog=tr("Without a command, the tray icon starts."),
    )
    root.add_argument("--version", action="store_true", help=tr("print the versions and exit"))
    root.add_argument(
        "--verbose", action="store_true", help=tr("log everything, to standard error too")
    )
    root.add_argument(
        "--team", metavar="NAME", help=tr("the team that status, history or key is about")
    )
    commands = root.add_subparsers(dest="command", metavar="command", parser_class=_Parser)
    demo = commands.add_parser("demo", help=tr("start the tray icon with an invented balance"))
    demo.add_argument(
        "--teams",
        type=_number_up_to(MOST_DEMO_TEAMS),
        default=1,
        metavar="N",
        help=tr("number of invented teams, 1 by default, at most {most}", most=MOST_DEMO_TEAMS),
    )
    status = commands.add_parser("status", help=tr("check the balance and print it"))
    status.add_argument("--json", action="store_true", help=tr("print one JSON object"))
    which = status.add_mutually_exclusive_group()
    _add_team(which, tr("name or ID of a team; without one, all teams or, as JSON, the first"))
    which.add_argument("--all", action="store_true", help=tr("all teams, also as JSON"))
    history = commands.add_parser("history", help=tr("print the balance of past days"))
    history.add_argument(
        "--days",
        type=_number_up_to(MOST_DAYS),
        default=30,
        help=tr("number of days, 30 by default"),
    )
    whose = history.add_mutually_exclusive_group()
    _add_team(
        whose,
        tr("name or ID of a team, by default the first; empty to list all teams"),
        nargs="?",
        const="",
    )
    whose.add_argument(
        "--all-teams",
        action="store_true",
        dest="all",
        help=tr("all teams, with a column for the team; only with --csv"),
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
    _add_team(key, tr("name or ID of a team, needed if there are several"))
    _add_teams(commands)
    sandbox = commands.add_parser("sandbox", help=tr("run a stand-in lemlist API on this computer"))
    sandbox.add_argument("--port", type=int, default=0, help=tr("a free port by default"))
    sandbox.add_argument("--story", default="steady", help=tr("how the balance changes"))
    return root


def _add_team(parser: "argparse._ActionsContainer", words: str, **more: Any) -> None:
    """Add the option that names a team; what stands before the command holds without it."""
    parser.add_argument("--team", metavar="NAME", default=argparse.SUPPRESS, help=words, **more)


def _add_teams(commands: "argparse._SubParsersAction[_Parser]") -> None:
    teams = commands.add_parser("teams", help=tr("list the teams, add, remove or rename one"))
    actions = teams.add_subparsers(dest="action", metavar="action")
    add = actions.add_parser(
        "add",
        help=tr("add the team of an API key, from standard input or a hidden prompt"),
    )
    add.add_argument(
        "--replace",
        action="store_true",
        help=tr("replace the API key of a team that is in the list, without asking"),
    )
    remove = actions.add_parser("remove", help=tr("remove a team and its API key"))
    rename = actions.add_parser("rename", help=tr("call a team otherwise than lemlist does"))
    for parser in (remove, rename):
        parser.add_argument("name", help=tr("name or ID of the team"))
    remove.add_argument("--history", action="store_true", help=tr("remove the team's history, too"))
    remove.add_argument("--yes", action="store_true", help=tr("don't ask"))
    rename.add_argument("new_name", help=tr("empty: as lemlist calls the team"))


def _number_up_to(most: int) -> Callable[[str], int]:
    """Return what reads a number from 1 to ``most``."""

    def read(text: str) -> int:
        number = int(text)
        if not 1 <= number <= most:
            raise ValueError(text)
        return number

    return read
