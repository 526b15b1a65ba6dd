"""Which alert to tell: one whose reason is true, and which the user has not heard yet.

An alert is told with each reading until the user has heard it, so that none is lost while nobody
can show it. An alert that was heard is told again in its next **episode**. An episode ends when its
reason is clearly gone, or was not true for an hour. No alert is told twice within an hour, unless a
large refill came between. With the usual thresholds, 500 and 100:

===== ======= =======================================================================
09:55     850
10:00      90 *critical* is told, and is heard
10:05     110 above *critical*, but by less than a quarter: the episode goes on, until
              an hour of this ends it
10:10      90 the same episode
10:15     850 a reservation came back, which is no refill (``rules/history.py``): the
              episode ends, and *critical* is taken off the screen
10:20      90 another episode, but *critical* was heard within the hour, so it waits
11:00      90 *critical* is told
11:05   5,850 *refill* is told, and after so large a refill nothing waits
===== ======= =======================================================================
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo
from enum import Enum, StrEnum, auto

from tray_app.rules.drains import DRAIN_WINDOW, Drain
from tray_app.rules.history import Refill
from tray_app.rules.levels import Level, Thresholds, level_of
from tray_app.rules.local_time import ONE_DAY, moment

MORNING = time(8)
"""Local time at which a snooze until tomorrow ends."""

LONGEST_SNOOZE = timedelta(hours=36)
"""A snooze that is longer was begun by a clock that was wrong. From the first minute of a day to
the next morning it is 32 hours, and up to 2 more when clocks change."""

NOT_TWICE_WITHIN = 3600
"""Seconds between two times that the user is told the same."""
EPISODE_ENDS_AFTER = 3600
"""Seconds after which an episode ends although its reason is only nearly gone."""
CLEARLY_ABOVE = 0.25
"""The part of a limit by which an amount must exceed the limit to be clearly above it. For
instance, with *critical* at 100, more than so many credits

===== ================================================================
  125 end an episode of *critical*, and take its alert off the screen,
  125 have a refill told that has led to them from *critical*,
1,000 end an episode of a busy day, if such a day takes 800,
   25 are a large refill, if 100 or less were left.
===== ================================================================

The level itself is left earlier (``rules/levels.py``)."""

CLAIM_LASTS = 60
"""Seconds for which a session keeps an alert from the user's other sessions without telling it."""

GONE = 0
"""The value of :attr:`Said.untrue_since` where the reason is clearly gone, in place of a time."""


class AlertKind(StrEnum):
    """What an alert is about."""

    LOW = "low"
    CRITICAL = "critical"
    EMPTY = "empty"
    REFILL = "refill"
    RUNS_OUT = "runs_out"
    BUSY_DAY = "busy_day"
    DRAIN = "drain"


_ENDS = frozenset({AlertKind.RUNS_OUT, AlertKind.BUSY_DAY})
_LEVELS = frozenset({AlertKind.LOW, AlertKind.CRITICAL, AlertKind.EMPTY})

LASTING = _ENDS | _LEVELS
"""The kinds that have episodes; a refill or a drain is an event, and is told once."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to say now. Amounts are in credits."""

    kind: AlertKind
    credits: int
    """The balance."""
    gained: int = 0
    """What a refill brought."""
    drain: Drain | None = None
    """Sudden spending that was not told before: the alert's subject, or what brought the level."""
    has_doubled: bool = False
    """Whether the drain was told before, at half its size or less."""
    is_dated: bool = False
    """Whether the alert of a level also tells that the balance runs out soon."""
    is_at_risk: bool = False
    """Whether one busy day could use up all. The alert of a level does not say so, and counts as
    having told it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the history tells that may be worth an alert."""

    working_days: int | None = None
    """Until the balance runs out, likely; ``None`` is unknown."""
    warn_within: int = 0
    """So many working days before the end of the balance a warning is due; 0 is never."""
    drain: Drain | None = None
    """Spending that is far above the team's habit, now."""
    is_one_busy_day: bool = False
    """Whether a single day, as busy as this team's can be, takes all that is left."""
    refills: Sequence[Refill] = ()
    """Of the last :data:`~tray_app.rules.drains.RECENT` seconds, in time order. These must be at
    least :data:`NOT_TWICE_WITHIN`, to show each large refill after which nothing waits."""
    is_nearly_one_busy_day: bool = False
    """Whether the balance, and the days to its end, exceed the limits of ``is_one_busy_day`` by
    :data:`CLEARLY_ABOVE` at most."""

    @property
    def is_short(self) -> bool:
        """Whether the balance runs out soon enough for a warning."""
        return self.working_days is not None and self.working_days <= self.warn_within > 0

    @property
    def is_long(self) -> bool:
        """Whether the reason for a warning is clearly gone, with a working day to spare."""
        return self.working_days is not None and self.working_days > self.warn_within + 1

    @property
    def is_at_risk(self) -> bool:
        """Whether one busy day is worth a warning."""
        return self.is_one_busy_day and self.warn_within > 0

    @property
    def warns(self) -> bool:
        """Whether time is a reason to act, whatever the amount."""
        return self.is_short or self.is_at_risk

    @property
    def is_safe(self) -> bool:
        """Whether it is known that one busy day leaves something, whatever little is spent."""
        return self._spares_busy_day and not self.is_nearly_one_busy_day

    @property
    def is_nearly_safe(self) -> bool:
        """Whether it is known that one busy day leaves something, but only just."""
        return self._spares_busy_day and self.is_nearly_one_busy_day

    @property
    def _spares_busy_day(self) -> bool:
        return self.working_days is not None and not self.is_one_busy_day


