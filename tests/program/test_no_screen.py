"""Where there is no screen: over SSH, in a job of cron, in a container."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.program.tray_program import FROM_SOURCE, TIMEOUT
from tray_app.desktop.system.screen import has_screen


@pytest.mark.parametrize(
    "variables",
    [{}, {"DISPLAY": ":7077"}, {"WAYLAND_DISPLAY": "wayland-7077"}, {"DISPLAY": "nonsense"}],
    ids=["none", "a dead X", "a dead Wayland", "nonsense"],
)
@pytest.mark.parametrize("command", [[], ["demo"]], ids=["tray", "demo"])
def test_one_sentence_says_what_to_use(
    tmp_path: Path, variables: dict[str, str], command: list[str]
) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        [*FROM_SOURCE, *command],
        env={**env, **variables},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "lemlist-credits status" in line
    assert not list(tmp_path.iterdir())


def test_screens_that_answer_or_are_elsewhere(tmp_path: Path) -> None:
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-7"}
    assert not has_screen(runtime)
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        assert has_screen(runtime)
        assert has_screen({"WAYLAND_DISPLAY": str(tmp_path / "wayland-7")})
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X7077")
        server.listen()
        assert has_screen({"DISPLAY": ":7077"})
        assert has_screen({"DISPLAY": "unix:7077.0"})
    assert not has_screen({"DISPLAY": ":7077"})
    assert has_screen({"DISPLAY": "localhost:10.0"})  # as ssh -X has it
    assert has_screen({"WAYLAND_SOCKET": "3"})
    assert has_screen({"QT_QPA_PLATFORM": "offscreen"})
