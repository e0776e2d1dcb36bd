"""Checks a whole store: hash chains, and whether tables, parts, packs, counts and search index agree with the log.

Reads one state of the store in two passes, with a few cases in memory at a time. What it finds are bad disks, half-done
copies and edits by hand; somebody who has the store's key and this program could make everything anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from gridclient.domain.frozen import frozen
from gridclient.store.audit import broken_lines
from gridclient.store.chain_proof import Findings, check_chains
from gridclient.store.driver import KEY_BYTES, Connection, Database, Use, environment_faults, open_connection
from gridclient.store.log import ORDER, Origins, events_of, subject_text
from gridclient.store.migrations import upgrade
from gridclient.store.packs import FORMAT, ROWS, Labels, packed, packed_count, read_pack
from gridclient.store.places import LOGGED, misplaced
from gridclient.store.refolding import folded
from gridclient.store.seals import broken_seals
from gridclient.store.search import indexed_count
from gridclient.store.tables import CaseTableRow, PartRow, part_rows, read_parts, read_rows, table_row
from gridclient.store.tally import TallyChanges, read_tallies, read_unit_tallies

_UNREADABLE: Final = (TypeError, ValueError)
"""The line of the log itself: no such origin, no JSON. What a payload lacks, ``folded`` passes over."""
_AT_ONCE: Final = 500
_EVENTS: Final = (
    "SELECT subject, id, origin, seq, hlc, kind, version, base, actor, payload, acked "
    f"FROM {LOGGED} LEFT JOIN subjects ON no = subject ORDER BY subject, {ORDER}"
)
_STRANGERS: Final = {
    "case.stranger": "SELECT count(*) FROM cases WHERE NOT EXISTS (SELECT 1 FROM events WHERE subject = no)",
    "part.stranger": "SELECT count(*) FROM parts WHERE NOT EXISTS (SELECT 1 FROM events WHERE subject = case_no)",
}
"""Rows of cases that have no event."""


@frozen
class Verification:
    """The result. A problem is a kind, a blank, and where it is: an event, a case, a grid, a unit or an audit line.

    ``lacking`` counts events whose links cannot be recomputed: a department gets them without the reporter.

    Kinds: ``table`` (without one nothing else is checked) ``page`` ``index`` ``seal`` (a table whose content does not
    follow from the log) ``chain.gap`` ``chain.broken`` ``chain.head`` ``chain.origin`` ``place`` ``feed``
    ``event.unreadable`` ``case.missing`` ``case.row`` ``case.parts`` ``case.pack`` ``case.stranger`` ``part.stranger``
    ``tally`` ``unit_tally`` ``search`` ``audit``, and ``file`` for files beside the store. At most ``MOST_PROBLEMS`` of
    the store are listed.
    """

    events: int
    cases: int
    problems: tuple[str, ...]
    lacking: int = 0

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
            if lost := sorted(_tables_of_this_version() - _tables(connection)):
                return Verification(0, 0, tuple(f"table {name}" for name in lost))
            return _verified(connection)
    finally:
        connection.close()


@cache
def _tables_of_this_version() -> set[str]:
    connection = open_connection(Path(":memory:"), bytes(KEY_BYTES), Use.COPYING)
    try:
        connection.execute("BEGIN")
        upgrade(connection)
        return _tables(connection)
    finally:
        connection.close()


def _tables(connection: Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _verified(connection: Connection) -> Verification:
    events = _number(connection, "SELECT count(*) FROM events")
    cases = _number(connection, "SELECT count(*) FROM cases")
    findings = Findings()
    broken = _broken_pages(connection)
    for kind, where in (("page", broken),) if broken else _wrong_tables(connection):  # what is broken cannot be read
        for said in where:
            findings.add(kind, said)
    check_chains(connection, findings)
    _CaseCheck(connection, findings).run()
    for no in broken_lines(connection):
        findings.add("audit", no)
    return Verification(events, cases, tuple(findings.problems), findings.lacking)


def _broken_pages(connection: Connection) -> list[str]:
    """Pages, also of indexes, whose authentication code is wrong at two looks: at one a page may just be written."""
    said = {text for (text,) in connection.execute("PRAGMA cipher_integrity_check")}
    return sorted(said and said & {text for (text,) in connection.execute("PRAGMA cipher_integrity_check")})


def _wrong_tables(connection: Connection) -> Iterator[tuple[str, Sequence[str | int]]]:
    """Indexes that do not fit their tables, and tables that do not fit their seals or the log."""
    yield "index", [said for (said,) in connection.execute("PRAGMA integrity_check") if said != "ok"]
    yield "seal", broken_seals(connection)
    yield "place", misplaced(connection)


def _number(connection: Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


class _CaseCheck:
    """Folds every case again and compares the result with the tables."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings
        self._origins = Origins()
        self._label = Labels(connection, new=False).number
        self._tallies = TallyChanges()
        self._pack: tuple[int, bytes] = (-1, b"")

    def run(self) -> None:
        expected = 0
        subjects = groupby(self._connection.execute(_EVENTS), key=itemgetter(0))
        while some := [(no, list(events)) for no, events in islice(subjects, _AT_ONCE)]:
            numbers = [no for no, _ in some]
            rows, parts = read_rows(self._connection, numbers), read_parts(self._connection, numbers)
            for no, events in some:
                expected += self._check(no, events, rows.get(no), parts.get(no, ()))
        for kind, sql in _STRANGERS.items():
            if left := _number(self._connection, sql):
                self._findings.add(kind, left)
        self._compare("tally", self._tallies.by_grid(), read_tallies(self._connection))
        self._compare("unit_tally", self._tallies.by_unit(), read_unit_tallies(self._connection))
        if packed_count(self._connection) != expected:
            self._findings.add("case.pack", packed_count(self._connection))
        if indexed_count(self._connection) != expected:
            self._findings.add("search", indexed_count(self._connection))

    def _check(
        self, no: int, events: list[Any], standing: CaseTableRow | None, standing_parts: Sequence[PartRow]
    ) -> int:
        """Checks one subject; returns 1 if it is a case, else 0."""
        case_id = subject_text(events[0][1]) if events[0][1] is not None else f"#{no}"
        try:
            logged = [self._origins.logged(self._connection, case_id, row[2:]) for row in events]
            case = folded(events_of(logged))
        except _UNREADABLE:
            self._findings.add("event.unreadable", case_id)
            return 0
        if case is None:
            if standing is not None:
                self._findings.add("case.stranger", case_id)
            return 0
        row, parts = table_row(case, sum(entry.pending for entry in logged)), part_rows(case)
        if standing != row:
            self._findings.add("case.missing" if standing is None else "case.row", case_id)
        if sorted(standing_parts) != sorted(parts):
            self._findings.add("case.parts", case_id)
        if self._packed(no) != packed(row, self._label):
            self._findings.add("case.pack", case_id)
        self._tallies.change(None, row)
        self._tallies.change_parts((), parts)
        return 1

    def _packed(self, no: int) -> bytes:
        chunk, place = divmod(no - 1, ROWS)
        if self._pack[0] != chunk:
            self._pack = (chunk, read_pack(self._connection, chunk))
        return self._pack[1][place * FORMAT.size : (place + 1) * FORMAT.size]

    def _compare(self, kind: str, expected: Mapping[str, object], standing: Mapping[str, object]) -> None:
        for name in sorted(expected.keys() | standing.keys()):
            if expected.get(name) != standing.get(name):
                self._findings.add(kind, name)
