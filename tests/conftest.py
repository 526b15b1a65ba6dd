"""What the tests share: one Qt application without a screen, and a home folder for each test."""

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"


from PySide6.QtWidgets import QApplication

from tests.waiting import wait_until

# Build machines are slow at times, which says nothing about the program.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """Return the application that all widgets of the session live in."""
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else QApplication([])


FOREIGN = re.compile(
    r"LEMLIST_|XDG_|DBUS_|PYTHON_KEYRING|KEYRING_PROPERTY_|SSL_CERT_|(REQUESTS|CURL)_CA_|.*_PROXY$",
    re.IGNORECASE,
)
"""Variables by which the developer's own settings, keys and proxies would reach a test."""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home folder of this test: empty, with no session bus, and nobody else's."""
    home = tmp_path_factory.mktemp("home")
    for name in filter(FOREIGN.match, list(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    (home / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/run/no-bus")
    return home


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
