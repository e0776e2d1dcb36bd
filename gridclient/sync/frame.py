"""The outer form of a message: one byte protocol, one byte dictionary, then a zstd frame. Refuses what is damaged or
too large before unpacking it."""

from __future__ import annotations

import sys
import threading
from functools import cache
from pathlib import Path
from typing import Final

import zstandard

from gridclient.domain.errors import SyncFault
from gridclient.sync.terms import SPOKEN, Versions, no_common

PROTOCOL: Final = SPOKEN.newest
DICTIONARY: Final = 1
NO_DICTIONARY: Final = 0
MOST_ON_THE_LINE: Final = 8 << 20
MOST_UNPACKED: Final = 64 << 20
CONTENT_TYPE: Final = "application/x-gridclient-sync"
_HEAD: Final = 2
_LONG: Final = 256 << 10
_RESOURCES: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[2])) / "resources" / "sync"
_FORMAT: Final = zstandard.FORMAT_ZSTD1_MAGICLESS


def refused(why: str) -> SyncFault:
    """The fault for every damaged or forged message; ``why`` is for the log, in English."""
    return SyncFault("sync.refused", why=why)


def seal(body: bytes, level: int, protocol: int = PROTOCOL) -> bytes:
    """The message of a body: protocol, number of the dictionary, compressed body with a checksum.

    A body of more than 256 KiB is packed without the dictionary: zstd would choose its settings for the dictionary, and
    the message would be larger.

    Args:
        level: zstd's level of compression, 1 to 22.
    """
    dictionary = NO_DICTIONARY if len(body) > _LONG else DICTIONARY
    return bytes((protocol, dictionary)) + _TOOLS.compressor(level, dictionary).compress(body)


def unseal(data: bytes, *, most: int = MOST_ON_THE_LINE, spoken: Versions = SPOKEN) -> bytes:
    """The body of a message.

    Args:
        most: the largest message accepted, in bytes.
        spoken: the protocols accepted.

    Raises:
        SyncFault: ``sync.update_due``, ``sync.hub_old``: the protocol or dictionary is of another version;
            ``sync.refused``: the message is damaged, cut off or too large.
    """
    if len(data) <= _HEAD or len(data) > most:
        raise refused("size")
    if not spoken.oldest <= data[0] <= spoken.newest:
        raise no_common(spoken, Versions(data[0], data[0]))
    if data[1] not in (DICTIONARY, NO_DICTIONARY):
        raise SyncFault("sync.update_due", theirs=data[0], ours=spoken.newest)
    packed = memoryview(data)[_HEAD:]
    try:
        size = zstandard.get_frame_parameters(packed, format=_FORMAT).content_size
        if size > MOST_UNPACKED:  # also an unknown size, which is the largest number
            raise refused("unpacked size")
        if (size > _LONG) != (data[1] == NO_DICTIONARY):  # the checksum does not cover the head
            raise refused("dictionary")
        body = _TOOLS.decompressor(data[1]).decompress(packed, max_output_size=size, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise refused("compression") from error
    if len(body) != size:
        raise refused("cut off")
    return body


def unpacked_size(data: bytes) -> int:
    """The size of the unpacked body in bytes, as the message says; 0 if :func:`unseal` will refuse it."""
    try:
        size: int = zstandard.get_frame_parameters(memoryview(data)[_HEAD:], format=_FORMAT).content_size
    except zstandard.ZstdError:
        return 0
    return size if size <= MOST_UNPACKED else 0


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict | None:
    if number == NO_DICTIONARY:
        return None
    return zstandard.ZstdCompressionDict((_RESOURCES / f"dictionary-{number}.zdict").read_bytes())


class _Tools(threading.local):
    """Each thread's compressors and decompressors, which are costly to make and not safe to share."""

    def __init__(self) -> None:
        self._compressors: dict[tuple[int, int], zstandard.ZstdCompressor] = {}
        self._decompressors: dict[int, zstandard.ZstdDecompressor] = {}

    def compressor(self, level: int, dictionary: int) -> zstandard.ZstdCompressor:
        found = self._compressors.get((level, dictionary))
        if found is None:
            settings = zstandard.ZstdCompressionParameters.from_level(
                level, format=_FORMAT, write_dict_id=False, write_checksum=True, write_content_size=True
            )
            found = zstandard.ZstdCompressor(dict_data=_dictionary(dictionary), compression_params=settings)
            self._compressors[level, dictionary] = found
        return found

    def decompressor(self, dictionary: int) -> zstandard.ZstdDecompressor:
        if dictionary not in self._decompressors:
            self._decompressors[dictionary] = zstandard.ZstdDecompressor(
                dict_data=_dictionary(dictionary), format=_FORMAT
            )
        return self._decompressors[dictionary]


_TOOLS: Final = _Tools()
