"""What the tests share: one Qt application, without a screen."""

import os

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """Return the application that all widgets of the session live in."""
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else QApplication([])
