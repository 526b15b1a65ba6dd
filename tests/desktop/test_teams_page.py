"""The settings of several teams, and the question before one is removed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QTabBar,
    QWidget,
)

from tests.desktop.widget_driver import FORMATS, buttons, emitted, press, shown, words
from tray_app.desktop.windows.remove_dialog import RemoveDialog
from tray_app.desktop.windows.settings_dialog import SettingsDialog
from tray_app.errors import Kind, Problem
from tray_app.report.team_views import ListedTeam
from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.store.settings import Settings, TeamEntry

ACME = ListedTeam(TeamEntry("default"), "Acme", "Acme")
OTHER = ListedTeam(TeamEntry("team-2", "Ours", {"low": 300, "critical": 50}), "Ours", "Other Ltd")
THIRD = ListedTeam(TeamEntry("team-3"), "Third", "Third")


def named(dialog: QWidget, name: str) -> QWidget:
    """Return the one control that a screen reader calls so."""
    (found,) = [each for each in dialog.findChildren(QWidget) if each.accessibleName() == name]
    return found


def number(dialog: QWidget, name: str) -> QSpinBox:
    box = named(dialog, name)
    assert isinstance(box, QSpinBox)
    return box


def choose(dialog: QWidget, name: str, text: str) -> None:
    box = named(dialog, name)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findText(text))


def turn_to_teams(dialog: QWidget) -> None:
    (tabs,) = dialog.findChildren(QTabBar)
    tabs.setCurrentIndex(tabs.count() - 1)


class Opened:
    """The dialog, and what it has said."""

    def __init__(
        self, teams: Sequence[ListedTeam], on_icon: str = "", settings: Settings | None = None
    ) -> None:
        self.dialog = shown(SettingsDialog(settings or Settings(), FORMATS, teams, on_icon))
        self.saved = QSignalSpy(self.dialog.saved)
        self.teams_saved = QSignalSpy(self.dialog.teams_saved)

    def save(self) -> None:
        buttons(self.dialog)["Save"].click()

    def own(self, account: str) -> dict[str, object]:
        (chosen,) = emitted(self.teams_saved)
        (team,) = [each for each in chosen.teams if each.account == account]
        return dict(team.own)


@pytest.fixture
def opened(qapp: QApplication) -> Iterator[Opened]:
    opened = Opened([ACME, OTHER, THIRD])
    yield opened
    opened.dialog.reject()


def test_with_one_team_there_is_nothing_to_choose_between(qapp: QApplication) -> None:
    one = Opened([ACME])
    names = [each.accessibleName() for each in one.dialog.findChildren(QWidget) if each.isVisible()]
    assert "These choices are for" not in names
    one.save()
    assert (one.saved.count(), one.teams_saved.count()) == (1, 0)


def test_one_team_takes_no_more_room_than_each_of_several(qapp: QApplication) -> None:
    """Its row was three times as high."""
    heights = []
    for teams in ([ACME], [ACME, OTHER, THIRD]):
        dialog = Opened(teams).dialog
        turn_to_teams(dialog)
        QApplication.processEvents()
        row = named(dialog, "Name of Acme").parentWidget()
        assert row is not None
        heights.append(row.height())
        dialog.reject()
    assert heights[0] == heights[1]


def test_what_is_chosen_for_one_team_is_its_own(opened: Opened) -> None:
    dialog = opened.dialog
    choose(dialog, "These choices are for", "Acme")
    assert number(dialog, "Low, in credits").value() == Settings().thresholds.low
    number(dialog, "Low, in credits").setValue(900)
    choose(dialog, "These choices are for", "Ours")
    assert number(dialog, "Low, in credits").value() == 300
    assert not named(dialog, "Notifications").isEnabled()  # which are the program's
    choose(dialog, "These choices are for", "All teams")
    assert number(dialog, "Low, in credits").value() == Settings().thresholds.low
    opened.save()
    assert emitted(opened.saved) == [Settings()]
    assert opened.own("default") == {"low": 900}
    assert opened.own("team-2") == {"low": 300, "critical": 50}


def test_a_team_follows_the_others_again(opened: Opened) -> None:
    choose(opened.dialog, "These choices are for", "Ours")
    buttons(opened.dialog)["Restore defaults"].click()
    opened.save()
    assert opened.own("team-2") == {}


def test_numbers_that_do_not_go_together_are_shown_where_they_are(opened: Opened) -> None:
    dialog = opened.dialog
    choose(dialog, "These choices are for", "Ours")
    number(dialog, "Critical, in credits").setValue(400)
    choose(dialog, "These choices are for", "All teams")
    opened.save()
    assert opened.saved.count() == 0
    assert dialog.isVisible()
    assert "Low must be above critical" in words(dialog)
    assert number(dialog, "Critical, in credits").value() == 400


def test_teams_are_renamed_and_ordered(opened: Opened) -> None:
    dialog = opened.dialog
    turn_to_teams(dialog)
    name = named(dialog, "Name of Acme")
    assert isinstance(name, QLineEdit)
    assert name.placeholderText() == "Acme"
    assert "Other Ltd in lemlist" in words(dialog)
    name.setText("  Acme \t UK ")
    named(dialog, "Move Third up").click()  # type: ignore[attr-defined]
    assert not named(dialog, "Move Acme up").isEnabled()
    choose(dialog, "Team on the icon", "Third")
    opened.save()
    (chosen,) = emitted(opened.teams_saved)
    assert [(team.account, team.name) for team in chosen.teams] == [
        ("default", "Acme UK"),
        ("team-3", ""),
        ("team-2", "Ours"),
    ]
    assert chosen.on_icon == "team-3"


def sizes_of_pages(teams: Sequence[ListedTeam]) -> set[tuple[int, int]]:
    """Turn all pages, none of which but that of the teams may scroll."""
    dialog = Opened(teams).dialog
    (tabs,) = dialog.findChildren(QTabBar)
    sizes = set()
    for page in range(tabs.count()):
        tabs.setCurrentIndex(page)
        QApplication.processEvents()
        sizes.add((dialog.width(), dialog.height()))
        bars = [each.verticalScrollBar() for each in dialog.findChildren(QScrollArea)]
        scrolled = [bar.maximum() for bar in bars if bar.isVisible() and bar.maximum()]
        assert len(scrolled) <= (page == tabs.count() - 1)
    dialog.reject()
    return sizes


def test_neither_many_teams_nor_a_long_name_make_the_dialog_larger(qapp: QApplication) -> None:
    usual = [ListedTeam(TeamEntry(f"team-{each}", "Ours"), "Ours", "Ltd") for each in range(50)]
    name = "International Lead Generation and Outreach " * 3
    long = [each._replace(lemlists=name) for each in usual[:2]]
    (size,) = sizes_of_pages(usual[:2])
    assert sizes_of_pages(usual) == {size}
    assert sizes_of_pages(long) == {size}


def test_the_keyboard_reaches_every_team_of_a_long_list(qapp: QApplication) -> None:
    teams = [ListedTeam(TeamEntry(f"team-{each}"), f"Team {each}", "") for each in range(20)]
    dialog = Opened(teams).dialog
    turn_to_teams(dialog)
    named(dialog, "Name of Team 0").setFocus()
    last = named(dialog, "Name of Team 19")
    while dialog.focusWidget() is not last:
        press(dialog, Qt.Key.Key_Tab)
    QApplication.processEvents()
    assert last.visibleRegion().boundingRect().size() == last.size()
    dialog.reject()


def test_the_keyboard_follows_the_order(opened: Opened) -> None:
    dialog = opened.dialog
    turn_to_teams(dialog)
    named(dialog, "Move Third up").setFocus()
    press(dialog, Qt.Key.Key_Space)
    press(dialog, Qt.Key.Key_Space)
    focused = dialog.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Name of Third"  # as there is no place above it
    for _ in range(3):
        press(dialog, Qt.Key.Key_Tab)
    following = dialog.focusWidget()
    assert following is not None
    assert following.accessibleName() == "Name of Acme"


def test_adding_and_removing_are_asked_for(opened: Opened) -> None:
    added = QSignalSpy(opened.dialog.add_requested)
    removed = QSignalSpy(opened.dialog.remove_requested)
    turn_to_teams(opened.dialog)
    buttons(opened.dialog)["Add a team…"].click()
    named(opened.dialog, "Remove Ours").click()  # type: ignore[attr-defined]
    assert (added.count(), emitted(removed)) == (1, ["team-2"])
    assert opened.dialog.shows_other_teams([ACME])
    assert not opened.dialog.shows_other_teams([THIRD, ACME, OTHER])


def test_a_key_of_the_environment_can_not_be_removed(qapp: QApplication) -> None:
    dialog = Opened([ACME._replace(can_be_removed=False), OTHER]).dialog
    assert not named(dialog, "Remove Acme").isEnabled()
    assert named(dialog, "Remove Ours").isEnabled()
    dialog.reject()


def test_the_pages_are_reached_by_the_keyboard(opened: Opened) -> None:
    (tabs,) = opened.dialog.findChildren(QTabBar)
    assert [tabs.tabText(index) for index in range(tabs.count())][-1] == "Tea&ms"


def test_enter_removes_nothing(qapp: QApplication) -> None:
    dialog = shown(RemoveDialog("Acme", has_own=True))
    confirmed = QSignalSpy(dialog.confirmed)
    assert "Remove Acme?" in words(dialog)
    assert "Its own settings are deleted too." in words(dialog)
    press(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert confirmed.count() == 0


@pytest.mark.parametrize("with_history", [False, True])
def test_a_team_is_removed_when_the_user_says_so(qapp: QApplication, with_history: bool) -> None:
    dialog = shown(RemoveDialog("N" * 200, has_own=False))
    confirmed = QSignalSpy(dialog.confirmed)
    if with_history:
        named(dialog, "Delete its history too").click()  # type: ignore[attr-defined]
    buttons(dialog)["Remove"].click()
    assert emitted(confirmed) == [with_history]
    assert dialog.failed(Problem(Kind.KEYCHAIN_LOCKED))
    assert "The team is not removed. Try again." in words(dialog)
    buttons(dialog)["Remove"].click()
    dialog.removed(None)
    assert not dialog.isVisible()


@pytest.mark.parametrize("problem", [None, Problem(Kind.KEYCHAIN_LOCKED)])
def test_who_closes_while_it_is_removed_hears_of_it_elsewhere(
    qapp: QApplication, problem: Problem | None
) -> None:
    dialog = shown(RemoveDialog("Acme", has_own=False))
    buttons(dialog)["Remove"].click()
    buttons(dialog)["Close"].click()  # it can't be cancelled any more
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    if problem is None:
        dialog.removed(None)
    else:
        assert not dialog.failed(problem)


def test_a_history_that_is_kept_is_said_to_be(qapp: QApplication) -> None:
    said = "Acme has the same history, which is kept."
    dialog = shown(RemoveDialog("Ours", has_own=False, kept_history=said))
    assert said in words(dialog)
    assert not named(dialog, "Delete its history too").isEnabled()
    dialog.reject()


def test_what_was_chosen_stays_when_a_team_comes_or_goes_meanwhile(opened: Opened) -> None:
    before = opened.dialog
    number(before, "Low, in credits").setValue(1_500)
    choose(before, "These choices are for", "Acme")
    number(before, "Critical, in credits").setValue(70)
    turn_to_teams(before)
    name = named(before, "Name of Acme")
    assert isinstance(name, QLineEdit)
    name.setText("Acme UK")
    named(before, "Move Third up").click()  # type: ignore[attr-defined]
    choose(before, "Team on the icon", "Third")
    new = ListedTeam(TeamEntry("team-4"), "New", "New")
    after = Opened([ACME, THIRD, new])
    after.dialog.take_over(before)
    after.save()
    (settings,) = emitted(after.saved)
    assert settings.thresholds.low == 1_500
    (chosen,) = emitted(after.teams_saved)
    assert [(team.account, team.name) for team in chosen.teams] == [
        ("default", "Acme UK"),
        ("team-3", ""),
        ("team-4", ""),
    ]
    assert chosen.on_icon == "team-3"
    assert after.own("default") == {"critical": 70}


def test_what_was_not_chosen_is_as_it_is_now_when_a_team_comes_meanwhile(opened: Opened) -> None:
    number(opened.dialog, "Phone number found, in credits").setValue(7)
    teams = [THIRD, ACME, ListedTeam(TeamEntry("team-4"), "New", "New")]
    elsewhere = Settings(Thresholds(2_000, 300))
    after = Opened(teams, "team-3", elsewhere)
    after.dialog.take_over(opened.dialog)
    after.save()
    assert emitted(after.saved) == [replace(elsewhere, prices=Prices(phone_found=7))]
    assert after.saved.at(0)[1] == ["phone_found"]
    assert after.teams_saved.count() == 0


def test_who_is_typing_goes_on_typing_there_when_a_team_comes_meanwhile(opened: Opened) -> None:
    before = opened.dialog
    choose(before, "These choices are for", "Acme")
    number(before, "Low, in credits").setFocus()
    number(before, "Low, in credits").selectAll()
    QTest.keyClicks(before.focusWidget(), "12")
    before.reject()  # as the program does first
    after = Opened([ACME, OTHER, ListedTeam(TeamEntry("team-4"), "New", "New")])
    after.dialog.take_over(before)
    assert after.dialog.focusWidget() is number(after.dialog, "Low, in credits")
    QTest.keyClicks(after.dialog.focusWidget(), "00")
    after.save()
    assert after.own("default") == {"low": 1_200}
    assert emitted(after.saved) == [Settings()]


@pytest.mark.parametrize("name", ["Name of Third", "Name of Acme", "Team on the icon"])
def test_the_page_stays_and_what_is_typed_lands_in_no_other_field(
    opened: Opened, name: str
) -> None:
    turn_to_teams(opened.dialog)
    named(opened.dialog, name).setFocus()
    after = Opened([ACME, OTHER])
    after.dialog.take_over(opened.dialog)
    focused = after.dialog.focusWidget()
    assert focused is not None
    page = "Page of the settings"  # the team Third is gone
    assert focused.accessibleName() == (page if name == "Name of Third" else name)
    assert named(after.dialog, "Team on the icon").isVisible()
    after.dialog.reject()


@pytest.mark.parametrize("is_on", [False, True])
def test_the_switch_of_the_login_stays_when_a_team_comes_meanwhile(
    opened: Opened, is_on: bool
) -> None:
    opened.dialog.show_start_at_login(is_on)
    switch = named(opened.dialog, "Start when I log in")
    switch.click()  # type: ignore[attr-defined]
    after = Opened([ACME, OTHER])
    chosen = QSignalSpy(after.dialog.start_at_login_chosen)
    after.dialog.take_over(opened.dialog)
    after.dialog.show_start_at_login(is_on)  # which is read anew
    after.save()
    assert emitted(chosen) == [not is_on]


def test_a_choice_for_the_team_that_is_gone_goes_with_it(opened: Opened) -> None:
    choose(opened.dialog, "These choices are for", "Ours")
    number(opened.dialog, "Critical, in credits").setValue(999)  # above low
    choose(opened.dialog, "Team on the icon", "Ours")
    after = Opened([ACME, THIRD])
    after.dialog.take_over(opened.dialog)
    after.save()
    assert emitted(after.saved) == [Settings()]
    assert after.teams_saved.count() == 0


def test_the_own_choices_of_the_only_team_are_the_common_ones(qapp: QApplication) -> None:
    one = Opened([OTHER])
    assert number(one.dialog, "Low, in credits").value() == 300
    number(one.dialog, "Critical, in credits").setValue(40)
    one.save()
    (settings,) = emitted(one.saved)
    assert (settings.thresholds.low, settings.thresholds.critical) == (300, 40)
    assert one.own("team-2") == {}


def test_the_own_choices_of_the_team_that_is_left_are_the_common_ones(opened: Opened) -> None:
    choose(opened.dialog, "These choices are for", "Ours")
    number(opened.dialog, "Critical, in credits").setValue(40)
    one = Opened([OTHER])
    one.dialog.take_over(opened.dialog)
    one.save()
    (settings,) = emitted(one.saved)
    assert (settings.thresholds.low, settings.thresholds.critical) == (300, 40)
    assert one.own("team-2") == {}
