"""Checks of units that need the other units or areas: the parent unit, and the areas served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gridclient.services.import_findings import RefusedRow, RowFinding
from gridclient.services.import_records import UnitRecord
from gridclient.store.driver import Connection
from gridclient.store.grid_checks import Known


def check_parents(
    connection: Connection, units: Sequence[UnitRecord]
) -> tuple[list[UnitRecord], list[RefusedRow], list[RowFinding]]:
    """Returns the good units, refusals of those that would be above themselves, and remarks on unknown parents."""
    stored = connection.execute("select code, name, parent from units").fetchall() if units else []
    codes = {name: code for code, name, _ in stored} | {unit.name: unit.code for unit in units}
    above = {code: parent for code, _, parent in stored}
    above |= {unit.code: codes.get(unit.parent, unit.parent) for unit in units if unit.parent}
    rings = {unit.code for unit in units if unit.parent and _stands_above_itself(unit.code, above)}
    good = [unit for unit in units if unit.code not in rings]
    there = {code for code, *_ in stored} | {unit.code for unit in good}
    refused = [
        RefusedRow(unit.sheet, unit.row, "parent", "unit.parent_ring", {"text": unit.parent})
        for unit in units
        if unit.code in rings
    ]
    unknown = [
        RowFinding(unit.sheet, unit.row, "parent", "unit.parent_unknown", {"text": unit.parent})
        for unit in good
        if unit.parent and above[unit.code] not in there
    ]
    return good, refused, unknown


def _stands_above_itself(code: str, above: dict[str, str]) -> bool:
    passed, step = {code}, above.get(code, "")
    while step and step not in passed:
        passed.add(step)
        step = above.get(step, "")
    return step == code


def unknown_areas(units: Iterable[UnitRecord], known: Known) -> Iterable[RowFinding]:
    """Remarks on units that serve an area which the store does not have (yet)."""
    for unit in units:
        told = (code for code in unit.grids if not (len(code) == 6 and code.isdecimal()))  # counties need no grid
        unknown = [code for code in told if not known.has_area(code)]
        if unknown:
            yield RowFinding(unit.sheet, unit.row, "grids", "unit.area_unknown", {"areas": "、".join(unknown)})
