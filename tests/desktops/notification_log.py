"""Listens to every desktop notification that is sent on a message bus.

The call and its hints: https://specifications.freedesktop.org/notification-spec/
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from jeepney import HeaderFields, MatchRule, Message

from tests.desktops.dbus_probe import Bus
from tests.waiting import wait_until

NOTIFY = MatchRule(type="method_call", interface="org.freedesktop.Notifications", member="Notify")


@dataclass(frozen=True)
class Notification:
    """One call of Notify."""

    app_name: str
    summary: str
    body: str
    actions: dict[str, str]  # action key to its label
    hints: dict[str, Any]
    replaces_id: int
    sent_at: float = field(default_factory=time.time)  # seconds since the epoch  # noqa: TID251  (the real one)

    @property
    def urgency(self) -> int | None:
        """0 low, 1 normal, 2 critical; None when the sender did not say."""
        return self.hints.get("urgency")


class NotificationLog:
    """Records notifications from construction until `close`, whoever shows them."""

    def __init__(self, address: str) -> None:
        self.notifications: list[Notification] = []
        self._closing = threading.Event()
        # A monitor may send nothing, so it needs a connection of its own.
        self._bus = Bus(address)
        self._bus.call(
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.Monitoring",
            "BecomeMonitor",
            "asu",
            [NOTIFY.serialise()],
            0,
        )
        self._thread = threading.Thread(target=self._listen, name="notification log")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._thread.join()
        self._bus.close()

    def matching(self, predicate: Callable[[Notification], bool]) -> list[Notification]:
        """The recorded notifications for which `predicate` is true, oldest first."""
        return [one for one in list(self.notifications) if predicate(one)]

    def wait_for(self, predicate: Callable[[Notification], bool], timeout: float) -> Notification:
        """The first notification, past or coming, for which `predicate` is true.

        `timeout` is in seconds. Raises TimeoutError with the summaries that did come.
        """
        try:
            return wait_until(lambda: self.matching(predicate), timeout, "a notification")[0]
        except TimeoutError as error:
            summaries = [one.summary for one in self.notifications]
            raise TimeoutError(f"{error}; notifications so far: {summaries}") from None

    def wait_for_summary(self, summary: str, timeout: float) -> Notification:
        """The first notification with this summary, as `wait_for` finds it."""
        return self.wait_for(lambda one: one.summary == summary, timeout)

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                message = self._bus.connection.receive(timeout=0.2)
            except TimeoutError:
                continue
            except ConnectionError:  # the bus has ended
                return
            if message.header.fields.get(HeaderFields.member) == "Notify":
                self.notifications.append(_notification(message))


def _notification(message: Message) -> Notification:
    app_name, replaces_id, _icon, summary, body, actions, hints, _expires = message.body
    return Notification(
        app_name=app_name,
        summary=summary,
        body=body,
        actions=dict(zip(actions[::2], actions[1::2], strict=True)),
        hints={name: value for name, (_signature, value) in hints.items()},
        replaces_id=replaces_id,
    )
