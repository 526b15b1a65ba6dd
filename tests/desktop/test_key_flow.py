"""From a dialog, or a terminal, to a key that is used."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

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
from tray_app.desktop.poller import Poller
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.windows.key_dialog import KeyDialog
from tray_app.desktop.windows.key_flow import Done, Failed, KeyFlow, KeyTarget, KnownTeam
from tray_app.desktop.windows.welcome_dialog import WelcomeDialog
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Team
from tray_app.store.history_database import History
from tray_app.store.settings import Settings
from tray_app.team.api import check_key
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
        self.opens = {KEY: api}
        """What each key opens."""
        watch = Watch(credentials, lambda _key: api, None, Settings(), NoHistory())
        self.session = Session(lambda _settings: watch, partial(History, folder / "history.sqlite"))
        self.owner = QObject()
        self.poller = Poller(self.session, worker)
        self.teams = [self.known(self.poller)]
        self.flow = KeyFlow(
            self.keychain,
            worker,
            lambda key: check_key(lambda _key: self.opens[key], key),
            lambda: self.teams,
            FORMATS,
            self.owner,
        )
        self.changes = QSignalSpy(self.flow.key_changed)
        self.stored = QSignalSpy(self.flow.key_stored)

    def known(
        self, poller: Poller, team_id: str | None = None, name: str = "", account: str = "default"
    ) -> KnownTeam:
        """Return a team of the user's list."""

        def use(key: str, store: bool, done: Done, failed: Failed) -> None:
            poller.use_key(key, done, failed, store=store)

        return KnownTeam(team_id, name, KeyTarget(use, account, name))

    @property
    def dialog(self) -> KeyDialog:
        dialog = self.flow.dialog.window
        assert dialog is not None
        return dialog

    def use_changed_key(self) -> None:
        """Do what the program does when a terminal has changed the key."""
        self.flow.ask_nobody()
        forgotten: list[object] = []
        self.poller.forget_key(forgotten.append)
        wait_with_events(lambda: forgotten, "the key is found anew")

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
    flow.flow.change_key(flow.teams[0].target)  # as by the popup's button
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


def test_who_closes_while_a_key_is_saved_hears_elsewhere_that_it_was_not(flow: Flow) -> None:
    """Nobody was told, and the user believed the key to be stored."""
    complaints = QSignalSpy(flow.flow.complained)
    flow.poll()
    flow.enter_key()
    gate = threading.Event()
    flow.worker.submit(lambda: gate.wait(20))
    flow.keychain.problem = Problem(Kind.KEYCHAIN_LOCKED)
    press(flow.dialog, Qt.Key.Key_Return)
    buttons(flow.dialog)["Close"].click()
    flow.wait_until_closed()
    gate.set()
    wait_with_events(complaints.count, "the failure")
    assert emitted(complaints) == ["The API key was not saved. The keyring is locked."]
    flow.keychain.problem = None
    flow.flow.change_key(flow.teams[0].target)
    paste(key_field(flow.dialog), KEY)
    wait_with_events(lambda: "1,000 credits" in words(flow.dialog), "the key is checked")
    press(flow.dialog, Qt.Key.Key_Return)
    wait_with_events(flow.stored.count, "the key is stored")
    assert emitted(complaints)[1:] == [""]


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
    flow.use_changed_key()
    flow.poll()
    flow.wait_until_closed()


def test_a_dialog_that_the_user_has_opened_to_change_the_key_stays(flow: Flow) -> None:
    flow.keychain.key = KEY
    flow.poll()
    flow.flow.change_key(flow.teams[0].target)
    flow.poll()
    assert flow.dialog.isVisible()
    assert not flow.dialog.is_first_run


def test_who_removes_the_key_in_a_terminal_is_not_asked_for_another(flow: Flow) -> None:
    flow.keychain.key = KEY
    flow.poll()
    flow.keychain.key = None
    flow.use_changed_key()
    flow.poll()
    assert flow.flow.welcome.window is None


# --- several teams --------------------------------------------------------------------------------

OTHER_KEY = "fake-key-of-another-team"


class Several(NamedTuple):
    """A flow with a second team in the list, and a third key that opens a third team."""

    flow: Flow
    second: FakeKeychain
    added: list[str]
    new: KeyTarget


