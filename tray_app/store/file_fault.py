"""What can be wrong with a file of this program, by kind; ``words/`` has the sentences."""

import itertools
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
    where: str = ""


def set_aside(path: Path, companions: tuple[str, ...] = ()) -> FileFault:
    """Give a broken file a name that no file has; its lock must be held (``store/lock.py``).

    The files whose names only add ``companions`` to its name go with it, and before it, so that
    they are not taken for those of the next file.

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
