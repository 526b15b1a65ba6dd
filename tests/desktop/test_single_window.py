"""A window that is there at most once."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

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
