"""What the user was told, so that a restart does not tell it again."""

from collections.abc import Callable, Iterable
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from tray_app.rules.alerts import LASTING, AlertKind, AlertState, Said, SaidDrain, Snooze
from tray_app.rules.levels import Level
from tray_app.store.json_file import read_object, update_object

Record = TypeVar("Record", Said, SaidDrain)


class AlertsFile:
    """The file of what was said, by account. Reads and writes block."""

    def __init__(self, path: Path, account: str) -> None:
        self._path = path
        self._account = account

    def load(self) -> tuple[AlertState, str | None]:
        """Return what was said, and the identity of the team that it was about.

        A file that can't be used is as good as none: at worst something is said twice.
        """
        content, _ = read_object(self._path)
        try:
            entry = content.get(self._account, {})
            return _parse(entry), entry.get("team")
        except (ValueError, OverflowError, TypeError, AttributeError):
            return AlertState(), None

    def save(self, state: AlertState, team_id: str | None) -> None:
        """Write what was said; what the file holds of other accounts stays.

        Raises:
            OSError: the file can't be written.
        """
        entry = {
            "team": team_id,
            "level": state.level,
            "said": {kind: astuple(said) for kind, said in state.said.items()},
            "said_drain": astuple(state.drain) if state.drain else None,
            "refilled": state.refilled,
            **{f"snooze_{name}": getattr(state.snooze, name, None) for name in _SNOOZE},
        }
        update_object(self._path, lambda content: content.update({self._account: entry}))


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(text).astimezone()


_SNOOZE: dict[str, Callable[[Any], Any]] = {"since": _moment, "until": _moment, "level": Level}
"""The fields of a snooze, and what reads each."""


def _parse(entry: dict[str, Any]) -> AlertState:
    level, drain = entry.get("level"), entry.get("said_drain")
    said = {AlertKind(kind): values for kind, values in entry.get("said", {}).items()}
    snooze = {
        name: read(value)
        for name, read in _SNOOZE.items()
        if (value := entry.get(f"snooze_{name}")) is not None
    }
    return AlertState(
        level=None if level is None else Level(level),
        said={kind: _record(Said, said[kind]) for kind in said if kind in LASTING},
        drain=None if drain is None else _record(SaidDrain, drain),
        refilled=int(entry.get("refilled", 0)),
        snooze=Snooze(**snooze) if snooze else None,
    )


def _record(kind: type[Record], values: Iterable[Any]) -> Record:
    """Make a record of its fields' values, which the file lists in the order of the fields."""
    types = get_type_hints(kind)
    named = dict(zip(types, values, strict=True))
    if not all(isinstance(value, types[name]) for name, value in named.items()):
        raise TypeError(kind)
    return kind(**named)
