"""Who gets a case of the demo: the units that a filing condition names, if they serve the case's grid."""

from __future__ import annotations

from collections.abc import Sequence

from gridclient.demo.places import COUNTY_CODE
from gridclient.demo.shapes import DemoGrid
from gridclient.demo.standards import DemoStandard
from gridclient.domain.frozen import frozen
from gridclient.services.import_records import UnitRecord


@frozen
class Assignees:
    """Codes of units: the lead, the cooperating ones, and those of them that are departments of the county."""

    lead: str
    cooperating: tuple[str, ...]
    departments: tuple[str, ...]


class Directory:
    """Finds the unit that has a name in an area."""

    def __init__(self, grids: Sequence[DemoGrid], units: Sequence[UnitRecord]) -> None:
        self._parents = {grid.code: grid.parent for grid in grids}
        self._departments = {unit.code for unit in units if unit.kind == "department"}
        self._units = {
            (name, area): unit.code
            for unit in units
            if unit.status != "inactive"
            for name in (unit.code, unit.name, *unit.aliases, *unit.fields)
            for area in unit.grids
        }

    def assignees(self, standard: DemoStandard, grid: str) -> Assignees | None:
        """The lead and the cooperating units for a condition in a grid; ``None`` if no unit that it names serves
        there."""
        areas = self._areas(grid)
        leads = self._found(standard.units, areas)
        if not leads:
            return None
        others = tuple(code for code in self._found(standard.cooperating, areas) if code != leads[0])
        return Assignees(leads[0], others, tuple(code for code in others if code in self._departments))

    def _areas(self, grid: str) -> list[str]:
        areas = []
        area = grid
        while area:
            areas.append(area)
            area = self._parents.get(area, "")
        return areas if COUNTY_CODE in areas else [*areas, COUNTY_CODE]

    def _found(self, wanted: Sequence[str], areas: Sequence[str]) -> list[str]:
        found = []
        for name in wanted:
            code = next((self._units[name, area] for area in areas if (name, area) in self._units), None)
            if code is not None and code not in found:
                found.append(code)
        return found