@dataclass(frozen=True, slots=True)
class Snooze:
    """Silence until a time, or until the level differs from the level in which it began."""

    until: datetime | None = None
    level: Level | None = None
    since: datetime | None = None
    """When it began, if it ends at a time."""

    def holds(self, level: Level, now: datetime) -> bool:
        """Tell whether alerts are still to be held back."""
        return level is self.level if self.until is None else self.is_running(now)

    def is_running(self, now: datetime) -> bool:
        """Tell whether a silence until a time lasts; by a wrong clock it never does."""
        if self.until is None or (self.since is not None and now < self.since):
            return False
        return now < self.until <= now + LONGEST_SNOOZE


@dataclass(frozen=True, slots=True)
class Said:
    """An episode that the user knows of. Times are in seconds since the epoch."""

    at: int
    """When the user heard of it; 0 if the user knew without being told."""
    untrue_since: int | None = None
    """Since when its reason is not true, or :data:`GONE`; ``None`` while the reason is true."""

    def is_over(self, now: int) -> bool:
        """Tell whether the episode has ended."""
        return self.untrue_since is not None and not _is_within(
            EPISODE_ENDS_AFTER, self.untrue_since, now
        )


@dataclass(frozen=True, slots=True)
class SaidDrain:
    """A drain that the user has heard of."""

    end: int
    """When the drain was seen last, in seconds since the epoch."""
    amount: int
    """Credits that were gone when the user heard of the drain."""
    has_doubled: bool = False
    """Whether the user has heard that the drain has doubled, too."""

    def is_same(self, drain: Drain) -> bool:
        """Tell whether a drain continues this one, after a pause of an hour at most."""
        return drain.begin <= self.end + DRAIN_WINDOW


@dataclass(frozen=True, slots=True)
class Claim:
    """That one of the user's graphical sessions is about to tell an alert."""

    kind: AlertKind
    session: str
    at: int
    """When the session claimed the alert, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class AlertState:
    """What was seen and heard of one team. It outlives the process."""

    level: Level | None = None
    """The level last seen, which is left upwards with something to spare."""
    said: Mapping[AlertKind, Said] = field(default_factory=dict)
    drain: SaidDrain | None = None
    """The last drain that the user has heard of."""
    refilled: int = 0
    """Refills up to this time are not told any more; in seconds since the epoch."""
    snooze: Snooze | None = None
    claim: Claim | None = None
    """The alert that a session is about to tell."""
    refilled_to: int | None = None
    """The balance at :attr:`refilled`; ``None`` is unknown. If the clock was set back to before
    :attr:`refilled`, refills that lead to no more than this balance are not told again."""
    refilled_from: int | None = None
    """The balance before the refills since :attr:`refilled`, if these may still be told."""


class SnoozeChoice(StrEnum):
    """The lengths of silence that the user is offered."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    NEXT_LEVEL = "next_level"
    NONE = "none"
    """No silence, nor what is left of one."""


_NOTHING_KNOWN = Evidence()


def urgency(level: Level, evidence: Evidence) -> Level:
    """Return the level that icon and badge show: the more urgent of amount and time.

    A healthy amount that is likely to run out within the days of warning is as urgent as a low one.
    """
    return Level.LOW if level is Level.HEALTHY and evidence.is_short else level


