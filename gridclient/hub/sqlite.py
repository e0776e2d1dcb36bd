"""The hub on one SQLite file: for a demo and for small counties. One writer at a time, readers beside it (WAL)."""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub import schema
from gridclient.hub.access_ledger import SqlLedger
from gridclient.hub.ledger import Row, Statement
from gridclient.hub.rows import EventRow

_BUSY_S: Final = 15.0
_INSERT: Final = (
    "INSERT INTO events(stream, pos, origin, seq, hlc, kind, version, subject, base, actor, payload, link) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class SqliteLedger(SqlLedger):
    """The statements on one connection."""

    hold = ""  # a writing transaction holds the whole file

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[Row]:
        """See :class:`gridclient.hub.ledger.OrderStatements`, as for the methods below."""
        return self._connection.execute(sql, given).fetchall()

    def together(self, statements: Sequence[Statement]) -> list[list[Row]]:
        return [self.rows(sql, given) for sql, given in statements]

    def among(self, values: Collection[Any]) -> tuple[str, Any]:
        return "IN (SELECT value FROM json_each(?))", json.dumps(list(values), ensure_ascii=False)

    def insert_events(self, stream: str, events: Sequence[EventRow]) -> list[Statement]:
        self._connection.executemany(_INSERT, [(stream, *event) for event in events])
        return []


class SqliteBackend:
    """A hub's file. Safe to use from several threads and processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._write_lock = threading.Lock()
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        with _faults():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            self._writer = self._open()
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute("PRAGMA synchronous = FULL")
        with self.writing() as ledger:
            _make_tables(ledger)

    @contextmanager
    def writing(self) -> Iterator[SqliteLedger]:
        """See :class:`gridclient.hub.backend.Backend`, as for the methods below."""
        with self._write_lock, _faults():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteLedger(self._writer)
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            try:
                self._writer.execute("COMMIT")
            except sqlite3.Error:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[SqliteLedger]:
        with _faults():
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                connection = self._open()
            try:
                yield SqliteLedger(connection)
            finally:
                self._idle.put(connection)

    def describe(self) -> str:
        return f"SQLite {self._file.name}"

    def close(self) -> None:
        with self._write_lock:
            self._writer.close()
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)


@contextmanager
def _faults() -> Iterator[None]:
    """What the database or the disk cannot do, as the one fault that callers know."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise StoreUnavailable("hub.store_failed", detail=str(error)) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError):
            raise  # the program's own mistake
        raise StoreUnavailable("hub.store_failed", detail=str(error)) from error


def _make_tables(ledger: SqliteLedger) -> None:
    for statement in schema.statements(big="INTEGER", binary="BLOB", clustered=" WITHOUT ROWID"):
        ledger.rows(statement)
    schema.check_version(ledger)
