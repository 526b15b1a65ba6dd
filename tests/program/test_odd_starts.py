"""Starts that are neither a click nor a login."""

import os
import shlex
from pathlib import Path

import pytest

from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import FROM_SOURCE, TIMEOUT, TrayProgram
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.sandbox import DEMO_KEY

KEY = {"LEMLIST_API_KEY": DEMO_KEY}


@pytest.mark.parametrize("desktop", [{"keyring": False}], indirect=True)
def test_without_standard_streams_no_socket_takes_their_place(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    """What a library wrote to standard error went to the message bus or the X server."""
    closed = ("sh", "-c", f"exec {shlex.join(FROM_SOURCE)} <&- >&- 2>&-")
    with TrayProgram(desktop, sandbox.url, program=closed, env=KEY) as program:
        program.wait_for_tooltip("12,430 credits")
        streams = Path(f"/proc/{program.process.pid}/fd")
        assert {os.readlink(streams / str(number)) for number in range(3)} == {os.devnull}  # noqa: PTH115


@pytest.mark.parametrize("desktop", [{"keyring": False}], indirect=True)
def test_a_program_that_was_moved_is_started_at_the_next_login(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    entry = Path(desktop.env["XDG_CONFIG_HOME"], "autostart", "lemlist-credits.desktop")
    entry.parent.mkdir()
    entry.write_text('[Desktop Entry]\nExec="/gone/lemlist-credits"\n', "utf-8")
    with TrayProgram(desktop, sandbox.url, env=KEY) as program:
        program.wait_for_tooltip("12,430 credits")
        wait_until(lambda: "/gone" not in entry.read_text("utf-8"), TIMEOUT, "the entry is mended")
    assert f'Exec="{FROM_SOURCE[0]}"' in entry.read_text("utf-8")
