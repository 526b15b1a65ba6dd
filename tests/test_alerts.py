"""When something is said, and that it is said once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import NOON
from tray_app.rules.alerts import (
    Alert,
    AlertKind,
    AlertState,
    Outlook,
    Snooze,
    SnoozeChoice,
    acknowledged,
    decide,
    snoozed,
)
from tray_app.rules.drains import Drain
from tray_app.rules.levels import Level, Thresholds, level_of
from tray_app.store.alerts import AlertsFile

HEALTHY, LOW, CRITICAL, EMPTY = Level
LIMITS = Thresholds()


@dataclass
class Watched:
    """A balance that is watched as the program does it, restarts included."""

    file: AlertsFile
    now: datetime = NOON
    state: AlertState = field(default_factory=AlertState)
    previous: int | None = None

    def see(self, credits: int, outlook: Outlook | None = None) -> Alert | None:
        level = level_of(credits, LIMITS, self.state.level)
        self.state, alert = decide(
            self.state, level, credits, self.previous, self.now, outlook or Outlook()
        )
        self.previous = credits
        return alert

    def restart(self) -> None:
        self.file.save(self.state, None)
        self.state, _ = self.file.load()
        self.previous = None

    def snooze(self, choice: SnoozeChoice) -> None:
        self.state = snoozed(self.state, choice, self.now)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(AlertsFile(tmp_path / "alerts.json", "default"))


def said(watched: Watched, balances: Sequence[int]) -> list[str | None]:
    """Show balances one after the other and return what was said to each."""
    return [alert.kind.value if (alert := watched.see(each)) else None for each in balances]


@pytest.mark.parametrize(
    ("balances", "expected"),
    [
        ([12_000, 900, 501], [None, None, None]),
        ([12_000, 500, 400, 101], [None, "low", None, None]),
        ([12_000, 500, 100, 50, 0, 0], [None, "low", "critical", None, "empty", None]),
        ([12_000, 0], [None, "empty"]),
        ([12_000, 90, 300, 0], [None, "critical", "refill", "empty"]),
        ([12_000, 500, 524, 500, 524], [None, "low", None, None, None]),
        ([12_000, 500, 525, 500], [None, "low", "refill", "low"]),
        ([12_000, 0, 50, 300, 8000], [None, "empty", "refill", "refill", "refill"]),
        ([12_000, 90, 104, 90], [None, "critical", None, None]),
        ([12_000, 20_000], [None, None]),
        ([500, 500], ["low", None]),
        ([0, 0], ["empty", None]),
        ([50, 300], ["critical", "refill"]),
        ([12_000, 400, 480, 300], [None, "low", None, None]),
    ],
    ids=str,
)
def test_what_is_said(watched: Watched, balances: list[int], expected: list[str | None]) -> None:
    assert said(watched, balances) == expected


def test_amounts_of_a_refill(watched: Watched) -> None:
    said(watched, [12_000, 90])
    assert watched.see(8_000) == Alert(AlertKind.REFILL, 8_000, gained=7_910)


def test_amount_of_a_fall(watched: Watched) -> None:
    watched.see(12_000)
    assert watched.see(480) == Alert(AlertKind.LOW, 480)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([12_000, 480], [470, 90], [None, "critical"]),
        ([12_000], [480], ["low"]),
        ([12_000, 480], [12_000, 480], [None, "low"]),
        ([12_000, 90], [300, 90], [None, "critical"]),
        ([12_000, 0], [0, 0], [None, None]),
        ([0], [8_000], [None]),
        ([12_000, 500], [510], [None]),
    ],
    ids=str,
)
def test_after_a_restart(
    watched: Watched, before: list[int], after: list[int], expected: list[str | None]
) -> None:
    said(watched, before)
    watched.restart()
    assert said(watched, after) == expected


# --- snoozes ------------------------------------------------------------------------------------


def test_a_snooze_for_an_hour(watched: Watched) -> None:
    watched.see(12_000)
    watched.snooze(SnoozeChoice.HOUR)
    assert said(watched, [480, 90]) == [None, None]
    watched.restart()
    watched.now += timedelta(minutes=59)
    assert watched.see(80) is None
    watched.now += timedelta(minutes=1)
    assert said(watched, [70, 60]) == ["critical", None]
    assert watched.state.snooze is None


def test_what_was_said_before_a_snooze_is_not_said_after_it(watched: Watched) -> None:
    said(watched, [12_000, 480])
    watched.snooze(SnoozeChoice.HOUR)
    watched.now += timedelta(hours=2)
    assert watched.see(470) is None


def test_a_snooze_until_the_next_level(watched: Watched) -> None:
    said(watched, [12_000, 480])
    watched.snooze(SnoozeChoice.NEXT_LEVEL)
    watched.now += timedelta(days=30)
    assert said(watched, [470, 460, 100, 0]) == [None, None, "critical", "empty"]


def test_a_refill_in_a_snooze_is_not_said_later(watched: Watched) -> None:
    said(watched, [12_000, 480])
    watched.snooze(SnoozeChoice.HOUR)
    assert watched.see(12_000) is None
    watched.now += timedelta(hours=2)
    assert said(watched, [11_999, 480]) == [None, "low"]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-22T00:00", "2026-11-23T08:00+01:00"),
        ("2026-11-22T23:59", "2026-11-23T08:00+01:00"),
        ("2026-12-31T12:00", "2027-01-01T08:00+01:00"),
        ("2026-10-24T12:00", "2026-10-25T08:00+01:00"),  # the clocks go back in between
    ],
)
def test_tomorrow_is_the_next_morning(now: str, until: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/Paris"))
    snooze = snoozed(AlertState(), SnoozeChoice.TOMORROW, local).snooze
    assert snooze is not None
    assert snooze.until == datetime.fromisoformat(until)


def test_snooze_before_the_first_reading(watched: Watched) -> None:
    watched.snooze(SnoozeChoice.NEXT_LEVEL)
    assert said(watched, [480]) == ["low"]


@pytest.mark.parametrize(
    ("snooze", "level", "holds"),
    [
        (Snooze(until=NOON + timedelta(seconds=1)), LOW, True),
        (Snooze(until=NOON), LOW, False),
        (Snooze(level=LOW), LOW, True),
        (Snooze(level=LOW), CRITICAL, False),
        (Snooze(level=None), HEALTHY, False),
    ],
    ids=str,
)
def test_holds(snooze: Snooze, level: Level, holds: bool) -> None:
    assert snooze.holds(level, NOON) is holds


@pytest.mark.parametrize("level", Level)
def test_acknowledged_is_not_said(watched: Watched, level: Level) -> None:
    watched.state = acknowledged(AlertState(), level)
    amount = {HEALTHY: 12_000, LOW: 400, CRITICAL: 50, EMPTY: 0}[level]
    assert watched.see(amount) is None


# --- any sequence -------------------------------------------------------------------------------

balances = st.sampled_from([0, 1, 50, 100, 101, 104, 105, 300, 500, 501, 524, 525, 12_000])
events = st.lists(
    balances
    | st.integers(0, 600)
    | st.just("restart")
    | st.sampled_from(SnoozeChoice)
    | st.sampled_from([timedelta(minutes=5), timedelta(minutes=61), timedelta(days=2)]),
    max_size=40,
)

# --- what the history tells ---------------------------------------------------------------------


def lasting(*days: int | None) -> list[Outlook]:
    return [Outlook(each, warn_within=3) for each in days]


def kinds(watched: Watched, credits: int, outlooks: Sequence[Outlook]) -> list[str | None]:
    alerts = [watched.see(credits, outlook) for outlook in outlooks]
    return [alert.kind.value if alert else None for alert in alerts]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([9, 4, 3, 2, 3], [None, None, "runs_out", None, None]),
        ([3, 4, 3], ["runs_out", None, None]),  # a day to and fro is the same episode
        ([3, 5, 3], ["runs_out", None, "runs_out"]),
        ([3, None, 3], ["runs_out", None, None]),  # not knowing ends nothing
        ([None, None], [None, None]),
    ],
    ids=["once", "to and fro", "two episodes", "unknown in between", "unknown"],
)
def test_a_near_end_is_said_once(
    watched: Watched, days: list[int | None], expected: list[str | None]
) -> None:
    assert kinds(watched, 9_000, lasting(*days)) == expected


def test_a_near_end_is_not_said_again_after_a_restart(watched: Watched) -> None:
    assert kinds(watched, 9_000, lasting(3)) == ["runs_out"]
    watched.restart()
    assert kinds(watched, 9_000, lasting(3)) == [None]


def test_a_near_end_is_not_said_when_the_user_wants_no_warning(watched: Watched) -> None:
    assert watched.see(9_000, Outlook(0, warn_within=0)) is None


def test_a_level_says_the_near_end_too(watched: Watched) -> None:
    (outlook,) = lasting(2)
    assert watched.see(480, outlook) == Alert(AlertKind.LOW, 480)
    assert watched.see(470, outlook) is None


def test_nothing_runs_out_of_what_is_empty(watched: Watched) -> None:
    assert watched.see(0, Outlook(0, warn_within=3)) == Alert(AlertKind.EMPTY, 0)
    watched.state = acknowledged(AlertState(), EMPTY)
    assert watched.see(0, Outlook(0, warn_within=3)) is None


DRAIN = Drain(begin=1_000, end=1_600, amount=2_000, usual_per_hour=90)


def drained(drain: Drain | None) -> Outlook:
    return Outlook(9, warn_within=3, drain=drain)


def test_a_drain_is_said_once(watched: Watched) -> None:
    assert watched.see(9_000, drained(DRAIN)) == Alert(AlertKind.DRAIN, 9_000, drain=DRAIN)
    assert watched.see(8_990, drained(DRAIN)) is None
    watched.restart()
    assert watched.see(8_990, drained(DRAIN)) is None


def test_a_drain_that_goes_on_is_the_same(watched: Watched) -> None:
    spans = [(1_000, 1_600), (1_300, 2_200), (1_900, 2_800), (2_700, 3_400)]
    outlooks = [drained(Drain(begin, end, 2_000, 90)) for begin, end in spans]
    assert kinds(watched, 9_000, outlooks) == ["drain", None, None, None]
    later = drained(Drain(3_400, 4_000, 2_000, 90))
    assert kinds(watched, 9_000, [later]) == ["drain"]


def test_the_worst_is_said_first_and_the_rest_after_it(watched: Watched) -> None:
    outlook = Outlook(2, warn_within=3, drain=DRAIN)
    assert kinds(watched, 480, [outlook] * 3) == ["low", "drain", None]
    watched.state, watched.previous = AlertState(HEALTHY), None
    assert kinds(watched, 9_000, [outlook] * 3) == ["drain", "runs_out", None]


def test_a_snooze_holds_back_what_the_history_tells(watched: Watched) -> None:
    watched.see(9_000)
    watched.snooze(SnoozeChoice.HOUR)
    outlook = Outlook(2, warn_within=3, drain=DRAIN)
    assert kinds(watched, 9_000, [outlook] * 2) == [None, None]
    watched.now += timedelta(hours=1)
    assert kinds(watched, 9_000, [outlook] * 3) == ["drain", "runs_out", None]


def test_a_refill_comes_before_other_news(watched: Watched) -> None:
    watched.see(480)
    assert kinds(watched, 9_000, [drained(DRAIN)] * 2) == ["refill", "drain"]


@dataclass
class Seen:
    """One reading of a run of events, and what was known and said then."""

    credits: int
    level: Level
    alert: Alert | None
    is_first: bool
    may_be_silent: bool


def play(run: Sequence[object]) -> list[Seen]:
    """Let events happen and return the readings among them."""
    seen: list[Seen] = []
    with TemporaryDirectory() as folder:
        watched = Watched(AlertsFile(Path(folder) / "alerts.json", "default"))
        for event in run:
            match event:
                case int():
                    had_snooze = watched.state.snooze is not None
                    is_first = watched.previous is None
                    alert = watched.see(event)
                    assert watched.state.level is not None
                    seen.append(Seen(event, watched.state.level, alert, is_first, had_snooze))
                case timedelta():
                    watched.now += event
                case SnoozeChoice():
                    watched.snooze(event)
                case _:
                    watched.restart()
    return seen


@settings(max_examples=200)
@given(events)
def test_no_episode_is_alerted_twice(run: list[object]) -> None:
    alerted: set[str] = set()
    for each in play(run):
        # An episode of a level ends when the balance leaves it upwards.
        alerted -= {level for level in Level if level.severity > each.level.severity}
        if each.alert and each.alert.kind is not AlertKind.REFILL:
            assert each.alert.kind not in alerted
            assert each.alert.kind.value == each.level.value
            assert each.alert.credits == each.credits
            alerted.add(each.alert.kind)


@settings(max_examples=200)
@given(events)
def test_a_fall_is_always_alerted_unless_snoozed(run: list[object]) -> None:
    seen = play(run)
    for before, after in pairwise(seen):
        if after.level.severity > before.level.severity and not after.may_be_silent:
            assert after.alert == Alert(AlertKind(after.level), after.credits)
    if seen and not seen[0].may_be_silent:
        assert (seen[0].alert is None) == (seen[0].level is HEALTHY)


@settings(max_examples=200)
@given(events)
def test_a_refill_is_only_said_on_leaving_a_level_upwards(run: list[object]) -> None:
    seen = play(run)
    for before, after in pairwise(seen):
        left = after.level.severity < before.level.severity
        if after.alert and after.alert.kind is AlertKind.REFILL:
            assert left
            assert not after.is_first
            assert after.alert.gained == after.credits - before.credits > 0
        elif left and not after.is_first and not after.may_be_silent:
            pytest.fail("a refill was not said")
    assert not seen or seen[0].alert is None or seen[0].alert.kind is not AlertKind.REFILL
