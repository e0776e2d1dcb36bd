"""A real store in a folder of its own, with what an import needs around it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gridclient.services.aside import IN_PLACE, Aside
from gridclient.services.import_findings import ImportKind, ImportOutcome, Progress, RefusedRow, unheard
from gridclient.services.import_records import Record
from gridclient.services.importing import ImportSink, import_records
from gridclient.store.accounts import keep_settings
from gridclient.store.case_recorder import BulkRecorder
from gridclient.store.case_sink import CaseSink
from gridclient.store.columns import Columns
from gridclient.store.import_journal import Journal, finish_imports
from gridclient.store.import_sink import ReferenceSink
from gridclient.store.log import Device
from gridclient.store.queries import SqliteQueries
from gridclient.store.reference import SqliteReference
from gridclient.store.unit_of_work import SqliteWork
from tests.contract.stage import open_store
from tests.fakes.case_record import CaseRecord, imported_case
from tests.fakes.invented_areas import NOW, TOWNSHIP
from tests.fakes.set_clock import SetClock

DEVICE = Device("d" * 16, 1, "01")


class ImportStore:
    """A store with its reference data and a clock; close it."""

    def __init__(self, file: Path) -> None:
        self.database = open_store(file)
        self.clock = SetClock(NOW)
        self.reference = SqliteReference(self.database, lambda: self.clock.now().date())
        self.columns = Columns(self.database)
        self.queries = SqliteQueries(self.database, self.columns, self.reference.areas, self.clock)
        self.work = SqliteWork(self.database, DEVICE, self.clock)
        self.recorder = BulkRecorder(DEVICE, self.clock)

    def set_township(self) -> None:
        """Whose desk it is: where cases without a place are numbered."""
        self.set("township", TOWNSHIP)

    def set(self, name: str, value: str) -> None:
        """Sets a business setting."""
        with self.database.writer() as connection:
            keep_settings(connection, {name: value})

    def sink(self, kind: ImportKind, aside: Aside = IN_PLACE) -> ImportSink:
        now = self.clock.now()
        if kind is not ImportKind.CASES:
            return ReferenceSink(self.database, now)
        journal = Journal(self.database, self.recorder, file="f", actor="op1", now=now, aside=aside)
        return CaseSink(self.database, self.reference, journal, now=now)

    def bring(
        self,
        records: Iterable[Record | CaseRecord | RefusedRow],
        kind: ImportKind = ImportKind.GRIDS,
        *,
        dry_run: bool = False,
        progress: Progress = unheard,
    ) -> ImportOutcome:
        return import_records(
            (imported_case(row) if isinstance(row, CaseRecord) else row for row in records),
            file="f",
            kind=kind,
            sink=self.sink(kind),
            clock=self.clock,
            progress=progress,
            dry_run=dry_run,
        )

    def refused(self, records: Iterable[Record]) -> list[tuple[int, str]]:
        return [(row.row, row.code) for row in self.bring(records).refused]

    def finish(self) -> int:
        """What a start does with imports that were interrupted; gives how many cases came in."""
        before = self.count("cases")
        finish_imports(self.database, self.recorder)
        return self.count("cases") - before

    def count(self, table: str) -> int:
        with self.database.reader() as connection:
            return int(connection.execute(f"select count(*) from {table}").fetchone()[0])

    def close(self) -> None:
        self.database.close()
