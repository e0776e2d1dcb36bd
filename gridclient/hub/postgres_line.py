"""A connection to PostgreSQL that sends statements in pipelines, with as little Python per statement as possible.

The driver's cursors cost several times what the server needs for short statements, so this uses the driver's lower
layer (libpq). Every statement is prepared once per connection.
"""

from __future__ import annotations

import re
import selectors
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub.ledger import Row, Statement

Connection = psycopg.Connection[tuple[Any, ...]]
_CONNECT_S: Final = 5
_SILENT_MS: Final = 10_000
_IDLE_S: Final = 5
_PROBE_S, _MOST_PROBES = 2, 3
_PASSWORD: Final = re.compile("(?<=:)[^/].*(?=@)|(?<=password=)[^&]*")
_QUOTED: Final = re.compile("""(["']).*?\\1""")
_TEXT, _BINARY = int(pq.Format.TEXT), int(pq.Format.BINARY)
_UNKNOWN, _BYTES, _INTEGER = 0, 17, 20  # PostgreSQL's fixed type numbers
_ROWS, _END = pq.ExecStatus.TUPLES_OK, pq.ExecStatus.PIPELINE_SYNC
_FAILED: Final = frozenset({pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE})
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_Name = tuple[str, tuple[int, ...]]
_Parameter = tuple[bytes | None, int]


@contextmanager
def opening(url: str) -> Iterator[None]:
    """Tells in the server's own words why a database cannot be opened: who sets it up has to know. Nothing is repeated
    in which a part of the address's password stands."""
    try:
        yield
    except psycopg.Error as error:
        words = re.findall(r"\w+", " ".join(_PASSWORD.findall(url)))
        reason = str(error).replace(url, "--db").removeprefix("connection failed: ").partition("\n")[0]
        reason = _QUOTED.sub(lambda quoted: "…" if any(word in quoted[0] for word in words) else quoted[0], reason)
        raise StoreUnavailable("hub.not_opened", reason=reason) from error


def connected(url: str, options: str, name: str) -> Connection:
    """A connection on which each statement is a transaction of its own; ``name``: what the server calls it. It fails
    once the server's machine was silent for 10 s, instead of after TCP's quarter of an hour for what is asked, and two
    hours where an answer is waited for. A desk waits 20 s for the hub."""
    return psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=_CONNECT_S,
        tcp_user_timeout=_SILENT_MS,
        keepalives_idle=_IDLE_S,
        keepalives_interval=_PROBE_S,
        keepalives_count=_MOST_PROBES,
        options=options,
        application_name=name,
    )


class Line:
    """One connection. ``connection`` is the driver's own object for it, for rare uses."""

    def __init__(self, url: str, options: str) -> None:
        self.connection = connected(url, options, "gridclient-hub")
        self._raw = self.connection.pgconn
        self._names: dict[_Name, bytes] = {}
        self._numbers = count()  # never reused: a prepared name survives a later failure
        self._loader = Transformer.from_context(self.connection)
        self._socket = selectors.DefaultSelector()
        self._socket.register(self._raw.socket, _READ)

    def close(self) -> None:
        self._socket.close()
        self.connection.close()

    def ask(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Runs the statements in one round-trip and returns the rows of each.

        Raises:
            psycopg.Error: of the first statement that failed; those after it were not run.
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
        """Whether the connection is in no transaction and waits for no answer, so that it can be used again."""
        return self._raw.transaction_status == pq.TransactionStatus.IDLE

    def _send(self, sql: str, parameters: Sequence[_Parameter], fresh: dict[_Name, bytes]) -> bool:
        """Sends a statement; returns whether it had to be prepared, which yields a result of its own."""
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
        """Sends what the socket did not take at once, and reads meanwhile, as the server may be waiting for that."""
        if self._raw.flush():
            self._socket.modify(self._raw.socket, _READ | _WRITE)
            while self._raw.flush():
                if any(events & _READ for _, events in self._socket.select()):
                    self._raw.consume_input()
            self._socket.modify(self._raw.socket, _READ)

    def _result(self, prepared: bool) -> Any:
        """The result of one statement, or of its failed preparation."""
        first = self._whole()
        second = self._whole() if prepared else first
        return first if first.status in _FAILED else second

    def _whole(self) -> Any:
        while (result := self._next()) is None:
            self._check()
        return result

    def _next(self) -> Any:
        """The next result; ``None`` after the last result of each statement."""
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
    """A value as sent, and its type; the server infers the type of texts."""
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
    """A statement with ``$1``, ``$2`` … for its question marks. No statement here has one in a literal."""
    first, *rest = sql.split("?")
    return (first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))).encode()
