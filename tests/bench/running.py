"""Starting a program on the desktop, and seeing from outside when it shows what."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from jeepney import HeaderFields, MatchRule, Message

from tests.bench.programs import Program
from tests.desktops.dbus_probe import ITEM_INTERFACE, MENU_INTERFACE, Bus, TrayItem, tray_items
from tests.desktops.fake_system_services import Login
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import store_key
from tests.servers.faulty_sandbox import Sandbox
from tests.servers.local_servers import certificate, hashed
from tests.waiting import wait_until
from tray_app.sandbox import DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo
from tray_app.store.history_database import History

TIMEOUT = 60.0  # seconds; generous, since build machines are slow
WATCHER = "org.kde.StatusNotifierWatcher"
NOT_MEASURED = (
    "QT_LINUX_ACCESSIBILITY_ALWAYS_ON",  # a desktop without a screen reader is measured
    "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
)
HOST = "127.0.0.1"
THEME = "generic"
"""The theme that the bundle has. Under Xfce Qt would look for GTK's plugin, and the bare icon,
which has it, would load all of GTK: 19 MiB and 70 ms of processor time would loosen the budgets."""


class Signals:
    """What the panel's watcher and the icons say, with the time at which it was heard."""

    def __init__(self, bus: Bus) -> None:
        self._connection = bus.connection
        self._heard: deque[Message] = deque()
        rules = (
            MatchRule(type="signal", interface=WATCHER, member="StatusNotifierItemRegistered"),
            MatchRule(type="signal", interface=ITEM_INTERFACE),
        )
        for rule in rules:
            self._connection.filter(rule, queue=self._heard).__enter__()
            bus_name, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
            bus.call(bus_name, path, bus_name, "AddMatch", "s", rule.serialise())

    def next(self, *members: str) -> tuple[float, Message]:
        """Wait for one of these signals; return when it came, by time.monotonic, and itself."""
        while True:
            message = self._connection.recv_until_filtered(self._heard, timeout=TIMEOUT)
            now = time.monotonic()
            if message.header.fields[HeaderFields.member] in members:
                return now, message


class MenuLine:
    """A line of an icon's menu, found beforehand, so that a click costs the program little."""

    def __init__(self, bus: Bus, item: TrayItem, label: str) -> None:
        self._bus = bus
        self._service = item.service
        self._path = item.get("Menu")
        self._id = item.menu().find(label).id

    def click(self) -> None:
        """Choose the line."""
        event = (self._id, "clicked", ("s", ""), 0)
        self._bus.call(self._service, self._path, MENU_INTERFACE, "Event", "isvu", *event)


