"""How full the balance is, how old it is, and what is worth a note beside it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.rules.alerts import Snooze, SnoozeChoice
from tray_app.rules.levels import Level
from tray_app.rules.schedule import LATE, LONGEST_WAIT
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Snapshot
from tray_app.words.amounts import credits_words
from tray_app.words.durations import ago_words, ahead_words
from tray_app.words.formats import Formats, short_moment
from tray_app.words.problem_words import history_fault_words


def team_name(team: str | None) -> str:
    """Name a team, or the program while the team's name is not known."""
    return team or tr("lemlist credits")


def nameless_team(place: int) -> str:
    """Name a team of which no name is known, by its place in the list, from 1 on."""
    return tr("Team {n}", n=place)


def level_name(level: Level | None, problem: Problem | None) -> str:
    """Name a level, or say why there is none."""
    match level:
        case Level.HEALTHY:
            return tr("Healthy")
        case Level.LOW:
            return tr("Low")
        case Level.CRITICAL:
            return tr("Critical")
        case Level.EMPTY:
            return tr("Empty")
    if problem is None:
        return tr("Loading balance…")
    if problem.kind is Kind.KEYCHAIN_WAITING:
        return tr("Waiting")
    return tr("Locked") if problem.kind is Kind.KEYCHAIN_LOCKED else tr("Unknown")


def warning_words(level: Level, advice: str, *, is_short: bool) -> tuple[str, str]:
    """Say in a title and sentences why to act; ``advice`` says how much to buy.

    A healthy balance ``is_short`` by its end, or else by what one busy day can take.
    """
    remedy = advice or tr("A team admin can buy more credits.")
    match level:
        case Level.EMPTY:
            waiting = tr("Campaigns are waiting.")
            return tr("lemlist has stopped enriching leads"), f"{waiting} {remedy}"
        case Level.CRITICAL:
            stops = tr("At zero, lemlist stops enriching leads.")
            return tr("Credits almost gone"), f"{stops} {remedy}"
        case Level.LOW:
            return tr("Credits are low"), remedy
        case Level.HEALTHY if is_short:
            return tr("Credits are likely to run out soon"), remedy
        case Level.HEALTHY:
            return tr("One busy day could use up all credits"), remedy


def headline(level: str, credits: int | None, formats: Formats, *, stale: bool) -> str:
    """Say the level and the balance in one line."""
    if credits is None:
        return level
    balance = credits_words(credits, formats)
    if stale:
        return tr("{level} · {balance} · out of date", level=level, balance=balance)
    return tr("{level} · {balance}", level=level, balance=balance)


def badge_words(level: str, age: timedelta) -> str:
    """Say a level and how old it is, on a balance that is out of date."""
    minutes = int(age.total_seconds()) // 60
    hours, days = minutes // 60, minutes // (24 * 60)
    if minutes < 1:  # or of the future, by a clock that was wrong
        return tr("{level} · out of date", level=level)
    if hours < 1:
        return tr("{level} · {n} min old", level=level, n=minutes)
    if hours < 48:
        return tr("{level} · {n} hour old", "{level} · {n} hours old", hours, level=level, n=hours)
    return tr("{level} · {n} day old", "{level} · {n} days old", days, level=level, n=days)


def balance_from(read_at: datetime, formats: Formats, now: datetime) -> str:
    """Say when the balance was read, in a form that stays true without ticking."""
    return tr("Balance from {time}", time=short_moment(read_at, formats, now))


def balance_and_problem(read_at: datetime, problem: str, formats: Formats, now: datetime) -> str:
    """Say which problem keeps a newer balance away, and when the last one was read."""
    time = short_moment(read_at, formats, now)
    return tr("{problem}. Balance from {time}.", problem=problem, time=time)


def age_words(read_at: datetime | None, now: datetime) -> str:
    """Say how old the balance is; empty without one, and when the clock makes that absurd."""
    return ago_words(now - read_at) if read_at is not None and now > read_at - LATE else ""


def next_check_words(next_at: datetime | None, now: datetime, *, has_failed: bool) -> str:
    """Say when lemlist is asked again; empty when nobody knows."""
    if next_at is None or next_at - now > LONGEST_WAIT + LATE:
        return ""
    when = ahead_words(next_at - now)
    return (
        tr("Trying again {when}", when=when) if has_failed else tr("Next check {when}", when=when)
    )


def notes(snapshot: Snapshot) -> Iterator[str]:
    """Say where the key comes from, and what can't be kept, where that is worth saying."""
    match snapshot.key_source:
        case KeySource.ENVIRONMENT:
            yield tr("The API key comes from LEMLIST_API_KEY.")
        case KeySource.THIS_RUN:
            yield tr("The API key is kept until you quit.")
        case KeySource.DEMO:
            yield tr("This is a demo with invented amounts.")
    if not snapshot.can_remember:
        yield tr("What you were told can't be kept, so it may be told again after a restart.")
    if snapshot.history_fault is not None:
        yield history_fault_words(snapshot.history_fault)


def snooze_choices() -> tuple[tuple[SnoozeChoice, str], ...]:
    """Name the lengths of silence, for a menu."""
    return (
        (SnoozeChoice.HOUR, tr("For 1 hour")),
        (SnoozeChoice.TOMORROW, tr("Until tomorrow")),
        (SnoozeChoice.NEXT_LEVEL, tr("Until the level changes")),
    )


def snoozed(snooze: Snooze | None, formats: Formats, now: datetime) -> str:
    """Say until when notifications are held back; empty when they are not."""
    if snooze is None:
        return ""
    if snooze.until is None:
        return tr("Notifications snoozed until the level changes")
    if not snooze.is_running(now):
        return ""
    return tr("Notifications snoozed until {time}", time=short_moment(snooze.until, formats, now))


def hidden_words(until: datetime, formats: Formats) -> str:
    """Say that figures are hidden, and until when."""
    return tr("Hidden until {time}. Click the eye to show figures.", time=formats.time(until))


def no_kinds_words(amounts: Iterable[int | None]) -> str:
    """Say why no kind of credits is shown; empty if there is one."""
    known = {amount for amount in amounts if amount is not None}
    if not known:
        return tr("lemlist doesn't say which kinds of credits these are.")
    return "" if known != {0} else tr("No plan, purchased, gifted or freemium credits.")


def gauge_words(credits: int, peak: int, low: int, formats: Formats) -> str:
    """Say what the gauge shows, to whoever can't see it or asks what its mark means."""
    whole = tr(
        "{amount} of {highest}, the highest balance since the last increase.",
        amount=formats.number(credits),
        highest=formats.number(peak),
    )
    if low >= peak:
        return whole
    mark = tr("The mark shows where the balance is low: at {low}.", low=formats.number(low))
    return f"{whole} {mark}"
