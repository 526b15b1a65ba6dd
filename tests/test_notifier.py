"""Notifications, sent over a real message bus to a service that is as strict as GNOME's."""

import ctypes
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop_session import DesktopSession
from tests.notification_service import NotificationService
from tests.widget_driver import emitted, wait_with_events
from tray_app.desktop.gate import Gate
from tray_app.desktop.notifier import Notifier
from tray_app.desktop.session_bus import SessionBus

TOKEN = "XDG_ACTIVATION_TOKEN"
OTHERS = ("another program", 0, "", "Another notice", "", ["default", "Open"], {}, -1)


class MessageBus(DesktopSession):
    """A session with a message bus and nothing else."""

    def _begin(self) -> None:
        self.start_bus()


class Told:
    """A notifier, what it says of its news, and what it says that was clicked."""

    def __init__(self, qapp: QApplication) -> None:
        self.gate = Gate()
        self.bus = SessionBus(qapp, self.gate)
        self.notifier = Notifier(lambda _title, _body: None, self.bus, self.gate)
        self._accepted = QSignalSpy(self.notifier.accepted)
        self.tokens: list[str] = []
        self.notifier.clicked.connect(self._note_click)

    def tell(self, title: str, body: str = "", *, urgent: bool = False) -> None:
        """Tell something; the news is the title."""
        picture = QImage(8, 8, QImage.Format.Format_ARGB32)
        self.notifier.notify(title, title, body, picture, urgent=urgent)

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


def tell_as_another(session: MessageBus) -> int:
    """Show a notification of another program, and return its number."""
    name = "org.freedesktop.Notifications"
    (number,) = session.bus.call(
        name, "/org/freedesktop/Notifications", name, "Notify", "susssasa{sv}i", *OTHERS
    )
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
