"""The verdict on a run can fail: on a folder below its floor, on one that was not measured, on a failed test."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

VERDICT = ROOT / ".ci" / "verdict.py"
FLOORS: dict[str, float] = runpy.run_path(str(VERDICT))["FLOORS"]


def verdict(folder: Path, floors: dict[str, float], *, failed: int = 0) -> int:
    """The exit status for a run that covered each folder as told."""
    files = {
        f"gridclient/{room}/x.py" if room else "gridclient/x.py": {
            "summary": {"covered_lines": round(percent * 10), "num_statements": 1000}
        }
        for room, percent in floors.items()
    }
    (folder / "coverage.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    (folder / "junit.xml").write_text(f'<testsuite tests="3" failures="{failed}" errors="0" skipped="1"/>', "utf-8")
    arguments = [sys.executable, str(VERDICT), str(folder / "junit.xml"), str(folder / "coverage.json")]
    return subprocess.run(arguments, check=False, capture_output=True, timeout=60).returncode


def test_a_run_on_every_floor_passes_and_leaves_its_counts(tmp_path: Path) -> None:
    assert verdict(tmp_path, FLOORS) == 0
    assert (tmp_path / "closing-line").read_text(encoding="utf-8") == "2 passed, 0 failed, 1 skipped\n"


@pytest.mark.parametrize("room", FLOORS)
def test_a_folder_below_its_floor_or_not_measured_fails(room: str, tmp_path: Path) -> None:
    assert verdict(tmp_path, {**FLOORS, room: FLOORS[room] - 0.1}) == 1
    assert verdict(tmp_path, {name: percent for name, percent in FLOORS.items() if name != room}) == 1


def test_a_failed_test_fails_the_run(tmp_path: Path) -> None:
    assert verdict(tmp_path, FLOORS, failed=1) == 1
