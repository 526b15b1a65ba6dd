"""``lemlist-credits --version``."""

import platform

from tray_app import __version__
from tray_app.report.diagnostics import version_of
from tray_app.terminal.output import print_text


def versions() -> int:
    """Print the versions of this program and of what it is made with."""
    qt = version_of("PySide6-Essentials")
    print_text(f"lemlist-credits {__version__} (Python {platform.python_version()}, Qt {qt})")
    return 0
