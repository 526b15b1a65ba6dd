"""The popup: what it shows, how it is used, and when it rests."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QLocale, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QHelpEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from tests.desktop.widget_driver import (
    FORMATS,
    PaintCounter,
    colours,
    edge_of,
    name_of,
    press,
    spoken,
    texts,
    wait_with_events,
)
from tests.examples import HEALTHY, NOW
from tests.pictures.popup import State, known, palette, states
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.parts import (
    BAR_HEIGHT,
    SEGMENT_GAP,
    SMALLEST_SEGMENT,
    TICK_RISE,
    segment_widths,
)
from tray_app.desktop.popup.popup import GAP, MOST_RETURNS, Popup, place
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.widgets.buttons import TextButton
from tray_app.desktop.widgets.theme import DARK, LIGHT, Theme
from tray_app.errors import Kind, Problem
from tray_app.icon_look import IconShape
from tray_app.lemlist.balance import Balance
from tray_app.report.points import trend_of
from tray_app.report.view import Deed, view_of
from tray_app.rules.alerts import Snooze, SnoozeChoice
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import TooEarly
from tray_app.rules.levels import Level
from tray_app.store.settings import Settings
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Snapshot
from tray_app.words.amounts import bucket_label
from tray_app.words.balance_words import snooze_choices
from tray_app.words.problem_words import Remedy, problem_words

ANCHOR = QRect(600, 0, 22, 22)
NO_KEY = Snapshot(problem=Problem(Kind.NO_KEY))
STATES = {state.name: state for state in states(NOW)}


@pytest.fixture
def actions(qapp: QApplication) -> Actions:
    actions = Actions()
    actions.offer_snooze(snooze_choices())
    return actions


@pytest.fixture
def popup(actions: Actions) -> Iterator[Popup]:
    popup = Popup(FORMATS, actions, now=lambda: NOW)
    yield popup
    popup.hide()
    popup.deleteLater()
    settle()


@pytest.fixture
def elsewhere(qapp: QApplication) -> Iterator[QWidget]:
    """A window of another kind, hidden until the user goes there."""
    window = QWidget()
    yield window
    window.hide()
    window.deleteLater()
    settle()


def healthy() -> Snapshot:
    """Figures that are two minutes old."""
    return known(HEALTHY, NOW)


def refused() -> Snapshot:
    return replace(healthy(), problem=Problem(Kind.UNAUTHORIZED))


def settle() -> None:
    """Let Qt do what it has put off."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def show(popup: Popup, snapshot: Snapshot) -> None:
    # As of two minutes after its figures, however late the test runs.
    now = snapshot.reading.at + timedelta(minutes=2) if snapshot.reading else NOW
    view = view_of(snapshot, Settings(), FORMATS, now)
    popup.show_view(view)


def offer_remedy(actions: Actions, snapshot: Snapshot) -> None:
    actions.show_view(view_of(snapshot, Settings(), FORMATS, NOW))


def opened(popup: Popup, snapshot: Snapshot | None = None) -> Popup:
    show(popup, snapshot or healthy())
    popup.open(ANCHOR)
    wait_with_events(popup.isActiveWindow, "the popup has the focus")
    return popup


def go_to(window: QWidget) -> None:
    window.show()
    window.activateWindow()
    wait_with_events(window.isActiveWindow, "the other window has the focus")
    settle()


def controls(popup: Popup) -> list[str]:
    """The names of what Tab reaches, in its order, until it comes round."""
    names: list[str] = []
    while True:
        press(popup, Qt.Key.Key_Tab)
        name = name_of(QApplication.focusWidget())
        if name in names:
            return names
        names.append(name)


# What it shows


def test_shows_the_figures(popup: Popup) -> None:
    shown = texts(opened(popup))
    assert shown == [
        *("Acme Growth", "2 min ago", "12,430 credits", "Healthy"),
        *(bucket_label("subscription"), "8,000", bucket_label("paid"), "4,100"),
        *(bucket_label("gifted"), "330"),
    ]
    assert popup.content.age.toolTip() == "Next check in 3 min"


