"""The hub on PostgreSQL (or a cluster that speaks like it): pushes that come together share a transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub import schema
from gridclient.hub.access_ledger import SqlLedger
from gridclient.hub.backend import by_subject
from gridclient.hub.ledger import Row, Statement, signed, standing
from gridclient.hub.postgres_line import Line
from gridclient.hub.rows import OriginRow, Placement, StandAsk, Standing

_BREAK: Final = "\n"
_WAIT_S: Final = 20.0
_OPTIONS: Final = (
    "-c statement_timeout=30000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=60000 "
    "-c client_min_messages=warning -c jit=off "
    # Plans are made once, by the indexes: made anew for each push they cost more than the push, and a plan that was
    # made while a table was empty would read all of it for ever.
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
)
_HURRY: Final = "SET LOCAL lock_timeout = 500"  # far more than a round holds its streams
_HOLD: Final = "SELECT head, total, origins FROM streams WHERE stream = ? FOR UPDATE"
_STAND: Final = (  # a statement of its own: it sees what was committed while the first one waited for the stream
    "SELECT o.no, o.device, o.incarnation, o.seq, o.link, o.public_key, "
    "(SELECT string_agg(named.subject || chr(10) || h.unit, chr(10)) FROM unnest(string_to_array(?, chr(10))) "
    "AS named(subject), LATERAL (SELECT unit FROM handed WHERE stream = ? AND subject = named.subject OFFSET 0) h) "
    "FROM (SELECT 1) AS one LEFT JOIN origins o ON o.stream = ? AND o.device = ? AND o.incarnation = ?"
)
_EARLIER: Final = (  # one look into the index for each subject, whatever the planner believes of a new table
    "SELECT named.subject, e.pos, e.link FROM unnest(string_to_array(?, chr(10))) AS named(subject), "
    "LATERAL (SELECT pos, link FROM events WHERE stream = ? AND subject = named.subject OFFSET 0) e"
)
_WRAPPED: Final = (  # sums are modulo 2^64 in a column that counts from -2^63
    "(mod(feed_sums.total::numeric + excluded.total::numeric + 27670116110564327424, 18446744073709551616) "
    "- 9223372036854775808)::bigint"
)
_PLACE: Final = f"""
WITH placed AS (
    INSERT INTO events(stream, pos, origin, seq, hlc, kind, version, subject, base, actor, payload, link)
    SELECT ?, ? + n, ?, ? + n, hlc, kind, version, subject, base, coalesce(actor, ''), payload,
        substring(?::bytea FROM (n * 32 - 31)::integer FOR 32)
    FROM unnest(?::bigint[], string_to_array(?, chr(10)), ?::bigint[], string_to_array(?, chr(10)), ?::bigint[],
        string_to_array(?, chr(10)), string_to_array(?, chr(10)))
        WITH ORDINALITY AS t(hlc, kind, version, subject, base, actor, payload, n)
), chained AS (
    INSERT INTO origins(stream, no, device, incarnation, seq, link, public_key) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (stream, no) DO UPDATE SET seq = excluded.seq, link = excluded.link
), moved AS (
    UPDATE streams SET head = ?, total = ?, origins = greatest(origins, ?) WHERE stream = ?
), handed_over AS (
    INSERT INTO handed(stream, unit, subject, first_pos)
    SELECT ?, unit, subject, place
    FROM unnest(string_to_array(?, chr(10)), string_to_array(?, chr(10)), ?::bigint[]) AS t(unit, subject, place)
), counted AS (
    INSERT INTO feed_sums(stream, unit, count, total)
    SELECT ?, unit, number, sum
    FROM unnest(string_to_array(?, chr(10)), ?::bigint[], ?::bigint[]) AS t(unit, number, sum)
    ON CONFLICT (stream, unit) DO UPDATE SET count = feed_sums.count + excluded.count, total = {_WRAPPED}
), named AS (
    INSERT INTO files(stream, sha256, subject, size)
    SELECT ?, sha256, subject, size
    FROM unnest(string_to_array(?, chr(10)), string_to_array(?, chr(10)), ?::bigint[]) AS t(sha256, subject, size)
    ON CONFLICT DO NOTHING
)
INSERT INTO pushes(stream, last_pos, first_pos, origin, last_seq, signature, at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ROWS_AT_ONCE: Final = 2000
_SEEN: Final = (
    "UPDATE devices SET seen_at = t.at FROM unnest(string_to_array(?, chr(10)), ?::bigint[]) AS t(name, at) "
    "WHERE device = t.name"
)
_SCHEMA_LOCK: Final = 4_711_203_517
"""Two hubs that start at once make the tables one after the other."""

_OPEN: Final = frozenset({psycopg.pq.TransactionStatus.INTRANS, psycopg.pq.TransactionStatus.INERROR})


class PostgresLedger(SqlLedger):
    """The statements on one connection. They travel together: a push is two trips, the second one commits."""

    def __init__(self, line: Line, *, first: Sequence[Statement] = ()) -> None:
        self._line = line
        self._queue = list(first)

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[Row]:
        """See :class:`gridclient.hub.ledger.OrderStatements`, as for the methods below."""
        return self.together(((sql, given),))[0]

    def together(self, statements: Sequence[Statement]) -> list[list[Row]]:
        queue, self._queue = [*self._queue, *statements], []
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
        statements: list[Statement] = [(_HOLD, (stream,)) for stream in streams]
        for stream, device, incarnation, subjects, counted in asks:
            statements.append((_STAND, (_lines(subjects), stream, stream, device, incarnation)))
            if counted:
                statements.append((_EARLIER, (_lines(counted), stream)))
        found = iter(self.together(statements))
        held = {stream: rows[0] for stream in streams if (rows := next(found))}
        if len(held) < len(streams):
            return None
        return [_standing(held[ask.stream], next(found)[0], next(found) if ask.counted else ()) for ask in asks]

    def make_streams(self, names: Iterable[str]) -> None:
        """Each in a transaction of its own: who held some while he makes others would wait in a circle with one who
        finds those made."""
        self.rows("ROLLBACK")
        super().make_streams(names)
        self.rows("BEGIN")

    def place(self, placement: Placement) -> None:
        """One statement for all of it: what a driver does for each statement is most of what a push costs here."""
        stream, origin, events = placement.stream, placement.origin, placement.events
        first, last = events[0], events[-1]
        _, _, _, hlcs, kinds, versions, subjects, bases, actors, texts, links = zip(*events, strict=True)
        units, cases, places = zip(*placement.handed, strict=True) if placement.handed else ((), (), ())
        files, owners, sizes = zip(*placement.files, strict=True) if placement.files else ((), (), ())
        counts = [count for count, _ in placement.sums.values()]
        totals = [signed(total) for _, total in placement.sums.values()]
        given: tuple[Any, ...] = (
            *(stream, first.position - 1, first.origin, first.seq - 1, b"".join(links), _array(hlcs), _lines(kinds)),
            *(_array(versions), _lines(subjects), _array(bases), _lines(actors), _lines(texts)),
            *(stream, origin.no, origin.device, origin.incarnation, origin.seq, origin.link, origin.public_key),
            *(last.position, signed(placement.total), origin.no, stream),
            *(stream, _lines(units), _lines(cases), _array(places)),
            *(stream, _lines(placement.sums), _array(counts), _array(totals)),
            *(stream, _lines(files), _lines(owners), _array(sizes)),
            *(stream, last.position, first.position, origin.no, origin.seq, placement.signature, placement.at),
        )
        self.later([(_PLACE, given)])

    def seen(self, devices: Mapping[str, int]) -> None:
        """One statement for thousands of desks, in one order: two processes that write them never wait in a circle."""
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
        """Whole tables take their time. Within a transaction, and only there."""
        self.rows("SET LOCAL statement_timeout = 0")
        self.rows("SET LOCAL idle_in_transaction_session_timeout = 0")


def _standing(held: Row, stands: Row, earlier: Sequence[Row]) -> Standing:
    *origin, handed = stands
    words = iter(handed.split(_BREAK) if handed else ())
    units = by_subject(zip(words, words, strict=True))
    return standing(held, OriginRow(*origin) if origin[0] is not None else None, units, earlier)


def _lines(values: Iterable[str]) -> str:
    """Texts as one; no name and no text of an event has a line break. Lists cost a driver far more."""
    return _BREAK.join(values)


def _array(values: Iterable[int]) -> str:
    return f"{{{','.join(map(str, values))}}}"


class PostgresBackend:
    """A hub's database. Safe to use from several threads; keeps up to ``connections`` connections."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self._url = url
        self._idle: deque[Line] = deque()
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
        """One connection for one caller. One that failed is thrown away, and the idle ones with it: what broke it,
        a server that went down, broke them too."""
        if not self._slots.acquire(timeout=_WAIT_S):
            raise StoreUnavailable("hub.store_failed", detail="connections")
        try:
            line = self._take()
            try:
                yield line
            except psycopg.OperationalError:
                if line.connection.broken or line.connection.closed:
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
