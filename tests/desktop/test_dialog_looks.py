"""What holds for every dialog, whatever its words, the size of its text, and the desktop's look."""

import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cmp_to_key
from itertools import product

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from tests import PROJECT
from tests.desktop.widget_driver import (
    FORMATS,
    controls,
    key_field,
    larger_text,
    paste,
    press,
    shown,
)
from tests.examples import ACME, NOW, TODAY, rhythm
from tests.pictures.longer_words import longer_words
from tests.pictures.picture_sheets import DARK as DARK_PALETTE
from tray_app.desktop.actions import Actions
from tray_app.desktop.widgets import controls as control_widgets
from tray_app.desktop.widgets import style
from tray_app.desktop.widgets.dialog_parts import AnswerCard, Dialog, Group
from tray_app.desktop.widgets.theme import DARK, LIGHT
from tray_app.desktop.windows.about_dialog import AboutDialog
from tray_app.desktop.windows.key_dialog import KeyDialog
from tray_app.desktop.windows.plan_dialog import PlanDialog
from tray_app.desktop.windows.settings_dialog import SettingsDialog
from tray_app.desktop.windows.welcome_dialog import WelcomeDialog
from tray_app.errors import Kind, Problem
from tray_app.icon_look import IconShape
from tray_app.lemlist.balance import Balance
from tray_app.rules.prices import Prices
from tray_app.store.settings import Settings
from tray_app.team.api import Checked
from tray_app.words.plan_words import Figures

pytestmark = pytest.mark.usefixtures("qapp", "american_numbers")

KEY = "fake-key-0123456789"
LONG_NAME = "Acme Growth & Partnerships, Europe and Africa"
States = Iterator[None]
"""Each state of a dialog, which is there until the next is asked for."""


def states_of_welcome(_dialog: WelcomeDialog) -> States:
    yield


def states_of_key(dialog: KeyDialog) -> States:
    yield
    for kind in Kind:
        paste(key_field(dialog), KEY)
        yield
        dialog.check_failed(Problem(kind))
        yield
    for unusable in ("clé", "k" * 1001, "\n"):
        paste(key_field(dialog), unusable)
        yield
    for store in (Problem(Kind.KEYCHAIN_UNAVAILABLE), Problem(Kind.KEYCHAIN_LOCKED), None):
        paste(key_field(dialog), KEY)
        dialog.check_succeeded(Checked(LONG_NAME, Balance(9_876_543)), store)
        yield
    press(dialog, Qt.Key.Key_Return)
    yield
    dialog.save_failed(Problem(Kind.KEYCHAIN_UNAVAILABLE))
    yield


def states_of_settings(dialog: SettingsDialog) -> States:
    (tabs,) = dialog.findChildren(QTabBar)
    for page in range(tabs.count()):
        tabs.setCurrentIndex(page)
        yield
        boxes = [box for box in dialog.findChildren(QAbstractSpinBox) if box.isVisible()]
        for number in ("0", "10000001"):
            for box in boxes:
                box.findChildren(QLineEdit)[0].setText(number)
                press(dialog, Qt.Key.Key_Return)
                tabs.setCurrentIndex(page)
                yield


def states_of_plan(dialog: PlanDialog) -> States:
    rhythms = (rhythm(80, 100, 120), rhythm(8_000, 10_000, 90_000), None)
    for spent, credits, leads, stale_from in product(
        rhythms, (20, 12_430, 9_876_543), ("1", "9999999"), (None, NOW)
    ):
        figures = Figures(credits, spent, Prices(), None, TODAY, stale_from)
        dialog.show_figures(figures)
        box = dialog.findChildren(QAbstractSpinBox)[0]
        box.findChildren(QLineEdit)[0].setText(leads)
        yield


def states_of_about(dialog: AboutDialog) -> States:
    yield
    dialog.show_copied()
    yield


DIALOGS: dict[str, tuple[Callable[[], Dialog], Callable[..., States]]] = {
    "welcome": (WelcomeDialog, states_of_welcome),
    "key": (lambda: KeyDialog(FORMATS, first_run=False), states_of_key),
    "first key": (lambda: KeyDialog(FORMATS, first_run=True), states_of_key),
    "settings": (
        lambda: SettingsDialog(Settings(), FORMATS, complaint="The file can't be read."),
        states_of_settings,
    ),
    "plan": (lambda: PlanDialog(FORMATS, Actions()), states_of_plan),
    "about": (lambda: AboutDialog(lambda: None), states_of_about),
}
EVERY_DIALOG = pytest.mark.parametrize("name", DIALOGS)
ANY_TEXT = pytest.mark.parametrize(
    ("factor", "language"),
    [(1, nullcontext), (1.25, nullcontext), (1, longer_words)],
    ids=["usual", "125 %", "longer words"],
)