def test_what_is_seen_is_heard_in_its_order(popup: Popup) -> None:
    """A screen reader goes from the answer to its grounds, as the eye does."""
    show_state(popup, STATES["low"])
    popup.open(ANCHOR)
    settle()
    heard = spoken(popup)
    wanted = [
        *("Acme Growth", "2 min ago", "Hide figures", "Refresh", "Settings", "480 credits", "Low"),
        *("About 8 working days left", "Buy 900 credits (about $9)", "Buy credits"),
        *(f"{bucket_label('subscription')}: 80", f"{bucket_label('paid')}: 390", "History"),
        *("Enough to find 96 emails or 24 phone numbers", "Snooze", "Calculator"),
    ]
    assert [name for name in heard if name in wanted] == wanted


def test_a_healthy_popup_is_no_higher_than_it_may_be(popup: Popup) -> None:
    show_state(popup, STATES["healthy"])
    popup.open(ANCHOR)
    assert popup.height() <= 460


def test_there_is_one_primary_button_at_most(popup: Popup) -> None:
    for state in STATES.values():
        show_state(popup, state)
        primary = [
            one.text()
            for one in popup.findChildren(TextButton)
            if one.isVisibleTo(popup) and one.is_primary
        ]
        attention = view_of(state.snapshot, Settings(), FORMATS, NOW).attention
        is_to_act = attention is not None and attention.deed in (Deed.BUY, Deed.REMEDY)
        assert len(primary) == is_to_act, state.name


def test_a_screen_reader_finds_figures_and_controls(popup: Popup) -> None:
    names = spoken(opened(popup))
    for name in (
        *("Acme Growth", "12,430 credits", "Healthy", f"{bucket_label('paid')}: 4,100"),
        *("Hide figures", "Refresh", "Settings", "Calculator", "Buy credits"),
    ):
        assert name in names


def test_old_figures_are_called_out_of_date(popup: Popup) -> None:
    opened(popup, replace(healthy(), problem=Problem(Kind.OFFLINE)))
    problem = problem_words(Kind.OFFLINE).title
    assert {"12,430 credits", "Healthy · 2 min old", problem} <= set(texts(popup))
    assert "2 min ago" not in texts(popup)
    show(popup, healthy())
    assert problem not in texts(popup)
    assert {"Healthy", "2 min ago"} <= set(texts(popup))


@pytest.mark.parametrize("state", ["healthy", "refused", "offline-low"])
def test_green_is_for_what_is_healthy_now(popup: Popup, state: str) -> None:
    """Under an error a green *Healthy* was taken for the answer; a warning keeps its colour."""
    show_state(popup, STATES[state])
    popup.open(ANCHOR)
    settle()
    seen = colours(popup.content.badge.grab().toImage())
    assert (LIGHT.levels[IconShape.HEALTHY].ink in seen) is (state == "healthy")
    assert (LIGHT.levels[IconShape.LOW].ink in seen) is (state == "offline-low")
    assert (LIGHT.muted in seen) is (state == "refused")


@pytest.mark.parametrize(
    "snapshot",
    [
        Snapshot(),
        NO_KEY,
        Snapshot(problem=Problem(Kind.KEYCHAIN_LOCKED)),
        Snapshot(problem=Problem(Kind.OFFLINE)),
        known(Balance(12_431), NOW),
    ],
    ids=["loading", "no key", "locked", "offline", "buckets unknown"],
)
def test_the_unknown_is_never_a_zero(popup: Popup, snapshot: Snapshot) -> None:
    opened(popup, snapshot)
    assert not [text for text in texts(popup) + spoken(popup) if re.search(r"\b0\b", text)]
    assert "–" not in texts(popup)


def test_an_unknown_kind_is_said_to_be_unknown_and_one_without_credits_is_left_out(
    popup: Popup,
) -> None:
    opened(popup, known(Balance(500, 500, 520, -20, None, 0), NOW))
    assert "−20" in texts(popup)
    assert f"{bucket_label('gifted')}: unknown" in spoken(popup)
    assert bucket_label("freemium") not in texts(popup)


