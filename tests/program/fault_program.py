"""The tray program, for a test that plays a bad network and server on it.

    python -m tests.program.fault_program

It is the whole program as `main.py` starts it, without a screen, and so with a window in place of
the panel's icon. Added is only what takes commands from standard input, one a line, as JSON, and
answers each with a line of JSON on standard output, which says what the user sees then. A first
such line says that the program has started, and had its own first poll. The commands:

    {"do": "watch", "url": …}   begin anew with the API at this address, and poll it; "deadline" are
                                the seconds that a request may take
    {"do": "poll"}              poll it again
    {"do": "click", "times": …} click Refresh that often, every 3 ms, as in a fit of impatience
    {"do": "doze", "ms": …}     let the GUI thread wait, to see whether that is noticed
    {"do": "toil", "ms": …}     let it work

`env` in a command are the variables of the network from then on. While a request is under way,
the user keeps clicking Refresh. Two things differ from the real program: a request has as many
seconds as the command says, and the key comes from a keychain in memory. It ends with its standard
input.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QLabel

from tests.fakes import FakeKeychain, NoHistory
from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.desktop.widgets.buttons import RefreshButton, TextButton
from tray_app.lemlist.client import Client
from tray_app.store.folders import history_file
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.credentials import Credentials
from tray_app.team.session import Session
from tray_app.team.watch import Snapshot, Watch

KEY = "fake-key-0123456789abcdef"
NETWORK = ("HTTPS_PROXY", "SSL_CERT_FILE")
"""The variables that commands set; those which one doesn't name are unset."""

CLICK_EVERY = 3  # milliseconds
LOOK_EVERY = 4  # milliseconds
ENOUGH_LOOKS = 5
"""Looks after the outcome, in which the screen is laid out and painted."""


