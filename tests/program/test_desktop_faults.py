"""What the program does when parts of the desktop are late, die, come back or change."""

import os
import socket
import sys

import pytest
from jeepney import MatchRule
from PIL import Image, ImageChops

from tests.desktops.dbus_probe import TrayItem
from tests.desktops.virtual_desktop import VirtualDesktop, VirtualDesktopError
from tests.program.tray_program import (
    FROM_SOURCE,
    ICON_FROM_THE_CORNER,
    POPUP,
    TIMEOUT,
    TrayProgram,
    store_key,
)
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.sandbox import DEMO_KEY

KEY = {"LEMLIST_API_KEY": DEMO_KEY}
PANEL_HEIGHT = 36
PROMPT = 8.0
"""Seconds; sooner than an open popup is laid out anew by itself, as its figures grow old."""

GREEN = (0x00, 0x9E, 0x73)
AMBER = (0xE6, 0x9F, 0x00)
ORANGE = (0xD5, 0x5E, 0x00)
BLUE = (0x00, 0x72, 0xB2)
"""The popup's main button, and its bar of credits."""

CLASS = "^lemlist-credits$"
"""What X11 calls the program's windows."""
DUNST = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications")
MESSAGE_BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")

Box = tuple[int, int, int, int]
"""Left, top, right and bottom on the screen, in pixels."""


def speck(desktop: VirtualDesktop, box: Box, colour: tuple[int, int, int]) -> tuple[int, int]:
    """Where the middle of what has a colour is in a part of the screen, as soon as some has."""

    def middle() -> tuple[int, int] | None:
        with Image.open(desktop.screenshot(desktop.home / "screen.png")) as picture:
            part = picture.convert("RGB").crop(box)
        other = ImageChops.difference(part, Image.new("RGB", part.size, colour)).convert("L")
        same = other.point([255] + [0] * 255)
        found = same.getbbox()
        if found is None or same.histogram()[255] < 20:
            return None
        left, top, right, bottom = found
        return box[0] + (left + right) // 2, box[1] + (top + bottom) // 2

    return wait_until(middle, TIMEOUT, f"{colour} in {box} of the screen")


def wait_for_picture(desktop: VirtualDesktop, colour: tuple[int, int, int]) -> None:
    """Wait until the icon in the panel has a colour."""
    width, height = desktop.size
    x, y = width - ICON_FROM_THE_CORNER[0], height - ICON_FROM_THE_CORNER[1]
    speck(desktop, (x - 12, y - 12, x + 12, y + 12), colour)


def popup_inside(program: TrayProgram, area: Box) -> Box:
    """Where the popup is, as soon as it lies in a part of the screen and is painted there."""

    box = (0, 0, 0, 0)

    def inside() -> bool:
        nonlocal box
        x, y, width, height = program.window(POPUP).extents()
        box = (x, y, x + width, y + height)
        return is_inside(box, area)

    try:
        wait_until(inside, PROMPT, f"the popup is inside {area}")
    except TimeoutError as error:
        error.add_note(f"the popup is at {box}, X11's windows are {window_ids(program.desktop)}")
        raise
    speck(program.desktop, box, BLUE)
    return box


def is_inside(box: Box, area: Box) -> bool:
    return box[0] >= area[0] and box[1] >= area[1] and box[2] <= area[2] and box[3] <= area[3]


def work_area(desktop: VirtualDesktop) -> Box:
    width, height = desktop.size
    return 0, 0, width, height - PANEL_HEIGHT


def window_ids(desktop: VirtualDesktop) -> list[str]:
    """All windows of the program that show, menus and an XEmbed icon too, by X11's numbers."""
    try:
        return desktop.run("xdotool", "search", "--onlyvisible", "--class", CLASS).split()
    except VirtualDesktopError:  # it found none
        return []


