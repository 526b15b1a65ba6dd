"""What decides how the tray icon looks. Apart from the rest, as the icon is what starts first."""

from enum import StrEnum
from typing import NamedTuple


class IconShape(StrEnum):
    """The outline of the icon: a level, or why there is none."""

    HEALTHY = "healthy"
    LOW = "low"
    CRITICAL = "critical"
    EMPTY = "empty"
    LOADING = "loading"
    UNKNOWN = "unknown"
    LOCKED = "locked"


class IconLook(NamedTuple):
    """All that decides what the icon looks like.

    ``amount`` is in credits; without it the level's symbol is shown.
    """

    shape: IconShape
    amount: int | None = None
    stale: bool = False
