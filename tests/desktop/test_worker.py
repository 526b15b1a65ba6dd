"""No job of a worker fails unheard, and a defect is called a defect."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication

from tests import PROJECT
from tests.desktop.widget_driver import wait_with_events
from tests.servers.faulty_sandbox import Sandbox
from tray_app.desktop.system import worker as worker_module
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.uncaught import UncaughtErrors
from tray_app.desktop.system.worker import PATIENCE, Crew, Worker
from tray_app.errors import Kind, Problem
from tray_app.sandbox import DEMO_KEY
from tray_app.words.problem_words import problem_words

DEFECT = problem_words(Kind.DEFECT)


class Ends:
    """What came of jobs, and what the user was told of defects."""

    def __init__(self, worker: Worker, uncaught: UncaughtErrors) -> None:
        self.worker = worker
        self.results: list[object] = []
        self.problems: list[Problem] = []
        self.told = 0
        uncaught.first_raised.connect(self._tell)

    def _tell(self) -> None:
        self.told += 1

    def wait(self) -> None:
        """Wait until all that was submitted has ended."""
        ended: list[None] = []
        self.worker.submit(lambda: None, ended.append)
        wait_with_events(lambda: ended, "the last job")


@pytest.fixture
def ends(qapp: QApplication) -> Iterator[Ends]:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    worker = Worker("test", Gate())
    yield Ends(worker, UncaughtErrors(qapp, Gate()))
    worker.finish(20)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def divide_by_zero() -> None:
    raise ZeroDivisionError("the-secret-value")


def test_a_defect_is_told_once_logged_by_its_place_and_ends_what_waits(
    ends: Ends, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    for _ in range(3):
        ends.worker.submit(divide_by_zero, ends.results.append, ends.problems.append)
    ends.wait()
    assert [problem.kind for problem in ends.problems] == [Kind.DEFECT] * 3
    assert (ends.results, ends.told) == ([], 1)
    places = [record.getMessage() for record in caplog.records]
    assert len(places) == 3
    for place in (*places, ends.problems[0].detail):
        assert "test_worker.py:" in place
        assert place.endswith("divide_by_zero > ZeroDivisionError")
        assert "secret" not in place


def test_a_job_that_nobody_waits_for_fails_no_less_loudly(ends: Ends) -> None:
    ends.worker.submit(divide_by_zero, ends.results.append)
    ends.wait()
    assert (ends.results, ends.told) == ([], 1)


def refuse() -> None:
    raise Problem(Kind.UNAUTHORIZED, "status 401")


def test_a_problem_is_its_owner_s(ends: Ends) -> None:
    ends.worker.submit(refuse, ends.results.append, ends.problems.append)
    ends.wait()
    assert [problem.kind for problem in ends.problems] == [Kind.UNAUTHORIZED]
    assert ends.told == 0


def test_a_problem_without_an_owner_is_a_defect(ends: Ends) -> None:
    ends.worker.submit(refuse, ends.results.append)
    ends.wait()
    assert (ends.results, ends.told) == ([], 1)


def test_jobs_that_come_after_the_end_are_ignored(ends: Ends) -> None:
    ends.worker.submit(lambda: "before", ends.results.append)
    ends.worker.end()
    ends.worker.submit(lambda: "after", ends.results.append, ends.problems.append)
    wait_with_events(lambda: ends.worker.has_ended and ends.results, "the end")
    ends.worker.end()
    assert (ends.results, ends.problems) == (["before"], [])
    assert ends.worker._callbacks == {}  # nothing waits for an answer that never comes


def test_a_worker_that_has_had_nothing_to_do_ends_at_once(qapp: QApplication) -> None:
    before = threading.active_count()
    worker = Worker("idle", Gate())
    assert threading.active_count() == before
    worker.finish(20)
    assert worker.has_ended


def test_the_thread_ends_with_its_jobs_and_another_begins_with_the_next(ends: Ends) -> None:
    for number in range(100):
        ends.worker.submit(threading.get_native_id, ends.results.append)
        ends.wait()
        wait_with_events(lambda: ends.worker.has_ended, "the thread has ended")
        assert len(ends.results) == number + 1
    assert len(set(ends.results)) > 1


def test_no_job_is_lost_or_overtaken_while_a_thread_ends(ends: Ends, qapp: QApplication) -> None:
    for number in range(3_000):
        ends.worker.submit(partial(int, number), ends.results.append)
        if number % 3 == 0:
            qapp.processEvents()  # in which the thread may come to the end of its jobs
    ends.wait()
    assert ends.results == list(range(3_000))


def test_a_system_without_a_thread_to_give_fails_the_job_and_no_later_one(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as poor:
        poor.setattr(threading.Thread, "start", refuse)
        ends.worker.submit(lambda: 1, ends.results.append, ends.problems.append)
    assert [problem.kind for problem in ends.problems] == [Kind.DEFECT]
    ends.worker.submit(lambda: 2, ends.results.append, ends.problems.append)
    ends.wait()
    assert ends.results == [2]


def test_workers_of_a_crew_work_side_by_side_as_far_as_it_has_threads(qapp: QApplication) -> None:
    crew = Crew(3)
    workers = [Worker(f"of the crew {number}", Gate(), crew) for number in range(8)]
    meeting = threading.Barrier(3)  # which two alone would wait at until the test fails
    most = 0
    done: dict[Worker, list[int]] = {worker: [] for worker in workers}

    def work(turn: int) -> int:
        nonlocal most
        most = max(most, sum("of the crew" in one.name for one in threading.enumerate()))
        return turn

    for worker in workers[:3]:
        worker.submit(partial(meeting.wait, 20), done[worker].append)
    for worker in workers[3:]:
        for turn in range(5):
            worker.submit(partial(work, turn), done[worker].append)
    wait_with_events(lambda: sum(map(len, done.values())) == 3 + 5 * 5, "all is done")
    assert all(done[worker] == [0, 1, 2, 3, 4] for worker in workers[3:])
    assert most <= 3
    wait_with_events(lambda: all(worker.has_ended for worker in workers), "all have ended")


def test_a_crew_gets_help_while_none_of_its_threads_comes_free(qapp: QApplication) -> None:
    crew = Crew(few=2, most=4)
    workers = [Worker(f"of the crew {number}", Gate(), crew) for number in range(6)]
    hangs = threading.Event()
    done: list[int] = []
    for worker in workers[:3]:
        worker.submit(partial(hangs.wait, 20))
    for number, worker in enumerate(workers):
        worker.submit(partial(int, number), done.append)
    wait_with_events(lambda: done == [3, 4, 5], "the others are done")
    for worker in workers[3:]:
        worker.submit(partial(hangs.wait, 20))
    wait_with_events(lambda: crew._threads.count == 4, "all hang")
    wait_with_events(lambda: not crew._timer.isActive(), "no more is added")
    hangs.set()
    wait_with_events(lambda: sorted(done) == [0, 1, 2, 3, 4, 5], "all is done")
    wait_with_events(lambda: all(worker.has_ended for worker in workers), "all have ended")


def test_a_crew_that_gets_on_gets_no_help(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(worker_module, "time", SimpleNamespace(monotonic=lambda: now))
    crew = Crew(few=2, most=4)
    crew._timer.setInterval(10**6)  # the test looks in its place
    workers = [Worker(f"of the crew {number}", Gate(), crew) for number in range(20)]
    may_end = threading.Semaphore(0)
    begun: list[None] = []
    done: list[bool] = []

    def work() -> bool:
        begun.append(None)
        return may_end.acquire(timeout=20)

    for worker in workers:
        worker.submit(work, done.append)
    for number in range(3, 13):
        may_end.release()
        wait_with_events(partial(lambda number: len(begun) == number, number), "the next begins")
        now += PATIENCE * 0.9
        crew._help_out()
        assert crew._threads.count == 2
    now += PATIENCE * 0.2
    crew._help_out()
    assert crew._threads.count == 4  # as none has begun anything for that long
    may_end.release(20)
    wait_with_events(lambda: done == [True] * 20, "all is done")


def test_at_the_end_of_the_program_no_job_waits_for_those_that_hang(qapp: QApplication) -> None:
    crew = Crew(few=2, most=4)
    workers = [Worker(f"of the crew {number}", Gate(), crew) for number in range(3)]
    hangs, is_done = threading.Event(), threading.Event()
    for worker in workers[:2]:
        worker.submit(partial(hangs.wait, 60))
    workers[2].submit(is_done.set)
    workers[2].finish(20)
    assert is_done.is_set()
    hangs.set()
    wait_with_events(lambda: all(worker.has_ended for worker in workers), "all have ended")


def test_workers_of_a_crew_take_turns(qapp: QApplication) -> None:
    """Or one team's later questions would come before another's first."""
    crew, may_begin = Crew(), threading.Event()
    workers = [Worker(f"of the crew {number}", Gate(), crew) for number in range(3)]
    done: list[tuple[int, int]] = []

    def work(turn: int, number: int) -> tuple[int, int]:
        may_begin.wait(20)
        return turn, number

    for turn in range(3):
        for number, worker in enumerate(workers):
            worker.submit(partial(work, turn, number), done.append)
    may_begin.set()
    wait_with_events(lambda: len(done) == 9, "all is done")
    assert done == sorted(done)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_nothing_that_a_job_raises_ends_the_worker(ends: Ends, error: type[BaseException]) -> None:
    def end() -> None:
        raise error

    ends.worker.submit(end, ends.results.append, ends.problems.append)
    ends.wait()
    assert [problem.kind for problem in ends.problems] == [Kind.DEFECT]


# The whole program


def run(job: str) -> subprocess.CompletedProcess[str]:
    with Sandbox(story="fixed") as sandbox:
        return subprocess.run(
            [sys.executable, "-m", "tests.desktop.defective_jobs_program", job],
            cwd=PROJECT,
            env={**os.environ, "LEMLIST_API_URL": sandbox.url, "LEMLIST_API_KEY": DEMO_KEY},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.mark.parametrize("job", ["load", "open", "poll", "study", "save"])
def test_the_popup_calls_a_defect_a_defect_and_says_so_once(home: Path, job: str) -> None:
    done = run(job)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(DEFECT.title) == 1
    assert done.stdout.count(DEFECT.message) == 1
    assert problem_words(Kind.UNEXPECTED_RESPONSE).title not in done.stdout
    if job == "save":
        assert "The settings can't be saved." in done.stdout
    log = (home / "state" / "lemlist-credits" / "log" / "lemlist-credits.log").read_text()
    assert "fail > ZeroDivisionError" in log
    for text in (log, done.stdout, done.stderr):
        assert "secret" not in text


@pytest.mark.parametrize("job", ["load", "reopen"])
def test_figures_come_after_a_defect_in_reading_the_settings_or_opening_the_files(job: str) -> None:
    done = run(job)
    assert done.returncode == 0, done.stderr
    assert "12,430" in done.stdout


def test_a_program_that_can_not_start_says_so_and_ends() -> None:
    done = run("prepare")
    assert (done.returncode, done.stdout) == (6, "")
    assert "fail > ZeroDivisionError" in done.stderr
    assert "secret" not in done.stderr
