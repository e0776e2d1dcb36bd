"""What the hub keeps, as values: devices, codes, origins, events with their places."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Final, NamedTuple

from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import Grant

CHAIN_START: Final = bytes(32)
"""The link before an origin's first event."""


@frozen
class Device:
    """A desk that enrolled. ``grants`` name streams or, with a star at the end, all streams that begin so.

    Times are whole seconds since 1970; ``revoked_at`` is ``None`` while the device may come.
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
    """A one-time code by its hash: what it grants, until when, and which device took it."""

    code_hash: bytes
    name: str
    township: str
    grants: tuple[Grant, ...]
    expires_at: int
    device: str = ""


class Note(NamedTuple):
    """A line of the hub's own record. The same on one day is one line, with the newest time and how often."""

    at: int
    kind: str
    device: str = ""
    stream: str = ""
    detail: str = ""
    times: int = 1


@frozen
class StreamRow:
    """A stream: ``head`` is its newest position and the number of its events, ``total`` the sum of their marks."""

    stream: str
    head: int
    total: int
    key: bytes = b""


class OriginRow(NamedTuple):
    """One device's run of events in a stream, by its number there: its newest event and the link after it."""

    no: int
    device: str
    incarnation: int
    seq: int
    link: bytes
    public_key: bytes


class EventRow(NamedTuple):
    """An event at its place; ``origin`` is a number of :class:`OriginRow`."""

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
    """An event of a filtered feed; ``seen`` is the position with which it came into the feed."""

    seen: int
    event: EventRow


class PushRow(NamedTuple):
    """What one push placed: positions without a gap, the device's last number among them and its signature there."""

    first_position: int
    last_position: int
    origin: int
    last_seq: int
    signature: bytes

    @property
    def first_seq(self) -> int:
        return self.last_seq - (self.last_position - self.first_position)


class MarkRow(NamedTuple):
    """What is needed to count an event into a feed."""

    subject: str
    position: int
    link: bytes


class StandAsk(NamedTuple):
    """What a push has to know of its stream: its origin, to whom ``subjects`` were handed, and all events of
    ``counted``."""

    stream: str
    device: str
    incarnation: int
    subjects: Collection[str]
    counted: Collection[str] = ()


@frozen
class Standing:
    """Where a stream and one origin of it stand, with the stream held; to whom some subjects were handed, and the
    ``earlier`` events of those that may be counted into a feed now."""

    head: int
    total: int
    origins: int
    origin: OriginRow | None
    handed: Mapping[str, frozenset[str]]
    earlier: Sequence[MarkRow]


@frozen
class Placement:
    """What a push adds, all at once. ``total`` is the stream's sum afterwards; ``sums`` are additions per unit."""

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
