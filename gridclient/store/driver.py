"""The one door to SQLite: encrypted connections, transactions, and the environment's faults as ``StoreUnavailable``.

The only module that imports sqlcipher3 and sqlite-utils. It knows no table; what writes keeps the seals.
"""

from __future__ import annotations

import hmac
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, cast

import sqlcipher3
from sqlcipher3 import dbapi2

from gridclient.domain.errors import StoreUnavailable
from gridclient.store.seals import keep_seals

if TYPE_CHECKING:
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    SchemaTool: TypeAlias = sqlite_utils.Database
    """sqlite-utils over a connection of this module: for schema and administration, not for daily writes."""

# WORKAROUND: sqlite-utils takes the standard library's sqlite3 unless it finds pysqlite3; SQLCipher's is a drop-in.
sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", dbapi2)
# WORKAROUND: a value that is neither number nor text is asked first whether it is something else, and each time two
# exceptions are raised and dropped: three microseconds, a tenth of an import. Who has an adapter is not asked.
dbapi2.register_adapter(bytes, bytes)
dbapi2.register_adapter(type(None), lambda none: none)

ConstraintBroken: TypeAlias = dbapi2.IntegrityError
"""Raised for a row that the schema forbids, mostly because its key exists already."""
UNFIT_VALUES: Final = (dbapi2.IntegrityError, dbapi2.ProgrammingError, dbapi2.InterfaceError, ValueError, OverflowError)
"""Exceptions of a statement whose parameters have the wrong type or number."""

KEY_BYTES: Final = 32
BUSY_TIMEOUT_MS: Final = 10_000
_BUSY_POLL_S: Final = 0.001
_ASK_AGAIN: Final = 8
_LONG_LOG: Final = 4000  # pages

_FULL, _IO_ERROR, _CORRUPT, _NOT_A_DATABASE, _CANNOT_OPEN, _READ_ONLY, _BUSY, _LOCKED = 13, 10, 11, 26, 14, 8, 5, 6
_KEY_NOT_CHANGED: Final = "An error occurred with PRAGMA key or rekey"
"""SQLCipher says no more where the new pages cannot be written."""
_CODES_OF_BACKUP: Final = {
    "database or disk is full": _FULL,
    "disk I/O error": _IO_ERROR,
    "database disk image is malformed": _CORRUPT,
    "unable to open database file": _CANNOT_OPEN,
    "attempt to write a readonly database": _READ_ONLY,
    "database is locked": _BUSY,
}
"""WORKAROUND: ``Connection.backup`` raises its errors without ``sqlite_errorcode``."""


