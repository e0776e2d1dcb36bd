"""Boundaries: makes a valid area in WGS-84 out of a GeoJSON geometry or a text, or refuses it with the reason and the
place.

Nothing is repaired silently: a line is no area, and a boundary that crosses itself is refused with the place where it
does.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from gridclient.domain.coordinates import Crs, convert, in_china
from gridclient.domain.errors import InvalidInput
from gridclient.services.import_findings import Notice
from gridclient.services.import_records import Boundary

MAX_POINTS = 500_000
_DEPTHS = {"Polygon": 3, "MultiPolygon": 4}
_LINES = frozenset({"LineString", "MultiLineString"})
_POINTS = frozenset({"Point", "MultiPoint"})
_CROSSING = re.compile(r"(?P<what>[\w -]+)\[(?P<lon>\S+) (?P<lat>\S+)\]")
_POSITIONS = re.compile(r"[;\uff1b\n]")
_NUMBERS = re.compile(r"[\s,\uff0c]+")
Position = tuple[float, float]
Ring = list[Position]
Part = list[Ring]


def boundary(geometry: object, crs: Crs) -> tuple[Boundary, tuple[Notice, ...]]:
    """The area of a GeoJSON geometry whose coordinates are in ``crs``, with remarks on it.

    Raises ``InvalidInput``: ``shape.missing``, ``shape.line``, ``shape.point``, ``shape.unknown_type``,
    ``shape.too_deep``, ``shape.malformed``, ``shape.ring_short``, ``shape.too_many_points``, ``shape.swapped``,
    ``shape.not_degrees``, ``shape.outside_china``, ``shape.self_crossing``, ``shape.hole_outside``,
    ``shape.parts_overlap``, ``shape.invalid``, ``shape.no_area``.
    """
    parts, notices = _parts(geometry)
    _check_places(position for part in parts for ring in part for position in ring)
    source = _valid_area(parts)
    if len(parts) > 1:
        notices = (*notices, Notice("", "shape.several_parts", {"parts": len(parts)}))
    if crs is Crs.WGS84:
        return Boundary(shapely.to_wkb(source), crs.value), notices
    shifted = [[[convert(lon, lat, crs, Crs.WGS84) for lon, lat in ring] for ring in part] for part in parts]
    area = _valid_area(shifted)
    return Boundary(shapely.to_wkb(area), crs.value, shapely.to_wkb(source)), notices


def geometry_of_text(text: str) -> Mapping[str, Any]:
    """A GeoJSON geometry from the text of a cell: WKT, GeoJSON, coordinates in brackets, or
    ``122.1,37.5;122.2,37.5;…``.

    Raises ``InvalidInput("shape.unreadable_text")``.
    """
    if text[:1].isalpha():
        try:
            found: Mapping[str, Any] = shapely.geometry.mapping(shapely.from_wkt(text))
        except (shapely.errors.GEOSException, ValueError, TypeError) as problem:
            raise InvalidInput("shape.unreadable_text") from problem
        return found
    if text[:1] in "{[" and (written := _written_as_json(text)) is not None:
        return written
    try:
        ring = [_position_of_text(piece) for piece in _POSITIONS.split(text) if piece.strip()]
    except ValueError as problem:
        raise InvalidInput("shape.unreadable_text") from problem
    return {"type": "Polygon", "coordinates": [ring]}


def _written_as_json(text: str) -> Mapping[str, Any] | None:
    """The geometry in a JSON text; ``None`` if it is no JSON. Coordinates alone are a ring, a polygon or several
    polygons by the depth of their brackets."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        return found or None
    depth, inner = 0, found
    while isinstance(inner, list) and inner:
        depth, inner = depth + 1, inner[0]
    return {
        2: {"type": "Polygon", "coordinates": [found]},
        3: {"type": "Polygon", "coordinates": found},
        4: {"type": "MultiPolygon", "coordinates": found},
    }.get(depth)


def _position_of_text(piece: str) -> list[float]:
    lon, lat = (float(number) for number in _NUMBERS.split(piece.strip().strip(" ()[]")))
    return [lon, lat]


