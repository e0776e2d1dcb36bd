"""Reads PMTiles files (version 3), with the library's header and tile numbering and our own reading of directories.

The library unpacks a directory for every tile and trusts its counts; here directories are limited in size and cached.
"""

from __future__ import annotations

import json
import mmap
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pmtiles.tile import (
    Compression,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_header,
    zxy_to_tileid,
)

from gridclient.domain.errors import InvalidInput
from gridclient.services.map_port import ArchiveMetadata
from gridclient.services.tile_formats import (
    LARGEST_SHIFT,
    MAX_TILE_BYTES,
    MAX_ZOOM,
    MVT,
    gunzip,
    media_type,
    plain_tile,
    safe_bounds,
    safe_text,
    safe_title,
    vector_layers,
)

_HEADER_BYTES = 127
_MAX_DIRECTORY_BYTES = 1024 * 1024  # unpacked: at most 250,000 entries of four numbers
_MAX_METADATA_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 4
_KEPT_DIRECTORIES = 16
_SAMPLES = 8
_PACKINGS = {Compression.NONE, Compression.GZIP, Compression.UNKNOWN}


class _Directory(NamedTuple):
    """A directory as columns of equal length, ascending by tile number. ``runs`` 0 means a leaf directory."""

    tiles: list[int]
    runs: list[int]
    lengths: list[int]
    offsets: list[int]


