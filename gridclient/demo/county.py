"""The demo county as a whole: grids, units, filing conditions, lists."""

from __future__ import annotations

from gridclient.demo.shapes import DemoGrid, read_geojson
from gridclient.demo.standards import DemoLists, DemoStandard, read_lists, read_standards
from gridclient.demo.units import demo_units
from gridclient.domain.frozen import frozen
from gridclient.services.import_records import UnitRecord


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
