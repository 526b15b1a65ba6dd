"""What the commands find: a lemlist, a home, and a keyring."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktops.virtual_desktop import VirtualDesktop
from tests.servers.faulty_sandbox import Sandbox
from tests.terminal.commands import KEY, PASSED_ON, Env


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(story="fixed", key=KEY, request_limit=1_000_000) as running:
        running.set_balance(subscription=80, paid=10, gifted=10, freemium=0)
        yield running


@pytest.fixture
def env(home: Path, sandbox: Sandbox) -> Env:
    """Return all that a command finds in its environment."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **passed_on,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),  # in which there is no bus
        "LANG": "C.UTF-8",
        "LEMLIST_API_URL": sandbox.url,
        "LEMLIST_API_KEY": KEY,
    }


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop(tray=False, notifications=False) as running:
        yield running


@pytest.fixture
def keyring_env(desktop: VirtualDesktop, env: Env) -> Env:
    """Return an environment with a keyring that has no key, and no key elsewhere either."""
    subprocess.run(["secret-tool", "clear", "service", "lemlist-credits"], env=desktop.env)
    found = {**env, "DBUS_SESSION_BUS_ADDRESS": desktop.bus_address}
    del found["LEMLIST_API_KEY"]
    return found
