"""Checks tiles and the metadata of archives; shared by the readers of both kinds of archive.

Archives come from anywhere: sizes are limited before anything is unpacked, texts lose their markup.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator
from html import unescape

from gridclient.domain.errors import InvalidInput
from gridclient.services.map_port import Bounds

GZIP_MAGIC = b"\x1f\x8b"
MVT = "application/x-protobuf"
MAX_TILE_BYTES = 16 * 1024 * 1024
MAX_ZOOM = 24
_MERCATOR_LIMIT = 85.06
_MAX_TEXT = 200
LARGEST_SHIFT = 63
"""Largest shift in a varint: each 7-bit piece copies the number, so an endless one would take for ever."""


def gunzip(body: bytes, limit: int = MAX_TILE_BYTES) -> bytes:
    """Unpacks gzip. Raises InvalidInput ``basemap.damaged`` if it is broken or its content is longer than ``limit``."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, limit)
    except zlib.error as error:
        raise InvalidInput("basemap.damaged") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise InvalidInput("basemap.damaged")
    return plain


def plain_tile(body: bytes) -> bytes:
    """The tile as the page can use it: unpacked if it was gzipped."""
    return gunzip(body) if body.startswith(GZIP_MAGIC) else body


def media_type(body: bytes) -> str | None:
    """The type of an unpacked tile, recognised by its bytes; ``None`` if it is no tile."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:12] == b"ftypavif":
        return "image/avif"
    return MVT if _is_vector_tile(body) else None


def vector_layers(tiles: Iterable[bytes]) -> tuple[str, ...]:
    """The names of the layers in unpacked vector tiles, each once, in order of appearance."""
    return tuple(dict.fromkeys(name for tile in tiles for name in _layer_names(tile)))


def safe_bounds(west: float, south: float, east: float, north: float) -> Bounds:
    """The box, clipped to the web map's world; the whole world if it is not valid."""
    if all(map(math.isfinite, (west, south, east, north))):
        west, east = max(-180.0, west), min(180.0, east)
        south, north = max(-_MERCATOR_LIMIT, south), min(_MERCATOR_LIMIT, north)
        if west < east and south < north:
            return Bounds(west, south, east, north)
    return Bounds(-180.0, -_MERCATOR_LIMIT, 180.0, _MERCATOR_LIMIT)


def safe_text(value: object) -> str:
    """The value as one line of plain text; an archive's attribution is often HTML."""
    text = unescape(re.sub(r"<[^>]*>", "", value)) if isinstance(value, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:_MAX_TEXT]


def safe_title(said: object, file_name: str) -> str:
    """The title for the operator: the archive's name, else the file's, without extension."""
    title = safe_text(said) or safe_text(file_name)
    return re.sub(r"\.(pmtiles|mbtiles)$", "", title, flags=re.IGNORECASE) or title


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > LARGEST_SHIFT:
            raise ValueError("number without end")


def _fields(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields with bytes of a protobuf message. Raises IndexError or ValueError if it is none."""
    at = 0
    while at < len(body):
        key, at = _varint(body, at)
        number, wire = key >> 3, key & 7
        if wire == 2:
            size, at = _varint(body, at)
            if at + size > len(body):
                raise ValueError("field reaches past the end")
            yield number, body[at : at + size]
            at += size
        elif wire == 0:
            _, at = _varint(body, at)
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            raise ValueError("unknown wire type")


def _layer_names(tile: bytes) -> list[str]:
    try:
        layers = [body for number, body in _fields(tile) if number == 3]
        names = [next((name for number, name in _fields(layer) if number == 1), b"") for layer in layers]
        return [name.decode("utf-8") for name in names if name]
    except (IndexError, ValueError):
        return []


def _is_vector_tile(body: bytes) -> bool:
    return bool(_layer_names(body))
