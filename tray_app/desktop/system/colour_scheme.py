"""Dark or light, as the desktop says."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication


class ColourScheme(QObject):
    """Keeps the palette as dark or light as the desktop, now and whenever the desktop turns.

    WORKAROUND: on GNOME, Qt 6.11 hears that the desktop is dark and leaves the palette light.
    Then the palette of Qt's style is used, which is dark where the desktop is. A palette that fits
    stays, and so does any palette where the desktop does not say, as GNOME by default.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_replaced = False
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        if self._is_replaced:
            QApplication.setPalette(QPalette())  # the desktop's own again
            self._is_replaced = False
        scheme = self._hints.colorScheme()
        ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
        is_wrong = (ground.lightness() < 128) is not (scheme is Qt.ColorScheme.Dark)
        if is_wrong and scheme is not Qt.ColorScheme.Unknown:
            QApplication.setPalette(QApplication.style().standardPalette())
            self._is_replaced = True
