"""The demo's team."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import PROJECT
from tests.fakes import FakeKeychain
from tray_app.desktop.demo import INTERVAL, Demo
from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.rules.history import Record
from tray_app.rules.levels import Thresholds
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM_ID
from tray_app.store.settings import Settings
from tray_app.team.credentials import KeySource

NO_KEYCHAIN = FakeKeychain(problem=Problem(Kind.KEYCHAIN_UNAVAILABLE))


@pytest.fixture
def demo() -> Demo:
    return Demo(NO_KEYCHAIN)


def test_it_begins_with_a_past_and_needs_neither_keychain_nor_server(demo: Demo) -> None:
    before = threading.active_count()
    demo.watch.poll()
    snapshot = demo.watch.study()
    assert threading.active_count() == before
    assert snapshot.reading is not None
    assert 12_000 < snapshot.reading.balance.credits <= 12_430
    assert (snapshot.team, snapshot.key_source) == ("Acme Growth", KeySource.DEMO)
    assert snapshot.analysis is not None
    assert snapshot.analysis.forecast is not None


def test_it_goes_by_the_settings_of_the_user_in_a_hurry(demo: Demo) -> None:
    chosen = Settings(Thresholds(low=20_000), interval=3600)
    demo.choose(chosen)
    assert demo.settings == Settings(chosen.thresholds, interval=INTERVAL)
    demo.watch.poll()
    assert demo.watch.apply(demo.settings).wait == INTERVAL


def test_its_history_goes_on_in_time_order(demo: Demo) -> None:
    history = demo.open_history()
    last = history.read(DEMO_TEAM_ID)[-1]
    unchanged = last._replace(first=last.last + 5, last=last.last + 5)
    spent = Record(last.last + 10, last.last + 10, last.credits - 1)
    of_a_clock_set_back = Record(last.first - 1, last.first - 1, last.credits)
    kept = [history.record(DEMO_TEAM_ID, each) for each in (unchanged, spent, of_a_clock_set_back)]
    assert kept == [True, True, False]
    assert demo.open_history().read(DEMO_TEAM_ID, spent.first - 5) == [
        last._replace(last=last.last + 5),
        spent,
    ]


@pytest.mark.parametrize("when", ["polled", "opened"])
def test_it_leaves_nothing_behind_whenever_the_program_ends(when: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.program.leaving_program", when],
        cwd=PROJECT,
        env={**os.environ, KEY_VARIABLE: DEMO_KEY, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
