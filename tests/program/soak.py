"""Thousands of polls in fast time: whatever grows with each of them becomes visible.

    python -m tests.program.soak [--polls 10000] [--popups 1000] [--errors 500] [--timeouts 3]

Starts the whole program on a desktop in memory, with a real panel and a real notification
service, and makes it poll the stand-in API as fast as it can: each time other figures, through
all levels, with errors of all kinds in between. Its popup is opened and closed, its tooltip and
menu are read, as a user and a panel do. What the process holds is measured after a warm-up, on
the way and at the end, always in the same state, printed as a table, and held against the limits.
Ends with code 1 if one of them is broken.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from jeepney import DBusErrorResponse

from tests import PROJECT
from tests.desktops.dbus_probe import TrayItem, tray_items
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import POPUP, TIMEOUT, store_key, store_past
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until

MOST_MEMORY = 2048
"""Kilobytes by which the memory may grow after the warm-up."""
MOST_FALL = 1_000
"""References to None or True that may get lost: at 0 the process would end. That some are counted
too many is known of PySide6 6.11 (`tray_app/desktop/widgets/icon.py`), and costs nothing."""
SETTLING = 10.0  # seconds in which what the last poll has left behind is to end

FULL = 12_430
CYCLE = 100
LEVELS = {0: FULL, 86: 480, 93: 90, 98: 0, 99: 9_840}
"""By the poll's number in a cycle: the balance from there on, which falls with each poll."""

SILENT = "silent"
"""The fault that takes a request's whole deadline, 15 s."""
REFUSED = "refused"
PAUSES = ("429", "503")
"""The faults that ask for a pause, in which the program asks nothing."""
FAULTS = (
    *("401", "500", "html", "429", "truncated-json", "reset", "403", "503", "empty-body", "404"),
    *("closed", "402", "missing-both", "400", REFUSED, "302", "bad-chunks", "418", "nan", "502"),
    *("length-too-long", "huge-body", "204", "long-header", "not-http", "deep-nesting", "405"),
    *("many-headers", "206", "bad-utf-8", "gzip-bomb", "304", "list", "huge-integer"),
)


@dataclass(frozen=True)
class Load:
    """How much is done."""

    polls: int
    popups: int
    errors: int
    timeouts: int = 0
    """Errors besides, of the kind that takes 15 s."""
    warm_up: float = 0.2
    """This part of it is done before the first measurement, for the caches to fill."""
    stages: int = 10
    """Measurements after that one."""


@dataclass(frozen=True)
class Held:
    """What the program holds at one moment."""

    polls: int
    memory: int
    """Kilobytes that only this process has, and has written to."""
    allocated: int
    """Bytes that the C library has given out."""
    blocks: int
    """Blocks of memory, most of them objects, that Python has given out."""
    files: int
    threads: int
    names: int
    """Names on the session bus, the unique ones included."""
    none: int
    true: int
    """References to these two."""
    linecache: int
    """Files whose source Python keeps."""
    cpu: float
    """Seconds of processor time so far."""


