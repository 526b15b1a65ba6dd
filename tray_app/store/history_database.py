"""What the balance has been: a database of every good reading, for years, in little space."""

import itertools
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar

from tray_app.rules.history import Record, thinned
from tray_app.rules.local_time import DAY, date_at, midnight
from tray_app.store.file_fault import FaultKind, FileFault, set_aside
from tray_app.store.lock import locked

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_WHOLE = 90 * DAY
"""Seconds for which every change is kept."""
KEPT_AT_ALL = 5 * 366 * DAY
"""Seconds for which a record is kept that thinning leaves."""

EARLIEST = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
"""This program is younger: a clock that shows an earlier time has not been set."""
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
LARGEST = 2**53
"""Credits; the API's client reads no larger amount."""

_APPLICATION_ID = int.from_bytes(b"lmcr", "big")

# The statements of the first migration make a file of version 1, those of the second make version
# 2 of that file, and so on. A migration that was published is never changed.
_MIGRATIONS = (
    (
        f"PRAGMA application_id = {_APPLICATION_ID}",
        """
        CREATE TABLE teams (
            id INTEGER PRIMARY KEY,
            lemlist_id TEXT NOT NULL UNIQUE,
            set_back_at INTEGER,  -- since when readings come from before the last row
            thinned_until INTEGER NOT NULL DEFAULT 0
        )
        """,
        """
        CREATE TABLE readings (
            team INTEGER NOT NULL,
            first INTEGER NOT NULL,  -- seconds since the epoch, as all times here
            last INTEGER NOT NULL,
            credits INTEGER NOT NULL,
            subscription INTEGER,
            paid INTEGER,
            gifted INTEGER,
            freemium INTEGER,
            PRIMARY KEY (team, first)
        ) WITHOUT ROWID
        """,
    ),
)

_COLUMNS = ", ".join(Record._fields)

