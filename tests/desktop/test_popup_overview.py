"""The popup with several teams: the overview, the way to a team's page, and back."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests import PROJECT
from tests.desktop.widget_driver import (
    PaintCounter,
    edge_of,
    name_of,
    press,
    spoken,
    texts,
    wait_with_events,
)
from tests.examples import NOW
from tests.pictures.overview import Named, known, many, six, states, stopped, team_views
from tests.pictures.popup import palette
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup import popup as popup_module
from tray_app.desktop.popup.overview import HIGHEST, ROW, SLIM_ROW, OverviewContent, place_of
from tray_app.desktop.popup.popup import Popup
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.widgets.theme import DARK, LIGHT
from tray_app.icon_look import IconShape
from tray_app.report.overview import overview_of
from tray_app.report.team_views import TeamView

ANCHOR = QRect(600, 0, 22, 22)
SIX_IN_ORDER = ["Iberia", "UK", "Growth", "Labs", "DACH", "Nordics"]


class Desk:
    """The popup, with an app behind it that turns its pages."""

    def __init__(self) -> None:
        self.formats = QtFormats(QLocale("en_US"))
        self.actions = Actions()
        self.popup = Popup(self.formats, self.actions, now=lambda: NOW)
        self.named: Sequence[Named] = six()
        self.shown = "team-0"
        self.asked: list[str] = []
        self.was_opened = False
        self.popup.team_chosen.connect(self.turn_to)
        self.popup.overview_wanted.connect(self.popup.turn_to_overview)

    @property
    def views(self) -> list[TeamView]:
        return team_views(self.named, self.formats, NOW)

    @property
    def overview(self) -> OverviewContent:
        assert self.popup.overview is not None
        return self.popup.overview

    def show(self, named: Sequence[Named] | None = None) -> None:
        """Show what is known, of these teams if others are given."""
        self.named = self.named if named is None else named
        page = next(one for one in self.views if one.account == self.shown)
        self.popup.show_view(page.view)
        overview = overview_of(self.views, self.shown, self.formats, NOW)
        self.popup.show_overview(overview if len(self.named) > 1 else None)

    def turn_to(self, account: str) -> None:
        self.asked.append(account)
        self.shown = account
        self.show()
        self.popup.show_page()

    def open(self, named: Sequence[Named] | None = None) -> Popup:
        """Open the overview, as a click on the icon does."""
        self.show(named)
        self.popup.open(ANCHOR, to_overview=True)
        # Qt does not call a popup active again that is opened as soon as it was hidden.
        is_first, self.was_opened = not self.was_opened, True
        wait_with_events(
            lambda: self.popup.isActiveWindow() or not is_first, "the popup has the focus"
        )
        return self.popup

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        target = self.popup.focusWidget() or self.popup
        QTest.keyClick(target, key, modifiers or Qt.KeyboardModifier.NoModifier)

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClicks(self.popup.focusWidget() or self.popup, letter)

    @property
    def rows(self) -> list[str]:
        """The names of the rows that can be seen, in the order from above."""
        rows = [*self.overview.upper, *self.overview.folded]
        seen = sorted(
            (row for row in rows if row.isVisible()),
            key=lambda row: row.mapTo(self.popup, QPoint()).y(),
        )
        return [name_of(row).partition(":")[0].removeprefix("Acme ") for row in seen]

    @property
    def focused(self) -> str:
        """The name of the row, or else the control, that has the focus."""
        return name_of(self.popup.focusWidget()).partition(":")[0].removeprefix("Acme ")


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.popup.hide()
    desk.popup.deleteLater()
    settle()


def settle() -> None:
    """Let Qt do what it has put off."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


# One team


