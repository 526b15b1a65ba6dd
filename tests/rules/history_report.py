"""How large the history gets and how fast it is read: ``python -m tests.rules.history_report``.

Five years of readings every five minutes go the way that the program sends them, one by one, and
are thinned every day. Nothing here passes or fails; ``test_history_store.py`` has a limit.
"""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tray_app.report.points import trend_of
from tray_app.rules.analysis import learn
from tray_app.rules.history import Record
from tray_app.rules.local_time import DAY
from tray_app.store.history_database import History

TEAM = "tea_1"
BEGIN = int(datetime(2021, 11, 22, tzinfo=UTC).timestamp())
EVERY = 300
"""Seconds."""
READINGS = 5 * 365 * DAY // EVERY
ROUNDS = 20


def readings(begin: int, every: int, count: int, seed: int = 1) -> Iterator[Record]:
    """Yield what a team's readings may be: one in four differs from the one before it."""
    chance = random.Random(seed)
    subscription, paid = 40_000, 8_000
    for number in range(count):
        at = begin + number * every
        if number and at // (30 * DAY) != (at - every) // (30 * DAY):
            subscription = 40_000
        elif chance.random() < 0.25:
            if subscription:
                subscription -= min(subscription, chance.randrange(1, 40))
            elif paid > 50:
                paid -= chance.randrange(1, 40)
            else:
                paid += 10_000
        yield Record(at, at, subscription + paid + 330, subscription, paid, 330, 0)


def fill(history: History, source: Iterator[Record]) -> None:
    """Record readings, and thin at the begin of each day."""
    day = 0
    for reading in source:
        if not history.record(TEAM, reading):
            raise AssertionError(history.fault)
        if reading.first // DAY != day:
            day = reading.first // DAY
            history.thin(TEAM, reading.first, UTC)


def size_of(path: Path) -> int:
    """Return the bytes on the disk, with those of the write-ahead log."""
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))


def milliseconds(action: Callable[[], object]) -> str:
    """Say how long an action takes."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return f"{taken[ROUNDS // 2]:.1f} ms (median of {ROUNDS}; shortest {taken[0]:.1f} ms)"


def main() -> None:
    """Fill a history and print the figures."""
    now = BEGIN + READINGS * EVERY
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.sqlite"
        history = History(path)
        start = time.process_time()
        fill(history, readings(BEGIN, EVERY, READINGS))
        each = (time.process_time() - start) / READINGS
        print(f"readings recorded            {READINGS:,}")
        print(f"CPU time of each, with thin  {each * 1000:.2f} ms")
        print(f"size with the log            {size_of(path) / 1e6:.2f} MB")
        history.close()
        print(f"size when closed             {size_of(path) / 1e6:.2f} MB")
        print(f"records of five years        {len(history.read(TEAM)):,}")
        for days in (30, 90):
            since = now - (days + 1) * DAY
            recent = history.read(TEAM, since)
            print(f"records of {days} days           {len(recent):,}")
            print(
                f"reading them                 {milliseconds(partial(history.read, TEAM, since))}"
            )
            chart = milliseconds(partial(trend_of, recent, days, now))
            print(f"the popup's chart of them    {chart}")
        moment = datetime.fromtimestamp(now, UTC)
        learned = milliseconds(lambda: learn(history.read(TEAM), moment, UTC))
        print(f"what is learned once a day   {learned}")
        history.close()


if __name__ == "__main__":
    main()
