"""The programs in two graphical sessions of one user, which tell each alert once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fake_clock import FakeClock
from tray_app.rules.alerts import AlertState, Evidence, SnoozeChoice
from tray_app.store.alerts_file import AlertsFile, Kept
from tray_app.store.settings import Settings
from tray_app.team.announcer import Announcer

MINUTE = 60


@dataclass
class Sessions:
    """Two sessions at the desk and over VNC, whose programs share a file."""

    path: Path
    clock: FakeClock = field(default_factory=FakeClock)

    def announcer(self, session: str, team: str | None = "tea_1") -> Announcer:
        announcer = Announcer(AlertsFile(self.path, "default", session), self.clock)
        announcer.belong_to(team)
        return announcer


def told(announcer: Announcer, credits: int) -> str | None:
    alert = announcer.decide(credits, Settings(), Evidence())
    return alert.kind.value if alert else None


def tell(announcer: Announcer, credits: int) -> str | None:
    """Judge a reading; what it tells is shown and heard."""
    news = announcer.news(announcer.decide(credits, Settings(), Evidence()), None)
    announcer.hear(news)
    return news.alert.kind.value if news.alert else None


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "alerts.json")


@pytest.fixture
def desk(sessions: Sessions) -> Announcer:
    return sessions.announcer("0")


@pytest.fixture
def remote(sessions: Sessions, desk: Announcer) -> Announcer:
    assert tell(desk, 12_000) is None
    return sessions.announcer("1")


def test_what_one_session_has_told_the_other_does_not_tell(
    desk: Announcer, remote: Announcer
) -> None:
    assert (tell(desk, 480), tell(remote, 480)) == ("low", None)
    assert (tell(remote, 90), tell(desk, 90)) == ("critical", None)


def test_what_one_session_is_about_to_tell_the_other_leaves_to_it(
    desk: Announcer, remote: Announcer
) -> None:
    assert (told(desk, 480), told(remote, 480)) == ("low", None)
    assert told(desk, 479) == "low"
    assert told(remote, 90) == "critical"


def test_the_alert_that_does_not_wait_for_the_history_is_told_once_too(
    desk: Announcer, remote: Announcer
) -> None:
    first = desk.decide_early(480, Settings())
    assert first is not None
    assert remote.decide_early(480, Settings()) is None
    assert (told(desk, 480), told(remote, 480)) == ("low", None)


def test_a_session_that_can_not_show_an_alert_leaves_it_to_the_other(
    sessions: Sessions, desk: Announcer, remote: Announcer
) -> None:
    assert (told(desk, 480), told(remote, 480)) == ("low", None)
    sessions.clock.forward(minutes=5)
    assert told(desk, 480) == "low"
    assert tell(remote, 480) == "low"
    news = desk.news(desk.decide(480, Settings(), Evidence()), None)
    assert (news.alert, news.withdraws) == (None, True)


def test_an_alert_that_waits_for_a_service_is_taken_back_when_the_other_session_tells_it(
    sessions: Sessions, desk: Announcer, remote: Announcer
) -> None:
    waiting = desk.news(desk.decide(480, Settings(), Evidence()), None)
    sessions.clock.forward(seconds=MINUTE)
    assert told(remote, 480) == "low"
    taken_back = desk.news(desk.decide(480, Settings(), Evidence()), None)
    assert (taken_back.alert, taken_back.withdraws) == (None, True)
    desk.hear(waiting)
    sessions.clock.forward(seconds=MINUTE)
    assert told(remote, 480) == "low"


def test_a_claim_ends_with_its_reason(
    sessions: Sessions, desk: Announcer, remote: Announcer
) -> None:
    """Of an old claim nobody could tell in a later episode that another session tells it."""
    assert told(desk, 480) == "low"
    assert told(desk, 12_000) is None
    sessions.clock.forward(hours=2)
    assert (told(desk, 480), told(remote, 480)) == ("low", None)


def test_a_claim_from_the_future_counts_for_nothing(
    sessions: Sessions, desk: Announcer, remote: Announcer
) -> None:
    sessions.clock.forward(hours=1)
    assert told(desk, 480) == "low"
    sessions.clock.forward(hours=-1)
    assert told(remote, 480) == "low"


def test_a_restart_of_the_session_that_is_about_to_tell_tells(
    sessions: Sessions, desk: Announcer
) -> None:
    assert tell(desk, 12_000) is None
    assert told(desk, 480) == "low"
    assert told(sessions.announcer("0"), 480) == "low"


def test_a_snooze_in_one_session_holds_and_ends_in_the_other(
    desk: Announcer, remote: Announcer
) -> None:
    desk.begin_snooze(SnoozeChoice.HOUR)
    assert tell(remote, 480) is None
    assert remote.state.snooze is not None
    assert remote.state.snooze == desk.state.snooze
    remote.begin_snooze(SnoozeChoice.NONE)
    assert tell(desk, 480) == "low"


def test_what_both_hear_at_once_is_kept_of_both(
    sessions: Sessions, desk: Announcer, remote: Announcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that has read the file just before the other wrote it must not undo that."""
    save: Callable[..., bool] = AlertsFile.save
    both = [lambda: tell(remote, 480)]

    def save_later(file: AlertsFile, state: AlertState, team_id: str | None) -> bool:
        if both:
            assert both.pop()() == "low"
        return save(file, state, team_id)

    monkeypatch.setattr(AlertsFile, "save", save_later)
    desk.begin_snooze(SnoozeChoice.HOUR)
    kept = AlertsFile(sessions.path, "default").load()
    assert list(kept.state.said) == ["low"]
    assert kept.state.snooze is not None


def test_the_other_session_may_watch_another_team(sessions: Sessions, desk: Announcer) -> None:
    other = sessions.announcer("1", "tea_2")
    assert (tell(desk, 480), tell(other, 480)) == ("low", "low")
    assert (tell(desk, 90), tell(other, 90)) == ("critical", "critical")
    assert (tell(desk, 80), tell(other, 80)) == (None, None)


def test_what_was_told_stays_known_while_the_file_is_gone(
    sessions: Sessions, desk: Announcer
) -> None:
    assert tell(desk, 480) == "low"
    sessions.path.unlink()
    assert tell(desk, 480) is None
    desk.begin_snooze(SnoozeChoice.HOUR)
    assert AlertsFile(sessions.path, "default").load() == Kept(desk.state, "tea_1")


def test_a_program_of_before_there_were_claims_is_understood(
    sessions: Sessions, desk: Announcer
) -> None:
    assert tell(desk, 480) == "low"
    content = json.loads(sessions.path.read_text())
    del content["default"]["claim"]
    sessions.path.write_text(json.dumps(content))
    assert tell(sessions.announcer("1"), 480) is None
