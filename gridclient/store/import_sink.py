"""Takes the rows of one import of reference data into the store, in one transaction: all good rows or none.

Cases have their own sink (:mod:`gridclient.store.case_sink`). Deadlines that a new calendar moves are recomputed by
``services.recomputing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from gridclient.domain.codes import list_name
from gridclient.services.import_findings import RefusedRow, RowFinding
from gridclient.services.import_records import (
    CalendarRecord,
    DivisionRecord,
    GridRecord,
    ImportedCase,
    Record,
    ReferenceRecord,
    StandardRecord,
    UnitRecord,
)
from gridclient.services.importing import Stored
from gridclient.services.rows import Changes
from gridclient.store.driver import Connection, Database
from gridclient.store.grid_checks import Known, check_grids
from gridclient.store.import_journal import note_import
from gridclient.store.reference import touch_reference
from gridclient.store.reference_merge import Plan, plan_days, plan_divisions, plan_units
from gridclient.store.reference_rows import IN_FORCE, read_members
from gridclient.store.unit_checks import check_parents, unknown_areas
from gridclient.store.versioned_merge import plan_grids, plan_standards

_R = TypeVar("_R", bound=ReferenceRecord)


class ReferenceSink:
    """An ``services.importing.ImportSink`` for all kinds but cases; a file may mix kinds (townships among grids)."""

    def __init__(
        self, database: Database, now: datetime, *, file: str = "", actor: str = "", standard_list: str = ""
    ) -> None:
        """``file`` and ``actor`` go into the list of imports and the audit log.

        ``standard_list`` is the list that filing conditions (立案条件) go to; if empty, the list has the file's name.
        """
        self._list = standard_list or list_name(Path(file).stem)
        self._list_told = bool(standard_list)
        self._database = database
        self._now = now
        self._about = (file, actor)
        self._records: list[ReferenceRecord] = []
        self._known = Known()
        self._notices: list[RowFinding] = []
        self._repeated = 0

    def add(self, records: Sequence[Record]) -> Sequence[RefusedRow]:
        """Keeps the rows in memory; a case is no reference data and refused."""
        self._records += (record for record in records if not isinstance(record, ImportedCase))
        return [
            RefusedRow(record.sheet, record.row, "", "import.other_kind")
            for record in records
            if isinstance(record, ImportedCase)
        ]

    def check(self) -> Sequence[RefusedRow]:
        with self._database.reader() as connection:
            self._known = _known_areas(connection, self._now.date())
        for division in self._of(DivisionRecord):
            self._known.tiers.setdefault(division.code, "division")
        grids, refused = check_grids(self._of(GridRecord), self._known)
        others = [record for record in self._records if not isinstance(record, GridRecord)]
        first, twice = _first_of_each(others)
        self._repeated = len(others) - len(first) - len(twice)
        with self._database.reader() as connection:
            units, ringed, orphans = check_parents(connection, [each for each in first if isinstance(each, UnitRecord)])
        self._records = [*(each for each in first if not isinstance(each, UnitRecord)), *units, *grids]
        self._notices = [*orphans, *unknown_areas(units, self._known)]
        return [*refused, *twice, *ringed]

    def foresee(self) -> Stored:
        with self._database.reader() as connection:
            return self._stored(self._plans(connection))

    def store(self, advance: Callable[[int, int], None]) -> Stored:
        with self._database.writer() as connection:
            plans = self._plans(connection)
            for plan in plans.values():
                plan.write(connection)
            stored = self._stored(plans)
            if stored.imported:
                self._note(connection, stored)
                touch_reference(connection)
        advance(len(self._records), len(self._records))
        return stored

    def discard(self) -> None:
        self._records = []

    def _note(self, connection: Connection, stored: Stored) -> None:
        file, actor = self._about
        at = self._now.isoformat()
        import_id = connection.execute(
            "insert into imports (kind, file, actor, state, started_at, finished_at, imported, unchanged)"
            " values (?, ?, ?, 'done', ?, ?, ?, ?)",
            (",".join(sorted(stored.changes.kinds)), file, actor, at, at, stored.imported, stored.unchanged),
        ).lastrowid
        note_import(connection, import_id, actor, self._now)

    def _of(self, kind: type[_R]) -> list[_R]:
        return [record for record in self._records if isinstance(record, kind)]

    def _plans(self, connection: Connection) -> dict[str, Plan]:
        grids = plan_grids(connection, self._of(GridRecord), self._known)
        return {
            "divisions": plan_divisions(connection, self._of(DivisionRecord)),
            "grids": grids,
            "units": plan_units(connection, self._of(UnitRecord)),
            "standards": plan_standards(
                connection, self._of(StandardRecord), self._now.date(), self._list, told=self._list_told
            ),
            "calendar": plan_days(connection, self._of(CalendarRecord)),
        }

    def _stored(self, plans: dict[str, Plan]) -> Stored:
        touched = {"grids" if name == "divisions" else name for name, plan in plans.items() if plan.imported}
        return Stored(
            imported=sum(plan.imported for plan in plans.values()),
            unchanged=sum(plan.unchanged for plan in plans.values()) + self._repeated,
            changes=Changes(kinds=frozenset(touched)),
            notices=tuple(self._notices),
        )


def _known_areas(connection: Connection, day: date) -> Known:
    """What new grids are checked against: the grids in force and the statistical communities."""
    known = Known()
    communities = connection.execute("select code from divisions where level = 'community'")
    known.tiers = {code: "division" for (code,) in communities}
    members = read_members(connection)
    for grid_id, code, tier, wkb, first, after in connection.execute(
        f"select id, code, tier, geometry, valid_from, valid_to from grids where {IN_FORCE} order by code",
        (day.isoformat(),),
    ):
        period = date.fromisoformat(first), date.fromisoformat(after) if after else date.max
        known.learn(code, tier, members.get(grid_id, ()), wkb, period)
    return known


def _key(record: ReferenceRecord) -> tuple[str, str]:
    return type(record).__name__, record.day.isoformat() if isinstance(record, CalendarRecord) else record.code


def _first_of_each(records: Iterable[ReferenceRecord]) -> tuple[list[ReferenceRecord], list[RefusedRow]]:
    """The first record of each code, and refusals of later ones that differ; identical ones are dropped."""
    first: dict[tuple[str, str], ReferenceRecord] = {}
    refused = []
    for record in records:
        held = first.setdefault(_key(record), record)
        if held is not record and held.identity != record.identity:
            params = {"code": _key(record)[1], "first": held.row}
            refused.append(RefusedRow(record.sheet, record.row, "code", "import.code_twice", params))
    return list(first.values()), refused
