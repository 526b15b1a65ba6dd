"""The process that asks the keychain: it comes, answers, and goes, whatever happens."""

import pkgutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import FROM_SOURCE
from tests.waiting import PATIENCE, wait_until
from tray_app.errors import Kind, Problem
from tray_app.store import keychain_process
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT

KEY = "fake-key-0123456789abcdef"
OTHER_KEY = "fake-key-of-another-team"
NEW_KEY = "fake-key-in-its-place"
TIMEOUT = PATIENCE
LIBRARIES = ("keyring", "secretstorage", "cryptography")
READ = '{"call": "read", "accounts": ["default"], "prompt": false}\n'


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop(tray=False, notifications=False) as running:
        yield running


@pytest.fixture
def silent_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put this process on a message bus that never says a word."""
    place = tmp_path / "bus"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={place}")
        yield


def children() -> set[int]:
    """Return the processes that this one has started and that have not ended."""
    found: set[int] = set()
    for each in Path("/proc/self/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has just ended
            found.update(map(int, each.read_text().split()))
    return found


def test_the_keychains_libraries_stay_in_it(
    desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.bus_address)
    Keychain(FIRST_ACCOUNT).write(KEY)
    program = f"""if True:
        import sys
        from tray_app.store.keychain import Keychain
        from tray_app.store.settings import FIRST_ACCOUNT
        assert Keychain(FIRST_ACCOUNT).read(prompt=False) == {KEY!r}
        print([name for name in {LIBRARIES!r} if name in sys.modules])
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_a_reading_that_has_begun_is_the_one_that_is_fetched(
    desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.bus_address)
    keychain = Keychain(FIRST_ACCOUNT)
    keychain.write(KEY)
    keychain.begin_to_read([FIRST_ACCOUNT])
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert keychain.read(prompt=False) == KEY
    with pytest.raises(Problem):
        keychain.read(prompt=False)


@pytest.mark.usefixtures("silent_bus")
@pytest.mark.parametrize("has_begun", [False, True])
def test_a_call_that_hangs_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch, has_begun: bool
) -> None:
    before = children()
    monkeypatch.setattr("tray_app.store.keychain.ANSWER_TIME", 0.2)
    monkeypatch.setattr("tray_app.store.keychain.PROMPT_TIME", 0.2)
    keychain = Keychain(FIRST_ACCOUNT)
    if has_begun:
        keychain.begin_to_read([FIRST_ACCOUNT])
        assert children() > before
    with pytest.raises(Problem) as caught:
        keychain.read(prompt=False)
    assert caught.value.kind is Kind.KEYCHAIN_LOCKED
    assert children() == before


@pytest.mark.parametrize("program", ["/nonexistent/python", "/bin/true"])
def test_a_process_that_does_not_start(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    before = children()
    monkeypatch.setattr(sys, "executable", program)
    keychain = Keychain(FIRST_ACCOUNT)
    keychain.begin_to_read([FIRST_ACCOUNT])
    read, write = partial(keychain.read, prompt=False), partial(keychain.write, KEY)
    calls: tuple[Callable[[], object], ...] = (read, keychain.name, write)
    for call in calls:
        with pytest.raises(Problem) as caught:
            call()
        assert caught.value.kind is Kind.KEYCHAIN_UNAVAILABLE
        assert KEY not in repr(caught.value)
    assert children() == before


@pytest.mark.parametrize("last_words", ["", "echo; exit 1", "echo; kill -SEGV $$"])
def test_a_process_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, last_words: str
) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{last_words}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(Problem) as caught:
        Keychain(FIRST_ACCOUNT).read(prompt=False)
    assert caught.value.kind is Kind.KEYCHAIN_UNAVAILABLE


