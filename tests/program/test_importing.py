"""Which thread imports what: Qt's classes are made by the GUI thread, all else by workers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from tests.servers.local_servers import closed_port

GUI = "MainThread"


@pytest.fixture(
    scope="module", params=["", "demo", "demo --teams 6"], ids=["own", "demo", "six teams"]
)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.importing_program", *request.param.split()],
        cwd=PROJECT,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def environment(home: Path) -> dict[str, str]:
    folders = {f"XDG_{one}_HOME": str(home) for one in ("CACHE", "CONFIG", "DATA", "STATE")}
    return {
        **os.environ,
        **folders,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "LEMLIST_API_KEY": "fake-key-0123456789abcdef",
        "LEMLIST_API_URL": f"http://127.0.0.1:{closed_port()}/api",
    }


def test_classes_of_qt_are_made_by_the_gui_thread_alone(told: Any) -> None:
    """PySide6 may crash at any other: see `desktop/system/imports.py`."""
    assert len(told["made"]) > 30
    assert {thread for _, thread in told["made"]} == {GUI}
    of_qt = [
        (module, thread)
        for module, thread in told["imported"]
        if module.startswith(("PySide6", "tray_app.desktop."))
        and module != "tray_app.desktop.demo"  # which has nothing of Qt's
    ]
    assert len(of_qt) > 30
    assert [each for each in of_qt if each[1] != GUI] == []


def test_once_the_icon_is_up_the_gui_thread_imports_nothing_else(told: Any) -> None:
    threads = [thread for _, thread in told["imported"]]
    later = told["imported"][threads.index("disk") :]
    assert "tray_app.report.view" in dict(later)
    by_gui = [module for module, thread in later if thread == GUI]
    assert [one for one in by_gui if not one.startswith(("tray_app.desktop", "PySide6"))] == []
