"""The sides of a widget, which change with the direction of its language.

``QStyle`` knows as much, but PySide6 makes ten large enumerations with that class, which no click
on the icon has time for.
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget


def mirrored(widget: QWidget, box: QRect) -> QRect:
    """Return where a box goes that is given for a language from left to right."""
    if not widget.isRightToLeft():
        return box
    return box.translated(widget.width() - box.left() - box.right() - 1, 0)


def leading(widget: QWidget) -> Qt.AlignmentFlag:
    """Return the side at which words begin. A painter would go by the application's language."""
    sides = Qt.AlignmentFlag
    side = sides.AlignRight if widget.isRightToLeft() else sides.AlignLeft
    return side | sides.AlignAbsolute


def trailing(widget: QWidget) -> Qt.AlignmentFlag:
    """Return the side at which words end."""
    sides = Qt.AlignmentFlag
    side = sides.AlignLeft if widget.isRightToLeft() else sides.AlignRight
    return side | sides.AlignAbsolute


def draw_words(painter: QPainter, box: QRect, flags: int | Qt.AlignmentFlag, words: str) -> None:
    """Draw words in a box. Their letters say which way they run.

    A painter would go by the application's language, and "38 min old" read "min old 38" where that
    runs from right to left and the words are English.
    """
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(box, flags, words)
