"""The process that asks the keychain. The only place that knows keyring.

The process says by an empty line on standard output that it is ready. Then it reads one call from
standard input and writes the outcome to standard output, each as a line of JSON.
"""

import json
import os
import pkgutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from tray_app.errors import Kind, Problem
from tray_app.store.folders import runtime_folder
from tray_app.store.keychain import REFUSED, SERVICE
from tray_app.store.lock import locked

if TYPE_CHECKING:
    import secretstorage
    from jeepney.io.blocking import DBusConnection
    from keyring.backend import KeyringBackend
    from secretstorage.dhcrypto import Session

# keyring is not asked to choose: its environment variable and configuration file can make it choose
# a backend that loses the key or writes it in the clear.
_BACKENDS = {
    "win32": "keyring.backends.Windows:WinVaultKeyring",
    "darwin": "keyring.backends.macOS:Keyring",
    "linux": "keyring.backends.SecretService:Keyring",  # which KWallet offers too
}

_KWALLETS = ("org.kde.kwalletd6", "org.kde.kwalletd5")
_KWALLET_TIME = 3.0
"""Seconds that KDE's wallet may take from its start until it offers the Secret Service."""

_NICENESS = 10
"""Lets other processes go first, so that the icon shows soon even if processors are busy."""

_LOCKED = {"KeyringLocked", "LockedException", "PromptDismissedException", "TimeoutError"}
"""Names of exceptions which mean that the keychain is locked. ``TimeoutError`` is raised while
another program stores a key, and the user is asked there to unlock the keychain."""


def serve() -> int:
    """Answer one call, or none if the caller ends first, and return the exit code.

    The many exceptions of keyring and its libraries end here. Only their names are passed on, as
    some texts quote the key.
    """
    if sys.platform != "win32":
        os.nice(_NICENESS)
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries may print
    backend = pkgutil.resolve_name(_BACKENDS.get(sys.platform, _BACKENDS["linux"]))
    print(file=answers, flush=True)
    if not (line := sys.stdin.readline()):
        return 1
    request = json.loads(line)
    threading.Thread(target=_end_with_caller, daemon=True).start()
    call = _CALLS[request.pop("call")]
    outcome = _outcome_of(lambda: call(_viable(backend), **request))
    print(json.dumps(outcome), file=answers, flush=True)
    return 0


def _outcome_of(call: Callable[[], object]) -> dict[str, object]:
    """Return what a call returns, or what it raises, as the caller is told of it."""
    try:
        return {"result": call()}
    except Problem as problem:
        return {"kind": problem.kind, "detail": problem.detail}
    except Exception as error:
        name = type(error).__name__
        kind = Kind.KEYCHAIN_LOCKED if name in _LOCKED else Kind.KEYCHAIN_UNAVAILABLE
        return {"kind": kind, "detail": name}


def _end_with_caller() -> None:
    """End this process when its caller closes standard input, even amid a prompt."""
    if not os.read(0, 1):
        os._exit(1)


def _viable(backend: "type[KeyringBackend]") -> "KeyringBackend":
    """Return the real keychain of this system, if it can be used."""
    if backend.viable or (sys.platform == "linux" and _start_kwallet() and backend.viable):
        return backend()
    raise Problem(Kind.KEYCHAIN_UNAVAILABLE, "no backend")


def _start_kwallet() -> bool:
    """Start KDE's wallet, and tell whether it offers the Secret Service now.

    The wallet does so while it runs, but some systems' buses start it by its own names only (seen
    with Plasma 5.27 on Debian 12).
    """
    from jeepney import message_bus
    from jeepney.io.blocking import Proxy

    with suppress(Exception), _service() as connection:  # else there is no keychain
        bus = Proxy(message_bus, connection)
        for name in _KWALLETS:
            with suppress(Exception):  # the bus does not know that one
                bus.StartServiceByName(name)
                end = time.monotonic() + _KWALLET_TIME
                while time.monotonic() < end:
                    if bus.NameHasOwner("org.freedesktop.secrets")[0]:
                        return True
                    time.sleep(0.05)
    return False


def _name(backend: "KeyringBackend") -> str:
    return type(backend).__module__


