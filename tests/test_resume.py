"""A sleep and a clock that was set are noticed once."""

import pytest
from PySide6.QtWidgets import QApplication

from tests.widget_driver import wait_with_events
from tray_app.desktop.resume import Resume

YEAR = 365 * 24 * 3600.0


class FakeClock:
    """Goes as fast as the ticks come, and jumps when it is told."""

    def __init__(self, tick: float) -> None:
        self.now = 1_000_000_000.0
        self._tick = tick

    def __call__(self) -> float:
        now = self.now
        self.now += self._tick
        return now


@pytest.mark.parametrize("jump", [8 * 3600.0, YEAR, -YEAR], ids=["sleep", "forward", "back"])
def test_a_jump_is_noticed_once(qapp: QApplication, jump: float) -> None:
    tick = 0.02
    clock = FakeClock(tick)
    resume = Resume(qapp, tick=tick, settling_time=50, clock=clock)
    ticks: list[float] = []
    resumes: list[float] = []
    resume.ticked.connect(lambda: ticks.append(clock.now))
    resume.resumed.connect(lambda: resumes.append(clock.now))
    wait_with_events(lambda: len(ticks) > 5, "some ticks")
    assert resumes == []
    clock.now += jump
    wait_with_events(lambda: resumes, "the jump is noticed")
    seen = len(ticks)
    wait_with_events(lambda: len(ticks) > seen + 10, "more ticks")
    resume.stop()
    assert len(resumes) == 1
