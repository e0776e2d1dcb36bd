"""Attachments encrypted with AES-256 in counter mode, so that a piece can be read or appended at any offset.

A file begins with 16 random bytes, the first counter value. Its integrity is checked elsewhere, by its SHA-256.
"""

from __future__ import annotations

import secrets
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

_BLOCK: Final = 16


class SealedFile:
    """The decrypted view of an open file, for one thread. Whoever opened the file closes it."""

    def __init__(self, stream: BinaryIO, key: bytes, beginning: bytes) -> None:
        self._stream = stream
        self._key = key
        self._beginning = beginning
        self._at(0)

    @classmethod
    def begin(cls, stream: BinaryIO, key: bytes) -> SealedFile:
        """Begins a new, empty file."""
        beginning = secrets.token_bytes(_BLOCK)
        stream.write(beginning)
        return cls(stream, key, beginning)

    @classmethod
    def of(cls, stream: BinaryIO, key: bytes, offset: int) -> SealedFile:
        """An existing file, to be read or written from ``offset`` of its content on."""
        stream.seek(0)
        made = cls(stream, key, stream.read(_BLOCK))
        made._at(offset)
        return made

    def read(self, length: int) -> bytes:
        """The next bytes of the content."""
        return self._cipher.update(self._stream.read(length))

    def write(self, content: bytes) -> None:
        """Writes ``content`` at the current offset."""
        self._stream.write(self._cipher.update(content))

    def _at(self, offset: int) -> None:
        self._stream.seek(_BLOCK + offset)
        block, within = divmod(offset, _BLOCK)
        counter = (int.from_bytes(self._beginning) + block) % (1 << 8 * _BLOCK)
        self._cipher: CipherContext = Cipher(AES(self._key), CTR(counter.to_bytes(_BLOCK))).encryptor()
        self._cipher.update(bytes(within))
