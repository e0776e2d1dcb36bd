"""Files of the profile that nobody reads without the store's key: AES-256 in counter mode after a random beginning.

A piece can be read or added anywhere. That a content is what it should be is said by its SHA-256, which names it.
"""

from __future__ import annotations

import secrets
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

_BLOCK: Final = 16


class SealedFile:
    """The content of an open file. Closing the file is its opener's matter; one thread at a time."""

    def __init__(self, stream: BinaryIO, key: bytes, beginning: bytes) -> None:
        self._stream = stream
        self._key = key
        self._beginning = beginning
        self._at(0)

    @classmethod
    def begin(cls, stream: BinaryIO, key: bytes) -> SealedFile:
        """An empty one, in a file just made."""
        beginning = secrets.token_bytes(_BLOCK)
        stream.write(beginning)
        return cls(stream, key, beginning)

    @classmethod
    def of(cls, stream: BinaryIO, key: bytes, offset: int) -> SealedFile:
        """One that stands on the disk; ``offset``: of its content, where reading or writing goes on."""
        stream.seek(0)
        made = cls(stream, key, stream.read(_BLOCK))
        made._at(offset)
        return made

    def read(self, length: int) -> bytes:
        """The next bytes of the content."""
        return self._cipher.update(self._stream.read(length))

    def write(self, content: bytes) -> None:
        """Adds to the content."""
        self._stream.write(self._cipher.update(content))

    def _at(self, offset: int) -> None:
        self._stream.seek(_BLOCK + offset)
        block, within = divmod(offset, _BLOCK)
        counter = (int.from_bytes(self._beginning) + block) % (1 << 8 * _BLOCK)
        self._cipher: CipherContext = Cipher(AES(self._key), CTR(counter.to_bytes(_BLOCK))).encryptor()
        self._cipher.update(bytes(within))
