"""Finding and using what a dialog shows, as its user would."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit, QWidget


def words(dialog: QDialog) -> str:
    """Return all the text that the dialog's labels show now."""
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def buttons(dialog: QDialog) -> dict[str, QAbstractButton]:
    """Return the visible buttons by their texts, without the marks of their mnemonics."""
    return {
        button.text().replace("&", ""): button
        for button in dialog.findChildren(QAbstractButton)
        if button.isVisible()
    }


def key_field(dialog: QDialog) -> QLineEdit:
    """Return the only field for text."""
    (field,) = dialog.findChildren(QLineEdit)
    return field


def paste(widget: QWidget, text: str) -> None:
    """Paste a text with the keyboard, in the place of what stands there."""
    QGuiApplication.clipboard().setText(text)
    QTest.keySequence(widget, QKeySequence(QKeySequence.StandardKey.SelectAll))
    QTest.keySequence(widget, QKeySequence(QKeySequence.StandardKey.Paste))
    QGuiApplication.clipboard().clear()


def press(dialog: QDialog, key: Qt.Key) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(dialog.focusWidget() or dialog, key)
