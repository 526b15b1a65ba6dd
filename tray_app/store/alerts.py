"""What the user was told, so that a restart does not tell it again."""

from datetime import datetime
from pathlib import Path
from typing import Any

from tray_app.rules.alerts import AlertState, Snooze
from tray_app.rules.levels import Level
from tray_app.store.json_file import BrokenFileError, read_object, write_object


class AlertsFile:
    """The file of what was said, by account. Reads and writes block."""

    def __init__(self, path: Path, account: str) -> None:
        self._path = path
        self._account = account
        self._content: dict[str, Any] = {}

    def load(self) -> tuple[AlertState, str | None]:
        """Return what was said, and the identity of the team that it was about.

        A file that can't be used is as good as none: at worst something is said twice.
        """
        try:
            self._content = read_object(self._path)
            entry = self._content.get(self._account, {})
            return _parse(entry), entry.get("team")
        except (BrokenFileError, OSError, ValueError, OverflowError, TypeError, AttributeError):
            return AlertState(), None

    def save(self, state: AlertState, team_id: str | None) -> None:
        """Write what was said.

        Raises:
            OSError: the file can't be written.
        """
        snooze = state.snooze
        self._content[self._account] = {
            "team": team_id,
            "level": state.level,
            "said": sorted(state.said),
            "snooze_until": snooze.until.isoformat() if snooze and snooze.until else None,
            "snooze_level": snooze.level if snooze else None,
            "said_runs_out": state.said_runs_out,
            "said_drain": state.said_drain,
        }
        write_object(self._path, self._content)


def _parse(entry: dict[str, Any]) -> AlertState:
    level, until, snooze_level = (
        entry.get(name) for name in ("level", "snooze_until", "snooze_level")
    )
    snooze = None
    if until is not None:
        snooze = Snooze(until=datetime.fromisoformat(until).astimezone())
    elif snooze_level is not None:
        snooze = Snooze(level=Level(snooze_level))
    return AlertState(
        Level(level) if level is not None else None,
        frozenset(Level(each) for each in entry.get("said", ())),
        snooze,
        said_runs_out=entry.get("said_runs_out") is True,
        said_drain=int(entry.get("said_drain", 0)),
    )
