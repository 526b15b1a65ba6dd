"""The keychain: a real gnome-keyring on a message bus of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import secretstorage
from jeepney.io.blocking import open_dbus_connection

from tests import PROJECT
from tests.desktops.virtual_desktop import KEYRING_PASSWORD, VirtualDesktop, processes_at_home
from tests.program.tray_program import stored_key
from tests.waiting import PATIENCE, wait_until
from tray_app.errors import Kind, Problem
from tray_app.store import keychain as keychain_module
from tray_app.store.keychain import SERVICE, Keychain
from tray_app.store.settings import FIRST_ACCOUNT

KEY = "fake-key-0123456789abcdef"
OTHER_KEY = "fake-key-of-another-team"
TIMEOUT = PATIENCE
SECRET_SERVICE = "keyring.backends.SecretService"

CHILD = """
import sys
from tray_app.errors import Problem
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT

keychain = Keychain(FIRST_ACCOUNT)
actions = {
    "name": keychain.name,
    "read": lambda: keychain.read(prompt=False),
    "read with prompt": lambda: keychain.read(prompt=True),
    "write": lambda: keychain.write(sys.stdin.read()),
}
try:
    print(actions[sys.argv[1]]())
except Problem as problem:
    print(problem.kind)
"""

PLAINTEXT_BACKEND = """
import pathlib
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 100
    file = pathlib.Path(__file__).with_name("secrets.txt")

    def get_password(self, service, username):
        return self.file.read_text() if self.file.exists() else None

    def set_password(self, service, username, password):
        self.file.write_text(password)
"""


@pytest.fixture(scope="module")
def shared_desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop(tray=False, notifications=False) as running:
        yield running


@pytest.fixture
def desktop(shared_desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> VirtualDesktop:
    """Return a session whose keyring is unlocked and has no key; this process is in it too."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", shared_desktop.bus_address)
    run(shared_desktop, "secret-tool", "clear", "service", SERVICE)
    return shared_desktop


@pytest.fixture
def locked() -> Iterator[VirtualDesktop]:
    with VirtualDesktop(tray=False, notifications=False, keyring="locked") as running:
        yield running


@pytest.fixture
def no_keyring() -> Iterator[VirtualDesktop]:
    with VirtualDesktop(tray=False, notifications=False, keyring=False) as running:
        yield running


@pytest.fixture
def keychain(monkeypatch: pytest.MonkeyPatch) -> Keychain:
    """The first team's key in the keychain, which has the time that a busy computer needs."""
    monkeypatch.setattr("tray_app.store.keychain.ANSWER_TIME", 60.0)
    return Keychain(FIRST_ACCOUNT)


def run(desktop: VirtualDesktop, *command: str) -> str:
    done = subprocess.run(command, env=desktop.env, capture_output=True, text=True, check=False)
    return done.stdout


