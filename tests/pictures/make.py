"""Every picture that is worth a look, and those of the README.

    python -m tests.pictures.make            all of them, into build/pictures/
    python -m tests.pictures.make --readme   the README's, into docs/pictures/

The README's picture of a desktop is a part of one that the demo has left in build/demo/.
"""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests import PROJECT
from tests.examples import NOW
from tests.pictures import dialogs as pictures_dialogs
from tests.pictures import history as pictures_history
from tests.pictures import icon as pictures_icon
from tests.pictures import overview as pictures_overview
from tests.pictures import popup as pictures_popup
from tests.surroundings import replace_surroundings
from tray_app.desktop.widgets.icon import paint_icon
from tray_app.icon_look import IconLook, IconShape

ICONS = (
    IconLook(IconShape.HEALTHY, 12_430),
    IconLook(IconShape.LOW, 480),
    IconLook(IconShape.CRITICAL, 62),
    IconLook(IconShape.EMPTY, 0),
    IconLook(IconShape.HEALTHY, 12_430, stale=True),
    IconLook(IconShape.LOADING),
    IconLook(IconShape.UNKNOWN),
    IconLook(IconShape.LOCKED),
)
PANELS = ("#F4F5F7", "#20242B")
FONT = "Inter"
CORNER = QRect(880, 0, 400, 800)
"""The part of the demo's desktop that shows popup, icon and notification."""
POPUPS = ("popup-healthy-light", "popup-offline-low-dark")


def make_all(folder: Path) -> list[Path]:
    """Write every picture of icon, popup and dialogs, dark and light, at 1x and 2x."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = (
        *(pictures_icon, pictures_popup, pictures_overview),
        *(pictures_dialogs, pictures_history),
    )
    return [path for maker in makers for path in maker.make(folder)]


def make_readme(folder: Path) -> list[Path]:
    """Write the pictures that the README shows; the desktop's come from the demo."""
    folder.mkdir(parents=True, exist_ok=True)
    made = PROJECT / "build" / "pictures"
    popups = pictures_popup.make(made)
    pictures_history.make(made)
    chosen = [QImage(str(path)) for path in popups if path.stem in POPUPS]
    pictures = {
        "popup": side_by_side(chosen),
        "teams": side_by_side([six_teams(dark=False), six_teams(dark=True)]),
        "icon": icons_on_panels(),
        "history": QImage(str(made / "history-30-days-light-2x.png")),
        "desktop": QImage(str(PROJECT / "build" / "demo" / "2-low.png")).copy(CORNER),
    }
    for name, picture in pictures.items():
        if not picture.save(str(folder / f"{name}.png")):
            raise OSError(folder / name)
    return [folder / f"{name}.png" for name in pictures]


def six_teams(*, dark: bool) -> QImage:
    """Show several teams on the popup."""
    teams = pictures_overview.State("six", pictures_overview.six())
    return pictures_overview.picture(teams, NOW, dark=dark, scale=2)


def side_by_side(popups: list[QImage]) -> QImage:
    """Lay popups out on a quiet ground."""
    gap = 64
    width = sum(popup.width() + gap for popup in popups) + gap
    result = QImage(width, max(popup.height() for popup in popups) + 2 * gap, popups[0].format())
    result.fill(QColor("#8C96A8"))
    painter = QPainter(result)
    x = gap
    for popup in popups:
        painter.drawImage(QRect(x, gap, popup.width(), popup.height()), popup)
        x += popup.width() + gap
    painter.end()
    return result


def icons_on_panels() -> QImage:
    """Show each state of the icon at 16, 22, 32 and 64 px, on a light and a dark panel."""
    sizes, cell, row = (16, 22, 32, 64), 96, 96
    result = QImage(
        cell * len(ICONS), row * len(sizes) * len(PANELS), QImage.Format.Format_ARGB32_Premultiplied
    )
    painter = QPainter(result)
    for panel, colour in enumerate(PANELS):
        top = panel * row * len(sizes)
        painter.fillRect(QRect(0, top, result.width(), row * len(sizes)), QColor(colour))
        for line, size in enumerate(sizes):
            for column, look in enumerate(ICONS):
                x = column * cell + (cell - size) // 2
                painter.drawImage(x, top + line * row + (row - size) // 2, paint_icon(look, size))
    painter.end()
    return result


def main() -> None:
    """Make what the arguments ask for, and print the files."""
    replace_surroundings()
    # Without a screen there are no windows to raise, and Qt says so each time.
    os.environ["QT_LOGGING_RULES"] = "default.warning=false"
    application = QApplication([])
    application.setFont(QFont(FONT, 10))
    readme = "--readme" in sys.argv[1:]
    made = (
        make_readme(PROJECT / "docs" / "pictures")
        if readme
        else make_all(PROJECT / "build" / "pictures")
    )
    print(*(path.relative_to(PROJECT) for path in made), sep="\n")


if __name__ == "__main__":
    main()
