"""Two graphical sessions of one user: at the desk, and over VNC or xrdp."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.desktops.notification_log import NotificationLog
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import FROM_SOURCE, POPUP, TIMEOUT, TrayProgram
from tests.servers.faulty_sandbox import Sandbox
from tray_app.sandbox import DEMO_KEY

SERVICE = (
    "org.freedesktop.Notifications",
    "/org/freedesktop/Notifications",
    "org.freedesktop.Notifications",
)

SHARED = (
    "HOME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
)
"""What is the user's and not the session's."""


@contextmanager
def trays(
    desk: VirtualDesktop, remote: VirtualDesktop, sandbox: Sandbox
) -> Iterator[tuple[TrayProgram, TrayProgram]]:
    """Run a program in each session of the same user."""
    key = {"LEMLIST_API_KEY": DEMO_KEY}
    env = key | {name: desk.env[name] for name in SHARED}
    with (
        TrayProgram(desk, sandbox.url, env=key) as first,
        TrayProgram(remote, sandbox.url, env=env) as second,
    ):
        yield first, second


def test_each_session_has_an_icon_and_a_popup_of_its_own() -> None:
    with (
        Sandbox(story="fixed") as sandbox,
        VirtualDesktop(keyring=False) as desk,
        VirtualDesktop(keyring=False) as remote,
        trays(desk, remote, sandbox) as (first, second),
    ):
        first.wait_for_tooltip("12,430 credits")
        second.wait_for_tooltip("12,430 credits")
        again = subprocess.run(
            FROM_SOURCE,
            env=remote.env
            | {name: desk.env[name] for name in SHARED}
            | {"LEMLIST_API_KEY": DEMO_KEY, "LEMLIST_API_URL": sandbox.url},
            timeout=TIMEOUT,
            check=False,
        )
        assert again.returncode == 0
        second.window(POPUP)
        assert not first.windows()
        second.close_popup()
        first.open_popup()
        assert not second.windows()


def test_an_alert_is_told_in_one_session_and_a_snooze_holds_in_both() -> None:
    with (
        Sandbox(story="fixed") as sandbox,
        VirtualDesktop(keyring=False) as desk,
        VirtualDesktop(keyring=False) as remote,
        NotificationLog(desk.bus_address) as at_desk,
        NotificationLog(remote.bus_address) as at_remote,
    ):
        sandbox.set_total(480)
        with trays(desk, remote, sandbox) as (first, second):
            for credits in (479, 90):
                first.wait_for_tooltip("Low")
                second.wait_for_tooltip("Low")
                sandbox.set_total(credits)
                # By the second reading the first one is judged, alert and all.
                first.refresh_until(f"{credits} credits")
                second.refresh_until(f"{credits} credits")
            first.item.click_menu("For 1 hour")
            sandbox.set_total(0)
            second.refresh_until("0 credits")
        told: list[str] = []
        for session, log in ((desk, at_desk), (remote, at_remote)):
            last: tuple[object, ...] = ("last", 0, "", "the last one", "", [], {}, -1)
            session.bus.call(*SERVICE, "Notify", "susssasa{sv}i", *last)
            log.wait_for_summary("the last one", TIMEOUT)
            told += [one.summary for one in log.notifications[:-1]]
        assert sorted(told) == ["Credits almost gone: 90 left", "Credits are low: 480 left"]


def test_settings_that_are_saved_in_one_session_hold_in_the_other() -> None:
    """A program with other thresholds would end what its neighbour has just told of a level."""
    with (
        Sandbox(story="fixed") as sandbox,
        VirtualDesktop(keyring=False) as desk,
        VirtualDesktop(keyring=False) as remote,
    ):
        sandbox.set_total(12_430)
        with trays(desk, remote, sandbox) as (first, second):
            second.wait_for_tooltip("Healthy · 12,430 credits")
            first.wait_for_tooltip("Healthy · 12,430 credits")
            first.set_low(20_000)
            second.wait_for_tooltip("Low · 12,430 credits")
