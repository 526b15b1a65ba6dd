"""The popup's overview on the screen that there is, with text of so many times its size.

    python -m tests.desktop.small_screen_overview FACTOR [FOLDER]

Printed is a line of JSON: for each state what can't be seen, be it by moving with the keys. With a
folder a picture of each is written there.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.desktop.small_screen_popup import is_seen
from tests.desktop.widget_driver import FORMATS
from tests.examples import NOW
from tests.pictures.overview import states, team_views
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.overview import OverviewContent
from tray_app.desktop.popup.popup import Popup
from tray_app.report.overview import overview_of


def faults(popup: Popup, overview: OverviewContent) -> Iterator[str]:
    area = popup.screen().availableGeometry()
    if not area.contains(popup.geometry()):
        yield f"{popup.geometry()} is not on {area}"
    around = (overview.teams, overview.settings, overview.title, overview.detail, overview.add)
    for part in around:
        if part.isVisible() and not is_seen(part, popup):
            yield f"not seen: {part}"
    rows = [row for row in (*overview.upper, *overview.folded) if row.isVisible()]
    reached = set()
    QTest.keyClick(popup, Qt.Key.Key_Home)
    while (focused := popup.focusWidget()) is not None and focused not in reached:
        reached.add(focused)
        if not is_seen(focused, popup):
            yield f"has the focus and is not seen: {focused}"
        QTest.keyClick(focused, Qt.Key.Key_Down)
    for row in rows:
        if row not in reached:
            yield f"not reached: {row.accessibleName()}"


def main(factor: float, folder: Path | None) -> None:
    application = QApplication([])
    font = application.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    application.setFont(font)
    found = {}
    for state in states():
        teams = team_views(state.teams, FORMATS, NOW)
        popup = Popup(FORMATS, Actions(), now=lambda: NOW)
        popup.show_view(teams[0].view)
        popup.show_overview(overview_of(teams, teams[0].account, FORMATS, NOW))
        middle = popup.screen().geometry().center()
        popup.open(QRect(middle, middle), to_overview=True)
        assert popup.overview is not None
        if state.is_unfolded:
            popup.overview.fold.click()
            application.processEvents()
        size = popup.size()
        application.processEvents()
        found[state.name] = [] if popup.size() == size else [f"{size} became {popup.size()}"]
        if folder is not None:
            popup.grab().save(str(folder / f"{state.name}.png"))
        found[state.name] += faults(popup, popup.overview)
        popup.hide()
        popup.deleteLater()
    print(json.dumps(found))


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else None)
