"""Keychains that are locked, hang, vanish, forget or are not to be trusted, as the user has them.

Each is a real gnome-keyring, or another peer on a real message bus. In all cases the key stands
in no file, and the menu answers while the keychain does not.
"""

import base64
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from PySide6.QtGui import QImage

from tests import PROJECT
from tests.desktops.dbus_probe import Bus
from tests.desktops.virtual_desktop import KEYRING_PASSWORD, VirtualDesktop
from tests.program.tray_program import CONNECT, FROM_SOURCE, POPUP, TIMEOUT, WELCOME, TrayProgram
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.desktop.widgets.icon import paint_icon
from tray_app.errors import Kind, Problem
from tray_app.icon_look import IconLook, IconShape
from tray_app.sandbox import DEMO_KEY
from tray_app.store.folders import runtime_folder
from tray_app.store.keychain import SERVICE, Keychain
from tray_app.store.lock import locked
from tray_app.store.settings import FIRST_ACCOUNT
from tray_app.words.problem_words import ProblemWords, problem_words

LOCKED = problem_words(Kind.KEYCHAIN_LOCKED)
UNAVAILABLE = problem_words(Kind.KEYCHAIN_UNAVAILABLE)
OTHER_KEY = "fake-key-of-another-team"

# The tray program, which waits for the answer to a prompt less long than people need, and than the
# keychain's process needs on a busy machine; after a SIGUSR1 it waits as long as that takes.
IMPATIENT = (
    sys.executable,
    "-c",
    """
import signal, sys
from tray_app.__main__ import main
from tray_app.store import keychain
keychain.PROMPT_TIME = 1.0
signal.signal(signal.SIGUSR1, lambda *_: setattr(keychain, "PROMPT_TIME", 600.0))
sys.exit(main([]))
""",
)

# One whose keychain does not say who it is, with a pipe that stays open, and which waits for that
# longer than any test does.
PATIENT = (
    sys.executable,
    "-c",
    """
import sys
from tray_app.__main__ import main
from tray_app.store import keychain
keychain.ANSWER_TIME = 600.0
keychain._command = lambda: ("sh", "-c", "echo; touch ~/asked; exec cat 3>&1 > /dev/null")
sys.exit(main([]))
""",
)

# --- the peers ----------------------------------------------------------------------------------


Arguments = tuple[Any, ...]
Answer = tuple[str | None, tuple[Any, ...]]
"""The signature and the values of an answer, or "error" and the error's name."""

NOTHING = "/"


