"""What can be wrong with a file of this program, by kind; ``words/`` has the sentences."""

from enum import StrEnum, auto
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