def test_without_a_key_only_the_way_in_is_shown(popup: Popup, actions: Actions) -> None:
    offer_remedy(actions, NO_KEY)
    opened(popup, NO_KEY)
    assert texts(popup) == [
        "lemlist credits",
        *problem_words(Kind.NO_KEY),
    ]
    assert controls(popup) == ["Hide figures", "Refresh", "Settings", "Enter key…"]


def test_notes_take_room_only_while_there_are_any(popup: Popup) -> None:
    opened(popup)
    plain = popup.height()
    snapshot = replace(
        healthy(), key_source=KeySource.ENVIRONMENT, snooze=Snooze(level=Level.HEALTHY)
    )
    show(popup, snapshot)
    popup.say("The settings file was broken.")
    wait_with_events(lambda: popup.height() > plain, "it grew")
    assert {
        "The settings file was broken.",
        "The API key comes from LEMLIST_API_KEY.",
        "Notifications snoozed until the level changes",
    } <= set(texts(popup))
    assert "Resume" in spoken(popup)
    popup.say("")
    show(popup, healthy())
    wait_with_events(lambda: popup.height() == plain, "it shrank")


def test_while_it_loads_there_are_blocks_and_no_buttons(popup: Popup) -> None:
    opened(popup, Snapshot())
    assert texts(popup) == ["lemlist credits"]
    assert "Loading balance…" in spoken(popup)
    assert controls(popup) == ["Hide figures", "Refresh", "Settings"]
    show(popup, healthy())
    assert "Loading balance…" not in spoken(popup)


def test_being_busy_keeps_the_layout(popup: Popup) -> None:
    opened(popup)
    popup.set_busy(True)
    size = popup.size()
    popup.set_busy(False)
    settle()
    assert popup.size() == size


def test_follows_the_desktop_to_larger_text(popup: Popup) -> None:
    opened(popup)
    size, small = popup.size(), popup.content.age.font().pointSizeF()
    font = popup.font()
    font.setPointSize(font.pointSize() * 2)
    popup.setFont(font)
    settle()
    assert popup.width() > size.width()
    assert popup.height() > size.height()
    assert popup.content.age.font().pointSizeF() == pytest.approx(2 * small)


def test_a_long_name_is_cut_and_told_in_full(popup: Popup) -> None:
    opened(popup)
    assert popup.content.team.toolTip() == ""
    name = "Acme Growth & Partnerships, Europe, Middle East and Africa"
    show(popup, replace(healthy(), team=name))
    settle()
    assert popup.content.team.toolTip() == name
    assert name in spoken(popup)


def test_a_number_shrinks_before_it_is_cut(popup: Popup) -> None:
    opened(popup, known(Balance(1_234_567), NOW))
    assert popup.content.total.toolTip() == ""
    show(popup, known(Balance(2**53), NOW))
    settle()
    assert popup.content.total.toolTip() == "9,007,199,254,740,992 credits"


def show_state(popup: Popup, state: State) -> None:
    show(popup, state.snapshot)
    popup.show_trend(trend_of(state.past, 30, int(NOW.timestamp())), low=Settings().thresholds.low)
    popup.say(state.said)


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_it_opens_at_its_size_whatever_it_showed_before(popup: Popup, state: State) -> None:
    show_state(popup, state)
    popup.open(ANCHOR)
    size = popup.size()
    for before in STATES.values():
        popup.hide()
        show_state(popup, before)
        popup.open(ANCHOR)
        settle()
        popup.hide()
        show_state(popup, state)
        popup.open(ANCHOR)
        assert popup.size() == size, before.name
        settle()
        assert popup.size() == size, before.name


