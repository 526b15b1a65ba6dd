"""What records of the balance tell: spending, refills, days, and what can be left out."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tray_app.rules.history import (
    BUCKETS,
    RESERVATION,
    Day,
    Drop,
    Record,
    Records,
    Refill,
    changes,
    days_of,
    thinned,
)

MINUTE = 60
DAY = 24 * 3600
FRIDAY = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())
"""Its midnight."""


def total(first: int, credits: int, last: int | None = None) -> Record:
    """A record of which only the total is known."""
    return Record(first, last or first, credits)


def record(first: int, subscription: int, paid: int = 0, gifted: int = 0) -> Record:
    return Record(first, first, subscription + paid + gifted, subscription, paid, gifted, 0)


def at(text: str, zone: tzinfo = UTC) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def test_the_buckets_of_a_record() -> None:
    assert BUCKETS == ("subscription", "paid", "gifted", "freemium")  # as files and CSV have them
    assert Record(0, 60, 15, 1, 2, 4, 8).buckets == (1, 2, 4, 8)
    assert Record(0, 60, 15, 1, 2, 4, 8).amounts == (15, 1, 2, 4, 8)


amounts = st.integers(-(2**53), 2**53)
times = st.integers(0, 2**40)


@given(
    st.lists(st.builds(Record, times, times, amounts, *[st.none() | amounts] * 4), max_size=9),
    st.integers(-12, 12) | st.none(),
    st.integers(-12, 12) | st.none(),
)
def test_records_are_read_as_they_were_written(
    seen: list[Record], begin: int | None, end: int | None
) -> None:
    records = Records(seen)
    assert records == seen
    assert seen == records
    assert records != [*seen, total(0, 1)]
    assert records != 0
    assert (len(records), list(reversed(records))) == (len(seen), seen[::-1])
    assert isinstance(records[begin:end], Records)
    assert records[begin:end] == seen[begin:end]
    for index in range(-len(seen), len(seen)):
        assert records[index] == seen[index]
        assert isinstance(records[index], Record)
    with pytest.raises(IndexError):
        records[len(seen)]


def test_the_example_that_explains_it() -> None:
    """As it stands at the head of ``rules/history.py``."""
    amounts = [500, 400, 380, 450, 5450]
    seen = [record(index * 300, amount) for index, amount in enumerate(amounts)]
    assert changes(seen) == [
        Drop(0, 300, 50, {"subscription": 50}),
        Refill(1200, 5000, {"subscription": 5000}),
    ]


# --- spending and refills ---


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((500, 100), (480, 100), [Drop(0, 60, 20, {"subscription": 20})]),
        ((500, 100), (490, 95), [Drop(0, 60, 15, {"subscription": 10, "paid": 5})]),
        ((500, 100), (500, 5100), [Refill(60, 5000, {"paid": 5000})]),
        ((500, 100), (900, 5100), [Refill(60, 5400, {"subscription": 400, "paid": 5000})]),
        # spent from one bucket, while another was refilled or some has moved
        (
            (500, 100),
            (480, 5100),
            [Drop(0, 60, 20, {"subscription": 20}), Refill(60, 5000, {"paid": 5000})],
        ),
        (
            (500, 100),
            (200, 150),
            [Drop(0, 60, 250, {"subscription": 250})],
        ),
        ((5000, 0), (0, 4990), [Drop(0, 60, 10, {"subscription": 10})]),
        ((500, 100), (400, 200), []),
        ((500, 100), (500, 100), []),
        # the API does not exclude negative buckets
        ((10, 100), (-10, 100), [Drop(0, 60, 20, {"subscription": 20})]),
    ],
    ids=[
        "spent", "spent-two", "refill", "refill-two", "total-rose", "total-fell", "moved-most",
        "moved", "same", "negative",
    ],
)  # fmt: skip
def test_change(
    before: tuple[int, int], after: tuple[int, int], expected: list[Refill | Drop]
) -> None:
    assert changes([record(0, *before), record(60, *after)]) == expected


def test_a_change_lies_between_the_sightings() -> None:
    assert changes([total(0, 500, last=300), total(600, 400, last=900)]) == [Drop(300, 600, 100)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Record(0, 0, 500), Record(60, 60, 400), [Drop(0, 60, 100)]),
        (Record(0, 0, 500), Record(60, 60, 900), [Refill(60, 400)]),
        (Record(0, 0, 500), Record(60, 60, 400, 400, 0, 0, 0), [Drop(0, 60, 100)]),
        (Record(0, 0, 500, 500, 0, None, 0), Record(60, 60, 900, 900, 0, 0, 0), [Refill(60, 400)]),
        # buckets that don't explain the total
        (Record(0, 0, 500, 500, 0, 0, 0), Record(60, 60, 400, 480, 0, 0, 0), [Drop(0, 60, 100)]),
        (Record(0, 0, 500, 500, 0, 0, 0), Record(60, 60, 600, 480, 0, 0, 0), [Refill(60, 100)]),
        (Record(0, 0, 500, 500, 0, 0, 0), Record(60, 60, 500, 480, 0, 0, 0), []),
    ],
    ids=["spent", "refill", "became-known", "partly", "spent-more", "rose", "same"],
)
def test_unknown_buckets_leave_the_total(
    before: Record, after: Record, expected: list[Refill | Drop]
) -> None:
    assert changes([before, after]) == expected


def test_what_moves_while_a_little_is_spent_is_no_refill() -> None:
    """5,000 credits that had moved were told as added, and as a drain."""
    quick = RESERVATION
    assert changes([record(0, 5000), record(quick, 0, 4990)]) == [
        Drop(0, quick, 10, {"subscription": 10})
    ]
    # While nobody looked, 5,000 may well have been spent, and others bought.
    slow = RESERVATION + 1
    assert changes([record(0, 5000), record(slow, 0, 4990)]) == [
        Drop(0, slow, 5000, {"subscription": 5000}),
        Refill(slow, 4990, {"paid": 4990}),
    ]


def test_what_was_spent_beside_a_move_may_come_back() -> None:
    seen = [record(0, 5000), record(300, 0, 4990), record(600, 10, 4990)]
    assert changes(seen) == []


# --- reservations ---


def test_a_dip_that_comes_back_is_neither() -> None:
    assert changes([record(0, 500), record(300, 400), record(600, 500)]) == []


def test_it_has_fifteen_minutes_from_the_sighting_of_the_dip() -> None:
    comes_back = [record(0, 500), record(300, 400), record(300 + RESERVATION, 500)]
    assert changes(comes_back) == []
    late = [*comes_back[:2], record(300 + RESERVATION + 1, 500)]
    assert changes(late) == [
        Drop(0, 300, 100, {"subscription": 100}),
        Refill(300 + RESERVATION + 1, 100, {"subscription": 100}),
    ]


def test_what_does_not_come_back_is_spent() -> None:
    assert changes([record(0, 500), record(300, 400), record(600, 470)]) == [
        Drop(0, 300, 30, {"subscription": 30})
    ]


def test_it_can_come_back_piece_by_piece() -> None:
    seen = [record(0, 500), record(300, 400), record(400, 440), record(500, 490)]
    assert changes(seen) == [Drop(0, 300, 10, {"subscription": 10})]


def test_the_latest_dips_come_back_first() -> None:
    seen = [record(0, 500), record(300, 450), record(600, 400), record(900, 460)]
    assert changes(seen) == [Drop(0, 300, 40, {"subscription": 40})]


def test_a_refill_of_another_bucket_is_no_comeback() -> None:
    assert changes([record(0, 500, 100), record(300, 480, 100), record(600, 480, 115)]) == [
        Drop(0, 300, 20, {"subscription": 20}),
        Refill(600, 15, {"paid": 15}),
    ]


def test_more_than_the_dip_is_a_refill() -> None:
    assert changes([record(0, 500), record(300, 480), record(600, 5480)]) == [
        Drop(0, 300, 20, {"subscription": 20}),
        Refill(600, 5000, {"subscription": 5000}),
    ]


def test_one_bucket_comes_back_while_another_is_refilled() -> None:
    assert changes([record(0, 500, 100), record(300, 480, 100), record(600, 500, 5100)]) == [
        Refill(600, 5000, {"paid": 5000})
    ]


def test_credits_come_back_once() -> None:
    seen = [record(0, 500), record(300, 400), record(400, 500), record(500, 600)]
    assert changes(seen) == [Refill(500, 100, {"subscription": 100})]


def test_one_comes_back_while_another_is_spent() -> None:
    seen = [record(0, 500, 100), record(300, 500, 60), record(600, 430, 100)]
    assert changes(seen) == [Drop(300, 600, 70, {"subscription": 70})]


@pytest.mark.parametrize("middle", [Record(300, 300, 400), Record(300, 300, 400, 500, 0, 0, 0)])
def test_a_dip_with_unknown_buckets_comes_back(middle: Record) -> None:
    assert changes([record(0, 500), middle, record(600, 500)]) == []
    assert changes([record(0, 500), record(200, 400), middle, Record(600, 600, 500)]) == []


# --- days ---


def test_no_records() -> None:
    assert changes([]) == []
    assert days_of([], date(2026, 11, 20), UTC) == []
    assert thinned([], FRIDAY, UTC) == []


def test_days() -> None:
    seen = [
        Record(FRIDAY + 9 * 3600, FRIDAY + 10 * 3600, 500),
        Record(FRIDAY + 11 * 3600, FRIDAY + 12 * 3600, 450),
        Record(FRIDAY + 13 * 3600, FRIDAY + DAY + 3600, 440),
        Record(FRIDAY + DAY + 7200, FRIDAY + DAY + 7200, 940),
        Record(FRIDAY + 3 * DAY, FRIDAY + 3 * DAY, 940),
    ]
    refill = Refill(FRIDAY + DAY + 7200, 500)
    assert days_of(seen, date(2026, 11, 24), UTC) == [
        Day(date(2026, 11, 20), seen[2], 60, ()),
        Day(date(2026, 11, 21), seen[3], 0, (refill,)),
        Day(date(2026, 11, 22), seen[3], 0, (), is_seen=False),
        Day(date(2026, 11, 23), seen[4], 0, ()),
        Day(date(2026, 11, 24), seen[4], 0, (), is_seen=False),
    ]


def spent(records: Sequence[Record], today: date, zone: tzinfo = UTC) -> list[float]:
    return [day.spent for day in days_of(records, today, zone)]


@pytest.mark.parametrize(
    ("begin", "end", "shares"),
    [
        # from Friday noon to Monday noon: half a weekday each
        ("2026-11-20T12:00", "2026-11-23T12:00", [50, 0, 0, 50]),
        ("2026-11-20T18:00", "2026-11-23T18:00", [25, 0, 0, 75]),
        ("2026-11-19T00:00", "2026-11-21T00:00", [50, 50, 0]),
        ("2026-11-21T12:00", "2026-11-22T12:00", [50, 50]),
        ("2026-11-22T18:00", "2026-11-23T06:00", [0, 100]),
        ("2026-11-20T09:00", "2026-11-20T21:00", [100]),
        ("2026-11-20T00:00", "2026-11-20T23:59", [100]),
    ],
    ids=["weekend", "uneven", "weekdays", "weekend-only", "into-week", "one-day", "from-midnight"],
)
def test_what_was_spent_unseen_is_shared_out(begin: str, end: str, shares: list[float]) -> None:
    seen = [total(at(begin), 500), total(at(end), 400)]
    assert spent(seen, date.fromisoformat(end[:10])) == pytest.approx(shares)


def test_days_are_local() -> None:
    seen = [total(at("2026-11-19T22:30"), 500), total(at("2026-11-19T23:30"), 400)]
    assert spent(seen, date(2026, 11, 20)) == [100, 0]
    assert spent(seen, date(2026, 11, 20), ZoneInfo("Europe/Paris")) == pytest.approx([50, 50])


@pytest.mark.parametrize(
    ("day", "seconds"), [(date(2026, 3, 29), 23 * 3600), (date(2026, 10, 25), 25 * 3600)]
)
def test_days_when_the_clocks_change(day: date, seconds: int) -> None:
    paris = ZoneInfo("Europe/Paris")
    begin = at(f"{day}T00:00", paris)
    seen = [
        total(begin, 500),
        total(begin + seconds - 1, 400),
        total(begin + seconds, 300),
    ]
    assert spent(seen, day + timedelta(1), paris) == pytest.approx([200, 0])
    assert days_of(seen, day, paris)[0].close == seen[1]


@pytest.mark.parametrize(
    ("zone", "begin", "length"),
    [
        # Midnight is missing, comes twice, or comes an hour late.
        ("Africa/Cairo", date(2026, 4, 20), 400),
        ("America/Havana", date(2026, 1, 1), 400),
        ("Asia/Beirut", date(2026, 1, 1), 400),
        ("Australia/Lord_Howe", date(2026, 1, 1), 400),
        ("Pacific/Apia", date(2011, 12, 20), 30),  # 30 December was left out
    ],
)
def test_days_begin_when_their_date_does(zone: str, begin: date, length: int) -> None:
    rules = ZoneInfo(zone)
    first = int(datetime(begin.year, begin.month, begin.day, 12, tzinfo=rules).timestamp())
    seen = [total(first + 3600 * index, 100_000 - index) for index in range(24 * length)]
    last = {datetime.fromtimestamp(each.first, rules).date(): each for each in seen}
    days = days_of(seen, max(last), rules)
    assert {day.date: day.close for day in days if day.is_seen} == last
    assert [day.date for day in days if not day.is_seen] == (
        [date(2011, 12, 30)] if zone == "Pacific/Apia" else []
    )
    assert sum(day.spent for day in days) == pytest.approx(len(seen) - 1)


def test_the_systems_zone_is_the_default() -> None:
    seen = [total(FRIDAY, 500), total(FRIDAY + 10 * DAY, 400)]
    here = datetime.fromtimestamp(FRIDAY).astimezone().date()
    assert days_of(seen, here)[0].date == here


def test_records_after_today() -> None:
    seen = [total(FRIDAY, 500), total(FRIDAY + 3600, 450), total(FRIDAY + 3 * DAY, 300)]
    assert days_of(seen, date(2026, 11, 20), UTC)[0].close == seen[1]
    assert days_of(seen, date(2026, 11, 19), UTC) == []


# --- random histories ---

AMOUNTS = st.integers(-5, 40)
GAPS = st.one_of(
    st.integers(1, 20 * MINUTE), st.sampled_from([300, 300, 900, 4 * 3600, 11 * 3600, 3 * DAY])
)
KINDS = ("spend", "spend", "spend", "return", "return", "refill", "move", "mixed", "odd", "hide")


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Histories with all that can happen, and dips that come back wholly, partly or too late."""
    now = FRIDAY + draw(st.integers(0, DAY))
    buckets = [1000, 500, 0, 0]
    unexplained = 0
    is_hidden = False
    dip = 0
    seen = []
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=40)):
        bucket = draw(st.integers(0, 1))
        amount = draw(AMOUNTS)
        if kind == "spend":
            buckets[bucket] -= amount
            dip = amount
        elif kind == "return":
            buckets[bucket] += draw(st.sampled_from([dip, dip // 2]))
        elif kind == "refill":
            buckets[bucket] += amount * 3
        elif kind == "move":
            buckets[0] -= amount
            buckets[1] += amount
        elif kind == "mixed":
            buckets[bucket] -= amount
            buckets[1 - bucket] += draw(AMOUNTS)
        elif kind == "odd":
            unexplained -= amount - 10
        else:
            is_hidden = not is_hidden
        known = (None,) * 4 if is_hidden else tuple(buckets)
        last = now + draw(st.sampled_from([0, 0, 300, 9 * 3600]))
        seen.append(Record(now, last, sum(buckets) + unexplained, *known))
        now = last + draw(GAPS)
    return seen


def same_days(left: Sequence[Day], right: Sequence[Day]) -> bool:
    return len(left) == len(right) and all(
        (one.date, one.close, one.refills, one.is_seen)
        == (two.date, two.close, two.refills, two.is_seen)
        and one.spent == pytest.approx(two.spent)
        for one, two in zip(left, right, strict=True)
    )


ZONES = st.sampled_from([UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")])


@settings(max_examples=300)
@given(histories(), ZONES, st.integers(0, 30 * DAY))
def test_thinning_changes_no_day(seen: list[Record], zone: tzinfo, age: int) -> None:
    before = FRIDAY + age
    today = date(2026, 12, 24)
    fewer = thinned(seen, before, zone)
    assert same_days(days_of(fewer, today, zone), days_of(seen, today, zone))
    assert set(fewer) <= set(seen)
    assert [one for one in fewer if one.last >= before] == [
        one for one in seen if one.last >= before
    ]
    assert thinned(fewer, before, zone) == fewer


@given(histories(), ZONES)
def test_changes_explain_the_balance(seen: list[Record], zone: tzinfo) -> None:
    found = changes(seen)
    came = sum(one.amount for one in found if isinstance(one, Refill))
    lost = sum(one.amount for one in found if isinstance(one, Drop))
    if seen:
        assert came - lost == seen[-1].credits - seen[0].credits
    days = days_of(seen, date(2027, 12, 24), zone)
    assert sum(day.spent for day in days) == pytest.approx(lost)
    assert [refill for day in days for refill in day.refills] == [
        one for one in found if isinstance(one, Refill)
    ]
    assert all(day.spent >= 0 for day in days)
    assert all(two.date - one.date == timedelta(1) for one, two in pairwise(days))
    times = [one.at if isinstance(one, Refill) else one.end for one in found]
    assert times == sorted(times)
    assert all(one.amount > 0 for one in found)


# --- thinning ---


def test_the_example_that_explains_it_of_thinning() -> None:
    """As it stands in :func:`thinned`."""
    times = ["09:00", "09:05", "09:10", "09:20", "09:25", "09:30", "09:41", "18:00"]
    amounts = [500, 480, 400, 480, 470, 460, 5460, 5000]
    seen = [
        record(at(f"2026-11-20T{clock}"), amount)
        for clock, amount in zip(times, amounts, strict=True)
    ]
    assert thinned(seen, FRIDAY + DAY, UTC) == [seen[0], *seen[4:]]


def test_a_plain_day_becomes_its_first_and_last() -> None:
    seen = [record(FRIDAY + minute * MINUTE, 5000 - minute) for minute in range(0, 2880, 5)]
    ends = [seen[0], seen[287], seen[288], seen[575]]
    assert thinned(seen, FRIDAY + 2 * DAY, UTC) == ends
    assert thinned(seen, FRIDAY + DAY, UTC) == [*ends[:2], *seen[288:]]


def test_a_reservation_within_a_day_goes() -> None:
    dips = [5000 - 30 * (index % 2) for index in range(100)]
    seen = [record(FRIDAY + index * 300, amount) for index, amount in enumerate([*dips, 5000])]
    assert thinned(seen, FRIDAY + DAY, UTC) == [seen[0], seen[-1]]


def test_what_leads_to_a_refill_stays() -> None:
    amounts = [*range(5000, 4900, -1), 9900, *range(9899, 9800, -1)]
    seen = [record(FRIDAY + index * 300, amount) for index, amount in enumerate(amounts)]
    assert thinned(seen, FRIDAY + DAY, UTC) == [seen[0], *seen[96:101], seen[-1]]


def test_dips_that_follow_each_other_stay_together() -> None:
    # The day ends inside the last of three dips, each of which begins as the other comes back.
    midnight = FRIDAY + DAY
    amounts = [(500, 500), (450, 500), (500, 460), (440, 500), (500, 500)]
    times = [midnight - 900, midnight - 700, midnight - 500, midnight - 300, midnight + 200]
    seen = [
        record(FRIDAY, 600, 500),
        record(FRIDAY + 3600, 550, 500),
        *(record(at, *each) for at, each in zip(times, amounts, strict=True)),
        record(midnight + 3600, 490, 500),
    ]
    fewer = thinned(seen, midnight + DAY, UTC)
    assert fewer == [seen[0], *seen[2:]]
    today = date(2026, 11, 21)
    assert spent(fewer, today) == spent(seen, today) == [100, 10]
