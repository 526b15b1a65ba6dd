"""The command line: what to start."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from tray_app.interrupts import INTERRUPTED, end_when_interrupted


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    end_when_interrupted()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return _run(arguments)
    except KeyboardInterrupt:  # at the hidden prompt, which leaves the terminal as it was
        return INTERRUPTED
    except Exception as error:
        from tray_app.terminal.output import fail_by_defect

        return fail_by_defect(error, as_json="--json" in arguments)


def _run(arguments: Sequence[str]) -> int:
    from tray_app.terminal.environment import take_environment

    environ = take_environment()
    if not arguments:  # as at each login, when the icon does not wait for the words of the others
        return _tray(environ)
    if list(arguments) == ["keychain"]:  # the program's own, started by store/keychain.py
        from tray_app.store.keychain_process import serve

        return serve()
    from tray_app.terminal.arguments import argument_parser

    options = argument_parser().parse_args(arguments)
    if options.version:
        from tray_app.terminal.versions_command import versions

        return versions()
    if options.command in (None, "demo"):
        return _tray(environ, demo=options.command == "demo", verbose=options.verbose)
    if options.command == "sandbox":
        from tray_app.sandbox.command import sandbox

        return sandbox(options.port, options.story)
    if options.command == "status":
        from tray_app.terminal.status_command import status

        return status(environ, as_json=options.json)
    if options.command == "history":
        from tray_app.terminal.history_command import HistoryForm, history

        return history(environ, options.days, HistoryForm(options.form), options.team)
    from tray_app.terminal.key_commands import key_remove, key_set

    return key_set(environ) if options.action == "set" else key_remove()


def _tray(environ: Mapping[str, str], *, demo: bool = False, verbose: bool = False) -> NoReturn:
    from tray_app.desktop.start import run

    code = run(environ, demo=demo, verbose=verbose)
    # Without taking Python down: threads that nobody waits for go on, and one that still imports
    # what the tray needs then crashes the process.
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
