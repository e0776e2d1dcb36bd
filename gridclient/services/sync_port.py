"""What synchronisation needs of the store and what screens are told of it, as values and roles.

A *feed* is what one device reads in the hub's order: a whole stream (``t:<township>``, ``ref``), or the part of a
township's stream that concerns one department (``d:<unit>@t:<township>``). A *position* is a place in the order of a
stream, dense from 1 and the same for everybody; a filtered feed skips positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from gridclient.domain.events import Record
from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes


class OriginKey(NamedTuple):
    """Who wrote a run of events: one stream, one device, one start of its store."""

    stream: str
    device: str
    incarnation: int


@frozen
class Unsent:
    """Events that the hub has not placed: the records from ``first`` on, and the link before and after them.

    ``signature``: another device's own, over the link after them. ``more``: the origin goes on, but an event of another
    desk stands between, which its author had seen, or these are as long as a push may be. ``stood``: the position that
    the last of them had before the hub lost it, 0 where it never had one.
    """

    origin: OriginKey
    first: int
    records: tuple[Record, ...]
    link_before: bytes
    link_after: bytes
    signature: bytes = b""
    more: bool = False
    stood: int = 0


@frozen
class FeedState:
    """How far a feed is known here: the newest position, how many events of it, and the sum of their marks."""

    feed: str
    cursor: int
    count: int
    total: int
    repairing: bool = False


class PlacedRecord(NamedTuple):
    """A foreign event with its place; ``link`` is empty where the whole chain is known and can be computed."""

    position: int
    record: Record
    link: bytes


class PlacedRun(NamedTuple):
    """``length`` own events from ``seq`` on stand at ``position`` and the places after it."""

    position: int
    origin: OriginKey
    seq: int
    length: int


class SignedHead(NamedTuple):
    """A device's signature over the link of its event ``seq``; ``public_key`` is its Ed25519 key (32 bytes)."""

    origin: OriginKey
    seq: int
    public_key: bytes
    signature: bytes


@frozen
class FeedPage:
    """A stretch of a feed, in order of position, that brings it to ``cursor``.

    ``complete``: nothing newer was there; ``count`` and ``total`` then say what the whole feed has at ``cursor``.
    """

    feed: str
    cursor: int
    complete: bool
    count: int
    total: int
    foreign: tuple[PlacedRecord, ...]
    own: tuple[PlacedRun, ...]
    heads: tuple[SignedHead, ...]


class StickBatch(NamedTuple):
    """Events of one origin that came on a stick and have no place yet: numbered from ``first``, chained and signed."""

    origin: OriginKey
    first: int
    records: tuple[Record, ...]
    link_before: bytes
    link_after: bytes
    public_key: bytes
    signature: bytes


class Taken(NamedTuple):
    """What became of a page: ``agrees`` is ``False`` when a complete feed has not the count or sum that it should;
    ``acknowledged``: so many own events waited, and have a place now."""

    changes: Changes
    agrees: bool
    new_events: int
    conflicts: int
    acknowledged: int = 0


