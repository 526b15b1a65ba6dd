"""A lock between programs, for setting a file aside, and for reading and then changing it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_HOLD = 10.0
"""Seconds to wait for another program; a lock is usually held for milliseconds."""

_LOOK_EVERY = 0.01  # seconds


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep out all other programs and threads that want to lock the same file.

    The lock is on the file's folder: the file may get another name meanwhile, and closing a handle
    on it would end SQLite's locks. Windows can't lock a folder, so there an empty file beside is
    locked. Where a disk has no locks, as some network disks, nothing is. A lock ends with its
    process. A thread that has the lock and asks for it again waits in vain.

    Raises:
        TimeoutError: another program did not give the lock back in time.
    """
    try:
        if sys.platform == "win32":
            handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT)
        else:
            handle = os.open(path.parent, os.O_RDONLY)
    except OSError:  # if this matters, using the file will say what is wrong
        yield
        return
    deadline = time.monotonic() + LONGEST_HOLD
    try:
        while not try_to_lock(handle):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} is locked by another program")
            time.sleep(_LOOK_EVERY)
        yield
    finally:
        os.close(handle)


def try_to_lock(handle: int) -> bool:
    """Lock an open file or folder; ``False`` means that it is locked by another handle.

    The lock ends with the process, or as the handle is closed. On a disk without locks: ``True``.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # PermissionError on Windows
        return False
    except OSError:  # the disk has no locks
        return True
    return True
