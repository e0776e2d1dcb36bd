"""The boundaries in force as one GeoJSON collection (bytes), simplified for the map.

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
    features = (
        feature
        for rows in by_tier.values()
        for feature in _features(rows, _light(shapely.from_wkb(np.array([boundaries[r.code] for r in rows], object))))
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def _light(shapes: Shapes) -> Shapes:
    tolerance = _FIRST_TOLERANCE
    light = shapes
    for _ in range(_ROUNDS):
        if int(shapely.get_num_coordinates(light).sum()) <= CORNERS_A_TIER:
            break
        simplified = np.asarray(shapely.coverage_simplify(shapes, tolerance, simplify_boundary=True))
        light = np.where(shapely.is_empty(simplified), shapes, simplified)
        tolerance *= 2
    return np.asarray(shapely.transform(light, lambda corners: np.round(corners, _DECIMALS)))


def _features(rows: Sequence[GridRow], shapes: Shapes) -> Iterable[str]:
    for row, geometry in zip(rows, shapely.to_geojson(shapes), strict=True):
        about = json.dumps(_properties(row), ensure_ascii=False, separators=(",", ":"))
        yield f'{{"type":"Feature","properties":{about},"geometry":{geometry}}}'


def _properties(row: GridRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "tier": "special" if row.special else row.tier,
        "parent": row.parent or None,
        "worker": mask_name(row.worker) or None,
        "schematic": row.schematic,
    }
