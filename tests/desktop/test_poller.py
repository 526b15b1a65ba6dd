"""When the poller asks, and that it never asks twice at once."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import wait_with_events
from tests.fake_clock import TICK, FakeClock
from tests.fakes import FakeKeychain, NoHistory
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.desktop.poller import EARLY_ALERT_AFTER, Poller
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.resume import Resume
from tray_app.desktop.system.worker import Worker
from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import URL_VARIABLE
from tray_app.lemlist.balance import Balance
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.rules.alerts import Alert, AlertKind, SnoozeChoice
from tray_app.sandbox import DEMO_KEY
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.announcer import News
from tray_app.team.api import Connector
from tray_app.team.credentials import Credentials
from tray_app.team.session import Session
from tray_app.team.watch import Reading, Snapshot, Watch

GOOD = Snapshot(reading=Reading(Balance(480), datetime(2026, 11, 22, tzinfo=UTC)), wait=300)


class FakeWatch(Watch):
    """Answers as it is told, and counts what it is asked."""

    def __init__(self) -> None:
        self.answers: list[Snapshot | Exception] = []
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.threads: set[int] = set()
        self.learned = GOOD
        self.may_study = threading.Event()
        self.may_study.set()
        self.was_heard: list[News] = []
        self.last = Snapshot()
        self.is_broken = False

    def poll(self, *, prompt: bool = False, by_user: bool = False) -> Snapshot:
        self.asked.append("unlock" if prompt else "poll")
        self.threads.add(threading.get_ident())
        self.may_answer.wait(20)
        answer = self.answers.pop(0) if self.answers else GOOD
        if isinstance(answer, Exception):
            raise answer
        self.last = answer
        return answer

    def fail(self, defect: Problem) -> Snapshot:
        if self.is_broken:
            raise ZeroDivisionError
        self.last = replace(self.last, problem=defect, news=News(), wait=900)
        return self.last

    def identify(self) -> Snapshot:
        return self.last

    def study(self) -> Snapshot:
        self.may_study.wait(20)
        return self.learned

    def heard(self, news: News) -> None:
        self.was_heard.append(news)

    def apply(self, settings: Settings) -> Snapshot:
        self.asked.append(f"apply {settings.interval}")
        return replace(GOOD, wait=settings.interval)

    def snooze(self, choice: SnoozeChoice) -> Snapshot:
        self.asked.append(f"snooze {choice}")
        return GOOD


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[Worker]:
    worker = Worker("test", Gate())
    yield worker
    worker.finish(20)


@pytest.fixture
def watch() -> FakeWatch:
    return FakeWatch()


@pytest.fixture
def poller(worker: Worker, watch: FakeWatch, tmp_path: Path) -> Poller:
    return Poller(session_of(watch, tmp_path), worker)


def session_of(watch: Watch, folder: Path) -> Session:
    """A session that asks nobody but this watch."""
    return Session(lambda _settings: watch, partial(History, folder / "history.sqlite"))


@pytest.fixture
def snapshots(poller: Poller) -> list[Snapshot]:
    snapshots: list[Snapshot] = []
    poller.snapshot_made.connect(snapshots.append)
    return snapshots


@pytest.fixture
def defects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the worker's thread has told of defects, none of which then fails the test."""
    defects: list[object] = []
    monkeypatch.setattr(threading, "excepthook", defects.append)
    return defects


def test_ten_quick_clicks_are_one_request(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot]
) -> None:
    watch.may_answer.clear()
    poller.start()
    for _ in range(10):
        poller.refresh()
    assert poller.busy
    watch.may_answer.set()
    wait_with_events(lambda: snapshots, "a snapshot")
    for _ in range(10):
        poller.refresh()  # the figures are a moment old
    assert not poller.busy
    assert watch.asked == ["poll"]


def test_work_runs_in_the_worker_and_its_end_in_the_gui_thread(
    poller: Poller, watch: FakeWatch
) -> None:
    ends: list[bool] = []
    poller.snapshot_made.connect(lambda _: ends.append(QThread.currentThread().isMainThread()))
    poller.start()
    wait_with_events(lambda: ends, "a snapshot")
    assert ends == [True]
    assert threading.get_ident() not in watch.threads


