"""Teams that spend credits, made up and real ones: what the forecast is judged by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests import PROJECT
from tray_app.rules.history import Day, Record

LENGTH = 300
"""Days of a team's life."""

TUNING_SEEDS = range(1000, 1100)
HELD_OUT_SEEDS = range(3000, 3024)
"""The forecast's numbers were chosen by the former; what it promises is held by the latter."""

MONDAY = date(2024, 1, 1)

PLENTY = Record(0, 0, 10**9)
"""A balance that keeps nobody from spending."""


@dataclass(frozen=True, slots=True)
class Team:
    """What a team spends on each day from ``begin`` on, and whether anybody looked."""

    kind: str
    begin: date
    spent: list[int]
    seen: list[bool]

    def days(self, count: int) -> list[Day]:
        """Return the first days as the history tells them, with one more for today.

        What is spent while nobody looks is found out later, and shared out evenly.
        """
        known: list[float] = list(self.spent[:count])
        start = 0
        while start < count:
            end = start + 1
            if not self.seen[start]:
                while end < count and not self.seen[end]:
                    end += 1
                known[start:end] = [sum(known[start:end]) / (end - start)] * (end - start)
            start = end
        return [
            Day(self.begin + timedelta(days=index), PLENTY, spent, is_seen=seen)
            for index, (spent, seen) in enumerate(
                zip([*known, 0.0], [*self.seen[:count], True], strict=True)
            )
        ]


def people_at_work() -> list[Team]:
    """Return what real people did on each day; ``tests/data/README.md`` says who."""
    lines = (PROJECT / "tests" / "data" / "patches_a_day.csv").read_text().splitlines()[1:]
    teams: list[Team] = []
    for name, begin, counts in (line.split(",") for line in lines):
        spent = [int(count) for count in counts.split()]
        first = date.fromisoformat(begin)
        teams.append(Team(f"{name} {first.year}", first, spent, [True] * len(spent)))
    return teams


def simulate(kind: str, seed: int) -> Team:
    """Return the team of that kind and seed, always the same."""
    chance = Random(f"{kind} {seed}")
    begin = MONDAY + timedelta(days=chance.randrange(365))
    weekdays = [(begin.weekday() + index) % 7 for index in range(LENGTH)]
    shape = KINDS[kind](chance, weekdays)
    scale = 10 ** chance.uniform(1.7, 3.5)  # 50 to 3,000 credits on a usual day
    noise = chance.uniform(0.15, 0.5)
    spent = [round(scale * part * chance.lognormvariate(0.0, noise)) for part in shape]
    if kind in IN_CREDITS:
        spent = IN_CREDITS[kind](chance, spent, scale)
    return Team(kind, begin, spent, _seen(chance, weekdays))


def _seen(chance: Random, weekdays: list[int]) -> list[bool]:
    """A third of the teams has a computer that is off at weekends, and on some other days."""
    if chance.random() < 2 / 3:
        return [True] * len(weekdays)
    return [weekday < 5 and chance.random() < 0.95 for weekday in weekdays]


def _week(chance: Random) -> list[float]:
    """Make the profile of a working week, with a favourite day and, at times, a free one."""
    week = [chance.uniform(0.8, 1.2) for _ in range(5)] + [0.0, 0.0]
    week[chance.randrange(5)] *= chance.choice([1.0, 1.0, 1.5, 2.0])
    week[4] *= chance.choice([1.0, 1.0, 0.6, 0.1])
    if chance.random() < 0.3:
        week[5:] = [chance.uniform(0.02, 0.3)] * 2
    return week


def _steady(chance: Random, weekdays: list[int]) -> list[float]:
    """Automation that goes on every day, a little less at weekends."""
    weekend = chance.uniform(0.7, 1.0)
    return [weekend if weekday >= 5 else 1.0 for weekday in weekdays]


