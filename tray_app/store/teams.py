"""What is known of the keys: the team that each opens, and the pauses that lemlist asks for."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.json_file import read_object, update_object

log = logging.getLogger(__name__)

_FAR = 2**33
"""Seconds since the epoch, in the year 2242; this program writes no later time."""


class TeamsFile:
    """The file of the keys and their teams. Reads and writes block, and none raises.

    Keys stand in it by their marks (:func:`mark_of`). Without a usable file lemlist is asked anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def fault(self) -> FileFault | None:
        """Why nothing can be learned about keys, if that is so; a damaged file is begun anew."""
        _, fault = read_object(self._path)
        return None if fault is not None and fault.kind is FaultKind.DAMAGED else fault

    def team_of(self, mark: str) -> str | None:
        """Return lemlist's identity of the team that a key opens, if that is known."""
        team_id = self._part("keys", mark).get("team")
        return team_id if isinstance(team_id, str) else None

    def name_of(self, team_id: str) -> str:
        """Return how a team was called last; empty if that is not known."""
        name = self._part("names").get(team_id)
        return name if isinstance(name, str) else ""

    def learn(self, mark: str, team_id: str, name: str) -> None:
        """Keep which team a key opens, and how the team is called."""
        if (self.team_of(mark), self.name_of(team_id)) == (team_id, name):
            return

        def change(content: dict[str, Any]) -> None:
            _part_of(content, "keys", mark)["team"] = team_id
            _part_of(content, "names")[team_id] = name

        self._change(change)

    def pause_of(self, mark: str) -> tuple[int, str]:
        """Return until when (seconds since the epoch) a key must not ask, and the kind of problem.

        0 if lemlist asked for no pause.
        """
        key = self._part("keys", mark)
        until, kind = key.get("ask_after"), key.get("pause")
        if isinstance(until, int) and 0 < until < _FAR and isinstance(kind, str):
            return until, kind
        return 0, ""

    def pause(self, mark: str, until: int, kind: str) -> None:
        """Keep that lemlist asked for a pause until a time, in seconds since the epoch."""
        pause = {"ask_after": until, "pause": kind}
        self._change(lambda content: _part_of(content, "keys", mark).update(pause))

    def _part(self, *names: str) -> dict[str, Any]:
        content, _ = read_object(self._path)
        return _part_of(content, *names)

    def _change(self, change: Callable[[dict[str, Any]], None]) -> None:
        try:
            update_object(self._path, change)
        except OSError as error:
            log.warning("what is known of the key can't be kept: %s", error.strerror)


def mark_of(key: str) -> str:
    """Return a hash of 4 bytes, which tells a user's keys apart and gives none away.

    Billions of keys have the same mark. To somebody who has a list of keys, a mark tells only
    which of them may have been used.
    """
    return hashlib.blake2b(key.encode(), digest_size=4, person=b"lemlist-credits").hexdigest()


def _part_of(content: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the object of these names, made there if it is missing or something else."""
    for name in names:
        if not isinstance(content.get(name), dict):
            content[name] = {}
        content = content[name]
    return content
