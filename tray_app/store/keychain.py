"""The API key in the keychain of the operating system, asked in a process of its own."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from tray_app.errors import Kind, Problem

SERVICE = "lemlist-credits"
"""The name under which the key stands in the keychain."""

COMMAND = "keychain"
"""The program's own command that starts ``keychain_process.py``."""

START_TIME = 30.0
"""Seconds for the process to start."""
ANSWER_TIME = 5.0
"""Seconds for a call that asks the user nothing."""
PROMPT_TIME = 120.0
"""Seconds for a call in which the user may have to type a password, or to consent."""
REFUSED = "nobody has consented"
"""The detail of the problem that the user does not let this program read a key."""
JUST_NOW = 2.0
"""Seconds for which the user, who was asked and has refused, is not asked for another team."""
FRESH = 60.0
"""Seconds for which a key is kept that was read together with another team's."""


class Keychain:
    """One account's key in the keychain. Calls block, at most for the times given here.

    Each call is a process of its own: only a process can be ended while nobody answers a prompt, or
    while a keychain hangs. And the libraries for a keychain would take a seventh of the program's
    memory. The key passes through pipes, never through arguments or variables.

    Raises:
        Problem: ``keychain_waiting``, ``keychain_locked`` or ``keychain_unavailable``, by each call
            that has an answer.
    """

    def __init__(
        self,
        account: str,
        say_waiting: Callable[[], None] | None = None,
        reader: "KeyReader | None" = None,
    ) -> None:
        """With ``say_waiting`` a read calls that and waits, and raises no ``keychain_waiting``.

        ``reader`` is the one that several accounts share, so that one process reads all their keys.
        """
        self._account = account
        self._say_waiting = say_waiting
        self._reader = reader or KeyReader()

    def of(self, account: str) -> "Keychain":
        """Return another account's key, which is read by the same process as this one's."""
        return Keychain(account, self._say_waiting, self._reader)

    def begin_to_read(self, accounts: Iterable[str], *, prompt: bool = False) -> None:
        """Have the keys of these accounts read, by one process, while other work is done.

        :meth:`read` with the same ``prompt`` then fetches each.
        """
        self._reader.begin(accounts, prompt=prompt)

    def read(self, *, prompt: bool) -> str | None:
        """Return the key, or ``None`` if there is none.

        Without ``prompt`` a locked keychain is left alone; with it, the user is asked. An open
        keychain, too, may ask whether this program may read the key (KeePassXC does). So a keychain
        that does not answer soon is not asked again: the next call waits for the same answer, until
        the user has had :data:`PROMPT_TIME`. After that the keychain counts as locked, and is left
        alone until a call with ``prompt``.
        """
        return self._reader.read(self._account, self._say_waiting, prompt=prompt)

    @property
    def asks_for_consent(self) -> bool:
        """Whether the user was asked for this key, and would be asked again."""
        return self._account in self._reader.asking

    def forget(self) -> None:
        """Let the next call of ``read`` ask anew, as the user has changed the key elsewhere."""
        self._reader.forget(self._account)

    def write(self, key: str) -> None:
        """Store the key, and read it back to see that it is there.

        After a Problem the key is not stored, and answering a prompt later does not store it.
        """
        self._ask("write", PROMPT_TIME, account=self._account, key=key)
        self._reader.forget(self._account)

    def remove(self) -> bool:
        """Delete the key, see that it is gone, and tell whether there was one."""
        was_there = bool(self._ask("remove", PROMPT_TIME, account=self._account))
        self._reader.forget(self._account)
        return was_there

    def name(self) -> str:
        """Name the keychain in which a key would be kept; the user is asked for nothing."""
        return str(self._ask("name", ANSWER_TIME))

    def _ask(self, name: str, timeout: float, **arguments: object) -> Any:
        with _errors_named():
            call = _Call(name, **arguments)
            answer = call.wait(timeout)
        return _result(_outcome(answer, call))


