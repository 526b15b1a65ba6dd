"""The history window, used by mouse, keys and screen reader."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QTabBar, QWidget

from tests.desktop.widget_driver import (
    FORMATS,
    PaintCounter,
    buttons,
    colours,
    edge_of,
    emitted,
    larger_text,
    name_of,
    press,
    shown,
    spoken,
    texts,
    wait_with_events,
)
from tests.examples import NOW
from tests.pictures.history import believable, hover, idle, view
from tests.pictures.popup import palette
from tray_app.desktop.widgets.theme import DARK, LIGHT
from tray_app.desktop.windows.history_window import EMPTY_SIZE, SIZE, HistoryWindow
from tray_app.icon_look import IconShape
from tray_app.report.history_view import HistoryTable, HistoryView, sum_of_teams
from tray_app.words.formats import day_words

MONTH = view(believable(60), 30)
NOTHING = view([], 30)
TEAMS = [("Acme", "default"), ("Borealis", "team-2")]


@pytest.fixture
def window(qapp: QApplication) -> Iterator[HistoryWindow]:
    usual = qapp.palette()
    qapp.setPalette(palette(dark=False))
    window = HistoryWindow(FORMATS)
    window.resize(SIZE)
    yield shown(window)
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setPalette(usual)


def day(month: int, number: int) -> str:
    """A day of 2026, in words."""
    return day_words(date(2026, month, number), FORMATS)


def settle() -> None:
    QApplication.processEvents()


def show(window: HistoryWindow, history: HistoryView = MONTH) -> HistoryWindow:
    window.show_history(history)
    settle()
    return window


def rows(window: HistoryWindow) -> list[tuple[str, ...]]:
    model = window.table.model()
    return [
        tuple(model.index(row, column).data() for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def open_tab(window: HistoryWindow, title: str) -> None:
    click(window.tabs, title)


def click(bar: QTabBar, title: str) -> None:
    (place,) = (place for place in range(bar.count()) if bar.tabText(place) == title)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
    settle()


def tiles(window: HistoryWindow) -> list[str]:
    return texts(window.tiles)


def words_of(history: HistoryView) -> list[str]:
    return [words for tile in history.tiles for words in tile]


# What it shows


def test_shows_a_history(window: HistoryWindow) -> None:
    show(window)
    assert "Acme Growth" in texts(window)
    assert tiles(window) == words_of(MONTH)
    assert tiles(window)[::2] == ["1,719", "23,208", "+23,000", MONTH.tiles[3].value]
    assert window.chart.isVisible()
    assert window.chart.readout == MONTH.title
    for title, table in (
        ("Decreases", MONTH.decreases),
        ("Increases", MONTH.increases),
        ("Days", MONTH.day_table),
    ):
        open_tab(window, title)
        assert rows(window) == list(table.texts[1:])


def test_before_the_first_reading_there_is_a_sentence_and_a_way_out(
    window: HistoryWindow,
) -> None:
    show(window, NOTHING)
    (sentence,) = texts(window)
    assert sentence.startswith("History begins with the first check.")
    assert not window.chart.isVisible()
    assert list(buttons(window)) == ["Close"]
    assert window.size() == EMPTY_SIZE
    show(window)
    assert window.chart.isVisible()
    assert window.export.isVisible()
    assert not any(text.startswith("History begins") for text in texts(window))
    show(window, NOTHING)
    QTest.mouseClick(buttons(window)["Close"], Qt.MouseButton.LeftButton)
    assert not window.isVisible()


def test_a_time_without_spending_or_increases_is_said(window: HistoryWindow) -> None:
    show(window, view(idle(), 30))
    for title, sentence in (
        ("Decreases", "No credits were spent in this time."),
        ("Increases", "No credits were added in this time."),
    ):
        open_tab(window, title)
        assert rows(window) == []
        read = QAccessible.queryAccessibleInterface(window.table)
        assert read.text(QAccessible.Text.Description) == sentence
        assert texts(window.table) == [sentence]
    open_tab(window, "Days")
    assert QAccessible.queryAccessibleInterface(window.table).text(
        QAccessible.Text.Description
    ) == ("")


def test_hidden_figures_are_not_on_the_chart(
    window: HistoryWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FORMATS, "hidden_until", NOW)
    show(window)
    description = window.chart.accessibleDescription()
    assert description == "Chart hidden"
    image = window.chart.grab().toImage()
    assert colours(image).isdisjoint({LIGHT.spent, LIGHT.ink, LIGHT.refill, LIGHT.drain})
    assert LIGHT.drain not in colours(window.table.viewport().grab().toImage().copy(0, 0, 440, 99))
    monkeypatch.setattr(FORMATS, "hidden_until", None)
    show(window)
    assert MONTH.description in window.chart.accessibleDescription()
    assert LIGHT.drain in colours(window.chart.grab().toImage())


def test_nothing_flashes_while_it_loads(window: HistoryWindow) -> None:
    settle()
    assert texts(window) == [""] * len(texts(window))
    assert not window.chart.isVisible()


def test_what_was_shown_stays_until_there_is_something_new(window: HistoryWindow) -> None:
    show(window)
    before = window.chart.grab().toImage()
    click(window.ranges, "90 days")
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
    assert {LIGHT.ink, LIGHT.spent} <= painted
    if any(mark.amount > 0 for mark in history.marks):
        assert LIGHT.refill in painted
    if any(mark.amount < 0 for mark in history.marks):
        assert LIGHT.drain in painted


def test_it_follows_the_desktop_into_the_dark(window: HistoryWindow, qapp: QApplication) -> None:
    show(window)
    for dark, theme in ((True, DARK), (False, LIGHT)):
        qapp.setPalette(palette(dark=dark))
        settle()
        image = window.grab().toImage()
        assert image.pixelColor(2, 2) == QColor(theme.surface)
        assert {theme.ink, theme.muted, theme.sunken, theme.spent} <= colours(image)


@pytest.mark.parametrize("factor", [1, 1.25, 2])
@pytest.mark.parametrize("size", [(1024, 600), (910, 512)])
def test_all_is_within_reach_on_a_small_screen(
    qapp: QApplication, factor: float, size: tuple[int, int]
) -> None:
    with larger_text(factor):
        window = HistoryWindow(FORMATS)
        show(window, view(believable(60, scale=250), 30))
        window.resize(*size)
        shown(window)
        window.activateWindow()
        window.ranges.setFocus(Qt.FocusReason.TabFocusReason)
        seen: list[QWidget] = []
        while (widget := QApplication.focusWidget()) not in seen:
            assert widget is not None
            seen.append(widget)
            press(window, Qt.Key.Key_Tab)
            now = QApplication.focusWidget()
            assert now is not None
            settle()
            area = now.visibleRegion().boundingRect()
            assert area.width() == now.width()
            assert area.height() >= min(now.height(), 250)
        for part in (*window.tiles.findChildren(QWidget), window.ranges, window.export):
            assert part.width() >= part.minimumSizeHint().width()
            assert part.height() >= part.minimumSizeHint().height()
        window.close()
        window.deleteLater()


def test_it_is_never_larger_than_the_screen(qapp: QApplication) -> None:
    with larger_text(4):
        window = show(HistoryWindow(FORMATS))
        room = window.screen().availableSize()
        assert window.width() < room.width()
        assert window.height() < room.height()
        window.deleteLater()


def test_it_can_be_made_smaller_and_larger(window: HistoryWindow) -> None:
    show(window)
    for width, height in ((10, 10), (1_600, 1_100)):
        window.resize(width, height)
        settle()
        assert window.chart.width() >= 300
        assert window.chart.height() >= 100
        hover(window.chart, 0.9)
        window.chart.grab()


def test_a_window_is_not_left_to_the_garbage_collector(qapp: QApplication) -> None:
    """Which may run in a worker's thread, where no window may end."""
    gc.collect()
    gc.disable()
    try:
        window = shown(show(HistoryWindow(FORMATS)))
        hover(window.chart, 0.5)
        window.table.selectRow(1)
        window.close()
        gone = weakref.ref(window)
        del window
        assert gone() is None
    finally:
        gc.enable()