@pytest.mark.usefixtures("silent_bus")
@pytest.mark.parametrize("request_line", ["", READ], ids=["before a call", "in a call"])
def test_it_ends_with_the_program(request_line: str) -> None:
    with subprocess.Popen(
        [*FROM_SOURCE, "keychain"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "\n"  # it is ready
        process.stdin.write(request_line)
        process.stdin.flush()
        if request_line:
            wait_until(lambda: is_connected(process.pid), TIMEOUT, "it waits for the bus")
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(TIMEOUT) == 1


def is_connected(pid: int) -> bool:
    """Whether a process has opened a socket."""
    links = Path(f"/proc/{pid}/fd").iterdir()
    return any(link.readlink().name.startswith("socket:") for link in links)


# --- Windows' vault -----------------------------------------------------------------------------

ON_THIS_COMPUTER = 2
"""``CRED_PERSIST_LOCAL_MACHINE`` of Windows."""


class VaultError(Exception):
    """What Windows says, as pywin32 raises it."""

    def __init__(self, winerror: int, funcname: str) -> None:
        super().__init__(winerror, funcname)
        self.winerror = winerror
        self.funcname = funcname


class Vault(ModuleType):
    """Windows' vault in memory, in the place of the module by which keyring reaches it."""

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_LOCAL_MACHINE = ON_THIS_COMPUTER
    CRED_PERSIST_ENTERPRISE = 3

    def __init__(self) -> None:
        super().__init__("win32cred")
        self.credentials: dict[str, dict[str, Any]] = {}
        self.refused = ""
        """A key that the vault does not take."""

    def CredRead(self, Type: int, TargetName: str) -> dict[str, Any]:  # noqa: N802, N803
        assert Type == self.CRED_TYPE_GENERIC
        if TargetName not in self.credentials:
            raise VaultError(1168, "CredRead")
        found = self.credentials[TargetName]
        return {**found, "CredentialBlob": found["CredentialBlob"].encode("utf-16")}

    def CredWrite(self, credential: dict[str, Any], _flags: int) -> None:  # noqa: N802
        if credential["CredentialBlob"] == self.refused:
            raise VaultError(8, "CredWrite")
        self.credentials[credential["TargetName"]] = credential

    def CredDelete(self, Type: int, TargetName: str) -> None:  # noqa: N802, N803
        assert Type == self.CRED_TYPE_GENERIC
        del self.credentials[TargetName]

    def keys(self) -> list[tuple[str, str]]:
        """Return the accounts and keys of all credentials."""
        found = self.credentials.values()
        return sorted((each["UserName"], each["CredentialBlob"]) for each in found)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Return an empty vault, which keyring's own backend for Windows uses from now on."""
    from keyring.backends import Windows

    there = Vault()
    errors = ModuleType("pywintypes")
    monkeypatch.setattr(errors, "error", VaultError, raising=False)
    monkeypatch.setattr(Windows, "win32cred", there, raising=False)
    monkeypatch.setattr(Windows, "pywintypes", errors, raising=False)
    monkeypatch.setattr(keychain_process, "_turn", nullcontext)  # Windows' locks are not here
    monkeypatch.setattr(sys, "platform", "win32")
    return there


def write(account: str, key: str) -> None:
    backend = pkgutil.resolve_name(keychain_process._BACKENDS["win32"])
    keychain_process._write(backend(), account, key=key)


def test_a_key_that_was_replaced_does_not_stay_in_the_vault(vault: Vault) -> None:
    write("default", KEY)
    write("team-1", OTHER_KEY)
    write("default", NEW_KEY)
    assert vault.keys() == [("default", NEW_KEY), ("team-1", OTHER_KEY)]
    write("team-1", KEY)
    assert vault.keys() == [("default", NEW_KEY), ("team-1", KEY)]


def test_a_key_in_the_vault_stays_on_this_computer(vault: Vault) -> None:
    for account in ("default", "team-1"):
        write(account, KEY)
    persistence = [each["Persist"] for each in vault.credentials.values()]
    assert persistence == [ON_THIS_COMPUTER] * 2


def test_the_old_key_stays_if_the_vault_does_not_take_the_new_one(vault: Vault) -> None:
    write("default", KEY)
    write("team-1", OTHER_KEY)
    vault.refused = NEW_KEY
    for account in ("default", "team-1"):
        with pytest.raises(VaultError):
            write(account, NEW_KEY)
    assert vault.keys() == [("default", KEY), ("team-1", OTHER_KEY)]