def start_child(
    desktop: VirtualDesktop, action: str, env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, action],
        cwd=PROJECT,
        env={**desktop.env, **(env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def child(
    desktop: VirtualDesktop, action: str, key: str = "", env: Mapping[str, str] | None = None
) -> str:
    """Do something with the keychain in a process of its own, and return what came of it."""
    with start_child(desktop, action, env) as process:
        output, _ = process.communicate(key, TIMEOUT)
    return output.strip()


# --- an unlocked keyring ------------------------------------------------------------------------


def test_round_trip(desktop: VirtualDesktop, keychain: Keychain) -> None:
    assert keychain.read(prompt=False) is None
    assert keychain.name() == SECRET_SERVICE
    keychain.write(KEY)
    assert stored_key(desktop.env) == KEY
    assert keychain.read(prompt=False) == keychain.read(prompt=True) == KEY
    keychain.write(OTHER_KEY)
    assert stored_key(desktop.env) == OTHER_KEY
    assert keychain.remove() is True
    assert stored_key(desktop.env) == ""
    assert keychain.read(prompt=False) is None
    assert keychain.remove() is False


def test_another_process_finds_it(desktop: VirtualDesktop, keychain: Keychain) -> None:
    assert child(desktop, "write", KEY) == "None"
    assert keychain.read(prompt=False) == KEY


def test_each_account_has_a_key_of_its_own(desktop: VirtualDesktop, keychain: Keychain) -> None:
    other = Keychain("another")
    keychain.write(KEY)
    other.write(OTHER_KEY)
    assert keychain.read(prompt=False) == KEY
    assert other.remove() is True
    assert keychain.read(prompt=False) == KEY


def test_the_keys_of_many_teams_are_read_by_one_process(
    desktop: VirtualDesktop, keychain: Keychain, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [f"team-{number}" for number in range(20)]
    for number, account in enumerate(accounts):
        if number != 7:  # which has no key
            keychain.of(account).write(f"{KEY}-{number}")
    keychain.begin_to_read(accounts)
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")  # no other process can start
    for number, account in enumerate(accounts):
        expected = None if number == 7 else f"{KEY}-{number}"
        assert keychain.of(account).read(prompt=False) == expected


def test_keys_that_another_program_has_changed_are_read_anew_by_one_process(
    desktop: VirtualDesktop, keychain: Keychain, monkeypatch: pytest.MonkeyPatch
) -> None:
    teams = [keychain.of(f"team-{number}") for number in range(3)]
    for team in teams:
        team.write(KEY)
        assert team.read(prompt=False) == KEY
    for number in range(3):
        Keychain(f"team-{number}").write(f"{OTHER_KEY}-{number}")
    for team in teams:
        team.forget()
    assert teams[0].read(prompt=False) == f"{OTHER_KEY}-0"
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")  # no other process can start
    assert [team.read(prompt=False) for team in teams[1:]] == [f"{OTHER_KEY}-1", f"{OTHER_KEY}-2"]


def test_a_key_that_is_written_is_the_one_that_is_read_next(
    desktop: VirtualDesktop, keychain: Keychain
) -> None:
    other = keychain.of("other")
    other.write(KEY)
    keychain.begin_to_read([FIRST_ACCOUNT, "other"])
    assert keychain.read(prompt=False) is None
    other.write(OTHER_KEY)
    assert other.read(prompt=False) == OTHER_KEY
    assert other.remove() is True
    assert other.read(prompt=False) is None


def test_a_locked_keychain_is_asked_once_for_all_teams(
    locked: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", locked.bus_address)
    keychain = Keychain(FIRST_ACCOUNT)
    keychain.begin_to_read([FIRST_ACCOUNT, "other"])
    assert kind_of(keychain) is Kind.KEYCHAIN_LOCKED
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert kind_of(keychain.of("other")) is Kind.KEYCHAIN_LOCKED
    assert kind_of(keychain.of("other")) is Kind.KEYCHAIN_UNAVAILABLE  # a new try is a new process


@pytest.mark.parametrize("begun_with_prompt", [False, True])
def test_a_reading_that_may_ask_the_user_does(begun_with_prompt: bool) -> None:
    with (
        VirtualDesktop(tray=False, notifications=False) as desktop,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.bus_address)
        keychain = Keychain(FIRST_ACCOUNT)
        keychain.write(KEY)
        run(desktop, "secret-tool", "lock")
        keychain.begin_to_read([FIRST_ACCOUNT, "other"], prompt=begun_with_prompt)
        keys: list[str | None] = []
        reading = threading.Thread(target=lambda: keys.append(keychain.read(prompt=True)))
        reading.start()
        wait_until(desktop.active_window, TIMEOUT, "the password is asked for")
        desktop.type_text(KEYRING_PASSWORD)
        desktop.press_keys("Return")
        reading.join()
    assert keys == [KEY]


def test_the_longest_key(desktop: VirtualDesktop, keychain: Keychain) -> None:
    keychain.write("k" * 1000)
    assert keychain.read(prompt=False) == "k" * 1000


# --- backends that must not be used -------------------------------------------------------------


@pytest.fixture(params=["null by variable", "plaintext by variable", "null by file", "by file"])
def steered(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Return an environment that steers keyring away from the real keychain."""
    (tmp_path / "plaintext_backend.py").write_text(PLAINTEXT_BACKEND)
    null, plaintext = "keyring.backends.null.Keyring", "plaintext_backend.Keyring"
    env = {"PYTHONPATH": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    match request.param:
        case "null by variable":
            return {**env, "PYTHON_KEYRING_BACKEND": null}
        case "plaintext by variable":
            return {**env, "PYTHON_KEYRING_BACKEND": plaintext}
        case name:
            backend = null if name == "null by file" else plaintext
            file = tmp_path / "python_keyring" / "keyringrc.cfg"
            file.parent.mkdir()
            file.write_text(f"[backend]\ndefault-keyring={backend}\nkeyring-path={tmp_path}\n")
            return env


def test_keyring_is_steered_as_this_test_thinks(
    desktop: VirtualDesktop, steered: dict[str, str]
) -> None:
    program = "import keyring; print(type(keyring.get_keyring()).__module__)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**desktop.env, **steered},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() in ("keyring.backends.null", "plaintext_backend")


def test_only_the_real_keychain_is_used(
    desktop: VirtualDesktop, steered: dict[str, str], tmp_path: Path
) -> None:
    assert child(desktop, "write", KEY, steered) == "None"
    assert stored_key(desktop.env) == KEY
    assert child(desktop, "read", env=steered) == KEY
    assert not (tmp_path / "secrets.txt").exists()


def test_without_a_real_keychain_nothing_is_written(
    no_keyring: VirtualDesktop, steered: dict[str, str], tmp_path: Path
) -> None:
    for action in ("name", "write"):
        assert child(no_keyring, action, KEY, steered) == "keychain_unavailable"
    assert not (tmp_path / "secrets.txt").exists()


# --- no keyring, a locked one, one that hangs -----------------------------------------------------


@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus", "nonsense"])
def test_no_message_bus(monkeypatch: pytest.MonkeyPatch, keychain: Keychain, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    for call in (
        keychain.name,
        keychain.remove,
        lambda: keychain.read(prompt=False),
        lambda: keychain.read(prompt=True),
        lambda: keychain.write(KEY),
    ):
        with pytest.raises(Problem) as caught:
            call()
        assert caught.value.kind is Kind.KEYCHAIN_UNAVAILABLE
        assert KEY not in repr(caught.value)


def test_no_default_collection(
    no_keyring: VirtualDesktop, monkeypatch: pytest.MonkeyPatch, keychain: Keychain
) -> None:
    """A keyring that nobody has used yet holds no key, and nobody is asked to make one."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", no_keyring.bus_address)
    no_keyring.start("gnome-keyring-daemon", "--foreground", "--components=secrets")
    wait_until(
        lambda: no_keyring.bus.has_owner("org.freedesktop.secrets"), TIMEOUT, "the keyring runs"
    )
    assert keychain.read(prompt=False) is None
    assert not is_prompting(no_keyring)


def is_prompting(desktop: VirtualDesktop) -> bool:
    return desktop.bus.has_owner("org.gnome.keyring.SystemPrompter")


def test_a_locked_keyring_is_left_alone(locked: VirtualDesktop) -> None:
    assert child(locked, "read") == "keychain_locked"
    assert child(locked, "name") == SECRET_SERVICE
    assert not is_prompting(locked)


@pytest.mark.parametrize(
    ("keys", "outcome"),
    [((KEYRING_PASSWORD, "Return"), KEY), (("", "Escape"), "keychain_locked")],
    ids=["unlocked", "dismissed"],
)
def test_a_locked_keyring_asks_when_it_may(keys: tuple[str, str], outcome: str) -> None:
    with VirtualDesktop(tray=False, notifications=False) as desktop:
        assert child(desktop, "write", KEY) == "None"
        run(desktop, "secret-tool", "lock")
        assert child(desktop, "read") == "keychain_locked"
        with start_child(desktop, "read with prompt") as process:
            wait_until(desktop.active_window, TIMEOUT, "the password is asked for")
            text, key = keys
            if text:
                desktop.type_text(text)
            desktop.press_keys(key)
            output, _ = process.communicate(timeout=TIMEOUT)
    assert output.strip() == outcome


@contextmanager
def hanging(desktop: VirtualDesktop) -> Iterator[None]:
    """Keep the keyring from answering, as one does that asks the user whether it may."""
    (daemon,) = [
        pid
        for pid in processes_at_home(desktop.home)
        if Path(f"/proc/{pid}/comm").read_text().startswith("gnome-keyring-d")
    ]
    os.kill(daemon, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(daemon, signal.SIGCONT)


def kind_of(keychain: Keychain, *, prompt: bool = False) -> Kind:
    with pytest.raises(Problem) as caught:
        keychain.read(prompt=prompt)
    return caught.value.kind


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the requests that are sent to the keychain from now on."""
    requests: list[str] = []
    begin = keychain_module._Call.__init__

    def note(call: Any, name: str, **arguments: Any) -> None:
        requests.append(name)
        begin(call, name, **arguments)

    monkeypatch.setattr("tray_app.store.keychain._Call.__init__", note)
    return requests


def test_a_keychain_that_asks_for_consent_is_asked_once(
    desktop: VirtualDesktop,
    keychain: Keychain,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[str],
) -> None:
    keychain.write(KEY)
    monkeypatch.setattr("tray_app.store.keychain.ANSWER_TIME", 0.2)
    with hanging(desktop):
        for _ in range(3):
            assert kind_of(keychain) is Kind.KEYCHAIN_WAITING
    monkeypatch.undo()
    assert keychain.read(prompt=False) == KEY
    assert asked == ["write", "read"]


def test_consent_that_nobody_gives_is_asked_for_again_by_a_click_only(
    desktop: VirtualDesktop,
    keychain: Keychain,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[str],
) -> None:
    keychain.write(KEY)
    with hanging(desktop), monkeypatch.context() as patch:
        patch.setattr("tray_app.store.keychain.ANSWER_TIME", 0.2)
        patch.setattr("tray_app.store.keychain.PROMPT_TIME", 0.3)
        assert kind_of(keychain) is Kind.KEYCHAIN_WAITING
        assert kind_of(keychain) is Kind.KEYCHAIN_LOCKED
        assert kind_of(keychain) is Kind.KEYCHAIN_LOCKED
        assert len(asked) == 2
        assert kind_of(keychain, prompt=True) is Kind.KEYCHAIN_LOCKED
        assert len(asked) == 3
    assert kind_of(keychain) is Kind.KEYCHAIN_LOCKED
    keychain.forget()  # as after `key set` in a terminal
    assert keychain.read(prompt=False) == KEY
    assert keychain.read(prompt=True) == KEY
    assert keychain.read(prompt=False) == KEY


def test_a_terminal_says_that_it_waits_for_consent(
    desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    Keychain(FIRST_ACCOUNT).write(KEY)
    said = []
    monkeypatch.setattr("tray_app.store.keychain.ANSWER_TIME", 0.2)
    with ExitStack() as stack:
        stack.enter_context(hanging(desktop))

        def consent() -> None:
            said.append("waiting")
            stack.close()

        assert Keychain(FIRST_ACCOUNT, consent).read(prompt=False) == KEY
    assert said == ["waiting"]


# --- several items of one account -----------------------------------------------------------------


def store_another(desktop: VirtualDesktop, key: str) -> None:
    """Store a key as an item of its own, as a copy of a keyring or another program leaves it."""
    with closing(open_dbus_connection(desktop.bus_address)) as connection:
        collection = secretstorage.get_default_collection(connection)
        attributes = {"service": SERVICE, "username": FIRST_ACCOUNT}
        collection.create_item("a copy", attributes, key.encode())


def wait_for_another_second() -> None:
    """Wait until what is stored has another time of change, which has whole seconds."""
    begin = int(time.time())  # noqa: TID251  (no matter which day)
    wait_until(lambda: int(time.time()) > begin, TIMEOUT, "another second")  # noqa: TID251


def test_of_two_items_the_newest_is_read_and_none_is_left(
    desktop: VirtualDesktop, keychain: Keychain
) -> None:
    store_another(desktop, "revoked-key")
    wait_for_another_second()
    keychain.write(KEY)
    assert keychain.read(prompt=False) == KEY
    assert keychain.remove() is True
    assert keychain.read(prompt=False) is None
    assert stored_key(desktop.env) == ""

    keychain.write(KEY)
    wait_for_another_second()
    store_another(desktop, OTHER_KEY)
    assert keychain.read(prompt=False) == OTHER_KEY
    items = ("secret-tool", "search", "--all", "service", SERVICE, "username", FIRST_ACCOUNT)
    assert run(desktop, *items).count("secret = ") == 2
    keychain.write(OTHER_KEY)  # nothing is new but that it is the only one
    assert run(desktop, *items).count("secret = ") == 1
    assert keychain.read(prompt=False) == OTHER_KEY
