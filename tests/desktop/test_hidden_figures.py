"""Figures that are hidden from others who look at the screen, for a while."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import wait_with_events
from tray_app.desktop.actions import Actions
from tray_app.desktop.hidden_figures import LONGEST, HiddenFigures
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.system.worker import Worker
from tray_app.store.folders import screen_file
from tray_app.store.hidden_until import read_hidden_until, write_hidden_until
from tray_app.words.formats import HIDDEN


class Screen:
    """What a run of the program has: an action, the formats, and who hides in them."""

    def __init__(self, disk: Worker) -> None:
        self.actions = Actions()
        self.formats = QtFormats(QLocale("en_US"))
        self.hidden = HiddenFigures(self.actions.hide_figures, self.formats, disk, self.actions)
        self.changed = QSignalSpy(self.hidden.changed)

    @property
    def shown(self) -> str:
        return self.formats.number(12_430)


@pytest.fixture
def disk(qapp: QApplication, home: Path) -> Iterator[Worker]:
    gate = Gate()
    worker = Worker("disk", gate)
    yield worker
    worker.finish(5)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (an hour from now on, on whatever day)


def test_a_click_hides_and_another_shows(disk: Worker) -> None:
    screen = Screen(disk)
    assert screen.shown == "12,430"
    screen.actions.hide_figures.trigger()
    assert (screen.shown, screen.actions.hide_figures.iconText()) == (HIDDEN, "Show figures")
    assert screen.formats.hidden_until is not None
    assert now() < screen.formats.hidden_until <= now() + LONGEST
    screen.actions.hide_figures.trigger()
    assert (screen.shown, screen.actions.hide_figures.iconText()) == ("12,430", "Hide figures")
    assert screen.changed.count() == 2


def test_what_is_hidden_stays_hidden_in_the_next_run(disk: Worker) -> None:
    before = Screen(disk)
    before.actions.hide_figures.trigger()
    wait_with_events(screen_file().exists, "it is kept")
    after = Screen(disk)
    after.hidden.load()
    wait_with_events(lambda: after.shown == HIDDEN, "the next run hides them")
    assert after.actions.hide_figures.isChecked()
    after.actions.hide_figures.trigger()
    wait_with_events(lambda: read_hidden_until(screen_file()) is None, "the end of it is kept")


@pytest.mark.parametrize(
    "until", [timedelta(seconds=-1), timedelta(hours=2), timedelta(days=400)], ids=str
)
def test_what_is_over_or_of_a_wrong_clock_hides_nothing(disk: Worker, until: timedelta) -> None:
    write_hidden_until(screen_file(), now() + until)
    screen = Screen(disk)
    screen.hidden.load()
    done: list[object] = []
    disk.submit(lambda: None, done.append)
    wait_with_events(lambda: done, "the disk was read")
    assert (screen.shown, screen.changed.count()) == ("12,430", 0)


def test_it_ends_when_its_time_is_over(disk: Worker) -> None:
    screen = Screen(disk)
    screen.actions.hide_figures.trigger()
    screen.hidden.look_at_clock()
    assert screen.shown == HIDDEN
    screen.formats.hidden_until = now() - timedelta(seconds=1)
    screen.hidden.look_at_clock()
    assert (screen.shown, screen.actions.hide_figures.isChecked()) == ("12,430", False)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"hidden_until": 7}', '{"hidden_until": "2026-11-22T12:00:00"}']
)
def test_a_file_that_says_nothing_hides_nothing(home: Path, content: str) -> None:
    file = screen_file()
    file.parent.mkdir(parents=True)
    file.write_text(content)
    assert read_hidden_until(file) is None


def test_the_file_keeps_a_moment(home: Path) -> None:
    until = datetime(2026, 11, 22, 12, tzinfo=UTC)
    write_hidden_until(screen_file(), until)
    assert read_hidden_until(screen_file()) == until
    assert json.loads(screen_file().read_text()) == {"hidden_until": "2026-11-22T12:00:00+00:00"}