@dataclass
class FakeSecretService:
    """A Secret Service in memory, with the faults that gnome-keyring does not have.

    It has one collection, the default one, and one item in it. Only prompts for consent are
    answered.
    https://specifications.freedesktop.org/secret-service/latest/
    """

    address: str
    key: str | None = None
    locked: bool = False
    silent: bool = False
    """It does not even answer."""
    forgets: bool = False
    """It loses what it is given."""
    has_alias: bool = True
    """The default collection is found by the path of its alias too; KeePassXC's is not."""
    asks: bool = False
    """It asks its user before a program reads the item, as KeePassXC does; until then that is
    locked for this program. The answer is :meth:`answer`'s."""
    rival: str | None = None
    """A key that somebody else stores just after each one that it is given."""
    asked: list[str] = field(default_factory=list)
    """The methods that were called, oldest first."""

    ALIAS = "/org/freedesktop/secrets/aliases/default"
    COLLECTION = "/org/freedesktop/secrets/collection/fake"
    ITEM = "/org/freedesktop/secrets/collection/fake/1"
    PROMPT = "/org/freedesktop/secrets/prompt/1"
    SESSION = "/org/freedesktop/secrets/session/1"

    def __enter__(self) -> Self:
        self._closing = threading.Event()
        self._allowed: set[str] = set()
        """The connections of the programs that may read the item."""
        self._asker = ""
        self._bus = Bus(self.address)
        path, name = "/org/freedesktop/DBus", "org.freedesktop.DBus"
        self._bus.call(name, path, name, "RequestName", "su", "org.freedesktop.secrets", 0)
        self._thread = threading.Thread(target=self._serve, name="secret service")
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._closing.set()
        self._thread.join()
        self._bus.close()

    def wait(self) -> None:
        """Serve until the bus ends."""
        self._thread.join()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                call = self._bus.connection.receive(timeout=0.1)
            except TimeoutError:
                continue
            except ConnectionError:  # the bus has ended
                return
            if call.header.message_type is not MessageType.method_call:
                continue
            self.asked.append(call.header.fields[HeaderFields.member])
            if not self.silent:
                self._bus.connection.send(self._answer(call))

    def answer(self, *, consents: bool) -> None:
        """Answer the prompt as the user does."""
        wait_until(lambda: self._asker, TIMEOUT, "the user is asked")
        asker, self._asker = self._asker, ""
        if consents:
            self._allowed.add(asker)
        prompt = DBusAddress(self.PROMPT, interface="org.freedesktop.Secret.Prompt")
        unlocked = [self.ITEM] if consents else []
        body = (not consents, ("ao", unlocked))
        self._bus.connection.send(new_signal(prompt, "Completed", "bv", body))

    def _answer(self, call: Message) -> Message:
        fields = call.header.fields
        client, path = fields[HeaderFields.sender], fields[HeaderFields.path]
        is_kept_back = self.asks and client not in self._allowed
        answers: dict[str, Callable[[Arguments], Answer]] = {
            "Get": lambda body: self._get(body, is_locked=is_kept_back and path == self.ITEM),
            "OpenSession": self._open_session,
            "Unlock": lambda body: self._unlock(body, is_kept_back=is_kept_back),
            "Prompt": lambda _: self._prompt(client),
            "ReadAlias": lambda _: ("o", (self.COLLECTION,)),
            "SearchItems": lambda _: ("aoao", self._search(is_kept_back=is_kept_back)),
            "CreateItem": self._create_item,
            "GetSecret": lambda _: self._get_secret(is_kept_back=is_kept_back),
        }
        if fields[HeaderFields.path] == self.ALIAS and not self.has_alias:
            return new_error(call, "org.freedesktop.DBus.Error.UnknownObject")
        signature, body = answers[fields[HeaderFields.member]](call.body)
        if signature == "error":
            return new_error(call, body[0])
        return new_method_return(call, signature, body)

    def _get(self, arguments: Arguments, *, is_locked: bool) -> Answer:
        is_asked = arguments[1] == "Locked"
        return "v", (("b", self.locked or is_locked) if is_asked else ("s", "fake"),)

    def _prompt(self, client: str) -> Answer:
        self._asker = client
        return None, ()

    def _search(self, *, is_kept_back: bool) -> tuple[list[str], list[str]]:
        """Return the unlocked and the locked items; in a locked KeePassXC are none."""
        found = [self.ITEM] if self.key else []
        if is_kept_back and not self.locked:
            return [], found
        return ([], found if self.has_alias else []) if self.locked else (found, [])

    def _open_session(self, arguments: Arguments) -> Answer:
        if arguments[0] != "plain":
            return "error", ("org.freedesktop.DBus.Error.NotSupported",)
        return "vo", (("s", ""), self.SESSION)

    def _unlock(self, arguments: Arguments, *, is_kept_back: bool) -> Answer:
        asks = self.locked or (is_kept_back and self.ITEM in arguments[0])
        return "aoo", ([], self.PROMPT) if asks else (arguments[0], NOTHING)

    def _create_item(self, arguments: Arguments) -> Answer:
        _properties, (_session, _parameters, secret, _type), _replace = arguments
        if not self.forgets:
            self.key = self.rival or bytes(secret).decode()
        return "oo", (self.ITEM, NOTHING)

    def _get_secret(self, *, is_kept_back: bool) -> Answer:
        if is_kept_back:
            return "error", ("org.freedesktop.Secret.Error.IsLocked",)
        return "(oayays)", ((self.SESSION, b"", str(self.key).encode(), "text/plain"),)


@pytest.fixture
def desktop(desktop: VirtualDesktop) -> Iterator[VirtualDesktop]:
    """Return a desktop with an unlocked keyring."""
    yield desktop
    assert_no_file_has_a_key(desktop)


@pytest.fixture(scope="module")
def bare() -> Iterator[VirtualDesktop]:
    """Return a desktop without a keychain."""
    with VirtualDesktop(keyring=False) as running:
        yield running
        assert_no_file_has_a_key(running)


def assert_no_file_has_a_key(desktop: VirtualDesktop) -> None:
    """Look for the keys as text and as Basic authentication has them."""
    forms = [key.encode() for key in (DEMO_KEY, OTHER_KEY)]
    forms += [base64.b64encode(b":" + form).rstrip(b"=")[2:-1] for form in forms]
    files = [file for file in desktop.home.rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if any(form in file.read_bytes() for form in forms)] == []


