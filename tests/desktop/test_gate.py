"""Threads that go on when the program ends don't crash it."""

import subprocess
import sys

from PySide6.QtCore import QObject, Signal

from tests import PROJECT
from tray_app.desktop.system.gate import Gate

ENDS_AT_ONCE = """
import os
from PySide6.QtCore import QCoreApplication, QTimer
from tests.desktop.test_gate import Speaker
from tray_app.desktop import start

class Gate(start.Gate):
    def __init__(self):
        super().__init__()
        global gate
        gate = self
        QTimer.singleShot(0, QCoreApplication.quit)

start.Gate = Gate
assert start.run({}, demo=1, verbose=False) == 0
heard = []
speaker = Speaker()
speaker.said.connect(heard.append)
gate.emit(speaker.said, "too late")
os._exit(len(heard))
"""

LEAVES_PYTHON_UP = """
import atexit
from tray_app.__main__ import main
from tray_app.desktop import start

start.run = lambda environ, *, demo, verbose: 3
atexit.register(print, "Python is taken down")
main([])
"""


class Speaker(QObject):
    said = Signal(str)


def test_a_closed_gate_lets_nothing_through() -> None:
    gate, speaker = Gate(), Speaker()
    heard: list[str] = []
    speaker.said.connect(heard.append)
    gate.emit(speaker.said, "before")
    gate.close()
    gate.emit(speaker.said, "after")
    assert heard == ["before"]


def test_a_slot_may_emit_too() -> None:
    gate, first, second = Gate(), Speaker(), Speaker()
    heard: list[str] = []
    first.said.connect(lambda text: gate.emit(second.said, text))
    second.said.connect(heard.append)
    gate.emit(first.said, "on")
    assert heard == ["on"]


def test_it_is_closed_when_the_program_ends() -> None:
    subprocess.run((sys.executable, "-c", ENDS_AT_ONCE), cwd=PROJECT, check=True)


def test_python_is_not_taken_down_under_threads_that_go_on() -> None:
    ended = subprocess.run(
        (sys.executable, "-c", LEAVES_PYTHON_UP), cwd=PROJECT, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "")
