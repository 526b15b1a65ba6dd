"""Which screen a window is on."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, QScreen


def screen_at(place: QPoint) -> QScreen:
    """Return the screen at a place, or the main one where no screen is.

    Windows use this in place of ``QWidget.screen()``, after which Qt crashes in QScreen once PySide
    has let go of the window.
    """
    return QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