# --- what the user sees -------------------------------------------------------------------------


def assert_trouble_is_shown(program: TrayProgram, problem: ProblemWords, shape: IconShape) -> None:
    """See that icon, tooltip, menu and popup say what is wrong, and what to do."""
    program.wait_for_tooltip(problem.title)
    assert wait_until(lambda: shows(program, shape), TIMEOUT, f"the icon is {shape}")
    remedy = "Unlock…" if problem == LOCKED else "Enter key…"
    labels = program.item.menu().labels()
    assert {problem.title, remedy} <= set(labels)
    program.item.click_menu("Open")
    assert {problem.title, problem.message, remedy} <= set(program.window(POPUP).names())


def shows(program: TrayProgram, shape: IconShape) -> bool:
    """Whether every size of the icon is the picture of a shape without an amount."""
    return all(
        pixmap.argb == _argb(paint_icon(IconLook(shape), pixmap.width))
        for pixmap in program.item.icon_pixmaps()
    )


def _argb(image: QImage) -> bytes:
    """Return the pixels as a panel has them, alpha first."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    native = bytes(image.constBits())
    if sys.byteorder == "big":
        return native
    return b"".join(native[at : at + 4][::-1] for at in range(0, len(native), 4))


def click_until(program: TrayProgram, label: str, done: Any, what: str) -> None:
    """Choose a menu line again and again, as it does nothing while a poll is under way."""

    def clicked() -> bool:
        if not done():
            with suppress(LookupError):  # it has gone in this moment, having done its work
                program.item.click_menu(label)
        return bool(done())

    wait_until(clicked, TIMEOUT, what)


def save_a_key(program: TrayProgram, key: str = DEMO_KEY) -> None:
    """Enter a key in the first dialog and have it checked and saved."""
    program.go_to_key_field()
    program.desktop.type_text(key)
    program.desktop.press_keys("Return")


def in_terminal(
    desktop: VirtualDesktop,
    *arguments: str,
    api_url: str,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end."""
    with start_in_terminal(desktop, *arguments, api_url=api_url, env=env) as process:
        output, errors = process.communicate(stdin, TIMEOUT)
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


