"""A whole Linux desktop on a screen that exists in memory only.

Xvfb, a window manager with a compositor, a panel with a tray, a notification daemon, a keyring and
the accessibility service, on a message bus and in a home folder of their own. Nothing of the
user's desktop, settings or keys is touched. It looks as the files in `desktop_config/` say.
"""

from __future__ import annotations

import itertools
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Literal, Self

from tests.dbus_probe import Bus
from tests.waiting import wait_until

KEYRING_PASSWORD = "virtual desktop"
START_TIMEOUT = 30.0  # seconds for one component; generous, since build machines are slow
STILL_TIMEOUT = 5.0  # seconds in which the screen should stop moving
STOP_TIMEOUT = 5.0  # seconds between asking a process to end and killing it
CONFIG = Path(__file__).with_name("desktop_config")
SYSTEM_SERVICES = Path("/usr/share/dbus-1/services")
# What the private bus may start by itself, when somebody asks for it.
ACTIVATABLE = ("org.a11y.Bus", "org.xfce.Xfconf", "org.gnome.keyring.SystemPrompter")
LIGHT = {"dark": "false", "panel_colour": "#F3F4F6", "ink_colour": "#1B1F24"}
DARK = {"dark": "true", "panel_colour": "#20242A", "ink_colour": "#F3F4F6"}


class VirtualDesktopError(RuntimeError):
    """A part of the desktop did not start; the message quotes its log."""


@dataclass(frozen=True)
class Component:
    """A program of the desktop and how to see that it is ready."""

    command: tuple[str, ...]
    is_ready: Callable[[], object] = lambda: True
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""


