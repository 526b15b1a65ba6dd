"""Two graphical sessions of one user: at the desk, and over VNC or xrdp."""

import subprocess

from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import FROM_SOURCE, POPUP, TIMEOUT, TrayProgram
from tests.servers.faulty_sandbox import Sandbox
from tray_app.sandbox import DEMO_KEY

SHARED = (
    "HOME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
)
"""What is the user's and not the session's."""


def test_each_session_has_an_icon_and_a_popup_of_its_own() -> None:
    with (
        Sandbox(story="fixed") as sandbox,
        VirtualDesktop(keyring=False) as desk,
        VirtualDesktop(keyring=False) as remote,
    ):
        key = {"LEMLIST_API_KEY": DEMO_KEY}
        env = key | {name: desk.env[name] for name in SHARED}
        with (
            TrayProgram(desk, sandbox.url, env=key) as first,
            TrayProgram(remote, sandbox.url, env=env) as second,
        ):
            first.wait_for_tooltip("12,430 credits")
            second.wait_for_tooltip("12,430 credits")
            again = subprocess.run(
                FROM_SOURCE,
                env={**remote.env, **env, "LEMLIST_API_URL": sandbox.url},
                timeout=TIMEOUT,
                check=False,
            )
            assert again.returncode == 0
            second.window(POPUP)
            assert not first.windows()
            second.close_popup()
            first.open_popup()
            assert not second.windows()
