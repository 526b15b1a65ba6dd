"""The demo's team."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes import FakeKeychain
from tray_app.desktop.demo import INTERVAL, Demo
from tray_app.errors import Kind, Problem
from tray_app.rules.levels import Thresholds
from tray_app.store.settings import Settings
from tray_app.team.credentials import KeySource
from tray_app.team.session import Session

NO_KEYCHAIN = FakeKeychain(problem=Problem(Kind.KEYCHAIN_UNAVAILABLE))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def demo(folder: Path) -> Iterator[Demo]:
    demo = Demo(NO_KEYCHAIN, Settings())
    yield demo
    demo.close()


@pytest.mark.usefixtures("folder")
def test_it_begins_with_a_past_and_needs_neither_keychain_nor_server() -> None:
    before = threading.active_count()
    with closing(Demo(NO_KEYCHAIN, Settings())) as demo:
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


def test_it_lets_go_of_its_history(demo: Demo, folder: Path) -> None:
    demo.watch.poll()
    demo.watch.study()
    (log,) = folder.glob("lemlist-credits-demo-*/history.sqlite-wal")  # there while it is open
    Session.close(demo)
    assert not log.exists()


def test_it_leaves_nothing(demo: Demo, folder: Path) -> None:
    assert list(folder.glob("lemlist-credits-demo-*/history.sqlite"))
    demo.close()
    assert list(folder.iterdir()) == []
