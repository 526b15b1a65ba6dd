"""From a Snapshot to what is shown: words, rows and numbers. No Qt, no clock."""

from dataclasses import dataclass
from datetime import date, datetime

from tray_app.errors import OFFERS_KEY, Kind, Problem
from tray_app.icon_look import IconLook, IconShape
from tray_app.rules.buckets import BUCKETS
from tray_app.rules.levels import Level
from tray_app.rules.schedule import LATE
from tray_app.store.settings import IconStyle, Settings
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Snapshot
from tray_app.words import balance_words, forecast_words
from tray_app.words.amounts import amount_words, bucket_label, unit_words
from tray_app.words.formats import Formats
from tray_app.words.plan_words import buys_line
from tray_app.words.problem_words import Remedy, problem_words, remedy_words


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
    is_invitation: bool
    """Whether there is no key yet, which is how everybody begins, not a failure."""


@dataclass(frozen=True, slots=True)
class View:
    """What icon, tooltip, menu, popup and terminal show."""

    icon: IconLook
    team: str
    headline: str
    """The level and the total, in one line."""
    total: str
    unit: str
    level: str
    stale: bool
    """Whether something newer than the figures could not be had."""
    rows: tuple[Row, ...]
    trouble: Trouble | None
    taken: str
    """How old the figures are, in a form that stays true without ticking; empty without any."""
    figures: str
    """How old the figures are, and the problem that keeps newer ones away."""
    read_at: datetime | None
    """When the figures were read; ``None`` without any."""
    next_at: datetime | None
    """When newer ones are asked for, if that is known."""
    key_is_fixed: bool
    """Whether the environment sets the key, so that entering another would change nothing."""
    notes: tuple[str, ...]
    """Where the key comes from, and what can't be kept, where that is worth saying."""
    snooze: str
    """Until when alerts are held back; empty when they are not."""
    lasts: str
    """How long the balance lasts, in a few words; empty when nobody knows."""
    forecast: str
    """How long the balance lasts, as a sentence with a range; or when that will be known."""
    buys: str
    """What the balance is enough for."""
    advice: str
    """What to buy when it is low, or what is likely to lapse."""

    @property
    def asks_the_user(self) -> bool:
        """Whether there is a problem that the user can mend here."""
        return self.trouble is not None and self.trouble.remedy is not None

    def age_line(self, now: datetime) -> str:
        """Say how old the figures are now, and when the next come."""
        if self.read_at is None and self.asks_the_user:
            return ""  # waiting for the next poll does not help
        has_failed = self.trouble is not None
        return balance_words.age_line(self.read_at, self.next_at, now, has_failed=has_failed)

    def tooltip(self, most: int = 1000) -> str:
        """Return everything at once, one thing a line, in at most ``most`` characters.

        Of a longer text first the problem is left out, then the buckets.
        """
        buckets = " · ".join(f"{row.label} {row.text}" for row in self.rows)
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


def view_of(snapshot: Snapshot, settings: Settings, formats: Formats, now: datetime) -> View:
    """Say what a snapshot shows."""
    reading, problem = snapshot.reading, snapshot.problem
    read_at = reading.at if reading else None
    credits = reading.balance.credits if reading else None
    buckets = reading.balance.buckets if reading else dict.fromkeys(BUCKETS)
    stale = is_stale(snapshot, now)
    today = now.astimezone().date()
    # A balance that is empty has run out: there is no end of it to tell of.
    lasting = None if snapshot.level is Level.EMPTY else snapshot.analysis
    made_at = read_at or now
    made_on = made_at.astimezone().date()
    level = balance_words.level_name(snapshot.level, problem)
    total = amount_words(credits, formats)
    unit = unit_words(credits)
    trouble = None if problem is None else _trouble(problem, snapshot.key_source)
    taken = "" if read_at is None else balance_words.age_of_figures(read_at, formats, now)
    return View(
        icon=_icon(snapshot, settings.icon, stale=stale),
        team=balance_words.team_name(snapshot.team),
        headline=balance_words.headline(level, total, unit, stale=stale),
        total=total,
        unit=unit,
        level=level,
        stale=stale,
        rows=tuple(
            Row(name, bucket_label(name), amount, amount_words(amount, formats))
            for name, amount in buckets.items()
        ),
        trouble=trouble,
        taken=taken,
        figures=taken if trouble is None else balance_words.explained(taken, trouble.title),
        read_at=read_at,
        next_at=snapshot.next_at,
        key_is_fixed=snapshot.key_source is KeySource.ENVIRONMENT,
        notes=tuple(balance_words.notes(snapshot)),
        snooze=balance_words.snoozed(snapshot.snooze, formats, now),
        lasts="" if stale else forecast_words.lasts_words(lasting, formats, today, made_on),
        forecast=forecast_words.past_forecast_words(lasting, made_at, formats, now)
        if stale
        else forecast_words.forecast_words(lasting, formats, today, made_on),
        buys="" if credits is None else buys_line(credits, settings.prices, formats),
        advice="" if stale else _advice(snapshot, settings, formats, today),
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


def _icon(snapshot: Snapshot, style: IconStyle, *, stale: bool) -> IconLook:
    if snapshot.reading is None or snapshot.level is None:
        if snapshot.problem is None:
            return IconLook(IconShape.LOADING)
        locked = snapshot.problem.kind is Kind.KEYCHAIN_LOCKED
        return IconLook(IconShape.LOCKED if locked else IconShape.UNKNOWN)
    return IconLook(
        IconShape(snapshot.level),
        snapshot.reading.balance.credits if style is IconStyle.NUMBER else None,
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
    is_new = kind is Kind.NO_KEY
    return Trouble(*problem_words(problem), remedy, remedy_words(remedy), is_invitation=is_new)


def _advice(snapshot: Snapshot, settings: Settings, formats: Formats, today: date) -> str:
    analysis = snapshot.analysis
    if analysis is None:
        return ""
    evidence = analysis.evidence(settings.warn_within)
    is_short = evidence.is_short or evidence.is_at_risk
    is_over = analysis.lasts_until is not None and analysis.lasts_until < today
    advice = ""
    if (is_short or snapshot.level is not Level.HEALTHY) and not is_over:
        advice = forecast_words.advice_words(analysis, settings.prices, formats)
    # Of credits that may run short, none are said to be left over and to lapse.
    return advice or forecast_words.lapse_words(analysis, formats, today)
