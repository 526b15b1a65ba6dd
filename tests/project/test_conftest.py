"""The tests' own watchfulness."""

import os
import subprocess
import sys
from pathlib import Path

from tests import PROJECT

TESTS = """
from PySide6.QtCore import QCoreApplication, QEvent, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

class Defective(QWidget):
    said = Signal()

    @Slot()
    def fail(self):
        raise ZeroDivisionError

    def customEvent(self, event):
        raise ZeroDivisionError

def test_slot(qapp):
    defective = Defective()
    defective.said.connect(defective.fail)
    defective.said.emit()

def test_timer(qapp):
    defective = Defective()
    QTimer.singleShot(0, defective.fail)
    QCoreApplication.processEvents()

def test_event(qapp):
    defective = Defective()
    QCoreApplication.postEvent(defective, QEvent(QEvent.Type.User))
    QCoreApplication.processEvents()

def test_nothing(qapp):
    Defective()
"""


def test_what_raises_where_qt_has_called_it_fails_the_test(tmp_path: Path) -> None:
    file = tmp_path / "test_defective.py"
    file.write_text(TESTS)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-rA", "-p", "tests.conftest"),
            *("-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path), str(file)),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    blamed = {
        line.partition("::")[2].split()[0]
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED ", "ERROR "))
    }
    assert blamed == {"test_slot", "test_timer", "test_event"}, done.stdout
