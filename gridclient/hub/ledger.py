"""The SQL statements that keep the order of streams, shared by both databases.

A driver implements how a statement is run, how several travel together and how a list is passed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.events import CHAIN_START
from gridclient.hub.rows import (
    EventRow,
    MarkRow,
    OriginRow,
    Placement,
    PushRow,
    SeenRow,
    StandAsk,
    Standing,
    StreamRow,
)

Row = Sequence[Any]
Statement = tuple[str, Sequence[Any]]
_MASK: Final = (1 << 64) - 1
_SIGN: Final = 1 << 63
_EVENT: Final = "e.pos, e.origin, e.seq, e.hlc, e.kind, e.version, e.subject, e.base, e.actor, e.payload, e.link"
_STREAM: Final = "stream, head, total, stick_key"
_PUSH: Final = "first_pos, last_pos, origin, last_seq, signature"
_NEWER_OF_CASES: Final = (  # new events of cases handed to the unit up to the end of the window
    f"SELECT {_EVENT}, h.first_pos FROM events e JOIN handed h "
    "ON h.stream = e.stream AND h.subject = e.subject AND h.unit = ? "
    "WHERE e.stream = ? AND e.pos > ? AND e.pos <= ? AND h.first_pos <= ?"
)
_OF_NEW_CASES: Final = (  # older events of cases handed to the unit within the window
    f"SELECT {_EVENT}, h.first_pos FROM handed h JOIN events e ON e.stream = h.stream AND e.subject = h.subject "
    "WHERE h.unit = ? AND h.stream = ? AND h.first_pos > ? AND h.first_pos <= ? AND e.pos <= ?"
)


def signed(total: int) -> int:
    """A sum of marks as a signed 64-bit number, as SQL has no unsigned ones."""
    return (total & _MASK) - (((total & _MASK) & _SIGN) << 1)


def unsigned(column: int) -> int:
    """The inverse of :func:`signed`."""
    return column & _MASK


class OrderLedger(ABC):
    """Streams and their events, within one transaction."""

    @abstractmethod
    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[Row]:
        """Runs one statement and returns its rows."""

    @abstractmethod
    def together(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Runs several statements in order, in as few round-trips as possible."""

    @abstractmethod
    def later(self, statements: Sequence[Statement]) -> None:
        """Queues statements without results; they run with the next statement or at the end of the transaction."""

    @abstractmethod
    def among(self, values: Collection[str]) -> tuple[str, Any]:
        """The SQL condition "is one of these texts" and its one parameter. No text may contain a line break."""

    @abstractmethod
    def among_numbers(self, values: Collection[int]) -> tuple[str, Any]:
        """The SQL condition "is one of these numbers" and its one parameter."""

    @abstractmethod
    def hold_and_stand(
        self, streams: Sequence[str], asks: Sequence[StandAsk], hurried: bool
    ) -> Sequence[Standing] | None:
        """As :meth:`stand`, but ``None`` if a stream does not exist."""

    @abstractmethod
    def place(self, placement: Placement) -> None: ...

    def stand(self, asks: Sequence[StandAsk], *, hurried: bool = False) -> Sequence[Standing]:
        """Locks the streams until the transaction ends, in order of name, and answers each ask.

        The streams exist: a right to write is given with its stream (:meth:`add_stream`). To be called
        once, first in a transaction. With ``hurried`` it does not wait long for a stream that is locked
        (``StoreUnavailable``).
        """
        found = self.hold_and_stand(sorted({ask.stream for ask in asks}), asks, hurried)
        if found is None:
            raise StoreUnavailable("hub.store_failed", detail="stream")
        return found

    def link_of(self, stream: str, origin: int, seq: int) -> bytes:
        """The link of the origin's placed event ``seq``; ``CHAIN_START`` for 0."""
        if seq == 0:
            return CHAIN_START
        place = "SELECT last_pos - last_seq + ? FROM pushes WHERE stream = ? AND origin = ? AND last_seq >= ?"
        found = self.rows(
            f"SELECT link FROM events WHERE stream = ? AND pos = ({place} ORDER BY last_seq LIMIT 1)",
            (stream, seq, stream, origin, seq),
        )
        return bytes(found[0][0])

    def add_stream(self, stream: str, key: bytes, at: int) -> None:
        """Creates a stream with its key for sticks, if it does not exist."""
        self.rows(
            "INSERT INTO streams(stream, stick_key, made_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (stream, key, at)
        )

    def streams(self, names: Collection[str] | None = None) -> Sequence[StreamRow]:
        """The named streams that exist, or all of them, by name."""
        if names is None:
            found = self.rows(f"SELECT {_STREAM} FROM streams ORDER BY stream")
        else:
            among, listed = self.among(names)
            found = self.rows(f"SELECT {_STREAM} FROM streams WHERE stream {among} ORDER BY stream", (listed,))
        return [_stream(row) for row in found]

    def origins(self, stream: str) -> Sequence[OriginRow]:
        found = self.rows(
            "SELECT no, device, incarnation, seq, link, public_key FROM origins WHERE stream = ? ORDER BY no", (stream,)
        )
        return [OriginRow(*row) for row in found]

    def pushes(self, stream: str, after: int, upto: int, limit: int) -> Sequence[PushRow]:
        """The first ``limit`` pushes with positions in (``after``, ``upto``], in order."""
        found = self.rows(
            f"SELECT {_PUSH} FROM pushes WHERE stream = ? AND last_pos > ? AND last_pos <= "
            "coalesce((SELECT min(last_pos) FROM pushes WHERE stream = ? AND last_pos >= ?), ?) "
            "ORDER BY last_pos LIMIT ?",
            (stream, after, stream, upto, upto, limit),
        )
        return [PushRow(*row) for row in found]

    def events(self, stream: str, after: int, upto: int, limit: int, without: Collection[int]) -> Sequence[EventRow]:
        """The first ``limit`` events in (``after``, ``upto``], in order, without those of the origins ``without``."""
        skip, given = "", []
        if without:
            among, listed = self.among_numbers(without)
            skip, given = f" AND NOT (e.origin {among})", [listed]
        found = self.rows(
            f"SELECT {_EVENT} FROM events e WHERE e.stream = ? AND e.pos > ? AND e.pos <= ?{skip} "
            "ORDER BY e.pos LIMIT ?",
            (stream, after, upto, *given, limit),
        )
        return [EventRow(*row) for row in found]

    def handed_events(self, stream: str, unit: str, after: int, upto: int) -> Sequence[SeenRow]:
        """What the positions (``after``, ``upto``] add to a unit's feed, by position of arrival in the feed, then by
        own position: new events of its cases, and all events of cases handed to it there."""
        newer, new = self.together(
            [
                (_NEWER_OF_CASES, (unit, stream, after, upto, upto)),
                (_OF_NEW_CASES, (unit, stream, after, upto, after)),
            ]
        )
        found = [SeenRow(max(row[0], row[-1]), EventRow(*row[:-1])) for row in (*newer, *new)]
        return sorted(found, key=lambda row: (row.seen, row.event.position))

    def feed_sum(self, stream: str, unit: str) -> tuple[StreamRow | None, int, int]:
        """The stream, and count and sum of the unit's feed, as of the same moment."""
        found = self.rows(
            "SELECT s.stream, s.head, s.total, s.stick_key, f.count, f.total FROM streams s "
            "LEFT JOIN feed_sums f ON f.stream = s.stream AND f.unit = ? WHERE s.stream = ?",
            (unit, stream),
        )
        if not found:
            return None, 0, 0
        *head, count, total = found[0]
        return _stream(head), count or 0, unsigned(total or 0)

    def has_events(self, stream: str, after: int, upto: int, of: Collection[int]) -> bool:
        """Whether one of the origins ``of`` has a push with positions in (``after``, ``upto``]."""
        among, listed = self.among_numbers(of)
        return bool(
            self.rows(
                f"SELECT 1 FROM pushes WHERE stream = ? AND last_pos > ? AND first_pos <= ? AND origin {among} LIMIT 1",
                (stream, after, upto, listed),
            )
        )

    def part(self, stream: str, number: int, form: str) -> bytes | None:
        """A sealed part (see :mod:`gridclient.hub.parts`), if it is kept."""
        found = self.rows("SELECT body FROM parts WHERE stream = ? AND number = ? AND form = ?", (stream, number, form))
        return bytes(found[0][0]) if found else None

    def keep_part(self, stream: str, number: int, form: str, body: bytes) -> None:
        self.rows(
            "INSERT INTO parts(stream, number, form, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (stream, number, form, body),
        )

    def cases_with_file(self, sha256: str) -> Sequence[tuple[str, str]]:
        """The cases of which an event names a file, as (stream, subject)."""
        found = self.rows("SELECT stream, subject FROM files WHERE sha256 = ?", (sha256,))
        return [(str(stream), str(subject)) for stream, subject in found]

    def texts_of(self, stream: str, subject: str) -> Sequence[str]:
        """The payloads of a subject's events, in order of position."""
        found = self.rows("SELECT payload FROM events WHERE stream = ? AND subject = ? ORDER BY pos", (stream, subject))
        return [str(row[0]) for row in found]

    def files_named(self, streams: Collection[str], after: str, limit: int) -> Sequence[tuple[str, str, str]]:
        """The first ``limit`` of (file, stream, subject) with files behind ``after``, ordered by file.

        All places of the last file are included, even beyond ``limit``.
        """
        among, listed = self.among(streams)
        found = self.rows(
            f"SELECT sha256, stream, subject FROM files WHERE stream {among} AND sha256 > ? ORDER BY sha256 LIMIT ?",
            (listed, after, limit),
        )
        if len(found) == limit:
            last = found[-1][0]
            found = [row for row in found if row[0] != last]
            found += self.rows(
                f"SELECT sha256, stream, subject FROM files WHERE stream {among} AND sha256 = ?", (listed, last)
            )
        return [(str(sha256), str(stream), str(subject)) for sha256, stream, subject in found]

    def handed_to(self, stream: str, unit: str, subjects: Collection[str]) -> frozenset[str]:
        """Those of the subjects that were handed to the unit."""
        among, listed = self.among(subjects)
        found = self.rows(
            f"SELECT subject FROM handed WHERE stream = ? AND unit = ? AND subject {among}", (stream, unit, listed)
        )
        return frozenset(str(row[0]) for row in found)


def standing(
    stream: Row, origin: OriginRow | None, handed: Mapping[str, frozenset[str]], earlier: Sequence[Row]
) -> Standing:
    """A :class:`Standing` from the stream's row (head, total, number of origins) and the other rows read."""
    head, total, origins = stream
    return Standing(head, unsigned(total), origins, origin, handed, [MarkRow(*row) for row in earlier])


def by_subject(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Groups (subject, unit) pairs: the units of each subject."""
    found: dict[str, set[str]] = {}
    for subject, unit in pairs:
        found.setdefault(subject, set()).add(unit)
    return {subject: frozenset(units) for subject, units in found.items()}


def _stream(row: Row) -> StreamRow:
    name, head, total, key = row
    return StreamRow(str(name), int(head), unsigned(total), bytes(key))
