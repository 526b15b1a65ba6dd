"""From a Snapshot to words."""

import re
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from tests.examples import HEALTHY
from tests.fakes import NOON, FakeFormats
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.desktop.widgets.theme import LIGHT
from tray_app.errors import Kind, Problem
from tray_app.icon_look import IconLook, IconShape
from tray_app.lemlist.balance import Balance
from tray_app.report import view as view_module
from tray_app.report.view import SHOWN_BUCKETS, Deed, View, view_of
from tray_app.rules.alerts import Snooze
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import Curve, Forecast, Rhythm, RunsOut, TooEarly
from tray_app.rules.history import BUCKETS
from tray_app.rules.levels import Level
from tray_app.rules.schedule import LATE
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.settings import IconStyle, Settings
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.amounts import UNKNOWN, bucket_label, dollars
from tray_app.words.forecast_words import two_digits
from tray_app.words.formats import HIDDEN
from tray_app.words.problem_words import Remedy, history_fault_words, problem_words

OFFLINE = Problem(Kind.OFFLINE)


FORMATS = FakeFormats()
WINDOWS_TOOLTIP = 127  # characters
KINDS = " · ".join(
    f"{bucket_label(bucket)} {amount}"
    for bucket, amount in (("subscription", "8,000"), ("paid", "4,100"), ("gifted", "330"))
)


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
        ("subscription", bucket_label("subscription"), 8_000, "8,000"),
        ("paid", bucket_label("paid"), 4_100, "4,100"),
        ("gifted", bucket_label("gifted"), 330, "330"),
        ("freemium", bucket_label("freemium"), 0, "0"),
    ]
    assert (view.trouble, view.notes, view.snooze, view.key_is_fixed) == (None, (), "", False)
    assert view.tooltip() == (f"Healthy · 12,430 credits\n{KINDS}\nBalance from 12:00")


def test_the_order_of_the_kinds_is_only_how_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = shown(good()).rows
    assert sorted(row.bucket for row in rows) == sorted(BUCKETS) == sorted(LIGHT.buckets)
    monkeypatch.setattr(view_module, "SHOWN_BUCKETS", SHOWN_BUCKETS[::-1])
    assert shown(good()).rows == rows[::-1]


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
    assert (view.team, view.headline) == ("lemlist credits", "Loading balance…")
    assert {row.text for row in view.rows} == {UNKNOWN}
    assert (view.figures, view.trouble, view.stale) == ("", None, False)


def test_an_error_does_not_hide_the_last_figures() -> None:
    view = shown(replace(good(Balance(480, paid=480), Level.LOW), problem=OFFLINE))
    assert (view.total, view.level, view.stale) == ("480", "Low", True)
    assert view.headline == "Low · 480 credits · out of date"
    assert view.figures == f"{problem_words(OFFLINE.kind).title}. Balance from 12:00."
    assert view.trouble is not None
    assert (view.trouble.title, view.trouble.message) == problem_words(OFFLINE.kind)


@pytest.mark.parametrize("kind", Kind)
def test_an_error_from_the_start(kind: Kind) -> None:
    view = shown(failed(kind))
    levels = {Kind.KEYCHAIN_LOCKED: "Locked", Kind.KEYCHAIN_WAITING: "Waiting"}
    assert view.level == levels.get(kind, "Unknown")
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
        (KeySource.ENVIRONMENT, ("The API key comes from LEMLIST_API_KEY.",), True),
        (KeySource.THIS_RUN, ("The API key is kept until you quit.",), False),
        (KeySource.DEMO, ("This is a demo with invented amounts.",), False),
    ],
)
def test_where_the_key_comes_from(
    source: KeySource | None, notes: tuple[str, ...], fixed: bool
) -> None:
    view = shown(replace(good(), key_source=source))
    assert (view.notes, view.key_is_fixed) == (notes, fixed)


def test_a_disk_that_can_not_be_written_is_said() -> None:
    (note,) = shown(replace(good(), can_remember=False)).notes
    assert note.startswith("What you were told can't be kept")


