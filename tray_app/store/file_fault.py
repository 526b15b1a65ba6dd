"""What can be wrong with a file of this program, by kind; ``words/`` has the sentences."""

import itertools
import os
import sys
from contextlib import suppress
from datetime import datetime
from enum import StrEnum, auto
from pathlib import Path
from typing import NamedTuple

from tray_app.store.folders import NOWHERE


class FaultKind(StrEnum):
    """The kinds of fault."""

    BROKEN = auto()
    """It was set aside under another name, and a new one is begun."""
    DAMAGED = auto()
    """It holds nothing that can be used, and stays until something is saved in its place."""
    UNUSABLE = auto()
    """It can't be read or written."""
    FULL = auto()
    """It can't be written, as its disk is full."""
    ANOTHERS = auto()
    """It can't be used, as it, its folder or its log is another user's: someone has used sudo."""
    NOWHERE = auto()
    """There is no folder for it, as for root in another user's home."""
    NEWER = auto()
    """It is of a newer version of this program, so it is left alone and not used."""


class FileFault(NamedTuple):
    """A fault. ``where``: the broken file's new name, the unusable file, or the other's folder."""

    kind: FaultKind
    where: str = ""
    line: int = 0
    """The first line of a damaged file that is wrong; 0 where no line is."""


def unusable(path: Path, companions: tuple[str, ...] = ()) -> FileFault:
    """Return why a file can't be used that could not be read or written.

    The files whose names only add ``companions`` to its name are needed for using it.
    """
    if NOWHERE in path.parents:
        return FileFault(FaultKind.NOWHERE)
    for each in (path.parent, path, *(Path(f"{path}{ending}") for ending in companions)):
        with suppress(OSError):
            if sys.platform != "win32" and each.lstat().st_uid != os.geteuid():
                return FileFault(FaultKind.ANOTHERS, str(path.parent))
    return FileFault(FaultKind.UNUSABLE, str(path))


def leads_nowhere(path: Path) -> bool:
    """Tell whether a link, in the place of a file or of a folder above it, has no target."""
    return any(each.is_symlink() and not each.exists() for each in (path, *path.parents))


def set_aside(path: Path, companions: tuple[str, ...] = ()) -> FileFault:
    """Give a broken file a name that no file has; its lock must be held (``store/lock.py``).

    ``companions`` are the endings of files that belong to it. They get the new name first, so that
    none of them is taken for a companion of the next file.

    Raises:
        OSError: the file can't be renamed.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005  (a name for its owner)
    name = f"{path.name}.broken-{stamp}"
    names = itertools.chain((name,), (f"{name}-{number}" for number in itertools.count(2)))
    aside = next(each for each in map(path.with_name, names) if not os.path.lexists(each))
    for ending in (*companions, ""):
        with suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return FileFault(FaultKind.BROKEN, aside.name)
