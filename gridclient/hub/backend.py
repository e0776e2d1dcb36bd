"""What the hub needs of a database, as protocols. Implemented in ``sqlite`` and ``postgres``.

Every call blocks; none may be made on the event loop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from gridclient.hub.rows import (
    Code,
    Device,
    EventRow,
    Note,
    OriginRow,
    Placement,
    PushRow,
    SeenRow,
    StandAsk,
    Standing,
    StreamRow,
)


class OrderLedger(Protocol):
    """Streams and their events, within one transaction."""

    def stand(self, asks: Sequence[StandAsk], *, hurried: bool = False) -> Sequence[Standing]:
        """Locks the streams until the transaction ends, in order of name, and answers each ask.

        The streams exist: a right to write is given with its stream (:meth:`AccessLedger.add_stream`). To be called
        once, first in a transaction. With ``hurried`` it does not wait long for a stream that is locked
        (``StoreUnavailable``).
        """
        ...

    def link_of(self, stream: str, origin: int, seq: int) -> bytes:
        """The link of the origin's placed event ``seq``; ``CHAIN_START`` for 0."""
        ...

    def place(self, placement: Placement) -> None: ...
    def streams(self, names: Collection[str] | None = None) -> Sequence[StreamRow]:
        """The named streams that exist, or all of them, by name."""
        ...

    def origins(self, stream: str) -> Sequence[OriginRow]: ...
    def pushes(self, stream: str, after: int, upto: int, limit: int) -> Sequence[PushRow]:
        """The first ``limit`` pushes with positions in (``after``, ``upto``], in order."""
        ...

    def events(self, stream: str, after: int, upto: int, limit: int, without: Collection[int]) -> Sequence[EventRow]:
        """The first ``limit`` events in (``after``, ``upto``], in order, without those of the origins ``without``."""
        ...

    def handed_events(self, stream: str, unit: str, after: int, upto: int) -> Sequence[SeenRow]:
        """What the positions (``after``, ``upto``] add to a unit's feed, by position of arrival in the feed, then by
        own position: new events of its cases, and all events of cases handed to it there."""
        ...

    def feed_sum(self, stream: str, unit: str) -> tuple[StreamRow | None, int, int]:
        """The stream, and count and sum of the unit's feed, as of the same moment."""
        ...

    def has_events(self, stream: str, after: int, upto: int, of: Collection[int]) -> bool:
        """Whether one of the origins ``of`` has a push with positions in (``after``, ``upto``]."""
        ...

    def part(self, stream: str, number: int, form: str) -> bytes | None:
        """A sealed part (see :mod:`gridclient.hub.parts`), if it is kept."""
        ...

    def keep_part(self, stream: str, number: int, form: str, body: bytes) -> None: ...
    def cases_with_file(self, sha256: str) -> Sequence[tuple[str, str]]:
        """The cases of which an event names a file, as (stream, subject)."""
        ...

    def texts_of(self, stream: str, subject: str) -> Sequence[str]:
        """The payloads of a subject's events, in order of position."""
        ...

    def files_named(self, streams: Collection[str], after: str, limit: int) -> Sequence[tuple[str, str, str]]:
        """The first ``limit`` of (file, stream, subject) with files behind ``after``, ordered by file.

        All places of the last file are included, even beyond ``limit``.
        """
        ...

    def handed_to(self, stream: str, unit: str, subjects: Collection[str]) -> frozenset[str]:
        """Those of the subjects that were handed to the unit."""
        ...


class AccessLedger(Protocol):
    """Devices, codes and the hub's own facts, within one transaction."""

    def fact(self, name: str) -> str | None: ...
    def keep_fact(self, name: str, value: str) -> str:
        """Stores the value unless there is one; returns the stored one."""
        ...

    def set_fact(self, name: str, value: str) -> None: ...
    def add_stream(self, stream: str, key: bytes, at: int) -> None:
        """Creates a stream with its key for sticks, if it does not exist."""
        ...

    def devices_of_tokens(self, token_hashes: Sequence[bytes]) -> Sequence[Device | None]: ...
    def devices(self) -> Sequence[Device]: ...
    def device(self, device: str) -> Device | None: ...
    def keep_device(self, device: Device, token_hash: bytes) -> None: ...
    def change_device(self, device: Device) -> None:
        """Stores other rights, township and short of a known device; its token stays."""
        ...

    def revoke(self, device: str, at: int) -> bool: ...
    def seen(self, devices: Mapping[str, int]) -> None:
        """Stores when devices were last seen; of what several processes say the latest counts."""
        ...

    def add_code(self, code: Code) -> None: ...
    def code(self, code_hash: bytes) -> Code | None: ...
    def take_code(self, code_hash: bytes, device: str) -> bool:
        """Spends a code. ``False`` if another device has spent it; the same one may repeat a lost request."""
        ...

    def drop_codes(self, before: int) -> int:
        """Deletes codes that expired before an instant; returns how many."""
        ...

    def add_notes(self, notes: Sequence[Note]) -> None: ...
    def notes(self, limit: int) -> Sequence[Note]:
        """The newest lines of the hub's record, newest first."""
        ...

    def drop_notes(self, before: int) -> None:
        """Deletes lines from before an instant."""
        ...

    def shorts(self, township: str) -> frozenset[str]:
        """The two characters of all devices the township has or had."""
        ...


class TableLedger(Protocol):
    """Whole tables, for moving a hub."""

    def whole(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        """All rows of a table, in any order, read in portions."""
        ...

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Inserts rows unchanged."""
        ...


class Ledger(OrderLedger, AccessLedger, TableLedger, Protocol):
    """Everything that a transaction of the hub can do."""


class Backend(Protocol):
    """A database of a hub. Safe to use from several threads.

    Raises:
        StoreUnavailable: it cannot be reached, is full or broke off (``hub.store_failed``); nothing of the
            transaction stays, and the same call may be made again.
    """

    def writing(self) -> AbstractContextManager[Ledger]:
        """One transaction, durable once the block has ended."""
        ...

    def reading(self) -> AbstractContextManager[Ledger]:
        """For statements that change nothing; each sees what was committed before it."""
        ...

    def describe(self) -> str:
        """Type and place of the database, for people, without its password."""
        ...

    def close(self) -> None: ...


def by_subject(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Groups (subject, unit) pairs: the units of each subject."""
    found: dict[str, set[str]] = {}
    for subject, unit in pairs:
        found.setdefault(subject, set()).add(unit)
    return {subject: frozenset(units) for subject, units in found.items()}