@EVERY_DIALOG
@ANY_TEXT
def test_nothing_is_cut_and_nothing_is_resized_whatever_is_said(
    name: str, factor: float, language: Callable[[], nullcontext[None]]
) -> None:
    with larger_text(factor), language():
        cut, sizes = cut_texts_and_sizes(name)
    assert cut == set()
    assert len(sizes) == 1


@EVERY_DIALOG
def test_no_dialog_is_left_to_the_garbage_collector(name: str) -> None:
    """Which may run in a worker's thread, where no window may end."""
    gc.collect()
    gc.disable()
    try:
        make, states = DIALOGS[name]
        dialog = make()
        for _ in states(shown(dialog)):
            QApplication.processEvents()
        dialog.reject()
        gone = weakref.ref(dialog)
        del dialog
        assert gone() is None
    finally:
        gc.enable()


def cut_texts_and_sizes(name: str) -> tuple[set[str], set[tuple[int, int]]]:
    """Go through all states of a dialog, and return its cut texts and its sizes."""
    make, states = DIALOGS[name]
    dialog = make()
    if isinstance(dialog, PlanDialog):  # it has no answers until there are figures
        next(states(dialog))
    shown(dialog)
    cut, sizes = set(), set()
    for _ in states(dialog):
        QApplication.processEvents()
        sizes.add((dialog.width(), dialog.height()))
        cut |= cut_texts(dialog)
    dialog.reject()
    return cut, sizes


def cut_texts(dialog: Dialog) -> set[str]:
    """Return the texts for which their widgets have no room, or which stand out of their parent."""
    cut = set()
    for widget in dialog.findChildren(QWidget):
        if not widget.isVisible():
            continue
        match widget:
            case QLabel() if widget.wordWrap():
                text = widget.text()
                fits = widget.height() >= widget.heightForWidth(widget.width())
            case QLabel() | QAbstractButton():
                text, fits = widget.text(), has_room(widget)
            case QComboBox():
                text, fits = widget.currentText(), has_room(widget)
            case QTabBar():
                text, fits = "the tabs", has_room(widget)
            case QLineEdit() if isinstance(widget.parent(), QAbstractSpinBox):
                text = widget.text()
                margins = widget.textMargins()
                room = widget.width() - margins.left() - margins.right()
                fits = room >= widget.fontMetrics().horizontalAdvance(text)
            case _:
                continue
        parent = widget.parentWidget()
        assert parent is not None
        if not fits or not parent.rect().contains(widget.geometry()):
            cut.add(text)
    return cut


def has_room(widget: QWidget) -> bool:
    """Tell whether a widget is as large as it wants to be."""
    wanted = widget.sizeHint()
    return widget.width() >= wanted.width() and widget.height() >= wanted.height()


@EVERY_DIALOG
def test_tab_goes_in_the_order_of_reading(name: str) -> None:
    make, states = DIALOGS[name]
    dialog = make()
    next(states(dialog))
    shown(dialog)

    def is_read_before(one: QWidget, other: QWidget) -> int:
        """Tell so by a number below 0: further up, or in the same line and further left."""
        apart = middle_of(one) - middle_of(other)
        return apart.x() if abs(apart.y()) < 12 else apart.y()

    def middle_of(widget: QWidget) -> QPoint:
        return widget.mapTo(dialog, widget.rect().center())

    in_order = sorted(controls(dialog), key=cmp_to_key(is_read_before))
    in_order[0].setFocus()
    for expected in in_order:
        assert dialog.focusWidget() is expected
        for _ in range(4):  # a date takes it for each of its parts
            if dialog.focusWidget() is expected:
                press(dialog, Qt.Key.Key_Tab)
    dialog.reject()


