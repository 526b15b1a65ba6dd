"""``lemlist-credits teams``: list the teams, add, remove or rename one."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace as replaced

from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.report.team_views import team_names
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, runtime_folder, settings_file
from tray_app.store.history_database import History
from tray_app.store.keychain import Keychain
from tray_app.store.settings import (
    FIRST_ACCOUNT,
    LONGEST_CHOSEN_NAME,
    MOST_TEAMS,
    Choices,
    SettingsFile,
)
from tray_app.team import list_changes
from tray_app.team.api import Checked, Connector, check_key
from tray_app.team.credentials import watched_teams
from tray_app.terminal.key_commands import read_key
from tray_app.terminal.output import (
    EXIT_CODES,
    FAILED,
    KeyProblem,
    Refusal,
    complain,
    confirmed,
    key_from,
    plain,
    print_table,
    print_text,
    say_problem,
    shortened_for_table,
    worst,
)
from tray_app.terminal.own_teams import (
    NO_KEY,
    STORED,
    OwnTeam,
    find_teams,
    load_choices,
    the_team,
    unread_keys,
)
from tray_app.terminal.running_tray import KEY_CHANGED, SETTINGS_CHANGED, tell_all
from tray_app.words import team_words
from tray_app.words.command_words import KeyOrigin, key_stored_words, variable_wins_words
from tray_app.words.formats import TerminalFormats
from tray_app.words.problem_words import history_fault_words

_ADDED = KeyOrigin(can_be_variable=False, command="lemlist-credits teams add")
"""Of a key that is added: as a rule there is a first team already."""


def teams(environ: Mapping[str, str], options: Namespace) -> int:
    """Do what the options of ``teams`` say, by default list the teams; return the exit code."""
    match options.action:
        case "add":
            return add_team(environ, replace=options.replace)
        case "remove":
            return remove_team(options.name, with_history=options.history, is_sure=options.yes)
        case "rename":
            return rename_team(options.name, options.new_name)
    return list_teams(environ)


def list_teams(environ: Mapping[str, str]) -> int:
    """Print how the teams are called, and whether each has a key; return the exit code."""
    teams = find_teams(environ, watched_teams(environ, load_choices().teams))
    first = teams[0]
    lacks_key = first.problem is not None and first.problem.kind is Kind.NO_KEY
    if len(teams) == 1 and lacks_key and not first.entry.name:
        complain(team_words.no_teams_words())
        return 0
    rows = [
        (
            shortened_for_table(team.name),
            _key_words(team),
            shortened_for_table(team.lemlists) if team.lemlists != team.name else "",
        )
        for team in teams
    ]
    renamed = any(lemlists for _, _, lemlists in rows)
    columns = 3 if renamed else 2
    print_table([row[:columns] for row in (team_words.list_headings(), *rows)], left=range(3))
    unread = unread_keys(teams)
    for problem in unread:
        say_problem(problem)
    return worst(EXIT_CODES[problem.kind] for problem in unread)


def _key_words(team: OwnTeam) -> str:
    kind = team.problem.kind if team.problem else None
    return team_words.key_words(kind, uses_variable=team.uses_variable)


# --- add ----------------------------------------------------------------------------------------


def add_team(environ: Mapping[str, str], *, replace: bool) -> int:
    """Read a key, check it, and store it as that of a team in the list or of a new one.

    Raises:
        Problem: the key is no good, or can't be checked or stored.
        Refusal: there are too many teams, or nobody can be asked about a key that is replaced.
    """
    file, choices = _load()
    if file is None:
        return FAILED
    with key_from(_ADDED):
        return _add(environ, file, choices, replace=replace)


def _add(environ: Mapping[str, str], file: SettingsFile, choices: Choices, *, replace: bool) -> int:
    key = read_key()
    checked = check_key(Connector(environ), key)
    teams = find_teams(STORED, choices.teams, prompt=True)
    for team in teams:
        if team.problem is not None and team.problem.kind not in NO_KEY:
            # It may be of the same team. Who has no keychain and no team yet can do without both.
            is_none_yet = team.is_only and not environ.get(KEY_VARIABLE)
            has_no_store = team.problem.kind is Kind.KEYCHAIN_UNAVAILABLE
            can_be_variable = is_none_yet and has_no_store and team.problem.origin.can_be_variable
            raise KeyProblem(team.problem, _ADDED._replace(can_be_variable=can_be_variable))
    there = next((team for team in teams if team.opens(key, checked.team_id)), None)
    if there is not None and there.key == key:
        print_text(team_words.has_key_words(there.name))
        return 0
    if there is not None and not _may_replace(there, replace=replace):
        complain(team_words.unchanged_words())
        return 0
    place = there or _empty_place(teams, checked)
    if place is None:
        account = _store_new(file, teams, key)
    else:
        account = place.entry.account
        Keychain(account).write(key)
    tell_all(runtime_folder(), KEY_CHANGED if place else SETTINGS_CHANGED)
    print_text(key_stored_words(checked.team, checked.balance.credits, TerminalFormats()))
    if environ.get(KEY_VARIABLE) and account == FIRST_ACCOUNT:
        complain(variable_wins_words())
    return 0


def _may_replace(team: OwnTeam, *, replace: bool) -> bool:
    is_sure = replace or confirmed(team_words.replace_question(team.name))
    if is_sure is None:
        raise Refusal(team_words.say_replace_words(team.name))
    return is_sure


def _empty_place(teams: Sequence[OwnTeam], checked: Checked) -> OwnTeam | None:
    """Return the team without a key whose place the new key is to have, if there is one.

    A team whose key was lost keeps its place, for which its name, its own choices and its alerts
    speak; but the only team of a list gets any key. For instance, with "Acme", whose key was lost,
    and a place that was never used:

    ========================================= ===============================
    a key of the team that Acme's alerts name "Acme"
    any other key                             the place that was never used
    one more key                              a place of its own
    ========================================= ===============================
    """
    keyless = [team for team in teams if team.key is None]
    if len(teams) == 1 and keyless:
        return keyless[0]
    alerted = {team.entry.account: _alerted_team(team) for team in keyless}
    for team in keyless:
        if checked.team_id is not None and alerted[team.entry.account] == checked.team_id:
            return team
    for team in keyless:
        if not (team.entry.name or team.entry.own or alerted[team.entry.account]):
            return team
    return None


def _alerted_team(team: OwnTeam) -> str | None:
    """Return lemlist's identity of the team that was alerted about here."""
    return AlertsFile(alerts_file(), team.entry.account).load().team_id


