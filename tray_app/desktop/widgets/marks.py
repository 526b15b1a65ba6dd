"""The marks that all charts have."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

SWATCH = 10
"""The side of the patch of colour beside a name, in pixels."""
DOT = 3
"""The radius of the dot at the last point."""


def triangle(foot: QPointF, height: float) -> QPolygonF:
    """Return a triangle on its foot, or on its tip where ``height`` is below 0."""
    half = abs(height) * 0.7
    return QPolygonF([foot - QPointF(half, 0), foot + QPointF(half, 0), foot - QPointF(0, height)])
