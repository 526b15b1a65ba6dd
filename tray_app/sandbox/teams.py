"""The teams of a sandbox: what each has left, and what goes wrong for it."""

from collections.abc import Callable, Mapping
from typing import Any

from tray_app.sandbox.stories import STORIES, Buckets, split

MOST_TEAMS = 50
_NAMES = ("Acme Growth", "Acme UK", "Borealis", "Cobalt Sales", "Delta Works", "Ember Studio")


def team_name(number: int) -> str:
    """Name the team of a number, from 1 on."""
    turn, place = divmod(number - 1, len(_NAMES))
    return f"{_NAMES[place]} {turn + 1}" if turn else _NAMES[place]


class SandboxTeam:
    """An invented team, whose balance follows a story from the start."""

    def __init__(self, number: int, name: str, story: str, clock: Callable[[], float]) -> None:
        """``clock`` tells seconds; a ValueError says that there is no such story."""
        self.id = f"tea_sandbox{number:010}"
        self.name = name
        self.fault: tuple[str, Mapping[str, Any]] | None = None
        """The fault in force for this team alone, and its parameters."""
        self._clock = clock
        self.set_story(story)

    @property
    def balance(self) -> Buckets:
        """The credits at this moment."""
        begun, balance_at = self._course
        return balance_at(self._clock() - begun)

    def remaining(self) -> dict[str, int]:
        """Return the balance as the API tells it."""
        balance = self.balance
        return {"total": balance.total, **balance._asdict()}

    def set_story(self, name: str) -> None:
        """Begin a story; a ValueError says that there is none of that name."""
        if name not in STORIES:
            raise ValueError(f"no story is called {name!r}")
        self.story = name
        self._course = (self._clock(), STORIES[name].balance_at)

    def set_balance(self, **amounts: int) -> None:
        """Fix the balance, which stops the story; a bucket that isn't named keeps its amount.

        A ValueError says that there is no such bucket, or that it can't have such an amount.
        """
        for amount in amounts.values():
            _check_amount(amount)
        balance = self.balance._replace(**amounts)
        self.story = "fixed"
        self._course = (self._clock(), lambda _seconds: balance)

    def set_total(self, total: int) -> None:
        """Fix the balance at a total, split as a healthy team's is, or raise a ValueError."""
        _check_amount(total)
        self.set_balance(**split(total)._asdict())


def _check_amount(amount: object) -> None:
    if type(amount) is not int or amount < 0:
        raise ValueError("an amount is a whole number, 0 or more")
