"""The user's choices, in a JSON file that is forgiving to read and careful to write.

The file has the choices that hold for all teams, and the list of the teams, each with what was
chosen for it alone::

    {"version": 1, "low": 1000, ..., "teams": [
        {"account": "default"},
        {"account": "team-1f3c9a02", "name": "Acme UK", "own": {"low": 300, "critical": 50}}]}
"""

import errno
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.rules.ranges import out_of_range, ranges, within
from tray_app.rules.schedule import DEFAULT_INTERVAL, LONGEST_INTERVAL, SHORTEST_INTERVAL
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.json_file import read_object, update_object

VERSION = 1
"""Of the file's shape; a file of a larger version is left alone."""

FIRST_ACCOUNT = "default"
"""The account of the first team, under which earlier versions kept the only one."""

MOST_TEAMS = 50
LONGEST_CHOSEN_NAME = 200
"""Characters of a name that the user gives a team."""

LONGEST_WARNING = 60
"""Working days before the end of the balance."""


class IconStyle(StrEnum):
    """What the tray icon shows."""

    NUMBER = "number"
    SYMBOL = "symbol"


class FieldFault(NamedTuple):
    """A field of the file that can't be used.

    In place of a choice for all teams its default is used, in place of a team's own choice the one
    for all teams.
    """

    name: str
    is_out_of_range: bool
    """Else its value is of another type."""
    team: str | None = None
    """The team whose own choice it is, as the user calls it: empty if the user has given it no
    name, ``None`` if it is the choice for all teams."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices: all there are, with the default and the range of each.

    ``words/settings_words.py`` says how each is called, and so how the dialog offers it.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    interval: int = within(DEFAULT_INTERVAL, SHORTEST_INTERVAL, LONGEST_INTERVAL)
    """Seconds."""
    notifications: bool = True
    icon: IconStyle = IconStyle.NUMBER
    warn_within: int = within(3, 0, LONGEST_WARNING)
    """Working days before the balance is likely to run out; 0 warns of no date."""
    renewal_day: int | None = within(None, 1, 31)
    """The day of the month on which the plan's credits are renewed; ``None`` lets it be learned."""
    prices: Prices = field(default_factory=Prices)

    @classmethod
    def of(cls, choices: Mapping[str, Any]) -> "Settings":
        """Return the settings with these :attr:`choices`; what is missing has its default."""
        thresholds, own, prices = (
            {name: choices[name] for name in _names(record) if name in choices}
            for record in (Thresholds, cls, Prices)
        )
        return cls(Thresholds(**thresholds), prices=Prices(**prices), **own)

    @property
    def choices(self) -> dict[str, Any]:
        """Each choice by its field's name, those of thresholds and prices too."""
        choices = asdict(self)
        thresholds, prices = choices.pop("thresholds"), choices.pop("prices")
        return {**thresholds, **choices, **prices}

    def differences(self, other: "Settings") -> list[str]:
        """Name the choices that others have otherwise."""
        others = other.choices
        return [name for name, value in self.choices.items() if value != others[name]]

    def with_choices(self, chosen: "Settings", names: Iterable[str]) -> "Settings":
        """Return these settings with some choices of others, which are without fault.

        Numbers that don't go with the ones here bring along those that they were chosen with. For
        instance, the user lowers *low* to 300 while another program raises *critical* to 400: then
        both are as the user saw them.
        """
        theirs, taken = chosen.choices, set(names)

        def mixed() -> Settings:
            return Settings.of({**self.choices, **{name: theirs[name] for name in taken}})

        for name in mixed().faults():
            taken.update(_part_of(name))
        return mixed()

    def with_own(self, own: Mapping[str, Any]) -> "Settings":
        """Return what a team is judged by that has these choices of its own.

        Own numbers that don't go with the common ones, which may have changed since, don't count.
        For instance, a team has its own *low* of 300, and no *critical* of its own. When the common
        thresholds become 500 and 400, the team is judged by 500 and 400, as 300 is below 400.
        """
        own = dict(own)
        for name in Settings.of({**self.choices, **own}).faults():
            for each in _part_of(name):
                own.pop(each, None)
        return Settings.of({**self.choices, **own})

    def faults(self) -> list[str]:
        """Name the fields that keep the settings from being used; one at most of each part."""
        faults = (self.thresholds.fault(), *out_of_range(self), self.prices.fault())
        return [name for name in faults if name is not None]


