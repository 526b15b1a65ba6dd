"""The user's teams as a command finds them: how each is called, its key, and which one is meant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.report.team_views import team_names
from tray_app.store.file_fault import FileFault
from tray_app.store.folders import settings_file, teams_file
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT, Choices, SettingsFile, TeamEntry
from tray_app.store.teams import TeamsFile, mark_of
from tray_app.team.credentials import Credentials, accounts_with_stored_keys
from tray_app.terminal.output import KeyProblem, Refusal, complain, plain
from tray_app.words.command_words import (
    KeyOrigin,
    key_set_command,
    unclear_team_words,
    waiting_words,
)
from tray_app.words.formats import TerminalFormats
from tray_app.words.settings_words import settings_fault_words

STORED: Mapping[str, str] = {}
"""An environment without a key: what is found by it is what the keychain holds."""

NO_KEY = (Kind.NO_KEY, Kind.BAD_KEY)
"""The problems of a team that has no key which could be used."""

_HIDES_NAMES = (Kind.KEYCHAIN_LOCKED, Kind.KEYCHAIN_WAITING, Kind.KEYCHAIN_UNAVAILABLE)


@dataclass(frozen=True)
class OwnTeam:
    """A team of the user's list."""

    entry: TeamEntry
    name: str
    """No other team of the list is called so."""
    lemlists: str
    """How lemlist calls the team; empty if that is not known."""
    team_id: str | None
    """As lemlist has it; ``None`` if that is not known."""
    credentials: Credentials
    key: str | None
    why_keyless: Problem | None
    uses_variable: bool
    """Whether the key is that of the environment."""
    is_only: bool
    """Whether the list has no other team."""

    @property
    def key_origin(self) -> KeyOrigin:
        """Where the key comes from, and which command sets another one."""
        is_first = self.entry.account == FIRST_ACCOUNT
        command = key_set_command("" if self.is_only else self.name)
        return KeyOrigin(self.uses_variable, is_first, command)

    @property
    def problem(self) -> KeyProblem | None:
        """Why there is no key, and what helps."""
        return KeyProblem(self.why_keyless, self.key_origin) if self.why_keyless else None

    @property
    def words(self) -> str:
        """The name, with the identity by which the team can be asked for."""
        return f"{self.name} ({self.team_id})" if self.team_id else self.name

    def opens(self, key: str, team_id: str | None) -> bool:
        """Tell whether a key, which opens the team of an identity, is one of this team's."""
        return key == self.key or (team_id is not None and team_id == self.team_id)

    def is_called(self, wanted: str) -> bool:
        """Tell whether the user may mean this team."""
        wanted = plain(wanted)
        called = (self.name, self.entry.name, self.lemlists, self.team_id)
        return bool(wanted) and wanted in called


def load_choices(file: SettingsFile | None = None, *, uses_settings: bool = False) -> Choices:
    """Return the settings and the list of teams, and say what that matters can't be used."""
    choices = (file or SettingsFile(settings_file())).load()
    for fault in choices.faults:
        if uses_settings or isinstance(fault, FileFault):
            complain(settings_fault_words(fault, TerminalFormats()))
    return choices


def find_first(environ: Mapping[str, str], entries: Sequence[TeamEntry]) -> OwnTeam:
    """Find the key of the team that is meant where none is named, and no other key.

    It is the environment's team, or else the first.
    """
    first = entries[0]
    if environ.get(KEY_VARIABLE):
        first = next(entry for entry in entries if entry.account == FIRST_ACCOUNT)
    (team,) = find_teams(environ, [first])
    names = team_names([(each, team.lemlists if each is first else "") for each in entries])
    return replace(team, name=names[entries.index(first)], is_only=len(entries) == 1)


def find_teams(
    environ: Mapping[str, str], entries: Iterable[TeamEntry], *, prompt: bool = False
) -> list[OwnTeam]:
    """Find the keys of these teams, by one process, and what is known of what they open.

    With ``prompt`` the user may be asked to unlock the keychain.
    """
    entries = [replace(entry, name=plain(entry.name)) for entry in entries]
    keychain = Keychain(FIRST_ACCOUNT, lambda: complain(waiting_words()))
    if accounts := accounts_with_stored_keys(environ, entries):
        keychain.begin_to_read(accounts, prompt=prompt)
    known = TeamsFile(teams_file())
    is_only = len(entries) == 1
    found = []
    for entry in entries:
        of_first = environ if entry.account == FIRST_ACCOUNT else STORED
        credentials = Credentials(of_first, keychain.of(entry.account))
        key, problem = None, None
        try:
            key = credentials.get(prompt=prompt)
        except Problem as error:
            problem = error
        team_id = known.team_of(mark_of(key)) if key is not None else None
        lemlists = plain(known.name_of(team_id)) if team_id else ""
        uses_variable = bool(of_first.get(KEY_VARIABLE))
        found.append(
            OwnTeam(entry, "", lemlists, team_id, credentials, key, problem, uses_variable, is_only)
        )
    names = team_names([(team.entry, team.lemlists) for team in found])
    return [replace(team, name=name) for team, name in zip(found, names, strict=True)]


def unread_keys(teams: Iterable[OwnTeam]) -> list[KeyProblem]:
    """Return why keys could not be read, one problem of each kind. Not that there is none."""
    problems = [team.problem for team in teams if team.problem is not None]
    # What helps the first team alone is not said of several.
    problems.sort(key=lambda problem: not problem.origin.can_be_variable)
    kinds = {problem.kind: problem for problem in problems if problem.kind not in NO_KEY}
    return list(kinds.values())


def the_team(teams: Sequence[OwnTeam], wanted: str | None) -> OwnTeam:
    """Return the one team that is called so, or, where nothing is ``wanted``, the only one.

    Raises:
        Refusal: no team or more than one may be meant.
        Problem: the keychain keeps back how the teams are called.
    """
    called = [team for team in teams if wanted is None or team.is_called(wanted)]
    if len(called) == 1:
        return called[0]
    if not called:
        for team in teams:
            if team.problem is not None and team.problem.kind in _HIDES_NAMES:
                # The first team's key would not tell how the others are called.
                can_be_variable = team.is_only and team.problem.origin.can_be_variable
                origin = team.problem.origin._replace(can_be_variable=can_be_variable)
                raise KeyProblem(team.problem, origin)
    names = [team.words for team in called or teams]
    raise Refusal(unclear_team_words(names, is_named=wanted is not None, is_known=bool(called)))
