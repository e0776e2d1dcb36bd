"""Figures of areas and boxes: what the transaction counted, and what the time of day makes of the open cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from gridclient.services.rows import Box, GridFigures
from gridclient.store.columns import Table
from gridclient.store.driver import Connection
from gridclient.store.filters import Moment, box_test
from gridclient.store.tally import open_count, read_tallies

_OPEN: Final = "open"
_COUNTED: Final = (
    Box.REPORTED, Box.FILED, Box.DISPATCHED, Box.RETURNED, Box.HANDLED, Box.CONSULTATION, Box.CONFLICT, Box.PENDING,
)  # fmt: skip
_TIMED: Final = (Box.OVERDUE, Box.DUE_SOON)

Sums = dict[str, dict[str, int]]


def figures(connection: Connection, table: Table, moment: Moment) -> Mapping[str, GridFigures]:
    """Figures of every area that has a grid of the list or a case; ``""`` holds the whole store."""
    sums = area_sums(connection, table, moment)
    return {area: _figures(counts) for area, counts in sums.items()}


def area_sums(connection: Connection, table: Table, moment: Moment) -> Sums:
    """Counts by area and box (and ``open``), each grid's added to all areas above it."""
    of_grids: Sums = {}
    for grid, tally in read_tallies(connection).items():
        counts = of_grids[grid] = {box.value: tally[box.value] for box in _COUNTED}
        counts[_OPEN] = open_count(tally)
    for box in _TIMED:
        for grid, count in _timed(table, box, moment):
            of_grids.setdefault(grid, {})[box.value] = count
    sums: Sums = {"": {}, **{code: {} for code in moment.areas.known.grids}}
    for grid, counts in of_grids.items():
        for area in moment.areas.above(grid):
            total = sums.setdefault(area, {})
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
    return sums


def _timed(table: Table, box: Box, moment: Moment) -> Iterable[tuple[str, int]]:
    """How many cases of each grid lie in a box that depends on the time."""
    grids = table.grid[np.flatnonzero(box_test(table, box, moment)(slice(None)))]
    counted = np.bincount(grids, minlength=1)
    return [(table.codes[no], int(counted[no])) for no in np.flatnonzero(counted).tolist()]


def _figures(counts: Mapping[str, int]) -> GridFigures:
    boxes = {box: counts.get(box.value, 0) for box in Box}
    return GridFigures(open=counts.get(_OPEN, 0), overdue=boxes[Box.OVERDUE], boxes=boxes)
