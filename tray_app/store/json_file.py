"""JSON files that are written whole or not at all."""

import errno
import itertools
import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tray_app.store.lock import locked

LEFT_BEHIND = 60.0
"""Seconds that no write takes: an older half-written file is that of a process that was killed."""

_HALF_WRITTEN = ".new"


class BrokenFileError(Exception):
    """A file held no JSON object, and has been set aside under the name ``aside``."""

    def __init__(self, path: Path, aside: Path) -> None:
        super().__init__(path, aside)
        self.path = path
        self.aside = aside


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; a missing file is an empty object.

    Raises:
        BrokenFileError: the file holds something else, and has another name now.
        OSError: the file can't be read or set aside.
    """
    content = _read(path)
    if content is None:
        with locked(path):
            content = _read_or_set_aside(path)  # another program may have replaced it meanwhile
    return content


def write_object(path: Path, content: dict[str, Any]) -> None:
    """Replace a file by a JSON object, so that a crash leaves the old or the new one.

    Raises:
        OSError: the file can't be written, and is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(path):
        _write(path, content)


def update_object(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a file's JSON object; no change that others make at the same time is lost.

    A broken file is set aside, and an empty object changed.

    Raises:
        OSError: the file can't be read or written, and is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(path):
        try:
            content = _read_or_set_aside(path)
        except BrokenFileError:
            content = {}
        change(content)
        _write(path, content)


def free_name(path: Path) -> Path:
    """Return a name for a broken file that no file has; only the lock makes sure of it."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005  (a name for its owner)
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    for number in itertools.count(2):
        if not os.path.lexists(aside):
            break
        aside = path.with_name(f"{path.name}.broken-{stamp}-{number}")
    return aside


def _read(path: Path) -> dict[str, Any] | None:
    """Return a file's object, or ``None`` if it holds something else."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _read_or_set_aside(path: Path) -> dict[str, Any]:
    content = _read(path)
    if content is None:
        aside = free_name(path)
        path.rename(aside)
        raise BrokenFileError(path, aside)
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    if path.exists() and not os.access(path, os.W_OK):
        # Replacing the file would succeed, against the wish of whoever made it read-only.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    _clear_away(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_HALF_WRITTEN, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _clear_away(path: Path) -> None:
    """Delete what processes that were killed while they wrote this file have left behind."""
    for half_written in path.parent.glob(f".{path.name}.*{_HALF_WRITTEN}"):
        with suppress(OSError):  # another process may have deleted it
            # A time in the future counts too: the clock may have been set back since.
            if abs(time.time() - half_written.stat().st_mtime) > LEFT_BEHIND:
                half_written.unlink()
