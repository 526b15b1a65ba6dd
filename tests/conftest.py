"""What the tests share: a Qt application without a screen, a home folder, a lemlist, a desktop."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import hypothesis
import pytest
from PySide6.QtCore import QLocale, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from tests.servers.faulty_sandbox import Sandbox
from tests.surroundings import replace_surroundings
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.desktops.virtual_desktop import VirtualDesktop

# Before there is an application, which reads most of it.
replace_surroundings()

# So that their assertions tell what they found, as those of the tests do.
pytest.register_assert_rewrite("tests.program.killing", "tests.desktop.widget_driver")

# Build machines are slow at times, which says nothing about the program.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """Return the application that all widgets of the session live in."""
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else QApplication([])


@pytest.fixture
def american_numbers() -> Iterator[None]:
    """Let what asks Qt for the usual locale get an American one."""
    usual = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(usual)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Return a lemlist whose team has 12,430 credits, until the test changes that."""
    with Sandbox(story="fixed") as running:
        running.set_total(12_430)
        yield running


# These import late what is not there on Windows and macOS, where tests without a desktop run.


@pytest.fixture
def desktop(request: pytest.FixtureRequest) -> Iterator["VirtualDesktop"]:
    """Return a desktop with an unlocked keyring without a key, and with all its services.

    A test that wants another gives its arguments: parametrize("desktop", [...], indirect=True).
    """
    from tests.desktops.virtual_desktop import VirtualDesktop

    with VirtualDesktop(**getattr(request, "param", {})) as running:
        yield running


@pytest.fixture
def key_is_stored(desktop: "VirtualDesktop", sandbox: Sandbox) -> None:
    """Let the user of the desktop have stored the sandbox's key."""
    from tests.program.tray_program import store_key

    store_key(desktop, sandbox)


@pytest.fixture(params=["source", "bundle"])
def program_command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the command that starts the program: from source, and as the bundle."""
    from tests.program.tray_program import BUNDLE, FROM_SOURCE

    return {"source": FROM_SOURCE, "bundle": BUNDLE}[request.param]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home folder of this test: empty, with no message bus, and nobody else's."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    (home / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    return home


@pytest.fixture(autouse=True)
def _no_word_from_qt() -> Iterator[None]:
    """Fail a test in which Qt complains about how it is used.

    pytest-qt does not hear the complaints of fixtures' ends, in which windows and threads end.
    """
    complaints: list[str] = []

    def listen(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if not message.startswith("This plugin does not support"):  # the offscreen one
            complaints.append(message)

    before = qInstallMessageHandler(listen)
    yield
    qInstallMessageHandler(before)
    assert complaints == []


@pytest.fixture(autouse=True)
def _no_defect_in_what_qt_calls() -> Iterator[None]:
    """Fail a test in which something raises that Qt has called, as a slot or an event's handler.

    There is nobody whom Qt could pass it on to. What threads and finalizers raise is pytest's own
    affair, which warns of it.
    """
    raised: list[BaseException] = []

    def take(_class: type[BaseException], error: BaseException, _at: TracebackType | None) -> None:
        raised.append(error)

    before = sys.excepthook
    sys.excepthook = take
    yield
    sys.excepthook = before
    if raised:
        raise BaseExceptionGroup("raised in what Qt called", raised)


@pytest.fixture(autouse=True)
def _no_thread_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the thread in which teams learn end with its work, and not seconds later."""
    monkeypatch.setattr("tray_app.team.analyst._STAYS", 0.0)


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread behind."""
    before = set(threading.enumerate())
    yield

    def left() -> list[threading.Thread]:
        # Qt's own threads show up as dummies once they have run Python, and never go away.
        return [
            each
            for each in threading.enumerate()
            if each not in before and not isinstance(each, threading._DummyThread)
        ]

    wait_until(lambda: not left(), 20, "no thread is left over")