# The range


def test_a_click_asks_for_another_range(window: HistoryWindow) -> None:
    show(window)
    asked = QSignalSpy(window.days_chosen)
    for name in ("1 year", "7 days", "7 days", "90 days"):
        click(window.ranges, name)
    assert emitted(asked) == [365, 7, 90]


def test_the_arrow_keys_ask_for_another_range(window: HistoryWindow) -> None:
    show(window)
    asked = QSignalSpy(window.days_chosen)
    window.ranges.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        press(window, key)
    assert emitted(asked) == [90, 365, 90]


def test_the_range_that_is_shown_is_chosen(window: HistoryWindow) -> None:
    asked = QSignalSpy(window.days_chosen)
    show(window, view(believable(60), 90))
    assert window.days == 90
    assert asked.count() == 0


# The chart


def test_pointing_changes_the_tiles_and_moves_nothing(window: HistoryWindow) -> None:
    show(window)
    places = [part.geometry() for part in window.tiles.findChildren(QWidget)]
    plain, box = window.chart.grab().toImage(), window.chart.geometry()
    QTest.mouseMove(window.chart, QPoint(window.chart.width() // 2, 90))
    settle()
    assert tiles(window)[1::2] == [
        *("credits left", "spent that day", "added that day"),
        tiles(window)[7],
    ]
    assert tiles(window)[6] == day(11, 12)
    assert window.chart.grab().toImage() != plain
    QTest.mouseMove(window.export, QPoint(3, 3))
    wait_with_events(lambda: tiles(window) == words_of(MONTH), "the tiles are as before")
    assert window.chart.grab().toImage() == plain
    assert window.chart.geometry() == box
    assert [part.geometry() for part in window.tiles.findChildren(QWidget)] == places


def test_nothing_moves_where_words_take_two_lines(window: HistoryWindow) -> None:
    show(window, view(believable(3, drain=None), 30))  # "forecast around Nov 27"
    heights: set[int] = set()
    for width in range(440, 800, 8):
        window.resize(width, 700)
        settle()
        settle()  # once the tiles have found their rows, the page makes room for them
        before = window.chart.geometry(), window.tiles.geometry()
        hover(window.chart, 0.5)
        settle()
        settle()
        assert (window.chart.geometry(), window.tiles.geometry()) == before
        QApplication.sendEvent(window.chart, QEvent(QEvent.Type.Leave))
        heights.add(window.tiles.height())
    assert len(heights) == 3  # one line, two lines, two rows


def test_a_row_moves_the_cursor(window: HistoryWindow) -> None:
    show(window)
    row = MONTH.decreases.texts[1]
    model = window.table.model()
    place = window.table.visualRect(model.index(0, 1)).center()
    QTest.mouseClick(window.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle()
    assert tiles(window)[6] == row[0].rpartition(",")[0]
    hover(window.chart, 0.1)
    QTest.mouseClick(window.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle()
    assert tiles(window)[6] == row[0].rpartition(",")[0]
    press(window, Qt.Key.Key_Down)
    assert tiles(window)[6] == MONTH.decreases.texts[2][0].rpartition(",")[0]
    open_tab(window, "Days")
    window.table.selectRow(5)
    assert tiles(window)[6] == MONTH.day_table.texts[6][0]
    assert tiles(window)[:3:2] == list(MONTH.day_table.texts[6][1:3])


def test_the_green_is_for_what_was_added(window: HistoryWindow) -> None:
    show(window)
    assert LIGHT.refill in colours(window.tiles.grab().toImage())
    hover(window.chart, 0.5)
    settle()
    assert tiles(window)[4:6] == ["0", "added that day"]
    assert LIGHT.refill not in colours(window.tiles.grab().toImage())


def test_the_forecast_is_on_the_chart(window: HistoryWindow) -> None:
    show(window)
    with_forecast = colours(window.chart.grab().toImage())
    end = MONTH.spans[-1].end
    show(window, replace(MONTH, ahead=(), run_out=None, end=end))
    assert LIGHT.levels[IconShape.CRITICAL].ink in with_forecast
    assert MONTH.run_out is not None
    assert MONTH.run_out.label in MONTH.description


def test_the_same_history_is_not_painted_again(window: HistoryWindow) -> None:
    show(window)
    counter = PaintCounter(window.chart)
    show(window, replace(MONTH))
    assert counter.painted == 0


def test_the_arrow_keys_go_from_day_to_day(window: HistoryWindow) -> None:
    show(window)
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    read = []
    for key in (
        *(Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right),
        *(Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End),
    ):
        press(window, key)
        read.append(tiles(window)[6])
    assert read == [
        *(day(11, 22), day(11, 21), day(11, 22), day(11, 22)),
        *(day(10, 24), day(10, 24), day(10, 25), day(11, 22)),
    ]


def test_the_arrow_keys_get_past_days_without_a_reading(window: HistoryWindow) -> None:
    records = believable(60)
    end = int(NOW.timestamp())
    gap = [record for record in records if not end - 8 * 86_400 < record.last < end - 86_400]
    show(window, view(gap, 30))
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(12):
        press(window, Qt.Key.Key_Left)
    assert tiles(window)[6] == day(11, 11)
    for _ in range(12):
        press(window, Qt.Key.Key_Right)
    assert tiles(window)[6] == day(11, 22)


def test_the_arrow_keys_go_from_week_to_week_in_a_year(window: HistoryWindow) -> None:
    show(window, view(believable(365), 365))
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(53):
        press(window, Qt.Key.Key_Left)
    assert "Nov" in tiles(window)[6]
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
    assert edge_of(window.chart) != QColor(LIGHT.focus)
    window.chart.setFocus(Qt.FocusReason.TabFocusReason)
    settle()
    assert edge_of(window.chart) == QColor(LIGHT.focus)


# The tables


def test_a_new_reading_keeps_the_place_in_a_table(window: HistoryWindow) -> None:
    show(window)
    open_tab(window, "Days")
    window.table.setCurrentIndex(window.table.model().index(7, 0))
    headings, first, *others = MONTH.day_table.texts
    changed = (first, *(("-",) * 4 for _ in others))

    def with_days(*texts: tuple[str, ...]) -> HistoryView:
        return replace(MONTH, day_table=replace(MONTH.day_table, texts=(headings, *texts)))

    show(window, with_days(*changed))
    assert window.table.currentIndex().row() == 7
    assert window.table.currentIndex().data() == "-"
    show(window, with_days(*changed[1:]))
    assert rows(window) == list(changed[1:])


def test_a_history_without_drops_is_renewed(window: HistoryWindow) -> None:
    without = replace(MONTH, decreases=HistoryTable(MONTH.decreases.texts[:1], ()))
    show(window, without)
    show(window, replace(without, title="Another"))
    assert rows(window) == []


def test_the_tables_are_read_with_the_keys(window: HistoryWindow) -> None:
    show(window)
    window.table.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Down)
    index = window.table.currentIndex()
    assert index.siblingAtColumn(0).data() == MONTH.decreases.texts[index.row() + 1][0]
    press(window, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is window.ranges


def test_amounts_stand_at_the_trailing_edge(window: HistoryWindow) -> None:
    show(window)
    open_tab(window, "Days")
    model = window.table.model()
    sides = [
        Qt.AlignmentFlag(model.index(0, column).data(Qt.ItemDataRole.TextAlignmentRole))
        for column in range(4)
    ]
    assert [Qt.AlignmentFlag.AlignTrailing in side for side in sides] == [False, True, True, False]


def test_rows_are_high_enough_to_be_hit(window: HistoryWindow) -> None:
    show(window)
    assert window.table.rowHeight(0) == 28
    with larger_text(2):
        settle()
        assert window.table.rowHeight(0) > window.table.fontMetrics().height() + 8


def test_what_is_unusual_has_a_bar_of_its_own_colour(window: HistoryWindow) -> None:
    show(window)
    last = window.table.model().columnCount() - 1

    def painted(row: int) -> set[str]:
        box = window.table.visualRect(window.table.model().index(row, last))
        return colours(window.table.viewport().grab(box).toImage())

    assert {LIGHT.drain} <= painted(0)
    assert {LIGHT.track, LIGHT.edge} <= painted(1)
    assert LIGHT.drain not in painted(1)


# The keyboard and the screen reader


def test_the_keyboard_reaches_everything_from_top_to_bottom(window: HistoryWindow) -> None:
    show(window)
    names: list[str] = []
    window.ranges.setFocus(Qt.FocusReason.TabFocusReason)
    while (name := name_of(QApplication.focusWidget())) not in names:
        names.append(name)
        press(window, Qt.Key.Key_Tab)
    assert names == [
        "Last 30 days",  # of the range, as Qt names a bar by the tab that is chosen
        "Export…",
        "Chart of the balance and the spending",
        "Decreases",
        "Table of the largest decreases",
    ]


@pytest.fixture
def screen_reader(qapp: QApplication) -> Iterator[None]:
    """Have Qt tell of each change, as to a screen reader."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.mark.usefixtures("screen_reader")
def test_a_screen_reader_finds_everything(window: HistoryWindow) -> None:
    show(window)
    names = spoken(window)
    in_order = (
        *("Acme Growth", "Last 30 days", "Last 7 days", "Last 365 days", "Export…"),
        *(words_of(MONTH)[:4]),
        *(words_of(MONTH)[4:]),
        "Chart of the balance and the spending",
        *("Decreases", "Decreases", "Increases", "Days"),
        *("Table of the largest decreases", "When", "Credits", MONTH.decreases.texts[1][0]),
        MONTH.decreases.texts[1][-1],
    )
    place = -1
    for name in in_order:
        place = names.index(name, place + 1)
    open_tab(window, "Days")
    names = spoken(window)
    for name in ("Table of the days", "Balance at the end", *MONTH.day_table.texts[1][:2]):
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
    window.show_teams(TEAMS, "team-2")
    asked = QSignalSpy(window.export_requested)
    export(window, kind, tmp_path / "credits")
    assert [asked.at(i) for i in range(asked.count())] == [
        [str(tmp_path / "credits.csv"), by_day, "team-2"]
    ]
    assert list(tmp_path.iterdir()) == []


def test_what_became_of_an_export_is_said(window: HistoryWindow, tmp_path: Path) -> None:
    show(window)
    window.show_message("Saved as credits.csv.")
    settle()
    assert "Saved as credits.csv." in texts(window)
    export(window, 0, tmp_path / "more")
    assert "Saved as credits.csv." not in texts(window)


# Several teams


def offered(window: HistoryWindow) -> list[str]:
    return [window.teams.itemText(row) for row in range(window.teams.count())]


def test_one_team_is_named_and_several_are_chosen_from(window: HistoryWindow) -> None:
    show(window)
    window.show_teams([("", "default")], "default")
    assert (window.team.isVisible(), window.teams.isVisible()) == (True, False)
    window.show_teams(TEAMS, "team-2")
    assert (window.team.isVisible(), window.teams.isVisible()) == (False, True)
    assert offered(window) == ["Acme", "Borealis", "All teams"]
    assert window.teams.currentText() == "Borealis"
    assert window.teams.accessibleName() == "Team"
    window.show_teams(TEAMS[:1], "default")
    assert (window.team.isVisible(), window.teams.isVisible()) == (True, False)


def test_another_team_is_chosen_by_keys_and_nothing_else_tells_of_it(
    window: HistoryWindow,
) -> None:
    show(window)
    chosen = QSignalSpy(window.team_chosen)
    window.show_teams(TEAMS, "default")
    window.show_teams([*TEAMS, ("Cobalt", "team-3")], "team-2")
    window.show_teams(TEAMS, "default")
    assert chosen.count() == 0
    window.teams.setFocus()
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Down)
    assert [chosen.at(i) for i in range(chosen.count())] == [["team-2"], [""]]


def test_a_team_without_a_history_leaves_the_choice_of_another(window: HistoryWindow) -> None:
    window.show_teams(TEAMS, "default")
    window.show_history(MONTH)
    settle()
    window.teams.setFocus()
    for history in (NOTHING, MONTH, NOTHING):
        window.show_history(history)
        settle()
        assert window.teams.isVisible()
        assert window.teams.hasFocus()


def test_a_sum_has_its_days_alone_and_says_what_is_summed(window: HistoryWindow) -> None:
    window.show_teams(TEAMS, "")
    now = int(NOW.timestamp())
    total = sum_of_teams([believable(60), believable(20)], 30, "All teams", FORMATS, now)
    window.show_history(total)
    settle()
    assert not window.tabs.isVisible()
    assert window.table.model().rowCount() == 30
    assert window.table.accessibleName() == "Table of the days"
    assert "Balances are added up since Nov 2, when all teams have one." in window.note.text()
    assert "forecasts are per team" in texts(window)
    window.chart.setFocus()
    press(window, Qt.Key.Key_Home)
    assert window.chart.point == total.points[0]
    press(window, Qt.Key.Key_Left)
    assert window.chart.point == total.points[0]
    window.chart.show_moment(total.spans[0].end - 1)
    assert window.chart.point is None
    window.show_teams(TEAMS, "default")
    window.show_history(MONTH)
    settle()
    assert window.tabs.isVisible()
    assert window.table.accessibleName() == "Table of the largest decreases"
    assert not window.note.isVisible()
