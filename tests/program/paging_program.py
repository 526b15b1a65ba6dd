"""The tray program with three teams, whose popup is turned from the overview to pages and back.

    python -m tests.program.paging_program

It is the whole program as `main.py` starts it, but for the polls, which ask nobody. Printed is a
line of JSON: what was seen after each step, and of which teams something was worked out anew.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from tray_app.__main__ import main
from tray_app.desktop import app
from tray_app.desktop.poller import Poller
from tray_app.desktop.popup.overview import TeamRow
from tray_app.lemlist.balance import Balance
from tray_app.report.team_views import TeamView, team_view
from tray_app.rules.levels import Thresholds, level_of
from tray_app.store.settings import Choices, Settings, SettingsFile, TeamEntry
from tray_app.team.watch import Reading, Snapshot

ENTRIES = (TeamEntry(), TeamEntry("team-00000001", "Acme UK"), TeamEntry("team-00000002"))


def snapshot(credits: int, name: str) -> Snapshot:
    now = datetime.now(UTC)  # noqa: TID251  (its age is what counts, on any day)
    reading = Reading(Balance(credits), now - timedelta(minutes=2))
    level = level_of(credits, Thresholds())
    return Snapshot(reading, level, team=name, wait=900, next_at=now + timedelta(minutes=9))


SNAPSHOTS = {
    "default": snapshot(9_000, "Acme"),
    "team-00000001": snapshot(480, "Acme"),
    "team-00000002": snapshot(62, "Acme"),
}


class PagingApp(app.App):
    @Slot()
    def _listen(self) -> None:
        QTimer.singleShot(0, self, self._play)  # after the first polls

    @Slot()
    def _play(self) -> None:
        seen: dict[str, Any] = {}
        self._toggle_popup()
        assert self._popup is not None
        popup = self._popup
        painted: list[str] = []

        class WhenPainted(QObject):
            def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
                if event.type() in (QEvent.Type.Show, QEvent.Type.Paint):
                    painted.append(f"{popup.content.team.text()}: {popup.content.total.text()}")
                return False

        watcher = WhenPainted()
        popup.content.installEventFilter(watcher)
        worked_out.clear()

        def press(key: Qt.Key) -> None:
            QTest.keyClick(popup.focusWidget() or popup, key)
            QApplication.processEvents()

        def note(step: str) -> None:
            rows = [row for row in popup.findChildren(TeamRow) if row.isVisible()]
            labels = [one.text() for one in popup.findChildren(QLabel) if one.isVisible()]
            seen[step] = [row.accessibleName() for row in rows] or labels[:4]
            seen[f"{step}: painted"] = sorted(set(painted))
            painted.clear()

        note("click on the icon")
        press(Qt.Key.Key_Down)
        press(Qt.Key.Key_Return)
        note("first row")
        press(Qt.Key.Key_Escape)
        worked_out.clear()
        publish(self._teams.own[1], snapshot(0, "Acme"))
        QApplication.processEvents()
        note("news")
        seen["worked out"] = list(worked_out)
        self._open_team("team-00000001")
        QApplication.processEvents()
        note("from the menu")
        publish(self._teams.own[1], snapshot(450, "Acme"))
        QApplication.processEvents()
        note("news on the page")
        popup.hide()
        self._actions.hide_figures.trigger()
        self._toggle_popup()
        note("hidden")
        print(json.dumps(seen), flush=True)
        QApplication.quit()


worked_out: list[str] = []


def counting(function: Callable[..., TeamView]) -> Callable[..., TeamView]:
    def count(account: str, *more: Any) -> TeamView:
        worked_out.append(account)
        return function(account, *more)

    return count


class StillPoller(Poller):
    """Asks nobody."""

    @Slot()
    def poll(self, *, prompt: bool = False, by_user: bool = False) -> None:
        publish(self, SNAPSHOTS[self.account])


def publish(poller: Poller, snapshot: Snapshot) -> None:
    poller._publish(snapshot)


if __name__ == "__main__":
    choices = Choices(Settings(), ENTRIES, "", [])
    SettingsFile.load = lambda _self: choices  # type: ignore[method-assign, assignment]
    app.team_view = counting(team_view)  # type: ignore[attr-defined]
    import tray_app.desktop.teams

    tray_app.desktop.teams.Poller = StillPoller  # type: ignore[attr-defined]
    app.App = PagingApp  # type: ignore[misc]
    sys.exit(main([]))
