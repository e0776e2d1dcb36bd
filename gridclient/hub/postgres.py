"""The hub on PostgreSQL (or a cluster that speaks like it): every push is one transaction on one stream."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, Final, LiteralString

import psycopg

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub import schema
from gridclient.hub.access_ledger import SqlLedger
from gridclient.hub.ledger import Row, Statement
from gridclient.hub.rows import EventRow

_CONNECT_S: Final = 5
_WAIT_S: Final = 20.0
_OPTIONS: Final = (
    "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000 "
    "-c client_min_messages=warning"
)
_INSERT: Final = (
    "INSERT INTO events(stream, pos, origin, seq, hlc, kind, version, subject, base, actor, payload, link) "
    "SELECT ?, * FROM unnest(?::bigint[], ?::integer[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], "
    "?::bigint[], ?::text[], ?::text[], ?::bytea[])"
)
_SCHEMA_LOCK: Final = 4_711_203_517
"""Two hubs that start at once make the tables one after the other."""

Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresLedger(SqlLedger):
    """The statements on one connection; they travel in a pipeline."""

    hold = " FOR UPDATE"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[Row]:
        """See :class:`gridclient.hub.ledger.OrderStatements`, as for the methods below."""
        return _fetched(self._connection.execute(_numbered(sql), given))

    def together(self, statements: Sequence[Statement]) -> list[list[Row]]:
        with self._connection.pipeline():
            cursors = [self._connection.execute(_numbered(sql), given) for sql, given in statements]
        return [_fetched(cursor) for cursor in cursors]

    def among(self, values: Collection[Any]) -> tuple[str, Any]:
        return "= ANY(?)", list(values)

    def insert_events(self, stream: str, events: Sequence[EventRow]) -> list[Statement]:
        columns = [list(column) for column in zip(*events, strict=True)]
        return [(_INSERT, (stream, *columns))]


class PostgresBackend:
    """A hub's database. Safe to use from several threads; keeps up to ``connections`` connections."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self._url = url
        self._idle: deque[Connection] = deque()
        self._slots = threading.BoundedSemaphore(connections)
        self._closed = False
        with self.writing() as ledger:
            ledger.rows("SELECT pg_advisory_xact_lock(?)", (_SCHEMA_LOCK,))
            for statement in schema.statements(big="BIGINT", binary="BYTEA", clustered=""):
                ledger.rows(statement)
            schema.check_version(ledger)

    @contextmanager
    def writing(self) -> Iterator[PostgresLedger]:
        """See :class:`gridclient.hub.backend.Backend`, as for the methods below."""
        with self._connection() as connection, connection.pipeline(), connection.transaction():
            yield PostgresLedger(connection)

    @contextmanager
    def reading(self) -> Iterator[PostgresLedger]:
        with self._connection() as connection:
            yield PostgresLedger(connection)

    def describe(self) -> str:
        info = psycopg.conninfo.conninfo_to_dict(self._url)
        return f"PostgreSQL {info.get('host', '')} {info.get('dbname', '')}".strip()

    def close(self) -> None:
        self._closed = True
        self._forget_idle()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """One connection for one caller. One that failed is thrown away, and the idle ones with it: what broke it,
        a server that went down, broke them too."""
        if not self._slots.acquire(timeout=_WAIT_S):
            raise StoreUnavailable("hub.store_failed", detail="connections")
        try:
            connection = self._take()
            try:
                yield connection
            except psycopg.OperationalError:
                if connection.broken or connection.closed:
                    self._forget_idle()
                raise
            finally:
                self._give_back(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise StoreUnavailable("hub.store_failed", detail=error.sqlstate or type(error).__name__) from error
        finally:
            self._slots.release()

    def _take(self) -> Connection:
        with suppress(IndexError):
            return self._idle.pop()
        return psycopg.connect(
            self._url, autocommit=True, connect_timeout=_CONNECT_S, options=_OPTIONS, application_name="gridclient-hub"
        )

    def _give_back(self, connection: Connection) -> None:
        healthy = connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        if healthy and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()

    def _forget_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


@lru_cache(maxsize=256)
def _numbered(sql: str) -> LiteralString:
    """A statement as this driver wants it. No statement of ours has a question mark or a per cent sign in a text."""
    return sql.replace("?", "%s")


def _fetched(cursor: psycopg.Cursor[tuple[Any, ...]]) -> list[Row]:
    return list(cursor.fetchall()) if cursor.description is not None else []
