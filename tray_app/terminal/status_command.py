"""``lemlist-credits status``: ask once, and print the balance of a team, or of all teams."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tray_app.errors import Kind, Problem
from tray_app.logs import outline
from tray_app.report.exports import problem_json, status_json, teams_json
from tray_app.report.team_views import TeamView, team_names, team_view
from tray_app.report.view import view_of
from tray_app.store.folders import history_file
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.api import Api, Connector
from tray_app.team.credentials import watched_teams
from tray_app.team.watch import Snapshot, Watch
from tray_app.terminal.output import (
    EXIT_CODES,
    KeyProblem,
    complain,
    fail,
    print_json,
    print_table,
    print_text,
    say_problem,
    shortened_for_table,
    worst,
)
from tray_app.terminal.own_teams import (
    OwnTeam,
    find_first,
    find_teams,
    load_choices,
    the_team,
)
from tray_app.words.command_words import status_headings
from tray_app.words.formats import TerminalFormats
from tray_app.words.problem_words import history_fault_words


def status(
    environ: Mapping[str, str], wanted: str | None = None, *, every: bool = False, as_json: bool
) -> int:
    """Ask lemlist once and print the balance, for people or as one JSON object.

    It is that of the team that is called as ``wanted``; or where ``every`` team is meant, and for
    people who have several, of all. Else it is the first team's. Returns the exit code.
    """
    choices = load_choices(uses_settings=True)
    entries = watched_teams(environ, choices.teams)
    has_several = len(entries) > 1
    if every or (wanted is None and has_several and not as_json):
        return _all(environ, find_teams(environ, entries), choices.settings, as_json=as_json)
    if wanted is not None:
        team = the_team(find_teams(environ, entries), wanted)
    else:
        team = find_first(environ, entries)
    settings = choices.settings.with_own(team.entry.own)
    snapshot = _ask(Connector(environ), settings, team)
    if snapshot.history_fault is not None:
        complain(history_fault_words(snapshot.history_fault))
    if snapshot.reading is None:
        problem = snapshot.problem or Problem(Kind.UNEXPECTED_RESPONSE)
        return fail(KeyProblem(problem, team.key_origin), as_json=as_json)
    if as_json:
        print_json(status_json(snapshot.reading, snapshot, settings, team.entry.name))
    else:
        _print_figures(snapshot, settings, team.entry.name)
    return 0


def _ask(connect: Callable[[str], Api], settings: Settings, team: OwnTeam) -> Snapshot:
    """Ask lemlist for one team, and its history what the answer means."""
    if team.problem is not None:
        return Snapshot(problem=team.problem)
    past = History(history_file())
    watch = Watch(team.credentials, connect, None, settings, Analyst(past))
    watch.poll()
    snapshot = watch.study()
    past.close()
    return snapshot


def _print_figures(snapshot: Snapshot, settings: Settings, name: str) -> None:
    view = view_of(snapshot, settings, TerminalFormats(), datetime.now(UTC), name)
    print_text(f"{view.team}: {view.headline}")
    print_table([(row.label, row.text) for row in view.rows], indent="  ")
    for sentence in filter(None, (view.forecast, view.buys, view.advice, view.expiry)):
        print_text(sentence)


# --- all teams ----------------------------------------------------------------------------------


def _all(
    environ: Mapping[str, str], teams: Sequence[OwnTeam], settings: Settings, *, as_json: bool
) -> int:
    """Ask for all teams, some at a time, and print what is known of each."""
    each_settings = [settings.with_own(team.entry.own) for team in teams]
    ask = partial(_ask_safely, Connector(environ))  # the requests of one connector take turns
    with ThreadPoolExecutor(len(teams)) as pool:
        snapshots = list(pool.map(ask, each_settings, teams))
    # lemlist may call a team otherwise than when it was asked last.
    names = team_names(
        [
            (team.entry, snapshot.team or team.lemlists)
            for team, snapshot in zip(teams, snapshots, strict=True)
        ]
    )
    faults = {snapshot.history_fault: None for snapshot in snapshots if snapshot.history_fault}
    for fault in faults:
        complain(history_fault_words(fault))
    teams = [replace(team, name=name) for team, name in zip(teams, names, strict=True)]
    found = list(zip(teams, snapshots, each_settings, strict=True))
    if as_json:
        print_json(teams_json(_object(*each) for each in found))
    else:
        formats, now = TerminalFormats(), datetime.now(UTC)
        views = [
            team_view(team.entry.account, team.name, snapshot, own, formats, now)
            for team, snapshot, own in found
        ]
        views.sort(key=lambda view: view.need)
        print_table([status_headings(), *map(_row, views)], left=(0, 1, 3))
    for team, snapshot, _own in found:
        if snapshot.problem is not None:
            say_problem(KeyProblem(snapshot.problem, team.key_origin), whose=team.name)
    return worst(
        EXIT_CODES[snapshot.problem.kind] if snapshot.problem else 0 for snapshot in snapshots
    )


def _row(team: TeamView) -> tuple[str, ...]:
    view = team.view
    lasts = view.lasts if view.trouble is None else view.trouble.title
    return shortened_for_table(team.name), view.level, view.total, lasts


def _object(
    team: OwnTeam, snapshot: Snapshot, settings: Settings
) -> tuple[str, str | None, dict[str, Any]]:
    problem = snapshot.problem or Problem(Kind.UNEXPECTED_RESPONSE)
    told = problem_json(problem, team.key_origin)
    if snapshot.reading is not None:
        told = status_json(snapshot.reading, snapshot, settings, team.name)
    return team.name, snapshot.team_id or team.team_id, told


def _ask_safely(connect: Callable[[str], Api], settings: Settings, team: OwnTeam) -> Snapshot:
    """Ask for one team; a defect that this meets keeps no other team from being told of."""
    try:
        return _ask(connect, settings, team)
    except Exception as error:
        return Snapshot(problem=Problem(Kind.DEFECT, outline(error, error.__traceback__)))
