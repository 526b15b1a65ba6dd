"""How programs of one user tell the trays that are running something. No secret goes this way."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tray_app.store.folders import session_of

TRAY = "tray"
DEMO = "demo"
"""Who is told: the tray program, or the one that plays the demo beside it."""

SHOW = b"show\n"
"""The popup is wanted."""
KEY_CHANGED = b"key\n"
"""The key in the keychain is another one, or gone."""
SETTINGS_CHANGED = b"settings\n"
"""The settings file was saved."""

LONGEST_WORD = 64
"""Bytes."""


def in_session(name: str, environ: Mapping[str, str]) -> str:
    """Name the one program of this graphical session."""
    session = session_of(environ)
    return f"{name}-{session}" if session else name


def socket_of(folder: Path, name: str) -> Path:
    """Return the socket at which a tray hears of others."""
    return folder / f"{name}.sock"


def pipe_of(name: str) -> str:
    """Return the name of the pipe that serves on Windows, where all users share the names."""
    import getpass

    return f"{name}-{getpass.getuser()}"


def tell(folder: Path, name: str, word: bytes) -> None:
    """Tell the tray of this name a word; if none is running, nobody hears it."""
    if sys.platform == "win32":
        with suppress(OSError), Path(rf"\\.\pipe\{pipe_of(name)}").open("r+b", buffering=0) as pipe:
            pipe.write(word)
    else:
        _send(socket_of(folder, name), word)


def tell_all(folder: Path, word: bytes, but: str | None = None) -> None:
    """Tell the trays of all the user's sessions a word, but not the one of this name."""
    if sys.platform != "win32":
        for place in folder.glob(f"{TRAY}*.sock"):
            if but is None or place != socket_of(folder, but):
                _send(place, word)
    elif but is None:
        tell(folder, TRAY, word)


def _send(place: Path, word: bytes) -> None:
    import socket

    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as caller:
        caller.settimeout(1.0)  # the tray may be too busy to take a word
        caller.sendto(word, str(place))
