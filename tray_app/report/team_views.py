"""What is shown of several teams: how each is called, and which needs its user most."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from tray_app.icon_look import IconShape
from tray_app.report.view import View, view_of
from tray_app.store.settings import Settings, TeamEntry
from tray_app.team.watch import Snapshot
from tray_app.words.balance_words import nameless_team
from tray_app.words.forecast_words import run_out_day
from tray_app.words.formats import Formats
from tray_app.words.notice_words import shortened

_BY_NEED = (
    IconShape.EMPTY,
    IconShape.CRITICAL,
    IconShape.LOW,
    IconShape.LOCKED,
    IconShape.UNKNOWN,
    IconShape.LOADING,
    IconShape.HEALTHY,
)


LONGEST_NAME_IN_LINE = 40
"""Characters of a team's name that leave room for more on a line."""

_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""The characters that turn the direction of the text which follows, as of the figures."""


class ListedTeam(NamedTuple):
    """A team as the settings show it."""

    entry: TeamEntry
    name: str
    """As it is called everywhere else."""
    lemlists: str
    """As lemlist calls it; empty if that is not known."""
    can_be_removed: bool = True
    """Not where the environment has its key."""


class TeamView(NamedTuple):
    """What is shown of one of several teams."""

    account: str
    name: str
    """No other team is called so."""
    view: View
    ends: date | None
    """When the balance is likely to run out."""
    snapshot: Snapshot = Snapshot()
    """What the view was made of."""

    @property
    def shape(self) -> IconShape:
        """The level among several teams: low, too, if one busy day takes a healthy amount."""
        shape, analysis = self.view.icon.shape, self.snapshot.analysis
        is_one_day = self.view.warns and analysis is not None and analysis.is_one_busy_day
        return IconShape.LOW if shape is IconShape.HEALTHY and is_one_day else shape

    @property
    def need(self) -> tuple[int, date]:
        """How much the team needs its user; less is more urgent.

        By level, then by the day on which the balance ends. A healthy team of which nothing new
        can be learned comes before the healthy ones.
        """
        shape = self.shape
        if shape is IconShape.HEALTHY and self.view.trouble is not None:
            shape = IconShape.UNKNOWN
        return _BY_NEED.index(shape), self.ends or date.max

    @property
    def line(self) -> str:
        """The team in one line, as of a menu, with what says most."""
        name = shortened(self.name, LONGEST_NAME_IN_LINE)
        return " · ".join(filter(None, (f"{name}: {self.view.headline}", self.view.lasts)))

    def tooltip(self, most: int) -> str:
        """Return the view's tooltip with the team's name, in at most ``most`` characters."""
        name = shortened(self.name, most // 3)
        return f"{name}\n{self.view.tooltip(most - len(name) - 1)}"


def team_view(
    account: str,
    name: str,
    snapshot: Snapshot,
    settings: Settings,
    formats: Formats,
    now: datetime,
) -> TeamView:
    """Say what a snapshot of a team with this name shows."""
    view = view_of(snapshot, settings, formats, now, name=name)
    return TeamView(account, name, view, run_out_day(snapshot.analysis), snapshot)


def team_names(teams: Sequence[tuple[TeamEntry, str | None]]) -> list[str]:
    """Name the teams of a list, each by the user's name for it or else by lemlist's.

    Teams of one name are told apart by numbers in the list's order, as is a team that has none.
    """
    called = [
        _in_a_line(entry.name) or _in_a_line(lemlists or "") or nameless_team(place)
        for place, (entry, lemlists) in enumerate(teams, start=1)
    ]
    names: list[str] = []
    for name in called:
        number, distinct = 1, name
        while distinct in names or (number > 1 and distinct in called):
            number += 1
            distinct = f"{name} ({number})"
        names.append(distinct)
    return names


def _in_a_line(name: str) -> str:
    return " ".join(name.translate(_TURNS).split())
