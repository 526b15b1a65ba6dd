"""The licences that a bundle carries, as a folder of texts with an index."""

import re
from collections.abc import Iterable
from pathlib import Path

from resources.components import Component

INDEX = "README.txt"
COMMON = Path("/usr/share/common-licenses")
COMMON_NAME = re.compile(r"/usr/share/common-licenses/(\w[\w.-]*\w)")
"""Where Debian keeps the licences that its copyright files only name."""

INTRODUCTION = """\
lemlist-credits is free software under the MIT licence (lemlist-credits.txt). It comes with the
work of others, listed below; NAME.txt beside this file has the licence of each.

Qt and Qt for Python (PySide6, Shiboken) are used under the GNU Lesser General Public License,
version 3. They are what The Qt Company publishes in the wheels PySide6-Essentials and shiboken6 on
the Python Package Index, with nothing changed but debugging symbols left out; their source is at
https://download.qt.io/official_releases/. They are files of their own, which this program loads
when it starts, and you may replace them with your own builds of the same version:
{places}
You may examine and change this program for that purpose.

The source of what comes from a Debian package is at https://snapshot.debian.org, by the name and
version given here. Where a licence refers to /usr/share/common-licenses/NAME, that is NAME.txt.

"""
PLACES = {
    "linux": "the files libQt6*, libpyside6* and libshiboken6* and the folders PySide6 and\n"
    "shiboken6 in the folder above this one. Of ICU's data, which comes in the same wheels, only\n"
    "a part is there; PySide6/Qt/lib/libicudata* can be replaced with the wheel's.",
    "win32": "the files Qt6*.dll and the folders PySide6 and shiboken6 in the folder above this\n"
    "one.",
    "darwin": "the frameworks Qt* and the folders PySide6 and shiboken6 in Contents/Frameworks.\n"
    "Then sign the program anew: codesign --force --deep --sign -.",
}


def write_licences(components: Iterable[Component], folder: Path, platform: str) -> None:
    """Write the licences of all components into a new folder.

    Raises:
        LookupError: a component has no licence text.
    """
    folder.mkdir()
    rows = []
    for component in components:
        if not component.texts:
            raise LookupError(f"{component.name} has no licence text")
        text = "\n\n".join(file.read_text(encoding="utf-8").strip() for file in component.texts)
        _write(folder / f"{component.name}.txt", text)
        for name in set(COMMON_NAME.findall(text)):
            _write(folder / f"{name}.txt", (COMMON / name).read_text(encoding="utf-8"))
        rows.append(f"{component.name} {component.version}: {component.licence or 'see the text'}")
    _write(folder / INDEX, INTRODUCTION.format(places=PLACES[platform]) + "\n".join(rows))


def _write(path: Path, text: str) -> None:
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