def test_one_team_is_as_it_was_and_nothing_of_the_overview_is_loaded(desk: Desk) -> None:
    desk.show(six()[:1])
    desk.popup.toggle(ANCHOR)
    assert texts(desk.popup)[:3] == ["Acme DACH", "2 min ago", "3,150 credits"]
    program = (
        "import sys, PySide6.QtWidgets as w; app = w.QApplication([])\n"
        "from tests.desktop.widget_driver import FORMATS\n"
        "from tray_app.desktop.actions import Actions\n"
        "from tray_app.desktop.popup.popup import Popup\n"
        "popup = Popup(FORMATS, Actions())\n"
        "popup.show_overview(None)\n"
        "popup.toggle(None)\n"
        "assert popup.content.isVisible()\n"
        "print([name for name in sys.modules if 'overview' in name])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_when_one_team_is_left_its_page_is_all_there_is(desk: Desk) -> None:
    desk.open()
    desk.show(six()[:1])
    settle()
    assert desk.popup.overview is None
    assert desk.popup.content.isVisible()
    assert {"Acme DACH", "2 min ago", "3,150 credits"} <= set(texts(desk.popup))
    assert "6 teams" not in spoken(desk.popup)
    desk.press(Qt.Key.Key_Escape)
    assert not desk.popup.isVisible()


def test_a_second_team_brings_the_overview(desk: Desk) -> None:
    desk.open(six()[:1])
    desk.show(six()[:2])
    settle()
    assert desk.popup.content.isVisible()
    assert "2 teams" in spoken(desk.popup)
    desk.press(Qt.Key.Key_Escape)
    assert desk.rows == ["Growth", "DACH"]


# What it shows


def test_the_teams_that_need_their_user_come_first(desk: Desk) -> None:
    desk.open()
    assert desk.rows == SIX_IN_ORDER
    assert texts(desk.popup) == [
        *("6 teams", "3 teams need credits"),
        *("Acme Iberia has stopped · About 26,000 credits in all", "Updated 2 min ago"),
    ]
    assert desk.popup.height() <= HIGHEST
    assert desk.popup.accessibleDescription() == "3 teams need credits"


def test_what_is_seen_is_heard_in_its_order(desk: Desk) -> None:
    desk.open()
    heard, since = spoken(desk.popup), NOW - timedelta(hours=3, minutes=38)
    title = ["6 teams", "Hide figures", "Refresh", "Settings", "3 teams need credits"]
    wanted = [
        *title,
        "Acme Iberia has stopped · About 26,000 credits in all",
        f"Acme Iberia: 0 credits. Stopped since {desk.formats.time(since)}",
        "Acme UK: 62 credits. Runs out today",
        "Acme Growth: 480 credits. Runs out Tuesday",
        "Acme Labs: 9,840 credits. 38 min old · can't be reached",
        "Acme DACH: 3,150 credits. About 6 working days left",
        "Acme Nordics: 12,430 credits. About 8 working days left",
        *("Add a team…", "Updated 2 min ago"),
    ]
    assert heard[-len(wanted) :] == wanted
    for row in desk.overview.upper:
        assert QAccessible.queryAccessibleInterface(row).role() is QAccessible.Role.Button


def test_what_is_said_of_the_program_stands_in_the_overview_too(desk: Desk) -> None:
    sentence = "This desktop has no tray. Closing this window ends the program."
    desk.show(six()[:1])
    desk.popup.say(sentence)
    desk.open(six())
    assert sentence in texts(desk.popup)
    desk.popup.say("")
    assert sentence not in texts(desk.popup)


def many_urgent() -> tuple[Named, ...]:
    """So many that there is no room for all of them, and some healthy ones."""
    needy = [state for name, state in six() if name.endswith(("Iberia", "UK", "Growth"))]
    urgent = ((f"Acme {number}", needy[number % len(needy)]) for number in range(9))
    return (*urgent, *many(20)[6:])


def open_with_fold(desk: Desk) -> None:
    """Open the overview of many urgent teams, and the fold below them by key."""
    desk.open(many_urgent())
    settle()
    desk.press(Qt.Key.Key_End)
    desk.press(Qt.Key.Key_Return)
    settle()


def test_the_rows_stand_close_when_the_popup_is_opened_again(desk: Desk) -> None:
    """They stood 102 pixels apart where the fold had been open, and both need to scroll."""
    open_with_fold(desk)
    desk.popup.hide()
    settle()
    desk.popup.open(ANCHOR, to_overview=True)
    settle()
    first, second = desk.overview.upper[:2]
    assert second.y() - first.y() == first.sizeHint().height()


def test_an_opened_fold_shows_what_is_below_it(desk: Desk) -> None:
    """Only its arrow turned, and the first rows stood below the edge."""
    open_with_fold(desk)
    for row in (desk.overview.fold, *desk.overview.folded[:3]):
        assert row.visibleRegion().boundingRect().height() == row.height()


def test_a_compositor_hears_twice_that_the_popup_has_grown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GNOME's leaves it with its lower end below the screen, until its size changes again."""
    monkeypatch.setattr(popup_module, "compositor_places", lambda: True)
    desk.open(six()[:2])
    low, heights = desk.popup.height(), list[int]()

    class Sizes(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() in (QEvent.Type.Resize, QEvent.Type.User):
                heights.append(desk.popup.height())
            if event.type() is QEvent.Type.Resize and len(heights) == 2:
                for kind in (QEvent.Type.LayoutRequest, QEvent.Type.User):
                    QCoreApplication.postEvent(watched, QEvent(kind))
            return False

    sizes = Sizes()
    desk.popup.installEventFilter(sizes)
    desk.show(six())
    wait_with_events(lambda: len(heights) == 4, "three sizes, and the end of another's request")
    high = heights[0]
    assert high > low
    assert heights == [high, high - 1, high - 1, high]


def test_each_row_is_there_at_once(desk: Desk) -> None:
    desk.open(six()[-2:])
    desk.show(six())
    assert all(row.isVisible() for row in desk.overview.upper)


def test_what_is_not_said_takes_no_room(desk: Desk) -> None:
    desk.open(six())
    line, button = desk.overview._divider, desk.overview.add
    assert button.geometry().top() - line.geometry().bottom() == 13


def test_the_order_stays_while_the_popup_is_open(desk: Desk) -> None:
    desk.open()
    calm = tuple((name, known(9_000)) for name, _ in six()[:-1])
    desk.show((*calm, ("Acme UK", stopped())))
    settle()
    assert desk.rows == SIX_IN_ORDER
    assert "1 team needs credits" in texts(desk.popup)
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Escape)
    assert desk.rows == SIX_IN_ORDER
    desk.popup.hide()
    desk.open()
    assert desk.rows == ["UK", "DACH", "Growth", "Iberia", "Labs", "Nordics"]


def test_a_window_that_nobody_uses_keeps_the_neediest_above(desk: Desk) -> None:
    desk.show()
    desk.popup.be_window(True)
    desk.open()
    calm = tuple((name, known(9_000)) for name, _ in six()[:-1])
    desk.show((*calm, ("Acme UK", stopped())))
    settle()
    assert desk.rows == SIX_IN_ORDER  # as the pointer may be at a row
    elsewhere = QWidget()
    elsewhere.show()
    elsewhere.activateWindow()
    wait_with_events(elsewhere.isActiveWindow, "the user does something else")
    desk.show((*calm[1:], calm[0], ("Acme UK", replace(stopped(), next_at=None))))
    settle()
    assert desk.rows[0] == "UK"
    elsewhere.deleteLater()


def test_teams_come_and_go_while_the_popup_is_open(desk: Desk) -> None:
    desk.open()
    desk.press(Qt.Key.Key_End)
    desk.show((*six(), ("Acme New", stopped())))
    settle()
    assert desk.rows == [*SIX_IN_ORDER, "New"]
    assert desk.focused == "Nordics"
    desk.show(six()[:4])
    settle()
    assert desk.rows == ["Iberia", "Growth", "Labs", "DACH"]


def test_from_nine_teams_on_the_healthy_ones_are_folded_up(desk: Desk) -> None:
    desk.open(many(8))
    assert len(desk.rows) == 8
    assert not desk.overview.fold.isVisible()
    desk.popup.hide()
    desk.open(many(9))
    assert desk.rows == SIX_IN_ORDER[:4]
    assert desk.overview.fold.text() == "5 healthy"
    height = desk.popup.height()
    QTest.mouseClick(desk.overview.fold, Qt.MouseButton.LeftButton)
    settle()
    assert desk.rows[:6] == SIX_IN_ORDER
    assert len(desk.rows) == 9
    assert desk.popup.height() > height
    assert {row.height() for row in desk.overview.folded} == {SLIM_ROW}
    assert {row.height() for row in desk.overview.upper} == {ROW}
    QTest.mouseClick(desk.overview.fold, Qt.MouseButton.LeftButton)
    settle()
    assert desk.popup.height() == height


def test_what_is_folded_up_comes_out_when_it_needs_its_user(desk: Desk) -> None:
    desk.open(many(9))
    desk.show((*many(9)[:-1], (many(9)[-1][0], stopped())))
    settle()
    assert desk.rows[:4] == SIX_IN_ORDER[:4]
    assert len(desk.rows) == 5
    assert desk.overview.fold.text() == "4 healthy"
    desk.press(Qt.Key.Key_End)
    desk.press(Qt.Key.Key_Up)
    assert desk.focused == desk.rows[-1]


def test_if_all_is_well_the_fold_is_open(desk: Desk) -> None:
    desk.open(many(26)[6:])
    assert len(desk.rows) == 20
    assert desk.popup.height() <= HIGHEST


def test_fifty_teams_scroll(desk: Desk) -> None:
    desk.open(many(50))
    desk.overview.fold.click()
    settle()
    assert desk.popup.height() <= HIGHEST
    for key, name in ((Qt.Key.Key_End, desk.rows[-1]), (Qt.Key.Key_Home, "Iberia")):
        desk.press(key)
        assert desk.focused == name
        row = desk.popup.focusWidget()
        assert row is not None
        assert row.visibleRegion().boundingRect() == row.rect()


def test_hidden_figures_are_neither_seen_nor_heard(desk: Desk) -> None:
    desk.formats.hidden_until = NOW + timedelta(minutes=45)
    desk.open(many(9))
    desk.overview.fold.click()
    settle()
    said = "\n".join((*texts(desk.popup), *spoken(desk.popup), desk.popup.accessibleDescription()))
    plain = re.sub(r"\d+:\d\d|\d+ (min|working|teams?|healthy)|Runs out \w+", "", said)
    assert not re.search(r"\d", plain), plain
    assert {line.share for line in overview_of(desk.views, "team-0", desk.formats, NOW).lines} == {
        0.0
    }


def test_a_long_name_is_cut_and_told_in_full(desk: Desk) -> None:
    name = ("Acme Growth & Partnerships, Europe, Middle East " * 9)[:200].strip()
    desk.open(((name, stopped()), ("b", known(900))))
    settle()
    row = desk.overview.upper[0]
    assert row.toolTip().startswith(f"{name}\n")
    assert name in name_of(row)
    assert desk.overview.upper[1].toolTip() == ""
    assert desk.popup.width() == 340


def test_the_ages_grow_while_it_is_open(desk: Desk) -> None:
    now = [NOW]
    desk.popup = Popup(desk.formats, desk.actions, now=lambda: now[0])
    desk.open()
    now[0] += timedelta(minutes=5)
    desk.overview.tick()
    assert "Updated 7 min ago" in texts(desk.popup)
    assert name_of(desk.overview.upper[3]).endswith("43 min old · can't be reached")


def test_the_same_again_paints_nothing(desk: Desk) -> None:
    desk.open()
    settle()
    counter = PaintCounter(desk.popup, *desk.popup.findChildren(QWidget))
    desk.show()
    settle()
    assert counter.painted == 0


def test_follows_the_desktop_into_the_dark(desk: Desk) -> None:
    desk.open()
    for dark, theme in ((False, LIGHT), (True, DARK)):
        desk.popup.setPalette(palette(dark=dark))
        settle()
        seen = desk.overview.upper[0].grab().toImage()
        marks = {
            seen.pixelColor(x, y).name().upper() for x in range(30) for y in range(seen.height())
        }
        assert theme.levels[IconShape.EMPTY].ink in marks


@pytest.mark.parametrize("state", list(states()), ids=lambda state: state.name)
def test_it_opens_at_its_size(desk: Desk, state: object) -> None:
    desk.open(state.teams)  # type: ignore[attr-defined]
    size = desk.popup.size()
    settle()
    assert desk.popup.size() == size
    for label in (desk.overview.title, desk.overview.detail):
        assert label.height() >= label.heightForWidth(label.width())


# To a page and back


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Right]
)
@pytest.mark.parametrize(
    ("back", "modifiers"),
    [
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier),
    ],
)
def test_keys_open_a_page_and_lead_back(
    desk: Desk, key: Qt.Key, back: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    desk.open()
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)
    desk.press(key)
    assert desk.asked == ["team-5"]
    assert desk.popup.content.isVisible()
    assert {"Acme UK", "62 credits"} <= set(texts(desk.popup))
    assert desk.popup.accessibleDescription().startswith("Critical · 62")
    desk.press(back, modifiers)
    assert desk.rows == SIX_IN_ORDER
    assert desk.focused == "UK"
    assert desk.popup.isVisible()
    desk.press(Qt.Key.Key_Escape)
    assert not desk.popup.isVisible()