class Cursor(Protocol):
    """What the store uses of a DB-API cursor."""

    lastrowid: int
    rowcount: int

    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What the store uses of a DB-API connection; it begins and ends transactions only when told to."""

    in_transaction: bool
    total_changes: int

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor: ...
    def backup(self, target: Any, /) -> None: ...
    def set_busy_handler(self, handler: Callable[[int], bool], /) -> None: ...
    def create_function(self, name: str, arguments: int, function: Callable[..., Any], /) -> None: ...
    def close(self) -> None: ...


@contextmanager
def environment_faults() -> Iterator[None]:
    """Turns what disk, lock or key did to SQLite into ``StoreUnavailable``; faults of the program stay as they are."""
    try:
        yield
    except dbapi2.DatabaseError as error:
        fault = _as_fault(getattr(error, "sqlite_errorcode", None), str(error))
        if fault is None:
            raise
        raise fault from error


def _as_fault(code: int | None, text: str) -> StoreUnavailable | None:
    primary = (_CODES_OF_BACKUP.get(text, 0) if code is None else code) & 0xFF
    if primary == _FULL or text.startswith(_KEY_NOT_CHANGED):
        return StoreUnavailable("store.disk_full")
    if primary in (_BUSY, _LOCKED):
        return StoreUnavailable("store.locked")
    if primary == _NOT_A_DATABASE:
        return StoreUnavailable("store.wrong_key")
    if primary == _CORRUPT or text.startswith("no such table"):
        return StoreUnavailable("store.damaged", detail=text)
    if primary in (_IO_ERROR, _CANNOT_OPEN, _READ_ONLY):
        return StoreUnavailable("store.disk_failed", detail=text)
    return None


class Use(Enum):
    """What a connection is for."""

    WRITING = "writing"
    READING = "reading"
    COPYING = "copying"  # a new file, which nobody else has open


def open_connection(path: Path, key: bytes, use: Use) -> Connection:
    """One connection with the store's settings; the caller closes it. It may wander between threads, one at a time.

    Raises:
        StoreUnavailable: the file cannot be opened or the key does not fit.
    """
    if len(key) != KEY_BYTES:
        raise StoreUnavailable("store.wrong_key")
    name = f"{path.absolute().as_uri()}?immutable=1" if use is Use.READING and _lies_still(path) else str(path)
    with environment_faults():
        connection = cast(
            "Connection",
            dbapi2.connect(
                name, uri=name != str(path), isolation_level=None, check_same_thread=False, cached_statements=256
            ),
        )
    try:
        with environment_faults():
            _prepare(connection, key, use)
        connection.set_busy_handler(partial(_ask_and_wait, _mark_of(path)) if use is Use.WRITING else _wait_a_little)
    except BaseException:
        connection.close()
        raise
    return connection


def _lies_still(path: Path) -> bool:
    """Whether the file is on a read-only medium, where SQLite cannot write ``-wal`` and ``-shm`` files beside it."""
    try:
        return (
            sys.platform != "win32"
            and bool(os.statvfs(path).f_flag & os.ST_RDONLY)
            and not path.with_name(f"{path.name}-wal").exists()
        )
    except OSError:
        return False


def _prepare(connection: Connection, key: bytes, use: Use) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.set_busy_handler(_wait_a_little)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first read proves the key
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # without them a row that is replaced leaves its seal
    connection.execute("PRAGMA temp_store = MEMORY")
    for pragma in _PRAGMAS[use]:
        connection.execute(f"PRAGMA {pragma}")
    if use is Use.WRITING:
        keep_seals(connection)


def _wait_a_little(times: int) -> bool:
    """SQLite's busy handler: tries again every millisecond. SQLite's own waits grow to 100 ms and miss the pauses of an
    import in another process (measured: 375 ms at the 95th percentile, 1.4 s at worst)."""
    time.sleep(_BUSY_POLL_S)
    return times * _BUSY_POLL_S * 1000 < BUSY_TIMEOUT_MS


def _ask_and_wait(mark: Path, times: int) -> bool:
    """The busy handler of a writer: also touches the file ``mark``, which tells a long writer to end its turn early."""
    if times % _ASK_AGAIN == 0:
        now = time.time_ns()
        with suppress(OSError):
            mark.touch()
            os.utime(mark, ns=(now, now))  # the file system's own clock may be four milliseconds behind
    return _wait_a_little(times)


def _mark_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-asked")


_PRAGMAS: Final = {
    Use.WRITING: (
        "journal_mode = WAL",
        "synchronous = FULL",
        "journal_size_limit = 67108864",
        "cache_size = -16384",
    ),
    Use.READING: ("query_only = ON", "cache_size = -8192"),  # small: every reading thread has its own
    Use.COPYING: ("journal_mode = OFF", "synchronous = OFF"),
}


def schema_steps(name: str) -> Migrations:
    """An empty list of sqlite-utils' steps to a schema."""
    from sqlite_utils.migrations import Migrations  # noqa: PLC0415  (a store of today needs no migrations)

    return Migrations(name)


def schema_tool(connection: Connection) -> SchemaTool:
    """sqlite-utils over this connection. Inside a transaction of :meth:`Database.writer` its calls nest in it."""
    import sqlite_utils  # noqa: PLC0415  (a third of a second, and an ordinary start has no use for it)

    return sqlite_utils.Database(cast("Any", connection), recursive_triggers=False, execute_plugins=False)


