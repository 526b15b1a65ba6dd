"""Notifications, sent over a real message bus to a service that is as strict as GNOME's."""

import ctypes
import sys
import threading
from collections.abc import Iterator

import pytest
from jeepney import DBusAddress, new_signal
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import emitted, wait_with_events
from tests.desktops.desktop_session import DesktopSession
from tests.desktops.notification_service import NAME, PATH, NotificationService
from tests.waiting import PATIENCE
from tray_app.desktop.system.bus import Bus
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.tray.notifier import Notice, Notifier

TOKEN = "XDG_ACTIVATION_TOKEN"


class MessageBus(DesktopSession):
    """A session with a message bus and nothing else."""

    def _begin(self) -> None:
        self.start_bus()


class Told:
    """A notifier, what it says of its news, and what it says that was clicked."""

    def __init__(self, qapp: QApplication) -> None:
        self.gate = Gate()
        self.bus = Bus("SESSION", qapp, self.gate)
        self.notifier = Notifier(lambda _title, _body: None, self.bus, self.gate)
        self._accepted = QSignalSpy(self.notifier.accepted)
        self.tokens: list[str] = []
        self._id = 0
        self.notifier.clicked.connect(self._note_click)

    def tell(
        self, title: str, body: str = "", *, urgent: bool = False, in_other_words: bool = False
    ) -> None:
        """Tell something, or the last thing in other words; the news is the title."""
        picture = QImage(8, 8, QImage.Format.Format_ARGB32)
        self._id += not in_other_words
        self.notifier.notify(Notice(self._id, title, title, body, picture, urgent))

    def accepted(self) -> list[str]:
        return emitted(self._accepted)

    def wait_for_accepted(self, *titles: str) -> None:
        wait_with_events(lambda: self.accepted() == list(titles), f"{titles} are accepted")

    def _note_click(self) -> None:
        self.tokens.append(environment_of_c(TOKEN))


def environment_of_c(name: str) -> str:
    """What code in C finds, as that of Qt; `os.environ` is a copy of Python's own."""
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    return (getenv(name.encode()) or b"").decode()


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessageBus]:
    with MessageBus({}) as running:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", running.bus_address)
        yield running


@pytest.fixture
def told(qapp: QApplication, session: MessageBus) -> Iterator[Told]:
    told = Told(qapp)
    yield told
    told.gate.close()


@pytest.fixture
def service(session: MessageBus) -> Iterator[NotificationService]:
    with NotificationService(session.bus_address) as running:
        yield running


def tell_as_another(session: MessageBus, title: str = "Another notice") -> int:
    """Show a notification of another program, and return its number."""
    notice: tuple[object, ...] = ("another program", 0, "", title, "", ["default", "Open"], {}, -1)
    (number,) = session.bus.call(NAME, PATH, NAME, "Notify", "susssasa{sv}i", *notice)
    assert isinstance(number, int)
    return number


def wait_for_titles(service: NotificationService, *titles: str) -> None:
    wait_with_events(lambda: service.titles() == list(titles), f"{titles} on the screen")


def test_it_shows_all_that_it_is_given(told: Told, service: NotificationService) -> None:
    told.tell("62 credits left", "Enough for 12 e-mails.", urgent=True)
    told.wait_for_accepted("62 credits left")
    (shown,) = service.shown.values()
    assert (shown.title, shown.body) == ("62 credits left", "Enough for 12 e-mails.")
    assert shown.actions == {"default": "Open"}
    assert shown.hints["urgency"] == 2
    assert shown.hints["desktop-entry"] == "lemlist-credits"
    assert shown.hints["image-data"][:6] == (8, 8, 32, True, 8, 4)


def test_a_click_brings_its_token_for_as_long_as_it_is_answered(
    told: Told, service: NotificationService
) -> None:
    told.tell("62 credits left")
    told.wait_for_accepted("62 credits left")
    (number,) = service.shown
    token = service.click(number)
    wait_with_events(lambda: told.tokens, "the click")
    assert told.tokens == [token]
    assert environment_of_c(TOKEN) == ""


def test_clicks_on_other_notifications_are_not_heard(
    told: Told, session: MessageBus, service: NotificationService
) -> None:
    told.tell("62 credits left")
    told.wait_for_accepted("62 credits left")
    (ours,) = service.shown
    service.click(tell_as_another(session))
    token = service.click(ours)
    wait_with_events(lambda: told.tokens, "the click")
    assert told.tokens == [token]


def test_each_takes_the_place_of_the_last(told: Told, service: NotificationService) -> None:
    titles = ["480 credits left", "62 credits left", "+9,000 credits"]
    for count, title in enumerate(titles, start=1):
        told.tell(title)
        told.wait_for_accepted(*titles[:count])  # which no longer comes once there is newer news
        wait_for_titles(service, title)
    told.notifier.withdraw_all()
    wait_for_titles(service)
    assert service.refused == []


