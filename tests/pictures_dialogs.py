"""Sheets of the dialogs in all their states, to be looked at: dark and light, at 1x and 2x."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import (
    QLocale,
    QMessageLogContext,
    QPoint,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QSpinBox,
    QTabWidget,
)

from tests.dialog_driver import buttons, key_field, press
from tray_app.desktop.about_dialog import AboutDialog
from tray_app.desktop.formats import QtFormats
from tray_app.desktop.key_dialog import KeyDialog
from tray_app.desktop.plan_dialog import PlanDialog
from tray_app.desktop.settings_dialog import SettingsDialog
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.rules.forecast import Curve, Rhythm, TooEarly
from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.store.settings import IconStyle, Settings
from tray_app.watch import Checked

Window = TypeVar("Window", bound=QDialog)

GAP = 24  # pixels between the dialogs of a sheet
COLUMNS = 3
BACKDROP = "#8A93A5"
FAKE_KEY = "not-a-key-" * 3
ACME = Checked("Acme Growth", Balance(12_430))
TODAY = date(2026, 11, 22)
RENEWAL = date(2026, 12, 31)
STEADY = Rhythm(
    300.0,
    frozenset(range(5)),
    (1.0,) * 5 + (0.0,) * 2,
    Curve((0.0, 1.0), (0.0, 250.0), (0.0, 300.0), (0.0, 366.0)),
)
"""A team that spends about 300 credits a working day."""

DARK = {
    QPalette.ColorRole.Window: "#2B2F36",
    QPalette.ColorRole.WindowText: "#F2F4F7",
    QPalette.ColorRole.Base: "#1E2227",
    QPalette.ColorRole.AlternateBase: "#2B2F36",
    QPalette.ColorRole.Text: "#F2F4F7",
    QPalette.ColorRole.Button: "#3A3F47",
    QPalette.ColorRole.ButtonText: "#F2F4F7",
    QPalette.ColorRole.ToolTipBase: "#1E2227",
    QPalette.ColorRole.ToolTipText: "#F2F4F7",
    QPalette.ColorRole.Highlight: "#3B82C4",
    QPalette.ColorRole.HighlightedText: "#FFFFFF",
    QPalette.ColorRole.Link: "#7AB8F5",
    QPalette.ColorRole.PlaceholderText: "#9AA3AF",
}


def make(folder: Path) -> list[Path]:
    """Paint the sheets into `folder` and return their files.

    Each scale takes a process of its own, as Qt reads it once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for scale in ("1", "2"):
        environment = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": scale,
        }
        command = [sys.executable, "-m", "tests.pictures_dialogs", str(folder), scale]
        subprocess.run(command, env=environment, check=True)
    return sorted(folder.glob("dialogs-*.png"))


def main(folder: Path, scale: str) -> None:
    """Paint the sheets of one scale."""
    qInstallMessageHandler(print_message)
    QLocale.setDefault(QLocale("en_US"))
    app = QApplication([])
    app.setCursorFlashTime(0)
    for theme, palette in (("light", QPalette(app.palette())), ("dark", dark_palette(app))):
        app.setPalette(palette)
        for name, states in (
            ("key", key_states),
            ("settings", settings_states),
            ("plan", plan_states),
            ("about", about_states),
        ):
            pictures = [picture(dialog) for dialog in states()]
            file = folder / f"dialogs-{name}-{theme}-{scale}x.png"
            if not sheet(pictures).save(str(file)):
                raise OSError(file)


def print_message(_type: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Pass on what Qt says, but for the offscreen platform's word on each window of fixed size."""
    if text != "This plugin does not support propagateSizeHints()":
        print(text, file=sys.stderr)


def dark_palette(app: QApplication) -> QPalette:
    """Return the palette of a dark desktop, which the offscreen platform has not."""
    palette = QPalette(app.palette())
    disabled = QColor("#7B838F")
    for role, colour in DARK.items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, disabled)
    return palette


def key_states() -> Iterator[QDialog]:
    """Yield the dialog of the key in all its states."""
    yield shown(key_dialog(first_run=True))
    yield with_key(first_run=True, text="")
    yield with_key(first_run=True)
    yield with_key(lambda dialog: press(dialog, Qt.Key.Key_Return), first_run=True)
    yield checked(lambda dialog: dialog.check_succeeded(ACME, None), first_run=True)
    yield checked(
        lambda dialog: dialog.check_succeeded(ACME, Problem(Kind.KEYCHAIN_UNAVAILABLE)),
        first_run=True,
    )
    yield with_key(lambda dialog: press(dialog, Qt.Key.Key_Return), text="clé")
    yield checked(lambda dialog: dialog.check_failed(Problem(Kind.UNAUTHORIZED)))
    yield checked(lambda dialog: dialog.check_failed(Problem(Kind.TLS)))
    yield checked(lambda dialog: dialog.check_succeeded(Checked("W" * 80, Balance(1)), None))
    yield checked(save)
    yield checked(save_in_vain)


