"""The JSON of ``GET /team/credits`` and ``GET /team``, read strictly."""

import json
from dataclasses import dataclass
from typing import Any

from tray_app.errors import Kind, Problem
from tray_app.rules.history import BUCKETS

LONGEST_LEMLIST_NAME = 100
"""Characters of a team's name that are kept."""

_LARGEST_EXACT = 2**53  # a larger JSON number may be a float that was rounded


@dataclass(frozen=True, slots=True)
class Balance:
    """The credits that a team has left. ``None`` is unknown, which is not 0.

    Jobs that run at the same time may take more than there is: any amount may be below 0.
    """

    credits: int
    """The figure that everything is judged by."""
    total: int | None = None
    """``details.remaining.total`` as the API gave it."""
    subscription: int | None = None
    paid: int | None = None
    gifted: int | None = None
    freemium: int | None = None

    @property
    def buckets(self) -> dict[str, int | None]:
        """The kinds of credits, by name."""
        return {name: getattr(self, name) for name in BUCKETS}


@dataclass(frozen=True, slots=True)
class Team:
    """A team's identity. Nothing else is kept of the answer, which holds secrets."""

    id: str
    name: str


def parse_balance(body: bytes) -> Balance:
    """Read the answer of ``GET /team/credits``.

    The documented schema requires no field. The total is ``details.remaining.total``, else
    ``credits``; one of them must be there.

    Raises:
        Problem: ``unexpected_response``.
    """
    answer = _load(body)
    details = _object(answer.get("details"), "details")
    remaining = _object(details.get("remaining"), "details.remaining")
    total = _amount(remaining.get("total"), "total")
    credits = _amount(answer.get("credits"), "credits") if total is None else total
    if credits is None:
        raise _unexpected("no total")
    return Balance(credits, total, **{name: _amount(remaining.get(name), name) for name in BUCKETS})


def parse_team(body: bytes) -> Team:
    """Read the answer of ``GET /team``; raise a Problem, ``unexpected_response``."""
    answer = _load(body)
    team_id, name = answer.get("_id"), answer.get("name")
    if not (isinstance(team_id, str) and isinstance(name, str)):
        raise _unexpected("the team has no name")
    if not team_id.isprintable():  # a lone surrogate can't be written into a database
        raise _unexpected("the team's identity is not text")
    # The name is printed on terminals, where control characters are commands.
    printable = "".join(each if each.isprintable() else " " for each in name)
    shown = " ".join(printable.split())[:LONGEST_LEMLIST_NAME].strip()
    if not shown:
        raise _unexpected("the team has no name")
    return Team(team_id, shown)


def _load(body: bytes) -> dict[str, Any]:
    try:
        return _object(json.loads(body), "the answer")
    except (ValueError, RecursionError):
        # json's error quotes the body, which may hold a team's secrets.
        raise _unexpected("not JSON") from None


def _object(value: object, name: str) -> dict[str, Any]:
    """Return a JSON object; a missing one is empty."""
    if not isinstance(value, dict | None):
        raise _unexpected(f"{name} is not an object")
    return value or {}


def _amount(value: object, name: str) -> int | None:
    """Return a whole number; a missing one is unknown."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_EXACT:
        raise _unexpected(f"{name} is not a whole number")
    return value


def _unexpected(detail: str) -> Problem:
    return Problem(Kind.UNEXPECTED_RESPONSE, detail)
