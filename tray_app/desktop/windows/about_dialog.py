"""The dialog that says what this program is, and what it sends where."""

import platform
import sys
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, qVersion
from PySide6.QtWidgets import QDialog

from tray_app import __version__
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    SPACE,
    ButtonBar,
    heading_block,
    padded_column,
    paragraph,
)
from tray_app.i18n import tr


class AboutDialog(QDialog):
    """Name, version, licence and privacy."""

    diagnostics_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("About lemlist credits"))
        layout = padded_column(self)
        layout.addWidget(
            heading_block(
                tr("lemlist credits {version}", version=__version__),
                tr("Shows in the tray what is left of your team's credits."),
            )
        )
        layout.addSpacing(SPACE - GAP)
        for text in (
            tr(
                "The program asks the lemlist API for the team's name (GET /team) and "
                "its credits (GET /team/credits), and talks to nobody else. The API key is stored "
                "only in this computer's keychain, and sent only to the lemlist API."
            ),
            tr("Not affiliated with lemlist. Free software under the MIT licence."),
            tr("Python {python}, Qt {qt}", python=platform.python_version(), qt=qVersion()),
        ):
            layout.addWidget(paragraph(text))
        if getattr(sys, "frozen", False):  # a bundle carries what others have written
            address = QUrl.fromLocalFile(str(Path(sys.prefix) / "licences" / "README.txt"))
            licences = paragraph(
                f'<a href="{address.toString()}">{tr("Licences of what it is made of")}</a>'
            )
            licences.setTextFormat(Qt.TextFormat.RichText)
            licences.setOpenExternalLinks(True)
            layout.addWidget(licences)
        layout.addSpacing(SPACE - GAP)
        buttons = ButtonBar(self)
        self._copy = buttons.add(
            tr("Copy &diagnostics"), ButtonBar.ButtonRole.ActionRole, self.diagnostics_requested
        )
        self._copy.setAutoDefault(False)
        self._copy.setAccessibleDescription(
            tr("Versions, platform, settings and the last problems; no key and no figures.")
        )
        close = buttons.add(tr("Close"), ButtonBar.ButtonRole.RejectRole, self.reject)
        close.setDefault(True)
        close.setFocus()
        layout.addWidget(buttons)

    def show_copied(self) -> None:
        """Say that the diagnostics are on the clipboard."""
        self._copy.setText(tr("Diagnostics copied"))
