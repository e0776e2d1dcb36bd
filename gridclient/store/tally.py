"""Counts kept in tables by the transactions that change cases: per grid by state and flag, per unit the cases in hand.

Overdue and due soon depend on the time and are counted when read (:mod:`gridclient.store.counts`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gridclient.store.driver import Connection
from gridclient.store.schema import TALLY_COLUMNS, TALLY_FLAGS
from gridclient.store.tables import CaseTableRow, PartRow

_ADD: Final = (
    f"INSERT INTO tallies(grid, {', '.join(TALLY_COLUMNS)}) VALUES (?{', ?' * len(TALLY_COLUMNS)}) "
    f"ON CONFLICT(grid) DO UPDATE SET {', '.join(f'{c} = {c} + excluded.{c}' for c in TALLY_COLUMNS)}"
)
_ADD_UNIT: Final = (
    "INSERT INTO unit_tallies(unit, in_hand) VALUES (?, ?) "
    "ON CONFLICT(unit) DO UPDATE SET in_hand = in_hand + excluded.in_hand"
)
_ALL_AT_ONCE: Final = f"SELECT json_group_array(json_array(grid, {', '.join(TALLY_COLUMNS)})) FROM tallies"
"""All rows as one JSON text, for the reason given in :mod:`gridclient.store.case_rows`."""
GridTally = Mapping[str, int]
"""One grid's counts by the names of ``TALLY_COLUMNS``."""


class TallyChanges:
    """The changes of the counts that one transaction makes; :meth:`flush` writes them."""

    def __init__(self) -> None:
        self._cells: Counter[tuple[str, str]] = Counter()
        self._units: Counter[str] = Counter()

    def change(self, old: CaseTableRow | None, new: CaseTableRow) -> None:
        """Counts a case whose row changed from ``old`` (``None``: new case) to ``new``."""
        if old is not None:
            self.add(old, -1)
        self.add(new, 1)

    def add(self, row: CaseTableRow, times: int) -> None:
        """Counts ``times`` new cases with the same grid, state and flags; a negative number takes cases away."""
        cells, grid = self._cells, row.grid
        cells[grid, row.state] += times
        for flag in TALLY_FLAGS:
            if getattr(row, flag):
                cells[grid, flag] += times

    def count_pending(self, grid: str, change: int) -> None:
        """Changes the number of a grid's cases with waiting events."""
        self._cells[grid, "pending"] += change

    def change_parts(self, old: Iterable[PartRow], new: Iterable[PartRow]) -> None:
        """Counts a case whose parts changed from ``old`` to ``new``."""
        for parts, sign in ((old, -1), (new, 1)):
            for part in parts:
                self._units[part.unit] += sign * part.in_hand

    def by_grid(self) -> Mapping[str, GridTally]:
        """The changes so far, by grid, without zeros."""
        rows: dict[str, dict[str, int]] = {}
        for (grid, column), change in self._cells.items():
            if change:
                rows.setdefault(grid, {})[column] = change
        return rows

    def by_unit(self) -> dict[str, int]:
        """The changes so far, by unit, without zeros."""
        return {unit: change for unit, change in self._units.items() if change}

    def flush(self, connection: Connection) -> None:
        """Adds the changes to the tables and forgets them."""
        rows = [(grid, *(counts.get(column, 0) for column in TALLY_COLUMNS)) for grid, counts in self.by_grid().items()]
        if rows:
            connection.executemany(_ADD, rows)
        if units := list(self.by_unit().items()):
            connection.executemany(_ADD_UNIT, units)
        self._cells.clear()
        self._units.clear()


def read_tallies(connection: Connection) -> dict[str, GridTally]:
    """The counts by grid, without zeros; ``""`` is the grid of cases that name none."""
    return {
        grid: {column: count for column, count in zip(TALLY_COLUMNS, counts, strict=True) if count}
        for grid, *counts in tally_rows(connection)
        if any(counts)
    }


def tally_rows(connection: Connection) -> list[tuple[Any, ...]]:
    """All counts as rows: the grid, then its counts in the order of ``TALLY_COLUMNS``."""
    (text,) = connection.execute(_ALL_AT_ONCE).fetchone()
    rows: list[tuple[Any, ...]] = [tuple(row) for row in json.loads(text)]
    return rows


def read_unit_tallies(connection: Connection) -> dict[str, int]:
    """How many open cases each unit has in hand, leading or cooperating; without zeros."""
    return dict(connection.execute("SELECT unit, in_hand FROM unit_tallies WHERE in_hand <> 0").fetchall())
