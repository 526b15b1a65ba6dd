"""Sudden drains: found when they are one, once, and never for what a team always does."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest

from tray_app.rules.alerts import Alert, AlertState, Evidence, decide, heard
from tray_app.rules.drains import (
    DRAIN_WINDOW,
    RECENT,
    SMALLEST_DRAIN,
    Drain,
    Habit,
    habit_of,
    largest_drops,
    sudden_drain,
)
from tray_app.rules.history import Drop, Record, Refill, changes
from tray_app.rules.levels import Level, Thresholds

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR
POLL = 5 * MINUTE
MONDAY = 1_790_553_600
"""Its midnight, UTC."""

HABIT = Habit(usual_per_hour=90, short_limit=300, long_limit=600)

Spending = Callable[[Random, int, int], int]
"""What a team spends within five minutes, by the day and the minute of the day."""


def drops(*amounts: int, begin: int = MONDAY, step: int = POLL) -> list[Refill | Drop]:
    """Drops that follow each other, nothing spent where the amount is 0."""
    return [
        Drop(begin + index * step, begin + (index + 1) * step, amount)
        for index, amount in enumerate(amounts)
        if amount
    ]


def simulated(spend: Spending, days: int, seed: int = 1) -> list[Record]:
    """Polls every five minutes of a team, as the history keeps them."""
    random = Random(seed)
    left = 10_000_000
    records = [Record(MONDAY, MONDAY, left)]
    for poll in range(1, days * DAY // POLL):
        at = MONDAY + poll * POLL
        day, second = divmod(poll * POLL, DAY)
        amount = spend(random, day, second // MINUTE)
        left -= amount
        if amount:
            records.append(Record(at, at, left))
        else:
            records[-1] = records[-1]._replace(last=at)
    return records


def is_working(day: int, minute: int) -> bool:
    return day % 7 < 5 and 9 * 60 <= minute < 18 * 60


def office(random: Random, day: int, minute: int) -> int:
    """About 90 an hour, e-mail by e-mail, in working hours."""
    return 5 * random.choice((0, 0, 1, 2, 2, 4)) if is_working(day, minute) else 0


def around_the_clock(random: Random, day: int, minute: int) -> int:
    return random.randint(0, 15)


def campaigns(random: Random, day: int, minute: int) -> int:
    """A list of some 800 credits every other day, at any time of it."""
    starts = random.random() < 1 / 108 / 2
    return office(random, day, minute) + (
        round(800 * random.lognormvariate(0, 0.3)) if starts and is_working(day, minute) else 0
    )


def mondays(random: Random, day: int, minute: int) -> int:
    """A campaign on each Monday morning, which takes twenty minutes."""
    if day % 7 == 0 and 10 * 60 <= minute < 10 * 60 + 20:
        return random.randint(300, 700)
    return office(random, day, minute)


def growing(random: Random, day: int, minute: int) -> int:
    return round(office(random, day, minute) * (1 + day / 30))


def idle_then_active(random: Random, day: int, minute: int) -> int:
    return office(random, day, minute) if day % 42 >= 21 else 0


def heavy(random: Random, day: int, minute: int) -> int:
    """Batches of lognormal size, a few an hour."""
    if not is_working(day, minute) or random.random() > 0.3:
        return 0
    return round(60 * random.lognormvariate(0, 0.9))


def alarms(records: list[Record], since: int) -> list[Drain]:
    """Let the time pass and note each drain as it would be told."""
    return [alert.drain for alert in alerts(records, since) if alert.drain is not None]


def alerts(records: list[Record], since: int) -> list[Alert]:
    """Let the time pass and note what would be told of drains."""
    told: list[Alert] = []
    state = AlertState(Level.HEALTHY)
    habit, learned_on = None, -1
    spent = changes(records)  # one from each record to the next
    for index, record in enumerate(records):
        if record.first < since:
            continue
        if record.first // DAY != learned_on:
            habit, learned_on = habit_of(records, record.first), record.first // DAY
        if habit is None:
            continue
        recent = spent[max(index - RECENT // POLL, 0) : index]
        evidence = Evidence(drain=sudden_drain(recent, habit, record.first))
        now = datetime.fromtimestamp(record.first, UTC)
        state, alert = decide(state, record.credits, Thresholds(), now, evidence)
        if alert is not None:
            told.append(alert)
            state = heard(state, alert, now)
    return told


# --- habits ---


def test_too_few_days_make_no_habit() -> None:
    records = simulated(office, 5)
    assert habit_of([], MONDAY) is None
    assert habit_of(records, MONDAY + 4 * DAY - 60) is None
    assert habit_of(records, records[-1].last) is not None
    assert habit_of(records, MONDAY + 45 * DAY) is None


def test_an_idle_team_has_a_habit_too() -> None:
    idle = [Record(MONDAY, MONDAY + 20 * DAY, 5000)]
    assert habit_of(idle, MONDAY + 20 * DAY) == Habit(0, SMALLEST_DRAIN, SMALLEST_DRAIN)


def test_the_usual_is_learned_from_the_hours_of_work() -> None:
    records = simulated(office, 30)
    habit = habit_of(records, records[-1].last)
    assert habit is not None
    assert 75 <= habit.usual_per_hour <= 105


def test_one_drain_is_no_habit() -> None:
    def once(random: Random, day: int, minute: int) -> int:
        return 5000 if (day, minute) == (20, 600) else office(random, day, minute)

    drained = simulated(once, 30)
    habit = habit_of(drained, drained[-1].last)
    assert habit is not None
    assert habit.short_limit < 500


@pytest.mark.parametrize("begin", [23 * 60 + 30, 9 * 60, 16 * 60 + 30, 60])
def test_a_drain_around_any_midnight_is_no_habit(begin: int) -> None:
    """As UTC's is in the middle of a working day in California."""

    def once(random: Random, day: int, minute: int) -> int:
        is_drain = 0 <= (day - 14) * 24 * 60 + minute - begin < 60
        return 250 if is_drain else office(random, day, minute)

    drained = simulated(once, 30)
    habit = habit_of(drained, drained[-1].last)
    assert habit is not None
    assert habit.long_limit < 1_500