RANGES = {**ranges(Thresholds), **ranges(Settings), **ranges(Prices)}
"""What each number of the :attr:`Settings.choices` can be, by the field's name."""


def _names(record: Any) -> list[str]:
    return [each.name for each in fields(record)]


def _part_of(name: str) -> list[str]:
    """Return the fields that belong together with one: if it is wrong, they are in doubt."""
    parts = _names(Thresholds), _names(Prices), [name]
    return next(part for part in parts if name in part)


ALL_FIELDS = tuple(Settings().choices)
"""The name of each choice."""

OWN_FIELDS = (*_names(Thresholds), "warn_within", "renewal_day", *_names(Prices))
"""The choices that may differ from team to team. All others are the program's."""

_WIDEST = {"low": RANGES["low"][-1], "critical": RANGES["critical"][0]}
"""Choices beside which each choice is without fault that can be without fault beside others."""


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A team that the user has added."""

    account: str = FIRST_ACCOUNT
    """Under which the team's key stands in the keychain, and what is known of it in files."""
    name: str = ""
    """How the user calls it; empty: as lemlist does."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """What was chosen for this team alone, of the :data:`OWN_FIELDS`, by the field's name."""


def new_team() -> TeamEntry:
    """Return a team with an account of its own, which is in no list yet."""
    return TeamEntry(f"team-{secrets.token_hex(4)}")


class ChosenTeams(NamedTuple):
    """The teams as the user has just named and ordered them, and which one the icon shows."""

    teams: tuple[TeamEntry, ...]
    on_icon: str
    """An account; empty: the team that needs its user most."""

    @property
    def order(self) -> list[str]:
        """The teams' accounts, in their order."""
        return [team.account for team in self.teams]


class Choices(NamedTuple):
    """All that the file holds, and all in it that could not be used."""

    settings: Settings
    teams: tuple[TeamEntry, ...]
    """In the user's order; at least one, which has no key as long as none was added."""
    icon_team: str
    """The account of the team that the icon shows; empty: the one that needs its user most."""
    faults: list[FileFault | FieldFault]

    @property
    def is_whole(self) -> bool:
        """Whether the file could be read: one with a mistake tells nothing of the teams."""
        return not any(isinstance(fault, FileFault) for fault in self.faults)


