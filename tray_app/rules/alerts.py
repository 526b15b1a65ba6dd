"""When to say something: once on the way into a level, and of what the history tells."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from tray_app.rules.drains import Drain
from tray_app.rules.levels import Level

MORNING = time(8)
"""Local time at which a snooze until tomorrow ends."""


class AlertKind(StrEnum):
    """What an alert is about."""

    LOW = "low"
    CRITICAL = "critical"
    EMPTY = "empty"
    REFILL = "refill"
    RUNS_OUT = "runs_out"
    DRAIN = "drain"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to say now; ``gained`` is in credits, for a refill."""

    kind: AlertKind
    credits: int
    gained: int = 0
    drain: Drain | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the history tells that may be worth an alert."""

    working_days: int | None = None
    """Until the balance runs out, likely; ``None`` is unknown."""
    warn_within: int = 0
    """Working days; 0 warns of no date."""
    drain: Drain | None = None
    """Spending that is far above the team's habit, now."""

    @property
    def is_short(self) -> bool:
        """Whether the balance runs out soon enough for a warning."""
        return self.working_days is not None and self.working_days <= self.warn_within > 0

    @property
    def is_long(self) -> bool:
        """Whether it is clear that a warning's reason is gone; a day more than it takes."""
        return self.working_days is not None and self.working_days > self.warn_within + 1


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
    said_runs_out: bool = False
    """Whether the running episode of a near end needs no more words."""
    said_drain: int = 0
    """The end of the last drain that was spoken of, in seconds since the epoch."""


class SnoozeChoice(StrEnum):
    """The lengths of silence that the user is offered."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    NEXT_LEVEL = "next_level"


_NOTHING_KNOWN = Outlook()


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
    state: AlertState,
    level: Level,
    credits: int,
    previous_credits: int | None,
    now: datetime,
    outlook: Outlook = _NOTHING_KNOWN,
) -> tuple[AlertState, Alert | None]:
    """Take in a good reading and tell what there is to say of it, if anything.

    ``previous_credits`` is the last good reading of this run, ``None`` for the first: the first
    is the baseline, and is spoken of only if it is low already and that was not said before.
    One thing is said at a time, the worst first; what is left is said with the next reading.
    """
    seen, alert = _judge_level(state, level, credits, previous_credits, now)
    if outlook.is_long:
        seen = replace(seen, said_runs_out=False)
    drain = outlook.drain
    if drain is not None and drain.begin < seen.said_drain:  # the same one, which goes on
        seen = replace(seen, said_drain=max(seen.said_drain, drain.end))
        drain = None
    if alert is not None and alert.kind is not AlertKind.REFILL:
        # Its words tell the date too.
        return replace(seen, said_runs_out=seen.said_runs_out or outlook.is_short), alert
    if alert is not None or seen.snooze is not None:
        return seen, alert
    if drain is not None:
        alert = Alert(AlertKind.DRAIN, credits, drain=drain)
        return replace(seen, said_drain=drain.end), alert
    if outlook.is_short and level is not Level.EMPTY and not seen.said_runs_out:
        return replace(seen, said_runs_out=True), Alert(AlertKind.RUNS_OUT, credits)
    return seen, None


def _judge_level(
    state: AlertState, level: Level, credits: int, previous_credits: int | None, now: datetime
) -> tuple[AlertState, Alert | None]:
    running = _up_to(level)
    said = state.said & running
    snooze = state.snooze if state.snooze and state.snooze.holds(level, now) else None
    seen = replace(state, level=level, said=said, snooze=snooze)
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
