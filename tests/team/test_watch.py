"""One poll, from the key to the Snapshot."""

import json
import logging
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_clock import FakeClock
from tests.fakes import FakeApi, FakeKeychain, NoHistory
from tests.servers.faulty_sandbox import Sandbox
from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import URL_VARIABLE
from tray_app.lemlist.balance import Balance, Team
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.rules.alerts import Alert, AlertKind, SnoozeChoice
from tray_app.rules.drains import RECENT
from tray_app.rules.history import Refill, changes
from tray_app.rules.levels import Level, Thresholds
from tray_app.rules.schedule import Place
from tray_app.sandbox import DEMO_KEY
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.analyst import Analyst
from tray_app.team.announcer import News
from tray_app.team.api import Checked, Connector, PausingApi, check_key
from tray_app.team.credentials import Credentials, KeySource
from tray_app.team.watch import RISE_SETTLES, SECOND_ANSWER, TEAM_RETRY, Reading, Snapshot, Watch

KEY = "fake-key-1"
OTHER_KEY = "fake-key-2"
OFFLINE = Problem(Kind.OFFLINE)


class HeardAtOnce(Watch):
    """A watch whose user hears each alert as soon as it is made."""

    def poll(self, *, prompt: bool = False, by_user: bool = False) -> Snapshot:
        return self._hear(super().poll(prompt=prompt, by_user=by_user))

    def study(self) -> Snapshot:
        return self._hear(super().study())

    def _hear(self, snapshot: Snapshot) -> Snapshot:
        self.heard(snapshot.news)
        return snapshot


@dataclass
class World:
    """All that a watch touches; a second watch in it is a restart."""

    folder: Path
    api: FakeApi = field(default_factory=FakeApi)
    clock: FakeClock = field(default_factory=FakeClock)
    uptime: FakeClock = field(default_factory=FakeClock)
    keychain: FakeKeychain = field(default_factory=lambda: FakeKeychain(KEY))
    keys: list[str] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)

    @property
    def alerts(self) -> Path:
        return self.folder / "state" / "alerts.json"

    def connect(self, key: str) -> FakeApi:
        self.keys.append(key)
        return self.api

    def watch(
        self,
        settings: Settings | None = None,
        analyst: Analyst | None = None,
        *,
        confirms_alerts: bool = False,
    ) -> Watch:
        return (Watch if confirms_alerts else HeardAtOnce)(
            Credentials({}, self.keychain),
            self.connect,
            AlertsFile(self.alerts, "default"),
            settings or Settings(),
            analyst or NoHistory(),
            now=self.clock,
            elapsed=self.uptime.seconds,
            chance=lambda: 0.5,
        )

    def analyst(self) -> Analyst:
        return Analyst(self.history(), UTC)

    def history(self) -> History:
        self.histories.append(History(self.folder / "history.sqlite"))
        return self.histories[-1]

    def poll(self, watch: Watch, answer: int | Problem) -> Snapshot:
        self.api.answer = answer if isinstance(answer, Problem) else Balance(answer)
        self.clock.forward(minutes=5)
        snapshot = watch.poll()
        if snapshot.wait == SECOND_ANSWER:  # the rise is borne out
            self.clock.forward(seconds=SECOND_ANSWER)
            snapshot = watch.poll()
        return self.identified(watch, snapshot)

    def identified(self, watch: Watch, snapshot: Snapshot) -> Snapshot:
        """Have the team asked for as the poller does, and what there is to learn without a file."""
        if snapshot.to_study:
            snapshot = watch.identify()
            if isinstance(watch._analyst, NoHistory):
                snapshot = watch.study()
        return snapshot

    def poll_once(self, watch: Watch, credits: int) -> Snapshot:
        """Poll a server that may answer otherwise when it is asked again."""
        self.api.answer = Balance(credits)
        self.clock.forward(minutes=5)
        return self.identified(watch, watch.poll())

    def spend(self, watch: Watch, *, days: int, hourly: int) -> None:
        """Poll every hour a balance of at first 50,000 credits, and study the history."""
        for hour in range(24 * days):
            self.api.answer = Balance(50_000 - hourly * hour)
            self.clock.forward(hours=1)
            watch.poll()
            watch.study()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    for history in world.histories:
        history.close()


def alerted(world: World, watch: Watch, *answers: int | Problem) -> list[str | None]:
    """Poll these answers and return what each poll alerted."""
    snapshots = []
    for answer in answers:
        snapshot = world.poll(watch, answer)
        snapshots.append(watch.study() if snapshot.to_study else snapshot)
    return [each.news.alert.kind.value if each.news.alert else None for each in snapshots]


# --- a poll -------------------------------------------------------------------------------------


def test_a_good_poll(world: World) -> None:
    assert world.poll(world.watch(), 12_430) == Snapshot(
        reading=Reading(Balance(12_430), world.clock.now),
        level=Level.HEALTHY,
        team="Acme Growth",
        team_id="tea_1",
        key_source=KeySource.KEYCHAIN,
        wait=300,
        next_at=world.clock.now + timedelta(minutes=5),
    )
    assert world.keys == [KEY]


def test_a_failure_keeps_the_last_good_figures(world: World) -> None:
    watch = world.watch()
    good = world.poll(watch, 480)
    bad = world.poll(watch, OFFLINE)
    assert (bad.reading, bad.level, bad.team) == (good.reading, Level.LOW, "Acme Growth")
    assert (bad.problem, bad.news.alert, bad.wait) == (OFFLINE, None, 15)
    again = world.poll(watch, 470)
    assert (again.problem, again.news.alert, again.wait) == (None, None, 300)


def test_a_failure_from_the_start(world: World) -> None:
    snapshot = world.poll(world.watch(), OFFLINE)
    assert (snapshot.reading, snapshot.level, snapshot.team) == (None, None, None)
    assert snapshot.problem is OFFLINE


