"""The tray program, run as its users run it: a process on a desktop, seen from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self

from tests import PROJECT
from tests.desktops.accessibility import Accessible, accessibility_bus, accessible_program
from tests.desktops.dbus_probe import TrayItem, tray_items
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import PATIENCE, wait_until
from tray_app.rules.history import Record
from tray_app.sandbox import DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo
from tray_app.store.history_database import History

BUNDLE: tuple[str, ...] = (str(PROJECT / "dist" / "lemlist-credits" / "lemlist-credits"),)
FROM_SOURCE: tuple[str, ...] = (sys.executable, str(PROJECT / "main.py"))
if os.environ.get("PROGRAM") == "bundle":  # `make bundle-test`: nothing that was left out is missed
    FROM_SOURCE = BUNDLE

TIMEOUT = PATIENCE

POPUP = "lemlist credits"
WELCOME = "Welcome to lemlist credits"
CONNECT = "Connect a team — lemlist credits"
SETTINGS = "Settings — lemlist credits"
"""The titles of windows."""

ICON_FROM_THE_CORNER = (78, 18)
"""Where the panel shows its only icon: pixels from the bottom right corner of the screen."""


class TrayProgram:
    """The program inside a `with` block, and what a user can see of it and do with it."""

    def __init__(
        self,
        desktop: VirtualDesktop,
        api_url: str,
        *arguments: str,
        program: tuple[str, ...] = FROM_SOURCE,
        env: Mapping[str, str] | None = None,
        has_defects: bool = False,
    ) -> None:
        """With ``has_defects`` the program may raise what nobody catches, as it is made to."""
        self._has_defects = has_defects
        self.desktop = desktop
        self.process = desktop.start(
            *program, *arguments, env={"LEMLIST_API_URL": api_url, **(env or {})}
        )
        self._accessibility = accessibility_bus(desktop.bus)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_details: object) -> None:
        self._accessibility.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(TIMEOUT)
        if error is None and not self._has_defects and "uncaught: " in self.output():
            raise AssertionError(self.output())

    @property
    def item(self) -> TrayItem:
        """The icon, as soon as the panel has it."""
        return wait_until(self._item, TIMEOUT, "the icon is in the panel")

    def tooltip(self) -> str:
        """The tooltip's text."""
        return self.item.tooltip().title

    def wait_for_tooltip(self, text: str) -> str:
        """Wait until the tooltip holds a text, and return all of it."""

        def tooltip() -> str:
            tooltip = self.tooltip()
            return tooltip if text in tooltip else ""

        return wait_until(tooltip, TIMEOUT, f"{text!r} in the tooltip")

    def refresh_until(self, text: str) -> str:
        """Ask for a refresh from the menu until the tooltip holds a text, and return all of it.

        A click within two seconds of a good reading asks nothing, so one click may not do.
        """

        def refreshed() -> str:
            self.item.click_menu("Refresh now")
            tooltip = self.tooltip()
            return tooltip if text in tooltip else ""

        return wait_until(refreshed, TIMEOUT, f"{text!r} in the tooltip")

    def click_icon(self) -> None:
        """Click the icon in the panel with the mouse."""
        self.desktop.click(*self._place_of_icon())

    def click_icon_twice(self, apart: int) -> None:
        """Click it again `apart` milliseconds later, as somebody does who changes their mind."""
        self.desktop.click(*self._place_of_icon(), times=2, apart=apart)

    def windows(self) -> list[Accessible]:
        """The windows that are showing, as a screen reader has them."""
        program = accessible_program(self._accessibility, "lemlist-credits")
        return [one for one in program.children if "showing" in one.states] if program else []

    def window(self, name: str) -> Accessible:
        """The showing window of this title, as soon as there is one."""
        return wait_until(
            lambda: next((one for one in self.windows() if one.name == name), None),
            TIMEOUT,
            f"the window {name!r}",
        )

    def open_popup(self) -> Accessible:
        """Click the icon and return the popup."""
        self.click_icon()
        return self.window(POPUP)

    def close_popup(self) -> None:
        """Press Escape, and wait until no window is left."""
        self.desktop.press_keys("Escape")
        wait_until(lambda: not self.windows(), TIMEOUT, "the popup is closed")

    def wait_until_focused(self, title: str, name: str) -> None:
        """Wait until the focus is on what has this name, in the window of this title."""
        wait_until(lambda: name in self.window(title).focused, TIMEOUT, f"the focus on {name!r}")

    def go_to_key_field(self) -> None:
        """Answer the first dialog with Enter, so that the key can be typed."""
        self.window(WELCOME)
        self.desktop.wait_for_focus(WELCOME)
        self.desktop.press_keys("Return")
        self.window(CONNECT)
        self.desktop.wait_for_focus(CONNECT)
        self.wait_until_focused(CONNECT, "API key")

    def set_low(self, credits: int) -> None:
        """Choose with the keyboard what counts as low: the first field of the settings."""
        self.item.click_menu("Settings…")
        self.window(SETTINGS)
        self.desktop.wait_for_focus(SETTINGS)
        self.desktop.press_keys("ctrl+a")
        self.desktop.type_text(str(credits))
        self.desktop.press_keys("Return")

    def output(self) -> str:
        """What the program wrote to its standard output and error."""
        return self.desktop.log_of(self.process)

    def _place_of_icon(self) -> tuple[int, int]:
        width, height = self.desktop.size
        right, bottom = (pixels * self.desktop.scale for pixels in ICON_FROM_THE_CORNER)
        return width - right, height - bottom

    def _item(self) -> TrayItem | None:
        if self.process.poll() is not None:
            raise AssertionError(f"the program ended:\n{self.output()}")
        return next(iter(tray_items(self.desktop.bus)), None)


def store_key(desktop: VirtualDesktop, sandbox: Sandbox) -> str:
    """Store a sandbox's key as a user does in a terminal, and return what the program says."""
    finished = subprocess.run(
        [*FROM_SOURCE, "key", "set"],
        input=sandbox.key,
        env={**desktop.env, "LEMLIST_API_URL": sandbox.url},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if finished.returncode != 0:
        raise AssertionError(finished.stderr)
    return finished.stdout.strip()


def stored_key(env: Mapping[str, str]) -> str:
    """The key that a session's keyring holds, as another program finds it; "" if there is none."""
    found = subprocess.run(
        ["secret-tool", "lookup", "service", "lemlist-credits", "username", "default"],
        env=env,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    return found.stdout


def history_of(desktop: VirtualDesktop) -> History:
    """Open the history of a desktop's user."""
    return History(desktop.home / "data" / "lemlist-credits" / "history.sqlite")


def store_past(desktop: VirtualDesktop) -> list[Record]:
    """Give a desktop's user the sixty days of the sandbox's team, and return them."""
    records = past_of_demo(datetime.now(UTC))  # noqa: TID251  (test_any_day.py)
    history = history_of(desktop)
    assert all(history.record(DEMO_TEAM_ID, record) for record in records)
    history.close()
    return records
