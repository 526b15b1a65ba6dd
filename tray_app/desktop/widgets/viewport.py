"""Viewports of scroll areas that Qt is never asked for."""

from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def own_viewport(area: QAbstractScrollArea) -> QWidget:
    """Give a scroll area a transparent viewport in place of Qt's, and return it.

    Nobody asks the area for ``viewport()`` any more. Qt's is a widget that Python has not seen: to
    find its class, PySide6 makes the types and enumerations of all widgets, which takes as long as
    the rest of the popup.
    """
    viewport = QWidget()
    viewport.setObjectName("qt_scrollarea_viewport")  # by which style sheets know it
    area.setViewport(viewport)
    return viewport