def test_nothing_that_wakes_a_poll_up_asks_before_the_server_allows_it(
    qapp: QApplication, poller: Poller, snapshots: list[Snapshot], sandbox: Sandbox
) -> None:
    sandbox.set_fault("429", retry_after="3600")
    environ = {URL_VARIABLE: sandbox.url, KEY_VARIABLE: DEMO_KEY}
    credentials = Credentials(environ, FakeKeychain())
    watch = Watch(credentials, Connector(environ), None, Settings(), NoHistory())
    poller.session.open_watch = lambda _settings: watch
    clock = FakeClock(tick=TICK)
    resume = Resume(qapp, Gate(), tick=TICK, settling_time=10, clock=clock.seconds)
    resume.resumed.connect(poller.poll)

    def wake_up() -> None:
        clock.forward(hours=8)

    def wait_for_snapshots(count: int) -> None:
        wait_with_events(lambda: len(snapshots) >= count, "a snapshot")

    poller.start()
    wait_for_snapshots(1)
    wakers: list[Callable[[], object]] = [
        *[wake_up] * 3,
        poller.poll,
        lambda: poller.poll(prompt=True, by_user=True),
        poller.start,
        lambda: poller.apply(Settings(interval=30)),
    ]
    for number, wake in enumerate(wakers, start=1):
        wake()
        wait_for_snapshots(number + 1)
    for _ in range(1000):
        poller.refresh()
    shiboken6.delete(resume)
    assert [request.path for request in sandbox.requests] == ["/api/team/credits"]
    assert snapshots[-1].problem is not None
    assert snapshots[-1].problem.kind is Kind.RATE_LIMITED
    assert snapshots[-1].wait > 3500


def test_clicks_at_a_server_that_fails_are_one_request(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot]
) -> None:
    watch.answers = [Snapshot(problem=Problem(Kind.SERVER_ERROR), wait=15)]
    poller.start()
    wait_with_events(lambda: snapshots, "a snapshot")
    for _ in range(1000):
        poller.refresh()
    assert not poller.busy
    assert watch.asked == ["poll"]


@pytest.mark.parametrize(
    ("problem", "asked"),
    [
        (None, 1),
        (Kind.OFFLINE, 2),
        (Kind.TIMEOUT, 2),
        (Kind.PROXY, 2),
        (Kind.TLS, 2),  # as the user has signed in to the network meanwhile
        (Kind.UNEXPECTED_RESPONSE, 2),
        (Kind.UNAUTHORIZED, 1),
    ],
)
def test_a_look_asks_again_after_a_failure_on_the_network_alone(
    poller: Poller,
    watch: FakeWatch,
    snapshots: list[Snapshot],
    monkeypatch: pytest.MonkeyPatch,
    problem: Kind | None,
    asked: int,
) -> None:
    monkeypatch.setattr("tray_app.desktop.poller.BREATH", 0.0)
    watch.answers = [replace(GOOD, problem=Problem(problem) if problem else None)]
    poller.start()
    wait_with_events(lambda: snapshots, "a snapshot")
    poller.retry_if_network_failed()
    wait_with_events(lambda: len(snapshots) == asked, "another one, or none")
    assert watch.asked == ["poll"] * asked
    assert not poller.busy


def test_polls_again_when_the_snapshot_says(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot]
) -> None:
    watch.answers = [replace(GOOD, wait=0.01), replace(GOOD, wait=0.01)]
    poller.start()
    wait_with_events(lambda: len(snapshots) == 3, "three snapshots")
    poller.stop()
    assert watch.asked == ["poll"] * 3


def test_goes_on_after_a_defect(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot], defects: list[object]
) -> None:
    watch.answers = [GOOD, ZeroDivisionError()]
    poller.start()
    wait_with_events(lambda: snapshots, "a snapshot")
    poller.poll()
    wait_with_events(lambda: len(snapshots) == 2, "another snapshot")
    assert snapshots[1].reading == GOOD.reading
    assert snapshots[1].problem is not None
    assert snapshots[1].problem.kind is Kind.DEFECT
    assert snapshots[1].wait == 900
    assert len(defects) == 1
    poller.poll()
    wait_with_events(lambda: len(snapshots) == 3, "a third snapshot")
    assert snapshots[2] == GOOD