class PMTilesArchive:
    """Implements ``TileArchive``. Raises InvalidInput ``basemap.…`` for a file that is damaged or cannot be drawn."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise InvalidInput("basemap.unreadable", name=path.name) from error
        try:
            self._header = self._checked_header()
            self._directory = lru_cache(_KEPT_DIRECTORIES)(self._read_directory)
            self._metadata = self._describe()
        except InvalidInput:
            self._bytes.close()
            raise

    def metadata(self) -> ArchiveMetadata:
        """The metadata read on opening."""
        return self._metadata

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The tile, ``None`` if there is none. Raises InvalidInput ``basemap.damaged`` if it cannot be read."""
        about = self._metadata
        if not (about.min_zoom <= z <= about.max_zoom and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        header, number = self._header, zxy_to_tileid(z, x, y)
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(_MAX_DEPTH):
            directory = self._directory(offset, length)
            at = bisect_right(directory.tiles, number) - 1
            if at < 0:
                return None
            run = directory.runs[at]
            if run:
                inside = number < directory.tiles[at] + run
                return self._tile_at(directory.offsets[at], directory.lengths[at]) if inside else None
            offset, length = header["leaf_directory_offset"] + directory.offsets[at], directory.lengths[at]
        return None

    def close(self) -> None:
        """Closes the file."""
        self._bytes.close()

    def _checked_header(self) -> HeaderDict:
        try:
            header = deserialize_header(self._slice(0, _HEADER_BYTES))
        except SpecVersionUnsupported as error:
            raise InvalidInput("basemap.version", name=self._name) from error
        except (MagicNumberNotFound, ValueError, IndexError) as error:
            raise InvalidInput("basemap.damaged", name=self._name) from error
        if not {header["internal_compression"], header["tile_compression"]} <= _PACKINGS:
            raise InvalidInput("basemap.compression", name=self._name)
        if header["tile_type"] is TileType.MLT:
            raise InvalidInput("basemap.tile_format", name=self._name)
        whole = header["tile_data_offset"] + header["tile_data_length"] <= len(self._bytes)  # else cut off
        if not (whole and header["min_zoom"] <= header["max_zoom"] <= MAX_ZOOM):
            raise InvalidInput("basemap.damaged", name=self._name)
        return header

    def _slice(self, offset: int, length: int) -> bytes:
        if offset + length > len(self._bytes) or length > MAX_TILE_BYTES:
            raise InvalidInput("basemap.damaged", name=self._name)
        try:
            return self._bytes[offset : offset + length]
        except ValueError as error:  # the file was closed
            raise InvalidInput("basemap.unreadable", name=self._name) from error

    def _unpacked(self, offset: int, length: int, limit: int) -> bytes:
        body = self._slice(offset, length)
        if self._header["internal_compression"] is Compression.GZIP:
            return gunzip(body, limit)
        if length > limit:
            raise InvalidInput("basemap.damaged", name=self._name)
        return body

    def _tile_at(self, offset: int, length: int) -> bytes:
        return plain_tile(self._slice(self._header["tile_data_offset"] + offset, length))

    def _read_directory(self, offset: int, length: int) -> _Directory:
        try:
            return _decoded(self._unpacked(offset, length, _MAX_DIRECTORY_BYTES))
        except (IndexError, ValueError) as error:
            raise InvalidInput("basemap.damaged", name=self._name) from error

    def _samples(self) -> list[bytes]:
        """The first few tiles of the file. Raises InvalidInput ``basemap.empty`` if there are none."""
        header = self._header
        directory = self._directory(header["root_offset"], header["root_length"])
        for _ in range(_MAX_DEPTH):
            if not directory.tiles:
                raise InvalidInput("basemap.empty", name=self._name)
            found = [i for i, run in enumerate(directory.runs) if run][:_SAMPLES]
            if found:
                return [self._tile_at(directory.offsets[i], directory.lengths[i]) for i in found]
            directory = self._directory(header["leaf_directory_offset"] + directory.offsets[0], directory.lengths[0])
        raise InvalidInput("basemap.damaged", name=self._name)

    def _describe(self) -> ArchiveMetadata:
        header, samples = self._header, self._samples()
        kind = next(filter(None, map(media_type, samples)), None)
        if kind is None:
            raise InvalidInput("basemap.tile_format", name=self._name)
        said = self._said()
        degrees = (header["min_lon_e7"], header["min_lat_e7"], header["max_lon_e7"], header["max_lat_e7"])
        return ArchiveMetadata(
            title=safe_title(said.get("name"), self._name),
            kind="vector" if kind == MVT else "raster",
            min_zoom=header["min_zoom"],
            max_zoom=header["max_zoom"],
            bounds=safe_bounds(*(edge / 1e7 for edge in degrees)),
            attribution=safe_text(said.get("attribution")),
            vector_layers=_said_layers(said) or vector_layers(samples) if kind == MVT else (),
        )

    def _said(self) -> dict[str, object]:
        header = self._header
        body = self._unpacked(header["metadata_offset"], header["metadata_length"], _MAX_METADATA_BYTES)
        try:
            said = json.loads(body or b"{}")
        except (ValueError, RecursionError) as error:
            raise InvalidInput("basemap.damaged", name=self._name) from error
        return said if isinstance(said, dict) else {}


def _said_layers(said: dict[str, object]) -> tuple[str, ...]:
    layers = said.get("vector_layers")
    names = [layer.get("id") for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []
    return tuple(name for name in names if isinstance(name, str))


def _decoded(body: bytes) -> _Directory:
    """A directory from its varints. Raises IndexError or ValueError if they do not fit its count."""
    values: list[int] = []
    value = shift = 0
    for byte in body:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            if shift > LARGEST_SHIFT:
                raise ValueError("number without end")
            continue
        values.append(value)
        value = shift = 0
    count = values[0]
    if len(values) < 1 + 4 * count:
        raise ValueError("directory is cut short")
    steps, runs, lengths, places = (values[1 + i * count : 1 + (i + 1) * count] for i in range(4))
    tiles: list[int] = []
    offsets: list[int] = []
    number = end = 0
    for step, length, place in zip(steps, lengths, places, strict=True):
        number += step
        tiles.append(number)
        offsets.append(end if place == 0 and offsets else place - 1)
        end = offsets[-1] + length
    return _Directory(tiles, runs, lengths, offsets)
