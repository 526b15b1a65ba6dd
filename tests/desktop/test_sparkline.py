"""The popup's small chart: what it shows, says, and asks for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QColor, QFont
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tests.desktop.widget_driver import (
    FORMATS,
    PaintCounter,
    assert_focus_is_seen,
    colours,
    shown,
    wait_with_events,
)
from tests.examples import NOW
from tests.pictures.history import believable
from tests.pictures.popup import palette
from tray_app.desktop.popup.sparkline import Sparkline
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.widgets.theme import DARK, LIGHT, themed
from tray_app.icon_look import IconShape
from tray_app.report.points import Trend, trend_of
from tray_app.words.trend_words import course_words, point_words, spent_words

DAY = 86_400
BEGIN = int(NOW.timestamp()) - 10 * DAY
END = int(NOW.timestamp())
TREND = Trend(
    ((BEGIN, 4_000), (BEGIN + 4 * DAY, 1_000), (BEGIN + 5 * DAY, 6_000), (END, 2_000)),
    ((BEGIN + 5 * DAY, 5_000),),
    BEGIN,
    END,
    30,
    6_000,
)
TITLE = spent_words(BEGIN, END, 30, 6_000, FORMATS)
YOUNG = replace(TREND, points=((END - 3_600, 10), (END, 5)), refills=(), begin=END - 3_600)


@pytest.fixture
def history(qapp: QApplication) -> QAction:
    """The action that opens the history."""
    return QAction()


@pytest.fixture
def card(history: QAction) -> Iterator[QWidget]:
    """What stands around the sparkline in the popup."""
    card = QWidget()
    card.setPalette(themed(palette(dark=False)))
    column = QVBoxLayout(card)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(Sparkline(FORMATS, history))
    card.setFixedWidth(308)
    card.setMinimumHeight(100)  # a window without any height is never shown
    yield shown(card)
    card.close()
    card.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def sparkline(card: QWidget) -> Sparkline:
    (sparkline,) = card.findChildren(Sparkline)
    return sparkline


def show(sparkline: Sparkline, trend: Trend = TREND, *, stale: bool = False, low: int = 0) -> None:
    sparkline.show_trend(trend, is_stale=stale, low=low)
    QApplication.processEvents()


def point_at(sparkline: Sparkline, share: float) -> None:
    """Move the pointer to a place on the line, from the left at 0 to the right at 1."""
    graph = sparkline.graph
    QTest.mouseMove(graph, QPoint(round((graph.width() - 1) * share), graph.height() // 2))
    QApplication.processEvents()


def painted(sparkline: Sparkline) -> set[str]:
    """The colours of the line and what is around it."""
    return colours(sparkline.graph.grab().toImage())


# Whether it is there


@pytest.mark.parametrize(
    "trend", [None, YOUNG, replace(TREND, points=())], ids=["none", "young", "empty"]
)
def test_a_new_user_sees_no_empty_box(
    card: QWidget, sparkline: Sparkline, trend: Trend | None
) -> None:
    sparkline.show_trend(trend, is_stale=False)
    assert not sparkline.isVisible()
    show(sparkline)
    assert sparkline.isVisible()
    sparkline.show_trend(trend, is_stale=False)
    assert not sparkline.isVisible()


def test_the_same_again_paints_nothing(sparkline: Sparkline) -> None:
    show(sparkline)
    counter = PaintCounter(sparkline.graph)
    show(sparkline, replace(TREND))
    assert counter.painted == 0
    show(sparkline, replace(TREND, refills=()))
    assert counter.painted == 1


# What it says


def test_it_says_in_words_what_it_shows(sparkline: Sparkline) -> None:
    show(sparkline)
    read = QAccessible.queryAccessibleInterface(sparkline.graph)
    assert read.text(QAccessible.Text.Name) == f"Balance. {TITLE}"
    assert read.text(QAccessible.Text.Description) == course_words(
        TREND.points, TREND.refills, FORMATS
    )
    assert "Credits added: +5,000" in read.text(QAccessible.Text.Description)


def test_the_caption_names_the_range(sparkline: Sparkline) -> None:
    show(sparkline)
    assert sparkline.caption.text() == TITLE
    show(sparkline, replace(TREND, days=7))
    assert sparkline.caption.text() == "Last 7 days · 6,000 spent"


def test_the_caption_follows_the_pointer(sparkline: Sparkline) -> None:
    show(sparkline)
    for share, point in ((0, 0), (0.42, 1), (0.5, 2), (1, 3)):
        point_at(sparkline, share)
        assert sparkline.caption.text() == point_words(*TREND.points[point], FORMATS)
    QTest.mouseMove(sparkline.history, QPoint(5, 5))
    wait_with_events(lambda: sparkline.caption.text() == TITLE, "the title is back")


def test_pointing_moves_nothing(card: QWidget, sparkline: Sparkline) -> None:
    show(sparkline)
    before = (card.size(), sparkline.caption.geometry(), sparkline.history.geometry())
    point_at(sparkline, 0.5)
    assert (card.size(), sparkline.caption.geometry(), sparkline.history.geometry()) == before


# What it looks like


def test_old_figures_are_muted(sparkline: Sparkline) -> None:
    show(sparkline)
    assert LIGHT.line in painted(sparkline)
    assert LIGHT.refill in painted(sparkline)
    show(sparkline, stale=True)
    assert LIGHT.muted in painted(sparkline)
    assert not {LIGHT.line, LIGHT.refill} & painted(sparkline)


@pytest.mark.parametrize("shape", [IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL])
def test_the_last_dot_has_the_colour_of_the_level(sparkline: Sparkline, shape: IconShape) -> None:
    flat = replace(TREND, refills=())
    sparkline.show_trend(flat, is_stale=False, shape=shape)
    assert LIGHT.levels[shape].ink in painted(sparkline)
    sparkline.show_trend(flat, is_stale=True, shape=shape)
    assert LIGHT.levels[shape].ink not in painted(sparkline), "of a level that may be another now"


def test_the_low_threshold_is_a_line_where_it_can_be_seen(sparkline: Sparkline) -> None:
    show(sparkline)
    plain = sparkline.graph.grab().toImage()
    show(sparkline, low=3_000)
    assert sparkline.graph.grab().toImage() != plain
    for low in (10, 7_000):
        show(sparkline, low=low)
        assert sparkline.graph.grab().toImage() == plain


def test_its_height_is_what_is_left(sparkline: Sparkline) -> None:
    """The line stands at a half of its height for a half of the largest balance."""
    half = replace(TREND, points=((BEGIN, 6_000), (BEGIN + 5 * DAY, 3_000), (END, 0)), refills=())
    show(sparkline, half)
    image = sparkline.graph.grab().toImage()

    def top(x: int) -> int:
        return next(
            y for y in range(image.height()) if image.pixelColor(x, y) != QColor(LIGHT.surface)
        )

    middle, right = image.width() // 2, image.width() - 6
    assert top(middle) == pytest.approx((top(1) + top(right)) / 2, abs=2)


def test_it_follows_the_desktop_into_the_dark(card: QWidget, sparkline: Sparkline) -> None:
    show(sparkline)
    card.setPalette(themed(palette(dark=True)))
    QApplication.processEvents()
    assert DARK.line in painted(sparkline)


def test_it_follows_the_desktop_to_larger_text(card: QWidget, sparkline: Sparkline) -> None:
    show(sparkline)
    small = sparkline.sizeHint().height()
    font = QFont(card.font())
    font.setPointSize(2 * font.pointSize())
    card.setFont(font)
    QApplication.processEvents()
    assert sparkline.sizeHint().height() > small
    assert sparkline.caption.font().pointSizeF() > font.pointSizeF() * 0.9


# More


@pytest.mark.parametrize("key", [None, Qt.Key.Key_Return, Qt.Key.Key_Space])
@pytest.mark.parametrize("door", ["graph", "history"])
def test_a_click_or_a_key_on_line_or_link_opens_the_history(
    sparkline: Sparkline, history: QAction, door: str, key: Qt.Key | None
) -> None:
    show(sparkline)
    asked = QSignalSpy(history.triggered)
    widget: QWidget = getattr(sparkline, door)
    if key is None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    else:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(widget, key)
    assert asked.count() == 1


def test_hidden_figures_have_no_chart_until_they_are_shown_again(qapp: QApplication) -> None:
    formats = QtFormats(QLocale("en_US"))
    formats.hidden_until = NOW
    sparkline = Sparkline(formats, QAction())
    show(sparkline)
    assert sparkline.caption.text() == "Chart hidden"
    assert not sparkline.graph.isVisibleTo(sparkline)
    formats.hidden_until = None
    show(sparkline)
    assert sparkline.caption.text() == TITLE
    assert sparkline.graph.isVisibleTo(sparkline)
    sparkline.deleteLater()


def test_the_focus_shows_on_the_line(sparkline: Sparkline) -> None:
    show(sparkline)
    assert_focus_is_seen(sparkline.graph)


def test_believable_figures_are_painted(sparkline: Sparkline) -> None:
    for days in (7, 30, 90):
        show(sparkline, trend_of(believable(60), days, END))
        assert LIGHT.line in painted(sparkline)