class VirtualDesktop:
    """The desktop, running inside a `with` block.

    `width` and `height` are in logical pixels; at `scale` 2 the screen has twice as many. Without
    `tray`, `notifications` or `keyring` that service does not exist until `start_component`
    starts it. The keyring "locked" holds a default collection whose password is KEYRING_PASSWORD.

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
        self.size = (width * scale, height * scale)
        self.home: Path
        self.env: dict[str, str]
        self.bus: Bus
        self.scale = scale
        self._colours = DARK if panel_dark else LIGHT
        self._wanted = {"panel": tray, "dunst": notifications, "keyring": bool(keyring)}
        self._keyring_locked = keyring == "locked"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._program_number = itertools.count(1)

    @property
    def bus_address(self) -> str:
        """Where the session bus listens."""
        return f"unix:path={self.home}/run/bus"

    def __enter__(self) -> Self:
        self.home = Path(tempfile.mkdtemp(prefix="virtual-desktop-"))
        try:
            self._prepare_home()
            self._start_screen()
            self._start_bus()
            for name in ("openbox", "picom"):
                self.start_component(name)
            self.bus.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
            for name, wanted in self._wanted.items():
                if wanted:
                    self.start_component(name)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop()

    def start(self, *command: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a program on this desktop; it is ended with the desktop at the latest.

        `env` adds to `self.env`. Its output is in `log_of`.
        """
        name = f"{Path(command[0]).name}-{next(self._program_number)}"
        return self._spawn(name, Component(command, environment=env or {}))

    def log_of(self, process: subprocess.Popen[bytes]) -> str:
        """What a program wrote so far to its standard output and error."""
        (name,) = [name for name, running in self._running.items() if running is process]
        return self._log(name)

    def start_component(self, name: str) -> None:
        """Start the "panel", "dunst" or "keyring" (again), and wait until it answers."""
        if name == "keyring" and self._keyring_locked:
            # Only an unlocking daemon creates the collection that the locked one then finds.
            self._start_and_wait(name, self._keyring(unlock=True))
            self.stop_component(name)
        self._start_and_wait(name, self._component(name))

    def stop_component(self, name: str) -> None:
        """End one component, as when it crashes or the user leaves it out."""
        _end(self._running.pop(name))

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
            self._run("import", "-window", "root", *options, f"png:{path}")
            picture = path.read_bytes()
            if picture == before or time.monotonic() > deadline:
                return path
            before = picture

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the pointer to (x, y), in the screen's real pixels, and click."""
        self._run("xdotool", "mousemove", str(x), str(y), "click", str(button))

    def press_keys(self, *keys: str) -> None:
        """Press keys, by X11's names, one after the other: "Tab", "Return", "ctrl+v"."""
        self._run("xdotool", "key", "--clearmodifiers", *keys)

    def type_text(self, text: str) -> None:
        """Type a text into the window that has the focus."""
        self._run("xdotool", "type", "--clearmodifiers", "--file", "-", stdin=text)

    def active_window(self) -> str:
        """The title of the window that has the focus; "" when none has it."""
        try:
            return self._run("xdotool", "getactivewindow", "getwindowname").strip()
        except VirtualDesktopError:
            return ""

    def _prepare_home(self) -> None:
        for folder in ("cache", "data", "log", "services", "state"):
            (self.home / folder).mkdir()
        (self.home / "run").mkdir(mode=0o700)
        values = self._colours | {
            "bus_address": self.bus_address,
            "services": str(self.home / "services"),
            "scale": str(self.scale),
            "config": str(self._config),
            "text_size": str(11 * self.scale),
            "title_size": str(10 * self.scale),
            "title_padding": str(6 * self.scale),
        }
        for source in CONFIG.rglob("*"):
            if source.is_file():
                target = self.home / "config" / source.relative_to(CONFIG)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(Template(source.read_text()).substitute(values))
        for name in ACTIVATABLE:
            (self.home / "services" / f"{name}.service").symlink_to(
                SYSTEM_SERVICES / f"{name}.service"
            )
        passed_on = ("PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
        self.env = {name: os.environ[name] for name in passed_on if name in os.environ} | {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "XDG_SESSION_TYPE": "x11",
            "XDG_CURRENT_DESKTOP": "XFCE",
            "DBUS_SESSION_BUS_ADDRESS": self.bus_address,
            "GSETTINGS_BACKEND": "memory",
            "LANG": "C.UTF-8",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_SCALE_FACTOR": str(self.scale),
        }

    def _start_screen(self) -> None:
        """Start Xvfb, which chooses a free display number and tells it through a pipe."""
        display_from, display_to = os.pipe()
        width, height = self.size
        command = ("Xvfb", "-displayfd", str(display_to), "-screen", "0", f"{width}x{height}x24")
        options = ("-dpi", "96", "-nolisten", "tcp", "-noreset")
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
        self._run("hsetroot", "-add", "#5B6B82", "-add", "#93A3B8", "-gradient", "0")

    def _start_bus(self) -> None:
        self._start_and_wait(
            "dbus-daemon",
            Component(
                ("dbus-daemon", "--nofork", "--nosyslog", f"--config-file={self._config}/bus.conf"),
                is_ready=self._join_bus,
            ),
        )

    def _join_bus(self) -> bool:
        try:
            self.bus = Bus(self.bus_address)
        except OSError:  # it does not listen yet
            return False
        return True

    @property
    def _config(self) -> Path:
        return self.home / "config"

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
            case "dunst":
                return Component(
                    ("dunst", "-config", f"{self._config}/dunst/dunstrc"),
                    is_ready=lambda: self.bus.has_owner("org.freedesktop.Notifications"),
                )
            case "keyring":
                return self._keyring(unlock=not self._keyring_locked)
        raise ValueError(f"the desktop has no component {name!r}")

    def _keyring(self, *, unlock: bool) -> Component:
        options = ("--unlock",) if unlock else ()
        return Component(
            ("gnome-keyring-daemon", "--foreground", "--components=secrets", *options),
            is_ready=self._has_default_collection,
            stdin=KEYRING_PASSWORD if unlock else "",
        )

    def _has_window_manager(self) -> bool:
        try:
            self._run("xdotool", "get_num_desktops")
        except VirtualDesktopError:
            return False
        return True

    def _has_default_collection(self) -> bool:
        name = "org.freedesktop.secrets"
        if not self.bus.has_owner(name):
            return False
        path, interface = "/org/freedesktop/secrets", "org.freedesktop.Secret.Service"
        (collection,) = self.bus.call(name, path, interface, "ReadAlias", "s", "default")
        return bool(collection != "/")

    def _start_and_wait(self, name: str, component: Component) -> None:
        process = self._spawn(name, component)
        try:
            wait_until(
                lambda: process.poll() is not None or component.is_ready(),
                START_TIMEOUT,
                f"{name} is ready",
            )
        except TimeoutError as error:
            raise VirtualDesktopError(f"{error}. Its log:\n{self._log(name)}") from None
        if process.poll() is not None:
            raise VirtualDesktopError(
                f"{name} ended with code {process.returncode}. Its log:\n{self._log(name)}"
            )

    def _spawn(
        self, name: str, component: Component, pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        program = component.command[0]
        if shutil.which(program) is None:
            raise VirtualDesktopError(f"{program} is not installed; `make setup` installs it")
        with (self.home / "log" / name).open("ab") as log:
            process = subprocess.Popen(
                # Should we be killed, the desktop must not outlive us.
                ("setpriv", "--pdeathsig", "TERM", "--", *component.command),
                env={**self.env, **component.environment},
                stdin=subprocess.PIPE if component.stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
                start_new_session=True,
            )
        self._running[name] = process
        if process.stdin:
            with process.stdin:
                process.stdin.write(component.stdin.encode())
        return process

    def _run(self, *command: str, stdin: str = "") -> str:
        """Run a short command on this desktop and return its output."""
        finished = subprocess.run(
            command,
            env=self.env,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=START_TIMEOUT,
            check=False,
        )
        if finished.returncode != 0:
            raise VirtualDesktopError(f"{command[0]} failed: {finished.stdout}")
        return finished.stdout

    def _log(self, name: str) -> str:
        return (self.home / "log" / name).read_text(errors="replace")

    def _stop(self) -> None:
        if hasattr(self, "bus"):
            self.bus.close()
        for process in reversed(self._running.values()):
            _end(process)
        self._end_stragglers()
        shutil.rmtree(self.home)

    def _end_stragglers(self) -> None:
        """Kill what the bus started, or what left its process group.

        All of them carry this desktop's home folder in their environment, and nobody else does.
        """

        def kill_all() -> bool:
            found = processes_at_home(self.home)
            for pid in found:
                _signal(os.kill, pid, signal.SIGKILL)
            return not found

        wait_until(kill_all, STOP_TIMEOUT, "all processes of the virtual desktop have ended")


def processes_at_home(home: Path) -> list[int]:
    """The ids of all processes whose HOME is this folder."""
    pids = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = environ.read_bytes().split(b"\0")
        except OSError:  # ended in the meantime, or another user's
            continue
        if f"HOME={home}".encode() in variables:
            pids.append(int(environ.parent.name))
    return pids


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its whole group: first asked, then forced."""
    _signal(os.killpg, process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_TIMEOUT)
    _signal(os.killpg, process.pid, signal.SIGKILL)
    process.wait()


def _signal(kill: Callable[[int, int], None], target: int, number: int) -> None:
    with suppress(ProcessLookupError):
        kill(target, number)