def _read(
    backend: "KeyringBackend", accounts: Iterable[str], *, prompt: bool
) -> dict[str, dict[str, object]]:
    """Return the outcome for each account: its key, or why that can't be read."""
    if not _is_secret_service(backend):
        ask = partial(backend.get_password, SERVICE)
        return {account: _outcome_of(partial(ask, account)) for account in accounts}
    with _service() as connection:
        find = partial(_found_key, backend, connection, [], prompt=False)
        outcomes = {each: _outcome_of(partial(find, each)) for each in accounts}
        locked = [each for each in outcomes if _is_locked(outcomes[each])]
        if not locked:
            return outcomes
        answer = _outcome_of(partial(_ask_to_unlock, connection, locked, prompt=prompt))
        asked: Any = answer.get("result", set())
        for account in locked:
            outcome = _outcome_of(partial(find, account))
            if _is_locked(outcome) and _kept_back(connection, account):
                outcome["detail"] = REFUSED
            outcomes[account] = {**outcome, "asked": account in asked}
        return outcomes


def _is_locked(outcome: Mapping[str, object]) -> bool:
    return outcome.get("kind") == Kind.KEYCHAIN_LOCKED


def _key_in(backend: Any, account: str, *, prompt: bool = True) -> str | None:
    """Return the stored key, or ``None``. With ``prompt`` the user may be asked to unlock it.

    Without, the Secret Service would ask for a password at each start of this program, in a session
    that nobody has unlocked. The other keychains ask only when they must.
    """
    if not _is_secret_service(backend):
        found: str | None = backend.get_password(SERVICE, account)
        return found
    with _service() as connection:
        return _found_key(backend, connection, [], account, prompt=prompt)


def _found_key(
    backend: Any,
    connection: "DBusConnection",
    sessions: "list[Session]",
    account: str,
    *,
    prompt: bool,
) -> str | None:
    """Return the key that the Secret Service holds, as :func:`_key_in` does.

    ``sessions`` keeps the session by which secrets pass, for the keys that are read next: to agree
    on one takes longer than all the rest.
    """
    items = _items(connection, account)
    if not items or items[0].is_locked():
        _unlock_default(connection, prompt=prompt)
        items = _items(connection, account)
    if not items:
        return None
    item = items[0]
    if item.is_locked() and not prompt:
        raise Problem(Kind.KEYCHAIN_LOCKED)
    backend.unlock(item)
    item.session = sessions[0] if sessions else None
    secret = item.get_secret()
    if item.session is not None:
        sessions[:] = [item.session]
    return str(secret.decode())


def _ask_to_unlock(
    connection: "DBusConnection", accounts: Iterable[str], *, prompt: bool
) -> set[str]:
    """Have the user asked, once for all, for keys that are locked.

    Without ``prompt``, only for keys that are locked in an open collection (as in KeePassXC). Such
    a key needs consent and no password, so the user is asked without a click. Returns the accounts
    of such keys.
    """
    from secretstorage.util import unlock_objects

    if prompt and (default := _default_collection(connection)) is not None and default.is_locked():
        default.unlock()
        if default.is_locked():
            return set()
    kept_back = {each: path for each in accounts if (path := _kept_back(connection, each))}
    wanted = list(kept_back.values())
    if prompt:
        items = [item for account in accounts for item in _items(connection, account)[:1]]
        wanted = [item.item_path for item in items if item.is_locked()]
    if wanted:
        unlock_objects(connection, wanted)
    return set(kept_back)


def _kept_back(connection: "DBusConnection", account: str) -> str | None:
    """Return the path of an account's item that is locked in an open collection.

    KeePassXC asks its user about each entry and each program, and until then calls the entry
    locked.
    """
    import secretstorage

    for item in _items(connection, account)[:1]:
        collection = secretstorage.Collection(connection, item.item_path.rpartition("/")[0])
        if item.is_locked() and not collection.is_locked():
            path: str = item.item_path
            return path
    return None


def _is_secret_service(backend: "KeyringBackend") -> bool:
    return type(backend).__module__ == "keyring.backends.SecretService"


def _service() -> "AbstractContextManager[DBusConnection]":
    import secretstorage

    return closing(secretstorage.dbus_init())


def _items(connection: "DBusConnection", account: str) -> "list[secretstorage.Item]":
    """Return the Secret Service's items for an account, the one to be used before others.

    Other programs, and copies of a keyring, may leave several, and the user may have made another
    collection the default one since the key was stored. keyring takes any item of the default
    collection. The one to be used is not locked, if there is such, and was changed last.
    """
    import secretstorage

    found = list(secretstorage.search_items(connection, {"service": SERVICE, "username": account}))
    if len(found) > 1:
        default = _default_collection(connection)
        place = f"{default.collection_path}/" if default else ""

        def rank(item: "secretstorage.Item") -> tuple[bool, int, bool]:
            is_in_default = item.item_path.startswith(place)
            return not item.is_locked(), item.get_modified(), is_in_default

        found.sort(key=rank, reverse=True)
    return found


