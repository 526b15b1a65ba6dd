"""From a Snapshot to what is said and shown, in words, rows and numbers. No Qt, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from tray_app.errors import NEEDS_ANOTHER_KEY, Kind, Problem
from tray_app.i18n import tr
from tray_app.icon_look import IconKey, IconShape
from tray_app.rules.alerts import Alert, AlertKind, Snooze, SnoozeChoice
from tray_app.rules.buckets import BUCKETS
from tray_app.rules.drains import Drain
from tray_app.rules.levels import Level
from tray_app.rules.prices import Action, Prices, buys
from tray_app.store.settings import IconStyle, Settings
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.forecast_words import (
    advice_words,
    forecast_words,
    lapse_words,
    outlook_words,
    past_forecast_words,
    run_out_date_words,
)
from tray_app.words.formats import Formats, bucket_labels
from tray_app.words.plan_words import buys_line

UNKNOWN = "–"

LONGEST_WAIT = timedelta(hours=25)
"""More than any wait is; what is said to be further ahead is a matter of the clock."""

FORECAST_HOLDS = timedelta(days=1)
"""How old figures may be whose forecast is still said, with the time that it is from."""

LATE = timedelta(minutes=2)
"""By how much a poll may be late, or a clock off, before it is said."""


class Remedy(StrEnum):
    """What the user can do about a problem, from where it is shown."""

    ENTER_KEY = auto()
    UNLOCK = auto()


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


@dataclass(frozen=True, slots=True)
class View:
    """What icon, tooltip, menu, popup and terminal show."""

    icon: IconKey
    team: str
    total: str
    unit: str
    level: str
    stale: bool
    """Whether something newer than the figures could not be had."""
    rows: tuple[Row, ...]
    trouble: Trouble | None
    taken: str
    """How old the figures are, in a form that stays true without ticking; empty without any."""
    key_is_fixed: bool
    """Whether the environment sets the key, so that entering another would change nothing."""
    notes: tuple[str, ...]
    """Where the key comes from, and what can't be kept, where that is worth saying."""
    snooze: str
    """Until when alerts are held back; empty when they are not."""
    outlook: str
    """How long the balance lasts, in a few words; empty when nobody knows."""
    forecast: str
    """The same in a sentence with its range, or from when it can be said."""
    buys: str
    """What the balance is enough for."""
    advice: tuple[str, ...]
    """What to buy when it is low, and what is likely to lapse."""

    @property
    def headline(self) -> str:
        """The level and the total, in one line."""
        level = tr("{level}, out of date", level=self.level) if self.stale else self.level
        return f"{level} · {self.total} {self.unit}"

    @property
    def figures(self) -> str:
        """How old the figures are, and why."""
        if self.trouble is None:
            return self.taken
        if not self.taken:
            return self.trouble.title
        return tr("{taken}: {problem}", taken=self.taken, problem=self.trouble.title)

    def tooltip(self, most: int = 1000) -> str:
        """Return everything at once, one thing a line, in at most so many characters.

        Where that is too much, first the problem is left out, then the buckets.
        """
        buckets = " · ".join(f"{row.label} {row.text}" for row in self.rows)
        for parts in (
            (self.headline, buckets, self.outlook, self.figures),
            (self.headline, buckets, self.outlook, self.taken),
            (self.headline, self.outlook, self.figures),
            (self.headline, self.figures),
        ):
            text = "\n".join(filter(None, parts))
            if len(text) <= most:
                break
        return text[:most]


def view_of(snapshot: Snapshot, settings: Settings, formats: Formats, now: datetime) -> View:
    """Say what a snapshot shows."""
    reading, problem = snapshot.reading, snapshot.problem
    credits = reading.balance.credits if reading else None
    buckets = reading.balance.buckets if reading else dict.fromkeys(BUCKETS)
    labels = bucket_labels()
    stale = is_stale(snapshot, now)
    today = now.astimezone().date()
    # Of what is empty nobody has to be told when it runs out.
    lasting = None if snapshot.level is Level.EMPTY else snapshot.insight
    made_on = reading.at.astimezone().date() if reading else today
    return View(
        icon=_icon(snapshot, settings.icon, stale=stale),
        team=snapshot.team or tr("lemlist credits"),
        total=UNKNOWN if credits is None else formats.number(credits),
        unit=tr("credit", "credits", 2 if credits is None else credits),
        level=_level_words(snapshot),
        stale=stale,
        rows=tuple(
            Row(name, labels[name], amount, UNKNOWN if amount is None else formats.number(amount))
            for name, amount in buckets.items()
        ),
        trouble=None if problem is None else _trouble(problem, snapshot.key_source),
        taken=_taken(reading, formats, now),
        key_is_fixed=snapshot.key_source is KeySource.ENVIRONMENT,
        notes=tuple(_notes(snapshot)),
        snooze=_snooze_words(snapshot.snooze, formats, now),
        outlook="" if stale else outlook_words(lasting, formats, today, made_on),
        forecast=past_forecast_words(lasting, _foretold(reading, formats, now), formats, today)
        if stale
        else forecast_words(lasting, formats, today, made_on),
        buys="" if credits is None else buys_line(credits, settings.prices, formats),
        advice=() if stale else tuple(filter(None, _advice(snapshot, settings, formats, now))),
    )