def snoozed(
    state: AlertState, choice: SnoozeChoice, now: datetime, zone: tzinfo | None = None
) -> AlertState:
    """Begin a silence, or end one. Without a zone, tomorrow is that of the system's."""
    if choice is SnoozeChoice.NONE:
        return replace(state, snooze=None)
    if choice is SnoozeChoice.HOUR:
        return replace(state, snooze=Snooze(until=now + timedelta(hours=1), since=now))
    if choice is SnoozeChoice.TOMORROW:
        tomorrow = now.astimezone(zone).date() + ONE_DAY
        return replace(state, snooze=Snooze(until=moment(tomorrow, MORNING, zone), since=now))
    return replace(state, snooze=Snooze(level=state.level))


def acknowledged(
    state: AlertState,
    credits: int,
    thresholds: Thresholds,
    before: Evidence = _NOTHING_KNOWN,
    after: Evidence = _NOTHING_KNOWN,
) -> AlertState:
    """Judge the last balance by new settings. What they make true counts as heard.

    ``before`` and ``after`` are the evidence by the old and by the new settings. For instance, at
    800 credits the user raises *low* from 500 to 1,000. *Low* is true now, and counts as heard.
    After 1,251 credits, which end the episode, 990 are told as *low*.
    """
    level = level_of(credits, thresholds, state.level)
    old = _true_kinds(state.level or Level.HEALTHY, before)
    if AlertKind.RUNS_OUT in state.said:
        # While a near end is told, a busy day is not. So if the new settings put the end out of
        # the way, the busy day is new, and counts as heard.
        old.discard(AlertKind.BUSY_DAY)
    new = _true_kinds(level, after) - old
    standings = _standings(level, credits, thresholds, after)
    said = {
        kind: replace(each, untrue_since=GONE) if standings[kind] is _Standing.GONE else each
        for kind, each in state.said.items()
    }
    for kind in sorted(new):
        said[kind] = replace(said.get(kind, Said(at=0)), untrue_since=None)
    # Refills from before the change don't count as leaving a level of the new settings.
    came_from = None if state.refilled_from is None else credits
    return replace(state, level=level, said=said, refilled_from=came_from)


def decide(
    state: AlertState,
    credits: int,
    thresholds: Thresholds,
    now: datetime,
    evidence: Evidence = _NOTHING_KNOWN,
) -> tuple[AlertState, Alert | None]:
    """Take in a good reading, and return the most urgent alert that was not :func:`heard` yet."""
    seconds = int(now.timestamp())
    level = level_of(credits, thresholds, state.level)
    snooze = state.snooze if state.snooze and state.snooze.holds(level, now) else None
    standings = _standings(level, credits, thresholds, evidence)
    gained, settled, came_from = _refill(
        state, credits, thresholds, standings, evidence.refills, seconds
    )
    if snooze is not None and gained:  # a refill in a snooze is no news afterwards
        gained, settled, came_from = 0, seconds, None
    settled_to = state.refilled_to if settled == state.refilled else credits
    large = [each for each in evidence.refills if _is_large(each, credits, thresholds)]
    said = _followed(state.said, standings, large, seconds)
    if evidence.drain is not None and evidence.drain.end > seconds:
        evidence = replace(evidence, drain=None)  # seen just before the clock was set back
    drain = state.drain
    if drain is not None and drain.end > seconds:  # noted while the clock ran ahead
        drain = None
    elif drain is not None and evidence.drain is not None and drain.is_same(evidence.drain):
        drain = replace(drain, end=evidence.drain.end)
    seen = AlertState(level, said, drain, settled, snooze, state.claim, settled_to, came_from)
    return seen, None if snooze is not None else _news(seen, credits, gained, evidence)


def claimed(
    state: AlertState, alert: Alert | None, session: str, now: datetime
) -> tuple[AlertState, Alert | None]:
    """Claim for a session what there is to tell, and return what of it the session is to tell.

    A session's claim keeps the time at which it began. Else a session that can show no alert would
    keep the alert from the other sessions for ever.
    """
    claim, seconds = state.claim, int(now.timestamp())
    is_own = claim is not None and claim.session == session
    if alert is None:
        return replace(state, claim=None) if is_own else state, None
    if claim is not None and claim.kind is alert.kind:
        if is_own:
            return state, alert
        if _is_within(CLAIM_LASTS, claim.at, seconds):
            return state, None
    return replace(state, claim=Claim(alert.kind, session, seconds)), alert


