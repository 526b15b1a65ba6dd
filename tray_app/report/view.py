"""From a Snapshot to what is shown: words, rows and numbers. No Qt, no clock."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto

from tray_app.errors import NEEDS_ANOTHER_KEY, NEEDS_USER, OFFERS_KEY, Kind, Problem
from tray_app.icon_look import IconLook, IconShape
from tray_app.rules.alerts import Evidence, urgency
from tray_app.rules.analysis import FORECAST_HOLDS
from tray_app.rules.levels import Level
from tray_app.rules.schedule import LATE
from tray_app.store.settings import IconStyle, Settings
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Snapshot
from tray_app.words import balance_words, forecast_words
from tray_app.words.amounts import amount_words, bucket_label, unit_words
from tray_app.words.formats import Formats
from tray_app.words.plan_words import buys_line
from tray_app.words.problem_words import Remedy, fixed_key_words, problem_words, remedy_words

SHOWN_BUCKETS = ("subscription", "paid", "gifted", "freemium")
"""In the order in which popup, menu and terminal show them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A bucket: its name in the API, its label, its amount in credits and as text."""

    bucket: str
    label: str
    amount: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem in words, and what can be done about it here."""

    title: str
    message: str
    remedy: Remedy | None
    action: str
    """What the remedy is called on a button; empty without one."""


class Deed(StrEnum):
    """What the button beside a call for attention does."""

    NONE = auto()
    REMEDY = auto()
    BUY = auto()
    RETRY = auto()


@dataclass(frozen=True, slots=True)
class Attention:
    """The one thing that matters now, beside the balance itself."""

    shape: IconShape | None
    """How urgent it is, as a level's shape; ``UNKNOWN`` where nobody has to do anything, and
    ``None`` at the first run, without a key yet."""
    title: str
    text: str
    deed: Deed


@dataclass(frozen=True, slots=True)
class View:
    """What icon, tooltip, menu, popup and terminal show."""

    icon: IconLook
    team: str
    headline: str
    """The level and the balance, in one line."""
    credits: int | None
    """The balance; ``None`` if there is none to show."""
    total: str
    unit: str
    level: str
    """The level in a word, or when a balance ends that is healthy only by its amount."""
    stale: bool
    """Whether the figures are out of date, as :func:`is_stale` tells."""
    rows: tuple[Row, ...]
    no_kinds: str
    """Why there is no kind to show; empty if there is one."""
    peak: int | None
    """The highest balance since the last increase, in credits; ``None`` if that is not known, or
    not above 0."""
    gauge: str
    """What the gauge shows, in words; empty where there is none."""
    low: int
    """The credits at and below which a balance is low."""
    trouble: Trouble | None
    attention: Attention | None
    warns: bool
    """Whether the balance is a reason to act, so that there may be something to snooze."""
    figures: str
    """When the balance was read, as a time, which stays true as an age would not, and the problem
    that keeps a newer one away; empty without any."""
    taken: str
    """The same without the problem."""
    read_at: datetime | None
    """When the balance was read; ``None`` without any."""
    next_at: datetime | None
    """When a newer one is asked for, if that is known."""
    key_is_fixed: bool
    """Whether the environment sets the key, so that entering another would change nothing."""
    notes: tuple[str, ...]
    """Where the key comes from, and what can't be kept, where that is worth saying."""
    snooze: str
    """Until when notifications are held back; empty when they are not."""
    lasts: str
    """How long the balance lasts, in a few words; empty when nobody knows."""
    detail: str
    """More of that in a line: day, range and pace, or when there will be a forecast."""
    forecast: str
    """How long the balance lasts, in whole sentences; or when that will be known."""
    buys: str
    """What the balance is enough for."""
    advice: str
    """How much to buy, when the balance is a reason to; a sentence."""
    expiry: str
    """What is likely to expire; a sentence."""
    hides: bool
    """Whether amounts are hidden."""

    def badge(self, now: datetime) -> str:
        """Say the level, and how old it is if it is out of date."""
        if not self.stale or self.read_at is None:
            return self.level
        return balance_words.badge_words(self.level, now - self.read_at)

    def shows(self, row: Row) -> bool:
        """Tell whether a kind of credits is worth a line: while none is known, no kind is."""
        return row.amount != 0 and any(each.amount is not None for each in self.rows)

    def age(self, now: datetime) -> str:
        """Say how old the balance is, unless the badge does."""
        return "" if self.stale else balance_words.age_words(self.read_at, now)

    def next_check(self, now: datetime) -> str:
        """Say when lemlist is asked again."""
        has_failed = self.trouble is not None
        return balance_words.next_check_words(self.next_at, now, has_failed=has_failed)

    def tooltip(self, most: int = 1000) -> str:
        """Return everything at once, one thing a line, in at most ``most`` characters.

        Of a longer text first the problem is left out, then the buckets.
        """
        buckets = " · ".join(f"{row.label} {row.text}" for row in self.rows if self.shows(row))
        for parts in (
            (self.headline, buckets, self.lasts, self.figures),
            (self.headline, buckets, self.lasts, self.taken),
            (self.headline, self.lasts, self.figures),
            (self.headline, self.figures),
        ):
            text = "\n".join(filter(None, parts))
            if len(text) <= most:
                break
        return text[:most]


