"""What the user was told, so that neither a restart nor another session tells it again."""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

from tray_app.rules.alerts import (
    LASTING,
    AlertKind,
    AlertState,
    Claim,
    Said,
    SaidDrain,
    Snooze,
)
from tray_app.rules.levels import Level
from tray_app.store.json_file import read_object, update_object

T = TypeVar("T")


class Kept(NamedTuple):
    """What the file holds of one account."""

    state: AlertState = AlertState()
    """What was said."""
    team_id: str | None = None
    """The identity of the team that it was about."""


class AlertsFile:
    """The file of what was said, by account. Reads and writes block.

    A file that can't be used is as good as none: at worst something is said twice.
    """

    def __init__(self, path: Path, account: str, session: str = "") -> None:
        self._path = path
        self._account = account
        self.session = session
        """The graphical session that this is used in; the user's others use the same file."""
        self._known: Kept | None = None  # what was read or written last

    def load(self) -> Kept:
        """Return what the file holds of the account."""
        self._known = self._kept_in(read_object(self._path)[0]) or Kept()
        return self._known

    def load_again(self) -> Kept | None:
        """Return what the file holds, if another session has changed it since this one used it."""
        kept = self._kept_in(read_object(self._path)[0])
        if kept is None or kept == self._known:
            return None
        self._known = kept
        return kept

    def save(self, state: AlertState, team_id: str | None) -> bool:
        """Write what was said; what the file holds of other accounts stays.

        Returns ``False``, and writes nothing, if another session has changed what was read last.

        Raises:
            OSError: the file can't be written.
        """
        new = Kept(state, team_id)
        is_new = True

        def change(content: dict[str, Any]) -> None:
            nonlocal is_new
            is_new = self._known is None or self._kept_in(content) in (None, self._known)
            if is_new:
                content[self._account] = _entry(new)

        update_object(self._path, change)
        if is_new:
            self._known = new
        return is_new

    def remove(self) -> None:
        """Forget what the file holds of the account; raises as :meth:`save` does."""
        if self._account in read_object(self._path)[0]:
            update_object(self._path, lambda content: content.pop(self._account, None))
        self._known = None

    def _kept_in(self, content: dict[str, Any]) -> Kept | None:
        try:
            entry = content[self._account]
            return Kept(_parse(entry), entry.get("team"))
        except (KeyError, ValueError, OverflowError, TypeError, AttributeError):
            return None


def _entry(kept: Kept) -> dict[str, Any]:
    state = kept.state
    snooze = state.snooze or Snooze()
    return {
        "team": kept.team_id,
        "level": state.level,
        "said": {kind: astuple(said) for kind, said in state.said.items()},
        "said_drain": astuple(state.drain) if state.drain else None,
        "refilled": state.refilled,
        "refilled_to": state.refilled_to,
        "refilled_from": state.refilled_from,
        "snooze_since": snooze.since,
        "snooze_until": snooze.until,
        "snooze_level": snooze.level,
        "claim": astuple(state.claim) if state.claim else None,
    }


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
        claim=read("claim", _claim),
        refilled_to=read("refilled_to", int),
        refilled_from=read("refilled_from", int),
    )


def _claim(values: Sequence[Any]) -> Claim:
    kind, *rest = values
    return _record(Claim, (AlertKind(kind), *rest))


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(text).astimezone()


def _record(kind: type[T], values: Sequence[Any]) -> T:
    """Make a record of its fields' values, which the file lists in the order of the fields."""
    types = get_type_hints(kind).values()
    if not all(map(isinstance, values, types)):
        raise TypeError(kind)
    return kind(*values)
