"""How the news of several teams come to the screen, by a real bus and a service as GNOME's."""

from collections.abc import Iterable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.test_notifier import MessageBus, wait_for_titles
from tests.desktop.widget_driver import emitted, wait_with_events
from tests.desktops.notification_service import NotificationService
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.tray import news_desk
from tray_app.desktop.tray.news_desk import NewsDesk, TeamNotice
from tray_app.desktop.tray.notifier import Notice, Notifier
from tray_app.team.announcer import News


class Desk:
    """A desk whose notices have their line as title, and lists all of their lines."""

    def __init__(self, qapp: QApplication) -> None:
        self.owner, self.gate = QObject(), Gate()
        bus = Bus("SESSION", qapp, self.gate)
        self.notifier = Notifier(lambda _title, _body: None, bus, self.gate)
        self.desk = NewsDesk(self.notifier, self.make_list, self.owner)
        self._heard = QSignalSpy(self.desk.heard)
        self.opened = QSignalSpy(self.notifier.clicked)

    def tell(self, account: str, number: int, *, urgent: bool = False, words: str = "") -> None:
        news, line = News(id=number), words or f"{account} {number}"
        picture = QImage(8, 8, QImage.Format.Format_ARGB32)
        notice = Notice(number, news, line, "", picture, urgent, account)
        self.desk.tell(TeamNotice(notice, news, line, lacks_credits=True), is_only_team=False)

    def heard(self) -> list[int]:
        return [news.id for news in emitted(self._heard)]

    @staticmethod
    def make_list(told: Iterable[TeamNotice]) -> Notice:
        lines = [one.line for one in told]
        picture = QImage(8, 8, QImage.Format.Format_ARGB32)
        return Notice(0, None, " + ".join(lines), "", picture, urgent=False)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessageBus]:
    monkeypatch.setattr(news_desk, "GATHERING", 50)
    with MessageBus({}) as running:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", running.bus_address)
        yield running


@pytest.fixture
def service(session: MessageBus) -> Iterator[NotificationService]:
    with NotificationService(session.bus_address) as running:
        yield running


@pytest.fixture
def desk(qapp: QApplication, session: MessageBus) -> Iterator[Desk]:
    desk = Desk(qapp)
    yield desk
    desk.gate.close()


def test_news_of_one_team_never_close_anothers(desk: Desk, service: NotificationService) -> None:
    desk.tell("Acme", 1)
    desk.tell("Other", 2)
    wait_for_titles(service, "Acme 1", "Other 2")
    desk.tell("Acme", 3)
    wait_for_titles(service, "Other 2", "Acme 3")
    desk.desk.withdraw("Acme")
    wait_for_titles(service, "Other 2")
    assert desk.heard() == [1, 2, 3]


def test_a_click_opens_the_team_that_it_is_about(desk: Desk, service: NotificationService) -> None:
    desk.tell("Acme", 1)
    desk.tell("Other", 2)
    wait_for_titles(service, "Acme 1", "Other 2")
    service.click(list(service.shown)[1])
    wait_with_events(lambda: emitted(desk.opened) == ["Other"], "the click")


def test_three_teams_with_news_at_once_are_one_list(
    desk: Desk, service: NotificationService
) -> None:
    for number, account in enumerate("ABC", start=1):
        desk.tell(account, number, urgent=account == "C")
    wait_for_titles(service, "C 3 + A 1 + B 2")
    wait_with_events(lambda: sorted(desk.heard()) == [1, 2, 3], "all news are heard")
    service.click(next(iter(service.shown)))
    wait_with_events(lambda: emitted(desk.opened) == [""], "the click")


def test_a_third_team_soon_after_makes_a_list_of_what_was_told(
    desk: Desk, service: NotificationService
) -> None:
    desk.tell("A", 1)
    desk.tell("B", 2)
    wait_for_titles(service, "A 1", "B 2")
    desk.tell("C", 3)
    wait_for_titles(service, "A 1 + B 2 + C 3")
    assert sorted(desk.heard()) == [1, 2, 3]


def test_a_third_team_long_after_is_told_by_itself(
    desk: Desk, service: NotificationService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_desk, "TOGETHER", 0)
    desk.tell("A", 1)
    desk.tell("B", 2)
    wait_for_titles(service, "A 1", "B 2")
    desk.tell("C", 3)
    wait_for_titles(service, "A 1", "B 2", "C 3")


def test_what_is_no_longer_true_leaves_the_list_and_nothing_else_does(
    desk: Desk, service: NotificationService
) -> None:
    for number, account in enumerate("ABC", start=1):
        desk.tell(account, number)
    wait_for_titles(service, "A 1 + B 2 + C 3")
    desk.desk.withdraw("B")
    wait_for_titles(service, "A 1 + C 3")
    assert sorted(desk.heard()) == [1, 2, 3]  # each once
    desk.desk.withdraw("A")
    desk.desk.withdraw("C")
    wait_for_titles(service)


def test_news_in_other_words_are_not_told_again(desk: Desk, service: NotificationService) -> None:
    for number, account in enumerate("ABC", start=1):
        desk.tell(account, number)
    wait_for_titles(service, "A 1 + B 2 + C 3")
    desk.tell("A", 1, words="A in other words")
    desk.tell("D", 4)
    wait_for_titles(service, "A in other words + B 2 + C 3 + D 4")
    desk.desk.withdraw_all()
    wait_for_titles(service)
