"""The PySide6 release in use keeps its hands off the interpreter's constants.

PySide6 6.12.0 drops a reference to True with every signal it emits, and one to None with every
call that returns nothing, on CPython 3.11 and older. After some hundred signals the interpreter
frees True and aborts. That is why pyproject.toml keeps PySide6 below 6.12.
"""

import subprocess
import sys

EMITS = 200_000
PROGRAM = f"""
import sys
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

class Counter(QObject):
    changed = Signal(bool)
    count = 0

    @Slot(bool)
    def take(self, value):
        self.count += value

app = QCoreApplication([])
counter = Counter()
counter.changed.connect(counter.take)
constants = (True, None)
before = [sys.getrefcount(constant) for constant in constants]
for _ in range({EMITS}):
    counter.changed.emit(True)
    counter.blockSignals(False)
drift = [sys.getrefcount(each) - count for each, count in zip(constants, before)]
assert counter.count == {EMITS}, counter.count
assert all(abs(each) < 1000 for each in drift), drift
"""


def test_signals_leave_true_and_none_alone() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False
    )
    assert finished.returncode == 0, finished.stderr
