"""What a hub signs with its own key: that it is the hub with this certificate, and what a device may do.

Every signature covers a random number that the desk has just made, so that an old one cannot be used again.
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
    """Who a hub says it is.

    ``hub_key``: its public key (32 bytes); ``certificate``: the SHA-256 (32 bytes) of its certificate, empty if it
    shows none itself (a proxy does, or the line is plain HTTP); ``url``: the address that it gives to desks.
    """

    hub: str
    hub_key: bytes
    certificate: bytes
    url: str


def new_nonce() -> bytes:
    """A new random number (16 bytes)."""
    return secrets.token_bytes(NONCE_BYTES)


def write_proof(private: bytes, proof: HubProof, nonce: bytes) -> dict[str, Any]:
    """A proof, signed over the desk's ``nonce``, as a JSON object; ``private``: the hub's key."""
    signature = sign(private, _HUB, _proof_bytes(proof, nonce))
    return {
        "hub": proof.hub,
        "hub_key": proof.hub_key.hex(),
        "certificate": proof.certificate.hex(),
        "url": proof.url,
        "signature": signature.hex(),
    }


def read_proof(told: Any, nonce: bytes) -> HubProof:
    """The proof in a JSON object, if it is signed by the key that it names; whether this is the right key is for the
    caller to check.

    Raises:
        SyncFault: ``sync.hub_unproven``: another form, a wrong signature or another ``nonce``.
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
    """A device's rights, signed over its ``nonce``, as a JSON object; ``private``: the hub's key."""
    return {
        "hub": told.hub,
        "short": told.short,
        "grants": told.grants,
        "bundle_keys": {feed: key.hex() for feed, key in told.bundle_keys.items()},
        "hub_key": told.hub_key.hex(),
        "signature": sign(private, _RIGHTS, membership_bytes(told) + nonce).hex(),
    }


def read_membership(told: Any, device: str, nonce: bytes) -> Membership:
    """The rights of ``device`` in a JSON object, if they are signed by the key that it names; whether this is the right
    key is for the caller to check.

    Raises:
        SyncFault: ``sync.hub_unproven``: another form, a wrong signature, another ``nonce`` or device.
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
    """The bytes to be signed; equal rights give equal bytes."""
    grants = sorted(told.grants)
    body: bytes = msgpack.packb(
        [told.device, told.hub, told.short, grants, sorted(told.bundle_keys.items()), told.hub_key]
    )
    return body


def stamp_of(told: Membership) -> str:
    """A stamp of eight hexadecimal digits; equal for equal rights and keys, in every process of a hub."""
    return sha256(membership_bytes(told)).digest()[:_STAMP_BYTES].hex()


def _proof_bytes(proof: HubProof, nonce: bytes) -> bytes:
    body: bytes = msgpack.packb([nonce, *proof])
    return body


def read_grant(stream: object, reads: object, writes: object, unit: object) -> Grant:
    """A grant of these values. Raises ``TypeError`` if one is of another type."""
    return Grant(checked(stream, str), checked(reads, bool), checked(writes, bool), checked(unit, str))


def _keys(told: Any) -> Mapping[str, bytes]:
    return {checked(feed, str): sized(bytes.fromhex(key), KEY_BYTES) for feed, key in checked(told, dict).items()}
