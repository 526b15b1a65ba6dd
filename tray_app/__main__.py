"""The command line: what to start."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tray_app.i18n import tr
from tray_app.lemlist.key import KEY_VARIABLE

BAD_ARGUMENTS = 1  # as lemlist's own command-line tool has it; argparse would say 2
DEFECT = 6  # lemlist's "anything else"
MOST_DAYS = 5 * 366  # which is all that is kept
INTERRUPTED = 130  # as shells have it for Ctrl-C


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:  # noqa: ARG002
        self.print_usage(sys.stderr)
        # argparse's own message quotes what was typed, which may be a key.
        self.exit(BAD_ARGUMENTS, f"{self.prog}: {tr('these arguments are not understood')}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    _restore_library_path()
    options = _parser().parse_args(arguments)
    environ = _take_environment()
    if options.version:
        from tray_app.cli import versions

        return versions()
    if options.command in (None, "demo"):
        from tray_app.desktop.start import run

        return run(environ, demo=options.command == "demo", verbose=options.verbose)
    if options.command == "sandbox":
        from tray_app.lemlist import sandbox

        return sandbox.main(options.port, options.story)
    from tray_app import cli

    try:
        if options.command == "status":
            return cli.status(environ, as_json=options.json)
        if options.command == "history":
            return cli.history(options.days, cli.HistoryForm(options.form))
        return cli.key_set(environ) if options.action == "set" else cli.key_remove()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from tray_app.logs import outline

        # A traceback would quote the error, and with it perhaps the key.
        places = outline(error, error.__traceback__)
        print(tr("Something went wrong inside this program."), places, file=sys.stderr)  # noqa: T201
        return DEFECT


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lemlist-credits",
        description=tr("Shows how many lemlist credits your team has left."),
        epilog=tr("Without a command, the tray icon is started."),
    )
    parser.add_argument("--version", action="store_true", help=tr("print the versions, and end"))
    parser.add_argument("--verbose", action="store_true", help=tr("log everything"))
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("demo", help=tr("the tray icon with invented figures"))
    status = commands.add_parser("status", help=tr("print the balance"))
    status.add_argument("--json", action="store_true", help=tr("as one JSON object"))
    history = commands.add_parser("history", help=tr("print what the balance has been"))
    history.add_argument("--days", type=_days, default=30, help=tr("how many, 30 by default"))
    form = history.add_mutually_exclusive_group()
    form.set_defaults(form="table")
    for name, words in (("csv", tr("every reading, as CSV")), ("json", tr("the days, as JSON"))):
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=words)
    key = commands.add_parser("key", help=tr("store or remove the API key"))
    key.add_argument(
        "action",
        choices=("set", "remove"),
        help=tr("set reads the key from standard input or a hidden prompt"),
    )
    sandbox = commands.add_parser("sandbox", help=tr("a stand-in lemlist API on this computer"))
    sandbox.add_argument("--port", type=int, default=0, help=tr("by default a free one"))
    sandbox.add_argument("--story", default="steady", help=tr("how the balance moves"))
    return parser


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(text)
    return days


def _take_environment() -> dict[str, str]:
    """Return the environment, and keep its key from programs that are started from here."""
    environ = dict(os.environ)
    os.environ.pop(KEY_VARIABLE, None)
    return environ


def _restore_library_path() -> None:
    """Give programs that are started from a bundle, as the browser, their own libraries.

    The bundle's starter points ``LD_LIBRARY_PATH`` at the bundle (PyInstaller, "Run-time
    Information"). This process has read it by now.
    """
    if sys.platform != "linux" or not getattr(sys, "frozen", False):
        return
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if original is not None:
        os.environ["LD_LIBRARY_PATH"] = original


if __name__ == "__main__":
    sys.exit(main())