@pytest.mark.parametrize(
    ("problem", "waits"),
    [
        (OFFLINE, [15, 30, 60, 120, 240, 480, 900, 900]),
        (Problem(Kind.RATE_LIMITED, retry_after=100), [100, 100, 100, 120]),
        (Problem(Kind.SERVER_ERROR, retry_after=3600), [3600, 3600]),
        (Problem(Kind.UNAUTHORIZED), [3600, 3600]),
    ],
    ids=["offline", "rate limit", "503", "refused key"],
)
def test_waits_after_failures(world: World, problem: Problem, waits: list[float]) -> None:
    watch = world.watch()
    assert [world.poll(watch, problem).wait for _ in waits] == waits
    assert world.poll(watch, 12_000).wait == 300
    assert world.poll(watch, problem).wait == waits[0]


@pytest.mark.parametrize("kind", [Kind.KEYCHAIN_LOCKED, Kind.KEYCHAIN_UNAVAILABLE])
def test_a_keychain_that_gives_no_key(world: World, kind: Kind) -> None:
    world.keychain.problem = Problem(kind)
    watch = world.watch()
    snapshot = watch.poll()
    assert snapshot.problem is not None
    assert (snapshot.problem.kind, snapshot.key_source) == (kind, None)
    assert world.api.asked_balance == 0
    world.keychain.problem = None
    assert watch.poll(prompt=True).problem is None
    assert world.keychain.prompts == [False, True]


def test_no_key(world: World) -> None:
    world.keychain.key = None
    problem = world.watch().poll().problem
    assert problem is not None
    assert problem.kind is Kind.NO_KEY


