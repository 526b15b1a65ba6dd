"""What the balance has been: a database of every good reading, for years, in little space."""

import itertools
import logging
import os
import shutil
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar

from tray_app.rules.history import Record, Records, thinned
from tray_app.rules.local_time import DAY, date_at, midnight
from tray_app.store.file_fault import (
    FaultKind,
    FileFault,
    leads_nowhere,
    set_aside,
    unusable,
)
from tray_app.store.lock import locked
from tray_app.store.network_disk import is_on_network

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_WHOLE = 90 * DAY
"""Seconds for which every change is kept."""
KEPT_AT_ALL = 5 * 366 * DAY
"""Seconds for which the rows that thinning leaves are kept."""

EARLIEST = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
"""This program is younger: a clock that shows an earlier time has not been set."""
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
LARGEST = 2**53
"""Credits; the API's client reads no larger amount."""

_APPLICATION_ID = int.from_bytes(b"lmcr", "big")

# Migration n makes a file of version n out of one of version n - 1, and the first makes a new file.
# A migration that was published is never changed.
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

_COMPANIONS = ("-wal", "-shm")
"""How the names of SQLite's write-ahead log and of its index end, after the file's name."""

_STATE = "SELECT * FROM pragma_application_id, pragma_user_version"

_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""SQLite's codes for a broken file (https://sqlite.org/rescode.html). ``SQLITE_ERROR`` is none of
them: it means a wrong statement, and a defect of this program sets no history aside."""

_UNWRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
}
"""SQLite's codes for a file, a folder or a disk that takes nothing."""

_LEAST_ROOM = 64 * 1024
"""Bytes; SQLite makes an index of 32 KiB for its log at least."""

_BUSY_TIMEOUT = 2.0
"""Seconds to wait for another process, whose transactions take milliseconds."""


class _ForeignError(sqlite3.DatabaseError):
    """The file is a database of another program: for this program it is broken."""

    sqlite_errorcode = sqlite3.SQLITE_NOTADB


class _NewerVersionError(sqlite3.Error):
    """The file is of a newer version of this program."""

    sqlite_errorname = "newer version"


