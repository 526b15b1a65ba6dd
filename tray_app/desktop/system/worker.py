"""Blocking work, away from the GUI thread."""

import itertools
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.system.gate import Gate
from tray_app.errors import Kind, Problem

T = TypeVar("T")


class Worker(QObject):
    """A thread that does one job after the other. Every job ends in one result or one problem.

    The thread begins with the first job: a worker that has nothing to do yet costs nothing.

    An exception that nobody foresaw is a defect of this program. It goes to
    :class:`~tray_app.desktop.system.uncaught.UncaughtErrors`, by way of ``threading.excepthook``.

    The thread is a Python daemon thread. A QThread that is still at work would abort the program at
    its end, and a thread pool would make the end wait.
    """

    _job_done = Signal(int, object)

    def __init__(self, name: str, gate: Gate) -> None:
        super().__init__()
        self._gate = gate
        self._jobs: SimpleQueue[tuple[int, Callable[[], Any], bool] | None] = SimpleQueue()
        # Callbacks stay in the GUI thread: a window whose last reference the worker's thread drops
        # would be destroyed from there.
        self._callbacks: dict[
            int, tuple[Callable[[Any], object] | None, Callable[[Problem], object] | None]
        ] = {}
        self._numbers = itertools.count()
        self._takes_jobs = True
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
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
        if not self._has_begun:
            self._thread.start()
        number = next(self._numbers)
        self._callbacks[number] = done, failed
        self._jobs.put((number, job, failed is not None))

    def end(self) -> None:
        """Take no more jobs, and end when those that were submitted are done.

        This object is to be kept until :attr:`has_ended`, so that the thread does not destroy it.
        """
        if self._takes_jobs:
            self._takes_jobs = False
            self._jobs.put(None)

    @property
    def _has_begun(self) -> bool:
        return self._thread.ident is not None

    @property
    def has_ended(self) -> bool:
        """Whether the thread has ended."""
        return not self._thread.is_alive()

    def finish(self, seconds: float) -> None:
        """Take no more jobs, and wait at most so many seconds for those that were submitted."""
        self.end()
        if self._has_begun:
            self._thread.join(seconds)

    def _run(self) -> None:
        while (entry := self._jobs.get()) is not None:
            number, job, foresees_problems = entry
            result: Any
            try:
                result = job()
            except BaseException as error:
                is_foreseen = foresees_problems and isinstance(error, Problem)
                result = error if is_foreseen else _told_defect(error)
            self._gate.emit(self._job_done, number, result)

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
