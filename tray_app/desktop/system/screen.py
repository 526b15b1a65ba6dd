"""Whether there is a screen: without one Qt would abort the program."""

import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress


def has_screen(environ: Mapping[str, str]) -> bool:
    """Tell whether a display answers, where that can be known before Qt starts."""
    if sys.platform != "linux" or environ.get("QT_QPA_PLATFORM"):
        return True
    display = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", environ.get("DISPLAY", ""))
    if display and display["host"] not in ("", "unix"):
        return True  # the display is on another computer, or reached in another way
    return any(map(_answers, _sockets(environ, display and display["number"])))


def _sockets(environ: Mapping[str, str], number: str | None) -> Iterator[str]:
    """Return where Wayland (wl_display_connect(3)) and X (X(7)) listen on this computer."""
    if environ.get("WAYLAND_SOCKET"):  # a connection that is open already
        yield ""
    if wayland := environ.get("WAYLAND_DISPLAY"):
        yield os.path.join(environ.get("XDG_RUNTIME_DIR", ""), wayland)  # noqa: PTH118
    if number is not None:
        yield f"\0/tmp/.X11-unix/X{number}"
        yield f"/tmp/.X11-unix/X{number}"  # noqa: S108


def _answers(address: str) -> bool:
    if not address:
        return True
    with suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(address)
        return True
    return False
