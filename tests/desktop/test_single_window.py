"""A window that is there at most once."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from tray_app.desktop.windows import single_window
from tray_app.desktop.windows.single_window import SingleWindow


@pytest.fixture
def single(qapp: QApplication) -> Iterator[SingleWindow[QWidget]]:
    parent = QObject(qapp)
    single = SingleWindow(QWidget, parent)
    yield single
    if single.window is not None:
        single.window.close()
    parent.deleteLater()


def test_a_minimised_window_comes_back(single: SingleWindow[QWidget]) -> None:
    single.open()
    window = single.window
    assert window is not None
    window.showMinimized()
    assert window.isMinimized()
    single.open()
    assert single.window is window
    assert not window.isMinimized()


@pytest.mark.parametrize("is_wayland", [False, True])
def test_under_wayland_a_window_behind_others_comes_forward_as_a_new_one(
    single: SingleWindow[QWidget], monkeypatch: pytest.MonkeyPatch, *, is_wayland: bool
) -> None:
    """GNOME gives the focus that a mouse button's release asks for to new windows only."""
    monkeypatch.setattr(single_window, "compositor_places", lambda: is_wayland)
    single.open()
    other = QWidget()
    other.show()
    other.activateWindow()
    QApplication.processEvents()
    window = single.window
    assert window is not None
    assert not window.isActiveWindow()
    hidden = [0]

    class Hides(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
            hidden[0] += event.type() is QEvent.Type.Hide
            return False

    hides = Hides()
    window.installEventFilter(hides)
    for _ in range(2):  # the second time it has the focus
        single.open()
        QApplication.processEvents()
    assert window.isVisible()
    assert hidden == [1 if is_wayland else 0]
    other.close()
