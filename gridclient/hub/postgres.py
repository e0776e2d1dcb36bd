"""The hub's database on PostgreSQL (or a cluster that speaks its protocol)."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub import schema
from gridclient.hub.access_ledger import Ledger
from gridclient.hub.ledger import Row, Statement, by_subject, signed, standing
from gridclient.hub.postgres_line import Line, opening
from gridclient.hub.rows import OriginRow, Placement, StandAsk, Standing

_BREAK: Final = "\n"
_WAIT_S: Final = 20.0
_OPTIONS: Final = (
    "-c statement_timeout=30000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=60000 "
    "-c client_min_messages=warning -c jit=off "
    # Generic plans that use indexes: planning each push costs more than the push, and a plan made while a table was
    # empty would scan it for ever.
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
)
_LINES: Final = "string_to_array(?, chr(10))"
_HURRY: Final = "SET LOCAL lock_timeout = 500"  # ms; a push holds its streams for far less
_HOLD: Final = (
    f"SELECT stream, head, total, origins FROM streams WHERE stream = ANY({_LINES}) ORDER BY stream FOR UPDATE"
)
# Separate statements after the lock, so that they see what was committed while it was waited for. LATERAL with OFFSET 0
# makes one index look-up per line, whatever the planner assumes about a new table.
_ORIGINS: Final = (
    "SELECT asked.stream, o.no, o.device, o.incarnation, o.seq, o.link, o.public_key "
    f"FROM unnest({_LINES}, {_LINES}, ?::bigint[]) AS asked(stream, device, incarnation), "
    "LATERAL (SELECT * FROM origins WHERE stream = asked.stream AND device = asked.device "
    "AND incarnation = asked.incarnation OFFSET 0) o"
)
_OF_NAMED: Final = f"FROM unnest({_LINES}, {_LINES}) AS named(stream, subject), LATERAL "
_HANDED: Final = (
    f"SELECT named.stream, named.subject, h.unit {_OF_NAMED}"
    "(SELECT unit FROM handed WHERE stream = named.stream AND subject = named.subject OFFSET 0) h"
)
_EARLIER: Final = (
    f"SELECT named.stream, named.subject, e.pos, e.link {_OF_NAMED}"
    "(SELECT pos, link FROM events WHERE stream = named.stream AND subject = named.subject OFFSET 0) e"
)
_WRAPPED: Final = (  # adds modulo 2^64 in a signed column
    "(mod(feed_sums.total::numeric + excluded.total::numeric + 27670116110564327424, 18446744073709551616) "
    "- 9223372036854775808)::bigint"
)
_PLACE: Final = f"""
WITH placed AS (
    INSERT INTO events(stream, pos, origin, seq, hlc, kind, version, subject, base, actor, payload, link)
    SELECT stream, pos, origin, seq, hlc, kind, version, subject, base, coalesce(actor, ''), payload, link
    FROM unnest({_LINES}, ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], {_LINES}, ?::bigint[], {_LINES},
        ?::bigint[], {_LINES}, {_LINES}, ?::bytea[])
        AS t(stream, pos, origin, seq, hlc, kind, version, subject, base, actor, payload, link)
), chained AS (
    INSERT INTO origins(stream, no, device, incarnation, seq, link, public_key)
    SELECT * FROM unnest({_LINES}, ?::bigint[], {_LINES}, ?::bigint[], ?::bigint[], ?::bytea[], ?::bytea[])
    ON CONFLICT (stream, no) DO UPDATE SET seq = excluded.seq, link = excluded.link
), moved AS (
    UPDATE streams SET head = t.head, total = t.total, origins = greatest(streams.origins, t.origins)
    FROM unnest({_LINES}, ?::bigint[], ?::bigint[], ?::bigint[]) AS t(stream, head, total, origins)
    WHERE streams.stream = t.stream
), handed_over AS (
    INSERT INTO handed(stream, unit, subject, first_pos)
    SELECT * FROM unnest({_LINES}, {_LINES}, {_LINES}, ?::bigint[])
), counted AS (
    INSERT INTO feed_sums(stream, unit, count, total)
    SELECT * FROM unnest({_LINES}, {_LINES}, ?::bigint[], ?::bigint[])
    ON CONFLICT (stream, unit) DO UPDATE SET count = feed_sums.count + excluded.count, total = {_WRAPPED}
), named AS (
    INSERT INTO files(stream, sha256, subject, size)
    SELECT * FROM unnest({_LINES}, {_LINES}, {_LINES}, ?::bigint[])
    ON CONFLICT DO NOTHING
)
INSERT INTO pushes(stream, last_pos, first_pos, origin, last_seq, signature, at)
SELECT * FROM unnest({_LINES}, ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[], ?::bigint[])
"""
_ROWS_AT_ONCE: Final = 2000
_SEEN: Final = (
    "UPDATE devices SET seen_at = greatest(seen_at, t.at) "
    "FROM unnest(string_to_array(?, chr(10)), ?::bigint[]) AS t(name, at) WHERE device = t.name"
)
_SCHEMA_LOCK: Final = 4_711_203_517
"""Advisory lock: two hubs that start at once create the tables one after the other."""
_OPEN: Final = frozenset({psycopg.pq.TransactionStatus.INTRANS, psycopg.pq.TransactionStatus.INERROR})


class PostgresLedger(Ledger):
    """The statements on one connection. They are queued and sent together: a push takes two round-trips."""

    def __init__(self, line: Line, *, first: Sequence[Statement] = ()) -> None:
        self._line = line
        self._queue = list(first)
        self._placed: list[Placement] = []

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[Row]:
        return self.together(((sql, given),))[0]

    def together(self, statements: Sequence[Statement]) -> list[list[Row]]:
        placing = [_placing(self._placed)] if self._placed else []
        queue = [*self._queue, *placing, *statements]
        self._queue, self._placed = [], []
        return self._line.ask(queue)[len(queue) - len(statements) :]

    def later(self, statements: Sequence[Statement]) -> None:
        self._queue.extend(statements)

    def among(self, values: Collection[str]) -> tuple[str, Any]:
        return "= ANY(string_to_array(?, chr(10)))", _lines(values)

    def among_numbers(self, values: Collection[int]) -> tuple[str, Any]:
        return "= ANY(?::bigint[])", _array(values)

    def hold_and_stand(
        self, streams: Sequence[str], asks: Sequence[StandAsk], hurried: bool
    ) -> Sequence[Standing] | None:
        if hurried:
            self.later([(_HURRY, ())])
        homes, devices, incarnations = zip(*{ask[:3] for ask in asks}, strict=True)
        held, origins, handed, earlier = self.together(
            [
                (_HOLD, (_lines(streams),)),
                (_ORIGINS, (_lines(homes), _lines(devices), _array(incarnations))),
                (_HANDED, _pairs({(ask.stream, subject) for ask in asks for subject in ask.subjects})),
                (_EARLIER, _pairs({(ask.stream, subject) for ask in asks for subject in ask.counted})),
            ]
        )
        if len(held) < len(streams):
            return None
        stands = {stream: stand for stream, *stand in held}
        known = {(row[0], *row[2:4]): OriginRow(*row[1:]) for row in origins}
        units = {
            stream: by_subject((case, unit) for home, case, unit in handed if home == stream) for stream in streams
        }
        events = {stream: [row[1:] for row in earlier if row[0] == stream] for stream in streams}
        return [standing(stands[ask.stream], known.get(ask[:3]), units[ask.stream], events[ask.stream]) for ask in asks]

    def place(self, placement: Placement) -> None:
        self._placed.append(placement)

    def seen(self, devices: Mapping[str, int]) -> None:
        """One statement for thousands of desks, sorted by name, so that two processes writing them cannot deadlock."""
        names = sorted(devices)
        self.rows(_SEEN, (_lines(names), _array(devices[name] for name in names)))

    def whole(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        self._unhurried()
        with self._line.connection.cursor(name="whole") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            yield from cursor.execute(f"SELECT {', '.join(columns)} FROM {table}".encode())

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        self._unhurried()
        with (
            self._line.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def _unhurried(self) -> None:
        """Lifts the time limits for the rest of the transaction, for work on whole tables."""
        self.rows("SET LOCAL statement_timeout = 0")
        self.rows("SET LOCAL idle_in_transaction_session_timeout = 0")


def _placing(placed: Sequence[Placement]) -> Statement:
    """One statement for all pushes of a transaction, as each statement costs as much as a push's events."""
    streams: dict[str, tuple[int, int, int]] = {}
    origins: dict[tuple[str, int], OriginRow] = {}
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for one in placed:
        last = max(one.origin.no, streams.get(one.stream, (0, 0, 0))[2])
        streams[one.stream] = (one.events[-1].position, signed(one.total), last)
        origins[one.stream, one.origin.no] = one.origin
        for unit, (count, total) in one.sums.items():
            before = sums.get((one.stream, unit), (0, 0))
            sums[one.stream, unit] = (before[0] + count, before[1] + total)
    return _PLACE, (
        *_columns("tiiiititittb", [(one.stream, *event) for one in placed for event in one.events]),
        *_columns("titiibb", [(stream, *origin) for (stream, _), origin in origins.items()]),
        *_columns("tiii", [(stream, *row) for stream, row in streams.items()]),
        *_columns("ttti", [(one.stream, *row) for one in placed for row in one.handed]),
        *_columns("ttii", [(*feed, count, signed(total)) for feed, (count, total) in sums.items()]),
        *_columns("ttti", [(one.stream, *row) for one in placed for row in one.files]),
        *_columns("tiiiibi", [_push(one) for one in placed]),
    )


