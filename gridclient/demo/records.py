"""The demo county as the records that an import brings, so that it takes the same way into the store as real files."""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from gridclient.demo.county import DemoCounty
from gridclient.demo.places import COUNTY_CODE, COUNTY_NAME
from gridclient.demo.shapes import DemoGrid
from gridclient.demo.standards import DemoStandard
from gridclient.demo.units import DemoUnit
from gridclient.domain.limits import format_limit, parse_limit
from gridclient.services.import_records import Boundary, DivisionRecord, GridRecord, Record, StandardRecord, UnitRecord

SHEET = "演示"
COUNTY = (COUNTY_CODE, COUNTY_NAME)
LIST = "演示立案结案标准"


def division_records(county: DemoCounty) -> Iterator[Record]:
    """The county's townships with their drawn outlines, and every community by its official code."""
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
    """The three tiers, from the largest."""
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


def unit_records(county: DemoCounty) -> Iterator[Record]:
    """The units with what they serve."""
    return (_unit(row, unit) for row, unit in enumerate(county.units, start=2))


def standard_records(county: DemoCounty) -> Iterator[Record]:
    """The filing conditions."""
    return (_standard(row, standard) for row, standard in enumerate(county.standards, start=2))


def _boundary(grid: DemoGrid) -> Boundary:
    shape = grid.geometry
    whole = shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape
    return Boundary(whole.wkb, shape.bounds, "wgs84")


def _unit(row: int, unit: DemoUnit) -> UnitRecord:
    return UnitRecord(
        sheet=SHEET,
        row=row,
        identity=unit.code,
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        status=unit.status,
        aliases=unit.aliases,
        parent=unit.parent,
        township=unit.township,
        leader=unit.leader,
        phone=unit.telephone,
        people=tuple(person.name for person in unit.people),
        fields=unit.fields,
        grids=unit.serves,
        address=unit.address,
        lon=unit.lon,
        lat=unit.lat,
    )


def _standard(row: int, standard: DemoStandard) -> StandardRecord:
    return StandardRecord(
        sheet=SHEET,
        row=row,
        identity=standard.code,
        code=standard.code,
        kind=standard.kind,
        big_code=standard.big_code,
        big_name=standard.big_class,
        small_code=standard.small_code,
        small_name=standard.small_class,
        filing_condition=standard.filing_condition,
        closing_condition=standard.closing_condition,
        limit_text=standard.limit_text,
        limit=format_limit(parse_limit(standard.limit_text)),
        handling_unit="、".join(standard.units),
        cooperating_unit="、".join(standard.cooperating),
    )
