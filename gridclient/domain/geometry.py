"""Plane geometry on lon/lat with the standard library: Morton keys of map tiles, distances, boxes, point in polygon.

For one point or one polygon. Many points against many polygons are a library's work (exchange).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridclient.domain.errors import InvalidInput

MORTON_BITS = 28
"""Bits of each axis: a cell of 15 cm at the equator, a key of 56 bits."""
MERCATOR_LATITUDE = 85.0511287798066
EARTH_RADIUS = 6371008.8
"""Mean radius in metres (IUGG)."""

Ring = Sequence[tuple[float, float]]
"""Corners lon, lat; closed or not."""


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """West, south, east, north in degrees, edges counted in. Never crosses the date line."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, lon: float, lat: float) -> bool:
        """Is the point inside or on the edge?"""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def intersects(self, other: BoundingBox) -> bool:
        """Do the two boxes share a point?"""
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )

    def union(self, other: BoundingBox) -> BoundingBox:
        """The smallest box around both."""
        return BoundingBox(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def padded(self, share: float) -> BoundingBox:
        """Wider by this share of its size on every side, within the world."""
        across, up = (self.east - self.west) * share, (self.north - self.south) * share
        return BoundingBox(
            max(-180.0, self.west - across),
            max(-90.0, self.south - up),
            min(180.0, self.east + across),
            min(90.0, self.north + up),
        )


def box_of(points: Iterable[tuple[float, float]]) -> BoundingBox:
    """The smallest box around the points. Raises ``InvalidInput("shape.empty")`` without any."""
    corners = list(points)
    if not corners:
        raise InvalidInput("shape.empty")
    lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
    return BoundingBox(min(lons), min(lats), max(lons), max(lats))


def distance(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres along the great circle (haversine on a sphere, within 0.6 % of the ellipsoid)."""
    south, north = math.radians(lat), math.radians(other_lat)
    half_up, half_across = (north - south) / 2, math.radians(other_lon - lon) / 2
    chord = math.sin(half_up) ** 2 + math.cos(south) * math.cos(north) * math.sin(half_across) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def in_polygon(lon: float, lat: float, polygon: Sequence[Ring]) -> bool:
    """Is the point in the polygon: in its first ring and in none of the others, which are holes?

    A point on an edge belongs to the western or southern side, so that two polygons that share an edge do not both
    have it.
    """
    if not polygon or not _in_ring(lon, lat, polygon[0]):
        return False
    return not any(_in_ring(lon, lat, hole) for hole in polygon[1:])


def mercator_cell(lon: float, lat: float) -> tuple[int, int]:
    """Column and row of the point in the 2^28 × 2^28 grid of web mercator, from the north-west corner."""
    x, y = _mercator(lon, lat)
    most = (1 << MORTON_BITS) - 1
    return min(most, max(0, int(x * (most + 1)))), min(most, max(0, int(y * (most + 1))))


def morton_key(lon: float, lat: float) -> int:
    """Z-order key of the point: every map tile of every zoom is one range of keys (``tile_range``)."""
    x, y = mercator_cell(lon, lat)
    return _spread(x) | _spread(y) << 1


def morton_cell(key: int) -> tuple[int, int]:
    """Column and row of a key: the inverse of the interleaving."""
    return _gathered(key), _gathered(key >> 1)


def tile_range(z: int, x: int, y: int) -> tuple[int, int]:
    """First key of the tile and first key after it. Raises ``InvalidInput("tile.out_of_range")``."""
    if not (0 <= z <= MORTON_BITS and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise InvalidInput("tile.out_of_range", z=z, x=x, y=y)
    tile, shift = _spread(x) | _spread(y) << 1, 2 * (MORTON_BITS - z)
    return tile << shift, (tile + 1) << shift


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Column and row of the tile of zoom ``z`` (0-28) that holds the point."""
    x, y = mercator_cell(lon, lat)
    return x >> (MORTON_BITS - z), y >> (MORTON_BITS - z)


def tile_box(z: int, x: int, y: int) -> BoundingBox:
    """The tile's box in degrees."""
    tile_range(z, x, y)
    west, north = _degrees(x / (1 << z), y / (1 << z))
    east, south = _degrees((x + 1) / (1 << z), (y + 1) / (1 << z))
    return BoundingBox(west, south, east, north)


def _in_ring(lon: float, lat: float, ring: Ring) -> bool:
    inside = False
    if not ring:
        return inside
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        # Each edge is measured from its southern end: neighbours walk a shared edge in opposite directions, and
        # rounding must give both the same answer.
        if y1 <= lat < y2:
            inside ^= lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1)
        elif y2 <= lat < y1:
            inside ^= lon < x2 + (lat - y2) / (y1 - y2) * (x1 - x2)
        x1, y1 = x2, y2
    return inside


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    sine = math.sin(math.radians(max(-MERCATOR_LATITUDE, min(MERCATOR_LATITUDE, lat))))
    return (lon + 180.0) / 360.0, 0.5 - math.log((1.0 + sine) / (1.0 - sine)) / (4.0 * math.pi)


def _degrees(x: float, y: float) -> tuple[float, float]:
    return x * 360.0 - 180.0, math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y))))


def _spread(value: int) -> int:
    """Put a zero bit between the bits of a number of up to 28 bits."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


def _gathered(value: int) -> int:
    value &= 0x5555555555555555
    value = (value | value >> 1) & 0x3333333333333333
    value = (value | value >> 2) & 0x0F0F0F0F0F0F0F0F
    value = (value | value >> 4) & 0x00FF00FF00FF00FF
    value = (value | value >> 8) & 0x0000FFFF0000FFFF
    return (value | value >> 16) & 0x00000000FFFFFFFF
