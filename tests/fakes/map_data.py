"""The map's ports in memory, by the contract that the store keeps too."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from gridclient.domain.errors import GridClientError
from gridclient.domain.geometry import MERCATOR_BITS, mercator_cell
from gridclient.services.map_cells import cell_level
from gridclient.services.map_port import (
    MAX_UNITS,
    Bounds,
    Cell,
    Figures,
    UnitMark,
)
from gridclient.services.rows import CaseFilter

WEST, SOUTH, SIDE = 122.0, 37.40, 0.16
MIDDLE = (WEST + SIDE / 2, SOUTH + SIDE / 2)
STEP = SIDE / 8
"""The width of a basic grid of the checkerboard."""


@dataclass(frozen=True)
class FakeCase:
    """A case as the map knows it."""

    case_id: str
    lon: float
    lat: float
    grid: str
    overdue: bool = False


def square(west: float, south: float, side: float) -> dict[str, Any]:
    """A GeoJSON polygon."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def checkerboard(across: int = 8) -> bytes:
    """One township of 2 × 2 zones, each of 2 × 2 community grids, each of ``across/4`` squared basic grids."""
    features = [_feature("371002001", "甲镇", "township", None, square(WEST, SOUTH, SIDE))]
    for tier, cells in (("zone", 2), ("community", 4), ("basic", across)):
        side = SIDE / cells
        for row in range(cells):
            for column in range(cells):
                code = grid_code(tier, column, row)
                shape = square(WEST + column * side, SOUTH + row * side, side)
                features.append(_feature(code, f"{tier} {column}-{row}", tier, "371002001", shape))
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def grid_code(tier: str, column: int, row: int) -> str:
    """The code that the checkerboard gives: counted from the south-west corner."""
    number = {"zone": 601, "community": 1, "basic": 1}[tier] + row * 40 + column
    return f"371002001{number:03d}" if tier != "basic" else f"371002001001{number:03d}"


def middle_of(column: int, row: int) -> tuple[float, float]:
    """The middle of a basic grid of the checkerboard."""
    return WEST + (column + 0.5) * STEP, SOUTH + (row + 0.5) * STEP


def _feature(code: str, name: str, tier: str, parent: str | None, geometry: dict[str, Any]) -> dict[str, Any]:
    properties = {"code": code, "name": name, "tier": tier, "parent": parent, "worker": "王*", "schematic": True}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _area(feature: dict[str, Any]) -> dict[str, Any]:
    """A polygon as the port gives it."""
    rings = [[[round(side * 1e6) for side in corner] for corner in ring] for ring in feature["geometry"]["coordinates"]]
    ways = [[ring[0], *([x - a, y - b] for (a, b), (x, y) in pairwise(ring))] for ring in rings]
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*rings[0], strict=True))
    box = [side / 1e6 for side in (west, south, east, north)]
    texts = [" ".join(str(side) for way in ring for side in way) for ring in ways]
    about: dict[str, Any] = feature["properties"]
    return about | {"box": box, "rings": texts}


@dataclass
class InMemoryMapData:
    """Implements ``MapData``; ``asked`` notes every question."""

    geojson: bytes = field(default_factory=checkerboard)
    cases: list[FakeCase] = field(default_factory=list)
    unit_marks: list[UnitMark] = field(default_factory=list)
    counts: dict[str, Figures] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fault: GridClientError | None = None
    township: str = ""

    def home(self) -> str:
        return self.township

    def outlines(self) -> bytes:
        self.asked.append("outlines")
        return json.dumps({"areas": [_area(feature) for feature in json.loads(self.geojson)["features"]]}).encode()

    def figures(self) -> Mapping[str, Figures]:
        self.asked.append("figures")
        if self.fault:
            raise self.fault
        return self.counts

    def cells(self, bounds: Bounds, zoom: int, cases: CaseFilter) -> Sequence[Cell]:
        self.asked.append("cells")
        down = MERCATOR_BITS - cell_level(bounds, zoom)
        gathered: dict[tuple[int, int], list[FakeCase]] = defaultdict(list)
        for case in self.cases:
            inside = bounds.west <= case.lon <= bounds.east and bounds.south <= case.lat <= bounds.north
            if inside and case.grid.startswith(cases.grid):
                x, y = mercator_cell(case.lon, case.lat)
                gathered[x >> down, y >> down].append(case)
        return [_cell(members) for members in gathered.values()]

    def units(self, bounds: Bounds) -> Sequence[UnitMark]:
        self.asked.append("units")
        return [mark for mark in self.unit_marks if bounds.west <= mark[1] <= bounds.east][:MAX_UNITS]


def _cell(members: Sequence[FakeCase]) -> Cell:
    count = len(members)
    lon = sum(case.lon for case in members) / count
    lat = sum(case.lat for case in members) / count
    return count, lon, lat, sum(case.overdue for case in members), members[0].case_id if count == 1 else None
