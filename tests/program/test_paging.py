"""The whole program with several teams: what its popup shows, page by page."""

import json
import os
import subprocess
import sys

from tests import PROJECT
from tray_app.lemlist.key import KEY_VARIABLE


def test_the_popup_turns_between_overview_and_pages() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.paging_program"],
        cwd=PROJECT,
        env={**os.environ, KEY_VARIABLE: "nobody-is-asked"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    rows = [
        "Acme (2): 62 credits. Critical",
        "Acme UK: 480 credits. Low",
        "Acme: 9,000 credits. Healthy",
    ]
    assert seen["click on the icon"] == rows
    assert seen["first row"][:3] == ["Acme (2)", "62 credits", "Critical"]
    assert seen["first row: painted"] == ["Acme (2): 62 credits"]
    rows[1] = "Acme UK: 0 credits. Stopped"
    assert seen["news"] == rows, "the order stays"
    assert seen["worked out"] == ["team-00000001"], "only what is new"
    assert seen["from the menu: painted"] == ["Acme UK: 0 credits"]
    assert seen["news on the page"][:3] == ["Acme UK", "450 credits", "Low"]
    assert [row.partition(":")[2] for row in seen["hidden"]] == [
        *(" •••• credits. Critical", " •••• credits. Low", " •••• credits. Healthy"),
    ]
