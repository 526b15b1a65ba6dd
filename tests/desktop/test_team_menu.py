"""The icon's menu where there are several teams."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from tests.desktop.widget_driver import emitted
from tests.examples import HEALTHY, NOW
from tests.fakes import FakeFormats
from tray_app.desktop.actions import Actions
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.tray import tray as tray_module
from tray_app.desktop.tray.tray import Tray
from tray_app.report.team_views import TeamView, team_view
from tray_app.rules.levels import Level
from tray_app.store.settings import Settings
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.balance_words import snooze_choices

ROWS = 12


def team(account: str, name: str = "") -> TeamView:
    snapshot = Snapshot(Reading(HEALTHY, NOW), Level.HEALTHY)
    return team_view(account, name or f"Team {account}", snapshot, Settings(), FakeFormats(), NOW)


@pytest.fixture
def tray(qapp: QApplication) -> Iterator[Tray]:
    gate = Gate()
    actions = Actions(qapp)
    tray = Tray(qapp, actions, Bus("SESSION", qapp, gate))
    actions.offer_snooze(snooze_choices())
    tray.offer_snooze()
    yield tray
    gate.close()


def rows(menu: QMenu) -> list[QAction]:
    return [each for each in menu.actions() if each.isVisible() and not each.isSeparator()]


def all_menus(menu: QMenu) -> Iterator[QMenu]:
    yield menu
    for row in rows(menu):
        below = row.menu()
        if isinstance(below, QMenu):
            yield from all_menus(below)


def teams_in(menu: QMenu) -> list[str]:
    """The accounts of the lines, once each, in their order."""
    lines = (row.data() for each in all_menus(menu) for row in rows(each))
    return list(dict.fromkeys(data for data in lines if str(data).startswith("a")))


@pytest.mark.parametrize("count", [2, 3, 4, 12, 13, 20, 24, 50])
def test_each_team_has_a_line_and_no_menu_more_than_12(tray: Tray, count: int) -> None:
    teams = [team(f"a{number}") for number in range(count)]
    tray.actions.remedy.setVisible(True)
    tray.actions.remedy.setText("Unlock…")
    tray.actions.resume.setVisible(True)
    tray.show_teams(teams[0], teams)
    assert all(len(rows(menu)) <= ROWS for menu in all_menus(tray._menu))
    assert sorted(teams_in(tray._menu)) == sorted(one.account for one in teams)
    tray.show_teams(teams[0], teams[:2])
    assert teams_in(tray._menu) == ["a0", "a1"]


def test_a_line_names_its_team_and_opens_its_page(tray: Tray) -> None:
    chosen = QSignalSpy(tray.team_chosen)
    tray.show_teams(team("a1"), [team("a1", "R&D"), team("a2")])
    first, second = (row for row in rows(tray._menu) if str(row.data()).startswith("a"))
    assert first.text().startswith("R&&D: ")
    second.trigger()
    tray.show_teams(team("a1"), [team("a2"), team("a1")])  # another order
    second.trigger()
    assert emitted(chosen) == ["a2", "a1"]
    assert tray._tooltip.startswith("Team a1\n")


def test_with_one_team_left_the_menu_is_as_it_was(tray: Tray) -> None:
    one = team("a1")
    tray.show_view(one.view)
    before = [row.text() for row in rows(tray._menu)]
    tray.show_teams(one, [one, team("a2")])
    assert [row.text() for row in rows(tray._menu)] != before
    tray.show_view(one.view)
    assert [row.text() for row in rows(tray._menu)] == before


def test_a_long_name_leaves_room_for_the_figures(tray: Tray) -> None:
    named = team("a1", "N" * 200)
    assert len(named.tooltip(127)) <= 127
    assert "12,430" in named.tooltip(127)


class IconOutOfSight(QSystemTrayIcon):
    """An icon in a panel; the offscreen platform has none."""

    @staticmethod
    def isSystemTrayAvailable() -> bool:  # noqa: N802
        return True

    def show(self) -> None:
        pass


def test_a_click_on_a_notification_of_qts_is_told(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray_module, "QSystemTrayIcon", IconOutOfSight)
    told = QSignalSpy(tray.message_clicked)
    tray.show()
    (icon,) = tray.findChildren(QSystemTrayIcon)
    icon.messageClicked.emit()
    assert told.count() == 1
