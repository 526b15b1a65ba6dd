"""The pictures of the tray icon and of the windows, painted for each size on whole pixels.

One design serves light and dark panels, for no desktop tells which one it has. What is not up to
date is hollow: a dark plate in place of the coloured one, with the level's colour as its rim.
"""

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF
from PySide6.QtGui import (
    QBrush,
    QColor,
    QIcon,
    QImage,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPainterStateGuard,
    QPen,
    QPixmap,
)

from tray_app.desktop.widgets.glyphs import (
    Run,
    Stroke,
    amount_run,
    strokes_of,
    symbol_run,
    told_by_icon,
)
from tray_app.icon_look import IconLook, IconShape

SIZES = (16, 20, 22, 24, 32, 40, 44, 48, 64)
APP_SIZES = (16, 24, 32, 48, 64, 128, 256)


class Paint(NamedTuple):
    """The colours of a shape; plate or rim stands out from a light and from a dark panel."""

    plate: str
    rim: str
    ink: str


FRESH = dict.fromkeys(IconShape, Paint("#767F8C", "#767F8C", "#FFFFFF")) | {
    IconShape.HEALTHY: Paint("#009E73", "#009E73", "#FFFFFF"),
    IconShape.LOW: Paint("#E69F00", "#A87000", "#1B1200"),
    IconShape.CRITICAL: Paint("#D55E00", "#D55E00", "#FFFFFF"),
    IconShape.EMPTY: Paint("#B3261E", "#E5554B", "#FFFFFF"),
}
STALE = dict.fromkeys(IconShape, Paint("#2A3038", "#9AA3AF", "#FFFFFF")) | {
    IconShape.HEALTHY: Paint("#2A3038", "#00B887", "#FFFFFF"),
    IconShape.LOW: Paint("#2A3038", "#E69F00", "#FFFFFF"),
    IconShape.CRITICAL: Paint("#2A3038", "#F0701A", "#FFFFFF"),
    # A white cross on red and on dark grey look alike without colour; this one is dimmer too.
    IconShape.EMPTY: Paint("#2A3038", "#F0877F", "#F0877F"),
}
SYMBOLS = {
    IconShape.HEALTHY: "✓",
    IconShape.LOW: "!",
    IconShape.CRITICAL: "!!",
    IconShape.EMPTY: "×",
    IconShape.LOADING: "…",
    IconShape.UNKNOWN: "?",
}
# The others say all by their symbol: empty is always 0, and there is no figure without a key.
NUMBERED = {IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL}


def tray_icon(look: IconLook) -> QIcon:
    """Return the icon for `look` with one pixmap for each of `SIZES`, in device pixels.

    Looks that are equal at all sizes, as of 12,430 and 12,400 credits, share one icon.
    """
    amount = look.amount if look.shape in NUMBERED else None
    return _tray_icon(look._replace(amount=None if amount is None else told_by_icon(amount)))


@lru_cache(maxsize=32)
def _tray_icon(look: IconLook) -> QIcon:
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(QPixmap.fromImage(paint_icon(look, size)))
    return icon


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    """Return the program's own icon, for its windows: a coin with a bolt, and no figures."""
    icon = QIcon()
    for size in APP_SIZES:
        canvas = _canvas(size)
        with QPainter(canvas) as painter:
            _clear(painter, canvas)
            paint_app_icon(painter, size)
        icon.addPixmap(QPixmap.fromImage(canvas))
    return icon


