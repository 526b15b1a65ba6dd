"""Keeps a team's history, and tells by it what the balance of each good reading means."""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from functools import partial
from operator import attrgetter
from threading import Condition, Event, Thread

from tray_app.lemlist.balance import Balance
from tray_app.rules.analysis import Analysis, Lesson, conclude, learn
from tray_app.rules.drains import RECENT
from tray_app.rules.forecast import TooEarly
from tray_app.rules.history import RESERVATION, Drop, Record, Refill, changes_since
from tray_app.store.file_fault import FileFault
from tray_app.store.history_database import History, row_after

_STAYS = 2.0
"""Seconds for which the thread that learns waits for another team."""

_MOST_UNNAMED = 288
"""Records that wait until their team is known: a day of them at the default interval."""

_WATCHED_WITHIN = 15 * 60
"""Seconds between the last reading with credits and the first without, to know when they ended."""


class _Learning:
    """One thread in which all teams learn, one after the other.

    The C library keeps the memory that a thread's busiest moment has taken, for a thread that comes
    after it. So no worker's thread needs as much as learning takes. After a start the teams learn
    within a second or two: the thread stays for a moment, as another might get other memory.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[tuple[Callable[[], None], Event, list[BaseException]]] = deque()
        self._has_thread = False

    def do(self, learn: Callable[[], None]) -> None:
        """Learn in the thread; returns when it has, and raises what ``learn`` does."""
        errors: list[BaseException] = []
        is_done = Event()
        with self._changed:
            if not self._has_thread:
                Thread(target=self._run, name="learning", daemon=True).start()
                self._has_thread = True
            self._waiting.append((learn, is_done, errors))
            self._changed.notify()
        is_done.wait()
        if errors:
            raise errors.pop()

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._waiting, _STAYS):
                    self._has_thread = False
                    return
                learn, is_done, errors = self._waiting.popleft()
            try:
                learn()
            except BaseException as error:
                errors.append(error)
            del learn, errors
            is_done.set()


_LEARNING = _Learning()


class Analyst:
    """Records readings, and judges them by what it learns once a day. Calls wait for the disk."""

    def __init__(self, history: History, zone: tzinfo | None = None) -> None:
        """``zone`` is for tests; without it the system's time zone makes the days."""
        self._history = history
        self._zone = zone
        self._lesson: Lesson | None = None
        self._learned_for: tuple[str, date] | None = None
        # The last hours are known here even if the history can't be kept.
        self._recent: deque[Record] = deque()
        self._empty_since: int | None = None
        self._changes: list[Refill | Drop] = []
        self._unnamed: deque[Record] = deque(maxlen=_MOST_UNNAMED)

    @property
    def is_ready(self) -> bool:
        """Whether the history was learned from, so that the next reading takes no time."""
        return self._lesson is not None

    @property
    def history_fault(self) -> FileFault | None:
        """What is wrong with the history's file; ``None`` if nothing is."""
        return self._history.fault

    def take(
        self, team_id: str | None, balance: Balance, at: datetime, renewal_day: int | None
    ) -> Analysis | None:
        """Record a reading and tell what it means; ``None`` as long as the team is not known.

        ``renewal_day`` is the day of the month that the user has set.
        """
        seconds = int(at.timestamp())
        record = Record(seconds, seconds, balance.credits, **balance.buckets)
        self._see(record)
        self._changes = changes_since(tuple(self._recent), seconds - RECENT)
        self._unnamed.append(record)
        if team_id is None:
            return None
        now = at.astimezone(self._zone)
        if self._learned_for == (team_id, now.date()):
            self._record(team_id)
        else:
            _LEARNING.do(partial(self._record_and_learn, team_id, now))
        return self.analyse(balance, at, renewal_day)

    def analyse(self, balance: Balance, at: datetime, renewal_day: int | None) -> Analysis | None:
        """Tell what a balance means by what was learned; nothing is recorded."""
        if self._lesson is None:
            return None
        concluded = conclude(
            self._lesson,
            self._changes,
            balance.credits,
            balance.subscription,
            at.astimezone(self._zone),
            renewal_day,
            self._zone,
        )
        return replace(concluded, empty_since=self._empty_since)

    def refills(self) -> list[Refill]:
        """Return the refills that were seen in the last hours."""
        return [one for one in self._changes if isinstance(one, Refill)]

    def close(self) -> None:
        """Close the history, until it is needed again."""
        self._history.close()

    def forget(self) -> None:
        """Forget the team: the next reading may be another team's."""
        self._unnamed.clear()
        self._recent.clear()
        self._empty_since = None
        self._changes = []
        self._lesson = self._learned_for = None

    def _see(self, record: Record) -> None:
        recent = self._recent
        while recent and recent[-1].last > record.first:
            recent.pop()  # it was recorded while the clock ran ahead
        last = recent[-1] if recent else None
        if last is not None and record.credits > last.credits:
            self._learned_for = None  # a refill may show the day of the renewal
        if record.credits > 0 or last is None:
            self._empty_since = None
        elif last.credits > 0:
            self._empty_since = _ended_at(last, record)
        row = row_after(last, record)
        if last is not None and last.first == row.first:
            recent.pop()  # the new row replaces it
        while len(recent) > 1 and recent[1].first < record.first - RECENT - RESERVATION:
            recent.popleft()
        recent.append(row)

    def _record(self, team_id: str) -> None:
        while self._unnamed:
            self._history.record(team_id, self._unnamed.popleft())

    def _record_and_learn(self, team_id: str, now: datetime) -> None:
        self._record(team_id)
        self._history.thin(team_id, int(now.timestamp()), self._zone)
        records = self._history.read(team_id)
        self._lesson = learn(records, now, self._zone)
        is_kept = bool(records) and records[-1].last == self._recent[-1].last
        if not is_kept and isinstance(self._lesson.rhythm, TooEarly):
            # What is not kept brings no forecast nearer.
            self._lesson = replace(self._lesson, rhythm=TooEarly(None))
        if is_kept:  # the history also knows the hours before this run
            begin = int(now.timestamp()) - RECENT
            since = bisect_left(records, begin - RESERVATION, key=attrgetter("last"))
            self._recent = deque(records[max(since - 1, 0) :])
            self._changes = changes_since(tuple(self._recent), begin)
            self._empty_since = _empty_since(records)
        self._learned_for = team_id, now.date()
        # SQLite would keep the pages that were read, which are more than all else of a team.
        self._history.close()


def _empty_since(records: Sequence[Record]) -> int | None:
    """Return when the balance came to nothing; ``None`` if it has not, or while nobody looked."""
    empty = None
    for record in reversed(records):
        if record.credits > 0:
            return _ended_at(record, empty) if empty is not None else None
        empty = record
    return None


def _ended_at(last: Record, empty: Record) -> int | None:
    """Return when the credits came to nothing; ``None`` if the two readings are too far apart.

    After a weekend on which the computer was off, Monday morning would be said.
    """
    return empty.first if empty.first - last.last <= _WATCHED_WITHIN else None
