"""The session's bus is found where no variable names it, and nobody else's is taken for it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tray_app import __main__ as program


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Listen in the current folder; no variable says where a bus is."""
    monkeypatch.chdir(tmp_path)
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, "any")  # so that what the program sets is taken back
        monkeypatch.delenv(name)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("bus")
        yield tmp_path / "bus"


def named_bus() -> str | None:
    """Let the program name the bus."""
    program._name_session_bus()
    return os.environ.get("DBUS_SESSION_BUS_ADDRESS")


def test_the_bus_of_the_runtime_folder(bus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(bus.parent))
    assert named_bus() == f"unix:path={bus}"


@pytest.mark.parametrize("folder", [None, ""])
def test_the_bus_of_the_user_where_nothing_names_the_folder(
    bus: Path, monkeypatch: pytest.MonkeyPatch, folder: str | None
) -> None:
    if folder is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    usual, look = f"/run/user/{os.getuid()}/bus", os.stat

    def stat(path: Any, **options: Any) -> os.stat_result:
        return look(bus if path == usual else path, **options)

    monkeypatch.setattr("os.stat", stat)
    assert named_bus() == f"unix:path={usual}"


@pytest.mark.parametrize("folder", [None, ""])
def test_a_socket_in_the_current_folder_is_not_the_bus(
    bus: Path, monkeypatch: pytest.MonkeyPatch, folder: str | None
) -> None:
    if folder is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)  # whose bus is not there
    assert bus.is_socket()
    assert named_bus() is None


def test_a_relative_folder_is_not_where_the_bus_is(
    bus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bus.is_socket()
    monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
    assert named_bus() is None


def test_nobody_elses_socket_is_the_bus(bus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(bus.parent))
    owner = os.getuid()
    monkeypatch.setattr("os.getuid", lambda: owner + 1)
    assert named_bus() is None


def test_a_file_is_no_bus(bus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bus.unlink()
    bus.touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(bus.parent))
    assert named_bus() is None


def test_a_bus_that_is_named_stays(bus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(bus.parent))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/another/bus")
    assert named_bus() == "unix:path=/another/bus"
