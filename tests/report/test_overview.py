"""The overview of several teams: what each line says, in which order, and what is said of all."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.examples import NOW, rhythm
from tests.fakes import FakeFormats
from tray_app.errors import Kind, Problem
from tray_app.icon_look import IconShape
from tray_app.lemlist.balance import Balance
from tray_app.report.overview import Line, Overview, overview_of
from tray_app.report.team_views import TeamView, team_view
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import Forecast, RunsOut, TooEarly
from tray_app.rules.levels import Thresholds, level_of
from tray_app.store.settings import Settings
from tray_app.team.watch import Reading, Snapshot

TODAY = NOW.astimezone().date()


def known(credits: int, *, age: int = 2, analysis: Analysis | None = None) -> Snapshot:
    """A balance that was read `age` minutes ago."""
    reading = Reading(Balance(credits), NOW - timedelta(minutes=age))
    return Snapshot(reading, level_of(credits, Thresholds()), analysis=analysis)


def ending(days: int, working_days: int, *, peak: int = 10_000) -> Analysis:
    day = TODAY + timedelta(days)
    return Analysis(
        rhythm(400, 500, 600),
        Forecast(400, RunsOut(day, day, day)),
        working_days=working_days,
        warns=True,
        peak=peak,
    )


def formats(hidden_until: datetime | None = None) -> FakeFormats:
    result = FakeFormats()
    result.hidden_until = hidden_until
    return result


def team(name: str, snapshot: Snapshot, *, hidden_until: datetime | None = None) -> TeamView:
    return team_view(name, name, snapshot, Settings(), formats(hidden_until), NOW)


def overview(*teams: TeamView) -> Overview:
    return overview_of(teams, teams[0].account, formats(), NOW)


def line(snapshot: Snapshot) -> Line:
    (only,) = overview(team("Acme", snapshot)).lines
    return only


def stopped(at: datetime) -> Snapshot:
    return known(0, analysis=Analysis(TooEarly(None), empty_since=int(at.timestamp())))


OFFLINE = Problem(Kind.OFFLINE)


@pytest.mark.parametrize(
    ("snapshot", "sentence"),
    [
        (stopped(NOW - timedelta(hours=3)), f"Stopped since {NOW - timedelta(hours=3):%H:%M}"),
        (stopped(NOW - timedelta(2)), f"Stopped since {NOW - timedelta(2):%a, %d %b}"),
        (known(0), "Stopped"),
        (known(62, analysis=ending(0, 0)), "Runs out today"),
        (known(480, analysis=ending(1, 1)), "Runs out tomorrow"),
        (known(3_150, analysis=ending(2, 2)), f"Runs out {TODAY + timedelta(2):%A}"),
        (known(3_150, analysis=ending(9, 6)), "About 6 working days left"),
        (known(480), "Low"),
        (known(9_840), "Healthy"),
        (known(9_840, analysis=Analysis(rhythm(0, 0, 0), Forecast(0, None))), "Almost no spending"),
        (
            known(9_840, analysis=Analysis(rhythm(9, 9, 9), Forecast(0, None))),
            "Likely more than a year",
        ),
        (replace(known(9_840, age=38), problem=OFFLINE), "38 min old · can't be reached"),
        (replace(known(9_840, age=120), problem=Problem(Kind.RATE_LIMITED)), "2 hours old"),
        (replace(known(62, age=38), problem=OFFLINE), "Critical · 38 min old"),
        (replace(known(9_840), next_at=NOW - timedelta(1)), "2 min old"),
        (
            replace(known(9_840), problem=Problem(Kind.UNAUTHORIZED)),
            "lemlist doesn't accept this API key",
        ),
        (Snapshot(problem=Problem(Kind.NO_KEY)), "No API key yet"),
        (Snapshot(problem=Problem(Kind.KEYCHAIN_LOCKED)), "The keyring is locked"),
        (Snapshot(problem=OFFLINE), "Can't reach lemlist"),
        (Snapshot(), "Loading balance…"),
    ],
)
def test_a_line_says_how_a_team_is_doing(
    monkeypatch: pytest.MonkeyPatch, snapshot: Snapshot, sentence: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert line(snapshot).sentence(NOW) == sentence


BUSY = known(
    9_840,
    analysis=Analysis(rhythm(9, 9, 9), Forecast(9, None), is_one_busy_day=True, warns=True),
)
"""Enough by its amount and its days, and warned of by a notification and on its page."""


def test_a_team_that_is_warned_of_needs_credits() -> None:
    """The overview said that all teams had enough, beside a warning of one."""
    warned, calm = overview(team("Calm", known(3_150)), team("Busy", BUSY)).lines
    assert (warned.name, warned.sentence(NOW)) == ("Busy", "One busy day is left")
    assert (warned.shape, warned.tint) == (IconShape.LOW, IconShape.LOW)
    assert warned.is_urgent
    assert not warned.is_healthy
    assert calm.is_healthy
    assert overview(team("Calm", known(3_150)), team("Busy", BUSY)).title == "1 team needs credits"


@pytest.mark.parametrize(("days", "is_enough"), [(5, False), (6, False), (7, True)])
def test_what_ends_on_a_weekday_that_is_named_is_not_enough(days: int, *, is_enough: bool) -> None:
    soon = replace(known(3_150, analysis=ending(days, 4)))
    one = overview(team("Calm", known(9_840)), team("Acme", soon))
    assert one.title == (
        "All teams have enough credits" if is_enough else "1 of 2 teams has enough credits"
    )
    assert [each.is_healthy for each in one.lines if each.name == "Acme"] == [is_enough]


def test_the_age_on_a_line_grows() -> None:
    old = line(replace(known(9_840, age=38), problem=OFFLINE))
    later = NOW + timedelta(minutes=5)
    assert old.sentence(later) == "43 min old · can't be reached"
    assert old.words(later) == "Acme: 9,840 credits. 43 min old · can't be reached"


def test_what_is_out_of_date_is_not_urgent_and_has_a_clock() -> None:
    old = line(replace(known(62, age=38), problem=OFFLINE))
    assert (old.waits, old.stale, old.is_urgent) == (True, True, False)
    assert (old.shape, old.tint) == (IconShape.CRITICAL, IconShape.CRITICAL)
    assert line(replace(known(9_840), problem=OFFLINE)).tint is IconShape.UNKNOWN


def test_what_only_the_user_can_mend_calls_for_the_user() -> None:
    for snapshot in (Snapshot(), known(9_840)):
        for kind in (Kind.UNAUTHORIZED, Kind.NO_KEY, Kind.KEYCHAIN_LOCKED):
            one = line(replace(snapshot, problem=Problem(kind)))
            assert one.is_urgent
            assert (one.shape, one.tint) == (IconShape.UNKNOWN, IconShape.CRITICAL)
            assert not one.waits
            assert not one.is_healthy
            assert one.share is None


def test_what_is_unknown_is_no_amount() -> None:
    unknown = line(Snapshot(problem=OFFLINE))
    assert (unknown.amount, unknown.spoken, unknown.share) == ("", "", None)
    assert unknown.words(NOW) == "Acme: Can't reach lemlist"


@pytest.mark.parametrize(
    ("credits", "peak", "share"),
    [
        (2_500, 10_000, 0.25),
        (12_000, 10_000, 1.0),
        (0, None, 0.0),
        (-20, 900, 0.0),
        (9, None, None),
    ],
)
def test_the_gauge_shows_what_is_left_of_the_highest_balance(
    credits: int, peak: int | None, share: float | None
) -> None:
    analysis = Analysis(TooEarly(None), peak=peak)
    assert line(known(credits, analysis=analysis)).share == share


def test_those_that_need_their_user_most_come_first() -> None:
    teams = [
        team("unreachable", replace(known(9_840), problem=OFFLINE)),
        team("healthy", known(9_840)),
        team("ends later", known(9_840, analysis=ending(9, 6))),
        team("low", known(480)),
        team("ends", known(3_150, analysis=ending(2, 2))),
        team("stopped", known(0)),
        team("also healthy", known(12_430)),
    ]
    assert [line.name for line in overview(*teams).lines] == [
        *("stopped", "ends", "low", "unreachable", "ends later", "healthy", "also healthy"),
    ]
    assert overview(*teams).shown == "unreachable"


STOPPED, LOW, FINE = team("Acme UK", known(0)), team("b", known(480)), team("c", known(9_000))
OLD = team("d", replace(known(9_840), problem=OFFLINE))
NOTHING = team("e", Snapshot(problem=OFFLINE))
LOADING = team("f", Snapshot())


@pytest.mark.parametrize(
    ("teams", "title", "detail"),
    [
        (
            [STOPPED, LOW, FINE],
            "2 teams need credits",
            "Acme UK has stopped · 9,480 credits in all",
        ),
        ([LOW, FINE], "1 team needs credits", "9,480 credits in all"),
        ([FINE, FINE], "All teams have enough credits", "18,000 credits in all"),
        (
            [FINE, OLD],
            "1 of 2 teams has enough credits",
            "About 19,000 credits in all",
        ),
        ([STOPPED, STOPPED], "2 teams need credits", "2 teams have stopped · 0 credits in all"),
        (
            [STOPPED._replace(name="Acme " * 40), NOTHING],
            "1 team needs credits",
            "1 team has stopped · 0 credits in 1 of the teams",
        ),
        ([LOADING, LOADING], "Loading balances…", ""),
        ([NOTHING, LOADING], "No balance is up to date", ""),
        ([OLD, OLD], "No balance is up to date", "About 20,000 credits in all"),
    ],
)
def test_the_title_says_how_many_need_credits(
    teams: list[TeamView], title: str, detail: str
) -> None:
    shown = overview(*teams)
    assert (shown.title, shown.detail) == (title, detail)
    assert shown.teams == f"{len(teams)} teams"


def test_hidden_figures_are_nowhere_but_levels_and_days_are() -> None:
    until = NOW + timedelta(minutes=45)
    snapshots = (stopped(NOW), known(62, analysis=ending(0, 0)), known(3_150))
    teams = [team("abc"[at], one, hidden_until=until) for at, one in enumerate(snapshots)]
    shown = overview_of(teams, "a", formats(until), NOW)
    assert shown.detail == f"Hidden until {until:%H:%M}. Click the eye to show figures."
    assert {line.share for line in shown.lines} == {0.0}
    assert [line.shape for line in shown.lines] == ["empty", "critical", "healthy"]
    assert shown.lines[1].sentence(NOW) == "Runs out today"


def test_the_oldest_figures_that_are_up_to_date_give_the_age() -> None:
    teams = [team("a", known(9, age=3)), team("b", known(9, age=1)), OLD, NOTHING]
    assert overview(*teams).updated(NOW) == "Updated 3 min ago"
    assert overview(OLD, NOTHING).updated(NOW) == ""


def test_a_day_that_is_over_is_not_said() -> None:
    past = replace(known(9_840), analysis=ending(-1, 0))
    assert line(past).sentence(NOW) == "Healthy"
    assert team("a", past).ends == date.fromordinal(TODAY.toordinal() - 1)
