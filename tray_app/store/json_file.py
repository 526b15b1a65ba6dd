"""JSON files that are written whole or not at all."""

import errno
import json
import os
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

LEFT_BEHIND = 60.0
"""Seconds after which a half-written file is of a process that was killed: a write takes less."""

_HALF_WRITTEN = ".new"


class BrokenFileError(Exception):
    """A file was not what this program writes, and has been set aside as ``aside``."""

    def __init__(self, path: Path, aside: Path) -> None:
        super().__init__(path, aside)
        self.path = path
        self.aside = aside


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; a missing file is an empty object.

    Raises:
        BrokenFileError: it holds something else; it now has another name and nothing is lost.
        OSError: it can't be read or set aside.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return content
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005  (a name for its owner)
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    path.replace(aside)
    raise BrokenFileError(path, aside)


def write_object(path: Path, content: dict[str, Any]) -> None:
    """Replace a file by a JSON object, so that a crash leaves the old or the new one.

    Raises:
        OSError: it can't be written; the old file is untouched.
    """
    if path.exists() and not os.access(path, os.W_OK):
        # Replacing it would succeed all the same, against the wish of who made it so.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
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
        with suppress(OSError):  # as when another process was quicker
            # Not "older than": the clock may have been set back since.
            if abs(time.time() - half_written.stat().st_mtime) > LEFT_BEHIND:
                half_written.unlink()
