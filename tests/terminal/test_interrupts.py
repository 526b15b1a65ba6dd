"""Ctrl-C at any moment ends the program with 130 and not a word: what is tried is every phase.

The moments are counted in imports, which a program makes from its first line to its end, so that
none of them depends on how fast the machine is.
"""

import array
import fcntl
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import PROJECT
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo
from tray_app.store.history_database import History
from tray_app.store.teams import TeamsFile, mark_of

MAIN = str(PROJECT / "main.py")
TIMEOUT = 60.0
PASSED_ON = ("PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")

INTERRUPTED_AT = """
import os, runpy, signal, sys

moment, main = int(sys.argv[1]), sys.argv[2]
sys.argv = sys.argv[2:]
imports = 0
begun = False


def look(event, arguments):
    global begun, imports
    begun = begun or event == "exec" and arguments[0].co_filename == main
    if begun and event == "import":
        imports += 1
        if imports == moment:
            os.kill(os.getpid(), signal.SIGINT)


sys.addaudithook(look)
try:
    runpy.run_path(main, run_name="__main__")
finally:
    if moment == 0:
        print("imports:", imports, file=sys.stderr)
"""
"""Runs a program, and interrupts it when it imports something for so many times; 0 is never."""


@pytest.fixture
def env(home: Path) -> Iterator[dict[str, str]]:
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    runtime = {name: os.environ[name] for name in ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")}
    with Sandbox(story="fixed", request_limit=1_000_000) as sandbox:
        yield {
            **passed_on,
            **runtime,
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "LEMLIST_API_URL": sandbox.url,
            "LEMLIST_API_KEY": DEMO_KEY,
            "QT_QPA_PLATFORM": "offscreen",
        }


@pytest.fixture
def past(home: Path) -> None:
    history = History(home / ".local" / "share" / "lemlist-credits" / "history.sqlite")
    for record in past_of_demo(datetime.now(UTC)):  # noqa: TID251  (test_any_day.py)
        history.record(DEMO_TEAM_ID, record)
    history.close()
    state = home / ".local" / "state" / "lemlist-credits"
    TeamsFile(state / "teams.json").learn(mark_of(DEMO_KEY), DEMO_TEAM_ID, "Acme")


def run(env: dict[str, str], moment: int, arguments: tuple[str, ...]) -> tuple[int, str]:
    """Run a command that is interrupted, and return its exit code and what it complains of."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_AT, str(moment), MAIN, *arguments],
        env=env,
        input=DEMO_KEY,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("status", "--all"),
        ("history",),
        ("key", "set"),
        ("key", "remove"),
        ("teams",),
        ("teams", "add"),
        ("teams", "remove", "Team 1", "--yes"),
        ("sandbox", "--story", "nonsense"),
        ("--version",),
        ("--help",),
    ],
    ids=" ".join,
)
def test_a_command(env: dict[str, str], past: None, arguments: tuple[str, ...]) -> None:
    _, said = run(env, 0, arguments)
    imports = int(said.rpartition("imports: ")[2])
    moments = {1, 2, 3, 5, 9, *(imports * part // 8 for part in range(1, 8))}
    assert imports > 10
    found = {moment: run(env, moment, arguments) for moment in sorted(moments)}
    assert found == dict.fromkeys(sorted(moments), (130, ""))


@pytest.mark.parametrize("moment", [1, 3, 20, 60, 120, 200])
def test_the_tray(env: dict[str, str], moment: int) -> None:
    code, said = run(env, moment, ())
    assert (code, said) == (130, "")


def test_a_pipe_that_nobody_reads(env: dict[str, str], past: None) -> None:
    """As when a pager shows the first page."""
    with subprocess.Popen(
        [sys.executable, MAIN, "history", "--csv", "--days", "90"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pipesize=4096,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        pipe = process.stdout.fileno()
        wait_until(lambda: _waiting(pipe) == 4096, TIMEOUT, "the pipe is full")
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 130
        assert process.stderr.read() == b""


def _waiting(pipe: int) -> int:
    """Return how many bytes wait to be read."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]
