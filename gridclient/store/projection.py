"""From folded cases to everything that is read: table rows, parts, counts, packed rows and the search index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gridclient.domain.case import Case
from gridclient.store.driver import Connection
from gridclient.store.packs import FORMAT, Labels, packed, write_packs
from gridclient.store.search import drop_cases, index_cases, searchable
from gridclient.store.tables import (
    CaseTableRow,
    PartRow,
    insert_rows,
    part_rows,
    read_parts,
    read_row,
    replace_parts,
    table_row,
    update_rows,
)
from gridclient.store.tally import TallyChanges


@dataclass(slots=True)
class TouchedCase:
    """A case in an open transaction: as it is, as the tables know it (``None``: new), its new own events.

    ``pending``: how many of its events wait for a place, where that is not simply the number before and the new ones.
    """

    no: int
    case: Case
    before: Case | None
    events: int
    pending: int | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """One case's old and new rows."""

    touched: TouchedCase
    old: CaseTableRow | None
    new: CaseTableRow
    old_parts: tuple[PartRow, ...]
    new_parts: tuple[PartRow, ...]


class Projection:
    """Writes what follows from cases, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._labels = Labels(connection)
        self._tallies = TallyChanges()

    def write(self, cases: Sequence[TouchedCase]) -> int:
        """Brings all tables to what the cases are now; new events count as pending where nothing else is said.

        Gives how many of the cases wait for a choice between two sides that did not before.
        """
        steps = [self._step(touched) for touched in cases]
        connection = self._connection
        if new := [(s.touched.no, s.new) for s in steps if s.old is None]:
            insert_rows(connection, new)
        if known := [(s.touched.no, s.new) for s in steps if s.old is not None]:
            update_rows(connection, known)
        if moved := [s for s in steps if s.old_parts != s.new_parts]:
            old = [s.touched.no for s in moved if s.old_parts]
            replace_parts(connection, old, [(s.touched.no, part) for s in moved for part in s.new_parts])
        for step in steps:
            self._tallies.change(step.old, step.new)
            self._tallies.change_parts(step.old_parts, step.new_parts)
        self._tallies.flush(connection)
        write_packs(connection, [(s.touched.no, packed(s.new, self._labels)) for s in steps])
        self._index(cases)
        return sum(s.new.conflict and not (s.old is not None and s.old.conflict) for s in steps)

    def write_pending(self, pending: Mapping[int, int]) -> None:
        """Only how many events wait of each case (by its number); all else stays."""
        rows = []
        for no, count in pending.items():
            old = read_row(self._connection, no)
            if old is not None and old.pending != count:
                rows.append((no, new := old._replace(pending=count)))
                self._tallies.change(old, new)
        self._connection.executemany(
            "UPDATE cases SET pending = ? WHERE no = ?", [(new.pending, no) for no, new in rows]
        )
        self._tallies.flush(self._connection)
        write_packs(self._connection, [(no, packed(new, self._labels)) for no, new in rows])

    def remove(self, numbers: Sequence[int]) -> None:
        """Takes cases out that are none any more, because what opened them left the log."""
        for no in numbers:
            old = read_row(self._connection, no)
            if old is not None:
                self._tallies.add(old, -1)
                self._tallies.change_parts(read_parts(self._connection, no), ())
        rows = [(no,) for no in numbers]
        replace_parts(self._connection, numbers, ())
        self._connection.executemany("DELETE FROM cases WHERE no = ?", rows)
        drop_cases(self._connection, numbers)
        self._tallies.flush(self._connection)
        write_packs(self._connection, [(no, bytes(FORMAT.size)) for no in numbers])

    def _step(self, touched: TouchedCase) -> _Step:
        old = old_parts = None
        if touched.before is not None:
            old, old_parts = read_row(self._connection, touched.no), read_parts(self._connection, touched.no)
        pending = touched.pending
        if pending is None:
            pending = (old.pending if old is not None else 0) + touched.events
        return _Step(touched, old, table_row(touched.case, pending), old_parts or (), part_rows(touched.case))

    def _index(self, cases: Sequence[TouchedCase]) -> None:
        """In the order of their numbers: FTS5 writes a segment whenever a number is below the one before."""
        cases = sorted(cases, key=lambda touched: touched.no)
        retold = [t.no for t in cases if t.before is not None and searchable(t.before) != searchable(t.case)]
        if retold:
            drop_cases(self._connection, retold)
        again = set(retold)
        if told := [(t.no, searchable(t.case)) for t in cases if t.before is None or t.no in again]:
            index_cases(self._connection, told)
