"""What the desktop has shown is noted with the team that it is about."""

import os
import subprocess
import sys

import pytest

from tests import PROJECT
from tests.servers.faulty_sandbox import Sandbox
from tray_app.lemlist.address import URL_VARIABLE
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.sandbox import DEMO_KEY


@pytest.mark.parametrize(("told", "is_news"), [("team", "nothing"), ("demo", "low")])
def test_an_answer_after_a_switch_is_not_taken_for_one_about_the_other_team(
    sandbox: Sandbox, told: str, is_news: str
) -> None:
    """Each team has low credits. What was shown of one of them says nothing of the other."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.switching_program", told],
        cwd=PROJECT,
        env={**os.environ, URL_VARIABLE: sandbox.url, KEY_VARIABLE: DEMO_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, is_news), done.stderr
