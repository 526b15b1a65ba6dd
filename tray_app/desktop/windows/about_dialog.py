"""The dialog that says what this program is, and what it sends where."""

import platform
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, qVersion

from tray_app import __version__
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    SPACE,
    Dialog,
    Role,
    heading_block,
    paragraph,
)
from tray_app.i18n import tr


class AboutDialog(Dialog):
    """Name, version, licence and privacy."""

    def __init__(self, copy_diagnostics: Callable[[], None]) -> None:
        super().__init__(tr("About lemlist credits"))
        layout = self.column
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
        self._copy = self.add_button(tr("Copy &diagnostics"), Role.ActionRole, copy_diagnostics)
        self._copy.setAutoDefault(False)
        self._copy.setAccessibleDescription(
            tr("Versions, platform, settings and the last problems; no key and no figures.")
        )
        self.add_button(tr("Close"), Role.RejectRole, self.reject).setDefault(True)
        layout.addWidget(self.bar)
        self._copy.setFocus()

    def show_copied(self) -> None:
        """Say that the diagnostics are on the clipboard."""
        self._copy.setText(tr("Diagnostics copied"))
