"""How the news of several teams come to the screen, by a real bus and a service as GNOME's."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.test_notifier import MessageBus, wait_for_titles
from tests.desktop.widget_driver import emitted, wait_with_events
from tests.desktops.notification_service import NotificationService
from tests.examples import NOW
from tests.fakes import FakeFormats
from tests.waiting import PATIENCE
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.tray import news_desk
from tray_app.desktop.tray.news_desk import LIST, NewsDesk
from tray_app.desktop.tray.notifier import Notifier
from tray_app.lemlist.balance import Balance
from tray_app.report.team_views import team_view
from tray_app.rules.alerts import Alert, AlertKind
from tray_app.rules.drains import Drain
from tray_app.rules.levels import Level
from tray_app.rules.prices import Prices
from tray_app.store.settings import Settings
from tray_app.team.announcer import News
from tray_app.team.watch import Reading, Snapshot


class Desk:
    """A desk, what it says that was heard, and what was clicked."""

    def __init__(self, qapp: QApplication) -> None:
        self.owner, self.gate = QObject(), Gate()
        bus = Bus("SESSION", qapp, self.gate)
        self.by_qt: list[str] = []
        """The titles that were shown where there is no service as Linux has it."""
        self.notifier = Notifier(lambda title, _body: self.by_qt.append(title), bus, self.gate)
        self.desk = NewsDesk(self.notifier, FakeFormats(), self.owner)
        self._heard = QSignalSpy(self.desk.heard)
        self.opened = QSignalSpy(self.notifier.clicked)

    def tell(self, account: str, number: int, kind: AlertKind = AlertKind.LOW) -> None:
        """Tell an alert of this number, on as many credits."""
        self.tell_alert(account, Alert(kind, number))

    def tell_alert(self, account: str, alert: Alert) -> None:
        """Tell this alert, whose number is that of its credits."""
        news = News(alert, id=alert.credits)
        snapshot = Snapshot(Reading(Balance(alert.credits), NOW), Level.LOW, account, news=news)
        team = team_view(account, account, snapshot, Settings(), FakeFormats(), NOW)
        self.desk.tell(team, Prices(), NOW, is_only_team=False)

    def tell_in_other_words(self, account: str, number: int, credits: int) -> None:
        """Tell the alert of this number once more, as the balance has moved."""
        news = News(Alert(AlertKind.LOW, credits), id=number)
        snapshot = Snapshot(Reading(Balance(credits), NOW), Level.LOW, account, news=news)
        team = team_view(account, account, snapshot, Settings(), FakeFormats(), NOW)
        self.desk.tell(team, Prices(), NOW, is_only_team=False)

    def heard(self) -> list[int]:
        return [news.id for news in emitted(self._heard)]


def left(account: str, number: int) -> str:
    return f"{account}: {number} credits left"


def wait_for_list(service: NotificationService, title: str, *lines: str) -> None:
    def is_shown() -> bool:
        shown = [(one.title, one.body) for one in service.shown.values()]
        return shown == [(title, "\n".join(f"{line}." for line in lines))]

    wait_with_events(is_shown, f"{lines} on the screen")


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
    desk.tell("Acme", 11)
    desk.tell("Other", 12)
    wait_for_titles(service, left("Acme", 11), left("Other", 12))
    desk.tell("Acme", 13)
    wait_for_titles(service, left("Other", 12), left("Acme", 13))
    desk.desk.withdraw("Acme")
    wait_for_titles(service, left("Other", 12))
    wait_with_events(lambda: desk.heard() == [11, 12, 13], "each is heard once")


DRAIN = Drain(begin=0, end=600, amount=4_800, usual_per_hour=90)


@pytest.mark.parametrize(
    ("alert", "is_in_popup"),
    [
        (Alert(AlertKind.EMPTY, 0), True),
        (Alert(AlertKind.LOW, 480), True),
        (Alert(AlertKind.LOW, 480, drain=DRAIN), False),
        (Alert(AlertKind.DRAIN, 9_200, drain=DRAIN), False),
        (Alert(AlertKind.REFILL, 9_200, gained=5_000), False),
        (Alert(AlertKind.BUSY_DAY, 900), False),
    ],
    ids=lambda value: value.kind if isinstance(value, Alert) else "",
)
def test_what_the_popup_does_not_tell_stays_on_the_screen(
    desk: Desk, service: NotificationService, alert: Alert, *, is_in_popup: bool
) -> None:
    """Unusual spending is told once, and was lost with the next look at the popup."""
    desk.tell_alert("Acme", alert)
    wait_with_events(lambda: desk.heard() == [alert.credits], "the news is heard")
    desk.desk.withdraw_seen("Other")
    desk.desk.withdraw_seen("Acme")
    desk.tell("Last", 11)
    wait_with_events(lambda: left("Last", 11) in service.titles(), "what came last")
    assert len(service.titles()) == (1 if is_in_popup else 2)


def test_what_was_heard_in_a_list_and_taken_off_is_not_told_again(
    desk: Desk, service: NotificationService
) -> None:
    """A snapshot from before may come after the user has seen the news in the popup."""
    for number, account in enumerate("ABC", start=11):
        desk.tell(account, number)
    wait_with_events(lambda: sorted(desk.heard()) == [11, 12, 13], "all are heard")
    for account in "ABC":
        desk.desk.withdraw_seen(account)
    wait_for_titles(service)
    desk.tell("A", 11)
    desk.tell("D", 14)
    wait_for_titles(service, left("D", 14))
    wait_with_events(lambda: desk.heard()[3:] == [14], "only what is new is heard")


def test_what_is_shown_after_the_last_event_is_heard(
    desk: Desk, service: NotificationService
) -> None:
    service.hang(at="Notify")
    desk.tell("Acme", 11)
    wait_with_events(lambda: service.waiting, "the service is asked")
    service.go_on()
    desk.desk.finish(PATIENCE)
    assert desk.heard() == [11]


def test_a_click_opens_the_team_that_it_is_about(desk: Desk, service: NotificationService) -> None:
    desk.tell("Acme", 11)
    desk.tell("Other", 12)
    wait_for_titles(service, left("Acme", 11), left("Other", 12))
    service.click(list(service.shown)[1])
    wait_with_events(lambda: emitted(desk.opened) == ["Other"], "the click")


def test_three_teams_with_news_at_once_are_one_list(
    desk: Desk, service: NotificationService
) -> None:
    desk.tell("A", 11)
    desk.tell("B", 12, AlertKind.REFILL)
    desk.tell("C", 13, AlertKind.EMPTY)
    lines = "C: no credits left", left("A", 11), "B: 0 credits added"
    wait_for_list(service, "2 teams need credits", *lines)
    wait_with_events(lambda: sorted(desk.heard()) == [11, 12, 13], "all news are heard")
    service.click(next(iter(service.shown)))
    wait_with_events(lambda: emitted(desk.opened) == [""], "the click")


def test_a_third_team_soon_after_makes_a_list_of_what_was_told(
    desk: Desk, service: NotificationService
) -> None:
    desk.tell("A", 11)
    desk.tell("B", 12)
    wait_for_titles(service, left("A", 11), left("B", 12))
    desk.tell("C", 13)
    wait_for_list(service, "3 teams need credits", left("A", 11), left("B", 12), left("C", 13))
    wait_with_events(lambda: sorted(desk.heard()) == [11, 12, 13], "each is heard once")


def test_a_third_team_long_after_is_told_by_itself(
    desk: Desk, service: NotificationService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_desk, "TOGETHER", 0)
    desk.tell("A", 11)
    desk.tell("B", 12)
    wait_for_titles(service, left("A", 11), left("B", 12))
    desk.tell("C", 13)
    wait_for_titles(service, left("A", 11), left("B", 12), left("C", 13))


def test_what_is_no_longer_true_leaves_the_list_and_nothing_else_does(
    desk: Desk, service: NotificationService
) -> None:
    for number, account in enumerate("ABC", start=11):
        desk.tell(account, number)
    wait_for_list(service, "3 teams need credits", left("A", 11), left("B", 12), left("C", 13))
    desk.desk.withdraw("B")
    wait_for_list(service, "2 teams need credits", left("A", 11), left("C", 13))
    wait_with_events(lambda: sorted(desk.heard()) == [11, 12, 13], "each is heard once")
    desk.desk.withdraw("A")
    wait_for_titles(service, left("C", 13))  # in the words that it has by itself
    desk.desk.withdraw("C")
    wait_for_titles(service)


def test_a_shorter_list_is_no_news(desk: Desk, service: NotificationService) -> None:
    for number, account in enumerate("ABCD", start=11):
        desk.tell(account, number)
    wait_for_titles(service, "4 teams need credits")
    desk.desk.withdraw("B")
    wait_for_titles(service, "3 teams need credits")
    (quiet,) = service.shown.values()
    assert quiet.hints["urgency"] == 0


@pytest.mark.parametrize("how", ["dismiss", "click"])
def test_a_list_that_the_user_has_closed_is_not_told_again(
    desk: Desk, service: NotificationService, how: str
) -> None:
    for number, account in enumerate("ABC", start=11):
        desk.tell(account, number)
    wait_for_titles(service, "3 teams need credits")
    shown = desk.notifier._display._shown
    wait_with_events(lambda: LIST in shown, "its number is known")
    (number,) = service.shown
    getattr(service, how)(number)
    wait_with_events(lambda: not desk.desk._listed, "it is heard that the user has closed it")
    desk.desk.withdraw("A")
    desk.tell("D", 14)
    wait_for_titles(service, left("D", 14))
    desk.tell("E", 15)
    wait_for_titles(service, left("D", 14), left("E", 15))
    wait_with_events(lambda: desk.heard()[-2:] == [14, 15], "each is heard")


def test_news_that_come_while_the_user_closes_the_last_list_are_told(
    desk: Desk, service: NotificationService
) -> None:
    for number, account in enumerate("ABC", start=11):
        desk.tell(account, number)
    wait_for_titles(service, "3 teams need credits")
    desk.tell("D", 14)
    wait_for_titles(service, "4 teams need credits")
    desk.notifier.dismissed.emit(LIST, max(desk.desk._lists) + 1)  # which comes late
    assert set(desk.desk._listed) == set("ABCD")
    wait_with_events(lambda: 14 in desk.heard(), "it is heard")


def test_who_needs_credits_most_stands_first_in_a_list(
    desk: Desk, service: NotificationService
) -> None:
    for account, credits, kind in (
        ("A", 60, AlertKind.CRITICAL),
        ("B", 410, AlertKind.LOW),
        ("C", 0, AlertKind.EMPTY),
        ("D", 400, AlertKind.LOW),
    ):
        desk.tell(account, credits, kind)
    lines = ["C: no credits left", left("A", 60), left("D", 400), left("B", 410)]
    wait_for_list(service, "4 teams need credits", *lines)


def test_on_plasma_a_shorter_list_takes_the_place_of_the_longer_one(
    desk: Desk, session: MessageBus
) -> None:
    with NotificationService(session.bus_address, plasma=True) as service:
        for number, account in enumerate("ABC", start=11):
            desk.tell(account, number)
        wait_for_titles(service, "3 teams need credits")
        (before,) = service.shown.values()
        desk.desk.withdraw("B")
        wait_for_titles(service, "2 teams need credits")
        (after,) = service.shown.values()
        assert after.number == before.number
        assert after.hints["urgency"] == before.hints["urgency"]


def test_the_news_of_a_list_that_was_not_shown_yet_are_in_the_shorter_one(
    desk: Desk, service: NotificationService
) -> None:
    service.hang(at="Notify")
    for number, account in enumerate("ABC", start=11):
        desk.tell(account, number)
    wait_with_events(lambda: service.waiting, "the service is asked")
    desk.tell("D", 14)
    wait_with_events(lambda: "D" in desk.desk._listed, "another list")
    desk.desk.withdraw("A")
    service.go_on()
    wait_for_list(service, "3 teams need credits", left("B", 12), left("C", 13), left("D", 14))
    wait_with_events(lambda: sorted(desk.heard()) == [12, 13, 14], "each is heard once")
    (loud,) = service.shown.values()
    assert loud.hints["urgency"] == 1


def test_news_that_wait_for_a_service_are_no_less_loud_as_one_is_taken_back(
    desk: Desk, session: MessageBus
) -> None:
    for number, account in enumerate("ABC", start=11):
        desk.tell(account, number)
    wait_with_events(lambda: "C" in desk.desk._listed, "the list")
    desk.desk.withdraw("A")
    with NotificationService(session.bus_address) as service:
        wait_for_list(service, "2 teams need credits", left("B", 12), left("C", 13))
        (loud,) = service.shown.values()
        assert loud.hints["urgency"] == 1


def test_the_news_of_a_team_that_is_gone_leave_the_screen_and_no_others(
    desk: Desk, service: NotificationService
) -> None:
    desk.tell("A", 11)
    desk.tell("B", 12)
    wait_for_titles(service, left("A", 11), left("B", 12))
    desk.tell("B", 13)  # and waits
    desk.desk.keep_only(["A"])
    wait_for_titles(service, left("A", 11))
    desk.tell("A", 14)
    wait_for_titles(service, left("A", 14))
    wait_with_events(lambda: desk.heard() == [11, 12, 14], "each is heard once")


def test_news_in_other_words_are_not_told_again(desk: Desk, service: NotificationService) -> None:
    for number, account in enumerate("ABC", start=11):
        desk.tell(account, number)
    wait_for_list(service, "3 teams need credits", left("A", 11), left("B", 12), left("C", 13))
    desk.tell_in_other_words("A", 11, 10)
    desk.tell("D", 14)
    lines = [left("A", 10), left("B", 12), left("C", 13), left("D", 14)]
    wait_for_list(service, "4 teams need credits", *lines)
    desk.desk.withdraw_all()
    wait_for_titles(service)


def test_a_list_is_told_once_where_nothing_leaves_the_screen(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_desk, "GATHERING", 50)
    desk = Desk(qapp)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "platform", "darwin")
        for number, account in enumerate("ABC", start=11):
            desk.tell(account, number)
        wait_with_events(lambda: desk.by_qt == ["3 teams need credits"], "the list")
        desk.desk.withdraw("A")
        desk.tell("B", 14, AlertKind.REFILL)
        wait_with_events(lambda: len(desk.by_qt) > 1, "what is new")
    assert desk.by_qt == ["3 teams need credits", "B: 0 credits added"]
    desk.gate.close()
