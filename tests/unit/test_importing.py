"""The use case of an import: what it counts, what it tells, when it can be stopped. The sink is a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Cancelled
from gridclient.services.error_text import sentence
from gridclient.services.import_findings import ImportKind, ImportOutcome, ImportPhase, Notice, RefusedRow
from gridclient.services.import_records import CalendarRecord, Record, UnitRecord
from gridclient.services.importing import BATCH, Stored, import_records
from gridclient.services.rows import Changes


class RunningClock:
    """A clock that goes on by a second with every look at it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA_TIME)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class ListSink:
    """Implements ``ImportSink``; refuses units whose code is ``bad`` at once and ``late`` when all are there."""

    def __init__(self) -> None:
        self.kept: list[Record] = []
        self.stored: list[Record] = []
        self.discarded = 0

    def add(self, records: Sequence[Record]) -> Sequence[RefusedRow]:
        self.kept += (record for record in records if code_of(record) != "bad")
        return [refusal(record) for record in records if code_of(record) == "bad"]

    def check(self) -> Sequence[RefusedRow]:
        late = [record for record in self.kept if code_of(record) == "late"]
        self.kept = [record for record in self.kept if code_of(record) != "late"]
        return [refusal(record) for record in late]

    def foresee(self) -> Stored:
        return Stored(len(self.kept), 0, Changes())

    def store(self, advance: Callable[[int, int], None]) -> Stored:
        self.stored = list(self.kept)
        advance(len(self.kept), len(self.kept))
        return Stored(len(self.kept), 0, Changes(kinds=frozenset({"units"})))

    def discard(self) -> None:
        self.discarded += 1


def code_of(record: Record) -> str:
    return record.code if isinstance(record, UnitRecord) else ""


def refusal(record: Record) -> RefusedRow:
    return RefusedRow(record.sheet, record.row, "", "unit.refused")


def unit(row: int, code: str = "", notices: tuple[Notice, ...] = ()) -> UnitRecord:
    return UnitRecord("表", row, f"{row}", code or f"U{row}", "司法所", "stationed_a", notices=notices)


def bring(rows: Sequence[Record | RefusedRow], sink: ListSink, *, dry_run: bool = False) -> ImportOutcome:
    return import_records(rows, file="f", kind=ImportKind.UNITS, sink=sink, clock=RunningClock(), dry_run=dry_run)


def test_figures_add_up_whoever_refused_the_row() -> None:
    sink = ListSink()
    rows: list[Record | RefusedRow] = [unit(2), RefusedRow("表", 3, "编码", "code.empty")]
    outcome = bring([*rows, unit(4, "bad"), unit(5, "late")], sink)
    summary = outcome.summary
    assert (summary.rows, summary.imported, summary.refused, summary.seconds) == (4, 1, 3, 1.0)
    assert [row.row for row in outcome.refused] == [3, 4, 5]
    assert [record.row for record in sink.stored] == [2]


def test_a_row_that_is_refused_for_two_cells_is_one_row() -> None:
    refused = [RefusedRow("表", 2, "编码", "code.empty"), RefusedRow("表", 2, "名称", "cell.formula")]
    summary = bring([*refused, unit(3)], ListSink()).summary
    assert (summary.rows, summary.imported, summary.refused) == (2, 1, 1)


def test_remarks_of_refused_rows_are_left_out() -> None:
    notice = (Notice("名称", "grid.no_name"),)
    outcome = bring([unit(2, notices=notice), unit(3, "late", notices=notice)], ListSink())
    assert [(said.row, said.code) for said in outcome.notices] == [(2, "grid.no_name")]


def test_a_record_without_remarks_is_no_trouble() -> None:
    day = CalendarRecord("", 2, "d", datetime(2026, 3, 2, tzinfo=CHINA_TIME).date(), working=True)
    assert bring([day], ListSink()).notices == ()


def test_a_dry_run_stores_nothing() -> None:
    sink = ListSink()
    outcome = bring([unit(2)], sink, dry_run=True)
    assert outcome.summary.imported == 1
    assert not outcome.changes.kinds
    assert not sink.stored
    assert sink.discarded == 1


def test_progress_goes_through_the_phases_with_rows_done() -> None:
    told: list[tuple[ImportPhase, int, int | None]] = []
    rows = [unit(row) for row in range(2, BATCH + 12)]
    import_records(
        rows,
        file="f",
        kind=ImportKind.UNITS,
        sink=ListSink(),
        clock=RunningClock(),
        expected=600,
        progress=lambda phase, done, total: told.append((phase, done, total)),
    )
    count = len(rows)
    assert told == [
        (ImportPhase.READING, 0, 600),
        (ImportPhase.READING, BATCH, 600),
        (ImportPhase.READING, count, 600),
        (ImportPhase.CHECKING, 0, count),
        (ImportPhase.CHECKING, count, count),
        (ImportPhase.WRITING, count, count),
    ]


@pytest.mark.parametrize("question", range(1, 6))
def test_it_can_be_stopped_at_every_question_and_lets_go_of_all(question: int) -> None:
    sink = ListSink()
    asked = 0

    def progress(_phase: ImportPhase, _done: int, _total: int | None) -> None:
        nonlocal asked
        asked += 1
        if asked == question:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_records(
            [unit(row) for row in range(2, BATCH + 12)],
            file="f",
            kind=ImportKind.UNITS,
            sink=sink,
            clock=RunningClock(),
            progress=progress,
        )
    assert not sink.stored
    assert sink.discarded == 1


def test_a_reader_that_fails_lets_go_of_all() -> None:
    sink = ListSink()

    def rows() -> Iterator[Record]:
        yield unit(2)
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        import_records(rows(), file="f", kind=ImportKind.UNITS, sink=sink, clock=RunningClock())
    assert not sink.stored
    assert sink.discarded == 1


def test_large_counts_are_told_in_groups_and_row_numbers_are_not() -> None:
    assert "58,251" in sentence("case.grid_pending", count=58_251)
    assert "第 58251 行" in sentence("file.quotes", file="a.csv", row=58_251)