def test_the_log_tells_the_kind_and_nothing_secret(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.api.identity = Problem(Kind.TIMEOUT, "no whole answer in 5 s")
    watch = world.watch()
    world.poll(watch, 480)
    world.poll(watch, Problem(Kind.OFFLINE, "ConnectTimeout"))
    assert "poll failed: offline ConnectTimeout" in caplog.text
    assert "no team name: timeout" in caplog.text
    assert KEY not in caplog.text


# --- the team's name ----------------------------------------------------------------------------


def test_a_balance_is_told_before_its_team_is_asked_for(world: World) -> None:
    world.api.known = Team("tea_1", "Acme, as it was called")
    watch = world.watch(analyst=world.analyst())
    first = watch.poll()
    assert (first.level, first.team, first.to_study) == (
        Level.HEALTHY,
        "Acme, as it was called",
        True,
    )
    assert world.api.asked_team == 0
    assert first.team_id is None  # nothing of a history is shown for a team that may be another
    identified = watch.identify()
    assert (identified.team, identified.team_id) == ("Acme Growth", "tea_1")
    assert watch.identify() == identified
    assert world.api.asked_team == 1


def test_a_key_that_opens_another_team_than_last_time_changes_nothing_of_the_last_one(
    world: World,
) -> None:
    before = world.watch(analyst=world.analyst())
    assert alerted(world, before, 12_000, 480) == [None, "low"]
    world.api.known, world.api.identity = Team("tea_1", "Acme"), Team("tea_2", "Other")
    watch = world.watch(analyst=world.analyst(), confirms_alerts=True)
    world.api.answer = Balance(470)
    first = watch.poll()
    assert (first.team, first.news.early, first.news.alert) == ("Acme", None, None)
    identified = watch.identify()
    assert (identified.team, identified.team_id) == ("Other", "tea_2")
    assert identified.news.early == Alert(AlertKind.LOW, 470)  # which was told of the other team
    assert watch.study().news.alert == Alert(AlertKind.LOW, 470)
    history = world.history()
    assert [each.credits for each in history.read("tea_1")] == [12_000, 480]
    assert [each.credits for each in history.read("tea_2")] == [470]


def test_nothing_is_alerted_of_a_team_that_may_be_another(world: World) -> None:
    assert alerted(world, world.watch(analyst=world.analyst()), 12_000) == [None]
    world.api.known = Team("tea_1", "Acme Growth")
    watch = world.watch(analyst=world.analyst(), confirms_alerts=True)
    world.api.answer = Balance(470)
    first = watch.poll()
    assert (first.level, first.news.early, first.news.alert) == (Level.LOW, None, None)
    assert watch.identify().news.early == Alert(AlertKind.LOW, 470)


def test_what_was_heard_of_the_team_is_not_told_early_after_a_restart(world: World) -> None:
    assert alerted(world, world.watch(analyst=world.analyst()), 12_000, 480) == [None, "low"]
    watch = world.watch(analyst=world.analyst(), confirms_alerts=True)
    snapshot = world.poll(watch, 470)
    assert (snapshot.team_id, snapshot.news.early) == ("tea_1", None)
    assert watch.study().news.alert is None


def test_a_team_that_is_asked_for_after_a_failed_poll_alerts_nothing_early(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.api.answer = Balance(480)
    watch.poll()
    world.api.answer = OFFLINE
    assert watch.poll().to_study
    identified = watch.identify()
    assert (identified.team, identified.problem, identified.news.early) == (
        "Acme Growth",
        OFFLINE,
        None,
    )


def test_a_team_that_was_not_told_is_asked_for_again_after_an_hour(world: World) -> None:
    world.api.identity = Problem(Kind.TIMEOUT)
    watch = world.watch(analyst=world.analyst())
    assert world.poll(watch, 12_000).team is None
    watch.study()
    world.api.identity = Team("tea_1", "Acme")
    world.uptime.forward(seconds=TEAM_RETRY - 1)
    assert world.poll(watch, 11_900).team is None
    watch.study()
    world.uptime.forward(seconds=1)
    assert world.poll(watch, 11_800).team == "Acme"
    watch.study()
    assert world.api.asked_team == 2
    # With the team's first answer all that was seen before is recorded too.
    assert [each.credits for each in world.history().read("tea_1")] == [12_000, 11_900, 11_800]


def test_teams_are_polled_in_turn(world: World) -> None:
    """All are first polled at once; from then on they are 15 seconds apart."""
    ends = []
    for number in range(20):
        watch = world.watch()
        watch.place = Place(number, 20)
        ends.append((world.uptime.seconds() + watch.poll().wait) % 300)
    assert [round(after - before) % 300 for before, after in pairwise(ends)] == [15] * 19


def test_the_team_is_asked_for_once(world: World) -> None:
    watch = world.watch()
    for _ in range(3):
        world.poll(watch, 12_000)
    assert world.api.asked_team == 1


def test_a_team_without_a_name_fails_nothing_and_is_not_asked_again_at_once(world: World) -> None:
    world.api.identity = Problem(Kind.TIMEOUT)
    watch = world.watch()
    for _ in range(3):
        snapshot = world.poll(watch, 12_000)
        assert (snapshot.team, snapshot.problem, snapshot.level) == (None, None, Level.HEALTHY)
    assert world.api.asked_team == 1


# --- the history --------------------------------------------------------------------------------


def test_the_first_figures_do_not_wait_for_the_history(world: World) -> None:
    analyst = world.analyst()
    watch = world.watch(analyst=analyst)
    first = world.poll(watch, 12_000)
    assert (first.to_study, first.analysis) == (True, None)
    studied = watch.study()
    assert studied.analysis is not None
    assert studied == replace(first, to_study=False, analysis=studied.analysis)
    second = world.poll(watch, 11_990)
    assert (second.to_study, second.analysis is not None) == (False, True)
    assert watch.study() == second  # there is nothing more to learn
    assert len(world.history().read("tea_1")) == 2


def test_there_is_nothing_to_study_without_a_history_or_figures(world: World) -> None:
    watch = world.watch()
    assert not world.poll(watch, 12_000).to_study
    analyst = world.analyst()
    watch = world.watch(analyst=analyst)
    failed = world.poll(watch, OFFLINE)
    assert not failed.to_study
    assert watch.study() == failed


def test_a_failure_keeps_what_the_history_told(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 12_000)
    analysis = watch.study().analysis
    assert analysis is not None
    assert world.poll(watch, OFFLINE).analysis == analysis


def test_a_failure_before_the_study_leaves_it_to_be_done(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 12_000)
    assert world.poll(watch, OFFLINE).to_study
    assert watch.study().analysis is not None


def test_nothing_is_recorded_for_a_team_that_nobody_knows(world: World) -> None:
    world.api.identity = Problem(Kind.TIMEOUT)
    watch = world.watch(analyst=world.analyst())
    snapshot = world.poll(watch, 12_000)
    assert (snapshot.team_id, watch.study().analysis) == (None, None)
    assert world.history().teams() == {}


def test_another_key_begins_another_history(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 12_000)
    watch.study()
    world.api.identity = Team("tea_2", "Other Team")
    watch.use_key(OTHER_KEY, store=True)
    assert world.poll(watch, 500).to_study
    watch.study()
    history = world.history()
    assert [each.credits for each in history.read("tea_1")] == [12_000]
    assert [each.credits for each in history.read("tea_2")] == [500]


def test_a_history_that_can_not_be_kept_is_said(world: World) -> None:
    path = world.folder / "history.sqlite"
    path.mkdir()
    fault = FileFault(FaultKind.UNUSABLE, str(path))
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 12_000)
    assert watch.study().history_fault == fault
    assert world.poll(watch, 11_000).history_fault == fault


def test_a_drain_is_alerted_as_the_history_tells(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.spend(watch, days=10, hourly=10)
    assert alerted(world, watch, 40_000, 39_990) == ["drain", None]


def test_the_study_may_alert_too(world: World) -> None:
    watch = world.watch(Settings(warn_within=0), world.analyst())
    world.spend(watch, days=12, hourly=150)
    again = world.watch(analyst=world.analyst())
    assert alerted(world, again, 6_900, 6_890) == ["runs_out", None]


def test_the_first_alert_of_a_run_waits_for_the_history(world: World) -> None:
    """So that one notification tells the date too, and no other takes its place."""
    watch = world.watch(Settings(warn_within=0), world.analyst())
    world.spend(watch, days=12, hourly=150)
    again = world.watch(analyst=world.analyst(), confirms_alerts=True)
    first = world.poll(again, 80)
    early = first.news.early
    assert (first.news.alert, early, first.level) == (
        None,
        Alert(AlertKind.CRITICAL, 80),
        Level.CRITICAL,
    )
    assert early is not None
    studied = again.study()
    assert studied.news.alert is not None
    assert studied.news.alert.drain is not None
    assert studied.news.alert == Alert(
        AlertKind.CRITICAL, 80, drain=studied.news.alert.drain, is_dated=True, is_at_risk=True
    )
    assert studied.news.id == first.news.id
    # If the history took too long, what was told without it is not followed by less urgent news.
    again.heard(replace(first.news, alert=early))
    assert alerted(world, again, 80) == [None]


def test_a_study_of_figures_that_are_out_of_date_alerts_nothing(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 480)
    failed = world.poll(watch, OFFLINE)
    assert (failed.news.alert, failed.news.early, watch.study().news.alert) == (None, None, None)
    assert alerted(world, watch, 480) == ["low"]


def test_a_drain_of_a_clock_that_ran_ahead_is_none_when_it_is_set_right(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.spend(watch, days=10, hourly=10)
    world.clock.forward(days=5)
    assert alerted(world, watch, 47_000, 40_000) == [None, "drain"]
    world.clock.forward(days=-5, minutes=-30)
    assert alerted(world, watch, 39_990, 39_980, 39_970) == [None] * 3


def test_a_reservation_that_comes_back_is_neither_for_alerts_nor_for_the_history(
    world: World,
) -> None:
    watch = world.watch(analyst=world.analyst())
    assert alerted(world, watch, 1_000, 300, 300, 850) == [None, "low", None, None]
    found = changes(world.history().read("tea_1"))
    assert not any(isinstance(one, Refill) for one in found)


def test_a_refill_is_told_while_nothing_can_be_kept_and_the_team_has_no_name(
    world: World,
) -> None:
    world.api.identity = Problem(Kind.TIMEOUT)
    watch = world.watch(analyst=world.analyst())
    assert alerted(world, watch, 480, 12_000, 11_990) == ["low", "refill", None]


def test_a_refill_is_told_while_the_disk_is_full(world: World) -> None:
    (world.folder / "history.sqlite").mkdir()
    watch = world.watch(analyst=world.analyst())
    assert alerted(world, watch, 480, 12_000, 11_990) == ["low", "refill", None]


def test_another_renewal_day_is_used_at_once(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 12_000)
    watch.study()
    analysis = watch.apply(Settings(renewal_day=9)).analysis
    assert analysis is not None
    assert analysis.renewal is not None
    assert analysis.renewal.day == 9


# --- alerts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([12_000, 480, 470, 90, 0], [None, "low", None, "critical", "empty"]),
        ([480, 470], ["low", None]),
        ([12_000, OFFLINE, 480], [None, None, "low"]),
        ([480, OFFLINE, OFFLINE, 470], ["low", None, None, None]),
        ([480, OFFLINE, 12_000], ["low", None, "refill"]),
        ([OFFLINE, 480], [None, "low"]),
        ([OFFLINE, 12_000], [None, None]),
    ],
    ids=["fall", "low from the start", "after a gap", "stale", "refill", "late", "late and well"],
)
def test_alerts(world: World, answers: list[int | Problem], expected: list[str | None]) -> None:
    assert alerted(world, world.watch(analyst=world.analyst()), *answers) == expected


def test_the_alert_of_a_poll_is_not_in_the_next_snapshot(world: World) -> None:
    watch = world.watch()
    assert world.poll(watch, 480).news.alert == Alert(AlertKind.LOW, 480)
    assert watch.apply(Settings(interval=60)).news.alert is None
    assert watch.snooze(SnoozeChoice.HOUR).news.alert is None


def test_a_restart_does_not_say_it_again(world: World) -> None:
    assert alerted(world, world.watch(), 12_000, 480) == [None, "low"]
    assert alerted(world, world.watch(), 470, 90) == [None, "critical"]
    assert alerted(world, world.watch(), OFFLINE, 80) == [None, None]


# What nobody has heard yet is kept, and told anew.


@pytest.fixture
def confirmed(world: World) -> Watch:
    """Return a watch that has to be told what was heard."""
    return world.watch(analyst=world.analyst(), confirms_alerts=True)


def heard(watch: Watch, snapshot: Snapshot) -> None:
    assert snapshot.news.alert is not None
    watch.heard(snapshot.news)


def test_what_nobody_heard_is_told_with_each_reading(world: World, confirmed: Watch) -> None:
    assert alerted(world, confirmed, 12_000, 480, 470) == [None, "low", "low"]
    heard(confirmed, world.poll(confirmed, 460))
    assert alerted(world, confirmed, 450) == [None]


def test_what_nobody_heard_is_told_after_a_restart(world: World, confirmed: Watch) -> None:
    assert alerted(world, confirmed, 450, 90) == ["low", "critical"]
    again = world.watch(analyst=world.analyst(), confirms_alerts=True)
    assert alerted(world, again, 80) == ["critical"]
    heard(again, world.poll(again, 80))
    assert alerted(world, again, 9_000) == ["refill"]
    again = world.watch(analyst=world.analyst(), confirms_alerts=True)
    assert alerted(world, again, 8_990) == ["refill"]
    heard(again, world.poll(again, 8_990))
    assert alerted(world, again, 8_990) == [None]


def test_a_refill_that_nobody_heard_is_told_for_four_hours(world: World, confirmed: Watch) -> None:
    world.poll(confirmed, 90)
    heard(confirmed, confirmed.study())
    assert alerted(world, confirmed, 5_090) == ["refill"]
    world.clock.forward(seconds=RECENT - 600)
    assert alerted(world, confirmed, 5_080, 5_070) == ["refill", None]


def test_a_drain_that_nobody_heard_is_told_after_a_restart(world: World) -> None:
    watch = world.watch(analyst=world.analyst(), confirms_alerts=True)
    world.spend(watch, days=10, hourly=10)
    assert alerted(world, watch, 40_000) == ["drain"]
    again = world.watch(analyst=world.analyst(), confirms_alerts=True)
    assert alerted(world, again, 39_990) == ["drain"]


def test_what_nobody_heard_is_dropped_when_it_is_out_of_date(
    world: World, confirmed: Watch
) -> None:
    assert alerted(world, confirmed, 12_000, 480) == [None, "low"]
    assert world.poll(confirmed, OFFLINE).news.withdraws
    assert not world.poll(confirmed, OFFLINE).news.withdraws
    assert alerted(world, confirmed, 480) == ["low"]


def test_news_keeps_its_id_until_it_was_heard_or_taken_back(world: World, confirmed: Watch) -> None:
    world.poll(confirmed, 12_000)
    confirmed.study()
    low, still_low = world.poll(confirmed, 480), world.poll(confirmed, 479)
    assert still_low.news.id == low.news.id
    heard(confirmed, still_low)
    critical = world.poll(confirmed, 90)
    assert critical.news.id not in (0, low.news.id)
    assert world.poll(confirmed, OFFLINE).news.withdraws
    assert world.poll(confirmed, 90).news.id not in (low.news.id, critical.news.id)


def test_what_was_heard_stays_when_it_is_out_of_date(world: World, confirmed: Watch) -> None:
    world.poll(confirmed, 12_000)
    confirmed.study()
    heard(confirmed, world.poll(confirmed, 480))
    assert not world.poll(confirmed, OFFLINE).news.withdraws


def test_what_is_no_longer_true_is_withdrawn(world: World, confirmed: Watch) -> None:
    world.poll(confirmed, 1_000)
    confirmed.study()
    heard(confirmed, world.poll(confirmed, 80))
    assert not world.poll(confirmed, 70).news.withdraws
    back = world.poll(confirmed, 990)  # which was only reserved
    assert (back.news.alert, back.news.withdraws) == (None, True)
    assert not world.poll(confirmed, 980).news.withdraws


def test_news_take_the_place_of_what_is_no_longer_true(world: World, confirmed: Watch) -> None:
    world.poll(confirmed, 400)
    confirmed.study()
    heard(confirmed, world.poll(confirmed, 80))
    back = world.poll(confirmed, 9_000)
    assert back.news.alert == Alert(AlertKind.REFILL, 9_000, gained=8_920)
    assert not back.news.withdraws


def test_a_snooze_drops_what_nobody_heard(world: World, confirmed: Watch) -> None:
    assert alerted(world, confirmed, 12_000, 480) == [None, "low"]
    assert confirmed.snooze(SnoozeChoice.HOUR).news.withdraws
    assert alerted(world, confirmed, 470) == [None]
    world.clock.forward(hours=1)
    heard(confirmed, world.poll(confirmed, 470))
    assert not confirmed.snooze(SnoozeChoice.HOUR).news.withdraws


def test_a_snooze_drops_what_still_waits_for_the_history(world: World, confirmed: Watch) -> None:
    """Which was told all the same if the history took longer than a second."""
    assert world.poll(confirmed, 480).news.early == Alert(AlertKind.LOW, 480)
    news = confirmed.snooze(SnoozeChoice.HOUR).news
    assert (news.alert, news.early, news.withdraws) == (None, None, True)


def test_what_another_key_told_is_withdrawn_and_not_heard(world: World, confirmed: Watch) -> None:
    world.poll(confirmed, 480)
    told = confirmed.study()
    world.api.identity = Team("tea_2", "Other")
    confirmed.use_key(OTHER_KEY, store=True)
    heard(confirmed, told)
    world.api.answer = Balance(470)
    assert confirmed.poll().news.withdraws
    assert confirmed.study().news.alert == Alert(AlertKind.LOW, 470)


def test_what_is_heard_after_the_next_poll_is_heard(world: World, confirmed: Watch) -> None:
    """Each poll made a new alert of it, so that what a slow service took counted for nothing."""
    first = world.poll(confirmed, 480).news
    news = confirmed.study().news
    assert first.early == news.alert == Alert(AlertKind.LOW, 480)
    later = world.poll(confirmed, 479).news
    assert later.alert == Alert(AlertKind.LOW, 479)
    assert later.id == news.id == first.id != 0
    confirmed.heard(news)
    assert alerted(world, confirmed, 478) == [None]


def test_a_refill_that_has_grown_is_not_heard_with_the_smaller(
    world: World, confirmed: Watch
) -> None:
    assert alerted(world, confirmed, 90) == ["critical"]
    heard(confirmed, world.poll(confirmed, 90))
    smaller = world.poll(confirmed, 2_090)
    assert world.poll(confirmed, 5_090).news.alert is not None
    heard(confirmed, smaller)
    assert alerted(world, confirmed, 5_090) == ["refill"]


WIDER = Settings(Thresholds(1_000, 100))


def test_settings_that_change_before_the_first_reading_alert_nothing(world: World) -> None:
    assert alerted(world, world.watch(), 600) == [None]
    for analyst in (None, world.analyst()):
        watch = world.watch(analyst=analyst)
        assert alerted(world, watch, OFFLINE) == [None]
        assert watch.apply(WIDER).news.alert is None
        assert alerted(world, watch, 600, 590) == [None, None]
        watch.apply(Settings())
        assert alerted(world, watch, 590) == [None]


def test_what_has_happened_meanwhile_is_told_by_the_old_settings(world: World) -> None:
    assert alerted(world, world.watch(), 600) == [None]
    watch = world.watch()
    assert alerted(world, watch, OFFLINE) == [None]
    watch.apply(WIDER)
    assert alerted(world, watch, 490) == ["low"]


def test_settings_change_nothing_of_a_balance_that_was_never_known(world: World) -> None:
    """Nobody has heard of it by any settings."""
    watch = world.watch()
    assert alerted(world, watch, OFFLINE) == [None]
    watch.apply(WIDER)
    assert alerted(world, watch, 600) == ["low"]


def test_another_team_is_another_story(world: World) -> None:
    assert alerted(world, world.watch(), 480) == ["low"]
    world.api.identity = Team("tea_2", "Other")
    assert alerted(world, world.watch(), 470) == ["low"]


def test_another_key_is_another_story(world: World) -> None:
    watch = world.watch()
    assert alerted(world, watch, 12_000, 480) == [None, "low"]
    world.api.identity = Team("tea_2", "Other")
    watch.use_key(OTHER_KEY, store=True)
    snapshot = world.poll(watch, 90)
    assert snapshot.news.alert == Alert(AlertKind.CRITICAL, 90)
    assert snapshot.team == "Other"


def test_notifications_off(world: World) -> None:
    watch = world.watch(Settings(notifications=False))
    assert alerted(world, watch, 12_000, 480) == [None, None]
    watch.apply(Settings(notifications=True))
    assert alerted(world, watch, 470, 90) == [None, "critical"]


def test_switching_notifications_off_drops_what_nobody_heard(
    world: World, confirmed: Watch
) -> None:
    assert alerted(world, confirmed, 12_000, 480) == [None, "low"]
    off = confirmed.apply(Settings(notifications=False))
    assert (off.news.alert, off.news.withdraws) == (None, True)
    assert alerted(world, confirmed, 480) == [None]
    confirmed.apply(Settings())
    assert alerted(world, confirmed, 480) == [None]


def test_a_snooze(world: World) -> None:
    watch = world.watch()
    world.poll(watch, 12_000)
    snapshot = watch.snooze(SnoozeChoice.HOUR)
    assert snapshot.snooze is not None
    assert snapshot.snooze.until == world.clock.now + timedelta(hours=1)
    assert alerted(world, watch, 480) == [None]
    world.clock.forward(hours=1)
    assert alerted(world, world.watch(), 470, 460) == ["low", None]


def test_state_that_can_not_be_kept_fails_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    (world.folder / "state").write_text("in the way")
    watch = world.watch()
    assert alerted(world, watch, 12_000, 480, 470) == [None, "low", None]
    assert "can't be kept" in caplog.text
    assert not watch.poll().can_remember


def test_without_a_file_nothing_is_kept(world: World) -> None:
    watch = HeardAtOnce(
        Credentials({}, world.keychain), world.connect, None, Settings(), NoHistory()
    )
    assert alerted(world, watch, 12_000, 480) == [None, "low"]
    assert not world.alerts.exists()


def test_neither_key_nor_amount_is_kept(world: World) -> None:
    world.poll(world.watch(), 480)
    assert list(json.loads(world.alerts.read_text())["default"]["said"]) == ["low"]
    assert not {KEY, "480"} & set(world.alerts.read_text().split('"'))


steps = st.lists(
    st.sampled_from([0, 50, 100, 104, 105, 300, 500, 524, 525, 12_000])
    | st.just(OFFLINE)
    | st.sampled_from(["restart", "settings", *SnoozeChoice]),
    max_size=25,
)


@settings(max_examples=60)
@given(steps)
def test_no_sequence_alerts_twice_in_an_episode_or_on_stale_data(
    run: list[int | Problem | str],
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        watch = world.watch()
        said: set[str] = set()
        for step in run:
            match step:
                case int():
                    snapshot = world.poll(watch, step)
                    assert snapshot.level is not None
                    now = snapshot.level.severity
                    said -= {level.value for level in Level if level.severity > now}
                    if snapshot.news.alert and snapshot.news.alert.kind is not AlertKind.REFILL:
                        assert snapshot.news.alert.kind.value not in said
                        said.add(snapshot.news.alert.kind.value)
                case Problem():
                    assert world.poll(watch, step).news.alert is None
                case SnoozeChoice():
                    assert watch.snooze(step).news.alert is None
                case "settings":
                    assert watch.apply(Settings(interval=60)).news.alert is None
                case _:
                    watch = world.watch()


# --- settings -----------------------------------------------------------------------------------


def test_other_thresholds_judge_anew_and_say_nothing(world: World) -> None:
    watch = world.watch()
    world.poll(watch, 600)
    snapshot = watch.apply(Settings(Thresholds(1000, 100), interval=60))
    assert (snapshot.level, snapshot.news.alert, snapshot.wait) == (Level.LOW, None, 60)
    assert alerted(world, watch, 590) == [None]
    assert watch.apply(Settings()).level is Level.HEALTHY


def test_one_threshold_leaves_the_band_of_the_other_alone(world: World) -> None:
    watch = world.watch()
    assert alerted(world, watch, 600, 490, 510) == [None, "low", None]
    assert watch.apply(Settings(Thresholds(500, 50))).level is Level.LOW
    assert alerted(world, watch, 510, 500, 510, 490) == [None] * 4


def test_an_earlier_warning_alerts_nothing(world: World) -> None:
    watch = world.watch(Settings(warn_within=0), world.analyst())
    world.spend(watch, days=12, hourly=150)
    assert watch.apply(Settings(warn_within=5)).news.alert is None
    assert alerted(world, watch, 50_000 - 150 * 24 * 12) == [None]


def test_settings_judge_the_last_reading_at_its_own_time(world: World) -> None:
    """What only the passing of time made true counted as heard, and a wrong day was said."""
    world.spend(world.watch(Settings(warn_within=0), world.analyst()), days=12, hourly=150)
    watch = world.watch(Settings(warn_within=3), world.analyst())
    world.clock.forward(hours=5, minutes=53)
    assert alerted(world, watch, 14_000) == [None]  # at 17:58, before the end of a working day
    before = watch.snooze(SnoozeChoice.NONE).analysis
    world.clock.forward(minutes=3)
    assert watch.apply(Settings(interval=60, warn_within=3)).analysis == before
    assert alerted(world, watch, 14_000) == ["runs_out"]


def test_settings_between_a_poll_and_its_study(world: World) -> None:
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 480)
    assert watch.apply(Settings(Thresholds(490, 100))).level is Level.LOW
    assert watch.study().news.alert == Alert(AlertKind.LOW, 480)


def test_thresholds_that_make_an_alert_untrue_withdraw_it(world: World) -> None:
    watch = world.watch()
    assert alerted(world, watch, 480) == ["low"]
    assert watch.apply(Settings(Thresholds(300, 100))).news.withdraws


def test_other_settings_leave_the_level_alone(world: World) -> None:
    watch = world.watch()
    assert alerted(world, watch, 500, 510) == ["low", None]
    assert watch.apply(Settings(interval=60)).level is Level.LOW
    assert alerted(world, watch, 500) == [None]


def test_settings_before_the_first_poll(world: World) -> None:
    watch = world.watch()
    snapshot = watch.apply(Settings(interval=60))
    assert (snapshot.reading, snapshot.level, snapshot.wait) == (None, None, 60)


def test_settings_while_there_is_a_problem(world: World) -> None:
    watch = world.watch()
    world.poll(watch, OFFLINE)
    assert watch.apply(Settings(interval=60)).problem is OFFLINE


# --- keys ---------------------------------------------------------------------------------------


def test_checking_a_key_stores_nothing(world: World) -> None:
    checked = check_key(world.connect, OTHER_KEY)
    assert checked == Checked("Acme Growth", Balance(1000), "tea_1")
    assert world.keys == [OTHER_KEY]
    assert world.keychain.key == KEY


def test_checking_a_key_of_a_team_without_a_name(world: World) -> None:
    world.api.identity = Problem(Kind.TIMEOUT)
    assert check_key(world.connect, OTHER_KEY).team is None


def test_checking_a_key_that_is_no_good(world: World) -> None:
    world.api.answer = Problem(Kind.UNAUTHORIZED)
    with pytest.raises(Problem) as caught:
        check_key(world.connect, OTHER_KEY)
    assert caught.value.kind is Kind.UNAUTHORIZED


@pytest.mark.parametrize(
    ("store", "stored", "source"),
    [(True, OTHER_KEY, KeySource.KEYCHAIN), (False, KEY, KeySource.THIS_RUN)],
)
def test_another_key(world: World, store: bool, stored: str, source: KeySource) -> None:
    watch = world.watch()
    world.poll(watch, OFFLINE)
    watch.use_key(OTHER_KEY, store=store)
    assert world.poll(watch, 12_000).key_source is source
    assert world.keys == [KEY, OTHER_KEY]
    assert world.keychain.key == stored


def test_the_old_key_stays_when_the_new_one_can_not_be_stored(world: World) -> None:
    watch = world.watch()
    before = world.poll(watch, 480)
    world.keychain.problem = Problem(Kind.KEYCHAIN_LOCKED)
    with pytest.raises(Problem):
        watch.use_key(OTHER_KEY, store=True)
    assert world.keychain.key == KEY
    after = world.poll(watch, 480)
    unlike = {"reading": None, "news": News(), "next_at": None}
    assert replace(after, **unlike) == replace(before, **unlike)  # type: ignore[arg-type]
    assert world.keys == [KEY]


def test_a_defect_hides_newer_figures_until_a_poll_succeeds(world: World) -> None:
    """After a snooze or with other settings the figures were shown as good again."""
    watch = world.watch()
    world.poll(watch, 12_000)
    for snapshot in (
        watch.fail(Problem(Kind.DEFECT)),
        watch.snooze(SnoozeChoice.HOUR),
        watch.apply(Settings(interval=60)),
    ):
        assert snapshot.reading is not None
        assert snapshot.problem is not None
        assert snapshot.problem.kind is Kind.DEFECT
        assert snapshot.wait == 900
        assert snapshot.next_at == world.clock.now + timedelta(seconds=900)
    assert world.poll(watch, 11_000).problem is None


def test_after_a_refused_key_the_keychain_is_read_anew(world: World) -> None:
    watch = world.watch()
    world.poll(watch, 12_000)
    world.poll(watch, Problem(Kind.UNAUTHORIZED))
    assert world.keys == [KEY]
    world.poll(watch, Problem(Kind.UNAUTHORIZED))  # it holds the same one still
    world.keychain.key = OTHER_KEY
    assert world.poll(watch, 700).reading is not None
    assert world.keys == [KEY, OTHER_KEY]
    assert world.keychain.prompts == [False] * 3


def test_other_failures_leave_the_keychain_alone(world: World) -> None:
    watch = world.watch()
    for problem in (OFFLINE, Problem(Kind.SERVER_ERROR), Problem(Kind.RATE_LIMITED)):
        world.poll(watch, problem)
    assert world.keychain.prompts == [False]


def test_a_refused_key_of_this_run_is_kept(world: World) -> None:
    watch = world.watch()
    watch.use_key(OTHER_KEY, store=False)
    world.poll(watch, Problem(Kind.UNAUTHORIZED))
    assert world.poll(watch, 700).key_source is KeySource.THIS_RUN
    assert world.keychain.prompts == []


@pytest.mark.parametrize("told", [True, False], ids=["told", "after a refusal"])
def test_nothing_of_one_team_goes_on_with_the_key_of_another(world: World, told: bool) -> None:
    watch = world.watch(analyst=world.analyst())
    world.poll(watch, 12_000)
    watch.study()
    assert alerted(world, watch, 480) == ["low"]
    world.poll(watch, Problem(Kind.UNAUTHORIZED))
    world.keychain.key = OTHER_KEY
    world.api.identity = Team("tea_2", "Other")
    if told:
        watch.forget_key()
    first = world.poll(watch, OFFLINE)
    assert (first.reading, first.team, first.team_id, first.analysis) == (None, None, None, None)
    world.poll(watch, 470)
    second = watch.study()
    assert (second.news.alert, second.team) == (Alert(AlertKind.LOW, 470), "Other")
    history = world.history()
    assert [each.credits for each in history.read("tea_1")] == [12_000, 480]
    assert [each.credits for each in history.read("tea_2")] == [470]


def test_a_key_that_is_removed_is_forgotten(world: World) -> None:
    clients: list[weakref.ref[FakeApi]] = []

    def connect(_key: str) -> FakeApi:
        api = FakeApi()
        clients.append(weakref.ref(api))
        return api

    watch = Watch(Credentials({}, world.keychain), connect, None, Settings(), NoHistory())
    assert watch.poll().reading is not None
    world.keychain.key = None
    watch.forget_key()
    snapshot = watch.poll()
    assert (snapshot.reading, snapshot.team, snapshot.key_source) == (None, None, None)
    assert snapshot.problem is not None
    assert snapshot.problem.kind is Kind.NO_KEY
    assert [client() for client in clients] == [None]


def test_what_was_said_of_a_team_holds_for_its_next_key(world: World) -> None:
    watch = world.watch()
    assert alerted(world, watch, 12_000, 480) == [None, "low"]
    watch.use_key(OTHER_KEY, store=True)
    assert alerted(world, watch, 470) == [None]


def test_what_was_said_of_a_team_is_not_taken_for_another_whose_name_is_not_told(
    world: World,
) -> None:
    assert alerted(world, world.watch(), 480) == ["low"]
    world.keychain.key = OTHER_KEY
    world.api.identity = Problem(Kind.TIMEOUT)
    assert alerted(world, world.watch(), 470) == ["low"]


@pytest.mark.parametrize("identity", [Problem(Kind.TIMEOUT), Team("tea_2", "Other")], ids=str)
def test_what_was_said_of_a_team_that_nobody_knows_does_not_hold_for_another_key(
    world: World, identity: Team | Problem
) -> None:
    world.api.identity = Problem(Kind.TIMEOUT)
    watch = world.watch()
    assert alerted(world, watch, 480) == ["low"]
    watch.use_key(OTHER_KEY, store=True)
    world.api.identity = identity
    assert alerted(world, watch, 470, 460) == ["low", None]


# --- over a real socket -------------------------------------------------------------------------


def watch_at(url: str) -> Watch:
    environ = {URL_VARIABLE: url, KEY_VARIABLE: DEMO_KEY}
    return Watch(
        Credentials(environ, FakeKeychain()), Connector(environ), None, Settings(), NoHistory()
    )


def test_the_sandbox() -> None:
    with Sandbox(story="fixed") as sandbox:
        watch = watch_at(sandbox.url)
        assert watch.poll().team is None
        good = watch.study()
        assert (good.team, good.level, good.key_source) == (
            "Acme Growth",
            Level.HEALTHY,
            KeySource.ENVIRONMENT,
        )
        sandbox.set_fault("503")
        bad = watch.poll()
        assert bad.reading == good.reading
        assert bad.wait >= 12
        sandbox.set_fault(None)
        sandbox.set_total(0)
        assert watch.poll().news.alert == Alert(AlertKind.EMPTY, 0)


def test_a_bad_address() -> None:
    problem = watch_at("http://api.lemlist.com/api").poll().problem
    assert problem is not None
    assert problem.kind is Kind.BAD_ADDRESS


def test_the_connector_makes_clients() -> None:
    assert isinstance(Connector({})(KEY), PausingApi)


@pytest.mark.parametrize(
    ("by_user", "waits"),
    [
        ((False, True, True, True, False), [15, 15, 15, 15, 30]),
        ((True, False, False), [15, 15, 30]),
        ((True, True, False), [15, 15, 15]),
    ],
)
def test_the_users_own_tries_make_no_wait_longer(
    world: World, by_user: tuple[bool, ...], waits: list[float]
) -> None:
    world.api.answer = OFFLINE
    watch = world.watch()
    assert [watch.poll(by_user=each).wait for each in by_user] == waits


# --- answers that contradict each other -----------------------------------------------------------


def test_an_answer_in_four_from_a_server_that_lags_behind_is_nothing_new(
    world: World, confirmed: Watch
) -> None:
    """The truth is 90 credits, which lose 1 with each poll; the lagging answer is 5,000."""
    told = []
    for number in range(24):
        snapshot = world.poll_once(confirmed, 5_000 if number % 4 == 3 else 90 - number)
        for news in (snapshot.news, confirmed.study().news):
            told += [news.alert] if news.alert else []
            confirmed.heard(news)
        assert snapshot.reading is not None
        assert snapshot.reading.balance.credits < 100
    assert [alert.kind for alert in told] == [AlertKind.CRITICAL]
    found = changes(world.histories[-1].read("tea_1"))
    assert not any(isinstance(change, Refill) for change in found)
    assert sum(change.amount for change in found) == 22


def test_a_rise_is_taken_in_with_the_second_answer_which_is_soon(
    world: World, confirmed: Watch
) -> None:
    world.poll_once(confirmed, 90)
    confirmed.study()
    doubted = world.poll_once(confirmed, 5_000)
    assert doubted.reading is not None
    assert (doubted.reading.balance.credits, doubted.wait) == (90, SECOND_ANSWER)
    borne_out = world.poll_once(confirmed, 4_990)  # some was spent meanwhile
    assert borne_out.news.alert == Alert(AlertKind.REFILL, 4_990, gained=4_900)
    assert borne_out.wait > SECOND_ANSWER


def test_a_fall_is_told_at_once_and_its_turning_back_is_no_refill(
    world: World, confirmed: Watch
) -> None:
    world.poll_once(confirmed, 5_000)
    confirmed.study()
    fallen = world.poll_once(confirmed, 90)
    assert fallen.news.alert is not None
    assert fallen.news.alert.kind is AlertKind.CRITICAL
    heard(confirmed, fallen)
    assert world.poll(confirmed, 5_000).news.alert is None


@pytest.mark.parametrize("by_user", [True, False])
def test_just_after_a_rise_an_answer_from_before_it_is_nothing_new(
    world: World, confirmed: Watch, by_user: bool
) -> None:
    """Whoever had just bought credits and clicked again was told that they were almost gone."""
    assert alerted(world, confirmed, 90, 5_090) == ["critical", "refill"]
    world.uptime.forward(seconds=RISE_SETTLES - 1)
    world.api.answer = Balance(90)
    doubted = confirmed.poll(by_user=by_user)
    assert doubted.reading is not None
    assert (doubted.reading.balance.credits, doubted.wait) == (5_090, SECOND_ANSWER)
    assert (doubted.level, doubted.news.alert) == (Level.HEALTHY, None)
    assert world.poll_once(confirmed, 5_080).news.alert == Alert(AlertKind.REFILL, 5_080, 5_000)


def test_a_real_fall_just_after_a_rise_is_told_with_the_second_answer(
    world: World, confirmed: Watch
) -> None:
    for credits in (90, 5_090):
        snapshot = world.poll(confirmed, credits)
        snapshot = confirmed.study() if snapshot.to_study else snapshot
        heard(confirmed, snapshot)
    doubted, fallen = world.poll_once(confirmed, 80), world.poll_once(confirmed, 80)
    assert (doubted.news.alert, doubted.wait) == (None, SECOND_ANSWER)
    assert fallen.news.alert is not None
    assert fallen.news.alert.kind is AlertKind.CRITICAL


@pytest.mark.parametrize(
    ("credits", "later"), [(91, 0), (90, RISE_SETTLES)], ids=["smaller", "later"]
)
def test_another_fall_after_a_rise_is_taken_in_at_once(
    world: World, confirmed: Watch, credits: int, later: float
) -> None:
    alerted(world, confirmed, 90, 5_090)
    world.uptime.forward(seconds=later)
    fallen = world.poll_once(confirmed, credits).reading
    assert fallen is not None
    assert fallen.balance.credits == credits


def test_whoever_asks_has_the_second_answer_at_once(world: World, confirmed: Watch) -> None:
    world.poll_once(confirmed, 90)
    world.api.answer = Balance(5_000)
    snapshot = confirmed.poll(by_user=True)
    assert snapshot.reading is not None
    assert snapshot.reading.balance.credits == 5_000


def test_a_failure_between_two_answers_waits_as_every_failure_does(
    world: World, confirmed: Watch
) -> None:
    world.poll_once(confirmed, 90)
    world.poll_once(confirmed, 5_000)
    world.api.answer = Problem(Kind.OFFLINE)
    assert confirmed.poll().wait > SECOND_ANSWER
    doubted = world.poll_once(confirmed, 5_000)
    assert doubted.problem is not None  # so the old figures look old
    assert doubted.wait == SECOND_ANSWER
    assert world.poll_once(confirmed, 5_000).problem is None
