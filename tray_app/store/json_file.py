"""JSON files that are written whole or not at all."""

import errno
import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tray_app.store.file_fault import FileFault, set_aside, unusable
from tray_app.store.lock import locked

LEFT_BEHIND = 60.0
"""Seconds that no write takes: an older half-written file is of a process that was killed."""

_HALF_WRITTEN = ".new"


def read_object(path: Path) -> tuple[dict[str, Any], FileFault | None]:
    """Return the JSON object in a file, and what is wrong with the file, if anything is.

    A file that is missing or can't be used is as good as an empty object. A file that holds no
    JSON object is set aside.
    """
    try:
        content = _read(path)
        if content is not None:
            return content, None
        with locked(path):  # before that, another program may have set the broken file aside
            return _read_or_set_aside(path)
    except OSError:
        return {}, unusable(path)


def update_object(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a file's JSON object; no change that others make at the same time is lost.

    The file is replaced, so that a crash leaves the old or the new one. A broken file is set
    aside, and an empty object is changed in its place.

    Raises:
        OSError: the file can't be read or written, and is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(path):
        content, _ = _read_or_set_aside(path)
        change(content)
        _write(path, content)


def _read(path: Path) -> dict[str, Any] | None:
    """Return a file's JSON object, or ``None`` if it holds none."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _read_or_set_aside(path: Path) -> tuple[dict[str, Any], FileFault | None]:
    content = _read(path)
    return ({}, set_aside(path)) if content is None else (content, None)


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
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
