"""The computer's clock is set while the tray runs, a year on and a year back."""

import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench.process import wait_until_quiet
from tests.desktops.notification_log import NotificationLog
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.fake_clock import library_of_faketime
from tests.program.tray_program import TIMEOUT, TrayProgram, store_key
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.desktop.system.resume import SETTLING_TIME, TICK

CREDITS = "/api/team/credits"
YEAR = 365  # days
NOTICED = TICK + SETTLING_TIME / 1000 + TIMEOUT  # seconds


class SetClock:
    """A clock for one program, at the right time until it is set.

    libfaketime stands between the program and the C library, and adds to the time of day, and to
    nothing else, what the file says. A computer's real clock does the same to a program when it
    is set. https://github.com/wolfcw/libfaketime
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        file.write_text("+0\n")
        self.env = {
            "LD_PRELOAD": library_of_faketime(),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def put(self, days: int) -> None:
        """Set the clock so many days on, or back."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{days:+d}d\n")
        new.replace(self._file)  # the program reads it at any moment


@dataclass(frozen=True)
class Seen:
    """What a tray showed, said and asked from the moment when its clock was set."""

    stale: str
    fresh: str
    asked: int
    notices: list[str]
    output: str


def play(days: int) -> Seen:
    """Set the clock of a tray, on a desktop of its own, by so many days."""
    with ExitStack() as stack:
        desktop = stack.enter_context(VirtualDesktop())
        sandbox = stack.enter_context(Sandbox(story="fixed"))
        notices = stack.enter_context(NotificationLog(desktop.bus_address))
        sandbox.set_total(480)
        store_key(desktop, sandbox)
        clock = SetClock(desktop.home / "clock")
        with TrayProgram(desktop, sandbox.url, env=clock.env) as program:
            program.wait_for_tooltip("Low · 480 credits")
            notices.wait_for_summary("Credits are low: 480 left", TIMEOUT)
            before = credits_asked(sandbox)
            clock.put(days)
            stale = wait_for_tooltip(program, lambda text: "out of date" in text)
            fresh = wait_for_tooltip(program, lambda text: "out of date" not in text)
        return Seen(
            stale,
            fresh,
            credits_asked(sandbox) - before,
            [one.summary for one in notices.notifications],
            program.output(),
        )


def credits_asked(sandbox: Sandbox) -> int:
    return sum(each.path == CREDITS for each in list(sandbox.requests))


def wait_for_tooltip(program: TrayProgram, is_it: Callable[[str], bool]) -> str:
    def tooltip() -> str:
        text = program.tooltip()
        return text if is_it(text) else ""

    return wait_until(tooltip, NOTICED, "another tooltip")


@pytest.fixture(scope="module")
def played() -> dict[int, Seen]:
    """Play both at the same time, since the program takes its time to look at the clock."""
    with ThreadPoolExecutor() as pool:
        return dict(zip((YEAR, -YEAR), pool.map(play, (YEAR, -YEAR)), strict=True))


@pytest.mark.parametrize("days", [YEAR, -YEAR], ids=["on", "back"])
def test_a_year(played: dict[int, Seen], days: int) -> None:
    seen = played[days]
    assert seen.stale.startswith("Low · 480 credits · out of date")
    assert seen.fresh.startswith("Low · 480 credits")
    assert seen.asked == 1
    assert seen.notices == ["Credits are low: 480 left"]
    assert "Traceback" not in seen.output


@pytest.mark.usefixtures("key_is_stored")
def test_a_look_at_the_popup_shows_it_where_nobody_looks_at_the_clock(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    program_with_a_clock = (sys.executable, "-m", "tests.program.set_clock_program")
    with TrayProgram(desktop, sandbox.url, program=program_with_a_clock) as program:
        program.wait_for_tooltip("Healthy · ")
        wait_until_quiet(program.process.pid)  # it has learned from the history, and looked again
        before = credits_asked(sandbox)
        program.process.send_signal(signal.SIGUSR1)
        program.item.activate()
        program.wait_for_tooltip("out of date")
        assert credits_asked(sandbox) == before