class Soak:
    """The running program, and the work that it is given. Used in a `with` block."""

    def __init__(self, desktop: VirtualDesktop, sandbox: Sandbox) -> None:
        self._desktop = desktop
        self._sandbox = sandbox
        self._log = desktop.home / "log" / "soak"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "tests.program.soak_program"),
                cwd=PROJECT,
                env={**desktop.env, "LEMLIST_API_URL": sandbox.url},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._polls = 0
        self._amount = 0
        self._names_at_start = 0

    def __enter__(self) -> Self:
        self._poll(FULL)
        wait_until(lambda: tray_items(self._desktop.bus), TIMEOUT, "the icon is in the panel")
        self._names_at_start = self._names()
        return self

    def __exit__(self, *_exception: object) -> None:
        with self._process:
            self._process.communicate(timeout=TIMEOUT)  # it ends with its standard input

    def do(self, load: Load, begin: int, end: int) -> None:
        """Do what falls to the polls from number `begin` to before number `end`.

        A popup is open during two polls; the second of them fails where an error is due.
        """
        for number in range(begin, end):
            popup = number % (load.polls // load.popups)
            if popup == 0:
                self._click(opens=True)
            if number % (load.polls // load.errors) == 1:
                self.fail(FAULTS[number // (load.polls // load.errors) % len(FAULTS)])
            else:
                self._poll(amount_of(number))
            if popup == 1:
                self._look_at_the_icon()
                self._click(opens=False)

    def fail(self, fault: str) -> None:
        """Poll once in vain; the figures before stay."""
        if fault == REFUSED:
            self._sandbox.stop()
        else:
            self._sandbox.set_fault(fault)
        answer = self._ask("poll")
        self._polls += 1
        if answer["problem"] is None or answer["credits"] != self._amount:
            raise AssertionError(f"{fault} is shown as {answer}")
        self._sandbox.set_fault(None)
        self._sandbox.start()
        if fault in PAUSES:
            wait_until(lambda: self._ask("poll")["problem"] is None, TIMEOUT, "the pause is over")

    def measure(self, like: Held | None = None) -> Held:
        """Measure while no popup, notification or problem is shown.

        What polls leave to other threads ends a moment later: wait until no more is left than in
        an earlier measurement, or until it is clear that it stays.
        """
        self._poll(FULL)
        held = self._held()

        def is_settled() -> bool:
            nonlocal held
            dunst = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
            self._desktop.bus.call(*dunst, "org.dunstproject.cmd0", "NotificationCloseAll")
            held = self._held()
            return held.names <= self._names_at_start and not (like and left_over(like, held))

        with suppress(TimeoutError):
            wait_until(is_settled, SETTLING, "all has ended")
        return held

    def _poll(self, amount: int) -> None:
        self._sandbox.set_total(amount)
        answer = self._ask("poll")
        if answer["credits"] != amount:  # of which it makes sure
            answer = self._ask("poll")
        self._polls += 1
        self._amount = amount
        if answer != {"credits": amount, "problem": None}:
            raise AssertionError(f"{amount} credits are shown as {answer}")

    def _click(self, *, opens: bool) -> None:
        """Click the icon as a panel does, and wait until the popup has the focus, or has lost it.

        Faster than that nobody clicks.
        """
        focus = POPUP if opens else ""
        self._item.activate()
        wait_until(lambda: self._ask("focus") == focus, TIMEOUT, f"{focus!r} has the focus")

    def _look_at_the_icon(self) -> None:
        """Read tooltip and menu, as a panel does for its user."""
        figure = f"{self._amount:,} credits"
        headline = self._item.menu().labels()[0]
        tooltip = self._item.tooltip().title
        if figure not in headline or figure not in tooltip:
            raise AssertionError(f"not {figure}: {headline!r}, {tooltip!r}")

    @property
    def _item(self) -> TrayItem:
        (item,) = tray_items(self._desktop.bus)
        return item

    def _held(self) -> Held:
        return Held(polls=self._polls, names=self._names(), **self._ask("measure"))

    def _names(self) -> int:
        """Count the names that the program's connections have on the session bus."""
        bus, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
        (names,) = self._desktop.bus.call(bus, path, bus, "ListNames")
        count = 0
        for name in names:
            with suppress(DBusErrorResponse):  # it has gone in the meantime
                (owner,) = self._desktop.bus.call(
                    bus, path, bus, "GetConnectionUnixProcessID", "s", name
                )
                count += owner == self._process.pid
        return count

    def _ask(self, command: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            code = self._process.wait(TIMEOUT)
            raise AssertionError(f"the program ended with {code}:\n{self._log.read_text()}")
        return json.loads(answer)


def soak(load: Load) -> Iterator[Held]:
    """Do a load; yield a measurement after the warm-up and after each stage."""
    with VirtualDesktop() as desktop, Sandbox(story="fixed", request_limit=10**9) as sandbox:
        # Coverage keeps something for each thread that it sees, and each request has one.
        for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
            desktop.env.pop(name, None)
        sandbox.set_total(FULL)
        store_key(desktop, sandbox)
        store_past(desktop)  # with a history that grows from nothing, what is read of it would grow
        with Soak(desktop, sandbox) as program:
            program.do(load, 0, round(load.polls * load.warm_up))
            first = program.measure()
            yield first
            for stage in range(load.stages):
                begin, end = (load.polls * each // load.stages for each in (stage, stage + 1))
                program.do(load, begin, end)
                if stage < load.timeouts:
                    program.fail(SILENT)
                yield program.measure(first)


def amount_of(number: int) -> int:
    """Return the credits that the poll of this number finds."""
    place = number % CYCLE
    begin = max(each for each in LEVELS if each <= place)
    return max(0, LEVELS[begin] - (place - begin))


def left_over(before: Held, after: Held) -> list[str]:
    """Name what is to stay as it was, and has become more."""
    return [
        f"{name}: {getattr(before, name)} became {getattr(after, name)}"
        for name in ("files", "threads", "names", "linecache")
        if getattr(after, name) > getattr(before, name)
    ]


def falls(before: Held, after: Held) -> list[str]:
    """Name the constants of Python to which references get lost."""
    return [
        f"references to {name.title()}: {getattr(before, name)} became {getattr(after, name)}"
        for name in ("none", "true")
        if getattr(before, name) - getattr(after, name) > MOST_FALL
    ]


def main() -> int:
    """Soak the program, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.program.soak")
    for name, default in (("polls", 10_000), ("popups", 1_000), ("errors", 500), ("timeouts", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    rows: list[Held] = []
    print(TITLES)
    for held in soak(Load(**vars(parser.parse_args()))):
        rows.append(held)
        print(_line(rows), flush=True)
    first, last = rows[0], rows[-1]
    broken = left_over(first, last) + falls(first, last)
    if last.memory - first.memory > MOST_MEMORY:
        broken.append(f"memory: {last.memory - first.memory} KB more, {MOST_MEMORY} are allowed")
    for each in broken:
        print(f"broken: {each}")
    return 1 if broken else 0


COLUMNS = ("polls", "memory", "grown", "allocated", "blocks", "files", "threads", "names")
TITLES = "".join(f"{title:>10}" for title in (*COLUMNS, "none", "true", "linecache", "ms a poll"))


def _line(rows: list[Held]) -> str:
    first, last = rows[0], rows[-1]
    before = rows[-2] if len(rows) > 1 else last
    polls = last.polls - before.polls
    figures = (
        *(f"{last.polls:,}", f"{last.memory:,}", f"{last.memory - first.memory:,}"),
        *(f"{last.allocated // 1024:,}", f"{last.blocks:,}"),
        *(last.files, last.threads, last.names, last.none, last.true, last.linecache),
        f"{(last.cpu - before.cpu) * 1000 / polls:.1f}" if polls else "",
    )
    return "".join(f"{figure:>10}" for figure in figures)


if __name__ == "__main__":
    sys.exit(main())
