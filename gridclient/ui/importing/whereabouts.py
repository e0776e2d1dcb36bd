"""Whether a file's places lie where the desk works: a file of another county, or with its columns exchanged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from gridclient.services.import_order import Look
from gridclient.services.map_port import MapData

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


def lies_elsewhere(data: MapData, look: Look) -> bool:
    """Whether the file has places, and none of them meets the box of an area of the desk, whatever their coordinate
    system. To be called on a pool thread."""
    places = list(_places(look))
    if not places:
        return False
    areas: list[Box] = [area["box"] for area in json.loads(data.outlines())["areas"]]
    if not areas:
        return False
    whole = _box([(area[at], area[at + 1]) for area in areas for at in (0, 2)])
    return not any(_meet(place, area) for place in places if _meet(place, whole) for area in areas)


def _places(look: Look) -> Iterator[Box]:
    for shapes in look.places.values():
        for feature in json.loads(shapes)["features"]:
            if corners := list(_corners(feature["geometry"]["coordinates"])):
                yield _box(corners)
    if not look.places and look.preview is not None:
        yield from (_box([point]) for point in look.preview.points)


def _corners(nested: list[Any]) -> Iterator[tuple[float, float]]:
    if nested and isinstance(nested[0], list):
        for part in nested:
            yield from _corners(part)
    elif nested:
        yield nested[0], nested[1]


def _box(corners: Iterable[tuple[float, float]]) -> Box:
    lons, lats = zip(*corners, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
