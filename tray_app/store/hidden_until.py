"""Until when figures are hidden, in a file of its own, so that a restart does not show them."""

from datetime import datetime
from pathlib import Path

from tray_app.store.json_file import read_object, update_object

_UNTIL = "hidden_until"


def read_hidden_until(path: Path) -> datetime | None:
    """Return until when figures are hidden; ``None`` without a usable file."""
    content, _ = read_object(path)
    try:
        until = datetime.fromisoformat(content[_UNTIL])
    except (KeyError, TypeError, ValueError):
        return None
    return until if until.tzinfo is not None else None


def write_hidden_until(path: Path, until: datetime | None) -> None:
    """Write until when figures are hidden.

    Raises:
        OSError: the file can't be written.
    """
    update_object(path, lambda content: content.update({_UNTIL: until}))
