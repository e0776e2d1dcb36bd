"""Writes everything that lists, searches and counts read from folded cases: rows, parts, counts, packs, search
index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gridclient.domain.case import Case
from gridclient.domain.frozen import frozen
from gridclient.store.driver import Connection
from gridclient.store.packs import FORMAT, Labels, mark_pending, packed, write_packs
from gridclient.store.search import drop_cases, index_cases, searchable
from gridclient.store.tables import (
    CaseTableRow,
    PartRow,
    insert_rows,
    part_rows,
    read_parts,
    read_pending,
    read_rows,
    replace_parts,
    table_row,
    update_rows,
)
from gridclient.store.tally import TallyChanges


@dataclass(slots=True)
class TouchedCase:
    """A case that the open transaction changed: ``case`` as it is, ``before`` as the tables have it (``None``: new).

    ``events`` counts its new own events. ``pending``: how many of its events wait for a position; ``None``: as many as
    the tables say, plus ``events``.
    """

    no: int
    case: Case
    before: Case | None
    events: int
    pending: int | None = None


@frozen
class _Step:
    """One case's rows in the tables before and after."""

    touched: TouchedCase
    old: CaseTableRow | None
    new: CaseTableRow
    old_parts: tuple[PartRow, ...]
    new_parts: tuple[PartRow, ...]
    is_retold: bool
    """Whether the texts by which the case is found have changed."""

    @property
    def is_shown(self) -> bool:
        """Whether any table but the log changes. Urgings, notes and visits, most of all events, change none."""
        return self.is_retold or self.old != self.new or self.old_parts != self.new_parts


class Projection:
    """Writes rows, parts, counts, packs and search index of cases, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._labels = Labels(connection)
        self._tallies = TallyChanges()

    def write(self, cases: Sequence[TouchedCase]) -> int:
        """Writes what changed of these cases.

        Returns how many of them have a new conflict, which waits for a person's choice.
        """
        steps = [step for step in self._steps(cases) if step.is_shown]
        connection = self._connection
        if new := [(s.touched.no, s.new) for s in steps if s.old is None]:
            insert_rows(connection, new)
        update_rows(connection, [(s.touched.no, s.old, s.new) for s in steps if s.old is not None])
        if moved := [s for s in steps if s.old_parts != s.new_parts]:
            old = [s.touched.no for s in moved if s.old_parts]
            replace_parts(connection, old, [(s.touched.no, part) for s in moved for part in s.new_parts])
        for step in steps:
            self._tallies.change(step.old, step.new)
            self._tallies.change_parts(step.old_parts, step.new_parts)
        self._tallies.flush(connection)
        write_packs(connection, [(s.touched.no, packed(s.new, self._labels.number)) for s in steps])
        self._index(steps)
        return sum(s.new.conflict and not (s.old is not None and s.old.conflict) for s in steps)

    def write_pending(self, pending: Mapping[int, int]) -> None:
        """Sets how many events of each case (by number) wait for a position; nothing else changes."""
        self._write_pending(read_pending(self._connection, list(pending)), pending)

    def _write_pending(self, stood: Sequence[tuple[int, str, int]], pending: Mapping[int, int]) -> None:
        connection = self._connection
        rows = [row for row in stood if row[2] != pending[row[0]]]
        connection.executemany("UPDATE cases SET pending = ? WHERE no = ?", [(pending[no], no) for no, *_ in rows])
        marked = [(no, grid, pending[no] > 0) for no, grid, before in rows if (before > 0) != (pending[no] > 0)]
        for _, grid, waits in marked:
            self._tallies.count_pending(grid, 1 if waits else -1)
        self._tallies.flush(connection)
        mark_pending(connection, [(no, waits) for no, _, waits in marked])

    def write_placed(self, placed: Mapping[int, int]) -> None:
        """Lowers the number of waiting events of each case (by number) by those that got a position."""
        waited = read_pending(self._connection, list(placed))
        self._write_pending(waited, {no: before - placed[no] for no, _, before in waited})

    def remove(self, numbers: Sequence[int]) -> None:
        """Removes cases whose first event was withdrawn from the log."""
        parts = read_parts(self._connection, numbers)
        for no, old in read_rows(self._connection, numbers).items():
            self._tallies.add(old, -1)
            self._tallies.change_parts(parts.get(no, ()), ())
        rows = [(no,) for no in numbers]
        replace_parts(self._connection, numbers, ())
        self._connection.executemany("DELETE FROM cases WHERE no = ?", rows)
        drop_cases(self._connection, numbers)
        self._tallies.flush(self._connection)
        write_packs(self._connection, [(no, bytes(FORMAT.size)) for no in numbers])

    def _steps(self, cases: Sequence[TouchedCase]) -> Iterator[_Step]:
        known = [touched.no for touched in cases if touched.before is not None]
        rows, parts = read_rows(self._connection, known), read_parts(self._connection, known)
        for touched in cases:
            old, pending = rows.get(touched.no), touched.pending
            if pending is None:
                pending = (old.pending if old is not None else 0) + touched.events
            is_retold = touched.before is None or searchable(touched.before) != searchable(touched.case)
            old_parts, new_parts = parts.get(touched.no, ()), part_rows(touched.case)
            yield _Step(touched, old, table_row(touched.case, pending), old_parts, new_parts, is_retold)

    def _index(self, steps: Sequence[_Step]) -> None:
        """Indexes the texts that changed, by case number: FTS5 starts a new segment when a number is below the last."""
        told = sorted((step.touched for step in steps if step.is_retold), key=lambda touched: touched.no)
        if again := [touched.no for touched in told if touched.before is not None]:
            drop_cases(self._connection, again)
        if told:
            index_cases(self._connection, [(touched.no, searchable(touched.case)) for touched in told])
