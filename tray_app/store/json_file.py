"""JSON files that are written whole or not at all."""

import errno
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from tray_app.store.file_fault import (
    FaultKind,
    FileFault,
    leads_nowhere,
    set_aside,
    unusable,
)
from tray_app.store.lock import locked

LEFT_BEHIND = 60.0
"""Seconds that no write takes: an older half-written file is of a process that was killed."""

_HELD_TIME = 0.5
"""Seconds in which another program has read or replaced a file; that takes it milliseconds."""

_TRY_EVERY = 0.01  # seconds

_HALF_WRITTEN = ".new"

T = TypeVar("T")


class _DamagedError(ValueError):
    """A file holds no JSON object."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(line)
        self.line = line


def read_object(path: Path) -> tuple[dict[str, Any], FileFault | None]:
    """Return the JSON object in a file, and what is wrong with the file, if anything is.

    A file that is missing or can't be used is as good as an empty object. A file that holds no
    JSON object stays as it is: whoever has mistyped something in it looks for it there.
    """
    try:
        return _read(path), None
    except _DamagedError as damage:
        return {}, FileFault(FaultKind.DAMAGED, str(path), damage.line)
    except OSError:
        return {}, unusable(path)


def update_object(
    path: Path,
    change: Callable[[dict[str, Any]], None],
    *,
    in_place_of_damaged: Mapping[str, Any] | None = MappingProxyType({}),
) -> FileFault | None:
    """Change a file's JSON object; no change that others make at the same time is lost.

    The file is replaced, so that a crash leaves the old or the new one; a link stays, and its
    target is replaced. A file that holds no JSON object is set aside, which is returned, and the
    object ``in_place_of_damaged`` is changed; if that is ``None``, the file counts as one that
    can't be read. What ``change`` raises leaves the file as it was, too.

    Raises:
        OSError: the file can't be read or written, and is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(path):
        fault = None
        try:
            content = _read(path)
        except _DamagedError:
            if in_place_of_damaged is None:
                raise OSError(errno.EIO, "the file has a mistake", str(path)) from None
            content = dict(in_place_of_damaged)
            change(content)
            fault = set_aside(path.resolve())
        else:
            change(content)
        _write(path.resolve(), content)
    return fault


def _read(path: Path) -> dict[str, Any]:
    try:
        text = _once_free(path.read_bytes)
    except FileNotFoundError:
        if leads_nowhere(path):
            raise
        return {}
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise _DamagedError(error.lineno if text else 0) from None
    except (ValueError, RecursionError):
        raise _DamagedError from None
    if not isinstance(content, dict):
        raise _DamagedError
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    if path.exists() and not os.access(path, os.W_OK):
        # Replacing the file would succeed, against the wish of whoever made it read-only.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    for half_written in path.parent.glob(f".{path.name}.*{_HALF_WRITTEN}"):
        with suppress(OSError):  # another process may have deleted it
            # A file of the future is an old one too: the clock was set back since.
            if abs(time.time() - half_written.stat().st_mtime) > LEFT_BEHIND:
                half_written.unlink()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_HALF_WRITTEN, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2, default=datetime.isoformat)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        _once_free(lambda: Path(name).replace(path))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _once_free(use: Callable[[], T]) -> T:
    """Use a file, and on Windows try again for half a second while the file is held.

    There a file that is open can't be replaced, and one that is just being replaced can't be opened
    (errors 5 and 32 of Windows, as "System Error Codes" of its documentation calls them). Both
    happen where the tray reads what a terminal writes.

    Raises:
        OSError: the file can't be used.
    """
    deadline = time.monotonic() + _HELD_TIME
    while True:
        try:
            return use()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > deadline:
                raise
        time.sleep(_TRY_EVERY)
