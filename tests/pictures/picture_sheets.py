"""What the pictures of dialogs, popup and history have in common."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QRect, QtMsgType
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication

from tests.surroundings import OWN

GAP = 24  # pixels between the pictures of a sheet

DARK = {
    QPalette.ColorRole.Window: "#2B2F36",
    QPalette.ColorRole.WindowText: "#F2F4F7",
    QPalette.ColorRole.Base: "#1E2227",
    QPalette.ColorRole.AlternateBase: "#2B2F36",
    QPalette.ColorRole.Text: "#F2F4F7",
    QPalette.ColorRole.Button: "#3A3F47",
    QPalette.ColorRole.ButtonText: "#F2F4F7",
    QPalette.ColorRole.ToolTipBase: "#1E2227",
    QPalette.ColorRole.ToolTipText: "#F2F4F7",
    QPalette.ColorRole.Highlight: "#3B82C4",
    QPalette.ColorRole.HighlightedText: "#FFFFFF",
    QPalette.ColorRole.Link: "#7AB8F5",
    QPalette.ColorRole.PlaceholderText: "#9AA3AF",
}


def paint_at_each_scale(module: str, folder: Path) -> None:
    """Have a module paint its pictures into `folder` at 1x and at 2x.

    Each scale takes a process of its own, as Qt reads it once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The offscreen platform's own screen has 800x800 pixels, less than a dialog at 2x.
    screen = {"name": "one", "x": 0, "y": 0, "width": 4000, "height": 4000}
    dpi = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screens = folder / "screens.json"
    screens.write_text(json.dumps({"screens": [screen | dpi]}))
    platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={screens}"}
    for scale in ("1", "2"):
        environment = os.environ | OWN | platform | {"QT_SCALE_FACTOR": scale}
        subprocess.run(
            [sys.executable, "-m", module, str(folder), scale], env=environment, check=True
        )


def print_message(_type: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Pass on what Qt says, but for the offscreen platform's word on each window of fixed size."""
    if text != "This plugin does not support propagateSizeHints()":
        print(text, file=sys.stderr)


def dark_palette(app: QApplication) -> QPalette:
    """Return the palette of a dark desktop, which the offscreen platform has not."""
    palette = QPalette(app.palette())
    disabled = QColor("#7B838F")
    for role, colour in DARK.items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, disabled)
    return palette


def sheet(
    pictures: Sequence[QImage], *, per_row: int = 3, gap: int = GAP, ground: str = "#8A93A5"
) -> QImage:
    """Lay pictures out side by side, row by row, pixel by pixel."""
    rows = [pictures[first : first + per_row] for first in range(0, len(pictures), per_row)]
    width = max(sum(each.width() + gap for each in row) for row in rows) + gap
    height = sum(max(each.height() for each in row) + gap for row in rows) + gap
    result = QImage(width, height, QImage.Format.Format_RGB32)
    result.fill(QColor(ground))
    painter = QPainter(result)
    top = gap
    for row in rows:
        left = gap
        for each in row:
            painter.drawImage(QRect(left, top, each.width(), each.height()), each)
            left += each.width() + gap
        top += max(each.height() for each in row) + gap
    painter.end()
    return result