def heard(state: AlertState, alert: Alert, now: datetime) -> AlertState:
    """Note that the user was told something."""
    seconds = int(now.timestamp())
    said = {**state.said, **{kind: Said(seconds) for kind in sorted(_told_by(alert))}}
    state = replace(state, said=said, claim=None)
    if alert.drain is not None:
        drain = SaidDrain(alert.drain.end, alert.drain.amount, alert.has_doubled)
        state = replace(state, drain=drain)
    if alert.kind is AlertKind.REFILL or alert.kind in _LEVELS:  # the user knows the balance now
        state = replace(state, refilled=seconds, refilled_to=alert.credits, refilled_from=None)
    return state


def is_same_news(alert: Alert, other: Alert) -> bool:
    """Tell whether two alerts have the same kind, and tell the same refill if any."""
    return (alert.kind, alert.gained) == (other.kind, other.gained)


def is_untrue(
    alert: Alert,
    state: AlertState,
    credits: int,
    now: datetime,
    evidence: Evidence = _NOTHING_KNOWN,
) -> bool:
    """Tell whether a later reading, which ``state`` has taken in, contradicts an alert."""
    if alert.kind is AlertKind.REFILL:
        return credits <= alert.credits - alert.gained
    if alert.kind is AlertKind.DRAIN and alert.drain is not None:  # what was spent has come back
        age = int(now.timestamp()) - alert.drain.end
        return evidence.drain is None and age < DRAIN_WINDOW
    if alert.kind is AlertKind.RUNS_OUT:
        return evidence.is_long
    said = state.said.get(alert.kind)
    if alert.kind is AlertKind.BUSY_DAY:
        is_true = not (evidence.is_safe or evidence.is_nearly_safe)
    else:
        is_true = state.level is not None and alert.kind in _up_to(state.level)
    return not is_true and (said is None or said.untrue_since == GONE)


def _news(state: AlertState, credits: int, gained: int, evidence: Evidence) -> Alert | None:
    """Return the first that was not heard yet: level, refill, drain, near end, busy day."""
    level = state.level or Level.HEALTHY
    drain, said, has_doubled = evidence.drain, state.drain, False
    if drain is not None and said is not None and said.is_same(drain):
        has_doubled = not said.has_doubled and drain.amount >= 2 * said.amount
        drain = drain if has_doubled else None
    if level is not Level.HEALTHY and AlertKind(level) not in state.said:
        return Alert(
            AlertKind(level),
            credits,
            drain=drain,
            has_doubled=has_doubled,
            is_dated=evidence.is_short,
            is_at_risk=evidence.is_at_risk,
        )
    if gained:
        return Alert(AlertKind.REFILL, credits, gained)
    if drain is not None:
        return Alert(AlertKind.DRAIN, credits, drain=drain, has_doubled=has_doubled)
    if level is Level.EMPTY or AlertKind.RUNS_OUT in state.said:
        return None  # an empty balance has run out already
    if evidence.is_short:
        return Alert(AlertKind.RUNS_OUT, credits)
    if evidence.is_at_risk and AlertKind.BUSY_DAY not in state.said:
        return Alert(AlertKind.BUSY_DAY, credits)
    return None


class _Standing(Enum):
    """What a reading tells of the reason for an alert."""

    TRUE = auto()
    """True, or nothing that is known speaks against it."""
    NEARLY = auto()
    """Not true, and may soon be true again."""
    GONE = auto()


def _standings(
    level: Level, credits: int, thresholds: Thresholds, evidence: Evidence
) -> dict[AlertKind, _Standing]:
    """Return how the reasons for all :data:`LASTING` alerts stand.

    A level is gone :data:`CLEARLY_ABOVE` its threshold; *empty*, whose threshold is 0, by as much
    as *critical*. With the thresholds 500 and 100, for a balance that comes from 0:

    ======= ====== ======== ======
    credits low    critical empty
    ======= ====== ======== ======
         25 TRUE   TRUE     NEARLY
        125 TRUE   NEARLY   GONE
        126 TRUE   GONE     GONE
        600 NEARLY GONE     GONE
    ======= ====== ======== ======
    """
    standings = {
        AlertKind.RUNS_OUT: _Standing.GONE if evidence.is_long else _Standing.TRUE,
        AlertKind.BUSY_DAY: _Standing.GONE if evidence.is_safe else _Standing.TRUE,
    }
    if evidence.is_nearly_safe:
        standings[AlertKind.BUSY_DAY] = _Standing.NEARLY
    for each, limit in thresholds.limits.items():
        if each.severity <= level.severity:
            standing = _Standing.TRUE
        elif credits > limit + CLEARLY_ABOVE * max(limit, thresholds.critical):
            standing = _Standing.GONE
        else:
            standing = _Standing.NEARLY
        standings[AlertKind(each)] = standing
    return standings