def age_line(snapshot: Snapshot, now: datetime) -> str:
    """Say how old the figures are and when the next come, for a window that is being looked at."""
    parts = []
    if snapshot.reading is not None and now > snapshot.reading.at - LATE:
        parts.append(tr("Updated {ago}", ago=ago(now - snapshot.reading.at)))
    if snapshot.next_at is not None and snapshot.next_at - now < LONGEST_WAIT:
        ahead = _ahead(snapshot.next_at - now)
        if snapshot.problem is None:
            parts.append(tr("next {when}", when=ahead))
        else:
            parts.append(tr("next try {when}", when=ahead))
    line = " · ".join(parts)
    return line[:1].upper() + line[1:]


def ago(age: timedelta) -> str:
    """Say how long ago something was."""
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return tr("{n} min ago", n=minutes)
    hours = minutes // 60
    if hours < 48:
        return tr("{n} hour ago", "{n} hours ago", hours, n=hours)
    return tr("{n} day ago", "{n} days ago", hours // 24, n=hours // 24)


def snooze_choices() -> tuple[tuple[SnoozeChoice, str], ...]:
    """Name the lengths of silence, for a menu."""
    return (
        (SnoozeChoice.HOUR, tr("For 1 hour")),
        (SnoozeChoice.TOMORROW, tr("Until tomorrow")),
        (SnoozeChoice.NEXT_LEVEL, tr("Until the next level")),
    )


def notice(
    snapshot: Snapshot, alert: Alert, prices: Prices, formats: Formats, now: datetime
) -> tuple[str, str]:
    """Return the title and the body of a notification on a snapshot's alert."""
    amount = formats.number(alert.credits)
    left = tr("{amount} credit left", "{amount} credits left", alert.credits, amount=amount)
    runs_out = run_out_date_words(snapshot.insight, formats, now.astimezone().date())
    worth = _worth(alert.credits, prices, runs_out, formats)
    match alert:
        case Alert(kind=AlertKind.LOW):
            body = tr("{worth} Top up before campaigns stop moving.", worth=worth)
            return left, _with_drain(body, alert.drain, formats)
        case Alert(kind=AlertKind.CRITICAL):
            body = tr("{worth} At zero, enrichment stops silently.", worth=worth)
            return left, _with_drain(body, alert.drain, formats)
        case Alert(kind=AlertKind.EMPTY):
            body = tr("Enrichment has stopped: campaigns don't move on until someone buys credits.")
            return tr("0 credits left"), _with_drain(body, alert.drain, formats)
        case Alert(kind=AlertKind.REFILL):
            return tr("+{gained} credits", gained=formats.number(alert.gained)), tr(
                "The balance is back at {amount}.", amount=amount
            )
        case Alert(kind=AlertKind.RUNS_OUT):
            return tr("Credits are likely to run out {when}", when=runs_out), tr(
                "{left}. {worth}", left=left, worth=_worth(alert.credits, prices, "", formats)
            )
        case Alert(kind=AlertKind.BUSY_DAY):
            return tr("One busy day could use up all credits"), tr(
                "{left}. {worth}", left=left, worth=worth
            )
        case Alert(drain=Drain() as drain):
            gone = tr(
                "−{amount} credits in {n} min",
                amount=formats.number(drain.amount),
                n=_minutes(drain),
            )
            usual = formats.number(drain.usual_per_hour)
            if alert.has_doubled:
                return gone, tr(
                    "It goes on, and has doubled. Usually −{usual} an hour. {left}.",
                    usual=usual,
                    left=left,
                )
            return gone, tr("Usually −{usual} an hour. {left}.", usual=usual, left=left)
    raise AssertionError(alert)


def _with_drain(body: str, drain: Drain | None, formats: Formats) -> str:
    """Add the drain that has brought a level, as no other notification tells of it."""
    if drain is None:
        return body
    amount = formats.number(drain.amount)
    return tr(
        "{body} {amount} credits were spent within {n} min.",
        body=body,
        amount=amount,
        n=_minutes(drain),
    )


def _minutes(drain: Drain) -> int:
    return max(1, round((drain.end - drain.begin) / 60))


def is_stale(snapshot: Snapshot, now: datetime) -> bool:
    """Tell figures that are no longer to be relied on.

    They are out of date when newer ones could not be had, when newer ones should have come long
    ago, as after a sleep, and when the clock says that they are of the future.
    """
    if snapshot.reading is None:
        return False
    is_late = snapshot.next_at is not None and now > snapshot.next_at + LATE
    return snapshot.problem is not None or is_late or now < snapshot.reading.at - LATE


def _icon(snapshot: Snapshot, style: IconStyle, *, stale: bool) -> IconKey:
    if snapshot.reading is None or snapshot.level is None:
        if snapshot.problem is None:
            return IconKey(IconShape.LOADING)
        locked = snapshot.problem.kind is Kind.KEYCHAIN_LOCKED
        return IconKey(IconShape.LOCKED if locked else IconShape.UNKNOWN)
    return IconKey(
        IconShape(snapshot.level),
        snapshot.reading.balance.credits if style is IconStyle.NUMBER else None,
        stale=stale,
    )


def _level_words(snapshot: Snapshot) -> str:
    match snapshot.level:
        case Level.HEALTHY:
            return tr("Healthy")
        case Level.LOW:
            return tr("Low")
        case Level.CRITICAL:
            return tr("Critical")
        case Level.EMPTY:
            return tr("Empty")
    if snapshot.problem is None:
        return tr("Loading")
    return tr("Locked") if snapshot.problem.kind is Kind.KEYCHAIN_LOCKED else tr("Unknown")


def _trouble(problem: Problem, source: KeySource | None) -> Trouble:
    remedy = _remedy(problem.kind, source)
    actions = {Remedy.ENTER_KEY: tr("Enter key…"), Remedy.UNLOCK: tr("Unlock…")}
    action = actions[remedy] if remedy else ""
    return Trouble(problem.title, problem.message, remedy, action)


def _remedy(kind: Kind, source: KeySource | None) -> Remedy | None:
    if source is KeySource.ENVIRONMENT:
        return None  # a key that is entered would not be used
    if kind is Kind.KEYCHAIN_LOCKED:
        return Remedy.UNLOCK
    if kind in NEEDS_ANOTHER_KEY or kind is Kind.KEYCHAIN_UNAVAILABLE:
        return Remedy.ENTER_KEY
    return None


def _taken(reading: Reading | None, formats: Formats, now: datetime) -> str:
    if reading is None:
        return ""
    return tr("Figures from {time}", time=_moment(reading.at, formats, now))


def _foretold(reading: Reading | None, formats: Formats, now: datetime) -> str:
    """Say from when a forecast is; nothing if that says no more of what is to come."""
    if reading is None or not timedelta(0) <= now - reading.at < FORECAST_HOLDS:
        return ""
    return _moment(reading.at, formats, now)


def _moment(moment: datetime, formats: Formats, now: datetime) -> str:
    if moment.astimezone().date() == now.astimezone().date():
        return formats.time(moment)
    return formats.day_and_time(moment)


def _ahead(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    if seconds < 60:
        return tr("in less than a minute")
    if seconds < 3600:
        return tr("in {n} min", n=round(seconds / 60))
    hours = round(seconds / 3600)
    return tr("in {n} hour", "in {n} hours", hours, n=hours)


def _notes(snapshot: Snapshot) -> Iterator[str]:
    match snapshot.key_source:
        case KeySource.ENVIRONMENT:
            yield tr("The key comes from LEMLIST_API_KEY.")
        case KeySource.THIS_RUN:
            yield tr("The key is kept until you quit.")
        case KeySource.DEMO:
            yield tr("A demo: the figures are invented.")
    if not snapshot.can_remember:
        yield tr("The disk can't be written: after a restart you may be told the same again.")
    if snapshot.complaint:
        yield snapshot.complaint


def _advice(
    snapshot: Snapshot, settings: Settings, formats: Formats, now: datetime
) -> Iterator[str]:
    insight, today = snapshot.insight, now.astimezone().date()
    if insight is None:
        return
    outlook = insight.outlook(settings.warn_within)
    is_short = outlook.is_short or outlook.is_at_risk
    is_over = insight.lasts_until is not None and insight.lasts_until < today
    advice = ""
    if (is_short or snapshot.level is not Level.HEALTHY) and not is_over:
        advice = advice_words(insight, settings.prices, formats)
    # What may be missing by the renewal is not said to lapse with it.
    yield advice or lapse_words(insight, formats, today)


def _worth(credits: int, prices: Prices, runs_out: str, formats: Formats) -> str:
    """Say what credits are worth, and when they run out if that is known."""
    count = buys(credits, prices)[Action.EMAIL_FOUND]
    mails = tr("About {n} e-mail", "About {n} e-mails", count, n=formats.number(count))
    if runs_out:
        return tr("{mails}; at this pace they run out {when}.", mails=mails, when=runs_out)
    return tr("{mails}.", mails=mails)


def _snooze_words(snooze: Snooze | None, formats: Formats, now: datetime) -> str:
    if snooze is None:
        return ""
    if snooze.until is None:
        return tr("Alerts snoozed until the next level")
    if not snooze.is_running(now):
        return ""
    return tr("Alerts snoozed until {time}", time=_moment(snooze.until, formats, now))
