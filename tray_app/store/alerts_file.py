"""What the user was told, so that a restart does not tell it again."""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from tray_app.rules.alerts import LASTING, AlertKind, AlertState, Said, SaidDrain, Snooze
from tray_app.rules.levels import Level
from tray_app.store.json_file import read_object, update_object

T = TypeVar("T")


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
        snooze = state.snooze or Snooze()
        entry = {
            "team": team_id,
            "level": state.level,
            "said": {kind: astuple(said) for kind, said in state.said.items()},
            "said_drain": astuple(state.drain) if state.drain else None,
            "refilled": state.refilled,
            "snooze_since": snooze.since,
            "snooze_until": snooze.until,
            "snooze_level": snooze.level,
        }
        update_object(self._path, lambda content: content.update({self._account: entry}))


def _parse(entry: dict[str, Any]) -> AlertState:
    def read(name: str, make: Callable[[Any], T]) -> T | None:
        value = entry.get(name)
        return None if value is None else make(value)

    said = {AlertKind(kind): values for kind, values in entry.get("said", {}).items()}
    snooze = Snooze(
        read("snooze_until", _moment), read("snooze_level", Level), read("snooze_since", _moment)
    )
    return AlertState(
        level=read("level", Level),
        said={kind: _record(Said, values) for kind, values in said.items() if kind in LASTING},
        drain=read("said_drain", partial(_record, SaidDrain)),
        refilled=int(entry.get("refilled", 0)),
        snooze=None if snooze == Snooze() else snooze,
    )


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(text).astimezone()


def _record(kind: type[T], values: Sequence[Any]) -> T:
    """Make a record of its fields' values, which the file lists in the order of the fields."""
    types = get_type_hints(kind).values()
    if not all(map(isinstance, values, types)):
        raise TypeError(kind)
    return kind(*values)
