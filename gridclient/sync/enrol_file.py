"""Two files with which a desk enrols without a line: what it says of itself, and the hub's answer for it alone.

The request is signed with the desk's key and holds nothing secret. The answer holds the keys of streams; it is
encrypted (X25519, ChaCha20-Poly1305) for the holder of that key, so that nobody on the way can use it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Final, NamedTuple

import msgpack
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Admission
from gridclient.sync.numbers import UNREADABLE, checked, sized
from gridclient.sync.proofs import read_grant
from gridclient.sync.signing import KEY_BYTES, is_signed, public_key, sign

ADMISSION_SUFFIX: Final = ".gridadmission"
_MAGIC: Final = b"GRIDENROL"
_VERSION: Final = 1
_REQUEST, _ADMISSION = 1, 2
REQUEST_HEAD: Final = _MAGIC + bytes((_VERSION, _REQUEST))
ADMISSION_HEAD: Final = _MAGIC + bytes((_VERSION, _ADMISSION))
_HEAD_BYTES: Final = len(REQUEST_HEAD)
_CHECK_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_MOST_BYTES: Final = 4 << 20
_PURPOSE: Final = b"gridclient answer 1"
_ASKING: Final = b"gridclient enrol 1\0"


class EnrolRequest(NamedTuple):
    """What a desk says of itself. ``answer_key``: the X25519 key for which the answer is encrypted."""

    device: str
    name: str
    public_key: bytes
    answer_key: bytes


def write_request(signing_key: bytes, device: str, name: str) -> bytes:
    """The desk's file."""
    said = [device, name, public_key(signing_key), _answer_key(signing_key).public_key().public_bytes_raw()]
    plain = msgpack.packb(said)
    return _framed(_REQUEST, msgpack.packb([*said, sign(signing_key, _ASKING, plain)]))


def read_request(data: bytes) -> EnrolRequest:
    """What a desk says.

    Raises:
        SyncFault: ``enrol.file_foreign``, ``enrol.file_newer``, ``enrol.file_broken``, ``enrol.file_no_request``.
    """
    body = _body(data, _REQUEST, "enrol.file_no_request")
    with _damage_named():
        device, name, public, answer, signature = checked(msgpack.unpackb(body), list)
        said = EnrolRequest(
            checked(device, str), checked(name, str), sized(public, KEY_BYTES), sized(answer, KEY_BYTES)
        )
        if not is_signed(said.public_key, _ASKING, msgpack.packb(list(said)), checked(signature, bytes)):
            raise SyncFault("enrol.file_broken")
    return said


def check_digits(request: bytes) -> str:
    """Eight digits that desk and hub both show, to be compared when the file went through strange hands."""
    digits = f"{int.from_bytes(sha256(request).digest()[:8], 'big') % 10**8:08d}"
    return f"{digits[:4]} {digits[4:]}"


def write_admission(request: EnrolRequest, admission: Admission) -> bytes:
    """The hub's file for the desk that made the request; its token does not travel."""
    keys = dict(admission.bundle_keys)
    told = [request.device, admission.hub, admission.short, admission.grants, keys, admission.hub_key]
    once = X25519PrivateKey.generate()
    ends = request.answer_key + once.public_key().public_bytes_raw()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    try:
        shared = once.exchange(X25519PublicKey.from_public_bytes(request.answer_key))
    except ValueError as error:
        raise SyncFault("enrol.file_broken") from error
    box = ChaCha20Poly1305(_key(shared, ends)).encrypt(nonce, msgpack.packb(told), _MAGIC + ends)
    return _framed(_ADMISSION, ends + nonce + box)


def read_admission(data: bytes, device: str, signing_key: bytes) -> Admission:
    """What the hub answered to this desk.

    Raises:
        SyncFault: ``enrol.file_foreign``, ``enrol.file_newer``, ``enrol.file_broken``, ``enrol.file_no_admission``,
            ``enrol.file_other``: it is for another desk.
    """
    body = _body(data, _ADMISSION, "enrol.file_no_admission")
    mine = _answer_key(signing_key)
    ends, nonce, box = body[: 2 * KEY_BYTES], body[2 * KEY_BYTES :][:_NONCE_BYTES], body[2 * KEY_BYTES + _NONCE_BYTES :]
    if ends[:KEY_BYTES] != mine.public_key().public_bytes_raw():
        raise SyncFault("enrol.file_other")
    with _damage_named():
        shared = mine.exchange(X25519PublicKey.from_public_bytes(ends[KEY_BYTES:]))
        plain = ChaCha20Poly1305(_key(shared, ends)).decrypt(nonce, box, _MAGIC + ends)
        named, hub, short, grants, keys, hub_key = checked(msgpack.unpackb(plain), list)
        if named != device:
            raise SyncFault("enrol.file_other")
        return Admission(
            checked(hub, str),
            "",
            checked(short, str),
            tuple(read_grant(*parts) for parts in checked(grants, list)),
            {checked(feed, str): sized(key, KEY_BYTES) for feed, key in checked(keys, dict).items()},
            sized(hub_key, KEY_BYTES),
        )


def _answer_key(signing_key: bytes) -> X25519PrivateKey:
    """A desk has one secret; the key for its answers is worked out from it."""
    return X25519PrivateKey.from_private_bytes(_key(signing_key, b""))


def _key(secret: bytes, bound: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, _PURPOSE + bound).derive(secret)


def _framed(kind: int, body: bytes) -> bytes:
    file = _MAGIC + bytes((_VERSION, kind)) + body
    return file + sha256(file).digest()[:_CHECK_BYTES]


def _body(data: bytes, kind: int, other: str) -> bytes:
    if not data.startswith(_MAGIC):
        raise SyncFault("enrol.file_foreign")
    if len(data) < _HEAD_BYTES + _CHECK_BYTES or len(data) > _MOST_BYTES:
        raise SyncFault("enrol.file_broken")
    if data[len(_MAGIC)] != _VERSION:
        raise SyncFault("enrol.file_newer")
    if sha256(data[:-_CHECK_BYTES]).digest()[:_CHECK_BYTES] != data[-_CHECK_BYTES:]:
        raise SyncFault("enrol.file_broken")
    if data[len(_MAGIC) + 1] != kind:
        raise SyncFault(other)
    return data[_HEAD_BYTES:-_CHECK_BYTES]


@contextmanager
def _damage_named() -> Iterator[None]:
    """Whatever reading stumbles over is a broken file."""
    try:
        yield
    except (InvalidTag, *UNREADABLE) as error:
        raise SyncFault("enrol.file_broken") from error