def test_all_goes_over_one_connection_with_one_thread(
    told: Told, service: NotificationService
) -> None:
    senders = set()
    for title in ("480 credits left", "62 credits left"):
        told.tell(title)
        wait_for_titles(service, title)
        (shown,) = service.shown.values()
        senders.add(shown.sender)
    assert len(senders) == 1
    assert [one.name for one in threading.enumerate()].count("session bus") == 1


def test_the_newest_waits_for_the_service(told: Told, session: MessageBus) -> None:
    told.tell("480 credits left")
    told.tell("62 credits left")
    told.tell("40 credits left")
    with NotificationService(session.bus_address) as service:
        told.wait_for_accepted("40 credits left")
        assert service.titles() == ["40 credits left"]


def test_a_service_that_comes_before_it_can_answer_is_asked_again(
    told: Told, session: MessageBus
) -> None:
    told.tell("62 credits left")
    with NotificationService(session.bus_address, too_early=2) as service:
        told.wait_for_accepted("62 credits left")
        assert service.refused == ["GetCapabilities", "GetCapabilities"]


def test_a_service_that_does_not_say_what_it_is_capable_of_is_used_all_the_same(
    told: Told, session: MessageBus
) -> None:
    """As tiramisu's, which was asked again and again and never shown anything."""
    with NotificationService(session.bus_address, frank=False) as service:
        told.tell("62 credits left", "R&D <3")
        told.wait_for_accepted("62 credits left")
        (shown,) = service.shown.values()
        assert (shown.body, shown.actions) == ("R&D <3", {})


def test_a_service_that_can_not_be_clicked_gets_no_buttons(told: Told, session: MessageBus) -> None:
    """notify-osd makes a dialog of a notification with buttons, which waits for an answer."""
    with NotificationService(session.bus_address, clicks=False) as service:
        told.tell("62 credits left")
        told.wait_for_accepted("62 credits left")
        (shown,) = service.shown.values()
        assert shown.actions == {}


def test_what_is_withdrawn_waits_no_longer(told: Told, session: MessageBus) -> None:
    told.tell("40 credits left")
    told.notifier.withdraw_all()
    with NotificationService(session.bus_address) as service:
        told.tell("480 credits left")  # so that there is something to wait for
        told.wait_for_accepted("480 credits left")
        assert service.titles() == ["480 credits left"]
        assert list(service.shown) == [1]


def test_accepted_is_what_the_service_has_answered(
    told: Told, service: NotificationService
) -> None:
    service.hang(at="GetCapabilities")
    told.tell("62 credits left")
    wait_with_events(lambda: service.waiting, "the service is asked")
    assert told.accepted() == []
    service.go_on()
    told.wait_for_accepted("62 credits left")


def test_quitting_waits_for_the_answer(told: Told, service: NotificationService) -> None:
    service.hang(at="Notify")
    told.tell("62 credits left")
    wait_with_events(lambda: service.waiting, "the service is asked")
    threading.Thread(target=service.go_on).start()
    told.notifier.finish(PATIENCE)
    QApplication.sendPostedEvents()
    assert told.accepted() == ["62 credits left"]


def test_what_is_withdrawn_before_the_answer_is_closed_and_not_accepted(
    told: Told, service: NotificationService
) -> None:
    service.hang(at="Notify")
    told.tell("62 credits left")
    wait_with_events(lambda: service.waiting, "the service is asked")
    told.notifier.withdraw_all()
    told.tell("+9,000 credits")
    service.go_on()
    told.wait_for_accepted("+9,000 credits")
    assert service.titles() == ["+9,000 credits"]
    assert service.refused == []


@pytest.mark.parametrize("method", ["GetCapabilities", "Notify"])
def test_what_gets_other_words_before_the_answer_is_shown_once(
    told: Told, service: NotificationService, method: str
) -> None:
    service.hang(at=method)
    told.tell("62 credits left")
    wait_with_events(lambda: service.waiting, "the service is asked")
    told.tell("61 credits left", in_other_words=True)
    service.go_on()
    wait_with_events(told.accepted, "one of them is accepted")
    told.tell("60 credits left", in_other_words=True)
    assert told.accepted() == service.titles()
    told.tell("+9,000 credits")
    wait_for_titles(service, "+9,000 credits")
    assert list(service.shown) == [2]
    wait_with_events(lambda: len(told.accepted()) == 2, "the next is accepted, once")


def test_who_waits_for_a_service_waits_with_the_last_words(told: Told, session: MessageBus) -> None:
    told.tell("62 credits left")
    told.tell("61 credits left", in_other_words=True)
    with NotificationService(session.bus_address) as service:
        told.wait_for_accepted("61 credits left")
        assert service.titles() == ["61 credits left"]


