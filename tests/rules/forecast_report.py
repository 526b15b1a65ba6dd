"""Judge the forecast by teams that it has not met: ``make forecast-report`` renews the page.

At several days of each team's life, each forecaster knows what was spent before that day and says
what will be spent in the coming days, and when a balance runs out. Both are held against what the
team goes on to spend.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import accumulate

from tests import PROJECT
from tests.rules.simulated_teams import HELD_OUT_SEEDS, KINDS, Team, people_at_work, simulate
from tray_app.rules.forecast import HORIZON, Rhythm, fit, forecast, spending

ORIGINS = range(10, 220, 18)
"""Days of a team's life at whose beginning a forecast is made; no multiple of a week."""

ORIGINS_OF_PEOPLE = range(10, 630, 9)
"""The same in two years of people at work."""

AHEAD = (7, 14, 28)
"""Days whose spending is forecast."""

LASTING = (4, 8, 16, 32, 64)
"""Days that the balances last."""

FAR_TOO_HIGH = 3.0
"""Times the larger of what came and what the team usually spends: a high end that misleads."""

PAGE = PROJECT / "docs" / "forecast.md"
BEGIN, END = "<!-- table begins -->\n", "<!-- table ends -->\n"


def same_weekdays(spent: Sequence[float]) -> list[float]:
    """The mean of the same weekdays over 8 weeks; of a weekday never seen, of all days."""
    average = sum(spent) / len(spent)
    seen = (spent[-7 + day :: -7][:8] for day in range(7))
    return [sum(each) / len(each) if each else average for each in seen]


PLAIN: dict[str, Callable[[Sequence[float]], list[float]]] = {
    "average": lambda spent: [sum(spent) / len(spent)] * 7,
    "last week": lambda spent: [sum(spent[-7:]) / 7] * 7,
    "last 28 days": lambda spent: [sum(spent[-28:]) / len(spent[-28:])] * 7,
    "same weekdays": same_weekdays,
}
"""Forecasters that say the same amounts for each week to come."""

OURS = "ours"
ALL = "all kinds"
THE_DAY = "the day"
"""Beside the numbers of days in :data:`AHEAD`: the day on which the balance runs out."""


@dataclass(slots=True)
class Score:
    """How good the forecasts of one thing were; all are shares."""

    errors: dict[str, list[float]] = field(default_factory=dict)
    """By forecaster: of what the team usually spends, or of the days that were left (1 at most)."""
    held: list[float] = field(default_factory=list)
    """Whether what came was in our range."""
    widths: list[float] = field(default_factory=list)
    """Of our range, as the errors."""
    far_too_high: list[float] = field(default_factory=list)


Scores = dict[int | str, Score]


def judge(teams: Iterable[Team], origins: Iterable[int] = ORIGINS) -> Scores:
    """Score all forecasts for some teams: those for so many days, and those of the day."""
    scores: Scores = {ahead: Score() for ahead in (*AHEAD, THE_DAY)}
    for team in teams:
        for day in origins:
            days = team.days(day)
            rhythm = fit(days, days[-1].date)
            if isinstance(rhythm, Rhythm):
                spent = [each.spent for each in days[:-1]]
                weeks = {name: tell(spent) for name, tell in PLAIN.items()}
                for ahead in AHEAD:
                    _judge_amount(scores[ahead], team, day, ahead, rhythm, weeks)
                for lasting in LASTING:
                    _judge_day(scores[THE_DAY], team, day, lasting, rhythm, weeks)
    return scores


def _judge_amount(
    score: Score,
    team: Team,
    day: int,
    ahead: int,
    rhythm: Rhythm,
    weeks: dict[str, list[float]],
) -> None:
    today = team.begin + timedelta(days=day)
    came = sum(team.spent[day : day + ahead])
    usual = mean(team.spent) * ahead
    ours = spending(rhythm, today, today + timedelta(days=ahead))
    said = {name: sum(week) * ahead / 7 for name, week in weeks.items()} | {OURS: ours.likely}
    for name, amount in said.items():
        score.errors.setdefault(name, []).append(abs(amount - came) / usual)
    score.held.append(ours.low <= came <= ours.high)
    score.widths.append((ours.high - ours.low) / usual)
    score.far_too_high.append(ours.high > FAR_TOO_HIGH * max(came, usual))


