"""``lemlist-credits history``: print what the balance has been."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from tray_app.report.exports import error_json, history_json, readings_csv, teams_readings_csv
from tray_app.report.points import first_moment
from tray_app.rules.history import Record, days_of
from tray_app.store.folders import history_file, teams_file
from tray_app.store.history_database import History
from tray_app.store.teams import TeamsFile
from tray_app.team.credentials import watched_teams
from tray_app.terminal.arguments import BAD_ARGUMENTS
from tray_app.terminal.output import (
    EXIT_CODES,
    FAILED,
    complain,
    print_json,
    print_table,
    print_text,
    say_problem,
    worst,
)
from tray_app.terminal.own_teams import find_first, find_teams, load_choices, unread_keys
from tray_app.words.command_words import (
    known_histories_words,
    left_out_words,
    no_days_words,
    no_history_title,
    no_history_words,
    read_words,
    team_and_id_words,
    whose_history_words,
)
from tray_app.words.formats import TerminalFormats
from tray_app.words.history_words import day_table, summary_tiles, tiles_words
from tray_app.words.problem_words import history_fault_words, teams_fault_words


def history(environ: Mapping[str, str], days: int, wanted: str | None, form: str | None) -> int:
    """Print the history of the last ``days`` days, as "csv", "json" or, without a form, a table.

    The team is the one that ``status --json`` is about, or the ``wanted`` one, by its name or
    identity; if ``wanted`` is empty, all teams are listed. A Problem is raised if there is no key
    to tell the team by.
    """
    past, teams = History(history_file()), TeamsFile(teams_file())
    seen = past.teams()
    team_id, name = None, ""
    if wanted is None:
        team_id, name = _first_team(environ)
    elif wanted:
        team_id, name = _team_called(environ, wanted, seen, teams)
    records = past.read(team_id) if team_id is not None else []
    past.close()
    if past.fault is not None:
        _say_why(history_fault_words(past.fault), form)
        return FAILED
    known = [team_and_id_words(teams.name_of(each), each) for each in seen]
    if wanted == "":
        if known:
            print_text("\n".join(known))
        else:
            complain(no_history_words())
    elif team_id is not None or not known:
        name = name or (teams.name_of(team_id) if team_id else "")
        _print_history(records, days, team_id, name, form)
    else:
        fault = teams.fault if wanted is None else None
        if fault is not None:
            why = teams_fault_words(fault)
        else:
            why = whose_history_words(is_named=wanted is not None)
        _say_why(why, form)
        complain(known_histories_words(known))
        return FAILED if wanted is None else BAD_ARGUMENTS
    return 0


def all_histories(environ: Mapping[str, str], days: int) -> int:
    """Print each change of the last ``days`` days of all teams of the list as CSV."""
    teams = find_teams(environ, watched_teams(environ, load_choices().teams))
    past, begin = History(history_file()), first_moment(days, int(datetime.now(UTC).timestamp()))
    told: dict[str, tuple[str, Sequence[Record]]] = {}
    unread = unread_keys(teams)  # whose histories are missing
    for problem in unread:
        say_problem(problem)
    for team in teams:
        if team.team_id is None:
            complain(left_out_words(team.name))
        elif team.team_id not in told:  # which two keys may open
            told[team.team_id] = (team.name, past.read(team.team_id, begin))
    past.close()
    if past.fault is not None:
        complain(history_fault_words(past.fault))
        return FAILED
    text = io.StringIO(newline="")
    teams_readings_csv(told.values(), text)
    print_text(text.getvalue(), end="")
    return worst(EXIT_CODES[problem.kind] for problem in unread)


def _first_team(environ: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the identity of the team that ``status --json`` is about, and the user's name for it.

    Raises:
        Problem: it has no key.
    """
    team = find_first(environ, watched_teams(environ, load_choices().teams))
    if team.problem is not None:
        raise team.problem
    return team.team_id, team.entry.name


def _team_called(
    environ: Mapping[str, str], wanted: str, seen: Iterable[str], teams: TeamsFile
) -> tuple[str | None, str]:
    """Return the identity of the team that is called so, in the list or in the history.

    ``None`` if there is no such team, or more than one; and how the user calls the team.

    Raises:
        Problem: the team's key, by which its history is known, can't be had.
    """
    entries = watched_teams(environ, load_choices().teams)
    has_names = len(entries) > 1 or entries[0].name
    own = find_teams(environ, entries) if has_names else []
    called = {each: "" for each in seen if wanted in (each, teams.name_of(each))}
    for team in own:
        if team.team_id is not None and team.is_called(wanted):
            called[team.team_id] = team.entry.name
    unread = [team.problem for team in own if team.problem and team.is_called(wanted)]
    if unread and not called:
        raise unread[0]
    return next(iter(called.items())) if len(called) == 1 else (None, "")


def _say_why(text: str, form: str | None) -> None:
    """Say why there is nothing to print."""
    if form == "json":
        print_json(error_json("history", no_history_title(), text))
    complain(text)


def _print_history(
    records: Sequence[Record], days: int, team_id: str | None, name: str, form: str | None
) -> None:
    now = datetime.now(UTC)
    begin, today = first_moment(days, int(now.timestamp())), now.astimezone().date()
    shown = [record for record in records if record.last >= begin]
    seen_at = datetime.fromtimestamp(records[-1].last, UTC) if records else None
    if form == "csv":
        text = io.StringIO(newline="")
        readings_csv(shown, text)
        print_text(text.getvalue(), end="")
        return
    each_day = days_of(records, today)[-days:]
    if form == "json":
        print_json(history_json(name, team_id, seen_at, each_day))
    elif team_id is None:
        complain(no_history_words())
    elif seen_at is None or not shown or not each_day:  # no day, as all are of the future
        complain(no_days_words(team_and_id_words(name, team_id)))
    else:
        formats = TerminalFormats()
        title = tiles_words(summary_tiles(each_day, days, None, formats)[:3])
        print_text(f"{name or team_id}: {title}")
        print_text(read_words(seen_at, formats))
        print_table(day_table(each_day, today, formats))  # the latest day stands above the prompt
