"""Judge the forecast by simulated teams: ``make forecast-report`` renews docs/forecast.md.

At several days of each team's life, each forecaster knows what was spent before that day and says
what will be spent in the coming 14 days, and when a balance runs out. Both are held against what
the team goes on to spend.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil

from tests import PROJECT
from tests.simulated_teams import HELD_OUT_SEEDS, KINDS, Team, simulate
from tray_app.rules.forecast import HORIZON, Rhythm, fit, forecast, spending

ORIGINS = range(10, 220, 18)
"""Days of a team's life at whose beginning a forecast is made; no multiple of a week."""

AHEAD = 14
"""Days whose spending is forecast."""

LASTING = (4, 8, 16, 32, 64)
"""Days that the balances last."""

PAGE = PROJECT / "docs" / "forecast.md"
BEGIN, END = "<!-- table begins -->\n", "<!-- table ends -->\n"

PLAIN: dict[str, Callable[[list[float]], float]] = {
    "last value": lambda spent: spent[-1],
    "average": lambda spent: sum(spent) / len(spent),
    "last week": lambda spent: sum(spent[-7:]) / 7,
}
"""Forecasters that say the same amount for each day to come."""

OURS = "ours"
ALL = "all kinds"


@dataclass(slots=True)
class Score:
    """The errors of each forecaster, and how often our range held."""

    amount_errors: dict[str, list[float]] = field(default_factory=dict)
    date_errors: dict[str, list[float]] = field(default_factory=dict)
    amounts_held: list[bool] = field(default_factory=list)
    dates_held: list[bool] = field(default_factory=list)

    def add_amounts(self, team: Team, day: int, rhythm: Rhythm, plain: dict[str, float]) -> None:
        """Judge the spending of the coming days; errors are shares of the team's usual one."""
        today = team.begin + timedelta(days=day)
        came = sum(team.spent[day : day + AHEAD])
        usual = mean(team.spent) * AHEAD
        ours = spending(rhythm, today, today + timedelta(days=AHEAD))
        said = {name: amount * AHEAD for name, amount in plain.items()} | {OURS: ours.likely}
        for name, amount in said.items():
            self.amount_errors.setdefault(name, []).append(abs(amount - came) / usual)
        self.amounts_held.append(ours.low <= came <= ours.high)

    def add_dates(self, team: Team, day: int, rhythm: Rhythm, plain: dict[str, float]) -> None:
        """Judge the run-out of balances; errors are shares of the time that was left, 1 at most."""
        today = team.begin + timedelta(days=day)
        for lasting in LASTING:
            last = day + lasting - 1
            balance = sum(team.spent[day:last]) + team.spent[last] // 2
            if balance == 0 or team.spent[last] < 2:
                continue  # it does not run out on that day
            ends = forecast(rhythm, balance, datetime.combine(today, time())).runs_out
            likely = (ends.likely - today).days + 1 if ends and ends.likely else HORIZON
            said = {name: days_until(balance, amount) for name, amount in plain.items()}
            for name, days in (said | {OURS: likely}).items():
                error = min(abs(days - lasting) / lasting, 1.0)
                self.date_errors.setdefault(name, []).append(error)
            came = today + timedelta(days=lasting - 1)
            self.dates_held.append(ends is not None and is_within(came, ends.earliest, ends.latest))


def days_until(balance: int, per_day: float) -> int:
    return ceil(balance / per_day) if per_day else HORIZON


def is_within(day: date, earliest: date, latest: date | None) -> bool:
    return earliest <= day and (latest is None or day <= latest)


def mean(values: Iterable[float]) -> float:
    each = list(values)
    return sum(each) / len(each)


def cases(kind: str, seeds: Iterable[int]) -> Iterator[tuple[Team, int, Rhythm, dict[str, float]]]:
    """Yield the forecasts to be judged: wherever enough was seen for ours."""
    for seed in seeds:
        team = simulate(kind, seed)
        for day in ORIGINS:
            days = team.days(day)
            rhythm = fit(days, days[-1].date)
            if isinstance(rhythm, Rhythm):
                spent = [each.spent for each in days[:-1]]
                yield team, day, rhythm, {name: tell(spent) for name, tell in PLAIN.items()}


def judge(seeds: Iterable[int]) -> dict[str, Score]:
    """Return the score of each kind of team."""
    scores = {kind: Score() for kind in KINDS}
    for kind, score in scores.items():
        for case in cases(kind, seeds):
            score.add_amounts(*case)
            score.add_dates(*case)
    return scores


def table(errors: dict[str, dict[str, float]], held: dict[str, float]) -> str:
    """Write a table of errors by kind and forecaster, the best of a row in bold."""
    names = [OURS, *PLAIN]
    lines = [
        f"| teams | {' | '.join(names)} | our range held |",
        f"|---|{'---:|' * (len(names) + 1)}",
    ]
    for kind, row in errors.items():
        best = min(row.values())
        texts = [
            f"**{percent(row[name])}**" if row[name] == best else percent(row[name])
            for name in names
        ]
        lines.append(f"| {kind} | {' | '.join(texts)} | {percent(held[kind], 0)} |")
    return "\n".join(lines) + "\n"


def percent(share: float, decimals: int = 1) -> str:
    return f"{share * 100:.{decimals}f} %"


def by_kind(errors: dict[str, dict[str, list[float]]]) -> dict[str, dict[str, float]]:
    """Average the errors of each kind, and at last over the kinds, each counting the same."""
    rows = {kind: {name: mean(each) for name, each in row.items()} for kind, row in errors.items()}
    names = next(iter(rows.values()))
    return rows | {ALL: {name: mean(row[name] for row in rows.values()) for name in names}}


def shares(held: dict[str, list[bool]]) -> dict[str, float]:
    rows = {kind: mean(each) for kind, each in held.items()}
    return rows | {ALL: mean(rows.values())}


def main() -> None:
    scores = judge(HELD_OUT_SEEDS)
    amounts = table(
        by_kind({kind: score.amount_errors for kind, score in scores.items()}),
        shares({kind: score.amounts_held for kind, score in scores.items()}),
    )
    dates = table(
        by_kind({kind: score.date_errors for kind, score in scores.items()}),
        shares({kind: score.dates_held for kind, score in scores.items()}),
    )
    text = (
        f"Spending over the coming {AHEAD} days. The error is a share of what the team spends in "
        f"{AHEAD} days on average.\n\n{amounts}\n"
        "The day on which the balance runs out. The error is a share of the days that were left, "
        f"at most 100 %.\n\n{dates}"
    )
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