def _judge_day(
    score: Score,
    team: Team,
    day: int,
    lasting: int,
    rhythm: Rhythm,
    weeks: dict[str, list[float]],
) -> None:
    last = day + lasting - 1
    balance = sum(team.spent[day:last]) + team.spent[last] // 2
    if balance == 0 or team.spent[last] < 2:
        return  # it does not run out on that day
    today = team.begin + timedelta(days=day)
    ends = forecast(rhythm, balance, datetime.combine(today, time())).runs_out
    far = today + timedelta(days=HORIZON)
    earliest, likely, latest = (
        ((each or far) - today).days + 1
        for each in ((ends.earliest, ends.likely, ends.latest) if ends else (far, far, far))
    )
    said = {name: days_until(balance, week) for name, week in weeks.items()} | {OURS: likely}
    for name, days in said.items():
        score.errors.setdefault(name, []).append(min(abs(days - lasting) / lasting, 1.0))
    score.held.append(earliest <= lasting <= latest)
    score.widths.append((latest - earliest) / lasting)


def days_until(balance: int, week: Sequence[float]) -> int:
    """Count the days until a balance is spent, today included."""
    if sum(week) * (HORIZON // 7) <= balance:
        return HORIZON
    whole, rest = divmod(balance, sum(week))
    days = next((day for day, spent in enumerate(accumulate(week), 1) if spent >= rest), 7)
    return int(whole) * 7 + days


def mean(values: Iterable[float]) -> float:
    each = list(values)
    return sum(each) / len(each)


def by_kind(seeds: Sequence[int]) -> dict[str, Scores]:
    return {kind: judge(simulate(kind, seed) for seed in seeds) for kind in KINDS}


def over_all(scores: Iterable[Score]) -> Score:
    """Average over kinds, each counting the same."""
    each = list(scores)
    names = each[0].errors
    return Score(
        {name: [mean(score.errors[name]) for score in each] for name in names},
        [mean(score.held) for score in each],
        [mean(score.widths) for score in each],
        [mean(score.far_too_high) for score in each if score.far_too_high],
    )


def of(scores: dict[str, Scores], what: int | str) -> dict[str, Score]:
    """Return what each kind, and at last all kinds, have of one thing that is forecast."""
    rows = {kind: each[what] for kind, each in scores.items()}
    return rows | {ALL: over_all(rows.values())}


def table(rows: dict[str, Score]) -> str:
    """Write a table of errors by kind and forecaster, the best of a row in bold."""
    names = [OURS, *PLAIN]
    lines = [
        f"| teams | {' | '.join(names)} | range held | width | far too high |",
        f"|---|{'---:|' * (len(names) + 3)}",
    ]
    for kind, score in rows.items():
        errors = {name: mean(score.errors[name]) for name in names}
        best = min(errors.values())
        texts = [
            f"**{percent(error)}**" if error == best else percent(error)
            for error in errors.values()
        ]
        high = percent(mean(score.far_too_high), 0) if score.far_too_high else ""
        texts += [percent(mean(score.held), 0), percent(mean(score.widths), 0), high]
        lines.append(f"| {kind} | {' | '.join(texts)} |")
    return "\n".join(lines) + "\n"


def percent(share: float, decimals: int = 1) -> str:
    return f"{share * 100:.{decimals}f} %"


def report(scores: dict[str, Scores], real: dict[str, Scores]) -> str:
    parts: list[str] = []
    for what in (*AHEAD, THE_DAY):
        is_day = what == THE_DAY
        title = "The day on which the balance runs out" if is_day else f"The coming {what} days"
        share = "the days that were left" if is_day else f"what the team spends in {what} days"
        parts.append(f"**{title}.** Errors and widths are shares of {share}.\n")
        parts.append(table(of(scores, what)))
        parts.append("People at work:\n")
        parts.append(table(of(real, what)))
    return "\n".join(parts)


def main() -> None:
    people = {team.kind: judge([team], ORIGINS_OF_PEOPLE) for team in people_at_work()}
    text = report(by_kind(HELD_OUT_SEEDS), people)
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