@pytest.fixture
def several(flow: Flow, tmp_path: Path) -> Several:
    keychain = FakeKeychain()
    other = FakeApi(identity=Team("tea_2", "Other"))
    watch = Watch(Credentials({}, keychain), lambda _key: other, None, Settings(), NoHistory())
    session = Session(lambda _settings: watch, partial(History, tmp_path / "other.sqlite"))
    flow.opens |= {OTHER_KEY: other, "key-of-a-third": FakeApi(identity=Team("tea_3", "Third"))}
    flow.teams = [
        flow.known(flow.poller, "tea_1", "Acme Growth"),
        flow.known(Poller(session, flow.worker), "tea_2", "Other", "team-2"),
    ]
    added: list[str] = []

    def add(
        key: str,
        _store: bool,
        done: Done,
        _failed: Failed,
    ) -> None:
        added.append(key)
        done(None)

    return Several(flow, keychain, added, KeyTarget(add))


def enter(flow: Flow, key: str, answer: str) -> None:
    paste(key_field(flow.dialog), key)
    wait_with_events(lambda: answer in words(flow.dialog), answer)


def test_a_new_team_is_named_before_it_is_added(several: Several) -> None:
    flow = several.flow
    flow.flow.change_key(several.new)
    assert "Connect a team" in words(flow.dialog)
    enter(flow, "key-of-a-third", "Third · 1,000 credits")
    assert several.added == []
    press(flow.dialog, Qt.Key.Key_Return)
    flow.wait_until_closed()
    assert several.added == ["key-of-a-third"]
    assert (flow.keychain.key, several.second.key) == (None, None)


def test_a_key_of_a_team_in_the_list_replaces_its_key_after_asking(several: Several) -> None:
    flow = several.flow
    flow.flow.change_key(several.new)
    buttons(flow.dialog)["Save"].click()  # who saves at once is asked all the same
    enter(flow, OTHER_KEY, "Other is in your list already. Save replaces its key.")
    assert several.second.key is None
    press(flow.dialog, Qt.Key.Key_Return)
    flow.wait_until_closed()
    assert (flow.keychain.key, several.added) == (None, [])
    keys = [several.second.key]
    assert keys == [OTHER_KEY]


def test_a_key_of_another_team_in_the_list_is_refused_where_one_is_changed(
    several: Several,
) -> None:
    flow = several.flow
    flow.flow.change_key(flow.teams[0].target)
    assert "Paste an API key of Acme Growth." in words(flow.dialog)
    enter(flow, OTHER_KEY, "The key opens Other, which is in your list already.")
    assert (flow.keychain.key, several.second.key) == (None, None)


def test_a_dialog_stays_with_the_team_that_it_was_opened_for(several: Several) -> None:
    flow = several.flow
    first, second = (team.target for team in flow.teams)
    flow.flow.change_key(first)
    opened = flow.dialog
    flow.flow.change_key(second)  # another page's
    assert flow.dialog is not opened
    assert not opened.isVisible()
    enter(flow, OTHER_KEY, "Other · 1,000 credits")
    press(flow.dialog, Qt.Key.Key_Return)
    flow.wait_until_closed()
    assert (flow.keychain.key, several.second.key) == (None, OTHER_KEY)


def test_without_a_keychain_no_team_is_added(several: Several) -> None:
    flow = several.flow
    flow.keychain.problem = Problem(Kind.KEYCHAIN_UNAVAILABLE)
    flow.flow.change_key(several.new)
    enter(flow, "key-of-a-third", "there is no place for the key of another team")
    assert several.added == []


def test_who_wants_the_dialog_again_finds_what_was_entered(flow: Flow) -> None:
    flow.keychain.key = KEY
    flow.flow.change_key(flow.known(flow.poller).target)
    key_field(flow.dialog).setText("half a key")
    flow.flow.change_key(flow.known(flow.poller).target)
    assert key_field(flow.dialog).text() == "half a key"


def test_one_of_several_teams_without_a_key_is_no_first_run(several: Several) -> None:
    flow = several.flow
    flow.poll()
    assert flow.flow.welcome.window is None
    flow.flow.change_key(flow.teams[0].target)
    assert "Change the API key" in words(flow.dialog)


def test_a_dialog_closes_when_the_team_is_gone_whose_key_it_is_to_replace(
    several: Several,
) -> None:
    flow = several.flow
    flow.flow.change_key(several.new)
    enter(flow, OTHER_KEY, "Other is in your list already. Save replaces its key.")
    flow.flow.keep_only(["default", "team-2"])
    assert flow.dialog.isVisible()
    flow.flow.keep_only(["default"])
    flow.wait_until_closed()


def test_a_long_name_leaves_the_dialog_its_size(several: Several) -> None:
    flow = several.flow
    flow.flow.change_key(flow.known(flow.poller, None, "N" * 200).target)
    assert f"Paste an API key of {'N' * 29}…." in words(flow.dialog)