def _followed(
    said: Mapping[AlertKind, Said],
    standings: Mapping[AlertKind, _Standing],
    large_refills: Sequence[Refill],
    now: int,
) -> dict[AlertKind, Said]:
    """Bring the episodes up to date, and leave out those that are over: they may be told again."""
    followed = {}
    for kind, each in said.items():
        match standings[kind]:
            case _Standing.TRUE if not each.is_over(now):
                each = replace(each, untrue_since=None)
            case _Standing.NEARLY if each.untrue_since is None:
                each = replace(each, untrue_since=now)
            case _Standing.GONE:
                if any(each.at < refill.at <= now for refill in large_refills):
                    continue  # after a large refill nothing waits
                each = replace(each, untrue_since=GONE)
        if not each.is_over(now) or _is_within(NOT_TWICE_WITHIN, each.at, now):
            followed[kind] = each
    return followed


def _is_large(refill: Refill, credits: int, thresholds: Thresholds) -> bool:
    """Tell whether a refill alone has changed what the balance means.

    A small one may be a reservation that was held for long, and may come many times in an hour.
    """
    left = max(credits - refill.amount, thresholds.critical)
    return refill.amount > CLEARLY_ABOVE * left


def _refill(
    state: AlertState,
    credits: int,
    thresholds: Thresholds,
    standings: Mapping[AlertKind, _Standing],
    refills: Sequence[Refill],
    now: int,
) -> tuple[int, int, int | None]:
    """Return the credits of refills to tell, and the new ``refilled`` and ``refilled_from``.

    Refills are told if they have brought the balance clearly out of a level. Those that have
    brought it only nearly out are kept, since with the next ones they may bring it out. For
    instance, with the thresholds 500 and 100:

    ========= === =============================================
     90 + 300 390 clearly out of *critical*: 300 are told
     90 +  20 110 only nearly out of *critical*: 20 are kept
    110 +  30 140 clearly out of *critical*: 50 are told
    800 +  50 850 out of no level: 50 are neither told nor kept
    ========= === =============================================
    """
    if state.level is None:  # nothing is known from before
        return 0, now, None
    known, before = state.refilled, state.refilled_from
    if known > now:  # noted while the clock ran ahead: what came then is found again, as of now
        if state.refilled_to is not None and credits <= state.refilled_to:
            return 0, now, None
        known = 0
    came = [each for each in refills if known < each.at <= now]
    if not came:
        return 0, known, None
    gained = sum(each.amount for each in came)
    if before is None:
        before = credits - gained
        if state.level is not Level.HEALTHY:
            # A level holds up to 5 % above its limit: a refill from there is one from the limit.
            before = min(before, thresholds.limits[state.level])
    levels_passed = [
        AlertKind(each) for each, limit in thresholds.limits.items() if before <= limit < credits
    ]
    if any(standings[each] is _Standing.GONE for each in levels_passed):
        return gained, known, before
    if levels_passed:
        return 0, known, before
    return 0, came[-1].at, None


def _true_kinds(level: Level, evidence: Evidence) -> set[AlertKind]:
    ends = {AlertKind.RUNS_OUT: evidence.is_short, AlertKind.BUSY_DAY: evidence.is_at_risk}
    return _up_to(level) | {kind for kind, is_true in ends.items() if is_true}


def _told_by(alert: Alert) -> set[AlertKind]:
    """Return the :data:`LASTING` kinds that an alert makes known: a near end covers a busy day."""
    told = _up_to(Level(alert.kind)) if alert.kind in _LEVELS else set()
    if alert.kind is AlertKind.RUNS_OUT or alert.is_dated:
        return told | _ENDS
    if alert.kind is AlertKind.BUSY_DAY or alert.is_at_risk:
        told.add(AlertKind.BUSY_DAY)
    return told


def _up_to(level: Level) -> set[AlertKind]:
    """Return the kinds of a level and of the milder levels, without healthy."""
    return {AlertKind(each) for each in Level if 0 < each.severity <= level.severity}


def _is_within(seconds: int, stamp: int, now: int) -> bool:
    """Tell whether a time is less than so many seconds ago, and not in the future."""
    return 0 <= now - stamp < seconds
