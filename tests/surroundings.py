"""What a process of the tests finds around it, on whatever machine and in whatever session."""

import os
import re
import time

from tests import PROJECT

FONTS = PROJECT / "tests" / "desktop_config" / "fontconfig" / "own-fonts.conf"

_FOREIGN = re.compile(
    r"(QT|QML|GTK|GTK[234]|GDK|GIO|GNOME|KDE|XKB|LC|FAKETIME|FONTCONFIG|FC)_"
    r"|(DISPLAY|WAYLAND_DISPLAY|DESKTOP_SESSION|SESSION_MANAGER|DESKTOP_STARTUP_ID|LANG|LANGUAGE"
    r"|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|NETRC|BROWSER)$"
)
"""Variables by which a developer's desktop, language and terminal would reach a test."""

OWN = {
    "FONTCONFIG_FILE": str(FONTS),
    "LANG": "C.UTF-8",
    "QT_QPA_PLATFORM": "offscreen",
    "TZ": "UTC0",  # needs no data on zones
}


def replace_surroundings() -> None:
    """Let this process, and what it starts, find OWN in the place of the machine's.

    To be called before Qt starts, which reads most of it once.
    """
    for name in filter(_FOREIGN.match, list(os.environ)):
        del os.environ[name]
    os.environ.update(OWN)
    os.umask(0o022)
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()