class History:
    """The file of the readings of all teams. Reads and writes block, but none raises.

    A call that fails changes nothing but `fault`, and the next call tries anew. What can't be
    written, as on a full disk, is read all the same. An object is used by one thread at a time, and
    one worker; others, and other processes, have their own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        self._set_aside: FileFault | None = None
        self._faults: dict[Callable[..., object], FileFault] = {}

    @property
    def fault(self) -> FileFault | None:
        """What is wrong with the file; ``None`` if nothing is.

        A record that could not be kept stays a fault until one is kept, as a file that can't be
        written can often be read.
        """
        return next(iter(self._faults.values()), self._set_aside)

    def record(self, team_id: str, record: Record) -> bool:
        """Keep what was just seen, and tell whether it is kept.

        A record whose amounts are those of the last row extends that row. Impossible times and
        amounts are refused.

        A record from before the last row shows that the clock is wrong now, or was when that row
        was written. A clock that is wrong now, as after a start, is usually set within minutes.
        So records are refused for a 24th of the time by which the clock went back, at most for a
        day. A clock that is still behind then counts as right: the rows after the time to which
        it was set back are deleted. For instance, with a last row of 12:00:

        ===== ====================================================================
        10:00 refused: the clock was set back by two hours
        10:04 refused, as all is for five minutes
        10:05 kept, and the rows after 10:00 are deleted
        ===== ====================================================================
        """
        if not (
            EARLIEST <= record.first <= record.last <= LATEST and abs(record.credits) <= LARGEST
        ):
            log.warning("a reading is impossible: %s at %s", record.credits, record.first)
            return False
        return self._attempt(_record, team_id, record, otherwise=False)

    def read(self, team_id: str, since: int = 0) -> Sequence[Record]:
        """Return what was seen at ``since`` (seconds since the epoch) or later, in time order."""
        return self._attempt(_read, team_id, since, otherwise=Records(), writes=False)

    def teams(self) -> dict[str, int]:
        """Return the identities of all teams, and when each was seen last; the latest first."""
        return self._attempt(_teams, otherwise={}, writes=False)

    def thin(self, team_id: str, now: int, zone: tzinfo | None = None) -> None:
        """Thin the rows that are older than 90 days, and drop those that are older than 5 years.

        To be called once a day. The age of a row is counted from the last reading that is at least
        a day older than ``now`` (seconds since the epoch), so that no row is lost to a clock that
        runs ahead for less than a day.
        """
        self._attempt(_thin, team_id, now, zone, otherwise=None)

    def remove(self, team_id: str) -> None:
        """Forget all that a team had; :attr:`fault` says whether that was done."""
        if team_id in self.teams():
            self._attempt(_remove, team_id, otherwise=None)

    def close(self) -> None:
        """Close the file, which merges the write-ahead log into it; the next call reopens it."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _attempt(
        self, action: Callable[..., T], *arguments: object, otherwise: T, writes: bool = True
    ) -> T:
        """Do something with the database: the one place where its errors end.

        A missing file is as good as an empty one; what only reads leaves it missing.
        """
        try:
            result = otherwise
            if writes or _identity(self._path) is not None:
                result = self._do(action, *arguments)
        except (OSError, sqlite3.Error, UnicodeEncodeError) as error:
            self.close()
            if not writes and _may_be_read(error):
                with suppress(OSError, sqlite3.Error, UnicodeEncodeError):
                    result = _only_read(self._path, action, *arguments)
                    self._faults.pop(action, None)
                    return result
            self._note(action, error)
            return otherwise
        if action is _record:
            self._faults.clear()
        self._faults.pop(action, None)
        return result

    def _do(self, action: Callable[..., T], *arguments: object) -> T:
        try:
            return action(self._open(), *arguments)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _BROKEN:
                raise
            self._set_broken_aside()
            return action(self._open(), *arguments)

    def _note(self, action: Callable[..., object], error: Exception) -> None:
        fault = unusable(self._path, _COMPANIONS)
        if isinstance(error, _NewerVersionError):
            fault = FileFault(FaultKind.NEWER)
        elif fault.kind is FaultKind.UNUSABLE and _is_full(self._path.parent):
            fault = FileFault(FaultKind.FULL, str(self._path))
        if fault not in self._faults.values():  # not at every poll
            reason = getattr(error, "sqlite_errorname", type(error).__name__)
            log.warning("no history: %s", reason)
        self._faults[action] = fault

    def _open(self) -> sqlite3.Connection:
        if self._database is not None and self._opened == _identity(self._path):
            return self._database
        self.close()  # another program has deleted the file that is open, or set it aside
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite finds a file's log by name. If another program set the file aside meanwhile, SQLite
        # would take the new file's log for the old file's; so others are locked out.
        with locked(self._path):
            # A new file is made here so that only its user can read it; SQLite gives its log the
            # same permissions. A file that exists is not opened here: closing it would end the
            # locks that other connections of this process have on it.
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
            # The log goes first, so that a crash never leaves it to a new file. After a crash in
            # between, the file without its log is found to be broken once more.
            self._set_aside = set_aside(self._path, companions=_COMPANIONS)
        log.warning("the history was broken and has been set aside")


