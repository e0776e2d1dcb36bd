"""The one-time code with which a desk enrols: what people read over the telephone and type.

Groups of four from an alphabet without I, L, O and U, the last sign a check on all others. A hub that made its
certificate itself puts the first bytes of its SHA-256 into the code, so that the desk knows the right one.
"""

from __future__ import annotations

import secrets
from typing import Final

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen

FINGERPRINT_BYTES: Final = 8
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("OIL", "011", "-_·—－")
_GROUP: Final = 4
_BITS: Final = 5
_FINGERPRINT_SIGNS: Final = 13
_SHORT_CODE, _LONG_CODE = 16, 32


@frozen
class EnrolCode:
    """A code as read: ``text`` in its normal form; ``fingerprint`` is empty or 8 bytes."""

    text: str
    fingerprint: bytes


def new_code(fingerprint: bytes = b"") -> str:
    """A new code as people write it: 75 random bits, or 90 and the beginning of the certificate's fingerprint."""
    length = _LONG_CODE - _FINGERPRINT_SIGNS if fingerprint else _SHORT_CODE
    secret = "".join(secrets.choice(_SIGNS) for _ in range(length - 1))
    body = secret + (_spelt(fingerprint[:FINGERPRINT_BYTES]) if fingerprint else "")
    text = body + _check(body)
    return "-".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def read_code(text: str) -> EnrolCode:
    """Reads a typed code; small letters, missing hyphens and O for 0 are accepted.

    Raises:
        InvalidInput: ``enrol.code_mistyped``.
    """
    plain = "".join(text.split()).upper().translate(_MISREAD)
    body = plain[:-1]
    known = len(plain) in (_SHORT_CODE, _LONG_CODE) and all(sign in _SIGNS for sign in plain)
    if not known or _check(body) != plain[-1]:
        raise InvalidInput("enrol.code_mistyped")
    if len(plain) == _SHORT_CODE:
        return EnrolCode(plain, b"")
    number = 0
    for sign in body[-_FINGERPRINT_SIGNS:]:
        number = number << _BITS | _SIGNS.index(sign)
    return EnrolCode(plain, number.to_bytes(FINGERPRINT_BYTES + 1, "big")[-FINGERPRINT_BYTES:])


def _spelt(fingerprint: bytes) -> str:
    number = int.from_bytes(fingerprint, "big")
    shifts = range((_FINGERPRINT_SIGNS - 1) * _BITS, -1, -_BITS)
    return "".join(_SIGNS[number >> shift & (len(_SIGNS) - 1)] for shift in shifts)


def _check(body: str) -> str:
    """The check character: detects every single wrong character and most swapped neighbours."""
    total = sum((2 * place + 1) * _SIGNS.index(sign) for place, sign in enumerate(body))
    return _SIGNS[total % len(_SIGNS)]
