"""Figures of areas and boxes: what the transaction counted, and what the time of day makes of the open cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
_OVERDUE: Final = _PLACES[Box.OVERDUE]

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
    rows = [row for row in tally_rows(connection) if any(row[1:])]
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
    places = table.with_due()
    counted = np.bincount(table.grid[places[box_test(table, box, moment)(places)]], minlength=1)
    return {table.codes[no]: int(counted[no]) for no in np.flatnonzero(counted).tolist()}


class _Boxes(Mapping[Box, int]):
    """The boxes of one row of counts; a thousand areas need not be written out for the few that are looked at."""

    __slots__ = ("_row",)

    def __init__(self, row: Sequence[int]) -> None:
        self._row = row

    def __getitem__(self, box: Box) -> int:
        return self._row[_PLACES[box]]

    def __iter__(self) -> Iterator[Box]:
        return iter(Box)

    def __len__(self) -> int:
        return len(Box)


def _figures(row: Sequence[int]) -> GridFigures:
    return GridFigures(row[_ALL_OPEN], row[_OVERDUE], _Boxes(row))