def test_a_hidden_window_has_its_size_before_it_is_shown(popup: Popup) -> None:
    """What a raise of the window makes X11 tell is the new size then, and not the old one."""
    opened(popup)
    popup.hide()
    settle()
    show(popup, refused())
    sizes: list[QSize] = []

    class WhenShown(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() is QEvent.Type.Show:
                sizes.append(popup.windowHandle().size())
            return super().eventFilter(watched, event)

    watcher = WhenShown()
    popup.installEventFilter(watcher)
    popup.open(ANCHOR)
    assert sizes == [popup.size()]


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.parametrize("direction", Qt.LayoutDirection.__members__.values())
def test_no_text_is_cut(popup: Popup, state: State, direction: Qt.LayoutDirection) -> None:
    popup.setLayoutDirection(direction)
    popup.say(state.said)
    opened(popup, state.snapshot)
    can_shrink = (popup.content.team, popup.content.total, popup.content.sparkline.caption)
    for label in popup.findChildren(QLabel):
        if not label.isVisible():
            continue
        needs = (
            label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        )
        assert label.height() >= needs
        assert label.wordWrap() or label in can_shrink or label.width() >= label.sizeHint().width()
        assert popup.rect().contains(QRect(label.mapTo(popup, QPoint()), label.size()))


def test_the_same_again_paints_nothing(popup: Popup) -> None:
    opened(popup)
    settle()
    counter = PaintCounter(popup, *popup.findChildren(QWidget))
    show(popup, healthy())
    settle()
    assert counter.painted == 0
    show(popup, replace(healthy(), team="Another"))
    settle()
    assert counter.painted > 0


def test_the_focus_alone_paints_nothing(popup: Popup) -> None:
    """It comes when the popup has just been painted, and many desktops dim what is elsewhere."""
    dimmed = QApplication.palette()
    dimmed.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.Highlight, QColor("#808080"))
    popup.setPalette(dimmed)
    opened(popup)
    settle()
    counter = PaintCounter(popup, *popup.findChildren(QWidget))
    for change in (QEvent.Type.WindowDeactivate, QEvent.Type.WindowActivate):
        QApplication.sendEvent(popup, QEvent(change))
    settle()
    assert counter.painted == 0


# The bar


@pytest.mark.parametrize(
    ("amounts", "width", "widths"),
    [
        ([10], 300, [300]),
        ([50, 50], 302, [150, 150]),
        ([8_000, 4_000], 302, [200, 100]),
        ([1_000_000, 1], 302, [297, 3]),
        ([1, 1_000_000, 1], 310, [3, 300, 3]),
    ],
)
def test_segments(amounts: list[int], width: int, widths: list[int]) -> None:
    assert segment_widths(amounts, width) == widths


@given(st.lists(st.integers(1, 2**53), min_size=1, max_size=4), st.integers(60, 2_000))
def test_segments_fill_the_bar(amounts: list[int], width: int) -> None:
    widths = segment_widths(amounts, width)
    assert sum(widths) + SEGMENT_GAP * (len(amounts) - 1) == width
    assert min(widths) >= SMALLEST_SEGMENT
    for (less, narrow), (more, wide) in pairwise(sorted(zip(amounts, widths, strict=True))):
        assert less == more or narrow <= wide + 1


def gauge_colours(popup: Popup, balance: Balance, peak: int | None) -> list[str]:
    """The colours along the middle of the gauge, without those of its edges."""
    popup.setPalette(palette(dark=False))
    opened(popup, replace(known(balance, NOW), analysis=Analysis(TooEarly(None), peak=peak)))
    kinds = popup.content.kinds
    image = popup.grab(QRect(kinds.mapTo(popup, QPoint()), kinds.size())).toImage()
    y = TICK_RISE + BAR_HEIGHT // 2
    row = [image.pixelColor(x, y).name().upper() for x in range(image.width())]
    return [a for a, b in pairwise(row) if a == b != LIGHT.surface]


def test_the_gauge_shows_what_is_left_and_where_it_is_low(popup: Popup) -> None:
    colours = gauge_colours(popup, Balance(900, 900, 600, 300, 0, 0), peak=2_000)
    blue, sky = LIGHT.buckets["subscription"], LIGHT.buckets["paid"]
    tick = LIGHT.levels[IconShape.LOW].ink
    assert set(colours) == {blue, sky, LIGHT.track, tick}
    assert colours.count(blue) == pytest.approx(2 * colours.count(sky), abs=8)
    assert colours.index(tick) == pytest.approx(len(colours) / 4, abs=8)
    assert colours.count(LIGHT.track) == pytest.approx(len(colours) * 0.55, abs=8)


