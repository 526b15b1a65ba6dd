"""Hand-written stand-ins for what lies outside the program."""

import datetime as dt
from dataclasses import dataclass, field

from tray_app.errors import Problem
from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.analysis import Analysis
from tray_app.rules.history import Refill
from tray_app.store.keychain import Keychain
from tray_app.store.settings import FIRST_ACCOUNT
from tray_app.team.analyst import Analyst
from tray_app.words.formats import Formats

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


class FakeFormats(Formats):
    """A locale that is the same everywhere."""

    def number(self, number: int) -> str:
        return f"{number:,}"

    def time(self, moment: dt.datetime) -> str:
        return f"{moment:%H:%M}"

    def day_and_time(self, moment: dt.datetime) -> str:
        return f"{moment:%d %b %H:%M}"

    def day(self, day: dt.date) -> str:
        return f"{day.day} {day:%b}"

    def day_and_year(self, day: dt.date) -> str:
        return f"{day.day} {day:%b} {day.year}"

    def weekday(self, day: dt.date) -> str:
        return f"{day:%a}"

    def weekday_name(self, day: dt.date) -> str:
        return f"{day:%A}"

    def month(self, day: dt.date) -> str:
        return f"{day:%b}"


@dataclass
class FakeApi:
    """An API that gives out what it was given, and counts."""

    answer: Balance | Problem = field(default_factory=lambda: Balance(1000))
    identity: Team | Problem = field(default_factory=lambda: Team("tea_1", "Acme Growth"))
    known: Team | None = None
    asked_balance: int = 0
    asked_team: int = 0

    def balance(self) -> Balance:
        self.asked_balance += 1
        if isinstance(self.answer, Problem):
            raise self.answer
        return self.answer

    def team(self, deadline: float = 0.0) -> Team:
        self.asked_team += 1
        if isinstance(self.identity, Problem):
            raise self.identity
        return self.identity

    def known_team(self) -> Team | None:
        return self.known


class NoHistory(Analyst):
    """An analyst who keeps no history, and so learns nothing."""

    is_ready = True
    history_fault = None

    def __init__(self) -> None:
        pass

    def take(
        self, team_id: str | None, balance: Balance, at: dt.datetime, renewal_day: int | None
    ) -> Analysis | None:
        return None

    def analyse(
        self, balance: Balance, at: dt.datetime, renewal_day: int | None
    ) -> Analysis | None:
        return None

    def refills(self) -> list[Refill]:
        return []

    def forget(self) -> None:
        pass


class FakeKeychain(Keychain):
    """A keychain in memory, which fails when it is told to."""

    def __init__(self, key: str | None = None, problem: Problem | None = None) -> None:
        super().__init__(FIRST_ACCOUNT)
        self.key = key
        self.problem = problem
        self.prompts: list[bool] = []
        self.others: dict[str, FakeKeychain] = {}

    def read(self, *, prompt: bool) -> str | None:
        self.prompts.append(prompt)
        if self.problem:
            raise self.problem
        return self.key

    def write(self, key: str) -> None:
        if self.problem:
            raise self.problem
        self.key = key

    def remove(self) -> bool:
        if self.problem:
            raise self.problem
        was_there, self.key = self.key is not None, None
        return was_there

    def of(self, account: str) -> "FakeKeychain":
        if account == FIRST_ACCOUNT:
            return self
        return self.others.setdefault(account, FakeKeychain(problem=self.problem))

    def name(self) -> str:
        if self.problem:
            raise self.problem
        return "in memory"
