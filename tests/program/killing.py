"""Kills what saves, at any moment, and asks what it had reported by then."""

import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path
from typing import Any

from tests import PROJECT

REPORTS_FIRST = (0, 0, 0, 1, 2, 5)
"""That are waited for before a child is killed; half of the children may have done nothing yet."""

Report = Callable[[str, int], object]
"""Called with a word and a number, which are known for certain outside from then on."""


def rounds_of(script: str, folder: Path, kills: int) -> list[dict[str, Any]]:
    """Run a script that kills so often, and return what it has found after each kill.

    It is a process of its own, as one without threads can be forked. Its arguments are the folder
    and the number of kills; it prints a line of JSON for each.
    """
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(kills)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr[-2000:]) == (0, "")
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rounds) == kills
    return rounds


def reported_until_killed(work: Callable[[Report], object], within: float) -> dict[str, int]:
    """Let a child process work, and kill it at a random moment.

    It comes up to ``within`` seconds after some reports, so that something is done by then however
    slow the machine is. Returns the last number that was reported with each word.

    Raises ChildProcessError if the child has ended by itself.
    """
    reports, report = os.pipe()
    child = os.fork()
    if child == 0:
        work(lambda word, number: os.write(report, f"{word} {number}\n".encode()))
        os._exit(0)
    os.close(report)
    end = os.pidfd_open(child)
    with os.fdopen(reports) as lines:
        first = [*islice(lines, random.choice(REPORTS_FIRST))]
        has_ended, _, _ = select.select([end], [], [], random.uniform(0, within))
        os.close(end)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        last = {word: int(number) for word, number in map(str.split, chain(first, lines))}
    if has_ended:
        raise ChildProcessError(f"what was to be killed ended by itself, after {last}")
    return last