@pytest.mark.parametrize(
    ("snooze", "words"),
    [
        (None, ""),
        (Snooze(level=Level.LOW), "Notifications snoozed until the level changes"),
        (Snooze(until=NOON + timedelta(hours=1)), "Notifications snoozed until 13:00"),
        (Snooze(until=NOON + timedelta(hours=20)), "Notifications snoozed until 23 Nov 08:00"),
        (Snooze(until=NOON), ""),
        (Snooze(until=NOON + timedelta(days=365)), ""),  # begun while the clock was ahead
    ],
    ids=str,
)
def test_snooze(snooze: Snooze | None, words: str) -> None:
    assert shown(replace(good(), snooze=snooze)).snooze == words


def test_figures_from_another_day_have_their_date() -> None:
    assert shown(good(), NOON + timedelta(days=1)).figures == "Balance from 22 Nov 12:00"


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
        "Healthy · 12,430 credits · out of date\n"
        f"{KINDS}\n"
        f"{problem_words(Kind.TIMEOUT).title}. Balance from 12:00."
    )


def test_a_long_tooltip_drops_the_problem_first() -> None:
    snapshot = replace(good(), problem=Problem(Kind.TIMEOUT))
    assert shown(snapshot).tooltip(WINDOWS_TOOLTIP) == (
        f"Healthy · 12,430 credits · out of date\n{KINDS}\nBalance from 12:00"
    )


def test_a_very_long_tooltip_drops_the_buckets_too() -> None:
    balance = Balance(9_999_999, 9_999_999, 9_999_999, 9_999_999, 9_999_999, 9_999_999)
    snapshot = replace(good(balance), problem=Problem(Kind.TIMEOUT))
    assert shown(snapshot).tooltip(WINDOWS_TOOLTIP) == (
        "Healthy · 9,999,999 credits · out of date\n"
        f"{problem_words(Kind.TIMEOUT).title}. Balance from 12:00."
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
    assert "Balance from" in tooltip


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
    shapes = {
        None: IconShape.LOADING,
        Kind.KEYCHAIN_LOCKED: IconShape.LOCKED,
        Kind.KEYCHAIN_WAITING: IconShape.LOCKED,
    }
    shape = shapes.get(kind, IconShape.UNKNOWN)
    assert shown(failed(kind) if kind else Snapshot()).icon == IconLook(shape)


def test_figures_stay_when_the_keychain_is_locked_later() -> None:
    snapshot = replace(good(), problem=Problem(Kind.KEYCHAIN_LOCKED))
    assert shown(snapshot).icon == IconLook(IconShape.HEALTHY, 12_430, stale=True)


# --- ages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "wait", "words"),
    [
        (timedelta(0), timedelta(minutes=5), ("just now", "Next check in 5 min")),
        (timedelta(minutes=2), timedelta(minutes=3), ("2 min ago", "Next check in 3 min")),
        (timedelta(0), timedelta(seconds=59), ("just now", "Next check in less than a minute")),
        (timedelta(0), -timedelta(hours=1), ("", "Next check in less than a minute")),
        (timedelta(0), timedelta(hours=1), ("just now", "Next check in 1 hour")),
        (timedelta(0), timedelta(hours=24), ("just now", "Next check in 24 hours")),
        (timedelta(days=-365), timedelta(days=365), ("", "")),
    ],
    ids=str,
)
def test_the_age_and_when_the_next_check_is(
    age: timedelta, wait: timedelta, words: tuple[str, str]
) -> None:
    now = NOON + age
    view = shown(replace(good(), next_at=now + wait))
    assert (view.age(now), view.next_check(now)) == words


def test_without_figures_there_is_no_age() -> None:
    assert (shown(Snapshot()).age(NOON), shown(Snapshot()).next_check(NOON)) == ("", "")
    waiting = shown(Snapshot(problem=OFFLINE, next_at=NOON + timedelta(seconds=90)))
    assert (waiting.age(NOON), waiting.next_check(NOON)) == ("", "Trying again in 2 min")