def test_a_click_opens_a_page_and_leads_back(desk: Desk) -> None:
    desk.open()
    height = desk.popup.height()
    QTest.mouseClick(desk.overview.upper[4], Qt.MouseButton.LeftButton)
    settle()
    assert desk.asked == ["team-0"]
    assert {"Acme DACH", "3,150 credits"} <= set(texts(desk.popup))
    assert "2 min ago" not in texts(desk.popup)
    assert "2 min ago" in desk.popup.content.refresh.toolTip()
    (way_back,) = (one for one in desk.popup.content.children() if one is desk.popup._way_back)
    assert way_back.height() >= 28
    assert spoken(desk.popup.content)[:3] == ["6 teams", "Acme DACH", "Hide figures"]
    order = []
    for _ in range(6):
        press(desk.popup, Qt.Key.Key_Tab)
        order.append(desk.focused)
    buys = "Enough to find 630 emails or 157 phone numbers"
    header = ["6 teams", "Hide figures", "Refresh", "Settings"]
    assert order == [*header, buys, "Calculator"]
    QTest.mouseClick(way_back, Qt.MouseButton.LeftButton)
    settle()
    assert desk.rows == SIX_IN_ORDER
    assert desk.popup.height() == height


def test_the_icon_opens_the_overview_and_others_a_page(desk: Desk) -> None:
    desk.show()
    desk.popup.toggle(ANCHOR)
    assert desk.popup.shows_overview
    desk.popup.hide()
    desk.popup.open(ANCHOR)
    assert desk.popup.content.isVisible()
    assert not desk.popup.shows_overview
    desk.popup.hide()
    QTest.qWait(0)
    desk.popup.open(ANCHOR, to_overview=True)
    assert desk.popup.shows_overview


