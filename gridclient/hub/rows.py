"""The rows of the hub's tables as values: devices, codes, origins, placed events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import Grant


@frozen
class Device:
    """An enrolled desk. A stream in ``grants`` may end with ``*``, for all streams that begin so.

    Times are whole seconds since 1970; ``revoked_at`` is ``None`` unless it was revoked.
    """

    device: str
    name: str
    public_key: bytes
    short: str
    township: str
    grants: tuple[Grant, ...]
    enrolled_at: int
    revoked_at: int | None = None
    seen_at: int | None = None


@frozen
class Code:
    """A one-time code by its hash: rights, expiry, and the device that spent it ("" before)."""

    code_hash: bytes
    name: str
    township: str
    grants: tuple[Grant, ...]
    expires_at: int
    device: str = ""


class Note(NamedTuple):
    """A line of the hub's record. Equal lines of one day are one line, with the newest time and ``times``."""

    at: int
    kind: str
    device: str = ""
    stream: str = ""
    detail: str = ""
    times: int = 1


@frozen
class StreamRow:
    """A stream: ``head`` is its newest position (and number of events), ``total`` the sum of their ``place_mark``."""

    stream: str
    head: int
    total: int
    key: bytes = b""


class OriginRow(NamedTuple):
    """An origin in a stream, by its number there, with its newest event's number and link."""

    no: int
    device: str
    incarnation: int
    seq: int
    link: bytes
    public_key: bytes


class EventRow(NamedTuple):
    """A placed event; ``origin`` is ``OriginRow.no``."""

    position: int
    origin: int
    seq: int
    hlc: int
    kind: str
    version: int
    subject: str
    base: int
    actor: str
    text: str
    link: bytes


class SeenRow(NamedTuple):
    """An event of a unit's feed; ``seen`` is the position that brought it into the feed."""

    seen: int
    event: EventRow


class PushRow(NamedTuple):
    """A placed push: its positions, without gaps, and the last event's number and signature."""

    first_position: int
    last_position: int
    origin: int
    last_seq: int
    signature: bytes

    @property
    def first_seq(self) -> int:
        return self.last_seq - (self.last_position - self.first_position)


class Holding(NamedTuple):
    """What a device told that the hub does not take from it (:func:`gridclient.sync.terms.write_held`), and when, in
    milliseconds since 1970. Of what several processes of the hub heard the later one counts."""

    at: int
    text: str


class MarkRow(NamedTuple):
    """What is needed to add an event to the sum of a feed."""

    subject: str
    position: int
    link: bytes


class StandAsk(NamedTuple):
    """What a push needs to know: its stream and origin, the units of ``subjects``, all events of ``counted``."""

    stream: str
    device: str
    incarnation: int
    subjects: Collection[str]
    counted: Collection[str] = ()


@frozen
class Standing:
    """The answer to a :class:`StandAsk`, with the stream locked: stream, origin, units by subject (``handed``), and the
    ``earlier`` events of the subjects ``counted``."""

    head: int
    total: int
    origins: int
    origin: OriginRow | None
    handed: Mapping[str, frozenset[str]]
    earlier: Sequence[MarkRow]


@frozen
class Placement:
    """What a push adds. ``total`` is the stream's new sum; ``sums`` are (count, sum) to be added, per unit. Sums
    are taken modulo 2^64 where they are stored."""

    stream: str
    total: int
    origin: OriginRow
    events: tuple[EventRow, ...]
    signature: bytes
    at: int
    handed: tuple[tuple[str, str, int], ...] = ()
    """(unit, subject, position), each pair for the first time."""
    sums: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    files: tuple[tuple[str, str, int], ...] = ()
    """(SHA-256, subject, size) of the attachments that the events name."""