@pytest.mark.parametrize(
    ("age", "badge"),
    [
        (timedelta(seconds=59), "Low · out of date"),
        (timedelta(minutes=1), "Low · 1 min old"),
        (timedelta(minutes=38), "Low · 38 min old"),
        (timedelta(hours=1), "Low · 1 hour old"),
        (timedelta(hours=47), "Low · 47 hours old"),
        (timedelta(days=2), "Low · 2 days old"),
        (timedelta(days=-365), "Low · out of date"),
    ],
    ids=str,
)
def test_what_is_out_of_date_says_its_age_on_the_badge_alone(age: timedelta, badge: str) -> None:
    view = shown(replace(good(Balance(480), Level.LOW), problem=OFFLINE), NOON + age)
    assert (view.badge(NOON + age), view.age(NOON + age)) == (badge, "")


def test_what_is_up_to_date_has_a_level_alone_on_its_badge() -> None:
    assert shown(good()).badge(NOON + timedelta(minutes=2)) == "Healthy"


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


SPENDING = "Recent spending: about 1,400 credits per working day."


@pytest.mark.parametrize(
    ("analysis", "lasts", "detail", "forecast"),
    [
        (None, "", "", ""),
        (
            Analysis(TooEarly(None)),
            "",
            "A forecast needs more days of spending.",
            "A forecast needs more days of spending.",
        ),
        (
            Analysis(TooEarly(TODAY)),
            "",
            "A forecast will be ready around 22 Nov.",
            "A forecast will be ready around 22 Nov.",
        ),
        (
            lasting(11, least=8, most=17),
            "About 11 working days left",
            "Thu, 3 Dec (30 Nov to 9 Dec) · 1,400 per working day",
            f"Credits are likely to run out on Thu, 3 Dec (30 Nov to 9 Dec). {SPENDING}",
        ),
        (
            lasting(11, least=10, most=17),
            "About 11 working days left",
            "Thu, 3 Dec (2–9 Dec) · 1,400 per working day",
            f"Credits are likely to run out on Thu, 3 Dec (2 Dec to 9 Dec). {SPENDING}",
        ),
        (
            lasting(1, least=0),
            "Likely to run out tomorrow",
            "Mon, 23 Nov (22 Nov or later) · 1,400 per working day",
            f"Credits are likely to run out on Mon, 23 Nov (22 Nov or later). {SPENDING}",
        ),
        (
            lasting(0, most=1),
            "Likely to run out today",
            "Sun, 22 Nov (22–23 Nov) · 1,400 per working day",
            f"Credits are likely to run out on Sun, 22 Nov (22 Nov to 23 Nov). {SPENDING}",
        ),
        (
            lasting(6, most=6),
            "Likely to run out on Saturday",
            "Sat, 28 Nov · 1,400 per working day",
            f"Credits are likely to run out on Sat, 28 Nov. {SPENDING}",
        ),
        (
            lasting(None, least=8),
            "Likely to last more than a year",
            "Credits could run out as early as 30 Nov.",
            (
                "Credits are likely to last more than a year. "
                f"Credits could run out as early as 30 Nov. {SPENDING}"
            ),
        ),
        (
            lasting(None),
            "Likely to last more than a year",
            SPENDING,
            f"Credits are likely to last more than a year. {SPENDING}",
        ),
        (
            replace(lasting(None), rhythm=replace(RHYTHM, per_working_day=1.2)),
            "Likely to last more than a year",
            "Recent spending: about 1 credit per working day.",
            (
                "Credits are likely to last more than a year. "
                "Recent spending: about 1 credit per working day."
            ),
        ),
        (
            replace(lasting(None), rhythm=replace(RHYTHM, per_working_day=0.2)),
            "Almost no credits are being spent",
            "",
            "Your team is spending almost no credits.",
        ),
    ],
)
def test_how_long_it_lasts(
    analysis: Analysis | None, lasts: str, detail: str, forecast: str
) -> None:
    view = shown(replace(good(), analysis=analysis))
    assert (view.lasts, view.detail, view.forecast) == (lasts, detail, forecast)
    assert (lasts in view.tooltip()) is True


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0.4, 0),
        (9.6, 10),
        (99.4, 99),
        (100, 100),
        (1_421, 1_400),
        (1_450.1, 1_500),
        (99_600, 100_000),
    ],
)
def test_a_forecast_claims_two_digits(amount: float, said: int) -> None:
    assert two_digits(amount) == said


