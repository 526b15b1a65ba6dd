"""Blocking work, away from the GUI thread."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tray_app.desktop.system.gate import Gate
from tray_app.errors import Kind, Problem

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds in which none of a crew's threads has begun anything before it gets help: longer than a
request that is answered takes as a rule, and than names of teams wait for balances
(``team/turns.py``)."""

LOOK_EVERY = 250
"""Milliseconds, while jobs wait."""


class _Call(NamedTuple):
    name: str
    work: Callable[[], bool]
    """Does one job. Returns ``True`` if it is to be called again, after all that waits."""
    ended: threading.Event


class _Threads:
    """The threads of a crew, and what waits for them. ``lock`` is held by whoever touches them.

    Apart from the crew, as threads hold on to this: whoever lets go of Qt's objects last destroys
    them, which only the GUI thread may do.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: deque[_Call] = deque()
        self.count = 0
        self.begun_at = 0.0
        """When a thread has last begun something, by time.monotonic."""

    def add(self) -> None:
        """Begin another thread; raise a RuntimeError if there is none then."""
        try:
            threading.Thread(target=self._run, daemon=True).start()
            self.count += 1
        except RuntimeError:
            if not self.count:
                raise

    def _run(self) -> None:
        while (call := self._next()) is not None:
            threading.current_thread().name = call.name
            if call.work():
                with self.lock:
                    self.waiting.append(call)
                    del call  # another thread may be the last to hold it
            else:
                ended = call.ended
                del call
                ended.set()

    def _next(self) -> _Call | None:
        with self.lock:
            if self.waiting:
                self.begun_at = time.monotonic()
                return self.waiting.popleft()
            self.count -= 1
            return None


class Crew(QObject):
    """Threads that work for workers. They end when no worker has jobs.

    As a rule these are a ``few``. When none of them comes free, as requests hang or wait for their
    turn, there are as many as have something to do, and at most ``most``. Each costs 0.2 MB or
    more, for good, as the C library keeps the memory that its busiest moment has taken.

    They are Python daemon threads. A QThread that is still at work would abort the program at its
    end, and Python's thread pools would make the end wait.
    """

    def __init__(self, few: int = 1, most: int = 1) -> None:
        super().__init__()
        self._few, self._most = few, most
        self._threads = _Threads()
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self._help_out)

    def call(self, name: str, work: Callable[[], bool]) -> threading.Event:
        """Do some work as soon as a thread is free, which is called ``name`` meanwhile.

        While ``work`` returns ``True`` it is called again, each time after all that waits. Returns
        what is set once the thread has let go of the work.

        Raises:
            RuntimeError: there is no thread, and the system has none to give.
        """
        call = _Call(name, work, threading.Event())
        with self._threads.lock:
            if self._threads.count < self._few:
                self._threads.add()
            self._threads.waiting.append(call)
            if self._threads.count < self._most and not self._timer.isActive():
                self._timer.start()
        return call.ended

    def hurry(self) -> None:
        """Begin all that waits, as far as there may be threads."""
        with self._threads.lock:
            self._begin_all()

    @Slot()
    def _help_out(self) -> None:
        with self._threads.lock:
            if not self._threads.waiting or self._threads.count == self._most:
                self._timer.stop()
            elif time.monotonic() - self._threads.begun_at >= PATIENCE:
                self._begin_all()

    def _begin_all(self) -> None:
        waiting, left = len(self._threads.waiting), self._most - self._threads.count
        for _ in range(min(waiting, left)):
            self._threads.add()


class Worker(QObject):
    """Does one job after the other, in a thread. Every job ends in one result or one problem.

    An exception that nobody foresaw is a defect of this program. It goes to
    :class:`~tray_app.desktop.system.uncaught.UncaughtErrors`, by way of ``threading.excepthook``.

    Jobs of workers that share a crew are done side by side as far as it has threads, and else in
    turn, one of each.
    """

    _job_done = Signal(int, object)

    def __init__(self, name: str, gate: Gate, crew: Crew | None = None) -> None:
        """Without a ``crew`` it has a thread of its own."""
        super().__init__()
        self._gate = gate
        self._name = name
        self._crew = crew or Crew()
        self._jobs: deque[tuple[int, Callable[[], Any], bool]] = deque()
        self._lock = threading.Lock()
        self._is_at_work = False
        self._calls: list[threading.Event] = []  # of the crew, which may not have ended yet
        # Callbacks stay in the GUI thread: a window whose last reference the worker's thread drops
        # would be destroyed from there.
        self._callbacks: dict[
            int, tuple[Callable[[Any], object] | None, Callable[[Problem], object] | None]
        ] = {}
        self._numbers = itertools.count()
        self._takes_jobs = True
        # Connected to a method of a QObject, which Qt calls in the thread that made the object.
        self._job_done.connect(self._call_back)

    def submit(
        self,
        job: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
    ) -> None:
        """Run ``job`` in the thread, then ``done`` or ``failed`` in the GUI thread.

        ``job`` holds on to nothing that belongs to the GUI thread. ``failed`` gets the Problem that
        the job has raised. After any other exception ``threading.excepthook`` is called, and
        ``failed`` gets a Problem of the kind ``defect``. Without ``failed`` a Problem is a defect
        too. After :meth:`end` the job is ignored, and nothing is called.
        """
        if not self._takes_jobs:
            return
        number = next(self._numbers)
        self._callbacks[number] = done, failed
        with self._lock:
            self._jobs.append((number, job, failed is not None))
            if self._is_at_work:
                return
            self._calls = [call for call in self._calls if not call.is_set()]
            try:
                self._calls.append(self._crew.call(self._name, self._run))
                self._is_at_work = True
                return
            except RuntimeError as error:
                self._jobs.pop()
                reason = error
        self._call_back(number, _told_defect(reason))

    def end(self) -> None:
        """Take no more jobs than those that were submitted.

        This object is to be kept until :attr:`has_ended`, so that the thread does not destroy it.
        """
        self._takes_jobs = False

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing to do."""
        return all(call.is_set() for call in self._calls)

    def finish(self, seconds: float) -> None:
        """Take no more jobs, and wait at most so many seconds for those that were submitted."""
        self.end()
        self._crew.hurry()
        end = time.monotonic() + seconds
        for call in self._calls:
            call.wait(max(end - time.monotonic(), 0.0))

    def _run(self) -> bool:
        """Do the next job, and return whether there is another."""
        with self._lock:
            number, job, foresees_problems = self._jobs.popleft()
        result: Any
        try:
            result = job()
        except BaseException as error:
            is_foreseen = foresees_problems and isinstance(error, Problem)
            result = error if is_foreseen else _told_defect(error)
        self._gate.emit(self._job_done, number, result)
        with self._lock:
            self._is_at_work = bool(self._jobs)
            return self._is_at_work

    @Slot(int, object)
    def _call_back(self, number: int, result: Any) -> None:
        done, failed = self._callbacks.pop(number)
        call_back = failed if isinstance(result, Problem) else done
        if call_back is not None:
            call_back(result)


def _told_defect(error: BaseException) -> Problem:
    """Tell of a defect, and return it as a problem, without its values: one may be the key."""
    from tray_app.logs import outline  # which the start has no time for

    frames, thread = error.__traceback__, threading.current_thread()
    threading.excepthook(threading.ExceptHookArgs((type(error), error, frames, thread)))
    return Problem(Kind.DEFECT, outline(error, frames))