def view_of(
    snapshot: Snapshot,
    settings: Settings,
    formats: Formats,
    now: datetime,
    name: str | None = None,
) -> View:
    """Say what a snapshot shows; ``name`` is how the team is called, if not as by lemlist."""
    reading, problem, analysis = snapshot.reading, snapshot.problem, snapshot.analysis
    read_at = reading.at if reading else None
    credits = reading.balance.credits if reading else None
    known = reading.balance.buckets if reading else {}
    buckets = {name: known.get(name) for name in SHOWN_BUCKETS}
    stale, hidden_until = is_stale(snapshot, now), formats.hidden_until
    today = now.astimezone().date()
    # A balance that is empty has run out: there is no end of it to tell of.
    lasting = None if snapshot.level is Level.EMPTY else analysis
    made_at = read_at or now
    ends_on = _ends_on(snapshot, settings, now)
    level = balance_words.level_name(snapshot.level, problem)
    if ends_on is not None:
        level = forecast_words.ends_words(ends_on, formats, today)
    trouble = None if problem is None else _trouble(problem, snapshot.key_source)
    taken = "" if read_at is None else balance_words.balance_from(read_at, formats, now)
    figures = taken if trouble is None else trouble.title
    if trouble is not None and read_at is not None:
        figures = balance_words.balance_and_problem(read_at, trouble.title, formats, now)
    if stale:
        lasts, forecast = "", forecast_words.past_forecast_words(lasting, made_at, formats, now)
        detail = forecast
    else:
        lasts = forecast_words.lasts_words(lasting, formats, today, made_at.astimezone().date())
        forecast = forecast_words.forecast_words(lasting, formats, today)
        detail = forecast_words.detail_words(lasting, formats, today)
        if snapshot.level is Level.EMPTY:
            lasts = forecast_words.empty_since_words(analysis, formats, now)
        if hidden_until is not None and read_at is not None:
            detail = balance_words.hidden_words(hidden_until, formats)
    peak = analysis.peak if analysis and hidden_until is None else None
    if peak is not None and peak <= 0:  # of a balance that was never above 0 nothing can be left
        peak = None
    low = settings.thresholds.low
    is_urgent = snapshot.level not in (None, Level.HEALTHY) or _evidence(snapshot, settings).warns
    warns = is_urgent and not stale
    advice = ""
    if warns and analysis is not None and (analysis.lasts_until or today) >= today:
        advice = forecast_words.advice_words(analysis, settings.prices, formats, today)
    # Who is warned that credits may run short is not told that some will expire.
    expiry = ""
    if not stale and not warns and analysis is not None:
        expiry = forecast_words.expiry_words(analysis, formats, today)
    if hidden_until is not None:
        advice = ""  # "Buy •••• credits" would help nobody
    return View(
        icon=_icon(snapshot, settings.icon, ends_on, stale=stale, hides=hidden_until is not None),
        team=balance_words.team_name(name or snapshot.team),
        headline=balance_words.headline(level, credits, formats, stale=stale),
        credits=credits,
        total=amount_words(credits, formats),
        unit=unit_words(credits),
        level=level,
        stale=stale,
        rows=tuple(
            Row(name, bucket_label(name), amount, amount_words(amount, formats))
            for name, amount in buckets.items()
        ),
        no_kinds=balance_words.no_kinds_words(buckets.values()),
        peak=peak,
        gauge=balance_words.gauge_words(credits, peak, low, formats) if credits and peak else "",
        low=low,
        trouble=trouble,
        attention=_attention_to(problem, trouble)
        if problem is not None and trouble is not None
        else _warning(snapshot, settings, formats, today, advice)
        if warns
        else None,
        warns=warns,
        figures=figures,
        taken=taken,
        read_at=read_at,
        next_at=snapshot.next_at,
        key_is_fixed=snapshot.key_source is KeySource.ENVIRONMENT,
        notes=tuple(balance_words.notes(snapshot)),
        snooze=balance_words.snoozed(snapshot.snooze, formats, now),
        lasts=lasts,
        detail=detail,
        forecast=forecast,
        buys="" if credits is None else buys_line(credits, settings.prices, formats),
        advice=advice,
        expiry=expiry,
        hides=hidden_until is not None,
    )


