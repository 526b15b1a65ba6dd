"""The command line: what to start."""

import os
import stat
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tray_app.interrupts import INTERRUPTED, end_when_interrupted
from tray_app.lemlist.key import KEY_VARIABLE

if TYPE_CHECKING:
    from argparse import Namespace

KEYCHAIN = "keychain"
"""The command by which store/keychain.py starts this program to ask the keychain."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    end_when_interrupted()
    _open_standard_streams()
    arguments = sys.argv[1:] if arguments is None else arguments
    environ = _take_environment()
    try:
        return _run(arguments, environ)
    except KeyboardInterrupt:  # at the hidden prompt, which leaves the terminal as it was
        return INTERRUPTED
    except Exception as error:
        from tray_app.errors import Kind, Problem
        from tray_app.logs import outline
        from tray_app.terminal.output import Refusal, fail, refuse

        # argparse accepts abbreviations of "--json", too.
        as_json = any(each.startswith("--j") for each in arguments)
        if isinstance(error, Refusal):
            return refuse(error, as_json=as_json)
        if not isinstance(error, Problem):
            # A traceback would quote the error, and with it perhaps the key.
            error = Problem(Kind.DEFECT, outline(error, error.__traceback__))
        return fail(error, as_json=as_json)


def _open_standard_streams() -> None:
    """Have closed standard streams lead nowhere, as some start programs without them.

    Else their numbers are those of the next sockets that are opened, and what a library writes to
    standard error ends the connection to the desktop.
    """
    if sys.platform == "win32":
        return
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # It takes the lowest number that is free, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    if list(arguments) != [KEYCHAIN]:
        _warn_root()
    if not arguments:  # as at each login, when the icon does not wait for the parser's import
        return _tray(environ)
    if list(arguments) == [KEYCHAIN]:
        from tray_app.store.keychain_process import serve

        return serve()
    from tray_app.terminal.arguments import argument_parser

    options = argument_parser().parse_args(arguments)
    if options.version:
        from tray_app.report.diagnostics import versions
        from tray_app.terminal.output import print_text

        print_text(versions())
        return 0
    return _run_command(options, environ)


def _run_command(options: "Namespace", environ: Mapping[str, str]) -> int:
    match options.command:
        case "sandbox":
            from tray_app.sandbox.command import sandbox

            return sandbox(options.port, options.story)
        case "status":
            from tray_app.terminal.status_command import status

            return status(environ, options.team, every=options.all, as_json=options.json)
        case "history":
            from tray_app.terminal.history_command import all_histories, history

            if options.all:
                return all_histories(environ, options.days)
            return history(environ, options.days, options.team, options.form)
        case "key":
            from tray_app.terminal.key_commands import key_remove, key_set

            if options.action == "set":
                return key_set(environ, options.team)
            return key_remove(options.team)
        case "teams":
            from tray_app.terminal.teams_commands import teams

            return teams(environ, options)
    demo = options.teams if options.command == "demo" else 0
    return _tray(environ, demo=demo, verbose=options.verbose)


def _take_environment() -> dict[str, str]:
    """Return the environment as it should be, without its key for what this program starts.

    A bundle's starter points ``LD_LIBRARY_PATH`` at the bundle (PyInstaller, "Run-time
    Information"). This process has read the variable by now; the browser needs the original.
    """
    if sys.platform == "linux" and getattr(sys, "frozen", False):
        original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
        os.environ.pop("LD_LIBRARY_PATH", None)
        if original is not None:
            os.environ["LD_LIBRARY_PATH"] = original
    _name_session_bus()
    environ = dict(os.environ)
    os.environ.pop(KEY_VARIABLE, None)
    return environ


def _warn_root() -> None:
    if sys.platform != "win32" and os.geteuid() == 0:
        from tray_app.store.folders import is_anothers

        if is_anothers(Path(os.environ.get("HOME", "/"))):
            from tray_app.terminal.output import complain
            from tray_app.words.command_words import root_words

            complain(root_words())


def _name_session_bus() -> None:
    """Name the session's bus where no variable does, as in a job of cron and after some logins.

    systemd's bus is found by this place alone (sd_bus_open_user(3)); the libraries for icon,
    keychain and notifications look at the variable. A bus of somebody else is none.
    """
    if sys.platform != "linux" or os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return
    bus = f"{os.environ.get('XDG_RUNTIME_DIR') or f'/run/user/{os.getuid()}'}/bus"
    with suppress(OSError):
        there = os.stat(bus)  # noqa: PTH116  (start)
        is_ours = stat.S_ISSOCK(there.st_mode) and there.st_uid == os.getuid()
        if bus.startswith("/") and is_ours:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"


def _tray(environ: Mapping[str, str], *, demo: int = 0, verbose: bool = False) -> NoReturn:
    from tray_app.desktop.start import run

    code = run(environ, demo=demo, verbose=verbose)
    # Not sys.exit(): threads that nobody waits for go on, and one that still imports would crash
    # the process while Python is taken down.
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
