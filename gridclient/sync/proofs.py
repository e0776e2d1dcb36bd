"""What a hub signs with its own key about itself: that it is the hub of this certificate, what a device may do.

Every proof is over a number that the desk has just made up, so that nobody can show an old one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgpack

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Grant, Membership
from gridclient.sync.numbers import checked, sized
from gridclient.sync.signing import KEY_BYTES, SIGNATURE_BYTES, is_signed, sign

NONCE_BYTES: Final = 16
_STAMP_BYTES: Final = 4
_HUB: Final = b"gridclient hub 1\0"
_RIGHTS: Final = b"gridclient rights 1\0"


class HubProof(NamedTuple):
    """Who a hub says it is. ``certificate``: the SHA-256 of the certificate that it shows, empty where it shows none
    itself (a proxy stands before it, or the line is not encrypted). ``url``: the address that it tells desks."""

    hub: str
    hub_key: bytes
    certificate: bytes
    url: str


def new_nonce() -> bytes:
    """A number that was never used before."""
    return secrets.token_bytes(NONCE_BYTES)


def write_proof(private: bytes, proof: HubProof, nonce: bytes) -> dict[str, Any]:
    """The proof as JSON."""
    signature = sign(private, _HUB, _proof_bytes(proof, nonce))
    return {
        "hub": proof.hub,
        "hub_key": proof.hub_key.hex(),
        "certificate": proof.certificate.hex(),
        "url": proof.url,
        "signature": signature.hex(),
    }


def read_proof(told: Any, nonce: bytes) -> HubProof:
    """What is proved by the key that it names; whether that is the right key is for the caller.

    Raises:
        SyncFault: ``sync.hub_unproven``.
    """
    try:
        proof = HubProof(
            checked(told["hub"], str),
            sized(bytes.fromhex(told["hub_key"]), KEY_BYTES),
            bytes.fromhex(told["certificate"]),
            checked(told["url"], str),
        )
        signature = sized(bytes.fromhex(told["signature"]), SIGNATURE_BYTES)
    except (ValueError, TypeError, LookupError) as error:
        raise SyncFault("sync.hub_unproven") from error
    if not is_signed(proof.hub_key, _HUB, _proof_bytes(proof, nonce), signature):
        raise SyncFault("sync.hub_unproven")
    return proof


def write_membership(private: bytes, told: Membership, nonce: bytes) -> dict[str, Any]:
    """What a device may do, as JSON with the hub's signature."""
    return {
        "hub": told.hub,
        "short": told.short,
        "grants": told.grants,
        "bundle_keys": {feed: key.hex() for feed, key in told.bundle_keys.items()},
        "hub_key": told.hub_key.hex(),
        "signature": sign(private, _RIGHTS, membership_bytes(told) + nonce).hex(),
    }


def read_membership(told: Any, device: str, nonce: bytes) -> Membership:
    """What ``device`` may do, as the hub signed it; whether its key is the right one is for the caller.

    Raises:
        SyncFault: ``sync.hub_unproven``.
    """
    try:
        found = Membership(
            device,
            checked(told["hub"], str),
            checked(told["short"], str),
            tuple(read_grant(*parts) for parts in checked(told["grants"], list)),
            _keys(told["bundle_keys"]),
            sized(bytes.fromhex(told["hub_key"]), KEY_BYTES),
        )
        signature = sized(bytes.fromhex(told["signature"]), SIGNATURE_BYTES)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise SyncFault("sync.hub_unproven") from error
    if not is_signed(found.hub_key, _RIGHTS, membership_bytes(found) + nonce, signature):
        raise SyncFault("sync.hub_unproven")
    return found


def membership_bytes(told: Membership) -> bytes:
    """The same rights always as the same bytes."""
    grants = sorted(told.grants)
    body: bytes = msgpack.packb(
        [told.device, told.hub, told.short, grants, sorted(told.bundle_keys.items()), told.hub_key]
    )
    return body


def stamp_of(told: Membership) -> str:
    """The same rights and keys always have the same stamp, whichever process of a hub tells it."""
    return sha256(membership_bytes(told)).digest()[:_STAMP_BYTES].hex()


def _proof_bytes(proof: HubProof, nonce: bytes) -> bytes:
    body: bytes = msgpack.packb([nonce, *proof])
    return body


def read_grant(stream: object, reads: object, writes: object, unit: object) -> Grant:
    """A grant, when it is shaped like one; else ``TypeError``."""
    return Grant(checked(stream, str), checked(reads, bool), checked(writes, bool), checked(unit, str))


def _keys(told: Any) -> Mapping[str, bytes]:
    return {checked(feed, str): sized(bytes.fromhex(key), KEY_BYTES) for feed, key in checked(told, dict).items()}
