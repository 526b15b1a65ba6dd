"""The marks of levels, and those that all charts have."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from tray_app.icon_look import IconShape

MARK = 10
"""The side of a level's mark, in pixels."""

SWATCH = 10
"""The side of the patch of colour beside a name, in pixels."""
DOT = 3
"""The radius of the dot at the last point."""


def triangle(foot: QPointF, height: float) -> QPolygonF:
    """Return a triangle on its foot, or on its tip where ``height`` is below 0."""
    half = abs(height) * 0.7
    return QPolygonF([foot - QPointF(half, 0), foot + QPointF(half, 0), foot - QPointF(0, height)])


def level_mark(shape: IconShape) -> QPainterPath:
    """Return the mark of a level around the origin, ``MARK`` pixels wide; each has its own form."""
    path = QPainterPath()
    match shape:
        case IconShape.LOW:
            _add_polygon(path, (0, -4.6), (5.4, 4.4), (-5.4, 4.4))
        case IconShape.CRITICAL:
            right, left = ((4.7, -2.7), (4.7, 2.7)), ((-4.7, 2.7), (-4.7, -2.7))
            _add_polygon(path, (0, -5.4), *right, (0, 5.4), *left)
        case IconShape.EMPTY:
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addRoundedRect(QRectF(-5.8, -1.2, 11.6, 2.4), 1, 1)
            path.addRoundedRect(QRectF(-1.2, -5.8, 2.4, 11.6), 1, 1)
            path = QTransform().rotate(45).map(path)
        case _:
            path.addEllipse(QPointF(0, 0), 4.5, 4.5)
            if shape is not IconShape.HEALTHY:  # no level: a ring
                path.addEllipse(QPointF(0, 0), 3, 3)
    return path


def clock_mark() -> QPainterPath:
    """Return the mark of what is waited for."""
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), 5.5, 5.5)
    path.addEllipse(QPointF(0, 0), 4.2, 4.2)
    hands = QPainterPath()
    hands.addRect(QRectF(-0.65, -3, 1.3, 3.65))
    hands.addRect(QRectF(-0.65, -0.65, 3.2, 1.3))
    hands.setFillRule(Qt.FillRule.WindingFill)
    return path.united(hands)


def _add_polygon(path: QPainterPath, *corners: tuple[float, float]) -> None:
    path.addPolygon([QPointF(x, y) for x, y in corners])