def test_unlock_lets_the_keychain_ask(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot]
) -> None:
    watch.answers = [Snapshot(problem=Problem(Kind.KEYCHAIN_LOCKED), wait=3600)]
    poller.start()
    wait_with_events(lambda: snapshots, "a snapshot")
    poller.poll(prompt=True, by_user=True)
    wait_with_events(lambda: len(snapshots) == 2, "another snapshot")
    assert watch.asked == ["poll", "unlock"]


@pytest.mark.parametrize(
    ("problem", "asked"),
    [(Problem(Kind.KEYCHAIN_LOCKED), ["poll", "unlock"]), (None, ["poll"])],
    ids=["still locked", "unlocked meanwhile"],
)
def test_unlock_is_not_lost_while_a_poll_is_under_way(
    poller: Poller,
    watch: FakeWatch,
    snapshots: list[Snapshot],
    problem: Problem | None,
    asked: list[str],
) -> None:
    watch.answers = [replace(GOOD, problem=problem)]
    watch.may_answer.clear()
    poller.start()
    poller.poll(prompt=True, by_user=True)
    poller.poll(prompt=True, by_user=True)
    watch.may_answer.set()
    wait_with_events(lambda: len(snapshots) == len(asked), "all answers")
    assert not poller.busy
    assert watch.asked == asked


def test_unlock_of_a_team_that_was_left_asks_nobody(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot]
) -> None:
    watch.answers = [replace(GOOD, problem=Problem(Kind.KEYCHAIN_LOCKED))]
    watch.may_answer.clear()
    poller.start()
    poller.poll(prompt=True, by_user=True)
    poller.stop()
    watch.may_answer.set()
    wait_with_events(lambda: not poller.busy, "the end of the poll")
    poller.start()
    wait_with_events(lambda: snapshots, "a snapshot")
    assert watch.asked == ["poll", "poll"]


def test_the_answer_of_a_team_that_was_left_is_not_shown(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot], worker: Worker, tmp_path: Path
) -> None:
    other_watch = FakeWatch()
    other_watch.answers = [replace(GOOD, team="Other")]
    other = Poller(session_of(other_watch, tmp_path), worker)
    other.snapshot_made.connect(snapshots.append)
    watch.may_answer.clear()
    poller.start()
    poller.stop()
    other.start()
    watch.may_answer.set()
    wait_with_events(lambda: snapshots, "a snapshot")
    assert [snapshot.team for snapshot in snapshots] == ["Other"]
    assert poller.session.snapshot == GOOD  # which is known all the same
    poller.poll()
    assert not poller.busy


def test_settings_and_snooze_ask_the_server_nothing(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot]
) -> None:
    poller.start()
    wait_with_events(lambda: snapshots, "a snapshot")
    poller.apply(Settings(interval=60))
    poller.snooze(SnoozeChoice.HOUR)
    wait_with_events(lambda: len(snapshots) == 3, "both snapshots")
    assert watch.asked == ["poll", "apply 60", "snooze hour"]


def test_a_team_is_opened_by_its_first_poll_with_the_settings_of_that_time(
    worker: Worker, watch: FakeWatch, tmp_path: Path
) -> None:
    opened: list[int] = []

    def open_watch(settings: Settings) -> Watch:
        opened.append(settings.interval)
        return watch

    session = session_of(watch, tmp_path)
    session.open_watch = open_watch
    poller = Poller(session, worker)
    poller.apply(Settings(interval=60))
    poller.note_heard(News(EARLY, id=7))
    idle: list[bool] = []
    worker.submit(lambda: True, idle.append)
    wait_with_events(lambda: idle, "the worker has nothing to do")
    assert opened == []
    poller.start()
    wait_with_events(lambda: not poller.busy, "the poll")
    assert (opened, watch.asked) == ([60], ["poll"])


# --- alerts -------------------------------------------------------------------------------------

