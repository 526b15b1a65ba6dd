"""The demo's teams."""

import os
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path

import pytest

from tests import PROJECT
from tests.fakes import FakeKeychain
from tray_app.desktop.demo import INTERVAL, Demo, demos
from tray_app.errors import Kind, Problem
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.rules.history import Record
from tray_app.rules.levels import Level, Thresholds
from tray_app.sandbox import DEMO_KEY, DEMO_TEAM_ID
from tray_app.store.settings import Settings
from tray_app.team.credentials import KeySource

NO_KEYCHAIN = FakeKeychain(problem=Problem(Kind.KEYCHAIN_UNAVAILABLE))


@pytest.fixture
def demo() -> Demo:
    (demo,) = demos(NO_KEYCHAIN, 1)
    return demo


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
    demo.take_settings(chosen)
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


def test_several_teams_are_each_in_another_situation() -> None:
    teams = demos(NO_KEYCHAIN, 6)
    polled = [team.watch.poll() for team in teams]
    learned = [team.watch.study() for team in teams]
    assert [(each.team, each.level) for each in polled] == [
        ("Acme Growth", Level.HEALTHY),
        ("Acme Iberia", Level.EMPTY),
        ("Acme UK", Level.CRITICAL),
        ("Acme DACH", Level.LOW),
        ("Acme Labs", Level.HEALTHY),
        ("Acme Nordics", Level.HEALTHY),
    ]
    assert len({team.entry.account for team in teams}) == 6
    assert [each.problem for each in polled] == [None] * 6
    assert all(each.analysis is not None for each in learned)


def test_one_team_is_lost_after_some_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    teams = demos(NO_KEYCHAIN, 6)
    for team in teams:
        team.watch.poll()
    later = time.monotonic() + 15
    monkeypatch.setattr("tray_app.desktop.demo.time.monotonic", lambda: later)
    problems = [team.watch.poll().problem for team in teams]
    assert [problem and problem.kind for problem in problems] == [*[None] * 4, Kind.OFFLINE, None]


def test_as_many_teams_as_can_be_have_names_and_pasts_of_their_own() -> None:
    teams = demos(NO_KEYCHAIN, 50)
    names = [team.watch.poll().team or "" for team in teams]
    assert len(set(names)) == 50
    assert max(map(len, names)) > 40
    assert any(unicodedata.bidirectional(name[0]) == "AL" for name in names)
    pasts = [tuple(team.open_history().read(name)) for team, name in zip(teams, names, strict=True)]
    assert all(pasts)
    assert len({past[0].credits for past in pasts}) == 13
    assert {team.snapshot.team_id for team in teams} == {None}  # nobody has shown them yet


def test_nothing_of_the_users_own_choices_is_a_demo_teams() -> None:
    for team in demos(NO_KEYCHAIN, 3):
        team.take_settings(Settings(interval=3600))
        assert (team.entry.own, team.entry.name, team.settings.interval) == ({}, "", INTERVAL)


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
