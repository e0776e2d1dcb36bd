"""A connection to PostgreSQL on which statements travel together, with as little Python for each as there can be.

The driver's cursors cost several times what the server needs for our short statements, so this speaks to the driver's
own layer beneath them. All statements are prepared once on a connection.
"""

from __future__ import annotations

import selectors
from collections.abc import Sequence
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

from gridclient.hub.ledger import Row, Statement

Connection = psycopg.Connection[tuple[Any, ...]]
_CONNECT_S: Final = 5
_TEXT, _BINARY = int(pq.Format.TEXT), int(pq.Format.BINARY)
_UNKNOWN, _BYTES, _INTEGER = 0, 17, 20  # types by their numbers in every PostgreSQL
_ROWS, _END = pq.ExecStatus.TUPLES_OK, pq.ExecStatus.PIPELINE_SYNC
_FAILED: Final = frozenset({pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE})
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_Name = tuple[str, tuple[int, ...]]
_Parameter = tuple[bytes | None, int]


class Line:
    """One connection. ``connection`` is the driver's own view of it, for what is rare."""

    def __init__(self, url: str, options: str) -> None:
        self.connection: Connection = psycopg.connect(
            url, autocommit=True, connect_timeout=_CONNECT_S, options=options, application_name="gridclient-hub"
        )
        self._raw = self.connection.pgconn
        self._names: dict[_Name, bytes] = {}
        self._numbers = count()  # a name is given once: what was prepared stays so when a statement after it fails
        self._loader = Transformer.from_context(self.connection)
        self._socket = selectors.DefaultSelector()
        self._socket.register(self._raw.socket, _READ)

    def close(self) -> None:
        self._socket.close()
        self.connection.close()

    def ask(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """The rows of each, in one trip.

        Raises:
            psycopg.Error: the first one that failed; those after it were not run.
        """
        fresh: dict[_Name, bytes] = {}
        parcels = [(sql, [_parameter(value) for value in given]) for sql, given in statements]
        self._raw.enter_pipeline_mode()
        expected = [self._send(sql, parameters, fresh) for sql, parameters in parcels]
        self._raw.pipeline_sync()
        self._flush()
        found = [self._result(prepared) for prepared in expected]
        while (end := self._next()) is None or end.status != _END:
            self._check()
        self._raw.exit_pipeline_mode()
        for result in found:
            if result.status in _FAILED:
                raise errors.error_from_result(result)
        self._names.update(fresh)
        return [self._rows(result) for result in found]

    @property
    def idle(self) -> bool:
        """Whether nothing is under way: the next one may use it."""
        waits = self._raw.pipeline_status == pq.PipelineStatus.OFF
        return waits and self._raw.transaction_status == pq.TransactionStatus.IDLE

    def _send(self, sql: str, parameters: Sequence[_Parameter], fresh: dict[_Name, bytes]) -> bool:
        """Sends a statement; says whether it had to be prepared, for which there is a result too."""
        key = (sql, tuple([kind for _, kind in parameters]))
        name = self._names.get(key) or fresh.get(key)
        new = name is None
        if name is None:
            name = fresh[key] = b"hub%d" % next(self._numbers)
            self._raw.send_prepare(name, _numbered(sql), key[1])
        formats = [_BINARY if kind == _BYTES else _TEXT for kind in key[1]]
        self._raw.send_query_prepared(name, [value for value, _ in parameters], formats, _BINARY)
        return new

    def _flush(self) -> None:
        """Sends what the socket did not take at once; the server may have to be heard meanwhile."""
        if self._raw.flush():
            self._socket.modify(self._raw.socket, _READ | _WRITE)
            while self._raw.flush():
                if any(events & _READ for _, events in self._socket.select()):
                    self._raw.consume_input()
            self._socket.modify(self._raw.socket, _READ)

    def _result(self, prepared: bool) -> Any:
        """The result of one statement; that of preparing it when that failed."""
        first = self._whole()
        second = self._whole() if prepared else first
        return first if first.status in _FAILED else second

    def _whole(self) -> Any:
        while (result := self._next()) is None:
            self._check()
        while self._next() is not None:
            pass
        return result

    def _next(self) -> Any:
        """What comes next; ``None`` after each statement's result."""
        while self._raw.is_busy():
            self._socket.select()
            self._raw.consume_input()
        return self._raw.get_result()

    def _check(self) -> None:
        if self._raw.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError("the server closed the connection")

    def _rows(self, result: Any) -> list[Row]:
        if result.status != _ROWS:
            return []
        self._loader.set_pgresult(result)
        return self._loader.load_rows(0, result.ntuples, tuple)


def _parameter(value: Any) -> _Parameter:
    """A value as it travels, and its type; texts take the type that the statement wants."""
    if isinstance(value, str):
        if "\0" in value:
            raise errors.DataError("a text with a zero in it")
        return value.encode(), _UNKNOWN
    if isinstance(value, int):
        return b"%d" % value, _INTEGER
    if value is None:
        return None, _UNKNOWN
    return bytes(value), _BYTES


def _numbered(sql: str) -> bytes:
    """A statement as the server wants it. No statement of ours has a question mark in a text."""
    first, *rest = sql.split("?")
    return (first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))).encode()