def test_the_day_of_a_forecast_of_yesterday_is_not_told_as_if_it_were_to_come() -> None:
    view = shown(replace(good(), analysis=lasting(0), next_at=None), NOON + timedelta(days=1))
    assert (view.lasts, view.detail, view.forecast) == ("", "", "")


def test_what_is_empty_has_no_outlook() -> None:
    view = shown(replace(good(Balance(0), Level.EMPTY), analysis=lasting(0)))
    assert (view.lasts, view.forecast) == ("", "")


@pytest.mark.parametrize(
    ("hours", "words"),
    [(None, ""), (1, "Empty since today, 11:00"), (30, "Empty since Sat, 21 Nov, 06:00")],
)
def test_since_when_it_is_empty(hours: int | None, words: str) -> None:
    since = None if hours is None else int((NOON - timedelta(hours=hours)).timestamp())
    snapshot = good(Balance(0), Level.EMPTY)
    assert shown(replace(snapshot, analysis=replace(lasting(0), empty_since=since))).lasts == words


def test_what_it_buys() -> None:
    assert shown(good()).buys == "Enough to find 2,486 emails or 621 phone numbers"
    assert shown(Snapshot()).buys == ""


SHORT = replace(lasting(3), lasts_until=TODAY + timedelta(30), missing=4_000, warns=True)


