"""What the charts show and say of a history."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import NOW
from tests.fakes import FakeFormats
from tray_app.lemlist.balance import Balance
from tray_app.report.history_view import (
    HistoryView,
    Tick,
    history_of,
    point_near,
    sum_of_teams,
    tiles_at,
)
from tray_app.report.points import Point, Trend, fewer, has_trend, trend_of
from tray_app.rules.analysis import conclude, learn
from tray_app.rules.history import Record
from tray_app.rules.levels import Level
from tray_app.rules.local_time import date_at
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.amounts import bucket_label
from tray_app.words.forecast_words import run_out_day
from tray_app.words.formats import day_words
from tray_app.words.history_words import flags_words
from tray_app.words.trend_words import course_words, point_words, spent_words

FORMATS = FakeFormats()


def at(day: float, hour: float = 0, minute: float = 0) -> int:
    """A moment of November, and before it for days below 1."""
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    return int((begin + timedelta(days=day - 1, hours=hour, minutes=minute)).timestamp())


def day(number: int) -> str:
    """A day of November, in words."""
    return day_words(date(2026, 11, number), FORMATS)


def trend(records: Sequence[Record], days: int = 30) -> Trend:
    return trend_of(records, days, int(NOW.timestamp()))


def history(
    records: Sequence[Record], days: int = 30, snapshot: Snapshot | None = None
) -> HistoryView:
    return history_of(records, days, "Acme", FORMATS, int(NOW.timestamp()), snapshot)


def known(records: Sequence[Record], at: datetime = NOW) -> Snapshot:
    """What is known of a team from its last reading on."""
    credits = records[-1].credits
    analysis = conclude(learn(records, at, UTC), [], credits, None, at, None, UTC)
    return Snapshot(Reading(Balance(credits), at), Level.HEALTHY, analysis=analysis)


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
        "From 900 on 5 Nov to 5,480 on 22 Nov. Lowest: 480 on 7 Nov."
        " Credits added: +5,000 on 9 Nov."
    )
    assert course(trend(records[:1])).endswith("No credits were added.")
    assert course(trend([])) == ""


def test_many_increases_are_counted() -> None:
    records = [Record(at(day), at(day, 20), day * 1_000) for day in range(10, 16)]
    assert course(trend(records)).endswith("Credits added: +5,000, in 5 increases.")


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
    assert not any((view.points, view.spans, view.tiles, view.time_ticks))
    assert not any(table.moments for table in (view.decreases, view.increases, view.day_table))
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
    left = f"{view.points[-1].credits:,} credits left"
    assert view.title == f"{left} · 2,750 spent in 7 days · 0 credits added"


def test_one_day_is_called_one() -> None:
    assert history(month(), 1).title.endswith("350 spent in 1 day · 0 credits added")


def test_beyond_90_days_the_balance_is_that_at_the_end_of_each_day() -> None:
    records = long()
    assert not history(records, 90).by_week
    view = history(records, 91)
    assert view.by_week
    assert [date_at(point.at) for point in view.points] == [
        (NOW - timedelta(days=ago)).date() for ago in range(90, -1, -1)
    ]
    assert [point.credits for point in view.points] == [
        87_780 + 10 * ago for ago in range(90, -1, -1)
    ]
    assert all(point.at % 86_400 == 86_399 for point in view.points[:-1])
    assert view.points[-1].at == NOW.timestamp()


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
        *("+5,000 purchased", "+400 plan", "+1 gifted", "+3 freemium", "+100"),
    ]
    assert [mark.at for mark in view.marks] == [at(day) for day in (3, 5, 7, 9, 11)]
    assert view.title.endswith("· +5,504 added 5 times")
    assert view.spans[2].marks == "+5,000 purchased"
    assert [span.added for span in view.spans[2:7]] == [5_000, 0, 400, 0, 1]
    assert view.spans[3].marks == ""


def test_only_drains_are_marked_among_the_drops() -> None:
    view = history(month())
    (mark,) = view.marks
    assert (mark.at, mark.amount, mark.label) == (at(3, 20), -2_000, "−2,000 in 5 min")
    assert [span.is_unusual for span in view.spans].count(True) == 1
    assert view.decreases.unusual == {0}
    headings, first, *others = view.decreases.texts
    assert headings == ("When", "Credits", "Within", "Pace")
    assert first == (f"{day(3)}, 20:00", "−2,000", "5 min", "480 × usual")
    assert {pace for *_, pace in others} == {"12 × usual"}
    assert len(others) == 9
    assert view.decreases.bars == (1, *[12 / 480] * 9)
    assert view.decreases.moments[0] == at(3, 20, 5)


def test_a_usual_pace_makes_no_long_bar() -> None:
    shown = history(month(), 7).decreases
    assert shown.unusual == frozenset()
    assert set(shown.bars) == {1.0}  # 12 times usual
    slow = [Record(at(day), at(day, 12), 900 - 50 * day) for day in range(1, 10)]
    assert history([*slow, Record(at(9, 13), at(22), 440)]).decreases.texts[-1][-1] == "as usual"


def test_without_a_habit_no_drop_is_a_drain() -> None:
    view = history([Record(at(20), at(20, 8), 5_000), Record(at(20, 8, 5), at(21), 1_000)])
    assert view.marks == ()
    assert view.decreases.texts == (
        ("When", "Credits", "Within"),
        (f"{day(20)}, 08:00", "−4,000", "5 min"),
    )
    assert view.decreases.bars == ()


def test_an_idle_team_has_no_usual_pace() -> None:
    assert history(flat(at(1), at(22))).decreases.texts == (("When", "Credits", "Within"),)


def test_drops_are_those_of_the_days_that_are_shown() -> None:
    assert "−2,000" not in [row[1] for row in history(month(), 7).decreases.texts]


def test_a_drop_that_began_before_the_days_that_are_shown_has_its_whole_length() -> None:
    records = [Record(at(1), at(15, 22), 900), Record(at(16, 8), at(22), 400)]
    assert history(records, 7).decreases.texts[1][:3] == (f"{day(15)}, 22:00", "−500", "10 h")


def test_the_increases_as_a_table() -> None:
    view = history(
        [
            Record(at(18), at(18, 9), 1_000, 0, 1_000, 0, 0),
            Record(at(19, 9), at(19, 10), 9_001, 8_000, 1_001, 0, 0),
            Record(at(20, 9), at(20, 10), 9_001),
            Record(at(21, 9), at(21, 10), 9_501),
        ]
    )
    assert view.increases.texts == (
        ("When", "Credits", "Kind"),
        (f"{day(21)}, 09:00", "+500", ""),
        (f"{day(19)}, 09:00", "+8,001", f"{bucket_label('subscription')}, {bucket_label('paid')}"),
    )
    assert view.increases.moments == (at(21, 9), at(19, 9))


def test_the_days_as_a_table() -> None:
    view = history(
        [
            Record(at(18), at(18, 9), 1_000, 0, 1_000, 0, 0),
            Record(at(21, 9), at(21, 10), 700, 0, 700, 0, 0),
            Record(at(22, 9), at(22, 10), 5_700, 0, 5_700, 0, 0),
        ]
    )
    dates, closes, spent, added = zip(*view.day_table.texts[1:], strict=True)
    assert dates == tuple(day(number) for number in (22, 21, 20, 19, 18))
    assert closes == ("5,700", "700", "–", "–", "1,000")
    assert added == ("+5,000 purchased", "", "", "", "")
    assert spent[0] == "0"
    assert spent[2].startswith("about 1")
    assert len(view.day_table.texts[0]) == 4
    assert view.day_table.moments[:2] == (at(23) - 1, at(22) - 1)


def test_days_of_another_year_have_it() -> None:
    rows = history(flat(at(-320), at(22)), 365).day_table.texts
    assert rows[1][0] == day(22)
    assert rows[-1][0].endswith("15 Dec 2025")


def test_a_young_history_is_named_by_its_begin() -> None:
    assert history(flat(at(19), at(22), 1)).title == (
        "1 credit left · 0 spent since 19 Nov · 0 credits added"
    )


def test_a_history_in_words() -> None:
    view = history(month())
    assert view.description.startswith("From ")
    assert view.description.endswith("No credits were added.")


# The forecast


def test_the_forecast_takes_the_last_quarter() -> None:
    records = month()
    for days in (7, 30, 90):
        view = history(records, days, known(records))
        begin, end = view.spans[0].begin, view.spans[-1].end
        assert (view.begin, view.end - end) == (begin, (end - begin) // 3)
        assert view.ahead[0] == (NOW.timestamp(), *[records[-1].credits] * 3)
        assert view.ahead[-2].at <= view.end <= view.ahead[-1].at
        assert all(one.low <= one.likely <= one.high for one in view.ahead)
        assert all(one.at < other.at for one, other in pairwise(view.ahead))


def test_credits_run_out_on_the_day_that_the_forecast_says() -> None:
    records = month()
    snapshot = known(records)
    assert snapshot.analysis is not None
    end = run_out_day(snapshot.analysis)
    assert end is not None
    view = history(records, 90, snapshot)
    assert view.run_out is not None
    assert date_at(view.run_out.value) == end
    assert view.run_out.label == FORMATS.day(end)
    assert view.tiles[3] == (day_words(end, FORMATS), "likely to run out")
    assert FORMATS.day(end) in view.description
    assert history(records, 7, snapshot).run_out is None  # which is later than the chart


@pytest.mark.parametrize("hours", [1, 23, 25, -25])
def test_a_forecast_holds_for_a_day(hours: int) -> None:
    records = month()
    view = history(records, 30, known(records, NOW - timedelta(hours=hours)))
    assert bool(view.ahead) is (abs(hours) < 24)
    if not view.ahead:
        assert view.end == view.spans[-1].end
        assert view.tiles[3] == ("–", "no current forecast")


def test_why_there_is_no_day_on_which_credits_run_out() -> None:
    def said(records: list[Record]) -> tuple[str, str]:
        return history(records, 30, known(records)).tiles[3]

    records = month()
    assert said(flat(at(20), at(22, 15))) == ("–", "forecast around 28 Nov")
    assert said(flat(at(1), at(22, 15))) == ("–", "no forecast yet")
    assert said([*records, Record(at(22, 15), at(22, 15), 0)]) == ("–", "already run out")
    plenty = [*records, Record(at(22, 15), at(22, 15), 10**7)]
    assert said(plenty) == ("Over a year", "likely to last")
    quiet = [Record(at(day), at(day, 1), 9_000 - day // 4) for day in range(-40, 23)]
    assert said(quiet) == ("–", "almost no spending")
    assert history(records).tiles[3] == ("–", "no current forecast")


# What is pointed at


def test_a_moment_of_a_month_in_words() -> None:
    view = history(month())
    point = point_near(view, at(3, 20, 5))
    assert tiles_at(view, point, FORMATS) == (
        (f"{point.credits:,}", "credits left"),
        ("2,400", "spent that day"),
        ("0", "added that day"),
        (day(3), "20:05"),
    )
    assert [span.marks for span in view.spans if span.marks] == ["−2,000 in 5 min"]


def test_a_moment_of_a_year_in_words() -> None:
    view = history(long(), 365)
    assert tiles_at(view, view.points[-1], FORMATS) == (
        ("87,780", "credits left"),
        ("70", "spent that week"),
        ("0", "added that week"),
        (day(22), "closing balance"),
    )


@pytest.mark.parametrize("days", [30, 365])
def test_each_row_of_a_table_has_its_place_on_the_chart(days: int) -> None:
    view = history(long(), days)
    for table, closes in ((view.decreases, None), (view.day_table, 1)):
        for row, moment in zip(table.texts[1:], table.moments, strict=True):
            point = point_near(view, moment)
            assert view.spans[0].begin <= point.at < view.spans[-1].end
            if closes:
                assert row[closes] == f"{point.credits:,}"
                assert date_at(point.at) == date_at(moment)


def test_the_chart_has_the_points_that_the_tables_tell_of() -> None:
    end = int(NOW.timestamp())
    records = [Record(end - 300 * ago, end - 300 * ago, 90_000 + 7 * ago) for ago in range(8_000)]
    jumps = {2_000: 5_000, 5_000: -3_000}
    for ago, gain in jumps.items():
        records = [
            record._replace(credits=record.credits + gain * (record.first >= end - 300 * ago))
            for record in records
        ]
    view = history(sorted(records))
    assert view.increases.moments == (end - 300 * 2_000,)
    assert end - 300 * 5_000 in view.decreases.moments
    for moment in (*view.increases.moments, *view.decreases.moments):
        assert point_near(view, moment).at == moment


def test_a_row_before_the_first_reading_of_its_day_has_a_place() -> None:
    view = history([Record(at(18, 9), at(18, 10), 900), Record(at(21, 9), at(22), 700)])
    assert point_near(view, at(20, 12)) == Point(at(20), 900, (900,))


# Axes


def axis(view: HistoryView) -> list[str]:
    return [tick.label for tick in view.time_ticks]


def test_the_time_axis_names_what_fits_the_range() -> None:
    records = flat(at(-400), at(22))
    assert axis(history(records, 7))[0] == day(16)
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
        (1_900_000, ["0", "500k", "1M", "1,500k", "2M"]),
        (3_900_000, ["0", "1M", "2M", "3M", "4M"]),
        (4_000_000_000, ["0", "1,000M", "2,000M", "3,000M", "4,000M"]),
    ],
)
def test_amounts_on_the_axis_are_round(highest: int, labels: list[str]) -> None:
    view = history(flat(at(20), at(22), highest))
    assert [tick.label for tick in view.credit_ticks] == labels
    assert view.credit_ticks[-1].value >= highest


# Flags


def test_flags_in_words() -> None:
    one, other = (5_000, "+5,000 purchased"), (8_000, "+8,000 plan")
    assert flags_words([one], FORMATS) == ("+5,000 purchased", "+5,000")
    assert flags_words([one, other], FORMATS) == (
        "+5,000 purchased, +8,000 plan",
        "+13,000, 2 times",
    )
    assert flags_words([one, other, one], FORMATS) == ("+18,000, 3 times",)
    drain = (-2_250, "−2,250 in 15 min")
    assert flags_words([drain], FORMATS) == ("−2,250 in 15 min", "−2,250")
    assert flags_words([drain] * 3, FORMATS) == ("−6,750, 3 times",)


# The sum of several teams


def total(*pasts: Sequence[Record], days: int = 30) -> HistoryView:
    return sum_of_teams(pasts, days, "All teams", FORMATS, int(NOW.timestamp()))


OLDER = [
    Record(at(17, 9), at(18, 9), 1_000, 1_000, 0),
    Record(at(18, 10), at(19, 9), 900, 900, 0),
    Record(at(19, 10), at(22, 15), 800, 800, 0),
]
NEWER = [
    Record(at(19, 11), at(20, 9), 50, 0, 50),
    Record(at(20, 10), at(21, 9, 55), 5_050, 0, 5_050),
    Record(at(21, 10), at(22, 15), 5_043, 0, 5_043),
]


def test_a_sum_adds_up_spending_by_day() -> None:
    view = total(OLDER, NEWER)
    assert [(span.spent, span.added) for span in view.spans] == [
        (0, 0),
        (100, 0),
        (100, 0),
        (0, 5_000),
        (7, 0),
        (0, 0),
    ]
    assert view.tiles[0].value == "5,843"
    assert view.tiles[1].value == "207"
    assert view.tiles[3].label == "forecasts are per team"
    assert (view.ahead, view.run_out, view.low) == ((), None, 0)
    assert [mark.label for mark in view.marks] == ["+5,000"]


def test_a_sum_has_balances_from_when_all_teams_have_one() -> None:
    view = total(OLDER, NEWER)
    assert [point.credits for point in view.points] == [850, 5_850, 5_843, 5_843]
    assert view.points[0].at == at(20) - 1
    assert view.layers == ("subscription", "paid")
    headings, *rows = view.day_table.texts
    assert headings == ("Day", "Teams", "Balance at the end", "Spent", "Added")
    assert [row[1:] for row in rows] == [
        ("2", "5,843", "0", "0"),
        ("2", "5,843", "7", "0"),
        ("2", "5,850", "0", "+5,000"),
        ("2", "850", "100", "0"),
        ("1", "–", "100", "0"),
        ("1", "–", "0", "0"),
    ]
    assert view.note == (
        "Spending of 2 teams since 17 Nov, added up. "
        "Balances are added up since 19 Nov, when all teams have one."
    )


def test_a_sum_says_what_is_not_in_it() -> None:
    assert total(OLDER, NEWER, [], days=3).note == (
        "Spending and balances of 2 teams since 20 Nov, added up. "
        "1 team without a history is not counted."
    )
    nothing = total([], [])
    assert (nothing.points, nothing.spans, nothing.note) == ((), (), "")


def test_the_sum_of_one_team_is_the_team() -> None:
    alone, view = history(OLDER), total(OLDER)
    assert view.spans == alone.spans
    assert view.tiles[:3] == alone.tiles[:3]
    assert [row[0::2] for row in view.day_table.texts[1:]] == [
        (row[0], row[1], row[3] or "0") for row in alone.day_table.texts[1:]
    ]


def test_a_day_on_which_a_team_was_not_seen_is_said_to_be_so() -> None:
    gap = [NEWER[0], NEWER[1]._replace(first=at(22, 10), last=at(22, 15))]
    rows = total(OLDER, gap).day_table.texts
    assert rows[2][:3] == (day(21), "2", "–")
