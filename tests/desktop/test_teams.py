"""The teams of the program, and the settings by which they are judged."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import FORMATS, wait_with_events
from tests.fakes import FakeKeychain
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.worker import Worker
from tray_app.desktop.teams import Teams
from tray_app.store.folders import history_file, settings_file
from tray_app.store.settings import FIRST_ACCOUNT, Settings, SettingsFile, TeamEntry


def make_worker(name: str) -> Worker:
    raise AssertionError(name)  # there is one team


@pytest.fixture
def disk(qapp: QApplication) -> Iterator[Worker]:
    worker = Worker("disk", Gate())
    yield worker
    worker.finish(20)


@pytest.fixture
def network(qapp: QApplication) -> Iterator[Worker]:
    worker = Worker("network", Gate())
    yield worker
    worker.finish(20)


def test_settings_that_are_saved_before_the_file_is_read_hold(
    disk: Worker, network: Worker
) -> None:
    SettingsFile(settings_file()).save(Settings(interval=3600))

    teams = Teams({}, FakeKeychain(), disk, network, FORMATS, make_worker)
    may_read = threading.Event()
    disk.submit(lambda: may_read.wait(20))
    teams.begin(demo=False)
    teams.apply_and_save(Settings(interval=60))
    may_read.set()
    wait_with_events(lambda: teams.shown.session.snapshot.problem, "the first poll")
    assert teams.settings == Settings(interval=60)
    wait_with_events(
        lambda: SettingsFile(settings_file()).load().settings == Settings(interval=60), "the file"
    )
    teams.shown.stop()


def test_settings_that_another_session_has_saved_are_used(disk: Worker, network: Worker) -> None:
    teams = Teams({}, FakeKeychain(), disk, network, FORMATS, make_worker)
    saved = QSignalSpy(teams.settings_saved)
    teams.begin(demo=False)
    wait_with_events(lambda: teams.shown.session.snapshot.problem, "the first poll")
    SettingsFile(settings_file()).save(Settings(interval=60))
    teams.load_again()
    wait_with_events(lambda: teams.settings == Settings(interval=60), "the new settings")
    assert saved.count() == 0
    teams.apply_and_save(Settings(interval=120))
    wait_with_events(lambda: saved.count() == 1, "others can be told of these settings")
    assert SettingsFile(settings_file()).load().settings == Settings(interval=120)
    teams.shown.stop()


def test_saving_keeps_what_another_program_has_saved_meanwhile(
    disk: Worker, network: Worker
) -> None:
    teams = Teams({}, FakeKeychain(), disk, network, FORMATS, make_worker)
    teams.begin(demo=False)
    wait_with_events(lambda: teams.shown.session.snapshot.problem, "the first poll")
    SettingsFile(settings_file()).save(Settings(interval=60))
    SettingsFile(settings_file()).choose_for_team(FIRST_ACCOUNT, {"warn_within": 9})
    saved = QSignalSpy(teams.settings_saved)
    teams.apply_and_save(Settings(notifications=False), ["notifications"])
    wait_with_events(saved.count, "the file")
    both = Settings(interval=60, notifications=False)
    assert SettingsFile(settings_file()).load().settings == both
    assert teams.settings == both
    assert teams.shown.session.settings == replace(both, warn_within=9)
    teams.shown.stop()


def test_it_is_said_where_a_damaged_file_is_kept_when_settings_are_saved(
    disk: Worker, network: Worker
) -> None:
    file = settings_file()
    file.parent.mkdir(parents=True)
    file.write_text('{\n  "low": 700\n  "critical": 50\n}\n')
    teams = Teams({}, FakeKeychain(), disk, network, FORMATS, make_worker)
    said: list[str] = []
    teams.settings_complained.connect(said.append)
    teams.begin(demo=False)
    wait_with_events(lambda: bool(said), "what is wrong with the file")
    assert "mistake in line 3" in said[0]
    teams.apply_and_save(Settings(interval=60))
    wait_with_events(lambda: len(said) > 1, "what has become of it")
    (aside,) = file.parent.glob("*.broken-*")
    assert said[1] == f"The damaged settings file is kept as {aside.name}."
    teams.shown.stop()


def test_a_demo_of_several_teams_is_polled_and_stores_nothing(
    disk: Worker, network: Worker
) -> None:
    own = TeamEntry(FIRST_ACCOUNT, "Mine", {"warn_within": 9})
    SettingsFile(settings_file()).add_team(TeamEntry("team-2", "Another"))
    SettingsFile(settings_file()).choose_for_team(own.account, own.own)
    before = settings_file().read_bytes()
    teams = Teams({}, FakeKeychain(), disk, network, FORMATS, lambda _name: network)
    teams.begin(demo=6)
    wait_with_events(
        lambda: sum(one.session.snapshot.analysis is not None for one in teams.polled) == 6,
        "all that is known of six teams",
    )
    assert teams.shown is teams.polled[0]
    assert {one.session.settings.warn_within for one in teams.polled} == {Settings().warn_within}
    assert not {one.account for one in teams.polled} & {one.account for one in teams.own}
    assert settings_file().read_bytes() == before
    assert not history_file().exists()
    for poller in teams.polled:
        poller.stop()
