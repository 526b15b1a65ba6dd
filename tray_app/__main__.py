"""The command line: what to start."""

import os
import sys
from collections.abc import Mapping, Sequence

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
        from tray_app.terminal import cli

        return cli.defect(error, as_json="--json" in arguments)


def _run(arguments: Sequence[str]) -> int:
    _restore_library_path()
    environ = _take_environment()
    if not arguments:  # as at each login, when the icon does not wait for the words of the others
        return _tray(environ)
    if list(arguments) == ["keychain"]:  # the program's own, started by store/keychain.py
        from tray_app.store.keychain_process import serve

        return serve()
    from tray_app.terminal.arguments import argument_parser

    options = argument_parser().parse_args(arguments)
    if options.version:
        from tray_app.terminal.cli import versions

        return versions()
    if options.command in (None, "demo"):
        return _tray(environ, demo=options.command == "demo", verbose=options.verbose)
    if options.command == "sandbox":
        from tray_app import sandbox

        return sandbox.main(options.port, options.story)
    from tray_app.terminal import cli

    if options.command == "status":
        return cli.status(environ, as_json=options.json)
    if options.command == "history":
        return cli.history(environ, options.days, cli.HistoryForm(options.form), options.team)
    return cli.key_set(environ) if options.action == "set" else cli.key_remove()


def _tray(environ: Mapping[str, str], *, demo: bool = False, verbose: bool = False) -> int:
    from tray_app.desktop.start import run

    return run(environ, demo=demo, verbose=verbose)


def _take_environment() -> dict[str, str]:
    """Return the environment, and keep its key from programs that are started from here."""
    from tray_app.lemlist.key import KEY_VARIABLE

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
