"""What a round needs of a line to the hub, and how many bytes go over it at once."""

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
"""Faults after which the hub would refuse every other request of this desk, too."""
CERTIFICATE: Final = "sync.certificate_"
"""The beginning of the codes for a certificate that is not the known one or cannot be verified."""
RENEWED: Final = "sync.certificate_renewed"
"""The fault of a round that met a new certificate of the same hub; the certificate is known now."""
_QUICK_S: Final = 2.0
_FIRST_COST: Final = 30.0
_QUICK_RATE: Final = 64 << 10
_FAST_RATE: Final = 256 << 10
_ANY_LINE_S: Final = 0.02  # goes by in two machines before the first byte comes, however quick the line is
_GUESSED: Final = 1000  # are packed in the time that the answer to a probe takes on a fast line
_SHARED: Final = 2000  # on a quick line desk and hub work at the same time, on parts of so many events


class Transport(Protocol):
    """A line to the hub. Every call blocks, makes one attempt, and counts the bytes of the bodies.

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
        """Sends a sealed request (:mod:`gridclient.sync.frame`); returns the sealed reply."""
        ...

    def tell_held(self, held: str) -> None:
        """From now on each message tells this too (:func:`gridclient.sync.terms.write_held`)."""
        ...

    def file_place(self, sha256: str) -> FilePlace:
        """How much of a file the hub has; 0 bytes of one that it does not know."""
        ...

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        """Sends the piece from byte ``offset`` on of a file of ``size`` bytes.

        Returns how much the hub has then; unchanged if the piece does not begin where the file ends there.
        """
        ...

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        """At most ``length`` bytes of a file from ``offset`` on (none at its end), and the size of the whole file: 0 if
        the hub does not have it, or not yet."""
        ...

    @property
    def terms(self) -> Terms:
        """The hub's versions and stamps, as told with its last answer."""
        ...

    def membership(self, device: str) -> tuple[Membership, str]:
        """The device's present rights and stick keys, and the hub's stamp of them. The signature is right; whether the
        key that signed is this hub's is for the caller to check."""
        ...

    def lacking_files(self) -> Sequence[str]:
        """The SHA-256 of the files that the hub lacks and that this device may send."""
        ...

    def beside(self) -> Transport | None:
        """A second line to the same hub, for messages at the same time; ``None`` if there is only one. It is closed and
        its bytes are counted with this one."""
        ...

    def close(self) -> None: ...


class MessagesOnly:
    """A line that carries messages and nothing else: it tells no rights and takes no attachments."""

    @property
    def terms(self) -> Terms:
        return Terms()

    def tell_held(self, held: str) -> None:
        """Carried nowhere."""

    def membership(self, device: str) -> tuple[Membership, str]:
        raise SyncFault("sync.refused", why=f"membership of {device}")

    def lacking_files(self) -> Sequence[str]:
        return ()

    def file_place(self, sha256: str) -> FilePlace:
        raise SyncFault("sync.unreachable", file=sha256)

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        raise SyncFault("sync.unreachable", file=sha256, offset=offset, piece=len(piece), size=size)

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        raise SyncFault("sync.unreachable", file=sha256, offset=offset, length=length)

    def beside(self) -> Transport | None:
        """There is only one line."""
        return None

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Measure:
    """About how many bytes to send or ask for at once (``size``): doubled after a round-trip of less than two seconds,
    halved after a time-out, between :data:`LEAST_BYTES` and :data:`MOST_BYTES`."""

    size: int = FIRST_BYTES

    def went(self, seconds: float) -> None:
        """A round-trip of about this size took ``seconds``."""
        if seconds < _QUICK_S:
            self.size = min(self.size * 2, MOST_BYTES)

    def failed(self) -> None:
        """A round-trip ran into the time-out."""
        self.size = max(self.size // 2, LEAST_BYTES)


@dataclass(slots=True)
class Pacing:
    """What is known of a line; kept from one round to the next.

    Attributes:
        up, down: how many bytes go at once, each way.
        cost: bytes per event on the way up if packed densely; packed swiftly, an event takes twice as many.
        rate: bytes per second, by the last round-trip with at least ``TELLING`` bytes; 0 before the first one.
        spoilt: SHA-256 of the files whose content arrived complete and wrong, here or at the hub.
    """

    up: Measure = field(default_factory=Measure)
    down: Measure = field(default_factory=Measure)
    cost: float = _FIRST_COST
    rate: float = 0.0
    spoilt: set[str] = field(default_factory=set)

    @property
    def events(self) -> int:
        """How many events fill a request of the right size."""
        return max(1, min(int(self.up.size / self.cost), _SHARED if self.is_quick else MOST_ROWS))

    @property
    def probing_events(self) -> int:
        """How many events, packed swiftly, make a request just large enough to measure the line."""
        return max(1, min(int(0.75 * TELLING / self.cost), self.events))

    @property
    def guessed_events(self) -> int:
        """How many events to send at once on a line that is assumed to be fast."""
        return max(1, min(int(_FAST_RATE / self.cost), _GUESSED))

    @property
    def is_quick(self) -> bool:
        """Whether the line carries events sooner than desk and hub work them off."""
        return self.rate > _QUICK_RATE

    @property
    def is_fast(self) -> bool:
        """Whether the line carries the bytes that dense packing would save in less time than the packing takes."""
        return self.rate > _FAST_RATE

    def exchanged(self, sent: int, received: int, seconds: float, worked: float) -> None:
        """A request and its answer, of so many bytes each, took ``seconds``, of which the hub worked ``worked``."""
        self.carried(sent + received, seconds - worked)
        if 2 * sent > self.up.size:  # what was far from full says nothing of a fuller one
            self.up.went(seconds)
        if 2 * received > self.down.size:
            self.down.went(seconds)

    def failed(self) -> None:
        """A round-trip ran into the time-out."""
        self.up.failed()
        self.down.failed()

    def carried(self, size: int, seconds: float) -> None:
        """A round-trip of ``size`` bytes, both ways together, took ``seconds``."""
        if size >= TELLING:
            rate = size / max(seconds - _ANY_LINE_S, 1e-3)
            self.rate = max(rate, self.rate / 4)  # one that was late makes no slow line
            self.up.size = max(self.up.size, min(int(self.rate), MOST_BYTES))  # pages: the fold's time counts, too

    def learnt(self, events: int, size: int, *, swiftly: bool) -> None:
        """A request with ``events`` events had ``size`` bytes; ``swiftly``: it was packed swiftly."""
        if events:
            seen = size / events / (1 + swiftly)
            self.cost = max(seen, (self.cost + seen) / 2)  # what is too large is refused; too small costs little