def _push(one: Placement) -> Row:
    first, last, origin = one.events[0].position, one.events[-1].position, one.origin
    return one.stream, last, first, origin.no, origin.seq, one.signature, one.at


def _columns(kinds: str, rows: Sequence[Row]) -> list[str]:
    """Rows as the parameters of a statement, one per column; ``t`` is text, ``i`` number, ``b`` bytes."""
    columns = zip(*rows, strict=True) if rows else [()] * len(kinds)
    return [_COLUMNS[kind](column) for kind, column in zip(kinds, columns, strict=True)]


def _pairs(pairs: Collection[tuple[str, str]]) -> Sequence[str]:
    return _columns("tt", list(pairs))


def _lines(values: Iterable[str]) -> str:
    """Texts joined by line breaks, which no text here contains. Passing a list costs the driver far more."""
    return _BREAK.join(values)


def _array(values: Iterable[int | str]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def _bytes_array(values: Iterable[bytes]) -> str:
    return _array(rf"\\x{value.hex()}" for value in values)


_COLUMNS: Final[Mapping[str, Callable[[Iterable[Any]], str]]] = {"t": _lines, "i": _array, "b": _bytes_array}


class PostgresBackend:
    """A hub's database on PostgreSQL. Safe to use from several threads; keeps up to ``connections`` connections."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self._url = url
        self._idle: deque[Line] = deque()
        self._slots = threading.BoundedSemaphore(connections)
        self._closed = False
        try:
            with opening(url):
                self._idle.append(Line(url, _OPTIONS))
                with self.writing() as ledger:
                    ledger.rows("SELECT pg_advisory_xact_lock(?)", (_SCHEMA_LOCK,))
                    for statement in schema.statements(big="BIGINT", binary="BYTEA", clustered=""):
                        ledger.rows(statement)
                    schema.check_version(ledger)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[PostgresLedger]:
        """See :class:`gridclient.hub.backend.Backend`, as for the methods below."""
        with self._held() as line:
            ledger, connection = PostgresLedger(line, first=[("BEGIN", ())]), line.connection
            try:
                yield ledger
                ledger.together([("COMMIT", ())])
            except BaseException:
                if connection.info.transaction_status in _OPEN and not connection.closed:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[PostgresLedger]:
        with self._held() as line:
            yield PostgresLedger(line)

    def describe(self) -> str:
        info = psycopg.conninfo.conninfo_to_dict(self._url)
        return f"PostgreSQL {info.get('host', '')} {info.get('dbname', '')}".strip()

    def close(self) -> None:
        self._closed = True
        self._forget_idle()

    @contextmanager
    def _held(self) -> Iterator[Line]:
        """One connection for one caller. If it failed, it is closed together with all idle ones, which the same failure
        of the server will have broken."""
        if not self._slots.acquire(timeout=_WAIT_S):
            raise StoreUnavailable("hub.store_failed", detail="connections")
        try:
            line = self._take()
            try:
                yield line
            except psycopg.OperationalError:
                if line.connection.closed:
                    self._forget_idle()
                raise
            finally:
                self._give_back(line)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise StoreUnavailable("hub.store_failed", detail=error.sqlstate or type(error).__name__) from error
        finally:
            self._slots.release()

    def _take(self) -> Line:
        with suppress(IndexError):
            return self._idle.pop()
        return Line(self._url, _OPTIONS)

    def _give_back(self, line: Line) -> None:
        if line.idle and not self._closed:
            self._idle.append(line)
        else:
            line.close()

    def _forget_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()
