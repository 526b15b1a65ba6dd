"""What the first click on the icon does not have to wait for."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import PROJECT


@pytest.fixture(scope="module")
def told() -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.first_click_program"],
        cwd=PROJECT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_classes_that_no_window_shows_are_not_made(told: Any) -> None:
    """PySide6 makes all of them, with all enumerations, to find what a widget of Qt's own is."""
    popup, history = told["popup"], told["history"]
    assert "QLabel" in popup
    assert "QTableView" in history
    assert not {"QStyle", "QTableView", "QWizard"} & set(popup)
    assert "QWizard" not in history
