"""Counts per area and per box of 今日必办.

Counts that do not depend on the time come from :mod:`gridclient.store.standing`; overdue and due soon are counted here,
over the cases that have a deadline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from gridclient.domain.frozen import frozen
from gridclient.services.rows import Box, GridFigures
from gridclient.store.areas import Areas
from gridclient.store.columns import Column, Table
from gridclient.store.driver import Connection
from gridclient.store.filters import Moment, in_time_box, inside_area
from gridclient.store.standing import ALL_OPEN, PLACES, TIMED, Counts, Standing

_STANDING: Final = "standing"
_TOLD: Final = "told figures"


@frozen
class _Due:
    """The cases that have a deadline: ``due`` is the deadline in seconds, ``grid`` the label number of the grid."""

    due: Column
    grid: Column


@frozen
class _Told:
    """The last result of :func:`figures`, with the counts that it was made from."""

    standing: Standing
    sums: Counts
    figures: dict[str, GridFigures]


def figures(connection: Connection, table: Table, moment: Moment) -> Mapping[str, GridFigures]:
    """Counts of every area that is in force or ever had a case, by code; ``""`` is the whole store."""
    standing, sums = _counted(connection, table, moment)
    areas, told = standing.nesting.areas, table.carried.get(_TOLD)
    if isinstance(told, _Told) and told.standing is standing:  # only areas that changed: all of them took twice as long
        made, changed = dict(told.figures), np.flatnonzero((sums != told.sums).any(axis=1))
    else:
        made, changed = {}, np.arange(len(areas))
    made |= {areas[place]: _figures(row) for place, row in zip(changed.tolist(), sums[changed].tolist(), strict=True)}
    table.carried[_TOLD] = _Told(standing, sums, made)
    return made


def open_and_overdue(connection: Connection, table: Table, moment: Moment) -> Mapping[str, tuple[int, int]]:
    """The numbers of open and of overdue cases by area, for areas that have an open case."""
    standing, sums = _counted(connection, table, moment)
    pairs = sums[:, [ALL_OPEN, PLACES[Box.OVERDUE]]].tolist()
    return {area: (n, late) for area, (n, late) in zip(standing.nesting.areas, pairs, strict=True) if n}


def box_counts(connection: Connection, table: Table, moment: Moment, area: str) -> Mapping[Box, int]:
    """The counts of the boxes of one area; ``area`` ``""`` is the whole store."""
    standing = _standing(connection, table, moment.areas)
    place = standing.place_of.get(area)
    row = [0] * (ALL_OPEN + 1) if place is None else standing.sums[place].tolist()
    due, inside = _due(table), inside_area(table, area, moment.areas)
    for box in TIMED:
        row[PLACES[box]] = int(np.count_nonzero(inside.take(due.grid[in_time_box(due.due, box, moment)])))
    return _figures(row).boxes


def _counted(connection: Connection, table: Table, moment: Moment) -> tuple[Standing, Counts]:
    """The areas, and a copy of their counts in which overdue and due soon are filled in."""
    standing, due = _standing(connection, table, moment.areas), _due(table)
    sums, nesting = standing.sums.copy(), standing.nesting
    for box in TIMED:
        by_label = np.bincount(due.grid[in_time_box(due.due, box, moment)], minlength=len(table.codes))
        late = by_label[standing.labels][nesting.below]
        sums[:, PLACES[box]] = np.bincount(nesting.above, weights=late, minlength=len(nesting.areas))
    return standing, sums


def _due(table: Table) -> _Due:
    def gathered() -> _Due:
        places = table.with_due()
        return _Due(table.due[places], table.grid[places])

    return table.once("due", gathered)


def _standing(connection: Connection, table: Table, areas: Areas) -> Standing:
    held = table.carried.get(_STANDING)
    if not isinstance(held, Standing) or not held.follows(table, areas):
        held = table.carried[_STANDING] = Standing(connection, table, areas)
    return held


def _figures(row: Sequence[int]) -> GridFigures:
    boxes = {box: row[place] for box, place in PLACES.items()}
    return GridFigures(row[ALL_OPEN], boxes[Box.OVERDUE], boxes)
