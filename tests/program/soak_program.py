"""The tray program on a lead: it polls when it is told to, and says what it has taken.

    python -m tests.program.soak_program

It is the whole program as `main.py` starts it. Added is only what takes commands from standard
input, one a line, and answers each with one line of JSON on standard output:

    poll      ask the API at once; answered when the outcome has been shown
    focus     name the window that has the focus; empty when none has it
    measure   say what this process holds

It ends with its standard input.
"""

import ctypes
import gc
import json
import linecache
import os
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Slot
from PySide6.QtWidgets import QApplication

from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.rules import history
from tray_app.team import analyst
from tray_app.team.watch import Snapshot


class Lead(QObject):
    """Does what the commands say, in the GUI thread."""

    def __init__(self, led: "LedApp") -> None:
        super().__init__()
        self._led = led
        self._is_asked = False
        self._commands = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._commands.activated.connect(self._obey)

    @Slot()
    def _obey(self) -> None:
        # One command at a time is under way, so no second line waits in the buffer.
        match sys.stdin.readline().strip():
            case "poll":
                self._is_asked = True
                self._led.poll()
            case "focus":
                window = QApplication.focusWindow()
                _answer(window.title() if window else "")
            case "measure":
                _answer(measurements())
            case _:
                QApplication.quit()

    def tell_outcome(self, snapshot: Snapshot) -> None:
        """Answer, as the outcome has been shown."""
        if self._is_asked:
            self._is_asked = False
            reading, problem = snapshot.reading, snapshot.problem
            _answer(
                {
                    "credits": reading.balance.credits if reading else None,
                    "problem": problem.kind if problem else None,
                }
            )


class LedApp(app.App):
    """The program, with the lead."""

    def start(self, *, demo: int) -> None:
        self._lead = Lead(self)
        super().start(demo=demo)

    def poll(self) -> None:
        """Ask the API at once."""
        self._teams.shown.poll()

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        super()._show_snapshot(snapshot)
        self._lead.tell_outcome(snapshot)


class _Mallinfo2(ctypes.Structure):
    """What glibc's malloc has given out and keeps (mallinfo(3)), in bytes."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def measurements() -> dict[str, Any]:
    """What this process holds, after the garbage has been collected."""
    gc.collect()
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = _Mallinfo2
    malloc = mallinfo2()
    return {
        "memory": sum(
            int(line.split()[1])
            for line in Path("/proc/self/smaps_rollup").read_text().splitlines()
            # What is shared, or not written to, depends on what else is running.
            if line.startswith(("Private_Dirty:", "Swap:"))
        ),
        "allocated": malloc.uordblks + malloc.hblkhd,
        "blocks": sys.getallocatedblocks(),
        "files": len(os.listdir("/proc/self/fd")),  # noqa: PTH208  (no object for each)
        "threads": len(os.listdir("/proc/self/task")),  # noqa: PTH208
        "none": sys.getrefcount(None),
        "true": sys.getrefcount(True),
        "linecache": len(linecache.cache),
        "cpu": time.process_time(),
    }


def _answer(content: object) -> None:
    print(json.dumps(content), flush=True)


RECENT, RESERVATION = 30, 2
"""Seconds of the team's last records that are at hand, in place of four hours and a quarter: as
many records as ordinary polls leave in that time, however fast this machine polls."""

if __name__ == "__main__":
    analyst.RECENT = RECENT  # type: ignore[attr-defined]
    analyst.RESERVATION = history.RESERVATION = RESERVATION  # type: ignore[attr-defined]
    app.App = LedApp  # type: ignore[misc]
    sys.exit(main([]))
