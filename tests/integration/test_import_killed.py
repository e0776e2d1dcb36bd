"""A power cut in the middle of an import: the next start finds nothing of it, or all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridclient.services.import_records import ImportKind
from gridclient.services.importing import ImportPhase
from gridclient.services.rows import CaseFilter
from gridclient.store.verify import verify
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import all_areas
from tests.fakes.invented_cases import case_rows
from tests.fakes.killed_import import ROWS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")


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
    assert ended.returncode == -signal.SIGKILL
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


@pytest.mark.parametrize("after", [(ImportPhase.WRITING, 100), (ImportPhase.WRITING, 1_500)], indirect=True)
def test_an_import_killed_after_the_decision_is_finished_at_the_next_start(after: ImportStore) -> None:
    there = after.count("cases")
    assert 0 < there < ROWS
    assert after.finish() == ROWS
    assert after.count("cases") == ROWS
    assert verify(after.database).problems == ()
    with after.database.reader() as connection:
        (numbers,) = connection.execute("select count(distinct number) from cases").fetchone()
    assert numbers == ROWS
    assert after.finish() == 0
    assert after.bring(case_rows(ROWS), ImportKind.CASES).summary.unchanged == ROWS
    assert after.queries.total(CaseFilter(text="噪音")) == ROWS // 5