def test_no_page_shows_anothers_figures_not_for_a_moment(desk: Desk) -> None:
    """Whatever is painted of a page is the team's that was chosen."""
    desk.open()
    seen: list[tuple[str, str]] = []
    content = desk.popup.content

    class WhenPainted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() in (QEvent.Type.Show, QEvent.Type.Paint):
                seen.append((content.team.text(), content.total.text()))
            return False

    watcher = WhenPainted()
    content.installEventFilter(watcher)
    wanted = [("Acme UK", "62 credits"), ("Acme Iberia", "0 credits")]
    for name, team in (("UK", wanted[0]), ("Iberia", wanted[1])):
        desk.overview.upper[desk.rows.index(name)].click()
        settle()
        assert set(seen) == {team}
        seen.clear()
        desk.press(Qt.Key.Key_Escape)
        settle()


def test_ctrl_tab_turns_the_pages(desk: Desk) -> None:
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    desk.open()
    for _ in range(7):
        desk.press(Qt.Key.Key_Tab, ctrl)
    accounts = [f"team-{number}" for number in (2, 5, 1, 3, 0, 4)]
    assert desk.asked == [*accounts, accounts[0]]
    desk.press(Qt.Key.Key_Backtab, ctrl | shift)
    assert desk.asked[-1] == accounts[-1]
    assert desk.popup.content.isVisible()


