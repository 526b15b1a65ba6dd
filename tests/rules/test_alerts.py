"""When something is said, and that it is said once."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import NOON
from tray_app.rules.alerts import (
    LONGEST_SNOOZE,
    NOT_TWICE_WITHIN,
    Alert,
    AlertKind,
    AlertState,
    Evidence,
    Said,
    SaidDrain,
    Snooze,
    SnoozeChoice,
    acknowledged,
    decide,
    heard,
    is_untrue,
    snoozed,
    urgency,
)
from tray_app.rules.drains import DRAIN_WINDOW, RECENT, Drain
from tray_app.rules.history import Record, Refill, changes
from tray_app.rules.levels import Level, Thresholds, level_of
from tray_app.store.alerts_file import AlertsFile

HEALTHY, LOW, CRITICAL, EMPTY = Level
LIMITS = Thresholds()
POLL = timedelta(minutes=5)


@dataclass
class Watched:
    """A balance that is watched as the program does it, restarts included."""

    file: AlertsFile
    now: datetime = NOON
    state: AlertState = field(default_factory=AlertState)
    records: list[Record] = field(default_factory=list)
    limits: Thresholds = LIMITS
    is_heard: bool = True
    """Whether there is a service that takes what is to be told."""

    def evidence(self, known: Evidence | None) -> Evidence:
        begin = int(self.now.timestamp()) - RECENT
        since = bisect_left(self.records, begin, key=attrgetter("last"))
        recent = self.records[max(since - 1, 0) :]
        refills = [one for one in changes(recent) if isinstance(one, Refill)]
        return replace(known or Evidence(), refills=refills)

    def see(self, credits: int, known: Evidence | None = None) -> Alert | None:
        seconds = int(self.now.timestamp())
        self.records.append(Record(seconds, seconds, credits))
        self.state, alert = decide(self.state, credits, self.limits, self.now, self.evidence(known))
        if alert is not None and self.is_heard:
            self.state = heard(self.state, alert, self.now)
        self.now += POLL
        return alert

    def restart(self) -> None:
        self.file.save(self.state, None)
        self.state, _ = self.file.load()

    def snooze(self, choice: SnoozeChoice) -> None:
        self.state = snoozed(self.state, choice, self.now)

    def change(self, limits: Thresholds) -> None:
        """Change the settings at the last balance."""
        self.limits = limits
        self.state = acknowledged(self.state, self.records[-1].credits, limits)


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
        ([500, 500], ["low", None]),
        ([0, 0], ["empty", None]),
        ([12_000, 400, 480, 300], [None, "low", None, None]),
        # refills, which bring more than was spent shortly before
        ([12_000, 20_000], [None, None]),
        ([450, 90, 800, 0], ["low", "critical", "refill", "empty"]),
        ([12_000, 90, 12_050, 90], [None, "critical", "refill", "critical"]),
        ([60, 0, 100, 800, 8000], ["critical", "empty", "refill", "refill", None]),
        # refills in parts
        ([450, 600, 800, 800], ["low", None, "refill", None]),
        ([480, 510, 10_510, 10_510], ["low", None, "refill", None]),
        ([520, 10_520], [None, None]),  # that was never low
        # too little to end what was said
        ([450, 90, 104, 90], ["low", "critical", None, None]),
        ([510, 500, 560, 500, 560], [None, "low", None, None, None]),
        ([2, 0, 20, 0, 20, 0], ["critical", "empty", None, None, None, None]),
        # reservations, which come back
        ([12_000, 90, 300, 0], [None, "critical", None, "empty"]),
        ([1_000, 300, 300, 850], [None, "low", None, None]),
        ([1_000, 300, 850, 300, 850, 300], [None, "low", None, None, None, None]),
        ([110, 90, 110, 90, 110], ["low", "critical", None, None, None]),
    ],
    ids=str,
)
def test_what_is_said(watched: Watched, balances: list[int], expected: list[str | None]) -> None:
    assert said(watched, balances) == expected


def test_the_example_that_explains_it(watched: Watched) -> None:
    """As it stands at the head of ``rules/alerts.py``."""
    watched.now = NOON.replace(hour=9, minute=55)
    told = said(watched, [850, 90, 110, 90, 850, 90, *[90] * 7])
    assert told == [None, "critical", *[None] * 11]
    assert watched.now == NOON.replace(hour=11)
    assert said(watched, [90, 5_850, 90]) == ["critical", "refill", "critical"]


def test_amounts_of_a_refill(watched: Watched) -> None:
    said(watched, [450, 90])
    assert watched.see(8_000) == Alert(AlertKind.REFILL, 8_000, gained=7_910)


def test_a_refill_in_pieces(watched: Watched) -> None:
    said(watched, [450, 90])
    watched.is_heard = False
    assert watched.see(2_090) == Alert(AlertKind.REFILL, 2_090, gained=2_000)
    assert watched.see(5_090) == Alert(AlertKind.REFILL, 5_090, gained=5_000)


@pytest.mark.parametrize(
    ("balances", "gained"),
    [([450, 600, 800], 350), ([480, 510, 10_510], 10_030), ([470, 490, 510, 10_510], 10_020)],
    ids=str,
)
def test_a_refill_from_just_above_a_threshold(
    watched: Watched, balances: list[int], gained: int
) -> None:
    """The level of 510 is still low, and 600 is too little to say that it is not."""
    watched.see(12_000)
    for credits in balances[:-1]:
        watched.now += timedelta(minutes=30)
        watched.restart()
        watched.see(credits)
    watched.is_heard = False
    told = [watched.see(balances[-1]) for _ in range(2)]
    assert told == [Alert(AlertKind.REFILL, balances[-1], gained)] * 2


def test_a_refill_of_a_balance_that_still_counts_as_low_is_told_until_it_is_heard(
    watched: Watched,
) -> None:
    """What brought it to 510 was reserved, and is no part of the refill."""
    assert said(watched, [600, 490, 510]) == [None, "low", None]
    watched.now += timedelta(minutes=30)
    watched.is_heard = False
    told = [watched.see(10_510) for _ in range(2)]
    assert told == [Alert(AlertKind.REFILL, 10_510, gained=10_000)] * 2


def test_credits_that_come_and_go_below_what_is_clear_are_no_refill(watched: Watched) -> None:
    """Each of them is held for longer than a reservation, and counts as added."""
    watched.limits = Thresholds(500, 300)
    assert said(watched, [510, 490]) == [None, "low"]
    for credits in [620, 510] * 20:  # adding up what came, it would have come from below 300
        watched.now += timedelta(minutes=15)
        assert watched.see(credits) is None


def test_amount_of_a_fall(watched: Watched) -> None:
    watched.see(12_000)
    assert watched.see(480) == Alert(AlertKind.LOW, 480)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([12_000, 480], [470, 90], [None, "critical"]),
        ([12_000], [480], ["low"]),
        ([450, 90], [8_000, 8_000], ["refill", None]),
        ([450, 90], [8_000, 480], ["refill", "low"]),
        ([12_000, 0], [0, 0], [None, None]),
        ([12_000, 500], [510], [None]),
        ([1_000, 300], [850], [None]),
    ],
    ids=str,
)
def test_after_a_restart(
    watched: Watched, before: list[int], after: list[int], expected: list[str | None]
) -> None:
    said(watched, before)
    watched.restart()
    assert said(watched, after) == expected


def test_a_team_that_was_never_seen_has_no_news_but_its_level(watched: Watched) -> None:
    said(watched, [450, 90, 8_000])
    watched.state = AlertState()  # as with another key
    assert said(watched, [7_990, 480]) == [None, "low"]


# --- an hour of calm ----------------------------------------------------------------------------


def test_what_is_true_again_after_an_hour_is_said_again(watched: Watched) -> None:
    """Credits that were reserved came back, and then they were spent after all."""
    assert said(watched, [800, 0, 800, 0]) == [None, "empty", None, None]
    watched.now = NOON + POLL + timedelta(seconds=NOT_TWICE_WITHIN - 1)
    assert watched.see(0) is None
    watched.now = NOON + POLL + timedelta(seconds=NOT_TWICE_WITHIN)
    assert said(watched, [0, 0]) == ["empty", None]


def test_an_hour_above_a_level_ends_its_episode(watched: Watched) -> None:
    assert said(watched, [480, 560]) == ["low", None]
    watched.now += timedelta(hours=1)
    assert said(watched, [570, 490]) == [None, "low"]


def test_a_worse_level_does_not_wait(watched: Watched) -> None:
    assert said(watched, [1_000, 300, 850, 90]) == [None, "low", None, "critical"]


def test_what_lasts_for_weeks_is_said_once(watched: Watched) -> None:
    for _ in range(30):
        watched.now += timedelta(days=1)
        watched.restart()
        watched.see(480)
    assert watched.state.said == {AlertKind.LOW: Said(int((NOON + timedelta(1)).timestamp()))}


near_a_threshold = st.tuples(
    st.integers(1, 2_000), st.integers(2, 400), st.sampled_from([LOW, CRITICAL, EMPTY])
).flatmap(
    lambda case: st.tuples(
        st.just(Thresholds(low=case[0] * case[1], critical=case[0])),
        st.lists(
            st.tuples(
                {
                    LOW: st.integers(case[0] + 1, case[0] * case[1] * 5 // 4),
                    CRITICAL: st.integers(1, case[0] * 5 // 4),
                    EMPTY: st.integers(-25, case[0] // 4),
                }[case[2]],
                st.sampled_from([1, 30, 60, 300, 300, 300, 900, 1200, 3600, 4 * 3600, 86_400]),
                st.booleans(),
            ),
            max_size=60,
        ),
    )
)
"""Thresholds as a user may set them, and a run of balances in the band of one of them."""


@settings(max_examples=200)
@given(near_a_threshold)
def test_near_a_threshold_there_is_one_alert_an_hour(
    case: tuple[Thresholds, list[tuple[int, int, bool]]],
) -> None:
    limits, run = case
    with TemporaryDirectory() as folder:
        watched = Watched(AlertsFile(Path(folder) / "alerts.json", "default"), limits=limits)
        begin = 12_000_000
        watched.see(begin)
        first = run[0][0] if run else begin
        watched.see(first)  # which is how it gets there
        told: list[datetime] = []
        for credits, seconds, restarts in run:
            at = watched.now
            if watched.see(credits) is not None:
                told.append(at)
            if restarts:
                watched.restart()
            watched.now = at + timedelta(seconds=seconds)
        assert all(after - before >= timedelta(hours=1) for before, after in pairwise(told))


def test_a_small_refill_does_not_end_the_wait(watched: Watched) -> None:
    """As when few credits are reserved for long, again and again."""
    assert said(watched, [700, 500, 620]) == [None, "low", None]
    watched.now += timedelta(minutes=20)
    assert said(watched, [640, 500, 640]) == [None, None, None]


SWINGS = st.lists(
    st.tuples(
        st.sampled_from([2_400, 2_800, 2_980, 3_020, 3_400, 3_740, 3_760]),
        st.sampled_from([300, 1_200, 1_800, 2_400, 3_600, 6 * 3_600]),
        st.booleans(),
    ),
    max_size=60,
)


@settings(max_examples=100)
@given(SWINGS, st.integers(3_000, 3_100))
def test_near_a_busy_day_there_is_one_alert_an_hour(
    run: list[tuple[int, int, bool]], busiest: int
) -> None:
    """However long credits are held, as long as no quarter of them comes at once."""
    with TemporaryDirectory() as folder:
        watched = Watched(AlertsFile(Path(folder) / "alerts.json", "default"))
        told: list[datetime] = []
        before = 3_760
        for credits, seconds, restarts in run:
            credits = before = min(credits, before + before // 4)
            at = watched.now
            if watched.see(credits, by_busiest_day(credits, busiest)) is not None:
                told.append(at)
            if restarts:
                watched.restart()
            watched.now = at + timedelta(seconds=seconds)
        assert all(after - before >= timedelta(hours=1) for before, after in pairwise(told))


# --- what nobody has heard ----------------------------------------------------------------------


def test_what_is_not_heard_is_told_with_each_reading_until_it_is(watched: Watched) -> None:
    watched.is_heard = False
    assert said(watched, [12_000, 480, 470]) == [None, "low", "low"]
    watched.restart()
    assert said(watched, [460]) == ["low"]
    watched.is_heard = True
    assert said(watched, [450, 440]) == ["low", None]


def test_what_is_not_heard_is_superseded(watched: Watched) -> None:
    watched.is_heard = False
    assert said(watched, [450, 90, 0]) == ["low", "critical", "empty"]
    assert said(watched, [8_000, 7_990]) == ["refill", "refill"]
    watched.restart()
    watched.is_heard = True
    assert said(watched, [7_980, 7_970]) == ["refill", None]


def test_a_refill_that_nobody_heard_is_no_news_when_it_is_spent(watched: Watched) -> None:
    said(watched, [450, 90])
    watched.is_heard = False
    assert said(watched, [8_000, 120]) == ["refill", "low"]


def test_what_is_not_heard_of_a_level_is_told_on_the_way_up(watched: Watched) -> None:
    watched.see(12_000)
    watched.snooze(SnoozeChoice.HOUR)
    assert said(watched, [50, 50]) == [None, None]
    watched.restart()
    watched.now += timedelta(days=1)
    assert said(watched, [300, 300]) == ["low", None]


def test_a_level_tells_those_above_it_too(watched: Watched) -> None:
    assert said(watched, [12_000, 50]) == [None, "critical"]
    watched.now += timedelta(days=1)
    assert said(watched, [300, 300]) == ["refill", None]


# --- what is no longer true ---------------------------------------------------------------------


def untrue(watched: Watched, balances: Sequence[int], known: Evidence | None = None) -> list[bool]:
    """Return after each of these balances whether what was last said is untrue."""
    alert, found = None, []
    for credits in balances:
        at = watched.now
        alert = watched.see(credits, known) or alert
        evidence = watched.evidence(known)
        found.append(alert is not None and is_untrue(alert, watched.state, credits, at, evidence))
    return found


@pytest.mark.parametrize(
    ("balances", "expected"),
    [
        ([12_000, 480, 470], [False, False, False]),
        # near enough to what was said
        ([12_000, 90, 110, 124, 126], [False, False, False, False, True]),
        ([1_000, 300, 850], [False, False, True]),
        ([12_000, 0, 20, 90], [False, False, False, True]),
        # the refill is what is said then, until it is gone
        ([450, 90, 8_000, 300], [False] * 4),
    ],
    ids=str,
)
def test_what_a_level_said_is_untrue(
    watched: Watched, balances: list[int], expected: list[bool]
) -> None:
    assert untrue(watched, balances) == expected


def test_what_a_level_said_is_untrue_after_an_hour_above_it(watched: Watched) -> None:
    assert untrue(watched, [12_000, 90, *[110] * 13])[-2:] == [False, True]


def test_a_refill_that_is_gone_is_untrue() -> None:
    alert = Alert(AlertKind.REFILL, 5_000, gained=4_910)
    assert is_untrue(alert, AlertState(CRITICAL), 90, NOON)
    assert not is_untrue(alert, AlertState(HEALTHY), 91, NOON)


@pytest.mark.parametrize(("days", "expected"), [(3, False), (4, False), (5, True), (None, False)])
def test_a_near_end_that_is_far_is_untrue(days: int | None, expected: bool) -> None:
    alert = Alert(AlertKind.RUNS_OUT, 9_000)
    evidence = Evidence(days, warn_within=3)
    assert is_untrue(alert, AlertState(HEALTHY), 9_000, NOON, evidence) is expected


# --- snoozes ------------------------------------------------------------------------------------


def test_a_snooze_for_an_hour(watched: Watched) -> None:
    watched.see(12_000)
    watched.snooze(SnoozeChoice.HOUR)
    begin = watched.now
    assert said(watched, [480, 90]) == [None, None]
    watched.restart()
    watched.now = begin + timedelta(minutes=59)
    assert watched.see(80) is None
    watched.now = begin + timedelta(minutes=60)
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
    watched.now += timedelta(minutes=30)
    assert watched.see(12_000) is None
    watched.now += timedelta(hours=1)
    assert said(watched, [11_999, 480]) == [None, "low"]


def test_nothing_is_to_be_kept_while_nothing_happens(watched: Watched) -> None:
    """Since each change is written to the disk."""
    said(watched, [450, 90])
    low = watched.state
    said(watched, [90, 80, 70])
    assert watched.state == low
    watched.snooze(SnoozeChoice.HOUR)
    said(watched, [9_000])
    refilled = watched.state
    said(watched, [9_000, 8_990])
    assert watched.state == refilled


def test_snooze_before_the_first_reading(watched: Watched) -> None:
    watched.snooze(SnoozeChoice.NEXT_LEVEL)
    assert said(watched, [480]) == ["low"]


HOUR = timedelta(hours=1)


def test_a_snooze_ends_when_the_user_wants(watched: Watched) -> None:
    """And tells what it held back, if that is still true."""
    watched.see(9_000)
    watched.snooze(SnoozeChoice.HOUR)
    assert watched.see(90) is None
    watched.snooze(SnoozeChoice.NONE)
    assert watched.state.snooze is None
    alert = watched.see(90)
    assert alert is not None
    assert alert.kind is AlertKind.CRITICAL


@pytest.mark.parametrize(
    ("level", "working_days", "warn_within", "shown"),
    [
        (Level.HEALTHY, None, 3, Level.HEALTHY),
        (Level.HEALTHY, 4, 3, Level.HEALTHY),
        (Level.HEALTHY, 3, 3, Level.LOW),
        (Level.HEALTHY, 0, 3, Level.LOW),
        (Level.HEALTHY, 0, 0, Level.HEALTHY),
        (Level.LOW, 9, 3, Level.LOW),
        (Level.CRITICAL, 1, 3, Level.CRITICAL),
        (Level.EMPTY, 0, 3, Level.EMPTY),
    ],
)
def test_the_more_urgent_of_amount_and_time(
    level: Level, working_days: int | None, warn_within: int, shown: Level
) -> None:
    assert urgency(level, Evidence(working_days, warn_within)) is shown


@pytest.mark.parametrize(
    ("snooze", "level", "holds"),
    [
        (Snooze(until=NOON + timedelta(seconds=1)), LOW, True),
        (Snooze(until=NOON), LOW, False),
        (Snooze(level=LOW), LOW, True),
        (Snooze(level=LOW), CRITICAL, False),
        (Snooze(level=None), HEALTHY, False),
        (Snooze(until=NOON + HOUR, since=NOON), LOW, True),
        # begun while the clock was ahead
        (Snooze(until=NOON + HOUR, since=NOON + timedelta(seconds=1)), LOW, False),
        (Snooze(until=NOON + timedelta(365), since=NOON + timedelta(364)), LOW, False),
        (Snooze(until=NOON + LONGEST_SNOOZE + HOUR), LOW, False),
    ],
    ids=str,
)
def test_holds(snooze: Snooze, level: Level, holds: bool) -> None:
    assert snooze.holds(level, NOON) is holds


def test_a_clock_that_ran_ahead_silences_nothing(watched: Watched) -> None:
    watched.see(12_000)
    watched.now += timedelta(days=365)
    for choice in (SnoozeChoice.HOUR, SnoozeChoice.TOMORROW):
        watched.snooze(choice)
        snoozed_then = watched.state.snooze
        state, alert = decide(watched.state, 480, LIMITS, NOON)
        assert alert == Alert(AlertKind.LOW, 480)
        assert snoozed_then is not None
        assert state.snooze is None  # nor when that time has come


# --- settings -----------------------------------------------------------------------------------


def amount_of(level: Level) -> int:
    return {HEALTHY: 12_000, LOW: 400, CRITICAL: 50, EMPTY: 0}[level]


@pytest.mark.parametrize("level", Level)
def test_a_level_that_settings_have_brought_is_not_said(watched: Watched, level: Level) -> None:
    watched.limits = Thresholds(low=2, critical=1)
    credits = amount_of(level)
    watched.see(credits or 3)
    watched.change(LIMITS)
    assert watched.state.level is level_of(credits or 3, LIMITS)
    assert watched.see(credits or 3) is None


def test_changing_one_threshold_leaves_the_band_of_the_other(watched: Watched) -> None:
    assert said(watched, [600, 480, 510]) == [None, "low", None]
    watched.change(Thresholds(500, 50))
    assert watched.state.level is LOW
    assert said(watched, [510, 500, 510, 490]) == [None] * 4


def test_what_was_news_by_the_old_settings_stays_news(watched: Watched) -> None:
    watched.is_heard = False
    assert said(watched, [480]) == ["low"]
    watched.change(Thresholds(500, 50))
    assert said(watched, [480]) == ["low"]


def test_another_threshold_is_another_episode(watched: Watched) -> None:
    assert said(watched, [600, 490]) == [None, "low"]
    watched.change(Thresholds(300, 50))
    assert said(watched, [490, 290]) == [None, None]
    watched.now += timedelta(seconds=NOT_TWICE_WITHIN)
    assert said(watched, [290, 290]) == ["low", None]


def test_a_change_of_settings_forgets_nothing_that_was_heard_within_the_hour(
    watched: Watched,
) -> None:
    assert said(watched, [850, 90, 850]) == [None, "critical", None]
    watched.change(LIMITS)
    assert said(watched, [90]) == [None]
    watched.change(Thresholds(80, 70))
    watched.change(LIMITS)
    assert said(watched, [850, 90]) == [None, None]
    watched.now += timedelta(seconds=NOT_TWICE_WITHIN)
    assert said(watched, [90]) == ["critical"]


def test_a_near_end_that_was_heard_is_known_after_a_change_of_settings(watched: Watched) -> None:
    near, far = lasting(2, 9)
    assert kinds(watched, 9_000, [near, far]) == ["runs_out", None]
    watched.state = acknowledged(watched.state, 9_000, LIMITS, far, far)
    assert kinds(watched, 9_000, [near]) == [None]


def test_a_near_end_that_settings_have_brought_is_not_said(watched: Watched) -> None:
    before, after = Evidence(4, warn_within=0), Evidence(4, warn_within=5)
    assert watched.see(9_000, before) is None
    watched.state = acknowledged(watched.state, 9_000, LIMITS, before, after)
    assert watched.see(9_000, after) is None


def test_a_risk_beside_a_near_end_is_known_when_settings_end_the_near_end(watched: Watched) -> None:
    """The end was heard of before the risk, of which nobody had to be told then."""
    near = Evidence(3, warn_within=5)
    risky = replace(near, is_one_busy_day=True)
    assert kinds(watched, 9_000, [near]) == ["runs_out"]
    watched.now += timedelta(seconds=NOT_TWICE_WITHIN)
    assert kinds(watched, 9_000, [near, risky]) == [None, None]
    after = replace(risky, warn_within=1)
    watched.state = acknowledged(watched.state, 9_000, LIMITS, risky, after)
    assert kinds(watched, 9_000, [after, after]) == [None, None]


def test_an_old_refill_is_no_news_by_other_settings(watched: Watched) -> None:
    assert said(watched, [2_000, 9_000]) == [None, None]
    watched.change(Thresholds(3_000, 100))
    assert said(watched, [9_000, 9_000]) == [None, None]


def test_what_came_before_other_settings_is_no_way_out_of_their_levels(watched: Watched) -> None:
    assert said(watched, [450, 600]) == ["low", None]
    watched.change(Thresholds(460, 100))
    assert said(watched, [600, 600]) == [None, None]


limits = st.tuples(st.integers(1, 1_000), st.integers(1, 1_000)).map(
    lambda two: Thresholds(low=sum(two), critical=two[0])
)
series = st.builds(
    Evidence, st.none() | st.integers(0, 6), st.integers(0, 5), is_one_busy_day=st.booleans()
)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(-200, 2_500), limits, series), min_size=1, max_size=12),
    limits,
    series,
)
def test_no_change_of_settings_alerts(
    run: list[tuple[int, Thresholds, Evidence]], new: Thresholds, after: Evidence
) -> None:
    with TemporaryDirectory() as folder:
        watched = Watched(AlertsFile(Path(folder) / "alerts.json", "default"))
        for credits, watched.limits, known in run:
            for _ in range(3):  # until all is said
                watched.see(credits, known)
        credits, _, before = run[-1]
        after = replace(before, warn_within=after.warn_within)  # the rest depends on no setting
        watched.is_heard = False
        without = replace(watched).see(credits, before)  # as when an hour of calm is over
        watched.state = acknowledged(watched.state, credits, new, before, after)
        watched.limits = new
        assert watched.see(credits, after) is None or without is not None


# --- what the history tells ---------------------------------------------------------------------


def lasting(*days: int | None) -> list[Evidence]:
    return [Evidence(each, warn_within=3) for each in days]


def kinds(
    watched: Watched, credits: int, series: Sequence[Evidence], step: timedelta = POLL
) -> list[str | None]:
    told = []
    for evidence in series:
        alert = watched.see(credits, evidence)
        told.append(alert.kind.value if alert else None)
        watched.now += step - POLL
    return told


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
    assert kinds(watched, 9_000, lasting(*days), timedelta(hours=2)) == expected


def test_a_near_end_is_said_once_an_hour(watched: Watched) -> None:
    assert kinds(watched, 9_000, lasting(3, 5, 3, 5, 3)) == ["runs_out", *[None] * 4]


def test_a_refill_ends_a_near_end(watched: Watched) -> None:
    assert kinds(watched, 900, lasting(3)) == ["runs_out"]
    assert kinds(watched, 9_000, lasting(9)) == [None]
    assert kinds(watched, 700, lasting(3)) == ["runs_out"]


def test_a_near_end_is_not_said_again_after_a_restart(watched: Watched) -> None:
    assert kinds(watched, 9_000, lasting(3)) == ["runs_out"]
    watched.restart()
    assert kinds(watched, 9_000, lasting(3)) == [None]


def test_a_near_end_is_not_said_when_the_user_wants_no_warning(watched: Watched) -> None:
    assert watched.see(9_000, Evidence(0, warn_within=0)) is None


def test_a_level_says_the_near_end_too(watched: Watched) -> None:
    (evidence,) = lasting(2)
    assert watched.see(480, evidence) == Alert(AlertKind.LOW, 480, is_dated=True)
    assert watched.see(470, evidence) is None


def test_a_near_end_that_a_level_did_not_say_is_said_after_it(watched: Watched) -> None:
    assert kinds(watched, 480, lasting(None, 2, 2)) == ["low", "runs_out", None]


def test_nothing_runs_out_of_what_is_empty(watched: Watched) -> None:
    evidence = Evidence(0, warn_within=3)
    assert watched.see(0) == Alert(AlertKind.EMPTY, 0)
    assert watched.see(0, evidence) is None


AT_RISK = Evidence(9, warn_within=3, is_one_busy_day=True)


def test_the_last_days_are_told_weeks_after_a_busy_day(watched: Watched) -> None:
    """What one busy day could do was told as the near end, which was then never told."""
    series = [AT_RISK, *[replace(AT_RISK, working_days=days) for days in (8, 6, 4, 3, 1, 0)]]
    told = kinds(watched, 9_000, series, timedelta(days=3))
    assert told == ["busy_day", None, None, None, "runs_out", None, None]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([AT_RISK, AT_RISK], ["busy_day", None]),
        ([AT_RISK, Evidence(), AT_RISK], ["busy_day", None, None]),  # not knowing ends nothing
        ([AT_RISK, *lasting(9), AT_RISK], ["busy_day", None, "busy_day"]),
        ([*lasting(2), AT_RISK, AT_RISK], ["runs_out", None, None]),
        ([replace(AT_RISK, working_days=2), AT_RISK], ["runs_out", None]),
        ([replace(AT_RISK, warn_within=0)], [None]),
    ],
    ids=["once", "unknown in between", "two episodes", "after the end", "both", "not wanted"],
)
def test_a_busy_day_is_said_once(
    watched: Watched, series: list[Evidence], expected: list[str | None]
) -> None:
    assert kinds(watched, 9_000, series, timedelta(hours=2)) == expected


def by_busiest_day(credits: int, busiest: int = 3_000) -> Evidence:
    return replace(
        AT_RISK,
        is_one_busy_day=credits <= busiest,
        is_nearly_one_busy_day=credits <= 1.25 * busiest,
    )


@pytest.mark.parametrize("minutes", [5, 20, 35, 59])
def test_a_busy_day_is_said_once_while_the_balance_moves_around_it(
    watched: Watched, minutes: int
) -> None:
    """It was told 16 times in ten hours, since credits were held and given back."""
    told = []
    for credits in [2_980, 3_020] * 300:
        told.append(watched.see(credits, by_busiest_day(credits)))
        watched.now += timedelta(minutes=minutes) - POLL
    assert [alert for alert in told if alert] == [Alert(AlertKind.BUSY_DAY, 2_980)]


def test_a_large_refill_ends_a_busy_day(watched: Watched) -> None:
    balances = [2_980, 3_800, 2_980]
    told = [watched.see(credits, by_busiest_day(credits)) for credits in balances]
    assert [alert.kind if alert else None for alert in told] == ["busy_day", None, "busy_day"]


def test_an_hour_above_a_busy_day_ends_its_episode(watched: Watched) -> None:
    near, risky = by_busiest_day(3_020), by_busiest_day(2_980)
    told = Alert(AlertKind.BUSY_DAY, 2_980)
    assert watched.see(2_980, risky) == told
    for _ in range(12):
        at = watched.now
        assert watched.see(3_020, near) is None
        assert not is_untrue(told, watched.state, 3_020, at, near)
    at = watched.now
    assert watched.see(3_020, near) is None
    assert is_untrue(told, watched.state, 3_020, at, near)
    assert watched.see(2_980, risky) == told


def test_a_busy_day_is_said_once_an_hour_and_after_a_restart(watched: Watched) -> None:
    assert kinds(watched, 9_000, [AT_RISK, *lasting(9), AT_RISK]) == ["busy_day", None, None]
    watched.restart()
    assert kinds(watched, 9_000, [AT_RISK]) == [None]


def test_a_level_says_the_busy_day_too(watched: Watched) -> None:
    assert kinds(watched, 480, [AT_RISK] * 2) == ["low", None]
    assert kinds(watched, 480, [replace(AT_RISK, working_days=2)]) == ["runs_out"]


def test_of_what_is_empty_no_busy_day_is_said(watched: Watched) -> None:
    assert kinds(watched, 0, [Evidence(), AT_RISK]) == ["empty", None]


def test_a_busy_day_that_settings_have_brought_is_not_said(watched: Watched) -> None:
    before = replace(AT_RISK, warn_within=0)
    watched.see(9_000, before)
    watched.state = acknowledged(watched.state, 9_000, LIMITS, before, AT_RISK)
    assert watched.see(9_000, AT_RISK) is None


def test_a_busy_day_is_untrue_when_it_is_known_to_leave_something() -> None:
    alert = Alert(AlertKind.BUSY_DAY, 9_000)
    found = [
        is_untrue(alert, AlertState(HEALTHY), 9_000, NOON, evidence)
        for evidence in (AT_RISK, Evidence(), *lasting(2))
    ]
    assert found == [False, False, True]


DRAIN = Drain(begin=1_000, end=1_600, amount=2_000, usual_per_hour=90)


def drained(drain: Drain | None) -> Evidence:
    return Evidence(9, warn_within=3, drain=drain)


def test_a_drain_is_said_once(watched: Watched) -> None:
    assert watched.see(9_000, drained(DRAIN)) == Alert(AlertKind.DRAIN, 9_000, drain=DRAIN)
    assert watched.see(8_990, drained(DRAIN)) is None
    watched.restart()
    assert watched.see(8_990, drained(DRAIN)) is None


def test_a_drain_that_goes_on_is_the_same(watched: Watched) -> None:
    spans = [(1_000, 1_600), (1_000, 2_200), (1_900, 2_800), (2_700, 3_400), (3_400, 4_000)]
    series = [drained(Drain(begin, end, 2_000, 90)) for begin, end in spans]
    assert kinds(watched, 9_000, series) == ["drain", *[None] * 4]
    after_a_pause = drained(Drain(4_000 + DRAIN_WINDOW, 9_000, 2_000, 90))
    assert kinds(watched, 9_000, [after_a_pause]) == [None]
    later = drained(Drain(9_001 + DRAIN_WINDOW, 14_000, 2_000, 90))
    assert kinds(watched, 9_000, [later]) == ["drain"]


def test_a_drain_that_has_doubled_is_said_once_more(watched: Watched) -> None:
    grown = [
        replace(DRAIN, end=DRAIN.end + n, amount=DRAIN.amount + n) for n in range(0, 9_000, 500)
    ]
    alerts = [watched.see(9_000, drained(each)) for each in grown]
    told = [alert for alert in alerts if alert]
    assert told == [
        Alert(AlertKind.DRAIN, 9_000, drain=grown[0]),
        Alert(AlertKind.DRAIN, 9_000, drain=grown[4], has_doubled=True),
    ]
    watched.restart()
    assert watched.see(9_000, drained(replace(grown[-1], amount=20_000))) is None


@pytest.mark.parametrize(("credits", "kind"), [(480, "low"), (90, "critical"), (0, "empty")])
def test_a_drain_that_brings_a_level_is_told_with_it(
    watched: Watched, credits: int, kind: str
) -> None:
    """A minute later the urgent notification had to give way to one of the same drop."""
    watched.see(9_000)
    alert = watched.see(credits, drained(DRAIN))
    assert alert == Alert(AlertKind(kind), credits, drain=DRAIN)
    assert watched.see(credits, drained(replace(DRAIN, end=DRAIN.end + 300))) is None
    assert not is_untrue(alert, watched.state, credits, watched.now, drained(None))


def test_a_drain_that_was_told_is_not_told_with_a_level(watched: Watched) -> None:
    assert kinds(watched, 9_000, [drained(DRAIN)]) == ["drain"]
    assert watched.see(480, drained(DRAIN)) == Alert(AlertKind.LOW, 480)
    larger = replace(DRAIN, amount=8_000)
    assert watched.see(90, drained(larger)) == Alert(
        AlertKind.CRITICAL, 90, drain=larger, has_doubled=True
    )
    assert kinds(watched, 0, [drained(replace(DRAIN, amount=20_000))] * 2) == ["empty", None]


def test_a_drain_of_the_future_is_that_of_a_wrong_clock(watched: Watched) -> None:
    ahead = int(NOON.timestamp()) + 365 * 86_400
    watched.state = AlertState(HEALTHY, drain=SaidDrain(ahead, 2_000))
    now = int(NOON.timestamp())
    drain = Drain(now - 600, now, 2_000, 90)
    assert kinds(watched, 9_000, [drained(drain)] * 2) == ["drain", None]


def test_a_drain_seen_before_the_clock_was_set_back_is_told_once_its_time_has_come(
    watched: Watched,
) -> None:
    """With notifications off it was heard and decided on again without end."""
    now = int(NOON.timestamp())
    drain = drained(Drain(now - 298, now + 2, 2_000, 90))
    assert kinds(watched, 9_000, [drain] * 3) == [None, "drain", None]


def test_a_refill_of_the_future_is_that_of_a_wrong_clock(watched: Watched) -> None:
    said(watched, [450, 90])
    ahead = int(NOON.timestamp()) + 365 * 86_400
    watched.state = replace(watched.state, refilled=ahead)
    assert said(watched, [8_000, 8_000]) == ["refill", None]


@pytest.mark.parametrize(
    ("credits", "expected"),
    [
        (5_000, None),
        (4_980, None),
        (9_000, Alert(AlertKind.REFILL, 9_000, gained=8_910)),  # which came at that moment
    ],
)
def test_a_clock_that_is_set_right_tells_no_refill_again(
    watched: Watched, credits: int, expected: Alert | None
) -> None:
    """An hour ahead at login, as with another system on the same computer."""
    said(watched, [450, 90])
    evening = list(watched.records)
    morning = watched.now + timedelta(hours=15)
    watched.now = morning + timedelta(hours=1)
    assert watched.see(5_000) == Alert(AlertKind.REFILL, 5_000, gained=4_910)
    watched.restart()
    watched.now, watched.records = morning, evening  # those of the future are not kept
    assert watched.see(credits) == expected
    assert said(watched, [credits, credits - 10]) == [None, None]
    watched.now = morning + timedelta(hours=2)
    assert said(watched, [credits - 10, 90]) == [None, "critical"]
    watched.now += timedelta(minutes=20)
    assert said(watched, [8_000]) == ["refill"]


def test_a_refill_in_a_snooze_is_no_news_when_the_clock_is_set_right(watched: Watched) -> None:
    said(watched, [450, 90])
    watched.snooze(SnoozeChoice.HOUR)
    evening, at = list(watched.records), watched.now
    watched.now += timedelta(minutes=30)
    assert watched.see(5_000) is None
    watched.now, watched.records = at - timedelta(minutes=1), evening
    assert said(watched, [5_000, 5_000]) == [None, None]


def test_what_was_said_in_the_future_was_said_by_a_wrong_clock(watched: Watched) -> None:
    ahead = int(NOON.timestamp()) + 365 * 86_400
    watched.see(12_000)
    for left in (None, 0, ahead + 5):
        watched.state = AlertState(HEALTHY, {AlertKind.LOW: Said(ahead, left)})
        watched.see(12_000)
        assert watched.see(480) == Alert(AlertKind.LOW, 480)


def test_a_drain_that_came_back_is_untrue() -> None:
    alert = Alert(AlertKind.DRAIN, 9_000, drain=DRAIN)
    soon = datetime.fromtimestamp(DRAIN.end + 300, UTC)
    assert is_untrue(alert, AlertState(HEALTHY), 11_000, soon, drained(None))
    assert not is_untrue(alert, AlertState(HEALTHY), 9_000, soon, drained(DRAIN))
    later = datetime.fromtimestamp(DRAIN.end + DRAIN_WINDOW, UTC)
    assert not is_untrue(alert, AlertState(HEALTHY), 9_000, later, drained(None))


def test_the_worst_is_said_first_and_the_rest_after_it(watched: Watched) -> None:
    evidence = Evidence(2, warn_within=3, drain=DRAIN)
    assert kinds(watched, 480, [evidence] * 2) == ["low", None]
    assert kinds(watched, 480, [replace(evidence, drain=replace(DRAIN, amount=5_000))]) == ["drain"]
    watched.state = AlertState(HEALTHY)
    assert kinds(watched, 9_000, [evidence] * 4) == ["refill", "drain", "runs_out", None]


def test_a_snooze_holds_back_what_the_history_tells(watched: Watched) -> None:
    watched.see(9_000)
    watched.snooze(SnoozeChoice.HOUR)
    evidence = Evidence(2, warn_within=3, drain=DRAIN)
    assert kinds(watched, 9_000, [evidence] * 2) == [None, None]
    watched.now += timedelta(hours=1)
    assert kinds(watched, 9_000, [evidence] * 3) == ["drain", "runs_out", None]


# --- any sequence -------------------------------------------------------------------------------

balances = st.sampled_from([0, 1, 50, 100, 101, 104, 105, 300, 500, 501, 524, 525, 12_000])
events = st.lists(
    balances
    | st.integers(-100, 600)
    | st.sampled_from(["restart", "mute", "unmute"])
    | st.sampled_from(SnoozeChoice)
    | st.sampled_from([timedelta(minutes=5), timedelta(minutes=61), timedelta(days=2)]),
    max_size=40,
)


@dataclass
class Seen:
    """One reading of a run of events, and what was known and said then."""

    at: datetime
    credits: int
    level: Level
    alert: Alert | None
    is_heard: bool
    has_snooze: bool


def play(run: Sequence[object]) -> Iterator[Seen]:
    """Let events happen and yield the readings among them."""
    with TemporaryDirectory() as folder:
        watched = Watched(AlertsFile(Path(folder) / "alerts.json", "default"))
        for event in run:
            match event:
                case int():
                    moment = watched.now
                    alert = watched.see(event)
                    assert watched.state.level is not None
                    yield Seen(
                        moment,
                        event,
                        watched.state.level,
                        alert,
                        watched.is_heard,
                        watched.state.snooze is not None,
                    )
                case timedelta():
                    watched.now += event
                case SnoozeChoice():
                    watched.snooze(event)
                case "restart":
                    watched.restart()
                case _:
                    watched.is_heard = event == "unmute"


@settings(max_examples=100)
@given(events)
def test_a_level_is_heard_once_an_hour_unless_there_was_a_refill(run: list[object]) -> None:
    heard_at: dict[AlertKind, datetime] = {}
    before = None
    for each in play(run):
        if before is not None and each.credits > before:
            heard_at.clear()  # some are refills
        before = each.credits
        if each.alert is None or each.alert.kind is AlertKind.REFILL:
            continue
        assert each.alert == Alert(AlertKind(each.level), each.credits)
        assert each.alert.kind not in heard_at
        if each.is_heard:
            heard_at[each.alert.kind] = each.at


@settings(max_examples=100)
@given(events)
def test_who_sees_a_level_for_an_hour_hears_of_it(run: list[object]) -> None:
    """Whatever came before, and however often nobody could show it."""
    with TemporaryDirectory() as folder:
        watched = Watched(AlertsFile(Path(folder) / "alerts.json", "default"))
        told: set[str] = set()
        for event in [*run, timedelta(days=2), "unmute", 12_000, 12_000, 90, 90]:
            match event:
                case int():
                    alert = watched.see(event)
                    told |= {alert.kind.value} if alert and watched.is_heard else set()
                case timedelta():
                    watched.now += event
                    told.clear()
                case "unmute" | "mute":
                    watched.is_heard = event == "unmute"
        assert "critical" in told


@settings(max_examples=100)
@given(events)
def test_a_silence_is_kept_and_a_refill_is_out_of_a_level(run: list[object]) -> None:
    for each in play(run):
        if each.has_snooze:
            assert each.alert is None
        if each.alert and each.alert.kind is AlertKind.REFILL:
            before = level_of(each.credits - each.alert.gained, LIMITS, EMPTY)
            assert each.level.severity < before.severity
