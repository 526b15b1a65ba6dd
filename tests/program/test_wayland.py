"""The bundle on a real Wayland desktop, seen over D-Bus, by its compositor and in pictures."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import pytest
from PIL import Image

from tests.desktops.dbus_probe import TrayItem, tray_items
from tests.desktops.notification_service import NotificationService
from tests.desktops.wayland_desktop import SCREEN, Rectangle, WaylandDesktop, Window
from tests.program.tray_program import BUNDLE, POPUP, TIMEOUT
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.sandbox import DEMO_KEY

GREEN = (0x00, 0x9E, 0x73)
"""The plate of a healthy icon."""
BLUE = (0x00, 0x72, 0xB2)
"""The popup's main button, and its bar of credits."""


class Program:
    """The bundle inside a `with` block, and what a user can see of it and do with it."""

    def __init__(
        self, desktop: WaylandDesktop, sandbox: Sandbox, *, env: Mapping[str, str] | None = None
    ) -> None:
        self.desktop = desktop
        program = desktop.install(Path(BUNDLE[0]).parent) / Path(BUNDLE[0]).name
        environment = {"LEMLIST_API_URL": sandbox.url, "LEMLIST_API_KEY": DEMO_KEY, **(env or {})}
        self.process = desktop.start(str(program), env=environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.process.terminate()
        self.process.wait(TIMEOUT)

    @property
    def item(self) -> TrayItem:
        """The icon, as soon as the panel has it."""

        def item() -> TrayItem | None:
            assert self.process.poll() is None, self.output()
            return next(iter(tray_items(self.desktop.bus)), None)

        return wait_until(item, TIMEOUT, "the icon is in the panel")

    def wait_for_tooltip(self, text: str) -> None:
        """Wait until the tooltip holds a text."""
        wait_until(lambda: text in self.item.tooltip().title, TIMEOUT, f"{text!r} in the tooltip")

    def wait_for_window(self) -> Window:
        """The popup, as soon as it is the one window and has the focus."""

        def popup() -> Window | None:
            windows = self.desktop.windows()
            return windows[0] if [each.has_focus for each in windows] == [True] else None

        return wait_until(popup, TIMEOUT, "the popup is open and has the focus")

    def wait_until_closed(self) -> None:
        """Wait until there is no window."""
        wait_until(lambda: not self.desktop.windows(), TIMEOUT, "no window is open")

    def refresh_until_notified(self) -> dict[str, object]:
        """Ask for a refresh from the menu until there is a notification, and return it."""

        def notification() -> dict[str, object] | None:
            self.item.click_menu("Refresh now")
            return next(iter(self.desktop.notifications()), None)

        return wait_until(notification, TIMEOUT, "a notification")

    def output(self) -> str:
        """What the program wrote to its standard output and error."""
        return self.desktop.log_of(self.process)


@pytest.fixture(scope="module")
def shared_desktop() -> Iterator[WaylandDesktop]:
    with WaylandDesktop() as running:
        yield running


@pytest.fixture
def desktop(shared_desktop: WaylandDesktop) -> WaylandDesktop:
    """Return the desktop, without what an earlier test may have left on it."""
    shared_desktop.dismiss_notifications()
    for folder in ("config", "data", "state"):
        shutil.rmtree(shared_desktop.home / folder / "lemlist-credits", ignore_errors=True)
    return shared_desktop


@pytest.fixture
def program(desktop: WaylandDesktop, sandbox: Sandbox) -> Iterator[Program]:
    with Program(desktop, sandbox) as running:
        running.wait_for_tooltip("12,430 credits")
        yield running


def shows(
    desktop: WaylandDesktop, place: Rectangle, colour: tuple[int, int, int], scale: float = 1
) -> bool:
    """Whether a part of the screen shows a colour, a speck of more than a few pixels."""
    with Image.open(desktop.screenshot(desktop.home / "shown.png")) as picture:
        left, top, right, bottom = (
            round(edge * scale)
            for edge in (place.x, place.y, place.x + place.width, place.y + place.height)
        )
        part = picture.convert("RGB").crop((left, top, right, bottom))
        return part.tobytes().count(bytes(colour)) > 20


def panel(desktop: WaylandDesktop) -> Rectangle:
    """Where the panel is on the first screen."""
    screen = desktop.screens()[SCREEN]
    return Rectangle(screen.x, screen.y + screen.height - 36, screen.width, 36)


def test_icon_tooltip_and_menu(desktop: WaylandDesktop, program: Program) -> None:
    labels = program.item.menu().labels()
    assert labels[:4] == [
        "Healthy · 12,430 credits",
        "Plan: 8,000",
        "Purchased: 4,100",
        "Gifted: 330",
    ]
    wait_until(lambda: shows(desktop, panel(desktop), GREEN), TIMEOUT, "the icon in the panel")
    program.item.click_menu("Open")
    assert program.wait_for_window().title == POPUP
    assert not desktop.notifications()


def test_popup_shows_and_closes(desktop: WaylandDesktop, program: Program) -> None:
    program.item.activate()
    popup = program.wait_for_window()
    assert popup.title == POPUP
    assert popup.app_id == "lemlist-credits"
    assert popup.is_floating
    assert desktop.screens()[SCREEN].holds(popup.place)
    wait_until(lambda: shows(desktop, popup.place, BLUE), TIMEOUT, "the figures in the popup")
    desktop.press_keys("Escape")
    program.wait_until_closed()

    program.item.activate()
    program.wait_for_window()
    program.item.activate()  # a second click on the icon
    program.wait_until_closed()

    program.item.activate()
    program.wait_for_window()
    desktop.swaymsg("workspace", "2")  # the focus goes elsewhere
    program.wait_until_closed()
    desktop.swaymsg("workspace", "1")
    assert not desktop.windows()


def test_popup_stays_open_for_its_own_menu(
    desktop: WaylandDesktop, sandbox: Sandbox, program: Program
) -> None:
    sandbox.set_total(480)
    program.refresh_until_notified()
    program.item.activate()
    program.wait_for_window()
    # Eye, refresh, settings, buy, what it buys, snooze; its first line snoozes for an hour.
    desktop.press_keys(*["Tab"] * 6, "Return", "Down", "Return")
    wait_until(
        lambda: any(
            label.startswith("Notifications snoozed") for label in program.item.menu().labels()
        ),
        TIMEOUT,
        "alerts are snoozed",
    )
    assert program.wait_for_window().title == POPUP


def test_notification_shows_and_opens_the_popup(
    desktop: WaylandDesktop, sandbox: Sandbox, program: Program
) -> None:
    sandbox.set_total(480)
    assert program.refresh_until_notified()["summary"] == "Credits are low: 480 left"
    sandbox.set_total(62)
    summaries = ["Credits almost gone: 62 left"]

    def is_replaced() -> bool:
        program.item.click_menu("Refresh now")
        return [one["summary"] for one in desktop.notifications()] == summaries

    wait_until(is_replaced, TIMEOUT, "the next one in the place of the first")
    desktop.click_notification()
    assert program.wait_for_window().title == POPUP


def test_the_token_of_a_click_reaches_the_compositor(
    desktop: WaylandDesktop, sandbox: Sandbox
) -> None:
    desktop.stop_component("mako")
    sandbox.set_total(480)
    with (
        NotificationService(desktop.bus_address) as service,
        Program(desktop, sandbox, env={"WAYLAND_DEBUG": "client"}) as program,
    ):
        wait_until(lambda: service.shown, TIMEOUT, "a notification")
        (number,) = service.shown
        token = service.click(number)
        program.wait_for_window()
        assert f'.activate("{token}", wl_surface' in program.output()
    desktop.start_component("mako")


def test_popup_is_on_a_screen_when_screens_are_rescaled_and_added(sandbox: Sandbox) -> None:
    with WaylandDesktop() as desktop, Program(desktop, sandbox) as program:
        program.wait_for_tooltip("12,430 credits")
        desktop.swaymsg("output", SCREEN, "scale", "1.5")
        program.item.activate()
        popup = program.wait_for_window()
        assert desktop.screens()[SCREEN] == (0, 0, 853, 533)
        assert desktop.screens()[SCREEN].holds(popup.place)
        wait_until(lambda: shows(desktop, popup.place, BLUE, 1.5), TIMEOUT, "enlarged figures")

        desktop.swaymsg("output", SCREEN, "scale", "1")  # while the popup is open
        popup = program.wait_for_window()
        assert desktop.screens()[SCREEN].holds(popup.place)
        wait_until(lambda: shows(desktop, popup.place, BLUE), TIMEOUT, "figures of the old size")
        desktop.press_keys("Escape")
        program.wait_until_closed()

        desktop.swaymsg("create_output")
        (added,) = set(desktop.screens()) - {SCREEN}
        desktop.swaymsg("focus", "output", added)
        program.item.activate()
        assert desktop.screens()[added].holds(program.wait_for_window().place)


def test_icon_comes_with_the_panel_and_comes_back(
    desktop: WaylandDesktop, sandbox: Sandbox
) -> None:
    desktop.stop_component("waybar")
    with Program(desktop, sandbox) as program:
        wait_until(lambda: sandbox.requests, TIMEOUT, "the program runs")
        desktop.start_component("waybar")
        program.wait_for_tooltip("12,430 credits")
        desktop.kill_component("waybar")
        wait_until(lambda: not tray_items(desktop.bus), TIMEOUT, "the panel is gone")
        desktop.start_component("waybar")
        program.wait_for_tooltip("12,430 credits")
        wait_until(lambda: shows(desktop, panel(desktop), GREEN), TIMEOUT, "the icon's picture")


def test_icon_comes_back_with_the_session_bus(sandbox: Sandbox) -> None:
    with WaylandDesktop() as desktop, Program(desktop, sandbox) as program:
        program.wait_for_tooltip("12,430 credits")
        desktop.kill_component("dbus-daemon")
        for name in ("waybar", "mako"):
            desktop.stop_component(name)
        wait_until(lambda: "the session bus is gone" in program.output(), TIMEOUT, "it is noticed")
        desktop.start_bus()
        for name in ("waybar", "mako"):
            desktop.start_component(name)
        program.wait_for_tooltip("12,430 credits")
        assert "Plan: 8,000" in program.item.menu().labels()
        program.item.activate()
        popup = program.wait_for_window()
        wait_until(lambda: shows(desktop, popup.place, BLUE), TIMEOUT, "the figures in the popup")
        sandbox.set_total(480)
        assert program.refresh_until_notified()["summary"] == "Credits are low: 480 left"