def _default_collection(connection: "DBusConnection") -> "secretstorage.Collection | None":
    """Return the Secret Service's default collection, or ``None`` if there is none.

    By its own path, as KeePassXC has nothing at the alias's path, by which SecretStorage looks for
    it (https://github.com/keepassxreboot/keepassxc/issues/7575).
    """
    import secretstorage
    from secretstorage.exceptions import ItemNotFoundException

    try:
        return secretstorage.get_collection_by_alias(connection, "default")
    except ItemNotFoundException:
        return None


def _unlock_default(connection: "DBusConnection", *, prompt: bool) -> None:
    """Unlock the default collection if that is needed, and if the user may be asked.

    Raises:
        Problem: it stays locked.
    """
    collection = _default_collection(connection)
    if collection is not None and collection.is_locked():
        if prompt:
            collection.unlock()
        if not prompt or collection.is_locked():
            raise Problem(Kind.KEYCHAIN_LOCKED)


def _write(backend: "KeyringBackend", account: str, *, key: str) -> None:
    with _turn():
        before = _key_before(backend, account)
        if before != key:  # macOS would delete the key before adding it again
            if _is_secret_service(backend):
                _prefer_default_collection(backend)
            if sys.platform == "win32":
                _replace_in_vault(backend, account, before, key)
            else:
                backend.set_password(SERVICE, account, key)
            # A third key is no failure: a program that takes no turns has stored it since.
            if _key_after(backend, account, key) in (None, before):
                raise Problem(Kind.KEYCHAIN_UNAVAILABLE, "what was written is not there")
        if _is_secret_service(backend):
            with _service() as connection:
                for item in _items(connection, account)[1:]:
                    if not item.is_locked():
                        item.delete()


def _replace_in_vault(backend: Any, account: str, before: str | None, key: str) -> None:
    """Write a key to Windows' vault so that it alone is there, and on this computer only.

    By itself keyring keeps the key before under another name, and has Windows take keys along to
    the user's other computers (``WinVaultKeyring`` of keyring, and ``CREDENTIALW`` of Windows's
    documentation). If the key can't be written, the one before is written back.
    """
    backend.persist = "local machine"
    if before is None:
        backend.set_password(SERVICE, account, key)
        return
    try:
        backend.delete_password(SERVICE, account)
        backend.set_password(SERVICE, account, key)
    except Exception:
        backend.set_password(SERVICE, account, before)
        raise


def _key_before(backend: Any, account: str) -> str | None:
    """Return the key that a write replaces, if that can be read without asking anybody."""
    outcome = _outcome_of(partial(_key_in, backend, account, prompt=False))
    found = None if _is_locked(outcome) else _result_of(outcome)
    return None if found is None else str(found)


def _key_after(backend: Any, account: str, key: str) -> str | None:
    """Return the key that is read back; who lets nobody read it has taken it all the same."""
    outcome = _outcome_of(partial(_key_in, backend, account))
    if _is_locked(outcome):
        return key
    found = _result_of(outcome)
    return None if found is None else str(found)


def _result_of(outcome: Mapping[str, object]) -> object:
    if "kind" in outcome:
        raise Problem(Kind(str(outcome["kind"])), str(outcome["detail"]))
    return outcome["result"]


def _prefer_default_collection(backend: Any) -> None:
    """Have keyring write to the default collection, whatever its environment variable says."""
    vars(backend).pop("preferred_collection", None)
    with _service() as connection:
        if (default := _default_collection(connection)) is not None:
            backend.preferred_collection = default.collection_path


def _remove(backend: Any, account: str) -> bool:
    with _turn():
        if _is_secret_service(backend):
            with _service() as connection:
                _unlock_default(connection, prompt=True)
                items = _items(connection, account)
                for item in items:
                    backend.unlock(item)
                    item.delete()
                had_one = bool(items)
        else:
            had_one = backend.get_password(SERVICE, account) is not None
            if had_one:
                backend.delete_password(SERVICE, account)
        if _key_in(backend, account) is not None:
            raise Problem(Kind.KEYCHAIN_UNAVAILABLE, "the key is still there")
        return had_one


def _turn() -> AbstractContextManager[None]:
    """Let the tray and the terminal take turns, so that each finds the key that it has written."""
    return locked(runtime_folder() / "keychain")


_CALLS: Mapping[str, Callable[..., object]] = {
    "name": _name,
    "read": _read,
    "write": _write,
    "remove": _remove,
}