def start_in_terminal(
    desktop: VirtualDesktop,
    *arguments: str,
    api_url: str,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*FROM_SOURCE, *arguments],
        env={**desktop.env, "LEMLIST_API_URL": api_url, **(env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stored_keys(desktop: VirtualDesktop) -> list[str]:
    """Return all keys of this program that the keyring holds, as another program finds them."""
    found = subprocess.run(
        ["secret-tool", "search", "--all", "service", SERVICE, "username", FIRST_ACCOUNT],
        env=desktop.env,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    prefix = "secret = "
    return [
        line.removeprefix(prefix) for line in found.stdout.splitlines() if line.startswith(prefix)
    ]


def lock(desktop: VirtualDesktop) -> None:
    """Lock the default collection, as when the user logs in without a password."""
    service, path = "org.freedesktop.secrets", "/org/freedesktop/secrets"
    collection = f"{path}/aliases/default"
    desktop.bus.call(service, path, "org.freedesktop.Secret.Service", "Lock", "ao", [collection])


def is_locked(desktop: VirtualDesktop) -> bool:
    """Whether the default collection is locked."""
    service, collection = "org.freedesktop.secrets", "/org/freedesktop/secrets/aliases/default"
    properties, name = "org.freedesktop.DBus.Properties", "org.freedesktop.Secret.Collection"
    (value,) = desktop.bus.call(service, collection, properties, "Get", "ss", name, "Locked")
    return bool(value[1])


def is_asking(desktop: VirtualDesktop) -> bool:
    """Whether the keyring's prompt has the focus."""
    return desktop.active_window() == "Unlock Login Keyring"


# --- locked, and prompts ------------------------------------------------------------------------


@pytest.mark.usefixtures("key_is_stored")
def test_locked_dismissed_and_unlocked(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    lock(desktop)
    with TrayProgram(desktop, sandbox.url) as program:
        assert_trouble_is_shown(program, LOCKED, IconShape.LOCKED)
        program.close_popup()
        program.item.click_menu("Unlock…")
        wait_until(lambda: is_asking(desktop), TIMEOUT, "the prompt has the focus")
        labels = program.item.menu().labels()  # while the prompt waits
        assert LOCKED.title in labels
        desktop.press_keys("Escape")
        wait_until(lambda: not is_asking(desktop), TIMEOUT, "the prompt is dismissed")
        assert_trouble_is_shown(program, LOCKED, IconShape.LOCKED)
        program.close_popup()
        click_until(program, "Unlock…", lambda: is_asking(desktop), "another prompt")
        desktop.type_text(KEYRING_PASSWORD)
        desktop.press_keys("Return")
        program.wait_for_tooltip("Healthy · 12,430 credits")


def test_a_prompt_that_nobody_answers(bare: VirtualDesktop, sandbox: Sandbox) -> None:
    with (
        FakeSecretService(bare.bus_address, DEMO_KEY, locked=True) as service,
        TrayProgram(bare, sandbox.url, program=IMPATIENT) as program,
    ):
        assert_trouble_is_shown(program, LOCKED, IconShape.LOCKED)
        assert "Prompt" not in service.asked
        program.item.click_menu("Unlock…")
        wait_until(lambda: "Prompt" in service.asked, TIMEOUT, "the prompt")
        assert LOCKED.title in program.item.menu().labels()
        service.locked = False
        program.process.send_signal(signal.SIGUSR1)
        # Only once the call before has been given up, a click starts another.
        click_until(program, "Unlock…", lambda: "12,430" in program.tooltip(), "the figures")


def test_a_keychain_that_wants_consent_asks_for_it_without_a_click(
    bare: VirtualDesktop, sandbox: Sandbox
) -> None:
    with (
        FakeSecretService(bare.bus_address, DEMO_KEY, asks=True) as service,
        TrayProgram(bare, sandbox.url) as program,
    ):
        program.wait_for_tooltip(problem_words(Kind.KEYCHAIN_WAITING).title)
        service.answer(consents=True)
        program.wait_for_tooltip("Healthy · 12,430 credits")
        assert service.asked.count("Prompt") == 1


def test_who_does_not_consent_is_asked_again_by_a_click_only(
    bare: VirtualDesktop, sandbox: Sandbox
) -> None:
    with (
        FakeSecretService(bare.bus_address, DEMO_KEY, asks=True) as service,
        TrayProgram(bare, sandbox.url) as program,
    ):
        service.answer(consents=False)
        assert_trouble_is_shown(program, LOCKED, IconShape.LOCKED)
        for _ in range(3):
            program.item.click_menu("Refresh now")
        assert service.asked.count("Prompt") == 1
        program.item.click_menu("Unlock…")
        service.answer(consents=True)
        program.wait_for_tooltip("Healthy · 12,430 credits")
        assert service.asked.count("Prompt") == 2


def test_who_refuses_to_unlock_is_asked_once_for_all_teams(
    bare: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bare.bus_address)
    accounts = [FIRST_ACCOUNT, *(f"team-{number}" for number in range(5))]
    keychain = Keychain(FIRST_ACCOUNT)

    def read_all() -> list[Kind]:
        kinds = []
        for account in accounts:
            with pytest.raises(Problem) as caught:
                keychain.of(account).read(prompt=True)
            kinds.append(caught.value.kind)
        return kinds

    with (
        FakeSecretService(bare.bus_address, DEMO_KEY, locked=True) as service,
        ThreadPoolExecutor() as pool,
    ):
        keychain.begin_to_read(accounts, prompt=True)
        kinds = pool.submit(read_all)
        service.answer(consents=False)
        assert kinds.result() == [Kind.KEYCHAIN_LOCKED] * 6
        assert service.asked.count("Prompt") == 1


def test_a_key_that_lemlist_refuses_is_not_asked_for_again(
    bare: VirtualDesktop, sandbox: Sandbox
) -> None:
    sandbox.set_fault("401")
    with (
        FakeSecretService(bare.bus_address, DEMO_KEY, asks=True) as service,
        TrayProgram(bare, sandbox.url) as program,
    ):
        service.answer(consents=True)
        program.wait_for_tooltip(problem_words(Kind.UNAUTHORIZED).title)
        for polls in (2, 3):
            click_until(
                program,
                "Refresh now",
                lambda: len(sandbox.requests) >= polls,  # noqa: B023
                "another poll",
            )
        assert service.asked.count("Prompt") == 1


def test_a_terminal_waits_for_consent(bare: VirtualDesktop, sandbox: Sandbox) -> None:
    with (
        FakeSecretService(bare.bus_address, DEMO_KEY, asks=True) as service,
        ThreadPoolExecutor() as pool,
    ):
        status = pool.submit(in_terminal, bare, "status", api_url=sandbox.url)
        service.answer(consents=True)
        assert "12,430 credits" in status.result().stdout
        assert service.asked.count("Prompt") == 1


def test_a_keychain_that_does_not_answer(bare: VirtualDesktop, sandbox: Sandbox) -> None:
    with (
        FakeSecretService(bare.bus_address, DEMO_KEY, silent=True) as service,
        TrayProgram(bare, sandbox.url, program=IMPATIENT) as program,
    ):
        wait_until(lambda: service.asked, TIMEOUT, "the keychain is asked")
        # The menu answers before the keychain does.
        assert program.item.menu().labels()[0] == "Loading balance…"
        assert_trouble_is_shown(program, LOCKED, IconShape.LOCKED)
        service.silent = False
        program.process.send_signal(signal.SIGUSR1)
        click_until(program, "Unlock…", lambda: "12,430" in program.tooltip(), "the figures")


def test_a_keychain_that_hangs_delays_no_save(bare: VirtualDesktop, sandbox: Sandbox) -> None:
    file = bare.home / "config" / "lemlist-credits" / "settings.json"
    environment = {"LEMLIST_API_KEY": DEMO_KEY}
    with TrayProgram(bare, sandbox.url, program=PATIENT, env=environment) as program:
        program.wait_for_tooltip("Healthy · 12,430 credits")
        program.item.click_menu("About")
        about = program.window("About lemlist credits")
        about.find(role="push button", name="Copy diagnostics").do_action()
        wait_until((bare.home / "asked").exists, TIMEOUT, "the keychain is asked its name")
        program.set_low(20_000)
        wait_until(file.exists, TIMEOUT, "the settings are saved")
        assert "Diagnostics copied" not in program.window("About lemlist credits").names()


def test_a_prompt_that_is_answered_too_late_stores_nothing(
    desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was told that the key was not stored must not find it stored later on."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.bus_address)
    lock(desktop)
    with monkeypatch.context() as patch:
        patch.setattr("tray_app.store.keychain.PROMPT_TIME", 0.5)
        with pytest.raises(Problem) as caught:
            Keychain(FIRST_ACCOUNT).write(DEMO_KEY)
    assert caught.value.kind is Kind.KEYCHAIN_LOCKED
    wait_until(lambda: is_asking(desktop), TIMEOUT, "the prompt has the focus")
    desktop.type_text(KEYRING_PASSWORD)
    desktop.press_keys("Return")
    wait_until(lambda: not is_locked(desktop), TIMEOUT, "it is unlocked")
    keychain = Keychain(FIRST_ACCOUNT)
    assert keychain.read(prompt=False) is None
    keychain.write(DEMO_KEY)
    assert stored_keys(desktop) == [DEMO_KEY]


# --- gone ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("key_is_stored")
def test_a_keyring_that_dies_in_use(desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    lock(desktop)
    with TrayProgram(desktop, sandbox.url, program=IMPATIENT) as program:
        program.wait_for_tooltip(LOCKED.title)
        program.item.click_menu("Unlock…")
        wait_until(lambda: is_asking(desktop), TIMEOUT, "the prompt has the focus")
        desktop.stop_component("keyring")
        assert LOCKED.title in program.item.menu().labels()
        desktop.start_component("keyring")  # which unlocks, as a login does
        program.process.send_signal(signal.SIGUSR1)
        click_until(program, "Unlock…", lambda: "12,430" in program.tooltip(), "the figures")

        desktop.stop_component("keyring")
        sandbox.set_total(9_840)
        assert program.refresh_until("9,840 credits").startswith("Healthy · 9,840 credits")


def test_a_wallet_that_nobody_has_started_yet(sandbox: Sandbox) -> None:
    with VirtualDesktop(keyring=False) as plasma:
        command = f"{sys.executable} -m tests.program.kwallet_program"
        (plasma.home / "services" / "org.kde.kwalletd5.service").write_text(
            f"[D-BUS Service]\nName=org.kde.kwalletd5\nExec=/usr/bin/env -C {PROJECT} {command}\n"
        )
        name = "org.freedesktop.DBus"
        plasma.bus.call(name, "/org/freedesktop/DBus", name, "ReloadConfig")
        with TrayProgram(plasma, sandbox.url) as program:
            program.wait_for_tooltip("Healthy · 12,430 credits")


def test_no_keychain(bare: VirtualDesktop, sandbox: Sandbox) -> None:
    with TrayProgram(bare, sandbox.url) as program:
        program.window(WELCOME)
        bare.wait_for_focus(WELCOME)
        bare.press_keys("Escape")
        assert_trouble_is_shown(program, UNAVAILABLE, IconShape.UNKNOWN)
    status = in_terminal(bare, "status", api_url=sandbox.url)
    assert status.returncode == 2
    assert UNAVAILABLE.title in status.stderr


def test_no_message_bus(bare: VirtualDesktop, sandbox: Sandbox) -> None:
    """Without the bus the key is entered blindly: there is no accessibility either."""
    env = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={bare.home}/run/gone"}

    def asked() -> int:
        return sum(one.path == "/api/team/credits" for one in list(sandbox.requests))

    with TrayProgram(bare, sandbox.url, env=env) as program:
        bare.wait_for_focus(WELCOME)
        bare.press_keys("Return")
        bare.wait_for_focus(CONNECT)
        bare.type_text(DEMO_KEY)
        bare.press_keys("Return")
        wait_until(lambda: asked() == 1, TIMEOUT, "the key is checked")

        def used() -> bool:
            bare.press_keys("Return")  # Use until I quit, as soon as that is offered
            return asked() == 2

        wait_until(used, TIMEOUT, "the key is used")
        program.process.terminate()
        assert program.process.wait(TIMEOUT) == 0
        assert "Traceback" not in program.output()
    stored = in_terminal(bare, "key", "set", api_url=sandbox.url, stdin=DEMO_KEY, env=env)
    assert stored.returncode == 2
    assert UNAVAILABLE.title in stored.stderr


# --- collections that are not as usual ----------------------------------------------------------


def status_of(desktop: VirtualDesktop, api_url: str, **env: str) -> str:
    """Return what the terminal says of the balance, or of the problem."""
    told = in_terminal(desktop, "status", api_url=api_url, env=env)
    return (told.stdout or told.stderr).splitlines()[0]


def make_default(desktop: VirtualDesktop, collection: str) -> None:
    """Make another collection the default one, as Seahorse offers it."""
    service, path = "org.freedesktop.secrets", "/org/freedesktop/secrets"
    interface = "org.freedesktop.Secret.Service"
    desktop.bus.call(service, path, interface, "SetAlias", "so", "default", collection)


@pytest.mark.usefixtures("key_is_stored")
def test_the_key_is_found_after_the_default_collection_has_changed(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    login, session = (
        f"/org/freedesktop/secrets/collection/{name}" for name in ("login", "session")
    )
    for default in (session, NOTHING):
        make_default(desktop, default)
        assert "12,430 credits" in status_of(desktop, sandbox.url)
    make_default(desktop, session)
    with Sandbox(story="fixed", key=OTHER_KEY) as other:
        stored = in_terminal(desktop, "key", "set", api_url=other.url, stdin=OTHER_KEY)
        assert stored.returncode == 0
    assert stored_keys(desktop) == [OTHER_KEY]
    make_default(desktop, login)
    assert in_terminal(desktop, "key", "remove", api_url=sandbox.url).returncode == 0
    assert stored_keys(desktop) == []


@pytest.mark.usefixtures("key_is_stored")
def test_keyrings_variable_does_not_choose_the_collection(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    path = "/org/freedesktop/secrets/collection/session"  # which is lost at the logout
    env = {"KEYRING_PROPERTY_PREFERRED_COLLECTION": path}
    assert "12,430 credits" in status_of(desktop, sandbox.url, **env)
    with Sandbox(story="fixed", key=OTHER_KEY) as other:
        in_terminal(desktop, "key", "set", api_url=other.url, stdin=OTHER_KEY, env=env)
    assert stored_keys(desktop) == [OTHER_KEY]
    service, properties = "org.freedesktop.secrets", "org.freedesktop.DBus.Properties"
    collection = "org.freedesktop.Secret.Collection"
    (items,) = desktop.bus.call(service, path, properties, "Get", "ss", collection, "Items")
    assert items == ("ao", [])


def test_a_default_collection_that_has_no_object_for_its_alias(
    bare: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As KeePassXC's: no key was found, and to store one it was asked for another database."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bare.bus_address)
    with FakeSecretService(bare.bus_address, OTHER_KEY, has_alias=False) as service:
        assert Keychain(FIRST_ACCOUNT).read(prompt=False) == OTHER_KEY
        Keychain(FIRST_ACCOUNT).write(DEMO_KEY)
        assert service.key == DEMO_KEY
        service.locked = True
        with pytest.raises(Problem) as caught:
            Keychain(FIRST_ACCOUNT).read(prompt=False)
    assert caught.value.kind is Kind.KEYCHAIN_LOCKED


# --- lost, or written elsewhere -----------------------------------------------------------------


def test_a_keychain_that_loses_the_key(bare: VirtualDesktop, sandbox: Sandbox) -> None:
    with FakeSecretService(bare.bus_address, forgets=True) as service:
        stored = in_terminal(bare, "key", "set", api_url=sandbox.url, stdin=DEMO_KEY)
        assert "CreateItem" in service.asked
        assert stored.returncode == 2
        assert UNAVAILABLE.title in stored.stderr
        assert "what was written is not there" in stored.stderr
        with TrayProgram(bare, sandbox.url) as program:
            save_a_key(program)
            wait_until(
                lambda: any("was not saved" in name for name in names(program)), TIMEOUT, "it"
            )
            assert any(UNAVAILABLE.title in name for name in names(program))
            program.window(CONNECT).find(name="Use until I quit").do_action()
            program.wait_for_tooltip("12,430 credits")
            program.item.click_menu("Open")
            assert "The API key is kept until you quit." in program.window(POPUP).names()


def names(program: TrayProgram) -> list[str]:
    return program.window(CONNECT).names()


def test_a_change_that_is_lost(bare: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bare.bus_address)
    service = FakeSecretService(bare.bus_address, OTHER_KEY, forgets=True)
    with service, pytest.raises(Problem) as caught:
        Keychain(FIRST_ACCOUNT).write(DEMO_KEY)
    assert caught.value.kind is Kind.KEYCHAIN_UNAVAILABLE
    assert caught.value.detail == "what was written is not there"


PLAINTEXT_BACKEND = """
from pathlib import Path
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 9
    file = Path(__file__).with_name("plaintext.txt")

    def get_password(self, service, username):
        return self.file.read_text() if self.file.exists() else None

    def set_password(self, service, username, password):
        self.file.write_text(password)
"""
STEERED_TO = {
    "null": "keyring.backends.null.Keyring",
    "plaintext": "plaintext_backend.Keyring",
    "chained": "keyring.backends.chainer.ChainerBackend",
}


@pytest.fixture(params=["variable", "file"])
def steer(request: pytest.FixtureRequest) -> str:
    """Return what steers keyring."""
    found: str = request.param
    return found


def steering(home: Path, steer: str, backend: str) -> dict[str, str]:
    """Return an environment in which keyring prefers a backend, and has one in plain text."""
    folder = home / "steered"
    installed = folder / "plaintext_backend-1.dist-info"
    installed.mkdir(parents=True, exist_ok=True)
    (folder / "plaintext_backend.py").write_text(PLAINTEXT_BACKEND)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: plaintext_backend\n")
    (installed / "entry_points.txt").write_text("[keyring.backends]\nplain = plaintext_backend\n")
    env = {"PYTHONPATH": str(folder)}
    if steer == "variable":
        return env | {"PYTHON_KEYRING_BACKEND": backend}
    config = folder / backend
    (config / "python_keyring").mkdir(parents=True, exist_ok=True)
    (config / "python_keyring" / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring={backend}\n"
    )
    return env | {"XDG_CONFIG_HOME": str(config)}


@pytest.fixture(scope="module")
def keyring_desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop(tray=False, notifications=False) as running:
        yield running
        assert_no_file_has_a_key(running)


@pytest.mark.parametrize("backend", STEERED_TO.values(), ids=list(STEERED_TO))
def test_keyring_is_not_steered_elsewhere(
    keyring_desktop: VirtualDesktop,
    bare: VirtualDesktop,
    sandbox: Sandbox,
    backend: str,
    steer: str,
) -> None:
    env = steering(keyring_desktop.home, steer, backend)
    chosen = subprocess.run(
        [sys.executable, "-c", "import keyring; print(keyring.get_keyring())"],
        env={**keyring_desktop.env, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    assert backend.rpartition(".")[0] in chosen.stdout  # so keyring itself is steered

    def run(*arguments: str, stdin: str = "") -> int:
        return in_terminal(
            keyring_desktop, *arguments, api_url=sandbox.url, stdin=stdin, env=env
        ).returncode

    assert run("key", "set", stdin=DEMO_KEY) == 0
    assert stored_keys(keyring_desktop) == [DEMO_KEY]
    assert run("status") == 0
    subprocess.run(
        ["secret-tool", "clear", "service", SERVICE], env=keyring_desktop.env, check=True
    )

    env = steering(bare.home, steer, backend)
    refused = in_terminal(bare, "key", "set", api_url=sandbox.url, stdin=DEMO_KEY, env=env)
    assert refused.returncode == 2
    assert UNAVAILABLE.title in refused.stderr
    assert not list(bare.home.rglob("plaintext.txt"))


# --- two keys at once ---------------------------------------------------------------------------

ROUNDS = 4


def test_two_keys_are_stored_at_once(keyring_desktop: VirtualDesktop, sandbox: Sandbox) -> None:
    with Sandbox(story="fixed", key=OTHER_KEY, team_name="Other Team") as other:
        for _ in range(ROUNDS):
            writers = {
                key: start_in_terminal(keyring_desktop, "key", "set", api_url=url)
                for key, url in ((DEMO_KEY, sandbox.url), (OTHER_KEY, other.url))
            }
            for key, process in writers.items():
                assert process.stdin is not None
                process.stdin.write(f"{key}\n")
                process.stdin.flush()
            for process in writers.values():
                with process:
                    _, errors = process.communicate(timeout=TIMEOUT)
                assert (process.returncode, errors) == (0, "")
            (stored,) = stored_keys(keyring_desktop)
            assert stored in writers


def test_another_key_is_stored_between_writing_and_reading(
    bare: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first was stored, and then replaced; nothing was lost."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bare.bus_address)
    with FakeSecretService(bare.bus_address, rival=OTHER_KEY) as service:
        Keychain(FIRST_ACCOUNT).write(DEMO_KEY)
    assert service.key == OTHER_KEY


def test_a_key_is_stored_when_the_other_program_has_stored_its_own(
    bare: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each could find the other's key where it has just written its own."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bare.bus_address)
    folder = runtime_folder()
    with FakeSecretService(bare.bus_address, OTHER_KEY) as service:
        writer = threading.Thread(target=Keychain(FIRST_ACCOUNT).write, args=(DEMO_KEY,))
        with locked(folder / "keychain"):
            writer.start()
            wait_until(lambda: is_open_elsewhere(folder), TIMEOUT, "the key has to wait")
            assert "SearchItems" not in service.asked
            assert service.key == OTHER_KEY
        writer.join()
    assert service.key == DEMO_KEY


def is_open_elsewhere(folder: Path) -> bool:
    """Tell whether another process has this folder open."""
    for opened in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # the process has ended, or is another user's
            if opened.parts[2] != str(os.getpid()) and opened.readlink() == folder:
                return True
    return False


def test_the_tray_and_the_terminal_store_a_key_at_once(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    with (
        Sandbox(story="fixed", key=OTHER_KEY) as other,
        TrayProgram(desktop, sandbox.url) as program,
    ):
        program.go_to_key_field()
        desktop.type_text(DEMO_KEY)
        terminal = start_in_terminal(desktop, "key", "set", api_url=other.url)
        assert terminal.stdin is not None
        terminal.stdin.write(f"{OTHER_KEY}\n")
        terminal.stdin.flush()
        wait_until(lambda: other.requests, TIMEOUT, "the other key is checked")
        desktop.press_keys("Return")
        with terminal:
            _, errors = terminal.communicate(timeout=TIMEOUT)
        assert (terminal.returncode, errors) == (0, "")
        words = {
            DEMO_KEY: "Healthy · 12,430 credits",
            OTHER_KEY: "lemlist doesn't accept this API key",
        }

        def is_told() -> bool:
            (stored,) = stored_keys(desktop)  # the tray may store its key after the terminal
            return words[stored] in program.tooltip()

        wait_until(is_told, TIMEOUT, "the tray goes by the key that is stored")
