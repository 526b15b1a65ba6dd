"""The commands that need no screen. They print and return their exit code."""

import getpass
import io
import json
import logging
import math
import os
import platform
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tray_app import __version__
from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.interrupts import end_when_interrupted
from tray_app.lemlist.balance import BUCKETS
from tray_app.lemlist.key import clean_key
from tray_app.logs import outline
from tray_app.report.diagnostics import version_of
from tray_app.report.history_csv import readings_csv
from tray_app.report.history_view import HistoryView, history_of
from tray_app.rules.forecast import Forecast
from tray_app.rules.history import Day, Record, days_of
from tray_app.rules.prices import buys
from tray_app.store.folders import history_file, runtime_folder, settings_file, teams_file
from tray_app.store.history_database import History
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.settings import Settings, SettingsFile
from tray_app.store.teams import TeamsFile, mark_of
from tray_app.team.analyst import Analyst
from tray_app.team.credentials import Credentials
from tray_app.team.watch import Reading, Snapshot, Watch, connector
from tray_app.terminal.arguments import BAD_ARGUMENTS
from tray_app.terminal.running_tray import KEY_CHANGED, TRAY, tell
from tray_app.words.formats import TerminalFormats
from tray_app.words.settings_words import settings_fault_words
from tray_app.words.view import view_of

# What a command has to say, it says itself: without a handler Python prints the log's warnings.
logging.getLogger("tray_app").addHandler(logging.NullHandler())


class HistoryForm(StrEnum):
    """The forms in which the history can be printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


CANNOT_WRITE = 6
"""The exit code when standard output takes nothing; one of "anything else" below."""

CANNOT_READ = 6
"""The exit code when it can't be told what the history is."""

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
    Kind.DEFECT: 6,
}
"""As lemlist's own command-line tool has them: 1 arguments, 2 key, 3 rate limit, 4 network or
server, 6 anything else."""


def versions() -> int:
    """Print the versions of this program and of what it is made with."""
    qt = version_of("PySide6-Essentials")
    _print(f"lemlist-credits {__version__} (Python {platform.python_version()}, Qt {qt})")
    return 0


def status(environ: Mapping[str, str], *, as_json: bool) -> int:
    """Fetch once and print the balance, for people or as one JSON object."""
    settings, faults = SettingsFile(settings_file()).load()
    for fault in faults:
        _complain(settings_fault_words(fault))
    credentials = Credentials(environ, Keychain(ACCOUNT))
    past = History(history_file())
    connect = connector(environ, TeamsFile(teams_file()))
    watch = Watch(credentials, connect, None, settings, Analyst(past))
    watch.poll()
    snapshot = watch.study()
    past.close()
    if snapshot.complaint:
        _complain(snapshot.complaint)
    if snapshot.reading is None:
        problem = snapshot.problem or Problem(Kind.UNEXPECTED_RESPONSE)
        if as_json:
            _print_json({"error": _error(problem)})
        return _fail(problem)
    if as_json:
        _print_json(_figures(snapshot.reading, snapshot, settings))
    else:
        _print_figures(snapshot, settings)
    return 0


def history(
    environ: Mapping[str, str], days: int, form: HistoryForm, wanted: str | None = None
) -> int:
    """Print the history of the last ``days`` days; lemlist is asked nothing.

    It is of the team that the key opens which ``status`` would use, or of the ``wanted`` one, by
    its name or identity; if that is empty, all teams are listed.
    """
    past, teams = History(history_file()), TeamsFile(teams_file())
    seen = past.teams()
    if wanted is None:
        try:
            key = Credentials(environ, Keychain(ACCOUNT)).get().text
        except Problem as problem:
            if form is HistoryForm.JSON:
                _print_json({"error": _error(problem)})
            return _fail(problem)
        team = teams.team_of(mark_of(key))
        team_id = team.id if team is not None else None
    else:
        called = [each for each in seen if wanted in (each, teams.name_of(each))]
        team_id = called[0] if len(called) == 1 else None
    records = past.read(team_id) if team_id is not None else []
    past.close()
    if past.complaint:
        return _no_history(past.complaint, form)
    if wanted == "":
        for each in seen:
            _print(_called(each, teams))
        return 0
    if team_id is None and seen:
        code = _no_history(
            tr("Which team this key opens is not known yet: run status once, or use --team.")
            if wanted is None
            else tr("There is no history of such a team, or of more than one."),
            form,
        )
        known = ", ".join(_called(each, teams) for each in seen)
        _complain(tr("There is a history of: {teams}.", teams=known))
        return code if wanted is None else BAD_ARGUMENTS
    _print_records(records, days, form, team_id, teams)
    return 0


def _no_history(why: str, form: HistoryForm) -> int:
    """Say why there is nothing to print, and return the exit code."""
    if form is HistoryForm.JSON:
        _print_json({"error": {"kind": "history", "title": tr("No history"), "message": why}})
    _complain(why)
    return CANNOT_READ


def _called(team_id: str, teams: TeamsFile) -> str:
    name = teams.name_of(team_id)
    return tr("{name} ({identity})", name=name, identity=team_id) if name else team_id


