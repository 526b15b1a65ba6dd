"""What the one instance hears from other programs of its user."""

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import wait_with_events
from tray_app.desktop.system.single_instance import SingleInstance
from tray_app.terminal.running_tray import (
    KEY_CHANGED,
    SETTINGS_CHANGED,
    SHOW,
    TRAY,
    in_session,
    socket_of,
    tell,
    tell_all,
)


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
    first = SingleInstance(tmp_path, "tray")
    assert first.acquire()
    assert not SingleInstance(tmp_path, "tray").acquire()
    assert SingleInstance(tmp_path, "demo").acquire()
    first.close()
    assert SingleInstance(tmp_path, "tray").acquire()


def test_a_lock_that_names_another_process_keeps_nobody_out(tmp_path: Path) -> None:
    """As after a crash, when the number of the dead process is given to another one."""
    (tmp_path / "tray.lock").write_text(f"{os.getpid()}\npython3\n{socket.gethostname()}\n")
    assert SingleInstance(tmp_path, "tray").acquire()


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"DISPLAY": ":0"}, "tray-0"),
        ({"DISPLAY": ":0.0"}, "tray-0"),
        ({"DISPLAY": ":1"}, "tray-1"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "tray-wayland-0"),
        ({"WAYLAND_DISPLAY": "/run/user/1000/wayland-1"}, "tray-run-user-1000-wayland-1"),
        ({}, "tray"),
    ],
)
def test_each_session_has_a_name(environ: dict[str, str], name: str) -> None:
    assert in_session(TRAY, environ) == name


def test_all_sessions_hear_of_a_key(qapp: QApplication, tmp_path: Path) -> None:
    heard: list[str] = []
    sessions = [SingleInstance(tmp_path, f"tray-{number}") for number in (0, 1)]
    for number, session in enumerate(sessions):
        assert session.acquire()
        session.key_changed_elsewhere.connect(partial(heard.append, f"key in {number}"))
        session.settings_changed_elsewhere.connect(partial(heard.append, f"settings in {number}"))
        session.open()
        session.listen()
    tell_all(tmp_path, KEY_CHANGED)
    wait_with_events(lambda: sorted(heard) == ["key in 0", "key in 1"], "both sessions hear it")
    sessions[0].telling_others(SETTINGS_CHANGED)()
    sessions[0].telling_others(KEY_CHANGED)()
    tell(tmp_path, "tray-0", SETTINGS_CHANGED)
    wait_with_events(lambda: len(heard) == 5, "each word")
    assert sorted(heard[2:]) == ["key in 1", "settings in 0", "settings in 1"]
    for session in sessions:
        session.close()
