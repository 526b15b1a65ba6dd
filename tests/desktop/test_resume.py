"""A sleep and a clock that was set are noticed once."""

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import wait_with_events
from tests.fake_clock import TICK, FakeClock
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.resume import Resume

YEAR = 365 * 24 * 3600.0


@pytest.mark.parametrize("jump", [8 * 3600.0, YEAR, -YEAR], ids=["sleep", "forward", "back"])
def test_a_jump_is_noticed_once(qapp: QApplication, jump: float) -> None:
    clock = FakeClock(tick=TICK)
    resume = Resume(qapp, Gate(), tick=TICK, settling_time=50, clock=clock.seconds)
    seen: list[str] = []
    resume.noticed.connect(lambda: seen.append("noticed"))
    resume.resumed.connect(lambda: seen.append("resumed"))
    wait_with_events(lambda: clock.looks > 5, "some looks")
    assert seen == []
    clock.forward(seconds=jump)
    wait_with_events(lambda: "resumed" in seen, "the jump is noticed")
    looks = clock.looks
    wait_with_events(lambda: clock.looks > looks + 10, "more looks")
    shiboken6.delete(resume)
    assert seen == ["noticed", "resumed"]