def _print_records(
    records: Sequence[Record], days: int, form: HistoryForm, team_id: str | None, teams: TeamsFile
) -> None:
    now = datetime.now(UTC)
    today = now.astimezone().date()
    every_day = days_of(records, today)
    begin = datetime.combine(today - timedelta(days - 1), time()).timestamp()
    shown = [record for record in records if record.last >= begin]
    seen_at = datetime.fromtimestamp(records[-1].last, UTC) if records else None
    match form:
        case HistoryForm.CSV:
            text = io.StringIO(newline="")
            readings_csv(shown, text)
            _print(text.getvalue(), end="")
        case HistoryForm.JSON:
            _print_json(
                {
                    "team": (teams.name_of(team_id) or None) if team_id else None,
                    "team_id": team_id,
                    "fetched_at": _iso(seen_at) if seen_at else None,
                    "days": [_day(day) for day in every_day[-days:]],
                }
            )
        case HistoryForm.TABLE if team_id is None:
            _complain(tr("There is no history yet."))
        case HistoryForm.TABLE if seen_at is None or not shown:
            _complain(
                tr("There is no history of {team} in these days.", team=_called(team_id, teams))
            )
        case HistoryForm.TABLE:
            team = teams.name_of(team_id) or team_id
            seconds = int(now.timestamp())
            view = history_of(records, every_day, days, team, TerminalFormats(), seconds)
            _print_history(view, seen_at)


def key_set(environ: Mapping[str, str]) -> int:
    """Read a key from standard input or a hidden prompt, check it, and store it."""
    keychain = Keychain(ACCOUNT)
    try:
        key = clean_key(_read_key())
        settings, _ = SettingsFile(settings_file()).load()
        connect = connector(environ, TeamsFile(teams_file()))
        watch = Watch(Credentials({}, keychain), connect, None, settings)
        checked = watch.check(key)
        keychain.write(key)
    except Problem as problem:
        return _fail(problem)
    tell(runtime_folder(), TRAY, KEY_CHANGED)
    amount = TerminalFormats().number(checked.balance.credits)
    team = checked.team or tr("a team without a name")
    _print(tr("The key of {team} ({amount} credits) is stored.", team=team, amount=amount))
    return 0


def _read_key() -> str:
    if sys.stdin is None:  # closed
        return ""
    try:
        if sys.stdin.isatty():
            # Which ends by an exception at Ctrl-C, and has the terminal show again what is typed.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            key = getpass.getpass(tr("lemlist API key: "))
            end_when_interrupted()
            return key
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
    tell(runtime_folder(), TRAY, KEY_CHANGED)
    _print(tr("The key is removed.") if removed else tr("There was no key."))
    return 0


def defect(error: Exception, *, as_json: bool) -> int:
    """Say that this program has a defect, and where.

    A traceback would quote the error, and with it perhaps the key.
    """
    problem = Problem(Kind.DEFECT, outline(error, error.__traceback__))
    if as_json:
        _print_json({"error": _error(problem)})
    return _fail(problem)


def _figures(reading: Reading, snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
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
        "fetched_at": _iso(reading.at),
        "forecast": _forecast(snapshot.insight.forecast if snapshot.insight else None),
        "buys": buys(credits, settings.prices),
    }


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _forecast(forecast: Forecast | None) -> dict[str, Any] | None:
    if forecast is None:
        return None
    told: dict[str, Any] = {"per_working_day": round(forecast.per_working_day, 1)}
    if (runs_out := forecast.runs_out) is None:
        return told | {"runs_out": None}
    days = {"from": runs_out.earliest, "likely": runs_out.likely, "to": runs_out.latest}
    told["runs_out"] = {name: day.isoformat() if day else None for name, day in days.items()}
    return told


def _day(day: Day) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "seen": day.is_seen,
        "credits": day.close.credits,
        "remaining": {name: getattr(day.close, name) for name in BUCKETS},
        "spent": round(day.spent, 2),
        "refilled": sum(refill.amount for refill in day.refills),
    }


def _error(problem: Problem) -> dict[str, Any]:
    error = {"kind": problem.kind, "title": problem.title, "message": problem.message}
    if problem.retry_after is None:
        return error
    return error | {"retry_after": math.ceil(problem.retry_after)}


def _print_figures(snapshot: Snapshot, settings: Settings) -> None:
    view = view_of(snapshot, settings, TerminalFormats(), datetime.now(UTC))
    _print(f"{view.team}: {view.headline}")
    label_width = max(len(row.label) for row in view.rows)
    amount_width = max(len(row.text) for row in view.rows)
    for row in view.rows:
        _print(f"  {row.label:<{label_width}}  {row.text:>{amount_width}}")
    for sentence in filter(None, (view.forecast, view.buys, *view.advice)):
        _print(sentence)


def _print_history(view: HistoryView, seen_at: datetime) -> None:
    """Print the days from the oldest on, so that the latest stands above the prompt."""
    _print(f"{view.team}: {view.title}")
    _print(tr("Figures from {time}.", time=TerminalFormats().day_and_time(seen_at)))
    rows = (view.day_headings, *reversed(view.day_rows))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        amounts = (f"{text:>{width}}" for text, width in zip(rest, widths[1:], strict=True))
        _print("  ".join((f"{first:<{widths[0]}}", *amounts)).rstrip())


def _fail(problem: Problem) -> int:
    _complain(f"{problem.title}. {problem.message}")
    if problem.detail:
        _complain(f"({problem.detail})")
    return EXIT_CODES[problem.kind]


def _print(text: str, end: str = "\n") -> None:
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
