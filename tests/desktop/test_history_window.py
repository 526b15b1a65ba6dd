"""The history window, used by mouse, keys and screen reader."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLineEdit,
    QTableView,
    QTabWidget,
)

from tests.desktop.widget_driver import (
    FORMATS,
    assert_focus_is_seen,
    colours,
    emitted,
    name_of,
    press,
    shown,
    spoken,
    texts,
    wait_with_events,
)
from tests.examples import NOW
from tests.pictures.history import believable, hover, view
from tests.pictures.popup import palette
from tray_app.desktop.widgets.theme import DARK, LIGHT
from tray_app.desktop.windows.history_window import HistoryWindow
from tray_app.report.history_view import HistoryView

MONTH = view(believable(60), 30)
NOTHING = view([], 30)


@pytest.fixture
def window(qapp: QApplication) -> Iterator[HistoryWindow]:
    window = HistoryWindow(FORMATS)
    window.setPalette(palette(dark=False))
    yield shown(window)
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle() -> None:
    QApplication.processEvents()


def show(window: HistoryWindow, history: HistoryView = MONTH) -> HistoryWindow:
    window.show_history(history)
    settle()
    return window


def rows(table: QTableView) -> list[tuple[str, ...]]:
    model = table.model()
    return [
        tuple(model.index(row, column).data() for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


# What it shows


def test_shows_a_history(window: HistoryWindow) -> None:
    show(window)
    assert "Acme Growth" in texts(window)
    assert window.chart.isVisible()
    assert window.chart.readout == MONTH.title
    assert rows(window.drops) == list(MONTH.drop_table[1:])
    assert rows(window.days) == list(MONTH.day_table[1:])


def test_before_the_first_reading_there_is_a_sentence_and_nothing_else(
    window: HistoryWindow,
) -> None:
    show(window, NOTHING)
    assert any(text.startswith("History begins with the first readings") for text in texts(window))
    assert not window.chart.isVisible()
    assert not window.export.isVisible()
    assert not window.ranges.isVisible()
    show(window)
    assert window.chart.isVisible()
    assert window.export.isVisible()
    assert not any(text.startswith("History begins") for text in texts(window))


def test_nothing_flashes_while_it_loads(window: HistoryWindow) -> None:
    settle()
    assert texts(window) == [""] * len(texts(window))
    assert not window.chart.isVisible()


def test_what_was_shown_stays_until_there_is_something_new(window: HistoryWindow) -> None:
    show(window)
    before = window.chart.grab().toImage()
    QTest.mouseClick(choices(window)["Last 90 days"], Qt.MouseButton.LeftButton)
    settle()
    assert window.chart.grab().toImage() == before


@pytest.mark.parametrize(
    "history",
    [
        view(believable(60), 7),
        view(believable(60, with_buckets=False), 30),
        view(believable(3, drain=None), 30),
        view(believable(400), 365),
        view(believable(60, scale=10**6), 90),
    ],
    ids=["week", "no buckets", "young", "year", "billions"],
)
def test_each_history_is_painted(window: HistoryWindow, history: HistoryView) -> None:
    show(window, history)
    image = window.chart.grab().toImage()
    painted = colours(image, image.height() // 8)
    assert {LIGHT.line, LIGHT.spent} <= painted
    if any(mark.amount > 0 for mark in history.marks):
        assert LIGHT.refill in painted
    if any(mark.amount < 0 for mark in history.marks):
        assert LIGHT.drain in painted


def test_it_follows_the_desktop_into_the_dark(window: HistoryWindow) -> None:
    show(window)
    for dark, theme in ((True, DARK), (False, LIGHT)):
        window.setPalette(palette(dark=dark))
        settle()
        assert window.grab().toImage().pixelColor(2, 2) == QColor(theme.surface)
        assert window.team.palette().windowText().color() == QColor(theme.ink)


def test_it_can_be_made_smaller_and_larger(window: HistoryWindow) -> None:
    show(window)
    for width, height in ((10, 10), (1_600, 1_100)):
        window.resize(width, height)
        settle()
        assert window.chart.width() >= 300
        assert window.chart.height() >= 100
        hover(window.chart, 0.9)
        window.chart.grab()


# The range


def choices(window: HistoryWindow) -> dict[str, QAbstractButton]:
    return {name_of(button): button for button in window.ranges.findChildren(QAbstractButton)}


def test_a_click_asks_for_another_range(window: HistoryWindow) -> None:
    show(window)
    asked = QSignalSpy(window.ranges.chosen)
    for name in ("Last 365 days", "Last 7 days", "Last 7 days", "Last 90 days"):
        QTest.mouseClick(choices(window)[name], Qt.MouseButton.LeftButton)
    assert emitted(asked) == [365, 7, 90]


def test_the_arrow_keys_ask_for_another_range(window: HistoryWindow) -> None:
    show(window)
    asked = QSignalSpy(window.ranges.chosen)
    choices(window)["Last 30 days"].setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        press(window, key)
    assert emitted(asked) == [90, 365, 90]


def test_the_range_that_is_shown_is_chosen(window: HistoryWindow) -> None:
    asked = QSignalSpy(window.ranges.chosen)
    show(window, view(believable(60), 90))
    assert [name for name, button in choices(window).items() if button.isChecked()] == [
        "Last 90 days"
    ]
    assert asked.count() == 0


# The chart


def test_pointing_reads_out_the_figures(window: HistoryWindow) -> None:
    show(window)
    plain = window.chart.grab().toImage()
    QTest.mouseMove(window.chart, QPoint(window.chart.width() - 12, 200))
    settle()
    assert window.chart.readout.startswith("Sun, Nov 22")
    assert "1,719 credits · 0 spent that day" in window.chart.readout
    assert window.chart.grab().toImage() != plain
    QTest.mouseMove(window.export, QPoint(3, 3))
    wait_with_events(lambda: window.chart.readout == MONTH.title, "the title is back")
    assert window.chart.grab().toImage() == plain


def test_the_arrow_keys_go_from_day_to_day(window: HistoryWindow) -> None:
    show(window)
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    read = []
    for key in (
        *(Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right),
        *(Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End),
    ):
        press(window, key)
        read.append(window.chart.readout.rpartition(", ")[0])
    assert read == [
        *("Sun, Nov 22", "Sat, Nov 21", "Sun, Nov 22", "Sun, Nov 22"),
        *("Sat, Oct 24", "Sat, Oct 24", "Sun, Oct 25", "Sun, Nov 22"),
    ]


def test_the_arrow_keys_get_past_days_without_a_reading(window: HistoryWindow) -> None:
    records = believable(60)
    end = int(NOW.timestamp())
    gap = [record for record in records if not end - 8 * 86_400 < record.last < end - 86_400]
    show(window, view(gap, 30))
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(12):
        press(window, Qt.Key.Key_Left)
    assert window.chart.readout.startswith("Wed, Nov 11")
    for _ in range(12):
        press(window, Qt.Key.Key_Right)
    assert window.chart.readout.startswith("Sun, Nov 22")


def test_the_arrow_keys_go_from_week_to_week_in_a_year(window: HistoryWindow) -> None:
    show(window, view(believable(365), 365))
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(53):
        press(window, Qt.Key.Key_Left)
    assert "Nov" in window.chart.readout.partition(" · ")[0]
    assert "spent that week" in window.chart.readout


def test_a_new_reading_keeps_the_place_that_is_pointed_at(window: HistoryWindow) -> None:
    show(window)
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(4):
        press(window, Qt.Key.Key_Left)
    readout = window.chart.readout
    show(window, replace(MONTH, title="Another"))
    assert window.chart.readout == readout
    press(window, Qt.Key.Key_Tab)
    assert window.chart.readout == "Another"


@pytest.mark.parametrize("ahead", [3_600, 86_400, 400 * 86_400], ids=["hour", "day", "year"])
@pytest.mark.parametrize("keeps_past", [True, False])
def test_readings_of_a_clock_that_ran_ahead_can_be_pointed_at(
    window: HistoryWindow, ahead: int, keeps_past: bool
) -> None:
    past = believable(60)
    moved = [
        record._replace(first=record.first + ahead, last=record.last + ahead)
        for record in believable(1)
    ]
    show(window)
    hover(window.chart, 0.5)
    history = view([*(past if keeps_past else ()), *moved[-1:]], 30)
    show(window, history)
    for share in (0, 0.5, 1):
        hover(window.chart, share)
        window.chart.grab()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left):
        QTest.keyClick(window.chart, key)
        window.chart.grab()
    assert all(history.begin <= point.at <= history.end for point in history.points)


def test_other_keys_are_not_the_chart_s(window: HistoryWindow) -> None:
    show(window)
    window.chart.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_the_focus_shows_on_the_chart(window: HistoryWindow) -> None:
    show(window)
    assert_focus_is_seen(window.chart)


# The tables


def test_a_new_reading_keeps_the_place_in_a_table(window: HistoryWindow) -> None:
    show(window)
    window.days.setCurrentIndex(window.days.model().index(7, 0))
    headings, first, *others = MONTH.day_table
    changed = (first, *(("-",) * 4 for _ in others))
    show(window, replace(MONTH, day_table=(headings, *changed)))
    assert window.days.currentIndex().row() == 7
    assert window.days.currentIndex().data() == "-"
    show(window, replace(MONTH, day_table=(headings, *changed[1:])))
    assert rows(window.days) == list(changed[1:])


def test_a_history_without_drops_is_renewed(window: HistoryWindow) -> None:
    without = replace(MONTH, drop_table=MONTH.drop_table[:1])
    show(window, without)
    show(window, replace(without, day_table=MONTH.day_table[:-1]))
    assert rows(window.drops) == []


def test_the_tables_are_read_with_the_keys(window: HistoryWindow) -> None:
    show(window)
    window.drops.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Down)
    index = window.drops.currentIndex()
    assert index.siblingAtColumn(0).data() == MONTH.drop_table[index.row() + 1][0]
    press(window, Qt.Key.Key_Tab)
    assert name_of(QApplication.focusWidget()) == "Export CSV…"


def test_amounts_stand_at_the_trailing_edge(window: HistoryWindow) -> None:
    show(window)
    model = window.days.model()
    sides = [
        Qt.AlignmentFlag(model.index(0, column).data(Qt.ItemDataRole.TextAlignmentRole))
        for column in range(4)
    ]
    assert Qt.AlignmentFlag.AlignLeading in sides[0]
    assert all(Qt.AlignmentFlag.AlignTrailing in side for side in sides[1:])


# The keyboard and the screen reader


def test_the_keyboard_reaches_everything_from_top_to_bottom(window: HistoryWindow) -> None:
    show(window)
    names: list[str] = []
    choices(window)["Last 30 days"].setFocus(Qt.FocusReason.TabFocusReason)
    while (name := name_of(QApplication.focusWidget())) not in names:
        names.append(name)
        press(window, Qt.Key.Key_Tab)
    assert names == [
        "Last 30 days",
        "Chart of the balance and the spending",
        "Largest drops",
        "Table of the largest drops",
        "Export CSV…",
    ]


def test_a_screen_reader_finds_everything(window: HistoryWindow) -> None:
    show(window)
    names = spoken(window)
    for name in (
        *("Acme Growth", "Range", "Last 7 days", "Chart of the balance and the spending"),
        *(
            "Largest drops",
            "Days",
            "Table of the largest drops",
            "When",
            "Credits",
            MONTH.drop_table[1][0],
            "Export CSV…",
        ),
    ):
        assert name in names
    (tabs,) = window.findChildren(QTabWidget)
    tabs.setCurrentIndex(1)
    settle()
    names = spoken(window)
    for name in ("Table of the days", "Balance at its end", *MONTH.day_table[1][:2]):
        assert name in names


def test_the_chart_is_told_in_words(window: HistoryWindow) -> None:
    show(window)
    read = QAccessible.queryAccessibleInterface(window.chart)
    description = read.text(QAccessible.Text.Description)
    assert MONTH.title in description
    assert MONTH.description in description


# Export


def export(window: HistoryWindow, kind: int, path: Path) -> None:
    """Choose a file as a user does, in Qt's own dialog."""
    QTest.mouseClick(window.export, Qt.MouseButton.LeftButton)
    dialog = wait_with_events(
        lambda: next(iter(window.findChildren(QFileDialog)), None), "a dialog"
    )
    filters = dialog.nameFilters()
    assert filters == ["Readings (*.csv)", "Daily summary (*.csv)"]
    dialog.selectNameFilter(filters[kind])
    (field,) = dialog.findChildren(QLineEdit)
    field.setText(str(path))
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle()


@pytest.mark.parametrize(("kind", "by_day"), [(0, False), (1, True)])
def test_an_export_asks_for_a_file(
    window: HistoryWindow, tmp_path: Path, kind: int, by_day: bool
) -> None:
    show(window)
    asked = QSignalSpy(window.export_requested)
    export(window, kind, tmp_path / "credits")
    assert [asked.at(i) for i in range(asked.count())] == [[str(tmp_path / "credits.csv"), by_day]]
    assert list(tmp_path.iterdir()) == []


def test_what_became_of_an_export_is_said(window: HistoryWindow, tmp_path: Path) -> None:
    show(window)
    window.show_message("Saved as credits.csv.")
    settle()
    assert "Saved as credits.csv." in texts(window)
    export(window, 0, tmp_path / "more")
    assert "Saved as credits.csv." not in texts(window)
