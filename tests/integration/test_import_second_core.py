"""A second process does a part of an import: the same comes of it, also when it dies; it never outlives the first."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gridclient.exchange.reading import Reading, read_kind
from gridclient.second_core import WORTH_IT_FROM, SecondCore, aside_for
from gridclient.services.aside import IN_PLACE, Aside
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.importing import import_records
from gridclient.store.verify import verify
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import all_areas
from tests.fakes.killed_import import KILLED

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2_600
PARENT = """
import os, signal
from gridclient.second_core import SecondCore
if __name__ == "__main__":
    core = SecondCore()
    while not core.is_free():
        pass
    print(core.process_id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def core() -> Iterator[SecondCore]:
    opened = SecondCore()
    until = time.monotonic() + 60
    while not opened.is_free():
        assert time.monotonic() < until
        time.sleep(0.01)
    yield opened
    opened.close()


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Good rows, refused ones, rows that come twice with the same and with other contents, rows without a number."""
    path = tmp_path / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["案件编号", "标题", "描述", "上报时间", "经度", "纬度", "状态", "满意度"])
        for number in range(ROWS):
            known = f"2026{number % 2_500:08d}" if number % 7 else ""
            day = "昨天" if number % 97 == 0 else f"2026-02-{number % 28 + 1:02d} 08:30:00"
            title = "路灯不亮" if number % 5 == 0 else f'噪音 "{number % 2_500}"'
            writer.writerow(
                [known, title, "三晚\n没人管", day, "-71.06", "42.36", "已办结", " 好 " if number % 3 else ""]
            )
    return read_kind(ImportKind.CASES, path)


def test_it_makes_no_difference_where_a_row_is_read(reading: Reading, core: SecondCore) -> None:
    here = list(reading.rows(IN_PLACE))
    assert list(reading.rows(core)) == here
    assert core.handed > 1
    codes = {row.code for row in here if isinstance(row, RefusedRow)}
    assert codes == {"cell.not_date", "case.number_twice"}
    assert len(here) == ROWS


def test_what_a_killed_process_owes_is_done_here(reading: Reading, core: SecondCore) -> None:
    rows = reading.rows(core)
    first = next(rows)
    os.kill(core.process_id, KILLED)
    assert [first, *rows] == list(reading.rows(IN_PLACE))


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the process in /proc")
def test_it_ends_with_the_process_that_is_killed() -> None:
    parent = subprocess.run([sys.executable, "-c", PARENT], cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    assert parent.returncode == -signal.SIGKILL
    until = time.monotonic() + 20
    while is_running(int(parent.stdout)):
        assert time.monotonic() < until
        time.sleep(0.02)


def is_running(process: int) -> bool:
    """Whether there is such a process; one that ended and that nobody asks for any more is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def test_a_short_file_needs_no_second_process() -> None:
    with aside_for(WORTH_IT_FROM - 1) as aside:
        assert aside is IN_PLACE


def test_an_import_with_help_stands_in_the_store_like_one_without(
    reading: Reading, core: SecondCore, tmp_path: Path
) -> None:
    alone = imported(reading, tmp_path / "alone.db", IN_PLACE)
    assert alone
    assert imported(reading, tmp_path / "helped.db", core) == alone


def imported(reading: Reading, file: Path, aside: Aside) -> list[tuple[Any, ...]]:
    """What the import of the file writes."""
    store = ImportStore(file)
    store.bring(all_areas())
    store.set_township()
    sink = store.sink(ImportKind.CASES, aside=aside)
    import_records(reading.rows(aside), file="f", kind=ImportKind.CASES, sink=sink, clock=store.clock)
    assert verify(store.database).problems == ()
    with store.database.reader() as connection:
        rows: list[tuple[Any, ...]] = connection.execute("SELECT * FROM cases ORDER BY no").fetchall()
        rows += connection.execute(
            "SELECT pos, subject, json_remove(payload, '$.salt') FROM events ORDER BY pos"
        ).fetchall()
    store.close()
    return rows
