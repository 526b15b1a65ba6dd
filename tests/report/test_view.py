"""From a Snapshot to words."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import HEALTHY
from tests.fakes import NOON, FakeFormats
from tray_app.errors import Kind, Problem
from tray_app.icon_look import IconLook, IconShape
from tray_app.lemlist.balance import Balance
from tray_app.report.view import View, view_of
from tray_app.rules.alerts import Snooze
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import Curve, Forecast, Rhythm, RunsOut, TooEarly
from tray_app.rules.levels import Level
from tray_app.rules.schedule import LATE
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.settings import IconStyle, Settings
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.amounts import UNKNOWN
from tray_app.words.problem_words import Remedy, history_fault_words, problem_words

OFFLINE = Problem(Kind.OFFLINE)


FORMATS = FakeFormats()
WINDOWS_TOOLTIP = 127  # characters


def good(balance: Balance = HEALTHY, level: Level = Level.HEALTHY) -> Snapshot:
    return Snapshot(
        Reading(balance, NOON),
        level,
        "Acme Growth",
        key_source=KeySource.KEYCHAIN,
        next_at=NOON + timedelta(minutes=5),
    )


def failed(kind: Kind, source: KeySource | None = None) -> Snapshot:
    return Snapshot(problem=Problem(kind), key_source=source)


def shown(snapshot: Snapshot, now: datetime = NOON, style: IconStyle = IconStyle.NUMBER) -> View:
    return view_of(snapshot, Settings(icon=style), FORMATS, now)


# --- words --------------------------------------------------------------------------------------


def test_a_good_snapshot() -> None:
    view = shown(good())
    assert (view.team, view.total, view.unit) == ("Acme Growth", "12,430", "credits")
    assert (view.level, view.stale, view.headline) == ("Healthy", False, "Healthy · 12,430 credits")
    assert [(row.bucket, row.label, row.amount, row.text) for row in view.rows] == [
        ("subscription", "Plan", 8_000, "8,000"),
        ("paid", "Purchased", 4_100, "4,100"),
        ("gifted", "Gifted", 330, "330"),
        ("freemium", "Freemium", 0, "0"),
    ]
    assert (view.trouble, view.notes, view.snooze, view.key_is_fixed) == (None, (), "", False)
    assert view.tooltip() == (
        "Healthy · 12,430 credits\n"
        "Plan 8,000 · Purchased 4,100 · Gifted 330 · Freemium 0\n"
        "Figures from 12:00"
    )


@pytest.mark.parametrize(
    ("level", "credits", "headline"),
    [
        (Level.HEALTHY, 12_430, "Healthy · 12,430 credits"),
        (Level.LOW, 480, "Low · 480 credits"),
        (Level.CRITICAL, 1, "Critical · 1 credit"),
        (Level.EMPTY, 0, "Empty · 0 credits"),
    ],
)
def test_every_level_has_a_word(level: Level, credits: int, headline: str) -> None:
    assert shown(good(Balance(credits), level)).headline == headline


def test_a_missing_bucket_is_unknown_and_not_zero() -> None:
    rows = shown(good(Balance(100, paid=0))).rows
    assert [(row.amount, row.text) for row in rows] == [
        (None, UNKNOWN),
        (0, "0"),
        (None, UNKNOWN),
        (None, UNKNOWN),
    ]
    assert UNKNOWN == "–"


def test_before_the_first_answer() -> None:
    view = shown(Snapshot())
    assert (view.team, view.headline) == ("lemlist credits", "Loading · – credits")
    assert {row.text for row in view.rows} == {UNKNOWN}
    assert (view.figures, view.trouble, view.stale) == ("", None, False)


def test_an_error_does_not_hide_the_last_figures() -> None:
    view = shown(replace(good(Balance(480, paid=480), Level.LOW), problem=OFFLINE))
    assert (view.total, view.level, view.stale) == ("480", "Low", True)
    assert view.headline == "Low, out of date · 480 credits"
    assert view.figures == "Figures from 12:00: Can't reach lemlist"
    assert view.trouble is not None
    assert (view.trouble.title, view.trouble.message) == problem_words(OFFLINE.kind)


@pytest.mark.parametrize("kind", Kind)
def test_an_error_from_the_start(kind: Kind) -> None:
    view = shown(failed(kind))
    assert view.level == ("Locked" if kind is Kind.KEYCHAIN_LOCKED else "Unknown")
    assert view.total == UNKNOWN
    assert view.figures == problem_words(kind).title
    assert not view.stale


@pytest.mark.parametrize(
    ("kind", "source", "remedy"),
    [
        (Kind.NO_KEY, None, Remedy.ENTER_KEY),
        (Kind.BAD_KEY, None, Remedy.ENTER_KEY),
        (Kind.BAD_REQUEST, KeySource.KEYCHAIN, Remedy.ENTER_KEY),
        (Kind.UNAUTHORIZED, KeySource.KEYCHAIN, Remedy.ENTER_KEY),
        (Kind.UNAUTHORIZED, KeySource.THIS_RUN, Remedy.ENTER_KEY),
        (Kind.FORBIDDEN, KeySource.KEYCHAIN, Remedy.ENTER_KEY),
        (Kind.NO_USER, KeySource.KEYCHAIN, Remedy.ENTER_KEY),
        (Kind.KEYCHAIN_UNAVAILABLE, None, Remedy.ENTER_KEY),
        (Kind.KEYCHAIN_LOCKED, None, Remedy.UNLOCK),
        (Kind.UNAUTHORIZED, KeySource.ENVIRONMENT, None),
        (Kind.BAD_KEY, KeySource.ENVIRONMENT, None),
        (Kind.PAYMENT_REQUIRED, KeySource.KEYCHAIN, None),
        (Kind.OFFLINE, KeySource.KEYCHAIN, None),
        (Kind.BAD_ADDRESS, KeySource.KEYCHAIN, None),
    ],
)
def test_what_can_be_done(kind: Kind, source: KeySource | None, remedy: Remedy | None) -> None:
    trouble = shown(failed(kind, source)).trouble
    assert trouble is not None
    assert trouble.remedy is remedy


@pytest.mark.parametrize(
    ("source", "notes", "fixed"),
    [
        (None, (), False),
        (KeySource.KEYCHAIN, (), False),
        (KeySource.ENVIRONMENT, ("The key comes from LEMLIST_API_KEY.",), True),
        (KeySource.THIS_RUN, ("The key is kept until you quit.",), False),
        (KeySource.DEMO, ("A demo: the figures are invented.",), False),
    ],
)
def test_where_the_key_comes_from(
    source: KeySource | None, notes: tuple[str, ...], fixed: bool
) -> None:
    view = shown(replace(good(), key_source=source))
    assert (view.notes, view.key_is_fixed) == (notes, fixed)


def test_a_disk_that_can_not_be_written_is_said() -> None:
    (note,) = shown(replace(good(), can_remember=False)).notes
    assert note.startswith("The disk can't be written")


@pytest.mark.parametrize(
    ("snooze", "words"),
    [
        (None, ""),
        (Snooze(level=Level.LOW), "Alerts snoozed until the next level"),
        (Snooze(until=NOON + timedelta(hours=1)), "Alerts snoozed until 13:00"),
        (Snooze(until=NOON + timedelta(hours=20)), "Alerts snoozed until 23 Nov 08:00"),
        (Snooze(until=NOON), ""),
        (Snooze(until=NOON + timedelta(days=365)), ""),  # begun while the clock was ahead
    ],
    ids=str,
)
def test_snooze(snooze: Snooze | None, words: str) -> None:
    assert shown(replace(good(), snooze=snooze)).snooze == words


def test_figures_from_another_day_have_their_date() -> None:
    assert shown(good(), NOON + timedelta(days=1)).figures == "Figures from 22 Nov 12:00"


@pytest.mark.parametrize(
    ("age", "is_stale"),
    [
        (timedelta(0), False),
        (timedelta(minutes=5), False),
        (timedelta(minutes=5) + LATE, False),
        (timedelta(minutes=5, seconds=1) + LATE, True),
        (timedelta(days=365), True),
        (-LATE, False),
        (timedelta(days=-365), True),
    ],
    ids=str,
)
def test_figures_get_out_of_date_by_their_age(age: timedelta, is_stale: bool) -> None:
    view = shown(replace(good(), next_at=NOON + timedelta(minutes=5)), NOON + age)
    assert view.stale is is_stale
    assert view.icon.stale is is_stale
    assert ("out of date" in view.headline) is is_stale
    assert view.trouble is None


# --- the tooltip --------------------------------------------------------------------------------


def test_a_tooltip_has_everything() -> None:
    snapshot = replace(good(), problem=Problem(Kind.TIMEOUT))
    assert shown(snapshot).tooltip() == (
        "Healthy, out of date · 12,430 credits\n"
        "Plan 8,000 · Purchased 4,100 · Gifted 330 · Freemium 0\n"
        "Figures from 12:00: lemlist is taking too long to answer"
    )


def test_a_long_tooltip_drops_the_problem_first() -> None:
    snapshot = replace(good(), problem=Problem(Kind.TIMEOUT))
    assert shown(snapshot).tooltip(WINDOWS_TOOLTIP) == (
        "Healthy, out of date · 12,430 credits\n"
        "Plan 8,000 · Purchased 4,100 · Gifted 330 · Freemium 0\n"
        "Figures from 12:00"
    )


def test_a_very_long_tooltip_drops_the_buckets_too() -> None:
    balance = Balance(9_999_999, 9_999_999, 9_999_999, 9_999_999, 9_999_999, 9_999_999)
    snapshot = replace(good(balance), problem=Problem(Kind.TIMEOUT))
    assert shown(snapshot).tooltip(WINDOWS_TOOLTIP) == (
        "Healthy, out of date · 9,999,999 credits\n"
        "Figures from 12:00: lemlist is taking too long to answer"
    )


amounts = st.none() | st.integers(-(10**15), 10**15)


@given(
    st.builds(Balance, st.integers(0, 10**15), amounts, amounts, amounts, amounts, amounts),
    st.sampled_from(Level),
    st.none() | st.sampled_from(Kind).map(Problem),
    st.text(max_size=500),
    st.timedeltas(timedelta(0), timedelta(days=1000)),
)
def test_a_tooltip_fits_and_has_the_total(
    balance: Balance, level: Level, problem: Problem | None, team: str, age: timedelta
) -> None:
    snapshot = Snapshot(Reading(balance, NOON), level, team, problem=problem)
    tooltip = shown(snapshot, NOON + age).tooltip(WINDOWS_TOOLTIP)
    assert len(tooltip) <= WINDOWS_TOOLTIP
    assert f"{balance.credits:,} credit" in tooltip
    assert "Figures from" in tooltip


# --- the icon -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize(("style", "amount"), [(IconStyle.NUMBER, 480), (IconStyle.SYMBOL, None)])
@pytest.mark.parametrize("problem", [None, OFFLINE], ids=["fresh", "stale"])
def test_icon(level: Level, style: IconStyle, amount: int | None, problem: Problem | None) -> None:
    snapshot = replace(good(Balance(480), level), problem=problem)
    expected = IconLook(IconShape(level.value), amount, stale=problem is not None)
    assert shown(snapshot, style=style).icon == expected


@pytest.mark.parametrize("kind", [None, *Kind])
def test_icon_without_figures(kind: Kind | None) -> None:
    shapes = {None: IconShape.LOADING, Kind.KEYCHAIN_LOCKED: IconShape.LOCKED}
    shape = shapes.get(kind, IconShape.UNKNOWN)
    assert shown(failed(kind) if kind else Snapshot()).icon == IconLook(shape)


def test_figures_stay_when_the_keychain_is_locked_later() -> None:
    snapshot = replace(good(), problem=Problem(Kind.KEYCHAIN_LOCKED))
    assert shown(snapshot).icon == IconLook(IconShape.HEALTHY, 12_430, stale=True)


# --- ages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "wait", "line"),
    [
        (timedelta(0), timedelta(minutes=5), "Updated just now · next in 5 min"),
        (timedelta(minutes=2), timedelta(minutes=3), "Updated 2 min ago · next in 3 min"),
        (timedelta(0), timedelta(seconds=59), "Updated just now · next in less than a minute"),
        (timedelta(0), -timedelta(hours=1), "Updated just now · next in less than a minute"),
        (timedelta(0), timedelta(hours=1), "Updated just now · next in 1 hour"),
        (timedelta(0), timedelta(hours=24), "Updated just now · next in 24 hours"),
    ],
    ids=str,
)
def test_age_line(age: timedelta, wait: timedelta, line: str) -> None:
    now = NOON + age
    view = shown(replace(good(), next_at=now + wait))
    assert view.age_line(now) == line


def test_age_line_without_figures() -> None:
    assert shown(Snapshot()).age_line(NOON) == "Asking lemlist…"
    waiting = Snapshot(problem=OFFLINE, next_at=NOON + timedelta(seconds=90))
    assert shown(waiting).age_line(NOON) == "Next try in 2 min"
    locked = Snapshot(problem=Problem(Kind.KEYCHAIN_LOCKED), next_at=NOON + timedelta(seconds=90))
    assert shown(locked).age_line(NOON) == ""


def test_age_line_says_nothing_that_the_clock_makes_absurd() -> None:
    snapshot = replace(good(), next_at=NOON + timedelta(minutes=5))
    assert shown(snapshot).age_line(NOON - timedelta(days=365)) == ""


# --- the past and the future --------------------------------------------------------------------

CURVE = Curve((0.0,), (0.0,), (0.0,), (0.0,))
RHYTHM = Rhythm(1380.4, frozenset(range(5)), (1.0,) * 5 + (0.0,) * 2, CURVE, (0.0, 0.0))
TODAY = NOON.date()  # a Sunday


def lasting(days: int | None, *, least: int | None = None, most: int | None = None) -> Analysis:
    """Tell that a balance lasts so many days, working days for simplicity."""
    runs_out = None
    if days is not None or least is not None:
        earliest = TODAY + timedelta(least if least is not None else (days or 0))
        likely = None if days is None else TODAY + timedelta(days)
        latest = None if most is None else TODAY + timedelta(most)
        runs_out = RunsOut(earliest, likely, latest)
    return Analysis(RHYTHM, Forecast(1380.4, runs_out), working_days=days)


@pytest.mark.parametrize(
    ("analysis", "lasts", "forecast"),
    [
        (None, "", ""),
        (Analysis(TooEarly(None)), "", "A forecast needs more days of spending."),
        (Analysis(TooEarly(TODAY)), "", "A forecast will be ready around 22 Nov."),
        (
            lasting(11, least=8, most=17),
            "About 11 working days left",
            "About 11 working days left (−1,380 a day): until Thu 3 Dec, between 30 Nov and 9 Dec.",
        ),
        (
            lasting(1, least=0),
            "About 1 working day left",
            "About 1 working day left (−1,380 a day): until Mon 23 Nov, 22 Nov at the earliest.",
        ),
        (
            lasting(0, most=1),
            "Likely to run out today",
            "Likely to run out today (−1,380 a day): until Sun 22 Nov, between 22 Nov and 23 Nov.",
        ),
        (
            replace(lasting(1, most=1), working_days=0),  # it is Sunday
            "Likely to run out tomorrow",
            "Likely to run out tomorrow (−1,380 a day): until Mon 23 Nov.",
        ),
        (
            lasting(None, least=8),
            "",
            "Likely enough for more than a year (−1,380 a day), at least until 30 Nov.",
        ),
        (lasting(None), "", "Enough for more than a year (−1,380 a day)."),
        (
            replace(lasting(None), rhythm=replace(RHYTHM, per_working_day=0.2)),
            "",
            "Hardly anything is being spent.",
        ),
    ],
)
def test_how_long_it_lasts(analysis: Analysis | None, lasts: str, forecast: str) -> None:
    view = shown(replace(good(), analysis=analysis))
    assert (view.lasts, view.forecast) == (lasts, forecast)
    assert (lasts in view.tooltip()) is True


def test_what_is_empty_has_no_outlook() -> None:
    view = shown(replace(good(Balance(0), Level.EMPTY), analysis=lasting(0)))
    assert (view.lasts, view.forecast) == ("", "")


def test_what_it_buys() -> None:
    assert shown(good()).buys == "Enough to find 2,486 emails or 621 phone numbers"
    assert shown(Snapshot()).buys == ""


SHORT = replace(lasting(3), lasts_until=TODAY + timedelta(30), missing=4_000, warns=True)


@pytest.mark.parametrize(
    ("level", "analysis", "advice"),
    [
        (Level.HEALTHY, replace(SHORT, working_days=9), ""),
        (Level.HEALTHY, SHORT, "Buy 4,000 credits ($40) to last until 22 Dec."),
        (
            Level.LOW,
            replace(SHORT, working_days=9, renewal=TODAY + timedelta(30)),
            "Buy 4,000 credits ($40) to last until the renewal on 22 Dec.",
        ),
        (Level.LOW, replace(SHORT, missing=0), ""),
        (
            Level.LOW,
            replace(SHORT, missing=0, is_uncertain=True),
            "Spending varies too much to say how many credits to buy.",
        ),
        (Level.LOW, None, ""),
    ],
    ids=["enough", "few days", "low", "low but enough", "hard to say", "nothing known"],
)
def test_what_to_buy(level: Level, analysis: Analysis | None, advice: str) -> None:
    assert shown(replace(good(level=level), analysis=analysis)).advice == advice


def test_what_is_to_be_bought_is_not_said_to_lapse() -> None:
    analysis = replace(lasting(4), renewal=TODAY + timedelta(4), lapsing=3_100, missing=200)
    analysis = replace(analysis, lasts_until=analysis.renewal)
    advice = shown(replace(good(level=Level.LOW), analysis=analysis)).advice
    assert advice.startswith("Buy 200 credits")


@pytest.mark.parametrize(
    ("days", "amount", "advice"),
    [
        (0, 3_100, "3,100 plan credits are likely to lapse today."),
        (1, 3_100, "3,100 plan credits are likely to lapse in 1 day."),
        (4, 3_100, "3,100 plan credits are likely to lapse in 4 days."),
        (15, 3_100, ""),
        (4, 99, ""),
    ],
)
def test_what_is_likely_to_lapse(days: int, amount: int, advice: str) -> None:
    analysis = replace(lasting(90), renewal=TODAY + timedelta(days), lapsing=amount)
    assert shown(replace(good(), analysis=analysis)).advice == advice


def test_a_fault_of_the_history_is_said() -> None:
    fault = FileFault(FaultKind.NEWER)
    assert shown(replace(good(), history_fault=fault)).notes == (history_fault_words(fault),)
