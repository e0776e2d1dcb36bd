"""The demo county put together: grids, units, filing conditions, lists."""

from __future__ import annotations

from dataclasses import dataclass

from gridclient.demo.layout import CountyPlan
from gridclient.demo.shapes import DemoGrid, draw_county, read_geojson
from gridclient.demo.standards import DemoLists, DemoStandard, read_lists, read_standards
from gridclient.demo.units import DemoUnit, demo_units


@dataclass(frozen=True, slots=True)
class DemoCounty:
    """All that a desk of the demo county knows before its first case."""

    grids: tuple[DemoGrid, ...]
    units: tuple[DemoUnit, ...]
    standards: tuple[DemoStandard, ...]
    lists: DemoLists


def demo_county(plan: CountyPlan | None = None) -> DemoCounty:
    """The shipped county; with a plan one drawn now (some seconds), such as that of 1,401 basic grids."""
    grids = read_geojson() if plan is None else draw_county(plan)
    return DemoCounty(grids, demo_units(grids), read_standards(), read_lists())
