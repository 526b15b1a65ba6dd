"""The popup in each of its states on the screen that there is, with text of so many times its size.

    python -m tests.desktop.small_screen_popup FACTOR [FOLDER]

Printed is a line of JSON: for each state what can't be reached, neither with the mouse's wheel nor
with the keys. With a folder a picture of each is written there.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from tests.desktop.widget_driver import FORMATS
from tests.pictures.popup import states
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.popup import Popup
from tray_app.errors import Kind, Problem
from tray_app.report.points import trend_of
from tray_app.report.view import view_of
from tray_app.store.settings import Settings
from tray_app.team.watch import Snapshot


def place(widget: QWidget, popup: Popup) -> QRect:
    return QRect(widget.mapTo(popup, QPoint()), widget.size())


def is_seen(widget: QWidget, popup: Popup) -> bool:
    """Whether nothing of it is cut off, by the part that scrolls, the popup or the screen."""
    return widget.visibleRegion().boundingRect() == widget.rect() and popup.rect().contains(
        place(widget, popup)
    )


def faults(popup: Popup) -> Iterator[str]:
    area = popup.screen().availableGeometry()
    if not area.contains(popup.geometry()):
        yield f"{popup.geometry()} is not on {area}"
    parts = [
        one
        for one in popup.findChildren(QWidget)
        if one.isVisible() and isinstance(one, QLabel | QAbstractButton) and one.text()
    ]
    popup.setFocus()
    QTest.keyClick(popup, Qt.Key.Key_Home)
    seen: set[QWidget] = set()
    bar = popup.content.middle.verticalScrollBar()
    while True:
        seen |= {one for one in parts if is_seen(one, popup)}
        before = bar.value()
        QTest.keyClick(popup, Qt.Key.Key_Down)
        if bar.value() == before:
            break
    for one in parts:
        if one not in seen:
            yield f"not seen: {one.text()}"
    for _ in range(40):
        QTest.keyClick(popup.focusWidget() or popup, Qt.Key.Key_Tab)
        focused = popup.focusWidget()
        if focused is not None and focused is not popup and not is_seen(focused, popup):
            yield f"has the focus and is not seen: {focused}"
    for one in (popup.content.buy, popup.content.snooze):
        QTest.keyClick(popup, Qt.Key.Key_Home)
        if one.isVisible() and not is_seen(one, popup):
            yield f"has to be searched for: {one.text()}"


def main(factor: float, folder: Path | None) -> None:
    application = QApplication([])
    font = application.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    application.setFont(font)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    found = {}
    for state in states(now):
        for problem in (None, Problem(Kind.TLS)):
            snapshot: Snapshot = state.snapshot
            if problem is not None:
                snapshot = replace(snapshot, problem=problem)
            actions, shown = Actions(), view_of(snapshot, Settings(), FORMATS, now)
            popup = Popup(FORMATS, actions, now=lambda: now)
            actions.show_view(shown)
            popup.show_view(shown)
            popup.show_trend(trend_of(state.past, 30, int(now.timestamp())), low=1_000)
            popup.say(state.said)
            popup.open(
                QRect(popup.screen().geometry().center(), popup.screen().geometry().center())
            )
            size = popup.size()
            application.processEvents()
            name = state.name if problem is None else f"{state.name} with a problem"
            found[name] = [] if popup.size() == size else [f"{size} became {popup.size()}"]
            if folder is not None:
                popup.grab().save(str(folder / f"{name.replace(' ', '-')}.png"))
            found[name] += faults(popup)
            QTest.keyClick(popup, Qt.Key.Key_End)
            popup.hide()
            popup.open(QRect(popup.pos(), popup.pos()))
            if popup.content.middle.verticalScrollBar().value() > 0:
                found[name].append("opens where it was scrolled last")
            popup.hide()
            popup.deleteLater()
    print(json.dumps(found))


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else None)
