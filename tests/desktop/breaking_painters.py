"""Every window of the program, each of whose widgets is broken off while it paints itself.

    python -m tests.desktop.breaking_painters

Painting is broken off at each use of the painter in turn. Printed is a line of JSON: for each class
that paints itself, how often that was done and how many painters were still active afterwards.
It ends as a program does, with all that was broken off still in memory.
"""

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

import tray_app.desktop
from tests.desktop.widget_driver import FORMATS
from tests.examples import HEALTHY, TODAY, rhythm
from tests.pictures.history import believable, view
from tests.pictures.popup import known, with_past
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.popup import Popup
from tray_app.desktop.windows.about_dialog import AboutDialog
from tray_app.desktop.windows.history_window import HistoryWindow
from tray_app.desktop.windows.key_dialog import KeyDialog
from tray_app.desktop.windows.plan_dialog import PlanDialog
from tray_app.desktop.windows.settings_dialog import SettingsDialog
from tray_app.desktop.windows.welcome_dialog import WelcomeDialog
from tray_app.errors import Kind, Problem
from tray_app.report.points import trend_of
from tray_app.report.team_views import ListedTeam
from tray_app.report.view import view_of
from tray_app.rules.prices import Prices
from tray_app.store.settings import Settings, TeamEntry
from tray_app.words.plan_words import Figures


class BrokenOffError(Exception):
    pass


class BreakingPainter(QPainter):
    """Breaks off when it has been used so often."""

    uses_left: ClassVar[int]
    made: ClassVar[list["BreakingPainter"]] = []

    def __init__(self, *device: Any) -> None:
        super().__init__(*device)
        self.made.append(self)

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("__") and name != "made":
            BreakingPainter.uses_left -= 1
            if BreakingPainter.uses_left == 0:
                raise BrokenOffError
        return super().__getattribute__(name)


def painting_classes() -> set[type[QWidget]]:
    """Every class of the program that paints itself."""
    for module in pkgutil.iter_modules(tray_app.desktop.__path__, "tray_app.desktop."):
        importlib.import_module(module.name)

    def below(one: type[QWidget]) -> Iterator[type[QWidget]]:
        for each in one.__subclasses__():
            if each.__module__.startswith("tray_app.") and "paintEvent" in vars(each):
                yield each
            yield from below(each)

    return set(below(QWidget))


def windows() -> Iterator[QWidget]:
    """Every window, with all that it can show."""
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    healthy = known(HEALTHY, now)
    for snapshot in (healthy, replace(healthy, problem=Problem(Kind.OFFLINE))):
        state = with_past("any", snapshot, now)
        popup = Popup(FORMATS, Actions())
        popup.show_view(view_of(state.snapshot, Settings(), FORMATS, now))
        popup.show_trend(trend_of(state.past, 30, int(now.timestamp())), low=1_000)
        popup.open(QRect(0, 0, 20, 20))
        yield popup
    history = HistoryWindow(FORMATS)
    history.show_history(view(believable(60), 30))
    yield history
    plan = PlanDialog(FORMATS, Actions())
    plan.show_figures(Figures(480, rhythm(80, 100, 120), Prices(), None, TODAY))
    yield plan
    settings = SettingsDialog(Settings(), FORMATS, [ListedTeam(TeamEntry(), "Acme", "Acme")])
    (tabs,) = settings.findChildren(QTabBar)
    tabs.setCurrentIndex(tabs.count() - 1)  # the teams
    yield settings
    yield SettingsDialog(Settings(), FORMATS)
    key = KeyDialog(FORMATS, first_run=True)
    key.check_failed(Problem(Kind.OFFLINE))
    yield key
    yield WelcomeDialog()
    yield AboutDialog(lambda: None)


def break_off(widget: QWidget) -> tuple[int, int]:
    """Paint a widget, broken off at each use of its painter, and count that and what is left."""
    count = active = 0
    while True:
        BreakingPainter.uses_left = count + 1
        image = QImage(widget.size(), QImage.Format.Format_ARGB32_Premultiplied)
        with suppress(BrokenOffError):  # PySide6 raises it here, or gives it to the hook
            widget.render(image, QPoint(), QRegion(), QWidget.RenderFlag(0))
        active += sum(QPainter.isActive(painter) for painter in BreakingPainter.made)
        BreakingPainter.made.clear()
        if BreakingPainter.uses_left > 0:
            return count, active
        count += 1


def report(_class: type[BaseException], error: BaseException, _at: TracebackType | None) -> None:
    if not isinstance(error, BrokenOffError):
        raise error


if __name__ == "__main__":
    application = QApplication([])
    classes = painting_classes()
    opened = list(windows())
    for window in opened:
        window.show()
    application.processEvents()
    for module in [each for name, each in sys.modules.items() if name.startswith("tray_app.")]:
        if hasattr(module, "QPainter"):
            module.QPainter = BreakingPainter  # type: ignore[attr-defined]
    sys.excepthook = report
    seen: dict[type, tuple[int, int]] = dict.fromkeys(classes, (0, 0))
    for window in opened:
        for widget in (window, *window.findChildren(QWidget)):
            if type(widget) in classes and widget.isVisible():
                before, now_broken = seen[type(widget)], break_off(widget)
                seen[type(widget)] = before[0] + now_broken[0], before[1] + now_broken[1]
    print(json.dumps({f"{one.__module__}.{one.__qualname__}": seen[one] for one in classes}))
