"""What several teams cost beside one: the start, memory, and the processor time of polls."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.process import cpu_of, let_pass, memory_of, sleeps_of, wait_until_quiet
from tests.bench.programs import Program
from tests.bench.running import TIMEOUT, Running, desktop_and_sandbox, folders_of
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.rules.schedule import LONGEST_INTERVAL, SHORTEST_INTERVAL
from tray_app.sandbox.past import past_of_demo
from tray_app.store.history_database import History

COUNTS = (1, 5, 20)
STARTS = 3
"""Starts with each number of teams in a round: what is to be told is a difference of 3 %."""
PART = 60.0
"""Seconds in which nothing, or nothing but polls, happens."""
POLLS = 10
"""Polls of all teams together that are watched at least: of two, which are all that one team has
in a part, the processor time differs by 15 % from run to run."""


@dataclass
class Several:
    """What was measured with so many teams, a value a round."""

    until_icon: list[float] = field(default_factory=list)
    """Seconds."""
    until_first: list[float] = field(default_factory=list)
    """Seconds from the start until lemlist was asked for the first team's balance."""
    until_all: list[float] = field(default_factory=list)
    """The same of the last team's first balance."""
    memory: list[int] = field(default_factory=list)
    """Bytes that the program has alone, and of what it shares with others its part."""
    wake_ups: list[float] = field(default_factory=list)
    """In a minute between polls."""
    cpu: list[float] = field(default_factory=list)
    """Seconds of processor time of a poll."""


def measure_teams(program: Program, *, rounds: int) -> dict[int, Several]:
    """Start the program with few and with many teams in turns, and let it settle.

    One start before the first brings files into memory and is not counted.
    """
    measured: dict[int, Several] = defaultdict(Several)
    with teams_and_sandbox(program) as (desktop, sandbox):
        for number in range(rounds * STARTS + 1):
            for teams in COUNTS if number % 2 else reversed(COUNTS):
                with settled(desktop, program, sandbox, teams, LONGEST_INTERVAL) as running:
                    if number:
                        _note_start(measured[teams], running, sandbox)
        for teams in COUNTS:
            with settled(desktop, program, sandbox, teams, LONGEST_INTERVAL) as running:
                measured[teams].wake_ups.append(_wake_ups(running))
            with settled(desktop, program, sandbox, teams, SHORTEST_INTERVAL) as running:
                measured[teams].cpu.append(_cpu_of_a_poll(running, sandbox, teams))
    return measured


@contextmanager
def teams_and_sandbox(program: Program) -> Iterator[tuple[VirtualDesktop, Sandbox]]:
    """Start a desktop whose user has keys and the past of all teams, and the teams' sandbox."""
    with desktop_and_sandbox() as (desktop, sandbox):
        for number in range(1, max(COUNTS) + 1):
            _store(desktop, _account(number), sandbox.key_of(number))
        data = Path(folders_of(desktop, program)["XDG_DATA_HOME"])
        past = History(data / "lemlist-credits" / "history.sqlite")
        for number in range(2, max(COUNTS) + 1):
            for record in past_of_demo(datetime.now(UTC)):  # noqa: TID251  (any day does)
                past.record(sandbox.team(number).id, record)
        past.close()
        yield desktop, sandbox


@contextmanager
def settled(
    desktop: VirtualDesktop, program: Program, sandbox: Sandbox, teams: int, interval: int
) -> Iterator[Running]:
    """Run the program with so many teams, until each has its balance, its name and its past."""
    settings = Path(desktop.env["XDG_CONFIG_HOME"], "lemlist-credits", "settings.json")
    settings.parent.mkdir(parents=True, exist_ok=True)
    entries = [{"account": _account(number)} for number in range(1, teams + 1)]
    content = {"version": 1, "interval": interval, "notifications": False, "teams": entries}
    settings.write_text(json.dumps(content))
    sandbox.requests.clear()
    with Running(desktop, program, sandbox) as running:
        wait_until(lambda: _asked(sandbox, "/api/team", teams), TIMEOUT, "the names")
        wait_until_quiet(running.pid)
        yield running


def _account(number: int) -> str:
    return "default" if number == 1 else f"team-{number:08}"


def _store(desktop: VirtualDesktop, account: str, key: str) -> None:
    attributes = ("service", "lemlist-credits", "username", account)
    subprocess.run(
        ("secret-tool", "store", "--label", "API key of the sandbox", *attributes),
        input=key,
        env=desktop.env,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )


def _asked(sandbox: Sandbox, path: str, times: int) -> list[float]:
    """Return when the path was asked for, if it was as often as that."""
    asked = sorted(each.time for each in tuple(sandbox.requests) if each.path == path)
    return asked if len(asked) >= times else []


def _note_start(several: Several, running: Running, sandbox: Sandbox) -> None:
    balances = _asked(sandbox, "/api/team/credits", 1)
    several.until_icon.append(running.until_icon)
    several.until_first.append(balances[0] - running.began)
    several.until_all.append(balances[-1] - running.began)
    several.memory.append(memory_of(running.pid).pss)


def _wake_ups(running: Running) -> float:
    before = sleeps_of(running.pid)
    let_pass(PART)
    after = sleeps_of(running.pid)
    return sum(count - before.get(task, 0) for task, count in after.items()) / (PART / 60)


def _cpu_of_a_poll(running: Running, sandbox: Sandbox, teams: int) -> float:
    before, asked = cpu_of(running.pid), len(sandbox.requests)
    let_pass(max(PART, SHORTEST_INTERVAL * POLLS / teams))
    return (cpu_of(running.pid) - before) / (len(sandbox.requests) - asked)
