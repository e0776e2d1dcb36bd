"""What synchronisation needs of the store, and what screens are told of it.

A *feed* is what one device reads in the hub's order: a whole stream (``t:<township>``, ``ref``), or a department's part
of a township's stream (``d:<unit>@t:<township>``). A *position* is an event's place in its stream: 1, 2, 3 …, the same
for everybody. The feed of a part skips positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

from gridclient.domain.events import EventKey, Record
from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes, PutAside, Runs

_CLOCK_OFF: Final = timedelta(minutes=5)


class OriginKey(NamedTuple):
    """The origin of a run of events: one stream, one device, one incarnation (start of its store)."""

    stream: str
    device: str
    incarnation: int


@frozen
class Unsent:
    """Events without a position: records from number ``first`` on, with the links before and after them.

    ``signature``: for another device's events, its signature over the link after them. ``more``: the origin has further
    events, but one of another desk comes between, which its author had seen, or the push is full. ``stood``: the
    position that the last record had before the hub lost it; 0 if it never had one.
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
    """How far this desk has read a feed: the newest position, the number of its events, and the sum of their marks."""

    feed: str
    cursor: int
    count: int
    total: int
    repairing: bool = False


class PlacedRecord(NamedTuple):
    """An event with its position. ``link`` is empty if the whole chain is known, so that it can be computed."""

    position: int
    record: Record
    link: bytes


class PlacedRun(NamedTuple):
    """Own events: ``length`` of them from ``seq`` on have the positions from ``position`` on."""

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
    """The next events of a feed, in order of position, up to ``cursor``.

    ``complete``: there was nothing newer; ``count`` and ``total`` are then number and sum of the whole feed up to
    ``cursor``.
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
    """Events of one origin from a stick, without positions: numbered from ``first``, chained and signed."""

    origin: OriginKey
    first: int
    records: tuple[Record, ...]
    link_before: bytes
    link_after: bytes
    public_key: bytes
    signature: bytes


class Taken(NamedTuple):
    """The result of a page. ``agrees`` is ``False`` if a complete feed has another count or sum than the hub's;
    ``acknowledged`` counts own events that waited and now have a position."""

    changes: Changes
    agrees: bool
    new_events: int
    conflicts: int
    acknowledged: int = 0


class RoundEnd(StrEnum):
    """The ways in which a round of synchronisation can end."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@frozen
class RoundReport:
    """One round, as shown on the page. ``error`` is a code of :mod:`gridclient.services.error_text`: why the round
    failed, or, if it is done, why files were left behind.

    ``withdrawn`` counts cases that lost events from a stick, because the hub refused them.
    """

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

    @property
    def clock_off(self) -> timedelta:
        """By how much this machine's clock is before the hub's; nothing where that is less than five minutes."""
        off = self.at - self.hub_time if self.hub_time is not None else timedelta()
        return off if abs(off) >= _CLOCK_OFF else timedelta()


class Refused(NamedTuple):
    """Own events of one stream that wait and that the hub takes from this desk no more.

    Attributes:
        code, name: the township's; both ``ref`` for reference data.
        unit: the desk's unit, which may do only a unit's steps; "" if the desk may not write the stream at all.
    """

    code: str
    name: str
    events: int
    cases: int
    unit: str = ""


@frozen
class WaitingFile:
    """An attachment that is not complete at its destination: ``sent`` of ``size`` bytes are there."""

    sha256: str
    size: int
    sent: int


