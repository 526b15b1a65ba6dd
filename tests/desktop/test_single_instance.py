"""What the one instance hears from other programs of its user."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import wait_with_events
from tray_app.desktop.system.single_instance import SingleInstance
from tray_app.terminal.running_tray import KEY_CHANGED, SHOW, TRAY, socket_of, tell


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def instance(qapp: QApplication, tmp_path: Path, heard: list[str]) -> Iterator[SingleInstance]:
    instance = SingleInstance(tmp_path, TRAY)
    assert instance.acquire()
    instance.opened_again.connect(lambda: heard.append("opened again"))
    instance.key_changed_elsewhere.connect(lambda: heard.append("key changed"))
    yield instance
    instance.close()


def test_it_hears_each_word(instance: SingleInstance, tmp_path: Path, heard: list[str]) -> None:
    instance.open()
    instance.listen()
    tell(tmp_path, TRAY, KEY_CHANGED)
    wait_with_events(lambda: heard == ["key changed"], "the word is heard")
    tell(tmp_path, TRAY, SHOW)
    wait_with_events(lambda: heard == ["key changed", "opened again"], "the next word is heard")


def test_what_was_told_while_it_started_is_heard_then(
    instance: SingleInstance, tmp_path: Path, heard: list[str]
) -> None:
    instance.open()
    tell(tmp_path, TRAY, KEY_CHANGED)
    tell(tmp_path, TRAY, SHOW)
    instance.listen()
    wait_with_events(lambda: len(heard) == 2, "both words")
    assert set(heard) == {"key changed", "opened again"}


@pytest.mark.parametrize("word", [b"", b"nonsense\n", b"k" * 10_000], ids=["none", "other", "long"])
def test_any_other_visit_opens_it(
    instance: SingleInstance, tmp_path: Path, heard: list[str], word: bytes
) -> None:
    instance.open()
    instance.listen()
    tell(tmp_path, TRAY, word)
    wait_with_events(lambda: heard, "the visit")
    assert heard == ["opened again"]


def test_a_second_start_calls_the_first(
    instance: SingleInstance, tmp_path: Path, heard: list[str]
) -> None:
    instance.open()
    instance.listen()
    assert not SingleInstance(tmp_path, TRAY).acquire()
    tell(tmp_path, TRAY, SHOW)
    wait_with_events(lambda: heard, "the call")
    assert heard == ["opened again"]


def test_nobody_is_there_to_be_told(tmp_path: Path) -> None:
    tell(tmp_path, TRAY, KEY_CHANGED)
    socket_of(tmp_path, TRAY).touch()
    tell(tmp_path, TRAY, KEY_CHANGED)
    tell(tmp_path / "nowhere", TRAY, KEY_CHANGED)


def test_where_it_can_not_be_told_it_runs_all_the_same(qapp: QApplication, tmp_path: Path) -> None:
    instance = SingleInstance(tmp_path / "nowhere", TRAY)
    assert instance.acquire()
    instance.open()
    instance.listen()


def test_the_next_instance_is_the_first_once_this_one_is_closed(tmp_path: Path) -> None:
    """Without the lock's file, which can't be removed later where a disk turns read-only."""
    first = SingleInstance(tmp_path, "tray")
    assert first.acquire()
    first.close()
    assert list(tmp_path.iterdir()) == []
    assert SingleInstance(tmp_path, "tray").acquire()