class Running:
    """A program inside a `with` block, whose icon is in the panel. The product asks the sandbox.

    Raises AssertionError when no icon comes.
    """

    def __init__(
        self, desktop: VirtualDesktop, program: Program, sandbox: Sandbox | None = None
    ) -> None:
        self.program = program
        self._desktop = desktop
        self._env = folders_of(desktop, program)
        if program.settings is not None:
            name, content = program.settings
            Path(desktop.env["XDG_CONFIG_HOME"], name).write_text(content)
        if program.is_product and sandbox is not None:
            self._env["LEMLIST_API_URL"] = sandbox.url
        # Signals that are not yet read must not delay the answers to calls, and the other way.
        self._ears = Bus(desktop.bus_address)
        self._signals = Signals(self._ears)
        self.began: float
        """When it was started, by time.monotonic."""
        self.until_icon: float
        """Seconds from the start until the panel had the icon."""
        self.item: TrayItem
        self.pid: int
        """The process that shows the icon, which need not be the one that was started."""

    def __enter__(self) -> Self:
        bus = self._desktop.bus
        others = {_pid(bus, each.service) for each in tray_items(bus)}
        self.began = time.monotonic()
        self._process = self._desktop.start(*self.program.command, env=self._env)
        try:
            self._wait_for_icon(others)
        except TimeoutError:
            log = self._desktop.log_of(self._process)
            raise AssertionError(f"{self.program.label} shows no icon:\n{log}") from None
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ears.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        wait_until(self._has_ended, TIMEOUT, f"{self.program.label} has ended")
        self._process.wait(TIMEOUT)

    def until_tooltip(self, text: str) -> float:
        """Return the seconds from the start until the icon's tooltip held a text."""
        while True:
            now, _message = self._signals.next("NewToolTip")
            if text in self.item.tooltip().title:
                return now - self.began

    def menu_line(self, label: str) -> MenuLine:
        """Find a line of the menu."""
        return MenuLine(self._desktop.bus, self.item, label)

    def close_popup(self) -> None:
        """Let the popup close; it need not have closed yet."""
        if self.program.closes_on_escape:
            self._desktop.press_keys("Escape")
        else:
            self.item.activate()

    @property
    def bus_pid(self) -> int:
        """The process of the message bus."""
        return _pid(self._desktop.bus, "org.freedesktop.DBus")

    def _wait_for_icon(self, others: set[int]) -> None:
        while True:
            now, message = self._signals.next("StatusNotifierItemRegistered")
            service, slash, path = message.body[0].partition("/")
            pid = _pid(self._desktop.bus, service)
            if pid in others:  # some programs register anew
                continue
            self.until_icon = now - self.began
            self.pid = pid
            self.item = TrayItem(self._desktop.bus, service, slash + path or "/StatusNotifierItem")
            return

    def _has_ended(self) -> bool:
        if self._process.poll() is None:
            return False
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text()
        except FileNotFoundError:
            return True
        return stat.rpartition(")")[2].split()[0] == "Z"  # nobody has asked how it ended


@contextmanager
def plain_desktop() -> Iterator[VirtualDesktop]:
    """Start a desktop as most users have it: without a screen reader, and with logind."""
    with VirtualDesktop() as desktop, Login(desktop.bus_address):
        desktop.env["DBUS_SYSTEM_BUS_ADDRESS"] = desktop.bus_address
        for name in NOT_MEASURED:
            desktop.env.pop(name, None)
        desktop.env["QT_QPA_PLATFORMTHEME"] = THEME
        yield desktop


@contextmanager
def desktop_and_sandbox() -> Iterator[tuple[VirtualDesktop, Sandbox]]:
    """Start such a desktop, and a sandbox whose key its user has stored."""
    with plain_desktop() as desktop, secure_sandbox(desktop) as sandbox:
        store_key(desktop, sandbox)
        yield desktop, sandbox


@contextmanager
def secure_sandbox(desktop: VirtualDesktop) -> Iterator[Sandbox]:
    """Start a sandbox that speaks TLS, as lemlist does, and that is trusted on a desktop.

    Its certificate is where Debian keeps those that it trusts: in a folder, by its hash.
    """
    with TemporaryDirectory() as folder:
        tls, public = certificate(Path(folder), HOST)
        desktop.env["SSL_CERT_DIR"] = str(hashed(Path(folder, "certificates"), public, HOST))
        with Sandbox(story="fixed", request_limit=10**9, tls=tls) as sandbox:
            yield sandbox


def _pid(bus: Bus, name: str) -> int:
    """Return the process that owns a name on the bus."""
    daemon, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
    (pid,) = bus.call(daemon, path, daemon, "GetConnectionUnixProcessID", "s", name)
    return int(pid)


def folders_of(desktop: VirtualDesktop, program: Program) -> dict[str, str]:
    """Return the variables of the program's own folders; the product finds sixty days there."""
    if not program.is_product:
        return {}
    home = desktop.home / program.build
    env = {f"XDG_{name}": str(home / name) for name in ("DATA_HOME", "STATE_HOME", "RUNTIME_DIR")}
    if not home.exists():
        home.mkdir()
        for folder in env.values():
            Path(folder).mkdir(mode=0o700)
        past = History(Path(env["XDG_DATA_HOME"]) / "lemlist-credits" / "history.sqlite")
        for record in past_of_demo(datetime.now(UTC)):  # noqa: TID251  (any day does)
            past.record(DEMO_TEAM_ID, record)
        past.close()
    return env
