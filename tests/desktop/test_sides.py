"""Boxes and words change sides with the language."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from tray_app.desktop.widgets.labels import ElidedLabel
from tray_app.desktop.widgets.sides import draw_words, mirrored

DIRECTIONS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_box_goes_where_the_style_of_qt_puts_it(
    qapp: QApplication, direction: Qt.LayoutDirection
) -> None:
    widget = QWidget()
    widget.setLayoutDirection(direction)
    for width in (200, 201):
        widget.resize(width, 40)
        for box in (QRect(10, 5, 30, 20), QRect(0, 0, width, 40), QRect(-3, 0, 7, 1), QRect()):
            expected = QStyle.visualRect(direction, widget.rect(), box)
            assert mirrored(widget, box) == expected


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_words_begin_at_the_side_of_the_language(
    qapp: QApplication, direction: Qt.LayoutDirection
) -> None:
    label = ElidedLabel()
    label.setLayoutDirection(direction)
    label.setText("mm")
    label.resize(200, 20)
    picture = label.grab().toImage()
    ground = QColor(picture.pixel(100, 0))
    inked = {
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if QColor(picture.pixel(x, y)) != ground
    }
    assert inked
    is_left = max(inked) < picture.width() / 2
    is_right = min(inked) > picture.width() / 2
    assert (is_left, is_right) == (
        direction is Qt.LayoutDirection.LeftToRight,
        direction is Qt.LayoutDirection.RightToLeft,
    )


def test_words_read_alike_in_both_directions(qapp: QApplication) -> None:
    def drawn(direction: Qt.LayoutDirection) -> QImage:
        picture = QImage(200, 40, QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.white)
        with QPainter(picture) as painter:
            painter.setLayoutDirection(direction)
            absolutely_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
            draw_words(painter, picture.rect(), absolutely_left, "38 min old")
        return picture

    assert drawn(Qt.LayoutDirection.LeftToRight) == drawn(Qt.LayoutDirection.RightToLeft)
