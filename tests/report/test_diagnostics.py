"""The diagnostics say where the program runs, and nothing of the team."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes import FakeKeychain
from tray_app import __version__
from tray_app.errors import Kind, Problem
from tray_app.report.diagnostics import MOST_PROBLEMS, RecentProblems, report
from tray_app.store.settings import Settings

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def test_each_problem_stands_there_once() -> None:
    problems = RecentProblems()
    timeout = Problem(Kind.TIMEOUT)
    for minutes in range(3):  # as the screen is told of the same one, again and again
        problems.note(timeout, AT + timedelta(minutes=minutes))
    for minutes in (10, 20, 30):
        problems.note(Problem(Kind.SERVER_ERROR, "status 502"), AT + timedelta(minutes=minutes))
    problems.note(Problem(Kind.SERVER_ERROR, "status 503"), AT + timedelta(minutes=40))
    problems.note(Problem(Kind.TIMEOUT), AT + timedelta(minutes=50))
    assert problems.lines() == [
        "2026-11-22 08:40:00 to 2026-11-22 09:00:00 3 times server_error status 502",
        "2026-11-22 09:10:00 server_error status 503",
        "2026-11-22 08:30:00 to 2026-11-22 09:20:00 2 times timeout",
    ]


def test_the_oldest_problems_make_room() -> None:
    problems = RecentProblems()
    for status in range(500, 500 + 2 * MOST_PROBLEMS):
        problems.note(Problem(Kind.SERVER_ERROR, f"status {status}"), AT)
    assert len(problems.lines()) == MOST_PROBLEMS
    assert problems.lines()[-1].endswith("status 519")


def test_names_versions_platform_settings_and_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "XFCE")
    monkeypatch.setenv("LEMLIST_API_KEY", "not-a-real-key")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.test:3128")
    problems = RecentProblems()
    problems.note(Problem(Kind.SERVER_ERROR, "status 502"), AT)
    text = report(
        Settings(interval=90),
        problems.lines(),
        FakeKeychain(),
        "xcb, without a place",
    )
    lines = text.splitlines()
    assert lines[0] == f"lemlist-credits: {__version__}"
    assert "PySide6-Essentials: 6.11" in text
    assert "XDG_CURRENT_DESKTOP: XFCE" in lines
    assert "keychain: in memory" in lines
    assert "interval: 90" in lines
    assert {line.split(": ")[0] for line in lines} >= set(Settings().choices)
    assert lines[-1] == "2026-11-22 08:30:00 server_error status 502"
    assert "not-a-real-key" not in text
    assert "proxy: http://proxy.test:3128" in lines
    assert "secret" not in text


def test_a_proxys_login_that_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://us\udcffr:secret@proxy.test:3128")
    assert (
        "proxy: http://proxy.test:3128" in report(Settings(), [], FakeKeychain(), "").splitlines()
    )


def test_a_keychain_that_can_not_be_used_is_named_by_its_problem() -> None:
    keychain = FakeKeychain(problem=Problem(Kind.KEYCHAIN_LOCKED))
    assert "keychain: keychain_locked" in report(Settings(), [], keychain, "").splitlines()
