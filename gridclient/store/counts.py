"""Figures of areas and boxes: what the transaction counted, and what the time of day makes of the open cases.

What does not depend on the time is added up once in each state of the store; the time is asked of the cases that have
a deadline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.case import OPEN_STATES, CaseState
from gridclient.services.rows import Box, GridFigures
from gridclient.store.areas import Areas, Nesting
from gridclient.store.columns import Column, Mask, Table
from gridclient.store.driver import Connection
from gridclient.store.filters import Moment, inside_area
from gridclient.store.packs import LabelKind
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
"""One row an area: the tally's columns, the timed boxes, all open cases."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands in one state of the store: the areas with their counts, the timed boxes still empty.

    ``labels`` are the numbers of the labels of ``nesting.grids``.
    """

    nesting: Nesting
    labels: NDArray[np.intp]
    sums: Counts
    place_of: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Due:
    """The cases that have a deadline: when, and the label of their grid."""

    due: Column
    grid: Column

    def inside(self, box: Box, moment: Moment) -> Mask:
        """Those in a box that depends on the time."""
        mask: Mask = self.due < moment.now
        if box is Box.DUE_SOON:
            mask = ~mask & (self.due <= moment.soon)
        return mask


def figures(connection: Connection, table: Table, moment: Moment) -> Mapping[str, GridFigures]:
    """Figures of every area that has a grid of the list or a case; ``""`` holds the whole store."""
    standing, sums = _counted(connection, table, moment)
    return {area: _figures(row) for area, row in zip(standing.nesting.areas, sums.tolist(), strict=True)}


def open_and_overdue(connection: Connection, table: Table, moment: Moment) -> Mapping[str, tuple[int, int]]:
    """The two of them alone, for the areas that have an open case."""
    standing, sums = _counted(connection, table, moment)
    pairs = sums[:, [_ALL_OPEN, _OVERDUE]].tolist()
    return {area: (n, late) for area, (n, late) in zip(standing.nesting.areas, pairs, strict=True) if n}


def box_counts(connection: Connection, table: Table, moment: Moment, area: str) -> Mapping[Box, int]:
    """The boxes of one area; ``""`` is the whole store."""
    standing = _standing(connection, table, moment.areas)
    place = standing.place_of.get(area)
    row = [0] * (_ALL_OPEN + 1) if place is None else standing.sums[place].tolist()
    due, inside = _due(table), inside_area(table, area, moment.areas)
    if not area:
        inside = np.ones_like(inside)
    for box in _TIMED:
        row[_PLACES[box]] = int(np.count_nonzero(inside.take(due.grid[due.inside(box, moment)])))
    return _figures(row).boxes


def _counted(connection: Connection, table: Table, moment: Moment) -> tuple[_Standing, Counts]:
    """The areas and all their counts. A case that is due stands in a tally too."""
    standing, due = _standing(connection, table, moment.areas), _due(table)
    sums, nesting = standing.sums.copy(), standing.nesting
    for box in _TIMED:
        by_label = np.bincount(due.grid[due.inside(box, moment)], minlength=len(table.codes))
        late = by_label[standing.labels][nesting.below]
        sums[:, _PLACES[box]] = np.bincount(nesting.above, weights=late, minlength=len(nesting.areas))
    return standing, sums


def _due(table: Table) -> _Due:
    def gathered() -> _Due:
        places = table.with_due()
        return _Due(table.due[places], table.grid[places])

    return table.once("due", gathered)


def _standing(connection: Connection, table: Table, areas: Areas) -> _Standing:
    def added() -> _Standing:
        rows = [row for row in tally_rows(connection) if any(row[1:])]
        counts: Counts = np.zeros((len(rows), _ALL_OPEN + 1), dtype=np.int64)
        if rows:
            counts[:, : len(TALLY_COLUMNS)] = [row[1:] for row in rows]
            counts[:, _ALL_OPEN] = counts[:, _OPEN].sum(axis=1)
        nesting = areas.nesting(tuple(row[0] for row in rows))
        sums: Counts = np.zeros((len(nesting.areas), _ALL_OPEN + 1), dtype=np.int64)
        np.add.at(sums, nesting.above, counts[nesting.below])
        numbers = {code: no for no, code in table.labels(LabelKind.GRID)}  # 0 is that of the cases without a grid
        labels = np.array([numbers.get(grid, 0) for grid in nesting.grids], dtype=np.intp)
        return _Standing(nesting, labels, sums, {area: place for place, area in enumerate(nesting.areas)})

    return table.once(("figures", areas), added)


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