# The keyboard in the list


def test_arrows_home_and_end_move_in_the_list(desk: Desk) -> None:
    desk.open()
    moves = [
        (Qt.Key.Key_Down, "Iberia"),
        (Qt.Key.Key_Up, "Iberia"),
        (Qt.Key.Key_Down, "UK"),
        (Qt.Key.Key_End, "Nordics"),
        (Qt.Key.Key_Down, "Nordics"),
        (Qt.Key.Key_Up, "DACH"),
        (Qt.Key.Key_Home, "Iberia"),
        (Qt.Key.Key_PageDown, "Nordics"),
        (Qt.Key.Key_PageUp, "Iberia"),
    ]
    for key, name in moves:
        desk.press(key)
        assert desk.focused == name


def test_opened_again_no_row_has_the_focus(desk: Desk) -> None:
    desk.open()
    desk.press(Qt.Key.Key_End)
    desk.popup.hide()
    desk.open()
    desk.press(Qt.Key.Key_Right)
    assert desk.asked == []
    desk.press(Qt.Key.Key_Down)
    assert desk.focused == "Iberia"


def test_the_fold_is_a_line_of_the_list(desk: Desk) -> None:
    desk.open(many(20))
    desk.press(Qt.Key.Key_End)
    assert desk.focused == "16 healthy"
    desk.press(Qt.Key.Key_Return)
    settle()
    desk.press(Qt.Key.Key_Down)
    assert desk.focused == "DACH"
    desk.press(Qt.Key.Key_End)
    assert desk.focused == desk.rows[-1]


