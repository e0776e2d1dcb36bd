"""Judge a test run: coverage floors per folder; the plain closing line with the counts goes to a file."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

# Percent of statements that the tests must run. A folder without a floor of its own has the one of "".
FLOORS = {
    "domain": 95.0,
    "services": 90.0,
    "store": 90.0,
    "sync": 90.0,
    "hub": 90.0,
    "exchange": 85.0,
    "mapview": 75.0,
    "ui": 70.0,
    "": 60.0,  # the composition: most of it runs in its own process, which is not measured
}


def covered_by_folder(report: Path) -> dict[str, float]:
    """Percent of statements run in each folder of the package; modules beside the folders count under ""."""
    run: dict[str, int] = defaultdict(int)
    written: dict[str, int] = defaultdict(int)
    for name, file in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        parts = Path(name).parts
        folder = parts[1] if len(parts) > 2 and parts[1] in FLOORS else ""
        run[folder] += file["summary"]["covered_lines"]
        written[folder] += file["summary"]["num_statements"]
    return {folder: 100.0 * run[folder] / total for folder, total in written.items() if total}


def floors_hold(report: Path) -> bool:
    """Whether every folder that has a floor was measured and stands on it."""
    covered, holds = covered_by_folder(report), True
    for folder in sorted(FLOORS):
        percent = covered.get(folder, 0.0)
        enough = percent >= FLOORS[folder]
        holds = holds and enough
        print(f"{'  ' if enough else '! '}{folder or '(composed)':<10} {percent:5.1f} %  floor {FLOORS[folder]:.0f} %")
    return holds


def counts(junit: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a run."""
    suites = list(ElementTree.parse(junit).getroot().iter("testsuite"))
    total, failed, errors, skipped = (
        sum(int(suite.get(kind, "0")) for suite in suites) for kind in ("tests", "failures", "errors", "skipped")
    )
    return total - failed - errors - skipped, failed + errors, skipped


def main(junit: Path, coverage: Path) -> int:
    if not junit.is_file() or not coverage.is_file():
        print("the tests ended without a report")
        return 1
    holds = floors_hold(coverage)
    passed, failed, skipped = counts(junit)
    if not holds:
        print("a coverage floor is broken")
    line = f"{passed} passed, {failed} failed, {skipped} skipped"
    junit.with_name("closing-line").write_text(line + "\n", encoding="utf-8")
    return 0 if holds and passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
