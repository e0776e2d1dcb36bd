"""A power cut in the middle of an import: the next start finds nothing of it, or all."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest
import zstandard

from gridclient.services.import_findings import ImportKind, ImportPhase
from gridclient.services.rows import CaseFilter
from gridclient.store.audit import newest_lines
from gridclient.store.import_journal import finish_imports
from gridclient.store.unfinished import unfinished_imports
from gridclient.store.verify import verify
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import all_areas
from tests.fakes.invented_cases import case_rows
from tests.fakes.killed_import import KILLED, ROWS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with areas."""
    path = tmp_path / "store.db"
    store = ImportStore(path)
    store.bring(all_areas())
    store.set_township()
    store.close()
    return path


@pytest.fixture
def after(request: pytest.FixtureRequest, file: Path) -> Iterator[ImportStore]:
    """The store after an import was killed in a phase (given as the parameter) with so many rows done."""
    phase, rows = request.param
    arguments = [sys.executable, "-m", "tests.fakes.killed_import", str(file), phase.value, str(rows)]
    ended = subprocess.run(arguments, cwd=ROOT, check=False)
    assert abs(ended.returncode) == KILLED
    store = ImportStore(file)
    yield store
    store.close()


@pytest.mark.parametrize("after", [(ImportPhase.READING, 2_500), (ImportPhase.CHECKING, ROWS)], indirect=True)
def test_an_import_killed_before_the_decision_leaves_nothing(after: ImportStore) -> None:
    assert after.count("import_batches") > 0
    assert after.finish() == 0
    tables = ("cases", "events", "import_batches", "imports where kind = 'cases'", "counters")
    left = [after.count(table) for table in tables]
    assert left == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "rest", [zlib.compress(b'[["a"]]'), zstandard.compress(b'[["a"]]'), zstandard.compress(msgpack.packb([1]))]
)
@pytest.mark.parametrize("after", [(ImportPhase.WRITING, 100)], indirect=True)
def test_an_import_whose_rest_cannot_be_read_is_given_up_and_what_was_taken_stays(
    after: ImportStore, rest: bytes
) -> None:
    """Another version staged it, or the disk damaged it: the desk opens."""
    there = after.count("cases")
    with after.database.writer() as connection:
        connection.execute("update import_batches set data = ?", (rest,))
    (given_up,) = finish_imports(after.database, after.recorder).given_up
    assert (given_up.code, given_up.params) == ("import.given_up", {"file": "f", "count": there})
    assert not unfinished_imports(after.database)
    assert [after.count(table) for table in ("cases", "import_batches", "import_numbers")] == [there, 0, 0]
    with after.database.reader() as connection:
        assert newest_lines(connection, limit=1)[0][2:4] == ("op1", "import_given_up")
    assert verify(after.database).problems == ()
    again = after.bring(case_rows(ROWS), ImportKind.CASES).summary
    assert (again.imported, again.unchanged) == (ROWS - there, there)


@pytest.mark.parametrize("after", [(ImportPhase.WRITING, 100), (ImportPhase.WRITING, 1_500)], indirect=True)
def test_an_import_killed_after_the_decision_is_finished_at_the_next_start(after: ImportStore) -> None:
    there = after.count("cases")
    assert 0 < there < ROWS
    (told,) = finish_imports(after.database, after.recorder).finished
    assert (told.file, after.queries.total(CaseFilter(imported=told.cases))) == ("f", ROWS), "all of it, not the rest"
    assert after.count("cases") == ROWS
    assert verify(after.database).problems == ()
    with after.database.reader() as connection:
        (numbers,) = connection.execute("select count(distinct number) from cases").fetchone()
    assert numbers == ROWS
    assert after.finish() == 0
    assert after.bring(case_rows(ROWS), ImportKind.CASES).summary.unchanged == ROWS
    assert after.queries.total(CaseFilter(text="噪音")) == ROWS // 5
