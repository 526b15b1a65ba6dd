"""Dark or light, as the desktop says."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication


class ColourScheme(QObject):
    """Keeps the palette as dark or light as the desktop, now and whenever that turns.

    WORKAROUND: on GNOME, Qt 6.11 hears that the desktop is dark and leaves the palette light. Its
    style has a palette for each. Where the two agree, the desktop's own colours stay, and in high
    contrast always.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        scheme = self._hints.colorScheme()
        contrast = self._hints.accessibility().contrastPreference()
        if scheme is Qt.ColorScheme.Unknown or contrast is Qt.ContrastPreference.HighContrast:
            return
        ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
        if (ground.lightness() < 128) is not (scheme is Qt.ColorScheme.Dark):
            QApplication.setPalette(QApplication.style().standardPalette())