@pytest.mark.parametrize(
    ("level", "analysis", "advice"),
    [
        (Level.HEALTHY, replace(SHORT, working_days=9), ""),
        (
            Level.HEALTHY,
            SHORT,
            (
                "Buy 4,000 credits (about $40) to cover your team until Tue, 22 Dec. "
                "New plan credits aren't counted."
            ),
        ),
        (
            Level.LOW,
            replace(SHORT, working_days=9, renewal=TODAY + timedelta(30)),
            "Buy 4,000 credits (about $40) to cover your team until the renewal on Tue, 22 Dec.",
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


@pytest.mark.parametrize(
    ("plan", "renewal", "is_said"),
    [(1, None, True), (0, None, True), (None, None, True), (1, SHORT.lasts_until, False)],
    ids=["renewal unknown", "plan used up", "kinds unknown", "until the renewal"],
)
def test_that_plan_credits_may_come_before_is_said_beside_what_to_buy(
    plan: int | None, renewal: date | None, is_said: bool
) -> None:
    balance = replace(HEALTHY, subscription=plan)
    view = shown(replace(good(balance), analysis=replace(SHORT, renewal=renewal)))
    assert view.attention is not None
    for words in (view.advice, view.attention.text):
        assert words.endswith(". New plan credits aren't counted.") == is_said


def test_what_is_to_be_bought_is_not_said_to_lapse() -> None:
    analysis = replace(lasting(4), renewal=TODAY + timedelta(4), lapsing=3_100, missing=200)
    analysis = replace(analysis, lasts_until=analysis.renewal)
    advice = shown(replace(good(level=Level.LOW), analysis=analysis)).advice
    assert advice.startswith("Buy 200 credits")


def test_who_is_warned_is_not_told_that_credits_expire() -> None:
    """Also where nothing is to be bought, as the plan renews before."""
    renewal = TODAY + timedelta(1)
    ending = replace(lasting(3), warns=True, renewal=renewal, lapsing=3_100, lasts_until=renewal)
    view = shown(replace(good(), analysis=ending))
    assert view.warns
    assert (view.advice, view.expiry) == ("", "")


EXPIRE = "About 3,100 plan credits are likely to expire"


@pytest.mark.parametrize(
    ("days", "amount", "words"),
    [
        (0, 3_121, f"{EXPIRE} today, when the plan renews."),
        (1, 3_121, f"{EXPIRE} tomorrow, when the plan renews."),
        (4, 3_121, f"{EXPIRE} on Thu, 26 Nov, when the plan renews."),
        (15, 3_121, ""),
        (4, 99, ""),
        (-1, 3_121, ""),
    ],
)
def test_what_is_likely_to_expire(days: int, amount: int, words: str) -> None:
    analysis = replace(lasting(90), renewal=TODAY + timedelta(days), lapsing=amount)
    assert shown(replace(good(), analysis=analysis)).expiry == words
    assert shown(replace(good(), analysis=analysis, problem=OFFLINE)).expiry == ""


# --- the more urgent of amount and time -----------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (0, "Ends today"),
        (1, "Ends tomorrow"),
        (3, "Ends Wed"),
        (4, "Healthy"),
    ],
)
def test_a_healthy_amount_that_ends_soon_looks_low(days: int, level: str) -> None:
    view = shown(replace(good(), analysis=replace(lasting(days), warns=True)))
    shape = IconShape.HEALTHY if level == "Healthy" else IconShape.LOW
    assert (view.level, view.icon.shape) == (level, shape)
    assert view.headline == f"{level} · 12,430 credits"
    assert (view.attention is not None) is view.warns is (shape is IconShape.LOW)


def test_an_end_that_is_far_and_warned_of_has_its_date() -> None:
    analysis = replace(lasting(20), warns=True)
    assert (
        view_of(replace(good(), analysis=analysis), Settings(warn_within=30), FORMATS, NOON).level
        == "Ends 12 Dec"
    )


def test_an_amount_that_is_more_urgent_than_its_end_keeps_its_level() -> None:
    snapshot = good(Balance(62), Level.CRITICAL)
    view = shown(replace(snapshot, analysis=replace(lasting(1), warns=True)))
    assert (view.level, view.icon.shape) == ("Critical", IconShape.CRITICAL)


@pytest.mark.parametrize(
    ("hours", "level", "shape"),
    [(1, "Ends Wed", IconShape.LOW), (25, "Healthy", IconShape.HEALTHY)],
)
def test_a_lost_connection_does_not_call_off_the_end(
    hours: int, level: str, shape: IconShape
) -> None:
    snapshot = replace(good(), analysis=replace(lasting(3), warns=True), problem=OFFLINE)
    view = shown(snapshot, NOON + timedelta(hours=hours))
    assert (view.level, view.icon.shape, view.stale) == (level, shape, True)


# --- what needs attention -------------------------------------------------------------------------


def attention(snapshot: Snapshot) -> tuple[IconShape | None, Deed]:
    found = shown(snapshot).attention
    assert found is not None
    return found.shape, found.deed


@pytest.mark.parametrize(
    ("snapshot", "shape", "deed"),
    [
        (failed(Kind.NO_KEY), None, Deed.REMEDY),
        (failed(Kind.KEYCHAIN_LOCKED), IconShape.CRITICAL, Deed.REMEDY),
        (failed(Kind.UNAUTHORIZED, KeySource.ENVIRONMENT), IconShape.CRITICAL, Deed.NONE),
        (failed(Kind.DEFECT), IconShape.CRITICAL, Deed.NONE),
        (failed(Kind.OFFLINE), IconShape.UNKNOWN, Deed.RETRY),
        (failed(Kind.RATE_LIMITED), IconShape.UNKNOWN, Deed.NONE),
        (
            Snapshot(problem=Problem(Kind.SERVER_ERROR, retry_after=60)),
            IconShape.UNKNOWN,
            Deed.NONE,
        ),
        (good(Balance(0), Level.EMPTY), IconShape.EMPTY, Deed.BUY),
        (good(Balance(62), Level.CRITICAL), IconShape.CRITICAL, Deed.BUY),
        (good(Balance(480), Level.LOW), IconShape.LOW, Deed.BUY),
        (
            replace(good(Balance(0), Level.EMPTY), problem=OFFLINE),
            IconShape.UNKNOWN,
            Deed.RETRY,
        ),
        (
            replace(good(Balance(0), Level.EMPTY), problem=Problem(Kind.UNAUTHORIZED)),
            IconShape.CRITICAL,
            Deed.REMEDY,
        ),
        (
            replace(good(), analysis=replace(lasting(9), is_one_busy_day=True, warns=True)),
            IconShape.LOW,
            Deed.BUY,
        ),
    ],
)
def test_one_thing_needs_attention(snapshot: Snapshot, shape: IconShape | None, deed: Deed) -> None:
    assert attention(snapshot) == (shape, deed)


def test_a_busy_day_is_named_as_the_reason() -> None:
    """The badge is healthy, so what to buy does not speak for itself."""
    analysis = replace(SHORT, working_days=9, is_one_busy_day=True)
    found = shown(replace(good(), analysis=analysis)).attention
    assert found is not None
    assert (found.title, found.text) == (
        "One busy day could use up all credits",
        (
            "Buy 4,000 credits (about $40) to cover your team until Tue, 22 Dec. "
            "New plan credits aren't counted."
        ),
    )


def test_nothing_needs_attention_while_all_is_well() -> None:
    assert shown(good()).attention is None
    assert shown(Snapshot()).attention is None
    is_late = good(Balance(480), Level.LOW)
    assert shown(is_late, NOON + timedelta(hours=1)).attention is None


def test_it_says_how_much_to_buy_and_for_how_long() -> None:
    analysis = replace(SHORT, renewal=TODAY + timedelta(30))
    found = shown(replace(good(level=Level.LOW), analysis=analysis)).attention
    assert found is not None
    assert (found.title, found.text) == (
        "Buy 4,000 credits (about $40)",
        "Enough for your team until the renewal on Tue, 22 Dec.",
    )
    found = shown(replace(good(Balance(0), Level.EMPTY), analysis=SHORT)).attention
    assert found is not None
    assert (found.title, found.text) == (
        "lemlist has stopped enriching leads",
        (
            "Campaigns are waiting. "
            "Buy 4,000 credits (about $40) to cover your team until Tue, 22 Dec. "
            "New plan credits aren't counted."
        ),
    )


# --- hidden figures -------------------------------------------------------------------------------


@pytest.mark.parametrize("cents", [45, 1_245, 500, 999_945])
def test_of_a_hidden_price_not_even_the_cents_are_shown(cents: int) -> None:
    formats = QtFormats(QLocale("en_US"))
    formats.hidden_until = NOON
    assert dollars(cents, formats) == f"${HIDDEN}"


def test_hidden_figures_are_nowhere_but_levels_and_days_are() -> None:
    formats = QtFormats(QLocale("en_GB"))
    formats.hidden_until = NOON + timedelta(hours=1)
    analysis = replace(
        SHORT, peak=20_000, renewal=TODAY + timedelta(4), lapsing=3_100, is_one_busy_day=True
    )
    for snapshot in (
        replace(good(), analysis=analysis),
        replace(good(), analysis=replace(analysis, missing=0)),
        replace(good(Balance(481, 481, 81, 400), Level.LOW), analysis=analysis),
        replace(good(), analysis=lasting(12), problem=OFFLINE),
    ):
        view = view_of(snapshot, Settings(), formats, NOON)
        said = [getattr(view, field.name) for field in fields(view) if field.name not in UNSEEN]
        text = re.sub(r"\d{1,2} (Nov|Dec)|1[23]:00|Until \d+", "", repr((said, view.tooltip())))
        text = re.sub(r"amount=(-?\d+|None)|\$|•", "", text)
        assert not re.search(r"\d\d", text), text
        assert view.icon.amount is None
        assert HIDDEN in view.headline
        assert view.peak is None
        assert view.level in ("Healthy", "Low", "Ends Wed")


def test_who_hides_figures_is_not_advised_to_buy_a_hidden_amount() -> None:
    formats = FakeFormats()
    low = replace(good(Balance(481, 481, 81, 400), Level.LOW), analysis=SHORT)
    told = view_of(low, Settings(), formats, NOON).attention
    formats.hidden_until = NOON + timedelta(hours=1)
    hidden = view_of(low, Settings(), formats, NOON).attention
    assert told is not None
    assert hidden is not None
    assert told.title.startswith("Buy ")
    assert (hidden.title, hidden.text, hidden.deed) == (
        "Credits are low",
        "A team admin can buy more credits.",
        told.deed,
    )


UNSEEN = {"credits", "low", "read_at", "next_at"}
"""What is not shown as it is; the popup is looked at in its own test."""


def test_a_fault_of_the_history_is_said() -> None:
    fault = FileFault(FaultKind.NEWER)
    assert shown(replace(good(), history_fault=fault)).notes == (history_fault_words(fault),)
