"""Sheets of the dialogs in all their states, to be looked at: dark and light, at 1x and 2x.

And with larger text, and with longer words.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import (
    QLocale,
    Qt,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFont, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QPushButton,
    QSpinBox,
    QTabBar,
)

from tests.desktop.widget_driver import key_field, larger_text, paste, press, shown
from tests.examples import ACME, NOW, TODAY, rhythm
from tests.pictures.longer_words import longer, longer_words
from tests.pictures.picture_sheets import dark_palette, paint_at_each_scale, print_message, sheet
from tray_app.desktop.actions import Actions
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.windows.about_dialog import AboutDialog
from tray_app.desktop.windows.key_dialog import KeyDialog
from tray_app.desktop.windows.plan_dialog import PlanDialog
from tray_app.desktop.windows.remove_dialog import RemoveDialog
from tray_app.desktop.windows.settings_dialog import SettingsDialog
from tray_app.desktop.windows.welcome_dialog import WelcomeDialog
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.report.team_views import ListedTeam
from tray_app.rules.forecast import Rhythm, TooEarly
from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.store.settings import IconStyle, Settings, TeamEntry
from tray_app.team.api import Checked
from tray_app.words.plan_words import Figures

FONT = "Inter"
LOW = "Low, in credits"
FAKE_KEY = "not-a-key-" * 3
RENEWAL = date(2026, 12, 31)
STEADY = rhythm(250, 300, 366)
TEAMS = (
    ("Acme Growth", "default"),
    ("International Partnerships and Customer Success, Europe", "team-2"),
)


def make(folder: Path) -> list[Path]:
    """Paint the sheets into `folder` and return their files."""
    paint_at_each_scale("tests.pictures.dialogs", folder)
    return sorted(folder.glob("dialogs-*.png"))


def main(folder: Path, scale: str) -> None:
    """Paint the sheets of one scale."""
    qInstallMessageHandler(print_message)
    QLocale.setDefault(QLocale("en_US"))
    app = QApplication([])
    app.setCursorFlashTime(0)
    app.setFont(QFont(FONT, 10))
    for theme, palette in (("light", QPalette(app.palette())), ("dark", dark_palette(app))):
        app.setPalette(palette)
        paint(folder, f"{theme}-{scale}x")
    if scale == "1":
        app.setPalette(QPalette())
        for percent in (125, 200):
            with larger_text(percent / 100):
                paint(folder, f"{percent}-percent")
        with longer_words():
            paint(folder, "longer-words")


def paint(folder: Path, look: str) -> None:
    """Paint a sheet of each dialog, as it looks now."""
    for name, states in (
        ("welcome", welcome_states),
        ("key", key_states),
        ("settings", settings_states),
        ("teams", team_states),
        ("plan", plan_states),
        ("about", about_states),
    ):
        pictures = [picture(dialog) for dialog in states()]
        file = folder / f"dialogs-{name}-{look}.png"
        if not sheet(pictures).save(str(file)):
            raise OSError(file)


def key_states() -> Iterator[QDialog]:
    """Yield the dialog of the key in all its states."""
    yield with_key(first_run=True, text="")
    yield checked(lambda _dialog: None, first_run=True)
    yield checked(lambda dialog: dialog.check_succeeded(ACME, None), first_run=True)
    yield checked(
        lambda dialog: dialog.check_succeeded(ACME, Problem(Kind.KEYCHAIN_UNAVAILABLE)),
        first_run=True,
    )
    yield with_key(text="clé")
    yield checked(lambda dialog: dialog.check_failed(Problem(Kind.UNAUTHORIZED)))
    yield checked(lambda dialog: dialog.check_failed(Problem(Kind.TLS)))
    yield checked(lambda dialog: dialog.check_succeeded(Checked("W" * 80, Balance(1)), None))
    yield checked(save)
    yield checked(save_in_vain)


def welcome_states() -> Iterator[QDialog]:
    """Yield the first window of all."""
    yield shown(WelcomeDialog())


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
    yield with_numbers({LOW: "50", "Running out, in working days left": "0"})
    yield with_numbers({"Running out, in working days left": "99"})
    yield page(1)
    yield with_numbers({"Check every": "0"}, page(1))
    yield page(2, Settings(renewal_day=15))
    yield with_numbers({"Phone number found, in credits": "0"}, page(2))


LISTED = (
    ListedTeam(TeamEntry("default"), "Acme Growth", "Acme Growth"),
    ListedTeam(TeamEntry("team-2", "Europe", {"low": 300}), "Europe", f"{TEAMS[1][0]} " * 2),
    *(
        ListedTeam(TeamEntry(f"team-{number}"), f"Acme {number}", f"Acme {number}")
        for number in range(3, 21)
    ),
)


def team_states() -> Iterator[QDialog]:
    """Yield the list of teams, choices of one of them, and what is asked before one goes."""
    for count in (1, 2, 20):
        dialog = settings_of(LISTED[:count])
        dialog.findChildren(QTabBar)[0].setCurrentIndex(3)
        yield shown(dialog)
    alone = settings_of(LISTED[:2])
    scope = next(one for one in alone.findChildren(QComboBox) if one.findData("team-2") >= 0)
    scope.setCurrentIndex(scope.findData("team-2"))
    yield shown(alone)
    yield shown(RemoveDialog("Acme Growth", has_own=True))
    in_vain = shown(RemoveDialog(TEAMS[1][0], has_own=False))
    next(one for one in in_vain.findChildren(QPushButton) if one.isEnabled()).click()
    in_vain.failed(Problem(Kind.KEYCHAIN_LOCKED))
    yield in_vain


def settings_of(teams: Sequence[ListedTeam]) -> SettingsDialog:
    """Return the settings of several teams."""
    return SettingsDialog(Settings(), QtFormats(QLocale()), teams)


def page(number: int, settings: Settings | None = None) -> SettingsDialog:
    """Show a page of the settings."""
    dialog = SettingsDialog(settings or Settings(), QtFormats(QLocale()))
    dialog.show_start_at_login(True)
    dialog.findChildren(QTabBar)[0].setCurrentIndex(number)
    return shown(dialog)


def with_numbers(typed: dict[str, str], dialog: SettingsDialog | None = None) -> SettingsDialog:
    """Type numbers into the fields of the settings, and Enter."""
    dialog = shown(dialog or SettingsDialog(Settings(), QtFormats(QLocale())))
    typed |= {longer(name): number for name, number in typed.items()}
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
    yield plan(480, STEADY, stale_from=NOW - timedelta(3))
    yield plan(12_430, STEADY, stale_from=NOW - timedelta(3))
    yield shown(PlanDialog(QtFormats(QLocale()), Actions()))
    several = plan(480, STEADY)
    several.show_teams(TEAMS, "team-2")
    yield several


def plan(
    credits: int,
    rhythm: Rhythm | TooEarly | None,
    leads: str = "",
    stale_from: datetime | None = None,
) -> PlanDialog:
    """Show the answers to these figures."""
    dialog = PlanDialog(QtFormats(QLocale()), Actions())
    dialog.show_figures(Figures(credits, rhythm, Prices(), RENEWAL, TODAY, stale_from))
    shown(dialog)
    QTest.keyClicks(dialog.findChildren(QSpinBox)[0], leads)
    return dialog


def about_states() -> Iterator[QDialog]:
    """Yield the dialog about the program."""
    yield shown(AboutDialog(lambda: None))


def key_dialog(*, first_run: bool) -> KeyDialog:
    """Return a new dialog for the key."""
    return KeyDialog(QtFormats(QLocale()), first_run=first_run)


def with_key(*, first_run: bool = False, text: str = FAKE_KEY) -> KeyDialog:
    """Show the dialog after a text was pasted into its field."""
    dialog = shown(key_dialog(first_run=first_run))
    if text:
        paste(key_field(dialog), text)
    return dialog


def checked(then: Callable[[KeyDialog], object], *, first_run: bool = False) -> KeyDialog:
    """Show what becomes of a check."""
    dialog = with_key(first_run=first_run)
    then(dialog)
    return dialog


def save(dialog: KeyDialog) -> None:
    """Go on to saving the key."""
    dialog.check_succeeded(ACME, None)
    press(dialog, Qt.Key.Key_Return)


def save_in_vain(dialog: KeyDialog) -> None:
    """Find that the key can't be stored."""
    save(dialog)
    dialog.save_failed(Problem(Kind.KEYCHAIN_LOCKED))


def picture(dialog: QDialog) -> QImage:
    """Take the picture of a dialog, and close it."""
    QApplication.processEvents()
    image = dialog.grab().toImage()
    dialog.reject()
    return image


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