def test_who_points_at_the_gauge_reads_what_it_shows(popup: Popup) -> None:
    gauge_colours(popup, Balance(900, 900, 600, 300, 0, 0), peak=2_000)
    kinds, said = popup.content.kinds, []
    for y in (kinds.height() - 3, 3):
        QApplication.sendEvent(kinds, QHelpEvent(QEvent.Type.ToolTip, QPoint(9, y), QPoint(9, y)))
        said.append(QToolTip.text())
    QToolTip.hideText()
    whole = "900 of 2,000, the highest balance since the last increase."
    assert said == ["", f"{whole} The mark shows where the balance is low: at 500."]


def test_without_known_kinds_the_gauge_has_one_colour(popup: Popup) -> None:
    assert set(gauge_colours(popup, Balance(400), 400)) == {LIGHT.undivided}


@pytest.mark.parametrize("credits", [0, -5])
def test_an_empty_gauge_is_a_track(popup: Popup, credits: int) -> None:
    assert set(gauge_colours(popup, Balance(credits, credits, 0, 0, 0, 0), 400)) == {LIGHT.track}


@pytest.mark.parametrize("peak", [0, -3])
def test_a_balance_that_was_never_above_zero_has_no_gauge(popup: Popup, peak: int) -> None:
    gauge_colours(popup, Balance(-5, -5, 0, 0, 0, 0), peak)
    assert not popup.content.kinds.has_gauge


def test_without_a_history_there_is_no_gauge(popup: Popup) -> None:
    assert LIGHT.buckets["subscription"] not in gauge_colours(popup, HEALTHY, None)
    assert not popup.content.kinds.has_gauge


# The keyboard, and what is asked for


def test_the_keyboard_reaches_every_control(popup: Popup, actions: Actions) -> None:
    offer_remedy(actions, refused())
    assert controls(opened(popup, refused())) == [
        *("Hide figures", "Refresh", "Settings", "Enter key…"),
        "Enough to find 2,486 emails or 621 phone numbers",
    ]


def test_the_keyboard_reaches_each_door_in_the_order_of_reading(popup: Popup) -> None:
    show_state(popup, STATES["low"])
    popup.open(ANCHOR)
    wait_with_events(popup.isActiveWindow, "the popup has the focus")
    chart = popup.content.sparkline.graph.accessibleName()
    assert controls(popup) == [
        *("Hide figures", "Refresh", "Settings", "Buy credits", chart, "History"),
        *("Enough to find 96 emails or 24 phone numbers", "Snooze", "Calculator"),
    ]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_press_the_buttons(popup: Popup, actions: Actions, key: Qt.Key) -> None:
    asked: list[object] = []
    for action in actions.findChildren(QAction):
        action.triggered.connect(lambda _checked, action=action: asked.append(action))
    opened(popup, refused())
    offer_remedy(actions, refused())
    for _ in range(5):
        press(popup, Qt.Key.Key_Tab)
        press(popup, key)
    assert asked == [
        *(actions.hide_figures, actions.refresh, actions.settings, actions.remedy, actions.plan)
    ]
    assert actions.remedy.data() == Remedy.ENTER_KEY


def test_a_locked_keychain_can_be_unlocked(popup: Popup, actions: Actions) -> None:
    asked: list[object] = []
    actions.remedy.triggered.connect(lambda: asked.append(actions.remedy.data()))
    locked = Snapshot(problem=Problem(Kind.KEYCHAIN_LOCKED))
    opened(popup, locked)
    offer_remedy(actions, locked)
    assert popup.content.attention is not None
    assert popup.content.attention.button.text() == "Unlock…"
    QTest.mouseClick(popup.content.attention.button, Qt.MouseButton.LeftButton)
    assert asked == [Remedy.UNLOCK]


def test_what_ends_by_itself_can_be_tried_now(popup: Popup, actions: Actions) -> None:
    asked: list[str] = []
    actions.refresh.triggered.connect(lambda: asked.append("refresh"))
    opened(popup, replace(healthy(), problem=Problem(Kind.OFFLINE)))
    assert popup.content.attention is not None
    QTest.mouseClick(popup.content.attention.retry, Qt.MouseButton.LeftButton)
    assert asked == ["refresh"]


