"""``lemlist-credits history``: print what the balance has been."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tray_app.errors import Problem
from tray_app.i18n import tr
from tray_app.report.exports import error_json, history_json, readings_csv
from tray_app.report.history_view import HistoryView, history_of
from tray_app.report.points import first_moment
from tray_app.rules.history import Record, days_of
from tray_app.store.folders import history_file, teams_file
from tray_app.store.history_database import History
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.teams import TeamsFile, mark_of
from tray_app.team.credentials import Credentials
from tray_app.terminal.exit_codes import BAD_ARGUMENTS, CANNOT_READ
from tray_app.terminal.output import complain, fail, print_json, print_text
from tray_app.words.command_words import (
    figures_from_words,
    known_teams_words,
    no_history_words,
    team_words,
    unknown_team_words,
)
from tray_app.words.formats import TerminalFormats
from tray_app.words.problem_words import history_fault_words


def history(
    environ: Mapping[str, str], days: int, wanted: str | None, *, as_csv: bool, as_json: bool
) -> int:
    """Print the history of the last ``days`` days; lemlist is asked nothing.

    It is of the team that the key opens which ``status`` would use, or of the ``wanted`` one, by
    its name or identity; if that is empty, all teams are listed.
    """
    past, teams = History(history_file()), TeamsFile(teams_file())
    seen = past.teams()
    if wanted is None:
        try:
            key = Credentials(environ, Keychain(ACCOUNT)).get()
        except Problem as problem:
            return fail(problem, as_json=as_json)
        team = teams.team_of(mark_of(key))
        team_id = team.id if team is not None else None
    else:
        called = [each for each in seen if wanted in (each, teams.name_of(each))]
        team_id = called[0] if len(called) == 1 else None
    records = past.read(team_id) if team_id is not None else []
    past.close()
    if past.fault is not None:
        _say_why(history_fault_words(past.fault), as_json=as_json)
        return CANNOT_READ
    known = [team_words(each, teams.name_of(each)) for each in seen]
    if wanted == "":
        for each in known:
            print_text(each)
        if not known:
            complain(no_history_words())
        return 0
    if team_id is None and known:
        _say_why(unknown_team_words(of_key=wanted is None), as_json=as_json)
        complain(known_teams_words(known))
        return CANNOT_READ if wanted is None else BAD_ARGUMENTS
    name = teams.name_of(team_id) if team_id else ""
    _print_history(records, days, team_id, name, as_csv=as_csv, as_json=as_json)
    return 0


def _print_history(
    records: Sequence[Record],
    days: int,
    team_id: str | None,
    name: str,
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    now = datetime.now(UTC)
    seconds = int(now.timestamp())
    begin = first_moment(days, seconds)
    shown = [record for record in records if record.last >= begin]
    seen_at = datetime.fromtimestamp(records[-1].last, UTC) if records else None
    if as_csv:
        text = io.StringIO(newline="")
        readings_csv(shown, text)
        print_text(text.getvalue(), end="")
    elif as_json:
        print_json(
            history_json(name, team_id, seen_at, days_of(records, now.astimezone().date())[-days:])
        )
    elif team_id is None or seen_at is None or not shown:
        complain(no_history_words(team_words(team_id, name) if team_id else ""))
    else:
        formats = TerminalFormats()
        view = history_of(records, days, name or team_id, formats, seconds)
        print_text(f"{view.team}: {view.title}")
        print_text(figures_from_words(seen_at, formats))
        _print_days(view)


def _say_why(text: str, *, as_json: bool) -> None:
    """Say why there is nothing to print."""
    if as_json:
        print_json(error_json("history", tr("No history"), text))
    complain(text)


def _print_days(view: HistoryView) -> None:
    """Print the days from the oldest on, so that the latest stands above the prompt."""
    headings, *days = view.day_table
    rows = (headings, *reversed(days))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        amounts = (f"{text:>{width}}" for text, width in zip(rest, widths[1:], strict=True))
        print_text("  ".join((f"{first:<{widths[0]}}", *amounts)).rstrip())
