"""What the map asks of the store: outlines, figures, cells of cases, units. Implements ``services.map_port.MapData``.

Cases come from the columns in memory, so that any filter costs the same few milliseconds; the file is asked only for
the keys of single cases.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.codes import township_of
from gridclient.domain.geometry import MERCATOR_BITS, mercator_cell
from gridclient.services.map_cells import cell_level
from gridclient.services.map_port import MAX_CELLS, MAX_UNITS, Bounds, Cell, Figures, UnitMark
from gridclient.services.ports import Clock
from gridclient.services.rows import Box, CaseFilter
from gridclient.store.columns import Columns, Places, Table
from gridclient.store.counts import open_and_overdue
from gridclient.store.driver import Connection
from gridclient.store.filters import Moment, in_time_box, moment_of, selected
from gridclient.store.log import subject_text
from gridclient.store.outlines import collection
from gridclient.store.reference import Snapshot, SqliteReference
from gridclient.store.tables import AMONG, listed

SINGLE_CASES_FROM: Final = 17
"""The zoom from which cases are shown one by one where they are few."""
_DUTY_ORDER: Final = ("on_duty", "out")

Groups = NDArray[np.intp]


class SqliteMapData:
    """Safe to use from any thread; each answer shows one state of the store."""

    def __init__(self, columns: Columns, reference: SqliteReference, clock: Clock) -> None:
        self._columns = columns
        self._reference = reference
        self._clock = clock
        self._drawing = threading.Lock()
        self._drawn: tuple[Snapshot, bytes, frozenset[str]] | None = None

    def outlines(self) -> bytes:
        """See the port; computed once per change of the reference data."""
        return self._outlines()[1]

    def figures(self) -> Mapping[str, Figures]:
        """See the port; only for areas that :meth:`outlines` contains."""
        drawn = self._outlines()[2]
        with self._columns.at(only_open=True) as (connection, table):
            found = open_and_overdue(connection, table, self._moment())
        return {code: counts for code, counts in found.items() if code in drawn}

    def home(self) -> str:
        own = self._reference.setting("township")
        with self._columns.at(only_open=True) as (connection, table):
            found = open_and_overdue(connection, table, self._moment())  # without drawing any outline
        worked = {township_of(code) for code in found} - {""}
        return own if worked <= {own} else ""

    def cells(self, bounds: Bounds, zoom: int, cases: CaseFilter) -> Sequence[Cell]:
        """See the port. A cell's point is the mean of its cases' points, exact to 15 cm."""
        box = _common(bounds, cases.bounds)
        if box is None:
            return []
        chosen = replace(cases, only_open=True, bounds=(box.west, box.south, box.east, box.north))
        with self._columns.at(only_open=True) as (connection, table):
            moment = self._moment()
            places = selected(connection, table, chosen, moment).places()
            if not len(places):
                return []
            groups = _groups(table, places, bounds, zoom)
            return _cells(connection, table, places, groups, moment)

    def units(self, bounds: Bounds) -> Sequence[UnitMark]:
        marks = [
            (unit.code, unit.lon, unit.lat, unit.name, unit.kind, unit.status)
            for unit in self._reference.units()
            if unit.lon is not None
            and unit.lat is not None
            and bounds.west <= unit.lon <= bounds.east
            and bounds.south <= unit.lat <= bounds.north
        ]
        return sorted(marks, key=_duty)[:MAX_UNITS]

    def _outlines(self) -> tuple[Snapshot, bytes, frozenset[str]]:
        snapshot = self._reference.snapshot()
        with self._drawing:
            if self._drawn is None or self._drawn[0] is not snapshot:
                boundaries = snapshot.boundaries()
                shown = {code: row for code, row in snapshot.grids.items() if row.tier != "county"}
                drawn = frozenset(code for code in boundaries if code in shown)
                self._drawn = (snapshot, collection(shown, boundaries), drawn)
            return self._drawn

    def _moment(self) -> Moment:
        return moment_of(self._reference.areas(), self._clock.now())


def _duty(mark: UnitMark) -> tuple[int, str]:
    status = mark[5]
    return (_DUTY_ORDER.index(status) if status in _DUTY_ORDER else len(_DUTY_ORDER), mark[0])


def _common(bounds: Bounds, chosen: tuple[float, float, float, float] | None) -> Bounds | None:
    """The box in which the viewport and the filter's own box (drawn by hand) overlap; ``None`` if they do not."""
    if chosen is None:
        return bounds
    west, south = max(bounds.west, chosen[0]), max(bounds.south, chosen[1])
    east, north = min(bounds.east, chosen[2]), min(bounds.north, chosen[3])
    return Bounds(west, south, east, north) if west <= east and south <= north else None


def _groups(table: Table, places: Places, bounds: Bounds, zoom: int) -> Groups:
    """The number of each case's cell, counted from 0."""
    x, y = table.x[places].astype(np.int64), table.y[places].astype(np.int64)
    if zoom >= SINGLE_CASES_FROM:
        spots, numbers = np.unique(x << MERCATOR_BITS | y, return_inverse=True)
        if len(spots) <= MAX_CELLS:
            return np.asarray(numbers, dtype=np.intp)
    down = MERCATOR_BITS - cell_level(bounds, zoom)
    left, top = mercator_cell(bounds.west, bounds.north)
    right, _ = mercator_cell(bounds.east, bounds.south)
    across = (right >> down) - (left >> down) + 1
    return np.asarray(((y >> down) - (top >> down)) * across + (x >> down) - (left >> down), dtype=np.intp)


def _cells(connection: Connection, table: Table, places: Places, groups: Groups, moment: Moment) -> list[Cell]:
    counts = np.bincount(groups)
    filled = np.flatnonzero(counts)
    overdue = np.bincount(groups, weights=in_time_box(table.due[places], Box.OVERDUE, moment))[filled]
    lons, lats = _degrees(
        np.bincount(groups, weights=table.x[places])[filled] / counts[filled],
        np.bincount(groups, weights=table.y[places])[filled] / counts[filled],
    )
    first = np.zeros(len(counts), dtype=np.intp)
    first[groups] = places
    of_one = first[filled]
    ids = _ids(connection, of_one[counts[filled] == 1])
    rows = zip(counts[filled].tolist(), lons, lats, overdue.tolist(), of_one.tolist(), strict=True)
    return [(n, lon, lat, int(late), ids[place + 1] if n == 1 else None) for n, lon, lat, late, place in rows]


def _ids(connection: Connection, places: Places) -> dict[int, str]:
    """Keys of cases by their numbers."""
    rows = connection.execute(f"SELECT no, id FROM cases WHERE no IN {AMONG}", (listed((places + 1).tolist()),))
    return {no: subject_text(key) for no, key in rows}


def _degrees(x: NDArray[Any], y: NDArray[Any]) -> tuple[list[float], list[float]]:
    """Centres of web mercator cells (level 28) in degrees, exact to about 2 cm."""
    size = float(1 << MERCATOR_BITS)
    lons = (x + 0.5) / size * 360.0 - 180.0
    lats = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * (y + 0.5) / size))))
    return np.round(lons, 7).tolist(), np.round(lats, 7).tolist()