def _weekdays_only(chance: Random, weekdays: list[int]) -> list[float]:
    week = _week(chance)
    return [0.0 if chance.random() < 0.03 else week[weekday] for weekday in weekdays]


def _bursts(chance: Random, weekdays: list[int]) -> list[float]:
    """Campaigns of 2 to 7 working days, each 10 to 25 days after the last, and little between."""
    week = _week(chance)
    base = chance.uniform(0.05, 0.2)
    parts: list[float] = []
    pause, left, size = chance.randrange(20), 0, 0.0
    for weekday in weekdays:
        if pause == 0:
            pause, left, size = chance.randint(10, 25), chance.randint(2, 7), chance.uniform(1, 3)
        pause -= 1
        parts.append(week[weekday] * (size if left else base))
        left -= left > 0 and weekday < 5
    return parts


def _growing(chance: Random, weekdays: list[int]) -> list[float]:
    """2 to 7 % more each week."""
    week, growth = _week(chance), chance.uniform(1.02, 1.07)
    return [week[weekday] * growth ** (index / 7) for index, weekday in enumerate(weekdays)]


def _declining(chance: Random, weekdays: list[int]) -> list[float]:
    """1 to 4 % less each week."""
    week, decline = _week(chance), chance.uniform(0.96, 0.99)
    return [week[weekday] * decline ** (index / 7) for index, weekday in enumerate(weekdays)]


def _idle_then_active(chance: Random, weekdays: list[int]) -> list[float]:
    """Nothing for 2 to 8 weeks, then work for 5 to 15, and so on."""
    week = _week(chance)
    parts: list[float] = []
    while len(parts) < len(weekdays):
        idle, active = chance.randint(14, 56), chance.randint(35, 105)
        level = chance.uniform(0.5, 1.5)
        parts += [0.0] * idle
        parts += [level * week[weekday] for weekday in weekdays[len(parts) :][:active]]
    return parts[: len(weekdays)]


def _drains(chance: Random, weekdays: list[int]) -> list[float]:
    """Steady work, and now and then a day on which a mistake burns 5 to 15 days' worth."""
    week = _week(chance)
    return [
        week[weekday] + (chance.uniform(5, 15) if chance.random() < 1 / 40 else 0.0)
        for weekday in weekdays
    ]


def _holidays(chance: Random, weekdays: list[int]) -> list[float]:
    """Steady work with a pause of one to three weeks every 6 to 14 weeks."""
    week = _week(chance)
    parts: list[float] = []
    while len(parts) < len(weekdays):
        work, pause = chance.randint(42, 98), chance.randint(7, 21)
        parts += [week[weekday] for weekday in weekdays[len(parts) :][:work]]
        parts += [0.0] * pause
    return parts[: len(weekdays)]


def _new_level(chance: Random, weekdays: list[int]) -> list[float]:
    """Every 5 to 20 weeks the team gets larger or smaller, up to threefold."""
    week = _week(chance)
    parts: list[float] = []
    while len(parts) < len(weekdays):
        level = 3 ** chance.uniform(-1, 1)
        stay = chance.randint(35, 140)
        parts += [level * week[weekday] for weekday in weekdays[len(parts) :][:stay]]
    return parts


def _campaigns(weeks: int) -> Callable[[Random, list[int]], list[float]]:
    """One large day every so many weeks, on the same weekday or on a changing one, and little
    between: a hundredth to a tenth of it a day."""

    def parts(chance: Random, weekdays: list[int]) -> list[float]:
        base, size = 10 ** chance.uniform(-1, -0.3), 10 ** chance.uniform(0.7, 1.3)
        favourite, is_fixed = chance.randrange(5), chance.random() < 0.5
        found: list[float] = []
        on, week = favourite, chance.randrange(weeks)
        for weekday in weekdays:
            if weekday == 0:
                week += 1
                on = favourite if is_fixed else chance.randrange(5)
            is_campaign = week % weeks == 0 and weekday == on
            found.append(size if is_campaign else base if weekday < 5 else 0.0)
        return found

    return parts


