"""A whole Linux desktop on a screen that exists in memory only.

Xvfb, a window manager with a compositor, a panel with a tray, a notification daemon, a keyring and
the accessibility service, on a message bus and in a home folder of their own.
"""

from __future__ import annotations

import os
import select
import time
from pathlib import Path
from typing import Literal

from tests.desktops.desktop_session import (
    START_TIMEOUT,
    Component,
    DesktopSession,
    VirtualDesktopError,
    processes_at_home,
)
from tests.waiting import wait_until

__all__ = ["KEYRING_PASSWORD", "VirtualDesktop", "VirtualDesktopError", "processes_at_home"]

KEYRING_PASSWORD = "virtual desktop"
STILL_TIMEOUT = 5.0  # seconds in which the screen should stop moving


class VirtualDesktop(DesktopSession):
    """The desktop, running inside a `with` block.

    `width` and `height` are in logical pixels; at `scale` 2 the screen has twice as many. Without
    `tray`, `notifications` or `keyring` that service does not exist until `start_component`
    starts it. The keyring "locked" holds a default collection whose password is KEYRING_PASSWORD.

    Its components are "panel", "dunst", "keyring" and, in place of the panel, "trayer", which
    knows icons by the XEmbed protocol only.

    Raises VirtualDesktopError when something does not start.
    """

    def __init__(
        self,
        width: int = 1280,
        height: int = 800,
        *,
        scale: int = 1,
        panel_dark: bool = False,
        tray: bool = True,
        notifications: bool = True,
        keyring: bool | Literal["locked"] = True,
    ) -> None:
        environment = {
            "XDG_SESSION_TYPE": "x11",
            "XDG_CURRENT_DESKTOP": "XFCE",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_SCALE_FACTOR": str(scale),
        }
        super().__init__(environment, scale=scale, panel_dark=panel_dark)
        self.size = (width * scale, height * scale)
        self._wanted = {"panel": tray, "dunst": notifications, "keyring": bool(keyring)}
        self._keyring_locked = keyring == "locked"

    def start_component(self, name: str) -> None:
        """Start the "panel", "dunst", "keyring" or "trayer" (again), and wait for its answer."""
        if name == "keyring" and self._keyring_locked:
            # Only an unlocking daemon creates the collection that the locked one then finds.
            self._start_and_wait(name, self._keyring(unlock=True))
            self.stop_component(name)
        super().start_component(name)

    def screenshot(self, path: str | Path) -> Path:
        """Write a PNG picture of the whole screen, as soon as the screen stands still.

        Still means that two pictures in a row are equal; a picture in the middle of a repaint has
        holes. A screen that keeps moving is taken as it is after STILL_TIMEOUT.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        options = ("-depth", "8", "-strip", "-define", "png:exclude-chunks=date,time")
        deadline = time.monotonic() + STILL_TIMEOUT
        before = b""
        while True:
            self.run("import", "-window", "root", *options, f"png:{path}")
            picture = path.read_bytes()
            if picture == before or time.monotonic() > deadline:
                return path
            before = picture

    def click(self, x: int, y: int, button: int = 1, *, times: int = 1, apart: int = 100) -> None:
        """Move the pointer to (x, y), in the screen's real pixels, and click.

        Several clicks are `apart` milliseconds apart.
        """
        clicks = ("click", "--repeat", str(times), "--delay", str(apart), str(button))
        self.run("xdotool", "mousemove", str(x), str(y), *clicks)

    def press_keys(self, *keys: str) -> None:
        """Press keys, by X11's names, one after the other: "Tab", "Return", "ctrl+v"."""
        self.run("xdotool", "key", "--clearmodifiers", *keys)

    def type_text(self, text: str) -> None:
        """Type a text into the window that has the focus."""
        self.run("xdotool", "type", "--clearmodifiers", "--file", "-", stdin=text)

    def active_window(self) -> str:
        """The title of the window that has the focus; "" when none has it."""
        try:
            return self.run("xdotool", "getactivewindow", "getwindowname").strip()
        except VirtualDesktopError:
            return ""

    def wait_for_focus(self, title: str) -> None:
        """Wait until the window of this title has the focus."""
        wait_until(lambda: self.active_window() == title, START_TIMEOUT, f"the focus on {title!r}")

    def _begin(self) -> None:
        self._start_screen()
        self.start_bus()
        for name in ("openbox", "picom"):
            self.start_component(name)
        self.bus.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        for name, wanted in self._wanted.items():
            if wanted:
                self.start_component(name)

    def _start_screen(self) -> None:
        """Start Xvfb, which chooses a free display number and tells it through a pipe."""
        display_from, display_to = os.pipe()
        width, height = self.size
        command = ("Xvfb", "-displayfd", str(display_to), "-screen", "0", f"{width}x{height}x24")
        # -r: a key that a busy machine holds down for long is still pressed once.
        options = ("-dpi", "96", "-nolisten", "tcp", "-noreset", "-r")
        with os.fdopen(display_from, "rb") as pipe:
            try:
                self._spawn("Xvfb", Component(command + options), pass_fds=(display_to,))
            finally:
                os.close(display_to)
            readable, _, _ = select.select([pipe], [], [], START_TIMEOUT)
            number = pipe.readline().decode().strip() if readable else ""
        if not number:
            raise VirtualDesktopError(f"Xvfb offers no display. Its log:\n{self._log('Xvfb')}")
        self.env["DISPLAY"] = f":{number}"
        self.run("hsetroot", "-add", "#5B6B82", "-add", "#93A3B8", "-gradient", "0")

    def _component(self, name: str) -> Component:
        match name:
            case "openbox":
                return Component(
                    ("openbox", "--sm-disable", "--config-file", f"{self._config}/openbox/rc.xml"),
                    is_ready=self._has_window_manager,
                )
            case "picom":
                return Component(("picom", "--config", f"{self._config}/picom.conf"))
            case "panel":
                return Component(
                    ("xfce4-panel", "--disable-wm-check", "--sm-client-disable"),
                    is_ready=lambda: self.bus.has_owner("org.kde.StatusNotifierWatcher"),
                    environment={"GDK_SCALE": str(self.scale), "NO_AT_BRIDGE": "1"},
                )
            case "trayer":
                place = ("--edge", "bottom", "--align", "right", "--widthtype", "request")
                dock = ("--height", "36", "--SetDockType", "true", "--SetPartialStrut", "true")
                return Component(
                    ("trayer", *place, *dock),
                    is_ready=lambda: self._has_window("trayer"),
                    environment={"NO_AT_BRIDGE": "1"},
                )
            case "dunst":
                return Component(
                    ("dunst", "-config", f"{self._config}/dunst/dunstrc"),
                    is_ready=lambda: self.bus.has_owner("org.freedesktop.Notifications"),
                )
            case "keyring":
                return self._keyring(unlock=not self._keyring_locked)
        return super()._component(name)

    def _keyring(self, *, unlock: bool) -> Component:
        options = ("--unlock",) if unlock else ()
        return Component(
            ("gnome-keyring-daemon", "--foreground", "--components=secrets", *options),
            is_ready=self._has_default_collection,
            stdin=KEYRING_PASSWORD if unlock else "",
        )

    def _has_window_manager(self) -> bool:
        try:
            self.run("xdotool", "get_num_desktops")
        except VirtualDesktopError:
            return False
        return True

    def _has_window(self, program: str) -> bool:
        try:
            return bool(self.run("xdotool", "search", "--onlyvisible", "--class", program))
        except VirtualDesktopError:
            return False

    def _has_default_collection(self) -> bool:
        name = "org.freedesktop.secrets"
        if not self.bus.has_owner(name):
            return False
        path, interface = "/org/freedesktop/secrets", "org.freedesktop.Secret.Service"
        (collection,) = self.bus.call(name, path, interface, "ReadAlias", "s", "default")
        return bool(collection != "/")
