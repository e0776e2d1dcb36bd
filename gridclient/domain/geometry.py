"""Distances and the web mercator grid, with the standard library. Polygons are a library's work (exchange, store)."""

from __future__ import annotations

import math

MERCATOR_BITS = 28
"""Bits of each axis of the grid: a cell of 15 cm at the equator."""
MERCATOR_LATITUDE = 85.0511287798066
EARTH_RADIUS = 6371008.8
"""Mean radius in metres (IUGG)."""


def distance(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres along the great circle (haversine on a sphere, within 0.6 % of the ellipsoid)."""
    south, north = math.radians(lat), math.radians(other_lat)
    half_up, half_across = (north - south) / 2, math.radians(other_lon - lon) / 2
    chord = math.sin(half_up) ** 2 + math.cos(south) * math.cos(north) * math.sin(half_across) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def mercator_cell(lon: float, lat: float) -> tuple[int, int]:
    """Column and row of the point in the 2^28 × 2^28 grid of web mercator, from the north-west corner."""
    x, y = _mercator(lon, lat)
    most = (1 << MERCATOR_BITS) - 1
    return min(most, max(0, int(x * (most + 1)))), min(most, max(0, int(y * (most + 1))))


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    sine = math.sin(math.radians(max(-MERCATOR_LATITUDE, min(MERCATOR_LATITUDE, lat))))
    return (lon + 180.0) / 360.0, 0.5 - math.log((1.0 + sine) / (1.0 - sine)) / (4.0 * math.pi)