def test_letters_go_to_a_name_and_open_the_fold(desk: Desk) -> None:
    desk.open(many(20))
    desk.type("nor")
    settle()
    assert desk.focused == "Nordics"
    assert len(desk.rows) == 20


def test_tab_reaches_the_controls_and_one_row(desk: Desk) -> None:
    desk.open()
    order = []
    for _ in range(6):
        desk.press(Qt.Key.Key_Tab)
        order.append(desk.focused)
    around = ["Hide figures", "Refresh", "Settings", "Iberia", "Add a team…"]
    assert order == [*around, around[0]]
    desk.press(Qt.Key.Key_End)
    desk.press(Qt.Key.Key_Backtab)
    assert desk.focused == "Settings"
    desk.press(Qt.Key.Key_Tab)
    assert desk.focused == "Nordics"


def test_the_focus_is_seen(desk: Desk) -> None:
    desk.popup.setPalette(palette(dark=False))
    desk.open()
    row = desk.overview.upper[0]
    assert edge_of(row) != QColor(LIGHT.focus)
    desk.press(Qt.Key.Key_Down)
    assert row.hasFocus()
    assert edge_of(row) == QColor(LIGHT.focus)


def test_right_to_left_the_other_arrow_opens(desk: Desk) -> None:
    desk.popup.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desk.open()
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Right)
    assert desk.asked == []
    desk.press(Qt.Key.Key_Left)
    assert desk.asked == ["team-2"]


def test_enter_that_is_held_opens_one_page(desk: Desk) -> None:
    desk.open()
    desk.press(Qt.Key.Key_Down)
    row = desk.popup.focusWidget()
    assert row is not None
    for is_repeat in (False, True, True):
        event = QKeyEvent(
            QEvent.Type.KeyPress,
            Qt.Key.Key_Return,
            Qt.KeyboardModifier.NoModifier,
            "\r",
            is_repeat,
        )
        QApplication.sendEvent(row, event)
    assert desk.asked == ["team-2"]


def test_a_team_can_be_added(desk: Desk) -> None:
    asked: list[str] = []
    desk.actions.add_team.triggered.connect(lambda: asked.append("add"))
    desk.open()
    QTest.mouseClick(desk.overview.add, Qt.MouseButton.LeftButton)
    assert asked == ["add"]


NAMES = ["Acme Iberia", "Acme UK", "Beta", "Bravo", "élan"]


@pytest.mark.parametrize(
    ("typed", "here", "place"),
    [
        ("b", None, 2),
        ("b", 2, 3),
        ("bb", 3, 2),
        ("br", 2, 3),
        ("B", None, 2),
        ("u", None, 1),
        ("acme u", 0, 1),
        ("É", 0, 4),
        ("a", 0, 1),
        ("a", 1, 0),
        ("x", 1, None),
        ("eta", None, None),
    ],
)
def test_what_is_typed_means_a_name(typed: str, here: int | None, place: int | None) -> None:
    assert place_of(NAMES, typed, here) == place


def test_a_name_with_a_space_can_be_typed(desk: Desk) -> None:
    desk.open()
    desk.type("acme g")
    assert desk.focused == "Growth"
    assert desk.asked == []


def test_two_states_of_a_team_do_not_look_alike(desk: Desk) -> None:
    """Old figures are muted and have a clock, whatever their level."""
    desk.open()
    labs = desk.overview.upper[3].grab().toImage()
    renewed = ("Acme Labs", replace(six()[3][1], problem=None, next_at=None))
    desk.show((*six()[:3], renewed, *six()[4:]))
    settle()
    assert desk.overview.upper[3].grab().toImage() != labs
