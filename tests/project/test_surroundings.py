"""A test finds the same around it on every machine and in every session."""

import ast
import os
import subprocess
import sys

import pytest

from tests import PROJECT
from tests.surroundings import OWN

CODE = """
import locale, os, signal, time
from tests.surroundings import replace_surroundings
replace_surroundings()
from PySide6.QtCore import QLocale
from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication
app = QApplication([])
umask = os.umask(0)
print(QFontInfo(app.font()).family(), app.platformName(), app.devicePixelRatio(), sep=", ")
print(sorted({name.split()[0] for name in QFontDatabase.families()}))
print(app.style().name(), QLocale().name(), locale.setlocale(locale.LC_ALL, ""), sep=", ")
print(time.strftime("%Z"), oct(umask))
ignored = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP)
print(signal.SIG_IGN in ignored)
print(sorted(os.environ))
"""

A_SESSION = {
    "COLUMNS": "40",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/17/bus",
    "DISPLAY": ":17",
    "FONTCONFIG_FILE": "/etc/fonts/fonts.conf",
    "GTK_THEME": "Adwaita:dark",
    "LANG": "de_DE.UTF-8",
    "LC_NUMERIC": "fr_FR.UTF-8",
    "LEMLIST_API_KEY": "fake-key-of-a-developer",
    "PYTHONUNBUFFERED": "1",
    "QT_FONT_DPI": "144",
    "QT_QPA_PLATFORM": "xcb",
    "QT_SCALE_FACTOR": "2",
    "QT_STYLE_OVERRIDE": "windows",
    "TZ": "Pacific/Chatham",
    "WAYLAND_DISPLAY": "wayland-17",
    "XDG_DATA_DIRS": "/usr/share/gnome:/usr/share",
    "https_proxy": "http://127.0.0.1:9",
}
"""What somebody's desktop may have set."""


@pytest.mark.parametrize(("umask", "session"), [(0o022, {}), (0o077, A_SESSION)])
def test_it_is_the_same_everywhere(umask: int, session: dict[str, str]) -> None:
    """Nothing of a session is left."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME")}
    done = subprocess.run(
        ["sh", "-c", "trap '' HUP INT QUIT; exec \"$@\"", "sh", sys.executable, "-c", CODE],
        cwd=PROJECT,
        env=bare | session,
        umask=umask,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    font, families, words, rest, ignores, names = done.stdout.splitlines()
    assert font == "DejaVu Sans, offscreen, 1.0"
    assert families == str(
        ["DejaVu", "Inter", "Monospace", "Sans", "Serif"]
    )  # and Qt's generic ones
    assert words == "fusion, C, C.UTF-8"
    assert rest == "UTC 0o22"
    assert ignores == "False"
    assert set(ast.literal_eval(names)) - {"LC_CTYPE", "PWD", "PYSIDE6_OPTION_PYTHON_ENUM"} == {
        *bare,  # the shell, Python and PySide6 have set these
        *OWN,
    }
