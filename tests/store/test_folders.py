"""The program's folders, in whoever's home it is run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT
from tests.servers.faulty_sandbox import Sandbox
from tray_app.store.folders import NOWHERE, history_file, is_anothers, session_of, settings_file

SOMEBODY = 1000


@pytest.fixture
def another_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return somebody's home, in which root runs this process."""
    if os.geteuid() == 0:
        os.chown(tmp_path, SOMEBODY, SOMEBODY)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_root_leaves_nothing_in_another_home(another_home: Path) -> None:
    assert is_anothers(another_home / ".config" / "lemlist-credits")
    assert NOWHERE in settings_file().parents
    assert NOWHERE in history_file().parents
    assert not list(another_home.iterdir())


def test_roots_own_home_and_everybodys_own_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_anothers(Path.home() / ".config")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert not is_anothers(Path("/nowhere/at/all"))


@pytest.mark.parametrize(
    ("environ", "session"),
    [
        ({"DISPLAY": ":0"}, "0"),
        ({"DISPLAY": ":0.1"}, "0"),
        ({"DISPLAY": "localhost:10.0"}, "localhost-10"),
        ({"DISPLAY": "192.168.1.5:0"}, "192-168-1-5-0"),
        ({"DISPLAY": "192.168.1.6:0.0"}, "192-168-1-6-0"),
        ({"DISPLAY": "desk.corp.example:1"}, "desk-corp-example-1"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-1"}, "wayland-1"),
        ({}, ""),
    ],
)
def test_each_screen_has_a_session_of_its_own(environ: dict[str, str], session: str) -> None:
    assert session_of(environ) == session


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_an_x_server_beside_the_desktop_is_no_session(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert session_of({"DISPLAY": "/private/tmp/com.apple.launchd.Ab12/org.xquartz:0"}) == ""


def test_a_command_says_so_and_goes_on(tmp_path: Path) -> None:
    program = "import os, sys; os.geteuid = lambda: 0; import tray_app.__main__ as program; "
    program += "sys.exit(program.main(['status']))"
    if os.geteuid() == 0:
        os.chown(tmp_path, SOMEBODY, SOMEBODY)
    with Sandbox(story="fixed") as sandbox:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(PROJECT),
            "LEMLIST_API_URL": sandbox.url,
            "LEMLIST_API_KEY": sandbox.key,
        }
        done = subprocess.run(
            [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0
    assert "12,430" in done.stdout
    assert "another user's home" in done.stderr.splitlines()[0]
    assert not list(tmp_path.iterdir())
