"""Sheets of the tray icon, to be looked at: every shape, amount, size and panel."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from tray_app.desktop.widgets.icon import paint_icon
from tray_app.icon_look import IconLook, IconShape

PANELS = {"light": "#F4F5F7", "dark": "#20242B", "blue": "#3B6EA5"}
AMOUNTS = (0, 7, 62, 480, 999, 1_234, 12_430, 305_000, 1_234_567)
COUNTED = (IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL)


def looks() -> Iterator[list[IconLook]]:
    """Yield the rows of a sheet."""
    for shape in COUNTED:
        for stale in (False, True):
            yield [IconLook(shape, n, stale) for n in (*AMOUNTS, None)]
    for stale in (False, True):
        yield [IconLook(shape, None, stale) for shape in IconShape]


def sheet(sizes: Iterable[int], zoom: int) -> QImage:
    """Paint all rows in all sizes on all panels, each pixel magnified `zoom` times."""
    rows = list(looks())
    columns = max(map(len, rows))
    sizes = list(sizes)
    gap = 6
    width = columns * sum(size + gap for size in sizes) + gap * (len(sizes) + 1)
    height = len(rows) * (max(sizes) + gap) + gap
    image = QImage(width, height * len(PANELS), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for band, colour in enumerate(PANELS.values()):
        top = band * height
        painter.fillRect(QRect(0, top, width, height), QColor(colour))
        for row in rows:
            x = gap
            for size in sizes:
                for column, look in enumerate(row):
                    painter.drawImage(x + column * (size + gap), top + gap, paint_icon(look, size))
                x += columns * (size + gap) + gap
            top += max(sizes) + gap
    painter.end()
    return image.scaled(
        image.size() * zoom,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.FastTransformation,
    )


def make(folder: Path) -> list[Path]:
    """Paint the sheets into `folder` and return their files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, sizes, zoom in (
        ("icon-1x", (16, 22, 32, 64), 1),
        ("icon-2x", (32, 44, 64, 128), 1),
        *((f"icon-{size}-magnified", (size,), 4) for size in (16, 22, 32)),
    ):
        files.append(folder / f"{name}.png")
        if not sheet(sizes, zoom).save(str(files[-1])):
            raise OSError(files[-1])
    return files