class SettingsFile:
    """The file of the settings. Reads and writes block.

    Other programs of this user may write it too. So what changes the teams changes the list as it
    stands in the file then, and in it only what is meant: all else stays, also fields that this
    version doesn't know. Of the list's entries only those stay that name an account, and each
    account once.

    Raises:
        OSError: by each call that writes, if the file can't be written, or is not this version's
            to write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Choices:
        """Return the choices, and all that could not be used."""
        content, fault = read_object(self._path)
        if _is_newer(content):
            fault = FileFault(FaultKind.NEWER)
        if fault is not None:
            return Choices(Settings(), (TeamEntry(),), "", [fault])
        settings, faults = _parse(content)
        teams, team_faults = _parse_teams(content, settings)
        chosen = content.get("icon_team")
        icon_team = chosen if chosen in [team.account for team in teams] else ""
        return Choices(settings, teams, icon_team, [*faults, *team_faults])

    def save(
        self,
        settings: Settings,
        teams: Iterable[TeamEntry] = (),
        names: Iterable[str] = ALL_FIELDS,
    ) -> FileFault | None:
        """Write the choices of these ``names``; what the file holds beyond them stays.

        What can't be used of the file's other choices becomes the default that is used. A damaged
        file is set aside, which is returned. The new one begins with all of the ``settings``, and
        with these ``teams``.
        """

        def change(content: dict[str, Any]) -> None:
            self._refuse_newer(content)
            present, _faults = _parse(content)
            content.update(_raw_settings(present.with_choices(settings, names)))

        kept = {**_raw_settings(settings), "teams": [_raw(team) for team in teams]}
        return update_object(self._path, change, in_place_of_damaged=kept)

    def try_to_save(self) -> None:
        """Write what the file holds, before something is done that the list of teams must tell."""
        self._change(lambda _content: None)

    def add_team(self, team: TeamEntry | None = None) -> TeamEntry:
        """Put a team of :func:`new_team` at the end of the list, and return it.

        Raises:
            ValueError: there are as many as there can be.
        """
        added = team or new_team()

        def change(content: dict[str, Any]) -> None:
            entries = _entries(content)
            if len(entries) >= MOST_TEAMS:
                raise ValueError(MOST_TEAMS)
            entries.append({"account": added.account})

        self._change(change)
        return added

    def remove_team(self, account: str) -> None:
        """Take a team off the list, with what was chosen for it alone."""

        def change(content: dict[str, Any]) -> None:
            content["teams"] = [each for each in _entries(content) if each["account"] != account]

        self._change(change)

    def rename_team(self, account: str, name: str) -> None:
        """Keep how the user calls a team; an empty name gives it lemlist's again."""
        self._change_team(account, lambda entry: entry.update(name=name[:LONGEST_CHOSEN_NAME]))

    def choose_for_team(self, account: str, own: Mapping[str, Any]) -> None:
        """Keep what is chosen for one team alone; all other choices are the common ones."""
        self._change_team(account, lambda entry: entry.update(own=_raw_own(own, entry.get("own"))))

    def order_teams(self, accounts: Sequence[str]) -> None:
        """Bring the teams into this order; those that it does not name come last."""
        places = {account: place for place, account in enumerate(accounts)}

        def change(content: dict[str, Any]) -> None:
            _entries(content).sort(key=lambda each: places.get(each["account"], len(places)))

        self._change(change)

    def choose_icon_team(self, account: str) -> None:
        """Keep which team the icon shows; empty: the one that needs its user most."""
        self._change(lambda content: content.update(icon_team=account))

    def _change_team(self, account: str, change: Callable[[dict[str, Any]], None]) -> None:
        def change_entry(content: dict[str, Any]) -> None:
            for entry in _entries(content):
                if entry["account"] == account:
                    change(entry)

        self._change(change_entry)

    def _change(self, change: Callable[[dict[str, Any]], None]) -> None:
        def change_own(content: dict[str, Any]) -> None:
            self._refuse_newer(content)
            change(content)

        # A file with a mistake is the user's to mend: nobody knows which teams are in it.
        update_object(self._path, change_own, in_place_of_damaged=None)

    def _refuse_newer(self, content: Mapping[str, Any]) -> None:
        if _is_newer(content):
            raise PermissionError(errno.EACCES, "a newer version has written it", str(self._path))


def _is_newer(content: Mapping[str, Any]) -> bool:
    """Tell whether a newer version of the program has written the file."""
    version = content.get("version", VERSION)
    return not isinstance(version, int) or version > VERSION


def _raw_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings as they stand in the file."""
    choices = asdict(settings)
    return {"version": VERSION, **choices.pop("thresholds"), **choices}


def _raw(team: TeamEntry) -> dict[str, Any]:
    """Return a team as it stands in the file."""
    return {"account": team.account, "name": team.name, "own": _raw_own(team.own)}


def _raw_own(own: Mapping[str, Any], before: object = None) -> dict[str, Any]:
    """Return a team's own choices as they stand in the file, with what is unknown of ``before``."""
    prices = {name: own[name] for name in _names(Prices) if name in own}
    others = {name: own[name] for name in OWN_FIELDS if name in own and name not in prices}
    raw = before if isinstance(before, dict) else {}
    raw_prices = raw.get("prices")
    if isinstance(raw_prices, dict):
        prices = {**_without(raw_prices, _names(Prices)), **prices}
    others = {**_without(raw, [*OWN_FIELDS, "prices"]), **others}
    return {**others, **({"prices": prices} if prices else {})}