def is_stale(snapshot: Snapshot, now: datetime) -> bool:
    """Tell whether a snapshot's figures are out of date.

    They are when newer ones could not be had, when newer ones should have come long ago, as after a
    sleep, and when the clock says that they are of the future.
    """
    if snapshot.reading is None:
        return False
    is_late = snapshot.next_at is not None and now > snapshot.next_at + LATE
    return snapshot.problem is not None or is_late or now < snapshot.reading.at - LATE


def _evidence(snapshot: Snapshot, settings: Settings) -> Evidence:
    analysis = snapshot.analysis
    return analysis.evidence(settings.warn_within) if analysis is not None else Evidence()


def _ends_on(snapshot: Snapshot, settings: Settings, now: datetime) -> date | None:
    """Return when the balance runs out, if that makes it more urgent than its amount.

    A balance that gets out of date stays as urgent for as long as its forecast holds: a lost
    connection is no reason to be at ease.
    """
    reading, level = snapshot.reading, snapshot.level
    if reading is None or level is None or urgency(level, _evidence(snapshot, settings)) is level:
        return None
    day = forecast_words.run_out_day(snapshot.analysis)
    holds = now - reading.at < FORECAST_HOLDS
    return day if holds and day is not None and day >= now.astimezone().date() else None


def _icon(
    snapshot: Snapshot, style: IconStyle, ends_on: date | None, *, stale: bool, hides: bool
) -> IconLook:
    if snapshot.reading is None or snapshot.level is None:
        if snapshot.problem is None:
            return IconLook(IconShape.LOADING)
        locked = snapshot.problem.kind in (Kind.KEYCHAIN_LOCKED, Kind.KEYCHAIN_WAITING)
        return IconLook(IconShape.LOCKED if locked else IconShape.UNKNOWN)
    shows_amount = style is IconStyle.NUMBER and not hides
    return IconLook(
        IconShape(snapshot.level) if ends_on is None else IconShape.LOW,
        snapshot.reading.balance.credits if shows_amount else None,
        stale=stale,
    )


def _trouble(problem: Problem, source: KeySource | None) -> Trouble:
    kind = problem.kind
    if source is KeySource.ENVIRONMENT:
        remedy = None  # a key that is entered would not be used
    elif kind is Kind.KEYCHAIN_LOCKED:
        remedy = Remedy.UNLOCK
    elif kind in OFFERS_KEY:
        remedy = Remedy.ENTER_KEY
    else:
        remedy = None
    title, message = problem_words(problem)
    if source is KeySource.ENVIRONMENT and kind in NEEDS_ANOTHER_KEY:
        message = fixed_key_words()
    return Trouble(title, message, remedy, remedy_words(remedy))


def _attention_to(problem: Problem, trouble: Trouble) -> Attention:
    """Call for what the user alone can mend, or tell what is waited for."""
    deed = Deed.NONE if trouble.remedy is None else Deed.REMEDY
    if problem.kind is Kind.NO_KEY:
        shape = None
    elif problem.kind in NEEDS_USER or problem.kind is Kind.DEFECT:
        shape = IconShape.CRITICAL
    else:
        shape = IconShape.UNKNOWN
        # Before a pause is over that lemlist has asked for, nothing can be tried; nor before the
        # user has answered the keychain.
        waits = problem.kind in (Kind.RATE_LIMITED, Kind.KEYCHAIN_WAITING)
        deed = Deed.NONE if waits or problem.retry_after is not None else Deed.RETRY
    return Attention(shape, trouble.title, trouble.message, deed)


def _warning(
    snapshot: Snapshot, settings: Settings, formats: Formats, today: date, advice: str
) -> Attention:
    """Tell how much to buy. Where nobody knows, or the title would not say why, tell why to buy."""
    level, analysis = snapshot.level or Level.HEALTHY, snapshot.analysis
    shape = IconShape.LOW if level is Level.HEALTHY else IconShape(level)
    is_short = _evidence(snapshot, settings).is_short
    speaks_for_itself = level is not Level.EMPTY and (is_short or level is not Level.HEALTHY)
    until = analysis.lasts_until if analysis is not None and advice else None
    if analysis is None or until is None or not analysis.missing or not speaks_for_itself:
        words = balance_words.warning_words(level, advice, is_short=is_short)
        return Attention(shape, *words, Deed.BUY)
    title = forecast_words.advice_title(analysis.missing, settings.prices, formats)
    text = forecast_words.covered_words(analysis, until, formats, today)
    return Attention(shape, title, text, Deed.BUY)
