"""A defect in any thread is logged, told once, and survived."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import wait_with_events
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.uncaught import UncaughtErrors


class Defective(QObject):
    @Slot()
    def fail(self) -> None:
        raise ZeroDivisionError("not-a-real-key")


@pytest.fixture
def uncaught(qapp: QApplication) -> Iterator[UncaughtErrors]:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield UncaughtErrors(qapp, Gate())
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def test_defects_in_slots_and_threads_are_logged_and_told_once(
    uncaught: UncaughtErrors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    told: list[bool] = []
    uncaught.first_raised.connect(lambda: told.append(True))
    defective = Defective()
    for _ in range(2):
        QTimer.singleShot(0, defective.fail)
    thread = threading.Thread(target=defective.fail)
    thread.start()
    thread.join()

    wait_with_events(lambda: len(caplog.records) == 3, "three defects in the log")
    QCoreApplication.processEvents()
    assert told == [True]
    assert "not-a-real-key" not in caplog.text
    assert "fail > ZeroDivisionError" in caplog.text
