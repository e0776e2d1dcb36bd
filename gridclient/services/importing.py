"""Bringing a file's rows into the store: the one use case for every kind, whatever reads the file and wherever it goes.

Nothing of an import is seen before all its rows have been read and checked: until then cancelling it, a failure or a
power cut leaves nothing. What a sink does after that point is done whole, if need be at the next start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from gridclient.domain.errors import Cancelled
from gridclient.domain.frozen import frozen
from gridclient.services.import_findings import (
    ImportKind,
    ImportOutcome,
    ImportPhase,
    ImportSummary,
    Progress,
    RefusedRow,
    RowFinding,
)
from gridclient.services.import_records import CalendarRecord, ImportedCase, Record
from gridclient.services.ports import Clock
from gridclient.services.rows import Changes

BATCH = 500
_F = TypeVar("_F", bound=RowFinding)


@frozen
class Stored:
    """What a sink did, or would do (dry run): new or changed rows, rows that were there already, what to refresh."""

    imported: int
    unchanged: int
    changes: Changes
    notices: tuple[RowFinding, ...] = ()


class ImportSink(Protocol):
    """Takes the rows of one import; used once.

    The order is ``add`` (any number of times), ``check``, then ``store`` or ``discard``; ``discard`` may come at any
    time and leaves nothing behind. Raises ``StoreUnavailable`` when disk or store fail.
    """

    def add(self, records: Sequence[Record]) -> Sequence[RefusedRow]:
        """Keeps the rows for later; gives back those that cannot go in, judged each by itself."""
        ...

    def check(self) -> Sequence[RefusedRow]:
        """Judges the rows by each other and by the store (parents, overlaps, twice in one file)."""
        ...

    def foresee(self) -> Stored:
        """What ``store`` would do."""
        ...

    def store(self, advance: Callable[[int, int], None]) -> Stored:
        """Writes all rows that are left, wholly or not at all. ``advance`` gets rows done and rows in all."""
        ...

    def discard(self) -> None:
        """Lets go of everything that was kept; after ``store`` it takes nothing back."""
        ...


def import_records(
    records: Iterable[Record | RefusedRow],
    *,
    file: str,
    kind: ImportKind,
    sink: ImportSink,
    clock: Clock,
    expected: int | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
    titles: Mapping[str, str] | None = None,
) -> ImportOutcome:
    """Reads all rows, checks them and stores the good ones.

    Args:
        expected: about how many rows there are, when the reader knows, for the progress.
        dry_run: says what would happen and stores nothing.
        titles: the file's titles by the fields that a sink names; a field without one is no column of the file.

    Raises:
        Cancelled: nothing of the import stays.
        InvalidInput: the file as a whole cannot be read; nothing stays.
        StoreUnavailable: disk or store failed.
    """
    started = clock.now()
    refused: list[RefusedRow] = []
    notices: list[RowFinding] = []
    rows = _RowCount()

    def stand(phase: ImportPhase, done: int, total: int | None) -> None:
        if progress is None:
            return
        try:
            progress(phase, done, total)
        except Cancelled:
            if phase is not ImportPhase.WRITING:
                raise

    try:
        stand(ImportPhase.READING, 0, expected)
        for batch in _batches(records):
            good = [row for row in batch if not isinstance(row, RefusedRow)]
            refused += (row for row in batch if isinstance(row, RefusedRow))
            refused += _titled(sink.add(good), titles)
            notices += _notices(good)
            rows.add(batch)
            stand(ImportPhase.READING, rows.count, expected)
        stand(ImportPhase.CHECKING, 0, rows.count)
        refused += _titled(sink.check(), titles)
        stand(ImportPhase.CHECKING, rows.count, rows.count)
        stored = sink.foresee() if dry_run else sink.store(partial(stand, ImportPhase.WRITING))
    finally:
        sink.discard()
    left_out = {(row.sheet, row.row) for row in refused}
    summary = ImportSummary(
        file=file,
        kind=kind,
        rows=rows.count,
        imported=stored.imported,
        unchanged=stored.unchanged,
        refused=len(left_out),
        seconds=round((clock.now() - started).total_seconds(), 3),
    )
    said = (n for n in (*notices, *_titled(stored.notices, titles)) if (n.sheet, n.row) not in left_out)
    return ImportOutcome(summary, _in_order(refused), tuple(said), stored.changes, dry_run)


class _RowCount:
    """Counts rows of the file; a row that is refused for two cells comes twice and counts once."""

    def __init__(self) -> None:
        self.count = 0
        self._last: tuple[str, int] | None = None

    def add(self, batch: Iterable[Record | RefusedRow]) -> None:
        for row in batch:
            if (place := (row.sheet, row.row)) != self._last:
                self.count += 1
                self._last = place


def _titled(rows: Iterable[_F], titles: Mapping[str, str] | None) -> Iterable[_F]:
    return rows if titles is None else (replace(row, column=titles.get(row.column, "")) for row in rows)


def _batches(records: Iterable[Record | RefusedRow]) -> Iterator[list[Record | RefusedRow]]:
    left = iter(records)
    while batch := list(islice(left, BATCH)):
        yield batch


def _notices(records: Iterable[Record]) -> Iterator[RowFinding]:
    for record in records:
        if isinstance(record, CalendarRecord | ImportedCase):  # the sink sums up what is remarked of cases
            continue
        for notice in record.notices:
            yield RowFinding(record.sheet, record.row, notice.column, notice.code, notice.params)


def _in_order(refused: Iterable[RefusedRow]) -> tuple[RefusedRow, ...]:
    return tuple(sorted(refused, key=lambda row: (row.sheet, row.row)))
