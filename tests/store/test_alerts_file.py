"""The file of what was said."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import NOON
from tray_app.rules.alerts import (
    LASTING,
    AlertKind,
    AlertState,
    Claim,
    Evidence,
    Said,
    SaidDrain,
    Snooze,
    decide,
)
from tray_app.rules.levels import Level, Thresholds
from tray_app.store.alerts_file import AlertsFile, Kept

SAID = AlertState(
    Level.CRITICAL,
    {AlertKind.LOW: Said(1_000), AlertKind.CRITICAL: Said(2_000, untrue_since=3_000)},
    SaidDrain(4_000, 500),
    5_000,
    Snooze(until=NOON + timedelta(hours=1), since=NOON),
    Claim(AlertKind.EMPTY, "1", 6_000),
    refilled_to=480,
    refilled_from=450,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "alerts.json"


levels = st.sampled_from(Level)
times = st.integers(0, 2**33).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
stamps = st.integers(0, 2**33)
states = st.builds(
    AlertState,
    st.none() | levels,
    st.dictionaries(st.sampled_from(sorted(LASTING)), st.builds(Said, stamps, st.none() | stamps)),
    st.none() | st.builds(SaidDrain, stamps, stamps, st.booleans()),
    stamps,
    st.none()
    | st.builds(Snooze, until=times, since=st.none() | times)
    | st.builds(Snooze, level=levels),
    st.none() | st.builds(Claim, st.sampled_from(AlertKind), st.text(), stamps),
    st.none() | st.integers(-100, 20_000),
    st.none() | st.integers(-100, 20_000),
)


@settings(max_examples=50)
@given(states, st.none() | st.text())
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, state: AlertState, team_id: str | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-alerts.json"
    AlertsFile(path, "default").save(state, team_id)
    assert AlertsFile(path, "default").load() == (state, team_id)


def test_its_shape_stays_what_it_was(path: Path) -> None:
    """Files of earlier versions are read, and what is written is what they can read."""
    entry = {
        "team": "tea_1",
        "level": "critical",
        "said": {"low": [1_000, None], "critical": [2_000, 3_000]},
        "said_drain": [4_000, 500, False],
        "refilled": 5_000,
        "refilled_to": 480,
        "refilled_from": 450,
        "snooze_since": "2026-11-22T12:00:00+00:00",
        "snooze_until": "2026-11-22T13:00:00+00:00",
        "snooze_level": None,
        "claim": ["empty", "1", 6_000],
    }
    AlertsFile(path, "default").save(SAID, "tea_1")
    assert path.read_text() == json.dumps({"default": entry}, indent=2) + "\n"
    assert AlertsFile(path, "default").load() == (SAID, "tea_1")
    for name in ("claim", "refilled_to", "refilled_from"):  # as no version wrote before
        del entry[name]
    path.write_text(json.dumps({"default": entry}))
    old = replace(SAID, claim=None, refilled_to=None, refilled_from=None)
    assert AlertsFile(path, "default").load() == (old, "tea_1")


def test_no_file(path: Path) -> None:
    assert AlertsFile(path, "default").load() == (AlertState(), None)


def test_an_account_is_removed_alone(path: Path) -> None:
    one, other = AlertsFile(path, "one"), AlertsFile(path, "other")
    one.remove()
    assert not path.exists()
    one.save(SAID, "tea_1")
    other.save(SAID, "tea_2")
    one.remove()
    assert (one.load(), other.load()) == (Kept(), Kept(SAID, "tea_2"))


def test_each_account_has_its_own(path: Path) -> None:
    AlertsFile(path, "one").save(SAID, "tea_1")
    other = AlertsFile(path, "other")
    assert other.load() == (AlertState(), None)
    other.save(AlertState(Level.LOW), "tea_2")
    assert AlertsFile(path, "one").load() == (SAID, "tea_1")
    assert other.load() == (AlertState(Level.LOW), "tea_2")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"default": []}',
        '{"default": null}',
        '{"default": 7}',
        '{"default": {"level": "sunny"}}',
        '{"default": {"level": []}}',
        '{"default": {"said": "low"}}',
        '{"default": {"said": null}}',
        '{"default": {"said": ["low"]}}',
        '{"default": {"said": {"low": 7}}}',
        '{"default": {"said": {"low": ["late", null]}}}',
        '{"default": {"said": {"sunny": [7, null]}}}',
        '{"default": {"snooze_until": "soon"}}',
        '{"default": {"snooze_until": 7}}',
        '{"default": {"snooze_until": "9999-12-31T23:59:59-12:00"}}',
        '{"default": {"snooze_until": "0001-01-01T00:00:00+12:00"}}',
        '{"default": {"snooze_until": "2026-11-22T12:00:00+00:00", "snooze_since": 7}}',
        '{"default": {"snooze_level": true}}',
        '{"default": {"said_drain": "late"}}',
        '{"default": {"said_drain": []}}',
        '{"default": {"said_drain": [7, "much", true]}}',
        '{"default": {"refilled": "late"}}',
        '{"default": {"refilled": null}}',
        '{"default": {"refilled_to": "much"}}',
        '{"default": {"refilled_from": []}}',
        '{"default": {"claim": "low"}}',
        '{"default": {"claim": []}}',
        '{"default": {"claim": ["sunny", "1", 7]}}',
        '{"default": {"claim": ["low", "1", "late"]}}',
    ],
)
def test_a_file_that_can_not_be_used_is_as_good_as_none(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    file = AlertsFile(path, "default")
    assert file.load() == (AlertState(), None)
    file.save(SAID, "tea_1")
    assert AlertsFile(path, "default").load() == (SAID, "tea_1")


@pytest.mark.parametrize("kind", AlertKind)
def test_of_whatever_was_said_the_next_reading_can_be_judged(path: Path, kind: AlertKind) -> None:
    """A drain and a refill do not last, and each reading broke on them."""
    path.parent.mkdir()
    path.write_text(f'{{"default": {{"level": "low", "said": {{"{kind}": [1, null]}}}}}}')
    state, _ = AlertsFile(path, "default").load()
    assert state.level is Level.LOW
    decide(state, 480, Thresholds(), NOON, Evidence(9, 3))


def test_a_place_that_can_not_be_used(path: Path) -> None:
    path = path.with_name("in_the_way") / path.name
    path.parent.parent.mkdir()
    path.parent.touch()
    file = AlertsFile(path, "default")
    assert file.load() == (AlertState(), None)
    with pytest.raises(OSError, match="in_the_way"):
        file.save(SAID, None)


def test_there_is_no_key_in_it_and_nothing_else_than_this(path: Path) -> None:
    AlertsFile(path, "default").save(SAID, "tea_1")
    (entry,) = json.loads(path.read_text()).values()
    assert set(entry) == {
        *("team", "level", "said", "said_drain"),
        *("refilled", "refilled_to", "refilled_from"),
        *("snooze_since", "snooze_until", "snooze_level", "claim"),
    }


def test_each_account_leaves_the_others_alone(path: Path) -> None:
    one, other = AlertsFile(path, "one"), AlertsFile(path, "other")
    assert one.load() == other.load() == (AlertState(), None)
    one.save(SAID, "tea_1")
    other.save(AlertState(Level.LOW), "tea_2")
    assert one.load() == (SAID, "tea_1")
    assert other.load() == (AlertState(Level.LOW), "tea_2")


def test_what_another_session_has_changed_is_read_and_not_overwritten(path: Path) -> None:
    desk, remote = AlertsFile(path, "default"), AlertsFile(path, "default")
    desk.load()
    assert remote.save(SAID, "tea_1")
    assert not desk.save(AlertState(Level.LOW), "tea_1")
    assert desk.load_again() == Kept(SAID, "tea_1")
    assert desk.load_again() is None
    assert desk.save(AlertState(Level.LOW), "tea_1")
    assert desk.load_again() is None
    assert remote.load_again() == Kept(AlertState(Level.LOW), "tea_1")


def test_what_is_of_another_account_is_no_change(path: Path) -> None:
    one, other = AlertsFile(path, "one"), AlertsFile(path, "other")
    one.load()
    assert other.save(SAID, "tea_2")
    assert one.load_again() is None
    assert one.save(SAID, "tea_1")


@pytest.mark.parametrize("content", ["", '{"default": 7}'])
def test_a_file_that_was_broken_or_deleted_meanwhile_is_written_anew(
    path: Path, content: str
) -> None:
    file = AlertsFile(path, "default")
    file.save(SAID, "tea_1")
    for spoil in (path.unlink, lambda: path.write_text(content)):
        spoil()
        assert file.load_again() is None
        assert file.save(SAID, "tea_1")
        assert AlertsFile(path, "default").load() == (SAID, "tea_1")
