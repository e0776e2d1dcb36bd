"""Signatures (Ed25519): of a device over the newest link of one of its chains, and of whatever else is said."""

from __future__ import annotations

from typing import Final

import msgpack
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gridclient.services.sync_port import OriginKey

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_BATCH: Final = b"gridclient batch 1\0"


def new_key() -> bytes:
    """A fresh private key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(private: bytes) -> bytes:
    """The public half, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign_head(private: bytes, origin: OriginKey, seq: int, link: bytes) -> bytes:
    """The signature (64 bytes) that the origin's chain has ``link`` after its event ``seq``."""
    return sign(private, _BATCH, _head_bytes(origin, seq, link))


def head_is_signed(public: bytes, origin: OriginKey, seq: int, link: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed that; ``False`` also for what is no key or no signature."""
    return is_signed(public, _BATCH, _head_bytes(origin, seq, link), signature)


def _head_bytes(origin: OriginKey, seq: int, link: bytes) -> bytes:
    body: bytes = msgpack.packb([origin.stream, origin.device, origin.incarnation, seq, link])
    return body


def sign(private: bytes, purpose: bytes, said: bytes) -> bytes:
    """The signature (64 bytes) of what somebody says; every kind of saying has a purpose of its own."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(purpose + said)


def is_signed(public: bytes, purpose: bytes, said: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed that; ``False`` also for what is no key or no signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, purpose + said)
    except (InvalidSignature, ValueError):
        return False
    return True
