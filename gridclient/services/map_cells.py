"""Arithmetic of the map's cells: a place as one Morton number, a viewport as few ranges of such numbers.

A store keeps ``point_key`` beside each case in a covering index; then a viewport is a handful of range scans and a cell
is ``group by key >> key_shift(level)``. Level n is the web map's zoom n: 2^n by 2^n tiles of the world.
"""

from __future__ import annotations

import math

from gridclient.services.map_port import MAX_CELLS, Bounds

KEY_LEVEL = 28  # 0.15 m at the equator; keys have 56 bits
_SIZE = 1 << KEY_LEVEL
_MAX_LATITUDE = 85.05112877980659
_CELLS_A_TILE = 2  # a tile of 256 pixels is 4 × 4 cells of 64: two levels more
_MAX_RANGES = 24


def _spread(value: int) -> int:
    """Put a zero between the bits of a number of up to 32 bits."""
    value = (value | (value << 16)) & 0x0000FFFF0000FFFF
    value = (value | (value << 8)) & 0x00FF00FF00FF00FF
    value = (value | (value << 4)) & 0x0F0F0F0F0F0F0F0F
    value = (value | (value << 2)) & 0x3333333333333333
    return (value | (value << 1)) & 0x5555555555555555


def _position(lon: float, lat: float) -> tuple[int, int]:
    """Web-Mercator x (eastward) and y (southward) at KEY_LEVEL."""
    lat = max(-_MAX_LATITUDE, min(_MAX_LATITUDE, lat))
    x = (lon + 180.0) / 360.0
    y = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    return min(_SIZE - 1, max(0, int(x * _SIZE))), min(_SIZE - 1, max(0, int(y * _SIZE)))


def point_key(lon: float, lat: float) -> int:
    """The Morton number of a place, 0 ≤ key < 2^56: near places have near numbers, a tile is one range."""
    x, y = _position(lon, lat)
    return _spread(x) | _spread(y) << 1


def key_shift(level: int) -> int:
    """How far to shift a key right to get the number of its tile at ``level``."""
    return 2 * (KEY_LEVEL - level)


def _tiles(bounds: Bounds, level: int) -> tuple[range, range]:
    west, north = _position(bounds.west, bounds.north)
    east, south = _position(bounds.east, bounds.south)
    down = KEY_LEVEL - level
    return range(west >> down, (east >> down) + 1), range(north >> down, (south >> down) + 1)


def _count(bounds: Bounds, level: int) -> int:
    columns, rows = _tiles(bounds, level)
    return len(columns) * len(rows)


def cell_level(bounds: Bounds, zoom: int) -> int:
    """The level whose cells are 64 pixels wide at ``zoom``, coarser where that would be more than MAX_CELLS."""
    level = max(0, min(KEY_LEVEL, zoom + _CELLS_A_TILE))
    while level and _count(bounds, level) > MAX_CELLS:
        level -= 1
    return level


def key_ranges(bounds: Bounds, level: int) -> tuple[tuple[int, int], ...]:
    """Half-open key ranges, ascending and apart, that cover the box with whole tiles of ``level`` or coarser ones.

    They reach a little over the box, as cells do; there are at most 24 of them.
    """
    while level and _count(bounds, level) > _MAX_RANGES:
        level -= 1
    columns, rows = _tiles(bounds, level)
    tiles = sorted(_spread(x) | _spread(y) << 1 for x in columns for y in rows)
    shift = key_shift(level)
    ranges: list[tuple[int, int]] = []
    for tile in tiles:
        low, high = tile << shift, (tile + 1) << shift
        if ranges and ranges[-1][1] == low:
            ranges[-1] = (ranges[-1][0], high)
        else:
            ranges.append((low, high))
    return tuple(ranges)
