"""A desk's registration with its hub: its rights on streams, and the keys that it received."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from gridclient.domain.frozen import frozen

REFERENCE: Final = "ref"
"""The stream of reference data: grids, units, standards, calendars."""
CASES: Final = "t:"
"""Begins the name of a stream of cases; the code of its township follows."""


def reporting_township(found: str, own: str, taken: Collection[str]) -> str:
    """The township whose number and stream a new case gets: where it lies, else the desk's own, else one it reports to.

    ``taken`` are those whose cases the hub takes of this desk; empty without a hub.
    """
    wanted = found or own
    if not taken or wanted in taken:
        return wanted
    return own if own in taken else min(taken)


class Grant(NamedTuple):
    """What a device may do with a stream. With ``unit``, only in cases handed to that unit."""

    stream: str
    reads: bool = True
    writes: bool = False
    unit: str = ""

    @property
    def feed(self) -> str:
        """The feed that the grant lets a device read: the stream, or the unit's part of it."""
        return f"d:{self.unit}@{self.stream}" if self.unit else self.stream

    @property
    def is_of_cases(self) -> bool:
        """Whether the stream has cases."""
        return self.stream.startswith(CASES)


@frozen
class Enrolment:
    """What a desk received when it enrolled. ``fingerprint`` is the SHA-256 of the hub's certificate, "" without TLS.

    ``bundle_keys`` are the keys for sticks, 32 bytes per stream; ``signing_key`` is the device's own private Ed25519
    key (32 bytes). ``hub_key`` is the public key that verifies the hub's signature on sticks; empty if unknown. ``url``
    is "" for a desk that works by stick alone. ``rights`` is the hub's stamp of grants and keys; "" makes the desk ask
    for them. None of this is ever shown or logged.
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
        """The codes of the townships whose cases the desk may read, in order."""
        return tuple(sorted({grant.stream.removeprefix(CASES) for grant in self.grants if grant.is_of_cases}))

    @property
    def unit(self) -> str:
        """The unit for which a department's desk acts; "" on every other desk."""
        units = {grant.unit for grant in self.grants if grant.is_of_cases}
        return units.pop() if len(units) == 1 else ""

    @property
    def only_watches(self) -> bool:
        """Whether the desk has cases and may write none of them."""
        of_cases = [grant for grant in self.grants if grant.is_of_cases]
        return bool(of_cases) and not any(grant.writes for grant in of_cases)

    @property
    def sends_reference(self) -> bool:
        """Whether reference data that change here go to all desks, as those of the county's own desk do."""
        return any(grant.stream == REFERENCE and grant.writes for grant in self.grants)


class Membership(NamedTuple):
    """The part of a registration that the hub may change: see :class:`Enrolment`."""

    device: str
    hub: str
    short: str
    grants: tuple[Grant, ...]
    bundle_keys: Mapping[str, bytes]
    hub_key: bytes


class Admission(NamedTuple):
    """What the hub sends to a device that enrols: see :class:`Enrolment`. ``token`` is empty without network."""

    hub: str
    token: str
    short: str
    grants: tuple[Grant, ...]
    bundle_keys: Mapping[str, bytes]
    hub_key: bytes = b""
    rights: str = ""

    def enrolment(self, signing_key: bytes, at: datetime, *, url: str = "", fingerprint: str = "") -> Enrolment:
        """The registration to be kept by the desk."""
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
