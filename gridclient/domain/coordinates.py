"""The three coordinate systems of Chinese data: WGS-84 (= CGCS2000 here), GCJ-02 and BD-09.

The program stores WGS-84; every source states its system or an operator is asked. The formulas are the public
reconstruction that all map libraries use. The way back is solved by iteration, so a round trip is exact to far below a
centimetre.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen


class Crs(StrEnum):
    """A coordinate system of a source. CGCS2000 differs from WGS-84 by centimetres and is read as it."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @classmethod
    def _missing_(cls, value: object) -> Crs | None:
        return _ALIASES.get(str(value).lower().replace("-", "").replace("_", "").replace(" ", ""))


_ALIASES = {
    "wgs84": Crs.WGS84,
    "cgcs2000": Crs.WGS84,
    "epsg4326": Crs.WGS84,
    "epsg:4326": Crs.WGS84,
    "epsg4490": Crs.WGS84,
    "epsg:4490": Crs.WGS84,
    "gcj02": Crs.GCJ02,
    "bd09": Crs.BD09,
    "bd09ll": Crs.BD09,
}


@frozen
class Point:
    """Longitude and latitude in degrees. Raises ``InvalidInput("point.out_of_range")``, also for NaN."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            raise InvalidInput("point.out_of_range", lon=self.lon, lat=self.lat)


def parse_crs(text: str) -> Crs:
    """The system named by a user or a file (``GCJ-02``, ``cgcs2000``). Raises ``InvalidInput("crs.unknown")``."""
    try:
        return Crs(text.strip())
    except ValueError:
        raise InvalidInput("crs.unknown", text=text) from None


def convert(lon: float, lat: float, source: Crs, target: Crs) -> tuple[float, float]:
    """The same place in another system; unchanged outside the box around China, where points are not shifted.

    Raises ``InvalidInput("point.out_of_range")`` for a source point outside the range of degrees.
    """
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise InvalidInput("point.out_of_range", lon=lon, lat=lat)
    if source is target:
        return lon, lat
    if source is not Crs.GCJ02 and in_china(lon, lat):
        lon, lat = _shifted(lon, lat) if source is Crs.WGS84 else _without_baidu_shift(lon, lat)
    if target is Crs.GCJ02:
        return lon, lat
    return _solved(_shifted if target is Crs.WGS84 else _without_baidu_shift, lon, lat)


_AXIS = 6378245.0
"""Semi-major axis of Krasovsky 1940, which the GCJ-02 shift is computed on."""
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_PI = math.pi * 3000.0 / 180.0
_CLOSE = 1e-12
_MOST_ROUNDS = 60


def in_china(lon: float, lat: float) -> bool:
    """Whether the point lies in the box around China. Only there the systems differ; elsewhere nobody shifts points."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _shifted(lon: float, lat: float) -> tuple[float, float]:
    """From WGS-84 to GCJ-02, in China."""
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    waves = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves * 2.0 / 3.0
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves * 2.0 / 3.0
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    latitude = math.radians(lat)
    bulge = 1.0 - _ECCENTRICITY2 * math.sin(latitude) ** 2
    meridian = _AXIS * (1.0 - _ECCENTRICITY2) / (bulge * math.sqrt(bulge))
    parallel = _AXIS / math.sqrt(bulge) * math.cos(latitude)
    return lon + math.degrees(east / parallel), lat + math.degrees(north / meridian)


def _without_baidu_shift(lon: float, lat: float) -> tuple[float, float]:
    """From BD-09 to GCJ-02, in China."""
    x, y = lon - 0.0065, lat - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BAIDU_PI)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BAIDU_PI)
    return radius * math.cos(angle), radius * math.sin(angle)


def _solved(shift: Callable[[float, float], tuple[float, float]], lon: float, lat: float) -> tuple[float, float]:
    """The point in China that ``shift`` moves to (lon, lat); (lon, lat) itself if there is none.

    Fixed-point iteration, which converges in China, where shifts vary slowly; elsewhere it is not tried.
    """
    x, y = lon, lat
    for _ in range(_MOST_ROUNDS):
        if not in_china(x, y):
            break
        reached_x, reached_y = shift(x, y)
        off_x, off_y = lon - reached_x, lat - reached_y
        x, y = x + off_x, y + off_y
        if abs(off_x) < _CLOSE and abs(off_y) < _CLOSE:
            return x, y
    return lon, lat