class StallWatch(QObject):
    """Finds the longest time in which the GUI thread served no event, while it is on.

    A timer that is due all the time comes late by as long as the thread was blocked. On a busy
    computer it comes late as well because other processes have the processor. Linux counts how
    long a thread could have run but had to wait for that ("run delay", the second figure of
    schedstat), which is taken off: what is left is the time that this process itself took.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._schedstat = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._longest = 0.0
        self._last = self._now()

    @property
    def looked(self) -> Any:
        """The signal of each look."""
        return self._timer.timeout

    def begin(self) -> None:
        """Look from now on."""
        self._longest = 0.0
        self._last = self._now()
        self._timer.start()

    def end(self) -> float:
        """Look no more; return the longest block in milliseconds."""
        self._look()
        self._timer.stop()
        return self._longest * 1000

    @Slot()
    def _look(self) -> None:
        now = self._now()
        self._longest = max(self._longest, now - self._last - LOOK_EVERY / 1000)
        self._last = now

    def _now(self) -> float:
        """The time in seconds, but for that in which others had the processor."""
        run_delay = int(self._schedstat.read_text().split()[1])
        return time.perf_counter() - run_delay / 1e9


class Lead(QObject):
    """Does what the commands say, in the GUI thread."""

    def __init__(self, led: "LedApp") -> None:
        super().__init__(led)
        self._led = led
        self._stalls = StallWatch(self)
        self._stalls.looked.connect(self._look)
        self._clicks = QTimer(self)
        self._clicks.setTimerType(Qt.TimerType.PreciseTimer)
        self._clicks.setInterval(CLICK_EVERY)
        self._clicks.timeout.connect(self._click)
        self._clicks_left = 0
        self._looks_left = 0
        self._is_asked = False
        self._asked_at = 0.0
        self._wait = 0.0
        self._commands = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._commands.setEnabled(False)
        self._commands.activated.connect(self._obey)

    @Slot()
    def _obey(self) -> None:
        # One command at a time is under way, so no second line waits in the buffer.
        line = sys.stdin.readline()
        if not line:
            QApplication.quit()
            return
        command = json.loads(line)
        for name in NETWORK:
            os.environ.pop(name, None)
        os.environ.update(command.get("env", {}))
        self._stalls.begin()
        self._is_asked = True
        self._asked_at = time.monotonic()
        match command["do"]:
            case "watch":
                self._looks_left = ENOUGH_LOOKS
                self._led.watch(command["url"], command["deadline"])
            case "poll":
                self._looks_left = ENOUGH_LOOKS
                self._led.poll()
            case "click":
                self._clicks_left = command["times"]
                self._clicks.start()
            case "doze":
                self._looks_left = ENOUGH_LOOKS
                threading.Event().wait(command["ms"] / 1000)  # for what a worker never does
            case "toil":
                self._looks_left = ENOUGH_LOOKS
                end = time.thread_time() + command["ms"] / 1000
                while time.thread_time() < end:
                    pass

    def note(self, snapshot: Snapshot) -> None:
        """Take note of what is shown."""
        self._wait = snapshot.wait
        if not self._commands.isEnabled():  # the program has started, and had its own first poll
            self._led.stop_waiting_for_panel()
            self._commands.setEnabled(True)
            print(json.dumps(self._led.seen()), flush=True)

    @Slot()
    def _click(self) -> None:
        """Click both buttons for a refresh, in turns."""
        self._clicks_left -= 1
        if self._clicks_left % 2:
            self._led.refresh_button.click()
        else:
            self._led.refresh_in_menu()
        if not self._clicks_left:
            self._clicks.stop()
            self._looks_left = ENOUGH_LOOKS

    @Slot()
    def _look(self) -> None:
        if self._clicks_left:
            return
        if self._led.is_busy():
            self._led.refresh_button.click()
            self._led.refresh_in_menu()
            return
        if [each for each in threading.enumerate() if each.name == "lemlist-request"]:
            return
        self._looks_left -= 1
        if self._is_asked and self._looks_left <= 0:
            self._is_asked = False
            answer = {
                **self._led.seen(),
                "wait": self._wait,
                "seconds": time.monotonic() - self._asked_at,
                "stall_ms": self._stalls.end(),
            }
            print(json.dumps(answer), flush=True)


class ForgetfulClient(Client):
    """A client that keeps neither pauses nor teams."""

    def known_team(self) -> None:
        """Know no team."""


class LedApp(app.App):
    """The program, with the lead."""

    def start(self, *, demo: int) -> None:
        super().start(demo=demo)
        self.refresh_in_menu: Callable[[], None] = self._actions.refresh.trigger
        self.refresh_button = self._the_popup().content.findChildren(RefreshButton)[0]
        self._lead = Lead(self)

    @Slot(object)
    def _show_snapshot(self, snapshot: Snapshot) -> None:
        super()._show_snapshot(snapshot)
        self._lead.note(snapshot)

    def watch(self, url: str, deadline: float) -> None:
        """Begin anew with the API at an address; a request has so many seconds."""

        def connect(key: str) -> ForgetfulClient:
            return ForgetfulClient(url, key, deadline=deadline)

        credentials = Credentials({}, FakeKeychain(KEY))
        watch = Watch(credentials, connect, None, Settings(), NoHistory())
        session = Session(lambda _settings: watch, partial(History, history_file()))
        self._teams._poll_only([self._teams._poller_of(session, self._network)])

    def poll(self) -> None:
        """Ask the API at once."""
        self._teams.shown.poll()

    def is_busy(self) -> bool:
        """Whether a poll is under way."""
        return self._teams.shown.busy

    def stop_waiting_for_panel(self) -> None:
        """Use the window at once, as happens after 10 s, and not in the middle of a test."""
        self._tray.no_panel.emit()

    def seen(self) -> dict[str, Any]:
        """What the user sees: the icon's look, and every text and button of the popup."""
        icon, popup = self._tray._look, self._popup
        assert popup is not None
        return {
            "icon": [icon.shape, icon.amount, icon.stale],
            "texts": [each.text() for each in popup.findChildren(QLabel) if each.isVisible()],
            "buttons": [each.text() for each in popup.findChildren(TextButton) if each.isVisible()],
        }


if __name__ == "__main__":
    app.App = LedApp  # type: ignore[misc]
    sys.exit(main([]))