def test_the_next_service_gets_what_the_last_has_not_answered(
    told: Told, session: MessageBus
) -> None:
    first = NotificationService(session.bus_address)
    first.hang(at="Notify")
    told.tell("62 credits left")
    wait_with_events(lambda: first.waiting, "the service is asked")
    first.close()
    with NotificationService(session.bus_address) as second:
        told.wait_for_accepted("62 credits left")
        assert second.titles() == ["62 credits left"]


def test_a_service_that_is_replaced_before_it_answers_is_not_waited_for(
    told: Told, session: MessageBus
) -> None:
    with NotificationService(session.bus_address) as first:
        first.hang(at="Notify")
        told.tell("62 credits left")
        wait_with_events(lambda: first.waiting, "the service is asked")
        with NotificationService(session.bus_address) as second:
            told.wait_for_accepted("62 credits left")
            assert second.titles() == ["62 credits left"]


def test_the_numbers_of_a_service_end_with_it(told: Told, session: MessageBus) -> None:
    with NotificationService(session.bus_address) as first:
        told.tell("62 credits left")
        told.wait_for_accepted("62 credits left")
        (number,) = first.shown
    with NotificationService(session.bus_address) as second:
        assert tell_as_another(session) == number
        second.click(number)
        assert tell_as_another(session, "Yet another notice") != number
        told.tell("+9,000 credits")  # closes the last one, if it is there
        told.wait_for_accepted("62 credits left", "+9,000 credits")
        assert second.titles() == ["Yet another notice", "+9,000 credits"]
        assert second.refused == []
        assert told.tokens == []


def test_what_was_accepted_is_not_told_by_the_next_service(told: Told, session: MessageBus) -> None:
    with NotificationService(session.bus_address):
        told.tell("62 credits left")
        told.wait_for_accepted("62 credits left")
    with NotificationService(session.bus_address) as second:
        tell_as_another(session)
        told.tell("40 credits left")
        told.wait_for_accepted("62 credits left", "40 credits left")
        assert second.titles() == ["Another notice", "40 credits left"]


def test_what_no_service_took_goes_to_that_of_the_next_bus(told: Told, session: MessageBus) -> None:
    lost = QSignalSpy(told.bus.lost)
    with NotificationService(session.bus_address):
        told.tell("480 credits left")
        told.wait_for_accepted("480 credits left")
    told.tell("62 credits left")
    session.kill_component("dbus-daemon")
    wait_with_events(lost.count, "the bus is lost")
    session.start_bus()
    with NotificationService(session.bus_address) as service:
        told.bus.watch()
        told.wait_for_accepted("480 credits left", "62 credits left")
        assert service.titles() == ["62 credits left"]


@pytest.mark.parametrize(
    ("markup", "body"),
    [(True, "R&amp;D &lt;b&gt; has 62 credits."), (False, "R&D <b> has 62 credits.")],
)
def test_text_is_not_taken_for_markup(
    told: Told, session: MessageBus, markup: bool, body: str
) -> None:
    with NotificationService(session.bus_address, markup=markup) as service:
        told.tell("R&D <b>", "R&D <b> has 62 credits.")
        told.wait_for_accepted("R&D <b>")
        (shown,) = service.shown.values()
        assert (shown.title, shown.body) == ("R&D <b>", body)


def test_signals_that_nobody_understands_end_nothing(
    told: Told, session: MessageBus, service: NotificationService
) -> None:
    told.tell("62 credits left")
    told.wait_for_accepted("62 credits left")
    for member in ("ActionInvoked", "ActivationToken"):
        address = DBusAddress(PATH, interface=NAME)
        session.bus.connection.send(new_signal(address, member, "s", ("nonsense",)))
    told.tell("40 credits left")
    told.wait_for_accepted("62 credits left", "40 credits left")
    assert told.tokens == []


def test_where_qt_shows_it_it_is_accepted_at_once(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, str]] = []
    gate = Gate()
    notifier = Notifier(lambda *words: shown.append(words), Bus("SESSION", qapp, gate), gate)
    accepted = QSignalSpy(notifier.accepted)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "platform", "darwin")
        notifier.notify(Notice(1, "news", "62 credits left", "A text.", QImage(), urgent=True))
        notifier.notify(Notice(1, "news", "61 credits left", "A text.", QImage(), urgent=True))
        notifier.withdraw_all()
    assert shown == [("62 credits left", "A text.")]
    assert emitted(accepted) == ["news"]


def test_a_click_that_qt_reports_is_on_what_it_has_shown_last(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such clicks led nowhere: on Windows and macOS nobody heard them."""
    gate = Gate()
    notifier = Notifier(lambda *_words: None, Bus("SESSION", qapp, gate), gate)
    clicked = QSignalSpy(notifier.clicked)
    notifier.hear_click()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "platform", "win32")
        for number, account in enumerate(("Acme", "Other")):
            notifier.notify(Notice(number, "", "", "", QImage(), urgent=True, about=account))
    notifier.hear_click()
    assert emitted(clicked) == ["Other"]