def test_only_the_last_month_counts() -> None:
    def long_ago(random: Random, day: int, minute: int) -> int:
        return 3000 if day < 10 and minute == 600 else office(random, day, minute)

    records = simulated(long_ago, 41)
    then = habit_of(records, MONDAY + 30 * DAY)
    now = habit_of(records, records[-1].last)
    assert then is not None
    assert now is not None
    assert then.short_limit > 5000
    assert now.short_limit < 500


def test_what_took_a_night_is_no_peak() -> None:
    nights = [
        record
        for day in range(20)
        for record in (
            Record(MONDAY + day * DAY, MONDAY + day * DAY + 8 * HOUR, 90_000 - 2000 * day),
        )
    ]
    assert habit_of(nights, nights[-1].last) == Habit(0, SMALLEST_DRAIN, SMALLEST_DRAIN)


def test_a_daily_reservation_is_habit() -> None:
    records = []
    for day in range(10):
        begin = MONDAY + day * DAY
        records += [
            Record(begin, begin + 10 * HOUR, 5000),
            Record(begin + 10 * HOUR + POLL, begin + 10 * HOUR + POLL, 4000),
            Record(begin + 10 * HOUR + 2 * POLL, begin + 12 * HOUR, 5000),
        ]
    habit = habit_of(records, records[-1].last)
    assert habit is not None
    assert habit.usual_per_hour == 0
    assert habit.short_limit >= 2000


# --- sudden drains ---


def test_two_thousand_in_ten_minutes_at_ninety_an_hour() -> None:
    records = simulated(office, 30)
    habit = habit_of(records, records[-1].last)
    assert habit is not None
    at, left = records[-1].last, records[-1].credits
    records += [
        Record(at + POLL, at + POLL, left - 1100),
        Record(at + 2 * POLL, at + 2 * POLL, left - 2000),
    ]
    drain = sudden_drain(changes(records[-20:]), habit, at + 2 * POLL)
    assert drain == Drain(at, at + 2 * POLL, 2000, habit.usual_per_hour)


