"""What can be wrong with a file of this program, by kind; ``words/`` has the sentences."""

import os
from contextlib import suppress
from datetime import datetime
from enum import StrEnum, auto
from pathlib import Path
from typing import NamedTuple


class FaultKind(StrEnum):
    """The kinds of fault."""

    BROKEN = auto()
    """It was set aside under another name, and a new one is begun."""
    UNUSABLE = auto()
    """It can't be read or written."""
    NEWER = auto()
    """It is of a newer version of this program, so it is left alone and not used."""


class FileFault(NamedTuple):
    """A fault, and the name under which a broken file is kept or the path of an unusable one."""

    kind: FaultKind
    name: str = ""


def set_aside(path: Path, companions: tuple[str, ...] = ()) -> FileFault:
    """Give a broken file a name that no file has; its lock must be held (``store/lock.py``).

    Before it the files go that only add ``companions`` to its name, so that the next file of this
    name does not find them.

    Raises:
        OSError: the file can't be renamed.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005  (a name for its owner)
    name, number = f"{path.name}.broken-{stamp}", 1
    aside = path.with_name(name)
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{name}-{number}")
    for ending in (*companions, ""):
        with suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return FileFault(FaultKind.BROKEN, aside.name)