class KeyReader:
    """Reads the keys of several accounts, all that are wanted by one process.

    The threads of several teams may call it; each waits until the one before it has its answer.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._wanted: set[str] = set()
        """The accounts whose key is to be read with the next one."""
        self._call: _Call | None = None
        """A reading that has begun, or that was not answered in time."""
        self._waited_by: str | None = None
        """The account whose reading has waited for the call already."""
        self._found: dict[str, dict[str, Any]] = {}
        """Outcomes that nobody has fetched yet, by account."""
        self._found_at = 0.0
        self._asked_just_now = False
        """Whether the user was asked for what was found last."""
        self._refused: set[str] = set()
        """The accounts whose keys the user does not let this program read."""
        self.asking: set[str] = set()
        """The accounts whose keys are read only if the user consents."""

    def begin(self, accounts: Iterable[str], *, prompt: bool) -> None:
        """Have these accounts' keys read while other work is done."""
        self._wanted |= set(accounts)
        with suppress(OSError):  # read() meets the same error
            self._call = self._begin(prompt=prompt)

    def read(
        self, account: str, say_waiting: Callable[[], None] | None, *, prompt: bool
    ) -> str | None:
        """Return an account's key, as :meth:`Keychain.read` does."""
        with self._turn:
            if time.monotonic() - self._found_at > FRESH:
                self._found.clear()
            found = self._found.pop(account, None)
            was_refused = self._asked_just_now and time.monotonic() - self._found_at < JUST_NOW
            if found is None or (prompt and "kind" in found and not was_refused):
                self._wanted.add(account)
                found = self._read(account, say_waiting, prompt=prompt)
        key: str | None = _result(found)
        return key

    def forget(self, account: str) -> None:
        """Read this key anew with the next one that is read, and ask for consent again."""
        self._refused.discard(account)
        self._wanted.add(account)
        self._found.pop(account, None)
        call = self._call
        if call is not None and account in call.accounts:
            self._call = None
            call.end()

    def _read(
        self, account: str, say_waiting: Callable[[], None] | None, *, prompt: bool
    ) -> dict[str, Any]:
        """Return the outcome for an account, and keep those that the others will ask for.

        For instance, the keychain asks the user whether the keys of A and B may be read:

        === ==================================================================
        0 s A begins, and waits 5 seconds in vain: ``keychain_waiting``
        5 s B does not wait, as A has waited: ``keychain_waiting``
        6 s A asks again, and waits for the same answer
        8 s the user consents: A gets its key, and B's is kept until B asks
        === ==================================================================
        """
        if account in self._refused and not prompt:
            raise Problem(Kind.KEYCHAIN_LOCKED, REFUSED)
        with _errors_named():
            call = self._call or self._begin(prompt=prompt)
            self._call = None
            # Where one team has waited in vain, the other teams don't wait one after the other.
            is_waited_for = self._waited_by not in (None, account) and not prompt
            patience = PROMPT_TIME if prompt and say_waiting is None else ANSWER_TIME
            answer = call.wait(0.0 if is_waited_for else patience)
            if answer is None and say_waiting is not None:
                say_waiting()
                answer = call.wait(call.time_left)
        if answer is None and call.time_left > 0 and not prompt:
            self._call, self._waited_by = call, self._waited_by or account
            raise Problem(Kind.KEYCHAIN_WAITING)
        self._waited_by = None
        self._asked_just_now = call.prompts
        if answer is None:
            call.end()
            outcome: dict[str, Any] = {"kind": Kind.KEYCHAIN_LOCKED, "detail": REFUSED}
        else:
            outcome = json.loads(answer)
        read = outcome.get("result") or dict.fromkeys(call.accounts, outcome)
        refused = {each for each, found in read.items() if found.get("detail") == REFUSED}
        self._refused = self._refused.difference(read) | refused
        self.asking |= {each for each, found in read.items() if found.get("asked")}
        self._found |= read
        self._found_at = time.monotonic()
        self._wanted -= {each for each, found in self._found.items() if "kind" not in found}
        found = self._found.pop(account, None)
        if found is None or (prompt and not call.prompts and "kind" in found):
            # The call was for other accounts only, or was not allowed to ask the user.
            return self._read(account, say_waiting, prompt=prompt)
        return found

    def _begin(self, *, prompt: bool) -> "_Call":
        return _Call("read", accounts=sorted(self._wanted), prompt=prompt)


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Problem(Kind.KEYCHAIN_UNAVAILABLE, type(error).__name__) from None


def _outcome(answer: bytes | None, call: "_Call") -> dict[str, Any]:
    """Return the outcome in an answer; end a call that has none, and raise a Problem."""
    if answer is None:
        call.end()
        raise Problem(Kind.KEYCHAIN_LOCKED, "no answer")
    outcome: dict[str, Any] = json.loads(answer)
    return outcome


def _result(outcome: dict[str, Any]) -> Any:
    """Return the result of an outcome, or raise the Problem in it."""
    if "kind" in outcome:
        raise Problem(Kind(outcome["kind"]), outcome["detail"])
    return outcome["result"]


class _Call:
    """A call of the keychain in a process, which ends with this program, as its input is closed."""

    def __init__(self, name: str, **arguments: Any) -> None:
        """Start the process; raises an OSError if that fails."""
        self.accounts: list[str] = arguments.get("accounts", [])
        """The accounts whose keys are read."""
        self.prompts: bool = arguments.get("prompt", True)
        """Whether the user may be asked to unlock the keychain."""
        self._process = subprocess.Popen(  # noqa: S603  (the program itself)
            _command(),
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # which only Windows has
        )
        request = json.dumps({"call": name, **arguments})
        with suppress(BrokenPipeError):  # the process has ended, and wait() says so
            cast("IO[bytes]", self._process.stdin).write(request.encode() + b"\n")
        self._is_ready, self._has_answered = threading.Event(), threading.Event()
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
        if not self._has_answered.wait(seconds):
            return None
        if not self._answer:
            self.end()
            raise ChildProcessError
        return self._answer

    def end(self) -> None:
        """End the process, with the prompt that it may have brought up."""
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        with self._process:  # in the end it waits for the process, for which nobody else has to
            answers = cast("IO[bytes]", self._process.stdout)
            answers.readline()
            self._asked_at = time.monotonic()
            self._is_ready.set()
            self._answer = answers.readline()
            self._has_answered.set()


def _command() -> tuple[str, ...]:
    if not getattr(sys, "frozen", False):
        return sys.executable, "-m", "tray_app", COMMAND
    program = Path(sys.executable)
    if sys.platform == "win32":
        program = program.with_suffix(".com")  # the .exe has no standard streams
    return str(program), COMMAND
