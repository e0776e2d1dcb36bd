"""Figures of areas and boxes: what the transaction counted, and what the time of day makes of the open cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.case import OPEN_STATES, CaseState
from gridclient.services.rows import Box, GridFigures
from gridclient.store.columns import Table
from gridclient.store.driver import Connection
from gridclient.store.filters import Moment, box_test
from gridclient.store.schema import TALLY_COLUMNS
from gridclient.store.tally import tally_rows

_TIMED: Final = (Box.OVERDUE, Box.DUE_SOON)
_OPEN: Final = [TALLY_COLUMNS.index(state.value) for state in CaseState if state in OPEN_STATES]
_PLACES: Final = {box: TALLY_COLUMNS.index(box.value) for box in Box if box not in _TIMED} | {
    box: len(TALLY_COLUMNS) + place for place, box in enumerate(_TIMED)
}
_ALL_OPEN: Final = len(TALLY_COLUMNS) + len(_TIMED)
"""Where the open cases stand in a row of counts, behind the tally's columns and the timed boxes."""
_ORDER: Final = [(box, _PLACES[box]) for box in Box]

Counts = NDArray[np.int64]
"""One row a grid: the tally's columns, the timed boxes, all open cases."""


def figures(connection: Connection, table: Table, moment: Moment) -> Mapping[str, GridFigures]:
    """Figures of every area that has a grid of the list or a case; ``""`` holds the whole store."""
    grids, counts = _grid_counts(connection, table, moment)
    nesting = moment.areas.nesting(grids)
    sums: Counts = np.zeros((len(nesting.areas), counts.shape[1]), dtype=np.int64)
    np.add.at(sums, nesting.above, counts[nesting.below])
    return {area: _figures(row) for area, row in zip(nesting.areas, sums.tolist(), strict=True)}


def box_counts(connection: Connection, table: Table, moment: Moment, area: str) -> Mapping[Box, int]:
    """The boxes of one area; ``""`` is the whole store."""
    grids, counts = _grid_counts(connection, table, moment)
    inside = [place for place, grid in enumerate(grids) if area in moment.areas.above(grid)]
    return _figures(counts[inside].sum(axis=0).tolist()).boxes


def _grid_counts(connection: Connection, table: Table, moment: Moment) -> tuple[tuple[str, ...], Counts]:
    """The grids that cases name, and their counts. A case that is due stands in a tally too."""
    rows = tally_rows(connection)
    grids = tuple(row[0] for row in rows)
    counts: Counts = np.zeros((len(rows), _ALL_OPEN + 1), dtype=np.int64)
    if rows:
        counts[:, : len(TALLY_COLUMNS)] = [row[1:] for row in rows]
        counts[:, _ALL_OPEN] = counts[:, _OPEN].sum(axis=1)
    for box in _TIMED:
        timed = _timed(table, box, moment)
        counts[:, _PLACES[box]] = [timed.get(grid, 0) for grid in grids]
    return grids, counts


def _timed(table: Table, box: Box, moment: Moment) -> Mapping[str, int]:
    """How many cases of each grid lie in a box that depends on the time."""
    counted = np.bincount(table.grid[np.flatnonzero(box_test(table, box, moment)(slice(None)))], minlength=1)
    return {table.codes[no]: int(counted[no]) for no in np.flatnonzero(counted).tolist()}


def _figures(row: list[int]) -> GridFigures:
    boxes = {box: row[place] for box, place in _ORDER}
    return GridFigures(row[_ALL_OPEN], boxes[Box.OVERDUE], boxes)