EARLY = Alert(AlertKind.CRITICAL, 80)
DATED = Alert(AlertKind.CRITICAL, 80, is_dated=True)
DRAIN = Alert(AlertKind.DRAIN, 9_000)
TO_STUDY = replace(GOOD, to_study=True, news=News(early=EARLY))


def alerts(snapshots: list[Snapshot]) -> list[Alert]:
    return [each.news.alert for each in snapshots if each.news.alert is not None]


def test_the_first_alert_waits_for_the_history_and_the_figures_do_not(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot]
) -> None:
    watch.may_study.clear()
    watch.answers, watch.learned = [TO_STUDY], replace(GOOD, news=News(DATED))
    poller.start()
    wait_with_events(lambda: snapshots, "the figures")
    assert (snapshots[0].reading, snapshots[0].news.alert) == (GOOD.reading, None)
    watch.may_study.set()
    wait_with_events(lambda: len(snapshots) == 2, "what the history tells")
    assert alerts(snapshots) == [DATED]


@pytest.mark.parametrize(
    ("learned", "told"), [(DRAIN, [EARLY, DRAIN]), (None, [EARLY])], ids=["another", "nothing"]
)
def test_an_alert_does_not_wait_long(
    poller: Poller,
    watch: FakeWatch,
    snapshots: list[Snapshot],
    learned: Alert | None,
    told: list[Alert],
) -> None:
    watch.may_study.clear()
    watch.answers, watch.learned = [TO_STUDY], replace(GOOD, news=News(learned))
    poller.start()
    wait_with_events(lambda: alerts(snapshots), "the alert without what the history tells")
    assert EARLY_ALERT_AFTER <= 1000
    watch.may_study.set()
    wait_with_events(lambda: len(snapshots) == 3, "the history")
    assert alerts(snapshots) == told


def test_a_defect_in_the_next_poll_alerts_nothing_early(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot], defects: list[object]
) -> None:
    watch.answers, watch.learned = [TO_STUDY, ZeroDivisionError()], TO_STUDY
    poller.start()
    wait_with_events(lambda: len(snapshots) == 2, "the figures, and what the history tells")
    watch.may_study.clear()
    poller.poll()
    wait_with_events(lambda: len(snapshots) == 3, "the problem")

    def is_alerted() -> bool:
        QApplication.processEvents()
        return bool(alerts(snapshots))

    with pytest.raises(TimeoutError):
        wait_until(is_alerted, 1.5 * EARLY_ALERT_AFTER / 1000, "an early alert")
    assert len(defects) == 1
    watch.may_study.set()


def test_a_defect_after_a_change_of_the_key_shows_nothing_of_the_last_team(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot], defects: list[object]
) -> None:
    watch.answers, watch.is_broken = [GOOD, ZeroDivisionError()], True
    poller.start()
    wait_with_events(lambda: snapshots, "the figures")
    poller.start()
    wait_with_events(lambda: len(snapshots) == 2, "the problem")
    assert snapshots[1].problem is not None
    assert (snapshots[1].reading, snapshots[1].wait) == (None, 900)
    assert len(defects) == 2


def test_a_team_that_was_left_alerts_nothing_any_more(
    poller: Poller, watch: FakeWatch, snapshots: list[Snapshot], worker: Worker
) -> None:
    watch.may_study.clear()
    watch.answers, watch.learned = [TO_STUDY], replace(GOOD, news=News(DATED))
    poller.start()
    wait_with_events(lambda: snapshots, "the figures")
    poller.stop()
    watch.may_study.set()
    ended: list[bool] = []
    worker.submit(lambda: True, ended.append)
    wait_with_events(lambda: ended, "the history is asked")
    assert alerts(snapshots) == []


def test_what_was_heard_is_noted_by_the_worker(poller: Poller, watch: FakeWatch) -> None:
    news, others = News(EARLY, id=7), News(EARLY, id=8)
    watch.answers = [replace(GOOD, news=news)]
    poller.start()
    wait_with_events(lambda: not poller.busy, "the poll")
    poller.note_heard(others)
    poller.note_heard(news)
    wait_with_events(lambda: watch.was_heard, "it is noted")
    assert watch.was_heard == [news]