class RoundEnd(StrEnum):
    """How a round of synchronisation ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@frozen
class RoundReport:
    """One round, as the page shows it. ``error`` is a code of :mod:`gridclient.services.error_text` with its words;
    ``withdrawn`` counts the cases of which something left the log, because the hub would not have it from a stick."""

    at: datetime
    end: RoundEnd
    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    rejected: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    seconds: float = 0.0
    hub_time: datetime | None = None
    error: str = ""
    params: Mapping[str, Any] | None = None
    by: str = "line"  # or "stick"
    withdrawn: int = 0


@frozen
class WaitingFile:
    """An attachment that the hub does not have whole: ``sent`` of ``size`` bytes are there."""

    sha256: str
    size: int
    sent: int


class SyncStore(Protocol):
    """The store as a round of synchronisation uses it. Blocking; every call that writes is one durable transaction.

    Raises:
        StoreUnavailable: disk full, locked or damaged; nothing of the call stays.
    """

    @property
    def device(self) -> str: ...
    @property
    def incarnation(self) -> int: ...

    def enrolment(self) -> Enrolment | None: ...
    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """Keeps it (keys among the profile's keys) and takes its ``short`` for case numbers from now on."""
        ...

    def in_doubt(self) -> bool:
        """Whether a backup was restored and nobody has looked yet: no round before somebody did."""
        ...

    def end_doubt(self) -> None:
        """Somebody looked."""
        ...

    def begin_round(self) -> None:
        """Proves that the store can write now, by a small durable write: a store that cannot (disk full) says so
        before anything is pushed."""
        ...

    def unsent_origins(self) -> Sequence[tuple[OriginKey, int]]:
        """Own origins with events that wait, each with the number of the first of them."""
        ...

    def carried_origins(self) -> Sequence[tuple[OriginKey, int]]:
        """Origins of other devices with events that came on a stick and that this desk can carry to the hub."""
        ...

    def unsent(self, origin: OriginKey, first: int, limit: int) -> Unsent:
        """Up to ``limit`` own events from number ``first`` on, as long as no waiting event of another desk stands
        between them; of another device those up to its next signature, however many."""
        ...

    def feeds(self) -> Sequence[FeedState]: ...
    def take(self, page: FeedPage) -> Taken:
        """Puts a page into the log, places own events, folds what it touches again and moves the feed's cursor.

        Raises:
            SyncFault: ``sync.chain_broken`` or ``sync.signature``: a foreign event does not fit its chain or its
                device's signature; ``sync.gap``: an own event is named that this log does not have (read the feed
                again); ``sync.fork``: the hub has another event under an own number (begin an incarnation).
        """
        ...

    def take_unplaced(self, batches: Sequence[StickBatch]) -> Taken:
        """Puts events without places into the log, all or none; known ones change nothing.

        Raises:
            SyncFault: as for :meth:`take`; ``sync.fork`` where this desk wrote something else under the same number.
        """
        ...

    def withdraw(self, origin: OriginKey, first: int, *, forked: bool = False) -> Changes:
        """Events of another device that came on a stick and that the hub will not have leave the log, from number
        ``first`` on. Those that the hub once had stay, unless it has others under their numbers (``forked``)."""
        ...

    def restart_feed(self, feed: str) -> None:
        """Reads the feed again from the start (``repairing``); nothing is deleted. Places that the hub does not
        confirm are taken back when the feed is complete, so that those events are sent again."""
        ...

    def begin_incarnation(self, number: int) -> int:
        """From now on own events are numbered anew under ``number``; what the hub never placed is written again under
        it, in order. Gives how many that were."""
        ...

    def keep_round(self, report: RoundReport) -> None: ...

    def waiting_files(self, limit: int) -> Sequence[WaitingFile]: ...
    def file_sent(self, sha256: str, sent: int) -> None:
        """So many bytes of a file are with the hub."""
        ...

    def shelf_looked(self) -> str:
        """What was kept with the last :meth:`files_lacking`, "" before the first."""
        ...

    def files_lacking(self, names: Sequence[str], looked: str) -> None:
        """The hub lacks these files: those that are here whole wait again. ``looked`` is kept."""
        ...

    def missing_files(self, limit: int) -> Sequence[WaitingFile]:
        """Files that foreign events name and that are not here; ``sent`` is what is here of them."""
        ...

    def read_file(self, sha256: str, offset: int, length: int) -> bytes:
        """A piece of a file that is here.

        Raises:
            NotFound: it is not (``attachment.missing``).
        """
        ...

    def add_to_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> int:
        """Adds a piece to what is here of a missing file; with its last byte it is proved and kept. Gives how much is
        here afterwards: less than was added where the content proved wrong (0) or the piece did not fit."""
        ...


class SyncQueries(Protocol):
    """What the screens read of synchronisation. Safe to call from any thread."""

    def pending(self) -> tuple[int, int, int]:
        """Events, cases and files that only this desk has."""
        ...

    def fresh_as_of(self) -> datetime | None:
        """The hub's time of the last round that went through."""
        ...

    def closed(self) -> Sequence[tuple[str, datetime]]:
        """Townships of which some or all cases may not be read any more, by name where it is known, else by code, each
        with how fresh they stayed."""
        ...

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        """The last rounds, newest first."""
        ...

    def conflicts(self) -> Sequence[str]:
        """The cases that wait for somebody to choose between two sides, the newest last."""
        ...