def _connected(path: Path) -> sqlite3.Connection:
    # Without an isolation level a transaction begins and ends where a statement says so. A
    # worker's jobs may run in different threads, but never two at once.
    database = sqlite3.connect(
        path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    try:
        migrate(database, _APPLICATION_ID, _MIGRATIONS)
        if is_on_network(path):
            # A write-ahead log needs memory that all its users share, which computers do not
            # (https://sqlite.org/wal.html, "Overview").
            database.execute("PRAGMA journal_mode = DELETE")
        else:
            # With these two a commit waits for no disk; a power cut costs the last readings.
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA wal_autocheckpoint = 100")  # pages; a poll writes one
        database.execute("PRAGMA cache_size = -256")  # KiB
    except BaseException:
        database.close()
        raise
    return database


def _is_full(folder: Path) -> bool:
    """Tell whether a folder's disk has no room for the log and its index."""
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False


def _may_be_read(error: Exception) -> bool:
    """Tell whether a file that can't be opened for writing may be one to read."""
    return isinstance(error, OSError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE


def _only_read(path: Path, action: Callable[..., T], *arguments: object) -> T:
    """Read from a file of this version that can't be written, as on a full or read-only disk.

    SQLite needs the log's index to read a file with a write-ahead log, and may be unable to make
    the index here. With ``immutable=1`` SQLite needs no index, but reads no log either. That is
    safe only while the log is empty (https://sqlite.org/uri.html, "immutable").
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    logs = (Path(f"{path}{ending}") for ending in ("-wal", "-journal"))
    has_log = any(log.exists() and log.stat().st_size > 0 for log in logs)
    try:
        return _read_at(address, action, *arguments)
    except sqlite3.OperationalError:
        if has_log:
            raise
        return _read_at(f"{address}&immutable=1", action, *arguments)


def _read_at(address: str, action: Callable[..., T], *arguments: object) -> T:
    with closing(sqlite3.connect(address, timeout=_BUSY_TIMEOUT, uri=True)) as database:
        if database.execute(_STATE).fetchone() != (_APPLICATION_ID, len(_MIGRATIONS)):
            raise _ForeignError
        return action(database, *arguments)


def migrate(
    database: sqlite3.Connection, application_id: int, migrations: Sequence[Sequence[str]]
) -> None:
    """Apply the migrations that a database lacks, in one transaction.

    A database's version is the number of its migrations. The first one sets the application's
    number, which tells the database from databases of other programs.
    """
    if database.execute(_STATE).fetchone() == (application_id, len(migrations)):
        return
    with database:
        database.execute("BEGIN IMMEDIATE")
        # Another process may have migrated the file just before this one got the lock.
        found_id, done = database.execute(_STATE).fetchone()
        if found_id != application_id:
            if database.execute("SELECT 1 FROM sqlite_master").fetchone() is not None:
                raise _ForeignError
            done = 0
        if done > len(migrations):
            raise _NewerVersionError
        for statement in itertools.chain.from_iterable(migrations[done:]):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(migrations)}")


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from a later one of the same name; ``None`` is a missing file.

    A link that leads nowhere, the file's own or a folder's, is no missing file: its disk may not
    be there.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        if leads_nowhere(path):
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
        # This replaces the last row, if it is extended or of the same second.
        database.execute(
            f"INSERT OR REPLACE INTO readings (team, {_COLUMNS})"  # noqa: S608
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (team, *row_after(last, record)),
        )
    return True


def row_after(last: Record | None, record: Record) -> Record:
    """Return the row to keep for a record: the last row, extended, if its amounts still hold."""
    if last is not None and last.amounts == record.amounts:
        return last._replace(last=record.last)
    return record


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


def _read(database: sqlite3.Connection, team_id: str, since: int = 0) -> Records:
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM teams JOIN readings ON team = id"  # noqa: S608
        " WHERE lemlist_id = ? AND last >= ? ORDER BY first",
        (team_id, since),
    )
    return Records(rows)


def _teams(database: sqlite3.Connection) -> dict[str, int]:
    rows = database.execute(
        "SELECT lemlist_id, max(last) FROM teams JOIN readings ON team = id"
        " GROUP BY id ORDER BY max(last) DESC"
    )
    return dict(rows)


def _remove(database: sqlite3.Connection, team_id: str) -> None:
    with database:
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            "DELETE FROM readings WHERE team = (SELECT id FROM teams WHERE lemlist_id = ?)",
            (team_id,),
        )
        database.execute("DELETE FROM teams WHERE lemlist_id = ?", (team_id,))


def _thin(database: sqlite3.Connection, team_id: str, now: int, zone: tzinfo | None) -> None:
    rows = _read(database, team_id)
    newest = next((row.last for row in reversed(rows) if row.last <= now - DAY), None)
    if newest is None:
        return
    team, begin = database.execute(
        "SELECT id, thinned_until FROM teams WHERE lemlist_id = ?", (team_id,)
    ).fetchone()
    end = midnight(date_at(newest - KEPT_WHOLE, zone), zone)
    if end <= begin:
        return
    # Rows around those to thin tell which of them can go: the row before them shows their first
    # change, and a rise on the day after them may pay back their last dip.
    first, last = bisect_left(rows, (begin,)) - 1, bisect_left(rows, (end + DAY,))
    rows = rows[max(first, 0) : last]
    dropped = set(rows).difference(thinned(rows, end, zone))
    oldest = newest - KEPT_AT_ALL
    # Rows of this age are not changed by others, so that only deleting them needs the lock.
    with database:
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "DELETE FROM readings WHERE team = ? AND first = ?",
            ((team, row.first) for row in dropped),
        )
        database.execute("DELETE FROM readings WHERE team = ? AND last < ?", (team, oldest))
        database.execute("UPDATE teams SET thinned_until = ? WHERE id = ?", (end, team))