def test_a_button_that_changes_its_deed_does_only_the_new_one(
    popup: Popup, actions: Actions
) -> None:
    asked: list[str] = []
    actions.buy.triggered.connect(lambda: asked.append("buy"))
    actions.remedy.triggered.connect(lambda: asked.append("remedy"))
    opened(popup, STATES["low"].snapshot)
    offer_remedy(actions, refused())
    show(popup, refused())
    assert popup.content.attention is not None
    popup.content.attention.button.click()
    assert asked == ["remedy"]
    assert popup.content.attention.button.text() == "Enter key…"


def test_a_snooze_can_be_ended(popup: Popup, actions: Actions) -> None:
    asked: list[str] = []
    actions.resume.triggered.connect(lambda: asked.append("resume"))
    opened(popup, STATES["snoozed"].snapshot)
    assert not popup.content.snooze.isVisible()
    QTest.mouseClick(popup.content.resume, Qt.MouseButton.LeftButton)
    assert asked == ["resume"]


def test_there_is_a_snooze_only_beside_a_warning(popup: Popup) -> None:
    opened(popup)
    assert not popup.content.snooze.isVisible()
    show(popup, STATES["low"].snapshot)
    assert popup.content.snooze.isVisible()


def test_hidden_figures_are_neither_seen_nor_heard(actions: Actions) -> None:
    formats = QtFormats(QLocale("en_US"))
    formats.hidden_until = NOW + timedelta(minutes=45)
    actions.hide_figures.setChecked(True)
    popup = Popup(formats, actions, now=lambda: NOW)
    for name in ("healthy", "low", "offline-low", "ends-soon"):
        state = STATES[name]
        popup.show_view(view_of(state.snapshot, Settings(), formats, NOW))
        popup.show_trend(trend_of(state.past, 30, int(NOW.timestamp())), low=500)
        popup.open(ANCHOR)
        settle()
        said = "\n".join((*texts(popup), *spoken(popup), popup.accessibleDescription()))
        without_times = re.sub(r"[A-Z][a-z]{2} \d+|\d+ (min|working)|\d+:\d\d", "", said)
        assert not re.search(r"\d", without_times), without_times
        assert "Chart hidden" in said
        assert "Show figures" in said
    popup.hide()
    popup.deleteLater()
    settle()


def test_the_focus_ring_is_for_the_keyboard(popup: Popup) -> None:
    popup.setPalette(palette(dark=False))
    opened(popup)
    button = popup.content.settings
    ring = QColor(LIGHT.focus)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.hasFocus()
    assert edge_of(button) != ring
    press(popup, Qt.Key.Key_Tab)
    press(popup, Qt.Key.Key_Backtab)
    assert button.hasFocus()
    assert edge_of(button) == ring


def test_snooze_offers_three_lengths(popup: Popup, actions: Actions) -> None:
    asked: list[SnoozeChoice] = []
    actions.snooze.triggered.connect(lambda chosen: asked.append(SnoozeChoice(chosen.data())))
    opened(popup, STATES["low"].snapshot)
    for downs in (1, 2, 3):
        popup.content.snooze.setFocus()
        press(popup, Qt.Key.Key_Return)
        menu = popup.content.snooze.menu()
        wait_with_events(menu.isVisible, "the menu is open")
        for _ in range(downs):
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        wait_with_events(menu.isHidden, "the menu is closed")
    assert asked == [SnoozeChoice.HOUR, SnoozeChoice.TOMORROW, SnoozeChoice.NEXT_LEVEL]
    assert popup.isVisible()


# Coming and going