@pytest.mark.parametrize(
    ("amounts", "step", "expected"),
    [
        ((301,), POLL, (0, 1, 301)),
        ((300,), POLL, None),
        ((150, 150), POLL, None),
        ((150, 160), POLL, (0, 2, 310)),
        # slower than ten minutes
        ((150, 0, 0, 160), POLL, None),
        ((140, 0, 0, 140, 0, 0, 140, 0, 0, 200), POLL, (0, 10, 620)),
        ((140, 0, 0, 140, 0, 0, 140, 0, 0, 100), POLL, None),
        ((700,), HOUR, (0, 1, 700)),
        # nobody looked, so the pace is unknown
        ((2000,), 14 * HOUR, None),
        # what is usual around it is left out
        ((8, 8, 2000, 8, 8), POLL, (2, 3, 2000)),
        # it goes on
        ((8, 400, 400, 200, 400, 8), POLL, (1, 5, 1400)),
        # a pause within an hour, and a longer one
        ((900, 0, 0, 0, 0, 800), POLL, (0, 6, 1700)),
        ((900, *[0] * 12, 800), POLL, (0, 14, 1700)),
        ((900, *[0] * 13, 800), POLL, (14, 15, 800)),
        # what is sudden in the midst of what is too much for an hour
        ((*[220, 0] * 6, 800, 0, *[220, 0] * 6), POLL, (0, 25, 3440)),
        ((), POLL, None),
    ],
    ids=[
        "above", "limit", "two-at-limit", "two", "slow", "hour", "hour-usual", "hourly-polls",
        "unseen", "trimmed", "long", "paused", "paused-hour", "second", "both", "nothing",
    ],
)  # fmt: skip
def test_drain(amounts: tuple[int, ...], step: int, expected: tuple[int, int, int] | None) -> None:
    found = sudden_drain(drops(*amounts, step=step), HABIT, MONDAY + len(amounts) * step)
    if expected is None:
        assert found is None
    else:
        first, last, amount = expected
        assert found == Drain(MONDAY + first * step, MONDAY + last * step, amount, 90)


def test_a_drain_is_over_after_an_hour() -> None:
    found = drops(2000)
    assert sudden_drain(found, HABIT, MONDAY + POLL + DRAIN_WINDOW - 1) is not None
    assert sudden_drain(found, HABIT, MONDAY + POLL + DRAIN_WINDOW) is None


def test_a_drain_of_the_future_was_seen_by_a_wrong_clock() -> None:
    found = drops(2000, begin=MONDAY + 365 * DAY)
    assert sudden_drain([*drops(8), *found], HABIT, MONDAY + POLL) is None
    assert sudden_drain([*drops(2000), *found], HABIT, MONDAY + POLL) is not None


def test_refills_are_no_drain() -> None:
    refill = Refill(MONDAY + POLL, 5000, {"paid": 5000})
    assert sudden_drain([refill], HABIT, MONDAY + POLL) is None


@pytest.mark.parametrize(
    "team", [office, around_the_clock, campaigns, mondays, growing, idle_then_active, heavy]
)
def test_ordinary_teams_are_left_in_peace(team: Spending) -> None:
    months = 2
    assert len(alarms(simulated(team, months * 30, seed=11), MONDAY)) <= months


