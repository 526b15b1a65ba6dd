"""The popup on small screens with large text: nothing on it is out of reach."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT


@pytest.mark.parametrize("screen", [(800, 600), (1280, 800)], ids=["800x600", "1280x800"])
@pytest.mark.parametrize("factor", [1, 2])
def test_nothing_is_out_of_reach(tmp_path: Path, screen: tuple[int, int], factor: int) -> None:
    width, height = screen
    one = {"name": "one", "x": 0, "y": 0, "width": width, "height": height}
    dpi = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": [one | dpi]}))
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.small_screen_popup", str(factor)],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={file}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    states = json.loads(done.stdout)
    assert len(states) > 20
    assert {name: faults for name, faults in states.items() if faults} == {}