def _ramp(factor: float) -> Callable[[Random, list[int]], list[float]]:
    """A pace that stays for 2 to 12 weeks, changes by a factor within 2 to 12, and stays."""

    def parts(chance: Random, weekdays: list[int]) -> list[float]:
        week, start, length = _week(chance), chance.randint(14, 84), chance.randint(14, 84)
        return [
            week[weekday] * factor ** (min(max(index - start, 0), length) / length)
            for index, weekday in enumerate(weekdays)
        ]

    return parts


def _first_campaign(chance: Random, weekdays: list[int]) -> list[float]:
    """Little for 2 to 5 months, then a campaign of 2 to 7 working days every 3 to 8 weeks."""
    week = _week(chance)
    base, size = chance.uniform(0.05, 0.2), chance.uniform(1, 3)
    pause, left = chance.randint(60, 150), 0
    parts: list[float] = []
    for weekday in weekdays:
        if pause == 0:
            pause, left = chance.randint(21, 56), chance.randint(2, 7)
        pause -= 1
        parts.append(week[weekday] * (size if left else base))
        left -= left > 0 and weekday < 5
    return parts


def _pause_of_a_month(chance: Random, weekdays: list[int]) -> list[float]:
    """Steady work with one pause of four to five weeks."""
    week = _week(chance)
    begin, length = chance.randint(42, 180), chance.randint(28, 35)
    return [
        0.0 if begin <= index < begin + length else week[weekday]
        for index, weekday in enumerate(weekdays)
    ]


def _after_a_quiet_start(chance: Random, spent: list[int], _scale: float) -> list[int]:
    """Up to 5 credits a day for 1 to 8 weeks: somebody tries lemlist out before the roll-out."""
    quiet = chance.randint(7, 56)
    return [chance.randint(0, 5) for _ in range(quiet)] + spent[quiet:]


def _in_steps(chance: Random, spent: list[int], scale: float) -> list[int]:
    """Whole steps of a fifth to twice a usual day, as of a list that is enriched at a go."""
    step = max(round(scale * 10 ** chance.uniform(-0.7, 0.3)), 1)
    return [int(amount / step + chance.random()) * step for amount in spent]


KINDS: dict[str, Callable[[Random, list[int]], list[float]]] = {
    "steady": _steady,
    "weekdays only": _weekdays_only,
    "bursts by campaign": _bursts,
    "growing": _growing,
    "declining": _declining,
    "idle, then active": _idle_then_active,
    "drains": _drains,
    "holidays": _holidays,
    "new level": _new_level,
    "quiet start": _weekdays_only,
    "campaign every week": _campaigns(1),
    "campaign every 2 weeks": _campaigns(2),
    "campaign every 3 weeks": _campaigns(3),
    "campaign every 4 weeks": _campaigns(4),
    "first campaign": _first_campaign,
    "threefold ramp": _ramp(3),
    "tenfold ramp": _ramp(10),
    "down to a third": _ramp(1 / 3),
    "down to a tenth": _ramp(1 / 10),
    "pause of a month": _pause_of_a_month,
    "steps of a price": _weekdays_only,
}
"""What is spent on each weekday of a life, in usual days."""

IN_CREDITS: dict[str, Callable[[Random, list[int], float], list[int]]] = {
    "quiet start": _after_a_quiet_start,
    "steps of a price": _in_steps,
}
"""What is then done with the credits of some kinds; a usual day is given too."""


def busiest(spent: Sequence[float], days: int) -> float:
    """Return the most that was spent in so many days; beyond a fortnight the busiest one again."""
    stretch = min(days, 14, len(spent))
    repeated, rest = divmod(days, stretch) if days else (0, 0)

    def most(length: int) -> float:
        return max(sum(spent[day : day + length]) for day in range(len(spent) - length + 1))

    return most(stretch) * repeated + most(rest)
