"""When the plan's credits are renewed, and what lapses."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from tray_app.rules.history import Refill
from tray_app.rules.renewal import large_gains, learned_day, likely_to_lapse, next_renewal

TODAY = date(2026, 11, 22)


def came(day: str, subscription: int = 8000, zone: tzinfo = UTC) -> Refill:
    moment = datetime.fromisoformat(day if "T" in day else f"{day}T12:00").replace(tzinfo=zone)
    return Refill(int(moment.timestamp()), subscription, {"subscription": subscription})


def next_of(refills: Sequence[Refill], today: date = TODAY, zone: tzinfo = UTC) -> date | None:
    day = learned_day(refills, today, zone)
    return next_renewal(refills, day, today, zone) if day else None


def learned(*days: str, today: date = TODAY) -> date | None:
    return next_of([came(day) for day in days], today)


@pytest.mark.parametrize(
    ("set_day", "today", "expected"),
    [
        (25, "2026-11-22", "2026-11-25"),
        (22, "2026-11-22", "2026-11-22"),
        (21, "2026-11-22", "2026-12-21"),
        (1, "2026-12-31", "2027-01-01"),
        (31, "2026-11-22", "2026-11-30"),
        (31, "2026-11-30", "2026-11-30"),
        (31, "2026-12-01", "2026-12-31"),
        (30, "2027-02-01", "2027-02-28"),
        (31, "2028-02-01", "2028-02-29"),
        (29, "2027-01-30", "2027-02-28"),
    ],
)
def test_set_by_the_user(set_day: int, today: str, expected: str) -> None:
    found = next_renewal([], set_day, date.fromisoformat(today), UTC)
    assert found == date.fromisoformat(expected)


def test_the_example_that_explains_it() -> None:
    """As it stands in :func:`learned_day`."""
    seen = [came("2026-08-01", 10_000), came("2026-09-12", 5_000), came("2026-10-13", 5_000)]
    assert learned_day(seen, date(2026, 11, 1), UTC) == 12


@pytest.mark.parametrize(
    "days",
    [
        (),
        ("2026-11-05",),
        ("2026-11-05", "2026-11-15"),
        ("2026-10-05", "2026-11-15"),
        ("2026-05-05", "2026-06-05"),
    ],
    ids=["none", "one", "same-month", "other-day", "long-ago"],
)
def test_unknown(days: tuple[str, ...]) -> None:
    assert learned(*days) is None


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        (("2026-10-05", "2026-11-05"), "2026-11-22", "2026-12-05"),
        (("2026-09-05", "2026-10-05", "2026-11-05"), "2026-12-04", "2026-12-05"),
        # seen late, as the computer was off
        (("2026-09-07", "2026-10-05", "2026-11-05"), "2026-11-22", "2026-12-05"),
        (("2026-10-05", "2026-11-06"), "2026-11-22", "2026-12-05"),
        # nothing was spent in a month, so that nothing came
        (("2026-09-05", "2026-11-05"), "2026-11-22", "2026-12-05"),
        # the end of the month
        (("2026-09-30", "2026-10-31"), "2026-11-22", "2026-11-30"),
        (("2026-10-31", "2026-11-30"), "2026-12-07", "2026-12-31"),
        (("2027-01-31", "2027-02-28"), "2027-03-05", "2027-03-31"),
        (("2026-12-30", "2027-01-30", "2027-02-28"), "2027-03-05", "2027-03-30"),
        (("2027-02-28", "2027-03-28"), "2027-04-05", "2027-04-28"),
        # over the turn of the year
        (("2026-11-15", "2026-12-15"), "2026-12-20", "2027-01-15"),
        # the day has changed
        (("2026-09-05", "2026-10-05", "2026-10-20", "2026-11-18"), "2026-11-22", "2026-12-18"),
    ],
    ids=[
        "two", "three", "late", "a-day-late", "gap", "short-month", "last", "february",
        "thirtieth", "after-february", "new-year", "changed",
    ],
)  # fmt: skip
def test_learned_from_jumps(days: tuple[str, ...], today: str, expected: str) -> None:
    assert learned(*days, today=date.fromisoformat(today)) == date.fromisoformat(expected)


def test_the_larger_jumps_count() -> None:
    small = [came(f"2026-{month:02}-{day}", 40) for month in (9, 10, 11) for day in range(10, 20)]
    large = [came("2026-09-05"), came("2026-10-05"), came("2026-11-05")]
    assert next_of([*small, *large]) == date(2026, 12, 5)


def test_other_buckets_are_not_the_plans() -> None:
    refills = [Refill(came(day).at, 5000, {"paid": 5000}) for day in ("2026-10-05", "2026-11-05")]
    assert next_of(refills) is None
    unknown = [Refill(refill.at, 5000) for refill in refills]
    assert next_of(unknown) is None


HOLIDAY = [came("2026-08-12"), came("2026-09-12"), came("2026-10-20")]
"""The computer was off on 12 October, and for a week after it."""


@pytest.mark.parametrize(
    ("before", "given_back", "expected"),
    [
        (HOLIDAY, {"09-18": 5}, 12),
        (HOLIDAY, {"09-18": 100, "09-19": 799}, 12),
        ([], {"09-03": 5, "09-17": 1, "10-05": 5, "10-19": 3}, None),
        ([], {"09-03": 20, "10-05": 20}, None),
    ],
    ids=["holiday", "many", "no-renewal", "phone-numbers"],
)
def test_what_is_given_back_is_no_renewal(
    before: list[Refill], given_back: dict[str, int], expected: int | None
) -> None:
    refunds = [came(f"2026-{day}", amount) for day, amount in given_back.items()]
    assert learned_day([*before, *refunds], date(2026, 11, 1), UTC) == expected


@pytest.mark.parametrize(
    "amounts",
    [(40, 40, 40), (21, 150, 90), (8000, 800, 1200), (500, 500, 10_000), (500, 10_000, 10_000)],
    ids=["small-plan", "little-spent", "shrunk", "upgrade", "after-an-upgrade"],
)
def test_renewals_of_any_size(amounts: tuple[int, ...]) -> None:
    """A plan that is reset gains what was spent of it, which may be a tenth of the usual."""
    days = ("2026-08-12", "2026-09-12", "2026-10-12")
    refills = [came(day, amount) for day, amount in zip(days, amounts, strict=True)]
    assert [amount for _, _, amount in large_gains(refills)] == list(amounts)
    assert learned_day(refills, date(2026, 11, 1), UTC) == 12


def test_a_large_renewal_is_forgotten_when_the_team_has_shrunk() -> None:
    refills = [came("2026-05-12"), *[came(f"2026-{month:02}-12", 60) for month in range(6, 11)]]
    assert [amount for _, _, amount in large_gains(refills)] == [8000, 60, 60]


def test_each_bucket_has_its_own_size() -> None:
    """A purchase is no refund because the plan is much larger."""
    at = came("2026-10-12").at
    refills = [
        came("2026-09-12", 50_000),
        Refill(at, 2_005, {"subscription": 5, "paid": 2_000}),
        Refill(at + 60, 40),
        Refill(at + 120, 3),
    ]
    large = large_gains(refills)
    assert large == [
        (refills[0].at, "subscription", 50_000),
        (at, "paid", 2_000),
        (at + 60, "", 40),
    ]


def test_what_is_given_back_on_the_eve_does_not_renew() -> None:
    before = [came("2026-08-12"), came("2026-09-12"), came("2026-10-12")]
    due = date(2026, 11, 12)
    eve = [*before, came("2026-11-11T20:00", 5)]
    assert next_renewal(eve, 12, due - timedelta(1), UTC) == due
    assert next_renewal(eve, 12, due, UTC) == due
    small = [*eve, came("2026-11-12T08:00", 800)]
    assert next_renewal(small, 12, due, UTC) == date(2026, 12, 12)


@pytest.mark.parametrize(
    ("set_day", "seen", "expected"),
    [
        (1, "2026-08-31", "2026-10-01"),
        (1, "2026-12-31", "2027-02-01"),
        (31, "2026-11-29", "2026-12-31"),
        (12, "2026-11-11", "2026-12-12"),
        (12, "2026-11-10", "2026-11-12"),
    ],
)
def test_a_renewal_that_is_seen_a_day_early(set_day: int, seen: str, expected: str) -> None:
    """At 22:00 west of UTC: what came an hour ago was said to expire on the next day."""
    refills = [came(f"{seen}T22:00")]
    today = date.fromisoformat(seen)
    assert next_renewal(refills, set_day, today, UTC) == date.fromisoformat(expected)


@pytest.mark.parametrize("seen", ["2026-11-11T22:00", "2026-11-12T08:00"])
def test_a_quiet_months_renewal_is_over_once_it_is_seen(seen: str) -> None:
    """A plan of 10,000 of which 200 were spent was likely to expire until midnight."""
    before = [came("2026-08-12"), came("2026-09-12"), came("2026-10-12")]
    due = date(2026, 11, 12)
    assert next_renewal([*before, came(seen, 20)], 12, due, UTC) == due
    assert next_renewal([*before, came(seen, 200)], 12, due, UTC) == date(2026, 12, 12)
    bought = Refill(came(seen).at, 8_000, {"paid": 8_000})
    assert next_renewal([*before, bought], 12, due, UTC) == due


@pytest.mark.parametrize("day", [1, 2, 12, 28])
@pytest.mark.parametrize("is_growing", [True, False])
def test_the_learned_day_stays_after_a_renewal(day: int, is_growing: bool) -> None:
    """It was three days too early at first if the last renewal was larger than those before."""
    amounts = [8_000, 8_200, 8_200, 8_600][:: 1 if is_growing else -1]
    refills = [came(f"2026-{month:02}-{day:02}", each) for month, each in enumerate(amounts, 7)]
    last = date(2026, 10, day)
    for today in (last + timedelta(days) for days in range(-3, 8)):
        seen = refills[: 4 if today >= last else 3]
        assert learned_day(seen, today, UTC) == day, today


@pytest.mark.parametrize("seen", ["2026-11-22", "2026-11-21"])
def test_today_until_it_was_seen(seen: str) -> None:
    before = [came("2026-08-22"), came("2026-09-22"), came("2026-10-22")]
    for refills, expected in ((before, TODAY), ([*before, came(seen)], date(2026, 12, 22))):
        assert learned_day(refills, TODAY, UTC) == 22
        assert next_renewal(refills, 22, TODAY, UTC) == expected


def test_a_renewal_that_is_late() -> None:
    assert learned("2026-09-20", "2026-10-20") == date(2026, 12, 20)


def test_days_are_local() -> None:
    refills = [came("2026-10-04T23:30"), came("2026-11-04T23:30")]
    tokyo = ZoneInfo("Asia/Tokyo")
    assert next_of(refills, zone=tokyo) == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("subscription", "spending", "lapsing"),
    [(3100, 0.0, 3100), (3100, 900.0, 2200), (3100, 3100.0, 0), (3100, 9000.0, 0), (-5, 0.0, 0)],
)
def test_what_lapses(subscription: int, spending: float, lapsing: int) -> None:
    assert likely_to_lapse(subscription, spending) == lapsing
