"""When which window has been painted, as the X server sees it.

The X server's damage extension reports each area of a window that a program has drawn, and so the
moment at which the drawing reaches the server; the compositor puts it on the screen in its next
frame. https://www.x.org/releases/current/doc/damageproto/damageproto.txt
"""

from __future__ import annotations

import ctypes
import select
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

CREATED, UNMAPPED, MAPPED = 16, 18, 19
STRUCTURE, SUBSTRUCTURE = 1 << 17, 1 << 19
RAW_RECTANGLES = 0


class _Event(ctypes.Structure):
    """What all events begin with, and those about windows go on with (Xlib.h)."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("parent", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
    )


class _Rectangle(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_short),
        ("y", ctypes.c_short),
        ("width", ctypes.c_ushort),
        ("height", ctypes.c_ushort),
    )


class _Damaged(ctypes.Structure):
    """XDamageNotifyEvent (Xdamage.h)."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("drawable", ctypes.c_ulong),
        ("damage", ctypes.c_ulong),
        ("level", ctypes.c_int),
        ("more", ctypes.c_int),
        ("timestamp", ctypes.c_ulong),
        ("area", _Rectangle),
        ("geometry", _Rectangle),
    )


class WindowEvent(NamedTuple):
    """What happened to a window, and when by time.monotonic."""

    at: float
    kind: str
    """"mapped", "unmapped" or "painted"."""
    window: int
    area: tuple[int, int]
    """Width and height of what was painted."""
    size: tuple[int, int]
    """Of the window."""

    @property
    def is_whole(self) -> bool:
        """Whether nearly all of a window was painted; its round corners come separately."""
        (width, height), (whole_width, whole_height) = self.area, self.size
        return whole_width > 100 and width * height > 0.8 * whole_width * whole_height


class Painting:
    """Hears of all windows that are made from now on. Used in a `with` block."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._damage = ctypes.CDLL("libXdamage.so.1")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._damage.XDamageCreate.restype = ctypes.c_ulong
        # A window may be gone before it is asked about, which is no reason to end the program.
        self._ignore = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(
            lambda _display, _error: 0
        )
        self._x.XSetErrorHandler(self._ignore)
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        base, error = ctypes.c_int(), ctypes.c_int()
        self._damage.XDamageQueryExtension(self._display, ctypes.byref(base), ctypes.byref(error))
        self._damaged = base.value
        root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        self._x.XSelectInput(self._display, root, ctypes.c_long(SUBSTRUCTURE))
        self._x.XSync(self._display, 0)

    def __enter__(self) -> Painting:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._x.XCloseDisplay(self._display)

    def forget(self) -> None:
        """Drop what happened before."""
        for _event in self.events(0.3):
            pass

    def wait_for(
        self, is_wanted: Callable[[WindowEvent], bool], seconds: float
    ) -> WindowEvent | None:
        """Return the first such event; None when there is none within some seconds."""
        return next(filter(is_wanted, self.events(seconds)), None)

    def events(self, seconds: float) -> Iterator[WindowEvent]:
        """Yield what happens within some seconds."""
        connection = self._x.XConnectionNumber(self._display)
        end = time.monotonic() + seconds
        event = (ctypes.c_long * 24)()  # an XEvent
        while (left := end - time.monotonic()) > 0:
            if not self._x.XPending(self._display):
                select.select([connection], [], [], left)
                continue
            self._x.XNextEvent(self._display, event)
            if (heard := self._understood(event)) is not None:
                yield heard

    def _understood(self, event: Any) -> WindowEvent | None:
        now = time.monotonic()
        common = _Event.from_buffer(event)
        if common.type == self._damaged:
            paint = _Damaged.from_buffer(event)
            area, size = paint.area, paint.geometry
            return WindowEvent(
                now,
                "painted",
                paint.drawable,
                (area.width, area.height),
                (size.width, size.height),
            )
        if common.type == CREATED:
            window = ctypes.c_ulong(common.window)
            self._x.XSelectInput(self._display, window, ctypes.c_long(STRUCTURE))
            self._damage.XDamageCreate(self._display, window, RAW_RECTANGLES)
            self._x.XFlush(self._display)
        if common.type in (MAPPED, UNMAPPED):
            kind = "mapped" if common.type == MAPPED else "unmapped"
            return WindowEvent(now, kind, common.window, (0, 0), (0, 0))
        return None
