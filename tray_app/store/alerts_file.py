"""What the user was told, so that a restart does not tell it again."""

from datetime import datetime
from pathlib import Path
from typing import Any

from tray_app.rules.alerts import LASTING, AlertKind, AlertState, Said, SaidDrain, Snooze
from tray_app.rules.levels import Level
from tray_app.store.json_file import BrokenFileError, read_object, update_object


class AlertsFile:
    """The file of what was said, by account. Reads and writes block."""

    def __init__(self, path: Path, account: str) -> None:
        self._path = path
        self._account = account

    def load(self) -> tuple[AlertState, str | None]:
        """Return what was said, and the identity of the team that it was about.

        A file that can't be used is as good as none: at worst something is said twice.
        """
        try:
            entry = read_object(self._path).get(self._account, {})
            return _parse(entry), entry.get("team")
        except (BrokenFileError, OSError, ValueError, OverflowError, TypeError, AttributeError):
            return AlertState(), None

    def save(self, state: AlertState, team_id: str | None) -> None:
        """Write what was said; what the file holds of other accounts stays.

        Raises:
            OSError: the file can't be written.
        """
        snooze, drain = state.snooze, state.drain
        entry = {
            "team": team_id,
            "level": state.level,
            "said": {kind: [each.at, each.left] for kind, each in state.said.items()},
            "said_drain": [drain.end, drain.amount, drain.has_doubled] if drain else None,
            "refilled": state.refilled,
            "snooze_since": snooze.since.isoformat() if snooze and snooze.since else None,
            "snooze_until": snooze.until.isoformat() if snooze and snooze.until else None,
            "snooze_level": snooze.level if snooze else None,
        }
        update_object(self._path, lambda content: content.update({self._account: entry}))


def _parse(entry: dict[str, Any]) -> AlertState:
    level = entry.get("level")
    return AlertState(
        Level(level) if level is not None else None,
        {
            AlertKind(kind): _parse_said(*times)
            for kind, times in entry.get("said", {}).items()
            if AlertKind(kind) in LASTING
        },
        _parse_drain(*drain) if (drain := entry.get("said_drain")) is not None else None,
        int(entry.get("refilled", 0)),
        _parse_snooze(*(entry.get(f"snooze_{name}") for name in ("since", "until", "level"))),
    )


def _parse_said(at: Any, left: Any) -> Said:
    return Said(int(at), None if left is None else int(left))


def _parse_drain(end: Any, amount: Any, has_doubled: Any) -> SaidDrain:
    return SaidDrain(int(end), int(amount), has_doubled is True)


def _parse_snooze(since: Any, until: Any, level: Any) -> Snooze | None:
    if until is not None:
        return Snooze(
            until=datetime.fromisoformat(until).astimezone(),
            since=None if since is None else datetime.fromisoformat(since).astimezone(),
        )
    return Snooze(level=Level(level)) if level is not None else None
