"""Make the program's icon files beside this one from the painter that the windows use.

Run it in the project's folder: ``python -m resources.make_icons``.
"""

from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from tray_app.desktop.icon import paint_app_icon

STEM = Path(__file__).with_name("lemlist-credits")
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
MACOS_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def _picture(size: int) -> Image.Image:
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_app_icon(painter, size)
    painter.end()
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (size, size), bytes(rgba.constBits()))


def _write_svg(path: Path) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(256, 256))
    generator.setViewBox(QRect(0, 0, 256, 256))
    generator.setTitle("lemlist-credits")
    painter = QPainter(generator)
    paint_app_icon(painter, 256)
    painter.end()


def _write_all(path: Path, sizes: tuple[int, ...]) -> None:
    """Write each size as it was painted; Pillow would scale one picture down."""
    *smaller, largest = (_picture(size) for size in sizes)
    largest.save(path, sizes=[(size, size) for size in sizes], append_images=smaller)


if __name__ == "__main__":
    _write_svg(STEM.with_suffix(".svg"))
    _picture(256).save(STEM.with_suffix(".png"), optimize=True)
    _write_all(STEM.with_suffix(".ico"), WINDOWS_SIZES)
    _write_all(STEM.with_suffix(".icns"), MACOS_SIZES)
