"""Takes the cases of one import into the log: never half a file, and never long in the way of the desk's own writes.

Rows are first put aside in ``import_batches``, in short transactions that nobody sees. When all are there and checked,
one transaction decides: from then on the import *is* done. The log takes the rows over in short transactions, each of
which also removes what it took; if the power fails meanwhile, the next start goes on where it stopped
(:func:`gridclient.store.import_journal.finish_imports`). Until the decision, discarding leaves nothing.

A case is known by its key (system and number, or content). The same row again is unchanged; a row that reads otherwise
is refused and never overwrites: the desk may have worked on the case since.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np

from gridclient.domain.codes import GRID_TIERS, tier_of, township_of
from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import to_seconds
from gridclient.services.clocks import CLOCK_DRIFT
from gridclient.services.enrolment import reporting_township
from gridclient.services.import_findings import RefusedRow, RowFinding
from gridclient.services.import_records import ImportedCase, Record
from gridclient.services.imported_case import StandardMatcher, case_key, dated
from gridclient.services.importing import Stored
from gridclient.services.rows import Changes, GridRow
from gridclient.store.driver import Database
from gridclient.store.import_journal import Journal
from gridclient.store.reference import SqliteReference
from gridclient.store.tables import number_name

_TOWNSHIP: Final = re.compile(r"\d{9}")
_KNOWN: Final = (
    "select lower(hex(s.id)), e.payload -> '$.digest' from subjects s"
    " join events e on e.subject = s.no where e.kind = 'case_imported' and s.id in ({marks})"
)


class CaseSink:
    """The ``services.importing.ImportSink`` for cases. ``taken``: see ``services.enrolment.reporting_township``."""

    def __init__(
        self,
        database: Database,
        reference: SqliteReference,
        journal: Journal,
        *,
        now: datetime,
        taken: Collection[str] = (),
    ) -> None:
        self._database = database
        self._journal = journal
        self._now = now
        self._latest = to_seconds(now + CLOCK_DRIFT)
        self._areas = reference.snapshot()
        self._standards = StandardMatcher(tuple(self._areas.standards.values()))
        self._township, self._taken = self._areas.settings["township"], taken
        self._codes = _grid_codes(database)
        self._named = _grids_by_name(self._areas.grids.values(), self._township)
        self._seen: dict[str, str] = {}
        self._unchanged = 0
        self._without_grid = 0
        self._remarks: Counter[str] = Counter()

    def add(self, records: Sequence[Record]) -> Sequence[RefusedRow]:
        cases = [record for record in records if isinstance(record, ImportedCase)]
        if any(case.notices for case in cases):
            self._remarks.update(notice.code for case in cases for notice in case.notices)
            cases = [case._replace(notices=()) for case in cases]
        if ahead := sum(case.reported is not None and case.reported > self._latest for case in cases):
            self._remarks["case.reported_ahead"] += ahead
        refused = [_refuse(r, "", "import.other_kind") for r in records if not isinstance(r, ImportedCase)]
        self._put_aside(self._new_ones(cases, refused), refused)
        return refused

    def check(self) -> Sequence[RefusedRow]:
        """Refuses nothing: :meth:`add` has compared each row with the store and with the rows before it."""
        return ()

    def foresee(self) -> Stored:
        return Stored(self._journal.waiting, self._unchanged, Changes(), self._notices())

    def store(self, advance: Callable[[int, int], None]) -> Stored:
        cases, unchanged = self._journal.carry_out(advance)
        imported = sum(last - first + 1 for first, last in cases)
        changes = Changes(kinds=frozenset({"cases"}) if cases else frozenset())
        return Stored(imported, self._unchanged + unchanged, changes, self._notices(), cases)

    def discard(self) -> None:
        self._journal.throw_away()

    def _new_ones(self, cases: Sequence[ImportedCase], refused: list[RefusedRow]) -> list[tuple[str, ImportedCase]]:
        """The rows, with their keys, that neither the store nor the file had before. Known rows that read differently
        are appended to ``refused``."""
        sound = [case for case in cases if case.digest]
        refused += [_refuse(case, "", "case.text_damaged") for case in cases if not case.digest]
        keyed = [(case_key(case.identity), case) for case in sound]
        known = self._digests_in_store([key for key, _ in keyed])
        new = []
        for key, case in keyed:
            seen = (self._seen[key],) if key in self._seen else known.get(key)
            if seen is None:
                self._seen[key] = case.digest
                new.append((key, case))
            elif case.digest in seen:
                self._unchanged += 1
            else:
                named = "case.known_differently" if case.external_number else "case.known_read_differently"
                refused.append(_refuse(case, "", named, number=case.external_number))
        return new

    def _digests_in_store(self, keys: Sequence[str]) -> Mapping[str, Collection[str]]:
        """Each desk that imported the case may have read the row in its own way."""
        sql, found = _KNOWN.format(marks=",".join("?" * len(keys))), defaultdict[str, set[str]](set)
        with self._database.reader() as connection:
            for key, digest in connection.execute(sql, [bytes.fromhex(key) for key in keys]):
                found[key].add((digest or "").strip('"'))
        return found

    def _put_aside(self, rows: Sequence[tuple[str, ImportedCase]], refused: list[RefusedRow]) -> None:
        """Stages the rows for the log. Rows with an unknown grid code or township are appended to ``refused``."""
        cases = [dated(case, self._now) for _, case in rows]
        for (key, _), case, at_point in zip(rows, cases, self._grids_at_points(cases), strict=True):
            grid = self._grid(case, at_point)
            if grid is None:
                refused.append(_refuse(case, "grid_code", "case.grid_unknown", grid=case.grid_code))
                continue
            township = reporting_township(township_of(grid), self._township, self._taken)
            if not _TOWNSHIP.fullmatch(township):
                refused.append(_refuse(case, "", "case.township_unknown"))
                continue
            self._without_grid += not grid
            standard = self._standards.find(case)
            listed = ("", "") if standard is None else (standard.key, standard.case_class)
            self._journal.put_aside(key, number_name(township, case.day), grid, *listed, case[:-1])

    def _grids_at_points(self, cases: Sequence[ImportedCase]) -> list[str]:
        lons = np.array([case.lon for case in cases], dtype=np.float64)  # None becomes NaN, which is nowhere
        lats = np.array([case.lat for case in cases], dtype=np.float64)
        days = np.array([case.day for case in cases], dtype=np.int64)
        return self._areas.grids_of(lons, lats, days)

    def _grid(self, case: ImportedCase, at_point: str) -> str | None:
        """The case's grid: by the code in the row, else by its point, else by a name that only one grid of the township
        has.

        "" if none of these finds one; ``None`` if the row gives a code of our form that is unknown.
        """
        told = case.grid_code
        if not told:
            return at_point
        found = self._codes.get(told) or at_point
        if found or told not in self._named:
            return found or (None if _is_own_code(told) else "")
        first, *others = self._named[told]
        if others:
            self._remarks["case.grid_name_twice"] += 1
        return "" if others else first

    def _notices(self) -> tuple[RowFinding, ...]:
        counts = {**self._remarks, **({"case.grid_pending": self._without_grid} if self._without_grid else {})}
        return tuple(RowFinding("", 0, "", code, {"count": count}) for code, count in counts.items())


def _refuse(record: Record, column: str, code: str, **params: object) -> RefusedRow:
    return RefusedRow(record.sheet, record.row, column, code, params)


def _grid_codes(database: Database) -> dict[str, str]:
    """Codes of our grids of all periods, by themselves and by the codes that other systems give them."""
    with database.reader() as connection:
        rows = connection.execute("select code, external_code from grids").fetchall()
    own = {code: code for code, _ in rows}
    return {external: code for code, external in rows} | own


def _grids_by_name(grids: Iterable[GridRow], township: str) -> Mapping[str, Sequence[str]]:
    """Codes of the township's grids in force, by name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for grid in grids:
        if grid.tier in GRID_TIERS and grid.code.startswith(township):
            found[grid.name.strip()].append(grid.code)
    return found


def _is_own_code(text: str) -> bool:
    """Whether the text has the form of one of our grid codes; if it is then unknown, the row is wrong."""
    try:
        return tier_of(text) in GRID_TIERS
    except InvalidInput:
        return False
