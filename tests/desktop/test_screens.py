"""Windows that ask for their screen without making Qt crash, and the room on it."""

import ast

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication

from tests import PROJECT
from tray_app.desktop.widgets import screens


def test_no_window_asks_its_widget_for_its_screen() -> None:
    """After ``QWidget.screen()`` Qt crashes in QScreen once PySide has let go of the window."""
    asking = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in sorted((PROJECT / "tray_app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "screen"
    ]
    assert asking == []


@pytest.mark.parametrize(("is_wayland", "panel"), [(False, 0), (True, screens.WAYLAND_PANEL)])
def test_a_panel_that_nobody_reports_has_its_room(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, panel: int, *, is_wayland: bool
) -> None:
    """GNOME's covered the lower end of the settings on a screen of 600 pixels."""
    monkeypatch.setattr(screens, "compositor_places", lambda: is_wayland)
    screen = qapp.primaryScreen()
    assert screens.work_area(screen).height() == screen.geometry().height() - panel
    room = screens.room_at(QPoint()) + QSize(16, 48)
    assert room == screen.geometry().size() - QSize(0, panel)
