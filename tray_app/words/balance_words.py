"""How full the balance is, how old its figures are, and what is worth a note beside them."""

from collections.abc import Iterator
from datetime import datetime

from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.rules.alerts import Snooze, SnoozeChoice
from tray_app.rules.levels import Level
from tray_app.rules.schedule import LATE, LONGEST_WAIT
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Snapshot
from tray_app.words.durations import ago_words, ahead_words
from tray_app.words.formats import Formats, short_moment
from tray_app.words.problem_words import history_fault_words


def team_name(team: str | None) -> str:
    """Name a team, or the program while the team's name is not known."""
    return team or tr("lemlist credits")


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
        return tr("Loading")
    return tr("Locked") if problem.kind is Kind.KEYCHAIN_LOCKED else tr("Unknown")


def headline(level: str, total: str, unit: str, *, stale: bool) -> str:
    """Say the level and the total in one line."""
    if stale:
        level = tr("{level}, out of date", level=level)
    return f"{level} · {total} {unit}"


def age_of_figures(read_at: datetime, formats: Formats, now: datetime) -> str:
    """Say how old the figures are, in a form that stays true without ticking."""
    return tr("Figures from {time}", time=short_moment(read_at, formats, now))


def explained(figures: str, problem: str) -> str:
    """Say how old the figures are, if there are any, and the problem that is the cause."""
    return tr("{taken}: {problem}", taken=figures, problem=problem) if figures else problem


def age_line(
    read_at: datetime | None, next_at: datetime | None, now: datetime, *, has_failed: bool
) -> str:
    """Say how old the figures are and when the next come, for a window that is being looked at."""
    if read_at is None and not has_failed:
        return tr("Asking lemlist…")
    parts = []
    if read_at is not None and now > read_at - LATE:
        parts.append(tr("Updated {ago}", ago=ago_words(now - read_at)))
    if next_at is not None and next_at - now <= LONGEST_WAIT + LATE:
        when = ahead_words(next_at - now)
        parts.append(
            tr("next try {when}", when=when) if has_failed else tr("next {when}", when=when)
        )
    line = " · ".join(parts)
    return line[:1].upper() + line[1:]


def notes(snapshot: Snapshot) -> Iterator[str]:
    """Say where the key comes from, and what can't be kept, where that is worth saying."""
    match snapshot.key_source:
        case KeySource.ENVIRONMENT:
            yield tr("The key comes from LEMLIST_API_KEY.")
        case KeySource.THIS_RUN:
            yield tr("The key is kept until you quit.")
        case KeySource.DEMO:
            yield tr("A demo: the figures are invented.")
    if not snapshot.can_remember:
        yield tr("The disk can't be written: after a restart you may be told the same again.")
    if snapshot.history_fault is not None:
        yield history_fault_words(snapshot.history_fault)


def snooze_choices() -> tuple[tuple[SnoozeChoice, str], ...]:
    """Name the lengths of silence, for a menu."""
    return (
        (SnoozeChoice.HOUR, tr("For 1 hour")),
        (SnoozeChoice.TOMORROW, tr("Until tomorrow")),
        (SnoozeChoice.NEXT_LEVEL, tr("Until the next level")),
    )


def snoozed(snooze: Snooze | None, formats: Formats, now: datetime) -> str:
    """Say until when alerts are held back; empty when they are not."""
    if snooze is None:
        return ""
    if snooze.until is None:
        return tr("Alerts snoozed until the next level")
    if not snooze.is_running(now):
        return ""
    return tr("Alerts snoozed until {time}", time=short_moment(snooze.until, formats, now))
