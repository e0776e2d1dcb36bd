"""How fast a file of cases goes in, against a floor, and how long the desk waits for its own writes meanwhile.

    python -m tests.benchmarks.import_cases [ROWS]

The file is the real service requests of ../shared/data (58,251 rows, 29 columns), else an invented one. "All" is from
the file to the last commit: reading, checking, grids, log with hash chain, tables, counts, search index. The floor is
one transaction that only writes the rows that came of it, with ``executemany`` and durably.
"""

from __future__ import annotations

import csv
import multiprocessing
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from gridclient.domain.events import EventDraft, EventKind
from gridclient.exchange.reading import read_kind
from gridclient.second_core import aside_for
from gridclient.services.aside import IN_PLACE
from gridclient.services.import_findings import ImportKind, ImportOutcome, ImportPhase
from gridclient.services.importing import import_records
from gridclient.store.search import index_cases
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import NOW, TOWNSHIP, all_areas
from tests.fakes.invented_cases import case_row

REAL_DATA: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
GOAL: Final = 5_000
_TABLES: Final = ("subjects", "origins", "events", "cases", "tallies", "labels", "packs", "counters")
_DESK_WRITES_EVERY_S: Final = 0.05


def source_file(folder: Path, rows: int) -> Path:
    """The file that is imported."""
    target = folder / "cases.csv"
    archive = next(REAL_DATA.glob("boston311_2011/*.zip"), None)
    if archive is None:
        return _invented_file(target, rows)
    with zipfile.ZipFile(archive) as packed, packed.open(packed.namelist()[0]) as content:
        target.write_bytes(b"".join(line for line, _ in zip(content, range(rows + 1), strict=False)))
    return target


def _invented_file(target: Path, rows: int) -> Path:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["案件编号", "标题", "描述", "上报时间", "结案时间"])
        for number in range(rows):
            row = case_row(number)
            writer.writerow([row.external_number, row.title, row.description, row.reported_at, row.closed_at])
    return target


@contextmanager
def fresh_store(file: Path) -> Iterator[ImportStore]:
    store = ImportStore(file)
    store.bring(all_areas())
    store.set_township()
    try:
        yield store
    finally:
        store.close()


def bring(
    store: ImportStore, path: Path, phases: dict[ImportPhase, float], *, second_core: bool = True
) -> ImportOutcome:
    """Imports the file as the program does; ``phases`` gets the moment at which each began."""

    def note(phase: ImportPhase, _done: int, _total: int | None) -> None:
        phases.setdefault(phase, time.perf_counter())

    reading = read_kind(ImportKind.CASES, path)
    with aside_for(reading.expected) if second_core else nullcontext(IN_PLACE) as aside:
        return import_records(
            reading.rows(aside),
            file=reading.file,
            kind=ImportKind.CASES,
            sink=store.sink(ImportKind.CASES, aside=aside),
            clock=store.clock,
            expected=reading.expected,
            progress=note,
        )


def measure_import(folder: Path, path: Path) -> float:
    """Prints the rate of the import and of its floor; gives seconds."""
    phases: dict[ImportPhase, float] = {}
    with fresh_store(folder / "measured.db") as store:
        started, spent = time.perf_counter(), time.process_time()
        outcome = bring(store, path, phases)
        seconds, processor = time.perf_counter() - started, time.process_time() - spent
        again = time.perf_counter()
        second = bring(store, path, {})
        again = time.perf_counter() - again
        floor = measure_floor(folder / "floor.db", store)
    rows = outcome.summary.imported
    writing = started + seconds - phases[ImportPhase.WRITING]
    print(f"import of {rows} cases: {seconds:.2f} s = {rows / seconds:,.0f} cases/s (goal {GOAL:,})")
    print(f"  reading and checking {seconds - writing:.2f} s, writing {writing:.2f} s; processor {processor:.2f} s")
    print(f"  the same file again: {again:.2f} s, {second.summary.unchanged} unchanged")
    print(f"  floor (only writing the rows): {floor:.2f} s; the import is {seconds / floor:.1f} × that")
    return seconds


def measure_floor(file: Path, store: ImportStore) -> float:
    """Seconds for one transaction that writes what the import wrote."""
    with store.database.reader() as connection:
        written: dict[str, list[Any]] = {
            table: connection.execute(f"select * from {table}").fetchall() for table in _TABLES
        }
        texts = connection.execute("select c.no, c.title, c.number from cases c").fetchall()
    with fresh_store(file) as floor:
        started = time.perf_counter()
        with floor.database.writer() as connection:
            for table, rows in written.items():
                if rows:
                    marks = ",".join("?" * len(rows[0]))
                    connection.executemany(f"insert into {table} values ({marks})", rows)
            index_cases(connection, [(no, texts_of) for no, *texts_of in texts])
        return time.perf_counter() - started


def _import_beside(file: Path, path: Path) -> None:
    """The worker process."""
    store = ImportStore(file)
    bring(store, path, {})
    store.close()


def measure_desk(folder: Path, path: Path) -> None:
    """Prints how long the desk's own writes take while the file is imported in another process."""
    file = folder / "shared.db"
    with fresh_store(file) as desk:
        alone = [_one_write(desk, number) for number in range(20)]
        worker = multiprocessing.get_context("spawn").Process(target=_import_beside, args=(file, path))
        worker.start()
        beside: list[float] = []
        while worker.is_alive():
            beside.append(_one_write(desk, 20 + len(beside)))
            time.sleep(_DESK_WRITES_EVERY_S)
        worker.join()
    beside.sort()
    p95 = beside[int(len(beside) * 0.95)]
    print(
        f"a desk's write: alone {statistics.median(alone):.1f} ms; beside the import median "
        f"{statistics.median(beside):.1f}, p95 {p95:.1f}, worst {beside[-1]:.1f} ms ({len(beside)} writes)"
    )


def _one_write(desk: ImportStore, number: int) -> float:
    started = time.perf_counter()
    with desk.work() as work:
        payload = {"number": work.next_number(TOWNSHIP, NOW.date()), "facts": {"title": f"新案件 {number}"}}
        work.record(EventDraft(EventKind.REGISTERED, f"{number:032x}", f"t:{TOWNSHIP}", "op1", payload))
    return (time.perf_counter() - started) * 1000


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 58_251
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = source_file(folder, rows)
        measure_import(folder, path)
        measure_desk(folder, path)


if __name__ == "__main__":
    main()
