"""Programs that do the same at once."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests import PROJECT

Programs = Sequence[subprocess.Popen[str]]


@contextmanager
def programs(script: str, *arguments: str, count: int) -> Iterator[Programs]:
    """Run a script so often at once; its last argument is a number from 0 on.

    It reads lines from standard input and answers each of them with one.
    """
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, *arguments, str(number)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    try:
        yield running
    finally:
        for program in running:
            program.kill()
            program.communicate()


def answers(running: Programs, line: str) -> list[str]:
    """Give all of them a line, and return what each of them answers."""
    for program in running:
        assert program.stdin is not None
        program.stdin.write(f"{line}\n")
        program.stdin.flush()
    said = []
    for program in running:
        assert program.stdout is not None
        said.append(program.stdout.readline().removesuffix("\n"))
    return said