def _without(content: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in set(names)}


def _entries(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the list of teams in a file's content, made there if it is missing or unusable."""
    entries = list(_usable_entries(content))
    content["teams"] = entries or [{"account": FIRST_ACCOUNT}]
    result: list[dict[str, Any]] = content["teams"]
    return result


def _usable_entries(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the entries that name an account which no entry before them names."""
    entries, seen = content.get("teams"), set()
    for entry in entries if isinstance(entries, list) else []:
        account = entry.get("account") if isinstance(entry, dict) else None
        if isinstance(account, str) and account and account not in seen:
            seen.add(account)
            yield entry


def _parse_teams(
    content: Mapping[str, Any], settings: Settings
) -> tuple[tuple[TeamEntry, ...], list[FieldFault]]:
    """Take what can be used of the list of teams, and name the fields that can't."""
    teams, faults = [], []
    for entry in list(_usable_entries(content))[:MOST_TEAMS]:
        name, own = entry.get("name"), entry.get("own")
        name = name if isinstance(name, str) else ""
        usable, own_faults = _parse_own(own if isinstance(own, dict) else {}, settings)
        teams.append(TeamEntry(entry["account"], name, usable))
        faults += [fault._replace(team=name) for fault in own_faults]
    return tuple(teams) or (TeamEntry(),), faults


def _parse_own(own: Mapping[str, Any], common: Settings) -> tuple[dict[str, Any], list[FieldFault]]:
    """Take what can be used of one team's own choices, and name the fields that can't ever.

    Own choices that could be used beside other common ones are left out, and are no fault.
    """
    prices = own.get("prices")
    flat = {**own, **(prices if isinstance(prices, dict) else {})}
    usable: dict[str, Any] = {}
    faults = []
    for name in OWN_FIELDS:
        if name not in flat:
            continue
        if _is_usable(flat[name], Settings().choices[name]):
            usable[name] = flat[name]
        else:
            faults.append(FieldFault(name, is_out_of_range=False))
    alone, beside_common = (
        Settings.of({**others, **usable}).faults() for others in (_WIDEST, common.choices)
    )
    faults += [FieldFault(name, is_out_of_range=True) for name in alone]
    for name in (*alone, *beside_common):
        for each in _part_of(name):
            usable.pop(each, None)
    return usable, faults


def _parse(content: Mapping[str, Any]) -> tuple[Settings, list[FileFault | FieldFault]]:
    """Take what can be used of a file's content, and name the fields that can't."""
    choices: dict[str, Any] = {}
    faults: list[FileFault | FieldFault] = []
    prices = content.get("prices", {})
    if not isinstance(prices, dict):
        faults.append(FieldFault("prices", is_out_of_range=False))
        prices = {}
    for name, default in Settings().choices.items():
        value = (prices if name in _names(Prices) else content).get(name, default)
        if _is_usable(value, default):
            choices[name] = IconStyle(value) if isinstance(default, IconStyle) else value
        else:
            faults.append(FieldFault(name, is_out_of_range=False))
    for name in Settings.of(choices).faults():
        faults.append(FieldFault(name, is_out_of_range=True))
        for each in _part_of(name):
            choices.pop(each, None)
    return Settings.of(choices), faults


def _is_usable(value: object, default: object) -> bool:
    """Tell whether a value has the type of a field with this default (``None``: a whole number)."""
    if isinstance(default, IconStyle):
        return value in list(IconStyle)
    return type(value) is type(default) or (default is None and type(value) is int)
