"""Windows that ask for their screen without making Qt crash."""

import ast

from tests import PROJECT


def test_no_window_asks_its_widget_for_its_screen() -> None:
    """After ``QWidget.screen()`` Qt crashes in QScreen once PySide has let go of the window."""
    asking = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in sorted((PROJECT / "tray_app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "screen"
    ]
    assert asking == []