def paint_icon(look: IconLook, size: int) -> QImage:
    """Paint `look` on a transparent square of `size` pixels.

    An amount that has no room gives way to the level's symbol.
    """
    paint = (STALE if look.stale else FRESH)[look.shape]
    canvas = _canvas(size)
    with QPainter(canvas) as painter:
        _clear(painter, canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(_outline(look.shape, size, 0), _brush(paint.rim))
        if paint.plate != paint.rim:
            inner = _outline(look.shape, size, max(1, size // 20))
            painter.fillPath(inner, _brush(paint.plate))
        if look.shape is IconShape.LOCKED:
            _paint_padlock(painter, size, QColor(paint.ink))
        else:
            has_amount = look.shape in NUMBERED and look.amount is not None
            run = amount_run(look.amount or 0, size) if has_amount else None
            run = run or symbol_run(SYMBOLS[look.shape], size)
            _paint_run(painter, run, size, look.shape, paint)
    return canvas.copy()


def paint_app_icon(painter: QPainter, size: int) -> None:
    """Paint the program's own icon on a square of `size` units."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(_outline(IconShape.HEALTHY, size, 0), QColor("#009E73"))
    coin = QPainterPath()
    edge = round(size * 0.16)
    coin.addEllipse(QRectF(edge, edge, size - 2 * edge, size - 2 * edge))
    painter.fillPath(coin, QColor("#FFFFFF"))
    bolt = QPainterPath()
    corners = ((0.56, 0.24), (0.34, 0.55), (0.48, 0.55), (0.44, 0.76), (0.66, 0.45), (0.52, 0.45))
    bolt.addPolygon([QPointF(x, y) * size for x, y in corners])
    painter.fillPath(bolt, QColor("#007A59"))


@lru_cache
def _canvas(size: int) -> QImage:
    """Return an image to paint on, the same one again and again.

    WORKAROUND: PySide6 6.11.3 counts six references to None too many for each new image that is
    painted on. That costs no memory, but hides a count that falls: at 0 the process would end
    (`tests/program/soak.py` watches it). No report of it was found.
    """
    return QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)


def _clear(painter: QPainter, canvas: QImage) -> None:
    # Not QImage.fill(), which asks for a Qt.GlobalColor too (see `_brush`).
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.eraseRect(canvas.rect())
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)


def _outline(shape: IconShape, size: int, inset: int) -> QPainterPath:
    """Return the edge of a shape, `inset` pixels inside the icon's square."""
    low, high = inset, size - inset
    box = QRectF(low, low, high - low, high - low)
    path = QPainterPath()
    if shape is IconShape.EMPTY:
        path.addEllipse(box)
    elif shape is IconShape.CRITICAL:
        near = round(size * 0.23) + inset * 0.4
        far = size - near
        top, bottom = ((near, low), (far, low)), ((far, high), (near, high))
        right, left = ((high, near), (high, far)), ((low, far), (low, near))
        path.addPolygon([QPointF(x, y) for x, y in (*top, *right, *bottom, *left)])
    elif shape is IconShape.LOW:
        notch = size * 5 // 16 + inset * 0.4
        corner = ((size - notch, low), (high, notch))
        corners = ((low, low), *corner, (high, high), (low, high))
        path.addPolygon([QPointF(x, y) for x, y in corners])
    else:
        radius = size * 0.2 - inset
        path.addRoundedRect(box, radius, radius)
    return path


@lru_cache(maxsize=32)
def _brush(colour: str) -> QBrush:
    """Return a brush of one colour, made from a pixel.

    ``QBrush(QColor)`` first asks whether that is a ``Qt.GlobalColor``: the first use of PySide6's
    ``Qt`` makes all of its enumerations, which takes 30 ms, longer than all else of the first icon.
    """
    pixel = QImage(1, 1, QImage.Format.Format_RGB32)
    pixel.setPixelColor(0, 0, QColor(colour))
    return QBrush(pixel)


def _paint_run(painter: QPainter, run: Run, size: int, shape: IconShape, paint: Paint) -> None:
    """Paint a run in the middle of the icon, and break the rim wherever the two would touch."""
    left, top = (size - run.width) // 2, (size - run.height) // 2
    if shape is IconShape.LOW and run.width > size // 2:
        top += size // 16  # clear of the notch
    halo = max(1, size // 32)
    boxes = []
    for char in run.text:
        boxes.append((char, QRect(left, top, run.glyph_width(char), run.height)))
        left += run.glyph_width(char) + run.gap
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
    for around in (halo, 0) if paint.plate != paint.rim else (0,):
        for char, box in boxes:
            with QPainterStateGuard(painter):
                # Slanted lines end where the box does, as in print.
                painter.setClipRect(box.adjusted(-around, -around, around, around))
                painter.translate(box.topLeft())
                inked = _glyph(char, box.width(), box.height(), run.pen, run.dot)
                if around:
                    painter.strokePath(inked, QPen(QColor(paint.plate), 2 * around))
                else:
                    painter.fillPath(inked, _brush(paint.ink))


@lru_cache(maxsize=256)
def _glyph(char: str, width: int, height: int, pen: float, dot: int) -> QPainterPath:
    """Return the inked area of a character in a box that starts at the origin."""
    inked = QPainterPath()
    for stroke in strokes_of(char):
        if len(stroke.vertices) == 1:
            left = round(stroke.vertices[0].x * (width - dot))
            inked.addRect(left, height - dot, dot, dot)
        else:
            # Not above (see `_brush`): the first icon has no lines.
            from PySide6.QtCore import Qt

            stroker = QPainterPathStroker()
            stroker.setWidth(pen)
            stroker.setCapStyle(Qt.PenCapStyle.SquareCap)
            stroker.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            stroker.setMiterLimit(8)
            inked.setFillRule(Qt.FillRule.WindingFill)
            line = _skeleton(stroke, width - pen, height - pen, pen)
            inked.addPath(stroker.createStroke(line))
    return inked


def _snap(unit: float, extent: float) -> float:
    """Put a line's outer edge, the one farther from the middle, on a whole pixel."""
    if unit == 0.5:
        return extent / 2
    if unit <= 0.5:
        return int(unit * extent + 0.5)
    return extent - int((1 - unit) * extent + 0.5)


def _skeleton(stroke: Stroke, width: float, height: float, pen: float) -> QPainterPath:
    """Map a stroke into a box, half a pen inside, and round its round corners."""
    points = [
        QPointF(pen / 2 + _snap(vertex.x, width), pen / 2 + _snap(vertex.y, height))
        for vertex in stroke.vertices
    ]
    path = QPainterPath()
    for i, (vertex, point) in enumerate(zip(stroke.vertices, points, strict=True)):
        start = end = point
        if vertex.is_round:
            j = (i + 1) % len(points)
            start = _along(point, points[i - 1], width / 2, shared=stroke.vertices[i - 1].is_round)
            end = _along(point, points[j], width / 2, shared=stroke.vertices[j].is_round)
        if i == 0:
            path.moveTo(start)
        else:
            path.lineTo(start)
        if vertex.is_round:
            # 0.56 of the way to the corner makes nearly a quarter circle.
            path.cubicTo(start + (point - start) * 0.56, end + (point - end) * 0.56, end)
    if stroke.is_closed:
        path.closeSubpath()
    return path


def _along(corner: QPointF, other: QPointF, reach: float, *, shared: bool) -> QPointF:
    """Return the point `reach` from a corner; two round corners share the line between them."""
    leg = QLineF(corner, other)
    return leg.pointAt(min(reach / leg.length(), 0.5 if shared else 1))


def _paint_padlock(painter: QPainter, size: int, ink: QColor) -> None:
    pen = max(2, round(size * 0.1))
    width, arch = size // 4 * 2, size // 16 * 2 + pen * 2
    arch += (arch - size) % 2
    left, top = (size - width) // 2, round(size * 0.44)
    body = QRectF(left, top, width + size % 2, size - top - size // 5)
    hoop = QRectF((size - arch + pen) / 2, size // 6 + pen / 2, arch - pen, size * 0.6)
    painter.setPen(QPen(ink, pen))
    painter.setClipRect(QRectF(0, 0, size, top + 1))
    painter.drawRoundedRect(hoop, (arch - pen) / 2, (arch - pen) / 2)
    painter.setClipping(False)
    lock = QPainterPath()
    lock.addRoundedRect(body, size / 16, size / 16)
    painter.fillPath(lock, ink)
