"""Counts of all areas, except those that depend on the time of day, kept up to date from one write to the next.

They are first read from the tallies (:mod:`gridclient.store.tally`). After a write only the cases in changed blobs are
counted anew, so that figures are as quick right after a write as otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.case import OPEN_STATES, CaseState
from gridclient.services.rows import Box
from gridclient.store.areas import Areas
from gridclient.store.columns import Column, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import ROWS, Flag, LabelKind
from gridclient.store.schema import TALLY_COLUMNS, TALLY_FLAGS
from gridclient.store.tally import tally_rows

TIMED: Final = (Box.OVERDUE, Box.DUE_SOON)
PLACES: Final = {box: (*TALLY_COLUMNS, *TIMED).index(box.value) for box in Box}
"""Column of each box in a row of :data:`Counts`: the tally's columns, then the timed boxes."""
ALL_OPEN: Final = len(TALLY_COLUMNS) + len(TIMED)
"""Column of the number of open cases, the last one."""
_OPEN: Final = [TALLY_COLUMNS.index(state.value) for state in CaseState if state in OPEN_STATES]
_FLAGS: Final = [(Flag[flag.upper()], TALLY_COLUMNS.index(flag)) for flag in TALLY_FLAGS]
_MOST_BLOBS: Final = 512
"""If more blobs changed, reading the tallies again is quicker."""

Counts = NDArray[np.int64]
"""One row an area: the tally's columns, the timed boxes, all open cases."""


class Standing:
    """The counts: ``sums`` has one row per area of ``nesting.areas``; its timed boxes stay 0.

    ``labels`` are the label numbers of ``nesting.grids``.
    """

    def __init__(self, connection: Connection, table: Table, areas: Areas) -> None:
        known = [(0, ""), *table.labels(LabelKind.GRID)]
        self.labels: NDArray[np.intp] = np.array([no for no, _ in known], dtype=np.intp)
        self.nesting = areas.nesting(tuple(code for _, code in known))
        self.place_of = {area: place for place, area in enumerate(self.nesting.areas)}
        self.sums: Counts = np.zeros((len(self.nesting.areas), ALL_OPEN + 1), dtype=np.int64)
        self._areas = areas
        self._stamp = table.stamp
        self._codes = len(table.codes)
        self._cells = _cells(table, 0, table.size)
        self._add_up(tally_rows(connection))

    def follows(self, table: Table, areas: Areas) -> bool:
        """Brings the counts to the table's state; ``False`` if they must be made anew (too much has changed)."""
        if areas is not self._areas or len(table.codes) != self._codes:
            return False
        if table.stamp != self._stamp:
            chunks = table.answers.chunks_since(self._stamp)
            if chunks is None or len(chunks) > _MOST_BLOBS:
                return False
            self._grow(table.size)
            for chunk in chunks.tolist():
                self._take(table, chunk * ROWS, (chunk + 1) * ROWS)
            self._stamp = table.stamp
        return True

    def _add_up(self, rows: Sequence[tuple[Any, ...]]) -> None:
        place_of = {grid: place for place, grid in enumerate(self.nesting.grids)}
        rows = [row for row in rows if row[0] in place_of]  # others have had no case
        counts: Counts = np.zeros((len(place_of), ALL_OPEN + 1), dtype=np.int64)
        if rows:
            counts[[place_of[row[0]] for row in rows], : len(TALLY_COLUMNS)] = [row[1:] for row in rows]
            counts[:, ALL_OPEN] = counts[:, _OPEN].sum(axis=1)
        np.add.at(self.sums, self.nesting.above, counts[self.nesting.below])

    def _grow(self, size: int) -> None:
        if size > len(self._cells):
            self._cells = np.concatenate((self._cells, np.zeros(size - len(self._cells), self._cells.dtype)))

    def _take(self, table: Table, first: int, end: int) -> None:
        old, new = self._cells[first:end], _cells(table, first, end)
        changed = old != new
        for cells, sign in ((old[changed], -1), (new[changed], 1)):
            for cell, count in zip(*np.unique(cells[cells != 0], return_counts=True), strict=True):
                grid, counted = _of_cell(int(cell))
                self.sums[self._above(table.codes[grid])] += sign * count * counted
        self._cells[first:end] = new

    def _above(self, grid: str) -> list[int]:
        return [self.place_of[area] for area in self._areas.above(grid)]


def _cells(table: Table, first: int, end: int) -> Column:
    """What the counts depend on (grid, state, flags), packed into one number per case; 0 means no case."""
    cells: Column = table.grid[first:end].astype(np.uint32)
    cells <<= 8
    cells |= table.state[first:end]
    cells <<= 8
    cells |= table.flags[first:end]
    cells[table.state[first:end] == 0] = 0
    return cells


def _of_cell(cell: int) -> tuple[int, Counts]:
    """The inverse: the grid's label number, and the row of counts of one such case."""
    counts: Counts = np.zeros(ALL_OPEN + 1, dtype=np.int64)
    state = (cell >> 8 & 0xFF) - 1  # states are numbered as in TALLY_COLUMNS
    counts[state] = 1
    counts[ALL_OPEN] = int(state in _OPEN)
    for flag, place in _FLAGS:
        counts[place] = int(bool(cell & flag))
    return cell >> 16, counts
