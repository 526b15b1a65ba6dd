"""The range of a number that the user can choose, kept with the field of its dataclass."""

from dataclasses import field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def within(default: T, least: int, most: int) -> T:
    """Return a dataclass field for a whole number from ``least`` to ``most``."""
    ranged: T = field(default=default, metadata={"range": range(least, most + 1)})
    return ranged


def ranges(record: Any) -> dict[str, range]:
    """Return the ranges of a dataclass's fields, by the fields' names."""
    return {
        each.name: each.metadata["range"] for each in fields(record) if "range" in each.metadata
    }


def out_of_range(record: Any) -> list[str]:
    """Name the fields of a dataclass whose number, if there is one, is out of its range."""
    return [
        name
        for name, allowed in ranges(record).items()
        if (value := getattr(record, name)) is not None and value not in allowed
    ]
