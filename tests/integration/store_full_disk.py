"""A desk whose disk becomes full: run as a process, because the limit is the process's."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.rows import CaseFilter
from gridclient.store.verify import verify
from tests.contract.stage import STREAM, opened


def main(folder: Path) -> None:
    with opened("sqlite", folder) as stage:
        stage.register("在满之前")
        before = stage.queries.total(CaseFilter())
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, most))
        try:
            with stage.work() as unit_of_work:
                for _ in range(3000):
                    payload = {"number": "x", "facts": {"title": "很多", "description": "长" * 500}}
                    unit_of_work.record(EventDraft(EventKind.REGISTERED, stage.new_id(), STREAM, "a", payload))
        except StoreUnavailable as fault:
            print("refused" if fault.code in {"store.disk_full", "store.disk_failed"} else fault.code)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        print("before=after" if stage.queries.total(CaseFilter()) == before else "changed")
        stage.register("之后又写")
        report = verify(stage.database)
        print("writes" if report.ok and report.cases == before + 1 else report)
    with opened("sqlite", folder) as stage:
        print("again" if stage.queries.total(CaseFilter()) == before + 1 else "lost")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
