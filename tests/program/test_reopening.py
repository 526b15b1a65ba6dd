"""Windows that are opened again are connected anew only where they are made anew."""

import json
import os
import subprocess
import sys

from tests import PROJECT


def test_windows_that_are_opened_again_leave_no_connections_behind() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.reopening_program"],
        cwd=PROJECT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts: dict[str, list[int]] = json.loads(done.stdout)
    assert counts["app._history_and_plan.trend_changed()"][0] == 1
    assert {name: two for name, two in counts.items() if two[0] != two[1]} == {}
