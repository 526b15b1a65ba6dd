"""What decides how the tray icon looks. Apart from the rest, as the icon is what starts first."""

from dataclasses import dataclass
from enum import StrEnum


class IconShape(StrEnum):
    """The outline of the icon: a level, or why there is none."""

    HEALTHY = "healthy"
    LOW = "low"
    CRITICAL = "critical"
    EMPTY = "empty"
    UNKNOWN = "unknown"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class IconKey:
    """All that decides what the icon looks like.

    ``amount`` is in credits; without it the level's symbol is shown.
    """

    shape: IconShape
    amount: int | None = None
    stale: bool = False
