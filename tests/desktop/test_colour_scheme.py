"""The palette follows what Qt knows of dark and light."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from tray_app.desktop.system.colour_scheme import ColourScheme

DARK_GROUND = QColor("#202020")


class Hints(QObject):
    """What Qt's style hints tell of a desktop; those of the offscreen platform tell nothing."""

    colorSchemeChanged = Signal()  # noqa: N815

    def __init__(self) -> None:
        super().__init__()
        self.scheme = Qt.ColorScheme.Unknown

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802
        return self.scheme

    def turn(self, scheme: Qt.ColorScheme) -> None:
        self.scheme = scheme
        self.colorSchemeChanged.emit()


class Style:
    """A style that has a palette for each, as Fusion has where the platform tells."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints

    def standardPalette(self) -> QPalette:  # noqa: N802
        if self._hints.scheme is Qt.ColorScheme.Dark:
            return QPalette(DARK_GROUND, DARK_GROUND)
        return QPalette(QColor("#E0E0E0"), QColor("#EEEEEE"))


@pytest.fixture
def hints(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hints]:
    hints = Hints()
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: hints)
    monkeypatch.setattr(QApplication, "style", lambda: Style(hints))
    usual = QApplication.palette()
    yield hints
    QApplication.setPalette(usual)


def ground() -> QColor:
    return QApplication.palette().color(QPalette.ColorRole.Window)


def test_a_light_palette_turns_dark_with_the_desktop_and_back(hints: Hints) -> None:
    owner = QObject()
    hints.scheme = Qt.ColorScheme.Dark
    ColourScheme(owner)
    assert ground() == DARK_GROUND
    hints.turn(Qt.ColorScheme.Light)
    assert ground().lightness() > 128
    hints.turn(Qt.ColorScheme.Dark)
    assert ground() == DARK_GROUND


def test_a_palette_that_agrees_is_the_desktops_own(hints: Hints) -> None:
    owner = QObject()
    own = QColor("#102030")
    QApplication.setPalette(QPalette(own, own))
    hints.scheme = Qt.ColorScheme.Dark
    ColourScheme(owner)
    assert ground() == own


def test_a_desktop_that_says_nothing_any_more_has_its_own_palette_again(hints: Hints) -> None:
    owner = QObject()
    before = ground()
    hints.scheme = Qt.ColorScheme.Dark
    ColourScheme(owner)
    hints.turn(Qt.ColorScheme.Unknown)  # GNOME's default, which is light
    assert ground() == before


def test_nothing_is_changed_where_nobody_knows(hints: Hints) -> None:
    owner = QObject()
    before = ground()
    ColourScheme(owner)
    assert ground() == before
