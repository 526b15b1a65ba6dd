"""The commands that need no screen. They print and return their exit code."""

import getpass
import json
import math
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from tray_app.credentials import Credentials
from tray_app.errors import Kind, Problem
from tray_app.formats import TerminalFormats
from tray_app.i18n import tr
from tray_app.lemlist.key import clean_key
from tray_app.store.folders import settings_file
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.settings import IconStyle, SettingsFile
from tray_app.view import view_of
from tray_app.watch import Reading, Snapshot, Watch, connector

CANNOT_WRITE = 6
"""The exit code when standard output takes nothing; one of "anything else" below."""

EXIT_CODES = {
    Kind.BAD_ADDRESS: 1,
    Kind.NO_KEY: 2,
    Kind.BAD_KEY: 2,
    Kind.BAD_REQUEST: 2,
    Kind.UNAUTHORIZED: 2,
    Kind.PAYMENT_REQUIRED: 2,
    Kind.FORBIDDEN: 2,
    Kind.NO_USER: 2,
    Kind.KEYCHAIN_LOCKED: 2,
    Kind.KEYCHAIN_UNAVAILABLE: 2,
    Kind.RATE_LIMITED: 3,
    Kind.OFFLINE: 4,
    Kind.TIMEOUT: 4,
    Kind.TLS: 4,
    Kind.SERVER_ERROR: 4,
    Kind.UNEXPECTED_RESPONSE: 6,
}
"""As lemlist's own command-line tool has them: 1 arguments, 2 key, 3 rate limit, 4 network or
server, 6 anything else."""


def status(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Fetch once and print the balance, for people or as one JSON object."""
    settings, complaints = SettingsFile(settings_file()).load()
    for complaint in complaints:
        _complain(complaint)
    credentials = Credentials(environ, Keychain(ACCOUNT))
    snapshot = Watch(credentials, connector(environ), None, settings).poll()
    if snapshot.reading is None:
        problem = snapshot.problem or Problem(Kind.UNEXPECTED_RESPONSE)
        if as_json:
            _print_json({"error": _error(problem)})
        return _fail(problem)
    if as_json:
        _print_json(_figures(snapshot.reading, snapshot))
    else:
        _print_figures(snapshot)
    return 0


def key_set(environ: Mapping[str, str]) -> int:
    """Read a key from standard input or a hidden prompt, check it, and store it."""
    keychain = Keychain(ACCOUNT)
    try:
        key = clean_key(_read_key())
        settings, _ = SettingsFile(settings_file()).load()
        watch = Watch(Credentials({}, keychain), connector(environ), None, settings)
        checked = watch.check(key)
        keychain.write(key)
    except Problem as problem:
        return _fail(problem)
    amount = TerminalFormats().number(checked.balance.credits)
    team = checked.team or tr("a team without a name")
    _print(tr("The key of {team} ({amount} credits) is stored.", team=team, amount=amount))
    return 0


def _read_key() -> str:
    if sys.stdin is None:  # closed
        return ""
    try:
        if sys.stdin.isatty():
            return getpass.getpass(tr("lemlist API key: "))
        return sys.stdin.readline()
    except EOFError:
        return ""
    except UnicodeDecodeError:
        raise Problem(Kind.BAD_KEY, "it has characters that no key has") from None


def key_remove() -> int:
    """Delete the key from the keychain, and see that it is gone."""
    try:
        removed = Keychain(ACCOUNT).remove()
    except Problem as problem:
        return _fail(problem)
    _print(tr("The key is removed.") if removed else tr("There was no key."))
    return 0


def _figures(reading: Reading, snapshot: Snapshot) -> dict[str, Any]:
    remaining = asdict(reading.balance)
    credits = remaining.pop("credits")
    return {
        "team": snapshot.team,
        "credits": credits,
        "remaining": {
            name: remaining[name]
            for name in ("total", "freemium", "subscription", "gifted", "paid")
        },
        "level": snapshot.level,
        "fetched_at": reading.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _error(problem: Problem) -> dict[str, Any]:
    error = {"kind": problem.kind, "title": problem.title, "message": problem.message}
    if problem.retry_after is None:
        return error
    return error | {"retry_after": math.ceil(problem.retry_after)}


def _print_figures(snapshot: Snapshot) -> None:
    view = view_of(snapshot, IconStyle.NUMBER, TerminalFormats(), datetime.now(UTC))
    _print(f"{view.team}: {view.headline}")
    label_width = max(len(row.label) for row in view.rows)
    amount_width = max(len(row.text) for row in view.rows)
    for row in view.rows:
        _print(f"  {row.label:<{label_width}}  {row.text:>{amount_width}}")


def _fail(problem: Problem) -> int:
    _complain(f"{problem.title}. {problem.message}")
    if problem.detail:
        _complain(f"({problem.detail})")
    return EXIT_CODES[problem.kind]


def _print(text: str) -> None:
    """Write a line to standard output.

    Raises:
        SystemExit: it can't be written, as to a full disk.
    """
    if sys.stdout is None:  # closed
        return
    encoding = sys.stdout.encoding
    try:
        # A terminal that lacks a character, as "·", gets a "?" for it.
        sys.stdout.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # What could not be written would be tried again, and complained of, at Python's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _complain(tr("The output can't be written: {reason}.", reason=error.strerror))
        raise SystemExit(CANNOT_WRITE) from None


def _print_json(content: dict[str, Any]) -> None:
    # ASCII, so that it can be read whatever the terminal's encoding is.
    _print(json.dumps(content))


def _complain(text: str) -> None:
    if sys.stderr is None:  # closed
        return
    with suppress(OSError):  # there is nowhere left to say it
        sys.stderr.write(f"{text}\n")
