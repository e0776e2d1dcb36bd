"""Nothing that was said to be done is lost when the program is killed, at whatever moment."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from gridclient.domain.case import CaseState
from gridclient.services.rows import CaseFilter
from gridclient.store.verify import verify
from tests.contract.stage import opened


def said_until_killed(folder: Path, seconds: float) -> list[list[str]]:
    """Lines of a dispatching desk that is killed so long after its first word."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.store_dispatcher", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child, child.stdout:
        first = child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        rest = child.stdout.read()
    assert child.returncode != 0
    lines = (first + rest).splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def test_what_was_said_to_be_done_survives_kill_9(tmp_path: Path) -> None:
    said: list[list[str]] = []
    for seconds in (0.0, 0.05, 0.21, 0.33):
        said += said_until_killed(tmp_path, seconds)
        with opened("sqlite", tmp_path) as stage:
            report = verify(stage.database)
            assert report.ok, report.problems
            known = {row.id: row for row in stage.queries.rows(case_id for line in said for case_id in line)}
            assert set(known) == {case_id for line in said for case_id in line}
            dispatched = [line[0] for line in said if len(line) == 1]
            assert {known[case_id].state for case_id in dispatched} == {CaseState.DISPATCHED.value}
            assert stage.queries.total(CaseFilter(text="导入")) % 40 == 0
