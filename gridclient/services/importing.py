"""The use case that brings a file's rows into the store, for every kind of file and every sink.

Until all rows have been read and checked, a cancellation, failure or power cut leaves nothing. After that a sink
finishes what it began, if need be at the next start.
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
    unheard,
)
from gridclient.services.import_records import CalendarRecord, ImportedCase, Record
from gridclient.services.ports import Clock
from gridclient.services.rows import Changes, Runs

BATCH = 500
_F = TypeVar("_F", bound=RowFinding)


@frozen
class Stored:
    """What a sink did, or in a dry run would do: rows new or changed, rows unchanged, what to refresh, the cases that
    came in."""

    imported: int
    unchanged: int
    changes: Changes
    notices: tuple[RowFinding, ...] = ()
    cases: Runs = ()


class ImportSink(Protocol):
    """Takes the rows of one import; used once.

    The order is ``add`` (repeatedly), ``check``, then ``store`` or ``discard``. ``discard`` may come at any time before
    ``store`` and leaves nothing. All raise ``StoreUnavailable`` if disk or store fail.
    """

    def add(self, records: Sequence[Record]) -> Sequence[RefusedRow]:
        """Takes rows; returns refusals of those that are wrong by themselves."""
        ...

    def check(self) -> Sequence[RefusedRow]:
        """Compares the rows with each other and with the store (parents, overlaps, repetitions); returns refusals."""
        ...

    def foresee(self) -> Stored:
        """What ``store`` would do, for a dry run."""
        ...

    def store(self, advance: Callable[[int, int], None]) -> Stored:
        """Writes all remaining rows, or none. ``advance`` is called with rows done and rows in all."""
        ...

    def discard(self) -> None:
        """Drops all rows taken so far; has no effect after ``store``."""
        ...


def import_records(
    records: Iterable[Record | RefusedRow],
    *,
    file: str,
    kind: ImportKind,
    sink: ImportSink,
    clock: Clock,
    expected: int | None = None,
    progress: Progress = unheard,
    dry_run: bool = False,
    titles: Mapping[str, str] | None = None,
) -> ImportOutcome:
    """Reads all rows, checks them and stores the good ones.

    Args:
        expected: about how many rows there are, if known, for the progress.
        dry_run: reports what would happen and stores nothing.
        titles: column titles by field, for findings of the sink; fields without one have no column in the file.

    Raises:
        Cancelled: nothing was stored.
        InvalidInput: the file as a whole cannot be read; nothing was stored.
        StoreUnavailable: disk or store failed.
    """
    started = clock.now()
    refused: list[RefusedRow] = []
    notices: list[RowFinding] = []
    rows = _RowCount()

    def stand(phase: ImportPhase, done: int, total: int | None) -> None:
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
    return ImportOutcome(summary, _in_order(refused), tuple(said), stored.changes, dry_run, stored.cases)


class _RowCount:
    """Counts the rows of the file; a row refused for two cells counts once."""

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
        if isinstance(record, CalendarRecord | ImportedCase):  # for cases the sink sums up the remarks
            continue
        for notice in record.notices:
            yield RowFinding(record.sheet, record.row, notice.column, notice.code, notice.params)


def _in_order(refused: Iterable[RefusedRow]) -> tuple[RefusedRow, ...]:
    return tuple(sorted(refused, key=lambda row: (row.sheet, row.row)))
