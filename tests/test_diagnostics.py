"""The diagnostics say where the program runs, and nothing of the team."""

from datetime import UTC, datetime

from tray_app import __version__
from tray_app.diagnostics import report
from tray_app.errors import Kind, Problem
from tray_app.store.settings import Settings


def test_names_versions_platform_settings_and_problems() -> None:
    at = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    text = report(
        Settings(interval=90),
        [(at, Problem(Kind.SERVER_ERROR, "status 502"))],
        keychain="keyring.backends.SecretService",
        tray="xcb, without a place",
        environ={"XDG_CURRENT_DESKTOP": "XFCE", "LEMLIST_API_KEY": "not-a-real-key"},
    )
    lines = text.splitlines()
    assert lines[0] == f"lemlist-credits: {__version__}"
    assert "PySide6-Essentials: 6.11" in text
    assert "XDG_CURRENT_DESKTOP: XFCE" in lines
    assert "keychain: keyring.backends.SecretService" in lines
    assert "interval: 90 s" in lines
    assert lines[-1] == "2026-11-22 08:30:00 server_error status 502"
    assert "not-a-real-key" not in text
