"""``lemlist-credits history``: print what the balance has been."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tray_app.errors import Problem
from tray_app.i18n import tr
from tray_app.report.history_csv import readings_csv
from tray_app.report.history_view import HistoryView, history_of
from tray_app.report.json_objects import error_json, history_json
from tray_app.rules.history import Record, days_of
from tray_app.rules.local_time import MIDNIGHT
from tray_app.store.folders import history_file, teams_file
from tray_app.store.history_database import History
from tray_app.store.keychain import ACCOUNT, Keychain
from tray_app.store.teams import TeamsFile, mark_of
from tray_app.team.credentials import Credentials
from tray_app.terminal.exit_codes import BAD_ARGUMENTS, CANNOT_READ
from tray_app.terminal.output import complain, fail, print_json, print_text
from tray_app.words.file_words import history_fault_words
from tray_app.words.formats import TerminalFormats


class HistoryForm(StrEnum):
    """The forms in which the history can be printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


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
            key = Credentials(environ, Keychain(ACCOUNT)).get()
        except Problem as problem:
            return fail(problem, as_json=form is HistoryForm.JSON)
        team = teams.team_of(mark_of(key))
        team_id = team.id if team is not None else None
    else:
        called = [each for each in seen if wanted in (each, teams.name_of(each))]
        team_id = called[0] if len(called) == 1 else None
    records = past.read(team_id) if team_id is not None else []
    past.close()
    if past.fault is not None:
        return _no_history(history_fault_words(past.fault), form)
    if wanted == "":
        for each in seen:
            print_text(_called(each, teams))
        if not seen:
            complain(_no_history_yet())
        return 0
    if team_id is None and seen:
        code = _no_history(
            tr("Which team this key opens is not known yet: run status once, or use --team.")
            if wanted is None
            else tr("There is no history of such a team, or of more than one."),
            form,
        )
        known = ", ".join(_called(each, teams) for each in seen)
        complain(tr("There is a history of: {teams}.", teams=known))
        return code if wanted is None else BAD_ARGUMENTS
    _print_records(records, days, form, team_id, teams)
    return 0


def _no_history(why: str, form: HistoryForm) -> int:
    """Say why there is nothing to print, and return the exit code."""
    if form is HistoryForm.JSON:
        print_json(error_json("history", tr("No history"), why))
    complain(why)
    return CANNOT_READ


def _no_history_yet() -> str:
    return tr("There is no history yet.")


def _called(team_id: str, teams: TeamsFile) -> str:
    name = teams.name_of(team_id)
    return tr("{name} ({identity})", name=name, identity=team_id) if name else team_id


def _print_records(
    records: Sequence[Record], days: int, form: HistoryForm, team_id: str | None, teams: TeamsFile
) -> None:
    now = datetime.now(UTC)
    today = now.astimezone().date()
    every_day = days_of(records, today)
    begin = datetime.combine(today - timedelta(days - 1), MIDNIGHT).timestamp()
    shown = [record for record in records if record.last >= begin]
    seen_at = datetime.fromtimestamp(records[-1].last, UTC) if records else None
    match form:
        case HistoryForm.CSV:
            text = io.StringIO(newline="")
            readings_csv(shown, text)
            print_text(text.getvalue(), end="")
        case HistoryForm.JSON:
            name = teams.name_of(team_id) if team_id else ""
            print_json(history_json(name, team_id, seen_at, every_day[-days:]))
        case HistoryForm.TABLE if team_id is None:
            complain(_no_history_yet())
        case HistoryForm.TABLE if seen_at is None or not shown:
            complain(
                tr("There is no history of {team} in these days.", team=_called(team_id, teams))
            )
        case HistoryForm.TABLE:
            team = teams.name_of(team_id) or team_id
            seconds = int(now.timestamp())
            view = history_of(records, every_day, days, team, TerminalFormats(), seconds)
            _print_history(view, seen_at)


def _print_history(view: HistoryView, seen_at: datetime) -> None:
    """Print the days from the oldest on, so that the latest stands above the prompt."""
    print_text(f"{view.team}: {view.title}")
    print_text(tr("Figures from {time}.", time=TerminalFormats().day_and_time(seen_at)))
    rows = (view.day_headings, *reversed(view.day_rows))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        amounts = (f"{text:>{width}}" for text, width in zip(rest, widths[1:], strict=True))
        print_text("  ".join((f"{first:<{widths[0]}}", *amounts)).rstrip())