@EVERY_DIALOG
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_focus_shows(name: str, theme: object, dark_or_light: Callable[[object], None]) -> None:
    dark_or_light(theme)
    make, states = DIALOGS[name]
    dialog = make()
    next(states(dialog))
    shown(dialog)
    for control in controls(dialog):
        rest = next(other for other in controls(dialog) if other is not control)
        rest.setFocus(Qt.FocusReason.TabFocusReason)
        before = control.grab().toImage()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        assert control.grab().toImage() != before, control.accessibleName()
    dialog.reject()


@pytest.fixture
def dark_or_light(qapp: QApplication) -> Iterator[Callable[[object], None]]:
    """Turn the desktop dark or light."""
    usual, blinking = QApplication.palette(), QApplication.cursorFlashTime()
    QApplication.setCursorFlashTime(0)

    def turn(theme: object) -> None:
        palette = QPalette(usual)
        if theme is DARK:
            for role, colour in DARK_PALETTE.items():
                palette.setColor(role, QColor(colour))
        QApplication.setPalette(palette)

    yield turn
    QApplication.setPalette(usual)
    QApplication.setCursorFlashTime(blinking)


@EVERY_DIALOG
def test_an_open_dialog_turns_dark_and_light_with_the_desktop(
    name: str, dark_or_light: Callable[[object], None]
) -> None:
    make, states = DIALOGS[name]
    dialog = make()
    next(states(dialog))
    shown(dialog)
    fresh = dialog.grab().toImage()
    for theme in (DARK, LIGHT):
        dark_or_light(theme)
        QApplication.processEvents()
        turned = dialog.grab().toImage()
        assert turned.pixelColor(4, 4) == QColor(theme.surface)
    assert turned == fresh
    dialog.reject()


@pytest.fixture
def high_contrast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop in high contrast, which Qt's offscreen platform can't be told to be."""
    for module in (style, control_widgets):
        monkeypatch.setattr(module, "is_high_contrast", lambda: True)


@EVERY_DIALOG
@pytest.mark.usefixtures("high_contrast")
def test_in_high_contrast_the_desktops_own_style_wins(name: str) -> None:
    palette = QPalette(QColor("#000000"), QColor("#000000"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#FFFF00"))
    usual = QApplication.palette()
    QApplication.setPalette(palette)
    make, states = DIALOGS[name]
    dialog = make()
    next(states(dialog))
    shown(dialog)
    assert [each.styleSheet() for each in (dialog, *dialog.findChildren(QWidget))] == [""] * (
        1 + len(dialog.findChildren(QWidget))
    )
    assert dialog.grab().toImage().pixelColor(4, 4) == QColor("#000000")
    label = dialog.findChildren(QLabel)[0]
    assert label.palette().color(QPalette.ColorRole.WindowText) == QColor("#FFFF00")
    dialog.reject()
    QApplication.setPalette(usual)


def test_a_card_has_the_colour_of_what_it_means() -> None:
    dialog = shown(KeyDialog(FORMATS, first_run=False))
    (card,) = dialog.findChildren(AnswerCard)

    def ground() -> str:
        QApplication.processEvents()
        place = card.mapTo(dialog, QPoint(card.width() // 2, 3))
        return dialog.grab().toImage().pixelColor(place).name().upper()

    assert ground() == LIGHT.surface
    paste(key_field(dialog), KEY)
    assert ground() == LIGHT.levels[IconShape.UNKNOWN].ground
    dialog.check_succeeded(ACME, None)
    assert ground() == LIGHT.levels[IconShape.HEALTHY].ground
    paste(key_field(dialog), "clé")
    assert ground() == LIGHT.levels[IconShape.EMPTY].ground
    dialog.reject()


def test_a_fault_out_of_sight_is_scrolled_to() -> None:
    with larger_text(4):
        dialog = shown(SettingsDialog(Settings(), FORMATS))
        (tabs,) = dialog.findChildren(QTabBar)
        tabs.setCurrentIndex(2)
        box = dialog.findChildren(QAbstractSpinBox)[-3]  # with two more prices below it
        box.findChildren(QLineEdit)[0].setText("0")
        press(dialog, Qt.Key.Key_Return)
        QApplication.processEvents()
        group = next(each for each in dialog.findChildren(Group) if each.isAncestorOf(box))
        fault = group.findChildren(QLabel)[-1]
        assert fault.text().startswith("A price")
        assert fault.visibleRegion().boundingRect().height() == fault.height()
        dialog.reject()


def test_every_dialog_fits_or_scrolls_on_a_small_screen() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.small_screen_dialogs"],
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
