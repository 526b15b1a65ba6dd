"""Blocking work, away from the GUI thread."""

import itertools
import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from tray_app.desktop.gate import Gate
from tray_app.errors import Kind, Problem

log = logging.getLogger(__name__)

T = TypeVar("T")


class Worker(QObject):
    """A thread that does one job after the other. Every job ends in one result or one problem.

    It is a Python daemon thread: a QThread that is waiting when the program ends aborts it, and
    a thread pool makes it wait.
    """

    _ended = Signal(int, object)

    def __init__(self, name: str, gate: Gate) -> None:
        super().__init__()
        self._gate = gate
        self._jobs: SimpleQueue[tuple[int, Callable[[], Any]] | None] = SimpleQueue()
        # What is to be called at the end stays in the GUI thread: the last reference to a window
        # that the worker thread held would destroy the window from there.
        self._ends: dict[int, Callable[[Any], None]] = {}
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        # A bound method of this object, so that it runs in the thread that made the object.
        self._ended.connect(self._deliver)
        self._thread.start()

    def submit(
        self,
        job: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[Problem], object] | None = None,
    ) -> None:
        """Run ``job`` in the thread, then ``done`` or ``failed`` in the GUI thread.

        ``job`` holds on to nothing that belongs to the GUI thread.
        """

        def end(result: T | Problem) -> None:
            if not isinstance(result, Problem):
                done(result)
            elif failed is not None:
                failed(result)

        number = next(self._numbers)
        self._ends[number] = end
        self._jobs.put((number, job))

    def finish(self, seconds: float) -> None:
        """Take no more jobs, and wait for those that were submitted for at most this long."""
        self._jobs.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (entry := self._jobs.get()) is not None:
            number, job = entry
            result: Any
            try:
                result = job()
            except Problem as problem:
                result = problem
            except Exception as error:
                # Not the exception itself: what it quotes may hold the key.
                log.error("a job failed: %s", type(error).__name__)
                result = Problem(Kind.UNEXPECTED_RESPONSE, type(error).__name__)
            self._gate.emit(self._ended, number, result)

    @Slot(int, object)
    def _deliver(self, number: int, result: Any) -> None:
        self._ends.pop(number)(result)
