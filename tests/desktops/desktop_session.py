"""What a desktop in memory is made of, on X11 and on Wayland.

Programs on a message bus and in a home folder of their own, under another user where needed.
Nothing of the user's desktop, settings or keys is touched. `config/` says how it looks.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Self

from tests.desktops.dbus_probe import Bus
from tests.waiting import PATIENCE, wait_until

START_TIMEOUT = PATIENCE  # for one component
STOP_TIMEOUT = 5.0  # seconds between asking a process to end and killing it
CONFIG = Path(__file__).with_name("config")
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


class DesktopSession:
    """A home folder, a message bus and the programs that run there, inside a `with` block.

    A subclass says what runs (`_begin`) and how a component is started (`_component`).

    Raises VirtualDesktopError when something does not start.
    """

    def __init__(
        self, environment: Mapping[str, str], *, scale: int = 1, panel_dark: bool = False
    ) -> None:
        self.home: Path
        self.env: dict[str, str]
        self.bus: Bus
        self.scale = scale
        self._environment = environment
        self._colours = DARK if panel_dark else LIGHT
        self._user: tuple[int, int] | None = None
        """User and group that the programs run as, if not the tests' own."""
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
            self._begin()
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

    def run(self, *command: str, stdin: str = "") -> str:
        """Run a short command on this desktop and return its output."""
        finished = subprocess.run(
            (*self._as_user(), *command),
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

    def log_of(self, process: subprocess.Popen[bytes]) -> str:
        """What a program wrote so far to its standard output and error."""
        (name,) = [name for name, running in self._running.items() if running is process]
        return self._log(name)

    def start_component(self, name: str) -> None:
        """Start a component (again), and wait until it answers."""
        self._start_and_wait(name, self._component(name))

    def stop_component(self, name: str) -> None:
        """End one component, as when the user leaves it out."""
        _end(self._running.pop(name))

    def kill_component(self, name: str) -> None:
        """End one component as a crash does: at once, and with nothing tidied up."""
        process = self._running.pop(name)
        _signal(os.killpg, process.pid, signal.SIGKILL)
        process.wait()

    def freeze_component(self, name: str) -> None:
        """Make one component hang, until it is killed."""
        _signal(os.killpg, self._running[name].pid, signal.SIGSTOP)

    def start_bus(self) -> None:
        """Start the message bus (again), and join it; `bus` is the connection."""
        self._leave_bus()
        (self.home / "run" / "bus").unlink(missing_ok=True)
        config = f"--config-file={self._config}/bus.conf"
        self._start_and_wait(
            "dbus-daemon",
            Component(("dbus-daemon", "--nofork", "--nosyslog", config), is_ready=self._join_bus),
        )

    def _begin(self) -> None:
        raise NotImplementedError

    def _component(self, name: str) -> Component:
        raise ValueError(f"the desktop has no component {name!r}")

    @property
    def _config(self) -> Path:
        return self.home / "config"

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
                target = self._config / source.relative_to(CONFIG)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(Template(source.read_text()).substitute(values))
        for name in ACTIVATABLE:
            (self.home / "services" / f"{name}.service").symlink_to(
                SYSTEM_SERVICES / f"{name}.service"
            )
        self._give_to_user(self.home)
        passed_on = ("PATH", "TZ", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
        self.env = {name: os.environ[name] for name in passed_on if name in os.environ} | {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_CONFIG_HOME": str(self._config),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "DBUS_SESSION_BUS_ADDRESS": self.bus_address,
            # The machine's own would tell of its network and its sleep.
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.home}/no-system-bus",
            # Fonts, settings and services of other desktops stay out, where they are installed.
            "FONTCONFIG_FILE": f"{self._config}/fontconfig/fonts.conf",
            "GIO_USE_VFS": "local",
            "GSETTINGS_BACKEND": "memory",
            "GTK_USE_PORTAL": "0",
            "XDG_CONFIG_DIRS": str(self._config),
            "XDG_DATA_DIRS": "/usr/share",
            "XDG_DESKTOP_PORTAL_DIR": str(self.home / "services"),
            "LANG": "C.UTF-8",
            **self._environment,
        }

    def _give_to_user(self, folder: Path) -> None:
        if self._user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, *self._user, follow_symlinks=False)

    def _as_user(self) -> tuple[str, ...]:
        """What goes before a command to run it as the other user."""
        if self._user is None:
            return ()
        user, group = self._user
        return ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--")

    def _join_bus(self) -> bool:
        try:
            self.bus = Bus(self.bus_address)
        except OSError:  # it does not listen yet
            return False
        return True

    def _leave_bus(self) -> None:
        if hasattr(self, "bus"):
            self.bus.close()

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
                # Should we be killed, the desktop must not outlive us; asked for last, as
                # a change of the user makes the kernel forget it.
                (
                    *self._as_user(),
                    *("setpriv", "--pdeathsig", "TERM", "--"),
                    *component.command,
                ),
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

    def _log(self, name: str) -> str:
        return (self.home / "log" / name).read_text(errors="replace")

    def _stop(self) -> None:
        self._leave_bus()
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

        wait_until(kill_all, PATIENCE, "all processes of the virtual desktop have ended")


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
