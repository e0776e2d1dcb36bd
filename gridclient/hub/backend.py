"""What keeping the order needs of a database, as roles. Two databases play them (``sqlite``, ``postgres``).

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
        """Holds the streams until the transaction ends, in the order of their names, making those that are new, and
        tells for each ask how all stands. To be called once in a transaction, before all else. ``hurried``: streams
        that are not to be had soon are not waited for (``StoreUnavailable``)."""
        ...

    def link_of(self, stream: str, origin: int, seq: int) -> bytes:
        """The link after one placed event; ``CHAIN_START`` for number 0."""
        ...

    def place(self, placement: Placement) -> None: ...
    def streams(self, names: Collection[str] | None = None) -> Sequence[StreamRow]:
        """The named streams that exist, or all, by name."""
        ...

    def origins(self, stream: str) -> Sequence[OriginRow]: ...
    def pushes(self, stream: str, after: int, upto: int, limit: int) -> Sequence[PushRow]:
        """The first ``limit`` pushes with a place in (``after``, ``upto``], in order."""
        ...

    def events(self, stream: str, after: int, upto: int, limit: int, without: Collection[int]) -> Sequence[EventRow]:
        """The first ``limit`` events in (``after``, ``upto``] that are not of the origins ``without``, in order."""
        ...

    def handed_events(self, stream: str, unit: str, after: int, upto: int) -> Sequence[SeenRow]:
        """What comes into a unit's feed in (``after``, ``upto``], in order of coming and of place: newer events of
        its cases, and all of the cases that were handed to it there."""
        ...

    def feed_sum(self, stream: str, unit: str) -> tuple[StreamRow | None, int, int]:
        """The stream, and count and sum of the unit's feed, as they stood at one instant."""
        ...

    def has_events(self, stream: str, after: int, upto: int, of: Collection[int]) -> bool:
        """Whether one of the origins has a push with a place in (``after``, ``upto``]."""
        ...

    def part(self, stream: str, number: int, form: str) -> bytes | None:
        """A sealed part that was kept before."""
        ...

    def keep_part(self, stream: str, number: int, form: str, body: bytes) -> None: ...
    def file_places(self, sha256: str) -> Sequence[tuple[str, str, int]]:
        """Where a file is named: (stream, subject, size)."""
        ...

    def texts_of(self, stream: str, subject: str) -> Sequence[str]:
        """The payloads of a subject's events, in order."""
        ...

    def files_named(self, streams: Collection[str], after: str, limit: int) -> Sequence[tuple[str, str, str]]:
        """The first ``limit`` places where files behind ``after`` are named, in order of file: (file, stream,
        subject). The last file comes with all its places, also where they are more."""
        ...

    def handed_to(self, stream: str, unit: str, subjects: Collection[str]) -> frozenset[str]:
        """Which of the subjects were handed to the unit."""
        ...


class AccessLedger(Protocol):
    """Devices, codes and the hub's own facts, within one transaction."""

    def fact(self, name: str) -> str | None: ...
    def keep_fact(self, name: str, value: str) -> str:
        """Keeps the value unless there is one already; gives the one that stands."""
        ...

    def set_fact(self, name: str, value: str) -> None: ...
    def add_stream(self, stream: str, key: bytes, at: int) -> None:
        """Makes a stream with its key for files on a stick, unless it is there."""
        ...

    def devices_of_tokens(self, token_hashes: Sequence[bytes]) -> Sequence[Device | None]: ...
    def devices(self) -> Sequence[Device]: ...
    def device(self, device: str) -> Device | None: ...
    def keep_device(self, device: Device, token_hash: bytes) -> None: ...
    def change_device(self, device: Device) -> None:
        """Other rights, township and short mark for a device that is there; its token stays."""
        ...

    def revoke(self, device: str, at: int) -> bool: ...
    def seen(self, devices: Mapping[str, int]) -> None:
        """When devices were last here."""
        ...

    def add_code(self, code: Code) -> None: ...
    def code(self, code_hash: bytes) -> Code | None: ...
    def take_code(self, code_hash: bytes, device: str) -> bool:
        """Spends a code; ``False`` when another device has it. The same device may come again: its answer was lost."""
        ...

    def drop_codes(self, before: int) -> int:
        """Forgets codes that expired before an instant."""
        ...

    def add_notes(self, notes: Sequence[Note]) -> None: ...
    def notes(self, limit: int) -> Sequence[Note]:
        """The newest lines of the hub's own record, the newest first."""
        ...

    def drop_notes(self, before: int) -> None:
        """Forgets lines from before an instant."""
        ...

    def shorts(self, township: str) -> frozenset[str]:
        """Short marks that devices of a township have or had."""
        ...


class TableLedger(Protocol):
    """Whole tables, for moving a hub."""

    def whole(self, table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        """All rows of a table, in no order, without holding them all."""
        ...

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Puts rows into a table as they are."""
        ...


class Ledger(OrderLedger, AccessLedger, TableLedger, Protocol):
    """All of it."""


class Backend(Protocol):
    """A database of a hub. Safe to use from several threads.

    Raises:
        StoreUnavailable: it cannot be reached, is full or broke off (``hub.store_failed``); nothing of the
            transaction stays, and the same call may be made again.
    """

    def writing(self) -> AbstractContextManager[Ledger]:
        """One durable transaction."""
        ...

    def reading(self) -> AbstractContextManager[Ledger]:
        """Statements that change nothing; each sees what was committed before it."""
        ...

    def describe(self) -> str:
        """Which database it is, for people, without its password."""
        ...

    def close(self) -> None: ...


def by_subject(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """(subject, unit) pairs as the units of each subject."""
    found: dict[str, set[str]] = {}
    for subject, unit in pairs:
        found.setdefault(subject, set()).add(unit)
    return {subject: frozenset(units) for subject, units in found.items()}
