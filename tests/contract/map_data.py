"""What every ``MapData`` must give, whatever holds the data: called by the tests of the fake and of the store."""

from __future__ import annotations

import json
from itertools import accumulate

from gridclient.services.map_port import MAX_CELLS, MAX_UNITS, Bounds, MapData
from gridclient.services.rows import CaseFilter

TIERS = {"township", "zone", "community", "basic", "special"}
PROPERTIES = {"code", "name", "tier", "parent", "worker", "schematic"}


def check_outlines(data: MapData) -> set[str]:
    """Areas of closed rings on the earth with the promised properties; returns the codes."""
    areas = json.loads(data.outlines().decode("utf-8"))["areas"]
    codes = [area["code"] for area in areas]
    assert len(codes) == len(set(codes))
    for area in areas:
        assert area.keys() >= PROPERTIES
        assert area["tier"] in TIERS
        assert isinstance(area["code"], str)
        assert area["rings"]
        west, south, east, north = area["box"]
        for ring in area["rings"]:
            numbers = [int(number) for number in ring.split(" ")]
            assert len(numbers) >= 8
            lons, lats = ([millionths / 1e6 for millionths in accumulate(numbers[axis::2])] for axis in (0, 1))
            assert (lons[0], lats[0]) == (lons[-1], lats[-1])
            assert west <= min(lons) < max(lons) <= east
            assert south <= min(lats) < max(lats) <= north
    return set(codes)


def check_figures(data: MapData) -> None:
    """Counts belong to known grids, and the overdue are among the open."""
    codes, figures = check_outlines(data), data.figures()
    assert figures.keys() <= codes
    assert all(0 <= overdue <= count for count, overdue in figures.values())


def check_cells(data: MapData, bounds: Bounds, expected: int) -> None:
    """At every zoom: few cells, each in or near the box, all cases counted once, one id for one case."""
    wide, high = bounds.east - bounds.west, bounds.north - bounds.south
    for zoom in range(5, 20):
        cells = data.cells(bounds, zoom, CaseFilter())
        assert len(cells) <= MAX_CELLS
        assert sum(cell[0] for cell in cells) == expected
        for count, lon, lat, overdue, case_id in cells:
            assert bounds.west - wide <= lon <= bounds.east + wide
            assert bounds.south - high <= lat <= bounds.north + high
            assert 0 <= overdue <= count
            assert (case_id is not None) == (count == 1)


def check_units(data: MapData, bounds: Bounds) -> None:
    """Six fields a unit, inside the box, not more than allowed."""
    units = data.units(bounds)
    assert len(units) <= MAX_UNITS
    for code, lon, lat, name, kind, status in units:
        assert bounds.west <= lon <= bounds.east
        assert bounds.south <= lat <= bounds.north
        assert all(isinstance(text, str) for text in (code, name, kind, status))
