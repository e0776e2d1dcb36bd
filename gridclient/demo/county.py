"""The demo county as a whole: grids, units, filing conditions, lists.

Its areas are also given as the records of an import, so that they take the same way into the store as real files.
"""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from gridclient.demo.places import COUNTY_CODE, COUNTY_NAME, SHEET
from gridclient.demo.shapes import DemoGrid, read_geojson
from gridclient.demo.standards import DemoLists, DemoStandard, read_lists, read_standards
from gridclient.demo.units import demo_units
from gridclient.domain.frozen import frozen
from gridclient.services.import_records import Boundary, DivisionRecord, GridRecord, Record, UnitRecord

COUNTY = (COUNTY_CODE, COUNTY_NAME)
LIST = "演示立案结案标准"


@frozen
class DemoCounty:
    """Everything that a desk of the demo county knows before its first case."""

    grids: tuple[DemoGrid, ...]
    units: tuple[UnitRecord, ...]
    standards: tuple[DemoStandard, ...]
    lists: DemoLists


def demo_county() -> DemoCounty:
    """The shipped county."""
    grids = read_geojson()
    return DemoCounty(grids, demo_units(grids), read_standards(), read_lists())


def division_records(county: DemoCounty) -> Iterator[Record]:
    """The townships with their outlines, and every community by its official code."""
    townships = {g.code: g for g in county.grids if g.tier == "township"}
    for row, grid in enumerate(townships.values(), start=2):
        yield DivisionRecord(
            SHEET, row, grid.code, grid.code, grid.name, "township", COUNTY[0], (COUNTY,), _boundary(grid)
        )
    grids = [g for g in county.grids if g.tier == "community"]
    communities = [place for g in grids for place in ((g.code, g.name), *g.takes_in)]
    for row, (code, name) in enumerate(communities, start=2 + len(townships)):
        above = (COUNTY, (code[:9], townships[code[:9]].name))
        yield DivisionRecord(SHEET, row, code, code, name, "community", code[:9], above)


def grid_records(county: DemoCounty) -> Iterator[Record]:
    """The three tiers, the largest areas first."""
    tiers = ("zone", "community", "basic")
    grids = sorted((g for g in county.grids if g.tier in tiers), key=lambda g: (tiers.index(g.tier), g.code))
    held = {g.code: [c.code for c in county.grids if c.tier == "community" and c.parent == g.code] for g in grids}
    for row, grid in enumerate(grids, start=2):
        members = held[grid.code] if grid.tier == "zone" else [grid.code, *(code for code, _ in grid.takes_in)]
        yield GridRecord(
            sheet=SHEET,
            row=row,
            identity=grid.code,
            code=grid.code,
            name=grid.name,
            tier=grid.tier,
            parent=grid.parent,
            special=grid.kind == "special",
            worker=grid.worker,
            phone=grid.phone,
            members=tuple(members) if grid.tier != "basic" else (),
            boundary=_boundary(grid),
            extra={"schematic": "true"},
        )


def _boundary(grid: DemoGrid) -> Boundary:
    shape = grid.geometry
    whole = shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape
    return Boundary(whole.wkb, "wgs84")
