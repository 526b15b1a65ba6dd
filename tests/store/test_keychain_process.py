"""The process that asks the keychain: it comes, answers, and goes, whatever happens."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import FROM_SOURCE
from tests.waiting import PATIENCE, wait_until
from tray_app.errors import Kind, Problem
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT

KEY = "fake-key-0123456789abcdef"
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
