"""Imports invented cases into a store and kills itself on the way, when so many rows are done in a phase.

python -m tests.fakes.killed_import FILE PHASE ROWS
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gridclient.services.import_findings import ImportKind, ImportPhase
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_cases import case_rows

ROWS = 8_000
KILLED = 9  # SIGKILL; Windows takes the number as a status and ends the process as hard


def main(file: Path, fatal: ImportPhase, after: int) -> None:
    store = ImportStore(file)

    def die(phase: ImportPhase, done: int, _total: int | None) -> None:
        if phase is fatal and done >= after:
            os.kill(os.getpid(), KILLED)

    store.bring(case_rows(ROWS), ImportKind.CASES, progress=die)


if __name__ == "__main__":
    main(Path(sys.argv[1]), ImportPhase(sys.argv[2]), int(sys.argv[3]))
