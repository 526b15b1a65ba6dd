"""From a dialog, or a terminal, to a key that is used."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import (
    FORMATS,
    buttons,
    emitted,
    key_field,
    paste,
    press,
    wait_with_events,
    words,
)
from tests.fakes import FakeApi, FakeKeychain, NoHistory
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.key_dialog import KeyDialog
from tray_app.desktop.windows.key_flow import KeyFlow
from tray_app.desktop.windows.welcome_dialog import WelcomeDialog
from tray_app.errors import Kind, Problem
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.credentials import Credentials, KeySource
from tray_app.team.session import Session
from tray_app.team.watch import Watch

KEY = "fake-key-0123456789"


class Flow:
    """The flow of a key, and the team and the keychain that it is for."""

    def __init__(self, worker: Worker, folder: Path) -> None:
        self.worker = worker
        self.keychain = FakeKeychain()
        credentials = Credentials({}, self.keychain)
        api = FakeApi()
        watch = Watch(credentials, lambda _key: api, None, Settings(), NoHistory())
        self.session = Session(lambda _settings: watch, partial(History, folder / "history.sqlite"))
        self.owner = QObject()
        self.flow = KeyFlow(self.keychain, worker, FORMATS, self.owner)
        self.flow.session = self.session
        self.changes = QSignalSpy(self.flow.key_changed)
        self.stored = QSignalSpy(self.flow.key_stored)

    @property
    def dialog(self) -> KeyDialog:
        dialog = self.flow.dialog.window
        assert dialog is not None
        return dialog

    def poll(self) -> None:
        """Have the team polled, and show what came of it."""
        snapshots: list[object] = []
        self.worker.submit(self.session.watch.poll, snapshots.append)
        wait_with_events(lambda: snapshots, "a snapshot")
        self.flow.show(snapshots[0])  # type: ignore[arg-type]

    @property
    def welcome(self) -> WelcomeDialog:
        welcome = self.flow.welcome.window
        assert welcome is not None
        return welcome

    def enter_key(self) -> None:
        """Paste a key that works into the dialog of a first run, and have it checked."""
        press(self.welcome, Qt.Key.Key_Return)
        paste(key_field(self.dialog), KEY)
        wait_with_events(lambda: "1,000 credits" in words(self.dialog), "the key is checked")

    def wait_until_closed(self) -> None:
        windows = self.flow.dialog, self.flow.welcome
        wait_with_events(lambda: not any(one.window for one in windows), "the dialog is gone")


@pytest.fixture
def flow(qapp: QApplication, tmp_path: Path) -> Iterator[Flow]:
    worker = Worker("test", Gate())
    flow = Flow(worker, tmp_path)
    yield flow
    for one in (flow.flow.dialog, flow.flow.welcome):
        if one.window is not None:
            one.window.reject()
    flow.wait_until_closed()
    worker.finish(20)


def test_the_first_key_is_asked_for_once(flow: Flow) -> None:
    flow.poll()
    press(flow.welcome, Qt.Key.Key_Return)
    assert flow.dialog.is_first_run
    flow.dialog.reject()
    flow.wait_until_closed()
    flow.poll()
    assert flow.flow.welcome.window is None
    flow.flow.dialog.open()  # as by the popup's button
    assert flow.dialog.is_first_run


def test_who_connects_has_said_whether_to_start_at_login(flow: Flow) -> None:
    chosen = QSignalSpy(flow.flow.start_at_login_chosen)
    flow.poll()
    press(flow.welcome, Qt.Key.Key_Return)
    assert emitted(chosen) == [True]


def test_the_demo_is_asked_for(flow: Flow) -> None:
    demos = QSignalSpy(flow.flow.demo_requested)
    flow.poll()
    buttons(flow.welcome)["Try the demo with invented figures"].click()
    assert demos.count() == 1


def test_a_key_is_stored_and_used_at_once(flow: Flow) -> None:
    flow.poll()
    flow.enter_key()
    press(flow.dialog, Qt.Key.Key_Return)
    flow.wait_until_closed()
    assert flow.keychain.key == KEY
    assert flow.changes.count() == flow.stored.count() == 1
    flow.poll()
    assert flow.session.watch.poll().key_source is KeySource.KEYCHAIN


def test_a_key_that_can_not_be_kept_changes_nothing(flow: Flow) -> None:
    flow.poll()
    flow.enter_key()
    flow.keychain.problem = Problem(Kind.KEYCHAIN_LOCKED)
    press(flow.dialog, Qt.Key.Key_Return)
    wait_with_events(lambda: "was not saved" in words(flow.dialog), "the failure")
    assert flow.changes.count() == 0
    assert flow.session.watch.poll().key_source is None


def test_an_answer_for_a_dialog_that_is_gone_is_dropped(flow: Flow) -> None:
    flow.poll()
    gate = threading.Event()
    flow.worker.submit(lambda: gate.wait(20))
    press(flow.welcome, Qt.Key.Key_Return)
    paste(key_field(flow.dialog), KEY)
    flow.dialog.reject()
    flow.wait_until_closed()
    gate.set()
    flow.poll()  # after the check
    assert flow.keychain.key is None
    assert flow.changes.count() == 0


def test_without_a_keychain_the_key_is_for_this_run(flow: Flow) -> None:
    flow.keychain.problem = Problem(Kind.KEYCHAIN_UNAVAILABLE)
    flow.poll()
    flow.enter_key()
    press(flow.dialog, Qt.Key.Key_Return)
    wait_with_events(flow.changes.count, "the key is used")
    assert flow.session.watch.poll().key_source is KeySource.THIS_RUN
    assert flow.stored.count() == 0


@pytest.mark.parametrize("is_at_the_key", [False, True])
def test_nobody_is_asked_any_more_when_a_terminal_has_stored_the_key(
    flow: Flow, is_at_the_key: bool
) -> None:
    flow.poll()
    if is_at_the_key:
        press(flow.welcome, Qt.Key.Key_Return)
    flow.keychain.key = KEY
    flow.flow.use_changed_key()
    wait_with_events(flow.changes.count, "the key is found")
    flow.poll()
    flow.wait_until_closed()


def test_a_dialog_that_the_user_has_opened_to_change_the_key_stays(flow: Flow) -> None:
    flow.keychain.key = KEY
    flow.poll()
    flow.flow.dialog.open()
    flow.poll()
    assert flow.dialog.isVisible()
    assert not flow.dialog.is_first_run


def test_who_removes_the_key_in_a_terminal_is_not_asked_for_another(flow: Flow) -> None:
    flow.keychain.key = KEY
    flow.poll()
    flow.keychain.key = None
    flow.flow.use_changed_key()
    wait_with_events(flow.changes.count, "the key is forgotten")
    flow.poll()
    assert flow.flow.welcome.window is None
