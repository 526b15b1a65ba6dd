"""Which screen a window is on, and what room there is."""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QScreen

WAYLAND_PANEL = 48
"""Pixels that are left to a panel where nobody tells how high it is."""

_FRAME = QSize(16, 48)
"""Pixels that a desktop's window frame may take of the screen."""


def screen_at(place: QPoint) -> QScreen:
    """Return the screen at a place, or the main one where no screen is.

    Windows use this in place of ``QWidget.screen()``, after which Qt crashes in QScreen once PySide
    has let go of the window.
    """
    return QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()


def compositor_places() -> bool:
    """Tell whether the compositor places the windows, as under Wayland."""
    return QGuiApplication.platformName().startswith("wayland")


def work_area(screen: QScreen) -> QRect:
    """Return what panels leave of a screen."""
    area = screen.availableGeometry()
    if compositor_places() and area == screen.geometry():  # no panel is reported there
        area.setHeight(area.height() - WAYLAND_PANEL)
    return area


def room_at(place: QPoint) -> QSize:
    """Return the largest size of a window with a frame, on the screen at a place."""
    return work_area(screen_at(place)).size() - _FRAME
