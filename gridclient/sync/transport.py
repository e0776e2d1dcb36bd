"""What a round needs of a line, and how much goes over it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Membership
from gridclient.sync.numbers import MOST_ROWS
from gridclient.sync.terms import TELLING, FilePlace, Terms

LEAST_BYTES: Final = 4 << 10
FIRST_BYTES: Final = 32 << 10
MOST_BYTES: Final = 2 << 20
ENDS_THE_ROUND: Final = frozenset(
    {"sync.revoked", "sync.update_due", "sync.hub_old", "sync.hub_changed", "sync.certificate_changed"}
)
"""After these the hub will not talk with this desk, whatever it asks for next."""
CERTIFICATE: Final = "sync.certificate_"
"""How the codes begin for a certificate that is not the known one, or that nobody vouches for."""
RENEWED: Final = "sync.certificate_renewed"
"""How a round ends that met another certificate of the same hub; the next one goes through."""
_QUICK_S: Final = 2.0
_FIRST_COST: Final = 30.0
_QUICK_RATE: Final = 64 << 10
_FAST_RATE: Final = 256 << 10
_ANY_LINE_S: Final = 0.02  # goes by in two machines before the first byte comes, however quick the line is
_SHARED: Final = 2000  # on a quick line desk and hub work at the same time, on parts of so many events


class Transport(Protocol):
    """A line to the hub. Blocking; tries once; counts what goes over it.

    Raises:
        SyncFault: ``sync.unreachable``, ``sync.timeout``, ``sync.busy``, ``sync.hub_failed``, ``sync.hub_old``,
            ``sync.certificate_name``, ``sync.certificate_untrusted``, ``sync.certificate_expired`` (retryable);
            ``sync.revoked``, ``sync.update_due``, ``sync.hub_changed``, ``sync.certificate_changed``,
            ``sync.refused``, ``sync.forbidden``.
    """

    @property
    def bytes_sent(self) -> int: ...
    @property
    def bytes_received(self) -> int: ...

    def sync(self, body: bytes) -> bytes:
        """One round-trip."""
        ...

    def file_place(self, sha256: str) -> FilePlace:
        """What the hub has of a file."""
        ...

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        """Adds a piece; gives what is there afterwards, also when the piece did not fit."""
        ...

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        """A piece of a file, empty at its end, and the size of all of it: 0 when the hub does not have it (yet)."""
        ...

    @property
    def terms(self) -> Terms:
        """What the hub told with its last answer."""
        ...

    def membership(self, device: str) -> tuple[Membership, str]:
        """What the device may do now, signed by the hub, with the stamp of it; whose key signed is to be checked."""
        ...

    def lacking_files(self) -> Sequence[str]:
        """Files that this device could bring and that the hub has not whole."""
        ...

    def close(self) -> None: ...


class Untold:
    """What a line to an older hub tells beside the messages: nothing."""

    @property
    def terms(self) -> Terms:
        return Terms()

    def membership(self, device: str) -> tuple[Membership, str]:
        raise SyncFault("sync.refused", why=f"membership of {device}")

    def lacking_files(self) -> Sequence[str]:
        return ()


@dataclass(slots=True)
class Measure:
    """About how many bytes go at once: twice as many after a round-trip of less than two seconds, half as many after
    one that ran into the time-out."""

    size: int = FIRST_BYTES

    def went(self, seconds: float) -> None:
        """A round-trip of about this size took so long."""
        if seconds < _QUICK_S:
            self.size = min(self.size * 2, MOST_BYTES)

    def failed(self) -> None:
        """It ran into the time-out."""
        self.size = max(self.size // 2, LEAST_BYTES)


@dataclass(slots=True)
class Pacing:
    """What is learnt of a line and outlives a round.

    Attributes:
        up, down: how many bytes go at once, each way.
        cost: bytes of an event on the way up, packed densely; packed swiftly it takes twice as many.
        rate: bytes a second, by the last round-trip that carried enough to tell; 0 before the first such.
        spoilt: digests of files that came whole and whose content had another digest.
    """

    up: Measure = field(default_factory=Measure)
    down: Measure = field(default_factory=Measure)
    cost: float = _FIRST_COST
    rate: float = 0.0
    spoilt: set[str] = field(default_factory=set)

    @property
    def events(self) -> int:
        """How many events make a request of the right size."""
        return max(1, min(int(self.up.size / self.cost), _SHARED if self.is_quick else MOST_ROWS))

    @property
    def probing_events(self) -> int:
        """How many events make a request that just tells how quick the line is, when they are packed swiftly."""
        return max(1, min(int(0.75 * TELLING / self.cost), self.events))

    @property
    def guessed_events(self) -> int:
        """How many events make a request for a line that is thought to be fast."""
        return max(1, min(int(_FAST_RATE / self.cost), _SHARED))

    @property
    def is_quick(self) -> bool:
        """Whether the line takes less time for what is pushed than desk and hub take to work it."""
        return self.rate > _QUICK_RATE

    @property
    def is_fast(self) -> bool:
        """Whether the line carries what dense packing saves sooner than desk and hub pack and unpack it."""
        return self.rate > _FAST_RATE

    def carried(self, size: int, seconds: float) -> None:
        """A round-trip of ``size`` bytes, both ways together, took so long."""
        if size >= TELLING:
            rate = size / max(seconds - _ANY_LINE_S, 1e-3)
            self.rate = max(rate, self.rate / 4)  # one that was late makes no slow line
            self.up.size = max(self.up.size, min(int(self.rate), MOST_BYTES))  # pages: the fold's time counts, too

    def learnt(self, events: int, size: int, *, swiftly: bool = False) -> None:
        """So many events took ``size`` bytes."""
        if events:
            seen = max(1.0, size / events / (1 + swiftly))
            self.cost = max(seen, (self.cost + seen) / 2)  # what is too large is refused; too small costs little
