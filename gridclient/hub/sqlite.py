"""The hub's database in one SQLite file, for a demo and small counties. One writer at a time, readers beside it
(WAL)."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlite3  # as on desks: the system's SQLite on Debian 11 and UOS lacks RETURNING

from gridclient.domain.errors import InvalidInput, StoreUnavailable, reason_of
from gridclient.hub import schema
from gridclient.hub.access_ledger import Ledger
from gridclient.hub.ledger import Row, Statement, by_subject, signed, standing
from gridclient.hub.rows import OriginRow, Placement, StandAsk, Standing

# WORKAROUND: the module asks of every value that is neither number nor text whether it is something else, by raising
# and dropping two exceptions: a tenth of what a push costs. A value with an adapter is not asked.
sqlite3.register_adapter(bytes, bytes)

_BUSY_S: Final = 15.0
_HEADER: Final = b"SQLite format 3\0"
_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"
_PAGE_BYTES: Final = 16 << 10
"""Holds some dozens of events instead of ten, which saves an eighth of the processor time of a push."""
_HOLD: Final = "SELECT head, total, origins FROM streams WHERE stream = ?"  # the transaction locks the whole file
_ORIGIN: Final = (
    "SELECT no, device, incarnation, seq, link, public_key FROM origins "
    "WHERE stream = ? AND device = ? AND incarnation = ?"
)
_EARLIER: Final = (  # else SQLite would scan the whole stream
    "SELECT subject, pos, link FROM events INDEXED BY events_of_subject WHERE stream = ? AND subject"
)
_INSERT: Final = (
    "INSERT INTO events(stream, pos, origin, seq, hlc, kind, version, subject, base, actor, payload, link) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CHAIN: Final = (
    "INSERT INTO origins(stream, no, device, incarnation, seq, link, public_key) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (stream, no) DO UPDATE SET seq = excluded.seq, link = excluded.link"
)
_MOVE: Final = "UPDATE streams SET head = ?, total = ?, origins = max(origins, ?) WHERE stream = ?"
_PUSH: Final = (
    "INSERT INTO pushes(stream, last_pos, first_pos, origin, last_seq, signature, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_HAND: Final = "INSERT INTO handed(stream, unit, subject, first_pos) VALUES (?, ?, ?, ?)"
_SUM: Final = "SELECT count, total FROM feed_sums WHERE stream = ? AND unit = ?"
_KEEP_SUM: Final = (
    "INSERT INTO feed_sums(stream, unit, count, total) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (stream, unit) DO UPDATE SET count = excluded.count, total = excluded.total"
)
_NAME_FILE: Final = "INSERT INTO files(stream, sha256, subject, size) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"


class SqliteLedger(Ledger):
    """The statements on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[Row]:
        found: list[Row] = self._connection.execute(sql, given).fetchall()
        return found

    def together(self, statements: Sequence[Statement]) -> list[list[Row]]:
        return [self.rows(sql, given) for sql, given in statements]

    def later(self, statements: Sequence[Statement]) -> None:
        self.together(statements)

    def among(self, values: Collection[str]) -> tuple[str, Any]:
        return "IN (SELECT value FROM json_each(?))", json.dumps(list(values), ensure_ascii=False)

    def among_numbers(self, values: Collection[int]) -> tuple[str, Any]:
        return "IN (SELECT value FROM json_each(?))", json.dumps(list(values))

    def hold_and_stand(
        self, streams: Sequence[str], asks: Sequence[StandAsk], _hurried: bool
    ) -> Sequence[Standing] | None:
        held = {stream: found[0] for stream in streams if (found := self.rows(_HOLD, (stream,)))}
        return [self._stand(held[ask.stream], ask) for ask in asks] if len(held) == len(streams) else None

    def _stand(self, held: Row, ask: StandAsk) -> Standing:
        (among, listed), (_, few) = self.among(ask.subjects), self.among(ask.counted)
        origins, pairs, earlier = self.together(
            [
                (_ORIGIN, ask[:3]),
                (f"SELECT subject, unit FROM handed WHERE stream = ? AND subject {among}", (ask.stream, listed)),
                (f"{_EARLIER} {among}", (ask.stream, few)),
            ]
        )
        units = by_subject((subject, unit) for subject, unit in pairs)
        return standing(held, OriginRow(*origins[0]) if origins else None, units, earlier)

    def place(self, placement: Placement) -> None:
        stream, origin, events = placement.stream, placement.origin, placement.events
        last, run = events[-1].position, self._connection.execute
        self._connection.executemany(_INSERT, map((stream,).__add__, events))
        names = (stream, origin.no, origin.device, origin.incarnation)
        run(_CHAIN, (*names, origin.seq, origin.link, origin.public_key))
        run(_MOVE, (last, signed(placement.total), origin.no, stream))
        run(_PUSH, (stream, last, events[0].position, origin.no, origin.seq, placement.signature, placement.at))
        self._connection.executemany(_HAND, [(stream, *row) for row in placement.handed])
        for unit, (count, total) in placement.sums.items():
            before = run(_SUM, (stream, unit)).fetchone() or (0, 0)
            run(_KEEP_SUM, (stream, unit, before[0] + count, signed(before[1] + total)))
        self._connection.executemany(_NAME_FILE, [(stream, *row) for row in placement.files])

    def whole(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        yield from self._connection.execute(f"SELECT {', '.join(columns)} FROM {table}")

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {table}({', '.join(columns)}) VALUES ({marks})", rows)


class SqliteBackend:
    """A hub's file. Safe to use from several threads and processes."""

    def __init__(self, file: Path) -> None:
        """Opens the file; an empty or missing one becomes a hub's.

        Raises:
            InvalidInput: ``hub.other_file``: it holds something else, and stays as it is.
            StoreUnavailable: ``hub.store_failed``, ``hub.newer``.
        """
        self._file = file
        self._write_lock = threading.Lock()
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        with _faults():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            self._writer = self._open()
            self._require_own()
            self._writer.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # a new file
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

    def _require_own(self) -> None:
        with self._file.open("rb") as content:
            begin = content.read(len(_HEADER))
        tables = {name for (name,) in self._writer.execute(_TABLES)} if begin in (b"", _HEADER) else {""}
        if tables and "facts" not in tables:
            self._writer.close()
            raise InvalidInput("hub.other_file", file=self._file.name)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)


@contextmanager
def _faults() -> Iterator[None]:
    """Turns failures of database or disk into ``StoreUnavailable``."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreUnavailable("hub.store_failed", detail=str(error)) from error
    except OSError as error:
        raise StoreUnavailable("hub.store_failed", detail=reason_of(error)) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError):
            raise  # a bug
        raise StoreUnavailable("hub.store_failed", detail=str(error)) from error


def _make_tables(ledger: SqliteLedger) -> None:
    for statement in schema.statements(big="INTEGER", binary="BLOB", clustered=" WITHOUT ROWID"):
        ledger.rows(statement)
    schema.check_version(ledger)
