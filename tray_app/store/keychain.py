"""The API key in the keychain of the operating system, asked in a process of its own."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
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
"""Seconds for a call that asks the user nothing."""
PROMPT_TIME = 120.0
"""Seconds for a call in which the user may have to type a password, or to consent."""


class Keychain:
    """One account's key in the keychain. Calls block, at most for the times given here.

    Each call is a process of its own: only a process can be ended while nobody answers a prompt, or
    while a keychain hangs. And the libraries for a keychain would take a seventh of the program's
    memory. The key passes through pipes, never through arguments or variables.

    Raises:
        Problem: ``keychain_waiting``, ``keychain_locked`` or ``keychain_unavailable``, by each call
            that has an answer.
    """

    def __init__(self, account: str, say_waiting: Callable[[], None] | None = None) -> None:
        """With ``say_waiting`` a read calls that and waits, and raises no ``keychain_waiting``."""
        self._account = account
        self._say_waiting = say_waiting
        self._reading: _Call | None = None
        self._is_refused = False

    def begin_to_read(self) -> None:
        """Have the key read while other work is done; ``read(prompt=False)`` then fetches it."""
        with suppress(OSError):  # read() meets the same error
            self._reading = self._begin("read", prompt=False)

    def read(self, *, prompt: bool) -> str | None:
        """Return the key, or ``None`` if there is none.

        Without ``prompt`` a locked keychain is left alone; with it, the user is asked. An open
        keychain, too, may ask whether this program may read the key (KeePassXC does). So a keychain
        that does not answer soon is not asked again: the next call waits for the same answer, until
        the user has had :data:`PROMPT_TIME`. After that the keychain counts as locked, and is left
        alone until a call with ``prompt``.
        """
        if self._is_refused and not prompt:
            raise Problem(Kind.KEYCHAIN_LOCKED, "nobody has consented")
        self._is_refused = False
        with _errors_named():
            call = self._reading or self._begin("read", prompt=prompt)
            self._reading = None
            answer = call.wait(PROMPT_TIME if prompt else ANSWER_TIME)
            if answer is None and self._say_waiting is not None:
                self._say_waiting()
                answer = call.wait(call.time_left)
        if answer is None and call.time_left > 0 and not prompt:
            self._reading = call
            raise Problem(Kind.KEYCHAIN_WAITING)
        self._is_refused = answer is None
        key: str | None = _outcome(answer, call)
        return key

    def forget(self) -> None:
        """Let the next call of ``read`` ask anew, as the user has changed the key elsewhere."""
        self._is_refused = False
        if self._reading is not None:
            self._reading.end()
            self._reading = None

    def write(self, key: str) -> None:
        """Store the key, and read it back to see that it is there.

        After a Problem the key is not stored, and answering a prompt later does not store it.
        """
        self._ask("write", PROMPT_TIME, key=key)
        self._is_refused = False

    def remove(self) -> bool:
        """Delete the key, see that it is gone, and tell whether there was one."""
        return bool(self._ask("remove", PROMPT_TIME))

    def name(self) -> str:
        """Name the keychain in which a key would be kept; the user is asked for nothing."""
        return str(self._ask("name", ANSWER_TIME))

    def _begin(self, call: str, **arguments: object) -> "_Call":
        return _Call(json.dumps({"call": call, "account": self._account, **arguments}))

    def _ask(self, name: str, timeout: float, **arguments: object) -> Any:
        with _errors_named():
            call = self._begin(name, **arguments)
            answer = call.wait(timeout)
        return _outcome(answer, call)


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Problem(Kind.KEYCHAIN_UNAVAILABLE, type(error).__name__) from None


def _outcome(answer: bytes | None, call: "_Call") -> Any:
    """Return the result in an answer, or raise the Problem in it. End a call without an answer."""
    if answer is None:
        call.end()
        raise Problem(Kind.KEYCHAIN_LOCKED, "no answer")
    outcome = json.loads(answer)
    if "kind" in outcome:
        raise Problem(Kind(outcome["kind"]), outcome["detail"])
    return outcome["result"]


class _Call:
    """A call of the keychain in a process, which ends with this program, as its input is closed."""

    def __init__(self, request: str) -> None:
        """Start the process; raises an OSError if that fails."""
        self._process = subprocess.Popen(  # noqa: S603  (the program itself)
            _command(),
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows has
        )
        with suppress(BrokenPipeError):  # the process has ended, and wait() says so
            cast("IO[bytes]", self._process.stdin).write(request.encode() + b"\n")
        self._is_ready, self._has_ended = threading.Event(), threading.Event()
        self._answer = b""
        self._asked_at = 0.0
        threading.Thread(target=self._listen, name="keychain answer", daemon=True).start()

    @property
    def time_left(self) -> float:
        """The seconds that the user still has for an answer."""
        return self._asked_at + PROMPT_TIME - time.monotonic()

    def wait(self, seconds: float) -> bytes | None:
        """Return the answer, or ``None`` if there is none so many seconds after the process is up.

        Raises:
            OSError: the process ended by itself without an answer, or did not get ready in time.
        """
        if not self._is_ready.wait(START_TIME):
            self.end()
            raise ChildProcessError
        if not self._has_ended.wait(seconds):
            return None
        if not self._answer:
            raise ChildProcessError
        return self._answer

    def end(self) -> None:
        """End the process, with the prompt that it may have brought up."""
        self._process.kill()
        self._has_ended.wait()

    def _listen(self) -> None:
        with self._process:
            answers = cast("IO[bytes]", self._process.stdout)
            answers.readline()
            self._asked_at = time.monotonic()
            self._is_ready.set()
            self._answer = answers.readline()
            self._process.wait()
        self._has_ended.set()


def _command() -> tuple[str, ...]:
    if not getattr(sys, "frozen", False):
        return sys.executable, "-m", "tray_app", COMMAND
    program = Path(sys.executable)
    if sys.platform == "win32":
        program = program.with_suffix(".com")  # the .exe has no standard streams
    return str(program), COMMAND