def settings_states() -> Iterator[QDialog]:
    """Yield the dialog of the settings in all its states."""
    yield shown(SettingsDialog(Settings(), QtFormats(QLocale())))
    yield shown(
        SettingsDialog(
            Settings(Thresholds(12_500, 1_000), 90, False, IconStyle.SYMBOL),
            QtFormats(QLocale()),
            complaint="The settings can't be written. They hold until you quit.",
        )
    )
    yield with_numbers({"Low at, in credits": "50", "Warn at, in working days left": "0"})
    yield with_numbers({"Check every": "0", "Warn at, in working days left": "99"})
    yield with_prices({})
    yield with_prices({"Phone found, in credits": "0"})
    yield with_prices({"1,000 credits, in US dollars": "0", "LinkedIn enrichment, in credits": "2"})


def with_prices(typed: dict[str, str]) -> SettingsDialog:
    """Show the tab of the prices."""
    dialog = SettingsDialog(Settings(renewal_day=15), QtFormats(QLocale()))
    dialog.findChildren(QTabWidget)[0].setCurrentIndex(1)
    return with_numbers(typed, dialog) if typed else shown(dialog)


def with_numbers(typed: dict[str, str], dialog: SettingsDialog | None = None) -> SettingsDialog:
    """Type numbers into the fields of the settings, and Enter."""
    dialog = shown(dialog or SettingsDialog(Settings(), QtFormats(QLocale())))
    for box in dialog.findChildren(QAbstractSpinBox):
        if box.accessibleName() in typed:
            box.setFocus()
            box.selectAll()
            QTest.keyClicks(box, typed[box.accessibleName()])
    press(dialog, Qt.Key.Key_Return)
    return dialog


def plan_states() -> Iterator[QDialog]:
    """Yield the dialog that reckons a plan in all its states."""
    yield plan(12_430, STEADY)
    yield plan(1_300, STEADY)
    yield plan(12_430, TooEarly(date(2026, 12, 4)))
    yield plan(9_876_543, STEADY, leads="1234567")
    yield plan(0, None)
    yield shown(PlanDialog(QtFormats(QLocale())))


def plan(credits: int, rhythm: Rhythm | TooEarly | None, leads: str = "") -> PlanDialog:
    """Show the answers to these figures."""
    dialog = PlanDialog(QtFormats(QLocale()))
    dialog.show_figures(credits, rhythm, Prices(), RENEWAL, TODAY)
    shown(dialog)
    QTest.keyClicks(dialog.findChildren(QSpinBox)[0], leads)
    return dialog


def about_states() -> Iterator[QDialog]:
    """Yield the dialog about the program."""
    yield shown(AboutDialog())


def key_dialog(*, first_run: bool) -> KeyDialog:
    """Return a new dialog for the key."""
    return KeyDialog(QtFormats(QLocale()), first_run=first_run)


def shown(dialog: Window) -> Window:
    """Show a dialog as the active window, so that its focus is seen."""
    dialog.show()
    dialog.activateWindow()
    QTest.qWaitForWindowActive(dialog)
    return dialog


def with_key(
    then: Callable[[KeyDialog], object] = lambda _dialog: None,
    *,
    first_run: bool = False,
    text: str = FAKE_KEY,
) -> KeyDialog:
    """Show the page of the key with a text in its field."""
    dialog = key_dialog(first_run=first_run)
    shown(dialog)
    if first_run:
        buttons(dialog)["Enter my key"].click()
    key_field(dialog).setText(text)
    then(dialog)
    return dialog


def checked(then: Callable[[KeyDialog], object], *, first_run: bool = False) -> KeyDialog:
    """Show what becomes of a check."""

    def check(dialog: KeyDialog) -> None:
        press(dialog, Qt.Key.Key_Return)
        then(dialog)

    return with_key(check, first_run=first_run)


def save(dialog: KeyDialog) -> None:
    """Go on to saving the key."""
    dialog.check_succeeded(ACME, None)
    press(dialog, Qt.Key.Key_Return)


def save_in_vain(dialog: KeyDialog) -> None:
    """Find that the key can't be stored."""
    save(dialog)
    dialog.save_failed(Problem(Kind.KEYCHAIN_LOCKED))


def picture(dialog: QDialog) -> QPixmap:
    """Take the picture of a dialog, and close it."""
    QApplication.processEvents()
    pixmap = dialog.grab()
    dialog.reject()
    return pixmap


def sheet(pictures: list[QPixmap]) -> QImage:
    """Lay pictures out side by side."""
    rows = [pictures[i : i + COLUMNS] for i in range(0, len(pictures), COLUMNS)]
    widths = [sum(each.width() + GAP for each in row) for row in rows]
    heights = [max(each.height() for each in row) + GAP for row in rows]
    image = QImage(max(widths) + GAP, sum(heights) + GAP, QImage.Format.Format_RGB32)
    image.fill(QColor(BACKDROP))
    painter = QPainter(image)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        left = GAP
        for each in row:
            each.setDevicePixelRatio(1)
            painter.drawPixmap(QPoint(left, top), each)
            left += each.width() + GAP
        top += height
    painter.end()
    return image


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
