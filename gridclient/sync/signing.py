"""A device's signature (Ed25519) over the newest link of one of its chains."""

from __future__ import annotations

from typing import Final

import msgpack
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gridclient.services.sync_port import OriginKey

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_PURPOSE: Final = b"gridclient batch 1\0"
_FRAME: Final = b"gridclient bundle 1\0"
_REQUEST: Final = b"gridclient enrol 1\0"


def new_key() -> bytes:
    """A fresh private key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(private: bytes) -> bytes:
    """The public half, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign_head(private: bytes, origin: OriginKey, seq: int, link: bytes) -> bytes:
    """The signature (64 bytes) that the origin's chain has ``link`` after its event ``seq``."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(_signed_bytes(origin, seq, link))


def head_is_signed(public: bytes, origin: OriginKey, seq: int, link: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed that; ``False`` also for what is no key or no signature."""
    return _is_signed(public, _signed_bytes(origin, seq, link), signature)


def _signed_bytes(origin: OriginKey, seq: int, link: bytes) -> bytes:
    body: bytes = msgpack.packb([origin.stream, origin.device, origin.incarnation, seq, link])
    return _PURPOSE + body


def sign_frame(private: bytes, digest: bytes) -> bytes:
    """The signature (64 bytes) of a part of a file on a stick, by its SHA-256."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(_FRAME + digest)


def frame_is_signed(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed that; ``False`` also for what is no key or no signature."""
    return _is_signed(public, _FRAME + digest, signature)


def sign_request(private: bytes, said: bytes) -> bytes:
    """The signature (64 bytes) of what a desk says of itself when it enrols by file."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(_REQUEST + said)


def request_is_signed(public: bytes, said: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed that; ``False`` also for what is no key or no signature."""
    return _is_signed(public, _REQUEST + said, signature)


def sign_told(private: bytes, purpose: bytes, told: bytes) -> bytes:
    """The signature (64 bytes) of what a hub tells of itself; every kind of telling has a purpose of its own."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(purpose + told)


def told_is_signed(public: bytes, purpose: bytes, told: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed that; ``False`` also for what is no key or no signature."""
    return _is_signed(public, purpose + told, signature)


def _is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
