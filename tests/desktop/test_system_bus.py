"""What the system tells of sleep, so that nobody looks at the clock."""

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import wait_with_events
from tests.desktops.fake_system_services import Login
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.fake_clock import TICK, FakeClock
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.resume import Resume


def test_nobody_looks_at_the_clock_where_the_system_tells_of_sleep(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock(tick=TICK)
    seen: list[str] = []
    with VirtualDesktop(tray=False, notifications=False, keyring=False) as desktop:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", desktop.bus_address)
        with Login(desktop.bus_address) as login:
            resume = Resume(qapp, Gate(), tick=TICK, settling_time=50, clock=clock.seconds)
            resume.noticed.connect(lambda: seen.append("noticed"))
            resume.resumed.connect(lambda: seen.append("resumed"))
            wait_with_events(lambda: not resume._timer.isActive(), "it hears of logind")
            looks = clock.looks
            login.tell_of_sleep(begins=True)
            login.tell_of_sleep(begins=False)
            wait_with_events(lambda: "resumed" in seen, "the sleep's end")
            assert seen == ["noticed", "resumed"]
            assert clock.looks == looks
    wait_with_events(lambda: clock.looks > looks + 5, "looks again, as the bus has gone")
    shiboken6.delete(resume)