def _store_new(file: SettingsFile, teams: Sequence[OwnTeam], key: str) -> str:
    """Store the key of a team that is added to the list, and return the team's account."""
    if len(teams) >= MOST_TEAMS:
        raise Refusal(team_words.too_many_words(MOST_TEAMS))
    try:
        return list_changes.add_team(file, Keychain(FIRST_ACCOUNT), key)
    except OSError as error:
        raise _unsaved(error) from None
    except ValueError:
        raise Refusal(team_words.too_many_words(MOST_TEAMS)) from None


# --- remove and rename --------------------------------------------------------------------------


def remove_team(wanted: str, *, with_history: bool, is_sure: bool) -> int:
    """Remove a team's key, its place in the list and what was said of it, maybe its history.

    Raises:
        Problem: the key can't be removed; then all is as it was.
        Refusal: the team is not clear, or nobody can be asked.
    """
    file, choices = _load()
    if file is None:
        return FAILED
    teams = find_teams(STORED, choices.teams, prompt=True)
    team = the_team(teams, wanted)
    team_id = team.team_id or _alerted_team(team)
    if with_history:
        _check_history(team, team_id, teams)
    if not is_sure:
        answer = confirmed(team_words.remove_question(team.name, with_history=with_history))
        if answer is None:
            raise Refusal(team_words.say_yes_words(team.name))
        if not answer:
            complain(team_words.unchanged_words())
            return 0
    try:
        with key_from(KeyOrigin(can_be_variable=len(teams) == 1)):
            list_changes.remove_team(file, Keychain(FIRST_ACCOUNT), team.entry.account)
    except OSError as error:
        raise _unsaved(error) from None
    tell_all(runtime_folder(), SETTINGS_CHANGED)
    if len(teams) == 1:
        tell_all(runtime_folder(), KEY_CHANGED)  # the place in the list stays, without a key
    if with_history and team_id is not None:
        past = History(history_file())
        past.remove(team_id)
        past.close()
        if past.fault is not None:
            complain(history_fault_words(past.fault))
            return FAILED
    print_text(team_words.removed_words(team.name, with_history=with_history))
    return 0


def _check_history(team: OwnTeam, team_id: str | None, teams: Sequence[OwnTeam]) -> None:
    """Refuse to remove a history that is not known to be this team's alone."""
    if team_id is None:
        raise Refusal(team_words.unknown_history_words(team.name))
    for other in teams:
        if other is not team and other.team_id == team_id:
            raise Refusal(team_words.shared_history_words(team.name, other.name))


def rename_team(wanted: str, new_name: str) -> int:
    """Call a team otherwise, or, with an empty name, as lemlist does."""
    file, choices = _load()
    if file is None:
        return FAILED
    teams = find_teams(STORED, choices.teams, prompt=True)
    team = the_team(teams, wanted)
    new = plain(new_name)[:LONGEST_CHOSEN_NAME].strip()
    try:
        file.rename_team(team.entry.account, new)
    except OSError as error:
        raise _unsaved(error) from None
    tell_all(runtime_folder(), SETTINGS_CHANGED)
    entries = [replaced(each.entry, name=new) if each is team else each.entry for each in teams]
    lemlists = [each.lemlists for each in teams]
    names = team_names(list(zip(entries, lemlists, strict=True)))
    print_text(team_words.renamed_words(team.name, names[teams.index(team)]))
    return 0


# --- the list -----------------------------------------------------------------------------------


def _load() -> tuple[SettingsFile | None, Choices]:
    """Return the file of the teams and what it holds; no file if nothing can be changed there."""
    file = SettingsFile(settings_file())
    choices = load_choices(file)
    if not choices.is_whole:
        complain(team_words.fixed_list_words())
        return None, choices
    return file, choices


def _unsaved(error: OSError) -> Problem:
    return Problem(Kind.LIST_UNSAVED, error.strerror or type(error).__name__)
