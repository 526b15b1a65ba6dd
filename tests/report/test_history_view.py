"""What the charts show and say of a history."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOW
from tests.fakes import FakeFormats
from tray_app.report.history_view import HistoryView, Tick, history_of, readout_of
from tray_app.report.points import Point, fewer
from tray_app.report.trend import Trend, has_trend, trend_of
from tray_app.rules.history import Record
from tray_app.words.history_words import course_words, point_words, spent_words

FORMATS = FakeFormats()


def at(day: float, hour: float = 0, minute: float = 0) -> int:
    """A moment of November, and before it for days below 1."""
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    return int((begin + timedelta(days=day - 1, hours=hour, minutes=minute)).timestamp())


def trend(records: Sequence[Record], days: int = 30) -> Trend:
    return trend_of(records, days, int(NOW.timestamp()))


def history(records: Sequence[Record], days: int = 30) -> HistoryView:
    return history_of(records, days, "Acme", FORMATS, int(NOW.timestamp()))


def title(trend: Trend) -> str:
    return spent_words(trend.begin, trend.end, trend.days, trend.spent, FORMATS)


def course(trend: Trend) -> str:
    return course_words(trend.points, trend.refills, FORMATS)


def month() -> list[Record]:
    """Spending by day from 1 October on, 100 an hour from 9 to 17, with refills and one drain."""
    records = [Record(at(-30), at(-30, 8), 30_000, 20_000, 10_000, 0, 0)]

    def spend(moment: int, amount: int) -> None:
        last = records[-1]
        records[-1] = last._replace(last=moment - 300)
        left, paid = last.subscription or 0, last.paid or 0
        records.append(Record(moment, moment, last.credits - amount, left - amount, paid, 0, 0))

    for day in range(-30, 23):
        for hour in range(9, 17):
            if at(day, hour) < NOW.timestamp():
                spend(at(day, hour), 50)
        if day == 3:
            spend(at(3, 20, 5), 2_000)
    last = records[-1]._replace(last=int(NOW.timestamp()))
    return [*records[:-1], last]


def long() -> list[Record]:
    """Ten credits spent a day, for 222 days."""
    return [Record(at(-200 + n, 1), at(-200 + n, 14), 90_000 - 10 * n) for n in range(223)]


def flat(begin: int, end: int, credits: int = 1_000) -> list[Record]:
    return [Record(begin, end, credits)]


# The trend


def test_a_trend_begins_with_what_was_last_known_while_nobody_looked() -> None:
    shown = trend([Record(at(1), at(2), 900), Record(at(20), at(22), 700)], 7)
    assert shown.points[:2] == ((at(16), 900), (at(20), 700))


def test_a_trend_marks_refills_but_no_reservations() -> None:
    shown = trend(
        [
            Record(at(10), at(11), 900, 0, 900, 0, 0),
            Record(at(11, 0, 5), at(11, 0, 5), 400, 0, 400, 0, 0),
            Record(at(11, 0, 10), at(12), 900, 0, 900, 0, 0),
            Record(at(12, 1), at(20), 5_900, 0, 5_900, 0, 0),
        ]
    )
    assert shown.refills == ((at(12, 1), 5_000),)


def test_a_clock_set_back_leaves_the_last_reading_on_the_chart() -> None:
    shown = trend(flat(at(20), at(25)))
    assert shown.end == at(25)


@pytest.mark.parametrize(
    ("records", "worth_it"),
    [([], False), (flat(at(22), at(22, 15)), False), (flat(at(21, 10), at(22, 11)), True)],
    ids=["new", "some hours", "a day"],
)
def test_a_trend_is_shown_from_one_day_on(records: list[Record], worth_it: bool) -> None:
    assert has_trend(trend(records)) is worth_it
    assert not has_trend(None)


def test_a_trend_of_a_young_history_is_named_by_its_begin() -> None:
    assert title(trend(flat(at(19), at(22)))) == "Since 19 Nov · 0 spent"
    assert title(trend(flat(at(-30), at(22)))) == "Last 30 days · 0 spent"
    assert title(trend(flat(at(-30), at(22)), 7)) == "Last 7 days · 0 spent"


@pytest.mark.parametrize("days", [7, 30])
def test_a_trend_counts_what_the_history_counts(days: int) -> None:
    spent = f"{trend(month(), days).spent:,}"
    assert f" · {spent} spent in {days} days" in history(month(), days).title


def test_a_trend_in_words() -> None:
    records = [
        Record(at(5), at(6), 900, 0, 900, 0, 0),
        Record(at(7), at(8), 480, 0, 480, 0, 0),
        Record(at(9), at(22), 5_480, 0, 5_480, 0, 0),
    ]
    assert course(trend(records)) == (
        "From 900 on 5 Nov to 5,480 on 22 Nov. Lowest: 480 on 7 Nov. Refill: +5,000 on 9 Nov."
    )
    assert course(trend(records[:1])).endswith("No refills.")
    assert course(trend([])) == ""


def test_many_refills_are_counted() -> None:
    records = [Record(at(day), at(day, 20), day * 1_000) for day in range(10, 16)]
    assert course(trend(records)).endswith("5 refills, +5,000.")


def test_a_moment_in_words() -> None:
    assert point_words(at(3), 12_430, FORMATS) == "Tue, 3 Nov · 12,430"


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1),
    st.integers(1, 50),
)
def test_fewer_points_keep_the_extremes(pairs: list[tuple[int, int]], stretches: int) -> None:
    points = [Point(when, amount) for when, amount in sorted(pairs)]
    kept = fewer(points, stretches)
    assert len(kept) <= 4 * stretches
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert [point.at for point in kept] == sorted(point.at for point in kept)
    assert set(kept) <= set(points)
    for extreme in (min, max):
        assert extreme(point.credits for point in kept) == extreme(
            point.credits for point in points
        )


def test_a_trend_of_many_records_is_short() -> None:
    records = [Record(at(1) + 60 * i, at(1) + 60 * i, 90_000 - i) for i in range(26_000)]
    assert 150 <= len(trend(records).points) <= 200


# The history: the balance and its layers


def test_layers_are_the_buckets_with_something_in_them() -> None:
    view = history(
        [Record(at(1), at(5), 900, 500, 400, 0, None), Record(at(6), at(7), 500, 200, 300)]
    )
    assert view.layers == ("subscription", "paid")
    assert view.points == (
        Point(at(1), 900, (500, 400)),
        Point(at(5), 900, (500, 400)),
        Point(at(6), 500, (200, 300)),
        Point(at(7), 500, (200, 300)),
    )


@pytest.mark.parametrize(
    ("record", "amounts"),
    [
        (Record(at(1), at(5), 900), {"undivided": 900}),
        (Record(at(1), at(5), 900, 500), {"subscription": 500, "undivided": 400}),
        (Record(at(1), at(5), 900, 500, 600), {"undivided": 900}),
        (Record(at(1), at(5), 900, 1_000, -100, 0, 0), {"undivided": 900}),
    ],
    ids=["unknown", "partly known", "too much", "negative"],
)
def test_what_no_bucket_is_known_of_is_a_layer(record: Record, amounts: dict[str, int]) -> None:
    view = history([record])
    assert dict(zip(view.layers, view.points[0].amounts, strict=True)) == amounts
    assert sum(view.points[0].amounts) == 900


def test_a_chart_of_many_records_has_few_points() -> None:
    records = [
        Record(at(1) + 60 * i, at(1) + 60 * i, 90_000 - i, 90_000 - i, 0, 0, 0)
        for i in range(26_000)
    ]
    view = history(records)
    assert len(view.points) <= 400
    assert view.points[0].credits == 90_000
    assert view.points[-1].credits == 90_000 - 25_999


def test_no_history() -> None:
    view = history([])
    assert not any((view.points, view.spans, view.day_table[1:], view.drop_table[1:]))
    assert view.title == view.description == ""


def test_an_empty_balance_has_an_axis() -> None:
    view = history(flat(at(1), at(5), 0))
    assert [tick.value for tick in view.credit_ticks] == [0, 1]


# The history: spending and marks


def test_spending_by_day() -> None:
    view = history(month(), 7)
    assert [span.begin for span in view.spans] == [at(day) for day in range(16, 23)]
    assert [span.spent for span in view.spans] == [400] * 6 + [350]
    assert (view.spans[0].begin, view.spans[-1].end) == (at(16), at(23))
    assert (view.begin, view.end) == (at(16), at(23))
    assert not view.by_week
    assert view.title == f"{view.points[-1].credits:,} credits left · 2,750 spent in 7 days"


def test_one_day_is_called_one() -> None:
    assert history(month(), 1).title.endswith("credits left · 350 spent in 1 day")


def test_a_year_is_shown_by_week() -> None:
    records = long()
    view = history(records, 365)
    assert view.by_week
    assert view.spans[-1].begin == at(16)
    assert {datetime.fromtimestamp(span.begin, UTC).weekday() for span in view.spans[1:]} == {0}
    assert sum(span.spent for span in view.spans) == 10 * 222
    assert view.begin == at(-200)


def test_refills_are_marked_with_their_bucket() -> None:
    view = history(
        [
            Record(at(1), at(2), 100, 50, 50, 0, 0),
            Record(at(3), at(4), 5_100, 50, 5_050, 0, 0),
            Record(at(5), at(6), 5_500, 450, 5_050, 0, 0),
            Record(at(7), at(8), 5_501, 450, 5_050, 1, 0),
            Record(at(9), at(10), 5_504, 450, 5_050, 1, 3),
            Record(at(11), at(12), 5_604, 500, 5_100, 1, 3),
        ]
    )
    assert [mark.label for mark in view.marks] == [
        *("+5,000 paid", "+400 subscription", "+1 gifted", "+3 freemium", "+100"),
    ]
    assert [mark.at for mark in view.marks] == [at(day) for day in (3, 5, 7, 9, 11)]
    assert view.title.endswith("· 5,504 refilled")
    assert view.spans[2].marks == "+5,000 paid"
    assert view.spans[3].marks == ""


def test_only_drains_are_marked_among_the_drops() -> None:
    view = history(month())
    (mark,) = view.marks
    assert (mark.at, mark.amount, mark.label) == (at(3, 20), -2_000, "−2,000 in 5 min")
    assert len(view.drop_table) == 1 + 10
    assert view.drop_table[1] == ("03 Nov 20:00", "−2,000", "5 min", "24,000")
    assert view.drop_table[0][-1] == "Per hour (usually 50)"


def test_without_a_habit_no_drop_is_a_drain() -> None:
    view = history([Record(at(20), at(20, 8), 5_000), Record(at(20, 8, 5), at(21), 1_000)])
    assert view.marks == ()
    assert view.drop_table[0][-1] == "Per hour"
    assert view.drop_table[1:] == (("20 Nov 08:00", "−4,000", "5 min", "48,000"),)


def test_drops_are_those_of_the_days_that_are_shown() -> None:
    assert "−2,000" not in [row[1] for row in history(month(), 7).drop_table]


def test_a_drop_that_began_before_the_days_that_are_shown_has_its_whole_length() -> None:
    records = [Record(at(1), at(15, 22), 900), Record(at(16, 8), at(22), 400)]
    assert history(records, 7).drop_table[1:] == (("15 Nov 22:00", "−500", "10 h", "50"),)


def test_the_days_as_a_table() -> None:
    view = history(
        [
            Record(at(18), at(18, 9), 1_000, 0, 1_000, 0, 0),
            Record(at(21, 9), at(21, 10), 700, 0, 700, 0, 0),
            Record(at(22, 9), at(22, 10), 5_700, 0, 5_700, 0, 0),
        ]
    )
    dates, closes, spent, refilled = zip(*view.day_table[1:], strict=True)
    assert dates == ("Sun, 22 Nov", "Sat, 21 Nov", "Fri, 20 Nov", "Thu, 19 Nov", "Wed, 18 Nov")
    assert closes == ("5,700", "700", "–", "–", "1,000")
    assert refilled == ("+5,000", "", "", "", "")
    assert spent[0] == "0"
    assert spent[2].startswith("about 1")
    assert len(view.day_table[0]) == 4


def test_days_of_another_year_have_it() -> None:
    rows = history(flat(at(-320), at(22)), 365).day_table
    assert rows[1][0] == "Sun, 22 Nov"
    assert rows[-1][0] == "Mon, 15 Dec, 2025"


def test_a_young_history_is_named_by_its_begin() -> None:
    assert history(flat(at(19), at(22), 1)).title == "1 credit left · 0 spent since Thu, 19 Nov"


def test_a_history_in_words() -> None:
    view = history(month())
    assert view.description.startswith("From ")
    assert view.description.endswith("No refills.")


# What is pointed at


def test_a_reading_in_words() -> None:
    view = history(month())
    point = next(point for point in view.points if point.at >= at(3, 20, 5))
    assert readout_of(view, point, FORMATS) == (
        f"Tue, 3 Nov, {datetime.fromtimestamp(point.at, UTC):%H:%M} · {point.credits:,} credits"
        " · 2,400 spent that day · −2,000 in 5 min"
    )


def test_a_reading_of_a_year_in_words() -> None:
    records = long()
    view = history(records, 365)
    assert readout_of(view, view.points[-1], FORMATS) == (
        "Sun, 22 Nov · 87,780 credits · 70 spent that week"
    )


# Axes


def axis(view: HistoryView) -> list[str]:
    return [tick.label for tick in view.time_ticks]


def test_the_time_axis_names_what_fits_the_range() -> None:
    records = flat(at(-400), at(22))
    assert axis(history(records, 7))[0] == "Mon, 16 Nov"
    assert len(axis(history(records, 7))) == 7
    assert axis(history(records, 30)) == ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]
    assert len(axis(history(records, 90))) == 12
    assert axis(history(records, 365)) == [
        *("Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"),
    ]
    assert history(records, 30).time_ticks[1] == Tick(at(2), "2 Nov")


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        (1, ["0", "1"]),
        (7, ["0", "2", "4", "6", "8"]),
        (480, ["0", "200", "400", "600"]),
        (1_900, ["0", "500", "1,000", "1,500", "2,000"]),
        (12_430, ["0", "5k", "10k", "15k"]),
        (100_000, ["0", "50k", "100k"]),
        (3_900_000, ["0", "1M", "2M", "3M", "4M"]),
        (4_000_000_000, ["0", "1,000M", "2,000M", "3,000M", "4,000M"]),
    ],
)
def test_amounts_on_the_axis_are_round(highest: int, labels: list[str]) -> None:
    view = history(flat(at(20), at(22), highest))
    assert [tick.label for tick in view.credit_ticks] == labels
    assert view.credit_ticks[-1].value >= highest
