"""Proving the store: every hash chain whole, and tables, parts, packed rows, counts and search as the log says.

Reads one moment of the store in two passes and holds a few cases at a time, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final, Generic, TypeVar

from gridclient.domain.case import Case
from gridclient.domain.frozen import frozen
from gridclient.store.audit import broken_lines
from gridclient.store.chain_proof import Findings, check_chains
from gridclient.store.driver import Connection, Database, environment_faults
from gridclient.store.log import ORDER, Origins, subject_text
from gridclient.store.packs import FORMAT, ROWS, Labels, packed, read_pack
from gridclient.store.refolding import folded
from gridclient.store.search import indexed_count
from gridclient.store.tables import CaseTableRow, PartRow, all_parts, all_rows, part_rows, table_row
from gridclient.store.tally import TallyChanges, read_tallies, read_unit_tallies

_UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)
_EVENTS: Final = (
    "SELECT subject, id, origin, seq, hlc, kind, version, base, actor, payload, acked "
    f"FROM events LEFT JOIN subjects ON no = subject ORDER BY subject, {ORDER}"
)


@frozen
class Verification:
    """What came of it. A problem is its kind and, after a blank, where it is: an event, a case, a grid, a unit, a line.

    Kinds: ``page`` ``chain.gap`` ``chain.broken`` ``chain.head`` ``chain.origin`` ``feed`` ``event.unreadable``
    ``case.missing`` ``case.row`` ``case.parts`` ``case.pack`` ``case.stranger`` ``part.stranger`` ``tally``
    ``unit_tally`` ``search`` ``audit``, ``file`` of what a profile keeps beside its store. At most ``MOST_PROBLEMS``
    of the store are named.
    """

    events: int
    cases: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(database: Database) -> Verification:
    """Checks everything.

    Raises:
        StoreUnavailable: the file cannot be read to its end.
    """
    connection = database.separate_connection()
    try:
        with environment_faults():
            connection.execute("BEGIN")
            return _verified(connection)
    finally:
        connection.close()


def _verified(connection: Connection) -> Verification:
    events = _number(connection, "SELECT count(*) FROM events")
    cases = _number(connection, "SELECT count(*) FROM cases")
    findings = Findings()
    for said in _broken_pages(connection):
        findings.add("page", said)
    check_chains(connection, findings)
    _CaseCheck(connection, findings).run()
    for no in broken_lines(connection):
        findings.add("audit", no)
    return Verification(events, cases, tuple(findings.problems))


def _broken_pages(connection: Connection) -> list[str]:
    """Pages whose seal is broken, also those of indexes. Looked at twice: a page may be written just now."""
    said = {text for (text,) in connection.execute("PRAGMA cipher_integrity_check")}
    return sorted(said and said & {text for (text,) in connection.execute("PRAGMA cipher_integrity_check")})


def _number(connection: Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


_T = TypeVar("_T")


class _Alongside(Generic[_T]):
    """Rows in the order of case numbers, taken case by case; those of cases that nobody asks for are counted."""

    def __init__(self, rows: Iterator[tuple[int, _T]]) -> None:
        self._rows = rows
        self._next = next(rows, None)
        self.strangers = 0

    def take(self, no: int) -> list[_T]:
        """The rows of case ``no``; numbers only rise from call to call."""
        taken: list[_T] = []
        while self._next is not None and self._next[0] <= no:
            if self._next[0] == no:
                taken.append(self._next[1])
            else:
                self.strangers += 1
            self._next = next(self._rows, None)
        return taken

    def finish(self) -> int:
        """How many rows belonged to nobody."""
        left = sum(1 for _ in self._rows) + (self._next is not None)
        self._next = None
        return self.strangers + left


class _CaseCheck:
    """Folds every case again and compares what stands."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._origins = Origins()
        self._label = Labels(connection, new=False).number
        self._tallies = TallyChanges()
        self._pack: tuple[int, bytes] = (-1, b"")
        self._rows = _Alongside(all_rows(connection))
        self._parts = _Alongside(all_parts(connection))

    def run(self) -> None:
        expected = 0
        for no, rows in groupby(self._connection.execute(_EVENTS), key=lambda row: row[0]):
            expected += self._check(no, list(rows))
        for kind, left in (("case.stranger", self._rows.finish()), ("part.stranger", self._parts.finish())):
            if left:
                self._findings.add(kind, left)
        self._compare("tally", self._tallies.by_grid(), _without_zeros(read_tallies(self._connection)))
        self._compare("unit_tally", self._tallies.by_unit(), read_unit_tallies(self._connection))
        if indexed_count(self._connection) != expected:
            self._findings.add("search", indexed_count(self._connection))

    def _check(self, no: int, rows: list[Any]) -> int:
        """Checks one subject; gives 1 where it is a case."""
        case_id = subject_text(rows[0][1]) if rows[0][1] is not None else f"#{no}"
        standing, parts = self._rows.take(no), self._parts.take(no)
        try:
            case = folded(self._origins.logged(self._connection, case_id, row[2:]).event for row in rows)
        except _UNREADABLE:
            self._findings.add("event.unreadable", case_id)
            return 0
        if case is None:
            if standing:
                self._findings.add("case.stranger", case_id)
            return 0
        pending = sum(row[-1] is None and self._origins.is_own(self._connection, row[2]) for row in rows)
        self._compare_case(no, case, table_row(case, pending), standing, parts)
        return 1

    def _compare_case(
        self, no: int, case: Case, row: CaseTableRow, standing: list[CaseTableRow], standing_parts: list[PartRow]
    ) -> None:
        findings, parts = self._findings, part_rows(case)
        if not standing:
            findings.add("case.missing", case.id)
        elif standing[0] != row:
            findings.add("case.row", case.id)
        if sorted(standing_parts) != sorted(parts):
            findings.add("case.parts", case.id)
        if self._packed(no) != packed(row, self._label):
            findings.add("case.pack", case.id)
        self._tallies.change(None, row)
        self._tallies.change_parts((), parts)

    def _packed(self, no: int) -> bytes:
        chunk, place = divmod(no - 1, ROWS)
        if self._pack[0] != chunk:
            self._pack = (chunk, read_pack(self._connection, chunk))
        return self._pack[1][place * FORMAT.size : (place + 1) * FORMAT.size]

    def _compare(self, kind: str, expected: Mapping[str, object], standing: Mapping[str, object]) -> None:
        for name in sorted(expected.keys() | standing.keys()):
            if expected.get(name) != standing.get(name):
                self._findings.add(kind, name)


def _without_zeros(tallies: Mapping[str, Mapping[str, int]]) -> Mapping[str, Mapping[str, int]]:
    """Counts that are not zero, of the grids that have any."""
    kept = {grid: {name: count for name, count in tally.items() if count} for grid, tally in tallies.items()}
    return {grid: counts for grid, counts in kept.items() if counts}
