"""Where there is no screen: over SSH, in a job of cron, in a container."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import FROM_SOURCE, TIMEOUT
from tests.waiting import wait_until
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


@pytest.mark.parametrize("desktop", [{"tray": False, "keyring": False}], indirect=True)
@pytest.mark.parametrize("kind", ["an SSH connection that has ended", "another user's"])
def test_a_display_that_lets_nobody_in_is_none(desktop: VirtualDesktop, kind: str) -> None:
    """Qt aborted, and the system reported a crash."""
    env = dict(desktop.env, DISPLAY="localhost:7077")
    if kind == "another user's":
        authority = desktop.home / "authority"
        display = f":{10_000 + os.getpid() % 10_000}"
        authority.touch()
        desktop.run("xauth", "-f", str(authority), "add", display, ".", "0" * 32)
        desktop.start("Xvfb", display, "-auth", str(authority), "-nolisten", "tcp")
        env["DISPLAY"] = display
        wait_until(lambda: has_screen(env), TIMEOUT, "the other user's display")
    done = subprocess.run(
        FROM_SOURCE, env=env, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert done.returncode == 1
    assert "lemlist-credits status" in done.stderr.splitlines()[-1]


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
