"""A window that is there at most once."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from tray_app.desktop.widgets.screens import compositor_places

Window = TypeVar("Window", bound=QWidget)


class SingleWindow(QObject, Generic[Window]):
    """Makes a window when it is wanted, brings it forward, and forgets it once it is closed."""

    def __init__(self, make: Callable[[], Window], parent: QObject) -> None:
        """``make`` imports, builds and connects the window."""
        super().__init__(parent)
        self._make = make
        self.window: Window | None = None
        """The window while it is open."""

    @Slot()
    def open(self) -> None:
        """Show the window above the others, with the focus."""
        if self.window is None:
            self.window = self._make()
            self.window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.window.destroyed.connect(self._forget)
        if compositor_places() and self.window.isVisible() and not self.window.isActiveWindow():
            # WORKAROUND: Qt asks for the focus with the mouse button's release, with which GNOME
            # (48) gives it to new windows only. Seen with Qt 6.11; no report of it was found.
            self.window.hide()
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def forget(self) -> None:
        """Let go of a window that is closing, so that another can be opened at once."""
        if self.window is not None:
            self.window.destroyed.disconnect(self._forget)
            self.window = None

    @Slot()
    def _forget(self) -> None:
        self.window = None
