"""The tray program on a real desktop, from source and as the bundle, seen as its users see it."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.desktops.dbus_probe import Pixmap
from tests.desktops.fake_system_services import CONNECTED, Login, NetworkManager
from tests.desktops.notification_log import NotificationLog
from tests.desktops.virtual_desktop import KEYRING_PASSWORD, VirtualDesktop
from tests.program.tray_program import (
    BUNDLE,
    CONNECT,
    FROM_SOURCE,
    POPUP,
    TIMEOUT,
    WELCOME,
    TrayProgram,
    store_key,
    stored_key,
)
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.sandbox import DEMO_KEY

HEALTHY = (0x00, 0x9E, 0x73)
LOW = (0xE6, 0x9F, 0x00)
CRITICAL = (0xD5, 0x5E, 0x00)
EMPTY = (0xB3, 0x26, 0x1E)


CHANGE_KEY = "Change the API key — lemlist credits"

OTHER_WINDOW = """
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle("Other")
window.setGeometry(50, 50, 300, 200)
window.show()
app.exec()
"""


@pytest.fixture
def notifications(desktop: VirtualDesktop) -> Iterator[NotificationLog]:
    with NotificationLog(desktop.bus_address) as log:
        yield log


def has_colour(pixmaps: list[Pixmap], colour: tuple[int, int, int]) -> bool:
    """Whether every size of an icon shows a colour, solid."""
    pixel = bytes((0xFF, *colour))
    return all(
        pixel in {pixmap.argb[at : at + 4] for at in range(0, len(pixmap.argb), 4)}
        for pixmap in pixmaps
    )


@pytest.mark.usefixtures("key_is_stored")
def test_figures_in_tooltip_menu_and_popup(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        tooltip = program.wait_for_tooltip("12,430 credits")
        assert tooltip.splitlines()[:2] == [
            "Healthy · 12,430 credits",
            "Plan 8,000 · Purchased 4,100 · Gifted 330",
        ]
        labels = program.item.menu().labels()
        assert labels[:4] == [
            "Healthy · 12,430 credits",
            "Plan: 8,000",
            "Purchased: 4,100",
            "Gifted: 330",
        ]
        assert labels[4].startswith("Balance from ")
        assert labels[5:] == [
            "Refresh now",
            "Open",
            "History…",
            "Calculator…",
            "Buy credits…",
            "Snooze",
            "For 1 hour",
            "Until tomorrow",
            "Until the level changes",
            "Hide figures",
            "Settings…",
            "Add a team…",
            "Change key…",
            "About",
            "Quit",
        ]
        program.item.activate()
        names = program.window(POPUP).names()
        assert {"Acme Growth", "12,430 credits", "Healthy"} <= set(names)
        assert {"Plan: 8,000", "Purchased: 4,100", "Gifted: 330"} <= set(names)


@pytest.mark.usefixtures("key_is_stored")
def test_figures_that_are_hidden_stay_so_in_the_next_run(
    desktop: VirtualDesktop, sandbox: Sandbox, notifications: NotificationLog
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("12,430 credits")
        program.item.click_menu("Hide figures")
        program.wait_for_tooltip("Healthy · •••• credits")
        assert not [label for label in program.item.menu().labels() if "12,430" in label]
    sandbox.set_total(480)
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("Low · •••• credits")
        told = wait_until(lambda: list(notifications.notifications), TIMEOUT, "it is low")
        assert not re.search(r"\d", f"{told[-1].summary} {told[-1].body}")
        names = program.open_popup().names()
        assert "Show figures" in names
        assert not [name for name in names if "480" in name]
        program.close_popup()
        program.item.click_menu("Hide figures")
        program.wait_for_tooltip("Low · 480 credits")


@pytest.mark.usefixtures("key_is_stored")
def test_each_level_turns_the_icon_and_is_said_once(
    desktop: VirtualDesktop,
    sandbox: Sandbox,
    notifications: NotificationLog,
    program_command: tuple[str, ...],
) -> None:
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.wait_for_tooltip("12,430 credits")
        assert has_colour(program.item.icon_pixmaps(), HEALTHY)
        for credits, words, colour in (
            (480, "Low · 480 credits", LOW),
            (510, "Low · 510 credits", LOW),
            (490, "Low · 490 credits", LOW),
            (62, "Critical · 62 credits", CRITICAL),
            (61, "Critical · 61 credits", CRITICAL),
            (0, "Empty · 0 credits", EMPTY),
            # More than went shortly before, which might be reserved credits that come back.
            (25_000, "Healthy · 25,000 credits", HEALTHY),
        ):
            sandbox.set_total(credits)
            program.refresh_until(words)
            assert has_colour(program.item.icon_pixmaps(), colour)
        notifications.wait_for_summary("Credits added: 25,000", TIMEOUT)
        assert [one.summary for one in notifications.notifications] == [
            "Credits are low: 480 left",
            "Credits almost gone: 62 left",
            "No credits left",
            "Credits added: 25,000",
        ]
        assert "lemlist has stopped enriching leads" in notifications.notifications[2].body


@pytest.mark.usefixtures("key_is_stored")
def test_what_was_said_is_not_said_again_after_a_restart(
    desktop: VirtualDesktop, sandbox: Sandbox, notifications: NotificationLog
) -> None:
    sandbox.set_total(480)
    with TrayProgram(desktop, sandbox.url):
        notifications.wait_for_summary("Credits are low: 480 left", TIMEOUT)
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("480 credits")
        sandbox.set_total(40)
        program.refresh_until("40 credits")
        notifications.wait_for_summary("Credits almost gone: 40 left", TIMEOUT)
    assert [one.summary for one in notifications.notifications] == [
        "Credits are low: 480 left",
        "Credits almost gone: 40 left",
    ]


@pytest.mark.usefixtures("key_is_stored")
def test_an_error_keeps_the_last_good_figures(
    desktop: VirtualDesktop, sandbox: Sandbox, notifications: NotificationLog
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("12,430 credits")
        sandbox.set_fault("500")
        tooltip = program.refresh_until("out of date")
        assert "12,430 credits" in tooltip
        assert not has_colour(program.item.icon_pixmaps(), HEALTHY)
        names = program.open_popup().names()
        assert any("12,430 credits" in name for name in names)
        assert any("lemlist is temporarily unavailable" in name for name in names)
        sandbox.set_fault(None)
        program.refresh_until("Healthy · 12,430 credits")
        assert notifications.notifications == []


def test_first_key_is_entered_with_the_keyboard(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.go_to_key_field()
        desktop.type_text(f"  {DEMO_KEY} ")
        assert stored_key(desktop.env) == ""
        desktop.press_keys("Return")
        wait_until(lambda: stored_key(desktop.env) == DEMO_KEY, TIMEOUT, "the key in the keyring")
        program.wait_for_tooltip("12,430 credits")
        wait_until(lambda: not program.windows(), TIMEOUT, "the dialog closes")
        assert DEMO_KEY not in program.output()


def test_demo_from_the_first_dialog(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.window(WELCOME)
        desktop.wait_for_focus(WELCOME)
        desktop.press_keys("Tab", "Return")
        program.wait_for_tooltip("working days left")
        assert "This is a demo with invented amounts." in program.open_popup().names()
        assert sandbox.requests == []


def test_status_of_the_bundle(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*BUNDLE, *arguments],
            env={**desktop.env, "LEMLIST_API_URL": sandbox.url, "PATH": ""},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    assert run("status").returncode == 2
    assert run("key", "set", stdin=DEMO_KEY).returncode == 0
    assert stored_key(desktop.env) == DEMO_KEY
    status = json.loads(run("status", "--json").stdout)
    assert status["team"] == "Acme Growth"
    assert status["credits"] == 12_430
    assert run("key", "remove").returncode == 0
    assert stored_key(desktop.env) == ""


@pytest.mark.usefixtures("key_is_stored")
def test_locked_keychain_is_said_and_unlocked(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    lock_keyring(desktop)
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("The keyring is locked")
        assert "Unlock…" in program.item.menu().labels()
        assert not program.windows()
        program.item.click_menu("Unlock…")
        wait_until(desktop.active_window, TIMEOUT, "the prompt has the focus")
        desktop.type_text(KEYRING_PASSWORD)
        desktop.press_keys("Return")
        program.wait_for_tooltip("12,430 credits")
        assert "Unlock…" not in program.item.menu().labels()


def test_without_a_keychain_the_key_is_kept_for_this_run_only(sandbox: Sandbox) -> None:
    with VirtualDesktop(keyring=False) as desktop:
        with TrayProgram(desktop, sandbox.url) as program:
            program.go_to_key_field()
            desktop.type_text(DEMO_KEY)
            desktop.press_keys("Return")
            program.wait_until_focused(CONNECT, "Use until I quit")
            desktop.press_keys("Return")
            program.wait_for_tooltip("12,430 credits")
            assert "The API key is kept until you quit." in program.open_popup().names()
        files = [file for file in desktop.home.rglob("*") if file.is_file()]
        assert files
        assert not [file for file in files if DEMO_KEY.encode() in file.read_bytes()]


def test_key_from_the_environment(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    environment = {"LEMLIST_API_KEY": DEMO_KEY}
    with TrayProgram(desktop, sandbox.url, env=environment) as program:
        program.wait_for_tooltip("12,430 credits")
        assert "The API key comes from LEMLIST_API_KEY." in program.open_popup().names()
        assert not program.item.menu().find("Change key…").enabled


@pytest.mark.usefixtures("key_is_stored")
def test_popup_closes_by_escape_focus_and_the_same_click(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("12,430 credits")
        popup = program.open_popup()
        x, y, width, height = popup.extents()
        assert x >= 0
        assert y >= 0
        assert x + width <= desktop.size[0]
        assert y + height <= desktop.size[1] - 36  # the panel
        program.close_popup()
        program.open_popup()
        program.click_icon()
        wait_until(lambda: not program.windows(), TIMEOUT, "the click closes the popup")
        open_another_window(desktop)
        program.open_popup()
        desktop.wait_for_focus(POPUP)
        desktop.click(100, 100)
        wait_until(lambda: not program.windows(), TIMEOUT, "a click elsewhere closes the popup")


@pytest.mark.usefixtures("key_is_stored")
def test_popup_outlives_the_focus_that_it_lost_before_it_was_shown(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("12,430 credits")
        open_another_window(desktop)
        program.open_popup()
        # The pauses are what is tried, and no waits: about when Qt tells, 100 ms after X11.
        for apart in (40, 80, 90, 95, 100, 105, 95, 100):
            desktop.wait_for_focus(POPUP)
            program.click_icon_twice(apart)  # closes it, and opens it
            with suppress(TimeoutError):
                wait_until(lambda: not program.windows(), 0.5, "it closes, for good or for bad")
            program.window(POPUP)
        desktop.wait_for_focus(POPUP)
        desktop.click(100, 100)
        wait_until(lambda: not program.windows(), TIMEOUT, "a click elsewhere closes the popup")


@pytest.mark.usefixtures("key_is_stored")
def test_buy_credits_opens_the_browser_with_its_own_libraries(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    opened = desktop.home / "opened"
    browser = desktop.home / "bin" / "xdg-open"
    browser.parent.mkdir()
    browser.write_text(f'#!/bin/sh\necho "$1 libraries=$LD_LIBRARY_PATH" > {opened}\n')
    browser.chmod(0o755)
    environment = {"PATH": f"{browser.parent}:{desktop.env['PATH']}"}
    with TrayProgram(desktop, sandbox.url, program=program_command, env=environment) as program:
        program.wait_for_tooltip("12,430 credits")
        program.item.click_menu("Buy credits…")
        wait_until(lambda: opened.exists() and opened.read_text(), TIMEOUT, "a page is opened")
    assert opened.read_text() == "https://app.lemlist.com/settings/billing libraries=\n"


@pytest.mark.usefixtures("key_is_stored")
def test_figures_come_back_with_the_network(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": desktop.bus_address}
    sandbox.stop()
    with (
        NetworkManager(desktop.bus_address) as network,
        TrayProgram(desktop, sandbox.url, program=program_command, env=environment) as program,
    ):
        program.wait_for_tooltip("Can't reach lemlist")
        sandbox.start()

        def is_asked() -> object:
            network.tell(CONNECTED)  # again and again, as nobody knows when it begins to listen
            return sandbox.requests

        wait_until(is_asked, 10, "a request, sooner than the next try")
        program.wait_for_tooltip("12,430 credits")
        # It hangs, so whoever asks it something waits.
        assert network.questions() == []


@pytest.mark.usefixtures("key_is_stored")
def test_the_network_asks_nothing_in_a_pause(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    log = desktop.home / "state" / "lemlist-credits" / "log" / "lemlist-credits.log"
    sandbox.set_fault("429", retry_after="3600")
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": desktop.bus_address}
    asked = len(sandbox.requests)
    with (
        NetworkManager(desktop.bus_address) as network,
        TrayProgram(desktop, sandbox.url, env=environment) as program,
    ):
        program.wait_for_tooltip("Too many requests with this API key")

        def has_polled_twice() -> bool:
            network.tell(CONNECTED)
            told = log.read_text() if log.exists() else ""
            kept_back = told.count("lemlist has asked for a pause")
            return kept_back > 1 or len(sandbox.requests) > asked + 1

        wait_until(has_polled_twice, TIMEOUT, "the network is heard of")
    assert len(sandbox.requests) == asked + 1


@pytest.mark.usefixtures("key_is_stored")
def test_figures_are_renewed_after_a_sleep(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": desktop.bus_address}
    with (
        Login(desktop.bus_address) as login,
        TrayProgram(desktop, sandbox.url, program=program_command, env=environment) as program,
    ):
        program.wait_for_tooltip("12,430 credits")
        sandbox.set_total(480)

        def balances() -> int:
            return sum(each.path == "/api/team/credits" for each in list(sandbox.requests))

        before = balances()

        def is_asked() -> bool:
            login.tell_of_sleep(begins=False)
            return balances() > before

        wait_until(is_asked, 15, "a request, sooner than the next poll")
        program.wait_for_tooltip("480 credits")
        assert balances() == before + 1


@pytest.mark.usefixtures("key_is_stored")
def test_settings_are_kept_and_judge_at_once(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("Healthy · 12,430 credits")
        program.set_low(20_000)
        program.wait_for_tooltip("Low · 12,430 credits")
        file = desktop.home / "config" / "lemlist-credits" / "settings.json"
        wait_until(
            lambda: file.exists() and json.loads(file.read_text())["low"] == 20_000, TIMEOUT, ""
        )
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("Low · 12,430 credits")


def test_settings_of_the_time_of_the_demo_hold_for_the_real_team(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.window(WELCOME)
        desktop.wait_for_focus(WELCOME)
        desktop.press_keys("Tab", "Return")
        program.wait_for_tooltip("working days left")
        program.set_low(20_000)
        file = desktop.home / "config" / "lemlist-credits" / "settings.json"
        wait_until(file.exists, TIMEOUT, "the settings are saved")
        program.item.click_menu("Change key…")
        program.window(CHANGE_KEY)
        desktop.wait_for_focus(CHANGE_KEY)
        desktop.type_text(DEMO_KEY)
        desktop.press_keys("Return")
        assert "Low · 12,430 credits" in program.wait_for_tooltip("12,430 credits")


def test_a_key_of_a_terminal_reaches_the_tray(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.wait_for_tooltip("No API key yet")
        program.window(WELCOME)
        store_key(desktop, sandbox)
        program.wait_for_tooltip("Healthy · 12,430 credits")
        wait_until(lambda: not program.windows(), TIMEOUT, "nobody is asked for a key any more")
        remove_key(desktop)
        tooltip = program.wait_for_tooltip("No API key yet")
        assert "12,430" not in tooltip
        assert POPUP not in [window.name for window in program.windows()]
        store_key(desktop, sandbox)
        program.wait_for_tooltip("Healthy · 12,430 credits")


@pytest.mark.usefixtures("key_is_stored")
def test_second_start_opens_the_popup_of_the_first(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("12,430 credits")
        second = desktop.start(*FROM_SOURCE)
        assert second.wait(TIMEOUT) == 0
        program.window(POPUP)
        assert program.process.poll() is None


@pytest.mark.usefixtures("key_is_stored")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_the_program_while_a_request_hangs(
    desktop: VirtualDesktop,
    sandbox: Sandbox,
    number: signal.Signals,
    program_command: tuple[str, ...],
) -> None:
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.wait_for_tooltip("12,430 credits")
        asked = len(sandbox.requests)
        sandbox.set_fault("silent")

        def asks_again() -> bool:
            program.item.click_menu("Refresh now")
            return len(sandbox.requests) > asked

        wait_until(asks_again, TIMEOUT, "a request hangs")
        program.process.send_signal(number)
        code = program.process.wait(10)  # sooner than the request, which has 15 s
        assert code == (130 if number == signal.SIGINT else 0)
        assert "Traceback" not in program.output()


@pytest.mark.parametrize("desktop", [{"tray": False}], ids=["bare"], indirect=True)
@pytest.mark.usefixtures("key_is_stored")
def test_window_until_there_is_a_panel(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        names = program.window(POPUP).names()
        assert "12,430 credits" in names
        desktop.start_component("panel")
        program.wait_for_tooltip("12,430 credits")
        wait_until(lambda: not program.windows(), TIMEOUT, "the window moves to the panel")


def open_another_window(desktop: VirtualDesktop) -> None:
    """Start another program, whose window takes the focus."""
    desktop.start(sys.executable, "-c", OTHER_WINDOW)
    desktop.wait_for_focus("Other")


def remove_key(desktop: VirtualDesktop) -> None:
    """Remove the key as a user does in a terminal."""
    subprocess.run([*FROM_SOURCE, "key", "remove"], env=desktop.env, check=True)


def lock_keyring(desktop: VirtualDesktop) -> None:
    """Lock the default collection, as when the user logs in without a password."""
    service, path = "org.freedesktop.secrets", "/org/freedesktop/secrets"
    interface = "org.freedesktop.Secret.Service"
    (collection,) = desktop.bus.call(service, path, interface, "ReadAlias", "s", "default")
    desktop.bus.call(service, path, interface, "Lock", "ao", [collection])