_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""SQLite's codes for a file that is broken (https://sqlite.org/rescode.html). ``SQLITE_ERROR``, for
a wrong statement, is none: for a defect of this program no history is set aside."""

_BUSY_TIMEOUT = 2.0
"""Seconds to wait for another process, whose transactions take milliseconds."""


class _ForeignError(sqlite3.DatabaseError):
    """The file is a database of another program."""


class _NewerVersionError(Exception):
    """The file is of a newer version of this program."""


class History:
    """The file of the readings of all teams. Reads and writes block, but none raises.

    A call that fails changes nothing but `fault`, and the next call tries anew. An object
    belongs to the thread that calls it first; other threads and processes have their own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        self._set_aside: FileFault | None = None
        self._fault: FileFault | None = None

    @property
    def fault(self) -> FileFault | None:
        """What is wrong with the file; ``None`` if nothing is."""
        return self._fault or self._set_aside

    def record(self, team_id: str, record: Record) -> bool:
        """Keep what was just seen, and tell whether it is kept.

        Amounts that have not changed extend the last row. Impossible times and negative totals
        are refused; a negative bucket counts as unknown.

        A record from before the last row means that the clock was wrong then, or is wrong now.
        So nothing is kept for a 24th of the difference, at most for a day: a clock that is wrong
        after the start is usually set within minutes, and must not cost years of history. A clock
        that is still behind after that is believed: the rows after the time to which it was set
        back are dropped. For instance, with a last row of 12:00:

        ===== ====================================================================
        10:00 not kept: the clock was set back by two hours
        10:04 not kept, as for five minutes nothing is
        10:05 kept, and the rows after 10:00 are dropped
        ===== ====================================================================
        """
        if not (
            EARLIEST <= record.first <= record.last <= LATEST and 0 <= record.credits <= LARGEST
        ):
            log.warning("a reading is impossible: %s at %s", record.credits, record.first)
            return False
        buckets = (None if amount is None or amount < 0 else amount for amount in record.buckets)
        record = Record(record.first, record.last, record.credits, *buckets)
        return self._attempt(_record, team_id, record, otherwise=False)

    def read(self, team_id: str, since: int = 0) -> list[Record]:
        """Return what was seen at ``since`` (seconds since the epoch) or later, in its order."""
        return self._attempt(_read, team_id, since, otherwise=[], make=False)

    def teams(self) -> dict[str, int]:
        """Return the identities of all teams, and when each was seen last; the latest first."""
        return self._attempt(_teams, otherwise={}, make=False)

    def thin(self, team_id: str, now: int, zone: tzinfo | None = None) -> None:
        """Thin the rows that are older than 90 days, and drop those that are older than 5 years.

        For once a day. Age is counted back from the last reading of more than a day before ``now``
        (seconds since the epoch): a clock that runs ahead for less than a day costs nothing.
        """
        self._attempt(_thin, team_id, now, zone, otherwise=None)

    def close(self) -> None:
        """Close the file, which merges the write-ahead log into it; the next call reopens it."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _attempt(
        self, action: Callable[..., T], *arguments: object, otherwise: T, make: bool = True
    ) -> T:
        """Do something with the database: the one place where its errors end.

        A missing file is as good as an empty one; without ``make`` it stays missing.
        """
        try:
            if not make and _identity(self._path) is None:
                self._fault = None
                return otherwise
            try:
                result = action(self._open(), *arguments)
            except sqlite3.DatabaseError as error:
                if not _is_broken(error):
                    raise
                self._set_broken_aside()
                result = action(self._open(), *arguments)
        except (_NewerVersionError, OSError, sqlite3.Error, UnicodeEncodeError) as error:
            self.close()
            fault = FileFault(FaultKind.UNUSABLE, str(self._path))
            reason = getattr(error, "sqlite_errorname", type(error).__name__)
            if isinstance(error, _NewerVersionError):
                fault, reason = FileFault(FaultKind.NEWER), "newer version"
            if fault != self._fault:  # not at every poll
                log.warning("no history: %s", reason)
            self._fault = fault
            return otherwise
        self._fault = None
        return result

    def _open(self) -> sqlite3.Connection:
        if self._database is not None and self._opened == _identity(self._path):
            return self._database
        # What is still open is no longer the file of this name, which was deleted or set aside.
        self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The lock keeps others from setting the file aside meanwhile: SQLite finds a file's log by
        # name, and would take the log of the next file of this name.
        with locked(self._path):
            # The file is made here to be private; SQLite makes its companions as private. A file
            # that exists is not opened here: closing it would end the locks that other connections
            # of this process have on it.
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode=0o600))
            self._opened = _identity(self._path)
            self._database = _connected(self._path)
        return self._database

    def _set_broken_aside(self) -> None:
        self.close()
        with locked(self._path):
            if self._opened != _identity(self._path):
                return  # another program has set the file aside, and made a new one
            # The log goes first: a new file must not find the log of the old one. The old file
            # without its log, as after a crash in here, is only found to be broken again.
            self._set_aside = set_aside(self._path, companions=("-wal", "-shm"))
        log.warning("the history was broken and has been set aside")


def _connected(path: Path) -> sqlite3.Connection:
    # Without an isolation level a transaction begins and ends where a statement says so.
    database = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None)
    try:
        migrate(database, _APPLICATION_ID, _MIGRATIONS)
        # With these two a commit waits for no disk; a power cut costs the last readings.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA wal_autocheckpoint = 100")  # pages; a poll writes one
        database.execute("PRAGMA cache_size = -256")  # KiB
    except BaseException:
        database.close()
        raise
    return database


def migrate(
    database: sqlite3.Connection, application_id: int, migrations: Sequence[Sequence[str]]
) -> None:
    """Apply to a database those of the migrations that it lacks, in one transaction.

    Its version is the number of migrations that it has seen. The first migration sets the
    application's number, by which a database is told from those of other programs.
    """
    state = "SELECT * FROM pragma_application_id, pragma_user_version"
    if database.execute(state).fetchone() == (application_id, len(migrations)):
        return
    with database:
        database.execute("BEGIN IMMEDIATE")
        # Now that no other process can migrate the file, see whether one has done so.
        found_id, done = database.execute(state).fetchone()
        if found_id != application_id:
            if database.execute("SELECT 1 FROM sqlite_master").fetchone() is not None:
                raise _ForeignError
            done = 0
        if done > len(migrations):
            raise _NewerVersionError
        for statement in itertools.chain.from_iterable(migrations[done:]):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(migrations)}")


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return isinstance(error, _ForeignError) or code & 0xFF in _BROKEN


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell one file from another that later has the same name; ``None`` is a missing file.

    A link that leads nowhere is no missing file: its disk may not be there.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise
        return None
    return found.st_dev, found.st_ino


def _record(database: sqlite3.Connection, team_id: str, record: Record) -> bool:
    with database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT OR IGNORE INTO teams (lemlist_id) VALUES (?)", (team_id,))
        team, set_back_at = database.execute(
            "SELECT id, set_back_at FROM teams WHERE lemlist_id = ?", (team_id,)
        ).fetchone()
        last = _last_row(database, team)
        if last is not None and record.first < last.last:
            if set_back_at is None or record.first < set_back_at:
                _set_back(database, team, record.first)
                return False
            if record.first - set_back_at < min((last.last - set_back_at) // 24, DAY):
                return False
            _forget_after(database, team, set_back_at)
            last = _last_row(database, team)
        if set_back_at is not None:
            _set_back(database, team, None)
        if last is not None and last.amounts == record.amounts:
            database.execute(
                "UPDATE readings SET last = ? WHERE team = ? AND first = ?",
                (record.last, team, last.first),
            )
        else:
            # A reading replaces another one of the same second.
            database.execute(
                f"INSERT OR REPLACE INTO readings (team, {_COLUMNS})"  # noqa: S608
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (team, *record),
            )
    return True


def _last_row(database: sqlite3.Connection, team: int) -> Record | None:
    row = database.execute(
        f"SELECT {_COLUMNS} FROM readings WHERE team = ? ORDER BY first DESC LIMIT 1",  # noqa: S608
        (team,),
    ).fetchone()
    return None if row is None else Record._make(row)


def _set_back(database: sqlite3.Connection, team: int, at: int | None) -> None:
    database.execute("UPDATE teams SET set_back_at = ? WHERE id = ?", (at, team))


def _forget_after(database: sqlite3.Connection, team: int, at: int) -> None:
    database.execute("DELETE FROM readings WHERE team = ? AND first > ?", (team, at))
    database.execute("UPDATE readings SET last = ?2 WHERE team = ?1 AND last > ?2", (team, at))
    database.execute(
        "UPDATE teams SET thinned_until = min(thinned_until, ?2) WHERE id = ?1", (team, at)
    )


def _read(database: sqlite3.Connection, team_id: str, since: int) -> list[Record]:
    found = database.execute("SELECT id FROM teams WHERE lemlist_id = ?", (team_id,)).fetchone()
    if found is None:
        return []
    rows = _between(database, found[0], since, LATEST)
    return rows[1:] if rows and rows[0].last < since else rows


def _teams(database: sqlite3.Connection) -> dict[str, int]:
    return dict(
        database.execute(
            """
            SELECT lemlist_id, max(last) FROM teams JOIN readings ON readings.team = teams.id
            GROUP BY teams.id ORDER BY max(last) DESC
            """
        )
    )


def _between(database: sqlite3.Connection, team: int, begin: int, end: int) -> list[Record]:
    """Return the rows that began in a time, and the one before them."""
    rows = database.execute(
        f"""
        SELECT {_COLUMNS} FROM readings
        WHERE team = ?1 AND first <= ?3 AND first >= coalesce(
            (SELECT max(first) FROM readings WHERE team = ?1 AND first < ?2), ?2
        )
        ORDER BY first
        """,  # noqa: S608
        (team, begin, end),
    )
    return list(map(Record._make, rows))


def _thin(database: sqlite3.Connection, team_id: str, now: int, zone: tzinfo | None) -> None:
    found = database.execute(
        """
        SELECT id, thinned_until, last FROM teams, readings ON team = id
        WHERE lemlist_id = ? AND last <= ? ORDER BY first DESC LIMIT 1
        """,
        (team_id, now - DAY),
    ).fetchone()
    if found is None:
        return
    team, begin, newest = found
    end = midnight(date_at(newest - KEPT_WHOLE, zone), zone)
    if end <= begin:
        return
    # The last row of those that were thinned before is read too, as the first change is seen beside
    # it; and a day after those to thin, as a return after midnight pays back a dip before it.
    rows = _between(database, team, begin, end + DAY)
    dropped = set(rows).difference(thinned(rows, end, zone))
    oldest = newest - KEPT_AT_ALL
    # So far no lock was needed, as rows so old do not change. Other processes wait only for this:
    with database:
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "DELETE FROM readings WHERE team = ? AND first = ?",
            ((team, row.first) for row in dropped),
        )
        database.execute(
            "DELETE FROM readings WHERE team = ?1 AND first < ?2 AND last < ?2", (team, oldest)
        )
        database.execute("UPDATE teams SET thinned_until = ? WHERE id = ?", (end, team))
