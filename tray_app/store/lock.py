"""One program at a time, where a file is set aside or written by what was read from it before."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_HOLD = 10.0
"""Seconds to wait for another program, which holds a lock for milliseconds."""

_LOOK_EVERY = 0.01  # seconds


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other programs and threads that lock the same file out meanwhile.

    Its folder is what is locked: the file may get another name meanwhile, and closing it would
    end SQLite's locks on it. Windows can't lock a folder, so there it is an empty file beside.
    Where no lock can be had, as on some network disks, there is none. A lock ends with its
    process; whoever has one and takes it again waits in vain.

    Raises:
        TimeoutError: another program did not give it back in time.
    """
    try:
        handle = _open(path)
    except OSError:  # what is done next says what is wrong here, if it can't be done
        yield
        return
    try:
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":

    def _open(path: Path) -> int:
        return os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT)

    def _try_to_lock(handle: int) -> None:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:

    def _open(path: Path) -> int:
        return os.open(path.parent, os.O_RDONLY)

    def _try_to_lock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock(handle: int, path: Path) -> None:
    deadline = time.monotonic() + LONGEST_HOLD
    while True:
        try:
            _try_to_lock(handle)
        except (BlockingIOError, PermissionError):  # on Windows it is the second
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} is locked by another program") from None
            time.sleep(_LOOK_EVERY)
        except OSError:  # this disk has no locks
            return
        else:
            return