def test_escape_closes(popup: Popup) -> None:
    opened(popup)
    press(popup, Qt.Key.Key_Tab)
    press(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_going_elsewhere_closes(popup: Popup, elsewhere: QWidget) -> None:
    opened(popup)
    go_to(elsewhere)
    wait_with_events(lambda: not popup.isVisible(), "the popup is hidden")


def test_its_own_menu_does_not_close_it(popup: Popup) -> None:
    opened(popup, STATES["low"].snapshot)
    popup.hide()
    popup.open(ANCHOR)  # so soon that Qt never calls it active again
    popup.content.snooze.click()
    menu = popup.content.snooze.menu()
    wait_with_events(menu.isVisible, "the menu is open")
    settle()
    assert popup.isVisible()
    menu.close()


def test_the_focus_that_was_lost_before_it_opened_does_not_close_it(
    popup: Popup, elsewhere: QWidget, qapp: QApplication
) -> None:
    opened(popup)
    popup.hide()
    go_to(elsewhere)
    wait_with_events(lambda: not running(popup), "it is at rest")
    qapp.focusWindowChanged.emit(None)
    popup.open(ANCHOR)  # before anything came of that
    elsewhere.activateWindow()  # as the focus comes late where others give it
    settle()
    assert popup.isVisible()


def test_a_click_that_closed_does_not_reopen(popup: Popup, elsewhere: QWidget) -> None:
    opened(popup)
    go_to(elsewhere)
    wait_with_events(lambda: not popup.isVisible(), "the popup is hidden")
    popup.toggle(ANCHOR)
    assert not popup.isVisible()

    def clicked_again() -> bool:
        popup.toggle(ANCHOR)
        return popup.isVisible()

    wait_with_events(clicked_again, "a later click opens it")


def test_toggle_opens_and_closes(popup: Popup) -> None:
    show(popup, healthy())
    popup.toggle(ANCHOR)
    assert popup.isVisible()
    popup.toggle(ANCHOR)
    assert not popup.isVisible()
    popup.toggle(None)
    assert popup.isVisible()


def test_as_a_window_it_stays(popup: Popup, elsewhere: QWidget) -> None:
    closed: list[bool] = []
    popup.closed_as_window.connect(lambda: closed.append(True))
    opened(popup)
    popup.be_window(True)
    assert not popup.isVisible()
    go_to(elsewhere)
    opened(popup)
    assert popup.windowTitle() == "lemlist credits"
    assert not popup.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert popup.mask().isEmpty()
    press(popup, Qt.Key.Key_Escape)
    go_to(elsewhere)
    assert popup.isVisible()
    popup.windowHandle().close()
    wait_with_events(lambda: closed, "it says that it was closed")
    assert not popup.isVisible()


def test_from_a_window_back_to_a_popup(popup: Popup, elsewhere: QWidget) -> None:
    closed: list[bool] = []
    popup.closed_as_window.connect(lambda: closed.append(True))
    popup.be_window(True)
    opened(popup)
    popup.be_window(False)
    assert not popup.isVisible()
    go_to(elsewhere)
    opened(popup)
    assert popup.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert not popup.mask().isEmpty()
    go_to(elsewhere)
    wait_with_events(lambda: not popup.isVisible(), "the popup is hidden")
    assert not closed


def running(popup: Popup) -> list[QTimer]:
    return [timer for timer in popup.findChildren(QTimer) if timer.isActive()]


def test_nothing_ticks_while_hidden(popup: Popup) -> None:
    show(popup, healthy())
    popup.set_busy(True)
    assert not running(popup)
    opened(popup)
    wait_with_events(
        lambda: len(running(popup)) == 2, "only the age's and the busy button's clock run"
    )
    still = popup.content.refresh.grab().toImage()
    wait_with_events(lambda: popup.content.refresh.grab().toImage() != still, "the arrow turns")
    popup.set_busy(False)
    assert len(running(popup)) == 1
    popup.set_busy(True)
    popup.hide()
    assert not running(popup)


def test_the_age_is_true_when_it_opens(popup: Popup) -> None:
    now = healthy()
    assert now.reading is not None
    older = replace(now.reading, at=now.reading.at - timedelta(minutes=5))
    opened(popup, replace(now, reading=older))
    assert popup.content.age.text() == "7 min ago"


# Where it goes


AREA = QRect(0, 30, 1000, 730)
SIZE = QSize(340, 400)


@pytest.mark.parametrize(
    ("anchor", "corner"),
    [
        (QRect(500, 0, 20, 20), QPoint(339, 30 + GAP)),
        (QRect(500, 762, 20, 20), QPoint(339, 760 - GAP - 400)),
        (QRect(970, 4, 20, 20), QPoint(1000 - GAP - 340, 30 + GAP)),
        (QRect(0, 4, 20, 20), QPoint(GAP, 30 + GAP)),
        (QRect(500, 600, 1, 1), QPoint(330, 600 - GAP - 400)),
        (QRect(500, 100, 1, 1), QPoint(330, 100 + 1 + GAP)),
        (QRect(-30, 400, 20, 20), QPoint(GAP, 209)),
        (QRect(1010, 700, 20, 20), QPoint(1000 - GAP - 340, 760 - GAP - 400)),
    ],
    ids=["top", "bottom", "right end", "left end", "low pointer", "high pointer", "left", "right"],
)
def test_place(anchor: QRect, corner: QPoint) -> None:
    placed = QRect(place(SIZE, anchor, AREA), SIZE)
    assert placed.topLeft() == corner
    assert AREA.contains(placed)
    assert not placed.intersects(anchor)


def test_opens_at_the_icon(popup: Popup) -> None:
    opened(popup)
    area = popup.screen().availableGeometry()
    assert popup.pos() == place(popup.size(), ANCHOR, area)


def test_goes_back_to_the_icon_until_something_insists_on_another_place(popup: Popup) -> None:
    opened(popup)
    corner, elsewhere = popup.pos(), QPoint(20, 300)
    for _ in range(MOST_RETURNS):
        popup.windowHandle().setPosition(elsewhere)  # as by a window manager
        settle()
        wait_with_events(lambda: popup.pos() == corner, "it is back")
    popup.windowHandle().setPosition(elsewhere)
    settle()
    assert popup.pos() == elsewhere


# Colours, numbers and times


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(name: str) -> float:
        colour = QColor(name)
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (colour.redF(), colour.greenF(), colour.blueF())
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable(theme: Theme) -> None:
    grounds = [theme.surface, theme.invitation.ground]
    grounds += [tint.ground for tint in theme.levels.values()]
    pairs = [(theme.ink, ground) for ground in grounds]
    waiting = theme.levels[IconShape.UNKNOWN].ground
    pairs += [
        (ink, ground) for ink in (theme.muted, theme.focus) for ground in (theme.surface, waiting)
    ]
    pairs += [(theme.ink, b) for b in (theme.button, theme.button_hover, theme.button_pressed)]
    pairs += [
        (theme.primary_ink, b) for b in (theme.primary, theme.primary_hover, theme.primary_pressed)
    ]
    pairs += [(tint.ink, tint.ground) for tint in theme.levels.values()]
    pairs += [(tint.ink, theme.surface) for tint in theme.levels.values()]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def test_follows_the_desktop_into_the_dark(popup: Popup) -> None:
    opened(popup)
    for dark, theme in ((False, LIGHT), (True, DARK)):
        popup.setPalette(palette(dark=dark))
        settle()
        image = popup.grab().toImage()
        assert image.pixelColor(6, 60) == QColor(theme.surface)
        assert popup.content.palette().windowText().color() == QColor(theme.ink)


def test_numbers_are_grouped_in_every_locale() -> None:
    assert QtFormats(QLocale("en_US")).number(1_234_567) == "1,234,567"
    assert QtFormats(QLocale("de_DE")).number(1_234_567) == "1.234.567"
    assert QtFormats(QLocale.c()).number(2**53) == "9,007,199,254,740,992"


def test_times_are_local_and_short() -> None:
    moment = datetime(2026, 3, 9, 14, 5).astimezone()
    formats = QtFormats(QLocale("de_DE"))
    assert formats.time(moment.astimezone(UTC)) == "14:05"
    day_and_time = formats.day_and_time(moment.astimezone(UTC))
    assert day_and_time.startswith("09.03.26")
    assert day_and_time.endswith("14:05")
