"""A desk that dispatches without end and says what is done: run as a process, to be killed."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from gridclient.domain.events import EventDraft, EventKind
from tests.contract.stage import GRIDS, STREAM, UNITS, opened

BATCH_EVERY = 5
BATCH = 40


def main(folder: Path) -> None:
    with opened("sqlite", folder) as stage:
        for turn in count():
            case_id = stage.dispatched(f"第{turn}件", UNITS[turn % 3], grid=GRIDS[turn % 4])
            print(case_id, flush=True)
            if turn % BATCH_EVERY == 0:
                with stage.work() as unit_of_work:
                    ids = [stage.new_id() for _ in range(BATCH)]
                    for new_id in ids:
                        payload = {"number": "x", "registered_at": 0, "facts": {"title": "导入", "grid": GRIDS[0]}}
                        unit_of_work.record(EventDraft(EventKind.IMPORTED, new_id, STREAM, "a", payload))
                print(*ids, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
