"""Writes small tile archives as other programs make them."""

from __future__ import annotations

import gzip
import sqlite3
import struct
import zlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import mapbox_vector_tile
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Place = tuple[int, int, int]


def png(colour: tuple[int, int, int] = (200, 30, 30), side: int = 256) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\x00" + bytes(colour) * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def mvt(layer: str = "water") -> bytes:
    """A vector tile whose one polygon fills it."""
    square = {"geometry": "POLYGON ((0 0, 4096 0, 4096 4096, 0 4096, 0 0))", "properties": {"kind": "ocean"}}
    body: bytes = mapbox_vector_tile.encode([{"name": layer, "features": [square]}])
    return body


def tiles_around(lon_tiles: range, lat_tiles: range, zoom: int, body: bytes) -> dict[Place, bytes]:
    """The same tile everywhere in a block."""
    return {(zoom, x, y): body for x in lon_tiles for y in lat_tiles}


def write_mbtiles(path: Path, tiles: Mapping[Place, bytes], **metadata: str) -> Path:
    """An MBTiles file: rows are counted from the south."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table metadata (name text, value text)")
        connection.execute(
            "create table tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        connection.executemany("insert into metadata values (?, ?)", metadata.items())
        rows = [(z, x, (1 << z) - 1 - y, body) for (z, x, y), body in tiles.items()]
        connection.executemany("insert into tiles values (?, ?, ?, ?)", rows)
        connection.commit()
    return path


def write_pmtiles(path: Path, tiles: Mapping[Place, bytes], *, vector: bool = False, **metadata: object) -> Path:
    """A PMTiles file of version 3, vector tiles packed as usual."""
    with path.open("wb") as file:
        writer = Writer(file)
        for number, body in sorted((zxy_to_tileid(*place), body) for place, body in tiles.items()):
            writer.write_tile(number, gzip.compress(body, mtime=0) if vector else body)
        writer.finalize(
            {
                "tile_type": TileType.MVT if vector else TileType.PNG,
                "tile_compression": Compression.GZIP if vector else Compression.NONE,
                "min_lon_e7": 1_210_000_000,
                "min_lat_e7": 360_000_000,
                "max_lon_e7": 1_230_000_000,
                "max_lat_e7": 380_000_000,
                "center_zoom": 8,
                "center_lon_e7": 1_220_000_000,
                "center_lat_e7": 370_000_000,
            },
            dict(metadata),
        )
    return path
