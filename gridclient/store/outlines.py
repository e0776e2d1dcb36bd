"""The boundaries in force as the map takes them (bytes), simplified.

A county's boundaries may have a million corners. In a tier with too many, corners too small to be seen are dropped,
along shared edges for both neighbours, so that no gaps open.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gridclient.services.masking import mask_name
from gridclient.services.rows import GridRow

Shapes: TypeAlias = NDArray[np.object_]

CORNERS_A_TIER: Final = 60_000
_DECIMALS: Final = 6
_FIRST_TOLERANCE: Final = 0.00002
"""Degrees: two metres. Doubled until a tier is light enough."""
_ROUNDS: Final = 8


def collection(areas: Mapping[str, GridRow], boundaries: Mapping[str, bytes]) -> bytes:
    """All areas that have a boundary, larger tiers first.

    Args:
        areas: rows by code, parents before children.
        boundaries: WKB by code.
    """
    by_tier: defaultdict[str, list[GridRow]] = defaultdict(list)
    for row in areas.values():
        if row.code in boundaries:
            by_tier[row.tier].append(row)
    told = [
        {**_properties(row), "box": box, "rings": rings}
        for rows in by_tier.values()
        for row, box, rings in _drawn(rows, _light(_shapes(boundaries[row.code] for row in rows)))
    ]
    return json.dumps({"areas": told}, ensure_ascii=False, separators=(",", ":")).encode()


def _shapes(boundaries: Iterable[bytes]) -> Shapes:
    return np.asarray(shapely.from_wkb(np.array(list(boundaries), object)))


def _light(shapes: Shapes) -> Shapes:
    tolerance = _FIRST_TOLERANCE
    light = shapes
    for _ in range(_ROUNDS):
        if int(shapely.get_num_coordinates(light).sum()) <= CORNERS_A_TIER:
            break
        simplified = np.asarray(shapely.coverage_simplify(shapes, tolerance, simplify_boundary=True))
        light = np.where(shapely.is_empty(simplified), shapes, simplified)
        tolerance *= 2
    return light


def _drawn(rows: Sequence[GridRow], shapes: Shapes) -> Iterable[tuple[GridRow, list[float], list[str]]]:
    boxes = np.round(shapely.bounds(shapes), _DECIMALS).tolist()
    return zip(rows, boxes, _rings(shapes), strict=True)


def _rings(shapes: Shapes) -> Sequence[list[str]]:
    """The rings of each shape: the first corner's place, then each one's way from the one before."""
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    corners, ring_of = shapely.get_coordinates(rings, return_index=True)
    places = np.rint(corners * 10**_DECIMALS).astype(np.int64)
    starts = np.searchsorted(ring_of, np.arange(len(rings) + 1))
    steps = np.diff(places, axis=0, prepend=0)
    steps[starts[:-1]] = places[starts[:-1]]
    numbers, ends = list(map(str, steps.ravel().tolist())), (2 * starts).tolist()
    found: list[list[str]] = [[] for _ in shapes]
    for shape, start, end in zip(shape_of[part_of].tolist(), ends, ends[1:], strict=False):
        found[shape].append(" ".join(numbers[start:end]))
    return found


def _properties(row: GridRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "tier": "special" if row.special else row.tier,
        "parent": row.parent or None,
        "worker": mask_name(row.worker) or None,
        "schematic": row.schematic,
    }