def test_each_event_is_told_once() -> None:
    def drained(random: Random, day: int, minute: int) -> int:
        is_long = day == 22 and 600 <= minute < 780  # three hours
        is_short = (day, minute) in {(24, 900), (24, 905), (24, 1005)}
        return 500 * (is_long or is_short) + office(random, day, minute)

    told = alerts(simulated(drained, 26, seed=5), MONDAY + 20 * DAY)
    events = [
        (*divmod((alert.drain.end - MONDAY) // MINUTE, 1440), alert.has_doubled)
        for alert in told
        if alert.drain is not None
    ]
    assert events == [
        (22, 600, False),
        (22, 610, True),
        (24, 900, False),
        (24, 905, True),
        (24, 1005, False),
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "rhythm", [(1,), (1, 0, 0), (1, 0, 0, 0, 0), (2, 1, 0, 0, 0, 0, 0, 1), (1, *[0] * 9)], ids=str
)
def test_a_drain_of_three_hours_is_told_once_and_once_more_when_it_has_doubled(
    rhythm: tuple[int, ...], seed: int
) -> None:
    """However it goes: without a pause, or with pauses of up to 45 minutes."""

    def drained(random: Random, day: int, minute: int) -> int:
        if day == 22 and 600 <= minute < 780:
            beat = rhythm[(minute - 600) // 5 % len(rhythm)]
            return round(beat * 700 * random.lognormvariate(0, 0.3))
        return office(random, day, minute)

    told = alerts(simulated(drained, 24, seed), MONDAY + 20 * DAY)
    assert [alert.has_doubled for alert in told] == [False, True]
    first, second = (alert.drain for alert in told)
    assert first is not None
    assert second is not None
    assert second.amount >= 2 * first.amount
    assert second.begin == first.begin


# --- the largest drops ---


def test_the_example_that_explains_it() -> None:
    """As it stands in :func:`sudden_drain`."""
    spent = {"10:00": 20, "10:30": 300, "10:50": 300, "11:10": 300, "11:15": 600}
    habit = Habit(usual_per_hour=90, short_limit=500, long_limit=800)
    told, found = [], list[Refill | Drop]()
    for clock, amount in spent.items():
        end = MONDAY + 3600 * int(clock[:2]) + 60 * int(clock[3:])
        found.append(Drop(end - 300, end, amount))
        told.append(sudden_drain(found, habit, end))
    begin, end = MONDAY + 10 * 3600 + 25 * 60, MONDAY + 11 * 3600 + 10 * 60
    assert told == [
        *[None] * 3,
        Drain(begin, end, 900, 90),
        Drain(begin, end + 300, 1_500, 90),
    ]


def largest(found: list[Refill | Drop]) -> list[Drop]:
    """The largest drops of a team without a habit."""
    return largest_drops(found, None)[0]


def test_the_largest_drops() -> None:
    found: list[Refill | Drop] = [Refill(MONDAY, 9000)]
    for day in range(12):
        found += drops(10 * day + 5, begin=MONDAY + day * DAY)
    assert [drop.amount for drop in largest(found)] == list(range(115, 15, -10))
    assert largest(found)[0] == Drop(MONDAY + 11 * DAY, MONDAY + 11 * DAY + POLL, 115)
    assert largest([]) == []


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((3, 700, 900, 2), [(1, 3, 1600), (0, 1, 3), (3, 4, 2)]),
        ((3, 700, 900, 700, 0, 800, 2), [(1, 6, 3100), (0, 1, 3), (6, 7, 2)]),
        ((450, 900, 900, 2), [(0, 3, 2250), (3, 4, 2)]),
        ((900, 0, 0, 900), [(0, 1, 900), (3, 4, 900)]),
        ((449, 900, 900, 450), [(1, 4, 2250), (0, 1, 449)]),
    ],
    ids=["at once", "goes on", "begins", "pauses", "half"],
)
def test_drops_that_are_one_event_are_one(
    amounts: tuple[int, ...], expected: list[tuple[int, int, int]]
) -> None:
    assert [
        ((drop.begin - MONDAY) // POLL, (drop.end - MONDAY) // POLL, drop.amount)
        for drop in largest(drops(*amounts))
    ] == expected


def test_a_sudden_drain_is_one_drop_as_in_its_alert() -> None:
    found = drops(20, 600, 0, 0, 0, 0, 500, 20)
    now = MONDAY + 8 * POLL
    told = sudden_drain(found, HABIT, now)
    assert told is not None
    largest, drains = largest_drops(found, HABIT)
    assert [(drop.begin, drop.end, drop.amount) for drop in drains] == [
        (told.begin, told.end, told.amount)
    ]
    assert largest == [*drains, *drops(20), Drop(now - POLL, now, 20)]


def test_a_drop_that_nobody_saw_is_listed_alone() -> None:
    night = Drop(MONDAY, MONDAY + 14 * HOUR, 2000)
    later = Drop(MONDAY + 14 * HOUR, MONDAY + 14 * HOUR + POLL, 30)
    assert largest([night, later]) == [night, later]


def test_the_buckets_of_the_largest_drops() -> None:
    found: list[Refill | Drop] = [
        Drop(0, 300, 30, {"subscription": 20, "paid": 10}),
        Drop(300, 600, 50, {"paid": 50}),
    ]
    assert largest(found) == [Drop(0, 600, 80, {"subscription": 20, "paid": 60})]
