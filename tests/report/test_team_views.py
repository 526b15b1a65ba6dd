"""How several teams are called, and which of them needs its user most."""

from datetime import date, timedelta

import pytest

from tests.examples import HEALTHY, NOW
from tests.fakes import FakeFormats
from tray_app.errors import Kind, Problem
from tray_app.report.team_views import TeamView, team_names, team_view
from tray_app.rules.levels import Level
from tray_app.store.settings import Settings, TeamEntry
from tray_app.team.watch import Reading, Snapshot


@pytest.mark.parametrize(
    ("teams", "names"),
    [
        ([("", "Acme")], ["Acme"]),
        ([("Our own", "Acme"), ("", None), ("", "")], ["Our own", "Team 2", "Team 3"]),
        ([("", "Acme"), ("Acme", "Other"), ("", "Acme")], ["Acme", "Acme (2)", "Acme (3)"]),
        ([("", "Acme"), ("", "Acme"), ("", "Acme (2)")], ["Acme", "Acme (3)", "Acme (2)"]),
        ([("Team 2", None), ("", None)], ["Team 2", "Team 2 (2)"]),
        ([("  Acme \n UK ", None)], ["Acme UK"]),
        ([("\u202eAcme\u2066 UK", None), ("\u202e", None)], ["Acme UK", "Team 2"]),
    ],
)
def test_no_two_teams_are_called_the_same(
    teams: list[tuple[str, str | None]], names: list[str]
) -> None:
    entries = [(TeamEntry(name=name), lemlists) for name, lemlists in teams]
    assert team_names(entries) == names


def test_long_names_leave_room_for_the_figures_and_differ() -> None:
    names = team_names([(TeamEntry(name="N" * 200), None)] * 2)
    teams = [view(Level.CRITICAL)._replace(name=name) for name in names]
    figures = ": Critical · 12,430 credits"
    assert [team.line for team in teams] == [f"{'N' * 39}…{figures}", f"{'N' * 35}… (2){figures}"]
    names = [team.tooltip(127).splitlines()[0] for team in teams]
    assert names == [f"{'N' * 41}…", f"{'N' * 37}… (2)"]


def view(level: Level | None, problem: Problem | None = None) -> TeamView:
    reading = Reading(HEALTHY, NOW) if level is not None else None
    snapshot = Snapshot(reading, level, problem=problem)
    return team_view("a", "Acme", snapshot, Settings(), FakeFormats(), NOW)


def test_the_neediest_comes_first() -> None:
    offline = Problem(Kind.OFFLINE)
    teams = [
        view(Level.EMPTY),
        view(Level.CRITICAL, offline),
        view(Level.LOW),
        view(None, Problem(Kind.KEYCHAIN_LOCKED)),
        view(Level.HEALTHY, offline),
        view(None),
        view(Level.HEALTHY)._replace(ends=date(2027, 1, 1)),
        view(Level.HEALTHY)._replace(ends=date(2027, 1, 1) + timedelta(1)),
        view(Level.HEALTHY),
    ]
    mixed = [*teams[1::2], *teams[::2]]
    assert sorted(mixed, key=lambda team: team.need) == teams
    assert teams[0].view.team == "Acme"
