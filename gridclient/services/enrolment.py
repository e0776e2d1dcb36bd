"""What a desk is to its hub: what it may do with which stream, and the keys that it got when it enrolled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from gridclient.domain.frozen import frozen

_CASES: Final = "t:"


class Grant(NamedTuple):
    """What a device may do with a stream. ``unit`` narrows reading and writing to what was handed to that unit."""

    stream: str
    reads: bool = True
    writes: bool = False
    unit: str = ""

    @property
    def feed(self) -> str:
        """The name of what it lets a device read: the stream, or the unit's part of it."""
        return f"d:{self.unit}@{self.stream}" if self.unit else self.stream


@frozen
class Enrolment:
    """What a desk got when it enrolled. ``fingerprint`` is the SHA-256 of the hub's certificate, "" without TLS.

    ``bundle_keys`` are the keys of streams for files on a stick, 32 bytes each; ``signing_key`` is the device's own
    Ed25519 key (32 bytes, private). ``hub_key`` is the public key with which the hub signs places on a stick, empty
    where it did not tell. ``url`` is "" for a desk that has no line and works by stick alone. ``rights`` is the hub's
    stamp of grants and keys, "" where they have to be asked for. Nothing of this is ever shown or logged.
    """

    hub: str
    url: str
    fingerprint: str
    token: str
    short: str
    signing_key: bytes
    grants: tuple[Grant, ...]
    bundle_keys: Mapping[str, bytes]
    enrolled_at: datetime
    hub_key: bytes = b""
    rights: str = ""

    @property
    def townships(self) -> tuple[str, ...]:
        """The codes of those whose cases it is given, in their order."""
        return tuple(sorted({g.stream.removeprefix(_CASES) for g in self.grants if g.stream.startswith(_CASES)}))


class Membership(NamedTuple):
    """What a device is to its hub, as far as that may change: see :class:`Enrolment`."""

    device: str
    hub: str
    short: str
    grants: tuple[Grant, ...]
    bundle_keys: Mapping[str, bytes]
    hub_key: bytes


class Admission(NamedTuple):
    """What the hub gives a device that enrols: see :class:`Enrolment`. ``token`` is empty where there is no line."""

    hub: str
    token: str
    short: str
    grants: tuple[Grant, ...]
    bundle_keys: Mapping[str, bytes]
    hub_key: bytes = b""
    rights: str = ""

    def enrolment(self, signing_key: bytes, at: datetime, *, url: str = "", fingerprint: str = "") -> Enrolment:
        """What the desk keeps of it."""
        return Enrolment(
            hub=self.hub,
            url=url,
            fingerprint=fingerprint,
            token=self.token,
            short=self.short,
            signing_key=signing_key,
            grants=self.grants,
            bundle_keys=self.bundle_keys,
            enrolled_at=at,
            hub_key=self.hub_key,
            rights=self.rights,
        )
