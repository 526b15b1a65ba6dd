"""The dialog that says what this program is, and what it sends where."""

import platform
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from tray_app import __version__
from tray_app.desktop.widgets.controls import SECONDARY, with_role
from tray_app.desktop.widgets.dialog_parts import (
    ROW_GAP,
    Dialog,
    Role,
    line,
    paragraph,
    product_icon,
)
from tray_app.i18n import tr
from tray_app.words.problem_words import store_name

_ICON = 32
_WIDTH = 400  # pixels of text of the usual size


class AboutDialog(Dialog):
    """Name, version, licence and privacy."""

    def __init__(self, copy_diagnostics: Callable[[], None]) -> None:
        super().__init__(
            tr("About lemlist credits"),
            tr("lemlist credits {version}", version=__version__),
            tr("Shows in the tray how many credits your team has left."),
            product_icon(_ICON),
            width=_WIDTH,
        )
        self.column.setSpacing(ROW_GAP)
        for text in (
            tr(
                "lemlist credits asks the lemlist API for your team's name and its credits, with "
                "GET /team and GET /team/credits, and talks to nobody else."
            ),
            tr(
                "Your API key is stored only in this computer's {store}, and sent only to the "
                "lemlist API.",
                store=store_name(),
            ),
            tr("Not affiliated with lemlist. Free software under the MIT licence."),
        ):
            self.column.addWidget(paragraph(text))
        versions = tr("Python {python}, Qt {qt}", python=platform.python_version(), qt=qVersion())
        self.column.addWidget(paragraph(versions, "muted", SECONDARY))
        if getattr(sys, "frozen", False):  # a bundle carries what others have written
            page = QUrl.fromLocalFile(str(Path(sys.prefix) / "licences" / "README.txt"))
            licences = QPushButton(tr("&Licences of the libraries inside"))
            licences.clicked.connect(lambda: QDesktopServices.openUrl(page))
            with_role(licences, "link")
            self.column.addLayout(line(0, licences, None))
        self._copy = self.add_button(tr("Copy &diagnostics"), Role.ActionRole, copy_diagnostics)
        self._copy.setAutoDefault(False)
        self._copy.setAccessibleDescription(
            tr("Versions, platform, settings and the last problems; no key and no figures.")
        )
        self.add_button(tr("Close"), Role.RejectRole, self.reject).setDefault(True)
        self._copy.setFocus()

    def show_copied(self) -> None:
        """Say that the diagnostics are on the clipboard."""
        self._copy.setText(tr("Diagnostics copied"))
