"""The API key in the keychain of the operating system, asked in a process of its own."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from tray_app.errors import Kind, Problem

SERVICE = "lemlist-credits"
"""The name under which the key stands in the keychain."""

ACCOUNT = "default"
"""The account of the one team that there is so far; each team is to have its own."""

COMMAND = "keychain"
"""The program's own command that starts ``keychain_process.py``."""

START_TIME = 30.0
"""Seconds for the process to start."""
ANSWER_TIME = 5.0
"""Seconds for a call that needs nobody."""
PROMPT_TIME = 120.0
"""Seconds for a call in which the user may have to type a password."""


class Keychain:
    """One account's key in the keychain. Calls block, at most for the times given here.

    Each call is a process of its own: only a process can be ended while nobody answers a prompt, or
    while a keychain hangs. And the libraries for a keychain would take a seventh of the program's
    memory. The key passes through pipes, never through arguments or variables.

    Raises:
        Problem: ``keychain_locked`` or ``keychain_unavailable``, by each call that has an answer.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._begun: dict[str, subprocess.Popen[bytes]] = {}  # by what they were asked

    def begin_to_read(self) -> None:
        """Have the key read while other work is done; ``read(prompt=False)`` then fetches it."""
        request = self._request("read", prompt=False)
        with suppress(OSError):  # read() meets the same error
            self._begun[request] = _start(request)

    def read(self, *, prompt: bool) -> str | None:
        """Return the key, or ``None`` if there is none.

        Without ``prompt`` a locked keychain is left alone; with it, the user is asked.
        """
        timeout = PROMPT_TIME if prompt else ANSWER_TIME
        key: str | None = self._ask("read", timeout, prompt=prompt)
        return key

    def write(self, key: str) -> None:
        """Store the key, and read it back to see that it is there.

        After a Problem it is not stored, not even if the user answers a prompt later on.
        """
        self._ask("write", PROMPT_TIME, key=key)

    def remove(self) -> bool:
        """Delete the key, see that it is gone, and tell whether there was one."""
        return bool(self._ask("remove", PROMPT_TIME))

    def name(self) -> str:
        """Name the keychain in which a key would be kept; the user is asked for nothing."""
        return str(self._ask("name", ANSWER_TIME))

    def _request(self, call: str, **arguments: object) -> str:
        return json.dumps({"call": call, "account": self._account, **arguments})

    def _ask(self, call: str, timeout: float, **arguments: object) -> Any:
        request = self._request(call, **arguments)
        begun = self._begun.pop(request, None)
        try:
            answer = _answer_of(begun or _start(request), timeout)
        except OSError as error:
            raise Problem(Kind.KEYCHAIN_UNAVAILABLE, type(error).__name__) from None
        if not answer:
            raise Problem(Kind.KEYCHAIN_LOCKED, "no answer")
        outcome = json.loads(answer)
        if "kind" in outcome:
            raise Problem(Kind(outcome["kind"]), outcome["detail"])
        return outcome["result"]


def _start(request: str) -> subprocess.Popen[bytes]:
    """Start the process with a request; it ends when this program does, as that closes its input.

    Raises:
        OSError: it can't be started.
    """
    process = subprocess.Popen(  # noqa: S603  (the program itself)
        _command(),
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows has
    )
    with suppress(BrokenPipeError):  # the process has ended; _answer_of() says so
        cast("IO[bytes]", process.stdin).write(request.encode() + b"\n")
    return process


def _command() -> tuple[str, ...]:
    if not getattr(sys, "frozen", False):
        return sys.executable, "-m", "tray_app", COMMAND
    program = Path(sys.executable)
    if sys.platform == "win32":
        program = program.with_suffix(".com")  # the .exe has no standard streams
    return str(program), COMMAND


def _answer_of(process: subprocess.Popen[bytes], timeout: float) -> bytes:
    """Return the process's answer; an empty one when it took too long after it was ready.

    Raises:
        OSError: the process ended by itself without an answer, or did not get ready in time.
    """
    with process:
        answers = cast("IO[bytes]", process.stdout)
        with _killed_after(START_TIME, process):
            is_ready = answers.readline()
        with _killed_after(timeout, process) as late:
            answer = answers.readline()
            process.wait()
    if not is_ready or not (answer or late.is_set()):
        raise ChildProcessError
    return answer


@contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
    """Kill a process that takes too long, which sets the event, or that an error has left alone."""
    late = threading.Event()

    def kill() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield late
    except BaseException:
        process.kill()
        raise
    finally:
        timer.cancel()