def window_box(desktop: VirtualDesktop, window: str) -> Box:
    text = desktop.run("xdotool", "getwindowgeometry", "--shell", window)
    values = dict(line.split("=") for line in text.splitlines())
    x, y, width, height = (int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
    return x, y, x + width, y + height


def cpu_time(pid: int) -> float:
    """Seconds of CPU that a process has used, all threads together (proc(5), stat)."""
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_panel_is_killed_and_comes_back(sandbox: Sandbox) -> None:
    with (
        VirtualDesktop(keyring=False) as desktop,
        TrayProgram(desktop, sandbox.url, env=KEY) as program,
    ):
        program.wait_for_tooltip("12,430 credits")
        for credits, words, colour in (
            (480, "Low · 480 credits", AMBER),
            (62, "Critical · 62 credits", ORANGE),
            (12_430, "Healthy · 12,430 credits", GREEN),
        ):
            item = program.item
            desktop.kill_component("panel")
            sandbox.set_total(credits)

            def refreshed(item: TrayItem = item, words: str = words) -> bool:
                item.click_menu("Refresh now")
                return words in item.tooltip().title

            wait_until(refreshed, TIMEOUT, "the figures change while there is no panel")
            desktop.start_component("panel")
            assert words in program.tooltip()
            assert program.item.menu().labels()[0] == words
            wait_for_picture(desktop, colour)
            program.click_icon()
            popup_inside(program, work_area(desktop))
            program.close_popup()


def test_panel_is_late(sandbox: Sandbox) -> None:
    with VirtualDesktop(keyring=False, tray=False, notifications=False) as desktop:
        with TrayProgram(desktop, sandbox.url, env=KEY) as program:
            wait_until(lambda: sandbox.requests, TIMEOUT, "the program runs")
            assert not program.windows()
            desktop.start_component("panel")
            program.wait_for_tooltip("12,430 credits")
            wait_for_picture(desktop, GREEN)
            assert not program.windows()
        desktop.stop_component("panel")
        with TrayProgram(desktop, sandbox.url, env=KEY) as program:
            assert "12,430 credits" in program.window(POPUP).names()  # the window is offered
            desktop.start_component("panel")
            program.wait_for_tooltip("12,430 credits")
            wait_until(lambda: not program.windows(), TIMEOUT, "the window gives way")
            wait_for_picture(desktop, GREEN)
            program.click_icon()
            popup_inside(program, work_area(desktop))
            program.close_popup()


HASTY = (
    sys.executable,
    "-c",
    """
import sys
from tray_app.__main__ import main
from tray_app.desktop.tray import tray
tray.PATIENCE = 0  # is over before more than the icon is imported
sys.exit(main([]))
""",
)


def test_a_start_that_takes_longer_than_the_wait_for_a_panel_offers_the_window(
    sandbox: Sandbox,
) -> None:
    """There was neither icon nor window."""
    with (
        VirtualDesktop(keyring=False, tray=False, notifications=False) as desktop,
        TrayProgram(desktop, sandbox.url, program=HASTY, env=KEY) as program,
    ):
        wait_until(lambda: "12,430 credits" in program.window(POPUP).names(), TIMEOUT, "the window")


def guid_of(bus: str) -> str:
    """Ask a bus how it is told from others, as its clients do when they are let in."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(bus)
        client.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        return client.recv(100).decode().split()[1]


@pytest.mark.parametrize("address", ["", "unix:path={bus},guid={guid}"])
def test_the_bus_is_found_by_its_place_or_by_an_address_with_options(
    sandbox: Sandbox, address: str
) -> None:
    with VirtualDesktop() as desktop:
        bus = desktop.bus_address.removeprefix("unix:path=")
        env = {"DBUS_SESSION_BUS_ADDRESS": address.format(bus=bus, guid=guid_of(bus))}
        store_key(desktop, sandbox)
        with TrayProgram(desktop, sandbox.url, env=env) as program:
            program.wait_for_tooltip("12,430 credits")  # with the key of the keychain
            sandbox.set_total(62)
            program.refresh_until("62 credits")
            wait_until(lambda: notices(desktop) == 1, TIMEOUT, "the alert is shown")


def test_notification_service_is_absent_dies_and_comes_back(sandbox: Sandbox) -> None:
    with (
        VirtualDesktop(keyring=False, notifications=False) as desktop,
        TrayProgram(desktop, sandbox.url, env=KEY) as program,
    ):
        program.wait_for_tooltip("12,430 credits")
        sandbox.set_total(480)
        program.refresh_until("480 credits")
        wait_until(lambda: "no notification" in program.output(), TIMEOUT, "a line in the log")

        desktop.start_component("dunst")
        wait_until(lambda: notices(desktop) == 1, TIMEOUT, "what waited is shown")
        sandbox.set_total(62)
        program.refresh_until("62 credits")
        wait_until(lambda: shown_so_far(desktop) == 2, TIMEOUT, "the next one is shown")
        assert notices(desktop) == 1  # in the place of the first
        desktop.kill_component("dunst")

        # The next service counts anew, and gives another program the number that ours had.
        desktop.start_component("dunst")
        notice: tuple[object, ...] = (
            "another program",
            0,
            "",
            "Another notice",
            "",
            ["default", "Open"],
            {},
            0,
        )
        (number,) = desktop.bus.call(*DUNST, DUNST[0], "Notify", "susssasa{sv}i", *notice)
        sandbox.set_total(0)
        program.refresh_until("0 credits")
        wait_until(lambda: notices(desktop) == 2, TIMEOUT, "both notifications are shown")
        assert click_oldest_notice(desktop) == number

        # A service that hangs holds up nothing.
        desktop.freeze_component("dunst")
        sandbox.set_total(25_000)  # more than any reserved credits that come back
        program.refresh_until("25,000 credits")
        assert not program.windows()  # the click was for the other program
        program.open_popup()
        program.close_popup()
        desktop.kill_component("dunst")
        wait_until(lambda: program.output().count("no notification") == 2, TIMEOUT, "another line")
        assert program.process.poll() is None


def test_session_bus_goes_away(sandbox: Sandbox) -> None:
    with (
        VirtualDesktop(keyring=False) as desktop,
        TrayProgram(desktop, sandbox.url, env=KEY) as program,
    ):
        program.wait_for_tooltip("12,430 credits")
        desktop.kill_component("dbus-daemon")
        used = cpu_time(program.process.pid)
        speck(desktop, (0, 0, *desktop.size), BLUE)  # after a while a window is offered
        assert cpu_time(program.process.pid) - used < 1  # second, of ten
        assert "the session bus is gone" in program.output()

        asked = len(sandbox.requests)
        sandbox.set_total(25_000)  # more than any reserved credits that come back
        desktop.press_keys("Tab", "Tab", "Return")  # the refresh button
        wait_until(lambda: len(sandbox.requests) > asked, TIMEOUT, "it still polls")

        desktop.stop_component("panel")
        desktop.start_bus()
        desktop.start_component("panel")
        wait_for_picture(desktop, GREEN)
        before = window_ids(desktop)  # the new icon's; the window is gone
        assert not desktop.active_window()
        program.click_icon()
        speck(desktop, (0, 0, *desktop.size), BLUE)
        (popup,) = set(window_ids(desktop)) - set(before)
        assert is_inside(window_box(desktop, popup), work_area(desktop))
        assert program.process.poll() is None


def test_popup_is_on_a_screen_when_screens_shrink_come_and_go(sandbox: Sandbox) -> None:
    with (
        VirtualDesktop(keyring=False, notifications=False) as desktop,
        TrayProgram(desktop, sandbox.url, env=KEY) as program,
    ):
        width, height = desktop.size
        half = width // 2
        mode = ("60", "1024", "1024", "1024", "1024", "600", "600", "600", "600")
        desktop.run("xrandr", "--newmode", "small", *mode)
        desktop.run("xrandr", "--addmode", "screen", "small")
        program.wait_for_tooltip("12,430 credits")

        open_popup_at(program, width - 80, height - 20)
        popup_inside(program, work_area(desktop))
        shrink(desktop)
        popup_inside(program, (0, 0, 1024, 600 - PANEL_HEIGHT))
        program.close_popup()
        desktop.run("xrandr", "--output", "screen", "--mode", f"{width}x{height}")

        left, right = (f"{half}/170x{height}/200+{x}+0" for x in (0, half))
        desktop.run("xrandr", "--setmonitor", "left", left, "screen")
        desktop.run("xrandr", "--setmonitor", "right", right, "none")
        open_popup_at(program, width - 80, height - 20)
        popup_inside(program, (half, 0, width, height))
        desktop.run("xrandr", "--delmonitor", "right")
        popup_inside(program, (0, 0, half, height))
        program.close_popup()

        desktop.run("xrandr", "--delmonitor", "left")
        open_popup_at(program, width - 80, height - 20)
        popup_inside(program, work_area(desktop))
        shrink(desktop)
        popup_inside(program, (0, 0, 1024, 600 - PANEL_HEIGHT))


def open_popup_at(program: TrayProgram, x: int, y: int) -> None:
    """Click the icon as a panel that is at (x, y), wherever the panel moves with its screen."""
    program.desktop.run("xdotool", "mousemove", str(x), str(y))
    program.item.activate(x, y)


def shrink(desktop: VirtualDesktop) -> None:
    desktop.run("xrandr", "--output", "screen", "--mode", "small")


def test_tray_that_knows_only_xembed(sandbox: Sandbox) -> None:
    with VirtualDesktop(keyring=False, tray=False, notifications=False) as desktop:
        desktop.start_component("trayer")
        with TrayProgram(desktop, sandbox.url, env=KEY) as program:
            width, height = desktop.size
            corner = (width - 200, height - PANEL_HEIGHT, width, height)
            x, y = speck(desktop, corner, GREEN)
            icon = set(window_ids(desktop))

            # Before a popup has had the focus: for a tenth of a second after it is closed, Qt waits
            # whether the focus comes back, and if not it closes what menu is open by then.
            desktop.click(x, y, button=3)
            wait_until(lambda: set(window_ids(desktop)) - icon, TIMEOUT, "the menu shows")
            desktop.press_keys("o")  # Open
            popup_inside(program, work_area(desktop))
            program.close_popup()

            # While X11 still shows the popup, that gets all clicks.
            wait_until(lambda: set(window_ids(desktop)) == icon, TIMEOUT, "the popup has gone")
            desktop.click(x, y)
            popup_inside(program, work_area(desktop))
            program.close_popup()

            desktop.run("xdotool", "mousemove", "100", "100")
            assert desktop.start(*FROM_SOURCE).wait(TIMEOUT) == 0
            popup = popup_inside(program, work_area(desktop))
            assert popup[0] < x < popup[2]  # near the icon, and not where the pointer is
            assert height - PANEL_HEIGHT - popup[3] < 20
            program.close_popup()

            desktop.kill_component("trayer")
            desktop.start_component("trayer")
            x, y = speck(desktop, corner, GREEN)
            desktop.click(x, y)
            popup_inside(program, work_area(desktop))
            program.close_popup()


def notices(desktop: VirtualDesktop) -> int:
    """How many notifications are on the screen."""
    return int(desktop.bus.get(*DUNST, "org.dunstproject.cmd0", "displayedLength"))


def shown_so_far(desktop: VirtualDesktop) -> int:
    """How many notifications the service has shown, or shows."""
    return notices(desktop) + int(desktop.bus.get(*DUNST, "org.dunstproject.cmd0", "historyLength"))


def click_oldest_notice(desktop: VirtualDesktop) -> int:
    """Click the oldest notification on the screen, and return its number."""
    rule = MatchRule(type="signal", interface=DUNST[0], member="ActionInvoked")
    desktop.bus.call(*MESSAGE_BUS, "AddMatch", "s", rule.serialise())
    with desktop.bus.connection.filter(rule) as clicks:
        desktop.bus.call(*DUNST, "org.dunstproject.cmd0", "NotificationAction", "u", 0)
        event = desktop.bus.connection.recv_until_filtered(clicks, timeout=TIMEOUT)
    return int(event.body[0])