def _parts(geometry: object) -> tuple[list[Part], tuple[Notice, ...]]:
    if not isinstance(geometry, Mapping) or not geometry:
        raise InvalidInput("shape.missing")
    kind, coordinates = str(geometry.get("type"))[:40], geometry.get("coordinates")
    if kind in _LINES:
        raise InvalidInput("shape.line", type=kind)
    if kind in _POINTS:
        raise InvalidInput("shape.point", type=kind)
    if kind not in _DEPTHS:
        raise InvalidInput("shape.unknown_type", type=kind)
    depth = _depth(coordinates)
    if depth == 0:
        raise InvalidInput("shape.missing")
    if depth > _DEPTHS[kind]:
        raise InvalidInput("shape.too_deep", type=kind, depth=depth, expected=_DEPTHS[kind])
    if depth < _DEPTHS[kind]:
        raise InvalidInput("shape.malformed", type=kind)
    polygons = coordinates if kind == "MultiPolygon" else [coordinates]
    counter = _Counter()
    parts = [[_ring(ring, kind, counter) for ring in _list(polygon, kind)] for polygon in _list(polygons, kind)]
    notices = (Notice("", "shape.ring_closed", {"rings": counter.closed}),) if counter.closed else ()
    return parts, notices


class _Counter:
    """Counts the points read so far and the rings that had to be closed."""

    def __init__(self) -> None:
        self.points = 0
        self.closed = 0


def _depth(coordinates: object) -> int:
    """How many lists stand around the first number: 3 for a polygon, 4 for several; 0 if there is no number."""
    depth = 0
    while isinstance(coordinates, list | tuple):
        if not coordinates or depth > 8:
            return 0
        coordinates, depth = coordinates[0], depth + 1
    return depth if isinstance(coordinates, int | float) else 0


def _list(value: object, kind: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise InvalidInput("shape.malformed", type=kind)
    return value


def _ring(value: object, kind: str, counter: _Counter) -> Ring:
    ring = [_position(position, kind) for position in _list(value, kind)]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
        counter.closed += 1
    if len(ring) < 4:
        raise InvalidInput("shape.ring_short", points=len(ring))
    counter.points += len(ring)
    if counter.points > MAX_POINTS:
        raise InvalidInput("shape.too_many_points", most=MAX_POINTS)
    return ring


def _position(value: object, kind: str) -> Position:
    if isinstance(value, list | tuple) and len(value) >= 2:
        lon, lat = value[0], value[1]
        if type(lon) in (int, float) and type(lat) in (int, float):
            try:
                place = (float(lon), float(lat))
            except OverflowError:
                raise InvalidInput("shape.malformed", type=kind) from None
            if math.isfinite(place[0]) and math.isfinite(place[1]):
                return place
    raise InvalidInput("shape.malformed", type=kind)


def _check_places(positions: Iterable[Position]) -> None:
    for lon, lat in positions:
        if in_china(lon, lat):
            continue
        if in_china(lat, lon):
            raise InvalidInput("shape.swapped", lon=lon, lat=lat)
        if abs(lon) > 180 or abs(lat) > 90:
            raise InvalidInput("shape.not_degrees", lon=lon, lat=lat)
        raise InvalidInput("shape.outside_china", lon=lon, lat=lat)


def _valid_area(parts: list[Part]) -> shapely.MultiPolygon:
    area = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in parts])
    reason = str(shapely.is_valid_reason(area))
    if reason != "Valid Geometry":
        raise _invalid(reason)
    if not area.area:
        raise InvalidInput("shape.no_area")
    return area


def _invalid(reason: str) -> InvalidInput:
    found = _CROSSING.match(reason)
    place = {"lon": found["lon"], "lat": found["lat"]} if found else {"lon": "?", "lat": "?"}
    if "elf-intersection" in reason:
        return InvalidInput("shape.self_crossing", lon=place["lon"], lat=place["lat"])
    if "Hole" in reason:
        return InvalidInput("shape.hole_outside", lon=place["lon"], lat=place["lat"])
    if "Nested" in reason or "Duplicate" in reason:
        return InvalidInput("shape.parts_overlap", lon=place["lon"], lat=place["lat"])
    return InvalidInput("shape.invalid", lon=place["lon"], lat=place["lat"])
