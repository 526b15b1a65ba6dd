"""Commands as processes, and the terminal at which somebody types."""

import json
import os
import pty
import select
import subprocess
import sys
import termios
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests import PROJECT
from tests.waiting import PATIENCE, wait_until
from tray_app.errors import Kind
from tray_app.rules.history import Record
from tray_app.store.history_database import History
from tray_app.store.teams import TeamsFile
from tray_app.terminal.output import EXIT_CODES
from tray_app.words.problem_words import problem_words

MAIN = str(PROJECT / "main.py")
KEY = "fake-key-0123456789abcdef"
OTHER_KEY = "fake-key-of-another-team"
TIMEOUT = PATIENCE
PASSED_ON = ("PATH", "TZ", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")

Env = dict[str, str]
Done = subprocess.CompletedProcess[str]


def run(env: Env, *arguments: str, stdin: str | bytes = "", **options: Any) -> Done:
    """Run a command to its end. Nothing of it may be a traceback or hold a key."""
    done = subprocess.run(
        [sys.executable, MAIN, *arguments],
        env=env,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
        **options,
    )
    stdout, stderr = done.stdout.decode(), done.stderr.decode()
    check_output(stdout + stderr)
    return Done(done.args, done.returncode, stdout, stderr)


def check_output(text: str) -> None:
    for unwanted in ("Traceback", "Error:", "Exception", KEY, OTHER_KEY):
        assert unwanted not in text


def check_error(done: Done, kind: Kind, code: int, **more: object) -> None:
    told = json.loads(done.stdout)["error"]
    title, message = told.pop("title"), told.pop("message")
    assert (title, told) == (problem_words(kind).title, {"kind": kind.value, **more})
    assert done.stderr.startswith(f"{title}. {message}\n")
    assert done.returncode == code == EXIT_CODES[kind]


def now() -> datetime:
    """Return the time that the commands find, which are processes."""
    return datetime.now(UTC)  # noqa: TID251  (test_any_day.py has them find others)


def today() -> date:
    return now().astimezone().date()


def teams_of(home: Path) -> TeamsFile:
    return TeamsFile(home / ".local" / "state" / "lemlist-credits" / "teams.json")


def record_all(home: Path, team_id: str, records: list[Record]) -> None:
    history = History(home / ".local" / "share" / "lemlist-credits" / "history.sqlite")
    assert all(history.record(team_id, record) for record in records)
    history.close()


class Terminal:
    """A command on a terminal of its own, at which somebody types."""

    def __init__(self, env: Env, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", sys.executable, MAIN, *arguments],
            env=env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        self.output = ""

    def wait_for(self, text: str) -> None:
        """Wait until this is shown and the command sleeps, as it does when it reads the answer."""
        while text not in self.output:
            self._read()
        stat = Path(f"/proc/{self.process.pid}/stat")
        wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "S", TIMEOUT, "sleep")

    def _read(self) -> str:
        assert select.select([self._master], [], [], TIMEOUT)[0], self.output
        part = os.read(self._master, 4096).decode()
        self.output += part
        return part

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def shows_what_is_typed(self) -> bool:
        flags: int = termios.tcgetattr(self._master)[3]
        return bool(flags & termios.ECHO)

    def end(self) -> int:
        """Wait for the end of the command, close the terminal and return the exit code."""
        try:
            while self._read():
                pass
        except OSError:  # as Linux has it when nobody holds the other side any more
            pass
        assert self.shows_what_is_typed()
        os.close(self._master)
        return self.process.wait(TIMEOUT)