class Database:
    """The connections to one store file: one that writes, and one per thread that reads.

    Safe to use from any thread. The writer is opened by the first write.
    """

    def __init__(self, path: Path, key: bytes, *, read_only: bool = False) -> None:
        self.path = path
        self._mark = _mark_of(path)
        self._key = key
        self._read_only = read_only
        self._writing = threading.Lock()
        self._writer: Connection | None = None
        self._settings: tuple[str, ...] = ()
        self._guard = threading.Lock()
        self._idle: list[Connection] = []
        self._mine = threading.local()
        self._closed = False

    @contextmanager
    def writer(self, *, lasting: bool = True, tidy: bool = False) -> Iterator[Connection]:
        """One immediate transaction: leaving the block commits, an exception rolls everything back.

        Args:
            lasting: what was committed survives a power cut. Without it a power cut may take back this transaction and
                others like it, each as a whole, until a lasting one follows; for what can be fetched again.
            tidy: the commit copies the write-ahead log into the file when it is long. Others, for which somebody may be
                waiting, leave that until it is twice as long.

        Raises:
            StoreUnavailable: the disk is full, somebody else holds the store too long, or the file is damaged.
        """
        settings = (  # hold until others are given
            f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}",
            f"PRAGMA wal_autocheckpoint = {_LONG_LOG if tidy else 2 * _LONG_LOG}",
        )
        with self._on_writer("BEGIN IMMEDIATE", settings) as connection:
            yield connection

    @contextmanager
    def reader_before_writing(self) -> Iterator[Connection]:
        """One state of the store, as in :meth:`reader`, for what is written soon after: its pages stay in the writer's
        memory, so that they are deciphered once. Other processes may write meanwhile, other threads of this one not."""
        with self._on_writer("BEGIN") as connection:
            yield connection

    @contextmanager
    def _on_writer(self, begin: str, settings: tuple[str, ...] = ()) -> Iterator[Connection]:
        if self._read_only:
            raise StoreUnavailable("store.read_only")
        with self._writing:
            if self._writer is None:
                self._check_open()
                self._writer, self._settings = open_connection(self.path, self._key, Use.WRITING), ()
            with environment_faults():
                if settings not in ((), self._settings):
                    for setting in settings:
                        self._writer.execute(setting)
                    self._settings = settings
                with _transaction(self._writer, begin):
                    yield self._writer

    def asked_for(self, since: int) -> bool:
        """Whether another process has had to wait to write since then (``time.time_ns``)."""
        try:
            return self._mark.stat().st_mtime_ns > since
        except OSError:
            return False

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A connection that sees one state of the store while the block lasts; nested blocks share it."""
        mine: Connection | None = getattr(self._mine, "connection", None)
        if mine is not None:
            yield mine
            return
        connection = self._take()
        self._mine.connection = connection
        try:
            with environment_faults(), _transaction(connection, "BEGIN"):
                yield connection
        finally:
            self._mine.connection = None
            self._give_back(connection)

    def separate_connection(self) -> Connection:
        """A connection of its own for long reading (backup, verification); the caller closes it."""
        return open_connection(self.path, self._key, Use.READING)

    def copying_connection(self, path: Path) -> Connection:
        """A connection with this store's key to the file of a new copy; the caller closes it."""
        return open_connection(path, self._key, Use.COPYING)

    def key_for(self, purpose: bytes) -> bytes:
        """A key of 32 bytes derived from this store's, for what lies beside the store; ``purpose`` names the use."""
        return hmac.digest(self._key, purpose, "sha256")

    def change_key(self, key: bytes) -> None:
        """Encrypts the file anew. Nobody else may have it open."""
        self.close()
        connection = open_connection(self.path, self._key, Use.COPYING)
        try:
            with environment_faults():
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
        finally:
            connection.close()

    def close(self) -> None:
        """Closes all connections; a block that is still open in another thread closes its own when it ends."""
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            with self._guard:
                self._closed = True
                idle, self._idle = self._idle, []
            for connection in idle:
                connection.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("store.closed")

    def _take(self) -> Connection:
        with self._guard:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return open_connection(self.path, self._key, Use.READING)

    def _give_back(self, connection: Connection) -> None:
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()


@contextmanager
def _transaction(connection: Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite may have rolled back by itself, on a full disk
            connection.execute("ROLLBACK")
        raise
