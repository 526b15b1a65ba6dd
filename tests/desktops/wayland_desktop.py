"""A Wayland desktop on a screen that exists in memory only.

sway without hardware, waybar with a tray, mako for notifications, on a message bus and in a home
folder of their own. sway refuses to run as root; then all of it runs as the user nobody.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from tests.desktops.desktop_session import Component, DesktopSession, VirtualDesktopError

COMPONENTS = ("sway", "keyboard", "waybar", "mako")
SCREEN = "HEADLESS-1"
"""The name of the first screen."""


class Rectangle(NamedTuple):
    """A place on the desktop, in logical pixels."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, other: Rectangle) -> bool:
        """Whether another rectangle lies inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


class Window(NamedTuple):
    """A window as the compositor knows it."""

    title: str
    app_id: str
    place: Rectangle
    has_focus: bool
    is_floating: bool


class WaylandDesktop(DesktopSession):
    """The desktop, running inside a `with` block.

    Its components are "waybar" and "mako".

    Raises VirtualDesktopError when something does not start.
    """

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        environment = {
            "XDG_SESSION_TYPE": "wayland",
            "XDG_CURRENT_DESKTOP": "sway",
            "WLR_BACKENDS": "headless",
            "WLR_RENDERER": "pixman",
            "WLR_LIBINPUT_NO_DEVICES": "1",
        }
        super().__init__(environment)
        self._size = f"{width}x{height}"
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._user = (nobody.pw_uid, nobody.pw_gid)

    def install(self, folder: Path) -> Path:
        """Copy a program's folder to where the user of this desktop can read it."""
        target = self.home / folder.name
        if not target.exists():
            shutil.copytree(folder, target, symlinks=True)
            self._give_to_user(target)
        return target

    def screenshot(self, path: str | Path) -> Path:
        """Write a PNG picture of all screens."""
        picture = self.home / "picture.png"
        self.run("grim", str(picture))
        return Path(shutil.move(picture, path))

    def press_keys(self, *keys: str) -> None:
        """Press keys, by the names of libxkbcommon, one after the other: "Tab", "Escape"."""
        for key in keys:
            self.run("wtype", "-k", key)

    def swaymsg(self, *command: str) -> Any:
        """Ask the compositor, and return its answer."""
        return json.loads(self.run("swaymsg", "--raw", *command))

    def windows(self) -> list[Window]:
        """The windows that are open, on whatever workspace."""
        found = []
        nodes = [self.swaymsg("-t", "get_tree")]
        while nodes:
            node = nodes.pop()
            nodes += node["nodes"] + node["floating_nodes"]
            if node.get("app_id"):
                place = Rectangle(**{name: node["rect"][name] for name in Rectangle._fields})
                floating = node["type"] == "floating_con"
                window = Window(node["name"], node["app_id"], place, node["focused"], floating)
                found.append(window)
        return found

    def screens(self) -> dict[str, Rectangle]:
        """The screens, by name, in logical pixels."""
        return {
            each["name"]: Rectangle(**{name: each["rect"][name] for name in Rectangle._fields})
            for each in self.swaymsg("-t", "get_outputs")
        }

    def notifications(self) -> list[dict[str, Any]]:
        """The notifications on the screen; each field by the name that mako gives it."""
        mako = ("org.freedesktop.Notifications", "/fr/emersion/Mako", "fr.emersion.Mako")
        (shown,) = self.bus.call(*mako, "ListNotifications")
        return [{name: value for name, (_signature, value) in each.items()} for each in shown]

    def click_notification(self) -> None:
        """Click the newest notification."""
        self.run("makoctl", "invoke")

    def dismiss_notifications(self) -> None:
        """Close all notifications."""
        self.run("makoctl", "dismiss", "--all")

    def _begin(self) -> None:
        self.start_bus()
        for name in COMPONENTS:
            self.start_component(name)
        self.swaymsg("output", SCREEN, "mode", self._size)

    def _component(self, name: str) -> Component:
        match name:
            case "sway":
                self.env["SWAYSOCK"] = f"{self.home}/run/sway.sock"
                return Component(("sway",), is_ready=self._has_compositor)
            case "keyboard":
                # Each call of wtype plugs a keyboard in and out. With the last one the windows
                # lose the focus, so this one, which types nothing, stays.
                return Component(
                    ("wtype", "-s", "86400000", "-k", "F24"), is_ready=self._has_keyboard
                )
            case "waybar":
                return Component(
                    ("waybar",),
                    is_ready=lambda: self.bus.has_owner("org.kde.StatusNotifierWatcher"),
                    environment={"NO_AT_BRIDGE": "1"},
                )
            case "mako":
                return Component(
                    ("mako",), is_ready=lambda: self.bus.has_owner("org.freedesktop.Notifications")
                )
        return super()._component(name)

    def _has_compositor(self) -> bool:
        sockets = [path for path in (self.home / "run").glob("wayland-*") if path.is_socket()]
        if not sockets:
            return False
        self.env["WAYLAND_DISPLAY"] = sockets[0].name
        try:
            return bool(self.screens())
        except VirtualDesktopError:  # it does not listen yet
            return False

    def _has_keyboard(self) -> bool:
        (seat,) = self.swaymsg("-t", "get_seats")
        return any(device["type"] == "keyboard" for device in seat["devices"])
