"""Where a popup goes on a screen."""

from PySide6.QtCore import QPoint, QRect, QSize

GAP = 8
"""Pixels kept to the anchor and to the edges of the work area."""


def place(size: QSize, anchor: QRect, area: QRect) -> QPoint:
    """Return the top left corner of a popup next to ``anchor``, inside the work area ``area``.

    The popup is centred on the anchor, on the side of it where there is more room. An anchor
    beside the area lies in an upright panel, and the popup goes beside it.
    """
    x = anchor.center().x() - size.width() // 2
    if anchor.right() < area.left() or anchor.left() > area.right():
        y = anchor.center().y() - size.height() // 2
    elif anchor.center().y() > area.center().y():
        y = anchor.top() - GAP - size.height()
    else:
        y = anchor.bottom() + 1 + GAP
    furthest = area.bottomRight() - QPoint(size.width() + GAP - 1, size.height() + GAP - 1)
    return QPoint(
        max(area.left() + GAP, min(x, furthest.x())), max(area.top() + GAP, min(y, furthest.y()))
    )
