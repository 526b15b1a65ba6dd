"""What a process of the tests finds around it, on whatever machine and in whatever session."""

import os
import re
import signal
import time

from tests import PROJECT

FONTS = PROJECT / "tests" / "desktops" / "config" / "fontconfig" / "own-fonts.conf"

_FOREIGN = re.compile(
    r"(DBUS|FAKETIME|FC|FONTCONFIG|GDK|GIO|GNOME|GTK[234]?|KDE|LC|LEMLIST|QML|QT|XDG|XKB)_"
    r"|PYTHON|KEYRING_PROPERTY_|SSL_CERT_|(REQUESTS|CURL)_CA_|.*_PROXY$"
    r"|(BROWSER|COLUMNS|DESKTOP_SESSION|DISPLAY|FORCE_COLOR|LANG|LANGUAGE|LINES|NETRC|NO_COLOR"
    r"|SESSION_MANAGER|WAYLAND_DISPLAY)$",
    re.IGNORECASE,
)
"""By these a developer's desktop, language, keys, proxies and Python would reach a test."""

OWN = {
    # Nobody listens there. Without an address D-Bus finds the developer's, or starts one.
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/no-session-bus",
    "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/no-system-bus",
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
    # A shell has what it starts in the background, and nohup, ignore these, Ctrl-C among them.
    for number, handler in (
        ("SIGINT", signal.default_int_handler),
        ("SIGHUP", signal.SIG_DFL),
        ("SIGQUIT", signal.SIG_DFL),
    ):
        if hasattr(signal, number):  # Windows has one of them
            signal.signal(getattr(signal, number), handler)
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()
