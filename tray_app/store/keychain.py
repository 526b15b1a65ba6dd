"""The API key in the keychain of the operating system. The only place that knows keyring."""

import importlib
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tray_app.errors import Kind, Problem

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "lemlist-credits"
"""The name under which the key stands in the keychain."""

ACCOUNT = "default"
"""The one team that there is so far; each has an account of its own."""

ANSWER_TIME = 5.0
"""Seconds for a call that needs nobody."""
PROMPT_TIME = 120.0
"""Seconds for a call in which the user may have to type a password."""

# keyring's own choice can be steered, by its environment variable or its configuration file, to
# backends that lose the key or write it in plain text. So it is not asked: the first of these
# that works here is taken.
_BACKENDS = {
    "win32": ("keyring.backends.Windows:WinVaultKeyring",),
    "darwin": ("keyring.backends.macOS:Keyring",),
    "linux": ("keyring.backends.SecretService:Keyring", "keyring.backends.kwallet:DBusKeyring"),
}

T = TypeVar("T")


class Keychain:
    """One account's key in the keychain. Calls block, at most for the times that it is given."""

    def __init__(
        self,
        account: str,
        *,
        answer_time: float = ANSWER_TIME,
        prompt_time: float = PROMPT_TIME,
    ) -> None:
        """Both times are in seconds: for calls that need nobody, and for those that may ask."""
        self._account = account
        self._answer_time = answer_time
        self._prompt_time = prompt_time

    def read(self, *, prompt: bool) -> str | None:
        """Return the key, or ``None`` if there is none.

        Without ``prompt`` a locked keychain is left alone; with it, the user is asked.

        Raises:
            Problem: ``keychain_locked`` or ``keychain_unavailable``.
        """

        def call() -> str | None:
            backend = _backend()
            if not prompt and type(backend).__module__ == "keyring.backends.SecretService":
                # The others ask by themselves when they must; this one would ask for a password
                # at every start of a session that nobody has unlocked.
                locked = _is_locked()
                if locked is None:
                    return None
                if locked:
                    raise Problem(Kind.KEYCHAIN_LOCKED)
            return backend.get_password(SERVICE, self._account)

        return _in_time(call, self._prompt_time if prompt else self._answer_time)

    def write(self, key: str) -> None:
        """Store the key, and read it back to see that it is there.

        Raises:
            Problem: ``keychain_locked`` or ``keychain_unavailable``; the key is not stored, nor
                will it be when a prompt is answered later on.
        """
        deadline = time.monotonic() + self._prompt_time

        def call() -> None:
            backend = _backend()
            before = backend.get_password(SERVICE, self._account)
            # macOS deletes before it adds: an unchanged key is left where it is. And a prompt
            # that was answered too late unlocks, but whoever wanted to write was told that
            # nothing was written.
            if before == key or time.monotonic() > deadline:
                return
            backend.set_password(SERVICE, self._account, key)
            # A third key is of another program that has written since: then this one was there.
            if backend.get_password(SERVICE, self._account) in (None, before):
                raise Problem(Kind.KEYCHAIN_UNAVAILABLE, "what was written is not there")

        _in_time(call, self._prompt_time)

    def remove(self) -> bool:
        """Delete the key, see that it is gone, and tell whether there was one.

        Raises:
            Problem: ``keychain_locked`` or ``keychain_unavailable``.
        """

        def call() -> bool:
            backend = _backend()
            if backend.get_password(SERVICE, self._account) is None:
                return False
            backend.delete_password(SERVICE, self._account)
            if backend.get_password(SERVICE, self._account) is not None:
                raise Problem(Kind.KEYCHAIN_UNAVAILABLE, "the key is still there")
            return True

        return _in_time(call, self._prompt_time)

    def name(self) -> str:
        """Name the keychain that is used here, for diagnostics."""
        try:
            return type(_in_time(_backend, self._answer_time)).__module__
        except Problem as problem:
            return problem.kind

    def check(self) -> None:
        """Find out whether a key could be kept here, without asking the user for anything.

        Raises:
            Problem: ``keychain_unavailable``.
        """
        _in_time(_backend, self._answer_time)


def _backend() -> "KeyringBackend":
    """Return the real keychain of this system."""
    for name in _BACKENDS.get(sys.platform, ()):
        module, _, attribute = name.partition(":")
        backend_class = getattr(importlib.import_module(module), attribute)
        if backend_class.viable:
            backend: KeyringBackend = backend_class()
            return backend
    raise Problem(Kind.KEYCHAIN_UNAVAILABLE, "no backend")


def _is_locked() -> bool | None:
    """Tell whether the Secret Service's default collection is locked; ``None``: there is none."""
    import secretstorage
    from secretstorage.exceptions import ItemNotFoundException

    connection = secretstorage.dbus_init()
    try:
        # Not get_default_collection(), which makes a missing one, and asks the user about it.
        return bool(secretstorage.Collection(connection).is_locked())
    except ItemNotFoundException:
        return None
    finally:
        connection.close()


def _in_time(call: Callable[[], T], timeout: float) -> T:
    """Run a keychain call in a thread of its own, as a prompt that nobody answers never ends.

    This is the one boundary for the many exceptions of keyring and of what is below it. Their
    texts are not kept, as some quote what they were given.
    """
    outcome: list[T | Problem] = []

    def run() -> None:
        try:
            outcome.append(call())
        except Problem as problem:
            outcome.append(problem)
        except Exception as error:
            outcome.append(_problem(error))

    thread = threading.Thread(target=run, name="keychain", daemon=True)
    thread.start()
    thread.join(timeout)
    if not outcome:
        raise Problem(Kind.KEYCHAIN_LOCKED, "no answer")
    result = outcome[0]
    if isinstance(result, Problem):
        raise result
    return result


_LOCKED = {"KeyringLocked", "LockedException", "PromptDismissedException"}


def _problem(error: Exception) -> Problem:
    name = type(error).__name__
    return Problem(Kind.KEYCHAIN_LOCKED if name in _LOCKED else Kind.KEYCHAIN_UNAVAILABLE, name)