class SyncStore(Protocol):
    """The store as used by a round. Blocking; every call that writes is one durable transaction.

    Raises:
        StoreUnavailable: disk full, locked or damaged; nothing of the call stays.
    """

    @property
    def device(self) -> str: ...
    @property
    def incarnation(self) -> int: ...

    def enrolment(self) -> Enrolment | None: ...
    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """Stores the registration (among the profile's keys); new case numbers use its ``short`` from now on."""
        ...

    def set_aside(self) -> Changes:
        """Sets aside what the hub takes from this desk no more (:meth:`SyncQueries.refused`): it stays in the log and
        in its cases, waits no longer, and goes when the enrolment lets the desk write the whole stream.

        Raises:
            SyncFault: ``sync.not_enrolled``.
        """
        ...

    def follow_aside(self) -> Changes:
        """Sets aside what was done since in cases that were set aside (:meth:`set_aside`). Not to be called while
        events are on their way."""
        ...

    def held(self) -> Sequence[Held]:
        """What the hub takes from this desk no more, by stream; it is told so with each request."""
        ...

    def in_doubt(self) -> bool:
        """Whether a backup was restored and no person has confirmed since; then there must be no round."""
        ...

    def end_doubt(self) -> None:
        """A person confirmed."""
        ...

    def begin_round(self) -> Changes:
        """Proves by a small durable write that the store can write, before anything is pushed (the disk may be full).
        :meth:`follow_aside` is part of it; its cases are returned."""
        ...

    def unsent_origins(self) -> Sequence[tuple[OriginKey, int]]:
        """Own origins with events that wait, each with the number of the first of these."""
        ...

    def carried_origins(self) -> Sequence[tuple[OriginKey, int]]:
        """Other devices' origins with events that wait and that this desk can carry to the hub."""
        ...

    def unsent(self, origin: OriginKey, first: int, limit: int) -> Unsent:
        """Up to ``limit`` own events from number ``first`` on, ending before a waiting event of another desk.

        Of another device: the events up to its next signature, whatever their number.

        Raises:
            SyncFault: ``sync.gap``: the log ends before the event that precedes ``first``.
        """
        ...

    def feeds(self) -> Sequence[FeedState]: ...
    def take(self, page: FeedPage) -> Taken:
        """Stores a page: events, positions of own events, the feed's cursor; folds the cases concerned.

        Raises:
            SyncFault: ``sync.chain_broken`` or ``sync.signature``: a foreign event does not fit its chain or its
                device's signature; ``sync.gap``: an own event is named that this log does not have (read the feed
                again); ``sync.fork``: the hub has another event under an own number (begin an incarnation).
        """
        ...

    def take_unplaced(self, batches: Sequence[StickBatch]) -> Taken:
        """Stores events without positions (from a stick), all or none; known ones change nothing.

        Raises:
            SyncFault: as for :meth:`take`; ``sync.fork`` where this desk wrote something else under the same number.
        """
        ...

    def withdraw(self, origin: OriginKey, first: int, *, forked: bool = False) -> Changes:
        """Removes another device's events from number ``first`` on, which came on a stick and which the hub refuses.

        Events that the hub once had stay, unless it has others under their numbers (``forked``).
        """
        ...

    def withdraw_unshown(self, page: FeedPage, event: EventKey) -> Changes:
        """Removes of this event's origin what a page of a part has in another form under the same link, where nothing
        here shows which is right: a forged text that a department could not recognise. The feeds are read again.
        """
        ...

    def withdraw_unproven(self, event: EventKey) -> Changes:
        """Removes events of this event's origin that no signature proves; the stream's feeds are read again.

        For when a page contradicts what an earlier page brought: the earlier one may have been forged.
        """
        ...

    def withdraw_forked(self, page: FeedPage, event: EventKey) -> Changes:
        """Removes another device's events from ``event`` on if the page proves that the device signed others instead.

        For when a page contradicts what is proven: the device was copied, and the hub restored. Feeds are read again.
        """
        ...

    def restart_feed(self, feed: str) -> None:
        """Makes the feed be read again from its start (``repairing``); no event is deleted.

        Positions that the hub does not confirm are taken back at the end, and those events are sent again.
        """
        ...

    def begin_incarnation(self, number: int) -> int:
        """Own events are numbered anew under ``number`` from now on; those without a position get new numbers too.
        Case numbers, too, are counted where no twin of this desk counts.

        Returns how many these were.
        """
        ...

    def keep_round(self, report: RoundReport) -> None: ...

    def waiting_files(self, limit: int) -> Sequence[WaitingFile]: ...
    def file_sent(self, sha256: str, sent: int) -> None:
        """Notes that the hub has this many bytes of a file."""
        ...

    def must_look(self, looked: str) -> bool:
        """Whether there are files here and the last :meth:`files_lacking` had another ``looked``."""
        ...

    def files_lacking(self, names: Sequence[str], looked: str) -> None:
        """Queues these files again, which the hub lacks, if they are complete here; keeps ``looked``."""
        ...

    def missing_files(self, limit: int) -> Sequence[WaitingFile]:
        """Files that others' events name and that are not complete here; ``sent`` is how much is here, ``size`` what
        an event says."""
        ...

    def read_file(self, sha256: str, offset: int, length: int) -> bytes:
        """A piece of a file that is here.

        Raises:
            NotFound: it is not (``attachment.missing``).
        """
        ...

    def add_to_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> int:
        """Appends a piece to a missing file; the complete file is checked and kept.

        Returns how much is here then: 0 if the content proved wrong or is none that is kept, unchanged if the piece
        did not fit.
        """
        ...


class Held(NamedTuple):
    """How many own events of a stream the hub takes no more: ``refused`` wait, ``aside`` were set aside."""

    stream: str
    refused: int
    aside: int


class SyncQueries(Protocol):
    """What screens read about synchronisation. Safe to call from any thread."""

    def pending(self) -> tuple[int, int, int]:
        """The numbers of events, cases and files that only this desk has."""
        ...

    def refused(self) -> Sequence[Refused]:
        """What waits and can never be sent with the rights that this desk has."""
        ...

    def set_aside(self) -> PutAside:
        """What was set aside."""
        ...

    def held_cases(self, *, aside: bool) -> Runs:
        """The cases of :meth:`refused`, or of what was set aside."""
        ...

    def fresh_as_of(self) -> datetime | None:
        """The hub's time in the last round that succeeded."""
        ...

    def closed(self) -> Sequence[tuple[str, datetime]]:
        """Townships of which cases may no longer be read, by name (or code), each with how fresh these are."""
        ...

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        """The last rounds, newest first."""
        ...

    def conflicts(self) -> Sequence[str]:
        """The keys of cases that wait for a choice between two sides, the newest last."""
        ...
