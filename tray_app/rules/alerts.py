"""When to say something: on the way into a level, once, and on the refill that ends it."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from tray_app.rules.levels import Level

MORNING = time(8)
"""Local time at which a snooze until tomorrow ends."""


class AlertKind(StrEnum):
    """What an alert is about."""

    LOW = "low"
    CRITICAL = "critical"
    EMPTY = "empty"
    REFILL = "refill"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to say now; ``gained`` is in credits, for a refill."""

    kind: AlertKind
    credits: int
    gained: int = 0


@dataclass(frozen=True, slots=True)
class Snooze:
    """Silence until a time, or until the level differs from the one it began in."""

    until: datetime | None = None
    level: Level | None = None

    def holds(self, level: Level, now: datetime) -> bool:
        """Tell whether alerts are still to be held back."""
        return now < self.until if self.until is not None else level is self.level


@dataclass(frozen=True, slots=True)
class AlertState:
    """What has been seen and said. It outlives the process.

    The episode of a level lasts from the balance's fall into it (or below it) until it leaves
    the level upwards; ``said`` holds the levels whose running episode needs no more words.
    """

    level: Level | None = None
    said: frozenset[Level] = frozenset()
    snooze: Snooze | None = None


class SnoozeChoice(StrEnum):
    """The lengths of silence that the user is offered."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    NEXT_LEVEL = "next_level"


def snoozed(state: AlertState, choice: SnoozeChoice, now: datetime) -> AlertState:
    """Begin a silence. ``now`` is local time, with its zone."""
    if choice is SnoozeChoice.HOUR:
        return replace(state, snooze=Snooze(until=now + timedelta(hours=1)))
    if choice is SnoozeChoice.TOMORROW:
        morning = datetime.combine(now.date() + timedelta(days=1), MORNING, now.tzinfo)
        return replace(state, snooze=Snooze(until=morning))
    return replace(state, snooze=Snooze(level=state.level))


def acknowledged(state: AlertState, level: Level) -> AlertState:
    """Take a level as known, as after the user has moved the thresholds himself."""
    return replace(state, level=level, said=_up_to(level))


def decide(
    state: AlertState, level: Level, credits: int, previous_credits: int | None, now: datetime
) -> tuple[AlertState, Alert | None]:
    """Take in a good reading and tell what there is to say of it, if anything.

    ``previous_credits`` is the last good reading of this run, ``None`` for the first: the first
    is the baseline, and is spoken of only if it is low already and that was not said before.
    """
    running = _up_to(level)
    said = state.said & running
    snooze = state.snooze if state.snooze and state.snooze.holds(level, now) else None
    seen = AlertState(level, said, snooze)
    if snooze is not None:
        return seen, None
    if level is not Level.HEALTHY and level not in said:
        rose = state.level is not None and level.severity < state.level.severity
        if not rose:
            return replace(seen, said=running), Alert(AlertKind(level), credits)
    if state.level is not None and level.severity < state.level.severity:
        seen = replace(seen, said=running)
        if previous_credits is not None and credits > previous_credits:
            return seen, Alert(AlertKind.REFILL, credits, credits - previous_credits)
    return seen, None


def _up_to(level: Level) -> frozenset[Level]:
    """Return the levels whose episodes run while a balance is at this level."""
    return frozenset(each for each in Level if 0 < each.severity <= level.severity)
