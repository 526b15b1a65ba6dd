"""How programs of one user tell the tray that is running something. No secret goes this way."""

import sys
from contextlib import suppress
from pathlib import Path

TRAY = "tray"
DEMO = "demo"
"""Who is told: the tray program, or the one that plays the demo beside it."""

SHOW = b"show\n"
"""The popup is wanted."""
KEY_CHANGED = b"key\n"
"""The key in the keychain is another one, or gone."""

LONGEST_WORD = 64
"""Bytes."""


def socket_of(folder: Path, name: str) -> Path:
    """Return the socket at which a tray hears of others."""
    return folder / f"{name}.sock"


def pipe_of(name: str) -> str:
    """Return the name of the pipe that serves on Windows, where all users share the names."""
    import getpass

    return f"{name}-{getpass.getuser()}"


def tell(folder: Path, name: str, word: bytes) -> None:
    """Tell the tray of this name a word; if none is running, nobody hears it."""
    with suppress(OSError):
        if sys.platform == "win32":
            with Path(rf"\\.\pipe\{pipe_of(name)}").open("r+b", buffering=0) as pipe:
                pipe.write(word)
        else:
            import socket

            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as caller:
                caller.settimeout(1.0)  # the tray may be too busy to take a word
                caller.sendto(word, str(socket_of(folder, name)))
