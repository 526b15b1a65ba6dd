"""The popup on small screens with large text: nothing on it is out of reach."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT


def faults(folder: Path, program: str, screen: tuple[int, int], *said: str, scale: int = 1) -> int:
    """Have a program look for what is out of reach on such a screen, and count its states."""
    width, height = screen
    one = {"name": "one", "x": 0, "y": 0, "width": width, "height": height}
    dpi = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    file = folder / "screens.json"
    file.write_text(json.dumps({"screens": [one | dpi]}))
    platform = f"offscreen:configfile={file}"
    done = subprocess.run(
        [sys.executable, "-m", f"tests.desktop.{program}", *said],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": platform, "QT_SCALE_FACTOR": str(scale)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    states = json.loads(done.stdout)
    assert {name: found for name, found in states.items() if found} == {}
    return len(states)


@pytest.mark.parametrize("screen", [(800, 600), (1280, 800)], ids=["800x600", "1280x800"])
@pytest.mark.parametrize("factor", [1, 2])
def test_nothing_is_out_of_reach(tmp_path: Path, screen: tuple[int, int], factor: int) -> None:
    assert faults(tmp_path, "small_screen_popup", screen, str(factor)) > 20


@pytest.mark.parametrize(
    ("screen", "factor", "scale"),
    [((1024, 600), 1, 2), ((800, 600), 2, 1), ((1280, 800), 1, 1)],
    ids=["1024x600 at 200 %", "800x600 with text twice as large", "1280x800"],
)
def test_no_team_is_out_of_reach(
    tmp_path: Path, screen: tuple[int, int], factor: int, scale: int
) -> None:
    assert faults(tmp_path, "small_screen_overview", screen, str(factor), scale=scale) > 8
