"""Make the icon files of Windows and macOS from ``lemlist-credits.svg`` beside this file.

``python -m resources.make_icons FOLDER`` writes them into a folder, as ``build.spec`` has it done.
"""

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SVG = Path(__file__).with_name("lemlist-credits.svg")
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
MACOS_SIZES = (32, 64, 128, 256, 512, 1024)  # those that Pillow writes


def icon(size: int) -> Image.Image:
    """Return the SVG as a picture of ``size`` pixels each way."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SVG)).render(painter)
    painter.end()
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (size, size), bytes(rgba.constBits()))


def write_icons(folder: Path) -> None:
    """Write the .ico of Windows and the .icns of macOS."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, sizes in ((".ico", WINDOWS_SIZES), (".icns", MACOS_SIZES)):
        # Each size as it was drawn; Pillow would scale one picture down.
        *smaller, largest = map(icon, sizes)
        largest.save(
            folder / f"{SVG.stem}{suffix}",
            sizes=[(size, size) for size in sizes],
            append_images=smaller,
        )


if __name__ == "__main__":
    write_icons(Path(sys.argv[1]))
